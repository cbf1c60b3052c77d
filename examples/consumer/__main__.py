"""A clinic's own program: a queue of results, and the rights of its pods on the platform's cluster.

Network and cluster belong to the platform. What this program needs to know of them, it reads from the platform's stack
by the library's own models: a field that is missing or has changed fails the preview by name.
"""

import json

import pulumi
import pulumi_aws as aws

from platform_lib.components.cluster import ClusterOutputs
from platform_lib.components.vpc import NetworkOutputs
from platform_lib.core.context import ComplianceScope, Context, DataClassification
from platform_lib.core.tagging import required_tags

NAMESPACE = "clinic"
DATABASE_PORT = 5432

config = pulumi.Config()
platform = config.require("platform_stack")
network = NetworkOutputs.read_now(platform).reference
cluster = ClusterOutputs.read_now(platform).reference

context = Context(
    environment=config.require("environment"),
    owner="clinic-team",
    cost_centre="clinic",
    data_classification=DataClassification.RESTRICTED,
    compliance_scope=[ComplianceScope.HIPAA],
)
tags = required_tags(context)

results = aws.sqs.Queue("results", kms_master_key_id="alias/aws/sqs", tags=tags)

# Pods of the service account `worker` may take results from the queue, and nothing else.
trust = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "pods.eks.amazonaws.com"},
            "Action": ["sts:AssumeRole", "sts:TagSession"],
            "Condition": {
                "StringEquals": {
                    "aws:RequestTag/eks-cluster-name": cluster.name,
                    "aws:RequestTag/kubernetes-namespace": NAMESPACE,
                    "aws:RequestTag/kubernetes-service-account": "worker",
                }
            },
        }
    ],
}
role = aws.iam.Role("worker", assume_role_policy=json.dumps(trust), tags=tags)
takes_results = aws.iam.Policy(
    "worker",
    policy=pulumi.Output.json_dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Effect": "Allow",
                    "Action": ["sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"],
                    "Resource": [results.arn],
                }
            ],
        }
    ),
    tags=tags,
)
aws.iam.RolePolicyAttachment("worker", role=role.name, policy_arn=takes_results.arn)
aws.eks.PodIdentityAssociation(
    "worker", cluster_name=cluster.name, namespace=NAMESPACE, service_account="worker", role_arn=role.arn, tags=tags
)

# Where a database will stand: in the isolated tier, reached from the cluster alone.
group = aws.ec2.SecurityGroup("records", vpc_id=network.vpc_id, description="Database of the clinic", tags=tags)
aws.vpc.SecurityGroupIngressRule(
    "records-from-cluster",
    security_group_id=group.id,
    description="PostgreSQL from nodes and pods of the cluster",
    referenced_security_group_id=cluster.security_group_id,
    ip_protocol="tcp",
    from_port=DATABASE_PORT,
    to_port=DATABASE_PORT,
    tags=tags,
)
aws.rds.SubnetGroup("records", subnet_ids=[subnet.id for subnet in network.in_tier("isolated")], tags=tags)

pulumi.export("results_url", results.url)
pulumi.export("zones", cluster.zones)
