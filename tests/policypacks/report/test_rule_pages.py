"""The pages about the rules: those that are checked in, and their examples do what the page says."""

import re

import pytest

from platform_lib.core.values import Secret
from policypacks.report.coverage import coverage_pages
from support.pages import DOCS, keep, own_rules
from support.policies import FAIL, PASS, R, Ref
from support.rule_pages import FAILS, PASSES, answer, cases, from_yaml, pages, snippets, to_yaml


@pytest.fixture(scope="module")
def made() -> dict[str, str]:
    return pages(own_rules())


@pytest.mark.golden
def test_the_pages_are_what_the_rules_say(request: pytest.FixtureRequest, made: dict[str, str]) -> None:
    keep(request, "policies/rules", made)


def test_every_example_on_the_pages_does_what_they_say() -> None:
    wrong, seen = [], set()
    for path in sorted((DOCS / "policies" / "rules").rglob("*.md")):
        for rule, kind, resources in snippets(path.read_text(encoding="utf-8")):
            seen.add((rule, kind))
            found = answer(cases()[rule], resources)
            if found is not {FAILS: FAIL, PASSES: PASS}[kind]:
                wrong.append(f"{rule}: {kind} {found}")
    assert not wrong
    assert {rule for rule, kind in seen if kind == FAILS} == set(cases())
    assert {rule for rule, kind in seen if kind == PASSES} == {rule for rule, case in cases().items() if case.resources}


def test_examples_survive_the_way_through_yaml() -> None:
    given = [
        R("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16", "day": "2026-01-01", "on": "yes"}),
        R(
            "log", "aws:ec2/flowLog:FlowLog", {"vpcId": Ref("vpc", "arn"), "text": "${aws:username} ${vpc.id} here"},
            {"protect": True}, {"region": "eu-west-1"},
        ),
        R("key", "test:index:Key", {"value": Secret("s"), "list": [{"a": 1}, None]}),
    ]  # fmt: skip
    assert from_yaml(to_yaml(given)) == given


def test_links_from_the_coverage_pages_arrive(made: dict[str, str]) -> None:
    linked = {
        page for text in coverage_pages(own_rules()).values() for page in re.findall(r"\(\.\./rules/([^)]+)\)", text)
    }
    assert len(linked) > 500
    assert linked <= set(made)


def test_every_rule_has_a_page_and_stands_in_the_list_of_its_group(made: dict[str, str]) -> None:
    for rule in own_rules():
        (page,) = [name for name in made if name.endswith(f"/{rule}.md")]
        group, _, file = page.rpartition("/")
        assert f"({group.rpartition('/')[2]}/{file})" in made[f"{group}.md"]
