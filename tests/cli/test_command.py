"""What happens when a command fails."""

import json
import subprocess
from typing import Annotated, Any

import pytest
import typer
from typer.testing import CliRunner

from platform_lib.cli.command import command
from platform_lib.cli.failure import ExitCode, error_json, error_text, exit_code
from platform_lib.core.errors import ArgsError, EngineError, Finding, PlatformError
from platform_lib.operations.errors import InputError, RefusedError, UnknownNameError
from support.cli_project import clean_environment, command_path


def run(error: BaseException | None, *arguments: str) -> Any:
    app = typer.Typer(pretty_exceptions_enable=False)

    @command(app, "work", examples=["platform work  # [1] as an example"])
    def work(as_json: Annotated[bool, typer.Option("--json")] = False) -> None:
        """Works."""
        if error is not None:
            raise error
        typer.echo("worked" if not as_json else "{}")

    @app.callback()
    def root() -> None:
        """Makes a group of it."""

    return CliRunner().invoke(app, ["work", *arguments])


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (PlatformError("x: broken"), 1),
        (EngineError("x: broken"), 1),
        (InputError("x: broken"), 2),
        (UnknownNameError("x: broken"), 2),
        (RefusedError("x: broken"), 3),
    ],
)
def test_errors_of_ours_are_one_line_and_have_their_exit_code(error: PlatformError, code: int) -> None:
    result = run(error)
    assert (result.exit_code, result.stdout, result.stderr) == (code, "", "error: x: broken\n")
    assert exit_code(error) == code


def test_each_finding_has_its_line() -> None:
    error = ArgsError("VpcComponent 'main'", [Finding("tiers", "is empty", "add one"), Finding("cidr", "is missing")])
    assert run(error).stderr == (
        "error: VpcComponent 'main': tiers: is empty; add one\nerror: VpcComponent 'main': cidr: is missing\n"
    )


def test_the_traceback_is_shown_on_request() -> None:
    assert "Traceback" not in run(PlatformError("broken")).stderr
    assert "Traceback (most recent call last)" in run(PlatformError("broken"), "--debug").stderr


def test_a_defect_of_ours_asks_for_a_report() -> None:
    result = run(ZeroDivisionError("division by zero"))
    assert result.exit_code == 1
    assert result.stderr == (
        "error: ZeroDivisionError: division by zero; this is a defect of the platform; "
        "run again with --debug and report the traceback\n"
    )


def test_files_and_interruptions_are_no_defects() -> None:
    assert (
        error_text(FileNotFoundError(2, "No such file or directory", "a.json")) == "a.json: no such file or directory"
    )
    assert error_text(KeyboardInterrupt()) == "interrupted: nothing was left half done by this command"
    assert exit_code(KeyboardInterrupt()) is ExitCode.FAILED


def test_json_stays_json() -> None:
    error = ArgsError("VpcComponent 'main'", [Finding("tiers", "is empty", "add one")])
    result = run(error, "--json")
    assert json.loads(result.stdout) == error_json(error)
    assert error_json(error) == {
        "error": {
            "kind": "ArgsError",
            "message": "VpcComponent 'main': tiers: is empty; add one",
            "subject": "VpcComponent 'main'",
            "findings": [{"path": "tiers", "problem": "is empty", "remedy": "add one"}],
        },
        "exitCode": 1,
    }


def test_a_reader_that_leaves_is_no_error() -> None:
    # Enough output to fill the pipe, so that the writer notices.
    command = [str(command_path()), "schema", "aws:ec2/instance:Instance", "--depth", "8", "--json"]
    writer = subprocess.Popen(command, env=clean_environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert writer.stdout is not None
    assert writer.stderr is not None
    assert writer.stdout.readline() == b"{\n"
    writer.stdout.close()
    assert (writer.wait(timeout=120), writer.stderr.read()) == (0, b"")
    writer.stderr.close()


def test_all_is_well() -> None:
    assert run(None).stdout == "worked\n"
    assert "platform work" in run(None, "--help").stdout
    assert "[1] as an example" in run(None, "--help").stdout
