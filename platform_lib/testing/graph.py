"""What a program registered, as an immutable graph: queries that fail where they find nothing, and expectations."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any, Literal

from platform_lib.core.errors import near
from platform_lib.core.values import UNKNOWN
from platform_lib.sandbox.engine.policy import PolicyResource
from platform_lib.testing import leaks
from platform_lib.testing.errors import ExpectationError
from platform_lib.testing.frozen import FrozenDict
from platform_lib.testing.path import covers
from platform_lib.testing.resource import Resource
from platform_lib.testing.tokens import check_token, fits, token_of

if TYPE_CHECKING:
    from platform_lib.testing.policies import PolicyResults

Mode = Literal["update", "preview"]


@dataclass(frozen=True, slots=True)
class Lookup:
    """A look-up (invoke) of the program.

    Attributes:
        token: ``aws:ec2/getAmi:getAmi``.
        args: its arguments, read-only.
        outputs: what was answered, read-only; None where it failed.
        error: why it failed, empty where it did not.
    """

    token: str
    args: Mapping[str, Any]
    outputs: Mapping[str, Any] | None
    error: str = ""


@dataclass(frozen=True, slots=True)
class LogEntry:
    """A message of the program or the engine: severity (``info``, ``info#err``, ``warning``, ``error``), text, URN."""

    severity: str
    message: str
    urn: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the engine.

    Attributes:
        op: its kind: ``create``, ``same``, ``update``, ``replace``, ``create-replacement``, ``delete-replaced``, ...
        urn: of the resource.
        keys: the properties that force a replacement.
        diffs: property paths that differ, with the kind of each difference.
        failed: it did not end well.
    """

    op: str
    urn: str
    keys: tuple[str, ...] = ()
    diffs: Mapping[str, str] = field(default_factory=FrozenDict)
    failed: bool = False


@dataclass(frozen=True)
class Graph:
    """All resources of one run of a program, with what else is known of the run. Nothing in it can be changed.

    Attributes:
        project: name of the project.
        stack: name of the stack.
        mode: ``update`` or ``preview``.
        resources: in the order in which the engine has them; the stack and its providers are among them.
        exports: the stack's outputs, plain and read-only; ``UNKNOWN`` for what a preview does not know.
        secret_exports: paths of the secrets in ``exports``.
        lookups: look-ups in order.
        log: messages in order.
        steps: the engine's steps in order.
        config_secrets: the secret values of the configuration, for ``assert_no_leaks``.
        preview: the graph of the preview that went before this update; None where none was run.
        seen: the resources as policies see them: at their registration, and at the end of the run.
    """

    project: str
    stack: str
    mode: Mode
    resources: tuple[Resource, ...]
    exports: Mapping[str, Any] = field(default_factory=FrozenDict)
    secret_exports: frozenset[str] = frozenset()
    lookups: tuple[Lookup, ...] = ()
    log: tuple[LogEntry, ...] = ()
    steps: tuple[Step, ...] = ()
    config_secrets: tuple[str, ...] = field(default=(), repr=False)
    preview: "Graph | None" = field(default=None, repr=False, compare=False)
    seen: tuple[Sequence[PolicyResource], Sequence[PolicyResource]] = field(default=((), ()), repr=False, compare=False)

    def __repr__(self) -> str:
        return f"<graph of {self.project}/{self.stack}, {self.mode}: {len(self.resources)} resources>"

    # Queries

    @cached_property
    def _by_urn(self) -> Mapping[str, Resource]:
        return {resource.urn: resource for resource in self.resources}

    @cached_property
    def _dependents(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for resource in self.resources:
            for urn in resource.dependencies:
                found.setdefault(urn, []).append(resource.urn)
        return {urn: tuple(urns) for urn, urns in found.items()}

    def at(self, urn: str) -> Resource:
        """The resource with a URN.

        Raises:
            ExpectationError: there is none; a near one is suggested.
        """
        if urn not in self._by_urn:
            raise ExpectationError(f"{self!r}: {urn}: is not in the graph; {near(urn, self._by_urn)}".rstrip("; "))
        return self._by_urn[urn]

    def of_type(self, kind: Any, *, count: int | None = None) -> tuple[Resource, ...]:
        """The resources of a type.

        Args:
            kind: type token, pattern (``aws:s3/*``) or resource class.
            count: how many there have to be; at least one where not given, so that a loop over them does something.

        Raises:
            ExpectationError: there are others than so many.
        """
        token = token_of(kind)
        found = tuple(resource for resource in self.resources if fits(token, resource.type))
        if count == 0 or (count is None and not found):
            check_token(token)
        if (count is None and not found) or (count is not None and len(found) != count):
            wanted = "at least one" if count is None else str(count)
            shown = ", ".join(f"'{resource.name}'" for resource in found)
            raise ExpectationError(
                f"{self!r}: expected {wanted} of {token}, got {len(found)}"
                + (f": {shown}" if found else f"; there are {self._types()}")
            )
        return found

    def _types(self) -> str:
        return ", ".join(sorted({resource.type for resource in self.resources})) or "no resources"

    def one(self, kind: Any, name: str | None = None) -> Resource:
        """The one resource of a type, or the one with a logical name too.

        Args:
            kind: type token, pattern or resource class; ``*`` for any.
            name: logical name.

        Raises:
            ExpectationError: there is none, or more than one.
        """
        found = self.of_type(kind)
        if name is not None:
            named = tuple(resource for resource in found if resource.name == name)
            if not named:
                names = sorted({resource.name for resource in found})
                hint = near(name, names) or f"there are {', '.join(names)}"
                raise ExpectationError(f"{self!r}: {token_of(kind)} '{name}': is not there; {hint}")
            found = named
        if len(found) > 1:
            shown = ", ".join(f"'{resource.name}'" for resource in found)
            raise ExpectationError(f"{self!r}: expected one of {token_of(kind)}, got {len(found)}: {shown}; say which")
        return found[0]

    def children(self, parent: Resource) -> tuple[Resource, ...]:
        """The resources whose parent it is, which may be none."""
        return tuple(resource for resource in self.resources if resource.parent == self.at(parent.urn).urn)

    def descendants(self, parent: Resource) -> tuple[Resource, ...]:
        """Its children, theirs, and so on, which may be none."""
        found: list[Resource] = []
        for child in self.children(parent):
            found += [child, *self.descendants(child)]
        return tuple(found)

    def dependents(self, resource: Resource) -> tuple[Resource, ...]:
        """Everything that depends on it, through others too, which may be none; in the graph's order."""
        return self._closure(
            self._dependents.get(self.at(resource.urn).urn, ()), lambda urn: self._dependents.get(urn, ())
        )

    def reachable(self, resource: Resource) -> tuple[Resource, ...]:
        """Everything that it depends on, through others too, which may be nothing; in the graph's order."""
        return self._closure(self.at(resource.urn).dependencies, lambda urn: self._by_urn[urn].dependencies)

    def _closure(self, start: Iterable[str], following: Any) -> tuple[Resource, ...]:
        found: set[str] = set()
        stack = list(start)
        while stack:
            urn = stack.pop()
            if urn not in found and urn in self._by_urn:
                found.add(urn)
                stack.extend(following(urn))
        return tuple(resource for resource in self.resources if resource.urn in found)

    def lookups_of(self, token: str) -> tuple[Lookup, ...]:
        """The look-ups by a function token.

        Raises:
            ExpectationError: the program made none.
        """
        found = tuple(lookup for lookup in self.lookups if lookup.token == token)
        if not found:
            made = ", ".join(sorted({lookup.token for lookup in self.lookups})) or "none"
            raise ExpectationError(f"{self!r}: look-up {token}: was not made; the program made {made}")
        return found

    # Expectations

    def assert_none(self, kind: Any) -> None:
        """Fails if there is a resource of a type; a type that no SDK knows is refused."""
        self.of_type(kind, count=0)

    def assert_export(self, name: str, expected: Any) -> None:
        """Fails unless the stack exports a known value equal to what is expected."""
        found = self._export(name)
        if found is UNKNOWN:
            raise ExpectationError(f"{self!r}: export '{name}': is not known yet; compare after an update")
        if found != expected:
            shown = "another secret" if name in self.secret_exports else repr(found)
            raise ExpectationError(f"{self!r}: export '{name}': expected {expected!r}, got {shown}")

    def assert_secret_export(self, name: str) -> None:
        """Fails unless the stack exports a value as a secret."""
        self._export(name)
        if not covers(self.secret_exports, name):
            raise ExpectationError(f"{self!r}: export '{name}': is not a secret; wrap it in pulumi.Output.secret")

    def _export(self, name: str) -> Any:
        if name not in self.exports:
            hint = near(name, self.exports) or f"there is {', '.join(self.exports) or 'none'}"
            raise ExpectationError(f"{self!r}: export '{name}': is not there; {hint}")
        return self.exports[name]

    def assert_no_leaks(self) -> None:
        """Fails if a value that is secret somewhere stands in the open elsewhere: input, output, export or message.

        Secrets are those of the configuration and whatever a resource marks; those under six characters are not
        searched for, as they would be found everywhere.
        """
        if found := leaks.find(self):
            raise ExpectationError("\n".join(f"{self!r}: {place}" for place in found))

    def assert_preview_tells_all(self) -> None:
        """Fails if the update made a resource that the preview did not show, or the other way round.

        That is what resources made inside ``apply`` do, and programs that ask ``pulumi.runtime.is_dry_run``.

        Raises:
            ExpectationError: they differ, or no preview was run.
        """
        if self.preview is None:
            raise ExpectationError(f"{self!r}: has no preview to compare with; run the program in both modes")
        here, there = ({resource.urn for resource in graph.resources} for graph in (self, self.preview))
        texts = [f"{urn}: is made by the update, not shown by the preview" for urn in sorted(here - there)]
        texts += [f"{urn}: is shown by the preview, not made by the update" for urn in sorted(there - here)]
        if texts:
            raise ExpectationError("\n".join(f"{self!r}: {text}" for text in texts))

    def policies(self, *packs: Any, environment: str = "prod", **more: Any) -> "PolicyResults":
        """What policy packs find in this graph; see ``platform_lib.testing.policies.evaluate``."""
        from platform_lib.testing.policies import evaluate

        return evaluate(self, *packs, environment=environment, **more)
