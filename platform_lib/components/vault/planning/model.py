"""What planned Vault servers are made of."""

from dataclasses import dataclass

from platform_lib.components.cluster.refs import NodeTaintReference
from platform_lib.components.vault.engines import EngineFacts
from platform_lib.components.vault.kind import VaultEngine, VaultExposure, VaultSealKind
from platform_lib.core.aws_bucket_plan import BucketPlan

API_PORT = 8200
CLUSTER_PORT = 8201
"""Where servers talk among each other, one above the other port by default
(https://openbao.org/docs/configuration/listener/tcp/#cluster_address)."""

ADMINISTRATION_PATH = "platform"
"""Path of the auth method that administrators and backups log in at."""

AUDIENCE = "vault"
"""Audience of the tokens that they log in with."""

BACKUP_ROLE = "platform-backup"
ADMINISTRATOR_POLICY = "platform-administrator"


@dataclass(frozen=True)
class Folders:
    """Folders and files of the containers; tests swap them."""

    home: str

    @property
    def config(self) -> str:
        """Of the configuration of the server."""
        return f"{self.home}/config"

    @property
    def data(self) -> str:
        """Of the data of a node, a volume of its own."""
        return f"{self.home}/data"

    @property
    def audit(self) -> str:
        """Of the audit file of a node, a volume of its own."""
        return f"{self.home}/audit"

    @property
    def plugins(self) -> str:
        """Where the server looks for plugins."""
        return f"{self.home}/plugins"

    @property
    def run(self) -> str:
        """Of what lives as long as the pod."""
        return f"{self.home}/run"

    @property
    def scripts(self) -> str:
        """Of what containers run."""
        return f"{self.home}/scripts"

    @property
    def tls(self) -> str:
        """Of certificate and key of the server."""
        return f"{self.home}/tls"

    @property
    def authority(self) -> str:
        """Of the certificate of the authority."""
        return f"{self.home}/authority"

    @property
    def seal(self) -> str:
        """Of what another seal than KMS needs."""
        return f"{self.home}/seal"

    @property
    def pid_file(self) -> str:
        """Where the server tells its process id."""
        return f"{self.run}/server.pid"

    @property
    def ca_file(self) -> str:
        """The certificate of the authority."""
        return f"{self.authority}/ca.crt"

    @property
    def audit_file(self) -> str:
        """The file of the audit device."""
        return f"{self.audit}/audit.log"


SERVICE_ACCOUNT_FOLDER = "/var/run/secrets/kubernetes.io/serviceaccount"
"""Where the auth method of Kubernetes looks for the server's own token
(https://openbao.org/docs/auth/kubernetes/#use-local-service-account-token-as-the-reviewer-jwt)."""

LOGIN_FOLDER = "/var/run/secrets/vault"
"""Where jobs have the token that they log in with."""


@dataclass(frozen=True)
class NodePlan:
    """A server: its pod, and the host name that others reach it by."""

    pod: str
    host: str

    @property
    def address(self) -> str:
        """URL of its API."""
        return f"https://{self.host}:{API_PORT}"


@dataclass(frozen=True)
class PluginPlan:
    """The plugin of the seal; one of ``image`` and ``command`` is empty."""

    sha256: str
    version: str
    image: str
    command: str


@dataclass(frozen=True)
class TransitPlan:
    """The transit engine that unseals the servers; an empty ``ca_secret`` means their own authority."""

    address: str
    key_name: str
    mount_path: str
    token_secret: str
    ca_secret: str


@dataclass(frozen=True)
class SealPlan:
    """How the servers unseal themselves.

    Attributes:
        kind: of the seal.
        own_key: the component makes the key of KMS.
        multi_region: the own key can be replicated to other regions.
        plugin: that reaches KMS; None where the engine does.
        transit: for that kind.
        static_secret: for that kind, else empty.
    """

    kind: VaultSealKind
    own_key: bool
    multi_region: bool
    plugin: PluginPlan | None
    transit: TransitPlan | None
    static_secret: str


@dataclass(frozen=True)
class AuditDevice:
    """An audit device: its path, and what it writes to."""

    path: str
    description: str
    file_path: str


@dataclass(frozen=True)
class AuditPlan:
    """The audit devices, and how the file is rotated."""

    devices: tuple[AuditDevice, ...]
    file_mib: int
    file_count: int

    @property
    def has_file(self) -> bool:
        """Whether one of them writes a file."""
        return any(device.path == "file" for device in self.devices)


@dataclass(frozen=True)
class StoragePlan:
    """The volumes of a node; an empty ``class_name`` means a class of the component's own."""

    class_name: str
    data_gib: int
    audit_gib: int
    kept: bool


@dataclass(frozen=True)
class ListenerPlan:
    """Who reaches the servers, and what they reach; no namespaces means all, no ``aws_cidrs`` any address."""

    exposure: VaultExposure
    client_namespaces: tuple[str, ...]
    client_cidrs: tuple[str, ...]
    aws_cidrs: tuple[str, ...]
    egress_ports: tuple[int, ...]


@dataclass(frozen=True)
class PlacePlan:
    """The nodes of the cluster that the servers run on."""

    labels: tuple[tuple[str, str], ...]
    taints: tuple[NodeTaintReference, ...]
    zones: tuple[str, ...]


@dataclass(frozen=True)
class AdministratorPlan:
    """Who may configure the servers."""

    name: str
    namespace: str
    service_account: str


@dataclass(frozen=True)
class BackupPlan:
    """Snapshots and the drill; no drill without ``drill_schedule``, no second copies without ``copy_region``."""

    upload_image: str
    schedule: str
    bucket: BucketPlan
    own_key: bool
    drill_schedule: str
    oldest_hours: int
    copy_region: str


@dataclass(frozen=True)
class TelemetryPlan:
    """Metrics; an empty ``scraper_namespace`` means that reading them needs a token."""

    retention_hours: int
    scraper_namespace: str


@dataclass(frozen=True)
class VaultPlan:
    """Whole Vault servers; every collection is in a fixed order."""

    name: str
    environment: str
    region: str
    partition: str
    cluster_name: str
    namespace: str
    image: str
    engine: VaultEngine
    facts: EngineFacts
    version: str
    nodes: tuple[NodePlan, ...]
    place: PlacePlan
    seal: SealPlan
    own_tls_secret: bool
    tls_secret: str
    audit: AuditPlan
    storage: StoragePlan
    listener: ListenerPlan
    administrators: tuple[AdministratorPlan, ...]
    backups: BackupPlan | None
    telemetry: TelemetryPlan | None
    cpu_millicores: int
    memory_mib: int
    initialises_itself: bool
    reloads_certificates: bool

    @property
    def folders(self) -> Folders:
        """Folders of the containers."""
        return Folders(self.facts.home)

    @property
    def host(self) -> str:
        """Host name that clients call."""
        return f"{self.name}.{self.namespace}.svc"

    @property
    def internal(self) -> str:
        """Name of the service by which servers find each other."""
        return f"{self.name}-internal"

    @property
    def address(self) -> str:
        """URL that clients call."""
        return f"https://{self.host}:{API_PORT}"

    @property
    def tls_names(self) -> tuple[str, ...]:
        """Names that the certificate of the servers has to carry."""
        return (
            self.host,
            f"{self.host}.cluster.local",
            f"*.{self.internal}.{self.namespace}.svc",
            "localhost",
            "127.0.0.1",
        )

    @property
    def server_account(self) -> str:
        """Service account of the servers."""
        return self.name

    @property
    def backup_account(self) -> str:
        """Service account of backups."""
        return f"{self.name}-backup"

    @property
    def drill_account(self) -> str:
        """Service account of drills."""
        return f"{self.name}-drill"

    @property
    def quorum(self) -> int:
        """How many servers have to run for any to answer."""
        return len(self.nodes) // 2 + 1

    @property
    def node_name(self) -> str:
        """Name of the cluster of servers, as they tell it themselves."""
        return f"{self.name}-{self.environment}"
