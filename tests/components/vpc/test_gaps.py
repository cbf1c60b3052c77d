"""What the arguments ask of each cloud, and what is left of them where a gap is let pass."""

import subprocess
import sys

import pytest

from platform_lib.components.vpc import Cloud, VpcArgs, VpcComponent
from platform_lib.components.vpc.capability.option import Option
from platform_lib.components.vpc.capability.report import CAPABILITIES
from platform_lib.components.vpc.gaps import PARTS, asked_options, leave_out, settle
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.core.errors import PlanError
from support.component_stack import ComponentStack
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
REGIONS = {Cloud.AWS: "eu-west-1", Cloud.AZURE: "westeurope", Cloud.GCP: "europe-west1"}
RULES = [{"direction": "in", "action": "allow", "ports": "443"}]
VPN = {"name": "office", "peer_addresses": ["203.0.113.7"], "peer_asn": 65010, "ranges": ["192.168.0.0/16"]}
LINE = {"name": "line", "connection_id": "dx", "ranges": ["192.168.0.0/16"]}
OTHER = {"name": "to-gcp", "peer_cloud": "gcp", "ranges": ["10.30.0.0/16"]}

ASKING = {
    Option.ADDRESS_SECONDARY: {"address": {"secondary": ["100.64.0.0/16"]}},
    Option.ADDRESS_POOL: {"address": {"ipam_pool_id": "pool"}},
    Option.IPV6_PROVIDER: {"address": {"ipv6": {"source": "provider"}}},
    Option.IPV6_OWN: {"address": {"ipv6": {"source": "own", "cidr": "fd20:1:2::/48"}}},
    Option.IPV6_EGRESS_ONLY: {"address": {"ipv6": {"source": "off", "egress_only": True}}},
    Option.ZONAL_SUBNETS: {"zone_count": 2},
    Option.PODS: {"tiers": [{"name": "app", "role": "private"}, {"name": "pods", "role": "pods"}]},
    Option.SUBNET_FILTER: {"tiers": [{"name": "app", "role": "private", "filter": {"rules": RULES}}]},
    Option.STATELESS_FILTER: {
        "tiers": [{"name": "app", "role": "private", "filter": {"rules": RULES, "stateless": True}}]
    },
    Option.PRIVATE_SUBNETS: {},
    Option.EGRESS_SINGLE: {"egress": "single"},
    Option.EGRESS_PER_ZONE: {"egress": "per-zone"},
    Option.EGRESS_REGIONAL: {"egress": "regional"},
    Option.EGRESS_HUB: {"egress": "hub", "hub": {"kind": "peering", "id": "hub"}},
    Option.EGRESS_OWN_ADDRESSES: {"nat": {"addresses": {"one": "address"}}},
    Option.ENDPOINTS_GATEWAY: {"endpoints": {}},
    Option.ENDPOINTS_INTERFACE: {"endpoints": {"interface": ["vault"]}},
    Option.ENDPOINTS_POLICY: {"endpoints": {"interface": ["vault"], "policies": {"vault": "{}"}}},
    Option.DNS_PRIVATE_ZONE: {"dns": {"private_zones": ["internal.example.com"]}},
    Option.DNS_RESOLVER: {"dns": {"resolver": {"inbound": True}}},
    Option.DNS_FIREWALL: {"dns": {"firewall": {"blocked": ["*.example.com"]}}},
    Option.BLOCK_PUBLIC_ACCESS: {"block_public_access": {"blocked": "both-ways"}},
    Option.DDOS_PLAN: {"ddos_plan": True},
    Option.FLOW_LOGS_STORE: {"flow_logs": {"destination": "object-store"}},
    Option.FLOW_LOGS_SERVICE: {"flow_logs": {"destination": "log-service"}},
    Option.FLOW_LOGS_KEY: {"flow_logs": {"key_id": "key"}},
    Option.HUB_TRANSIT: {"hub": {"kind": "transit", "own": {}}},
    Option.HUB_CLOUD_WAN: {"hub": {"kind": "cloud-wan", "id": "core"}},
    Option.HUB_PEERING: {"hub": {"kind": "peering", "id": "hub"}},
    Option.HUB_SHARE: {"hub": {"kind": "transit", "own": {"share_with": ["123456789012"]}}},
    Option.SHARED_NETWORK: {"shared_network": {"accounts": ["123456789012"]}},
    Option.VPN: {"hybrid": {"vpns": [VPN]}},
    Option.DEDICATED_LINK: {"hybrid": {"lines": [LINE]}},
    Option.CROSS_CLOUD_VPN: {"hybrid": {"cross_cloud": [OTHER]}},
}
ALWAYS = {Option.PRIVATE_SUBNETS}
NO_DEFAULT = {Cloud.AZURE: Option.ENDPOINTS_GATEWAY}


def arguments(cloud=Cloud.AWS, **more):
    return VpcArgs(context=context(), cloud=cloud, region=REGIONS[cloud], cidr="10.20.0.0/16", **more)


@pytest.mark.parametrize("option", Option)
@pytest.mark.parametrize("cloud", Cloud)
def test_every_option_is_asked_for_by_arguments_and_can_be_left_out(cloud, option):
    args = arguments(cloud, **ASKING[option])
    if option is Option.ENDPOINTS_GATEWAY and cloud is Cloud.AZURE:
        args = arguments(cloud, endpoints={"gateway": ["Microsoft.Storage"]})
    assert option in asked_options(args)
    assert option in ALWAYS or option not in asked_options(leave_out(args, [option]))


def test_every_option_has_its_part():
    assert set(PARTS) == set(Option) == set(ASKING)


@pytest.mark.parametrize(
    "cloud, option", [(cloud, option) for cloud in Cloud for option in Option if not CAPABILITIES[cloud][option].given]
)
def test_a_gap_is_an_error_or_a_warning_and_never_silent(cloud, option):
    args = arguments(cloud, **ASKING[option])
    with pytest.raises(PlanError) as caught:
        settle(args, subject=SUBJECT)
    assert any(finding.path == option and "on_gap" in finding.remedy for finding in caught.value.findings)
    left, report, warnings = settle(args.model_copy(update={"on_gap": "warn"}), subject=SUBJECT)
    assert option not in asked_options(left)
    assert option in {row.option for row in report.gaps}
    assert any(f": {option}: " in warning for warning in warnings)


@pytest.mark.parametrize("cloud", [Cloud.AZURE, Cloud.GCP])
def test_a_subnet_spans_the_region_where_the_cloud_has_it_so(cloud):
    plan = plan_vpc("main", arguments(cloud, egress="regional"), subject=SUBJECT)
    assert {(subnet.key, subnet.zone, subnet.cidr) for subnet in plan.subnets} == {
        ("public", "regional", "10.20.0.0/24"),
        ("private", "regional", "10.20.16.0/20"),
        ("isolated", "regional", "10.20.4.0/22"),
    }
    assert plan.zones == ()
    assert [(nat.zone, nat.subnet) for nat in plan.nats] == [("regional", None)]
    assert {table.key: table.default_route for table in plan.route_tables} == {
        "public": "internet",
        "private": "regional",
        "isolated": None,
    }


def test_pods_of_google_cloud_are_a_further_range_of_their_machines():
    tiers = [{"name": "app", "role": "private"}, {"name": "pods", "role": "pods"}]
    (subnet,) = plan_vpc("main", arguments(Cloud.GCP, tiers=tiers), subject=SUBJECT).subnets
    assert (subnet.tier, list(subnet.secondary)) == ("app", ["pods"])
    on_azure = plan_vpc("main", arguments(Cloud.AZURE, tiers=tiers), subject=SUBJECT)
    assert [one.tier for one in on_azure.subnets] == ["app", "pods"]


@pytest.mark.parametrize(
    "cloud, fault, expected",
    [
        (
            Cloud.AZURE,
            {"region": "westeurop"},
            "region: is not a region of Azure that is known, got 'westeurop'; did you",
        ),
        (Cloud.GCP, {"region": "eu"}, "region: is not a region of Google Cloud that is known, got 'eu'; write it as"),
        (
            Cloud.GCP,
            {"endpoints": {"gateway": ["s3"]}},
            "endpoints.gateway[0]: must be one of 'google-apis', got 's3'",
        ),
        (
            Cloud.AZURE,
            {"flow_logs": {"destination": "s3"}},
            "flow_logs.destination: is a destination on AWS, got 's3'; use 'object-store'",
        ),
        (Cloud.AZURE, {"flow_logs": {"bucket_arn": "x"}}, "flow_logs.bucket_arn: is used on AWS only; use store_id"),
        (Cloud.AWS, {"flow_logs": {"store_id": "x"}}, "flow_logs.store_id: is not used on AWS; use bucket_arn"),
        (Cloud.GCP, {"flow_logs": {"aggregation_seconds": 7}}, "flow_logs.aggregation_seconds: must be 5, 30, 60"),
        (Cloud.GCP, {"tags": {"Team": "net"}}, "tags.Team: is not a key of a label"),
        (Cloud.AZURE, {"cidr": "168.63.0.0/16", "public_ranges_allowed": True}, "cidr: azure refuses 168.63.129.16/32"),
        (
            Cloud.GCP,
            {"tiers": [{"name": "app", "role": "private", "gcp": {"secondary_ranges": {"services": 22}}}]},
            "tiers[0].gcp.secondary_ranges: are used with a ledger only; give ledger, or leave them out",
        ),
        (Cloud.AWS, {"address": {"secondary": ["100.64.0.0/16"]}}, "address.secondary: are used with a ledger only"),
        (Cloud.AWS, {"address": {"ipv6": {"source": "provider"}}}, "address.ipv6: are used with a ledger only"),
        (
            Cloud.GCP,
            {"tiers": [{"name": "pods", "role": "pods"}]},
            "tiers[0].role: needs a private tier of machines on Google Cloud, got 'pods'; add one",
        ),
        (
            Cloud.AWS,
            {"tiers": [{"name": "app", "role": "private", "egress": "nat"}]},
            "tiers[0].egress: asks for NAT, and the network has none, got 'nat' with egress 'none'; set egress to",
        ),
        (
            Cloud.AWS,
            {"tiers": [{"name": "app", "role": "private", "egress": "hub"}]},
            "tiers[0].egress: asks for a hub, and the network has none, got 'hub'; describe it under hub",
        ),
        (
            Cloud.AWS,
            {"tiers": [{"name": "data", "role": "isolated", "egress": "nat"}]},
            "tiers[0].egress: asks for NAT, and the network has none",
        ),
        (
            Cloud.AWS,
            {"hub": {"kind": "transit", "id": "tgw", "tier": "privat"}},
            "hub.tier: is not a tier of the network, got 'privat'; did you mean 'private'?",
        ),
        (
            Cloud.AWS,
            {"tiers": [{"name": "app", "role": "private", "pods_of": "app"}]},
            "tiers[0].pods_of: is for tiers with the role 'pods'; leave it out",
        ),
        (
            Cloud.AWS,
            {"endpoints": {"targets": {"kms": "x"}}},
            "endpoints.targets.kms: is for an endpoint that is not asked for",
        ),
    ],
)
def test_what_a_cloud_refuses_is_said_in_its_words(cloud, fault, expected):
    fields = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", **fault}
    with pytest.raises(PlanError) as caught:
        plan_vpc("main", VpcArgs(**fields), subject=SUBJECT)
    assert any(line.startswith(f"{SUBJECT}: {expected}") for line in str(caught.value).splitlines()), str(caught.value)


def made(**more):
    return lambda account_id, opts: VpcComponent(
        "main", VpcArgs(**{"context": context(), "region": "eu-west-1", "cidr": "10.20.0.0/16", **more}), opts
    )


def run(**more):
    stack = ComponentStack()
    try:
        result = stack.run("up", made(**more))
        return result, "\n".join(item.message for item in result.diagnostics)
    finally:
        stack.cloud.close()


def test_a_gap_that_is_let_pass_is_told_by_a_warning_and_the_output():
    result, text = run(ddos_plan=True, on_gap="warn")
    assert result.exit_code == 0
    assert "VpcComponent 'main': ddos.plan: aws cannot give paid protection against floods" in text


def test_a_gap_fails_the_preview():
    result, text = run(ddos_plan=True)
    assert result.exit_code == 1
    assert "ddos.plan: aws cannot give" in text
    assert "or set on_gap to 'warn'" in text


def test_what_is_not_made_is_refused_by_name():
    result, text = run(cloud="azure", region="westeurope", egress="regional")
    assert result.exit_code == 1
    assert "VpcComponent 'main': egress.regional: is not made on azure by this version: it takes a StandardV2" in text


def test_only_the_sdk_of_the_cloud_in_use_is_loaded():
    program = (
        "import sys; from platform_lib.components.vpc import VpcComponent; "
        "print([name for name in ('pulumi_aws', 'pulumi_azure_native', 'pulumi_gcp') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
