"""What several groups of arguments share: life of tokens, rotation, names."""

import re
from datetime import date

from pydantic import Field, field_validator

from platform_lib.components.vault_configuration.kind import RotationDays
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError, SeveralFieldsError

LONGEST_TOKEN_SECONDS = 43_200
"""Twelve hours, a working day: an assumption of ours. The engines themselves allow 32 days by default
(https://openbao.org/docs/configuration/#max_lease_ttl)."""

RESERVED_MOUNTS = ("audit", "auth", "cubbyhole", "identity", "sys", "token")
"""Paths that belong to the engine."""

RESERVED_POLICIES = ("control-group", "default", "response-wrapping", "root")
"""Policies that belong to the engine (https://openbao.org/docs/concepts/policies/#built-in-policies)."""

_OWNER = re.compile(r"[a-z][a-z0-9_-]{0,62}")
_KUBERNETES_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?")


def check_mount(value: str) -> str:
    """A path of an engine or a method: one word, so that policies cannot be misread."""
    check_name(value)
    if value in RESERVED_MOUNTS:
        raise FieldError("belongs to the engine itself", "use a name of your own")
    return value


def check_policy_name(value: str) -> str:
    """A name of a policy."""
    check_name(value)
    if value in RESERVED_POLICIES:
        raise FieldError("belongs to the engine itself", "use a name of your own")
    return value


def check_policies(values: list[str]) -> list[str]:
    """Names of policies that a role or group gets, each once and none of the engine's."""
    findings = [
        Finding(f"[{index}]", f"belongs to the engine itself, got {value!r}", "name policies of this configuration")
        for index, value in enumerate(values)
        if value in RESERVED_POLICIES
    ]
    if findings:
        raise SeveralFieldsError(findings)
    return each_once(values) or []


def check_cidrs(values: list[str] | None) -> list[str] | None:
    """IPv4 ranges, each once and none that lets everybody in."""
    findings = []
    for index, text in enumerate(values or ()):
        try:
            block = parse_ipv4(text)
        except FieldError as error:
            findings.append(Finding(f"[{index}]", f"{error.problem}, got {text!r}", error.remedy))
            continue
        if block.prefixlen == 0:
            findings.append(Finding(f"[{index}]", f"is every address there is, got {text!r}", "name your own"))
    if findings:
        raise SeveralFieldsError(findings)
    return each_once(values)


def check_kubernetes_names(values: list[str]) -> list[str]:
    """Names of service accounts or namespaces, each once and none a wildcard."""
    findings = [
        Finding(f"[{index}]", f"is not a name of Kubernetes, got {text!r}", "name each one; '*' lets in every pod")
        for index, text in enumerate(values)
        if not _KUBERNETES_NAME.fullmatch(text)
    ]
    if findings:
        raise SeveralFieldsError(findings)
    return each_once(values) or []


def check_day(value: str) -> str:
    """A day, such as ``2026-03-31``."""
    try:
        date.fromisoformat(value)
    except ValueError:
        raise FieldError("is not a day", "write it as '2026-03-31'") from None
    if len(value) != len("2026-03-31"):
        raise FieldError("is not a day", "write it as '2026-03-31'")
    return value


def check_owner(value: str | None) -> str | None:
    """A team."""
    if value is not None and not _OWNER.fullmatch(value):
        raise FieldError("must be 1 to 63 lower-case letters, digits, '_' or '-', beginning with a letter")
    return value


class TokenArgs(ComponentArgs):
    """What a token is good for."""

    ttl_seconds: int | None = Field(default=None, ge=60, le=LONGEST_TOKEN_SECONDS)
    """Life of a token until it must be renewed, 60 to 43,200 seconds; left out means 1,200, or ``maximum_seconds``
    where that is less."""

    maximum_seconds: int | None = Field(default=None, ge=60, le=LONGEST_TOKEN_SECONDS)
    """Its life with all renewals, 60 to 43,200 seconds; left out means 3,600, which is what the policy packs allow."""

    bound_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that the token may be used from; left out means any."""

    @field_validator("bound_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return check_cidrs(value)


class RotationArgs(ComponentArgs):
    """An entry of the rotation ledger: who answers for a secret, how old it may become, when it was last changed."""

    last_rotated: str
    """Day of the last rotation, such as ``2026-03-31``. Nothing can be read about it: whoever rotates writes it here,
    and ``platform secrets due`` compares it with the clock."""

    maximum_days: RotationDays | None = None
    """How old the secret may become: 30, 60 or 90 days; left out means 90."""

    owner: str | None = None
    """The team that rotates it; left out means the owner of the context."""

    @field_validator("last_rotated")
    @classmethod
    def _check_day(cls, value: str) -> str:
        return check_day(value)

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: str | None) -> str | None:
        return check_owner(value)
