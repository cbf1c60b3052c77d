"""The state of a stack in memory: resources as Pulumi's deployment format (version 3) knows them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from platform_lib.core.values import Properties, Value


@dataclass(slots=True)
class ResourceState:
    """One resource of the deployment (``apitype.ResourceV3``), secrets as markers; fields keep the format's meaning.

    A mutable record: the engine owns it, whoever else holds one only reads. ``delete`` marks an old copy that is
    still to be deleted; ``pending_replacement`` one that is deleted already and waits for its replacement.
    """

    urn: str
    type: str
    custom: bool
    id: str = ""
    inputs: Properties = field(default_factory=dict)
    outputs: Properties = field(default_factory=dict)
    parent: str = ""
    provider: str = ""
    protect: bool = False
    external: bool = False
    dependencies: list[str] = field(default_factory=list)
    property_dependencies: dict[str, list[str]] = field(default_factory=dict)
    init_errors: list[str] = field(default_factory=list)
    delete: bool = False
    pending_replacement: bool = False
    additional_secret_outputs: list[str] = field(default_factory=list)
    aliases: list[str] = field(default_factory=list)
    custom_timeouts: dict[str, float] = field(default_factory=dict)
    import_id: str = ""
    retain_on_delete: bool = False
    deleted_with: str = ""
    ignore_changes: list[str] = field(default_factory=list)
    replace_on_changes: list[str] = field(default_factory=list)
    created: str = ""
    modified: str = ""
    source_position: str = ""
    replace_with: list[str] = field(default_factory=list)
    """URNs whose replacement replaces this one (``replaceWith``)."""
    replacement_trigger: Value = None
    """A value whose change replaces the resource (``replacementTrigger``)."""
    hooks: dict[str, list[str]] = field(default_factory=dict)
    """Names of resource hooks by event, as the format has them: ``BeforeCreate``, ... (``resourceHooks``)."""
    hide_diff: list[str] = field(default_factory=list)
    """Property paths that displays leave out (``hideDiff``)."""
    tainted: bool = False
    """The next update replaces the resource (``taint``)."""
    extra: dict[str, Any] = field(default_factory=dict)
    """Fields of the format that the engine does not use, kept as they came."""


@dataclass(slots=True)
class PendingOperation:
    """An operation that was under way when the engine stopped."""

    type: Literal["creating", "updating", "deleting", "reading", "importing"]
    resource: ResourceState


@dataclass(slots=True)
class Snapshot:
    """All resources of a stack, in an order in which each comes after what it depends on."""

    resources: list[ResourceState] = field(default_factory=list)
    pending: list[PendingOperation] = field(default_factory=list)
    metadata: Mapping[str, Any] = field(default_factory=dict)

    def live(self) -> Sequence[ResourceState]:
        """The resources without the old copies that wait for their deletion."""
        return [resource for resource in self.resources if not resource.delete]
