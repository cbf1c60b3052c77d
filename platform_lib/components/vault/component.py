"""``VaultCluster``: the resources of planned Vault servers."""

from collections.abc import Mapping
from typing import Any

import pulumi

from platform_lib.components.vault import policies, report
from platform_lib.components.vault.args import (
    VaultClusterArgs,
)
from platform_lib.components.vault.arguments.backup import (
    VaultBackupArgs,
)
from platform_lib.components.vault.arguments.seal import (
    VaultSealArgs,
)
from platform_lib.components.vault.arguments.server import (
    VaultStorageArgs,
)
from platform_lib.components.vault.aws_maker import AwsMaker
from platform_lib.components.vault.cluster_maker import ClusterMaker
from platform_lib.components.vault.kind import VaultEngine, VaultSealKind
from platform_lib.components.vault.plan import plan_vault
from platform_lib.components.vault.planning.initialisation import KUBERNETES_HOST, operator_steps
from platform_lib.components.vault.planning.model import ADMINISTRATION_PATH, BackupPlan
from platform_lib.components.vault.refs import VaultAdministratorReference, VaultReference
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import required_tags, tags


class VaultCluster(PlatformComponent):
    """Vault servers on Kubernetes (OpenBao, or Vault): raft nodes over zones, self-unsealing, audited, backed up.

    Creates on the cluster a namespace that is closed by default, the servers as a stateful set with volumes for data
    and audit, the services by which they find each other and are found, a disruption budget, network policies, and jobs
    that take snapshots and restore the newest one into a server of its own; in AWS a key that unseals them, the
    encrypted bucket of snapshots, and for servers, snapshots and drills a role each by pod identity. It needs a
    provider for Kubernetes beside that of AWS, and ``platform-lib[kubernetes]``.

    OpenBao initialises itself: the first node of an empty cluster makes an auth method for administrators and backups,
    and revokes its root token before anybody sees it. Vault has nothing of the kind: ``operator_steps`` says what
    somebody does by hand, and no key or token passes through Pulumi. The configuration of what is inside (policies,
    auth methods, engines) is a component of its own.

    The namespace, the servers, the keys and the bucket are stateful: they are protected unless the environment is
    ``dev``. The volumes belong to the stateful set and stand in no state; outside ``dev`` they are kept when it or its
    namespace goes. Another class or size of volumes, another name or namespace replaces the servers: the old ones go
    first, and what replaces them finds its data only where its claims are still there. Another configuration, image
    or certificate rolls the pods, one at a time. More nodes join by themselves; of fewer ones autopilot takes those
    that are gone out of the quorum after a day. A new version rolls the servers too; take a snapshot before, for there
    is no way back without one (https://openbao.org/docs/guides/upgrade).

    Limits: 3 or 5 servers (https://openbao.org/docs/internals/integrated-storage/#deployment-table); the name has at
    most 52 characters.

    Physical names that are a contract, for certificates and identities name them: the namespace, the stateful set with
    its pods, both services and the service accounts. All others are automatic.
    """

    address: pulumi.Output[str]
    """URL that clients call, from inside the cluster."""

    load_balancer: pulumi.Output[str]
    """Host name of the load balancer for clients in the network; empty where there is none."""

    namespace: pulumi.Output[str]
    """Namespace of the servers."""

    tls_names: pulumi.Output[list[str]]
    """Names that the certificate of the servers has to carry."""

    audit_paths: pulumi.Output[list[str]]
    """Paths of the audit devices, the same on all nodes."""

    seal_key_arn: pulumi.Output[str]
    """ARN of the key of KMS that unseals the servers; empty for another seal."""

    backup_bucket: pulumi.Output[str]
    """Name of the bucket of snapshots; empty where there is none."""

    backup_key_arn: pulumi.Output[str]
    """ARN of the key that encrypts them; empty where there are none."""

    operator_steps: pulumi.Output[list[str]]
    """What people do by hand once the servers run, in this order."""

    def __init__(self, name: str, args: VaultClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = VaultClusterArgs.parse(subject, args)
            plan = plan_vault(name, args, subject=subject)
            self._tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._args = args
        self._aws = AwsMaker(self, plan, args.account_id, self.tags_of)
        self._objects = ClusterMaker(self, plan, required_tags(args.context))

        self._make_seal(args.seal or VaultSealArgs())
        self._objects.make_namespace()
        self._make_servers()
        self._backup_bucket: pulumi.Input[str] = ""
        self._backup_key: pulumi.Input[str] = ""
        if plan.backups is not None and args.backups is not None:
            self._make_backups(plan.backups, args.backups)
        self.finish(self._outputs(), cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> VaultReference:
        """The servers as other components take them."""
        plan, cluster = self._plan, self._args.cluster
        return VaultReference(
            address=self.address,
            engine=plan.engine,
            engine_version=plan.version,
            ca_certificate=self._args.tls.ca_certificate,
            namespace=plan.namespace,
            service_account=plan.server_account,
            administration_path=ADMINISTRATION_PATH,
            administrators=[
                VaultAdministratorReference(role=one.name, namespace=one.namespace, service_account=one.service_account)
                for one in plan.administrators
            ],
            audit_paths=[device.path for device in plan.audit.devices],
            audit_declared=plan.engine is VaultEngine.OPENBAO,
            cluster_name=plan.cluster_name,
            kubernetes_host=KUBERNETES_HOST,
            kubernetes_ca_certificate=cluster.certificate_authority,
            oidc_issuer=cluster.oidc_issuer,
            backup_bucket=None if plan.backups is None else self.backup_bucket,
            backup_key_arn=None if plan.backups is None else self.backup_key_arn,
            seal_key_arn=None if self._seal_key is None else self.seal_key_arn,
        )

    def _make_seal(self, asked: VaultSealArgs) -> None:
        plan = self._plan
        self._seal_key: pulumi.Input[str] | None = None
        if plan.seal.kind is VaultSealKind.AWS_KMS:
            self._seal_key = asked.key_arn
        if plan.seal.own_key:
            what = f"Unseals the servers {plan.node_name}"
            self._seal_key = self._aws.make_key("seal-key", what, multi_region=plan.seal.multi_region)

    def _make_servers(self) -> None:
        plan, tls = self._plan, self._args.tls
        roles = ["server"]
        if plan.backups is not None:
            roles += ["backup", *(["drill"] if plan.backups.drill_schedule else [])]
        self._objects.make_accounts(roles)
        self._objects.make_configuration(self._seal_key, tls.ca_certificate, tls.certificate, tls.private_key)
        self._service = self._objects.make_network()
        identity: list[pulumi.Resource] = []
        if self._seal_key is not None:
            may = policies.server(self._seal_key)
            identity = self._aws.make_identity("server", "Unseals Vault servers", plan.server_account, may)
        storage = self._args.storage or VaultStorageArgs()
        self._objects.make_servers(storage.key_arn, identity)

    def _make_backups(self, plan: BackupPlan, asked: VaultBackupArgs) -> None:
        aws, servers = self._aws, self._plan
        key = asked.key_arn
        if key is None:
            key = aws.make_key("backup-key", f"Snapshots of the servers {servers.node_name}")
        bucket = aws.make_bucket(plan, key, asked.access_log_bucket)
        may = policies.backup(bucket.arn, key)
        ready = aws.make_identity("backup", "Stores snapshots of Vault servers", servers.backup_account, may)
        if plan.drill_schedule:
            may = policies.drill(bucket.arn, key, self._seal_key)
            ready += aws.make_identity("drill", "Restores snapshots of Vault servers", servers.drill_account, may)
        if asked.copies is not None:
            aws.make_copies(bucket, key, asked.copies)
        self._objects.make_backups(plan, bucket.bucket, ready)
        self._backup_bucket, self._backup_key = bucket.bucket, key

    def _outputs(self) -> Mapping[str, Any]:
        plan = self._plan
        balancer: pulumi.Output[Any] = self._service.status.apply(_host_of)
        return {
            "address": plan.address,
            "load_balancer": balancer,
            "namespace": plan.namespace,
            "tls_names": list(plan.tls_names),
            "audit_paths": [device.path for device in plan.audit.devices],
            "seal_key_arn": "" if self._seal_key is None else self._seal_key,
            "backup_bucket": self._backup_bucket,
            "backup_key_arn": self._backup_key,
            "operator_steps": operator_steps(plan),
        }


def _host_of(status: Any) -> str:
    """The host name, or address, of a service's load balancer; empty without one."""
    balancer = getattr(status, "load_balancer", None)
    for ingress in getattr(balancer, "ingress", None) or ():
        return str(getattr(ingress, "hostname", None) or getattr(ingress, "ip", None) or "")
    return ""
