"""The policy documents of Vault servers on AWS: who uses a key, and what each role may do."""

from collections.abc import Sequence

import pulumi

from platform_lib.components.vault.planning.model import VaultPlan
from platform_lib.components.vault.planning.pods import SNAPSHOT_PLACE
from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import Statement, allow

Text = pulumi.Input[str]


def own_key(plan: VaultPlan, account_id: Text) -> pulumi.Output[str]:
    """The policy of a key of the component's own: the account's policies say who uses it, and the roles have some."""
    return aws_policy.document([aws_policy.account_administers_key(plan.partition, account_id)])


def unseals(key_arn: Text) -> Statement:
    """What unsealing needs of the key (https://openbao.org/docs/configuration/seal/awskms/#authentication)."""
    return allow("Unseal", ["kms:Encrypt", "kms:Decrypt", "kms:DescribeKey"], [key_arn])


def server(key_arn: Text | None) -> Sequence[Statement]:
    """What a server may do: unseal itself."""
    return [] if key_arn is None else [unseals(key_arn)]


def backup(bucket_arn: Text, key_arn: Text) -> Sequence[Statement]:
    """What a backup may do: add snapshots, of which it can neither read nor delete one.

    Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuAndPermissions.html, for ``kms:Decrypt`` too.
    """
    return [
        allow("AddSnapshots", ["s3:PutObject"], [pulumi.Output.concat(bucket_arn, f"/{SNAPSHOT_PLACE}/*")]),
        allow("EncryptSnapshots", ["kms:GenerateDataKey", "kms:Decrypt"], [key_arn]),
    ]


def drill(bucket_arn: Text, key_arn: Text, seal_key_arn: Text | None) -> Sequence[Statement]:
    """What a drill may do: read snapshots, and unseal what is in them."""
    prefix = {"StringLike": {"s3:prefix": [f"{SNAPSHOT_PLACE}/*"]}}
    return [
        allow("ListSnapshots", ["s3:ListBucket"], [bucket_arn], prefix),
        allow("ReadSnapshots", ["s3:GetObject"], [pulumi.Output.concat(bucket_arn, f"/{SNAPSHOT_PLACE}/*")]),
        allow("DecryptSnapshots", ["kms:Decrypt"], [key_arn]),
        *server(seal_key_arn),
    ]
