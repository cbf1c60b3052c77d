"""Vault servers on the sandbox: up, again, every kind of change with its steps, destroyed."""

import json

import pytest

from platform_lib.core.values import Secret, plain
from platform_lib.operations.stateful import stateful
from platform_lib.sandbox.engine.event import StepEvent
from support.component_stack import ComponentStack
from support.vaults import IMAGE, PLUGIN, UPLOAD_IMAGE, deployed

MATERIAL = {"ca_certificate": "CA", "certificate": "CERTIFICATE", "private_key": "PRIVATE"}
SET = "kubernetes:apps/v1:StatefulSet"
REPLACED = {"replace", "create-replacement", "delete-replaced"}


class Stack(ComponentStack):
    def steps(self, operation, component=None):
        """Exit code, and operation and name of every step that changes something of the servers."""
        found = []

        def keep(event):
            if isinstance(event, StepEvent) and event.phase == "outputs" and event.op != "same":
                found.append((event.op, event.urn.rsplit("::", 1)[-1]))

        self.engine.sink = keep
        result = self.run(operation, component)
        self.errors = "\n".join(item.message for item in result.diagnostics)
        return result.exit_code, sorted((op, name[6:]) for op, name in found if name.startswith("vault-"))


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


def test_whole_servers_come_up_stay_and_go(stack):
    whole = deployed(tls=MATERIAL, listener={"exposure": "network", "client_cidrs": ["10.0.0.0/8"]}, nodes=5)
    previewed = stack.run("preview", whole)
    assert previewed.exit_code == 0
    assert stack.up(whole) == dict(previewed.changes)
    assert set(stack.up(whole)) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def anew(name):
    """The steps by which an object gets another content under another name."""
    return [("create-replacement", name), ("delete-replaced", name), ("replace", name)]


BACKUPS = {"upload_image": UPLOAD_IMAGE}
CHANGES = {
    "two nodes more": (
        {"nodes": 5},
        # Everybody learns of them, the quota and the budget let them be, and they join by themselves.
        [*anew("config"), ("update", "budget"), ("update", "quota"), ("update", "servers")],
    ),
    "a new image of the engine": (
        {"image": IMAGE.replace("ab", "ef")},
        [("update", "backup"), ("update", "drill"), ("update", "servers")],
    ),
    "another version of the engine with its plugin": (
        {"engine_version": "2.7.3", "seal": {"plugin": {**PLUGIN, "version": "v0.2.0"}}},
        [*anew("config"), *anew("drill-config"), ("update", "drill"), ("update", "servers")],
    ),
    "metrics": ({"telemetry": {"enabled": False}}, None),
    "an administrator more": (
        {"administrators": [{"name": "other", "namespace": "a", "service_account": "b"}]},
        [*anew("config"), ("update", "servers")],
    ),
    "callers": ({"listener": {"client_namespaces": ["apps"]}}, [("update", "network-servers")]),
    "what a server asks for": ({"resources": {"memory_mib": 2048}}, [("update", "servers")]),
    "a schedule": ({"backups": {**BACKUPS, "schedule": "0 0 * * *"}}, None),
    "no drill": (
        {"backups": {**BACKUPS, "drill": {"enabled": False}}},
        None,
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_takes_its_own_steps_and_replaces_nothing_stateful(stack, case):
    change, expected = CHANGES[case]
    if "backups" not in change:
        change = {**change, "backups": BACKUPS}
    stack.up(deployed(backups=BACKUPS))
    previewed = stack.steps("preview", deployed(**change))
    done = stack.steps("up", deployed(**change))
    assert (done[0], previewed[1]) == (0, done[1]), stack.errors
    if expected is not None:
        assert done[1] == sorted(expected)
    assert not {name for op, name in done[1] if op in REPLACED} & {"servers", "namespace", "seal-key", "snapshots"}
    assert stack.steps("up", deployed(**change)) == (0, [])


def test_another_key_rolls_the_servers_and_the_own_one_is_scheduled_for_deletion(stack):
    stack.up(deployed())
    given = deployed(seal={"plugin": PLUGIN, "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/given"})
    code, steps = stack.steps("up", given)
    assert code == 0
    assert {("update", "servers"), ("delete", "seal-key")} <= set(steps)
    assert ("replace", "config") in steps


def test_production_keeps_the_key_that_its_data_need(stack):
    stack.up(deployed(environment="prod"))
    given = {"plugin": PLUGIN, "key_arn": "arn:aws:kms:eu-west-1:111122223333:key/given"}
    code, _ = stack.steps("up", deployed(environment="prod", seal=given))
    assert code == 1
    assert "vault-seal-key" in stack.errors


def test_a_new_certificate_rolls_the_servers_and_stays_a_secret(stack):
    stack.up(deployed(tls=MATERIAL))
    code, steps = stack.steps("up", deployed(tls={**MATERIAL, "certificate": "NEXT"}))
    assert code == 0
    assert {*anew("tls"), ("update", "servers")} <= set(steps)
    data = stack.of_type("kubernetes:core/v1:Secret")["vault-tls"]["stringData"]
    assert isinstance(data, Secret) or all(isinstance(value, Secret) for value in data.values())


@pytest.mark.parametrize("change", [{"storage": {"data_gib": 20}}, {"namespace": "other"}])
def test_a_preview_names_the_servers_where_they_would_be_replaced(stack, change):
    stack.up(deployed())
    code, steps = stack.steps("preview", deployed(**change))
    assert code == 0
    assert ("replace", "servers") in steps
    assert stateful(SET) == "holds data", "so that a preview says what is lost"


def test_production_refuses_to_replace_its_servers(stack):
    stack.up(deployed(environment="prod"))
    code, _ = stack.steps("preview", deployed(environment="prod", storage={"data_gib": 20}))
    assert code == 1
    assert "vault-servers" in stack.errors
    assert "protect" in stack.errors


def test_what_holds_data_is_not_destroyed_outside_dev(stack):
    stack.up(deployed(environment="prod"))
    assert stack.run("destroy").exit_code == 1
    left = {item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources}
    assert {f"vault-{name}" for name in ("namespace", "servers", "seal-key", "backup-key", "snapshots")} <= left


def test_no_key_or_token_stands_in_the_state(stack):
    stack.up(deployed(tls=MATERIAL))
    for item in stack.engine.snapshot.resources:
        if item.type.startswith("kubernetes:core/v1:Secret"):
            continue
        text = str(plain(item.inputs)) + str(plain(item.outputs))
        assert "PRIVATE" not in text, item.urn
        assert "root_token" not in text.replace("drill.sh", "") or "scripts" in item.urn


def test_the_servers_read_what_is_planned(stack):
    stack.up(deployed())
    maps = stack.of_type("kubernetes:core/v1:ConfigMap")
    server = json.loads(maps["vault-config"]["data"]["server.json"])
    key = stack.of_type("aws:eks/podIdentityAssociation:PodIdentityAssociation")
    assert server["seal"][0]["awskms"]["kms_key_id"].startswith("arn:aws:kms:eu-west-1:")
    assert set(maps["vault-config"]["data"]) == {"server.json", "initialise.json"}
    assert {entry["serviceAccount"] for entry in key.values()} == {"vault", "vault-backup", "vault-drill"}
