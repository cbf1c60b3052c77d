"""Arguments of fleets that many tests start from."""

from typing import Any

import pulumi
import pulumi_aws as aws

from support.contexts import context

ACCOUNT_ID = "111122223333"
HOOK = f"arn:aws:lambda:eu-west-1:{ACCOUNT_ID}:function:admit"
BASELINE = {
    "logs_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT_ID}:key/logs",
    "data_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT_ID}:key/data",
    "archive_bucket": "archive",
    "access_log_bucket": "access-logs",
    "alarm_topic_arn": f"arn:aws:sns:eu-west-1:{ACCOUNT_ID}:alarms",
}


def signers(*names: str) -> dict[str, Any]:
    """A role of updates with some signers."""
    return {
        "signers": [{"name": name, "principal_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/{name}"} for name in names],
    }


UPDATE = {
    "root": signers("ada", "grace", "edsger"),
    "targets": signers("ada", "grace"),
    "snapshot": signers("pipeline"),
    "timestamp": signers("pipeline"),
}
COPIES = {
    "artifact_bucket_arn": "arn:aws:s3:::copy-of-artifacts",
    "telemetry_bucket_arn": "arn:aws:s3:::copy-of-telemetry",
    "region": "eu-central-1",
    "key_arn": f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/copies",
    "backup_plan_id": "plan-1",
}
SITES = [{"name": "north"}, {"name": "south", "quorum": 3}]
GROUPS = [
    {"name": "cameras", "site": "north", "devices": 40},
    {"name": "scales", "site": "south", "devices": 8},
    {"name": "laboratory", "site": "north", "devices": 2},
]
RINGS = [
    {"name": "canary", "share_percent": 5, "groups": ["laboratory"]},
    {"name": "early", "share_percent": 25},
    {"name": "rest", "share_percent": 70},
]


def fleet_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """What ``EdgeFleet`` needs at least."""
    return {
        "context": context(environment),
        "region": "eu-west-1",
        "account_id": ACCOUNT_ID,
        "baseline": BASELINE,
        "sites": SITES,
        "groups": GROUPS,
        "rings": RINGS,
        "update": UPDATE,
        "provisioning": {"hook_arn": HOOK},
        "copies": COPIES,
        **more,
    }


def surroundings(opts: pulumi.ResourceOptions) -> dict[str, Any]:
    """Makes what a fleet finds in a real account: the bucket for access logs and a backup plan.

    Returns:
        Arguments of the fleet that name them.
    """
    logs = aws.s3.Bucket("access-logs", opts=opts)
    vault = aws.backup.Vault("vault", opts=opts)
    plan = aws.backup.Plan("plan", rules=[{"rule_name": "daily", "target_vault_name": vault.name}], opts=opts)
    return {
        "baseline": {**BASELINE, "access_log_bucket": logs.bucket},
        "copies": {**COPIES, "backup_plan_id": plan.id},
    }
