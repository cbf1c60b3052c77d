"""``KubernetesCluster``: the resources of a planned cluster."""

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pulumi
from pulumi_aws import cloudwatch, ec2, eks, kms
from pulumi_aws import vpc as security_group_rules

from platform_lib.components.cluster import policies, report
from platform_lib.components.cluster.args import ClusterEncryptionArgs, KubernetesClusterArgs, PodIdentityArgs
from platform_lib.components.cluster.kubeconfig import kubeconfig
from platform_lib.components.cluster.node_maker import NodeMaker
from platform_lib.components.cluster.plan import HTTPS, plan_cluster
from platform_lib.components.cluster.pod_maker import PodMaker
from platform_lib.components.cluster.refs import ClusterReference, NodeGroupReference, NodeTaintReference
from platform_lib.components.cluster.role_maker import RoleMaker
from platform_lib.components.cluster.versions import POD_IDENTITY_AGENT
from platform_lib.core import aws_policy
from platform_lib.core.component import PlatformComponent
from platform_lib.core.naming import physical
from platform_lib.core.tagging import tags

if TYPE_CHECKING:
    import pulumi_kubernetes

CONTROL_PLANE_LOGS = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
KEY_DELETION_DAYS = 30
KEY_ROTATION_DAYS = 365
ACCESS_POLICIES = {
    "cluster-admin": "AmazonEKSClusterAdminPolicy",
    "admin": "AmazonEKSAdminPolicy",
    "admin-view": "AmazonEKSAdminViewPolicy",
    "edit": "AmazonEKSEditPolicy",
    "view": "AmazonEKSViewPolicy",
}


class KubernetesCluster(PlatformComponent):
    """A Kubernetes cluster on AWS (EKS): private control plane, nodes by purpose, access, identities and add-ons.

    Creates the control plane with its role, an encrypted log group for all five of its logs and a security group for
    who reaches its API; for every purpose a managed node group with a launch template (session tokens for metadata,
    encrypted disks); an entry with policy for everybody who may work with the API; roles for the pods of service
    accounts; and the add-ons, each in a pinned version. For keys that are not given it makes one of its own.

    Whoever deploys the cluster gets no rights in it by that: ``access`` says who has them. Pods cannot read the
    metadata of their node, and with them its role.

    The cluster, its key and its log group are stateful: they are protected unless the environment is ``dev``, and EKS
    itself refuses to delete the cluster (``deletion_protection``). A new name or range of services replaces the
    cluster, and with it everything that runs there. New instance types, zones, images or kinds of capacity replace a
    node group, the new one first. A new version of Kubernetes updates control plane, add-ons and nodes in an order that
    ``upgrade_plan`` tells; EKS moves one minor version at a time and never back
    (https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html).

    Limits: the control plane stands in two zones at least, which cannot change
    (https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html); by default an account has 100 clusters a
    region, a cluster 30 managed node groups of up to 450 nodes
    (https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html).

    Physical names that are a contract: that of the cluster, from which EKS makes the name of the log group, and that
    log group's. All others are automatic.
    """

    cluster_name: pulumi.Output[str]
    """Name of the cluster in EKS."""

    cluster_arn: pulumi.Output[str]
    """ARN of the cluster."""

    version: pulumi.Output[str]
    """Minor version of Kubernetes."""

    endpoint: pulumi.Output[str]
    """URL of the API."""

    certificate_authority: pulumi.Output[str]
    """Certificate of the API's authority, PEM in base64."""

    oidc_issuer: pulumi.Output[str]
    """URL of the issuer of service account tokens."""

    vpc_id: pulumi.Output[str]
    """Id of the network that the cluster stands in."""

    security_group_id: pulumi.Output[str]
    """Security group of control plane and nodes, which EKS makes."""

    node_role_arn: pulumi.Output[str]
    """ARN of the role of the nodes."""

    node_group_arns: pulumi.Output[dict[str, str]]
    """ARNs of the node groups by purpose."""

    addon_versions: pulumi.Output[dict[str, str]]
    """Versions of the add-ons by name."""

    pod_role_arns: pulumi.Output[dict[str, str]]
    """ARNs of the roles of pods by the name of their identity."""

    log_group: pulumi.Output[str]
    """Name of the log group of the control plane."""

    secrets_key_arn: pulumi.Output[str]
    """ARN of the key that encrypts secrets."""

    kubeconfig: pulumi.Output[str]
    """Configuration for ``kubectl`` and providers, a secret; it asks the ``aws`` command for a token."""

    def __init__(self, name: str, args: KubernetesClusterArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = KubernetesClusterArgs.parse(subject, args)
            plan = plan_cluster(name, args, subject=subject)
            self._tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._network = args.network
        self._account_id = args.account_id
        self._roles = RoleMaker(self, plan.partition, self.tags_of)

        self._make_keys(args.encryption or ClusterEncryptionArgs())
        self._make_control_plane()
        self._make_access({entry.name: entry.principal_arn for entry in args.access})
        self._pods = PodMaker(self, plan, self._account_id, self._cluster, self._roles, self.tags_of)
        self._make_nodes_and_addons({addon.name: addon.configuration for addon in args.addons or ()})
        self._make_identities({one.name: one for one in args.pod_identities or ()})
        outputs = self._outputs()
        self.finish(outputs, cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @cached_property
    def provider(self) -> "pulumi_kubernetes.Provider":
        """A provider for resources on this cluster, made when it is first asked for.

        It waits for access and add-ons. A new endpoint or certificate of the same cluster replaces nothing. It needs
        ``platform-lib[kubernetes]``.
        """
        import pulumi_kubernetes  # only programs that run something on the cluster need it

        return pulumi_kubernetes.Provider(
            self.child_name("provider"),
            kubeconfig=self.kubeconfig,
            cluster_identifier=self._cluster.endpoint,  # a cluster that is made anew has another one, whatever its name
            opts=self.child_options(depends_on=[*self._entries, *self._addons.values()]),
        )

    @property
    def reference(self) -> ClusterReference:
        """The cluster as other components take it."""
        plan = self._plan
        return ClusterReference(
            region=plan.region,
            name=plan.cluster_name,
            version=plan.version,
            arn=self.cluster_arn,
            endpoint=self.endpoint,
            certificate_authority=self.certificate_authority,
            oidc_issuer=self.oidc_issuer,
            vpc_id=self.vpc_id,
            security_group_id=self.security_group_id,
            node_groups=[
                NodeGroupReference(
                    name=group.name,
                    capacity=group.capacity,
                    zones=[subnet.zone for subnet in group.place.of(self._network)],
                    labels=dict(group.labels),
                    taints=[
                        NodeTaintReference(key=taint.key, value=taint.value, effect=taint.effect)
                        for taint in group.taints
                    ],
                )
                for group in plan.node_groups
            ],
            kubeconfig=self.kubeconfig,
        )

    def _make_keys(self, asked: ClusterEncryptionArgs) -> None:
        own = self._make_key() if self._plan.key.is_made else ""
        self._secrets_key = own if asked.secrets_key_arn is None else asked.secrets_key_arn
        self._logs_key = own if asked.logs_key_arn is None else asked.logs_key_arn
        self._volumes_key = own if asked.volumes_key_arn is None else asked.volumes_key_arn

    def _make_key(self) -> pulumi.Output[str]:
        name = self.child_name("key")
        key = kms.Key(
            name,
            region=self._plan.region,
            description=f"Cluster {self._plan.cluster_name}",
            enable_key_rotation=True,
            rotation_period_in_days=KEY_ROTATION_DAYS,
            deletion_window_in_days=KEY_DELETION_DAYS,
            policy=policies.own_key(self._plan, self._account_id),
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )
        kms.Alias(f"{name}-alias", region=self._plan.region, target_key_id=key.id, opts=self.child_options())
        return key.arn

    def _make_control_plane(self) -> None:
        plan = self._plan
        log_group = self._make_log_group()
        this_account = {"StringEquals": {"aws:SourceAccount": self._account_id}}
        trust = aws_policy.assumed_by("eks", this_account)
        role = self._roles.make("control-plane-role", f"Control plane of {plan.cluster_name}", trust)
        attachment = self._roles.attach_managed(role, "control-plane-policy", "AmazonEKSClusterPolicy")
        group = self._make_api_group()
        name = self.child_name("cluster")
        public = plan.endpoint.public_cidrs
        self._cluster = eks.Cluster(
            name,
            region=plan.region,
            name=physical("aws:eks/cluster:Cluster", plan.cluster_name),
            version=plan.version,
            role_arn=role.arn,
            vpc_config={
                "subnet_ids": [subnet.id for subnet in plan.place.of(self._network)],
                "security_group_ids": [group.id],
                "endpoint_private_access": True,
                "endpoint_public_access": bool(public),
                "public_access_cidrs": list(public) if public else None,
            },
            kubernetes_network_config={"ip_family": "ipv4", "service_ipv4_cidr": plan.service_cidr},
            encryption_config={"provider": {"key_arn": self._secrets_key}, "resources": ["secrets"]},
            access_config={"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False},
            bootstrap_self_managed_addons=False,
            enabled_cluster_log_types=CONTROL_PLANE_LOGS,
            upgrade_policy={"support_type": "EXTENDED" if plan.extended_support else "STANDARD"},
            deletion_protection=plan.deletion_protection,
            tags=self.tags_of(name),
            # EKS would make the log group itself, without key and retention.
            opts=self.child_options(stateful=True, depends_on=[attachment, log_group]),
        )

    def _make_log_group(self) -> cloudwatch.LogGroup:
        name = self.child_name("control-plane-logs")
        return cloudwatch.LogGroup(
            name,
            region=self._plan.region,
            name=physical("aws:cloudwatch/logGroup:LogGroup", self._plan.log_group),
            kms_key_id=self._logs_key,
            retention_in_days=self._plan.log_retention_days,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )

    def _make_api_group(self) -> ec2.SecurityGroup:
        name = self.child_name("api")
        group = ec2.SecurityGroup(
            name,
            region=self._plan.region,
            vpc_id=self._network.vpc_id,
            description="API of the cluster: HTTPS from inside the network",
            tags=self.tags_of(name),
            opts=self.child_options(),
        )
        for key, cidr in self._plan.endpoint.private_cidrs:
            name = self.child_name("api-https", key)
            security_group_rules.SecurityGroupIngressRule(
                name,
                region=self._plan.region,
                security_group_id=group.id,
                description="HTTPS from inside the network",
                cidr_ipv4=cidr,
                ip_protocol="tcp",
                from_port=HTTPS,
                to_port=HTTPS,
                tags=self.tags_of(name),
                opts=self.child_options(),
            )
        return group

    def _make_access(self, principals: Mapping[str, pulumi.Input[str]]) -> None:
        plan = self._plan
        self._entries: list[pulumi.Resource] = []
        for entry in plan.access:
            name = self.child_name("access", entry.name)
            made: pulumi.Resource = eks.AccessEntry(
                name,
                region=plan.region,
                cluster_name=self._cluster.name,
                principal_arn=principals[entry.name],
                kubernetes_groups=list(entry.groups) or None,
                type="STANDARD",
                tags=self.tags_of(name),
                opts=self.child_options(),
            )
            if entry.policy is not None:
                scope: eks.AccessPolicyAssociationAccessScopeArgsDict = {"type": "cluster"}
                if entry.namespaces:
                    scope = {"type": "namespace", "namespaces": list(entry.namespaces)}
                made = eks.AccessPolicyAssociation(
                    self.child_name("access-policy", entry.name),
                    region=plan.region,
                    cluster_name=self._cluster.name,
                    principal_arn=principals[entry.name],
                    policy_arn=(
                        f"arn:{plan.partition}:eks::aws:cluster-access-policy/{ACCESS_POLICIES[entry.policy.value]}"
                    ),
                    access_scope=scope,
                    opts=self.child_options(depends_on=[made]),  # a policy is granted to an entry that is there
                )
            self._entries.append(made)

    def _make_nodes_and_addons(self, configurations: Mapping[str, pulumi.Input[str] | None]) -> None:
        """In the order of an upgrade: see ``upgrade.py``."""
        plan = self._plan
        self._addons: dict[str, eks.Addon] = {}

        def make_addons(after: Sequence[pulumi.Resource], *, before_nodes: bool) -> list[eks.Addon]:
            chosen = [addon for addon in plan.addons if addon.before_nodes is before_nodes]
            made = {addon.name: self._pods.make_addon(addon, configurations.get(addon.name), after) for addon in chosen}
            self._addons |= made
            return list(made.values())

        early = make_addons([], before_nodes=True)
        nodes = NodeMaker(self, plan, self._network, self._cluster, self._roles, self.tags_of)
        self._node_role, ready = nodes.make_role()
        self._groups: dict[str, eks.NodeGroup] = {}
        (carrier,) = (group for group in plan.node_groups if group.name == plan.carrier)
        self._groups[carrier.name] = nodes.make(carrier, self._volumes_key, [*ready, *early])
        late = make_addons([self._groups[carrier.name]], before_nodes=False)
        for group in plan.node_groups:
            if group is not carrier:
                self._groups[group.name] = nodes.make(group, self._volumes_key, [*ready, *early, *late])

    def _make_identities(self, asked: Mapping[str, PodIdentityArgs]) -> None:
        agent = self._addons[POD_IDENTITY_AGENT]
        self._pod_roles = {
            identity.name: self._pods.make_identity(identity, asked[identity.name], agent)
            for identity in self._plan.identities
        }

    def _outputs(self) -> Mapping[str, Any]:
        plan, cluster = self._plan, self._cluster
        authority = cluster.certificate_authority.apply(lambda found: _text(found, "data"))
        return {
            "cluster_name": cluster.name,
            "cluster_arn": cluster.arn,
            "version": cluster.version,
            "endpoint": cluster.endpoint,
            "certificate_authority": authority,
            "oidc_issuer": cluster.identities.apply(_issuer),
            "vpc_id": self._network.vpc_id,
            "security_group_id": cluster.vpc_config.apply(lambda found: _text(found, "cluster_security_group_id")),
            "node_role_arn": self._node_role.arn,
            "node_group_arns": {name: group.arn for name, group in self._groups.items()},
            "addon_versions": {name: addon.addon_version for name, addon in self._addons.items()},
            "pod_role_arns": self._pod_roles,
            "log_group": plan.log_group,
            "secrets_key_arn": self._secrets_key,
            "kubeconfig": kubeconfig(plan.cluster_name, plan.region, cluster.endpoint, authority),
        }


def _text(found: Any, name: str) -> str:
    """A text of a nested output, which mocks may leave out."""
    return getattr(found, name, None) or ""


def _issuer(identities: Sequence[Any] | None) -> str:
    """URL of the issuer: EKS gives one identity with one issuer."""
    issuers = [_text(issuer, "issuer") for identity in identities or () for issuer in identity.oidcs or ()]
    return next(iter(issuers), "")
