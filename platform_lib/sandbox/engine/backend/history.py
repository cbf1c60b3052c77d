"""The last operations on a stack: when, what, how it ended."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.backend.files import read_bytes, write_atomic

KEPT: Final = 100
"""How many operations are remembered."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation that changed, or could have changed, a stack.

    Attributes:
        run: id of the run.
        operation: ``up``, ``destroy``, ``refresh``, ``import``, ...
        started: when, RFC 3339.
        seconds: how long it took.
        exit_code: as in ``Result``.
        changes: steps by kind, as the summary counts them.
        resources: how many the state held afterwards.
        serial: the version of the state that it wrote.
    """

    run: str
    operation: str
    started: str
    seconds: float
    exit_code: int
    changes: Mapping[str, int] = field(default_factory=dict)
    resources: int = 0
    serial: int = 0


def read_history(path: Path, *, subject: str) -> list[Operation]:
    """The remembered operations, oldest first.

    Raises:
        EngineError: the file is damaged.
    """
    data = read_bytes(path, subject=subject)
    if data is None:
        return []
    try:
        document: Any = json.loads(data)
        return [Operation(**entry) for entry in document["operations"]]
    except (ValueError, KeyError, TypeError) as error:
        raise EngineError(
            f"{subject}: {path}: damaged history, got {type(error).__name__}; delete the file: only the list of past "
            "operations is lost"
        ) from error


def append_history(path: Path, operation: Operation, *, subject: str) -> None:
    """Remembers one more operation; a damaged history is begun anew, beside the old one.

    Raises:
        EngineError: it cannot be written.
    """
    try:
        known = read_history(path, subject=subject)
    except EngineError:
        path.replace(path.with_suffix(".damaged"))
        known = []
    kept = [asdict(item) for item in [*known, operation][-KEPT:]]
    data = json.dumps({"version": 1, "operations": kept}, indent=1).encode() + b"\n"
    write_atomic(path, data, subject=subject, sync=False)
