"""The HTML report: every control with its rules, resources and verdicts, and nothing fetched from elsewhere."""

from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest

from policypacks.engine.record import FRAMEWORKS, controls
from policypacks.report.html import control_rows
from policypacks.report.render import render_pages
from support.policy_reports import mixed

AT = datetime(2026, 1, 15, 12, tzinfo=UTC)
VOID = {"meta", "br", "hr", "img", "link", "input"}


class Page(HTMLParser):
    """Checks that tags are balanced; keeps links, ids and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.tags: set[str] = set()
        self.text = ""
        self.feed(text)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        if tag not in VOID:
            self.open.append(tag)
        for name, value in attrs:
            assert name not in ("src", "onclick", "background")
            if name == "href":
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.fixture(scope="module")
def pages() -> dict[str, Page]:
    found = render_pages([("dev", mixed()), ("prod", mixed(word="y"))], at=AT)
    return {name: Page(text) for name, text in found.items()}


def test_a_page_for_each_framework_and_a_summary(pages: dict[str, Page]) -> None:
    assert set(pages) == {"index.html", *(f"{name}.html" for name in FRAMEWORKS)}
    for page in pages.values():
        assert set(page.links) <= set(pages)
        assert not page.tags & {"script", "link", "img", "iframe"}
        assert "not a statement of compliance" in page.text
        assert "hunter2" not in page.text
    for name in FRAMEWORKS:
        assert pages[f"{name}.html"].ids == list(controls(name))


def test_names_of_resources_are_text(pages: dict[str, Page]) -> None:
    assert "bad<b>" in pages["hipaa.html"].text
    assert "b" not in pages["index.html"].tags


def test_worst_status_over_stacks_and_answers_worst_first() -> None:
    rows = {row.control.id: row for row in control_rows({"dev": mixed(), "prod": mixed(word="y")}, "soc2")}
    row = rows["CC7.2"]
    assert row.status == "failed"
    (rule,) = row.rules
    verdicts = [(answer.verdict, answer.subject) for answer in rule.answers]
    assert verdicts[0] == ("failed", "prod")
    assert ("passed", "dev") in verdicts
    only = {row.control.id: row for row in control_rows({"dev": mixed()}, "soc2")}
    assert only["CC7.2"].status == "passed"


def test_waived_and_undetermined_say_why(pages: dict[str, Page]) -> None:
    text = pages["hipaa.html"].text
    assert "waived until 2026-02-01: migration; instead: firewall; owner ann, approved by bob" in text
    assert "on: not known yet" in text


def test_what_code_cannot_show_says_why_and_what_to_look_for(pages: dict[str, Page]) -> None:
    text = pages["hipaa.html"].text
    assert "Infrastructure code cannot show this: it is an agreement with another party. Look for: the signed" in text
    assert "Infrastructure code shows only a part of this: " in text
    assert "service providers only" in pages["pci_dss.html"].text
    assert "future-dated" in pages["pci_dss.html"].text
    assert "addressable" in text
