"""From one version of a program to the next: what is replaced, deleted, made and changed on the way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from platform_lib.sandbox.engine import urn as urns
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.graph import Graph, Step
from platform_lib.testing.lookups import Answer
from platform_lib.testing.runner import Deployment, Modes, Source
from platform_lib.testing.tokens import fits, token_of
from platform_lib.testing.world import World


@dataclass(frozen=True)
class Upgrade:
    """What became of a stack when the new program was run on it. The stack itself and default providers are left out.

    Attributes:
        before: the graph of the old program.
        after: the graph of the new one; a preview's where only that was run.
    """

    before: Graph
    after: Graph

    def _urns(self, *ops: str) -> tuple[str, ...]:
        return tuple(dict.fromkeys(step.urn for step in self._steps() if step.op in ops))

    def _steps(self) -> list[Step]:
        return [
            step
            for step in self.after.steps
            if urns.type_of(step.urn) != urns.STACK_TYPE and not urns.is_default_provider(step.urn)
        ]

    @property
    def created(self) -> tuple[str, ...]:
        """URNs of what is new."""
        return self._urns("create", "import")

    @property
    def updated(self) -> tuple[str, ...]:
        """URNs of what is changed in place."""
        return self._urns("update")

    @property
    def replaced(self) -> tuple[str, ...]:
        """URNs of what is made anew in place of an old one."""
        return self._urns("replace", "create-replacement", "import-replacement")

    @property
    def deleted(self) -> tuple[str, ...]:
        """URNs of what is gone for good."""
        return self._urns("delete")

    @property
    def same(self) -> tuple[str, ...]:
        """URNs of what stays as it is, under the name that it has now."""
        return self._urns("same")

    def _lost(self) -> Mapping[str, str]:
        """URNs that do not survive, with what happens to them."""
        found: dict[str, str] = {}
        for step in self._steps():
            if step.op in {"replace", "create-replacement"}:
                keys = step.keys or tuple(path for path, kind in step.diffs.items() if kind.endswith("replace"))
                if keys or step.urn not in found:
                    found[step.urn] = "is replaced" + (f", as {', '.join(keys)} changes" if keys else "")
            elif step.op == "delete":
                found[step.urn] = "is deleted"
        return found

    def assert_keeps(self, kind: Any, name: str | None = None) -> None:
        """Fails if a resource of a type is replaced or deleted.

        Args:
            kind: type token, pattern or resource class; ``*`` for everything.
            name: only the one with this logical name in the old program.

        Raises:
            ExpectationError: names what is lost and the properties that force it; or the old program has no such
                resource.
        """
        token = token_of(kind)
        kept = [self.before.one(kind, name)] if name is not None else self.before.of_type(kind)
        lost = self._lost()
        texts = [f"{item.label}: {lost[item.urn]} ({item.urn})" for item in kept if item.urn in lost]
        # A replacement under an alias carries the new URN.
        known = {item.urn for item in self.before.resources}
        if name is None:
            texts += [
                f"{urns.type_of(urn)} '{urns.name_of(urn)}': {text} ({urn})"
                for urn, text in lost.items()
                if urn not in known and fits(token, urns.type_of(urn))
            ]
        if texts:
            raise ExpectationError("\n".join(texts))

    def assert_unchanged(self) -> None:
        """Fails if any step does something."""
        texts = [f"{step.urn}: {step.op}" for step in self._steps() if step.op not in {"same", "read", "refresh"}]
        if texts:
            raise ExpectationError("\n".join(dict.fromkeys(texts)))


def upgrade(
    old: Source,
    new: Source,
    *,
    mode: Modes = "both",
    config: Mapping[str, Any] | None = None,
    new_config: Mapping[str, Any] | None = None,
    secrets: Mapping[str, Any] | None = None,
    stack_references: Mapping[str, Mapping[str, Any]] | None = None,
    lookups: Mapping[str, Answer] | None = None,
    project: str = "project",
    stack: str = "test",
    organization: str = "organization",
) -> Upgrade:
    """Deploys an old program, then runs a new one on the same stack.

    Args:
        old: the program that is deployed.
        new: the program that takes its place; may be the same one.
        mode: how the new program is run; the old one is always deployed.
        config: configuration of the old program.
        new_config: what is different for the new one; None for nothing.
        secrets: secret configuration of both.
        stack_references: outputs of other stacks.
        lookups: answers of look-ups.
        project: name of the project.
        stack: name of the stack.
        organization: of the backend.

    Raises:
        ProgramFailedError: one of them failed, for example as something protected would be replaced.
        UnreachedAssertionError: an assertion inside an ``apply`` was never reached.
    """
    world = World(config or {}, secrets or {}, stack_references or {}, lookups or {}, project, stack, organization)
    with Deployment(world) as deployment:
        before = deployment.run("update", old)
        if new_config is not None:
            deployment.move(replace(world, config={**world.config, **new_config}))
        after = deployment.deploy(new, mode)
        deployment.check_applies(before, after)
        return Upgrade(before, after)
