"""A network on Google Cloud: what is made, that it stays, grows and goes, and what the packs say."""

import pulumi
import pulumi_gcp
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.tagging import required_tags
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Program, Target
from platform_lib.testing.errors import ExpectationError
from support.contexts import context

TIERS = [
    {"name": "web", "role": "public"},
    {
        "name": "app",
        "role": "private",
        "filter": {
            "rules": [
                {"direction": "in", "action": "allow", "protocol": "tcp", "ports": "8443", "peers": ["web"]},
                {"direction": "out", "action": "allow", "peers": ["internet", "db"]},
            ]
        },
    },
    {"name": "db", "role": "isolated"},
]
WHOLE = {
    "tiers": TIERS,
    "egress": "regional",
    "nat": {"address_count": 2, "idle_timeout_minutes": 10},
    "endpoints": {
        "interface": ["all-apis", "billing"],
        "addresses": {"all-apis": "10.255.255.5"},
        "targets": {"billing": "projects/seller/regions/europe-west1/serviceAttachments/billing"},
    },
    "dns": {
        "private_zones": ["internal.example.com"],
        "resolver": {
            "inbound": True,
            "rules": [{"name": "corp", "domain": "corp.example.com", "targets": ["192.168.1.1"]}],
        },
        "firewall": {"blocked": ["bad.example.com", "*"], "allowed": ["good.example.com"]},
    },
    "flow_logs": {"retention_days": 400, "aggregation_seconds": 60},
}
LABELLED = {
    *("gcp:compute/address:Address", "gcp:compute/globalAddress:GlobalAddress"),
    *("gcp:compute/forwardingRule:ForwardingRule", "gcp:compute/globalForwardingRule:GlobalForwardingRule"),
    *("gcp:dns/managedZone:ManagedZone", "gcp:storage/bucket:Bucket"),
}


def network(environment="dev", **more):
    def program():
        provider = pulumi_gcp.Provider("gcp", project="acme-net", region="europe-west1")
        args = {
            "context": context(environment),
            "cloud": "gcp",
            "region": "europe-west1",
            "cidr": "10.20.0.0/16",
            **more,
        }
        made = VpcComponent("main", VpcArgs(**args), pulumi.ResourceOptions(provider=provider))
        for name in ("vpc_id", "subnet_ids", "nat_public_ips", "endpoint_ids", "private_zone_ids", "cost_drivers"):
            pulumi.export(name, getattr(made, name))
        pulumi.export("flow_logs", made.flow_log_destination_arn)

    return program


class Stack:
    def __init__(self):
        self.cloud = open_cloud(None)
        self.engine = Engine(Target("platform", "test"), self.cloud)

    def up(self, **more):
        result = self.engine.run("up", Program(function=network(**more)))
        assert result.exit_code == 0, "\n".join(item.message for item in result.diagnostics)
        return dict(result.changes)

    def ranges(self):
        found = (one for one in self.engine.snapshot.resources if one.type == "gcp:compute/subnetwork:Subnetwork")
        return {one.urn.rsplit("::", 1)[-1]: one.inputs["ipCidrRange"] for one in found}


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


@pytest.mark.parametrize("more", [{}, WHOLE, {**WHOLE, "flow_logs": {"destination": "object-store"}}])
def test_it_comes_up_stays_and_goes(stack, more):
    assert set(stack.up(guard=False, **more)) == {"create"}
    assert set(stack.up(guard=False, **more)) == {"same"}
    result = stack.engine.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})


@pytest.mark.parametrize(
    "before, after",
    [
        ({"tiers": TIERS}, {"tiers": [*TIERS, {"name": "cache", "role": "isolated"}]}),
        ({}, {"egress": "single"}),
        ({}, {"dns": WHOLE["dns"]}),
        ({"tiers": TIERS}, {"tiers": [*TIERS], "endpoints": WHOLE["endpoints"]}),
    ],
)
def test_growing_replaces_nothing_and_moves_no_subnet(stack, before, after):
    stack.up(**before)
    first = stack.ranges()
    # the rule that kept a tier from the internet goes when NAT comes
    assert set(stack.up(**after)) <= {"create", "update", "same", "delete"}
    assert first.items() <= stack.ranges().items()


def test_a_rule_put_before_others_replaces_none(stack):
    def app(*ports):
        rules = [{"direction": "in", "action": "allow", "protocol": "tcp", "ports": one} for one in ports]
        return {"tiers": [TIERS[0], {**TIERS[1], "filter": {"rules": rules}}]}

    stack.up(**app("8443", "9443"))
    assert stack.up(**app("443", "8443", "9443")) == {"create": 1, "update": 2, "same": 26}


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_guarded_network_is_not_destroyed(stack, environment):
    stack.up(environment=environment)
    result = stack.engine.run("destroy")
    assert result.exit_code == 1
    assert {"main-network", "main-subnet-private"} <= {
        one.urn.rsplit("::", 1)[-1] for one in stack.engine.snapshot.resources
    }


@pytest.mark.parametrize("name, more", [("default", {}), ("whole", WHOLE)])
def test_urns_and_parents_change_only_on_purpose(golden, run_program, name, more):
    graph = run_program(network(**more))
    golden(f"urns/vpc-gcp-{name}.txt", "".join(f"{one.type} {one.name}\n" for one in graph.resources))


def test_every_resource_with_labels_carries_them(run_program):
    graph = run_program(network(**WHOLE, tags={"team": "network"}))
    labelled = [one for one in graph.resources if one.type in LABELLED]
    assert len(labelled) > 5
    for one in labelled:
        assert one.inputs["labels"] == {**required_tags(context("dev")), "team": "network"}
    assert not [one.name for one in graph.resources if "labels" in one.inputs and one.type not in LABELLED]


@pytest.mark.parametrize("more", [{}, WHOLE, {"flow_logs": {"destination": "object-store"}}])
def test_the_packs_find_nothing_of_weight(run_program, more):
    results = run_program(network("prod", **more)).policies("baseline", environment="prod")
    results.assert_none(ignore=["gcp-logging-sink-exists"])  # a sink of all logs is not the network's business


def test_names_of_google_apis_lead_to_the_endpoint(run_program):
    graph = run_program(network(**WHOLE))
    record = graph.one("gcp:dns/recordSet:RecordSet", name="main-record-googleapis-com-a")
    assert (record.inputs["name"], record.inputs["rrdatas"]) == ("googleapis.com.", ["10.255.255.5"])
    rule = graph.one("gcp:compute/globalForwardingRule:GlobalForwardingRule")
    assert (rule.inputs["name"], rule.inputs["target"]) == ("pscmain", "all-apis")


def test_google_apis_are_reached_by_addresses_that_no_one_else_routes(run_program):
    graph = run_program(network(tiers=[{"name": "app", "role": "private"}]))
    (route,) = graph.of_type("gcp:compute/route:Route")
    assert route.inputs["destRange"] == "199.36.153.8/30"
    record = graph.one("gcp:dns/recordSet:RecordSet", name="main-record-googleapis-com-a")
    assert record.inputs["rrdatas"][0] == "199.36.153.8"


def test_subnetworks_are_shared_with_guest_projects(run_program):
    graph = run_program(
        network(shared_network={"accounts": ["guest-1"], "tiers": ["private"]}),
        lookups={"gcp:organizations/getProject:getProject": {"number": "42"}},
    )
    member = graph.one("gcp:compute/subnetworkIAMMember:SubnetworkIAMMember")
    assert member.name == "main-subnet-user-guest-1-private"
    assert member.inputs["member"] == "serviceAccount:42@cloudservices.gserviceaccount.com"


def test_ipv6_of_the_provider_is_external_in_public_tiers_alone(run_program):
    graph = run_program(
        network(
            address={"ipv6": {"source": "provider"}},
            ledger={
                "network": "dev/gcp/europe-west1/main",
                "ranges": ["10.20.0.0/16"],
                "blocks": {"web/regional": "10.20.0.0/24", "app/regional": "10.20.16.0/20"},
                "ipv6": {"web/regional": 0, "app/regional": 1},
            },
            tiers=[TIERS[0], {"name": "app", "role": "private"}],
        )
    )
    kinds = {one.name: one.inputs["ipv6AccessType"] for one in graph.of_type("gcp:compute/subnetwork:Subnetwork")}
    assert kinds == {"main-subnet-web": "EXTERNAL", "main-subnet-app": "INTERNAL"}


def test_a_label_that_is_secret_is_found_in_the_open_and_others_are_not(run_program):
    def program():
        provider = pulumi_gcp.Provider("gcp", project="acme-net", region="europe-west1")
        options = pulumi.ResourceOptions(provider=provider)
        hidden = pulumi.Output.secret("never-in-the-open")
        pulumi_gcp.storage.Bucket("one", location="EU", labels={"team": "network", "pin": hidden}, opts=options)
        pulumi_gcp.storage.Bucket("two", location="EU", labels={"team": "network"}, opts=options)
        pulumi.export("pin", pulumi.Output.unsecret(hidden))

    with pytest.raises(ExpectationError) as raised:
        run_program(program).assert_no_leaks()
    assert "export 'pin'" in str(raised.value)
    assert "labels.team" not in str(raised.value)
