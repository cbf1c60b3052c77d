"""What services do by themselves after a call was answered, by the cloud's clock: states and names that take time.

Providers wait until what they make is ready, so programs meet few states that are not final. Told here are those that
no provider waits for. Nothing in the sandbox sleeps: time passes as real time does, or as the clock is moved.
"""

import datetime
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.clock import Clock

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.model import Request
    from platform_lib.sandbox.cloud.store import Row, Store

_HELD = "held "
"""Begins the settings in which names that are still taken are kept."""


@dataclass(frozen=True, slots=True)
class Later:
    """An output that the service changes by itself; the type's ``compute`` sets its first value.

    Attributes:
        property: the output.
        first: the value that does not stay.
        then: what it becomes.
        seconds: how long that takes; where the vendor gives no time, the rule says that it is an assumption.
        since: counted from the creation, or from the last change.
    """

    property: str
    first: Any
    then: Any
    seconds: float
    since: Literal["created", "modified"] = "modified"


@dataclass(frozen=True, slots=True)
class Held:
    """A name that stays taken after its resource was deleted.

    Attributes:
        seconds: for how long, from the deleted resource's inputs; 0 for not at all.
        refusal: of a create with that name.
        recovers: whether a create takes the deleted resource back instead, from its inputs.
    """

    seconds: Callable[[Properties], float]
    refusal: str
    recovers: Callable[[Properties], bool] = lambda _: False


def settled(rules: tuple[Later, ...], row: "Row", clock: Clock) -> "Row":
    """A row as it is now: outputs whose time has passed have become what they become."""
    changed = {
        later.property: later.then
        for later in rules
        if row.outputs.get(later.property) == later.first
        and (clock.now() - datetime.datetime.fromisoformat(getattr(row, later.since))).total_seconds() >= later.seconds
    }
    return replace(row, outputs=row.outputs | changed) if changed else row


def hold(rule: Held | None, row: "Row", inputs: Properties, store: "Store", clock: Clock) -> None:
    """A resource is deleted: its name stays taken for as long as the service keeps it."""
    if rule is None or row.unique_key is None:
        return
    seconds = rule.seconds(inputs)
    if seconds > 0:
        until = clock.now() + datetime.timedelta(seconds=seconds)
        store.set_setting(_HELD + row.unique_key, until.isoformat())


def refusal(rule: Held | None, key: str | None, request: "Request", store: "Store", clock: Clock) -> str:
    """Why a create cannot have its name yet; empty where it can."""
    if rule is None or key is None:
        return ""
    until = store.settings(_HELD + key).get(_HELD + key)
    if until is None:
        return ""
    if rule.recovers(request.inputs) or clock.now() >= datetime.datetime.fromisoformat(until):
        store.set_setting(_HELD + key, None)
        return ""
    return request.format(rule.refusal)
