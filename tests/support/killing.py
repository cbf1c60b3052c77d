"""Operations that are killed at a time or a point, each in a process of its own."""

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from platform_lib.sandbox.workspace import Workspace
from support.backend import PASSPHRASE

SIZE = 40
"""How many resources the program has where nothing else is said."""

RUNNER = Path(__file__).parent / "kill_runner.py"


class Runner:
    """The process that runs operations and kills them.

    Attributes:
        workspace: where they run.
    """

    def __init__(self, folder: Path, imports: Sequence[str] = ()) -> None:
        """Starts the process.

        Args:
            folder: of the project.
            imports: modules that it loads before the first operation.
        """
        passphrase = {"PULUMI_CONFIG_PASSPHRASE": PASSPHRASE}
        self.workspace = Workspace(folder, env=passphrase)
        self._process = subprocess.Popen(
            [sys.executable, str(RUNNER), str(folder), *imports],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, **passphrase},
        )

    def run(
        self,
        operation: str = "up",
        value: str = "one",
        size: int | None = SIZE,
        kill: dict[str, Any] | None = None,
        *,
        stack: str = "dev",
    ) -> dict[str, Any]:
        """Runs an operation, of the project's own program where the size is None."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        request = {"operation": operation, "stack": stack, "value": value, "size": size, "kill": kill}
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, Any] = json.loads(self._process.stdout.readline())
        return answer

    def end(self) -> None:
        """Ends the process."""
        self._process.communicate()
