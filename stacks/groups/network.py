"""Settings of the network."""

from pydantic import Field

from platform_lib.components.vpc import Egress
from platform_lib.core.settings import SettingsGroup


class NetworkSettings(SettingsGroup):
    """The network of the foundation."""

    cidr: str
    """The IPv4 range of the network, /16 to /28; it cannot be changed later."""

    zones: list[str] = Field(min_length=1)
    """Zone ids of the region, such as ``euc1-az1``."""

    egress: Egress = Egress.SINGLE
    """How private subnets reach the internet: ``none``, ``single`` NAT gateway, or one ``per-zone``."""

    flow_logs_enabled: bool = True
    """Whether traffic is recorded; every policy pack asks for it."""

    interface_endpoints: list[str] = Field(default_factory=lambda: ["logs", "kms"])
    """Services that are reached without the internet, paid by the hour and zone."""

    guard: bool = True
    """Whether network, subnets and gateways are protected from replacement and deletion; dev goes without by
    default."""

    assertions: list[str] = Field(default_factory=list)
    """What must and must not be reachable, such as ``isolated must not reach internet``; a preview fails with the path
    that breaks one."""
