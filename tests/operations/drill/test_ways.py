"""Drills of recoveries that send users by other means, and copy by other strategies."""

import json
from pathlib import Path
from typing import Any

import pytest

from platform_lib.components.dr.document import Way
from platform_lib.components.dr.kind import Action
from platform_lib.operations.drill.model import Drill
from platform_lib.operations.drill.run import Request, run_drill
from platform_lib.sandbox.workspace import Workspace
from support.recovery import AWAY, RECORD, RecoveryProject

LONG = {"recovery_time_minutes": 600, "recovery_point_minutes": 1000}


def walked(folder: Path, more: dict[str, Any], **config: Any) -> Drill:
    project = RecoveryProject(folder / "shop", "s3", "dynamodb", more=json.dumps(more), **config)
    assert project.run("up", "--no-policy", "--json").code == 0
    return run_drill(Workspace(project.folder), "dev", Request())


@pytest.mark.parametrize(
    ("more", "seconds"),
    [
        # Noticed by people (300), decided (600), programs (900), switched (60), resolvers (60).
        ({"failover_record": {**RECORD, "by": "routing-controls"}}, 1920),
        # The same, withdrawn and switched by hand (300 each).
        ({"failover_record": None}, 2400),
        # Health checks ten seconds apart see the loss by themselves, and nobody decides before.
        ({"failover_record": {**RECORD, "automatic": True, "interval_seconds": 10}}, 990),
        # Both sites serve: the loss is seen (90), and resolvers forget (60).
        ({"strategy": "active-active"}, 150),
        # The slower restore, of a bucket (3900), beside the programs (1800).
        ({"strategy": "backup-and-restore", "objectives": LONG}, 4980),
    ],
    ids=["routing-controls", "no-record", "automatic", "active-active", "backup-and-restore"],
)
def test_there_and_back(tmp_path: Path, more: dict[str, Any], seconds: float) -> None:
    drill = walked(tmp_path, more)

    assert drill.failures == ()
    assert [one.way for one in drill.ways] == [Way.FAILOVER, Way.FAILBACK]
    assert max(source.time or 0 for source in drill.ways[0].sources) == seconds


def test_health_checks_that_do_not_see_the_loss_are_found(tmp_path: Path) -> None:
    more = {"failover_record": {**RECORD, "automatic": True, "primary_target": "shop.example.org"}}

    drill = walked(tmp_path, more)

    assert not drill.passed
    (notice,) = [step for step in drill.ways[0].steps if step.action is Action.NOTICE]
    assert [check.passed for check in notice.checks] == [True, False]
    assert "health checks leave users at" in notice.checks[1].text


def test_a_target_at_the_wrong_site_is_found(tmp_path: Path) -> None:
    more = {"failover_record": {**RECORD, "secondary_target": RECORD["primary_target"].replace("a.", "c.")}}

    drill = walked(tmp_path, more)

    assert not drill.passed
    assert any(f"and not to {AWAY}: by its primary record, as no record is healthy" in text for text in drill.failures)


def test_targets_that_do_not_say_where_they_lie(tmp_path: Path) -> None:
    targets = {"primary_target": "a.shop.example.org", "secondary_target": "b.shop.example.org"}

    drill = walked(tmp_path, {"failover_record": {**RECORD, **targets}})

    assert drill.failures == ()
    texts = [check.text for step in drill.ways[0].steps for check in step.checks if check.name == "record"]
    assert texts[0].startswith("api.example.com leads users to b.shop.example.org: ")


def test_a_setting_within_a_group(tmp_path: Path) -> None:
    project = RecoveryProject(tmp_path / "shop", "s3", active_site=None, dr={"active_site": "primary"})
    text = (project.folder / "__main__.py").read_text(encoding="utf-8")
    project.program(text.replace('config.get("active_site")', 'config.get_object("dr")["active_site"]'))
    assert project.run("up", "--no-policy", "--json").code == 0

    assert run_drill(Workspace(project.folder), "dev", Request()).passed


def test_a_program_that_cannot_run_while_the_region_is_down_is_found(tmp_path: Path) -> None:
    project = RecoveryProject(tmp_path / "shop", "s3")
    text = (project.folder / "__main__.py").read_text(encoding="utf-8")
    project.program(text + "aws.get_caller_identity(opts=pulumi.InvokeOptions(provider=provider))\n")
    assert project.run("up", "--no-policy", "--json").code == 0

    drill = run_drill(Workspace(project.folder), "dev", Request())

    (text,) = [text for text in drill.failures if text.startswith("failover: record: the preview with")]
    assert "getCallerIdentity" in text
    assert text.endswith("with a provider in the second region, or drill with --record-later")

    later = run_drill(Workspace(project.folder), "dev", Request(record_later=True))

    assert (later.failures, later.record_later) == ((), True)
    (record,) = [step for step in later.ways[0].steps if step.action is Action.RECORD]
    assert [check.text for check in record.checks] == [
        "the state is read again",
        "an update with active_site: secondary changes nothing",
    ]


OWNER = """
role = aws.iam.Role(
    "copier",
    assume_role_policy=json.dumps(
        {"Statement": [{"Effect": "Allow", "Principal": {"Service": "s3.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
    ),
    opts=here,
)
aws.s3.BucketReplicationConfig(
    "copier",
    bucket=bucket.id,
    role=role.arn,
    rules=[
        {
            "id": "all",
            "status": config.get("status") or "Enabled",
            "destination": {"bucket": recovery.copy_bucket_arns["files"]},
        }
    ],
    opts=pulumi.ResourceOptions(provider=provider, depends_on=[recovery]),
)
"""


@pytest.mark.parametrize(("status", "problem"), [("Enabled", ""), ("Disabled", "is switched off")])
def test_a_bucket_that_its_owner_copies_to_a_place_of_the_recovery(tmp_path: Path, status: str, problem: str) -> None:
    day = {"recovery_point_minutes": 1440}
    project = RecoveryProject(tmp_path / "shop", "s3", more=json.dumps({"objectives": day}), status=status)
    text = (project.folder / "__main__.py").read_text(encoding="utf-8")
    asked = '"kind": "s3", "copied_by_owner": True, "mechanism": "replication"}'
    project.program(text.replace('"kind": "s3", "arn": bucket.arn}', asked) + OWNER)
    up = project.run("up", "--no-policy", "--json")
    assert up.code == 0, up.out

    drill = run_drill(Workspace(project.folder), "dev", Request())

    (source,) = drill.ways[0].sources
    assert (drill.passed, problem in source.note) == (not problem, True)
    assert source.point == (None if problem else 86400)
