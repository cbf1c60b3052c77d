"""What a tier is on Azure: the subnet of a service, one that is handed to a service, or one of machines. Pure.

Sources: https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-about-vpn-gateway-settings#gwsub,
https://learn.microsoft.com/azure/firewall/firewall-faq,
https://learn.microsoft.com/azure/bastion/configuration-settings#subnet,
https://learn.microsoft.com/azure/route-server/route-server-faq,
https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#subnet-restrictions.
"""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.dns import ResolverArgs
from platform_lib.components.vpc.arguments.tier import AzureTierArgs
from platform_lib.components.vpc.capability.services import gateway_services

SERVICE_SUBNETS: Final[Mapping[str, int]] = {
    "GatewaySubnet": 27,
    "AzureFirewallSubnet": 26,
    "AzureFirewallManagementSubnet": 26,
    "AzureBastionSubnet": 26,
    "RouteServerSubnet": 27,
}
"""Subnets that a service asks for by name, with the prefix length of the smallest that it takes. They guard and route
themselves: such a subnet has no security group, no route table and no NAT of ours."""

RESOLVER_SERVICE: Final = "Microsoft.Network/dnsResolvers"
"""What the subnets of a DNS private resolver are handed to."""

_NONE: Final = AzureTierArgs()


def options_of(args: VpcArgs, tier: str) -> AzureTierArgs:
    """What a tier has on Azure only; nothing on other clouds."""
    if args.on is not Cloud.AZURE:
        return _NONE
    return next((one.azure for one in args.tiers or () if one.name == tier and one.azure is not None), _NONE)


def belongs_to_service(args: VpcArgs, tier: str) -> bool:
    """Whether the subnet of a tier belongs to a service that asks for it by name."""
    return options_of(args, tier).subnet_name in SERVICE_SUBNETS


def services_of(args: VpcArgs, tier: str) -> tuple[str, ...]:
    """The service endpoints of a tier: the network's and its own."""
    if args.on is not Cloud.AZURE or belongs_to_service(args, tier):
        return ()
    everywhere = gateway_services(args.on, None if args.endpoints is None else args.endpoints.gateway)
    return tuple(dict.fromkeys((*everywhere, *(options_of(args, tier).service_endpoints or ()))))


def inbound_tier(resolver: ResolverArgs) -> str | None:
    """The tier at whose addresses the resolver is asked; None where it is not."""
    return resolver.tier if resolver.inbound else None


def outbound_tier(resolver: ResolverArgs) -> str | None:
    """The tier from whose addresses the resolver asks others; None where it does not."""
    asks = bool(resolver.rules) if resolver.outbound is None else resolver.outbound
    return (resolver.outbound_tier or resolver.tier) if asks else None


def delegations_of(args: VpcArgs, tier: str) -> tuple[str, ...]:
    """The services that the subnet of a tier is handed to: as asked, and the resolver where it stands in it."""
    asked = tuple(options_of(args, tier).delegations or ())
    resolver = args.dns.resolver if args.dns is not None else None
    if resolver is not None and tier in (inbound_tier(resolver), outbound_tier(resolver)):
        return tuple(dict.fromkeys((*asked, RESOLVER_SERVICE)))
    return asked
