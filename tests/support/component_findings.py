"""What the packs find of one component among all that a program makes."""

from platform_lib.testing.policies import PolicyResults
from support.pages import own_rules


def failing(found: PolicyResults, most_tier: int, part: str = "::main") -> set[tuple[str, str]]:
    """Rule and logical name of what fails, up to a tier.

    Args:
        found: of an evaluation.
        most_tier: rules of higher tiers are left out.
        part: what the URNs of the component's children hold.
    """
    rules = own_rules()
    return {
        (rule, urn.rsplit("::", 1)[-1])
        for rule, urns in found.failing.items()
        for urn in urns
        if rules[rule].record.tier <= most_tier and part in urn
    }
