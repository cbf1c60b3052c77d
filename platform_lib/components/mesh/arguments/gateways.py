"""Arguments of the ways into the mesh and out of it."""

from pydantic import Field, field_validator

from platform_lib.components.mesh.kind import GatewayDirection, GatewayProtocol
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name


class GatewayServerArgs(ComponentArgs):
    """A port of a gateway, and the hosts that it takes there."""

    hosts: list[str] = Field(min_length=1)
    """Host names, such as ``shop.example.com`` or ``*.example.com``."""

    protocol: GatewayProtocol | None = None
    """What it speaks; left out means ``https``."""

    port: int | None = Field(default=None, ge=1, le=65535)
    """Port; left out means 443, or 80 for ``http`` and ``http-redirect``."""

    credential: str | None = None
    """Name of the TLS secret in the gateway's namespace, for ``https``."""

    client_certificates_required: bool | None = None
    """Whether clients have to show a certificate (mutual TLS), for ``https``; left out means false."""


class GatewayArgs(ComponentArgs):
    """A gateway: proxies at the edge of the mesh, and the Gateway object that configures them."""

    name: str
    """Unique in the mesh, such as ``public``; its proxies carry the label ``istio: <name>``."""

    direction: GatewayDirection | None = None
    """Way in or way out; left out means ``ingress``."""

    servers: list[GatewayServerArgs] = Field(min_length=1)
    """Its ports."""

    public: bool | None = None
    """Whether its load balancer is on the internet, for a way in; left out means false: inside the network only."""

    source_ranges: list[str] | None = None
    """Addresses that may come to the load balancer; left out means all that reach it."""

    minimum_replicas: int | None = Field(default=None, ge=1)
    """At least so many proxies; left out means the profile's."""

    maximum_replicas: int | None = Field(default=None, ge=1)
    """At most so many; left out means the profile's."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)
