"""Arguments of feature stores that many tests start from."""

from typing import Any

import pulumi
import pulumi_aws as aws

from support.contexts import context

ACCOUNT_ID = "111122223333"
DIGEST = "sha256:" + "0123456789abcdef" * 4
IMAGE = f"{ACCOUNT_ID}.dkr.ecr.eu-west-1.amazonaws.com/feature-store@{DIGEST}"
BASELINE = {
    "logs_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT_ID}:key/logs",
    "data_key_arn": f"arn:aws:kms:eu-west-1:{ACCOUNT_ID}:key/data",
    "archive_bucket": "archive",
    "access_log_bucket": "access-logs",
    "alarm_topic_arn": f"arn:aws:sns:eu-west-1:{ACCOUNT_ID}:alarms",
}
NETWORK = {
    "region": "eu-west-1",
    "cidr": "10.20.0.0/16",
    "vpc_id": "vpc-1",
    "subnets": [
        {"tier": tier, "role": role, "zone": zone, "cidr": f"10.20.{index}.0/24", "id": f"subnet-{tier}-{zone}"}
        for index, (tier, role, zone) in enumerate(
            [
                ("edge", "public", "euw1-az1"),
                ("app", "private", "euw1-az1"),
                ("app", "private", "euw1-az2"),
            ]
        )
    ],
}
COPIES = {
    "bucket_arn": "arn:aws:s3:::copy-of-features",
    "region": "eu-central-1",
    "key_arn": f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/copies",
    "backup_plan_id": "plan-1",
}
ENTITIES = [
    {"name": "customer", "join_key": "customer_id", "type": "int64", "description": "Somebody who buys"},
    {"name": "shop"},
]
SPEND = {
    "name": "spend",
    "entities": ["customer"],
    "features": [
        {"name": "total", "type": "float64", "description": "Spent in 30 days"},
        {"name": "orders", "type": "int64", "sensitivity": "internal"},
    ],
    "ttl_minutes": 2880,
    "every_minutes": 60,
    "created_column": "written_at",
}
VISITS = {
    "name": "visits",
    "entities": ["customer", "shop"],
    "features": [{"name": "last_shelf", "type": "string"}, {"name": "shelves", "type": "strings"}],
    "ttl_minutes": 120,
}
RATIO = {
    "name": "basket",
    "inputs": [{"name": "amount", "type": "float64"}],
    "views": ["spend"],
    "features": [
        {"name": "share", "type": "float64", "expression": "amount / total if total > 0 else 0.0"},
        {"name": "large", "type": "bool", "expression": "amount > 100.0"},
    ],
}


def store_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """What ``FeatureStore`` needs, with a view of each kind."""
    return {
        "context": context(environment),
        "account_id": ACCOUNT_ID,
        "network": NETWORK,
        "baseline": BASELINE,
        "image": IMAGE,
        "entities": ENTITIES,
        "batch_views": [SPEND],
        "stream_views": [VISITS],
        "request_views": [RATIO],
        "copies": COPIES,
        **more,
    }


def surroundings(opts: pulumi.ResourceOptions) -> dict[str, Any]:
    """Makes what a store finds in a real account: network, bucket for access logs, backup plan.

    Returns:
        Arguments of the store that name them.
    """
    vpc = aws.ec2.Vpc("vpc", cidr_block=NETWORK["cidr"], opts=opts)
    subnets = [
        {**subnet, "id": aws.ec2.Subnet(f"subnet-{index}", vpc_id=vpc.id, cidr_block=subnet["cidr"], opts=opts).id}
        for index, subnet in enumerate(NETWORK["subnets"])
    ]
    logs = aws.s3.Bucket("access-logs", opts=opts)
    vault = aws.backup.Vault("vault", opts=opts)
    plan = aws.backup.Plan("plan", rules=[{"rule_name": "daily", "target_vault_name": vault.name}], opts=opts)
    return {
        "network": {**NETWORK, "vpc_id": vpc.id, "subnets": subnets},
        "baseline": {**BASELINE, "access_log_bucket": logs.bucket},
        "copies": {**COPIES, "backup_plan_id": plan.id},
    }
