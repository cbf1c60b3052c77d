"""What ``platform env`` shows and ends with, on a small project."""

import json
from pathlib import Path

import pytest

from support.cli_project import CliProject


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    project.config("prod", environment="prod")
    return project


def test_the_life_of_an_environment(shop: CliProject) -> None:
    made = shop.run("env", "create", "pr-1", "--from", "dev", "--ttl", "48h", "--owner", "me", "--set", "zones=a")
    assert made.code == 0, made.err
    assert "pr-1 is up on engine sandbox" in made.out
    assert "pr-1: bringing it up" in made.err
    text = (shop.folder / "Pulumi.pr-1.yaml").read_text(encoding="utf-8")
    assert "platform-lib:ephemeral:" in text
    assert "shop:zones: a" in text
    listed = shop.run("env", "list")
    assert listed.out.splitlines()[1].split()[:5] == ["pr-1", "live", "dev", "me", "3"]
    assert "nothing to sweep" in shop.run("env", "sweep", "--yes").out
    told = shop.run("env", "sweep", "--dry-run", "--at", "2099-01-01")
    assert "pr-1: expired, would be destroyed" in told.out
    swept = shop.run("env", "sweep", "--yes", "--at", "2099-01-01", "--json")
    assert swept.code == 0
    assert [item["stack"] for item in swept.json["deletions"]] == ["pr-1"]
    (record,) = swept.json["records"]
    assert len(json.loads(Path(record).read_text(encoding="utf-8"))["deleted"]) == 3
    assert "no ephemeral environment" in shop.run("env", "list").out
    assert shop.run("sandbox", "ls", "--json").json["resources"] == []


def test_a_destroy_tells_what_it_deleted_and_where_that_is_written(shop: CliProject, tmp_path: Path) -> None:
    assert shop.run("env", "create", "pr-1", "--json").code == 0
    answer = shop.run("env", "destroy", "pr-1", "--yes", "--records", str(tmp_path / "records"))
    assert answer.code == 0
    assert "pr-1 is gone: 4 resources deleted, 0 retained, 0 left" in answer.out
    assert len(list((tmp_path / "records").glob("pr-1-*.json"))) == 1


def test_a_stuck_destroy_ends_with_1_and_tells_what_blocks_it(shop: CliProject) -> None:
    assert shop.run("env", "create", "pr-1", "--set", "protect=true", "--json").code == 0
    answer = shop.run("env", "destroy", "pr-1", "--yes")
    assert answer.code == 1
    assert "pr-1 is stuck" in answer.out
    assert "protected: logs is protected" in answer.out
    assert "lift it: platform env destroy pr-1 --unprotect" in answer.out
    assert "stuck" in shop.run("env", "list").out
    assert shop.run("env", "destroy", "pr-1", "--yes", "--unprotect").code == 0


def test_a_file_alone_brings_nothing_up(shop: CliProject) -> None:
    answer = shop.run("env", "create", "pr-1", "--file-only", "--json")
    assert answer.json["summary"] == {}
    assert shop.run("sandbox", "ls", "--json").json["resources"] == []


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (
            ["create", "pr-1", "--ttl", "soon"],
            2,
            "env: --ttl: must be a span of time, got 'soon'; write a whole number",
        ),
        (["create", "pr-1", "--ttl", "31d"], 2, "env: --ttl: must be 5m to 30d, got 31d"),
        (["create", "pr-1", "--set", "zones"], 2, "env: --set: must be KEY=VALUE, got 'zones'"),
        (["create", "pr-1", "--from", "deb"], 2, "there is no Pulumi.deb.yaml, got 'deb'; did you mean 'dev'?"),
        (["create", "prod-1"], 3, "stack 'prod-1': is production by its name"),
        (["create", "pr-1", "--from", "prod"], 3, "environment: counts as production, got 'prod'"),
        (["destroy", "dev", "--yes"], 3, "stack 'dev': is no ephemeral environment"),
        (["destroy", "prod", "--yes"], 3, "stack 'prod': is no ephemeral environment"),
        (["destroy", "pr-9", "--yes"], 2, "stack 'pr-9': there is no such stack; `platform env list` shows those"),
        (["sweep"], 2, "nobody can be asked here; give --yes"),
        (
            ["sweep", "--at", "2099-01-01", "--engine", "pulumi", "--yes"],
            2,
            "--at: only with --dry-run on engine pulumi",
        ),
    ],
)
def test_wrong_usage_and_production_are_refused(shop: CliProject, words: list[str], code: int, message: str) -> None:
    answer = shop.run("env", *words)
    assert (answer.code, message in answer.err) == (code, True), answer.err
    assert not (shop.folder / "Pulumi.pr-1.yaml").exists()
