"""What ``platform stacks`` and ``platform affected`` show and end with, on a small project."""

import subprocess
from pathlib import Path

import pytest

from support.cli_project import CliProject

PROGRAM = """\
import pulumi
import pulumi_aws as aws

other = pulumi.Config().get("takes")
if other:
    pulumi.StackReference(other)
aws.sqs.Queue("jobs")
"""


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop", PROGRAM)
    project.config("apps", takes="organization/shop/dev")
    return project


def test_the_order_tells_what_a_stack_takes_of_which(shop: CliProject) -> None:
    answer = shop.run("stacks", "order")
    assert answer.out.splitlines() == [
        "1. shop/dev",
        "2. shop/apps",
        "     shop/apps takes of shop/dev (its setting takes)",
    ]
    assert shop.run("stacks", "order", "--json").json["order"] == [["shop/dev"], ["shop/apps"]]


def test_affected_tells_stacks_and_reasons_or_names_alone(shop: CliProject) -> None:
    (shop.folder / ".gitignore").write_text(".sandbox\n__pycache__\n", encoding="utf-8")
    who = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "first"]):
        subprocess.run(["git", "-C", str(shop.folder), *who, *words], check=True)
    assert "no stack is affected" in shop.run("affected", "--since", "HEAD").out
    shop.config(owner="somebody-else")
    answer = shop.run("affected", "--since", "HEAD")
    assert answer.code == 0
    assert answer.out.splitlines() == [
        "dev",
        "    Pulumi.dev.yaml changed",
        "apps",
        "    takes of shop/dev (its setting takes)",
    ]
    assert shop.run("affected", "--since", "HEAD", "--names").out.splitlines() == ["dev", "apps"]
    assert [item["stack"] for item in shop.run("affected", "--since", "HEAD", "--json").json["stacks"]] == [
        "dev",
        "apps",
    ]
    assert "there is no such revision" in shop.run("affected", "--since", "v9").err


@pytest.mark.slow
def test_many_come_up_in_order_with_one_report_and_are_resumed(shop: CliProject) -> None:
    first = shop.run("stacks", "up")
    assert first.code == 0, first.out + first.err
    assert "shop/apps  done in" in first.out
    assert "2 done, 0 not" in first.out
    second = shop.run("stacks", "up", "--resume", "--json")
    assert all(item["earlier"] for item in second.json["stacks"])
    shop.program("raise RuntimeError('broken on purpose')\n")
    third = shop.run("stacks", "preview", "dev")
    assert third.code == 1
    assert "broken on purpose" in third.out
    assert "run it again with --resume" in third.out
