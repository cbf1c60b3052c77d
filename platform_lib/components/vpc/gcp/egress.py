"""Ways to the internet: default routes of the network, and Cloud NAT for the tiers that go through it."""

from collections.abc import Mapping

import pulumi
from pulumi_gcp import compute

from platform_lib.components.vpc.arguments.address import Ipv6Source
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.gcp.rules import ANYWHERE
from platform_lib.components.vpc.planning.model import INTERNET
from platform_lib.components.vpc.room import Site

_GATEWAY = "default-internet-gateway"
_PRIVATE_APIS = "199.36.153.8/30"
"""Addresses of private.googleapis.com (https://cloud.google.com/vpc/docs/configure-private-google-access)."""


def make_egress(site: Site, network: GcpNetwork) -> Mapping[str, pulumi.Output[str]]:
    """All ways to the internet; gives the addresses of Cloud NAT by name, those that are not one's own already."""
    if site.plan.has_internet_gateway:
        _make_route(site, network, "default-route", ANYWHERE)
    if any(endpoint.is_gateway for endpoint in site.plan.endpoints):
        _make_route(site, network, "google-apis-route", _PRIVATE_APIS)
    ipv6 = site.plan.ipv6
    if (
        ipv6 is not None
        and ipv6.source is Ipv6Source.PROVIDER
        and any(table.ipv6_default == INTERNET for table in site.plan.route_tables)
    ):
        _make_route(site, network, "default-route-ipv6", "::/0")
    return _make_nat(site, network) if site.plan.nats else {}


def _make_route(site: Site, network: GcpNetwork, role: str, destination: str) -> None:
    name = site.name(role)
    compute.Route(
        name,
        project=settings(site).project,
        network=network.network.id,
        description=f"{destination} from the network {site.plan.name}",
        dest_range=destination,
        next_hop_gateway=_GATEWAY,
        opts=site.options(name, guarded=True),
    )


def _make_nat(site: Site, network: GcpNetwork) -> Mapping[str, pulumi.Output[str]]:
    asked, project = site.args.nat or NatArgs(), settings(site).project
    name = site.name("router")
    router = compute.Router(
        name,
        project=project,
        region=site.region,
        network=network.network.id,
        description=f"Cloud NAT of the network {site.plan.name}",
        opts=site.options(name, guarded=True),
    )
    own = {} if asked.addresses else _make_addresses(site, asked.address_count or 1)
    through_nat = {table.tier for table in site.plan.route_tables if table.default_route not in (None, INTERNET)}
    seconds = None if asked.idle_timeout_minutes is None else asked.idle_timeout_minutes * 60
    name = site.name("nat")
    compute.RouterNat(
        name,
        project=project,
        region=site.region,
        router=router.name,
        nat_ip_allocate_option="MANUAL_ONLY",
        nat_ips=list(asked.addresses.values()) if asked.addresses else [one.self_link for one in own.values()],
        source_subnetwork_ip_ranges_to_nat="LIST_OF_SUBNETWORKS",
        subnetworks=[
            compute.RouterNatSubnetworkArgs(name=network.subnets[key].id, source_ip_ranges_to_nats=["ALL_IP_RANGES"])
            for key in network.subnets
            if key in through_nat
        ],
        tcp_established_idle_timeout_sec=seconds,
        log_config=compute.RouterNatLogConfigArgs(enable=asked.logs_enabled is not False, filter="ALL"),
        opts=site.options(name, guarded=True),
    )
    return {key: one.address for key, one in own.items()}


def _make_addresses(site: Site, count: int) -> Mapping[str, compute.Address]:
    """The addresses are numbered, for nothing else tells one from another; a smaller count takes the last ones."""
    addresses = {}
    for key in map(str, range(1, count + 1)):
        name = site.name("nat-address", key)
        addresses[key] = compute.Address(
            name,
            project=settings(site).project,
            region=site.region,
            address_type="EXTERNAL",
            description=f"Cloud NAT of the network {site.plan.name}",
            labels=site.tags,
            opts=site.options(name, guarded=True),
        )
    return addresses
