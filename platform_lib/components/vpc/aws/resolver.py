"""Where the addresses of a resolver lie. Pure."""

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.arguments.dns import ResolverArgs
from platform_lib.components.vpc.planning.model import VpcPlan


def resolver_tier(plan: VpcPlan, named: str | None) -> str | None:
    """The tier that holds a resolver's addresses: the named one, else the first private one."""
    if named is not None:
        return named
    return next((subnet.tier for subnet in plan.subnets if subnet.role is TierRole.PRIVATE), None)


def asks_inward(asked: ResolverArgs) -> bool:
    """Whether others may ask the resolver."""
    return bool(asked.inbound)


def asks_outward(asked: ResolverArgs) -> bool:
    """Whether the resolver asks others."""
    return bool(asked.rules or asked.outbound)


def resolver_tiers(plan: VpcPlan, asked: ResolverArgs) -> list[str]:
    """The tier of each endpoint, the incoming one first."""
    named = [asked.tier] if asks_inward(asked) else []
    named += [asked.outbound_tier or asked.tier] if asks_outward(asked) else []
    return [tier for one in named if (tier := resolver_tier(plan, one)) is not None]
