"""Arguments of the services in the mesh, and of those outside that it calls."""

from pydantic import Field, field_validator

from platform_lib.components.mesh.arguments.policy import (
    ConnectionPoolArgs,
    FaultArgs,
    MirrorArgs,
    OutlierDetectionArgs,
    RetryArgs,
    check_header,
    check_hosts,
)
from platform_lib.components.mesh.kind import ServiceProtocol
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name
from platform_lib.core.validation import FieldError


class ServicePortArgs(ComponentArgs):
    """A port of a service."""

    number: int = Field(ge=1, le=65535)
    """Port number of the service, 1 to 65535."""

    protocol: ServiceProtocol | None = None
    """What it speaks; left out means ``http``."""

    target_port: int | None = Field(default=None, ge=1, le=65535)
    """Port of the pods (or of the service outside) behind it, 1 to 65535; left out means the same number."""


class SubsetArgs(ComponentArgs):
    """Some of a service's pods, such as those of one version."""

    name: str
    """Unique in the service, such as ``v1``."""

    labels: dict[str, str] | None = Field(default=None, min_length=1)
    """Labels of its pods beside those of the service; left out means ``version: <name>``."""

    connection_pool: ConnectionPoolArgs | None = None
    """Limits on connections to it; left out means those of the service."""

    outlier_detection: OutlierDetectionArgs | None = None
    """When its pods are left alone for a while; left out means as for the service."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class CanaryArgs(ComponentArgs):
    """Requests shared out between subsets: a new version gets a few at first."""

    weights: dict[str, int] = Field(min_length=2)
    """Share of each subset in percent, 0 to 100, two subsets or more; the shares sum to 100."""

    preview_header: str | None = None
    """Header whose value is the name of a subset: a request that carries it goes there, whatever the shares. Left out
    means that there is none."""

    rollout_controller_enabled: bool | None = None
    """Whether a rollout controller moves the shares: they are then first values only, and a deployment leaves them as
    they are. Left out means false."""

    @field_validator("weights")
    @classmethod
    def _check_weights(cls, value: dict[str, int]) -> dict[str, int]:
        for subset, weight in value.items():
            if not 0 <= weight <= 100:
                raise FieldError(f"must be 0 to 100, got {weight}", path=subset)
        return value

    @field_validator("preview_header")
    @classmethod
    def _check_header(cls, value: str | None) -> str | None:
        return check_header(value)


class BlueGreenArgs(ComponentArgs):
    """Two subsets, one of which takes all requests; the other one is tried out by a header."""

    active: str
    """Subset that takes all requests."""

    idle: str
    """Subset that takes those with the header only."""

    preview_header: str | None = None
    """Header whose value is the name of the idle subset; left out means ``x-preview``."""

    @field_validator("preview_header")
    @classmethod
    def _check_header(cls, value: str | None) -> str | None:
        return check_header(value)


class MeshServiceArgs(ComponentArgs):
    """A Kubernetes service in the mesh. The service and its pods are made elsewhere; here stands how it is called."""

    name: str
    """Its name."""

    namespace: str
    """Its namespace, one of ``namespaces``."""

    ports: list[ServicePortArgs] = Field(min_length=1)
    """Its ports."""

    labels: dict[str, str] | None = Field(default=None, min_length=1)
    """Labels of its pods, by which rules select them; left out means ``app: <name>``."""

    service_account: str | None = None
    """Service account of its pods, by which others know it; left out means its name."""

    subsets: list[SubsetArgs] | None = Field(default=None, min_length=1)
    """Parts of it that requests are shared out between; left out means none."""

    canary: CanaryArgs | None = None
    """How its subsets share the requests; left out means that the first subset takes all, so that the pods of a new
    version get none before they are told to."""

    blue_green: BlueGreenArgs | None = None
    """Two subsets that take turns; not together with ``canary``."""

    mirror: MirrorArgs | None = None
    """A subset that gets copies of requests, but for those that a header led to a subset; its answers are thrown away.
    Left out means none."""

    fault: FaultArgs | None = None
    """Faults to inject into requests to it; left out means none."""

    timeout_seconds: float | None = Field(default=None, gt=0)
    """How long a request may take with all its retries, in seconds; left out means 15. Only for protocols on HTTP."""

    retries: RetryArgs | None = None
    """How requests to it are tried again; left out means the defaults of its fields. Only for protocols on HTTP."""

    connection_pool: ConnectionPoolArgs | None = None
    """Limits on connections to it; left out means the defaults of its fields."""

    outlier_detection: OutlierDetectionArgs | None = None
    """When its pods are left alone for a while; left out means the defaults of its fields."""

    @field_validator("name", "namespace", "service_account")
    @classmethod
    def _check_name(cls, value: str | None) -> str | None:
        return value if value is None else check_name(value)


class MeshWorkloadArgs(ComponentArgs):
    """Pods in the mesh that call others and that no service leads to, such as those of a job."""

    name: str
    """Unique among workloads and services of the namespace."""

    namespace: str
    """Their namespace, one of ``namespaces``."""

    labels: dict[str, str] | None = Field(default=None, min_length=1)
    """Their labels; left out means ``app: <name>``."""

    service_account: str | None = None
    """Their service account, by which others know them; left out means the name."""

    @field_validator("name", "namespace", "service_account")
    @classmethod
    def _check_name(cls, value: str | None) -> str | None:
        return value if value is None else check_name(value)


class ExternalServiceArgs(ComponentArgs):
    """A service outside the mesh that its workloads may call."""

    name: str
    """Unique in the mesh."""

    hosts: list[str] = Field(min_length=1)
    """Host names, such as ``api.example.com``; ``*.example.com`` for all below one, on ports that speak TLS or HTTP."""

    ports: list[ServicePortArgs] = Field(min_length=1)
    """Its ports."""

    namespaces: list[str] | None = Field(default=None, min_length=1)
    """Namespaces whose workloads may call it; left out means all."""

    addresses: list[str] | None = Field(default=None, min_length=1)
    """Its addresses, where it has fixed ones; left out means that they are looked up by name."""

    tls_origination_enabled: bool | None = None
    """Whether proxies make TLS of what workloads send as plain HTTP: ports that speak ``http`` then lead to
    ``target_port`` (443 where left out). Left out means false."""

    egress_gateway: str | None = None
    """Gateway out that calls pass; left out means none: proxies call it themselves."""

    connection_pool: ConnectionPoolArgs | None = None
    """Limits on connections to it; left out means the defaults of its fields."""

    outlier_detection: OutlierDetectionArgs | None = None
    """When its addresses are left alone for a while; left out means the defaults of its fields."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("hosts")
    @classmethod
    def _check_hosts(cls, value: list[str]) -> list[str]:
        return check_hosts(value)
