"""The engine as others call it: functions as programs, policies, interruption, isolation, journal, protocol log."""

import asyncio
import gc
import json
import os
import sys
import threading
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pulumi
import pytest

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Secret, has_unknown
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import acceleration
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import CancelEvent, DiagnosticEvent, Operation, PolicyEvent, StepEvent
from platform_lib.sandbox.engine.journal import Changes, Replay
from platform_lib.sandbox.engine.monitor import OperationError
from platform_lib.sandbox.engine.policy import PolicyResource
from platform_lib.sandbox.engine.program import ProgramLoop
from platform_lib.sandbox.engine.state import PendingOperation, Snapshot
from platform_lib.sandbox.engine.target import ConfigValue, Options, Program, Target
from support.sim_cloud import SimProvider, SimProviders


class Thing(pulumi.CustomResource):
    computed: pulumi.Output[str]
    echo: pulumi.Output[Any]

    def __init__(self, name: str, opts: pulumi.ResourceOptions | None = None, **props: Any) -> None:
        super().__init__("sim:index:Thing", name, {"computed": None, "echo": None, **props}, opts)


@pytest.fixture
def engine() -> Engine:
    return Engine(Target("tx", "dev"), SimProviders())


@dataclass
class Callbacks:
    """Says whether the program has registered one."""

    used: bool = False


def names(snapshot: Snapshot) -> list[str]:
    return [state.urn.split("::")[-1] for state in snapshot.resources if state.type == "sim:index:Thing"]


def errors(result: Any) -> str:
    return "\n".join(item.message for item in result.diagnostics if item.severity == "error")


def void(_: object) -> None:
    """Ends a program that is an expression."""


def pair() -> None:
    first = Thing("first", value="1")
    second = Thing("second", value=first.computed)
    pulumi.export("second", second.id)


# -- life of a stack -----------------------------------------------------------------------------------------------


def test_a_stack_lives_and_ends(engine: Engine):
    program = Program.of(pair)

    assert engine.run("preview", program).changes == {"create": 3}
    assert names(engine.snapshot) == []
    assert engine.run("up", program).changes == {"create": 3}
    assert engine.outputs == {"second": "second-1"}
    assert engine.run("up", program).changes == {"same": 3}
    assert engine.run("refresh").changes == {"same": 3}
    assert engine.run("destroy").changes == {"delete": 3}
    assert engine.snapshot.resources == []


def test_a_preview_shows_unknown_outputs(engine: Engine):
    result = engine.run("preview", Program.of(pair))

    assert has_unknown(result.outputs["second"])


def test_awaitable_programs_are_awaited(engine: Engine):
    async def program() -> None:
        await asyncio.sleep(0)
        Thing("late")

    assert engine.run("up", Program.of(program)).exit_code == 0
    assert names(engine.snapshot) == ["late"]


def test_everything_ready_is_registered_before_an_answer_goes_back(engine: Engine):
    order: list[str] = []

    def note(event: Any) -> None:
        if isinstance(event, StepEvent) and event.phase == "pre" and "Thing" in event.urn:
            order.append(event.urn.split("::")[-1])

    engine.sink = note

    def program() -> None:
        first = Thing("a")
        Thing("b", value=first.id)
        Thing("c")

    engine.run("up", Program.of(program))

    assert order == ["a", "c", "b"]


def test_a_program_that_is_always_busy_is_served(engine: Engine):
    async def program() -> None:
        found: list[str] = []
        Thing("a").id.apply(found.append)
        while not found:
            await asyncio.sleep(0)

    assert engine.run("up", Program.of(program)).exit_code == 0


def test_an_engine_runs_inside_a_running_loop(engine: Engine):
    async def main() -> int:
        return engine.run("up", Program.of(pair)).exit_code

    assert asyncio.run(main()) == 0


# -- failures ------------------------------------------------------------------------------------------------------


def test_a_failed_registration_raises_in_the_program(engine: Engine):
    seen: list[BaseException] = []

    async def program() -> None:
        class Flaky(pulumi.CustomResource):
            pass

        flaky = Flaky("sim:index:Flaky", "bad", {"failCreate": True})
        try:
            await flaky.urn.future()
        except Exception as error:
            seen.append(error)
            raise

    result = engine.run("up", Program.of(program))

    assert result.exit_code == 1
    assert isinstance(seen[0], OperationError)
    assert isinstance(seen[0], EngineError)
    assert "failCreate" in errors(result)


def test_an_exception_is_shown_from_the_programs_own_frame(engine: Engine):
    def program() -> None:
        raise ValueError("not like this")

    result = engine.run("up", Program.of(program))

    assert result.exit_code == 1
    assert errors(result).startswith("Program failed with an unhandled exception:\nTraceback")
    assert "test_engine.py" in errors(result)
    assert "platform_lib" not in errors(result)
    assert isinstance(result.error, ValueError)


def test_run_errors_are_plain(engine: Engine):
    def program() -> None:
        raise pulumi.RunError("wrong size")

    text = errors(engine.run("up", Program.of(program)))

    assert text.startswith("wrong size\n")
    assert "Traceback" not in text


def test_a_program_is_needed(engine: Engine):
    with pytest.raises(EngineError, match="up: there is no program"):
        engine.run("up")


def test_unsupported_features_are_refused_by_name(engine: Engine):
    class Remote(pulumi.ComponentResource):
        def __init__(self, name: str) -> None:
            super().__init__("acme:index:Remote", name, {}, None, remote=True)

    result = engine.run("up", Program.of(lambda: void(Remote("r"))))

    assert result.exit_code == 1
    assert "remote component is not supported by the sandbox engine" in errors(result)


# -- isolation -----------------------------------------------------------------------------------------------------


def test_runs_share_nothing():
    def program() -> None:
        config = pulumi.Config("app")
        pulumi.export("size", config.require("size"))
        pulumi.export("stack", pulumi.get_stack())
        pulumi.runtime.register_stack_transformation(lambda args: None)

    results: dict[str, Any] = {}

    def run(stack: str) -> None:
        target = Target("tx", stack, config={"app:size": ConfigValue(stack * 2)})
        results[stack] = Engine(target, SimProviders()).run("up", Program.of(program)).outputs

    threads = [threading.Thread(target=run, args=(stack,)) for stack in ("a", "b", "c")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert results == {stack: {"size": stack * 2, "stack": stack} for stack in ("a", "b", "c")}
    assert pulumi.runtime.settings.SETTINGS.monitor is None
    assert pulumi.runtime.get_root_resource() is None


def test_secret_configuration_is_secret_and_never_shown():
    messages: list[str] = []

    def program() -> None:
        value = pulumi.Config("app").require_secret("key")
        pulumi.export("key", value)
        print("the key is hunter22")

    def note(event: Any) -> None:
        if isinstance(event, DiagnosticEvent):
            messages.append(event.message)

    target = Target("tx", "dev", config={"app:key": ConfigValue("hunter22", secret=True)})
    engine = Engine(target, SimProviders(), sink=note)
    engine.run("up", Program.of(program))

    assert engine.outputs["key"] == Secret("hunter22")
    assert "the key is [secret]" in "".join(messages)


def test_a_file_leaves_the_process_as_it_was(tmp_path: Path, engine: Engine):
    (tmp_path / "helper_of_program.py").write_text("VALUE = 'one'\n")
    (tmp_path / "__main__.py").write_text(
        "import os, sys, pulumi, helper_of_program\n"
        "os.environ['LEFT_BEHIND'] = '1'\n"
        "pulumi.export('value', helper_of_program.VALUE)\n"
        "pulumi.export('cwd', os.getcwd())\n"
    )
    before = (Path.cwd(), list(sys.path), list(sys.argv))

    assert engine.run("up", Program(main=tmp_path)).exit_code == 0
    assert engine.outputs == {"value": "one", "cwd": str(tmp_path)}
    (tmp_path / "helper_of_program.py").write_text("VALUE = 'other'\n")
    engine.run("up", Program(main=tmp_path))

    assert engine.outputs["value"] == "other"
    assert (Path.cwd(), list(sys.path), list(sys.argv)) == before
    assert "helper_of_program" not in sys.modules
    assert "LEFT_BEHIND" not in os.environ


def test_mocks_work_next_to_the_engine(engine: Engine):
    engine.run("up", Program.of(pair))
    seen: list[Any] = []

    class Mocks(pulumi.runtime.Mocks):
        def new_resource(self, args: Any) -> tuple[str, dict[str, Any]]:
            return f"{args.name}-mocked", {**args.inputs, "computed": "made"}

        def call(self, args: Any) -> dict[str, Any]:
            return {}

    def run() -> None:
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            pulumi.runtime.set_mocks(Mocks(), preview=False)

            @pulumi.runtime.test
            def body() -> Any:
                return pulumi.Output.all(Thing("a").id, Thing("b").computed).apply(seen.append)

            body()
        finally:
            loop.run_until_complete(loop.shutdown_default_executor())
            asyncio.set_event_loop(None)
            loop.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)  # the SDK's mocks leave an event loop in every thread
        gc.collect()

    assert seen == [["a-mocked", "made"]]


def test_calls_that_were_put_off_wait_for_callbacks_in_threads():
    """They would wait on the loop that the callbacks run on, for ever."""
    loop: Any = ProgramLoop()
    loop.callbacks = Callbacks()

    def fail() -> None:
        raise ValueError("no")

    async def calls() -> tuple[int, BaseException]:
        first, second = loop.run_in_executor(None, threading.get_ident), loop.run_in_executor(None, fail)
        loop.callbacks.used = True
        return await first, (await asyncio.gather(second, return_exceptions=True))[0]

    try:
        thread, error = loop.run_until_complete(calls())
    finally:
        loop.close()
    assert thread != threading.get_ident()
    assert str(error) == "no"


def test_the_sdk_still_has_what_is_sped_up(engine: Engine):
    engine.run("up", Program.of(pair))

    assert set(acceleration.installed()) == {
        "transfer_properties",
        "resource_output",
        "__init__",
        "serialize_properties",
        "resolve_outputs",
        "resource_pb2",
        "debug",
        "_copy",
        "merge",
        "collapse_alias_to_urn",
        "wrap_with_context",
        "do_rpc",
        "wait_for_rpcs",
        "_get_stack_trace",
        "create_urn",
        "unwrap_type",
        "unwrap_optional_type",
        "contains_unknowns",
        "serialize_property",
        "deserialize_properties",
        "deserialize_property",
        "translate_output_properties",
        "resolve_properties",
        "ContextProperty.__get__",
    }


# -- policies ------------------------------------------------------------------------------------------------------


@dataclass
class Finding:
    rule: str
    urn: str
    message: str
    mandatory: bool = True


@dataclass
class Policy:
    """Refuses things named so; turns value `old` into `new`."""

    refused: str = ""
    mandatory: bool = True
    seen: list[PolicyResource] = field(default_factory=list)
    stack: list[PolicyResource] = field(default_factory=list)

    def remediate(self, resource: PolicyResource) -> dict[str, Any] | None:
        return {**resource.properties, "value": "new"} if resource.properties.get("value") == "old" else None

    def analyze(self, resource: PolicyResource) -> list[Finding]:
        self.seen.append(resource)
        return [Finding("no-bad", resource.urn, "bad", self.mandatory)] if resource.name == self.refused else []

    def analyze_stack(self, resources: Any) -> list[Finding]:
        self.stack = list(resources)
        return []


def three() -> None:
    Thing("good")
    Thing("bad", value="old")
    Thing("late")


def test_a_mandatory_finding_fails_a_preview_that_sees_everything(engine: Engine):
    engine.policy = policy = Policy(refused="bad")
    events: list[Any] = []
    engine.sink = events.append

    result = engine.run("preview", Program.of(three))

    assert result.exit_code == 1
    assert [item.name for item in policy.seen if "Thing" in item.type] == ["good", "bad", "late"]
    assert [finding.rule for finding in result.findings] == ["no-bad"]
    assert [event.finding.rule for event in events if isinstance(event, PolicyEvent)] == ["no-bad"]
    assert isinstance(events[-1], CancelEvent)


def test_a_mandatory_finding_stops_an_up(engine: Engine):
    engine.policy = Policy(refused="bad")

    result = engine.run("up", Program.of(three))

    assert result.exit_code == 1
    assert names(engine.snapshot) == ["good"]


def test_an_advisory_finding_stops_nothing(engine: Engine):
    engine.policy = policy = Policy(refused="bad", mandatory=False)

    result = engine.run("up", Program.of(three))

    assert result.exit_code == 0
    assert len(result.findings) == 1
    assert {item.name for item in policy.stack} >= {"good", "bad", "late"}


def test_remediation_changes_what_is_made(engine: Engine):
    engine.policy = Policy()

    engine.run("up", Program.of(three))

    assert [s.inputs.get("value") for s in engine.snapshot.resources if s.urn.endswith("bad")] == ["new"]


# -- interruption --------------------------------------------------------------------------------------------------


class Interrupting(SimProviders):
    """Calls a function while the thing `stop` is made."""

    def __init__(self, action: Callable[[], None]) -> None:
        super().__init__()
        self.action = action

    def open(self, package: str, version: str) -> SimProvider:
        provider, action = super().open(package, version), self.action
        create = provider.create

        def hooked(urn: str, *args: Any, **kwargs: Any) -> Any:
            if urn.endswith("::stop"):
                action()
            return create(urn, *args, **kwargs)

        provider.create = hooked  # type: ignore[method-assign]
        return provider


def stopping() -> None:
    first = Thing("stop")
    Thing("after", value=first.id)


def test_one_interruption_finishes_the_running_step():
    engine = Engine(Target("tx", "dev"), Interrupting(lambda: engine.cancel()))

    result = engine.run("up", Program.of(stopping))

    assert result.exit_code == 1
    assert "canceled" in errors(result)
    assert names(engine.snapshot) == ["stop"]
    assert engine.snapshot.pending == []


def test_two_interruptions_give_the_running_step_up():
    def twice() -> None:
        engine.cancel()
        engine.cancel()

    engine = Engine(Target("tx", "dev"), Interrupting(twice))

    result = engine.run("up", Program.of(stopping))

    assert result.exit_code == 8
    assert names(engine.snapshot) == []
    assert [(item.type, item.resource.urn.split("::")[-1]) for item in engine.snapshot.pending] == [
        ("creating", "stop")
    ]


def test_an_engine_can_go_on_after_an_interruption():
    engine = Engine(Target("tx", "dev"), Interrupting(lambda: engine.cancel()))
    engine.run("up", Program.of(stopping))

    assert engine.run("up", Program.of(stopping)).exit_code == 0
    assert set(names(engine.snapshot)) == {"stop", "after"}


# -- callbacks -----------------------------------------------------------------------------------------------------


def test_transforms_are_called_back(engine: Engine):
    def add(args: pulumi.ResourceTransformArgs) -> pulumi.ResourceTransformResult:
        return pulumi.ResourceTransformResult({**args.props, "value": "changed"}, args.opts)

    def program() -> None:
        pulumi.runtime.register_resource_transform(add)
        Thing("a", value="1")

    assert engine.run("up", Program.of(program)).exit_code == 0
    assert [s.inputs["value"] for s in engine.snapshot.resources if s.urn.endswith("::a")] == ["changed"]


def test_a_transform_that_raises_ends_the_run(engine: Engine):
    def bad(args: pulumi.ResourceTransformArgs) -> None:
        raise ValueError("no such size")

    def program() -> None:
        pulumi.runtime.register_resource_transform(bad)
        for number in range(20):
            Thing(f"t{number}")

    result = engine.run("up", Program.of(program))

    assert result.exit_code == 1
    assert "no such size" in errors(result)


def test_a_hook_ends_even_if_another_resource_fails_meanwhile(engine: Engine):
    told: list[str] = []

    async def slow(args: pulumi.ResourceHookArgs) -> None:
        await asyncio.sleep(0.05)
        told.append(args.name)

    def program() -> None:
        hooks = pulumi.ResourceHookBinding(after_create=[pulumi.ResourceHook("slow", slow)])
        Thing("a", pulumi.ResourceOptions(hooks=hooks))
        pulumi.CustomResource("sim:index:Flaky", "b", {"failCreate": True})

    result = engine.run("up", Program.of(program))

    assert told == ["a"]
    assert names(engine.snapshot) == ["a"]
    assert "failCreate is set on b" in errors(result)
    assert "program has ended" not in errors(result)


def test_a_failed_after_hook_fails_the_run_and_keeps_the_resource(engine: Engine):
    def bad(args: pulumi.ResourceHookArgs) -> None:
        raise ValueError("not today")

    def program() -> None:
        hooks = pulumi.ResourceHookBinding(after_create=[pulumi.ResourceHook("bad", bad)])
        first = Thing("a", pulumi.ResourceOptions(hooks=hooks))
        Thing("b", value=first.id)

    result = engine.run("up", Program.of(program))

    assert result.exit_code == 1
    assert names(engine.snapshot) == ["a"]
    assert errors(result).splitlines() == ['after hook "bad" failed: not today', "update failed"]


# -- targets and excludes ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("operation", ["preview", "up"])
def test_what_needs_an_excluded_creation_is_refused(engine: Engine, operation: Operation):
    result = engine.run(operation, Program.of(pair), Options(excludes=["urn:pulumi:dev::tx::sim:index:Thing::first"]))

    assert result.exit_code == 1
    assert "::second' depends on 'urn:pulumi:dev::tx::sim:index:Thing::first' which does not exist yet" in errors(
        result
    )
    assert "--exclude-dependents" in errors(result)
    assert names(engine.snapshot) == []


def test_what_is_left_alone_finds_its_renamed_dependency(engine: Engine):
    def renamed() -> None:
        first = Thing("new", pulumi.ResourceOptions(aliases=[pulumi.Alias(name="first")]), value="2")
        Thing("other", pulumi.ResourceOptions(aliases=[pulumi.Alias(name="second")]), value=first.computed)

    engine.run("up", Program.of(pair))
    result = engine.run("up", Program.of(renamed), Options(targets=["urn:pulumi:dev::tx::sim:index:Thing::new"]))

    assert result.exit_code == 0
    assert names(engine.snapshot) == ["new", "second"]
    assert engine.run("up", Program.of(renamed)).exit_code == 0
    assert names(engine.snapshot) == ["new", "other"]


# -- refresh -----------------------------------------------------------------------------------------------------


def test_a_refresh_that_runs_the_program_shows_what_it_knows_before_it_reads(engine: Engine):
    engine.run("up", Program.of(pair))
    events: list[Any] = []
    engine.sink = events.append

    result = engine.run("refresh", Program.of(pair), Options(run_program=True))

    steps = [event for event in events if isinstance(event, StepEvent)]
    seen = [(event.phase, event.op) for event in steps if event.type == "pulumi:providers:sim"]
    assert seen[:2] == [("pre", "refresh"), ("outputs", "update")]  # never compared, so never known to be the same
    thing = [event for event in steps if event.type == "sim:index:Thing"]
    assert [(event.phase, event.op) for event in thing] == [("pre", "refresh"), ("outputs", "same")] * 2
    assert thing[0].new is not None
    assert thing[0].new.outputs == {}
    assert result.changes == {"same": 3}


# -- protection ----------------------------------------------------------------------------------------------------


def test_a_destroy_can_leave_what_is_protected_and_what_that_needs(engine: Engine):
    def program() -> None:
        needed = Thing("needed")
        guarded = Thing("guarded", value=needed.id, opts=pulumi.ResourceOptions(protect=True))
        Thing("dependent", value=guarded.id)
        Thing("child", opts=pulumi.ResourceOptions(parent=guarded, protect=False))

    leave = Options(exclude_protected=True)
    engine.run("up", Program.of(program))

    assert engine.run("destroy-preview", options=leave).changes["delete"] == 2
    assert (result := engine.run("destroy", options=leave)).exit_code == 0, result.diagnostics
    assert names(engine.snapshot) == ["needed", "guarded"]
    kinds = [state.type for state in engine.snapshot.resources]
    assert kinds[:2] == ["pulumi:pulumi:Stack", "pulumi:providers:sim"]

    before = engine.snapshot
    assert ((again := engine.run("destroy", options=leave)).exit_code, again.changes) == (0, {})
    assert engine.snapshot == before


# -- journal and protocol log --------------------------------------------------------------------------------------


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
    assert answers[-1]["request"]["sourcePosition"]["uri"].endswith("test_engine.py")
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
