"""Every rule has its cases, stands in its module, and the catalogue is what the rules say it is."""

import importlib.util
from functools import lru_cache
from pathlib import Path

import pytest

from policypacks.engine.record import catalogue
from policypacks.engine.registry import Rule, load_rules
from policypacks.engine.resource import STACK_TYPE
from policypacks.engine.token import canonical, matches
from support.policies import Case

RULES = load_rules()


@lru_cache(maxsize=1)
def cases() -> dict[str, Case]:
    found: dict[str, Case] = {}
    for path in sorted((Path(__file__).parent / "rules").glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"cases_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for case in getattr(module, "CASES", ()):
            assert case.rule not in found, f"{case.rule} has its cases in two places"
            found[case.rule] = case
    return found


def test_every_rule_has_its_cases() -> None:
    assert set(RULES) - set(cases()) == set(), "rules without cases"


def test_every_case_has_its_rule() -> None:
    assert set(cases()) - set(RULES) == set(), "cases without a rule"


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_stands_in_the_module_of_its_catalogue_file(rule: Rule) -> None:
    module = rule.module.removeprefix("policypacks.rules.").replace(".", "/")
    assert module == rule.record.group or module.startswith(f"{rule.record.group}_")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_looks_at_resources_of_its_record(rule: Rule) -> None:
    known = {canonical(token) for token in rule.record.resources} | {STACK_TYPE}
    assert all(any(matches(pattern, subject) for pattern in known) for subject in rule.subjects)
    assert rule.subjects


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_rule_says_what_and_why(rule: Rule) -> None:
    assert len(rule.title) <= 110
    assert not rule.title.endswith(".")
    assert rule.reason.endswith((".", "/")) or "http" in rule.reason
    assert rule.record is catalogue()[rule.id]


@pytest.mark.parametrize("case", cases().values(), ids=lambda case: case.rule)
def test_case_has_something_to_break(case: Case) -> None:
    assert case.bad, "a rule that no example fails checks nothing"
