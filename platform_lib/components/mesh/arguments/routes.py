"""Arguments of routes: which requests go to which services, and how."""

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name


class DestinationArgs(ComponentArgs):
    """Where a share of the requests goes."""

    service: str
    """Name of a service in ``services``, or ``<namespace>/<name>``."""

    subset: str | None = None
    """One of its subsets; left out means all its pods."""

    weight: int | None = Field(default=None, ge=0, le=100)
    """Share, in percent; left out means all."""


class RouteArgs(ComponentArgs):
    """A route: requests for some hosts, and where they go."""

    name: str
    """Unique in the mesh."""

    namespace: str
    """Namespace that the route lies in."""

    hosts: list[str] = Field(min_length=1)
    """Hosts whose requests it takes."""

    gateways: list[str] | None = None
    """Names of gateways that requests come through; left out means from inside the mesh."""

    destinations: list[DestinationArgs] = Field(min_length=1)
    """Where they go."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)
