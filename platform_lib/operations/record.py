"""What a run did, gathered from the engine's events: one change per resource, however many steps it took."""

import threading
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal

from platform_lib.operations.changes import PropertyChange, property_changes
from platform_lib.operations.stateful import stateful
from platform_lib.sandbox.engine.event import (
    CancelEvent,
    DiagnosticEvent,
    Event,
    PolicyEvent,
    PreludeEvent,
    StateView,
    StepEvent,
    SummaryEvent,
)
from platform_lib.sandbox.engine.policy import PolicyFinding

Action = Literal["create", "update", "replace", "delete", "read", "import", "forget", "same"]
"""What became of a resource; ``forget`` is gone from the state and untouched in the cloud."""

ACTIONS: Final[Mapping[str, Action]] = {
    "same": "same",
    "create": "create",
    "update": "update",
    "delete": "delete",
    "replace": "replace",
    "create-replacement": "replace",
    "delete-replaced": "replace",
    "read": "read",
    "read-replacement": "replace",
    "refresh": "same",
    "discard": "forget",
    "discard-replaced": "replace",
    "remove-pending-replace": "same",
    "import": "import",
    "import-replacement": "replace",
}
_WEIGHT: Final[Mapping[Action, int]] = {
    "same": 0,
    "read": 1,
    "import": 2,
    "create": 3,
    "update": 3,
    "forget": 4,
    "delete": 4,
    "replace": 5,
}

STACK_TYPE: Final = "pulumi:pulumi:Stack"
_PROVIDER_PREFIX: Final = "pulumi:providers:"


@dataclass(frozen=True, slots=True)
class Change:
    """What a run did, or a preview would do, to one resource.

    Attributes:
        action: what became of it.
        urn: URN.
        type: type token.
        name: logical name.
        component: names of the components around it, outermost first; empty for a child of the stack.
        id: provider's id, as far as known.
        properties: the properties that moved.
        keys: top-level properties that force the replacement.
        protected: it is marked ``protect``.
        stateful: what would be lost with it (``holds data``), empty where nothing would.
        retained: it leaves the state and stays in the cloud (``retain_on_delete``).
        failed: the step failed; the diagnostics say why.
    """

    action: Action
    urn: str
    type: str
    name: str
    component: tuple[str, ...] = ()
    id: str = ""
    properties: tuple[PropertyChange, ...] = ()
    keys: tuple[str, ...] = ()
    protected: bool = False
    stateful: str = ""
    retained: bool = False
    failed: bool = False

    @property
    def loses(self) -> bool:
        """Whether the old resource goes away."""
        return self.action in ("replace", "delete") and not self.retained

    @property
    def background(self) -> bool:
        """Whether it is the stack itself or a default provider: made by the engine, not by the program."""
        return self.type == STACK_TYPE or (is_provider(self.type) and self.name.startswith("default"))


@dataclass(frozen=True, slots=True)
class ComponentCount:
    """What a run did to the resources of one outermost component.

    Attributes:
        urn: of the component.
        counts: resources in it by what became of them; it and the components in it are not counted.
    """

    urn: str
    counts: Mapping[Action, int]

    @property
    def moved(self) -> bool:
        """Whether anything is not as it was."""
        return any(action != "same" for action in self.counts)


def reason_of(message: str) -> str:
    """What a message of failure says, in a line: its first one; of a traceback the last, which is the error itself."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if not lines:
        return "no reason was told"
    return lines[-1] if lines[0].startswith("Program failed with an unhandled exception") else lines[0]


@dataclass
class Record:
    """An event sink that keeps what a person or a report wants to know; safe to call from several threads.

    Attributes:
        show_secrets: keep secrets in property changes.
        diagnostics: messages in order, debug messages left out.
        findings: findings of the policies in the order of their coming.
        counts: steps as the engine's summary counts them.
        seconds: how long the operation took.
        interrupted: the user asked to stop.
    """

    show_secrets: bool = False
    diagnostics: list[DiagnosticEvent] = field(default_factory=list)
    findings: list[PolicyFinding] = field(default_factory=list)
    counts: Mapping[str, int] = field(default_factory=dict)
    seconds: float = 0.0
    interrupted: bool = False
    _changes: dict[str, Change] = field(default_factory=dict)
    _parents: dict[str, str] = field(default_factory=dict)
    _components: set[str] = field(default_factory=set)
    _told: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, event: Event) -> Change | None:
        """Takes one event.

        Returns:
            The change, where the event is the one that settles what became of a resource; None otherwise.
        """
        with self._lock:
            match event:
                case StepEvent():
                    return self._step(event)
                case DiagnosticEvent(severity="debug"):
                    return None
                case DiagnosticEvent():
                    self.diagnostics.append(event)
                case PolicyEvent(finding=finding):
                    self.findings.append(finding)
                case SummaryEvent(changes=changes, seconds=seconds):
                    self.counts, self.seconds = dict(changes), seconds
                case PreludeEvent() | CancelEvent():
                    pass
            return None

    def _step(self, event: StepEvent) -> Change | None:
        view = event.new or event.old
        if view is not None:
            self._parents[event.urn] = view.parent
            if not view.custom:
                self._components.add(event.urn)
        if event.phase == "pre":
            return None
        change = self._change(event, view)
        known = self._changes.get(event.urn)
        heavier = known is not None and _WEIGHT[change.action] > _WEIGHT[known.action]
        if known is not None:
            # Later steps of the same resource (the deletion of a replaced copy, the outputs of a component) complete
            # what is known; they are news only when they fail or weigh more.
            first, second = (change, known) if heavier else (known, change)
            change = replace(
                first,
                properties=first.properties or second.properties,
                keys=first.keys or second.keys,
                id=change.id or known.id,
                failed=first.failed or second.failed,
                retained=first.retained or second.retained,
                protected=first.protected or second.protected,
            )
        self._changes[event.urn] = change
        news = heavier or event.urn not in self._told or (change.failed and not (known and known.failed))
        if event.op == "delete-replaced" and event.phase != "failed" and known is None:
            return None  # the old copy goes first; the step that makes the new one tells why
        self._told.add(event.urn)
        return change if news else None

    def _change(self, event: StepEvent, view: StateView | None) -> Change:
        action = ACTIONS[event.op]
        old = event.old
        holder = old or view
        goes = event.op in ("delete", "delete-replaced")
        return Change(
            action=action,
            urn=event.urn,
            type=event.type,
            name=urn_name(event.urn),
            component=self.component(event.urn),
            id=view.id if view else "",
            properties=tuple(property_changes(event, show_secrets=self.show_secrets))
            if action in ("update", "replace", "import")
            else (),
            keys=tuple(event.keys),
            protected=bool(holder and holder.protect),
            stateful=stateful(event.type),
            retained=bool(goes and old and old.retain_on_delete),
            failed=event.phase == "failed",
        )

    def component(self, urn: str) -> tuple[str, ...]:
        """The names of the components around a resource, outermost first."""
        return tuple(urn_name(parent) for parent in self._around(urn))

    def _around(self, urn: str) -> Sequence[str]:
        found: list[str] = []
        parent = self._parents.get(urn, "")
        while parent and urn_type(parent) != STACK_TYPE and len(found) < 64:
            found.insert(0, parent)
            parent = self._parents.get(parent, "")
        return found

    @property
    def changes(self) -> Sequence[Change]:
        """One change per resource, in the order in which they were settled."""
        # Parents are settled after their children when a stack goes down, so the path is completed here.
        return [replace(change, component=self.component(change.urn)) for change in self._changes.values()]

    @property
    def by_component(self) -> Sequence[ComponentCount]:
        """What became of the resources of each outermost component, by its type and name."""
        found: dict[str, Counter[Action]] = {}
        for change in self._changes.values():
            around = self._around(change.urn)
            if around and around[0] in self._components and change.urn not in self._components:
                found.setdefault(around[0], Counter())[change.action] += 1
        return [ComponentCount(urn, found[urn]) for urn in sorted(found, key=lambda urn: (urn_type(urn), urn))]

    @property
    def moved(self) -> Sequence[Change]:
        """The changes worth showing: all but what stayed as it was and what the engine made for itself."""
        return [
            change for change in self.changes if change.failed or (change.action != "same" and not change.background)
        ]

    @property
    def at_risk(self) -> Sequence[Change]:
        """What is protected or holds something, and is replaced or deleted."""
        return [change for change in self.changes if change.loses and (change.protected or change.stateful)]

    @property
    def retained(self) -> Sequence[Change]:
        """What left the state and stays in the cloud."""
        return [change for change in self.changes if change.retained]

    @property
    def step_failed(self) -> bool:
        """Whether a step failed."""
        return any(change.failed for change in self._changes.values())

    @property
    def failed(self) -> bool:
        """Whether a step failed or an error was reported."""
        return self.step_failed or any(item.severity == "error" for item in self.diagnostics)


def is_provider(token: str) -> bool:
    """Whether a type is that of a provider instance."""
    return token.startswith(_PROVIDER_PREFIX)


def urn_name(urn: str) -> str:
    """The logical name in a URN (it may hold ``::`` itself)."""
    return urn.split("::", 3)[-1]


def urn_type(urn: str) -> str:
    """The type token in a URN, without those of its parents."""
    parts = urn.split("::", 3)
    return parts[2].rsplit("$", 1)[-1] if len(parts) == 4 else ""


def change_json(change: Change) -> dict[str, Any]:
    """A change as JSON data; what is empty is left out, except for its identity."""
    data: dict[str, Any] = {
        "action": change.action,
        "urn": change.urn,
        "type": change.type,
        "name": change.name,
        "component": list(change.component),
    }
    if change.id:
        data["id"] = change.id
    if change.properties:
        data["properties"] = [
            {
                "path": item.path,
                "kind": item.kind,
                "old": item.old,
                "new": item.new,
                "replaces": item.replaces,
                "inferred": item.inferred,
            }
            for item in change.properties
        ]
    if change.keys:
        data["replaceKeys"] = list(change.keys)
    marks = {
        "protected": change.protected,
        "stateful": change.stateful,
        "retained": change.retained,
        "failed": change.failed,
    }
    return data | {key: value for key, value in marks.items() if value}
