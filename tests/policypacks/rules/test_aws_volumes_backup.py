"""The cases of the rules for AWS Backup."""

import pytest

from support.aws_examples import KEY_ARN, allow, policy
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

BACKUP = "aws:backup/"
DENIAL = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": ["backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
    "Resource": "*",
}
VAULT = [
    R("vault", f"{BACKUP}vault:Vault", {"kmsKeyArn": KEY_ARN, "forceDestroy": False}),
    R(
        "lock",
        f"{BACKUP}vaultLockConfiguration:VaultLockConfiguration",
        {"backupVaultName": Ref("vault"), "minRetentionDays": 35},
    ),
]
RULE = {
    "ruleName": "daily",
    "targetVaultName": "vault",
    "schedule": "cron(0 5 * * ? *)",
    "lifecycle": {"deleteAfter": 90},
    "copyActions": [{"destinationVaultArn": "arn:aws:backup:eu-central-1:111122223333:backup-vault:copy"}],
}
PLAN = [
    R("plan", f"{BACKUP}plan:Plan", {"region": "eu-west-1", "rules": [RULE]}),
    R(
        "selection",
        f"{BACKUP}selection:Selection",
        {"planId": Ref("plan"), "resources": ["arn:aws:dynamodb:*:*:table/*"]},
    ),
    R("test", f"{BACKUP}restoreTestingPlan:RestoreTestingPlan", {"scheduleExpression": "cron(0 1 ? * 1 *)"}),
    R("report", f"{BACKUP}reportPlan:ReportPlan", {"reportSetting": {"reportTemplate": "BACKUP_JOB_REPORT"}}),
]
VAULT_HERE = "arn:aws:backup:eu-west-1:111122223333:backup-vault:copy"

CASES = [
    Case(
        "aws-backup-vault-encrypted",
        VAULT[0],
        bad=[{"kmsKeyArn": "arn:aws:kms:eu-west-1:111122223333:alias/aws/backup"}, {"kmsKeyArn": ""}],
        unknown={"kmsKeyArn": PASS},
    ),
    Case(
        "aws-backup-vault-locked",
        VAULT,
        bad=[drop("lock"), on("lock", {"minRetentionDays": 0})],
        absent={"minRetentionDays": FAIL},
    ),
    Case("aws-backup-vault-no-force-destroy", VAULT[0], bad={"forceDestroy": True}),
    Case(
        "aws-backup-vault-policy-denies-deletion",
        resource(f"{BACKUP}vaultPolicy:VaultPolicy", {"backupVaultName": "v", "policy": policy(DENIAL)}),
        bad=[
            {"policy": policy({**DENIAL, "Action": "backup:DeleteRecoveryPoint"})},
            {"policy": policy(allow("*", "backup:*"))},
            {"policy": "not json"},
        ],
        also_good={"policy": policy({**DENIAL, "Action": "backup:*"})},
    ),
    Case(
        "aws-backup-plan-frequency-and-retention",
        PLAN[0],
        bad=[
            {"rules[].schedule": "cron(0 5 ? * SUN *)"},
            {"rules[].schedule": "rate(7 days)"},
            {"rules[].schedule": "cron(0 5 1 * ? *)"},
            {"rules[].schedule": REMOVE},
            {"rules[].lifecycle.deleteAfter": 7},
        ],
        guards=["rules", "rules[].schedule"],
        also_good=[
            {"rules[].lifecycle": REMOVE},
            {"rules[].schedule": "rate(12 hours)"},
            {"rules": [{**RULE, "schedule": "rate(7 days)"}, RULE]},
        ],
    ),
    Case(
        "aws-backup-plan-copies-off-region",
        PLAN[0],
        bad=[{"rules[].copyActions[].destinationVaultArn": VAULT_HERE}, {"rules[].copyActions": []}],
        guards=["rules[].copyActions[].destinationVaultArn"],
        also_good={
            "rules[].copyActions[].destinationVaultArn": VAULT_HERE,
            "provider.allowedAccountIds": ["999988887777"],
        },
        unrelated={"tags": {"data-classification": "internal"}},
    ),
    Case(
        "aws-backup-plan-has-selection",
        PLAN,
        bad=[drop("selection"), on("selection", {"resources": []}), on("selection", {"planId": "another"})],
        unknown={"resources": PASS},
    ),
    Case("aws-backup-restore-testing-exists", PLAN, bad=drop("test")),
    Case("aws-backup-report-plan-exists", PLAN, bad=drop("report")),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
