"""A planned recovery as text that others read: what ``DrReplica`` hands out, and runbooks and drills are made from."""

import json
from dataclasses import asdict
from enum import StrEnum
from functools import cache
from typing import Final

from pydantic import TypeAdapter, ValidationError

from platform_lib.components.dr.planning.model import DrPlan, Step
from platform_lib.core.errors import PlatformError

VERSION: Final = 1
"""Raised when a reader of the old form would misread the new one; a field more needs no new version."""


class Way(StrEnum):
    """What a runbook leads through."""

    FAILOVER = "failover"
    FAILBACK = "failback"
    RESTORE = "restore"


def steps_of(plan: DrPlan, way: Way) -> tuple[Step, ...]:
    """The steps of a way, in order."""
    return {Way.FAILOVER: plan.failover, Way.FAILBACK: plan.failback, Way.RESTORE: plan.restore}[way]


def write_plan(plan: DrPlan) -> str:
    """The plan as JSON, the same for the same plan."""
    return json.dumps({"version": VERSION, "plan": asdict(plan)}, separators=(",", ":"), ensure_ascii=False)


def read_plan(text: str, *, subject: str) -> DrPlan:
    """The plan that ``write_plan`` wrote.

    Args:
        text: what it wrote.
        subject: whose plan it is, for messages.

    Raises:
        PlatformError: it is none, or of a newer version.
    """
    try:
        document = json.loads(text)
        version = document["version"]
        held = document["plan"]
    except (ValueError, TypeError, KeyError):
        raise PlatformError(f"{subject}: plan: cannot be read; run up with the program that made it") from None
    if version != VERSION:
        raise PlatformError(
            f"{subject}: plan: is of another version, got {version!r}; use the platform-lib that the program uses"
        )
    try:
        return _adapter().validate_python(held)
    except ValidationError as error:
        places = {".".join(map(str, one["loc"])) for one in error.errors(include_input=False, include_url=False)}
        where = ", ".join(sorted(places))
        raise PlatformError(
            f"{subject}: plan: has another form at {where}; use the platform-lib that the program uses"
        ) from None


@cache
def _adapter() -> TypeAdapter[DrPlan]:
    return TypeAdapter(DrPlan)
