"""The arguments of ``KubernetesCluster``."""

import re

from pydantic import Field, field_validator

from platform_lib.components.cluster.kind import AccessPolicy, NodeCapacity, NodeImage, TaintEffect
from platform_lib.components.vpc.refs import NetworkReference
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account, check_log_retention
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags
from platform_lib.core.validation import FieldError, SeveralFieldsError

_VERSION = re.compile(r"1\.[1-9]\d")
_ADDON_VERSION = re.compile(r"v\d+\.\d+\.\d+-[a-z0-9.-]+")
_CLUSTER_NAME = re.compile(r"[0-9A-Za-z][\w-]{0,99}", re.ASCII)
_PRINCIPAL = re.compile(r"arn:[\w-]+:iam::\d{12}:(role|user)/.+")
_INSTANCE_TYPE = re.compile(r"[a-z][a-z0-9-]*\d[a-z0-9-]*\.[a-z0-9-]+")
_LABEL_NAME = r"[A-Za-z0-9]([\w.-]{0,61}[A-Za-z0-9])?"
_LABEL_KEY = re.compile(rf"([a-z0-9]([a-z0-9.-]{{0,251}}[a-z0-9])?/)?{_LABEL_NAME}", re.ASCII)
_LABEL_VALUE = re.compile(rf"({_LABEL_NAME})?", re.ASCII)
_RESERVED_LABELS = ("kubernetes.io", "k8s.io", "eks.amazonaws.com")
_RESERVED_GROUPS = ("system:", "eks:", "aws:", "amazon:", "iam:")


def _check_version(value: str | None) -> str | None:
    if value is not None and not _VERSION.fullmatch(value):
        raise FieldError("is not a minor version of Kubernetes", "write it as '1.35'")
    return value


def _check_zones(value: list[str] | None) -> list[str] | None:
    if value is not None and len(set(value)) < len(value):
        raise FieldError("must name each zone once")
    return value


def _check_ranges(value: list[str] | None) -> list[str] | None:
    """IPv4 ranges, each once and none that lets everybody in."""
    findings = []
    for index, text in enumerate(value or ()):
        try:
            block = parse_ipv4(text)
        except FieldError as error:
            findings.append(Finding(f"[{index}]", f"{error.problem}, got {text!r}", error.remedy))
            continue
        if block.prefixlen == 0:
            findings.append(
                Finding(f"[{index}]", f"is every address there is, got {text!r}", "name your own addresses")
            )
        elif text in (value or [])[:index]:
            findings.append(Finding(f"[{index}]", "is given twice"))
    if findings:
        raise SeveralFieldsError(findings)
    return value


class ClusterEndpointArgs(ComponentArgs):
    """Who reaches the API of the cluster: always from inside the network, and from outside only where asked for."""

    private_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that reach the private endpoint, beside the nodes; left out means the range of the network."""

    public_enabled: bool | None = None
    """Whether the endpoint also answers on the internet, which every policy pack refuses in production; left out means
    false."""

    public_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that reach the public endpoint, never ``0.0.0.0/0``; required with ``public_enabled``."""

    @field_validator("private_cidrs", "public_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return _check_ranges(value)


class ClusterEncryptionArgs(ComponentArgs):
    """Keys of the cluster; for what is left out the component makes one key of its own."""

    secrets_key_arn: Input[str] | None = None
    """Key for the envelope encryption of Kubernetes secrets, symmetric and of the same region. Neither the key nor the
    encryption can be taken away later."""

    logs_key_arn: Input[str] | None = None
    """Key for the log group of the control plane; its policy has to let CloudWatch Logs use it."""

    volumes_key_arn: Input[str] | None = None
    """Key for the disks of the nodes; its policy has to let the account's service-linked role of Auto Scaling use
    it."""


class ControlPlaneLogsArgs(ComponentArgs):
    """The logs of the control plane, which come in all five kinds."""

    retention_days: int | None = None
    """How long the log group keeps records, one of the periods that CloudWatch Logs knows, in days; left out means 2192
    in scope of HIPAA and 365 otherwise."""

    @field_validator("retention_days")
    @classmethod
    def _check_retention(cls, value: int | None) -> int | None:
        return check_log_retention(value)


class NodeTaintArgs(ComponentArgs):
    """A taint: pods that do not tolerate it stay away from the nodes."""

    key: str
    """Key, such as ``dedicated``; a prefix and ``/`` may come first."""

    value: str | None = None
    """Value, at most 63 characters; left out means an empty one."""

    effect: TaintEffect | None = None
    """What happens to pods that do not tolerate it; left out means ``no-schedule``."""

    @field_validator("key")
    @classmethod
    def _check_key(cls, value: str) -> str:
        if not _LABEL_KEY.fullmatch(value):
            raise FieldError("is not a key of a taint", "use letters, digits, '-', '_' and '.', at most 63")
        return value

    @field_validator("value")
    @classmethod
    def _check_value(cls, value: str | None) -> str | None:
        if value is not None and not _LABEL_VALUE.fullmatch(value):
            raise FieldError("is not a value of a taint", "use letters, digits, '-', '_' and '.', at most 63")
        return value


class NodeGroupArgs(ComponentArgs):
    """A group of nodes for one purpose."""

    name: str
    """The purpose, unique in the cluster, such as ``system`` or ``batch``: it is part of names, and the value of the
    label ``purpose`` of every node."""

    instance_types: list[str] | None = Field(default=None, min_length=1, max_length=20)
    """Types that nodes may have, at most 20 and of one architecture; several make spot capacity last. Left out means
    ``m7i.large``, or ``m7g.large`` for an Arm image. Changing them replaces the group, after the new one is there."""

    capacity: NodeCapacity | None = None
    """Paid by the hour, or spot, which AWS may take back at two minutes' notice; left out means ``on-demand``."""

    image: NodeImage | None = None
    """Operating system and architecture; left out means Amazon Linux 2023 on x86."""

    minimum_nodes: int | None = Field(default=None, ge=0)
    """At least so many; left out means 2. Raise it above the number that runs only after an autoscaler did."""

    maximum_nodes: int | None = Field(default=None, ge=1)
    """At most so many; left out means twice ``nodes``."""

    nodes: int | None = Field(default=None, ge=0)
    """How many there are; left out means ``minimum_nodes``. With ``autoscaled`` only how many there are at first."""

    autoscaled: bool | None = None
    """Whether an autoscaler decides over the number of nodes, which is then left alone; left out means false."""

    disk_gib: int | None = Field(default=None, ge=20, le=16384)
    """Size of a node's encrypted disk, 20 to 16,384 GiB; left out means 50."""

    labels: dict[str, str] | None = None
    """More labels of the nodes, beside ``purpose``; left out means none."""

    taints: list[NodeTaintArgs] | None = Field(default=None, max_length=50)
    """What keeps other pods away, at most 50; left out means none."""

    tier: str | None = None
    """Tier of the network that the nodes stand in, not a public one; left out means that of the cluster."""

    zones: list[str] | None = Field(default=None, min_length=1)
    """Zone ids that the nodes stand in, some of the tier's; left out means those of the control plane. Changing them
    replaces the group, after the new one is there."""

    version: str | None = None
    """Minor version of Kubernetes, at most three behind the control plane; left out means that of the control plane. It
    can hold nodes back while the control plane moves on."""

    release_version: str | None = None
    """Release of the image, such as ``1.35.0-20260120``; left out means the newest one when the group is made or its
    version changes."""

    max_unavailable: int | None = Field(default=None, ge=1, le=100)
    """How many nodes an update may replace at a time, 1 to 100; left out means 1."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("instance_types")
    @classmethod
    def _check_types(cls, value: list[str] | None) -> list[str] | None:
        findings = [
            Finding(f"[{index}]", f"is not an instance type, got {text!r}", "write it as 'm7i.large'")
            for index, text in enumerate(value or ())
            if not _INSTANCE_TYPE.fullmatch(text)
        ]
        if findings:
            raise SeveralFieldsError(findings)
        return value

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, value: list[str] | None) -> list[str] | None:
        return _check_zones(value)

    @field_validator("labels")
    @classmethod
    def _check_labels(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        findings = []
        for key, text in (value or {}).items():
            if key == "purpose":
                findings.append(Finding(key, "is set from the name of the group", "leave it out"))
            elif not _LABEL_KEY.fullmatch(key):
                findings.append(Finding(key, "is not a key of a label", "use letters, digits, '-', '_' and '.'"))
            elif key.partition("/")[0].endswith(_RESERVED_LABELS) and "/" in key:
                findings.append(Finding(key, "is kept for Kubernetes and EKS", "use a prefix of your own"))
            elif not _LABEL_VALUE.fullmatch(text):
                findings.append(Finding(key, f"is not a value of a label, got {text!r}", "use at most 63 characters"))
        if findings:
            raise SeveralFieldsError(findings)
        return value

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str | None) -> str | None:
        return _check_version(value)


class AccessEntryArgs(ComponentArgs):
    """Who may work with the Kubernetes API: a role or user of IAM."""

    name: str
    """Unique in the cluster, such as ``platform-admins``; part of names."""

    principal_arn: Input[str]
    """ARN of a role or user of IAM, such as ``arn:aws:iam::111122223333:role/platform``; not of a session."""

    policy: AccessPolicy | None = None
    """What it may do, by an access policy of EKS; left out means only what Kubernetes grants to its ``groups``."""

    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Namespaces that ``policy`` holds for; left out means the whole cluster."""

    groups: list[str] | None = None
    """Groups of Kubernetes that it belongs to, for bindings of your own; left out means none."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("principal_arn")
    @classmethod
    def _check_principal(cls, value: Input[str]) -> Input[str]:
        if isinstance(value, str) and not _PRINCIPAL.fullmatch(value):
            raise FieldError(
                "is not the arn of a role or user of IAM", "write it as 'arn:aws:iam::111122223333:role/name'"
            )
        return value

    @field_validator("groups")
    @classmethod
    def _check_groups(cls, value: list[str] | None) -> list[str] | None:
        findings = [
            Finding(f"[{index}]", f"is kept for Kubernetes and AWS, got {text!r}", "use a name of your own")
            for index, text in enumerate(value or ())
            if text.startswith(_RESERVED_GROUPS)
        ]
        if findings:
            raise SeveralFieldsError(findings)
        return value


class PodIdentityArgs(ComponentArgs):
    """Permissions of AWS for the pods of one service account."""

    name: str
    """Unique in the cluster; part of names."""

    namespace: str
    """Namespace of the service account."""

    service_account: str
    """Its name."""

    policy: Input[str] | None = None
    """Policy document (JSON) of a role that the component makes for it; give this or ``role_arn``."""

    role_arn: Input[str] | None = None
    """Role that exists already; its trust policy has to let ``pods.eks.amazonaws.com`` assume it and tag the
    session."""

    @field_validator("name", "namespace")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class ClusterAddonArgs(ComponentArgs):
    """An add-on of EKS: one of the default ones with other values, or one more."""

    name: str
    """Its name in EKS, such as ``vpc-cni`` or ``metrics-server``."""

    version: str | None = None
    """Its version, such as ``v1.22.4-eksbuild.3``; left out means the one known to fit the cluster's version, which
    there is for the default add-ons only."""

    configuration: Input[str] | None = None
    """Its configuration values (JSON); left out means the component's own."""

    enabled: bool | None = None
    """False leaves out a default add-on that a cluster can do without; left out means true."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str | None) -> str | None:
        if value is not None and not _ADDON_VERSION.fullmatch(value):
            raise FieldError("is not the version of an add-on", "write it as 'v1.22.4-eksbuild.3'")
        return value


class KubernetesClusterArgs(ComponentArgs):
    """The arguments of ``KubernetesCluster``."""

    context: Context
    """Who the cluster belongs to and which rules hold for it."""

    network: NetworkReference
    """The network that control plane and nodes stand in; its region is the cluster's."""

    account_id: Input[str]
    """The account's id, 12 digits: policies of keys name it."""

    access: list[AccessEntryArgs] = Field(min_length=1)
    """Who may work with the Kubernetes API; one entry at least has ``cluster-admin``, for who deploys the cluster gets
    no rights by that."""

    version: str | None = None
    """Minor version of Kubernetes; left out means 1.35. One step up at a time, never down."""

    cluster_name: str | None = None
    """Name of the cluster in EKS, at most 100 characters; left out means ``<name>-<environment>``. It is part of the
    name of the log group, and cannot be changed without replacing the cluster."""

    tier: str | None = None
    """Tier of the network that the control plane stands in, not a public one; left out means the first private one."""

    zones: list[str] | None = Field(default=None, min_length=2)
    """Zone ids that the control plane stands in, two at least; left out means the first two of the tier. They cannot be
    changed later; nodes may stand in others."""

    service_cidr: str | None = None
    """IPv4 range of Kubernetes services, /12 to /24 of a private range that the network does not use; left out means
    172.20.0.0/16, or 10.100.0.0/16 where the network uses that. It cannot be changed later."""

    endpoint: ClusterEndpointArgs | None = None
    """Who reaches the API; left out means the defaults of its fields."""

    encryption: ClusterEncryptionArgs | None = None
    """Keys; left out means one key of the component's own."""

    logs: ControlPlaneLogsArgs | None = None
    """Logs of the control plane; left out means the defaults of its fields."""

    node_groups: list[NodeGroupArgs] | None = Field(default=None, min_length=1)
    """The nodes, a group for each purpose; left out means one group called ``system``. The first group without taints
    carries the add-ons that run as ordinary pods."""

    pod_identities: list[PodIdentityArgs] | None = None
    """Permissions of AWS for pods; left out means those of the add-ons alone."""

    addons: list[ClusterAddonArgs] | None = None
    """Add-ons that differ from the default ones or come on top; left out means ``vpc-cni``, ``kube-proxy``,
    ``eks-pod-identity-agent``, ``coredns`` and ``aws-ebs-csi-driver``."""

    extended_support: bool | None = None
    """Whether a version that leaves standard support is kept, at a higher price; false lets AWS upgrade the cluster by
    itself. Left out means true."""

    deletion_protection: bool | None = None
    """Whether EKS itself refuses to delete the cluster; left out means true unless the environment is ``dev``."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    _check_account = field_validator("account_id")(check_account)

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str | None) -> str | None:
        return _check_version(value)

    @field_validator("cluster_name")
    @classmethod
    def _check_cluster_name(cls, value: str | None) -> str | None:
        if value is not None and not _CLUSTER_NAME.fullmatch(value):
            raise FieldError("must be up to 100 letters, digits, '-' and '_', beginning with a letter or digit")
        return value

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, value: list[str] | None) -> list[str] | None:
        return _check_zones(value)

    @field_validator("service_cidr")
    @classmethod
    def _check_service_cidr(cls, value: str | None) -> str | None:
        if value is not None:
            block = parse_ipv4(value)
            if not (12 <= block.prefixlen <= 24 and block.is_private):
                raise FieldError("must be a private range of /12 to /24", "use '172.20.0.0/16'")
        return value

    @field_validator("access", "node_groups", "pod_identities", "addons")
    @classmethod
    def _check_names(cls, value: list[ComponentArgs] | None) -> list[ComponentArgs] | None:
        each_once([getattr(item, "name", "") for item in value or ()], "name")
        return value

    _check_tags = field_validator("tags")(check_own_tags)
