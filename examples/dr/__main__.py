"""A shop in Frankfurt that goes on in Ireland: a database, a table, a bucket and images, each copied in its own way."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
from platform_lib.components.baseline.args import ConfigurationHistoryArgs, ThreatDetectionArgs, TrailArgs
from platform_lib.components.dr import (
    DrReplica,
    DrReplicaArgs,
    DrSourceArgs,
    FailoverRecordArgs,
    Mechanism,
    ObjectivesArgs,
    PrimarySiteArgs,
    SecondarySiteArgs,
    Site,
    SourceKind,
)
from platform_lib.core.context import Context, DataClassification

HOME = "eu-central-1"
context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
account = aws.get_caller_identity_output()
baseline = SecurityBaseline(
    "example",
    SecurityBaselineArgs(
        context=context,
        region=HOME,
        account_id=account.account_id,
        trail=TrailArgs(enabled=False),
        configuration_history=ConfigurationHistoryArgs(enabled=False),
        threat_detection=ThreatDetectionArgs(
            guardduty_enabled=False, security_hub_enabled=False, access_analyzer_enabled=False
        ),
    ),
)
key = baseline.data_key_arn

orders = aws.rds.Instance(
    "orders",
    region=HOME,
    engine="postgres",
    instance_class="db.t4g.medium",
    allocated_storage=50,
    backup_retention_period=7,
    storage_encrypted=True,
    kms_key_id=key,
    manage_master_user_password=True,
    username="shop",
    skip_final_snapshot=True,
)
sessions = aws.dynamodb.Table(
    "sessions",
    region=HOME,
    billing_mode="PAY_PER_REQUEST",
    hash_key="id",
    attributes=[{"name": "id", "type": "S"}],
    stream_enabled=True,
    stream_view_type="NEW_AND_OLD_IMAGES",
    opts=pulumi.ResourceOptions(ignore_changes=["replicas"]),  # DrReplica has them as resources of their own
)
uploads = aws.s3.Bucket("uploads", region=HOME)
aws.s3.BucketVersioning(
    "uploads-versioning", region=HOME, bucket=uploads.id, versioning_configuration={"status": "Enabled"}
)
images = aws.ecr.Repository("images", region=HOME, name="shop/images")
zone = aws.route53.Zone("zone", name="shop.example.com")

recovery = DrReplica(
    "shop",
    DrReplicaArgs(
        context=context,
        account_id=account.account_id,
        primary=PrimarySiteArgs(region=HOME, baseline=baseline.reference),
        secondary=SecondarySiteArgs(region="eu-west-1"),
        active_site=Site(pulumi.Config().require("active_site")),  # said after a failover, and by drills
        sources=[
            DrSourceArgs(name="orders", kind=SourceKind.RDS, arn=orders.arn, mechanism=Mechanism.LOG_COPY, size_gib=50),
            DrSourceArgs(name="sessions", kind=SourceKind.DYNAMODB, id=sessions.name),
            DrSourceArgs(name="uploads", kind=SourceKind.S3, id=uploads.bucket),
            DrSourceArgs(
                name="images",
                kind=SourceKind.ECR,
                id=images.name,
                objectives=ObjectivesArgs(recovery_point_minutes=60),  # half an hour is what ECR gives
            ),
        ],
        failover_record=FailoverRecordArgs(
            zone_id=zone.zone_id,
            name="www.shop.example.com",
            primary_target="frankfurt.shop.example.com",
            secondary_target="ireland.shop.example.com",
        ),
    ),
)
pulumi.export("estimates", recovery.estimates)
pulumi.export("active_region", recovery.active_region)
