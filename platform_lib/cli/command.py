"""How a command is made: its help with examples, and what happens when it fails."""

import contextlib
import functools
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any

import typer

from platform_lib.cli.failure import error_json, error_text, exit_code

Function = Callable[..., None]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.", rich_help_panel="General")]


def command(
    group: typer.Typer, name: str, *, examples: Sequence[str] = (), panel: str | None = None
) -> Callable[[Function], Function]:
    """Adds a function to a group of commands.

    The docstring is the help. Errors are shown without a traceback and end the process with their exit code; an option
    ``--debug`` that shows the traceback is added. With ``--json`` (a parameter ``as_json`` or ``form``) the error is
    printed as JSON on stdout as well, so that stdout is always a JSON document.

    Args:
        group: the group.
        name: name of the command.
        examples: command lines, each with a comment after ``#`` where it needs one.
        panel: heading under which the group's help lists it.
    """

    def add(function: Function) -> Function:
        group.command(
            name, help=_reflowed(inspect.getdoc(function) or ""), epilog=_examples(examples), rich_help_panel=panel
        )(_guarded(function))
        return function

    return add


def _reflowed(text: str) -> str:
    """Paragraphs on one line each, so that they are broken to the terminal's width and not to ours."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _examples(lines: Sequence[str]) -> str | None:
    if not lines:
        return None
    shown = []
    for line in lines:
        text, _, comment = line.partition("  #")
        text = text.rstrip().replace("[", "\\[")
        shown.append(f"  {text}" + (f"  [dim]#{comment}[/dim]" if comment else ""))
    return "\n".join(["[bold]Examples[/bold]", *shown])


def _guarded(function: Function) -> Function:
    @functools.wraps(function)
    def run(*args: Any, debug: bool = False, **kwargs: Any) -> None:
        try:
            function(*args, **kwargs)
        except (typer.Exit, typer.Abort, typer.TyperException):
            raise
        except BrokenPipeError:
            # The reader of a pipe left (`| head`): nothing is wrong, and what is still buffered must not fail either.
            with contextlib.suppress(OSError):
                os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            raise typer.Exit(0) from None
        except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # the last line of defence: a user gets a sentence, not a traceback
            raise typer.Exit(report(error, debug=debug, as_json=_wants_json(kwargs))) from None

    signature = inspect.signature(function)
    parameter = inspect.Parameter("debug", inspect.Parameter.KEYWORD_ONLY, default=False, annotation=Debug)
    run.__signature__ = signature.replace(parameters=[*signature.parameters.values(), parameter])  # type: ignore[attr-defined]  # typer reads it
    run.__annotations__ = {**function.__annotations__, "debug": Debug}
    return run


def _wants_json(arguments: Mapping[str, Any]) -> bool:
    return bool(arguments.get("as_json")) or arguments.get("form") == "json"


def report(error: BaseException, *, debug: bool, as_json: bool) -> int:
    """Shows an error.

    Args:
        error: what happened.
        debug: show the traceback as well.
        as_json: print it as JSON on stdout as well.

    Returns:
        The exit code of the process.
    """
    from platform_lib.cli.console import err, print_json

    if debug:
        sys.stderr.write("".join(traceback.format_exception(error)))
    if as_json:
        print_json(error_json(error))
    console = err()
    for line in error_text(error).splitlines():
        console.print("error: ", style="bold red", end="")
        console.print(line)
    return int(exit_code(error))
