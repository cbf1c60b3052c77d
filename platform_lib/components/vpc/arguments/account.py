"""What a network has of its account: what it is shared with, what is switched off, and what only one cloud asks for."""

from enum import StrEnum

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.inputs import Input


class BlockedAccess(StrEnum):
    """What a block of public access stops."""

    BOTH_WAYS = "both-ways"
    INBOUND = "inbound"


class BlockPublicAccessArgs(ComponentArgs):
    """One switch over all ways to the internet."""

    blocked: BlockedAccess
    """``both-ways`` stops all traffic with the internet, ``inbound`` what the internet opens."""

    excluded_tiers: list[str] | None = Field(default=None, min_length=1)
    """Tiers that are left out of it; left out means none."""

    @field_validator("excluded_tiers")
    @classmethod
    def _check_excluded_tiers(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)


class SharedNetworkArgs(ComponentArgs):
    """Subnets that other accounts use."""

    accounts: list[str] = Field(min_length=1)
    """Who: account ids, organisation or unit ARNs (AWS), ids of service projects (GCP)."""

    tiers: list[str] | None = Field(default=None, min_length=1)
    """Tiers whose subnets are shared; left out means all private and isolated ones."""

    @field_validator("accounts", "tiers")
    @classmethod
    def _check_once(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)


class AzureNetworkArgs(ComponentArgs):
    """What a network has on Azure only."""

    resource_group_name: Input[str] | None = None
    """Resource group of everything; left out means one of the component's own."""

    nat_zone: str | None = None
    """Zone of a NAT gateway that stands in one (``egress`` of ``single``), 1 to 3; left out means Azure's choice."""

    key_identity_id: Input[str] | None = None
    """Resource id of the user-assigned identity by which the store of the flow logs uses ``flow_logs.key_id``; it has
    to have the right to beforehand (Key Vault Crypto Service Encryption User)."""

    ddos_plan_id: Input[str] | None = None
    """DDoS protection plan that exists already, which several networks share; left out with ``ddos_plan`` means one of
    the component's own."""

    network_watcher_name: str | None = None
    """Network watcher that the flow logs belong to; left out means ``NetworkWatcher_<region>``, which Azure makes."""

    network_watcher_group: str | None = None
    """Resource group of the network watcher; left out means ``NetworkWatcherRG``, which Azure makes."""


class GcpNetworkArgs(ComponentArgs):
    """What a network has on Google Cloud only."""

    project: Input[str] | None = None
    """Project of everything; left out means that of the provider."""

    private_services_prefix_length: int | None = Field(default=None, ge=16, le=24)
    """Size of the range kept for managed services (private service access), 16 to 24; the address ledger holds it.
    Left out means none."""

    global_routing: bool | None = None
    """Whether routes learnt in one region hold in all; left out means false."""
