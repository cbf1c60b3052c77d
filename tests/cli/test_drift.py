"""What ``platform drift`` shows and ends with, on a small project."""

import json
from pathlib import Path

import pytest

from support.cli_project import CliProject


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    """The project with its stack up."""
    project = CliProject(tmp_path / "shop")
    assert project.run("up", "--no-policy", "--json").code == 0
    return project


def edit(shop: CliProject, *words: str) -> None:
    assert shop.run("sandbox", "edit", *words).code == 0


def test_no_drift_ends_with_0(shop: CliProject) -> None:
    answer = shop.run("drift")
    assert answer.code == 0
    assert "Drift of shop / dev  on engine sandbox" in answer.out
    assert "no drift: 0 resources of 4 differ" in answer.out


def test_drift_is_shown_the_worst_first_and_ends_with_4(shop: CliProject) -> None:
    edit(shop, "main-vpc", "enableDnsSupport=false")
    edit(shop, "main-private-a", "mapPublicIpOnLaunch=true")
    edit(shop, "logs", "--delete")
    answer = shop.run("drift")
    assert answer.code == 4
    order = [
        "security aws:ec2:Subnet main-private-a",
        "now fails aws-vpc-subnet-no-auto-public-ip (medium): is not false, got true",
        "~ mapPublicIpOnLaunch: false -> true",
        "loss     aws:s3:Bucket logs  is gone, and holds data",
        "changed  aws:ec2:Vpc main-vpc",
        "drifted: 3 resources of 4 differ",
    ]
    places = [answer.out.index(text) for text in order]
    assert places == sorted(places)


def test_json_holds_all_of_it_and_nothing_else_is_printed(shop: CliProject) -> None:
    edit(shop, "main-vpc", "enableDnsSupport=false")
    answer = shop.run("drift", "--json")
    assert answer.code == 4
    assert answer.json["drifted"] is True
    assert [item["name"] for item in answer.json["resources"]] == ["main-vpc"]
    assert answer.json["packs"] == ["baseline 0.1.0"]


def test_noise_is_hidden_until_it_is_asked_for_and_ends_with_0(shop: CliProject) -> None:
    (shop.folder / "governance").mkdir()
    (shop.folder / "governance" / "drift.yaml").write_text(
        "version: 1\nnoise:\n  - {type: 'aws:ec2/vpc:Vpc', path: enableDns*, reason: switched by another team}\n",
        encoding="utf-8",
    )
    edit(shop, "main-vpc", "enableDnsSupport=false")
    answer = shop.run("drift")
    assert answer.code == 0
    assert "main-vpc" not in answer.out
    assert "1 with noise only (--all shows it)" in answer.out
    assert "noise: switched by another team" in shop.run("drift", "--all").out


def test_revert_puts_it_back_and_accept_takes_it_in(shop: CliProject) -> None:
    edit(shop, "main-vpc", "enableDnsSupport=false")
    reverted = shop.run("drift", "--revert", "--yes", "--json")
    assert (reverted.code, reverted.json["settled"], reverted.json["left"]) == (0, "reverted", [])
    edit(shop, "main-vpc", "enableDnsSupport=false")
    accepted = shop.run("drift", "--accept", "--yes")
    assert accepted.code == 0
    assert "accepted: 1 of stack dev; 0 left" in accepted.out
    assert "next: " not in accepted.out, "nobody is told to do what is being done"
    shown = json.loads(shop.run("sandbox", "show", "main-vpc", "--json").out)
    assert shown["inputs"]["enableDnsSupport"] is False


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--accept", "--revert"], 2, "drift: --accept and --revert do not go together; give one of them"),
        (["--stack", "deb"], 2, "stack 'deb': there is no such stack; did you mean 'dev'?"),
        (["--engine", "pulumi"], 2, "stack: which one; name it with --stack (engine pulumi does not guess)"),
        (
            ["--engine", "pulumi", "--stack", "dev"],
            1,
            "engine pulumi: pulumi: not found on PATH; install the Pulumi CLI",
        ),
    ],
)
def test_wrong_usage_is_told(shop: CliProject, words: list[str], code: int, message: str) -> None:
    answer = shop.run("drift", *words, env={"PATH": "/nowhere"})
    assert (answer.code, message in answer.err) == (code, True), answer.err


def test_nobody_is_asked_where_nobody_is(shop: CliProject) -> None:
    edit(shop, "main-vpc", "enableDnsSupport=false")
    answer = shop.run("drift", "--revert")
    assert answer.code == 2
    assert "nobody can be asked here; give --yes" in answer.err


def test_a_program_that_was_changed_is_not_deployed_by_a_revert(shop: CliProject) -> None:
    edit(shop, "main-vpc", "enableDnsSupport=false")
    shop.config(cidr="10.1.0.0/16")
    answer = shop.run("drift", "--revert", "--yes")
    assert answer.code == 3
    assert "the program differs from what was deployed" in answer.err
