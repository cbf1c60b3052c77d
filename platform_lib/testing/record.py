"""Listens to a run of the engine and makes a graph of what was heard."""

from collections.abc import Callable, Iterable, Sequence

from platform_lib.core.values import Properties
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.event import CancelEvent, DiagnosticEvent, Event, PreludeEvent, StepEvent
from platform_lib.sandbox.engine.policy import PolicyFinding, PolicyResource
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.testing.frozen import frozen
from platform_lib.testing.graph import Graph, LogEntry, Lookup, Mode, Step
from platform_lib.testing.path import secret_paths
from platform_lib.testing.resource import Options, Resource


class Recorder:
    """The sink of a run and, to see what policies see, its evaluator; it finds nothing and changes nothing.

    Args:
        started: called in the thread of the run, before its program starts.
        stopped: called in that thread at the end.
    """

    def __init__(self, started: Callable[[], None], stopped: Callable[[], None]) -> None:
        self._started = started
        self._stopped = stopped
        self.log: list[LogEntry] = []
        self.registered: dict[str, PolicyResource] = {}
        self.whole: dict[str, PolicyResource] = {}
        self._steps: list[StepEvent] = []
        self._failed: set[tuple[str, str]] = set()

    def __call__(self, event: Event) -> None:
        """Takes an event."""
        if isinstance(event, PreludeEvent):
            self._started()
        elif isinstance(event, CancelEvent):
            self._stopped()
        elif isinstance(event, DiagnosticEvent):
            if event.message:
                self.log.append(LogEntry(event.severity, event.message, event.urn))
        elif isinstance(event, StepEvent):
            if event.phase == "pre":
                self._steps.append(event)
            elif event.phase == "failed":
                self._failed.add((event.op, event.urn))

    def remediate(self, resource: PolicyResource) -> Properties | None:
        """Changes nothing."""
        del resource
        return None

    def analyze(self, resource: PolicyResource) -> Sequence[PolicyFinding]:
        """Keeps a resource as it was registered."""
        self.registered[resource.urn] = resource
        return ()

    def analyze_stack(self, resources: Sequence[PolicyResource]) -> Sequence[PolicyFinding]:
        """Keeps the resources as they are at the end."""
        self.whole = {resource.urn: resource for resource in resources}
        return ()

    def steps(self) -> tuple[Step, ...]:
        """The steps in order; an update of a resource that is made at the end of a preview counts once."""
        return tuple(
            Step(
                event.op,
                event.urn,
                tuple(event.keys),
                frozen({path: diff.kind for path, diff in (event.detailed_diff or {}).items()}),
                (event.op, event.urn) in self._failed,
            )
            for event in self._steps
        )


def _resource(state: ResourceState, seen: PolicyResource | None) -> Resource:
    return Resource(
        urn=state.urn,
        type=state.type,
        name=urns.name_of(state.urn),
        custom=state.custom,
        external=state.external,
        id=state.id,
        parent=state.parent,
        provider=urns.reference_urn(state.provider) if state.provider else "",
        inputs=frozen(state.inputs),
        outputs=frozen(state.outputs),
        secret_inputs=secret_paths(state.inputs),
        secret_outputs=secret_paths(state.outputs),
        dependencies=tuple(state.dependencies),
        property_dependencies=frozen(state.property_dependencies),
        options=Options(
            protect=state.protect,
            retain_on_delete=state.retain_on_delete,
            delete_before_replace=seen.options.get("deleteBeforeReplace") if seen is not None else None,  # type: ignore[arg-type]  # a bool or nothing
            ignore_changes=tuple(state.ignore_changes),
            additional_secret_outputs=tuple(state.additional_secret_outputs),
            aliases=tuple(state.aliases),
            custom_timeouts=frozen(state.custom_timeouts),
            deleted_with=state.deleted_with,
            replace_on_changes=tuple(state.replace_on_changes),
            replace_with=tuple(state.replace_with),
            import_id=state.import_id,
            hooks=frozen(state.hooks),
        ),
        source=_place(state.urn, state.source_position),
    )


def _place(urn: str, position: str) -> str:
    """``file:line`` of a source position (``project:///main.py#12,3``); the stack is made by no line of the program."""
    if urns.type_of(urn) == urns.STACK_TYPE:
        return ""
    file, _, where = position.removeprefix("project:///").removeprefix("file://").partition("#")
    line = where.partition(",")[0]
    return f"{file}:{line}" if line else file


def graph_of(
    recorder: Recorder,
    mode: Mode,
    records: Iterable[ResourceState],
    exports: Properties,
    *,
    project: str,
    stack: str,
    lookups: Sequence[Lookup],
    config_secrets: Sequence[str],
    preview: Graph | None = None,
) -> Graph:
    """The graph of a run.

    Args:
        recorder: that listened.
        mode: of the run.
        records: of the state after it; of a preview, as that foresees them.
        exports: the stack's outputs.
        project: name of the project.
        stack: name of the stack.
        lookups: that were made.
        config_secrets: the secret values of the configuration.
        preview: the graph of the preview that went before.
    """
    resources = tuple(_resource(state, recorder.registered.get(state.urn)) for state in records)
    return Graph(
        project=project,
        stack=stack,
        mode=mode,
        resources=resources,
        exports=frozen(exports),
        secret_exports=secret_paths(exports),
        lookups=tuple(lookups),
        log=tuple(recorder.log),
        steps=recorder.steps(),
        config_secrets=tuple(config_secrets),
        preview=preview,
        seen=(tuple(recorder.registered.values()), tuple(recorder.whole.values())),
    )
