"""A stack of the stock Pulumi CLI: whatever backend the user is logged in to, with the events that the sandbox tells.

The CLI is run as a person would run it: its login, its passphrase and its cloud credentials are those of the
environment. Nothing is parsed from what it prints for people: events come from its event log, states from its export.
"""

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, Literal

from platform_lib.core.errors import EngineError
from platform_lib.core.stack_file import read_stack_file
from platform_lib.operations.pulumi_events import read_events
from platform_lib.operations.run import interruptible
from platform_lib.sandbox.engine.event import EventSink, Operation
from platform_lib.sandbox.project import read_project

COMMANDS: Final[Mapping[Operation, Sequence[str]]] = {
    "preview": ("preview",),
    "up": ("up", "--yes", "--skip-preview"),
    "refresh": ("refresh", "--yes", "--skip-preview"),
    "refresh-preview": ("refresh", "--preview-only"),
    "destroy": ("destroy", "--yes", "--skip-preview"),
    "destroy-preview": ("destroy", "--preview-only"),
}

_VARIABLES: Final = {
    "PULUMI_SKIP_UPDATE_CHECK": "true",
    "PULUMI_DEBUG_COMMANDS": "true",  # offers --event-log
}


@dataclass(frozen=True)
class PulumiStack:
    """One stack of a project, as the stock CLI knows it.

    Attributes:
        directory: folder of the project's ``Pulumi.yaml``.
        name: of the stack; may be qualified by an organization.
        variables: the CLI's environment; the process's own where empty.
    """

    directory: Path
    name: str
    variables: Mapping[str, str] = field(default_factory=dict)
    engine: Literal["pulumi"] = "pulumi"

    @property
    def project(self) -> str:
        """Name of the project."""
        return read_project(self.directory).name

    def environment(self) -> str:
        """The configuration key ``environment`` of the project in the stack file; empty where it is not set."""
        project = read_project(self.directory)
        path = project.stack_file(self.name.rpartition("/")[2])
        if not path.is_file():
            return ""
        value = read_stack_file(path, project.name).values.get("environment", "")
        return value if isinstance(value, str) else ""

    def run(
        self,
        operation: Operation,
        *,
        sink: EventSink | None = None,
        refresh: bool = False,
        targets: Sequence[str] = (),
        arguments: Sequence[str] = (),
    ) -> int:
        """Runs an operation to its end.

        Args:
            operation: what to do; nobody is asked.
            sink: receives the events, once the operation is over.
            refresh: read the cloud first (``--refresh``).
            targets: URNs that it is limited to.
            arguments: further options of the CLI.

        Returns:
            The exit code of the CLI.

        Raises:
            EngineError: the CLI is not on PATH, or ended before it began (no such stack, backend not reachable).
        """
        words = [*COMMANDS[operation], *(["--refresh"] if refresh else [])]
        for urn in targets:
            words += ["--target", urn]
        with tempfile.TemporaryDirectory(prefix="platform-") as folder:
            log = Path(folder) / "events.jsonl"
            done = self._call(*words, "--event-log", str(log), *arguments)
            text = log.read_text(encoding="utf-8") if log.is_file() else ""
        if not text and done.returncode:
            raise self._failed(words[0], done)
        if sink is not None:
            for event in read_events(text):
                sink(event)
        return done.returncode

    def exists(self) -> bool:
        """Whether the backend has the stack.

        Raises:
            EngineError: the backend cannot be asked.
        """
        names = [item["name"] for item in self.listed()]
        return self.name in names or self.name in [name.rpartition("/")[2] for name in names]

    def listed(self) -> list[dict[str, Any]]:
        """The stacks of the project in the backend, as ``pulumi stack ls --json`` lists them."""
        found: list[dict[str, Any]] = json.loads(self.call("stack", "ls", "--json", stack=False))
        return found

    def export(self) -> dict[str, Any]:
        """The state in Pulumi's deployment format, secrets sealed.

        Raises:
            EngineError: there is no such stack, or the backend cannot be reached.
        """
        exported: dict[str, Any] = json.loads(self.call("stack", "export"))
        return exported

    def history(self) -> list[dict[str, Any]]:
        """The updates of the stack, newest first, with the configuration that each ran with; secrets are left out."""
        found: list[dict[str, Any]] = json.loads(self.call("stack", "history", "--json"))
        return found

    def call(self, *words: str, stack: bool = True) -> str:
        """Runs a command that prints to stdout, and answers that.

        Args:
            words: of the command.
            stack: name the stack to it.

        Raises:
            EngineError: it failed; with what it said.
        """
        done = self._call(*words, stack=stack)
        if done.returncode:
            raise self._failed(" ".join(words[:2]), done)
        return done.stdout

    def _call(self, *words: str, stack: bool = True) -> "subprocess.CompletedProcess[str]":
        environment = {
            **(self.variables or os.environ),
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",
        }
        program = shutil.which("pulumi", path=environment.get("PATH"))
        if program is None:
            raise EngineError(
                "engine pulumi: pulumi: not found on PATH; install the Pulumi CLI, "
                "or use --engine sandbox, which needs none"
            )
        chosen = ["--stack", self.name] if stack else []
        # Ctrl-C reaches the CLI as well, which ends what it has begun and lets the stack go: it must not be killed.
        with interruptible(_leave_it, _leave_it):
            return subprocess.run(  # noqa: S603  # the CLI by its path, arguments of our own
                [program, *words, *chosen, "--non-interactive", "--color", "never"],
                cwd=self.directory,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
            )

    def _failed(self, what: str, done: "subprocess.CompletedProcess[str]") -> EngineError:
        said = (done.stderr or done.stdout).strip() or f"exit code {done.returncode}"
        return EngineError(f"engine pulumi: stack '{self.name}': pulumi {what} failed, got: {said}")


def _leave_it(*_: object) -> None:
    """What this process does about an interruption: wait for the CLI."""
