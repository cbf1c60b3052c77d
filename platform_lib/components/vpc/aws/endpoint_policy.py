"""What an endpoint lets through where the caller says nothing."""

from typing import Final

import pulumi

from platform_lib.core import aws_policy

_SUPPORTED: Final = frozenset(
    {
        *("dynamodb", "ec2", "ecr.api", "ecr.dkr", "kms", "lambda"),
        *("logs", "monitoring", "s3", "secretsmanager", "sns", "sqs"),
    }
)
"""Services that take an endpoint policy and whose callers all sign as principals of an account. STS is not among them:
federated workloads call it before they are such a principal.
Source: https://docs.aws.amazon.com/vpc/latest/privatelink/aws-services-privatelink-support.html."""


def default_endpoint_policy(
    service: str, partition: str, region: str, account_id: pulumi.Input[str]
) -> pulumi.Output[str] | None:
    """The policy of an endpoint that lets principals of one account through; None leaves the service's default: all.

    The S3 endpoint also serves the layers of container images, which are fetched with signatures of Amazon ECR
    (https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html).
    """
    if service not in _SUPPORTED:
        return None
    own = {"StringEquals": {"aws:PrincipalAccount": account_id}}
    statements = [aws_policy.allow("OwnAccount", ["*"], "*", own, Principal="*")]
    if service == "s3":
        layers = f"arn:{partition}:s3:::prod-{region}-starport-layer-bucket/*"
        statements.append(aws_policy.allow("ContainerImageLayers", ["s3:GetObject"], layers, Principal="*"))
    return aws_policy.document(statements)
