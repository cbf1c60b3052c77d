"""One operation on one stack: what all its parts share."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.autonaming import Namer, seeder
from platform_lib.sandbox.engine.builtin import BuiltinProvider
from platform_lib.sandbox.engine.event import EventSink, Operation
from platform_lib.sandbox.engine.failure import StepError
from platform_lib.sandbox.engine.goal import Goal
from platform_lib.sandbox.engine.graph import DependencyGraph
from platform_lib.sandbox.engine.hooks import Hooks
from platform_lib.sandbox.engine.journal import Journal
from platform_lib.sandbox.engine.matcher import UrnMatcher
from platform_lib.sandbox.engine.policy import PolicyEvaluator
from platform_lib.sandbox.engine.registry import Registry
from platform_lib.sandbox.engine.report import Reporter
from platform_lib.sandbox.engine.snapshot import copied
from platform_lib.sandbox.engine.state import ResourceState, Snapshot
from platform_lib.sandbox.engine.store import StateStore
from platform_lib.sandbox.engine.target import Options, StackOutputs, Target
from platform_lib.sandbox.protocol import (
    Autonaming,
    CheckResult,
    CreateResult,
    DiffResult,
    ProviderError,
    Providers,
    ReadResult,
)

PREVIEWS = frozenset({"preview", "refresh-preview", "destroy-preview"})
"""The operations that change nothing."""


class ResourceProvider(Protocol):
    """What steps ask of a provider: an instance, or the registry for provider resources."""

    def check(
        self, urn: str, olds: Properties, news: Properties, seed: bytes, autonaming: Autonaming | None
    ) -> CheckResult:
        """See ``Provider.check``."""

    def diff(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        ignore: Sequence[str],
    ) -> DiffResult:
        """See ``Provider.diff``."""

    def create(self, urn: str, inputs: Properties, timeout: float, *, preview: bool) -> CreateResult:
        """See ``Provider.create``."""

    def read(self, urn: str, id: str, inputs: Properties, state: Properties) -> ReadResult | None:
        """See ``Provider.read``; None when the provider's configuration is unknown."""

    def update(
        self,
        urn: str,
        id: str,
        old_inputs: Properties,
        old_outputs: Properties,
        news: Properties,
        timeout: float,
        ignore: Sequence[str],
        *,
        preview: bool,
    ) -> Properties:
        """See ``Provider.update``."""

    def delete(self, urn: str, id: str, old_inputs: Properties, old_outputs: Properties, timeout: float) -> None:
        """See ``Provider.delete``."""


class Run:
    """The shared state of an operation.

    Attributes:
        base: the records that the operation started with (after a refresh: what it left of them), in order.
        olds: the live records of the base by URN.
        all_olds: all of them, old copies too.
        graph: dependencies among the base.
        news: records that the operation made or confirmed, by URN.
        reads: records that it read, by URN.
        goals: what the program asked for, by URN.
        failed: a step failed, or the operation cannot go on; no step starts any more unless errors are continued.
        cancelled: the user asked to stop.
        interrupt: while the program runs: makes it stop waiting for whatever it waits for.
    """

    def __init__(
        self,
        operation: Operation,
        target: Target,
        options: Options,
        snapshot: Snapshot,
        providers: Providers,
        *,
        sink: EventSink | None,
        policy: PolicyEvaluator | None,
        journal: Journal | None,
        stack_outputs: StackOutputs | None,
    ) -> None:
        self.operation = operation
        self.target = target
        self.options = options
        self.policy = policy
        self.preview = operation in PREVIEWS
        self.refresh_only = operation in {"refresh", "refresh-preview"}
        self.refreshing = options.refresh or self.refresh_only
        self.report = Reporter(
            target, sink, preview=self.preview, refresh_only=self.refresh_only, refreshing=self.refreshing
        )
        self.hooks = Hooks(self.report, preview=self.preview)
        snapshot = copied(snapshot)
        self.pending = list(snapshot.pending)
        self.store = None if self.preview else StateStore(snapshot, journal)
        self.targets = UrnMatcher(options.targets)
        self.excludes = UrnMatcher(options.excludes)
        self.replace_targets = UrnMatcher(options.replace)
        self.news: dict[str, ResourceState] = {}
        self.reads: dict[str, ResourceState] = {}
        self.goals: dict[str, Goal] = {}
        builtin = BuiltinProvider(stack_outputs, self._resource, lambda urn, text: self.report.warning(text, urn))
        self.registry = Registry(providers, builtin, preview=self.preview)
        self.namer = Namer(target)
        self.seed: Callable[[str], bytes] = seeder(options.seed, snapshot.resources)
        self.failed = False
        self.cancelled = False
        self.interrupt: Callable[[], object] | None = None
        self.base: list[ResourceState] = []
        self.olds: dict[str, ResourceState] = {}
        self.all_olds: dict[str, list[ResourceState]] = {}
        self.graph = DependencyGraph(())
        self.rebase(snapshot.resources)

    def rebase(self, resources: Sequence[ResourceState]) -> None:
        """Takes records as the base.

        Raises:
            EngineError: two live records have one URN.
        """
        self.base = list(resources)
        self.olds = {}
        self.all_olds = {}
        for state in resources:
            self.all_olds.setdefault(state.urn, []).append(state)
            if not state.delete:
                if state.urn in self.olds:
                    raise EngineError(f"state: {state.urn}: listed twice; repair the state, or start from a backup")
                self.olds[state.urn] = state
        self.graph = DependencyGraph(resources)

    @property
    def stopped(self) -> bool:
        """Whether no further step may start."""
        return self.cancelled or self.failed

    def now(self) -> str:
        """The time as the state has it: RFC 3339, UTC."""
        return datetime.now(UTC).isoformat().replace("+00:00", "Z")

    def urn(self, parent: str, type_: str, name: str) -> str:
        """The URN of a resource of the stack."""
        return urns.make(self.target.stack, self.target.project, parent, type_, name)

    def _resource(self, urn: str) -> ResourceState | None:
        return self.news.get(urn) or self.reads.get(urn)

    def provider_of(self, state: ResourceState) -> ResourceProvider:
        """The provider that serves a record.

        Raises:
            StepError: there is none, or it may not be used.
        """
        if urns.is_provider_type(state.type):
            return self.registry
        instance = self.registry.get(state.provider)
        if instance is None:
            denied = denied_package(state.provider)
            if denied:
                raise StepError(default_provider_denied(denied, state.urn))
            raise StepError(f"unknown provider '{state.provider}' for resource {state.urn}")
        return instance

    def ensure_provider(self, reference: str) -> None:
        """Makes the instance of a provider of the old state available.

        Raises:
            EngineError: there is no such provider, or it cannot be configured.
        """
        if not reference or self.registry.get(reference) is not None:
            return
        urn, identifier = urns.split_reference(reference)
        for state in self.all_olds.get(urn, ()):
            if state.id == identifier:
                try:
                    self.registry.same(state, checked=False)
                except ProviderError as error:
                    raise EngineError(f"could not create provider {reference}: {error}") from error
                return
        raise EngineError(f"could not find provider {reference}")


DENY_PREFIX = "denydefaultprovider"
"""Marks the reference of a default provider that the stack's configuration disables."""


def deny_reference(package: str) -> str:
    """The reference that stands for a disabled default provider."""
    return f"urn:pulumi:{DENY_PREFIX}::{DENY_PREFIX}::pulumi:providers:{package}::{DENY_PREFIX}::{DENY_PREFIX}"


def denied_package(reference: str) -> str:
    """The package of a disabled default provider, empty for any other reference."""
    if not reference.startswith(f"urn:pulumi:{DENY_PREFIX}::"):
        return ""
    return urns.provider_package(urns.type_of(urns.reference_urn(reference)))


def default_provider_denied(package: str, subject: str) -> str:
    """The message about a disabled default provider."""
    return f"Default provider for '{package}' disabled. '{subject}' must use an explicit provider."
