"""Where the addresses of a resolver lie. Pure."""

from collections.abc import Iterable

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.arguments.dns import ResolverArgs
from platform_lib.components.vpc.planning.model import VpcPlan


def resolver_tier(tiers: Iterable[tuple[str, TierRole]], named: str | None) -> str | None:
    """Of some tiers the one that holds a resolver's addresses: the named one, else the first private one."""
    return named or next((tier for tier, role in tiers if role is TierRole.PRIVATE), None)


def planned_tier(plan: VpcPlan, named: str | None) -> str | None:
    """The same of a planned network."""
    return resolver_tier(((subnet.tier, subnet.role) for subnet in plan.subnets), named)


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
    return [tier for one in named if (tier := planned_tier(plan, one)) is not None]
