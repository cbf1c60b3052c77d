"""What a cluster consists of, as a pure function of its arguments."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.components.cluster.addons import AddonPlan, plan_addons
from platform_lib.components.cluster.args import (
    AccessEntryArgs,
    ClusterEncryptionArgs,
    ClusterEndpointArgs,
    ControlPlaneLogsArgs,
    KubernetesClusterArgs,
    PodIdentityArgs,
)
from platform_lib.components.cluster.kind import AccessPolicy
from platform_lib.components.cluster.nodes import NodeGroupPlan, check_carrier, plan_node_groups
from platform_lib.components.cluster.places import CONTROL_PLANE_ZONES, Place, place_of
from platform_lib.components.cluster.versions import DEFAULT_VERSION
from platform_lib.components.vpc.refs import tier_of
from platform_lib.core.aws import default_log_retention, partition_of
from platform_lib.core.cidr import overlaps, parse_ipv4
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.naming import check_automatic

SERVICE_RANGES = ("172.20.0.0/16", "10.100.0.0/16")
"""What EKS itself chooses from (https://docs.aws.amazon.com/eks/latest/APIReference/API_KubernetesNetworkConfigRequest.html)."""

HTTPS = 443
"""The one port of the API."""

ADDON_NAMESPACE = "kube-system"


@dataclass(frozen=True)
class EndpointPlan:
    """Who reaches the API: from inside the network, and from outside (nobody where ``public_cidrs`` is empty).

    Attributes:
        private_cidrs: ranges by the key of their rule, which does not tell the range of the network itself: the name
            stays the same in every environment.
        public_cidrs: ranges of the public endpoint.
    """

    private_cidrs: tuple[tuple[str, str], ...]
    public_cidrs: tuple[str, ...]


@dataclass(frozen=True)
class KeyPlan:
    """What the component's own key encrypts."""

    secrets: bool
    logs: bool
    volumes: bool

    @property
    def is_made(self) -> bool:
        """Whether there is anything for it to encrypt."""
        return self.secrets or self.logs or self.volumes


@dataclass(frozen=True)
class AccessPlan:
    """An entry: what it may do, where (no namespaces means everywhere), and its groups of Kubernetes."""

    name: str
    policy: AccessPolicy | None
    namespaces: tuple[str, ...]
    groups: tuple[str, ...]


@dataclass(frozen=True)
class IdentityPlan:
    """Permissions of a service account; ``own_role`` says whether the component makes the role."""

    name: str
    namespace: str
    service_account: str
    own_role: bool


@dataclass(frozen=True)
class ClusterPlan:
    """A whole cluster; every collection is in a fixed order.

    Attributes:
        name: of the component.
        cluster_name: in EKS.
        place: where the control plane stands.
        carrier: the group of nodes that carries add-ons which run as ordinary pods.
    """

    name: str
    region: str
    partition: str
    cluster_name: str
    version: str
    place: Place
    service_cidr: str
    endpoint: EndpointPlan
    key: KeyPlan
    log_retention_days: int
    node_groups: tuple[NodeGroupPlan, ...]
    carrier: str
    addons: tuple[AddonPlan, ...]
    access: tuple[AccessPlan, ...]
    identities: tuple[IdentityPlan, ...]
    extended_support: bool
    deletion_protection: bool

    @property
    def log_group(self) -> str:
        """Name of the log group that EKS writes to.

        Source: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html.
        """
        return f"/aws/eks/{self.cluster_name}/cluster"


def plan_cluster(name: str, args: KubernetesClusterArgs, *, subject: str) -> ClusterPlan:
    """The cluster that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: they cannot be planned: a network of another cloud, no place to stand in, nodes of a wrong size,
            version or architecture, add-ons without a version, nobody who could administer the cluster; all that is
            found at once.
    """
    network, version = args.network, args.version or DEFAULT_VERSION
    if network.cloud not in (None, "aws"):
        problem = f"is not on AWS, where this component makes its clusters, got {network.cloud.value!r}"
        raise PlanError(subject, [Finding("network.cloud", problem, "give a network on AWS")])
    used = [network.cidr, *(network.secondary_cidrs or ())]
    tier, findings = tier_of(network, args.tier, path="tier")
    place, wrong = place_of(network, tier, args.zones, path="zones", at_first=CONTROL_PLANE_ZONES)
    node_groups, wrong_nodes = plan_node_groups(args.node_groups, network, place, version)
    carrier, wrong_carrier = check_carrier(node_groups, protects=args.context.protects)
    addons, wrong_addons = plan_addons(args.addons, version)
    encryption, logs = args.encryption or ClusterEncryptionArgs(), args.logs or ControlPlaneLogsArgs()
    plan = ClusterPlan(
        name=name,
        region=network.region,
        partition=partition_of(network.region),
        cluster_name=args.cluster_name or f"{name}-{args.context.environment}",
        version=version,
        place=place,
        service_cidr=args.service_cidr or _service_range(used),
        endpoint=_endpoint(args.endpoint or ClusterEndpointArgs(), network.cidr),
        key=KeyPlan(
            secrets=encryption.secrets_key_arn is None,
            logs=encryption.logs_key_arn is None,
            volumes=encryption.volumes_key_arn is None,
        ),
        log_retention_days=logs.retention_days or default_log_retention(args.context),
        node_groups=node_groups,
        carrier=carrier,
        addons=addons,
        access=tuple(_access(entry) for entry in args.access),
        identities=tuple(
            IdentityPlan(one.name, one.namespace, one.service_account, own_role=one.role_arn is None)
            for one in args.pod_identities or ()
        ),
        extended_support=args.extended_support is not False,
        deletion_protection=(args.context.protects if args.deletion_protection is None else args.deletion_protection),
    )
    findings += [
        *wrong,
        *([] if wrong or not tier else _check_zones(place)),
        *_check_service_range(plan.service_cidr, used),
        *_check_endpoint(args.endpoint or ClusterEndpointArgs()),
        *wrong_nodes,
        *([] if wrong_nodes else wrong_carrier),
        *wrong_addons,
        *_check_access(args.access),
        *_check_identities(args.pod_identities or (), addons),
        *check_automatic(_automatic_names(plan)),
    ]
    if findings:
        raise PlanError(subject, findings)
    return plan


def _service_range(used: Sequence[str]) -> str:
    """The first range that EKS would choose from and the network does not use; the first of all where it uses both."""
    return next((text for text in SERVICE_RANGES if not _shared(text, used)), SERVICE_RANGES[0])


def _shared(services: str, used: Sequence[str]) -> list[str]:
    """Which ranges of the network share addresses with a range of services."""
    return [text for text in used if overlaps([parse_ipv4(services), parse_ipv4(text)])]


def _endpoint(asked: ClusterEndpointArgs, network: str) -> EndpointPlan:
    public = tuple(asked.public_cidrs or ()) if asked.public_enabled else ()
    private = [
        ("network" if text == network else text.replace("/", "-"), text) for text in asked.private_cidrs or [network]
    ]
    return EndpointPlan(private_cidrs=tuple(private), public_cidrs=public)


def _access(entry: AccessEntryArgs) -> AccessPlan:
    return AccessPlan(entry.name, entry.policy, tuple(entry.namespaces or ()), tuple(entry.groups or ()))


def _check_zones(place: Place) -> list[Finding]:
    if len(place.zones) >= CONTROL_PLANE_ZONES:
        return []
    problem = f"spans too few zones for a control plane, got {', '.join(place.zones) or 'none'}"
    return [Finding("tier", problem, f"use a tier with {CONTROL_PLANE_ZONES} zones or more")]


def _check_service_range(services: str, used: Sequence[str]) -> list[Finding]:
    return [
        Finding("service_cidr", f"overlaps the network ({text}), got {services!r}", "use another range")
        for text in _shared(services, used)
    ]


def _check_endpoint(asked: ClusterEndpointArgs) -> list[Finding]:
    if asked.public_enabled and asked.public_cidrs is None:
        return [Finding("endpoint.public_cidrs", "is required with a public endpoint", "name your own addresses")]
    if not asked.public_enabled and asked.public_cidrs is not None:
        problem = "is given, but the endpoint is not public"
        return [Finding("endpoint.public_cidrs", problem, "leave it out, or set endpoint.public_enabled")]
    return []


def _check_access(entries: Sequence[AccessEntryArgs]) -> list[Finding]:
    findings = []
    seen: dict[str, str] = {}
    for index, entry in enumerate(entries):
        arn = entry.principal_arn
        if isinstance(arn, str) and seen.setdefault(arn, entry.name) != entry.name:
            problem = f"has an entry by {seen[arn]!r} already, got {arn!r}"
            findings.append(Finding(f"access[{index}].principal_arn", problem, "give each principal one entry"))
        if entry.policy is None and entry.namespaces:
            problem = "are given without a policy that they could limit"
            findings.append(Finding(f"access[{index}].namespaces", problem, "give policy too, or leave them out"))
        if entry.policy is None and not entry.groups:
            findings.append(Finding(f"access[{index}]", "lets nobody do anything", "give policy or groups"))
    if not any(entry.policy is AccessPolicy.CLUSTER_ADMIN and not entry.namespaces for entry in entries):
        problem = "has no entry with 'cluster-admin' for the whole cluster, so that nobody could administer it"
        findings.append(Finding("access", problem, "add one"))
    return findings


def _check_identities(asked: Sequence[PodIdentityArgs], addons: Sequence[AddonPlan]) -> list[Finding]:
    """EKS has one role a service account."""
    findings = []
    seen = {(ADDON_NAMESPACE, addon.service_account): f"the add-on {addon.name}" for addon in addons}
    for index, one in enumerate(asked):
        path, account = f"pod_identities[{index}]", (one.namespace, one.service_account)
        if (one.policy is None) == (one.role_arn is None):
            problem = "needs exactly one of policy and role_arn"
            findings.append(Finding(path, f"{problem}, got {'none' if one.policy is None else 'both'}"))
        if account in seen:
            problem = f"has an identity by {seen[account]} already, got {one.service_account!r}"
            findings.append(Finding(f"{path}.service_account", problem, "give it all permissions in one"))
        seen.setdefault(account, repr(one.name))
    return findings


def _automatic_names(plan: ClusterPlan) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    name = plan.name
    names = [
        ("aws:iam/role:Role", f"{name}-control-plane-role"),
        ("aws:iam/role:Role", f"{name}-node-role"),
        ("aws:ec2/securityGroup:SecurityGroup", f"{name}-api"),
    ]
    if plan.key.is_made:
        names.append(("aws:kms/alias:Alias", f"{name}-key-alias"))
    for group in plan.node_groups:
        names.append(("aws:eks/nodeGroup:NodeGroup", f"{name}-nodes-{group.name}"))
        names.append(("aws:ec2/launchTemplate:LaunchTemplate", f"{name}-template-{group.name}"))
    names += [("aws:iam/role:Role", f"{name}-addon-role-{addon.name}") for addon in plan.addons if addon.managed_policy]
    for one in plan.identities:
        if one.own_role:
            names.append(("aws:iam/role:Role", f"{name}-pod-role-{one.name}"))
            names.append(("aws:iam/policy:Policy", f"{name}-pod-policy-{one.name}"))
    return names
