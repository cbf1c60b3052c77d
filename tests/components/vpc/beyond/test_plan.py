"""What always holds for the links of a network, whatever is asked: what is planned fits, or is refused."""

from itertools import combinations

from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc import VpcArgs
from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.links.asn import check_gateway_asn, check_peer_asn
from platform_lib.components.vpc.links.inside import INSIDE_RULES
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.core.errors import ArgsError, PlanError
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
REGIONS = {Cloud.AWS: "eu-west-1", Cloud.AZURE: "westeurope", Cloud.GCP: "europe-west1"}
TIERS = [
    {"name": "app", "role": "private"},
    {"name": "links", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
]
KEYS = {f"{one}-{two}": "a.secret.key" for one in range(2) for two in range(2)}

inside = st.integers(0, 40).map(lambda number: f"169.254.{20 + number // 16}.{number % 16 * 16}/28")
ranges = st.integers(0, 255).map(lambda number: [f"10.{number}.0.0/16"])
asns = st.one_of(st.integers(64512, 65534), st.integers(0, 4294967295), st.sampled_from([7224, 9059, 12076, 65515]))


@st.composite
def vpns(draw, name):
    devices = draw(st.integers(1, 2))
    return {
        "name": name,
        "peer_addresses": [f"203.0.113.{number}" for number in range(devices)],
        "peer_asn": draw(asns),
        "ranges": draw(ranges),
        "inside_range": draw(inside),
        "devices": devices,
    }


def keys_for(cloud, devices):
    """Secrets of the tunnels that there are."""
    crossed = cloud is Cloud.GCP and devices == 2
    wanted = ("0-0", "1-1") if crossed else [key for key in KEYS if int(key[0]) < devices]
    return {key: KEYS[key] for key in wanted}


def planned(cloud, asn, links):
    given_links = []
    for link in links:
        fields = {key: value for key, value in link.items() if key != "devices"}
        given_links.append({**fields, "pre_shared_keys": keys_for(cloud, link["devices"])})
    try:
        args = VpcArgs(
            context=context(),
            cloud=cloud,
            region=REGIONS[cloud],
            cidr="10.20.0.0/16",
            tiers=TIERS,
            hybrid={"asn": asn, "vpns": given_links},
        )
        return plan_vpc("main", args, subject=SUBJECT).hybrid
    except (ArgsError, PlanError):
        return None


@given(st.sampled_from(Cloud), asns, vpns("one"), vpns("two"))
def test_what_is_planned_fits(cloud, asn, one, two):
    plan = planned(cloud, asn, [one, two])
    if plan is None:
        return
    tunnels = [tunnel for vpn in plan.vpns for tunnel in vpn.tunnels]
    assert not any(first.inside.overlaps(second.inside) for first, second in combinations(tunnels, 2))
    assert len({tunnel.near.address for tunnel in tunnels}) == len(tunnels)
    rules = INSIDE_RULES[cloud]
    assert all(rules.first <= tunnel.inside.first <= tunnel.inside.last <= rules.last for tunnel in tunnels)
    assert not any(tunnel.inside.overlaps(kept) for tunnel in tunnels for kept in rules.reserved)
    assert check_gateway_asn(plan.asn, cloud) == []
    for tunnel in tunnels:
        assert tunnel.near.asn == plan.asn != tunnel.far.asn
        assert check_peer_asn(tunnel.far.asn, cloud, REGIONS[cloud]) == []
    blocks = [Block.parse(text) for link in plan.links for text in link.ranges]
    assert not any(first.overlaps(second) for first, second in combinations([Block.parse("10.20.0.0/16"), *blocks], 2))


@given(st.sampled_from(Cloud), vpns("one"), vpns("two"))
def test_a_further_link_moves_no_tunnel_of_another(cloud, one, two):
    both, alone = planned(cloud, None, [two, one]), planned(cloud, None, [one])
    if both is not None:
        assert alone is not None
        assert both.vpns[1].tunnels == alone.vpns[0].tunnels


def test_what_fits_is_planned_on_every_cloud():
    """The properties above would hold of nothing at all, too."""
    fits = {"name": "one", "peer_addresses": ["203.0.113.1"], "peer_asn": 65010, "ranges": ["10.1.0.0/16"]}
    for cloud in Cloud:
        assert planned(cloud, None, [{**fits, "inside_range": "169.254.21.0/28", "devices": 1}]) is not None
