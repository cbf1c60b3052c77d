from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogDestination
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.components.vpc.planning.model import INTERNET
from platform_lib.components.vpc.region_zones import AWS_REGION_ZONES, ZONES_BY_ACCOUNT
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import ArgsError, PlanError
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
DEFAULTS = {"region": "eu-west-1", "cidr": "10.20.0.0/16"}


def planned(name="main", environment="dev", compliance_scope=None, **more):
    made = context(environment, compliance_scope=compliance_scope)
    args = VpcArgs.parse(SUBJECT, {"context": made, **DEFAULTS, **more})
    return plan_vpc(name, args, subject=SUBJECT)


def refused(**more):
    with pytest.raises((ArgsError, PlanError)) as caught:
        planned(**more)
    return str(caught.value).splitlines()


def test_the_defaults_are_three_tiers_over_two_zones_without_a_way_out():
    plan = planned()
    assert plan.zones == ("euw1-az1", "euw1-az2")
    assert {(subnet.key, subnet.cidr) for subnet in plan.subnets} == {
        ("public-euw1-az1", "10.20.0.0/24"),
        ("public-euw1-az2", "10.20.1.0/24"),
        ("private-euw1-az1", "10.20.128.0/20"),
        ("private-euw1-az2", "10.20.144.0/20"),
        ("isolated-euw1-az1", "10.20.32.0/22"),
        ("isolated-euw1-az2", "10.20.36.0/22"),
    }
    assert plan.nats == ()
    assert {table.key: table.default_route for table in plan.route_tables} == {
        "public": INTERNET,
        "private-euw1-az1": None,
        "private-euw1-az2": None,
        "isolated": None,
    }
    assert [endpoint.service_name for endpoint in plan.endpoints] == [
        "com.amazonaws.eu-west-1.s3",
        "com.amazonaws.eu-west-1.dynamodb",
    ]
    assert plan.dns_hostnames
    assert not plan.dhcp_options
    assert plan.flow_log.destination is FlowLogDestination.CLOUDWATCH
    assert plan.flow_log.own_key
    assert (plan.flow_log.retention_days, plan.flow_log.aggregation_seconds) == (365, 600)


def test_a_tier_may_span_some_of_the_zones():
    tiers = [
        {"name": "public", "role": "public", "zones": ["euw1-az2", "euw1-az1"]},
        {"name": "app", "role": "private"},
        {"name": "one", "role": "isolated", "zones": ["euw1-az3"]},
    ]
    plan = planned(zone_count=3, tiers=tiers, egress="single")
    assert [subnet.key for subnet in plan.subnets] == [
        *("public-euw1-az1", "public-euw1-az2"),
        *("app-euw1-az1", "app-euw1-az2", "app-euw1-az3"),
        "one-euw1-az3",
    ]
    assert [nat.subnet for nat in plan.nats] == ["public-euw1-az1"]
    assert {subnet.cidr for subnet in plan.subnets} <= {
        subnet.cidr for subnet in planned(zone_count=3, tiers=[{**tier, "zones": None} for tier in tiers]).subnets
    }


def test_a_single_gateway_stands_in_the_first_zone_of_its_tier():
    tiers = [{"name": "public", "role": "public", "zones": ["euw1-az3"]}, {"name": "app", "role": "private"}]
    plan = planned(zone_count=3, tiers=tiers, egress="single")
    assert [nat.subnet for nat in plan.nats] == ["public-euw1-az3"]
    assert {t.default_route for t in plan.route_tables if t.tier == "app"} == {"euw1-az3"}


@pytest.mark.parametrize(
    "names, nat_tier, expected",
    [
        (["edge", "public"], None, "public"),
        (["edge", "web"], None, "edge"),
        (["edge", "web"], "web", "web"),
        (["edge", "public"], "edge", "edge"),
    ],
)
def test_nat_gateways_keep_their_tier_when_another_comes_in_front(names, nat_tier, expected):
    tiers = [{"name": name, "role": "public"} for name in names]
    plan = planned(egress="per-zone", tiers=tiers, nat_tier=nat_tier)
    assert [nat.subnet for nat in plan.nats] == [f"{expected}-euw1-az1", f"{expected}-euw1-az2"]


def test_one_nat_gateway_serves_every_zone():
    plan = planned(egress="single", zone_count=3)
    assert [(nat.zone, nat.subnet) for nat in plan.nats] == [("euw1-az1", "public-euw1-az1")]
    assert {table.default_route for table in plan.route_tables if table.role is TierRole.PRIVATE} == {"euw1-az1"}


def test_a_nat_gateway_a_zone_serves_its_own_zone():
    plan = planned(egress="per-zone", zone_count=3)
    private = [table for table in plan.route_tables if table.role is TierRole.PRIVATE]
    assert [nat.zone for nat in plan.nats] == list(plan.zones)
    assert [table.default_route for table in private] == list(plan.zones)


def test_going_from_one_nat_gateway_to_several_moves_no_subnet_to_another_route_table():
    tables = [[(s.key, s.route_table) for s in planned(egress=egress).subnets] for egress in ("single", "per-zone")]
    assert tables[0] == tables[1]


def test_isolated_tiers_have_no_way_out():
    plan = planned(egress="per-zone")
    assert all(table.default_route is None for table in plan.route_tables if table.role is TierRole.ISOLATED)


def test_a_network_without_a_public_tier_has_no_internet_gateway():
    plan = planned(tiers=[{"name": "app", "role": "private"}])
    assert not plan.has_internet_gateway


def test_interface_endpoints_stand_in_the_first_private_tier():
    plan = planned(endpoints={"interface": ["ssm", "com.example.vpce.svc"], "gateway": []})
    assert [(e.key, e.service_name, e.subnets) for e in plan.endpoints] == [
        ("interface-ssm", "com.amazonaws.eu-west-1.ssm", ("private-euw1-az1", "private-euw1-az2")),
        ("interface-com.example.vpce.svc", "com.example.vpce.svc", ("private-euw1-az1", "private-euw1-az2")),
    ]
    isolated = planned(tiers=[{"name": "db", "role": "isolated"}], endpoints={"interface": ["ssm"]})
    assert isolated.interface_endpoints[0].subnets == ("db-euw1-az1", "db-euw1-az2")


@pytest.mark.parametrize("scope, days", [(None, 365), (["pci"], 365), (["hipaa", "pci"], 2192)])
def test_flow_logs_are_kept_as_long_as_the_frameworks_ask(scope, days):
    assert planned(compliance_scope=scope).flow_log.retention_days == days
    assert planned(compliance_scope=scope, flow_logs={"retention_days": 90}).flow_log.retention_days == 90


def test_flow_logs_can_go_to_a_bucket_or_nowhere():
    to_bucket = planned(flow_logs={"destination": "s3", "bucket_arn": "arn:aws:s3:::logs"}).flow_log
    assert (to_bucket.destination, to_bucket.own_key) == (FlowLogDestination.S3, False)
    assert planned(flow_logs={"enabled": False}).flow_log is None
    assert not planned(flow_logs={"kms_key_arn": "arn:aws:kms:::key/x"}).flow_log.own_key


tier_lists = st.lists(
    st.tuples(st.sampled_from(["public", "private", "isolated"]), st.integers(22, 28)), min_size=1, max_size=4
).map(lambda many: [{"name": f"t{i}", "role": r, "prefix_length": p} for i, (r, p) in enumerate(many)])
regions = st.sampled_from(sorted(set(AWS_REGION_ZONES) - ZONES_BY_ACCOUNT))


@given(regions, tier_lists, st.data())
def test_every_plan_is_whole(region, tiers, data):
    zones = data.draw(st.lists(st.sampled_from(AWS_REGION_ZONES[region]), min_size=1, unique=True))
    has_public = any(tier["role"] == "public" for tier in tiers)
    egress = data.draw(st.sampled_from([Egress.NONE, Egress.SINGLE, Egress.PER_ZONE] if has_public else [Egress.NONE]))
    plan = planned(region=region, zones=zones, tiers=tiers, egress=egress)
    blocks = sorted(parse_ipv4(subnet.cidr) for subnet in plan.subnets)
    assert len(blocks) == len(zones) * len(tiers)
    assert all(block.subnet_of(parse_ipv4(plan.cidr)) for block in blocks)
    assert all(not first.overlaps(second) for first, second in pairwise(blocks))
    keys = [subnet.key for subnet in plan.subnets]
    tables = {table.key: table for table in plan.route_tables}
    assert len(set(keys)) == len(keys)
    assert {subnet.route_table for subnet in plan.subnets} == tables.keys()
    assert all(tables[subnet.route_table].role is subnet.role for subnet in plan.subnets)
    targets = {INTERNET, None, *(nat.zone for nat in plan.nats)}
    assert {table.default_route for table in plan.route_tables} <= targets
    assert all(nat.subnet in keys for nat in plan.nats)


@given(st.permutations(AWS_REGION_ZONES["us-east-1"]), st.integers(1, 6), st.integers(1, 6))
def test_subnets_do_not_depend_on_the_order_of_zones_or_on_which_others_there_are(zones, first, second):
    def of(chosen):
        return {subnet.key: subnet.cidr for subnet in planned(region="us-east-1", zones=list(chosen)).subnets}

    one, other = of(zones[:first]), of(reversed(zones[:second]))
    assert all(other[key] == cidr for key, cidr in one.items() if key in other)


COUNTABLE = {region: zones for region, zones in AWS_REGION_ZONES.items() if region not in ZONES_BY_ACCOUNT}


@pytest.mark.parametrize(("region", "zones"), COUNTABLE.items())
def test_a_count_grows_by_adding(region, zones):
    counted = [planned(region=region, zone_count=count).zones for count in range(1, len(zones) + 1)]
    assert all(set(fewer) < set(more) for fewer, more in pairwise(counted))


@pytest.mark.parametrize(
    "fault, expected",
    [
        ({"cidr": "10.20.0.1/16"}, "cidr: has host bits set beyond /16, got '10.20.0.1/16'; use '10.20.0.0/16'"),
        ({"cidr": "10.0.0.0/12"}, "cidr: a network range on aws is between /16 and /28, got 10.0.0.0/12; use a prefix"),
        ({"cidr": "8.8.0.0/16"}, "cidr: this is a public range, got 8.8.0.0/16"),
        ({"cidr": "fd00::/48"}, "cidr: is an IPv6 range, got 'fd00::/48'; write an IPv4 range"),
        (
            {"cidr": "10.20.0.0/20"},
            "cidr: is too small for 8 zones of public /24, private /20, isolated /22, got '10.20.0.0/20'; use a /16",
        ),
        (
            {"tiers": [{"name": "app", "role": "private", "prefix_length": 17}]},
            "cidr: is too small for 8 zones of app /17, got '10.20.0.0/16'; no network holds them: use smaller tiers",
        ),
        ({"region": "europe"}, "region: is not the name of an AWS region, got 'europe'; write it as 'eu-west-1'"),
        (
            {"region": "eu-west-9"},
            "region: has no known zones to count, got 'eu-west-9'; did you mean 'eu-west-3'?",
        ),
        ({"region": "us-west-1"}, "zones: must be given in us-west-1, where zones differ by account; name the zones"),
        ({"zones": ["euw1-az4"]}, "zones[0]: eu-west-1 has no such zone, got 'euw1-az4'; did you mean"),
        ({"zones": ["euw1-az1", "euw1-az1"]}, "zones[1]: is given twice"),
        ({"region": "eu-west-9", "zones": ["a"]}, "zones[0]: is not a zone id, got 'a'; write it as 'euw1-az1'"),
        ({"zone_count": 4}, "zone_count: is more than eu-west-1 has, got 4; use at most 3"),
        ({"zone_count": 0}, "zone_count: must be at least 1, got 0"),
        (
            {"zones": ["euw1-az1"], "zone_count": 1},
            "zone_count: is given together with zones; leave one of the two out",
        ),
        ({"zone_room": 2, "zone_count": 3}, "zone_room: leaves no room for euw1-az3, got 2; use 3"),
        (
            {"egress": "single", "tiers": [{"name": "app", "role": "private"}]},
            "egress: needs a public tier for its NAT gateways, got 'single'; add a tier with the role 'public'",
        ),
        ({"egress": "double"}, "egress: must be one of 'none', 'single', 'per-zone', 'regional', 'hub', got 'double'"),
        ({"tiers": []}, "tiers: must have at least 1 entries, got a list"),
        ({"tiers": [{"name": "a", "role": "private"}] * 2}, "tiers[1].name: is given twice"),
        ({"tiers": [{"name": "A", "role": "private"}]}, "tiers[0].name: must be lower-case letters and digits"),
        ({"tiers": [{"name": "x-az1", "role": "private"}]}, "tiers[0].name: must be lower-case letters and digits"),
        (
            {"tiers": [{"name": "a", "role": "private", "prefix_length": 29}]},
            "tiers[0].prefix_length: a subnet on aws is between /16 and /28, got /29; use a prefix",
        ),
        (
            {"tiers": [{"name": "a", "role": "private", "zones": ["euw1-az3"]}]},
            "tiers[0].zones[0]: is not a zone of the network, got 'euw1-az3'; did you mean",
        ),
        (
            {"tiers": [{"name": "a", "role": "private", "zones": ["euw1-az1", "euw1-az1"]}]},
            "tiers[0].zones[1]: is given twice",
        ),
        (
            {"tiers": [{"name": "a", "role": "private", "cidrs": {"euw1-az1": "10.20.0.0/20"}}]},
            "tiers[0].cidrs: are used with a ledger only; give ledger, or leave them out",
        ),
        (
            {"tiers": [{"name": "a", "role": "private", "cidrs": {"euw1-az1": "10.20.0.1/20"}}]},
            "tiers[0].cidrs.euw1-az1: has host bits set beyond /20, got '10.20.0.1/20'; use '10.20.0.0/20'",
        ),
        (
            {
                "egress": "per-zone",
                "tiers": [{"name": "p", "role": "public", "zones": ["euw1-az1"]}, {"name": "a", "role": "private"}],
            },
            "egress: has no public subnet in euw1-az2 for its NAT gateway; add the zone to the tier 'p', or use",
        ),
        (
            {"nat_tier": "pubilc"},
            "nat_tier: is not a public tier of the network, got 'pubilc'; did you mean 'public'?",
        ),
        ({"nat_tier": "private"}, "nat_tier: is not a public tier of the network, got 'private'; name one of public"),
        (
            {"egress": "hub"},
            "egress: needs a hub, got 'hub' without one; describe it under hub",
        ),
        (
            {"assertions": ["isolated must not reach internet", "all is well"]},
            "assertions[1]: not a statement, got 'all is well'; write 'isolated must not reach internet'",
        ),
        (
            {"endpoints": {"interface": ["ssm"]}, "tiers": [{"name": "a", "role": "public"}]},
            "endpoints.interface: need a private or isolated tier to stand in; add one, or name a tier",
        ),
        ({"endpoints": {"tier": "privat"}}, "endpoints.tier: is not a tier of the network, got 'privat'; did you mean"),
        ({"endpoints": {"interface": ["S S M"]}}, "endpoints.interface[0]: is not the name of a service"),
        ({"endpoints": {"interface": ["ssm", "ssm"]}}, "endpoints.interface[1]: is given twice"),
        ({"endpoints": {"gateway": ["sqs"]}}, "endpoints.gateway[0]: must be one of 's3', 'dynamodb', got 'sqs'"),
        (
            {"endpoints": {"policies": {"kms": "{}"}}},
            "endpoints.policies.kms: is for an endpoint that is not asked for",
        ),
        (
            {"endpoints": {"interface": ["ssm"]}, "dns": {"hostnames": False}},
            "dns.hostnames: must not be false with interface endpoints, whose private names need it; leave it out",
        ),
        ({"dns": {"servers": ["a"] * 5}}, "dns.servers: must have at most 4 entries, got a list"),
        (
            {"flow_logs": {"retention_days": 100}},
            "flow_logs.retention_days: is not a period that CloudWatch Logs knows",
        ),
        ({"flow_logs": {"aggregation_seconds": 30}}, "flow_logs.aggregation_seconds: must be 60 or 600, got 30"),
        ({"flow_logs": {"destination": "s3"}}, "flow_logs.bucket_arn: is required for the destination 's3'"),
        ({"flow_logs": {"bucket_arn": "x"}}, "flow_logs.bucket_arn: is used for the destination 's3' only"),
        (
            {"flow_logs": {"destination": "s3", "bucket_arn": "x", "kms_key_arn": "y"}},
            "flow_logs.kms_key_arn: is not used for the destination 's3'; encrypt the bucket with it",
        ),
        ({"tags": {"owner": "me"}}, "tags.owner: is set from the context; leave it out"),
        ({"name": "n" * 50}, "name: is 9 too long for the automatic name of aws:iam/role:Role (at most 64 characters)"),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(fault, expected):
    assert any(line.startswith(f"{SUBJECT}: {expected}") for line in refused(**fault))


def test_several_faults_of_the_plan_are_told_at_once():
    tiers = [{"name": "app", "role": "private"}]
    lines = refused(egress="single", tiers=tiers, zone_room=1, zone_count=2, endpoints={"tier": "x"})
    assert len(lines) == 3


def test_consent_allows_a_public_range():
    assert planned(cidr="8.8.0.0/16", public_ranges_allowed=True).subnets[0].cidr == "8.8.0.0/24"
