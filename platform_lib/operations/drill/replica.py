"""The recoveries that a stack has, as its state tells of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from platform_lib.components.dr.document import read_plan
from platform_lib.components.dr.planning.model import DrPlan
from platform_lib.core.errors import PlatformError, near
from platform_lib.core.values import plain
from platform_lib.operations.errors import InputError, UnknownNameError
from platform_lib.operations.record import urn_name

REPLICA: Final = "platform-lib:index:DrReplica"


@dataclass(frozen=True)
class Replica:
    """A ``DrReplica`` of a stack.

    Attributes:
        urn: of the component.
        plan: what it planned.
        sources: ARN of each source, by name; without those whose owner copies them to a place of the component.
        copies: ARN or id of the copy of each source that the component made, by name.
    """

    urn: str
    plan: DrPlan
    sources: Mapping[str, str]
    copies: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The component's name."""
        return urn_name(self.urn)


def replicas(deployment: Mapping[str, Any]) -> list[Replica]:
    """The recoveries in a state.

    Args:
        deployment: a state in Pulumi's deployment format.

    Raises:
        PlatformError: one was made by another version and cannot be read.
    """
    found = []
    for entry in deployment.get("deployment", {}).get("resources") or ():
        if entry.get("type") != REPLICA or entry.get("delete"):
            continue
        urn, outputs = str(entry["urn"]), plain(entry.get("outputs") or {})
        subject = f"DrReplica {urn_name(urn)!r}"
        if not isinstance(outputs.get("plan"), str):
            raise PlatformError(f"{subject}: plan: is not in the state; run up with this platform-lib first")
        sources, copies = outputs.get("sources") or {}, outputs.get("copies") or {}
        found.append(Replica(urn, read_plan(outputs["plan"], subject=subject), dict(sources), dict(copies)))
    return found


def choose(found: Sequence[Replica], name: str | None, *, stack: str) -> Replica:
    """The recovery that is meant.

    Args:
        found: those that the stack has.
        name: that was asked for; None where none was.
        stack: name of the stack, for messages.

    Raises:
        UnknownNameError: there is none of that name, or none at all.
        InputError: there are several, and none was named.
    """
    names = [one.name for one in found]
    if not found:
        raise UnknownNameError(f"stack '{stack}': has no DrReplica; a drill needs one, see docs/components/dr.md")
    if name is None:
        if len(found) > 1:
            raise InputError(
                f"stack '{stack}': has {len(found)} DrReplicas; name one of {', '.join(names)} by --replica"
            )
        return found[0]
    for one in found:
        if one.name == name:
            return one
    hint = near(name, names) or f"there are {', '.join(names)}"
    raise UnknownNameError(f"stack '{stack}': has no DrReplica '{name}'; {hint}")
