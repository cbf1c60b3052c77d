"""A stack of the stock CLI, with a stand-in for the CLI: what it is asked, what is read of its log, how it fails."""

import json
import os
import signal
import stat
import threading
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.core.values import UNKNOWN
from platform_lib.operations.pulumi_events import read_events
from platform_lib.operations.pulumi_stack import COMMANDS, PulumiStack
from platform_lib.operations.record import Record
from platform_lib.sandbox.engine.event import DiagnosticEvent, StepEvent, SummaryEvent
from support.cli_project import CliProject

URN = "urn:pulumi:dev::shop::aws:sqs/queue:Queue::jobs"
STEP: dict[str, Any] = {
    "metadata": {
        "op": "update",
        "urn": URN,
        "type": "aws:sqs/queue:Queue",
        "old": {
            "type": "aws:sqs/queue:Queue",
            "urn": URN,
            "custom": True,
            "id": "jobs-1",
            "inputs": {"delaySeconds": 1.0},
        },
        "new": {
            "type": "aws:sqs/queue:Queue",
            "urn": URN,
            "custom": True,
            "protect": True,
            "inputs": {"delaySeconds": 2.0, "policy": "[secret]", "name": "04da6b54-80e4-46f7-96ec-b56ff0331ba9"},
        },
        "diffs": ["delaySeconds"],
        "detailedDiff": {"delaySeconds": {"diffKind": "update", "inputDiff": True}},
        "keys": None,
    }
}
EVENTS: list[dict[str, Any]] = [
    {"preludeEvent": {"config": {"shop:owner": "me"}}},
    {"resourcePreEvent": STEP},
    {"resOutputsEvent": STEP},
    {"policyEvent": {"message": "not ours"}},
    {"diagnosticEvent": {"severity": "error", "message": "<{%fg 1%}>it failed<{%reset%}>\n", "urn": URN}},
    {"summaryEvent": {"resourceChanges": {"update": 1}, "durationSeconds": 3}},
    {"cancelEvent": {}},
]


def stand_in(folder: Path, script: str) -> PulumiStack:
    """A project, and a program called ``pulumi`` that notes what it is asked."""
    project = CliProject(folder / "shop")
    path = folder / "bin" / "pulumi"
    path.parent.mkdir(exist_ok=True)
    path.write_text(f'#!/bin/sh\necho "$@" > "{folder}/asked"\n{script}\n', encoding="utf-8")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return PulumiStack(project.folder, "dev", {"PATH": f"{path.parent}:/usr/bin:/bin"})


def test_events_are_read_as_the_sandbox_tells_them() -> None:
    text = "\n".join(json.dumps(event) for event in EVENTS) + '\n{"resourcePreEvent": {"meta'
    found = list(read_events(text))
    assert [type(event).__name__ for event in found] == [
        "PreludeEvent",
        "StepEvent",
        "StepEvent",
        "DiagnosticEvent",
        "SummaryEvent",
        "CancelEvent",
    ]
    step = found[2]
    assert isinstance(step, StepEvent)
    assert step.old is not None
    assert step.new is not None
    assert step.phase == "outputs"
    assert (step.old.inputs, step.old.id, step.new.protect) == ({"delaySeconds": 1}, "jobs-1", True)
    assert step.new.inputs["name"] is UNKNOWN
    assert step.detailed_diff is not None
    assert step.detailed_diff["delaySeconds"].kind == "update"
    assert found[3] == DiagnosticEvent("error", "it failed\n", URN)
    assert found[4] == SummaryEvent({"update": 1}, 3.0)


def test_a_record_is_made_of_them(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_text("\n".join(json.dumps(event) for event in EVENTS), encoding="utf-8")
    script = f'while [ "$1" != "--event-log" ]; do shift; done; cp "{log}" "$2"; exit 1'
    record = Record()
    assert stand_in(tmp_path, script).run("preview", sink=record) == 1
    (change,) = record.moved
    assert (change.action, [item.path for item in change.properties]) == ("update", ["delaySeconds"])


@pytest.mark.parametrize(("operation", "words"), COMMANDS.items())
def test_nobody_is_asked_and_the_stack_is_named(tmp_path: Path, operation: Any, words: tuple[str, ...]) -> None:
    stack = stand_in(tmp_path, "exit 0")
    assert stack.run(operation, refresh=True, targets=[URN]) == 0
    asked = (tmp_path / "asked").read_text(encoding="utf-8").split()
    assert asked[: len(words)] == list(words)
    assert asked[len(words) : len(words) + 3] == ["--refresh", "--target", URN]
    assert asked[-5:] == ["--stack", "dev", "--non-interactive", "--color", "never"]
    assert "--yes" in asked or operation.endswith("preview")


def test_a_backend_that_cannot_be_reached_is_an_error_with_its_words(tmp_path: Path) -> None:
    stack = stand_in(tmp_path, "echo 'error: unable to open bucket s3://states: no such host' >&2; exit 255")
    message = (
        "engine pulumi: stack 'dev': pulumi {} failed, got: error: unable to open bucket s3://states: no such host"
    )
    for what, call in (("up", lambda: stack.run("up")), ("stack export", stack.export), ("stack ls", stack.exists)):
        with pytest.raises(EngineError) as caught:
            call()
        assert str(caught.value) == message.format(what)


@pytest.mark.parametrize(
    ("listed", "there"), [(["dev"], True), (["acme/shop/dev"], True), (["prod"], False), ([], False)]
)
def test_a_stack_is_there_where_the_backend_lists_it(tmp_path: Path, listed: list[str], there: bool) -> None:
    text = json.dumps([{"name": name} for name in listed])
    assert stand_in(tmp_path, f"echo '{text}'").exists() is there


def test_without_the_cli_the_way_out_is_told(tmp_path: Path) -> None:
    stack = stand_in(tmp_path, "")
    with pytest.raises(EngineError, match="pulumi: not found on PATH; install the Pulumi CLI, or use --engine sandbox"):
        PulumiStack(stack.directory, "dev", {"PATH": "/nowhere"}).export()


def test_the_environment_is_the_setting_of_the_stack_file(tmp_path: Path) -> None:
    stack = stand_in(tmp_path, "")
    assert stack.environment() == "dev"
    assert PulumiStack(stack.directory, "acme/shop/dev", stack.variables).environment() == "dev"
    assert PulumiStack(stack.directory, "gone", stack.variables).environment() == ""


def test_an_interruption_waits_for_the_cli(tmp_path: Path) -> None:
    stack = stand_in(tmp_path, "sleep 1; exit 7")
    timer = threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    try:
        with pytest.raises(EngineError, match="got: exit code 7"):
            stack.run("up")
    finally:
        timer.join()
