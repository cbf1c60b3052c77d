"""A server: audit, volumes, who reaches it, who administers it, metrics, resources."""

from pydantic import Field, field_validator

from platform_lib.components.vault.arguments.checks import check_label, check_ranges
from platform_lib.components.vault.kind import VaultExposure
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.validation import SeveralFieldsError


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
            check_label(name)
        return value

    @field_validator("client_cidrs", "aws_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return check_ranges(value)

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
        return check_label(value)


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
        return check_label(value)


class VaultResourcesArgs(ComponentArgs):
    """What a server asks of its node."""

    cpu_millicores: int | None = Field(default=None, ge=100, le=32000)
    """Processor time, 100 to 32,000 thousandths of a core; left out means 500."""

    memory_mib: int | None = Field(default=None, ge=256, le=262144)
    """Memory, asked for and at most, 256 to 262,144 MiB; left out means 1024."""
