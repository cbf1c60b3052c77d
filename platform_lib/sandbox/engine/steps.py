"""The steps that change a state: what each does with its provider, and how it is recorded."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from platform_lib.core.values import UNKNOWN_SENTINEL
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.diff import equal
from platform_lib.sandbox.engine.failure import ProtectedError, StepError
from platform_lib.sandbox.engine.goal import ReadRequest, Registration
from platform_lib.sandbox.engine.snapshot import duplicate
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.step import Step, init_failure, quoted, retried
from platform_lib.sandbox.engine.store import StateStore
from platform_lib.sandbox.protocol import CreateResult, InitializationError, PropertyDiff, ProviderError

if TYPE_CHECKING:
    from platform_lib.sandbox.engine.run import Run


class SameStep(Step):
    """Nothing to do: the record takes the new inputs and options, and keeps id and outputs."""

    op = "same"

    def __init__(
        self,
        old: ResourceState,
        new: ResourceState,
        registration: Registration | None = None,
        *,
        untargeted: bool = False,
        skipped_create: bool = False,
    ) -> None:
        super().__init__(old, new, registration)
        self.before, self.after = old, new
        self.untargeted = untargeted
        self.skipped_create = skipped_create

    @classmethod
    def skipping(cls, new: ResourceState, registration: Registration) -> "SameStep":
        """A resource that is not created, as it is no target; its record is not kept."""
        return cls(duplicate(new), new, registration, skipped_create=True)

    def begin(self, store: StateStore) -> int:  # noqa: ARG002 - the step protocol
        """Cannot be interrupted."""
        return 0

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:  # noqa: ARG002 - the step protocol
        """Replaces the record."""
        if kept and not self.skipped_create:
            store.confirm(self.after, self.before)

    def apply(self, run: "Run") -> None:
        """Takes over id and outputs; an unchanged provider is made available."""
        self.after.id = self.before.id
        self.after.outputs = self.before.outputs
        if urns.is_provider_type(self.after.type) and not self.skipped_create and not self.untargeted:
            unchanged = duplicate(self.after)
            unchanged.inputs = self.before.inputs
            try:
                run.registry.same(unchanged, checked=True)
            except ProviderError as error:
                raise StepError(f"bad provider state for resource {self.urn}: {error}") from error

    def complete(self) -> None:
        """Answers; nothing is known of a resource that was left out."""
        if self.registration is not None:
            self.registration.done(self.after, unknown=self.skipped_create)


class CreateStep(Step):
    """Makes a resource, possibly in place of an old one."""

    def __init__(
        self,
        new: ResourceState,
        registration: Registration | None,
        *,
        old: ResourceState | None = None,
        pending_delete: bool = False,
        keys: Sequence[str] = (),
        diffs: Sequence[str] = (),
        detailed: Mapping[str, PropertyDiff] | None = None,
    ) -> None:
        super().__init__(old, new, registration, keys=keys, diffs=diffs, detailed=detailed, logical=old is None)
        self.created = new
        self.op = "create" if old is None else "create-replacement"
        self.pending_delete = pending_delete

    def begin(self, store: StateStore) -> int:
        """A creation is pending."""
        return store.begin("creating", self.created)

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Adds the record; the one that it replaces goes, or waits for its deletion."""
        old = self.old
        if not kept:
            store.finish(operation)
        elif old is not None and old.pending_replacement:
            store.finish(operation, add=self.created, remove=old)
        else:
            store.finish(operation, add=self.created, changed=old)

    def apply(self, run: "Run") -> None:
        """Has the provider create it."""
        new = self.created
        run.hooks.run("BeforeCreate", new, new_inputs=new.inputs)
        failure: InitializationError | None = None
        if new.custom:
            provider = run.provider_of(new)
            timeout = new.custom_timeouts.get("create", 0.0)

            def create() -> CreateResult:
                return provider.create(new.urn, new.inputs, timeout, preview=run.preview)

            try:
                result = retried(run, new, None, "create", create)
                new.id, new.outputs = result.id, result.outputs
            except InitializationError as error:
                failure = error
                new.id, new.outputs = error.id, error.outputs
                new.init_errors = list(error.reasons)
        new.created = new.modified = run.now()
        if self.old is not None and self.pending_delete:
            self.old.delete = True
        if failure is not None:
            raise StepError(init_failure(failure), partial=True) from failure
        if new.custom:
            run.hooks.after("AfterCreate", new, new_inputs=new.inputs, new_outputs=new.outputs)


class UpdateStep(Step):
    """Changes a resource in place."""

    op = "update"

    def __init__(
        self,
        old: ResourceState,
        new: ResourceState,
        registration: Registration,
        *,
        diffs: Sequence[str] = (),
        detailed: Mapping[str, PropertyDiff] | None = None,
        ignore_changes: Sequence[str] = (),
    ) -> None:
        super().__init__(old, new, registration, diffs=diffs, detailed=detailed)
        self.before, self.after = old, new
        self.ignore_changes = ignore_changes

    def begin(self, store: StateStore) -> int:
        """An update is pending."""
        return store.begin("updating", self.after)

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Replaces the record."""
        if kept:
            store.finish(operation, add=self.after, remove=self.before)
        else:
            store.finish(operation)

    def apply(self, run: "Run") -> None:
        """Has the provider update it."""
        old, new = self.before, self.after
        new.id, new.created, new.modified = old.id, old.created, old.modified
        run.hooks.run(
            "BeforeUpdate", new, old=old, new_inputs=new.inputs, old_inputs=old.inputs, old_outputs=old.outputs
        )
        failure: InitializationError | None = None
        if new.custom:
            provider = run.provider_of(new)
            timeout = new.custom_timeouts.get("update", 0.0)

            def update() -> dict[str, object]:
                return provider.update(
                    new.urn,
                    old.id,
                    old.inputs,
                    old.outputs,
                    new.inputs,
                    timeout,
                    self.ignore_changes,
                    preview=run.preview,
                )

            try:
                new.outputs = retried(run, new, old, "update", update)
            except InitializationError as error:
                failure = error
                new.outputs = error.outputs
                new.init_errors = list(error.reasons)
            new.modified = run.now()
        if failure is not None:
            # The cloud may hold anything between old and new: the old inputs are kept, so the next run compares again.
            message = init_failure(failure)
            new.inputs = dict(old.inputs)
            raise StepError(message, partial=True) from failure
        if old.custom:
            run.hooks.after(
                "AfterUpdate",
                new,
                old=old,
                new_inputs=new.inputs,
                old_inputs=old.inputs,
                new_outputs=new.outputs,
                old_outputs=old.outputs,
            )


class ReplaceStep(Step):
    """Says that a resource is replaced; the work is done by other steps."""

    op = "replace"

    def begin(self, store: StateStore) -> int:  # noqa: ARG002 - the step protocol
        """Cannot be interrupted."""
        return 0

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Records nothing."""

    def apply(self, run: "Run") -> None:
        """Does nothing."""

    def complete(self) -> None:
        """Nobody waits for it."""


class DeleteStep(Step):
    """Deletes a resource, or an old copy of a replaced one; what the engine does not own is only forgotten."""

    def __init__(
        self,
        old: ResourceState,
        others: Mapping[str, bool],
        *,
        replacing: bool = False,
        pending_replacement: bool = False,
    ) -> None:
        super().__init__(old, None, logical=not replacing)
        self.deleted = old
        self.others = others
        self.replacing = replacing
        self.pending_replacement = pending_replacement
        if old.external:
            self.op = "discard-replaced" if replacing else "discard"
        else:
            self.op = "delete-replaced" if replacing else "delete"

    def begin(self, store: StateStore) -> int:
        """A deletion is pending."""
        return store.begin("deleting", self.deleted)

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Drops the record; one that waits for its replacement stays."""
        if not kept:
            store.finish(operation)
        elif self.deleted.pending_replacement:
            store.finish(operation, changed=self.deleted)
        else:
            store.finish(operation, remove=self.deleted)

    def apply(self, run: "Run") -> None:
        """Has the provider delete it, unless it stays or goes with another one."""
        old = self.deleted
        run.hooks.run("BeforeDelete", old, old=old, old_inputs=old.inputs, old_outputs=old.outputs)
        if not self.replacing and old.protect:
            raise ProtectedError(
                f'resource "{old.urn}" cannot be deleted\n'
                "because it is protected. To unprotect the resource, either remove the `protect` flag from the "
                "resource in your Pulumi program and run `pulumi up`, or use the command:\n"
                f"`pulumi state unprotect {quoted(old.urn)}`"
            )
        goes_along = bool(old.deleted_with and self.others.get(old.deleted_with))
        if not (run.preview or old.external or old.retain_on_delete or goes_along) and old.custom:
            provider = run.provider_of(old)
            timeout = old.custom_timeouts.get("delete", 0.0)
            retried(
                run,
                old,
                old,
                "delete",
                lambda: provider.delete(old.urn, old.id, old.inputs, old.outputs, timeout),
            )
        if self.pending_replacement:
            old.pending_replacement = True
        run.hooks.after("AfterDelete", old, old=old, old_inputs=old.inputs, old_outputs=old.outputs)

    def complete(self) -> None:
        """Nobody waits for it."""


class RemovePendingReplaceStep(Step):
    """Drops the record of a resource that was deleted for a replacement which never came."""

    op = "remove-pending-replace"

    def __init__(self, old: ResourceState) -> None:
        super().__init__(old, None, logical=False)
        self.deleted = old

    def begin(self, store: StateStore) -> int:  # noqa: ARG002 - the step protocol
        """Cannot be interrupted."""
        return 0

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Drops the record."""
        if kept:
            store.finish(operation, remove=self.deleted)

    def apply(self, run: "Run") -> None:
        """Does nothing."""


class ReadStep(Step):
    """Reads a resource that the engine does not own, possibly in place of one that it did."""

    def __init__(self, request: ReadRequest, old: ResourceState | None, new: ResourceState, *, replacing: bool) -> None:
        super().__init__(old, new, request, logical=not replacing)
        self.read = new
        self.replacing = replacing
        self.op = "read-replacement" if replacing else "read"

    @property
    def changed(self) -> bool:
        """Whether the outputs differ from those that were known."""
        return self.old is not None and not equal(self.old.outputs, self.read.outputs)

    def begin(self, store: StateStore) -> int:
        """A read is pending."""
        return store.begin("reading", self.read)

    def end(self, store: StateStore, operation: int, *, kept: bool) -> None:
        """Replaces the record."""
        if kept:
            store.finish(operation, add=self.read, remove=self.old)
        else:
            store.finish(operation)

    def apply(self, run: "Run") -> None:
        """Has the provider read it, in previews too, unless the id is unknown."""
        new, old = self.read, self.old
        failure: InitializationError | None = None
        if new.id == UNKNOWN_SENTINEL:
            new.outputs = {}
        else:
            provider = run.provider_of(new)
            try:
                result = provider.read(new.urn, new.id, new.inputs, new.inputs)
                if result is None:
                    new.outputs = {}
                else:
                    if not result.id:
                        raise StepError(f"resource '{new.id}' does not exist")
                    new.outputs, new.id = result.outputs, result.id
            except InitializationError as error:
                failure = error
                new.outputs, new.init_errors = error.outputs, list(error.reasons)
                new.id = error.id or new.id
        if old is not None:
            if self.replacing:
                old.delete = True
            new.created, new.modified = old.created, old.modified
            if not equal(new.inputs, old.inputs) or not equal(new.outputs, old.outputs):
                new.modified = run.now()
        if failure is not None:
            raise StepError(init_failure(failure), partial=True) from failure
