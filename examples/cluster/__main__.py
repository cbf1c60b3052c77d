"""A cluster in a network of its own: nodes for two purposes, an identity for pods, and a namespace made on it."""

import json

import pulumi
import pulumi_aws as aws
import pulumi_kubernetes as kubernetes

from platform_lib.components.cluster import (
    AccessEntryArgs,
    AccessPolicy,
    KubernetesCluster,
    KubernetesClusterArgs,
    NodeCapacity,
    NodeGroupArgs,
    NodeTaintArgs,
    PodIdentityArgs,
)
from platform_lib.components.vpc import Egress, VpcArgs, VpcComponent
from platform_lib.core.context import Context, DataClassification

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
account = aws.get_caller_identity_output()
network = VpcComponent(
    "example",
    VpcArgs(
        context=context,
        region="eu-central-1",
        cidr="10.51.0.0/16",
        zone_count=2,
        egress=Egress.SINGLE,
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
reads_menus = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::menus/*"]}],
    }
)
cluster = KubernetesCluster(
    "shop",
    KubernetesClusterArgs(
        context=context,
        network=network.reference,
        account_id=account.account_id,
        access=[
            AccessEntryArgs(
                name="admins",
                principal_arn=account.account_id.apply(lambda number: f"arn:aws:iam::{number}:role/platform-admins"),
                policy=AccessPolicy.CLUSTER_ADMIN,
            )
        ],
        node_groups=[
            NodeGroupArgs(name="system"),
            NodeGroupArgs(
                name="batch",
                capacity=NodeCapacity.SPOT,
                instance_types=["m7i.xlarge", "m6i.xlarge"],
                minimum_nodes=0,
                maximum_nodes=4,
                taints=[NodeTaintArgs(key="dedicated", value="batch")],
            ),
        ],
        pod_identities=[
            PodIdentityArgs(name="kitchen", namespace="kitchen", service_account="kitchen", policy=reads_menus)
        ],
    ),
)
kubernetes.core.v1.Namespace(
    "kitchen", metadata={"name": "kitchen"}, opts=pulumi.ResourceOptions(provider=cluster.provider)
)
pulumi.export("endpoint", cluster.endpoint)
pulumi.export("kubeconfig", cluster.kubeconfig)  # a secret
