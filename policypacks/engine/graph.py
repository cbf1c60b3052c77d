"""The stack as rules of stack scope see it: which resource refers to which, also while values are unknown."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cached_property
from typing import Any

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.path import Every, parse
from policypacks.engine.predicate import judge
from policypacks.engine.resource import Facts, Resource
from policypacks.engine.verdict import PASS, Verdict, all_in, any_in, fail, undetermined

_IDENTITY = ("id", "arn", "name", "selfLink", "urn")
"""The outputs that other resources usually name a resource by; a rule adds others by ``key``."""


class Related:
    """The resources that refer to a subject.

    Attributes:
        sure: those that do.
        maybe: those that may: their property is not known yet, and nothing says whom it names.
    """

    __slots__ = ("maybe", "sure")

    def __init__(self, sure: list[Resource], maybe: list[Resource]) -> None:
        self.sure = sure
        self.maybe = maybe

    def __iter__(self) -> Iterator[Resource]:
        return iter(self.sure)


class Stack:
    """All resources of a stack.

    Attributes:
        facts: every resource, in the order in which they came.
        by_urn: the same by URN.
    """

    def __init__(self, resources: Iterable[Facts]) -> None:
        self.facts = list(resources)
        self.by_urn: Mapping[str, Facts] = {facts.urn: facts for facts in self.facts}
        self._kinds: dict[str, list[Facts]] = defaultdict(list)
        for facts in self.facts:
            self._kinds[facts.kind].append(facts)
        self._named: dict[tuple[str, str], dict[Any, list[Facts]]] = {}
        self._computations: dict[tuple[str, str], Mapping[str, list[Facts]]] = {}
        self._identified: dict[tuple[str, str], Mapping[Any, list[Facts]]] = {}
        self._ancestors: dict[str, frozenset[str]] = {}
        self._own_names: dict[tuple[Facts, str], tuple[str, ...]] = {}

    def kinds(self) -> Iterable[str]:
        """The resource types in the stack, by the tokens that rules know."""
        return self._kinds.keys()

    def of(self, *types: str) -> list[Facts]:
        """The resources of the given types, by the tokens that rules know."""
        return [facts for kind in types for facts in self._kinds.get(kind, ())]

    def all(self, subject: Resource, *types: str) -> list[Resource]:
        """The resources of the given types, under the rule that looks at the subject."""
        return [subject.like(facts) for facts in self.of(*types)]

    def related(self, subject: Resource, *types: str, by: str, key: str = "") -> Related:
        """The resources of the given types whose property ``by`` names the subject.

        A property names the subject where it is known and equals the subject's id, ARN, name, self link or the output
        ``key``, or where the engine recorded that the property was computed from the subject. A property that is not
        known yet and was computed from something that itself came from the subject may name it.

        Args:
            subject: the resource that is named.
            types: tokens of those that may name it.
            by: property path in them; ``[]`` fans out.
            key: an output of the subject by which it is named too (``bucket``, ``bucketRegionalDomainName``).
        """
        sure: dict[str, Facts] = {}
        maybe: dict[str, Facts] = {}
        present = [kind for kind in types if kind in self._kinds]
        if not present:
            return Related([], [])
        names = self._names_of(subject.facts, key)
        top = str(parse(by)[0])
        for kind in present:
            index = self._index(kind, by)
            for name in names:
                for facts in index.get(name, ()):
                    sure[facts.urn] = facts
            for facts in self._computed(kind, top).get(subject.urn, ()):
                sure[facts.urn] = facts
            for facts in index.get(UNKNOWN, ()):
                sources = facts.property_dependencies.get(top, ())
                if not sources or any(subject.urn in self._origins(source) for source in sources):
                    maybe[facts.urn] = facts
        sure.pop(subject.urn, None)
        return self._related(subject, sure, maybe)

    def target(self, source: Resource, by: str, *types: str, key: str = "") -> Related:
        """The resources of the given types that the source's property ``by`` names: ``related`` from the other end."""
        sure: dict[str, Facts] = {}
        maybe: dict[str, Facts] = {}
        values = list(_values(source.facts.properties, by))
        origins = source.facts.property_dependencies.get(str(parse(by)[0]), ())
        for kind in types:
            names = self._names(kind, key)
            for value in values:
                for facts in names.get(value, ()):
                    sure[facts.urn] = facts
            for urn in origins:
                if urn in self.by_urn and self.by_urn[urn].kind == kind:
                    sure[urn] = self.by_urn[urn]
            if any(value is UNKNOWN for value in values):
                urns = {urn for origin in origins for urn in self._origins(origin)}
                candidates = [self.by_urn[urn] for urn in urns if urn in self.by_urn] if origins else self.of(kind)
                maybe |= {facts.urn: facts for facts in candidates if facts.kind == kind}
        sure.pop(source.urn, None)
        return self._related(source, sure, maybe)

    def _related(self, subject: Resource, sure: Mapping[str, Facts], maybe: Mapping[str, Facts]) -> Related:
        return Related(
            [subject.like(facts) for facts in sure.values()],
            [subject.like(facts) for urn, facts in maybe.items() if urn not in sure and urn != subject.urn],
        )

    @cached_property
    def users(self) -> Mapping[str, frozenset[str]]:
        """URN to the URNs of the resources that depend on it or are given one of its outputs."""
        found: dict[str, set[str]] = defaultdict(set)
        for facts in self.facts:
            for urn in facts.dependencies:
                found[urn].add(facts.urn)
            for sources in facts.property_dependencies.values():
                for urn in sources:
                    found[urn].add(facts.urn)
        return {urn: frozenset(users) for urn, users in found.items()}

    def users_of(self, subject: Resource) -> frozenset[str]:
        """URNs of the resources that depend on the subject, are given one of its outputs, or hold its id."""
        found = set(self.users.get(subject.urn, ()))
        for name in self._names_of(subject.facts, ""):
            found |= self._mentions.get(name, set())
        return frozenset(found - {subject.urn})

    @cached_property
    def _mentions(self) -> Mapping[str, set[str]]:
        """Every text in the stack's properties, with the URNs of the resources that hold it."""
        found: dict[str, set[str]] = defaultdict(set)
        for facts in self.facts:
            rest: list[Any] = [facts.properties]
            while rest:
                value = rest.pop()
                if isinstance(value, str):
                    found[value].add(facts.urn)
                elif isinstance(value, dict):
                    rest += value.values()
                elif isinstance(value, list):
                    rest += value
                elif isinstance(value, Secret):
                    rest.append(value.value)
        return found

    def _index(self, kind: str, by: str) -> dict[Any, list[Facts]]:
        """Resources of a type by the value of a property; those where it is not known under ``UNKNOWN``."""
        if (kind, by) not in self._named:
            index: dict[Any, list[Facts]] = defaultdict(list)
            for facts in self._kinds.get(kind, ()):
                for value in _values(facts.properties, by):
                    index[value].append(facts)
            self._named[kind, by] = index
        return self._named[kind, by]

    def _computed(self, kind: str, top: str) -> Mapping[str, list[Facts]]:
        """Resources of a type by the URN of what the property was computed from."""
        if (kind, top) not in self._computations:
            found: dict[str, list[Facts]] = defaultdict(list)
            for facts in self._kinds.get(kind, ()):
                for urn in facts.property_dependencies.get(top, ()):
                    found[urn].append(facts)
            self._computations[kind, top] = found
        return self._computations[kind, top]

    def _names_of(self, facts: Facts, key: str) -> tuple[str, ...]:
        """What a resource is named by."""
        found = self._own_names.get((facts, key))
        if found is None:
            found = self._own_names[facts, key] = tuple(dict.fromkeys(_identities(facts, key)))
        return found

    def _names(self, kind: str, key: str) -> Mapping[Any, list[Facts]]:
        """Resources of a type by what they are named by."""
        if (kind, key) not in self._identified:
            found: dict[Any, list[Facts]] = defaultdict(list)
            for facts in self._kinds.get(kind, ()):
                for name in self._names_of(facts, key):
                    found[name].append(facts)
            self._identified[kind, key] = found
        return self._identified[kind, key]

    def _origins(self, urn: str) -> frozenset[str]:
        """The resource and everything it was computed from."""
        if urn not in self._ancestors:
            seen: set[str] = set()
            queue = [urn]
            while queue:
                current = queue.pop()
                if current in seen:
                    continue
                seen.add(current)
                facts = self.by_urn.get(current)
                if facts is not None:
                    queue += facts.dependencies
                    for sources in facts.property_dependencies.values():
                        queue += sources
            self._ancestors[urn] = frozenset(seen)
        return self._ancestors[urn]


def _identities(facts: Facts, key: str) -> Iterator[str]:
    """What other resources may name a resource by: the usual outputs, and ``key``."""
    for name in (*_IDENTITY, key) if key else _IDENTITY:
        value = facts.properties.get(name)
        if isinstance(value, Secret):
            value = value.value
        if isinstance(value, str) and value:
            yield value


def _values(properties: Any, by: str) -> Iterator[Any]:
    """The text values at a path, and ``UNKNOWN`` where one is not known; secrets are looked into."""
    values = [properties]
    for step in parse(by):
        found: list[Any] = []
        for value in values:
            inner = value.value if isinstance(value, Secret) else value
            if inner is UNKNOWN:
                found.append(UNKNOWN)
            elif isinstance(step, Every):
                found += inner if isinstance(inner, list) else inner.values() if isinstance(inner, dict) else ()
            elif isinstance(inner, dict) and step in inner:
                found.append(inner[step])
        values = found
    for value in values:
        inner = value.value if isinstance(value, Secret) else value
        for item in inner if isinstance(inner, list) else [inner]:
            if item is UNKNOWN or isinstance(item, str):
                yield item


def require_related(
    subject: Resource,
    *types: str,
    by: str,
    check: Callable[[Resource], Verdict] = lambda _: PASS,
    key: str = "",
    every: bool = False,
    remedy: str = "",
) -> Verdict:
    """A resource of one of the types must name the subject, and pass a check.

    Args:
        subject: the resource that is named.
        types: tokens of those that may name it.
        by: their property that names it.
        check: what the one that names it must satisfy.
        key: a further output of the subject by which it may be named.
        every: whether all that name it must pass the check, not just one.
        remedy: what to do where nothing names it; made from types and ``by`` when left out.
    """
    related = subject.stack.related(subject, *types, by=by, key=key)
    word = types[0].rsplit(":", 1)[-1]
    verdicts = [_about(other, judge(check, other)) for other in related.sure]
    pending = [undetermined(f"{other.name}.{by}") for other in related.maybe]
    if every and verdicts:
        return all_in([*verdicts, *pending])
    if verdicts or pending:
        return any_in([*verdicts, *pending])
    if subject.record.absent == "pass":
        return PASS
    return fail("", f"no {word} names it by {by}", remedy or f"add a {word} whose {by} is this resource")


def forbid_related(
    subject: Resource, *types: str, by: str, check: Callable[[Resource], Verdict] = lambda _: PASS, key: str = ""
) -> Verdict:
    """No resource of the types that names the subject may pass the check."""
    related = subject.stack.related(subject, *types, by=by, key=key)
    word = types[0].rsplit(":", 1)[-1]
    verdicts = []
    for other in related.sure:
        verdict = judge(check, other)
        if verdict is PASS:
            verdicts.append(fail("", f"{word} '{other.name}' names it by {by}", f"remove {word} '{other.name}'"))
        elif verdict.unknown:
            verdicts.append(undetermined(*(f"{other.name}.{path}" for path in verdict.unknown)))
    verdicts += [undetermined(f"{other.name}.{by}") for other in related.maybe]
    return all_in([PASS, *verdicts])


def _about(other: Resource, verdict: Verdict) -> Verdict:
    """The verdict with paths that say in which resource they are."""
    if not verdict.faults and not verdict.unknown:
        return verdict
    return Verdict(
        verdict.answer,
        tuple(replace(fault, path=f"{other.name}.{fault.path}") for fault in verdict.faults),
        tuple(f"{other.name}.{path}" for path in verdict.unknown),
    )
