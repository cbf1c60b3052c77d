"""What ``platform secrets due`` shows and ends with."""

import json
from pathlib import Path

import pytest

from support.cli_project import CliProject

PROGRAM = """\
import pulumi


class Ledger(pulumi.ComponentResource):
    def __init__(self, name, entries):
        super().__init__("platform-lib:index:VaultConfiguration", name)
        self.register_outputs({"rotation": entries})


def entry(name, last, by="people", owner="payments"):
    return {"name": name, "kind": "static-secret", "path": f"kv/{name}", "owner": owner, "maximum_age_days": 60,
            "last_rotated": last, "rotated_by": by}


Ledger("main", [entry("stripe", "2026-09-15"), entry("mail", "2026-11-20", owner="web"), entry("key", "", "engine")])
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> CliProject:
    """The project with its stack up; the command changes nothing."""
    project = CliProject(tmp_path_factory.mktemp("secrets") / "shop", PROGRAM)
    assert project.run("up", "--no-policy", "--json").code == 0
    return project


def test_the_table_shows_the_worst_first_and_ends_with_0(shop: CliProject) -> None:
    answer = shop.run("secrets", "due", "--at", "2026-11-29")
    assert answer.code == 0
    assert "Rotation ledger of shop / dev  on engine sandbox, 2026-11-29" in answer.out
    order = [
        "overdue    2026-11-14  -15 days",
        "fresh      2027-01-19  51 days",
        "by-engine  -           every 60 days",
    ]
    places = [answer.out.index(text) for text in order]
    assert places == sorted(places)
    assert "1 overdue, 0 due within 14 days, of 3 entries" in answer.out


def test_it_ends_with_4_only_where_that_is_asked_for_and_something_is_overdue(shop: CliProject) -> None:
    assert shop.run("secrets", "due", "--at", "2026-11-29", "--fail-overdue").code == 4
    assert shop.run("secrets", "due", "--at", "2026-11-21", "--fail-overdue").code == 4
    assert shop.run("secrets", "due", "--at", "2026-11-14", "--fail-overdue", "--owner", "payments").code == 0


def test_a_rotation_on_a_day_to_come_is_told_and_fails(shop: CliProject) -> None:
    answer = shop.run("secrets", "due", "--at", "2026-11-14", "--fail-overdue")
    assert answer.code == 4
    assert "1 rotated on a day to come" in answer.out


@pytest.mark.parametrize("words", [["--json"], ["--format", "json"]])
def test_json_holds_all_of_it_and_nothing_else_is_printed(shop: CliProject, words: list[str]) -> None:
    answer = shop.run("secrets", "due", "--at", "2026-11-29", "--within", "60", *words)
    assert answer.code == 0
    found = answer.json
    assert (found["format"], found["stack"], found["withinDays"]) == ("1.0", "dev", 60)
    assert [(item["name"], item["status"], item["daysLeft"]) for item in found["entries"]] == [
        ("stripe", "overdue", -15),
        ("mail", "soon", 51),
        ("key", "by-engine", None),
    ]


def test_without_a_day_the_clock_counts(shop: CliProject) -> None:
    from datetime import UTC, datetime

    assert shop.run("secrets", "due", "--json").json["today"] == datetime.now(UTC).date().isoformat()


def test_a_stack_without_a_ledger_is_an_error(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop", "import pulumi\n")
    project.run("up", "--no-policy", "--json")
    answer = project.run("secrets", "due", "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["error"]["message"].startswith("stack 'dev': ")
