"""Where the head of a record is kept with the stock engine: in a tag of the stack, on whatever backend it has."""

from dataclasses import dataclass
from typing import Final

from platform_lib.core.errors import EngineError
from platform_lib.operations.pulumi_stack import PulumiStack

TAG: Final = "platform:record"
"""Name of the tag."""


@dataclass(frozen=True)
class StackTag:
    """The head in a tag of the stack (``pulumi stack tag``). Whoever may write the state may write it: CI alone.

    Attributes:
        stack: whose tag it is; must exist in the backend.
    """

    stack: PulumiStack

    def read(self) -> str:
        """The head; empty where the stack has no such tag.

        Raises:
            EngineError: the backend cannot be reached, has no such stack, or keeps no tags.
        """
        return str(self._tags().get(TAG, ""))

    def write(self, head: str) -> None:
        """Keeps a head.

        Raises:
            EngineError: the backend cannot be reached, or keeps no tags.
        """
        self.stack.call("stack", "tag", "set", TAG, head)

    def prove(self, head: str) -> None:
        """Checks that the backend keeps what is written; asked once, when the record is opened.

        Raises:
            EngineError: it does not.
        """
        if self.read() != head:
            raise EngineError(
                f"stack '{self.stack.name}': the backend did not keep the tag {TAG}; update the Pulumi CLI"
            )

    def _tags(self) -> dict[str, object]:
        import json

        found: dict[str, object] = json.loads(self.stack.call("stack", "tag", "ls", "--json") or "{}")
        return found
