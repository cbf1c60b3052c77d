"""The options of a network that clouds differ in. Pure data; imports nothing of pulumi."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Option(StrEnum):
    """One thing that a network can be asked for; the value is the argument and its choice."""

    ADDRESS_SECONDARY = "address.secondary"
    ADDRESS_POOL = "address.pool"
    IPV6_PROVIDER = "ipv6.provider"
    IPV6_OWN = "ipv6.own"
    IPV6_EGRESS_ONLY = "ipv6.egress-only"
    ZONAL_SUBNETS = "zones.subnets"
    PODS = "tiers.pods"
    SUBNET_FILTER = "tiers.filter"
    STATELESS_FILTER = "tiers.stateless-filter"
    PRIVATE_SUBNETS = "tiers.no-default-outbound"
    EGRESS_SINGLE = "egress.single"
    EGRESS_PER_ZONE = "egress.per-zone"
    EGRESS_REGIONAL = "egress.regional"
    EGRESS_HUB = "egress.hub"
    EGRESS_OWN_ADDRESSES = "egress.own-addresses"
    ENDPOINTS_GATEWAY = "endpoints.gateway"
    ENDPOINTS_INTERFACE = "endpoints.interface"
    ENDPOINTS_POLICY = "endpoints.policy"
    DNS_PRIVATE_ZONE = "dns.private-zone"
    DNS_RESOLVER = "dns.resolver"
    DNS_FIREWALL = "dns.firewall"
    BLOCK_PUBLIC_ACCESS = "public-access.block"
    DDOS_PLAN = "ddos.plan"
    FLOW_LOGS_STORE = "flow-logs.object-store"
    FLOW_LOGS_SERVICE = "flow-logs.log-service"
    FLOW_LOGS_KEY = "flow-logs.own-key"
    HUB_TRANSIT = "hub.transit"
    HUB_CLOUD_WAN = "hub.cloud-wan"
    HUB_PEERING = "hub.peering"
    HUB_SHARE = "hub.share"
    SHARED_NETWORK = "shared-network"
    VPN = "hybrid.vpn"
    DEDICATED_LINK = "hybrid.dedicated"
    CROSS_CLOUD_VPN = "hybrid.cross-cloud"


MEANING: Mapping[Option, str] = {
    Option.ADDRESS_SECONDARY: "further IPv4 ranges of the network",
    Option.ADDRESS_POOL: "ranges recorded in the cloud's own address management",
    Option.IPV6_PROVIDER: "an IPv6 range that the cloud assigns",
    Option.IPV6_OWN: "an IPv6 range of your choice",
    Option.IPV6_EGRESS_ONLY: "IPv6 to the internet without a way in",
    Option.ZONAL_SUBNETS: "a subnet in each zone",
    Option.PODS: "addresses of their own for the pods of a cluster",
    Option.SUBNET_FILTER: "rules for what enters and leaves a tier",
    Option.STATELESS_FILTER: "rules for a tier that hold for answers too",
    Option.PRIVATE_SUBNETS: "no way to the internet that nobody asked for",
    Option.EGRESS_SINGLE: "one NAT for the whole network",
    Option.EGRESS_PER_ZONE: "a NAT in each zone for the subnets of that zone",
    Option.EGRESS_REGIONAL: "one NAT that survives the loss of a zone",
    Option.EGRESS_HUB: "the internet through a hub",
    Option.EGRESS_OWN_ADDRESSES: "NAT from addresses that you hold",
    Option.ENDPOINTS_GATEWAY: "services reached by route, without an address in the network",
    Option.ENDPOINTS_INTERFACE: "services reached at an address in the network",
    Option.ENDPOINTS_POLICY: "a policy that limits what an endpoint is used for",
    Option.DNS_PRIVATE_ZONE: "names that only the network knows",
    Option.DNS_RESOLVER: "names shared with other networks, both ways",
    Option.DNS_FIREWALL: "names that are not answered",
    Option.BLOCK_PUBLIC_ACCESS: "one switch over all ways to the internet",
    Option.DDOS_PLAN: "paid protection against floods, as a property of the network",
    Option.FLOW_LOGS_STORE: "flow logs in an object store",
    Option.FLOW_LOGS_SERVICE: "flow logs in the cloud's log service",
    Option.FLOW_LOGS_KEY: "flow logs encrypted with the given key",
    Option.HUB_TRANSIT: "a hub that routes between networks",
    Option.HUB_CLOUD_WAN: "attachment to an AWS Cloud WAN",
    Option.HUB_PEERING: "a hub network reached by peering, its gateways used by all",
    Option.HUB_SHARE: "a hub used from other accounts",
    Option.SHARED_NETWORK: "subnets used from other accounts",
    Option.VPN: "a VPN to another site, two tunnels, BGP",
    Option.DEDICATED_LINK: "a dedicated line to another site",
    Option.CROSS_CLOUD_VPN: "a VPN between two clouds from one declaration",
}
"""What each option asks for, in words."""


@dataclass(frozen=True, slots=True)
class Capability:
    """What one cloud does about one option.

    Attributes:
        given: what the cloud gives; empty is a gap.
        reason: why it is a gap, or how what is given differs from what other clouds give; may be empty where given.
        instead: what to ask for instead of a gap.
        source: vendor's page.
    """

    given: str
    source: str
    reason: str = ""
    instead: str = ""
