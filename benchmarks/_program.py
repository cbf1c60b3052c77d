"""The program that the engine benchmarks run: an application's usual AWS resources, with tags and references."""

import json
from collections.abc import Callable
from typing import Final

GROUP: Final = 10
"""Resources in a group; they refer to each other and to the one network."""

_TRUST: Final = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "lambda.amazonaws.com"}}
        ],
    }
)
_WRITES_LOGS: Final = "arn:aws:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole"


def program(count: int) -> Callable[[], None]:
    """A program of so many resources, the stack itself not counted.

    Args:
        count: a multiple of ``GROUP``.
    """

    def run() -> None:
        import pulumi
        import pulumi_aws as aws

        vpc = aws.ec2.Vpc("network", cidr_block="10.0.0.0/16", tags=_tags("network"))
        subnet = aws.ec2.Subnet("subnet", vpc_id=vpc.id, cidr_block="10.0.0.0/20", tags=_tags("network"))
        for number in range(count // GROUP):
            name = f"group{number}"
            tags = _tags(name)
            if number:  # the network and its subnet stand for two of the first group's ten
                security = aws.ec2.SecurityGroup(
                    f"{name}-security",
                    vpc_id=vpc.id,
                    ingress=[{"protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_blocks": ["10.0.0.0/8"]}],
                    tags=tags,
                )
                aws.ec2.Instance(
                    f"{name}-instance",
                    ami="ami-0123456789abcdef0",
                    instance_type="t3.micro",
                    subnet_id=subnet.id,
                    vpc_security_group_ids=[security.id],
                    tags=tags,
                )
            key = aws.kms.Key(f"{name}-key", description=name, enable_key_rotation=True, tags=tags)
            bucket = aws.s3.Bucket(f"{name}-bucket", tags=tags)
            queue = aws.sqs.Queue(f"{name}-queue", kms_master_key_id=key.id, tags=tags)
            role = aws.iam.Role(f"{name}-role", assume_role_policy=_TRUST, tags=tags)
            aws.iam.RolePolicyAttachment(f"{name}-writes-logs", role=role.name, policy_arn=_WRITES_LOGS)
            logs = aws.cloudwatch.LogGroup(f"{name}-logs", retention_in_days=30, kms_key_id=key.arn, tags=tags)
            aws.lambda_.Function(
                f"{name}-function",
                role=role.arn,
                runtime=aws.lambda_.Runtime.PYTHON3D12,
                handler="main.handle",
                code=pulumi.AssetArchive({"main.py": pulumi.StringAsset("def handle(event, context): ...")}),
                environment={"variables": {"BUCKET": bucket.id, "QUEUE": queue.url, "LOGS": logs.name}},
                tags=tags,
            )
            aws.cloudwatch.MetricAlarm(
                f"{name}-queue-is-long",
                comparison_operator="GreaterThanThreshold",
                evaluation_periods=2,
                metric_name="ApproximateNumberOfMessagesVisible",
                namespace="AWS/SQS",
                period=300,
                statistic="Average",
                threshold=100,
                dimensions={"QueueName": queue.name},
                tags=tags,
            )
        pulumi.export("networkId", vpc.id)

    return run


def load() -> None:
    """Imports what the program uses: the SDK loads a service's module when it is first asked for a class of it."""
    import pulumi_aws as aws

    for service, class_name in (
        ("cloudwatch", "LogGroup"),
        ("ec2", "Vpc"),
        ("iam", "Role"),
        ("kms", "Key"),
        ("lambda_", "Function"),
        ("s3", "Bucket"),
        ("sqs", "Queue"),
    ):
        getattr(getattr(aws, service), class_name)


def _tags(name: str) -> dict[str, str]:
    return {"environment": "dev", "owner": "bench", "cost-centre": "cc-1", "group": name}
