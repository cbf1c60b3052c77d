"""How a command fails: the exit codes, and errors as text or JSON instead of a traceback."""

from enum import IntEnum
from typing import Any, Final

from platform_lib.core.errors import FindingsError, PlatformError, reason_of
from platform_lib.operations.errors import InputError, RefusedError

BUG_HINT: Final = "this is a defect of the platform; run again with --debug and report the traceback"


class ExitCode(IntEnum):
    """What the process ends with."""

    DONE = 0
    FAILED = 1
    USAGE = 2
    REFUSED = 3
    DIFFERENT = 4


def exit_code(error: BaseException) -> ExitCode:
    """The exit code that an error stands for."""
    if isinstance(error, InputError):
        return ExitCode.USAGE
    if isinstance(error, RefusedError):
        return ExitCode.REFUSED
    return ExitCode.FAILED


def error_text(error: BaseException) -> str:
    """What a user is told; an error that is not ours shows its kind and the way to report it."""
    if isinstance(error, PlatformError):
        return str(error)
    if isinstance(error, KeyboardInterrupt):
        return "interrupted: nothing was left half done by this command"
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        return f"{where}{reason_of(error)}"
    return f"{type(error).__name__}: {error}; {BUG_HINT}"


def error_json(error: BaseException) -> dict[str, Any]:
    """The error as JSON data: kind, message, exit code, and each finding where there are several."""
    data: dict[str, Any] = {"kind": type(error).__name__, "message": error_text(error)}
    if isinstance(error, FindingsError):
        data["subject"] = error.subject
        data["findings"] = [
            {"path": item.path, "problem": item.problem, "remedy": item.remedy} for item in error.findings
        ]
    return {"error": data, "exitCode": int(exit_code(error))}
