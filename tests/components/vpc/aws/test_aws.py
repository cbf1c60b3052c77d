"""What a network on AWS has beyond the usual: further ranges, IPv6, NAT of its region, filters, names, sharing."""

import pulumi
import pulumi_aws
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.aws.report import cost_drivers
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.core.errors import PlanError
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Program, Target
from platform_lib.testing.errors import ProgramFailedError
from support.contexts import context

ZONES = ["euw1-az1", "euw1-az2"]
LEDGER = {
    "network": "dev/aws/eu-west-1/main",
    "ranges": ["10.20.0.0/16", "10.64.0.0/16"],
    "blocks": {
        "web/euw1-az1": "10.20.0.0/24",
        "web/euw1-az2": "10.20.1.0/24",
        "app/euw1-az1": "10.20.16.0/20",
        "app/euw1-az2": "10.20.32.0/20",
        "pods/euw1-az1": "10.64.0.0/18",
        "pods/euw1-az2": "10.64.64.0/18",
    },
    "ipv6": {
        "web/euw1-az1": 0,
        "web/euw1-az2": 1,
        "app/euw1-az1": 2,
        "app/euw1-az2": 3,
        "pods/euw1-az1": 4,
        "pods/euw1-az2": 5,
    },
}
TIERS = [
    {"name": "web", "role": "public"},
    {
        "name": "app",
        "role": "private",
        "filter": {
            "rules": [
                {"direction": "in", "action": "allow", "protocol": "tcp", "ports": "8443", "peers": ["web"]},
                {"direction": "in", "action": "allow", "protocol": "icmp", "peers": ["10.20.0.0/16"]},
                {"direction": "out", "action": "allow"},
            ]
        },
    },
    {"name": "pods", "role": "pods"},
]
NAMES = {
    "private_zones": ["internal.example.com"],
    "resolver": {
        "inbound": True,
        "rules": [{"name": "corp", "domain": "corp.example.com", "targets": ["192.168.1.1", "192.168.1.2"]}],
        "shared_rule_ids": {"group": "rslvr-rr-1"},
    },
    "firewall": {"blocked": ["*"], "allowed": ["*.example.com"], "list_ids": {"malware": "rslvr-fdl-1"}},
}
WHOLE = {
    "zones": ZONES,
    "tiers": TIERS,
    "ledger": LEDGER,
    "address": {"secondary": ["10.64.0.0/16"], "ipv6": {"source": "provider", "egress_only": True}},
    "egress": "regional",
    "dns": NAMES,
}


def network(environment="dev", **more):
    def program():
        provider = pulumi_aws.Provider("aws", region="eu-west-1")
        args = {"context": context(environment), "region": "eu-west-1", "cidr": "10.20.0.0/16", **more}
        made = VpcComponent("main", VpcArgs(**args), pulumi.ResourceOptions(provider=provider))
        for name in ("ipv6_cidr", "nat_public_ips", "private_zone_ids", "resolver_addresses"):
            pulumi.export(name, getattr(made, name))

    return program


@pytest.fixture
def run(run_program):
    def ran(environment="dev", **more):
        return run_program(network(environment, **more))

    return ran


class Stack:
    def __init__(self):
        self.cloud = open_cloud(None)
        self.engine = Engine(Target("platform", "test"), self.cloud)

    def up(self, **more):
        result = self.engine.run("up", Program(function=network(**more)))
        assert result.exit_code == 0, "\n".join(item.message for item in result.diagnostics)
        return dict(result.changes)


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


def inputs(graph, token):
    return {one.name: one.inputs for one in graph.of_type(token)}


def test_all_of_it_comes_up_stays_and_goes(stack):
    more = {**WHOLE, "dns": {**NAMES, "resolver": {**NAMES["resolver"], "shared_rule_ids": None}}}
    more["dns"]["firewall"] = {"blocked": ["*"], "allowed": ["*.example.com"]}
    assert set(stack.up(guard=False, **more)) == {"create"}
    assert set(stack.up(guard=False, **more)) == {"same"}
    result = stack.engine.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})


def test_urns_and_parents_change_only_on_purpose(golden, run):
    graph = run(**WHOLE)
    golden("urns/vpc-aws-whole.txt", "".join(f"{one.type} {one.name}\n" for one in graph.resources))


@pytest.mark.parametrize("more", [WHOLE, {"egress": "per-zone", "shared_network": {"accounts": ["123456789012"]}}])
def test_the_packs_find_nothing_of_weight(run, more):
    args = {**more, "ledger": {**LEDGER, "network": "prod/aws/eu-west-1/main"}} if "ledger" in more else more
    results = run("prod", **args).policies("baseline", environment="prod")
    ours = {rule: urns for rule, urns in results.failing.items() if any("VpcComponent" in urn for urn in urns)}
    assert ours == {}


def test_subnets_of_a_further_range_wait_for_it(run):
    graph = run(**WHOLE)
    block = graph.one("aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation")
    assert block.inputs["cidrBlock"] == "10.64.0.0/16"
    graph.one("aws:ec2/subnet:Subnet", name="main-subnet-pods-euw1-az1").assert_depends_on(block)


def test_every_subnet_has_the_64_of_its_number(run):
    graph = run(**WHOLE)
    (vpc,) = graph.of_type("aws:ec2/vpc:Vpc")
    assert vpc.inputs["assignGeneratedIpv6CidrBlock"] is True
    blocks = [one.inputs["ipv6CidrBlock"] for one in graph.of_type("aws:ec2/subnet:Subnet")]
    assert len(set(blocks)) == 6
    assert not any(one.inputs.get("assignIpv6AddressOnCreation") for one in graph.of_type("aws:ec2/subnet:Subnet"))
    assert all(block.endswith("/64") for block in blocks)


def test_private_tiers_reach_the_ipv6_internet_one_way(run):
    routes = inputs(run(**WHOLE), "aws:ec2/route:Route")
    private = routes["main-default-route-ipv6-app-euw1-az1"]
    assert private["destinationIpv6CidrBlock"] == "::/0"
    assert "egressOnlyGatewayId" in private
    assert "gatewayId" in routes["main-default-route-ipv6-web"]


def test_a_regional_nat_gateway_stands_in_no_subnet(run):
    (nat,) = run(**WHOLE).of_type("aws:ec2/natGateway:NatGateway")
    assert (nat.inputs["availabilityMode"], "subnetId" in nat.inputs, "vpcId" in nat.inputs) == (
        "regional",
        False,
        True,
    )


def test_addresses_of_ones_own_are_taken(run_program):
    def program():
        own = {zone: pulumi_aws.ec2.Eip(f"own-{zone}", region="eu-west-1", domain="vpc").id for zone in ZONES}
        network(zones=ZONES, egress="per-zone", nat={"addresses": own})()

    graph = run_program(program, config={"aws:region": "eu-west-1"})
    for zone in ZONES:
        gateway = graph.one("aws:ec2/natGateway:NatGateway", name=f"main-nat-{zone}")
        gateway.assert_depends_on(graph.one("aws:ec2/eip:Eip", name=f"own-{zone}"))


def test_a_filter_becomes_entries_with_answers_before_them(run):
    (acl,) = run(**WHOLE).of_type("aws:ec2/networkAcl:NetworkAcl")
    entries = [(one["ruleNo"], one["protocol"], one["fromPort"], one["toPort"]) for one in acl.inputs["ingress"]]
    # What is let out to anywhere is answered, over both versions of IP; the port of Remote Desktop stays closed.
    assert entries[:4] == [
        (1, "6", 1024, 3388),
        (2, "6", 3390, 65535),
        (3, "6", 1024, 3388),
        (4, "6", 3390, 65535),
    ]
    assert entries[8:10] == [(1000, "6", 8443, 8443), (1001, "6", 8443, 8443)]
    assert acl.inputs["ingress"][10]["icmpType"] == -1
    assert len(acl.inputs["subnetIds"]) == 2


def test_names_are_resolved_forwarded_and_withheld(run):
    graph = run(**WHOLE)
    rule = graph.one("aws:route53/resolverRule:ResolverRule")
    assert [one["ip"] for one in rule.inputs["targetIps"]] == ["192.168.1.1", "192.168.1.2"]
    associations = inputs(graph, "aws:route53/resolverRuleAssociation:ResolverRuleAssociation")
    assert associations["main-forward-association-group"]["resolverRuleId"] == "rslvr-rr-1"
    rules = inputs(graph, "aws:route53/resolverFirewallRule:ResolverFirewallRule")
    order = sorted((one["priority"], one["action"]) for one in rules.values())
    assert order == [(100, "ALLOW"), (200, "BLOCK"), (300, "BLOCK")]
    assert len(graph.exports["resolver_addresses"]) == 2


def test_public_access_is_blocked_but_for_what_is_left_out(run):
    graph = run(block_public_access={"blocked": "inbound", "excluded_tiers": ["public"]})
    assert graph.one("aws:ec2/vpcBlockPublicAccessOptions:VpcBlockPublicAccessOptions").inputs[
        "internetGatewayBlockMode"
    ] == ("block-ingress")
    assert len(graph.of_type("aws:ec2/vpcBlockPublicAccessExclusion:VpcBlockPublicAccessExclusion")) == 2


def test_with_public_access_blocked_nothing_reaches_the_internet(run):
    both = {"blocked": "both-ways"}
    run(block_public_access=both, egress="per-zone", assertions=["public must not reach internet"])
    with pytest.raises(ProgramFailedError, match="public must not reach internet"):
        run(block_public_access={**both, "excluded_tiers": ["public"]}, assertions=["public must not reach internet"])


def test_private_subnets_are_shared_in_the_organisation(run):
    graph = run(shared_network={"accounts": ["123456789012", "arn:aws:organizations::1:ou/o-1/ou-2"]})
    share = graph.one("aws:ram/resourceShare:ResourceShare")
    assert share.inputs["allowExternalPrincipals"] is False
    assert len(graph.of_type("aws:ram/resourceAssociation:ResourceAssociation")) == 4
    assert set(inputs(graph, "aws:ram/principalAssociation:PrincipalAssociation")) == {
        "main-share-principal-123456789012",
        "main-share-principal-ou-2",
    }


@pytest.mark.parametrize(
    "more, text",
    [
        (
            {"address": {"ipv6": {"source": "own", "cidr": "2001:db8::/56"}}},
            "address.ipv6.pool_id: is required for the source 'own' on AWS",
        ),
        (
            {"zones": ZONES, "egress": "per-zone", "nat": {"addresses": {"euw1-az3": "e"}}},
            "nat.addresses.euw1-az3: is not a zone of the network; did you mean",
        ),
        (
            {"zones": ZONES, "egress": "per-zone", "nat": {"addresses": {"euw1-az1": "e"}}},
            "nat.addresses.euw1-az2: is missing: with addresses of yours every NAT gateway needs one",
        ),
        (
            {"dns": {"resolver": {"inbound": True}}, "zones": ZONES[:1]},
            "dns.resolver.tier: spans one zone, and a resolver endpoint needs addresses in two, got 'private'",
        ),
        (
            {"dns": {"resolver": {"inbound": True}}, "tiers": [{"name": "web", "role": "public"}]},
            "dns.resolver.tier: is needed: there is no private tier for the addresses; name a tier",
        ),
        (
            {
                "tiers": [
                    {
                        "name": "app",
                        "role": "private",
                        "filter": {"rules": [{"direction": "in", "action": "allow", "peers": ["internet"]}]},
                    }
                ]
            },
            "tiers[0].filter.rules[0].peers: names 'internet', which a network ACL cannot tell from other addresses",
        ),
        (
            {
                "tiers": [
                    {
                        "name": "app",
                        "role": "private",
                        "filter": {
                            "rules": [
                                {
                                    "direction": "in",
                                    "action": "allow",
                                    "protocol": "tcp",
                                    "ports": ",".join(map(str, range(2, 90, 2))),
                                }
                            ]
                        },
                    }
                ]
            },
            "tiers.app.filter: needs 44 inbound entries of a network ACL, which takes 40 at most",
        ),
    ],
)
def test_what_only_aws_asks_for_is_said(more, text):
    from platform_lib.components.vpc.plan import plan_vpc

    args = {"context": context(), "region": "eu-west-1", "cidr": "10.20.0.0/16", **more}
    with pytest.raises(PlanError) as raised:
        plan_vpc("main", VpcArgs(**args), subject="VpcComponent 'main'")
    assert text in str(raised.value)


def test_what_is_billed_is_counted_and_what_traffic_decides_is_named():
    args = VpcArgs(
        context=context("prod"),
        region="eu-west-1",
        cidr="10.20.0.0/16",
        zone_count=3,
        egress="regional",
        dns={**NAMES, "firewall": {"allowed": ["a.example.com"], "blocked": ["*"]}},
    )
    found = cost_drivers(plan_vpc("main", args, subject="x"), args)
    assert {one["item"]: (one["quantity"], one["unit"]) for one in found} == {
        "aws:nat-gateway-hours": (3 * 730, "hours"),
        "aws:nat-gateway-data": (0, "gib"),
        "aws:public-ipv4-hours": (3 * 730, "hours"),
        "aws:dns-zones": (1, "zones"),
        "aws:resolver-endpoint-hours": (6 * 730, "hours"),
        "aws:resolver-queries": (0, "queries"),
        "aws:dns-firewall-domains": (2, "domains"),
        "aws:dns-firewall-queries": (0, "queries"),
        "aws:flow-logs-to-cloudwatch": (0, "gib"),
        "aws:kms-keys": (1, "keys"),
    }
    assert all(one["assumption"] for one in found)
