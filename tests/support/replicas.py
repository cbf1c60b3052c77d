"""Arguments of recoveries that many tests start from."""

from typing import Any

import pulumi
import pulumi_aws as aws

from platform_lib.components.dr import DrPlan, DrReplicaArgs, plan_replica
from support.contexts import context

ACCOUNT_ID = "111122223333"
PRIMARY, SECONDARY = "eu-west-1", "eu-central-1"
BASELINE = {
    "logs_key_arn": f"arn:aws:kms:{PRIMARY}:{ACCOUNT_ID}:key/logs",
    "data_key_arn": f"arn:aws:kms:{PRIMARY}:{ACCOUNT_ID}:key/data",
    "archive_bucket": "archive",
    "access_log_bucket": "access-logs",
    "alarm_topic_arn": f"arn:aws:sns:{PRIMARY}:{ACCOUNT_ID}:alarms",
}
NETWORK = {"subnet_group": "standby", "security_group_ids": ["sg-0a1b2c3d4e5f60718"]}
REPLICA = {"instance_class": "db.r6g.large", "engine": "postgres", **NETWORK}
CLUSTER = {"instance_class": "db.r6g.large", "engine": "aurora-postgresql", "engine_version": "16.4", **NETWORK}
RECORD = {
    "zone_id": "Z0123456789ABCDEFGHIJ",
    "name": "api.example.com",
    "primary_target": "api-a.example.com",
    "secondary_target": "api-b.example.com",
}
SLOW = {"recovery_point_minutes": 60}
BY_BACKUPS = {"recovery_point_minutes": 2880, "recovery_time_minutes": 180}


def source(kind: str, name: str = "", **more: Any) -> dict[str, Any]:
    """A source of a kind, with what its kind needs."""
    needed: dict[str, Any] = {
        "rds": {"id": "orders", "standby": REPLICA},
        "aurora": {"id": "ledger", "standby": CLUSTER},
        "dynamodb": {"id": "sessions"},
        "s3": {"id": "files"},
        "efs": {"id": "fs-0123456789abcdef0"},
        "ecr": {"id": "apps/api", "objectives": SLOW},
        "secret": {
            "arn": f"arn:aws:secretsmanager:{PRIMARY}:{ACCOUNT_ID}:secret:token-a1b2c3",
            "copied_by_owner": True,
        },
        "ebs": {"id": "vol-0123456789abcdef0", "objectives": BY_BACKUPS},
    }[kind]
    return {"name": name or kind, "kind": kind, **needed, **more}


KINDS = ("rds", "aurora", "dynamodb", "s3", "efs", "ecr", "secret", "ebs")


def replica_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """What ``DrReplica`` needs at least, with a source of every kind."""
    return {
        "context": context(environment),
        "account_id": ACCOUNT_ID,
        "primary": {"region": PRIMARY, "baseline": BASELINE},
        "secondary": {"region": SECONDARY},
        "sources": [source(kind) for kind in KINDS],
        **more,
    }


def plan_of(*kinds: str, **more: Any) -> DrPlan:
    """The plan of a recovery in ``dev`` with sources of the given kinds and a record, backed up every four hours."""
    given = {"failover_record": RECORD, "backups": {"every_hours": 4}, **more}
    args = DrReplicaArgs.parse("test", replica_args("dev", sources=[source(kind) for kind in kinds], **given))
    return plan_replica("main", args, subject="DrReplica 'main'")


class Around:
    """What a recovery finds in a real account: sources with their key, and a network at the second site."""

    def __init__(self, opts: pulumi.ResourceOptions) -> None:
        def made(kind: Any, logical: str, region: str = PRIMARY, **inputs: Any) -> Any:
            return kind(logical, region=region, opts=opts, **inputs)

        self.key = made(aws.kms.Key, "data")
        self.topic = made(aws.sns.Topic, "around-alarms")
        self.logs = made(aws.s3.Bucket, "access-logs")
        self.database = made(
            aws.rds.Instance,
            "orders",
            instance_class="db.r6g.large",
            engine="postgres",
            allocated_storage=100,
            backup_retention_period=7,
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            skip_final_snapshot=True,
        )
        self.cluster = made(
            aws.rds.Cluster,
            "ledger",
            engine="aurora-postgresql",
            engine_version="16.4",
            storage_encrypted=True,
            kms_key_id=self.key.arn,
            skip_final_snapshot=True,
        )
        self.table = made(
            aws.dynamodb.Table,
            "sessions",
            billing_mode="PAY_PER_REQUEST",
            hash_key="id",
            attributes=[{"name": "id", "type": "S"}],
            stream_enabled=True,
            stream_view_type="NEW_AND_OLD_IMAGES",
        )
        self.bucket = made(aws.s3.Bucket, "files")
        made(
            aws.s3.BucketVersioning,
            "files-versioning",
            bucket=self.bucket.id,
            versioning_configuration={"status": "Enabled"},
        )
        self.files = made(aws.efs.FileSystem, "shared", encrypted=True, kms_key_id=self.key.arn)
        self.images = made(aws.ecr.Repository, "api", name="apps/api")
        self.volume = made(
            aws.ebs.Volume, "disk", availability_zone=f"{PRIMARY}a", size=10, encrypted=True, kms_key_id=self.key.arn
        )
        there_key = made(aws.kms.Key, "tokens", region=SECONDARY)
        self.secret = made(
            aws.secretsmanager.Secret, "token", replicas=[{"region": SECONDARY, "kms_key_id": there_key.arn}]
        )
        vpc = made(aws.ec2.Vpc, "standby", region=SECONDARY, cidr_block="10.30.0.0/16")
        subnets = [
            made(
                aws.ec2.Subnet,
                f"standby-{zone}",
                region=SECONDARY,
                vpc_id=vpc.id,
                cidr_block=f"10.30.{number}.0/24",
                availability_zone=f"{SECONDARY}{zone}",
            )
            for number, zone in enumerate("ab")
        ]
        self.subnets = made(
            aws.rds.SubnetGroup, "standby", region=SECONDARY, subnet_ids=[subnet.id for subnet in subnets]
        )
        self.group = made(aws.ec2.SecurityGroup, "standby", region=SECONDARY, vpc_id=vpc.id)
        self.zone = aws.route53.Zone("zone", name="example.com", opts=opts)

    @property
    def arguments(self) -> dict[str, Any]:
        """Arguments of a recovery that name all of it."""
        network = {"subnet_group": self.subnets.name, "security_group_ids": [self.group.id]}
        given: dict[str, dict[str, Any]] = {
            "rds": {"id": None, "arn": self.database.arn, "standby": {**REPLICA, **network}},
            "aurora": {"id": None, "arn": self.cluster.arn, "standby": {**CLUSTER, **network}},
            "dynamodb": {"id": self.table.name},
            "s3": {"id": self.bucket.bucket, "key_arn": self.key.arn},
            "efs": {"id": self.files.id},
            "ecr": {"id": self.images.name},
            "secret": {"arn": self.secret.arn},
            "ebs": {"id": self.volume.id},
        }
        baseline = {
            **BASELINE,
            "data_key_arn": self.key.arn,
            "access_log_bucket": self.logs.bucket,
            "alarm_topic_arn": self.topic.arn,
        }
        return {
            "primary": {"region": PRIMARY, "baseline": baseline},
            "sources": [source(kind, **given[kind]) for kind in KINDS],
            "failover_record": {**RECORD, "zone_id": self.zone.zone_id},
        }
