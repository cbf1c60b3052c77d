"""Faults by rule: what goes wrong, where, how often; counted in the store, so that rules work across processes."""

import fnmatch
import json
from dataclasses import asdict, dataclass, fields
from typing import Any, Literal, get_args

from platform_lib.core.errors import CloudError, near

Effect = Literal["fail", "throttle", "timeout", "slow", "unready"]
Operation = Literal["any", "check", "create", "read", "update", "delete", "invoke"]


@dataclass(frozen=True, slots=True)
class FaultRule:
    """What goes wrong.

    Attributes:
        effect: ``fail`` (the call is refused), ``throttle`` (refused, and tried again by the provider as the real one
            does), ``timeout`` (the resource is made, but not ready in time), ``slow`` (the cloud's clock moves on by
            ``seconds``; beyond the resource's timeout that is a timeout), ``unready`` (made, but not ready).
        operation: which call; ``any`` for create, read, update, delete and invoke.
        type: pattern of the type or look-up token (``aws:ec2/*``).
        name: pattern of the logical name, or the whole URN.
        region: pattern of the region.
        nth: the first matching call that goes wrong, from 1.
        times: how many matching calls go wrong from there on; 0 for all.
        seconds: how long ``slow`` takes by the cloud's clock.
        message: the text of the refusal; a plain one when empty.
    """

    effect: Effect
    operation: Operation = "create"
    type: str = "*"
    name: str = "*"
    region: str = "*"
    nth: int = 1
    times: int = 1
    seconds: float = 0.0
    message: str = ""

    def __post_init__(self) -> None:
        for field, allowed in (("effect", get_args(Effect)), ("operation", get_args(Operation))):
            value = getattr(self, field)
            if value not in allowed:
                hint = near(str(value), allowed)
                raise CloudError(
                    f"fault: {field}: not known, got '{value}'; use one of {', '.join(allowed)}"
                    + (f" ({hint})" if hint else "")
                )
        for field, low in (("nth", 1), ("times", 0), ("seconds", 0)):
            if getattr(self, field) < low:
                raise CloudError(f"fault: {field}: too small, got {getattr(self, field)}; use {low} or more")

    def matches(self, operation: str, token: str, urn: str, region: str) -> bool:
        """Whether the rule speaks of this call."""
        if self.operation != operation and not (self.operation == "any" and operation != "check"):
            return False
        name = urn.rpartition("::")[2]
        return (
            fnmatch.fnmatchcase(token, self.type)
            and fnmatch.fnmatchcase(region, self.region)
            and (self.name in ("*", urn) or fnmatch.fnmatchcase(name, self.name))
        )

    def dumps(self) -> str:
        """The rule as JSON."""
        return json.dumps(asdict(self))

    @classmethod
    def loads(cls, text: str) -> "FaultRule":
        """The rule that ``dumps`` wrote."""
        data: dict[str, Any] = json.loads(text)
        known = {field.name for field in fields(cls)}
        return cls(**{key: value for key, value in data.items() if key in known})


@dataclass(frozen=True, slots=True)
class Fault:
    """A rule in force: its number, how many calls it matched, how many went wrong."""

    number: int
    rule: FaultRule
    seen: int
    fired: int
