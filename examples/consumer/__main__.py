"""A clinic's own program: its network comes from the library, the rest is its own."""

import pulumi
import pulumi_aws as aws

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.context import ComplianceScope, Context, DataClassification
from platform_lib.core.tagging import required_tags

context = Context(
    environment=pulumi.Config().require("environment"),
    owner="clinic-team",
    cost_centre="clinic",
    data_classification=DataClassification.RESTRICTED,
    compliance_scope=[ComplianceScope.HIPAA],
)
network = VpcComponent(
    "clinic",
    VpcArgs(
        context=context,
        region="eu-west-1",
        cidr="10.40.0.0/16",
        zone_count=2,
        guard=context.protects,  # dev may be destroyed
    ),
)
results = aws.sqs.Queue("results", kms_master_key_id="alias/aws/sqs", tags=required_tags(context))

pulumi.export("vpc_id", network.vpc_id)
pulumi.export("results_url", results.url)
