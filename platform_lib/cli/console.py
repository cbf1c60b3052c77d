"""Where output goes: people read stdout, machines read stdout with ``--json``, errors go to stderr."""

import json
import os
import sys
from typing import Any

from rich.console import Console


def out() -> Console:
    """The console of stdout; a pipe gets plain lines wide enough for a table."""
    return _console(stderr=False)


def err() -> Console:
    """The console of stderr."""
    return _console(stderr=True)


def _console(*, stderr: bool) -> Console:
    stream = sys.stderr if stderr else sys.stdout
    width = None if stream.isatty() or "COLUMNS" in os.environ else 140
    # The stream is held: while a program runs, sys.stdout is the engine's, which tells it as the program's messages.
    return Console(file=stream, highlight=False, soft_wrap=True, width=width, emoji=False, markup=False)


def is_live() -> bool:
    """Whether moving output makes sense: a terminal, and no build server."""
    return sys.stdout.isatty() and not os.environ.get("CI") and os.environ.get("TERM") != "dumb"


def is_interactive() -> bool:
    """Whether a person can be asked."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def print_json(data: Any) -> None:
    """Prints JSON to stdout, keys in the order in which they were put, and nothing else."""
    sys.stdout.write(json.dumps(data, indent=2, ensure_ascii=False, allow_nan=False) + "\n")
    sys.stdout.flush()
