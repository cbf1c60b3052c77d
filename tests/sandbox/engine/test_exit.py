"""Programs that end themselves by ``sys.exit``."""

import sys
from typing import Any

import pytest

from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.target import Program, Target
from support.sim_cloud import SimProviders

FAILED = "an unhandled error occurred: program exited with non-zero exit code: {}"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (3, [("error", FAILED.format(3))]),
        ("no such thing", [("info#err", "no such thing"), ("error", FAILED.format(1))]),
    ],
)
def test_an_exit_with_a_code_or_a_text_fails_the_run_and_says_so(code: Any, told: list[tuple[str, str]]) -> None:
    result = Engine(Target("app", "dev"), SimProviders()).run("up", Program.of(lambda: sys.exit(code)))
    assert result.exit_code == 1
    said = [(item.severity, item.message.strip()) for item in result.diagnostics if item.severity != "debug"]
    assert said[: len(told)] == told


@pytest.mark.parametrize("code", [0, None])
def test_an_exit_without_a_code_is_the_end_of_the_program(code: Any) -> None:
    assert Engine(Target("app", "dev"), SimProviders()).run("up", Program.of(lambda: sys.exit(code))).exit_code == 0
