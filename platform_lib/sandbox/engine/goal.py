"""What the program asks for: registrations and reads, as the step generator gets them, and what they are answered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from platform_lib.core.values import Properties, Value
from platform_lib.sandbox.engine.state import ResourceState

ResultKind = Literal["success", "failed", "skipped"]


@dataclass(frozen=True, slots=True)
class Alias:
    """A former identity of a resource: a URN, or the parts that differ from today's.

    Attributes:
        urn: the whole URN; the other parts are then ignored.
        name: former logical name; empty for today's, and so for the parts below.
        type: former type token.
        stack: former stack.
        project: former project.
        parent: URN of the former parent.
        no_parent: the former parent was none (or the stack).
    """

    urn: str = ""
    name: str = ""
    type: str = ""
    stack: str = ""
    project: str = ""
    parent: str = ""
    no_parent: bool = False


@dataclass(slots=True)
class Goal:
    """The state that the program wants a resource to have; the options are those of ``ResourceOptions``."""

    type: str
    name: str
    custom: bool
    properties: Properties
    parent: str = ""
    protect: bool | None = None
    dependencies: list[str] = field(default_factory=list)
    provider: str = ""
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    delete_before_replace: bool | None = None
    ignore_changes: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[Alias] = field(default_factory=list)
    id: str = ""
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    replace_on_changes: list[str] = field(default_factory=list)
    replacement_trigger: Value = None
    retain_on_delete: bool | None = None
    deleted_with: str = ""
    replace_with: list[str] = field(default_factory=list)
    hooks: dict[str, list[str]] = field(default_factory=dict)
    hide_diff: list[str] = field(default_factory=list)
    source_position: str = ""
    version: str = ""


@dataclass(frozen=True, slots=True)
class RegisterResult:
    """The answer to a registration or read.

    Attributes:
        state: of the resource.
        result: how it went; other than ``success`` only if the operation continues on errors.
        unknown: the resource was left out (not a target), so nothing is known of its outputs.
    """

    state: ResourceState
    result: ResultKind = "success"
    unknown: bool = False


class Registration:
    """A goal on its way through the engine, and its answer."""

    __slots__ = ("goal", "result")

    def __init__(self, goal: Goal) -> None:
        self.goal = goal
        self.result: RegisterResult | None = None

    def done(self, state: ResourceState, result: ResultKind = "success", *, unknown: bool = False) -> None:
        """Answers it."""
        self.result = RegisterResult(state, result, unknown)


@dataclass(slots=True)
class ReadRequest:
    """A resource that the program reads without owning it (``Resource.get``)."""

    type: str
    name: str
    id: str
    properties: Properties
    parent: str = ""
    provider: str = ""
    dependencies: list[str] = field(default_factory=list)
    additional_secret_outputs: list[str] = field(default_factory=list)
    source_position: str = ""
    result: RegisterResult | None = None

    def done(self, state: ResourceState, result: ResultKind = "success", *, unknown: bool = False) -> None:
        """Answers it."""
        self.result = RegisterResult(state, result, unknown)


def initial_state(goal: Goal, urn: str, alias: str, old: ResourceState | None) -> ResourceState:
    """The record of a goal before anything was done about it.

    Args:
        goal: what is wanted.
        urn: of the resource.
        alias: the old URN under which it was found, empty for none.
        old: the record that was found.
    """
    extra: Mapping[str, object] = {}
    if old is not None and "refreshBeforeUpdate" in old.extra:
        extra = {"refreshBeforeUpdate": old.extra["refreshBeforeUpdate"]}
    return ResourceState(
        urn=urn,
        type=goal.type,
        custom=goal.custom,
        inputs=goal.properties,
        parent=goal.parent,
        provider=goal.provider,
        protect=bool(goal.protect),
        dependencies=goal.dependencies,
        property_dependencies=goal.property_dependencies,
        additional_secret_outputs=goal.additional_secret_outputs,
        aliases=[alias] if alias else [],
        custom_timeouts=goal.custom_timeouts,
        import_id=goal.id,
        retain_on_delete=bool(goal.retain_on_delete),
        deleted_with=goal.deleted_with,
        ignore_changes=goal.ignore_changes,
        replace_on_changes=goal.replace_on_changes,
        created=old.created if old is not None else "",
        modified=old.modified if old is not None else "",
        source_position=goal.source_position,
        replace_with=goal.replace_with,
        replacement_trigger=goal.replacement_trigger,
        hooks=goal.hooks,
        hide_diff=goal.hide_diff,
        extra=dict(extra),
    )
