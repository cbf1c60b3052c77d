"""Vault servers (OpenBao) on a cluster of their own: three nodes over three zones, snapshots, drills.

The certificate is one of cert-manager: it keeps the secret ``vault-tls`` for the names in ``tls_names``.
"""

import pulumi
import pulumi_aws as aws

from platform_lib.components.cluster import (
    AccessEntryArgs,
    AccessPolicy,
    KubernetesCluster,
    KubernetesClusterArgs,
    NodeGroupArgs,
)
from platform_lib.components.vault import (
    VaultAdministratorArgs,
    VaultBackupArgs,
    VaultCluster,
    VaultClusterArgs,
    VaultListenerArgs,
    VaultSealArgs,
    VaultSealPluginArgs,
    VaultTlsArgs,
)
from platform_lib.components.vpc import Egress, VpcArgs, VpcComponent
from platform_lib.core.context import Context, DataClassification

# Mirror the images into a registry of your own, and take digests and checksum from there.
REGISTRY = "111122223333.dkr.ecr.eu-central-1.amazonaws.com"
DIGEST = "sha256:" + "0" * 64
CHECKSUM = "0" * 64

context = Context(
    environment="dev", owner="examples", cost_centre="cc-0", data_classification=DataClassification.INTERNAL
)
account = aws.get_caller_identity_output()
network = VpcComponent(
    "example",
    VpcArgs(
        context=context,
        region="eu-central-1",
        cidr="10.53.0.0/16",
        zone_count=3,
        egress=Egress.SINGLE,
        guard=False,  # an example may go as it came; a network that others stand on keeps its guard
    ),
)
zones = list(dict.fromkeys(subnet.zone for subnet in network.reference.subnets))
cluster = KubernetesCluster(
    "runtime",
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
        node_groups=[NodeGroupArgs(name="system", zones=zones, minimum_nodes=3)],
    ),
)
vault = VaultCluster(
    "vault",
    VaultClusterArgs(
        context=context,
        cluster=cluster.reference,
        account_id=account.account_id,
        image=f"{REGISTRY}/openbao@{DIGEST}",
        engine_version="2.7.2",
        tls=VaultTlsArgs(ca_certificate="-----BEGIN CERTIFICATE-----\n...", secret_name="vault-tls"),  # noqa: S106 - its name
        seal=VaultSealArgs(
            plugin=VaultSealPluginArgs(image=f"{REGISTRY}/openbao-plugin-kms-awskms", version="v0.1.0", sha256=CHECKSUM)
        ),
        administrators=[VaultAdministratorArgs(name="deployer", namespace="platform", service_account="deployer")],
        listener=VaultListenerArgs(client_namespaces=["shop"], egress_ports=[5432]),
        backups=VaultBackupArgs(upload_image=f"{REGISTRY}/aws-cli@{DIGEST}"),
    ),
    pulumi.ResourceOptions(providers=[cluster.provider]),
)
pulumi.export("address", vault.address)
pulumi.export("tls_names", vault.tls_names)
pulumi.export("operator_steps", vault.operator_steps)
