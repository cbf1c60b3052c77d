"""What Azure gives for each option of a network. Pure data; imports nothing of pulumi."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.capability.option import Capability, Option

_DOCS = "https://learn.microsoft.com/azure"
_VNET = f"{_DOCS}/virtual-network"

AZURE: Final[Mapping[Option, Capability]] = {
    Option.ADDRESS_SECONDARY: Capability(
        "further address prefixes of the VNet", f"{_VNET}/manage-virtual-network#add-or-remove-an-address-range"
    ),
    Option.ADDRESS_POOL: Capability(
        "IPAM pools of Virtual Network Manager", f"{_DOCS}/virtual-network-manager/concept-ip-address-management"
    ),
    Option.IPV6_PROVIDER: Capability(
        "",
        f"{_VNET}/ip-services/ipv6-overview",
        "a VNet's IPv6 range is defined by its owner, Azure assigns none",
        "use ipv6 'own' with a unique local range (RFC 4193)",
    ),
    Option.IPV6_OWN: Capability(
        "an IPv6 address prefix of the VNet",
        f"{_VNET}/ip-services/ipv6-overview",
        "machines reach the internet only from public IPv6 addresses of Azure",
    ),
    Option.IPV6_EGRESS_ONLY: Capability(
        "a StandardV2 NAT gateway with public IPv6 addresses",
        f"{_DOCS}/nat-gateway/nat-sku",
        "addresses are translated, which an egress-only gateway of AWS does not do",
    ),
    Option.ZONAL_SUBNETS: Capability(
        "",
        f"{_DOCS}/reliability/reliability-virtual-network",
        "a subnet spans all zones of its region",
        "leave the zones out: machines, not subnets, choose a zone",
    ),
    Option.PODS: Capability("a pod subnet of its own", f"{_DOCS}/aks/concepts-network-azure-cni-pod-subnet"),
    Option.SUBNET_FILTER: Capability(
        "a network security group for the tier", f"{_VNET}/network-security-groups-overview"
    ),
    Option.STATELESS_FILTER: Capability(
        "",
        f"{_VNET}/network-security-groups-overview",
        "network security groups keep state: answers always pass",
        "use rules of the tier without asking for stateless ones",
    ),
    Option.PRIVATE_SUBNETS: Capability(
        "private subnets (default outbound access off)", f"{_VNET}/ip-services/default-outbound-access"
    ),
    Option.EGRESS_SINGLE: Capability(
        "one Standard NAT gateway", f"{_DOCS}/nat-gateway/nat-overview", "it stands in one zone"
    ),
    Option.EGRESS_PER_ZONE: Capability(
        "",
        f"{_DOCS}/nat-gateway/nat-availability-zones",
        "a subnet has one NAT gateway and spans all zones, so that none can serve a single zone",
        "use egress 'regional', which survives the loss of a zone",
    ),
    Option.EGRESS_REGIONAL: Capability(
        "a zone-redundant StandardV2 NAT gateway",
        f"{_DOCS}/nat-gateway/nat-availability-zones",
        "needs StandardV2 public addresses; an existing Standard gateway is not upgraded in place",
    ),
    Option.EGRESS_HUB: Capability(
        "user-defined routes to a firewall of the hub", f"{_VNET}/virtual-networks-udr-overview"
    ),
    Option.EGRESS_OWN_ADDRESSES: Capability(
        "public IP addresses or prefixes of yours", f"{_DOCS}/nat-gateway/nat-gateway-resource"
    ),
    Option.ENDPOINTS_GATEWAY: Capability(
        "virtual network service endpoints",
        f"{_VNET}/virtual-network-service-endpoints-overview",
        "for the services listed there",
    ),
    Option.ENDPOINTS_INTERFACE: Capability(
        "private endpoints with private DNS zones", f"{_DOCS}/private-link/private-endpoint-overview"
    ),
    Option.ENDPOINTS_POLICY: Capability(
        "",
        f"{_VNET}/virtual-network-service-endpoint-policies-overview",
        "only service endpoints to Azure Storage take a policy, private endpoints take none",
        "limit access at the service itself",
    ),
    Option.DNS_PRIVATE_ZONE: Capability("Azure private DNS zones", f"{_DOCS}/dns/private-dns-privatednszone"),
    Option.DNS_RESOLVER: Capability("Azure DNS Private Resolver", f"{_DOCS}/dns/dns-private-resolver-overview"),
    Option.DNS_FIREWALL: Capability("a DNS security policy", f"{_DOCS}/dns/dns-security-policy"),
    Option.BLOCK_PUBLIC_ACCESS: Capability(
        "",
        f"{_DOCS}/virtual-network-manager/concept-security-admins",
        "a VNet has no such switch; security admin rules of Virtual Network Manager come closest and belong to "
        "whoever manages the subscriptions",
        "use private subnets and no egress, and assert it under reachability",
    ),
    Option.DDOS_PLAN: Capability("a DDoS protection plan", f"{_DOCS}/ddos-protection/ddos-protection-overview"),
    Option.FLOW_LOGS_STORE: Capability(
        "VNet flow logs to a storage account", f"{_DOCS}/network-watcher/vnet-flow-logs-overview"
    ),
    Option.FLOW_LOGS_SERVICE: Capability(
        "traffic analytics in a Log Analytics workspace",
        f"{_DOCS}/network-watcher/traffic-analytics",
        "made from the logs in the storage account, which is needed too",
    ),
    Option.FLOW_LOGS_KEY: Capability(
        "a customer-managed key on the storage account", f"{_DOCS}/storage/common/customer-managed-keys-overview"
    ),
    Option.HUB_TRANSIT: Capability("a Virtual WAN hub", f"{_DOCS}/virtual-wan/virtual-wan-about"),
    Option.HUB_CLOUD_WAN: Capability(
        "", f"{_DOCS}/virtual-wan/virtual-wan-about", "Cloud WAN is a service of AWS", "use hub 'transit' (Virtual WAN)"
    ),
    Option.HUB_PEERING: Capability(
        "VNet peering with gateway transit", f"{_DOCS}/vpn-gateway/vpn-gateway-peering-gateway-transit"
    ),
    Option.HUB_SHARE: Capability(
        "connections from other subscriptions by role assignment",
        f"{_DOCS}/virtual-wan/cross-tenant-vnet",
        "by role assignment, there is no share to accept",
    ),
    Option.SHARED_NETWORK: Capability(
        "",
        f"{_VNET}/virtual-network-peering-overview",
        "a VNet serves the subscription it lies in",
        "peer a VNet of the other subscription",
    ),
    Option.VPN: Capability(
        "a VPN gateway, active-active",
        f"{_DOCS}/vpn-gateway/vpn-gateway-highlyavailable",
        "a device has one address for BGP with both instances, and opens the sessions itself",
    ),
    Option.DEDICATED_LINK: Capability("ExpressRoute", f"{_DOCS}/expressroute/expressroute-introduction"),
    Option.CROSS_CLOUD_VPN: Capability(
        "a VPN gateway with BGP on this side", f"{_DOCS}/vpn-gateway/vpn-gateway-howto-aws-bgp"
    ),
}
