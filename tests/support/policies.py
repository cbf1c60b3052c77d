"""The case harness of the policy rules: from one compliant example come the cases that every rule must answer.

See ``policypacks/rules/README.md`` for how a case is written.
"""

import copy
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from typing import Any

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.evaluation import RuleIndex, run, subjects
from policypacks.engine.graph import Stack
from policypacks.engine.path import ELEMENTS, Every, parse
from policypacks.engine.registry import Rule, load_rules
from policypacks.engine.remedy import mended
from policypacks.engine.resource import STACK_TYPE, Facts, Setting
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Answer, Verdict

TODAY = date(2026, 1, 15)

PASS = Answer.PASS
FAIL = Answer.FAIL
UNDETERMINED = Answer.UNDETERMINED
NOT_APPLICABLE = Answer.NOT_APPLICABLE


class _Remove:
    def __repr__(self) -> str:
        return "REMOVE"


REMOVE: Any = _Remove()
"""As the value of a change: take the property away."""


@dataclass(frozen=True)
class Ref:
    """A property value that is an output of another resource of the example: ``Ref("vpc")``."""

    resource: str
    output: str = "id"


@dataclass(frozen=True)
class R:
    """A resource of an example: logical name, type token, inputs, options, properties of its provider, its parent."""

    name: str
    type: str
    properties: Mapping[str, Any] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    provider: Mapping[str, Any] = field(default_factory=dict)
    parent: str = ""


def resource(token: str, properties: Mapping[str, Any] | None = None, **more: Any) -> R:
    """The only resource of an example."""
    return R("it", token, properties or {}, **more)


@dataclass(frozen=True)
class Change:
    """What is changed in the compliant example: properties of one resource, or the resource taken away."""

    on: str = ""
    properties: Mapping[str, Any] = field(default_factory=dict)
    drop: bool = False
    add: tuple[R, ...] = ()

    def __str__(self) -> str:
        if self.drop:
            return f"without {self.on}"
        if self.add:
            return "with " + ", ".join(item.name for item in self.add)
        text = ", ".join(f"{key}={value!r:.40}" for key, value in self.properties.items())
        return f"{self.on}.{text}" if self.on else text


def on(name: str, properties: Mapping[str, Any]) -> Change:
    """Change properties of the named resource of the example."""
    return Change(name, properties)


def drop(name: str) -> Change:
    """Take the named resource out of the example."""
    return Change(name, drop=True)


def add(*resources: R) -> Change:
    """Put further resources into the example."""
    return Change(add=resources)


def _changes(given: Any) -> list[Change]:
    items = [given] if isinstance(given, Change | Mapping) else list(given)
    return [item if isinstance(item, Change) else Change("", item) for item in items]


@dataclass(frozen=True)
class Case:
    """The cases of one rule, from one compliant example.

    Attributes:
        rule: the rule's id.
        good: a compliant resource, or several, the subject first; none where the type itself is what the rule forbids.
        bad: changes (a dict of path to value for the subject, or ``on``, ``drop``, ``add``): each alone must fail.
        also_good: changes after which the rule must still pass.
        unrelated: changes after which the rule must not be applicable.
        guards: paths whose absence and whose being unknown are tried; the keys of ``bad`` when left out.
        absent: answers where the absence of a path does not mean what the catalogue says of the rule.
        unknown: answers where an unknown at a path does not make the rule undetermined (its presence is enough: PASS).
        undetermined: further changes that must leave the rule undetermined.
        config: settings of the rule.
        environment: environment of the run.
        breaks: ids of other rules that guard the same thing under another property.
    """

    rule: str
    good: R | Sequence[R]
    bad: Any
    also_good: Any = ()
    unrelated: Any = ()
    guards: Sequence[str] | None = None
    absent: Mapping[str, Answer] = field(default_factory=dict)
    unknown: Mapping[str, Answer] = field(default_factory=dict)
    undetermined: Any = ()
    config: Mapping[str, Any] = field(default_factory=dict)
    environment: str = "prod"
    breaks: Sequence[str] = ()

    @property
    def resources(self) -> list[R]:
        return [self.good] if isinstance(self.good, R) else list(self.good)


@dataclass(frozen=True)
class Trial:
    """One thing to try, run by a parametrised test."""

    name: str
    run: Callable[[], None]

    def __str__(self) -> str:
        return self.name


def trials(cases: Iterable[Case]) -> list[Trial]:
    """Every trial of every case."""
    return [trial for case in cases for trial in _trials(case)]


def _trials(case: Case) -> Iterator[Trial]:
    name = case.rule
    if case.resources:
        yield Trial(f"{name}: compliant", lambda: _expect(case, [], PASS))
    if len(case.resources) > 1:
        yield Trial(f"{name}: compliant, ids unknown", lambda: _expect(case, [], PASS, known=False))
    for change in _changes(case.also_good):
        yield Trial(f"{name}: still good, {change}", lambda c=change: _expect(case, [c], PASS))
    for change in _changes(case.bad):
        yield Trial(f"{name}: bad, {change}", lambda c=change: _expect_bad(case, c))
        yield Trial(f"{name}: mutation, {change}", lambda c=change: _expect_mutation(case, c))
    for change in _changes(case.unrelated):
        yield Trial(f"{name}: unrelated, {change}", lambda c=change: _expect(case, [c], NOT_APPLICABLE))
    for change in _changes(case.undetermined):
        yield Trial(f"{name}: undetermined, {change}", lambda c=change: _expect(case, [c], UNDETERMINED))
    for where, path in _guards(case):
        absent = case.absent.get(path, FAIL if _rule(name).record.absent == "violation" else PASS)
        change = Change(where, {path: REMOVE})
        yield Trial(f"{name}: absent, {path}", lambda c=change, a=absent: _expect(case, [c], a))
        unknown = case.unknown.get(path, UNDETERMINED)
        change = Change(where, {path: UNKNOWN})
        yield Trial(f"{name}: unknown, {path}", lambda c=change, a=unknown: _expect(case, [c], a))
    if _rule(name).record.remediable:
        yield Trial(f"{name}: remediation", lambda: _expect_mended(case))
    yield Trial(f"{name}: other types", lambda: _expect_other_types(case))


def _guards(case: Case) -> list[tuple[str, str]]:
    if case.guards is not None:
        return [("", path) for path in case.guards]
    found: dict[tuple[str, str], None] = {}
    for change in _changes(case.bad):
        for path in change.properties:
            found[change.on, path] = None
    return list(found)


@lru_cache(maxsize=1)
def _rules() -> Mapping[str, Rule]:
    return load_rules()


@lru_cache(maxsize=1)
def _index() -> RuleIndex:
    return RuleIndex(_rules().values())


def _rule(name: str) -> Rule:
    assert name in _rules(), f"there is no rule {name}"
    return _rules()[name]


def urn(name: str, token: str) -> str:
    return f"urn:pulumi:test::project::{token}::{name}"


def facts_of(resources: Sequence[R], *, known: bool = True) -> list[Facts]:
    """The example as the engine would decode it; ids are known, or unknown with dependencies recorded."""
    types = {item.name: item.type for item in resources}
    found = [Facts(STACK_TYPE, STACK_TYPE, urn("test", STACK_TYPE), "test", {})]
    for item in resources:
        dependencies: dict[str, list[str]] = {}

        def resolve(value: Any, top: str, into: dict[str, list[str]] = dependencies) -> Any:
            if isinstance(value, Ref):
                if value.resource in types:
                    into.setdefault(top, []).append(urn(value.resource, types[value.resource]))
                return f"{value.resource}-{value.output}" if known else UNKNOWN
            if isinstance(value, Mapping):
                return {key: resolve(inner, top) for key, inner in value.items()}
            if isinstance(value, list | tuple):
                return [resolve(inner, top) for inner in value]
            if isinstance(value, Secret):
                return Secret(resolve(value.value, top))
            return value

        properties = {key: resolve(value, key) for key, value in item.properties.items()}
        for output in ("id", "arn"):
            properties.setdefault(output, f"{item.name}-{output}" if known else UNKNOWN)
        if not known:
            for key in ("id", "arn"):
                properties[key] = UNKNOWN
        found.append(
            Facts(
                item.type,
                canonical(item.type),
                urn(item.name, item.type),
                item.name,
                properties,
                item.options,
                dict(item.provider),
                "default",
                urn(item.parent, types[item.parent]) if item.parent in types else urn("test", STACK_TYPE),
                sorted({source for sources in dependencies.values() for source in sources}),
                dependencies,
            )
        )
    return found


def changed(resources: Sequence[R], changes: Sequence[Change]) -> list[R]:
    """The example after the changes."""
    found = list(resources)
    for change in changes:
        if change.drop:
            assert any(item.name == change.on for item in found), f"no {change.on} in the example"
            found = [item for item in found if item.name != change.on]
            continue
        found += change.add
        target = change.on or found[0].name
        assert any(item.name == target for item in found), f"no {target} in the example"
        for index, item in enumerate(found):
            if item.name == target and change.properties:
                found[index] = _put_all(item, change.properties)
    return found


def _put_all(item: R, values: Mapping[str, Any]) -> R:
    properties = _plain_copy(item.properties)
    options, provider = dict(item.options), dict(item.provider)
    for path, value in values.items():
        if path.startswith("opts."):
            options[path.removeprefix("opts.")] = value
        elif path.startswith("provider."):
            provider[path.removeprefix("provider.")] = value
        else:
            _put(properties, list(parse(path)), value)
    return R(item.name, item.type, properties, options, provider, item.parent)


def _plain_copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _plain_copy(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain_copy(inner) for inner in value]
    return copy.copy(value) if isinstance(value, Ref) else value


def _put(holder: Any, steps: list[Any], value: Any) -> None:
    step, rest = steps[0], steps[1:]
    if isinstance(step, Every):
        keys: Iterable[Any] = list(range(len(holder))) if step is ELEMENTS else list(holder)
        for key in keys:
            _put(holder, [key, *rest], value)
        return
    if rest:
        if isinstance(holder, dict) and (step not in holder or holder[step] is UNKNOWN):
            holder[step] = [{}] if isinstance(rest[0], Every | int) else {}
        _put(holder[step], rest, value)
    elif value is REMOVE:
        if isinstance(holder, list):
            del holder[step]
        else:
            holder.pop(step, None)
    else:
        holder[step] = value


def _setting(case: Case, known: bool) -> Setting:
    return Setting(case.environment, TODAY, preview=not known)


def _config(rule: Rule, case: Case) -> Mapping[str, Any]:
    return {**rule.defaults(), **(case.config if rule.id == case.rule else {})}


def verdicts(rule: Rule, case: Case, resources: Sequence[R], *, known: bool = True) -> list[Verdict]:
    """What a rule answers about the example: one verdict for each resource that it looks at."""
    facts = facts_of(resources, known=known)
    setting, config = _setting(case, known), _config(rule, case)
    if rule.whole_stack:
        stack = Stack(facts)
        return [run(rule, subject, config, setting, stack) for subject in subjects(rule, stack)]
    return [run(rule, item, config, setting) for item in facts if rule in _index().rules(item.type)]


def _worst(found: Sequence[Verdict]) -> Verdict:
    order = (Answer.ERROR, FAIL, UNDETERMINED, PASS, NOT_APPLICABLE)
    ranked = sorted(found, key=lambda verdict: order.index(verdict.answer))
    return ranked[0] if ranked else Verdict(NOT_APPLICABLE)


def _expect(case: Case, changes: Sequence[Change], answer: Answer, *, known: bool = True) -> None:
    verdict = _worst(verdicts(_rule(case.rule), case, changed(case.resources, changes), known=known))
    assert verdict.answer is answer, f"{case.rule}: {verdict}"
    if answer is UNDETERMINED:
        assert verdict.unknown


def _secret_properties(resources: list[R], change: Change) -> list[R]:
    """The changed example with everything that the change touched made secret."""
    target = change.on or resources[0].name
    tops = {str(parse(path)[0]) for path in change.properties if not path.startswith(("opts.", "provider."))}
    return [
        R(
            item.name,
            item.type,
            {key: Secret(value) if key in tops else value for key, value in item.properties.items()},
            item.options,
            item.provider,
        )
        if item.name == target
        else item
        for item in resources
    ]


def _expect_bad(case: Case, change: Change) -> None:
    rule = _rule(case.rule)
    broken = changed(case.resources, [change])
    verdict = _worst(verdicts(rule, case, broken))
    assert verdict.answer is FAIL, f"{case.rule}: {verdict}"
    for fault in verdict.faults:
        assert fault.problem
        assert fault.remedy
        assert not fault.problem.partition(", got ")[0].endswith(".")
    secret = _worst(verdicts(rule, case, _secret_properties(broken, change)))
    if secret.answer is FAIL:
        for path, value in change.properties.items():
            shown = [fault.problem.partition(", got ")[2] for fault in secret.faults]
            assert not any(str(value) in text for text in shown if text and str(value)), (
                f"{path} is shown though secret"
            )


def _red(case: Case, resources: Sequence[R]) -> set[str]:
    """The rules that fail on the example: those that look at one of its types, in one decoding."""
    facts = facts_of(resources)
    stack, setting = Stack(facts), _setting(case, True)
    found: set[str] = set()
    for item in facts:
        for rule in _index().rules(item.type):
            verdict = run(rule, item, _config(rule, case), setting, stack if rule.whole_stack else None)
            if verdict.answer in (FAIL, Answer.ERROR):
                found.add(rule.id)
    return found


def _red_before(case: Case) -> set[str]:
    """What is red on the compliant example itself, kept from one trial of a case to the next."""
    if _BEFORE.get("case") is not case:
        _BEFORE.update(case=case, red=_red(case, case.resources))
    found: set[str] = _BEFORE["red"]
    return found


_BEFORE: dict[str, Any] = {}


def _expect_mutation(case: Case, change: Change) -> None:
    """Breaking the compliant example turns this rule red, and no other than those that guard the same."""
    broken = changed(case.resources, [change])
    newly = _red(case, broken) - _red_before(case)
    assert case.rule in newly
    touched = {canonical(item.type) for item in [*case.resources, *broken]}
    if not (change.drop or change.add):
        target = change.on or case.resources[0].name
        touched = {canonical(item.type) for item in case.resources if item.name == target}
    tops = {str(parse(path)[0]) for path in change.properties}
    strangers = {
        other for other in newly - {case.rule, *case.breaks} if not _guards_the_same(_rules()[other], touched, tops)
    }
    assert not strangers, f"breaking {change} also turns {sorted(strangers)} red"


def _guards_the_same(rule: Rule, touched: set[str], tops: set[str]) -> bool:
    record = rule.record
    if not touched & {canonical(token) for token in record.resources} and "*" not in record.resources:
        return False
    paths = [path.rsplit(":", 1)[-1] for path in record.properties]
    return not tops or not paths or any(str(parse(path)[0]) in tops or path.startswith("$POD") for path in paths)


def _expect_mended(case: Case) -> None:
    """The fix of the catalogue mends at least one way of breaking the example."""
    rule = _rule(case.rule)
    answers = []
    for change in _changes(case.bad):
        facts = next(item for item in facts_of(changed(case.resources, [change])) if rule in _index().rules(item.type))
        config = {**dict.fromkeys(rule.defaults(), "given"), **_config(rule, case), "kms_key": "arn:aws:kms:x"}
        after = mended(rule.record, facts.kind, facts.properties, config)
        if after is not None:
            answers.append(run(rule, replace(facts, properties=after), config, _setting(case, True)).answer)
    assert PASS in answers, f"{case.rule}: {rule.record.fix} mends none of the bad examples: {answers}"


def _expect_other_types(case: Case) -> None:
    """A resource of another type is not the rule's business."""
    rule = _rule(case.rule)
    if any(subject.endswith("*") for subject in rule.subjects) or STACK_TYPE in rule.subjects:
        assert rule.record.resources
        return
    properties = case.resources[0].properties if case.resources else {}
    stranger = [R("stranger", "test:index:Stranger", properties)]
    assert verdicts(rule, case, stranger) == []
