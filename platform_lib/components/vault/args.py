"""The arguments of ``VaultCluster``."""

import re

from pydantic import Field, field_validator

from platform_lib.components.cluster.refs import ClusterReference
from platform_lib.components.vault.kind import VaultEngine, VaultExposure, VaultSealKind
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account_id, check_region
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_tags
from platform_lib.core.validation import FieldError, SeveralFieldsError

_IMAGE = re.compile(r"[a-z0-9][a-z0-9.:/_-]*@sha256:[0-9a-f]{64}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_VERSION = re.compile(r"\d+\.\d+\.\d+")
_LABEL = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(\*|\d+(-\d+)?)(/\d+)?")


def _check_image(value: str | None) -> str | None:
    if value is not None and not _IMAGE.fullmatch(value):
        raise FieldError("does not name an image by its digest", "write it as 'quay.io/openbao/openbao@sha256:...'")
    return value


def _check_label(value: str | None) -> str | None:
    if value is not None and not _LABEL.fullmatch(value):
        raise FieldError("must be up to 63 lower-case letters, digits and '-', beginning and ending with no '-'")
    return value


def _check_schedule(value: str | None) -> str | None:
    """A schedule of a CronJob: five fields in UTC.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax; its names and macros
    are not taken.
    """
    if value is None:
        return None
    fields = value.split(" ")
    if len(fields) == len(_CRON_FIELDS) and all(map(_is_cron_field, fields, _CRON_FIELDS)):
        return value
    raise FieldError("is not a schedule", "write five fields in UTC: '17 * * * *' is every hour at 17 past")


def _is_cron_field(text: str, limits: tuple[int, int]) -> bool:
    low, high = limits
    parts = text.split(",")
    if not all(_CRON_PART.fullmatch(part) for part in parts):
        return False
    numbers = [int(number) for part in parts for number in re.findall(r"\d+", part.split("/")[0])]
    return all(low <= number <= high for number in numbers) and not text.endswith("/0")


def _check_ranges(value: list[str] | None) -> list[str] | None:
    """IPv4 ranges, each once."""
    findings = []
    for index, text in enumerate(value or ()):
        try:
            parse_ipv4(text)
        except FieldError as error:
            findings.append(Finding(f"[{index}]", f"{error.problem}, got {text!r}", error.remedy))
    if findings:
        raise SeveralFieldsError(findings)
    return each_once(value)


class VaultSealPluginArgs(ComponentArgs):
    """The plugin by which OpenBao 2.7 and later reaches AWS KMS (https://openbao.org/docs/configuration/seal/#plugins).

    Servers look for the binary in their folder for plugins; with ``image`` they download it themselves when they start.
    """

    sha256: str
    """SHA-256 of the plugin's binary, 64 hexadecimal digits, from the checksums of its release
    (https://github.com/openbao/openbao-plugins/releases)."""

    version: str
    """Version of the plugin, such as ``v0.1.0``: the tag of ``image``."""

    image: str | None = None
    """OCI image with the plugin, without tag, such as ``ghcr.io/openbao/openbao-plugin-kms-awskms``; the registry has
    to be reachable by HTTPS from the pods. Left out means that the image of the servers holds the binary."""

    command: str | None = None
    """Name of the binary in the image of the servers, in ``/openbao/plugins``; give this or ``image``."""

    @field_validator("sha256")
    @classmethod
    def _check_sha256(cls, value: str) -> str:
        if not _SHA256.fullmatch(value):
            raise FieldError("is not a SHA-256", "write its 64 hexadecimal digits in lower case")
        return value


class VaultTransitArgs(ComponentArgs):
    """A transit engine of other servers that unseals these (https://openbao.org/docs/configuration/seal/transit)."""

    address: str
    """URL of the other servers, ``https`` only."""

    key_name: str
    """Key in their transit engine."""

    mount_path: str | None = None
    """Path of the engine; left out means ``transit``."""

    token_secret: str
    """Secret of Kubernetes, in the namespace of the servers, whose entry ``token`` holds a periodic orphan token that
    may encrypt and decrypt with the key; it is read at start, and stands in no state."""

    ca_secret: str | None = None
    """Secret of Kubernetes whose entry ``ca.crt`` holds the authority of the other servers; left out means the same
    authority as of these."""

    @field_validator("address")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not value.startswith("https://"):
            raise FieldError("is not reached over TLS", "write it as 'https://...'")
        return value


class VaultSealArgs(ComponentArgs):
    """What the servers unseal themselves with when they start."""

    kind: VaultSealKind | None = None
    """A key of AWS KMS, a transit engine of other servers, or a static key (for ``dev`` only); left out means
    ``aws-kms``."""

    key_arn: Input[str] | None = None
    """Key of KMS, symmetric, for encryption, of the cluster's region; left out means one of the component's own, for
    ``aws-kms``. Changing it needs both keys until every node has restarted and the root key was rotated."""

    multi_region: bool | None = None
    """Whether the component's own key can be replicated to other regions, without which no other region can read a
    snapshot; it cannot be changed later. Left out means true."""

    plugin: VaultSealPluginArgs | None = None
    """The plugin for KMS; required with ``aws-kms`` for OpenBao 2.7 and later, and for nothing else."""

    transit: VaultTransitArgs | None = None
    """The transit engine; required with ``transit``."""

    static_secret: str | None = None
    """Secret of Kubernetes, in the namespace of the servers, whose entry ``key`` holds 32 random bytes; required with
    ``static``. It stands in no state."""


class VaultTlsArgs(ComponentArgs):
    """The certificate of the servers: a secret that exists (of cert-manager, for one), or material that is given."""

    ca_certificate: Input[str]
    """Certificate of the authority that signed it, PEM: clients and the servers among each other check against it."""

    secret_name: str | None = None
    """Secret of type ``kubernetes.io/tls`` in the namespace of the servers, with ``tls.crt`` and ``tls.key``; give this
    or ``certificate`` and ``private_key``."""

    certificate: Input[str] | None = None
    """Certificate with what leads to the authority, PEM. It names what ``tls_names`` of the component lists."""

    private_key: Input[str] | None = None
    """Its private key, PEM; pass it as a secret, and it stays one."""

    enabled: bool | None = None
    """TLS can not be turned off: false is refused. Left out means true."""

    @field_validator("secret_name")
    @classmethod
    def _check_secret(cls, value: str | None) -> str | None:
        return _check_label(value)


class VaultAuditArgs(ComponentArgs):
    """The audit devices: a file on a volume of each node, and standard output, which the cluster's log agent collects.

    With two devices a request goes on while one of them fails (https://openbao.org/docs/audit/#blocked-audit-devices).
    """

    file_enabled: bool | None = None
    """The device ``file/``; left out means true. Production needs both."""

    stdout_enabled: bool | None = None
    """The device ``stdout/``; left out means true. Production needs both."""

    file_mib: int | None = Field(default=None, ge=16, le=4096)
    """Size at which the file is rotated, 16 to 4,096 MiB; left out means 256."""

    file_count: int | None = Field(default=None, ge=1, le=100)
    """How many rotated files a node keeps, 1 to 100; left out means 10."""


class VaultStorageArgs(ComponentArgs):
    """The volumes of each node."""

    class_name: str | None = None
    """Storage class that exists; left out means one of the component's own (EBS gp3, encrypted, each volume in the zone
    of its pod, kept when its claim goes unless the environment is ``dev``)."""

    key_arn: Input[str] | None = None
    """Key for the component's own class, which the role of the EBS driver has to be allowed to use; left out means the
    account's default key for EBS."""

    data_gib: int | None = Field(default=None, ge=5, le=1024)
    """Volume for data of a node, 5 to 1,024 GiB; left out means 10. It cannot shrink."""

    audit_gib: int | None = Field(default=None, ge=5, le=1024)
    """Volume for the audit file of a node, 5 to 1,024 GiB; left out means 10."""


class VaultListenerArgs(ComponentArgs):
    """From where clients reach the servers. Nodes of the cluster always reach each other."""

    exposure: VaultExposure | None = None
    """Pods of the cluster only, or the network too (by an internal load balancer of AWS); ``public`` is refused. Left
    out means ``cluster``."""

    client_namespaces: list[str] | None = None
    """Namespaces whose pods may call the servers, beside their own; left out means all of the cluster."""

    client_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that may call the servers through the load balancer; required with ``network``."""

    aws_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that the pods reach by HTTPS: where KMS, S3, the registry of the plugin and other issuers answer;
    left out means any. The API of Kubernetes has to lie in them."""

    egress_ports: list[int] | None = None
    """More TCP ports that the servers call, such as 5432 for the databases that they make users in; left out means
    none."""

    @field_validator("client_namespaces")
    @classmethod
    def _check_namespaces(cls, value: list[str] | None) -> list[str] | None:
        for name in each_once(value) or ():
            _check_label(name)
        return value

    @field_validator("client_cidrs", "aws_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return _check_ranges(value)

    @field_validator("egress_ports")
    @classmethod
    def _check_ports(cls, value: list[int] | None) -> list[int] | None:
        findings = [
            Finding(f"[{index}]", f"is not a port, got {port}", "use 1 to 65535")
            for index, port in enumerate(value or ())
            if not 1 <= port <= 65535
        ]
        if findings:
            raise SeveralFieldsError(findings)
        return each_once(value)


class VaultAdministratorArgs(ComponentArgs):
    """A service account of the cluster that may configure the servers; it reads no secret by that.

    OpenBao makes its role when it initialises itself. Later ones come by configuration.
    """

    name: str
    """Name of its role, unique in the servers."""

    namespace: str
    """Namespace of the service account."""

    service_account: str
    """Its name."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("namespace", "service_account")
    @classmethod
    def _check_labels(cls, value: str) -> str | None:
        return _check_label(value)


class VaultDrillArgs(ComponentArgs):
    """The drill: the newest snapshot is restored into a server of its own that goes away again."""

    enabled: bool | None = None
    """Whether there is one; left out means true."""

    schedule: str | None = None
    """When, as five fields of cron in UTC; left out means ``30 5 1 * *``, the first of every month."""

    oldest_hours: int | None = Field(default=None, ge=1, le=1000)
    """How old the newest snapshot may be before the drill fails, 1 to 1,000 hours; left out means 26, for snapshots
    that are taken once a day or more often."""

    @field_validator("schedule")
    @classmethod
    def _check_schedule(cls, value: str | None) -> str | None:
        return _check_schedule(value)


class VaultCopiesArgs(ComponentArgs):
    """Where second copies of snapshots go: a bucket in another region, and a backup plan."""

    bucket_arn: Input[str]
    """Bucket that snapshots are copied to; it has versions."""

    region: str
    """Its region, another one than that of the servers."""

    key_arn: Input[str]
    """Key of that region, by which it is encrypted."""

    backup_plan_id: Input[str]
    """Plan of AWS Backup, in the region of the servers, that takes the bucket of snapshots in."""

    @field_validator("region")
    @classmethod
    def _check_region(cls, value: str) -> str:
        return check_region(value)


class VaultBackupArgs(ComponentArgs):
    """Snapshots into a bucket of S3."""

    upload_image: str
    """Image with ``sh`` and the ``aws`` command, by digest, such as
    ``public.ecr.aws/aws-cli/aws-cli@sha256:...`` (https://gallery.ecr.aws/aws-cli/aws-cli)."""

    schedule: str | None = None
    """When a snapshot is taken, as five fields of cron in UTC; left out means ``17 * * * *``, every hour."""

    retention_days: int | None = Field(default=None, ge=1, le=3650)
    """How long a snapshot is kept, 1 to 3,650 days; left out means 35."""

    lock_days: int | None = Field(default=None, ge=0, le=3650)
    """How long nobody deletes a snapshot (object lock, mode GOVERNANCE), 0 to 3,650 days; left out means 14, and 0 in
    ``dev``."""

    key_arn: Input[str] | None = None
    """Key that encrypts the bucket, of the same region; left out means one of the component's own."""

    access_log_bucket: Input[str] | None = None
    """Name of the bucket where access to the snapshots is recorded; required outside ``dev``."""

    copies: VaultCopiesArgs | None = None
    """Where second copies of the snapshots go; required outside ``dev``, left out there it means none."""

    drill: VaultDrillArgs | None = None
    """The restore drill; left out means the defaults of its fields."""

    @field_validator("upload_image")
    @classmethod
    def _check_image(cls, value: str) -> str | None:
        return _check_image(value)

    @field_validator("schedule")
    @classmethod
    def _check_schedule(cls, value: str | None) -> str | None:
        return _check_schedule(value)


class VaultTelemetryArgs(ComponentArgs):
    """Metrics, in the form of Prometheus, at ``/v1/sys/metrics``."""

    enabled: bool | None = None
    """Whether the servers keep metrics; left out means true."""

    retention_hours: int | None = Field(default=None, ge=1, le=168)
    """How long a metric is kept in memory, 1 to 168 hours; left out means 24."""

    scraper_namespace: str | None = None
    """Namespace of the pods that read metrics without a token; left out means that reading them needs a token, which
    only the active node answers."""

    @field_validator("scraper_namespace")
    @classmethod
    def _check_namespace(cls, value: str | None) -> str | None:
        return _check_label(value)


class VaultResourcesArgs(ComponentArgs):
    """What a server asks of its node."""

    cpu_millicores: int | None = Field(default=None, ge=100, le=32000)
    """Processor time, 100 to 32,000 thousandths of a core; left out means 500."""

    memory_mib: int | None = Field(default=None, ge=256, le=262144)
    """Memory, asked for and at most, 256 to 262,144 MiB; left out means 1024."""


class VaultClusterArgs(ComponentArgs):
    """The arguments of ``VaultCluster``."""

    context: Context
    """Who the servers belong to and which rules hold for them."""

    cluster: ClusterReference
    """The Kubernetes cluster that they run on."""

    account_id: Input[str]
    """The account's id, 12 digits: policies of keys name it."""

    image: str
    """Image of the servers, by digest, such as ``quay.io/openbao/openbao@sha256:...``; a digest says nothing about the
    version, so keep ``engine_version`` with it."""

    tls: VaultTlsArgs
    """The certificate of the servers."""

    engine: VaultEngine | None = None
    """OpenBao or Vault; left out means ``openbao``. Servers do not change from one to the other."""

    engine_version: str | None = None
    """Version of the engine in ``image``, such as ``2.7.2``; left out means 2.7.2 for OpenBao. Required for Vault."""

    nodes: int | None = None
    """How many servers: 3 or 5, in ``dev`` also 1; left out means 3. 3 stand the loss of one, 5 of two."""

    namespace: str | None = None
    """Namespace, which the component makes; left out means the name of the component."""

    node_group: str | None = None
    """Purpose of the cluster's nodes that the servers run on, on demand; left out means the first such group."""

    seal: VaultSealArgs | None = None
    """Unsealing; left out means a key of KMS of the component's own, which OpenBao 2.7 needs a plugin for."""

    storage: VaultStorageArgs | None = None
    """Volumes; left out means the defaults of its fields."""

    audit: VaultAuditArgs | None = None
    """Audit devices; left out means both."""

    listener: VaultListenerArgs | None = None
    """Who reaches the servers; left out means the defaults of its fields."""

    administrators: list[VaultAdministratorArgs] | None = Field(default=None, min_length=1)
    """Who may configure the servers once they run; required for OpenBao, which initialises itself and has no other way
    in after that."""

    backups: VaultBackupArgs | None = None
    """Snapshots; required outside ``dev``."""

    telemetry: VaultTelemetryArgs | None = None
    """Metrics; left out means the defaults of its fields."""

    resources: VaultResourcesArgs | None = None
    """What a server asks of its node; left out means the defaults of its fields."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource of AWS, beside the required ones."""

    @field_validator("account_id")
    @classmethod
    def _check_account(cls, value: Input[str]) -> Input[str]:
        return check_account_id(value) if isinstance(value, str) else value

    @field_validator("image")
    @classmethod
    def _check_image(cls, value: str) -> str | None:
        return _check_image(value)

    @field_validator("engine_version")
    @classmethod
    def _check_version(cls, value: str | None) -> str | None:
        if value is not None and not _VERSION.fullmatch(value):
            raise FieldError("is not a version", "write it as '2.7.2'")
        return value

    @field_validator("namespace")
    @classmethod
    def _check_namespace(cls, value: str | None) -> str | None:
        return _check_label(value)

    @field_validator("administrators")
    @classmethod
    def _check_names(cls, value: list[VaultAdministratorArgs] | None) -> list[VaultAdministratorArgs] | None:
        each_once([one.name for one in value or ()], "name")
        return value

    @field_validator("tags")
    @classmethod
    def _check_tags(cls, value: dict[str, Input[str]] | None) -> dict[str, Input[str]] | None:
        if findings := check_tags(value or {}, path=""):
            raise SeveralFieldsError(findings)
        return value
