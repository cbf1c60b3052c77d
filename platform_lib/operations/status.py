"""What is up on the sandbox."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from platform_lib.operations.changes import shown
from platform_lib.operations.tree import Tree, resource_tree, short_type, top_groups

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.backend.history import Operation as PastOperation
    from platform_lib.sandbox.handle import StackHandle


@dataclass(frozen=True, slots=True)
class StackStatus:
    """A stack in a few numbers.

    Attributes:
        name: of the stack.
        up: it has a state with resources.
        resources: number of resources, components not counted.
        components: number of components.
        protected: number of protected resources.
        pending: operations that were interrupted.
        by_component: name, kind and number of resources of what stands directly below the stack.
        outputs: as they may be shown.
        last: the last operation and when, in words; empty where not known.
        running: the operation that holds the lock, in words; empty where none does.
    """

    name: str
    up: bool
    resources: int = 0
    components: int = 0
    protected: int = 0
    pending: int = 0
    by_component: Sequence[tuple[str, str, int]] = ()
    outputs: Mapping[str, Any] = field(default_factory=dict)
    last: str = ""
    running: str = ""


def stack_status(stack: "StackHandle", *, show_secrets: bool = False) -> StackStatus:
    """Looks at a stack; nothing is changed.

    Raises:
        EngineError: its state is damaged or newer.
    """
    holder = stack.lock_holder()
    running = str(holder) if holder is not None and not holder.gone() else ""
    history = stack.history()
    last = history[-1] if history else None
    if not stack.exists():
        return StackStatus(stack.name, up=False, running=running)
    snapshot = stack.state()
    tree = resource_tree(stack.project.name, stack.name, snapshot.resources)
    nodes = list(tree.walk())
    return StackStatus(
        name=stack.name,
        up=bool(nodes),
        resources=tree.size,
        components=sum(node.component for node in nodes),
        protected=sum(node.protected for node in nodes),
        pending=len(snapshot.pending),
        by_component=_groups(tree),
        outputs={key: shown(value, show_secrets=show_secrets) for key, value in stack.outputs().items()},
        last=_last(last),
        running=running,
    )


def _groups(tree: Tree) -> list[tuple[str, str, int]]:
    return [(node.name, short_type(node.type) if node.urn else "", node.size) for node in top_groups(tree)]


def _last(past: "PastOperation | None") -> str:
    if past is None:
        return ""
    ended = "done" if past.exit_code == 0 else f"failed ({past.exit_code})"
    return f"{past.operation} at {past.started}, {ended} in {past.seconds:.1f} s"


def status_json(status: StackStatus) -> dict[str, Any]:
    """The status as JSON data."""
    return {
        "name": status.name,
        "up": status.up,
        "resources": status.resources,
        "components": status.components,
        "protected": status.protected,
        "pending": status.pending,
        "byComponent": [{"name": name, "kind": kind, "resources": count} for name, kind, count in status.by_component],
        "outputs": dict(status.outputs),
        "lastOperation": status.last,
        "running": status.running,
    }
