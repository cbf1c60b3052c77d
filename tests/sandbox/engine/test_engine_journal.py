"""The journal and the protocol log of the engine."""

import json
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pulumi

from platform_lib.sandbox import wire
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.journal import Changes, Replay
from platform_lib.sandbox.engine.state import PendingOperation, Snapshot
from platform_lib.sandbox.engine.target import Options, Program
from support.things import Thing, pair


class Recorder:
    """A journal that rebuilds the state from what it is told."""

    def __init__(self) -> None:
        self.replay: Replay | None = None
        self.closed: Snapshot | None = None
        self.sizes: list[int] = []

    def start(self, base: Snapshot) -> None:
        self.replay = Replay(base)

    def begin(self, operation: int, pending: PendingOperation) -> None:
        assert self.replay is not None
        self.replay.begin(operation, pending)

    def commit(self, operation: int, changes: Changes) -> None:
        assert self.replay is not None
        self.sizes.append(len(changes.added) + len(changes.replaced) + len(changes.removed))
        self.replay.commit(operation, changes)

    def close(self, snapshot: Snapshot) -> None:
        self.closed = snapshot


def test_the_journal_tells_the_whole_state_in_small_steps(engine: Engine):
    def many(count: int) -> Callable[[], None]:
        def program() -> None:
            for number in range(count):
                Thing(f"t{number}", value=str(count))

        return program

    for count in (30, 20, 25):
        engine.journal = recorder = Recorder()
        engine.run("up", Program.of(many(count)))
        assert recorder.replay is not None
        assert recorder.closed is not None
        told = recorder.replay.snapshot()
        assert {s.urn: (s.id, s.inputs, s.outputs) for s in told.resources} == {
            s.urn: (s.id, s.inputs, s.outputs) for s in recorder.closed.resources
        }
        assert told.pending == []
        assert max(recorder.sizes) <= 5  # however many there are


def test_the_protocol_log_has_requests_and_answers(engine: Engine, tmp_path: Path):
    path = tmp_path / "grpc.json"

    engine.run("up", Program.of(pair), Options(log_grpc=path))

    lines = [json.loads(line) for line in path.read_text().splitlines()]
    made = [line for line in lines if line["method"].endswith("/RegisterResource")]
    answers = [line for line in made if line["progress"] == "response_completed"]
    assert len(made) == 6
    assert [line["response"]["id"] for line in answers if "id" in line["response"]] == ["first-1", "second-1"]
    assert answers[-1]["request"]["sourcePosition"]["uri"].endswith("things.py")
    assert len(answers[-1]["request"]["stackTrace"]["frames"]) > 1
    keys = ["method", "request", "metadata", "progress", "timestamp"]
    assert {tuple(line) for line in lines if line["progress"] == "request_started"} == {tuple(keys)}
    assert list(answers[-1]) == [*keys[:2], "response", *keys[2:], "duration"]
    times = [datetime.fromisoformat(line["timestamp"]) for line in lines]
    assert times == sorted(times)
    assert all(line["duration"] > 0 for line in lines if line["progress"] == "response_completed")


def test_the_protocol_log_has_what_the_providers_were_asked(engine: Engine, tmp_path: Path):
    path = tmp_path / "grpc.json"

    def logged(operation: str, program: Callable[[], None]) -> list[dict[str, Any]]:
        engine.run(operation, Program.of(program), Options(log_grpc=path))
        lines = [json.loads(line) for line in path.read_text().splitlines()]
        calls = [line for line in lines if line["method"].startswith("/pulumirpc.ResourceProvider/")]
        assert {json.dumps(line["metadata"]) for line in calls} == {
            '{"kind": "resource", "mode": "client", "name": "sim"}'
        }
        done = [line for line in calls if line["progress"] == "response_completed"]
        assert len(done) * 2 == len(calls)
        return done

    def program(value: str, **more: Any) -> Callable[[], None]:
        def made() -> None:
            Thing("a", value=pulumi.Output.secret(value))
            pulumi.CustomResource("sim:index:Flaky", "f", more)

        return made

    def methods(calls: list[dict[str, Any]]) -> list[str]:
        return [line["method"].rpartition("/")[2] for line in calls]

    first = logged("up", program("x"))
    assert methods(first) == ["CheckConfig", "Configure", "Check", "Create", "Check", "Create", "Cancel"]
    create = next(line for line in first if line["request"].get("name") == "a" and line["method"].endswith("/Create"))
    secret = {wire.SIGNATURE_KEY: wire.SECRET_SIGNATURE, "value": "x"}
    urn = "urn:pulumi:dev::tx::sim:index:Thing::a"
    assert create["request"] == {"urn": urn, "properties": {"value": secret}, "name": "a", "type": "sim:index:Thing"}
    assert create["response"]["id"] == "a-1"
    assert create["response"]["properties"]["value"] == secret
    assert first[1]["request"]["sendsOldInputsToDelete"] is True

    second = logged("up", program("y", failUpdate=True))
    diff = next(line for line in second if line["request"].get("name") == "a" and line["method"].endswith("/Diff"))
    assert diff["request"]["oldInputs"] == {"value": secret}
    assert diff["response"] == {
        "changes": "DIFF_SOME",
        "diffs": ["value"],
        "detailedDiff": {"value": {"kind": "UPDATE", "inputDiff": True}},
        "hasDetailedDiff": True,
    }
    failed = [line for line in second if "errors" in line]
    assert [line["errors"] for line in failed] == [["rpc error: code = Unknown desc = failUpdate is set on f"]]
    assert "Read" in methods(logged("refresh", lambda: None))
    assert methods(logged("destroy", lambda: None)).count("Delete") == 2
