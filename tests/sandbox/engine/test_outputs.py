"""What programs leave behind in the process that they ran in."""

import gc
import inspect
from types import CoroutineType
from typing import Any

import pulumi

from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Program, Target
from support.sim_cloud import SimProviders


def never_started() -> list[Any]:
    """Coroutines that Python will warn of as soon as they are collected."""
    return [
        one
        for one in gc.get_objects()
        if type(one) is CoroutineType and inspect.getcoroutinestate(one) == inspect.CORO_CREATED
    ]


def test_a_failed_program_leaves_no_coroutine_that_python_warns_of_later() -> None:
    def program() -> None:
        other = pulumi.StackReference("organization/other/dev")
        pulumi.export("first", other.require_output("first"))
        pulumi.export("second", other.get_output("second"))

    engine = Engine(Target("app", "dev"), SimProviders())
    before = {id(one) for one in never_started()}
    result = engine.run("up", Program.of(program))  # kept, and so is the traceback of its error
    assert result.exit_code == 1
    assert [one for one in never_started() if id(one) not in before] == []
