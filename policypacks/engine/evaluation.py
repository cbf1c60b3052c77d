"""Running rules: which rules look at a resource, and what comes of it, also when a rule breaks or never ends."""

import traceback
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from platform_lib.core.values import UNKNOWN, Properties
from policypacks.engine.graph import Stack
from policypacks.engine.registry import Rule
from policypacks.engine.resource import STACK_TYPE, Facts, Resource, Setting
from policypacks.engine.token import canonical, matches
from policypacks.engine.verdict import Answer, Fault, Undetermined, Verdict, undetermined
from policypacks.engine.watchdog import RuleTimeout, Watchdog


class RuleIndex:
    """Rules by the type tokens that they look at."""

    def __init__(self, rules: Iterable[Rule]) -> None:
        self._exact: dict[str, list[Rule]] = {}
        self._patterns: list[tuple[str, Rule]] = []
        for rule in rules:
            for subject in rule.subjects:
                if subject.endswith("*"):
                    self._patterns.append((subject, rule))
                else:
                    self._exact.setdefault(subject, []).append(rule)
        self._found: dict[str, Sequence[Rule]] = {}

    def rules(self, token: str) -> Sequence[Rule]:
        """The rules that look at resources of a type, whatever alias or version the token has."""
        if token not in self._found:
            kind = canonical(token)
            general = [rule for pattern, rule in self._patterns if matches(pattern, kind)]
            self._found[token] = tuple(dict.fromkeys([*self._exact.get(kind, ()), *general]))
        return self._found[token]


def run(
    rule: Rule,
    facts: Facts,
    config: Mapping[str, Any],
    setting: Setting,
    stack: Stack | None = None,
    watchdog: Watchdog | None = None,
) -> Verdict:
    """What a rule answers about a resource.

    A rule that raises, answers something else than a verdict, or is cut off by the watchdog makes ``Answer.ERROR``
    with a fault that names the place in the rule; it never stops the evaluation.
    """
    resource = Resource(facts, rule.record, config, setting, stack)
    verdict: Any
    try:
        if watchdog is None:
            verdict = rule.function(resource)
        else:
            with watchdog:
                verdict = rule.function(resource)
    except Undetermined as pending:
        return undetermined(pending.path)
    except RuleTimeout:
        return _broken(f"was cut off after {watchdog.seconds if watchdog else 0:g} s")
    except Exception as error:  # noqa: BLE001 (a rule is foreign code: whatever it raises is a finding, and stops nothing)
        frame = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{frame.filename.rsplit('/', 1)[-1]} line {frame.lineno}"
        return _broken(f"raised {type(error).__name__} in {place}")
    if not isinstance(verdict, Verdict):
        return _broken(f"answered {type(verdict).__name__} instead of a verdict")
    return verdict


def _broken(what: str) -> Verdict:
    return Verdict(Answer.ERROR, (Fault("", f"the rule {what}", "report it; until then the resource is not checked"),))


def merged(inputs: Properties, outputs: Properties) -> Properties:
    """What rules of stack scope see of a resource: its outputs, completed by its inputs.

    An input stands in for an output that is not known yet. What the program did not set and the provider has not told
    yet is absent: rules read absence as the provider's default, at preview as later.
    """
    found = dict(inputs)
    for key, value in outputs.items():
        if value.__class__ is str:
            found[key] = value
        elif key in inputs:
            found[key] = _completed(inputs[key], value)
        elif value is not UNKNOWN:
            found[key] = value
    return found


def _completed(given: Any, told: Any) -> Any:
    if told is UNKNOWN:
        return given
    if isinstance(given, dict) and isinstance(told, dict):
        return merged(given, told)
    if isinstance(given, list) and isinstance(told, list) and len(given) == len(told):
        return [_completed(one, other) for one, other in zip(given, told, strict=True)]
    return told


def subjects(rule: Rule, stack: Stack) -> list[Facts]:
    """The resources of a stack that a rule of stack scope is called with."""
    found: list[Facts] = []
    for subject in rule.subjects:
        if subject.endswith("*"):
            found += [facts for facts in stack.facts if matches(subject, facts.kind)]
        else:
            found += stack.of(subject)
    if STACK_TYPE in rule.subjects and not found:
        found.append(NO_STACK)
    return [facts for facts in found if not facts.external]


NO_STACK = Facts(type=STACK_TYPE, kind=STACK_TYPE, urn="", name="", properties={})
"""Stands for the stack where it has no root resource (a state from elsewhere)."""
