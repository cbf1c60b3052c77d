"""Arguments of routes: which requests go to which services, and how."""

from pydantic import Field, field_validator

from platform_lib.components.mesh.arguments.policy import FaultArgs, RetryArgs, check_hosts, check_label
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name
from platform_lib.core.validation import FieldError


class DestinationArgs(ComponentArgs):
    """Where a share of the requests goes."""

    service: str
    """Name of a service in ``services``, in the namespace of the route, or ``<namespace>/<name>``; or a host of
    ``external_services``."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """Port of the service, 1 to 65535; left out means its only one."""

    subset: str | None = None
    """One of its subsets; left out means as the service itself shares requests out."""

    weight: int | None = Field(default=None, ge=0, le=100)
    """Share, in percent, 0 to 100; left out means all. The shares of all destinations sum to 100."""


class RouteMatchArgs(ComponentArgs):
    """What requests have to be like; everything that is given has to be so."""

    path_prefix: str | None = None
    """What the path begins with, such as ``/api/``."""

    path: str | None = None
    """The whole path; not together with ``path_prefix``."""

    method: str | None = None
    """The method, such as ``GET``."""

    headers: dict[str, str] | None = Field(default=None, min_length=1)
    """Headers and their values, names in lower case."""

    @field_validator("path_prefix", "path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("/"):
            raise FieldError("must begin with '/'")
        return value

    @field_validator("method")
    @classmethod
    def _check_method(cls, value: str | None) -> str | None:
        return value if value is None else check_label(value, "a method of HTTP")

    @field_validator("headers")
    @classmethod
    def _check_headers(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        for name in value or ():
            if name != name.lower():
                raise FieldError("must be in lower case", f"write '{name.lower()}'", path=name)
        return value


class RouteRuleArgs(ComponentArgs):
    """Some requests, and where they go."""

    matches: list[RouteMatchArgs] | None = Field(default=None, min_length=1)
    """What requests are like: one of these fits; left out means all."""

    destinations: list[DestinationArgs] = Field(min_length=1)
    """Where they go."""

    rewritten_path: str | None = None
    """What takes the place of the matched path or prefix; left out means that the path stays."""

    timeout_seconds: float | None = Field(default=None, gt=0)
    """How long a request may take with all its retries, in seconds; left out means that of the first destination's
    service."""

    retries: RetryArgs | None = None
    """How requests are tried again; left out means as for the first destination's service."""

    fault: FaultArgs | None = None
    """Faults to inject; left out means those of the first destination's service."""


class RouteArgs(ComponentArgs):
    """A route: requests for some hosts, and where they go."""

    name: str
    """Unique in the mesh."""

    namespace: str
    """Namespace that the route lies in."""

    hosts: list[str] = Field(min_length=1)
    """Hosts whose requests it takes."""

    gateways: list[str] | None = Field(default=None, min_length=1)
    """Names of gateways in ``gateways`` that requests come through; left out means from inside the mesh."""

    rules: list[RouteRuleArgs] = Field(min_length=1)
    """What goes where: the first rule that fits a request decides."""

    @field_validator("name", "namespace")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("hosts")
    @classmethod
    def _check_hosts(cls, value: list[str]) -> list[str]:
        return check_hosts(value)
