"""The policy documents of a cluster: who uses its key, and which pods get which role."""

import pulumi

from platform_lib.components.cluster.plan import ClusterPlan
from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import allow


def own_key(plan: ClusterPlan, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    """The cluster's key: the account, and as far as it encrypts them its log group and the disks of its nodes.

    Sources: https://docs.aws.amazon.com/eks/latest/userguide/enable-kms.html (EKS acts for whoever deploys the cluster,
    whom the account's policies let use the key) and
    https://docs.aws.amazon.com/autoscaling/ec2/userguide/key-policy-requirements-EBS-encryption.html.
    """
    statements = [aws_policy.account_administers_key(plan.partition, account_id)]
    if plan.key.logs:
        statements.append(aws_policy.log_groups_use_key(plan.partition, plan.region, account_id, plan.log_group))
    if plan.key.volumes:
        role = "arn:{0}:iam::{1}:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling"
        nodes = {"AWS": pulumi.Output.format(role, plan.partition, account_id)}
        use = ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"]
        for_aws = {"Bool": {"kms:GrantIsForAWSResource": "true"}}
        statements += [
            allow("NodesUseKey", use, "*", Principal=nodes),
            allow("NodesHandKeyToDisks", ["kms:CreateGrant"], "*", for_aws, Principal=nodes),
        ]
    return aws_policy.document(statements)
