"""Network intents for tests, and hypothesis strategies over them."""

from dataclasses import replace

from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.intent import Egress, NetworkId, NetworkIntent, TierIntent, TierRole
from platform_lib.components.vpc.addressing.limits import Cloud

ZONES = ("euw1-az1", "euw1-az2", "euw1-az3", "euw1-az4", "euw1-az5")
MAIN = NetworkId("dev", Cloud.AWS, "eu-west-1", "main")


def three_tiers(count: int = 3, **changes) -> NetworkIntent:
    """The usual network: public /24, private /20 and isolated /24 in each zone of 10.0.0.0/16."""
    intent = NetworkIntent(
        MAIN,
        (
            TierIntent("public", TierRole.PUBLIC, 24),
            TierIntent("app", TierRole.PRIVATE, 20, nat=True),
            TierIntent("data", TierRole.ISOLATED, 24),
        ),
        ranges=("10.0.0.0/16",),
        zones=ZONES[:count],
        egress=Egress.SINGLE,
    )
    return replace(intent, **changes)


zone_subsets = st.lists(st.sampled_from(ZONES), min_size=1, max_size=5, unique=True).map(tuple)
tier_names = st.sampled_from(["public", "web", "app", "data", "cache", "ops"])
tiers = st.builds(
    TierIntent,
    name=tier_names,
    role=st.just(TierRole.PRIVATE),
    prefix_length=st.integers(22, 28),
    zones=st.none() | zone_subsets,
)
tier_lists = st.lists(tiers, min_size=1, max_size=6, unique_by=lambda tier: tier.name).map(tuple)
