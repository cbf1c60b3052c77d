"""A fleet on the sandbox: up, again, every kind of change with its steps, destroyed."""

import pytest

from platform_lib.components.edge import EdgeFleet, EdgeFleetArgs
from platform_lib.operations.stateful import stateful
from platform_lib.sandbox.engine.event import StepEvent
from support.component_stack import ComponentStack
from support.fleets import GROUPS, RINGS, SITES, UPDATE, fleet_args, signers, surroundings


def fleet(environment="dev", **more):
    def make(account_id, opts):
        args = {**fleet_args(environment, account_id=account_id, **surroundings(opts)), **more}
        return EdgeFleet("main", EdgeFleetArgs(**args), opts)

    return make


class Stack(ComponentStack):
    def steps(self, operation, component=None):
        """Exit code, and operation and name of every step that changes something in the fleet."""
        self.order = []

        def keep(event):
            if isinstance(event, StepEvent) and event.phase == "outputs" and event.op != "same":
                self.order.append((event.op, event.urn.rsplit("::", 1)[-1].removeprefix("main-")))

        self.engine.sink = keep
        result = self.run(operation, component)
        self.errors = "\n".join(item.message for item in result.diagnostics)
        return result.exit_code, set(self.order)


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


def test_a_whole_fleet_comes_up_stays_and_goes(stack):
    previewed = stack.run("preview", fleet())
    assert stack.up(fleet()) == dict(previewed.changes)
    assert set(stack.up(fleet())) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def test_groups_stand_below_their_sites_and_rings_alone(stack):
    stack.up(fleet())
    groups = stack.of_type("aws:iot/thingGroup:ThingGroup")
    names = {inputs["name"]: name for name, inputs in groups.items()}
    parents = {name: names.get(inputs.get("parentGroupName")) for name, inputs in groups.items()}
    assert parents["main-fleet"] is parents["main-ring-canary"] is None
    assert parents["main-site-north"] == parents["main-site-south"] == "main-fleet"
    assert (parents["main-group-scales"], parents["main-group-cameras"]) == ("main-site-south", "main-site-north")


def test_what_holds_something_is_kept_outside_dev(stack):
    stack.up(fleet("prod"))
    assert stack.steps("destroy")[0] == 1
    kept = {item.type for item in stack.engine.snapshot.resources if item.protect}
    assert {"aws:s3/bucket:Bucket", "aws:kms/key:Key", "aws:cloudwatch/logGroup:LogGroup"} <= kept
    assert all(stateful(token) for token in kept - {"aws:iot/provisioningTemplate:ProvisioningTemplate"})


@pytest.mark.parametrize(
    "more, steps",
    [
        ({"offline": {"credential_seconds": 900}}, {("update", "device")}),
        ({"offline": {"days": 3}}, set()),
        ({"defence": {"messages_sent": 500}}, {("update", "defence")}),
        (
            {"latency": {"budget_ms": 80}},
            {("update", f"gate-{ring}-latency-ms") for ring in ("canary", "early", "rest")},
        ),
        (
            {"latency": {"stages_ms": {"infer": 50}}},
            {("create", "stage-infer"), ("update", "metrics")},
        ),
        (
            {"telemetry": {"retention_days": 30, "log_retention_days": 30}},
            {("update", "telemetry-lifecycle"), ("update", "undelivered")},
        ),
        (
            {"update": {**UPDATE, "targets": signers("ada", "grace", "alan")}},
            {
                ("create", "targets-key-alan"),
                ("create", "targets-signer-alan"),
                ("create", "targets-signer-alan-policy"),
                ("create", "targets-signer-alan-attachment"),
            },
        ),
        (
            {"groups": [*GROUPS, {"name": "doors", "site": "north", "devices": 3}]},
            {("create", "group-doors"), ("update", "site-north")},
        ),
        ({"provisioning": None}, {("update", "devices"), ("delete", "hook-permission")}),
    ],
)
def test_a_change_takes_the_steps_that_it_needs(stack, more, steps):
    stack.up(fleet())
    assert stack.steps("preview", fleet(**more)) == (0, steps)
    assert stack.steps("up", fleet(**more)) == (0, steps)
    assert set(stack.up(fleet(**more))) == {"same"}


def test_a_new_pace_of_a_ring_makes_its_job_template_anew_the_old_one_first(stack):
    stack.up(fleet())
    faster = [RINGS[0], RINGS[1], {**RINGS[2], "devices_per_minute": 500}]
    code, steps = stack.steps("up", fleet(rings=faster))
    assert code == 0
    assert {name for _, name in steps} == {"update-rest"}
    kinds = [op for op, _ in stack.order]
    assert kinds.index("delete-replaced") < kinds.index("create-replacement")


def test_a_new_ring_gets_all_that_belongs_to_one(stack):
    stack.up(fleet())
    more = [*RINGS[:2], {"name": "late", "share_percent": 10}, {**RINGS[2], "share_percent": 60}]
    code, steps = stack.steps("up", fleet(rings=more))
    created = {name for op, name in steps if op == "create"}
    gates = {"gate-late-latency-ms", "gate-late-error-percent"}
    assert (code, created) == (0, {"ring-late", "update-late", "rollback-late", *gates})
    assert {name for op, name in steps if op != "create"} == {"defence"}


def test_a_site_that_goes_takes_its_groups_along(stack):
    stack.up(fleet())
    code, steps = stack.steps("up", fleet(sites=SITES[:1], groups=[GROUPS[0], GROUPS[2]]))
    assert (code, steps) == (0, {("delete", "site-south"), ("delete", "group-scales")})


def test_a_bucket_that_is_given_takes_the_place_of_the_own_one(stack):
    def given(account_id, opts):
        around = surroundings(opts)
        around["copies"]["telemetry_bucket_arn"] = None
        args = fleet_args("dev", account_id=account_id, telemetry={"existing_bucket": "messages"}, **around)
        return EdgeFleet("main", EdgeFleetArgs(**args), opts)

    stack.up(given)
    assert list(stack.of_type("aws:s3/bucket:Bucket")) == ["access-logs", "main-artifacts"]
    (action,) = stack.of_type("aws:iot/topicRule:TopicRule")["main-telemetry"]["s3"]
    assert action["bucketName"] == "messages"
