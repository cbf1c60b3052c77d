"""The arguments of policies and of groups of people."""

import re

from pydantic import Field, field_validator

from platform_lib.components.vault_configuration.arguments.shared import check_policies, check_policy_name
from platform_lib.components.vault_configuration.kind import PolicyCapability
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.validation import FieldError

_PARAMETER = re.compile(r"[A-Za-z0-9_-]{1,64}")


class PolicyRuleArgs(ComponentArgs):
    """What may be done on a path."""

    path: str
    """Path as the API has it, without ``/`` in front, such as ``apps/data/shop/*``: its first part names an engine, a
    ``*`` at the end stands for whatever follows, a part ``+`` for one part. Secrets of a KV engine lie below ``data/``,
    their versions below ``metadata/``."""

    capabilities: list[PolicyCapability] = Field(min_length=1)
    """What is allowed; ``deny`` stands alone and wins over every other rule."""

    required_parameters: list[str] | None = Field(default=None, min_length=1)
    """Parameters that a request must have; left out means none."""

    minimum_wrapping_seconds: int | None = Field(default=None, ge=1, le=86_400)
    """The answer comes wrapped, for that long at least, 1 to 86,400 seconds; left out means that it need not."""

    maximum_wrapping_seconds: int | None = Field(default=None, ge=1, le=86_400)
    """The answer comes wrapped, for that long at most, 1 to 86,400 seconds; left out means that there is no limit."""

    @field_validator("capabilities")
    @classmethod
    def _check_capabilities(cls, value: list[PolicyCapability]) -> list[PolicyCapability]:
        if PolicyCapability.DENY in value and len(value) > 1:
            raise FieldError("holds 'deny' beside others, which it takes away", "give 'deny' alone, or leave it out")
        return each_once(value) or []

    @field_validator("required_parameters")
    @classmethod
    def _check_parameters(cls, value: list[str] | None) -> list[str] | None:
        for index, text in enumerate(value or ()):
            if not _PARAMETER.fullmatch(text):
                raise FieldError("is not a name of a parameter", path=f"[{index}]")
        return each_once(value)


class PolicyArgs(ComponentArgs):
    """A policy: a name, and rules."""

    name: str
    """Name of the policy, unique; another name makes another policy."""

    rules: list[PolicyRuleArgs] = Field(min_length=1)
    """What it allows."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_policy_name(value)


class GroupArgs(ComponentArgs):
    """A group of people: those whom an identity provider names so."""

    name: str
    """Name of the group, unique."""

    auth: str
    """Path of the OIDC or JWT method by which its members sign in."""

    claim: str | None = Field(default=None, min_length=1)
    """What the identity provider calls the group in ``groups_claim``; left out means ``name``."""

    policies: list[str] | None = Field(default=None, min_length=1)
    """Policies of its members; left out means none beside those of break-glass access."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("policies")
    @classmethod
    def _check_policies(cls, value: list[str] | None) -> list[str] | None:
        return value if value is None else check_policies(value)
