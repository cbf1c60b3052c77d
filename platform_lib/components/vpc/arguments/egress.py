"""The NAT of a network."""

from pydantic import Field

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input


class NatArgs(ComponentArgs):
    """The NAT gateways of the network."""

    addresses: dict[str, Input[str]] | None = None
    """Public addresses that you hold, as allocation ids (AWS), resource ids of public IP addresses (Azure) or self
    links (GCP): by zone id where a NAT gateway stands in a zone, under names of your choice otherwise. Left out means
    addresses of the component's own."""

    address_count: int | None = Field(default=None, ge=1, le=16)
    """How many addresses of its own a NAT gateway gets that does not stand in a zone, 1 to 16; left out means 1. On AWS
    a regional NAT gateway takes care of its own."""

    idle_timeout_minutes: int | None = Field(default=None, ge=4, le=120)
    """After how long an idle connection is dropped, 4 to 120, on Azure and GCP; AWS has 350 seconds for all. Left out
    means the cloud's own."""

    logs_enabled: bool | None = None
    """Whether GCP writes logs of translated connections; left out means true."""
