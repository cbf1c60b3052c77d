"""One resource of a graph, and what a test may expect of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from platform_lib.core.values import UNKNOWN
from platform_lib.testing import path as paths
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.frozen import FrozenDict
from platform_lib.testing.path import MISSING


@dataclass(frozen=True, slots=True)
class Options:
    """The resource options that are in force, inherited ones included.

    Attributes:
        protect: the resource is not deleted.
        retain_on_delete: its deletion leaves the cloud's object.
        delete_before_replace: what the program says, None where it leaves that to the provider.
        ignore_changes: property paths.
        additional_secret_outputs: names of outputs.
        aliases: the old URN under which it was found, if any.
        custom_timeouts: seconds by ``create``, ``update``, ``delete``.
        deleted_with: URN of what takes it along when it is deleted.
        replace_on_changes: property paths.
        replace_with: URNs whose replacement replaces it.
        import_id: what it was imported from.
        hooks: names of resource hooks by event.
    """

    protect: bool = False
    retain_on_delete: bool = False
    delete_before_replace: bool | None = None
    ignore_changes: tuple[str, ...] = ()
    additional_secret_outputs: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    custom_timeouts: Mapping[str, float] = field(default_factory=FrozenDict)
    deleted_with: str = ""
    replace_on_changes: tuple[str, ...] = ()
    replace_with: tuple[str, ...] = ()
    import_id: str = ""
    hooks: Mapping[str, Sequence[str]] = field(default_factory=FrozenDict)


@dataclass(frozen=True, slots=True)
class Resource:
    """A registered or read resource. Values are plain: which of them are secret is told by path.

    Attributes:
        urn: as the engine makes it.
        type: type token.
        name: logical name.
        custom: a provider makes it; otherwise it is a component.
        external: it was read (``get``, stack references) and is not managed.
        id: the provider's id; empty for components and where it is not known yet.
        parent: URN; the stack's for what has none of its own, empty for the stack.
        provider: URN of the provider resource, empty for components.
        inputs: by wire name, with the defaults and automatic names that the provider filled in; read-only.
        outputs: by wire name, ``UNKNOWN`` for what a preview does not know; read-only.
        secret_inputs: paths of the secrets in ``inputs``.
        secret_outputs: paths of the secrets in ``outputs``.
        dependencies: URNs of everything that it depends on, by ``depends_on`` or by value.
        property_dependencies: input to the URNs that its value comes from.
        options: resource options.
        source: ``file:line`` where the program made it; empty where not known.
    """

    urn: str
    type: str
    name: str
    custom: bool = True
    external: bool = False
    id: str = ""
    parent: str = ""
    provider: str = ""
    inputs: Mapping[str, Any] = field(default_factory=FrozenDict)
    outputs: Mapping[str, Any] = field(default_factory=FrozenDict)
    secret_inputs: frozenset[str] = frozenset()
    secret_outputs: frozenset[str] = frozenset()
    dependencies: tuple[str, ...] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=FrozenDict)
    options: Options = field(default_factory=Options)
    source: str = ""

    def __hash__(self) -> int:
        return hash(self.urn)

    def __repr__(self) -> str:
        return f"<{self.label}>"

    @property
    def label(self) -> str:
        """How messages call it: ``aws:s3/bucket:Bucket 'site'``."""
        return f"{self.type} '{self.name}'"

    def _fail(self, text: str) -> ExpectationError:
        made = f" (made at {self.source})" if self.source else ""
        return ExpectationError(f"{self.label}: {text}{made}")

    def input(self, path: str) -> Any:
        """The input at a path (``versioning.enabled``, ``ingress[0].fromPort``).

        Raises:
            ExpectationError: it is not set; a near name is suggested.
        """
        return self._at("inputs", self.inputs, path)

    def output(self, path: str) -> Any:
        """The output at a path; ``UNKNOWN`` where a preview does not know it.

        Raises:
            ExpectationError: there is none; a near name is suggested.
        """
        return self._at("outputs", self.outputs, path)

    def _at(self, where: str, properties: Mapping[str, Any], path: str) -> Any:
        found = paths.find(properties, path)
        if found is MISSING:
            raise self._fail(f"{where}.{path}: is not set; {paths.hint(properties, path)}")
        return found

    def assert_input(self, path: str, expected: Any) -> None:
        """Fails unless the input at a path is known and equal to what is expected."""
        self._compare("inputs", self.inputs, self.secret_inputs, path, expected)

    def assert_output(self, path: str, expected: Any) -> None:
        """Fails unless the output at a path is known and equal to what is expected."""
        self._compare("outputs", self.outputs, self.secret_outputs, path, expected)

    def _compare(
        self, where: str, properties: Mapping[str, Any], secrets: frozenset[str], path: str, expected: Any
    ) -> None:
        found = self._at(where, properties, path)
        if found is UNKNOWN:
            raise self._fail(f"{where}.{path}: is not known yet, expected {expected!r}; compare after an update")
        if found != expected:
            secret = paths.touches(secrets, path)
            raise self._fail(
                f"{where}.{path}: is another secret than expected"
                if secret
                else f"{where}.{path}: expected {expected!r}, got {found!r}"
            )

    def assert_not_set(self, path: str) -> None:
        """Fails if an input is set; its top-level name must be one that the type has.

        Raises:
            ExpectationError: it is set, or the type has no such input, so that the test could not fail.
        """
        from platform_lib.testing.tokens import check_input

        check_input(self.type, str(paths.parse(path)[0]))
        found = paths.find(self.inputs, path)
        if found is not MISSING and found is not None:
            shown = "[secret]" if paths.touches(self.secret_inputs, path) else repr(found)
            raise self._fail(f"inputs.{path}: expected it to be left out, got {shown}")

    def assert_secret(self, path: str) -> None:
        """Fails unless everything at a path is secret, wherever the path leads to: inputs, outputs or both."""
        there = False
        for where, properties, secrets in (
            ("inputs", self.inputs, self.secret_inputs),
            ("outputs", self.outputs, self.secret_outputs),
        ):
            if paths.find(properties, path) is MISSING:
                continue
            there = True
            if not paths.covers(secrets, path):
                raise self._fail(
                    f"{where}.{path}: is not a secret; pass it as one, or list it in additional_secret_outputs"
                )
        if not there:
            raise self._fail(f"{path}: is not set; {paths.hint({**self.inputs, **self.outputs}, path)}")

    def assert_protected(self) -> None:
        """Fails unless the resource is protected from deletion."""
        if not self.options.protect:
            raise self._fail("is not protected; set protect=True in its options or its parent's")

    def assert_depends_on(self, other: "Resource") -> None:
        """Fails unless the resource itself depends on another one, by value or by ``depends_on``."""
        if other.urn not in self.dependencies:
            names = ", ".join(urn.rsplit("::", 1)[-1] for urn in self.dependencies) or "nothing"
            raise self._fail(f"does not depend on {other.label}; it depends on {names}")
