"""A stack of one program that brings its own providers, on the sandbox engine, with everything in memory."""

from collections.abc import Callable
from typing import Any

from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import Result
from platform_lib.sandbox.engine.target import Program, Target


class ProgramStack:
    """Runs operations on a stack."""

    def __init__(self) -> None:
        self.cloud = open_cloud(None)
        self.engine = Engine(Target("platform", "test"), self.cloud)

    def run(self, operation: str, program: Callable[[], None] | None = None) -> Result:
        """Runs an operation, with a program where it takes one."""
        return self.engine.run(operation, Program(function=program) if program else None)

    def up(self, program: Callable[[], None]) -> dict[str, int]:
        """Deploys, and answers how many steps of each kind that took."""
        result = self.run("up", program)
        assert result.exit_code == 0, "\n".join(item.message for item in result.diagnostics)
        return dict(result.changes)

    def of_type(self, token: str) -> dict[str, Any]:
        """Resources of a type in the state, by logical name."""
        found = (item for item in self.engine.snapshot.resources if item.type == token)
        return {item.urn.rsplit("::", 1)[-1]: item for item in found}
