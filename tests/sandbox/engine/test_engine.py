"""The engine as others call it: functions as programs, failures, interruption, callbacks, targets, protection."""

import asyncio
from collections.abc import Callable
from typing import Any

import pulumi
import pytest

from platform_lib.core.errors import EngineError
from platform_lib.core.values import has_unknown
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import Operation, StepEvent
from platform_lib.sandbox.engine.monitor import OperationError
from platform_lib.sandbox.engine.target import Options, Program, Target
from support.sim_cloud import SimProvider, SimProviders
from support.things import Thing, errors, names, pair, void

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


# -- refresh -------------------------------------------------------------------------------------------------------


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
