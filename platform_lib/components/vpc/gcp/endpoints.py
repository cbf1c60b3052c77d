"""Private ways to services: Google APIs by route or endpoint, published services, managed services by peering."""

import re
from collections.abc import Mapping
from typing import Final

import pulumi
from pulumi_gcp import compute, servicenetworking

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.gcp.checks import API_BUNDLES
from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.gcp.zones import make_zone
from platform_lib.components.vpc.planning.model import EndpointPlan
from platform_lib.components.vpc.room import Site

_API_DOMAINS: Final = ("googleapis.com", "gcr.io", "pkg.dev")
_PRIVATE_APIS: Final = ("199.36.153.8", "199.36.153.9", "199.36.153.10", "199.36.153.11")
"""private.googleapis.com, and domains that it serves (https://cloud.google.com/vpc/docs/configure-private-google-access)."""

_RESERVED = "private-services"


def make_endpoints(site: Site, network: GcpNetwork) -> Mapping[str, pulumi.Output[str]]:
    """All private ways; gives the ids of the endpoints by key of the plan."""
    asked, made = site.args.endpoints or EndpointsArgs(), {}
    for endpoint in site.plan.interface_endpoints:
        if endpoint.service in API_BUNDLES:
            made[endpoint.key] = _make_api_endpoint(site, network, endpoint, (asked.addresses or {})[endpoint.service])
        else:
            made[endpoint.key] = _make_service_endpoint(
                site, network, endpoint, (asked.targets or {})[endpoint.service]
            )
    _name_google_apis(site, network, asked)
    if _RESERVED in site.plan.reserved:
        _make_private_services(site, network, Block.parse(site.plan.reserved[_RESERVED]))
    return made


def api_endpoint_name(network: str, bundle: str) -> str:
    """The name of an endpoint for Google APIs, which is part of host names: 1 to 20 lower-case letters and digits.

    Source: https://cloud.google.com/vpc/docs/configure-private-service-connect-apis
    """
    return re.sub("[^a-z0-9]", "", f"{'psc' if bundle == 'all-apis' else 'sec'}{network.lower()}")[:20]


def _make_api_endpoint(site: Site, network: GcpNetwork, endpoint: EndpointPlan, address: str) -> pulumi.Output[str]:
    project = settings(site).project
    name = site.name("endpoint-address", endpoint.service)
    made = compute.GlobalAddress(
        name,
        project=project,
        network=network.network.id,
        address=address,
        address_type="INTERNAL",
        purpose="PRIVATE_SERVICE_CONNECT",
        description=f"Google APIs ({endpoint.service}) in the network {site.plan.name}",
        labels=site.tags,
        opts=site.options(name),
    )
    name = site.name("endpoint", endpoint.key)
    return compute.GlobalForwardingRule(
        name,
        name=api_endpoint_name(site.plan.name, endpoint.service),
        project=project,
        network=network.network.id,
        ip_address=made.id,
        target=endpoint.service,
        load_balancing_scheme="",  # an endpoint balances nothing, and the API wants it said
        labels=site.tags,
        opts=site.options(name),
    ).id


def _make_service_endpoint(
    site: Site, network: GcpNetwork, endpoint: EndpointPlan, attachment: pulumi.Input[str]
) -> pulumi.Output[str]:
    project, (subnet,) = settings(site).project, endpoint.subnets
    name = site.name("endpoint-address", endpoint.service)
    address = compute.Address(
        name,
        project=project,
        region=site.region,
        subnetwork=network.subnets[subnet].id,
        address_type="INTERNAL",
        description=f"{endpoint.service} in the network {site.plan.name}",
        labels=site.tags,
        opts=site.options(name),
    )
    name = site.name("endpoint", endpoint.key)
    return compute.ForwardingRule(
        name,
        project=project,
        region=site.region,
        network=network.network.id,
        ip_address=address.self_link,
        target=attachment,
        load_balancing_scheme="",
        labels=site.tags,
        opts=site.options(name),
    ).id


def _name_google_apis(site: Site, network: GcpNetwork, asked: EndpointsArgs) -> None:
    """Private zones, so that names of Google APIs lead to an endpoint, or to addresses that only the network routes."""
    addresses = [text for bundle, text in (asked.addresses or {}).items() if bundle in API_BUNDLES]
    if not addresses:
        if not any(endpoint.is_gateway for endpoint in site.plan.endpoints):
            return
        addresses = list(_PRIVATE_APIS)
    for domain in _API_DOMAINS:
        make_zone(
            site,
            network,
            domain,
            {(f"{domain}.", "A"): addresses[:4], (f"*.{domain}.", "CNAME"): [f"{domain}."]},
        )


def _make_private_services(site: Site, network: GcpNetwork, block: Block) -> None:
    project = settings(site).project
    name = site.name("private-services")
    kept = compute.GlobalAddress(
        name,
        project=project,
        network=network.network.id,
        address=str(block).partition("/")[0],
        prefix_length=block.prefix_length,
        address_type="INTERNAL",
        purpose="VPC_PEERING",
        description=f"Managed services in the network {site.plan.name}",
        labels=site.tags,
        opts=site.options(name, guarded=True),
    )
    name = site.name("private-services-connection")
    servicenetworking.Connection(
        name,
        network=network.network.id,
        service="servicenetworking.googleapis.com",
        reserved_peering_ranges=[kept.name],
        opts=site.options(name, guarded=True),
    )
