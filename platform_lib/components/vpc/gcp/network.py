"""The network and its subnetworks."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import pulumi
from pulumi_gcp import compute

from platform_lib.components.vpc.addresses import tiers_of
from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.arguments.account import GcpNetworkArgs
from platform_lib.components.vpc.arguments.address import Ipv6Source
from platform_lib.components.vpc.arguments.tier import GcpSubnetPurpose, GcpTierArgs
from platform_lib.components.vpc.planning.model import SubnetPlan
from platform_lib.components.vpc.room import Site

_INTERVALS: Final[Mapping[int, str]] = {
    5: "INTERVAL_5_SEC",
    30: "INTERVAL_30_SEC",
    60: "INTERVAL_1_MIN",
    300: "INTERVAL_5_MIN",
    600: "INTERVAL_10_MIN",
    900: "INTERVAL_15_MIN",
}
"""Seconds of gathering in the words of the API (https://cloud.google.com/compute/docs/reference/rest/v1/subnetworks)."""

_PURPOSES: Final[Mapping[GcpSubnetPurpose, str]] = {
    GcpSubnetPurpose.PRIVATE: "PRIVATE",
    GcpSubnetPurpose.REGIONAL_MANAGED_PROXY: "REGIONAL_MANAGED_PROXY",
    GcpSubnetPurpose.PRIVATE_SERVICE_CONNECT: "PRIVATE_SERVICE_CONNECT",
}


@dataclass(frozen=True)
class GcpNetwork:
    """What everything else stands on; subnetworks by key of the plan, which is the tier."""

    network: compute.Network
    subnets: Mapping[str, compute.Subnetwork]


def settings(site: Site) -> GcpNetworkArgs:
    """What the network has on Google Cloud only."""
    return site.args.gcp or GcpNetworkArgs()


def make_network(site: Site) -> GcpNetwork:
    """The network without the default route that comes with one, and a subnetwork for each tier."""
    name, ipv6, asked = site.name("network"), site.plan.ipv6, settings(site)
    network = compute.Network(
        name,
        project=asked.project,
        description=f"Network {site.plan.name}",
        auto_create_subnetworks=False,
        delete_default_routes_on_create=True,
        routing_mode="GLOBAL" if asked.global_routing else "REGIONAL",
        enable_ula_internal_ipv6=None if ipv6 is None else True,
        internal_ipv6_range=None if ipv6 is None or ipv6.source is Ipv6Source.PROVIDER else ipv6.cidr,
        # so that no rule of a user's own opens what the policy closes
        network_firewall_policy_enforcement_order="BEFORE_CLASSIC_FIREWALL",
        opts=site.options(name, guarded=True),
    )
    return GcpNetwork(network, {subnet.key: _make_subnet(site, network, subnet) for subnet in site.plan.subnets})


def _make_subnet(site: Site, network: compute.Network, subnet: SubnetPlan) -> compute.Subnetwork:
    tier = next(tier for tier in tiers_of(site.args) if tier.name == subnet.tier)
    own = tier.gcp or GcpTierArgs()
    purpose = own.purpose or GcpSubnetPurpose.PRIVATE
    for_machines = purpose is GcpSubnetPurpose.PRIVATE
    name, ipv6, address = site.name("subnet", subnet.key), site.plan.ipv6, site.args.address
    external = ipv6 is not None and ipv6.source is Ipv6Source.PROVIDER and subnet.role is TierRole.PUBLIC
    return compute.Subnetwork(
        name,
        project=settings(site).project,
        region=site.region,
        network=network.id,
        description=f"Tier {subnet.tier} ({subnet.role}) of the network {site.plan.name}",
        ip_cidr_range=subnet.cidr,
        reserved_internal_range=None if address is None else address.ipam_pool_id,
        secondary_ip_ranges=[
            compute.SubnetworkSecondaryIpRangeArgs(range_name=key, ip_cidr_range=text)
            for key, text in subnet.secondary.items()
        ]
        or None,
        purpose=_PURPOSES[purpose],
        role="ACTIVE" if purpose is GcpSubnetPurpose.REGIONAL_MANAGED_PROXY else None,
        private_ip_google_access=_google_access(site, own) if for_machines else None,
        stack_type=None if ipv6 is None or not for_machines else "IPV4_IPV6",
        ipv6_access_type=None if ipv6 is None or not for_machines else "EXTERNAL" if external else "INTERNAL",
        log_config=_log_config(site) if for_machines else None,
        opts=site.options(name, guarded=True),
    )


def _google_access(site: Site, own: GcpTierArgs) -> bool:
    if own.private_google_access is not None:
        return own.private_google_access
    return any(endpoint.is_gateway for endpoint in site.plan.endpoints)


def _log_config(site: Site) -> compute.SubnetworkLogConfigArgs | None:
    log = site.plan.flow_log
    if log is None:
        return None
    return compute.SubnetworkLogConfigArgs(
        aggregation_interval=_INTERVALS[log.aggregation_seconds],
        flow_sampling=log.sample_rate,
        metadata="INCLUDE_ALL_METADATA",
    )


def project_of(network: GcpNetwork) -> pulumi.Output[str]:
    """The project of the network, where it is not among the arguments."""
    return network.network.project
