"""Runs programs on the sandbox engine and a cloud in memory, each run in a context of its own."""

import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from typing import Any, Literal

from platform_lib.sandbox.cloud.cloud import Cloud, open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import Operation, Result
from platform_lib.sandbox.engine.target import Options, Program
from platform_lib.testing import leaks
from platform_lib.testing.apart import abandoned, apart
from platform_lib.testing.applies import Watch
from platform_lib.testing.errors import ProgramFailedError
from platform_lib.testing.graph import Graph, Mode
from platform_lib.testing.lookups import Answer, GivenLookups, RecordingProviders
from platform_lib.testing.record import Recorder, graph_of
from platform_lib.testing.world import World

Modes = Literal["both", "update", "preview"]
Source = str | os.PathLike[str] | Callable[[], Any] | Program
"""A program: the path of its ``__main__.py`` or folder, or a function."""

_SEED = b"platform_lib.testing"
"""Automatic names are the same in every run of a test."""


class Deployment:
    """A stack of a test: what is run on it one after the other builds on the state before.

    Args:
        world: what programs find around themselves.
        cloud: the cloud; None for a new one in memory, which is closed with the deployment.
    """

    def __init__(self, world: World, cloud: Cloud | None = None) -> None:
        self._resources = ExitStack()
        self.world = world
        self.cloud = cloud if cloud is not None else self._resources.enter_context(open_cloud(None))
        if cloud is None or world.lookups or world.stack_references:
            previous = self.cloud.fixtures
            self.cloud.fixtures = GivenLookups(world.lookups, world.stack_references)
            self._resources.callback(setattr, self.cloud, "fixtures", previous)
        self._providers = RecordingProviders(self.cloud)
        self._engine = Engine(world.target(), self._providers, stack_outputs=world.stack_outputs)
        self.watch = Watch()

    def move(self, world: World) -> None:
        """Goes on in other surroundings, for example with another configuration; look-ups stay."""
        self.world = world
        self._engine.target = world.target()

    def close(self) -> None:
        """Forgets the stack and its cloud."""
        self._resources.close()

    def __enter__(self) -> "Deployment":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def run(self, mode: Mode, program: Source, *, preview: Graph | None = None) -> Graph:
        """Runs a program once.

        Args:
            mode: ``update`` or ``preview``.
            program: the program.
            preview: of the same program, to keep with an update's graph.

        Raises:
            ProgramFailedError: it failed; an assertion of the program that failed is raised as it is.
            ExpectationError: an Output was formatted into text.
        """
        recorder = Recorder(self.watch.start, self.watch.stop)
        engine, first = self._engine, len(self._providers.lookups)
        engine.sink, engine.policy = recorder, recorder
        operation: Operation = "up" if mode == "update" else "preview"
        with abandoned() as failures:
            result = apart(lambda: engine.run(operation, Program.of(program), Options(seed=_SEED)))
            if result.error is not None:
                failures.append(result.error)
        graph = graph_of(
            recorder,
            mode,
            result.records if mode == "preview" else engine.snapshot.live(),
            result.outputs,
            project=self.world.project,
            stack=self.world.stack,
            lookups=self._providers.lookups[first:],
            config_secrets=self.world.config_secrets(),
            preview=preview,
        )
        _raise_failure(result, graph)
        leaks.check_formatted(graph)
        return graph

    def deploy(self, program: Source, mode: Modes = "both") -> Graph:
        """Runs a program in a preview and an update, or in one of them.

        Returns:
            The graph of the update, with that of the preview in it; that of the preview where nothing else was run.
        """
        preview = self.run("preview", program) if mode != "update" else None
        if mode == "preview" and preview is not None:
            return preview
        return self.run("update", program, preview=preview)

    def check_applies(self, *graphs: Graph) -> None:
        """Fails if an assertion inside an ``apply`` was reached in no run so far.

        Args:
            graphs: that tell where resources were made.
        """

        def source(kind: str, name: str) -> str:
            found = (
                item.source for graph in graphs for item in graph.resources if (item.type, item.name) == (kind, name)
            )
            return next(filter(None, found), "")

        self.watch.check(source)


def _raise_failure(result: Result, graph: Graph) -> None:
    if isinstance(result.error, AssertionError):
        raise result.error
    if result.exit_code:
        texts = [entry.message for entry in graph.log if entry.severity in {"error", "info#err"}]
        message = f"{graph!r}: the program failed\n" + "\n".join(texts)
        raise ProgramFailedError(message.rstrip(), mode=graph.mode, graph=graph) from result.error


def run_program(
    program: Source,
    *,
    mode: Modes = "both",
    config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
    stack_references: Mapping[str, Mapping[str, Any]] | None = None,
    lookups: Mapping[str, Answer] | None = None,
    project: str = "project",
    stack: str = "test",
    organization: str = "organization",
    cloud: Cloud | None = None,
) -> Graph:
    """Runs a program on the sandbox, in a preview and then in an update, and answers what it registered.

    Nothing leaves the process, and nothing stays behind: each call has its own stack, and its own cloud unless one is
    given. Calls may run in several threads, once the SDKs' modules that they use are loaded (the SDKs do not do that
    safely in threads); programs of files wait for each other, since working folder and modules belong to the process.

    Args:
        program: path of its ``__main__.py`` or folder, or a function.
        mode: ``both`` (the default), ``update`` or ``preview``.
        config: configuration by key; a key without a namespace is the project's.
        secrets: configuration that is secret.
        stack_references: outputs of other stacks by name; ``Secret(...)`` for those that are secret.
        lookups: answers of look-ups by function token, before those that the sandbox has.
        project: name of the project.
        stack: name of the stack.
        organization: of the backend.
        cloud: a cloud that is there already, with faults or resources in it.

    Returns:
        The graph of the update, with that of the preview as its ``preview``; the preview's where only that was run.

    Raises:
        ProgramFailedError: the program failed, in whichever mode; with the engine's messages.
        UnreachedAssertionError: an assertion inside an ``apply`` ran in neither mode.
        ExpectationError: an Output was formatted into text, or what was given contradicts itself.
        AssertionError: an assertion of the program failed; it is raised as it is.
    """
    world = World(config or {}, secrets or {}, stack_references or {}, lookups or {}, project, stack, organization)
    with Deployment(world, cloud) as deployment:
        graph = deployment.deploy(program, mode)
        deployment.check_applies(graph)
        return graph
