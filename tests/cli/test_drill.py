"""What ``platform drill`` shows, writes and ends with."""

import json
from pathlib import Path

import pytest

from platform_lib.components.dr.document import Way
from platform_lib.operations.drill.model import Drill
from support.cli_project import CliProject
from support.recovery import AWAY, HOME, RecoveryProject


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RecoveryProject:
    project = RecoveryProject(tmp_path_factory.mktemp("drill") / "shop", "s3", "dynamodb")
    assert project.run("up", "--no-policy", "--json").code == 0
    return project


@pytest.fixture
def own(shop: RecoveryProject, tmp_path: Path) -> RecoveryProject:
    """The same, to be changed."""
    return shop.copied(tmp_path / "shop")


def test_a_drill_that_passes_ends_with_0_and_shows_what_was_reached(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "run")

    assert answer.code == 0, answer.err
    assert "Failover  on the sandbox" in answer.out
    assert "Failback  on the sandbox" in answer.out
    rows = [line.split() for line in answer.out.splitlines() if line.startswith(("files", "orders"))]
    assert [row[:2] for row in rows] == [["files", "timed-replication"], ["orders", "global-table"]]
    assert {row[-1] for row in rows} == {"ok"}
    assert "Drill passed: failover and failback of main, stack dev, on a copy of the sandbox" in answer.out


@pytest.mark.parametrize(
    ("seed", "text"),
    [
        ("replication-off", "is no longer copied to eu-west-1"),
        ("key-missing", "it is not there"),
        ("stale-backup", "the newest backup at the second site is"),
        ("wrong-record", "api.example.com leads users to eu-central-1 and not to eu-west-1"),
    ],
)
def test_a_seeded_fault_ends_with_1_and_says_what_failed(shop: RecoveryProject, seed: str, text: str) -> None:
    answer = shop.run("drill", "run", "--seed", seed)

    assert answer.code == 1
    assert text in answer.out
    assert "failed: failover: " in answer.out
    assert "Drill failed: failover of main, stack dev, on a copy of the sandbox" in answer.out


def test_json_holds_all_of_it_and_nothing_else_is_printed(shop: RecoveryProject) -> None:
    answer = shop.run(
        "drill", "run", "--course", "failover", "--seed", "replication-off", "--source", "orders", "--json"
    )

    assert answer.code == 1
    drill = Drill.model_validate_json(answer.out)
    assert (drill.passed, [way.way for way in drill.ways]) == (False, [Way.FAILOVER])
    assert [source.name for source in drill.ways[0].sources if not source.within] == ["orders"]


def test_the_record_is_written_as_markdown(shop: RecoveryProject, tmp_path: Path) -> None:
    file = tmp_path / "drill.md"
    answer = shop.run("drill", "run", "--course", "failover", "--format", "markdown", "--output", str(file))

    assert answer.code == 0
    assert "Drill passed" in answer.out
    text = file.read_text(encoding="utf-8")
    assert text.startswith("# Drill of main, stack dev, ")
    assert "**Passed.** On the sandbox:" in text
    assert "| files | timed-replication | 15 min | 15 min | 1 h |" in text
    assert "| ok |" in text
    assert f"- {HOME} was switched off at " in text


def test_the_record_of_a_failure_says_what_failed(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "run", "--seed", "wrong-record", "--format", "markdown")

    assert answer.code == 1
    assert "**Failed.**" in answer.out
    assert "- Seeded fault `wrong-record`: the record of the secondary site leads to eu-central-1." in answer.out
    assert "## What failed\n\n- failover: " in answer.out
    assert "| **failed** |" in answer.out


def test_a_restore(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "run", "--course", "restore")

    assert answer.code == 0
    assert "Drill passed: restore of main" in answer.out


def test_it_runs_on_the_sandbox_only(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "run", "--engine", "pulumi")

    assert answer.code == 3
    assert "drill run: runs on the sandbox only" in answer.err
    assert "sandbox" in shop.run("drill", "run", "--help").out.split("Options")[0]


def test_in_place_is_asked_and_says_how_to_go_on(own: RecoveryProject) -> None:
    refused = own.run("drill", "run", "--in-place", "--course", "failover")
    assert refused.code == 2
    assert "nobody can be asked here; give --yes" in refused.err

    answer = own.run("drill", "run", "--in-place", "--course", "failover", "--yes")

    assert answer.code == 0
    assert "on the sandbox itself" in answer.out
    assert "set active_site to secondary in Pulumi.dev.yaml" in answer.out
    assert own.run("sandbox", "region", "--json").json["down"].keys() == {HOME}


@pytest.mark.parametrize(
    ("arguments", "code", "text"),
    [
        (["--output", "x"], 2, "--output: a table is for people; choose --format json or markdown"),
        (["--source", "files"], 2, "--source says what a seeded fault is about; give --seed too"),
        (["--replica", "mian"], 2, "has no DrReplica 'mian'; did you mean 'main'"),
        (["--seed", "key-missing", "--source", "ordes"], 2, "--source: ordes is no source of main"),
        (["--seed", "key-missing", "--in-place", "--yes"], 2, "--seed does not go with --in-place"),
        (["--active-site", "shop:kinds.x.y"], 2, "--active-site: shop:kinds.x.y leads into something"),
        (["--stack", "prod"], 2, "there is no such stack"),
    ],
)
def test_wrong_usage(shop: RecoveryProject, arguments: list[str], code: int, text: str) -> None:
    answer = shop.run("drill", "run", *arguments)

    assert (answer.code, text in answer.err) == (code, True), answer.err


def test_a_stack_that_has_changes_is_refused(own: RecoveryProject) -> None:
    own.configure(kinds="s3")

    answer = own.run("drill", "run")

    assert answer.code == 3
    assert "run up first, a drill begins with what the program says" in answer.err


def test_an_error_is_json_too(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "run", "--replica", "mian", "--json")

    assert answer.code == 2
    assert answer.json["error"]["kind"] == "UnknownNameError"


# Runbooks


def test_runbooks_are_printed(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "runbook", "--way", "failover")

    assert answer.code == 0
    assert answer.out.startswith(f"# Fail over from {HOME} to {AWAY}\n")
    assert "Fail back" not in answer.out
    assert shop.run("drill", "runbook").out.count("\n# ") == 2


def test_runbooks_are_written(shop: RecoveryProject, tmp_path: Path) -> None:
    answer = shop.run("drill", "runbook", "--output", str(tmp_path / "books"))

    assert answer.code == 0
    assert sorted(path.name for path in (tmp_path / "books").iterdir()) == [
        "main-failback.md",
        "main-failover.md",
        "main-restore.md",
    ]
    assert "written: " in answer.out


def test_steps_as_json(shop: RecoveryProject) -> None:
    data = shop.run("drill", "runbook", "--way", "failover", "--json").json

    assert (data["engine"], data["replica"]) == ("sandbox", "main")
    assert data["ways"]["failover"][0]["name"] == "notice"


# What is promised


def test_show(shop: RecoveryProject) -> None:
    answer = shop.run("drill", "show")

    assert answer.code == 0
    assert "main: pilot-light, users at the primary site" in answer.out
    assert f"sites: primary {HOME}, secondary {AWAY}" in answer.out
    assert "a drill is due now: every 92 days, there was none yet" in answer.out


def test_show_says_when_the_next_drill_is_due(tmp_path: Path) -> None:
    more = json.dumps({"drills": {"every_days": 30, "last_day": "2026-11-20"}})
    project = RecoveryProject(tmp_path / "shop", "s3", more=more)
    assert project.run("up", "--no-policy", "--json").code == 0

    data = project.run("drill", "show", "--json").json

    assert (data["lastDrill"], data["drillDue"]) == ("2026-11-20", "2026-12-20")
    assert data["sources"][0]["point"] == 900


def test_a_stack_without_recovery(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    assert project.run("up", "--no-policy", "--json").code == 0

    for command in ("show", "runbook", "run"):
        answer = project.run("drill", command)
        assert answer.code == 2
        assert "stack 'dev': has no DrReplica" in answer.err


def test_a_stack_without_state(tmp_path: Path) -> None:
    project = RecoveryProject(tmp_path / "shop", "s3")

    assert "has no state on engine sandbox; deploy it first" in project.run("drill", "show").err
    assert "none is up on the sandbox; bring one up with `platform up --stack dev`" in project.run("drill", "run").err
