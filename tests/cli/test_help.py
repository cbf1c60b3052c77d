"""The help needs no docs beside it, and costs no import of pulumi."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from support.cli_project import clean_environment, invoke

GROUPS = {
    "": "preview up refresh destroy status graph doctor version schema drift compare affected check-upgrade",
    "env/": "create list destroy sweep",
    "stacks/": "order preview up",
    "ci/": "init",
    "state/": "export import",
    "network/": "plan check reach release retire",
    "policy/": "check list show init",
    "secrets/": "due",
    "sandbox/": "ls show edit fault region reset",
    "drill/": "run runbook show",
}
COMMANDS = [group + name for group, names in GROUPS.items() for name in names.split()]


def registered() -> Iterator[str]:
    from typer.main import get_command

    from platform_lib.cli.app import app

    def walk(command: Any, path: str) -> Iterator[str]:
        for name, child in getattr(command, "commands", {}).items():
            below = f"{path}/{name}" if path else name
            if getattr(child, "commands", None):
                yield from walk(child, below)
            else:
                yield below

    return walk(get_command(app), "")


def test_every_command_is_there() -> None:
    assert set(COMMANDS) <= set(registered())


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_has_help_with_examples_and_can_show_its_traceback(path: str) -> None:
    answer = invoke(*path.split("/"), "--help")
    assert answer.code == 0
    assert "Examples" in answer.out
    assert f"platform {path.replace('/', ' ')}" in answer.out
    assert "--debug" in answer.out


@pytest.mark.parametrize("command", ["preview", "up", "refresh", "destroy"])
def test_what_runs_on_the_sandbox_says_so(command: str) -> None:
    assert "sandbox" in invoke(command, "--help").out.split("Options")[0]


def test_the_help_lists_the_exit_codes_and_where_to_start() -> None:
    text = " ".join(invoke("--help").out.split())
    assert "0 done, 1 failed, 2 wrong usage, 3 refused by a policy or gate" in text
    assert "platform preview --stack dev" in text


def test_nothing_given_shows_the_help() -> None:
    assert "Usage: platform" in invoke().out + invoke().err


def test_the_version() -> None:
    from importlib.metadata import version

    assert invoke("--version").out == f"platform-lib {version('platform-lib')}\n"
    assert invoke("version", "--json").json["pulumi"] == version("pulumi")


def test_the_help_imports_no_pulumi_and_nothing_heavy() -> None:
    code = """
import sys
sys.argv = ["platform", "--help"]
from platform_lib.cli import main
try:
    main()
except SystemExit as end:
    assert not end.code
heavy = set("pulumi pulumi_aws pulumi_policy pydantic grpc networkx ruamel jsonschema sqlite3 asyncio".split())
found = sorted({name.partition(".")[0] for name in sys.modules} & heavy)
assert not found, found
"""
    done = subprocess.run(
        [sys.executable, "-c", code], env=clean_environment(), capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
