"""What AWS gives for each option of a network. Pure data; imports nothing of pulumi."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.capability.option import Capability, Option

_DOCS = "https://docs.aws.amazon.com"
_VPC = f"{_DOCS}/vpc/latest/userguide"

AWS: Final[Mapping[Option, Capability]] = {
    Option.ADDRESS_SECONDARY: Capability("secondary CIDR blocks of the VPC", f"{_VPC}/vpc-cidr-blocks.html"),
    Option.ADDRESS_POOL: Capability(
        "Amazon VPC IPAM pools",
        f"{_DOCS}/vpc/latest/ipam/what-it-is-ipam.html",
        "the pool is charged by active address",
    ),
    Option.IPV6_PROVIDER: Capability("an Amazon-provided /56", f"{_VPC}/vpc-cidr-blocks.html"),
    Option.IPV6_OWN: Capability(
        "a BYOIP range from an IPAM pool", f"{_DOCS}/vpc/latest/ipam/tutorials-byoip-ipam.html"
    ),
    Option.IPV6_EGRESS_ONLY: Capability("an egress-only internet gateway", f"{_VPC}/egress-only-internet-gateway.html"),
    Option.ZONAL_SUBNETS: Capability("every subnet lies in one zone", f"{_VPC}/configure-subnets.html"),
    Option.PODS: Capability(
        "subnets of their own, best in a secondary CIDR block",
        f"{_DOCS}/eks/latest/userguide/cni-custom-network.html",
        "a tier with role pods, not a second range of the machines' subnet",
    ),
    Option.SUBNET_FILTER: Capability("a network ACL for the tier", f"{_VPC}/vpc-network-acls.html"),
    Option.STATELESS_FILTER: Capability("a network ACL for the tier", f"{_VPC}/nacl-basics.html"),
    Option.PRIVATE_SUBNETS: Capability(
        "without a route there is no way out", f"{_VPC}/VPC_Internet_Gateway.html", "nothing to switch off"
    ),
    Option.EGRESS_SINGLE: Capability("one zonal NAT gateway", f"{_VPC}/vpc-nat-gateway.html"),
    Option.EGRESS_PER_ZONE: Capability("a zonal NAT gateway in each zone", f"{_VPC}/vpc-nat-gateway.html"),
    Option.EGRESS_REGIONAL: Capability("a regional NAT gateway", f"{_VPC}/nat-gateways-regional.html"),
    Option.EGRESS_HUB: Capability(
        "routes to a transit gateway", f"{_DOCS}/vpc/latest/tgw/transit-gateway-nat-igw.html"
    ),
    Option.EGRESS_OWN_ADDRESSES: Capability("elastic IP addresses of yours", f"{_VPC}/vpc-eips.html"),
    Option.ENDPOINTS_GATEWAY: Capability(
        "gateway endpoints",
        f"{_DOCS}/vpc/latest/privatelink/gateway-endpoints.html",
        "for Amazon S3 and DynamoDB only",
    ),
    Option.ENDPOINTS_INTERFACE: Capability(
        "interface endpoints", f"{_DOCS}/vpc/latest/privatelink/create-interface-endpoint.html"
    ),
    Option.ENDPOINTS_POLICY: Capability(
        "endpoint policies", f"{_DOCS}/vpc/latest/privatelink/vpc-endpoints-access.html"
    ),
    Option.DNS_PRIVATE_ZONE: Capability(
        "Route 53 private hosted zones", f"{_DOCS}/Route53/latest/DeveloperGuide/hosted-zones-private.html"
    ),
    Option.DNS_RESOLVER: Capability(
        "Route 53 Resolver endpoints and rules", f"{_DOCS}/Route53/latest/DeveloperGuide/resolver.html"
    ),
    Option.DNS_FIREWALL: Capability(
        "Route 53 Resolver DNS Firewall", f"{_DOCS}/Route53/latest/DeveloperGuide/resolver-dns-firewall.html"
    ),
    Option.BLOCK_PUBLIC_ACCESS: Capability(
        "VPC block public access",
        f"{_VPC}/security-vpc-bpa.html",
        "holds for all of the account in the region, with exclusions by VPC and subnet",
    ),
    Option.DDOS_PLAN: Capability(
        "",
        f"{_DOCS}/waf/latest/developerguide/ddos-advanced-summary.html",
        "Shield Advanced is a subscription of the account that protects single resources, not a network",
        "subscribe the account and protect the load balancers and addresses",
    ),
    Option.FLOW_LOGS_STORE: Capability("VPC flow logs to Amazon S3", f"{_VPC}/flow-logs-s3.html"),
    Option.FLOW_LOGS_SERVICE: Capability("VPC flow logs to CloudWatch Logs", f"{_VPC}/flow-logs-cwl.html"),
    Option.FLOW_LOGS_KEY: Capability("a KMS key on the bucket or log group", f"{_VPC}/flow-logs-s3-cmk-policy.html"),
    Option.HUB_TRANSIT: Capability("AWS Transit Gateway", f"{_DOCS}/vpc/latest/tgw/what-is-transit-gateway.html"),
    Option.HUB_CLOUD_WAN: Capability(
        "a VPC attachment of a core network", f"{_DOCS}/network-manager/latest/cloudwan/cloudwan-vpc-attachment.html"
    ),
    Option.HUB_PEERING: Capability(
        "",
        f"{_DOCS}/vpc/latest/peering/vpc-peering-basics.html",
        "peering is not transitive and no gateway of the other VPC can be used over it",
        "use hub 'transit'",
    ),
    Option.HUB_SHARE: Capability(
        "the transit gateway shared by AWS RAM", f"{_DOCS}/vpc/latest/tgw/tgw-transit-gateways.html"
    ),
    Option.SHARED_NETWORK: Capability("subnets shared by AWS RAM", f"{_VPC}/vpc-sharing.html"),
    Option.VPN: Capability("AWS Site-to-Site VPN, two tunnels a connection", f"{_DOCS}/vpn/latest/s2svpn/VPC_VPN.html"),
    Option.DEDICATED_LINK: Capability("Direct Connect", f"{_DOCS}/directconnect/latest/UserGuide/Welcome.html"),
    Option.CROSS_CLOUD_VPN: Capability(
        "AWS Site-to-Site VPN on this side", f"{_DOCS}/vpn/latest/s2svpn/VPNTunnels.html"
    ),
}
