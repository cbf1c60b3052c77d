"""Arguments of Vault servers that many tests start from."""

from typing import Any

import pulumi
import pulumi_aws as aws

from platform_lib.components.cluster import KubernetesCluster, KubernetesClusterArgs
from platform_lib.components.cluster.refs import ClusterReference, NodeGroupReference
from platform_lib.components.vault import VaultCluster, VaultClusterArgs
from platform_lib.components.vpc import VpcArgs, VpcComponent
from support.clusters import ADMINS
from support.contexts import context

ACCOUNT_ID = "111122223333"
REGISTRY = f"{ACCOUNT_ID}.dkr.ecr.eu-west-1.amazonaws.com"
DIGEST = "@sha256:" + "ab" * 32
IMAGE = f"{REGISTRY}/openbao{DIGEST}"
UPLOAD_IMAGE = f"{REGISTRY}/aws-cli{DIGEST}"
PLUGIN = {"sha256": "cd" * 32, "version": "v0.1.0", "image": f"{REGISTRY}/openbao-plugin-kms-awskms"}
ADMINISTRATOR = {"name": "deployer", "namespace": "platform", "service_account": "deployer"}
COPIES = {
    "bucket_arn": "arn:aws:s3:::copies",
    "region": "eu-central-1",
    "key_arn": f"arn:aws:kms:eu-central-1:{ACCOUNT_ID}:key/copies",
    "backup_plan_id": "plan-1",
}
ZONES = ["euw1-az1", "euw1-az2", "euw1-az3"]


def node_group(name: str = "system", **more: Any) -> NodeGroupReference:
    """Nodes on demand over three zones."""
    return NodeGroupReference(
        **{
            "name": name,
            "capacity": "on-demand",
            "zones": ZONES,
            "labels": {"purpose": name},
            "taints": [],
            **more,
        }
    )


def cluster(*groups: NodeGroupReference) -> ClusterReference:
    """A cluster of one group of nodes, or of those that are given."""
    return ClusterReference(
        region="eu-west-1",
        name="main-prod",
        version="1.35",
        arn="arn:cluster",
        endpoint="https://cluster",
        certificate_authority="UEVN",
        oidc_issuer="https://issuer",
        vpc_id="vpc-1",
        security_group_id="sg-1",
        node_groups=list(groups) or [node_group()],
        kubeconfig="{}",
    )


def vault_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """What ``VaultCluster`` needs at least, in production."""
    return {
        "context": context(environment),
        "cluster": cluster(),
        "account_id": ACCOUNT_ID,
        "image": IMAGE,
        "tls": {"ca_certificate": "-----BEGIN CERTIFICATE-----", "secret_name": "vault-tls"},
        "seal": {"plugin": PLUGIN},
        "administrators": [ADMINISTRATOR],
        "backups": {"upload_image": UPLOAD_IMAGE, "access_log_bucket": "access-logs", "copies": COPIES},
        **more,
    }


def deployed(name: str = "vault", *, environment: str = "dev", zones: int = 3, **more: Any) -> Any:
    """Makes servers on a cluster of the sandbox with what they need around them, for a ``ComponentStack``."""

    def make(account_id: Any, opts: pulumi.ResourceOptions) -> VaultCluster:
        made_for = context(environment)
        network = VpcComponent(
            "net",
            VpcArgs(context=made_for, region="eu-west-1", cidr="10.20.0.0/16", zone_count=zones, guard=False),
            opts,
        )
        below = KubernetesCluster(
            "main",
            KubernetesClusterArgs(
                context=made_for,
                network=network.reference,
                account_id=account_id,
                access=[ADMINS],
                node_groups=[{"name": "system", "zones": ZONES[:zones]}],
            ),
            opts,
        )
        records = aws.s3.Bucket("access-logs", region="eu-west-1", opts=opts)
        keeper = aws.backup.Vault("keeper", region="eu-west-1", opts=opts)
        daily = [{"rule_name": "daily", "target_vault_name": keeper.name}]
        plan = aws.backup.Plan("plan", region="eu-west-1", rules=daily, opts=opts)
        copies = {**COPIES, "backup_plan_id": plan.id}
        backups = {"upload_image": UPLOAD_IMAGE, "access_log_bucket": records.bucket, "copies": copies}
        args = {**vault_args(environment, account_id=account_id, cluster=below.reference, backups=backups), **more}
        both = pulumi.ResourceOptions(providers=[opts.provider, below.provider])
        return VaultCluster(name, VaultClusterArgs(**args), both)

    return make
