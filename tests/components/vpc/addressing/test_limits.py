"""What the clouds allow, and every bad argument with its message."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.block import AddressError, Block, address_text
from platform_lib.components.vpc.addressing.intent import (
    Egress,
    NetworkId,
    TierIntent,
    TierRole,
    check_intent,
    requests_of,
    subnet_keys,
)
from platform_lib.components.vpc.addressing.limits import (
    LIMITS,
    Cloud,
    check_network_range,
    check_subnet_name,
    check_subnet_prefix,
    longest_prefix_for,
    usable_addresses,
)
from platform_lib.components.vpc.addressing.zones import choose_zones
from platform_lib.core.errors import PlanError
from support.networks import MAIN, ZONES, three_tiers

AZURE = NetworkId("dev", Cloud.AZURE, "westeurope", "main")
GCP = NetworkId("dev", Cloud.GCP, "europe-west1", "main")


def problems(intent) -> list[str]:
    return [str(finding) for finding in check_intent(intent)]


def test_reserved_addresses_of_each_cloud():
    assert {cloud: limits.reserved for cloud, limits in LIMITS.items()} == {Cloud.AWS: 5, Cloud.AZURE: 5, Cloud.GCP: 4}
    assert [usable_addresses(cloud, 24) for cloud in Cloud] == [251, 251, 252]
    assert [usable_addresses(cloud, 29) for cloud in Cloud] == [3, 3, 4]
    assert usable_addresses(Cloud.AWS, 30) == 0
    assert all(source.startswith("https://") for limits in LIMITS.values() for source in limits.sources)


@given(st.sampled_from(list(Cloud)), st.integers(1, 60000))
def test_the_smallest_subnet_for_so_many_machines(cloud: Cloud, machines: int):
    length = longest_prefix_for(cloud, machines)
    assert usable_addresses(cloud, length) >= machines
    assert length == LIMITS[cloud].subnet_prefix[1] or usable_addresses(cloud, length + 1) < machines


@given(st.integers(0, 2**32 - 1), st.integers(0, 32))
def test_blocks_read_back(address: int, length: int):
    block = Block(4, address, 32).parent(length)
    assert Block.parse(str(block)) == block
    assert str(block) == f"{address_text(4, block.first)}/{length}"


@pytest.mark.parametrize("text", ["10.0.0.0", "10.0.0/24", "x", "", "10.0.0.0/33", "2001:db8::/129"])
def test_what_is_no_range(text: str):
    with pytest.raises(AddressError):
        Block.parse(text)


@pytest.mark.parametrize(
    ("text", "cloud", "problem"),
    [
        ("10.0.0.5/16", Cloud.AWS, "address: has host bits set beyond /16, got '10.0.0.5/16'; use '10.0.0.0/16'"),
        (
            "10.0.0.0/8",
            Cloud.AWS,
            "address: a network range on aws is between /16 and /28, got 10.0.0.0/8; use a prefix length from 16 to 28",
        ),
        (
            "169.254.0.0/16",
            Cloud.AZURE,
            "address: azure refuses 169.254.0.0/16 (link-local), got 169.254.0.0/16; use a range of RFC 1918",
        ),
        (
            "168.63.129.0/24",
            Cloud.AZURE,
            (
                "address: azure refuses 168.63.129.16/32 (internal DNS of Azure), got 168.63.129.0/24; "
                "use a range of RFC 1918"
            ),
        ),
        (
            "8.8.8.0/24",
            Cloud.GCP,
            (
                "address: this is a public range, got 8.8.8.0/24: whoever owns it on the internet becomes unreachable; "
                "use a range of RFC 1918 or set public_ranges_allowed"
            ),
        ),
        (
            "2001:db8::/65",
            Cloud.AWS,
            "address: an IPv6 range holds subnets of /64, got 2001:db8::/65; use a shorter prefix",
        ),
    ],
)
def test_bad_ranges(text: str, cloud: Cloud, problem: str):
    assert [str(finding) for finding in check_network_range("address", text, cloud)] == [problem]


def test_good_ranges():
    for text in ("10.0.0.0/16", "100.64.0.0/16", "172.16.0.0/16", "2001:db8::/56"):
        assert check_network_range("address", text, Cloud.AWS) == []
    assert check_network_range("address", "8.8.0.0/16", Cloud.AWS, public_ranges_allowed=True) == []
    assert check_network_range("address", "10.0.0.0/8", Cloud.AZURE) == []


def test_subnet_sizes():
    (finding,) = check_subnet_prefix("tiers.app.prefix_length", 29, Cloud.AWS)
    assert str(finding) == (
        "tiers.app.prefix_length: a subnet on aws is between /16 and /28, got /29; "
        "use a prefix length from 16 to 28 (a /28 leaves 11 of 16 addresses)"
    )
    assert check_subnet_prefix("p", 29, Cloud.GCP) == check_subnet_prefix("p", 29, Cloud.AZURE) == []


def test_subnet_names_over_the_limit():
    name = "main-" + "a" * 80
    (finding,) = check_subnet_name("tiers.a", name, Cloud.AZURE)
    assert str(finding).startswith("tiers.a: the name of a subnet on azure has at most 80 characters, got 85: ")
    (finding,) = check_subnet_name("tiers.a", "main-" + "a" * 51, Cloud.GCP)  # 63 less the suffix of automatic naming
    assert "at most 55 characters, got 56" in str(finding)
    assert check_subnet_name("tiers.a", name, Cloud.AWS) == []
    (finding,) = check_subnet_name("tiers.a", "main-a_b", Cloud.GCP)
    assert "not a name of a subnet on gcp, got 'main-a_b'" in str(finding)


def test_a_sound_network_has_no_findings():
    assert problems(three_tiers()) == []
    assert problems(three_tiers(id=AZURE, egress=Egress.REGIONAL)) == []


def test_tier_name_twice():
    tier = TierIntent("app", TierRole.PRIVATE, 24)
    assert problems(three_tiers(tiers=(tier, tier), egress=Egress.REGIONAL)) == [
        "tiers.app: the tier name is used twice; give each tier its own name"
    ]


def test_tier_names_that_cannot_be():
    assert problems(three_tiers(tiers=(TierIntent("App/One", TierRole.PRIVATE, 24),), egress=Egress.NONE)) == [
        "tiers.App/One: not a name of a tier, got 'App/One'; use lower-case letters and digits joined by '-'"
    ]


def test_nat_without_a_public_tier():
    private = (TierIntent("app", TierRole.PRIVATE, 24, nat=True),)
    assert problems(three_tiers(tiers=private)) == [
        (
            "egress: a zonal NAT gateway stands in a public tier and there is none, got 'single'; "
            "add a public tier, or use egress 'regional', 'hub' or 'none'"
        )
    ]
    assert problems(three_tiers(tiers=private, egress=Egress.REGIONAL)) == []
    assert problems(three_tiers(tiers=private, id=AZURE, egress=Egress.SINGLE)) == []


def test_nat_per_zone_needs_a_public_subnet_in_each():
    tiers = (
        TierIntent("public", TierRole.PUBLIC, 24, zones=ZONES[:1]),
        TierIntent("app", TierRole.PRIVATE, 24, nat=True),
    )
    assert problems(three_tiers(2, tiers=tiers, egress=Egress.PER_ZONE)) == [
        "egress: no public subnet in zone euw1-az2 for its NAT gateway; add that zone"
    ]


def test_nat_asked_of_a_network_without_egress():
    assert problems(three_tiers(egress=Egress.NONE)) == [
        (
            "tiers.app.egress: NAT is asked, but the network has no egress; set egress to 'single', 'per-zone' or "
            "'regional'"
        )
    ]


def test_what_is_missing_or_unknown():
    assert problems(three_tiers(ranges=())) == [
        "address: no range is given; give a range, or a pool and a prefix length"
    ]
    assert problems(three_tiers(tiers=(), egress=Egress.NONE)) == [
        "tiers: a network without a tier has no subnet; add at least one tier"
    ]
    tiers = (
        TierIntent("a", TierRole.PRIVATE, cidrs={"euw1-az1": "10.0.0.0/24", "euw1-az9": "10.0.1.0/24"}),
        TierIntent("b", TierRole.PRIVATE, 24, zones=("euw1-az4",)),
        TierIntent("c", TierRole.PRIVATE, 24, secondary={"pods": 20}),
    )
    assert problems(three_tiers(2, tiers=tiers, egress=Egress.NONE)) == [
        "tiers.a.prefix_length: no size is given for euw1-az2; give a prefix length",
        "tiers.a.cidrs.euw1-az9: the tier has no such subnet, got 'euw1-az9'; use euw1-az1, euw1-az2",
        "tiers.b.zones: the network has no zone 'euw1-az4'; use some of euw1-az1, euw1-az2",
        "tiers.c.secondary.pods: aws has no secondary ranges of a subnet",
    ]


def test_keys_by_zone_by_region_and_by_secondary_range():
    assert subnet_keys(three_tiers(2))[:3] == ("public/euw1-az1", "public/euw1-az2", "app/euw1-az1")
    gke = TierIntent("nodes", TierRole.PRIVATE, 22, secondary={"pods": 18, "services": 24})
    wanted = requests_of(three_tiers(id=GCP, tiers=(gke,)))
    assert [(request.key, request.prefix_length) for request in wanted] == [
        ("nodes/regional", 22),
        ("nodes/regional/pods", 18),
        ("nodes/regional/services", 24),
    ]
    assert subnet_keys(three_tiers(id=GCP, tiers=(gke,))) == ("nodes/regional",)


def refused(*args, **more) -> list[str]:
    with pytest.raises(PlanError) as caught:
        choose_zones(*args, region="eu-west-1", **more)
    return str(caught.value).splitlines()


def test_zones_by_name_and_by_count():
    assert choose_zones(["euw1-az3", "euw1-az1"], ZONES, region="r") == ("euw1-az3", "euw1-az1")
    assert choose_zones(2, ZONES[::-1], region="r") == ("euw1-az5", "euw1-az4")  # the region's own order
    assert choose_zones(2, ZONES, region="r", known=["euw1-az4"]) == ("euw1-az1", "euw1-az4")


@given(st.integers(1, 4), st.sets(st.sampled_from(ZONES), max_size=1))
def test_a_count_that_grows_adds_and_never_swaps(count: int, known: set[str]):
    before = choose_zones(count, ZONES, region="r", known=known)
    after = choose_zones(count + 1, ZONES, region="r", known=before)
    assert set(before) < set(after)
    assert known <= set(before)


def test_zones_that_the_region_does_not_have():
    assert refused(["euw1-az11", "euw1-az1", "euw1-az1"], ZONES[:3]) == [
        "network: zones[0]: eu-west-1 has no such zone, got 'euw1-az11'; did you mean 'euw1-az1'?",
        "network: zones[2]: given twice, got 'euw1-az1'; give each zone once",
    ]


def test_more_zones_than_exist():
    have = "euw1-az1, euw1-az2, euw1-az3"
    assert refused(4, ZONES[:3]) == [
        f"network: zones: eu-west-1 has 3 zones, got 4; ask for 1 to 3, or name some of {have}"
    ]
    assert f"network: zones: eu-west-1 has 3 zones, got 4; name some of {have}" in refused(list(ZONES[:4]), ZONES[:3])
    assert refused([], ZONES[:3]) == [f"network: zones: no zone is given; name some of {have}"]
    assert "got 0; ask for 1 to 3" in refused(0, ZONES[:3])[0]


def test_network_ids():
    assert NetworkId.parse(str(MAIN)) == MAIN
    with pytest.raises(ValueError, match="no such cloud"):
        NetworkId.parse("dev/ibm/x/main")
