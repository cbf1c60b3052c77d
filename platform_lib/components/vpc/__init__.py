"""A network on AWS, Azure or Google Cloud: subnets in tiers over zones, with egress, endpoints and flow logs."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vpc.addressing.intent import Egress, TierRole
    from platform_lib.components.vpc.addressing.limits import Cloud
    from platform_lib.components.vpc.args import VpcArgs
    from platform_lib.components.vpc.arguments.account import (
        AzureNetworkArgs,
        BlockedAccess,
        BlockPublicAccessArgs,
        GcpNetworkArgs,
        SharedNetworkArgs,
    )
    from platform_lib.components.vpc.arguments.address import AddressArgs, Ipv6Args, Ipv6Source
    from platform_lib.components.vpc.arguments.adopt import AdoptArgs, AdoptMode
    from platform_lib.components.vpc.arguments.dns import DnsArgs, DnsFirewallArgs, ResolverArgs, ResolverRuleArgs
    from platform_lib.components.vpc.arguments.egress import NatArgs
    from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs, GatewayService
    from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination, FlowLogsArgs
    from platform_lib.components.vpc.arguments.hub import HubArgs, HubKind, OwnHubArgs, SegmentArgs, SpokeArgs
    from platform_lib.components.vpc.arguments.hybrid import (
        CrossCloudArgs,
        DedicatedLineArgs,
        HybridArgs,
        VpnArgs,
    )
    from platform_lib.components.vpc.arguments.tier import (
        AwsTierArgs,
        AzureTierArgs,
        GcpSubnetPurpose,
        GcpTierArgs,
        RuleAction,
        RuleDirection,
        RuleProtocol,
        TierArgs,
        TierEgress,
        TierFilterArgs,
        TierRuleArgs,
    )
    from platform_lib.components.vpc.capability.report import OnGap
    from platform_lib.components.vpc.component import VpcComponent
    from platform_lib.components.vpc.ledger_args import LedgerArgs, project_ledger
    from platform_lib.components.vpc.links.gateway import AzureGatewaySize
    from platform_lib.components.vpc.refs import NetworkOutputs, NetworkReference, SubnetReference

__all__ = [
    "AddressArgs",
    "AdoptArgs",
    "AdoptMode",
    "AwsTierArgs",
    "AzureGatewaySize",
    "AzureNetworkArgs",
    "AzureTierArgs",
    "BlockPublicAccessArgs",
    "BlockedAccess",
    "Cloud",
    "CrossCloudArgs",
    "DedicatedLineArgs",
    "DnsArgs",
    "DnsFirewallArgs",
    "Egress",
    "EndpointsArgs",
    "FlowLogDestination",
    "FlowLogsArgs",
    "GatewayService",
    "GcpNetworkArgs",
    "GcpSubnetPurpose",
    "GcpTierArgs",
    "HubArgs",
    "HubKind",
    "HybridArgs",
    "Ipv6Args",
    "Ipv6Source",
    "LedgerArgs",
    "NatArgs",
    "NetworkOutputs",
    "NetworkReference",
    "OnGap",
    "OwnHubArgs",
    "ResolverArgs",
    "ResolverRuleArgs",
    "RuleAction",
    "RuleDirection",
    "RuleProtocol",
    "SegmentArgs",
    "SharedNetworkArgs",
    "SpokeArgs",
    "SubnetReference",
    "TierArgs",
    "TierEgress",
    "TierFilterArgs",
    "TierRole",
    "TierRuleArgs",
    "VpcArgs",
    "VpcComponent",
    "VpnArgs",
    "project_ledger",
]

_VPC = "platform_lib.components.vpc"

__getattr__ = public_names(
    __name__,
    {
        "AddressArgs": f"{_VPC}.arguments.address",
        "AdoptArgs": f"{_VPC}.arguments.adopt",
        "AdoptMode": f"{_VPC}.arguments.adopt",
        "AwsTierArgs": f"{_VPC}.arguments.tier",
        "AzureGatewaySize": f"{_VPC}.links.gateway",
        "AzureNetworkArgs": f"{_VPC}.arguments.account",
        "AzureTierArgs": f"{_VPC}.arguments.tier",
        "BlockPublicAccessArgs": f"{_VPC}.arguments.account",
        "BlockedAccess": f"{_VPC}.arguments.account",
        "Cloud": f"{_VPC}.addressing.limits",
        "CrossCloudArgs": f"{_VPC}.arguments.hybrid",
        "DedicatedLineArgs": f"{_VPC}.arguments.hybrid",
        "DnsArgs": f"{_VPC}.arguments.dns",
        "DnsFirewallArgs": f"{_VPC}.arguments.dns",
        "Egress": f"{_VPC}.addressing.intent",
        "EndpointsArgs": f"{_VPC}.arguments.endpoints",
        "FlowLogDestination": f"{_VPC}.arguments.flow_logs",
        "FlowLogsArgs": f"{_VPC}.arguments.flow_logs",
        "GatewayService": f"{_VPC}.arguments.endpoints",
        "GcpNetworkArgs": f"{_VPC}.arguments.account",
        "GcpSubnetPurpose": f"{_VPC}.arguments.tier",
        "GcpTierArgs": f"{_VPC}.arguments.tier",
        "HubArgs": f"{_VPC}.arguments.hub",
        "HubKind": f"{_VPC}.arguments.hub",
        "HybridArgs": f"{_VPC}.arguments.hybrid",
        "Ipv6Args": f"{_VPC}.arguments.address",
        "Ipv6Source": f"{_VPC}.arguments.address",
        "LedgerArgs": f"{_VPC}.ledger_args",
        "NatArgs": f"{_VPC}.arguments.egress",
        "NetworkOutputs": f"{_VPC}.refs",
        "NetworkReference": f"{_VPC}.refs",
        "OnGap": f"{_VPC}.capability.report",
        "OwnHubArgs": f"{_VPC}.arguments.hub",
        "ResolverArgs": f"{_VPC}.arguments.dns",
        "ResolverRuleArgs": f"{_VPC}.arguments.dns",
        "RuleAction": f"{_VPC}.arguments.tier",
        "RuleDirection": f"{_VPC}.arguments.tier",
        "RuleProtocol": f"{_VPC}.arguments.tier",
        "SegmentArgs": f"{_VPC}.arguments.hub",
        "SharedNetworkArgs": f"{_VPC}.arguments.account",
        "SpokeArgs": f"{_VPC}.arguments.hub",
        "SubnetReference": f"{_VPC}.refs",
        "TierArgs": f"{_VPC}.arguments.tier",
        "TierEgress": f"{_VPC}.arguments.tier",
        "TierFilterArgs": f"{_VPC}.arguments.tier",
        "TierRole": f"{_VPC}.addressing.intent",
        "TierRuleArgs": f"{_VPC}.arguments.tier",
        "VpcArgs": f"{_VPC}.args",
        "VpcComponent": f"{_VPC}.component",
        "VpnArgs": f"{_VPC}.arguments.hybrid",
        "project_ledger": f"{_VPC}.ledger_args",
    },
)
