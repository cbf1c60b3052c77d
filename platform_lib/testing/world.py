"""What a program finds around itself: project, stack, configuration, other stacks, look-ups."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from platform_lib.core.errors import near
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine.target import ConfigValue, Target
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.lookups import Answer


@dataclass(frozen=True)
class World:
    """The surroundings of a program. Maps are taken as they are when a program starts.

    Attributes:
        config: configuration by key; a key without a namespace is the project's. Values are text, numbers, booleans,
            lists and maps, as in a stack file.
        secrets: configuration that is secret, likewise.
        stack_references: outputs of other stacks by the name that the program uses (``acme/network/prod``); values
            that are secret there are ``Secret``.
        lookups: answers of look-ups by function token: a map of outputs, or a function of the arguments that returns
            one, or None to leave it to the sandbox. What is not here the sandbox answers itself where it can.
        project: name of the project.
        stack: name of the stack.
        organization: of the backend.
    """

    config: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, Any] = field(default_factory=dict)
    stack_references: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    lookups: Mapping[str, Answer] = field(default_factory=dict)
    project: str = "project"
    stack: str = "test"
    organization: str = "organization"

    def target(self) -> Target:
        """The stack as the engine takes it.

        Raises:
            ExpectationError: a key is given in the open and as a secret.
        """
        values = {self._key(key): _value(value, secret=False) for key, value in self.config.items()}
        for key, value in self.secrets.items():
            full = self._key(key)
            if full in values:
                raise ExpectationError(f"config '{full}': is given in the open and as a secret; give it once")
            values[full] = _value(value, secret=True)
        return Target(self.project, self.stack, self.organization, values)

    def _key(self, key: str) -> str:
        return key if ":" in key else f"{self.project}:{key}"

    def config_secrets(self) -> tuple[str, ...]:
        """The texts of the secret configuration."""
        return tuple(value.value for value in self.target().config.values() if value.secret)

    def stack_outputs(self, reference: str) -> Properties | None:
        """The outputs of another stack; None where the test gives none.

        Raises:
            ExpectationError: the name is unlike those given, and one is near.
        """
        found = self.stack_references.get(reference)
        if found is None:
            if hint := near(reference, self.stack_references):
                raise ExpectationError(f"stack reference '{reference}': is not given; {hint}")
            return None
        return dict(found)


def _value(value: Any, *, secret: bool) -> ConfigValue:
    """A value as a stack file holds it: objects as JSON, booleans in lower case."""
    if isinstance(value, bool):
        return ConfigValue(str(value).lower(), secret)
    if isinstance(value, str | int | float):
        return ConfigValue(str(value), secret)
    return ConfigValue(json.dumps(value), secret, is_object=True)
