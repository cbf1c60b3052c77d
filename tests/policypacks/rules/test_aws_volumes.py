"""The cases of the rules for volumes and file systems."""

import pytest

from platform_lib.core.values import UNKNOWN
from support.aws_examples import KEY_ARN, allow, deny_plain, policy
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

VOLUME = resource("aws:ebs/volume:Volume", {"encrypted": True, "kmsKeyId": KEY_ARN})
FILES = {"encrypted": True, "kmsKeyId": KEY_ARN}
FILE_SYSTEM = resource("aws:efs/fileSystem:FileSystem", FILES)
MOUNTED = allow(
    {"AWS": "*"},
    "elasticfilesystem:ClientMount",
    Condition={"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}},
)
PLAIN = deny_plain("*")[0]
EFS = [
    R("files", FILE_SYSTEM.type, FILES),
    R(
        "policy",
        "aws:efs/fileSystemPolicy:FileSystemPolicy",
        {"fileSystemId": Ref("files"), "policy": policy(PLAIN, MOUNTED)},
    ),
    R(
        "backup",
        "aws:efs/backupPolicy:BackupPolicy",
        {"fileSystemId": Ref("files"), "backupPolicy": {"status": "ENABLED"}},
    ),
]
POINT = resource(
    "aws:efs/accessPoint:AccessPoint",
    {"fileSystemId": "fs-1", "rootDirectory": {"path": "/app"}, "posixUser": {"uid": 1000, "gid": 1000}},
)
WINDOWS = resource(
    "aws:fsx/windowsFileSystem:WindowsFileSystem",
    {
        "kmsKeyId": KEY_ARN,
        "automaticBackupRetentionDays": 14,
        "auditLogConfiguration": {
            "fileAccessAuditLogLevel": "FAILURE_ONLY",
            "fileShareAccessAuditLogLevel": "SUCCESS_AND_FAILURE",
        },
    },
)
LUSTRE = resource(
    "aws:fsx/lustreFileSystem:LustreFileSystem",
    {"deploymentType": "PERSISTENT_2", "kmsKeyId": KEY_ARN, "automaticBackupRetentionDays": 14},
)
DLM = resource(
    "aws:dlm/lifecyclePolicy:LifecyclePolicy",
    {
        "policyDetails": {
            "schedules": [{"crossRegionCopyRules": [{"encrypted": True}]}],
            "action": {"crossRegionCopies": [{"encryptionConfiguration": {"encrypted": True}}]},
        }
    },
)

CASES = [
    Case("aws-ebs-volume-encrypted", VOLUME, bad={"encrypted": False}),
    Case(
        "aws-ebs-volume-uses-customer-key",
        VOLUME,
        bad=[{"kmsKeyId": "alias/aws/ebs"}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-ebs-encryption-by-default",
        resource("aws:ebs/encryptionByDefault:EncryptionByDefault", {"enabled": True}),
        bad={"enabled": False},
    ),
    Case(
        "aws-ebs-snapshot-copy-encrypted",
        resource("aws:ebs/snapshotCopy:SnapshotCopy", {"encrypted": True, "kmsKeyId": KEY_ARN}),
        bad={"encrypted": False},
    ),
    Case(
        "aws-ebs-snapshot-block-public-access",
        resource("aws:ebs/snapshotBlockPublicAccess:SnapshotBlockPublicAccess", {"state": "block-all-sharing"}),
        bad=[{"state": "block-new-sharing"}, {"state": "unblocked"}],
    ),
    Case("aws-efs-file-system-encrypted", FILE_SYSTEM, bad={"encrypted": False}),
    Case(
        "aws-efs-file-system-uses-customer-key",
        FILE_SYSTEM,
        bad={"kmsKeyId": "alias/aws/elasticfilesystem"},
        unknown={"kmsKeyId": PASS},
    ),
    Case(
        "aws-efs-file-system-backup-policy",
        EFS,
        bad=[drop("backup"), on("backup", {"backupPolicy.status": "DISABLED"})],
    ),
    Case(
        "aws-efs-file-system-policy-tls",
        EFS,
        bad=[
            drop("policy"),
            on("policy", {"policy": policy(MOUNTED)}),
            on("policy", {"policy": policy(PLAIN, allow({"AWS": "*"}, "elasticfilesystem:ClientMount"))}),
            on("policy", {"policy": "not json"}),
        ],
        also_good=on("policy", {"policy": policy(PLAIN, allow({"AWS": "arn:aws:iam::111122223333:root"}, "*"))}),
    ),
    Case(
        "aws-efs-access-point-root-and-user",
        POINT,
        bad=[{"rootDirectory.path": "/"}, {"posixUser": {}}],
    ),
    Case(
        "aws-efs-regional-storage",
        FILE_SYSTEM,
        bad={"availabilityZoneName": "eu-west-1a"},
        unknown={"availabilityZoneName": FAIL},
    ),
    Case(
        "aws-fsx-uses-customer-key",
        WINDOWS,
        bad={"kmsKeyId": "alias/aws/fsx"},
        unknown={"kmsKeyId": PASS},
    ),
    Case("aws-fsx-backups", WINDOWS, bad={"automaticBackupRetentionDays": 0}),
    Case(
        "aws-fsx-windows-audit-log",
        WINDOWS,
        bad=[
            {"auditLogConfiguration.fileAccessAuditLogLevel": "DISABLED"},
            {"auditLogConfiguration.fileShareAccessAuditLogLevel": "SUCCESS_ONLY"},
        ],
    ),
    Case(
        "aws-datasync-task-logging",
        resource("aws:datasync/task:Task", {"cloudwatchLogGroupArn": "arn", "options": {"logLevel": "TRANSFER"}}),
        bad=[{"options.logLevel": "OFF"}, {"cloudwatchLogGroupArn": ""}],
        unknown={"cloudwatchLogGroupArn": PASS},
    ),
    Case(
        "aws-storagegateway-share-uses-customer-key",
        resource("aws:storagegateway/nfsFileShare:NfsFileShare", {"kmsEncrypted": True, "kmsKeyArn": KEY_ARN}),
        bad=[{"kmsEncrypted": False}, {"kmsKeyArn": "alias/aws/s3"}],
        unknown={"kmsKeyArn": PASS},
    ),
    Case(
        "aws-dlm-policy-copies-encrypted",
        DLM,
        bad=[
            {"policyDetails.schedules[].crossRegionCopyRules[].encrypted": False},
            {"policyDetails.action.crossRegionCopies[].encryptionConfiguration": {}},
        ],
        also_good=[{"policyDetails": {"schedules": []}}],
        guards=["policyDetails", "policyDetails.schedules[].crossRegionCopyRules"],
    ),
    Case(
        "aws-glacier-vault-policy-not-public",
        resource(
            "aws:glacier/vault:Vault",
            {"accessPolicy": policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "glacier:*"))},
        ),
        bad={"accessPolicy": policy(allow("*", "glacier:*"))},
    ),
]
SCRATCH = {"deploymentType": "SCRATCH_1"}
OTHERS = [
    Case(
        "aws-fsx-backups",
        LUSTRE,
        bad={"automaticBackupRetentionDays": 3},
        unrelated=[{"deploymentType": "SCRATCH_2"}, {"deploymentType": REMOVE}],
        undetermined={"deploymentType": UNKNOWN},
    ),
    Case(
        "aws-fsx-uses-customer-key", LUSTRE, bad={"kmsKeyId": ""}, guards=[], unrelated={"deploymentType": "SCRATCH_1"}
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
