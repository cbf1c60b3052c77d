"""The cases of the rules for S3: versions, logs, copies, retention."""

import pytest

from support.aws_examples import bucket
from support.policies import PASS, Case, R, Ref, Trial, add, drop, on, resource, trials

BUCKET = bucket()
LOCK = "aws:s3/bucketObjectLockConfiguration:BucketObjectLockConfiguration"
VERSIONING = resource(
    "aws:s3/bucketVersioning:BucketVersioning",
    {"bucket": "logs", "versioningConfiguration": {"status": "Enabled", "mfaDelete": "Enabled"}},
)
LOGS = [
    R("logs", "aws:s3/bucket:Bucket", {"objectLockEnabled": True, "tags": {"purpose": "logs"}}),
    R(
        "lock",
        LOCK,
        {"bucket": Ref("logs"), "rule": {"defaultRetention": {"mode": "COMPLIANCE", "days": 365}}},
    ),
]

CASES = [
    Case(
        "aws-s3-bucket-versioning-enabled",
        BUCKET,
        bad=[
            drop("bucket-versioning"),
            on("bucket-versioning", {"versioningConfiguration.status": "Suspended"}),
        ],
    ),
    Case("aws-s3-versioning-not-suspended", VERSIONING, bad={"versioningConfiguration.status": "Suspended"}),
    Case("aws-s3-versioning-mfa-delete", VERSIONING, bad={"versioningConfiguration.mfaDelete": "Disabled"}),
    Case(
        "aws-s3-bucket-access-logging",
        BUCKET,
        bad=[drop("bucket-logging"), on("bucket-logging", {"targetBucket": ""})],
        unknown={"targetBucket": PASS},
    ),
    Case(
        "aws-s3-bucket-replication",
        BUCKET,
        bad=[drop("bucket-replication"), on("bucket-replication", {"rules[].status": "Disabled"})],
        unrelated=on("bucket", {"tags": {"data-classification": "internal"}}),
    ),
    Case(
        "aws-s3-bucket-lifecycle",
        BUCKET,
        bad=[drop("bucket-lifecycle"), on("bucket-lifecycle", {"rules[].status": "Disabled"})],
    ),
    Case(
        "aws-s3-lifecycle-aborts-incomplete-uploads",
        resource(
            "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration",
            {
                "bucket": "logs",
                "rules": [{"status": "Enabled", "abortIncompleteMultipartUpload": {"daysAfterInitiation": 7}}],
            },
        ),
        bad=[{"rules[].abortIncompleteMultipartUpload.daysAfterInitiation": 0}, {"rules[].status": "Disabled"}],
    ),
    Case(
        "aws-s3-bucket-object-lock",
        LOGS,
        bad=[
            {"objectLockEnabled": False},
            drop("lock"),
            on("lock", {"rule.defaultRetention.mode": ""}),
        ],
        unrelated=[
            {"tags": {"purpose": "uploads"}},
            add(R("w", "aws:s3/bucketLogging:BucketLogging", {"bucket": "x", "targetBucket": Ref("logs")})),
            add(R("w", "aws:cfg/deliveryChannel:DeliveryChannel", {"s3BucketName": Ref("logs")})),
        ],
    ),
    Case(
        "aws-s3-bucket-no-force-destroy",
        [R("bucket", "aws:s3/bucket:Bucket", {"forceDestroy": False})],
        bad={"forceDestroy": True},
    ),
    Case(
        "aws-s3-bucket-event-notifications",
        BUCKET,
        bad=[drop("bucket-notification"), on("bucket-notification", {"eventbridge": False})],
        unknown={"eventbridge": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize(
    "writer",
    [
        R("w", "aws:cloudtrail/trail:Trail", {"s3BucketName": Ref("logs")}),
        R("w", "aws:ec2/flowLog:FlowLog", {"logDestination": Ref("logs", "arn")}),
    ],
    ids=lambda writer: writer.type,
)
def test_a_bucket_that_logs_are_written_to_must_be_locked(writer: R) -> None:
    untagged = [R("logs", "aws:s3/bucket:Bucket", {}), writer]
    case = Case("aws-s3-bucket-object-lock", [*LOGS, writer], bad=[drop("lock")], guards=[])
    for trial in trials([case]):
        if "mutation" not in trial.name:
            trial.run()
    failing = Case("aws-s3-bucket-object-lock", untagged, bad=[add()], guards=[])
    next(trial for trial in trials([failing]) if ": bad" in trial.name).run()
    assert writer.name == "w"


def test_the_bucket_that_takes_access_logs_need_not_log_its_own() -> None:
    case = Case(
        "aws-s3-bucket-access-logging",
        [
            R("logs", "aws:s3/bucket:Bucket", {}),
            R("logging", "aws:s3/bucketLogging:BucketLogging", {"bucket": "x", "targetBucket": Ref("logs")}),
        ],
        bad=[drop("logging")],
        unrelated=add(),
        guards=[],
    )
    names = [trial.name for trial in trials([case]) if "unrelated" in trial.name or ": bad" in trial.name]
    for trial in trials([case]):
        if trial.name in names:
            trial.run()
    assert len(names) == 2
