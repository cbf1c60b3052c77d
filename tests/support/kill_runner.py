"""A process that runs operations in children of its own and kills them where it is told to.

Everything is imported once; each request (a line of JSON) forks a child, so that a kill costs no new interpreter.

Request: ``operation``, ``stack``, ``size`` (how many resources the program has, None for the project's own program),
``value`` (what they hold), ``kill``: None, or ``{"after": seconds}``, or ``{"at": point, "number": n}``, where the
point is ``begin``, ``call`` or ``commit`` (right before the n-th begin line, provider call, commit line), ``store`` or
``stored`` (before and after the state file is replaced). Answer: ``code`` (exit code, -9 for killed), ``seconds``.
"""

import importlib
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import Any

import pulumi

from platform_lib.sandbox.engine.backend.journal import FileJournal
from platform_lib.sandbox.engine.backend.store import StackStore
from platform_lib.sandbox.engine.target import Program
from platform_lib.sandbox.workspace import Workspace


class Parameter(pulumi.CustomResource):
    """``aws.ssm.Parameter`` without the SDK, whose import takes longer than a run."""

    def __init__(self, name: str, inputs: dict[str, Any], opts: pulumi.ResourceOptions) -> None:
        super().__init__("aws:ssm/parameter:Parameter", name, {"type": "String", **inputs, "arn": None}, opts)


def program(size: int, value: str) -> None:
    """Parameters in chains of five, of three kinds.

    Those with a name of their own are deleted before they are replaced when the value changes, those without one after;
    the others are updated, and hold a secret.
    """
    last: list[pulumi.Resource] = []
    for number in range(size):
        if number % 5 == 0:
            last = []
        replaced = number % 7 in (0, 3)
        inputs: dict[str, Any] = {"value": value if replaced else pulumi.Output.secret(f"{value}-{number}")}
        if number % 7 != 3:
            inputs["name"] = f"/p/r{number}"
        opts = pulumi.ResourceOptions(
            depends_on=last,
            replace_on_changes=["value"] if replaced else None,
            delete_before_replace=number % 7 == 0 or None,
        )
        last = [Parameter(f"r{number}", inputs, opts)]
    pulumi.export("value", value)


def _die_at(point: str, number: int) -> None:
    """Makes this process kill itself when it comes to a point for the n-th time."""
    left = [number]

    def before(owner: type, name: str) -> None:
        original = getattr(owner, name)

        def step(*arguments: Any, **options: Any) -> Any:
            left[0] -= 1
            if left[0] == 0 and point != "stored":
                os.kill(os.getpid(), signal.SIGKILL)
            result = original(*arguments, **options)
            if left[0] == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return result

        setattr(owner, name, step)

    if point == "call":
        from platform_lib.sandbox.cloud.provider import CloudProvider

        for name in ("create", "update", "delete"):
            before(CloudProvider, name)
    else:
        owner, name = {
            "begin": (FileJournal, "begin"),
            "commit": (FileJournal, "commit"),
            "store": (StackStore, "write"),
            "stored": (StackStore, "write"),
        }[point]
        before(owner, name)


def _run(folder: Path, request: dict[str, Any]) -> int:
    kill = request["kill"] or {}
    if "at" in kill:
        _die_at(kill["at"], kill["number"])
    size = request["size"]
    own = None if size is None else Program(function=lambda: program(size, request["value"]))
    return Workspace(folder).stack(request["stack"]).run(request["operation"], program=own).exit_code


def main() -> None:
    """Serves requests from standard input until it ends."""
    folder = Path(sys.argv[1])
    for module in sys.argv[2:]:
        importlib.import_module(module)
    # Derives the key of each stack's salt once for all children.
    for path in folder.glob("Pulumi.*.yaml"):
        Workspace(folder).stack(path.name.split(".")[1]).config()
    for line in sys.stdin:
        request = json.loads(line)
        started = time.monotonic()
        child = os.fork()
        if child == 0:
            code = 99
            try:
                code = _run(folder, request)
            finally:
                os._exit(code)
        if request["kill"] and "after" in request["kill"]:
            time.sleep(request["kill"]["after"])
            os.kill(child, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        print(json.dumps({"code": status, "seconds": time.monotonic() - started}), flush=True)


if __name__ == "__main__":
    main()
