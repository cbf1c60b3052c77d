"""What goes at the end of an operation, and in which order."""

from collections.abc import Sequence

from platform_lib.sandbox.engine.executor import Executor
from platform_lib.sandbox.engine.failure import BailError
from platform_lib.sandbox.engine.generator import Generator
from platform_lib.sandbox.engine.graph import DependencyGraph
from platform_lib.sandbox.engine.replacement import cascades, dependent_replacements
from platform_lib.sandbox.engine.snapshot import duplicate
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step
from platform_lib.sandbox.engine.steps import DeleteStep, RemovePendingReplaceStep, SameStep


class Deletions:
    """The deletions of an operation: what the program does not register any more, and old copies of what was replaced.

    Args:
        generator: knows what was registered.
    """

    def __init__(self, generator: Generator) -> None:
        self._generator = generator
        self._run = generator.run

    def execute(self, executor: Executor) -> None:
        """Deletes everything that has to go, dependents first.

        Raises:
            BailError: something would go that is not a target, and the user was told.
            EngineError: a provider is not available.
        """
        if not self._run.base:
            return
        kept, deletes = self._generate()
        executor.chain(kept)
        done: set[int] = set()
        blocked: set[int] = set()
        condemned = DependencyGraph(self._generator.condemned)
        for level in self._levels(deletes):
            for step in executor.errored:
                if id(step) in done:
                    continue
                done.add(id(step))
                for state in (step.state, step.old):
                    if state is None:
                        continue
                    graph = self._run.graph if state in self._run.graph else condemned
                    if state in graph:
                        blocked.update(id(found) for found in graph.transitive_dependencies(state))
            executor.each([step for step in level if id(step.state) not in blocked])

    def _graph(self) -> DependencyGraph:
        """Dependencies among everything that could go."""
        graph = DependencyGraph([*self._generator.condemned, *self._run.base])
        for state in self._run.base:
            refreshed = self._generator.refreshed.get(id(state))
            if refreshed is not None:
                graph.alias(refreshed, state)
        return graph

    def _allowed(self) -> tuple[set[str] | None, set[str] | None]:
        """URNs that may go (None: all), and URNs that may not."""
        run = self._run
        if run.targets.constrained:
            graph = self._graph()
            reached = self._spread(graph, [state for state in run.base if state.urn in run.targets], both=False)
            allowed: set[str] = set()
            for urn in reached:
                for state in run.all_olds.get(urn, ()):
                    allowed.add(urn)
                    for dependent in dependent_replacements(run, state, self._generator.seen.decided()):
                        allowed.add(dependent.state.urn)
                    for dependent in cascades(urn, run.news, run.olds):
                        allowed.add(dependent.state.urn)
            return allowed, None
        if run.excludes.constrained:
            graph = self._graph()
            reached = self._spread(graph, [state for state in run.base if state.urn in run.excludes], both=True)
            return None, {urn for urn in reached if urn in run.olds}
        return None, None

    def _spread(self, graph: DependencyGraph, start: Sequence[ResourceState], *, both: bool) -> set[str]:
        """The records' URNs with those of their dependents, or, with ``both``, of what they depend on."""
        frontier = list(start)
        reached: set[str] = set()
        while frontier:
            state = frontier.pop(0)
            if state.urn in reached:
                continue
            reached.add(state.urn)
            if both:
                frontier.extend(graph.dependencies(state))
                if self._run.options.exclude_dependents:
                    frontier.extend(graph.depending_on(state, reached, children=True))
            else:
                frontier.extend(graph.depending_on(state, reached, children=True))
        return reached

    def _generate(self) -> tuple[list[Step], list[Step]]:
        generator, run = self._generator, self._run
        seen = generator.seen
        allowed, forbidden = self._allowed()

        def may_go(state: ResourceState) -> bool:
            if allowed is not None:
                return state.urn in allowed
            return forbidden is None or state.urn not in forbidden

        kept: list[Step] = []
        deletes: list[Step] = []
        for original in run.base:
            state = generator.refreshed.get(id(original), original)
            if not may_go(original):
                if not generator.targeting.operated(original.urn):
                    new = duplicate(original)
                    new.id = ""
                    kept.append(SameStep(original, new, untargeted=True))
                continue
            if state.delete:
                if id(state) in generator.pending_deletes:
                    continue
                seen.deletes[state.urn] = True
                deletes.append(DeleteStep(state, seen.deletes, replacing=True))
            elif not generator.targeting.operated(state.urn):
                seen.deletes[state.urn] = True
                if state.pending_replacement:
                    deletes.append(RemovePendingReplaceStep(state))
                else:
                    deletes.append(DeleteStep(state, seen.deletes))
            if seen.deletes.get(state.urn):
                run.ensure_provider(state.provider)
        for state in generator.condemned:
            if may_go(state):
                seen.deletes[state.urn] = True
                deletes.append(DeleteStep(state, seen.deletes))
        self._refuse_untargeted(deletes)
        return kept, deletes

    def _refuse_untargeted(self, deletes: Sequence[Step]) -> None:
        run = self._run
        refused = False
        for step in deletes:
            if step.urn in run.targets or run.options.target_dependents:
                continue
            run.report.error(
                f"Resource '{step.urn}' will be destroyed but was not specified in --target list.\n"
                "Either include resource in --target list or pass --target-dependents to proceed.",
                step.urn,
            )
            self._generator.seen.saw_error = True
            refused = True
        if refused and not run.preview:
            raise BailError("delete untargeted resource")

    def _levels(self, deletes: Sequence[Step]) -> list[list[Step]]:
        """The deletions in levels: nothing in a level depends on anything in the same or a later one."""
        graph = self._graph()
        steps = {id(step.state): step for step in deletes}
        depth: dict[int, int] = {}
        order = sorted(deletes, key=lambda step: graph.position(step.state))
        for step in order:
            found = (self._generator.refreshed.get(id(state), state) for state in graph.dependencies(step.state))
            depth[id(step.state)] = max((depth[id(state)] for state in found if id(state) in steps), default=-1) + 1
        levels: dict[int, list[Step]] = {}
        for step in order:
            levels.setdefault(depth[id(step.state)], []).append(step)
        return [levels[level] for level in sorted(levels, reverse=True)]
