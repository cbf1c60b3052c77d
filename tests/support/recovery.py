"""A project whose stack has what holds data and a ``DrReplica`` for it, for tests of drills."""

import shutil
from pathlib import Path
from typing import Any

from platform_lib.components.dr.document import Way
from platform_lib.components.dr.kind import Action
from platform_lib.operations.drill.model import Drill, StepRecord
from platform_lib.operations.drill.run import Request, run_drill
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject

HOME, AWAY = "eu-central-1", "eu-west-1"

PROGRAM = """\
import functools
import json

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.components.dr.args import DrReplicaArgs
from platform_lib.components.dr.component import DrReplica

HOME, AWAY = "eu-central-1", "eu-west-1"
config = pulumi.Config()
kinds = (config.get("kinds") or "s3 dynamodb").split()
provider = aws.Provider("aws", region=HOME, allowed_account_ids=["123456789012"])
here = pulumi.ResourceOptions(provider=provider)

key = aws.kms.Key("data", opts=here)
logs = aws.s3.Bucket("logs", tags={"purpose": "logs"}, opts=here)
topic = aws.sns.Topic("alarms", opts=here)
sources = []


@functools.cache
def network_of():
    # Where copies of databases stand in the second region.
    network = aws.ec2.Vpc("away", cidr_block="10.9.0.0/16", region=AWAY, opts=here)
    subnets = [
        aws.ec2.Subnet(
            f"away-{zone}",
            vpc_id=network.id,
            cidr_block=f"10.9.{index}.0/24",
            availability_zone=f"{AWAY}{zone}",
            region=AWAY,
            opts=here,
        ).id
        for index, zone in enumerate("ab")
    ]
    group = aws.rds.SubnetGroup("away", subnet_ids=subnets, region=AWAY, opts=here)
    firewall = aws.ec2.SecurityGroup("away", vpc_id=network.id, region=AWAY, opts=here)
    return {"subnet_group": group.name, "security_group_ids": [firewall.id]}


if "s3" in kinds:
    bucket = aws.s3.Bucket("files", opts=here)
    aws.s3.BucketVersioning(
        "files", bucket=bucket.id, versioning_configuration={"status": "Enabled"}, opts=here
    )
    sources.append({"name": "files", "kind": "s3", "arn": bucket.arn})
if "dynamodb" in kinds:
    table = aws.dynamodb.Table(
        "orders",
        hash_key="id",
        attributes=[{"name": "id", "type": "S"}],
        billing_mode="PAY_PER_REQUEST",
        stream_enabled=True,
        stream_view_type="NEW_AND_OLD_IMAGES",
        opts=pulumi.ResourceOptions(provider=provider, ignore_changes=["replicas"]),
    )
    sources.append({"name": "orders", "kind": "dynamodb", "arn": table.arn})
if "rds" in kinds:
    database = aws.rds.Instance(
        "shop",
        instance_class="db.t4g.micro",
        engine="postgres",
        allocated_storage=20,
        username="shop",
        password=pulumi.Output.secret("canary-7f3a"),
        backup_retention_period=7,
        storage_encrypted=True,
        skip_final_snapshot=True,
        opts=here,
    )
    standby = {"instance_class": "db.t4g.micro", "engine": "postgres", "multi_az": False}
    standby.update(network_of())
    sources.append({"name": "shop", "kind": "rds", "arn": database.arn, "standby": standby})
if "efs" in kinds:
    shared = aws.efs.FileSystem("shared", encrypted=True, opts=here)
    sources.append({"name": "shared", "kind": "efs", "arn": shared.arn})
if "ebs" in kinds:
    volume = aws.ebs.Volume("disk", availability_zone=f"{HOME}a", size=10, opts=here)
    objectives = {"recovery_time_minutes": 240, "recovery_point_minutes": 4 * 60 + 120}
    sources.append({"name": "disk", "kind": "ebs", "arn": volume.arn, "objectives": objectives})

if "ecr" in kinds:
    images = aws.ecr.Repository("images", name="apps/web", opts=here)
    objectives = {"recovery_point_minutes": 30}
    sources.append({"name": "images", "kind": "ecr", "id": images.name, "objectives": objectives})
if "secret" in kinds:
    secret = aws.secretsmanager.Secret("login", name="login", replicas=[{"region": AWAY}], opts=here)
    sources.append({"name": "login", "kind": "secret", "arn": secret.arn, "copied_by_owner": True})
if "aurora" in kinds:
    cluster = aws.rds.Cluster(
        "ledger",
        engine="aurora-postgresql",
        engine_version="16.4",
        master_username="ledger",
        master_password=pulumi.Output.secret("canary-7f3a"),
        storage_encrypted=True,
        skip_final_snapshot=True,
        opts=pulumi.ResourceOptions(provider=provider, ignore_changes=["globalClusterIdentifier"]),
    )
    there = {**network_of(), "engine": "aurora-postgresql", "engine_version": "16.4", "instance_class": "db.r6g.large"}
    sources.append({"name": "ledger", "kind": "aurora", "arn": cluster.arn, "standby": there})

zone = aws.route53.Zone("zone", name="example.com", opts=here)
found = json.loads(config.get("more") or "{}")
if found.get("failover_record"):
    found["failover_record"]["zone_id"] = zone.id
recovery = DrReplica(
    "main",
    DrReplicaArgs(
        **{
            "context": {
                "environment": config.require("environment"),
                "owner": "data",
                "cost_centre": "cc-1",
                "data_classification": "confidential",
            },
            "account_id": "123456789012",
            "primary": {
                "region": HOME,
                "baseline": SecurityBaselineReference(
                    data_key_arn=key.arn,
                    logs_key_arn=key.arn,
                    access_log_bucket=logs.bucket,
                    archive_bucket=logs.bucket,
                    alarm_topic_arn=topic.arn,
                ),
            },
            "secondary": {"region": AWAY},
            "sources": sources,
            "active_site": config.get("active_site"),
            "backups": {"every_hours": 4},
            "failover_record": {
                "zone_id": zone.id,
                "name": "api.example.com",
                "primary_target": f"a.{HOME}.elb.amazonaws.com",
                "secondary_target": f"b.{AWAY}.elb.amazonaws.com",
            },
            **found,
        }
    ),
    pulumi.ResourceOptions(provider=provider),
)
"""


RECORD = {
    "name": "api.example.com",
    "primary_target": f"a.{HOME}.elb.amazonaws.com",
    "secondary_target": f"b.{AWAY}.elb.amazonaws.com",
}
"""Of a failover record, for ``more`` of a project, which fills in the zone."""


class RecoveryProject(CliProject):
    """A project called ``shop`` whose stack ``dev`` has sources of the given kinds and their recovery.

    Args:
        folder: of the project.
        kinds: of the sources, of ``s3``, ``dynamodb``, ``rds``, ``aurora``, ``efs``, ``ebs``, ``ecr`` and ``secret``.
        more: arguments of the ``DrReplica`` beside the usual ones.
        config: of the stack.
    """

    def __init__(self, folder: Path, *kinds: str, more: str = "{}", **config: Any) -> None:
        super().__init__(folder, PROGRAM)
        values = {"active_site": "primary", "kinds": " ".join(kinds or ("s3", "dynamodb")), "more": more, **config}
        self.values: dict[str, Any] = {key: value for key, value in values.items() if value is not None}
        self.config(**self.values)

    def configure(self, **values: str) -> None:
        """Writes the stack file anew, with other values than it was made with."""
        self.values = self.values | values
        self.config(**self.values)

    def copied(self, folder: Path) -> "RecoveryProject":
        """The project with its sandbox, to be changed."""
        shutil.copytree(self.folder, folder)
        project = object.__new__(RecoveryProject)
        project.folder, project.values = folder, self.values
        return project


def drilled(project: CliProject, *ways: Way, **more: Any) -> Drill:
    """A drill of the stack ``dev``, there and back unless ways are given."""
    return run_drill(Workspace(project.folder), "dev", Request(ways=ways or (Way.FAILOVER, Way.FAILBACK), **more))


def broken(drill: Drill) -> dict[str, list[str]]:
    """What failed, by step."""
    steps = [step for way in drill.ways for step in way.steps]
    return {step.name: [check.text for check in step.checks if not check.passed] for step in steps if not step.passed}


def last_switch(drill: Drill) -> StepRecord:
    """The step after which users are at the other site."""
    return [step for step in drill.ways[0].steps if step.action is Action.SWITCH][-1]
