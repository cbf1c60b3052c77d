"""What Google Cloud gives for each option of a network. Pure data; imports nothing of pulumi."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.capability.option import Capability, Option

_CLOUD = "https://cloud.google.com"
_VPC = f"{_CLOUD}/vpc/docs"

GCP: Final[Mapping[Option, Capability]] = {
    Option.ADDRESS_SECONDARY: Capability(
        "subnets from any of the ranges",
        f"{_VPC}/subnets",
        "a network has no range of its own: the ranges are kept by the address ledger alone",
    ),
    Option.ADDRESS_POOL: Capability("internal ranges of the network", f"{_VPC}/internal-ranges"),
    Option.IPV6_PROVIDER: Capability(
        "an internal /48 for the network and a /64 for each subnet", f"{_VPC}/subnets#ipv6-ranges"
    ),
    Option.IPV6_OWN: Capability(
        "an internal /48 of your choice",
        f"{_VPC}/subnets#ipv6-ranges",
        "within fd20::/20, which is unique local and reaches no internet",
    ),
    Option.IPV6_EGRESS_ONLY: Capability(
        "",
        f"{_CLOUD}/nat/docs/overview",
        "Cloud NAT translates to IPv4, and an external IPv6 range is reachable both ways",
        "use external IPv6 with firewall rules that let nothing in, or IPv4 through Cloud NAT",
    ),
    Option.ZONAL_SUBNETS: Capability(
        "",
        f"{_VPC}/subnets",
        "subnets are regional",
        "leave the zones out: machines, not subnets, choose a zone",
    ),
    Option.PODS: Capability(
        "secondary ranges of the nodes' subnet", f"{_CLOUD}/kubernetes-engine/docs/concepts/alias-ips"
    ),
    Option.SUBNET_FILTER: Capability(
        "rules of a network firewall policy",
        f"{_CLOUD}/firewall/docs/firewall-policies-overview",
        "they hold for machines by tag or by the subnet's range, not for the subnet as such",
    ),
    Option.STATELESS_FILTER: Capability(
        "",
        f"{_CLOUD}/firewall/docs/firewalls",
        "firewall rules keep state: answers always pass",
        "use rules of the tier without asking for stateless ones",
    ),
    Option.PRIVATE_SUBNETS: Capability(
        "no external addresses and no default route",
        f"{_VPC}/create-modify-vpc-networks",
        "the default route that comes with a network is deleted where no tier needs it",
    ),
    Option.EGRESS_SINGLE: Capability(
        "one Cloud NAT gateway", f"{_CLOUD}/nat/docs/overview", "it is regional already, the same as egress 'regional'"
    ),
    Option.EGRESS_PER_ZONE: Capability(
        "",
        f"{_CLOUD}/nat/docs/overview",
        "Cloud NAT is regional and has no single zone to fail",
        "use egress 'regional'",
    ),
    Option.EGRESS_REGIONAL: Capability("one Cloud NAT gateway", f"{_CLOUD}/nat/docs/overview"),
    Option.EGRESS_HUB: Capability(
        "routes to an internal load balancer before the hub's appliances",
        f"{_VPC}/static-routes#ilb-next-hop",
        "the route holds for all tiers, so that none can be public",
    ),
    Option.EGRESS_OWN_ADDRESSES: Capability(
        "static external addresses of yours", f"{_CLOUD}/nat/docs/ports-and-addresses"
    ),
    Option.ENDPOINTS_GATEWAY: Capability(
        "private Google access",
        f"{_VPC}/private-google-access",
        "for all Google APIs at once, a switch of the subnet",
    ),
    Option.ENDPOINTS_INTERFACE: Capability("Private Service Connect endpoints", f"{_VPC}/private-service-connect"),
    Option.ENDPOINTS_POLICY: Capability(
        "",
        f"{_CLOUD}/vpc-service-controls/docs/overview",
        "endpoints take no policy; VPC Service Controls limit access by perimeters of the organisation",
        "have a perimeter drawn around the project",
    ),
    Option.DNS_PRIVATE_ZONE: Capability("Cloud DNS private zones", f"{_CLOUD}/dns/docs/zones/zones-overview"),
    Option.DNS_RESOLVER: Capability(
        "an inbound server policy and forwarding zones", f"{_CLOUD}/dns/docs/server-policies-overview"
    ),
    Option.DNS_FIREWALL: Capability(
        "a Cloud DNS response policy",
        f"{_CLOUD}/dns/docs/zones/manage-response-policies",
        "one a network; it changes answers and keeps no list of threats",
    ),
    Option.BLOCK_PUBLIC_ACCESS: Capability(
        "",
        f"{_CLOUD}/resource-manager/docs/organization-policy/org-policy-constraints",
        "external addresses are forbidden by an organisation policy (compute.vmExternalIpAccess), not by the network",
        "have the constraint set for the project",
    ),
    Option.DDOS_PLAN: Capability(
        "",
        f"{_CLOUD}/armor/docs/advanced-network-ddos",
        "advanced network DDoS protection is set for a region of a project with Cloud Armor, not for a network",
        "enable it for the project",
    ),
    Option.FLOW_LOGS_STORE: Capability(
        "a log sink to a Cloud Storage bucket",
        f"{_VPC}/flow-logs",
        "they pass through Cloud Logging first, in hourly batches",
    ),
    Option.FLOW_LOGS_SERVICE: Capability("VPC Flow Logs in Cloud Logging", f"{_VPC}/flow-logs"),
    Option.FLOW_LOGS_KEY: Capability(
        "a customer-managed key on the log bucket", f"{_CLOUD}/logging/docs/routing/managed-encryption-storage"
    ),
    Option.HUB_TRANSIT: Capability(
        "VPC spokes of a Network Connectivity Center hub",
        f"{_CLOUD}/network-connectivity/docs/network-connectivity-center/concepts/overview",
        "its segments are one whose networks talk with each other, or center and edge",
    ),
    Option.HUB_CLOUD_WAN: Capability(
        "",
        f"{_CLOUD}/network-connectivity/docs/network-connectivity-center/concepts/overview",
        "Cloud WAN is a service of AWS",
        "use hub 'transit' (Network Connectivity Center)",
    ),
    Option.HUB_PEERING: Capability(
        "VPC Network Peering with custom routes exchanged",
        f"{_VPC}/vpc-peering",
        "spokes reach the hub's links, never each other: peering is not transitive",
    ),
    Option.HUB_SHARE: Capability(
        "spokes of other projects, accepted by the hub",
        f"{_CLOUD}/network-connectivity/docs/network-connectivity-center/concepts/vpc-spokes-overview",
    ),
    Option.SHARED_NETWORK: Capability("Shared VPC", f"{_VPC}/shared-vpc"),
    Option.VPN: Capability(
        "HA VPN with two interfaces",
        f"{_CLOUD}/network-connectivity/docs/vpn/concepts/overview",
        "routes that are learnt hold for all tiers",
    ),
    Option.DEDICATED_LINK: Capability(
        "VLAN attachments of Cloud Interconnect",
        f"{_CLOUD}/network-connectivity/docs/interconnect/concepts/overview",
    ),
    Option.CROSS_CLOUD_VPN: Capability(
        "HA VPN on this side",
        f"{_CLOUD}/network-connectivity/docs/vpn/tutorials/create-ha-vpn-connections-google-cloud-aws",
    ),
}
