import json
import os
import signal
import threading
import time

import pulumi
import pytest

from platform_lib.core.errors import EngineError, SettingsError
from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.sandbox.engine.backend import files
from platform_lib.sandbox.engine.event import CancelEvent, DiagnosticEvent
from platform_lib.sandbox.engine.target import ConfigValue, Options, Program
from platform_lib.sandbox.workspace import Workspace
from support.backend import PASSPHRASE

QUEUE = "aws:sqs/queue:Queue"
ENV = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}


class Queue(pulumi.CustomResource):
    """``aws.sqs.Queue`` without the SDK."""

    def __init__(self, name, opts=None, **inputs):
        super().__init__(QUEUE, name, {**inputs, "arn": None}, opts)


def shop() -> None:
    config = pulumi.Config()
    Queue("orders", tags={"owner": config.require("owner")})
    Queue("letters", opts=pulumi.ResourceOptions(protect=config.get_bool("safe")))
    pulumi.export("owner", config.require("owner"))
    pulumi.export("token", pulumi.Output.secret("s3cr3t"))


SHOP = Program(function=shop)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "Pulumi.yaml").write_text(
        "name: shop\nruntime: python\nconfig:\n  owner: {type: string, description: team that owns it}\n"
    )
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  owner: team-a\n  aws:region: eu-west-1\n")
    (tmp_path / "Pulumi.prod.yaml").write_text("config:\n  owner: team-b\n  safe: true\n  aws:region: eu-west-1\n")
    return tmp_path


@pytest.fixture
def workspace(folder):
    return Workspace(folder, env=ENV)


def _run(workspace, operation="up", stack="dev", program=SHOP, **options):
    return workspace.stack(stack).run(operation, program=program, **options)


def test_a_stack_lives(workspace) -> None:
    stack = workspace.stack("dev")
    preview = _run(workspace, "preview")
    assert (preview.exit_code, dict(preview.changes)) == (0, {"create": 3})
    assert not stack.exists()
    up = _run(workspace)
    assert (up.exit_code, dict(up.changes)) == (0, {"create": 3})
    assert dict(_run(workspace).changes) == {"same": 3}
    assert stack.outputs() == {"owner": "team-a", "token": Secret("s3cr3t")}
    assert workspace.up() == ["dev"]
    assert dict(_run(workspace, "destroy").changes) == {"delete": 3}
    assert workspace.up() == []
    assert [item.operation for item in stack.history()] == ["up", "up", "destroy"]
    assert [item.serial for item in stack.history()] == [1, 2, 3]
    assert stack.state().resources == []


def test_a_preview_names_what_the_up_then_makes(workspace) -> None:
    seen = []
    _run(workspace, "preview", sink=seen.append)
    _run(workspace)
    names = {
        event.new.inputs.get("name")
        for event in seen
        if getattr(event, "phase", "") == "pre" and event.new is not None and event.type == QUEUE
    }
    made = {item.inputs["name"] for item in workspace.stack("dev").state().resources if item.type == QUEUE}
    assert names == made
    assert UNKNOWN not in names


def test_each_generation_has_automatic_names_of_its_own(workspace) -> None:
    def names() -> set[str]:
        return {item.inputs["name"] for item in workspace.stack("dev").state().resources if item.type == QUEUE}

    _run(workspace)
    first = names()
    _run(workspace, "destroy")
    _run(workspace)
    assert len(first) == len(names()) == 2
    assert not first & names()


def test_the_program_of_the_project_runs_in_its_own_folder(folder, workspace) -> None:
    (folder / "app").mkdir()
    (folder / "app" / "__main__.py").write_text(
        "import os, pulumi\npulumi.export('here', os.path.basename(os.getcwd()))\n"
        "pulumi.export('root', pulumi.Config().require('owner'))\n"
    )
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\nmain: app\n")
    stack = Workspace(folder, env=ENV).stack("dev")
    assert stack.run("up").exit_code == 0
    assert stack.outputs() == {"here": "app", "root": "team-a"}


def test_everything_lies_in_one_ignored_folder(folder, workspace) -> None:
    before = set(folder.iterdir())
    _run(workspace)
    assert set(folder.iterdir()) - before == {folder / ".sandbox"}
    assert "*" in (folder / ".sandbox" / ".gitignore").read_text().splitlines()
    assert "!fixtures.yaml" in (folder / ".sandbox" / ".gitignore").read_text().splitlines()


def test_an_unknown_stack_lists_those_that_there_are(workspace) -> None:
    with pytest.raises(
        EngineError, match=r"stack 'prd': no Pulumi\.prd\.yaml in .*; did you mean 'prod'\? there are dev, prod"
    ):
        workspace.stack("prd")
    assert workspace.stack("prd", create=True).name == "prd"
    with pytest.raises(SettingsError, match="not a stack's name"):
        workspace.stack("../dev", create=True)


def test_a_missing_key_stops_what_runs_the_program_and_nothing_else(folder, workspace) -> None:
    _run(workspace)
    (folder / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-west-1\n")
    for operation in ("preview", "up"):
        with pytest.raises(SettingsError, match=r"config\.owner: is missing; set it: team that owns it \(string\)"):
            _run(workspace, operation)
    assert _run(workspace, "refresh").exit_code == 0
    assert _run(workspace, "destroy").exit_code == 0


def test_a_second_operation_is_told_of_the_first(workspace) -> None:
    def busy() -> None:
        with pytest.raises(EngineError, match=f"another operation is under way: `up`, pid {os.getpid()} on "):
            _run(workspace)
        assert _run(workspace, "preview").exit_code == 0
        assert _run(workspace, stack="prod").exit_code == 0

    assert _run(workspace, program=Program(function=busy)).exit_code == 0
    assert workspace.stack("dev").lock_holder() is None


def test_an_export_can_be_imported_again(workspace) -> None:
    stack = workspace.stack("dev")
    _run(workspace)
    document = stack.export()
    assert "s3cr3t" not in json.dumps(document)
    assert '"s3cr3t"' in stack.export(show_secrets=True)["deployment"]["resources"][0]["outputs"]["token"]["plaintext"]
    before = stack.state()
    stack.remove(force=True)
    assert not stack.exists()
    stack.import_state(json.loads(json.dumps(document)))
    assert stack.state() == before
    assert dict(_run(workspace).changes) == {"same": 3}
    with pytest.raises(EngineError, match="belongs to another stack; import it into that stack"):
        workspace.stack("prod").import_state(document)


def test_a_state_of_a_real_cloud_is_not_imported(workspace) -> None:
    stack = workspace.stack("dev")
    _run(workspace)
    document = stack.export()
    document["deployment"]["manifest"]["version"] = "3.260.0"
    with pytest.raises(EngineError, match="stack 'dev': import: the state comes from a real cloud"):
        stack.import_state(document)


def test_a_wrong_passphrase_is_said_and_loses_nothing(folder, workspace) -> None:
    _run(workspace)
    wrong = Workspace(folder, env={"PULUMI_CONFIG_PASSPHRASE": "wrong"})
    with pytest.raises(EngineError, match="stack 'dev': incorrect passphrase in PULUMI_CONFIG_PASSPHRASE"):
        _run(wrong)
    assert dict(_run(workspace).changes) == {"same": 3}


def test_an_empty_passphrase_is_said_before_the_end(folder) -> None:
    seen = []
    _run(Workspace(folder, env={}), sink=seen.append)
    texts = [event.message for event in seen if isinstance(event, DiagnosticEvent)]
    (text,) = texts
    assert text.startswith("sandbox: stack 'dev': secrets in the state are sealed with an empty passphrase; ")
    assert isinstance(seen[-1], CancelEvent)
    seen.clear()
    _run(Workspace(folder, sandbox_dir=folder / "other", env=ENV), sink=seen.append)
    assert not any(isinstance(event, DiagnosticEvent) for event in seen)


def test_protection_can_be_lifted_in_the_state(workspace) -> None:
    stack = workspace.stack("prod")
    _run(workspace, stack="prod")
    (protected,) = stack.protected()
    assert protected.endswith("::letters")
    assert _run(workspace, "destroy", stack="prod").exit_code == 1
    assert stack.unprotect() == [protected]
    assert stack.unprotect() == []
    assert _run(workspace, "destroy", stack="prod").exit_code == 0


def test_a_stack_with_resources_is_not_forgotten_by_accident(workspace) -> None:
    stack = workspace.stack("dev")
    stack.remove()
    _run(workspace)
    with pytest.raises(EngineError, match="it still has resources; destroy them first"):
        stack.remove()
    _run(workspace, "destroy")
    stack.remove()
    assert not stack.exists()
    assert stack.backups() == []


def test_an_earlier_version_can_be_put_back(folder, workspace) -> None:
    stack = workspace.stack("dev")
    _run(workspace)
    first = stack.state()
    (folder / "Pulumi.dev.yaml").write_text("config:\n  owner: team-c\n  aws:region: eu-west-1\n")
    _run(workspace)
    assert stack.state() != first
    assert stack.restore().name == "000001-up.json"
    assert stack.state() == first


def test_a_full_disk_in_a_run_ends_it_and_the_next_one_goes_on(workspace, monkeypatch) -> None:
    write, left = files._write, [6]

    def full(descriptor, data):
        left[0] -= 1
        if left[0] < 0:
            raise OSError(28, "No space left on device")
        write(descriptor, data)

    monkeypatch.setattr(files, "_write", full)
    try:
        result = _run(workspace)
        assert result.exit_code != 0
        message = " ".join([*(item.message for item in result.diagnostics), str(result.error)])
    except EngineError as error:
        message = str(error)
    assert "no space left on device; free space" in message
    monkeypatch.undo()
    assert _run(workspace).exit_code == 0
    state = workspace.stack("dev").state()
    assert sorted(item.urn.rpartition("::")[2] for item in state.resources if item.type == QUEUE) == [
        "letters",
        "orders",
    ]
    with workspace.cloud() as cloud:
        assert len(cloud.ls()) == 2


def test_references_find_other_stacks_and_fixtures(folder, workspace) -> None:
    _run(workspace)
    (folder / ".sandbox" / "fixtures.yaml").write_text(
        "pulumi:pulumi:StackReference:\n  - args: {name: acme/network/prod}\n    returns: {vpcId: vpc-1}\n"
    )

    def refers() -> None:
        other = pulumi.StackReference("organization/shop/dev")
        pulumi.export("owner", other.require_output("owner"))
        pulumi.export("token", other.require_output("token"))
        pulumi.export("vpc", pulumi.StackReference("acme/network/prod").require_output("vpcId"))

    assert _run(workspace, stack="prod", program=Program(function=refers)).exit_code == 0
    assert workspace.stack("prod").outputs() == {"owner": "team-a", "token": Secret("s3cr3t"), "vpc": "vpc-1"}
    assert workspace.stack_outputs("dev") == workspace.stack_outputs("acme/dev") == workspace.stack("dev").outputs()
    assert workspace.stack_outputs("acme/shop/none") is None
    assert workspace.stack_outputs("a/b/c/d") is None


def test_a_fixture_stands_in_for_a_secret_that_cannot_be_opened(folder, workspace) -> None:
    (folder / "Pulumi.dev.yaml").write_text(
        "secretsprovider: awskms://alias/x\nencryptedkey: abc\n"
        "config:\n  owner: {secure: v1:a:b}\n  aws:region: eu-west-1\n"
    )
    with pytest.raises(SettingsError, match="is sealed by awskms"):
        _run(workspace)
    workspace.prepare()
    workspace.fixtures_path.write_text("pulumi:config: [{args: {stack: dev}, returns: {owner: stand-in}}]\n")
    assert _run(workspace).exit_code == 0
    assert workspace.stack("dev").config()["shop:owner"] == ConfigValue("stand-in", secret=True)
    assert workspace.stack("dev").outputs()["owner"] == "stand-in"


def test_the_environment_is_a_key_of_the_configuration(folder, workspace) -> None:
    assert workspace.stack("dev").environment() == ""
    (folder / "Pulumi.dev.yaml").write_text("config:\n  environment: staging\n")
    assert workspace.stack("dev").environment() == "staging"


def test_a_project_may_refresh_every_time(folder, workspace) -> None:
    _run(workspace)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\noptions: {refresh: always}\n")
    with workspace.cloud() as cloud:
        (row,) = [row for row in cloud.ls() if row.urn.endswith("::orders")]
        cloud.remove(row.urn)
    result = _run(Workspace(folder, env=ENV))
    assert result.exit_code == 0
    assert result.changes["create"] == 1


def test_reset_empties_the_cloud_and_the_states(workspace) -> None:
    _run(workspace)
    workspace.reset(states=False)
    assert workspace.up() == ["dev"]
    with workspace.cloud() as cloud:
        assert cloud.ls() == []
    workspace.reset()
    assert workspace.up() == []
    assert not workspace.stack("dev").exists()


def _interrupt_after(seconds: float, times: int) -> threading.Thread:
    def kill() -> None:
        for _ in range(times):
            time.sleep(seconds)
            os.kill(os.getpid(), signal.SIGINT)

    thread = threading.Thread(target=kill)
    thread.start()
    return thread


def _slow() -> None:
    Queue("first")

    def wait(_: object) -> str:
        time.sleep(1)
        return "x"

    name = Queue("second").id.apply(wait)
    Queue("third", tags={"a": name})


def test_one_interruption_ends_the_run_in_order(workspace) -> None:
    seen = []
    thread = _interrupt_after(0.4, 1)
    result = _run(workspace, program=Program(function=_slow), sink=seen.append)
    thread.join()
    assert result.exit_code == 1
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    texts = [event.message for event in seen if isinstance(event, DiagnosticEvent)]
    assert any("running steps finish; press Ctrl-C again to give them up" in text for text in texts)
    state = workspace.stack("dev").state()
    assert state.pending == []
    assert not workspace.stack("dev").lock_holder()
    assert _run(workspace, program=Program(function=_slow)).exit_code == 0


def test_two_interruptions_give_up_what_runs(workspace) -> None:
    thread = _interrupt_after(0.3, 2)
    result = _run(workspace, program=Program(function=_slow))
    thread.join()
    assert result.exit_code == 8
    assert workspace.stack("dev").export()["version"] == 3
    assert _run(workspace, program=Program(function=_slow)).exit_code == 0
    with workspace.cloud() as cloud:
        assert len(cloud.ls()) == 3


def test_a_handler_of_the_callers_is_left_alone(workspace) -> None:
    stack, count = workspace.stack("dev"), [0]

    def handle(*_: object) -> None:
        count[0] += 1
        stack.cancel()

    previous = signal.signal(signal.SIGINT, handle)
    try:
        thread = _interrupt_after(0.4, 1)
        result = stack.run("up", program=Program(function=_slow))
        thread.join()
    finally:
        signal.signal(signal.SIGINT, previous)
    assert (result.exit_code, count) == (1, [1])


def test_cancel_without_a_run_does_nothing(workspace) -> None:
    stack = workspace.stack("dev")
    stack.cancel()
    assert stack.run("up", Options(), program=SHOP).exit_code == 0
