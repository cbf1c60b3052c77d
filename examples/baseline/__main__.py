"""The security baseline of an account, with somebody to hear its alarms."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.baseline import AlarmsArgs, SecurityBaseline, SecurityBaselineArgs
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
baseline = SecurityBaseline(
    "example",
    SecurityBaselineArgs(
        context=context,
        region="eu-central-1",
        account_id=aws.get_caller_identity_output().account_id,
        alarms=AlarmsArgs(emails=["security@example.com"]),
    ),
)
pulumi.export("archive_bucket", baseline.archive_bucket)
