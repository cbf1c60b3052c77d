"""``governance/environments.yaml``: the environments in the order in which a change goes, and what each asks for."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Final, Literal

from pydantic import Field, model_validator

from platform_lib.core.errors import Finding, near
from platform_lib.core.validation import FieldError, SeveralFieldsError
from platform_lib.operations.duration import Duration, parse_duration
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.governance.file import Decisions
from platform_lib.operations.governance.window import WindowText

FILE: Final = "environments.yaml"


class Gate(StrEnum):
    """What the environment below has to show before a change comes up from it."""

    TESTS = "tests"
    """A JUnit report without a failure."""

    GATE = "gate"
    """The verdict of the gate at its deployment was ``accepted``."""

    DRIFT = "drift"
    """Its cloud is as its state says, seen now."""


class Environment(Decisions):
    """One environment."""

    name: str = Field(min_length=1)
    """As commands and records call it."""

    stack: str = ""
    """The stack that it is; left out, the one of the same name."""

    level: str = ""
    """Whose policy levels hold, of those that packs know (``dev``, ``staging``, ``prod``); left out, those of its name.
    The stack's own configuration cannot lower them."""

    packs: list[str] = Field(default_factory=list)
    """Policy packs that every change is judged by, whatever the change itself says; names or folders of packs."""

    gates: list[Gate] = Field(default_factory=lambda: list(Gate))
    """What the environment below has to show; left out, all of it. The lowest environment has none below."""

    soak: Duration = parse_duration("0s")
    """How long a commit has to have been in the environment below."""

    approvals: int = Field(default=0, ge=0, le=10)
    """How many people have to approve a change."""

    approvers: list[str] = Field(default_factory=list)
    """Who may; left out, everybody in ``approvers.yaml`` who may approve for this environment."""

    approval_ttl: Duration = parse_duration("24h")
    """How long an approval holds at most."""

    windows: list[WindowText] = Field(default_factory=list)
    """When changes may be made; left out, always. Rollbacks do not wait for one."""

    @property
    def stack_name(self) -> str:
        """Name of its stack."""
        return self.stack or self.name

    @property
    def policy_level(self) -> str:
        """Whose policy levels hold."""
        return self.level or self.name


class Environments(Decisions):
    """The file."""

    version: Literal[1]
    """Version of the form."""

    environments: list[Environment] = Field(min_length=1)
    """From the lowest, where every change starts, to the highest."""

    @model_validator(mode="before")
    @classmethod
    def _lowest_has_nothing_below(cls, data: Any) -> Any:
        entries = data.get("environments") if isinstance(data, dict) else None
        if isinstance(entries, list) and entries and isinstance(entries[0], dict):
            given = [key for key in ("gates", "soak") if entries[0].get(key)]
            if given:
                raise SeveralFieldsError(
                    [
                        Finding(
                            f"environments[0].{key}", "is set on the lowest environment", "nothing is below; drop it"
                        )
                        for key in given
                    ]
                )
            entries = [{**entries[0], "gates": []}, *entries[1:]]
            return {**data, "environments": entries}
        return data

    @model_validator(mode="after")
    def _once(self) -> "Environments":
        for label, values in (
            ("name", [item.name for item in self.environments]),
            ("stack", [item.stack_name for item in self.environments]),
        ):
            for index, value in enumerate(values):
                if value in values[:index]:
                    raise FieldError(
                        f"has a {label} twice, '{value}'", "give each its own", path=f"environments[{index}].{label}"
                    )
        return self

    def named(self, name: str) -> Environment:
        """An environment by name.

        Raises:
            UnknownNameError: there is none.
        """
        return self._one(name, [item.name for item in self.environments], "environment")

    def of_stack(self, stack: str) -> Environment:
        """The environment that a stack is.

        Raises:
            UnknownNameError: it is none.
        """
        return self._one(stack, [item.stack_name for item in self.environments], "stack")

    def _one(self, name: str, names: Sequence[str], what: str) -> Environment:
        if name not in names:
            hint = near(name, names) or f"there are {', '.join(names)}"
            raise UnknownNameError(f"{what} '{name}': is not in governance/{FILE}; {hint}")
        return self.environments[names.index(name)]

    def below(self, environment: Environment) -> Environment | None:
        """The environment that a change has to have been in before; None for the lowest."""
        index = self.environments.index(environment)
        return self.environments[index - 1] if index else None
