"""Runs a program against stock mocks and makes the same kind of graph of it as a run on the engine gives."""

import asyncio
import contextvars
import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pulumi
from pulumi.runtime import mocks
from pulumi.runtime.settings import get_root_resource

from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.registration import seconds
from platform_lib.testing import leaks
from platform_lib.testing.apart import MockLoop, abandoned, apart
from platform_lib.testing.applies import Watch
from platform_lib.testing.errors import ProgramFailedError
from platform_lib.testing.frozen import frozen
from platform_lib.testing.graph import Graph, LogEntry, Mode
from platform_lib.testing.lookups import Answer
from platform_lib.testing.mocks import StockMocks, require_function
from platform_lib.testing.path import secret_paths
from platform_lib.testing.resource import Options, Resource
from platform_lib.testing.runner import Modes
from platform_lib.testing.world import World


class _Monitor(mocks.MockMonitor):
    """The stock mock monitor, which also keeps what it was asked."""

    def __init__(self, answers: StockMocks) -> None:
        super().__init__(answers)
        self.found: list[Resource] = []
        self._lock = threading.Lock()
        self._thread = threading.get_ident()

    def RegisterResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A resource of the program."""
        with self._loop():
            response = super().RegisterResource(request)  # type: ignore[no-untyped-call]  # the SDK's mocks have no types
        inputs, outputs = wire.decode(request.object), wire.decode(response.object)
        self._keep(
            Resource(
                urn=response.urn,
                type=request.type,
                name=request.name,
                custom=request.custom,
                id=response.id,
                parent=request.parent,
                provider=urns.reference_urn(request.provider) if request.provider else "",
                inputs=frozen(inputs),
                outputs=frozen(outputs),
                secret_inputs=secret_paths(inputs),
                secret_outputs=secret_paths(outputs),
                dependencies=tuple(request.dependencies),
                property_dependencies=frozen(
                    {key: list(item.urns) for key, item in request.propertyDependencies.items()}
                ),
                options=_options(request),
            )
        )
        return response

    def ReadResource(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A resource that the program does not own."""
        with self._loop():
            response = super().ReadResource(request)  # type: ignore[no-untyped-call]  # as above
        outputs = wire.decode(response.properties)
        self._keep(
            Resource(
                urn=response.urn,
                type=request.type,
                name=request.name,
                external=True,
                id=request.id,
                parent=request.parent,
                outputs=frozen(outputs),
                secret_outputs=secret_paths(outputs),
                dependencies=tuple(request.dependencies),
            )
        )
        return response

    def Invoke(self, request: Any) -> Any:  # noqa: N802 - named by the protocol
        """A look-up."""
        with self._loop():
            return super().Invoke(request)  # type: ignore[no-untyped-call]  # as above

    @contextmanager
    def _loop(self) -> Iterator[None]:
        """An event loop for a thread of the executor: the stock monitor would make one and leave it open."""
        if threading.get_ident() == self._thread:
            yield
            return
        loop = asyncio.new_event_loop()
        asyncio.set_event_loop(loop)
        try:
            yield
        finally:
            asyncio.set_event_loop(None)
            loop.close()

    def _keep(self, resource: Resource) -> None:
        with self._lock:
            self.found.append(resource)


def _options(request: Any) -> Options:
    limits = {key: getattr(request.customTimeouts, key) for key in ("create", "update", "delete")}
    return Options(
        protect=request.protect,
        retain_on_delete=request.retainOnDelete,
        delete_before_replace=request.deleteBeforeReplace if request.deleteBeforeReplaceDefined else None,
        ignore_changes=tuple(request.ignoreChanges),
        additional_secret_outputs=tuple(request.additionalSecretOutputs),
        custom_timeouts=frozen({key: seconds(text) for key, text in limits.items() if text}),
        deleted_with=request.deletedWith,
        replace_on_changes=tuple(request.replaceOnChanges),
        replace_with=tuple(request.replace_with),
        import_id=request.importId,
    )


class _Log(logging.Handler):
    """Keeps what the program logs."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.entries: list[LogEntry] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keeps a message."""
        self.entries.append(LogEntry(record.levelname.lower(), record.getMessage()))


def run_with_mocks(
    program: Callable[[], Any],
    *,
    mode: Modes = "both",
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
    stack_references: Mapping[str, Mapping[str, Any]] | None = None,
    lookups: Mapping[str, Answer] | None = None,
    project: str = "project",
    stack: str = "test",
    organization: str = "organization",
) -> Graph:
    """Runs a program against stock mocks that are answered by the sandbox cloud, in a context of its own.

    The arguments are those of ``run_program``. The graph has no steps, inputs are as the program sent them, and what
    stock mocks do not see is not in it: default providers, inherited options, transforms.

    Raises:
        ProgramFailedError: the program failed, or the cloud refused a resource.
        UnreachedAssertionError: an assertion inside an ``apply`` ran in neither mode.
        AssertionError: an assertion of the program failed; it is raised as it is.
    """
    require_function(program)
    world = World(config or {}, secrets or {}, stack_references or {}, lookups or {}, project, stack, organization)
    watch = Watch()
    preview = apart(lambda: _run(program, world, "preview", watch, None)) if mode != "update" else None
    if mode == "preview" and preview is not None:
        graph = preview
    else:
        graph = apart(lambda: _run(program, world, "update", watch, preview))
    watch.check(lambda _kind, _name: "")
    return graph


def _run(program: Callable[[], Any], world: World, mode: Mode, watch: Watch, preview: Graph | None) -> Graph:
    answers = StockMocks(world, preview=mode == "preview")
    monitor, log = _Monitor(answers), _Log()
    exports: dict[str, Any] = {}
    loop = MockLoop()

    def run() -> None:
        target = world.target()
        pulumi.runtime.set_all_config(
            {key: value.value for key, value in target.config.items()},
            [key for key, value in target.config.items() if value.secret],
        )
        logger = logging.Logger("pulumi", logging.INFO)
        logger.addHandler(log)
        pulumi.runtime.set_mocks(
            answers, world.project, world.stack, answers.preview, logger, monitor, world.organization
        )
        watch.start()
        try:
            pulumi.runtime.test(program)()  # type: ignore[no-untyped-call]  # as above
            root = get_root_resource()
            for name, value in (getattr(root, "outputs", None) or {}).items():
                exports[name] = loop.run_until_complete(_resolved(value))
        finally:
            watch.stop()

    asyncio.set_event_loop(loop)
    failure: Exception | None = None
    with abandoned() as failures:
        try:
            contextvars.Context().run(run)
        except Exception as error:  # noqa: BLE001 - whatever a program raises is the failure of its run
            failure = error
            failures.append(error)
        finally:
            loop.close()
            asyncio.set_event_loop(None)
            answers.close()
    if isinstance(failure, AssertionError):
        raise failure
    graph = Graph(
        project=world.project,
        stack=world.stack,
        mode=mode,
        resources=tuple(monitor.found),
        exports=frozen(exports),
        secret_exports=secret_paths(exports),
        lookups=tuple(answers.providers.lookups),
        log=tuple(log.entries),
        config_secrets=world.config_secrets(),
        preview=preview,
    )
    if failure is not None:
        raise ProgramFailedError(
            f"{graph!r}: the program failed under stock mocks\n{failure}", mode=mode, graph=graph
        ) from failure
    leaks.check_formatted(graph)
    return graph


async def _resolved(value: Any) -> Any:
    """An export as the engine would have it."""
    output = pulumi.Output.from_input(value)
    known = await output.is_known()
    plain = await output.future(with_unknowns=True) if known else UNKNOWN
    return Secret(plain) if await output.is_secret() else plain
