"""The cases of the rule for what AWS Backup saves."""

import pytest

from platform_lib.core.values import UNKNOWN
from support.aws_databases import INSTANCE
from support.policies import REMOVE, Case, R, Ref, Trial, add, drop, on, trials

RULE = "aws-backup-covers-data-stores"
DATABASE = R("database", "aws:rds/instance:Instance", INSTANCE)
SELECTION = "aws:backup/selection:Selection"


def selected(**properties: object) -> list[R]:
    return [DATABASE, R("selection", SELECTION, {"planId": "p", "iamRoleArn": "arn", **properties})]


def pair(key: str, value: str) -> dict[str, str]:
    return {"key": key, "value": value}


CASES = [
    Case(
        RULE,
        selected(resources=[Ref("database", "arn")]),
        bad=[
            drop("selection"),
            on("selection", {"resources": ["arn:aws:dynamodb:eu-west-1:111122223333:table/t"]}),
            on("selection", {"notResources": ["arn:aws:rds:*:*:db:*"]}),
            on("selection", {"resources": []}),
        ],
        guards=[],
        also_good=[
            on("selection", {"resources": ["*"]}),
            on("selection", {"resources": ["arn:aws:rds:*:*:db:*"]}),
        ],
        undetermined=[on("selection", {"resources": UNKNOWN}), on("database", {"tags": UNKNOWN})],
        unrelated=[
            on("database", {"tags": {"data-classification": "public"}}),
            on("database", {"tags": {"purpose": "logs"}}),
        ],
    ),
]
TAG = {"key": "save", "value": "daily", "type": "STRINGEQUALS"}
BUCKET = [
    R("uploads", "aws:s3/bucket:Bucket", {"tags": {"data-classification": "restricted"}}),
    R("selection", SELECTION, {"planId": "p", "iamRoleArn": "arn", "resources": [Ref("uploads", "arn")]}),
]
OTHERS = [
    Case(
        RULE,
        BUCKET,
        bad=drop("selection"),
        unrelated=[
            add(R("w", "aws:s3/bucketLogging:BucketLogging", {"bucket": "x", "targetBucket": Ref("uploads")})),
            add(R("w", "aws:cfg/deliveryChannel:DeliveryChannel", {"s3BucketName": Ref("uploads")})),
            add(R("w", "aws:cloudtrail/trail:Trail", {"s3BucketName": Ref("uploads")})),
        ],
        guards=[],
    ),
    Case(
        RULE,
        [
            R("database", DATABASE.type, {**INSTANCE, "tags": {"save": "daily"}}),
            R("selection", SELECTION, {"planId": "p", "selectionTags": [TAG]}),
        ],
        bad=[on("database", {"tags": REMOVE}), on("database", {"tags": {"save": "never"}})],
        also_good=[
            on("selection", {"selectionTags": REMOVE, "conditions": [{kind: [pair("aws:ResourceTag/save", value)]}]})
            for kind, value in (("stringEquals", "daily"), ("stringLikes", "d*"), ("stringNotEquals", "never"))
        ],
        undetermined=on("database", {"tags": {"save": UNKNOWN}}),
        guards=[],
    ),
    Case(
        RULE,
        [
            R("database", DATABASE.type, {**INSTANCE, "tags": {"save": "daily"}}),
            R(
                "selection",
                SELECTION,
                {
                    "planId": "p",
                    "resources": ["arn:aws:rds:*"],
                    "conditions": [{"stringEquals": [pair("aws:ResourceTag/save", "daily")]}],
                },
            ),
        ],
        bad=[
            on("database", {"tags": {"save": "weekly"}}),
            on("selection", {"resources": ["arn:aws:ec2:*"]}),
        ],
        guards=[],
    ),
    Case(
        RULE,
        R("database", DATABASE.type, {**INSTANCE, "tags": {"backup": "gold"}}),
        bad={"tags": {"other": "x"}},
        config={"organisation_tag": "backup"},
    ),
    Case(
        RULE,
        [
            R("bucket", "aws:s3/bucket:Bucket", {}),
            R("selection", SELECTION, {"planId": "p", "resources": ["arn:aws:s3:::*"]}),
        ],
        bad=[drop("selection")],
        unrelated=add(R("trail", "aws:cloudtrail/trail:Trail", {"s3BucketName": Ref("bucket")})),
        guards=[],
    ),
    Case(
        RULE,
        [
            R("files", "aws:efs/fileSystem:FileSystem", {"encrypted": True}),
            R(
                "policy",
                "aws:efs/backupPolicy:BackupPolicy",
                {"fileSystemId": Ref("files"), "backupPolicy": {"status": "ENABLED"}},
            ),
        ],
        bad=[drop("policy"), on("policy", {"backupPolicy.status": "DISABLED"})],
        breaks=["aws-efs-file-system-backup-policy"],
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
