"""The coverage pages: complete, linked, and those that are checked in."""

import json
import re

import pytest

from platform_lib.core.errors import PolicyError
from policypacks.engine.record import CATALOGUE, FRAMEWORKS, Control, catalogue, controls, themes
from policypacks.report.beyond import flags_of, limit_of
from policypacks.report.coverage import PAGES, coverage_pages
from support.pages import keep, own_rules


@pytest.mark.golden
def test_the_pages_are_what_the_rules_say(request: pytest.FixtureRequest) -> None:
    keep(request, "policies/coverage", coverage_pages(own_rules()))


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_every_control_has_its_rules_or_a_reason(framework: str) -> None:
    text = coverage_pages(own_rules())[PAGES[framework]]
    sections = dict(re.findall(r"^## (\S+) \{[^\n]*\}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL))
    assert list(sections) == list(controls(framework))
    for control in controls(framework).values():
        section = sections[control.id]
        cited = set(re.findall(r"\[([a-z0-9-]+)\]\(\.\./rules/", section))
        assert cited == {
            rule.id for rule in own_rules().values() if control.id in rule.record.controls.get(framework, ())
        }
        limit = limit_of(control)
        reason = limit.why if limit else "No rule looks at it."
        assert cited or reason in section
        assert all(flag in section for flag in flags_of(control))


def test_the_flags_of_the_frameworks_are_kept() -> None:
    pages = coverage_pages(own_rules())
    assert "(*addressable, administrative*)" in pages["hipaa.md"]
    assert "(*required, administrative*)" in pages["hipaa.md"]
    future = sum(bool(item.facts["future_dated"]) for item in controls("pci_dss").values())
    providers = sum(bool(item.facts["service_provider"]) for item in controls("pci_dss").values())
    assert pages["pci-dss.md"].count("future-dated (in force since 31 March 2025)") == future > 0
    assert (
        pages["pci-dss.md"].count("(*service providers only") + pages["pci-dss.md"].count(", service providers only*)")
        == providers
        > 0
    )


def test_every_reason_is_for_a_control_that_code_does_not_show_whole() -> None:
    data = json.loads((CATALOGUE / "beyond_code.json").read_text(encoding="utf-8"))
    for framework in FRAMEWORKS:
        beyond = [item.id for item in controls(framework).values() if item.iac != "direct"]
        assert list(data["controls"][framework]) == beyond
    used = {kind for kinds in data["controls"].values() for kind in kinds.values()}
    assert used == set(data["kinds"])


def test_a_control_without_a_reason_is_an_error() -> None:
    with pytest.raises(PolicyError, match=r"hipaa 1\.1: has no reason"):
        limit_of(Control("hipaa", "1.1", "New", "none", {}))
    assert limit_of(Control("hipaa", "1.1", "New", "direct", {})) is None


def test_gdpr_is_marked_as_our_reading_and_serves_every_theme() -> None:
    data = json.loads((CATALOGUE / "gdpr.json").read_text(encoding="utf-8"))
    assert set(data["themes"]) == set(themes())
    assert {article for articles in data["themes"].values() for article in articles} == set(data["articles"])
    assert "**our reading**" in coverage_pages(own_rules())["gdpr.md"]


def test_hitrust_is_theme_names_and_no_more() -> None:
    page = coverage_pages(own_rules())["hitrust.md"]
    assert all(theme["title"] in page for theme in themes().values())
    assert not any(rule_id in page for rule_id in catalogue())
