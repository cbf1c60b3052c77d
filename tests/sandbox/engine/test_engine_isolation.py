"""Programs in one process keep apart, and leave nothing of the engine in the SDK."""

import asyncio
import gc
import os
import sys
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

from platform_lib.core.values import Secret
from platform_lib.sandbox.engine import acceleration
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import DiagnosticEvent
from platform_lib.sandbox.engine.program import ProgramLoop
from platform_lib.sandbox.engine.target import ConfigValue, Program, Target
from support.sim_cloud import SimProviders
from support.things import Thing, pair


@dataclass
class Callbacks:
    """Says whether the program has registered one."""

    used: bool = False


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
