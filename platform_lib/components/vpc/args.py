"""The arguments of ``VpcComponent``: one set for all clouds. The groups stand in ``arguments``."""

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.components.vpc.addressing.intent import Egress
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.arguments.account import (
    AzureNetworkArgs,
    BlockPublicAccessArgs,
    GcpNetworkArgs,
    SharedNetworkArgs,
)
from platform_lib.components.vpc.arguments.address import AddressArgs
from platform_lib.components.vpc.arguments.adopt import AdoptArgs
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.arguments.egress import NatArgs
from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.arguments.flow_logs import FlowLogsArgs
from platform_lib.components.vpc.arguments.hub import HubArgs
from platform_lib.components.vpc.arguments.hybrid import HybridArgs
from platform_lib.components.vpc.arguments.tier import TierArgs
from platform_lib.components.vpc.capability.report import OnGap
from platform_lib.components.vpc.ledger_args import LedgerArgs
from platform_lib.components.vpc.reachability.statement import parse_statement
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError, SeveralFieldsError


class VpcArgs(ComponentArgs):
    """The arguments of ``VpcComponent``.

    What a cloud cannot give is not refused here: the capability report decides (see ``on_gap``).
    """

    context: Context
    """Who the network belongs to and which rules hold for it."""

    cloud: Cloud | None = None
    """Where the network runs; left out means ``aws``. It cannot be changed later."""

    region: str
    """The cloud's name of the region, such as ``eu-west-1``, ``westeurope`` or ``europe-west1``; it is set on every
    resource, whatever the provider's region."""

    public_ranges_allowed: bool | None = None
    """Consent to a range that others may own on the internet; left out means false."""

    cidr: str | None = None
    """The IPv4 range of the network, such as ``10.20.0.0/16``, /16 to /28 on AWS; it cannot be changed later. Left out
    means that ``address.pool`` gives one."""

    address: AddressArgs | None = None
    """Addresses beside ``cidr``: a pool in its place, further ranges, IPv6; left out means none."""

    zones: list[str] | None = Field(default=None, min_length=1)
    """Zone ids, such as ``euw1-az1``, in any order, where a subnet lies in a zone; give this or ``zone_count``."""

    zone_count: int | None = Field(default=None, ge=1)
    """How many zones of the region, taken in a fixed order; left out, with ``zones`` too, means 2 where a subnet lies
    in a zone."""

    zone_room: int | None = Field(default=None, ge=1, le=16)
    """Without a ledger, for how many zone numbers every tier keeps addresses, 1 to 16, rounded up to a power of two;
    left out means 8, which is enough for every region, and 1 where subnets span the region. A zone id's number decides
    its place, so adding or removing a zone within the room moves nothing. It cannot be changed later."""

    tiers: list[TierArgs] | None = Field(default=None, min_length=1)
    """The tiers in the order of their addresses; left out means ``public``, ``private`` and ``isolated``. Without a
    ledger a tier added at the end moves nothing, and one taken out or added before others moves those behind it; with a
    ledger nothing moves, whatever the order."""

    ledger: LedgerArgs | None = None
    """The network's entry in the address ledger, from which every subnet takes its range; a subnet without an entry is
    an error. Left out means a fixed layout: a block a tier, a place a zone number."""

    egress: Egress | None = None
    """How private tiers reach the internet: not at all, through one NAT gateway (``single``), one a zone, one that
    spans the region (``regional``), or through the hub; left out means not at all."""

    nat_tier: str | None = None
    """Public tier whose subnets hold the NAT gateways on AWS, which cannot move; left out means the one called
    ``public``, else the first public one. Name it before adding a public tier in front of that one."""

    nat: NatArgs | None = None
    """More about the NAT gateways; left out means the defaults of its fields."""

    dns: DnsArgs | None = None
    """Name resolution; left out means the defaults of its fields."""

    flow_logs: FlowLogsArgs | None = None
    """Records of the traffic; left out means the defaults of its fields."""

    endpoints: EndpointsArgs | None = None
    """Private ways to the cloud's services; left out means the defaults of its fields."""

    hub: HubArgs | None = None
    """The hub that the network is attached to; left out means none."""

    hybrid: HybridArgs | None = None
    """Links to other sites and other clouds; left out means none."""

    block_public_access: BlockPublicAccessArgs | None = None
    """One switch over all ways to the internet; left out means that it is left as it is."""

    ddos_plan: bool | None = None
    """Whether the network has a paid plan against floods; left out means false."""

    shared_network: SharedNetworkArgs | None = None
    """Other accounts that use its subnets; left out means none."""

    azure: AzureNetworkArgs | None = None
    """What counts on Azure only."""

    gcp: GcpNetworkArgs | None = None
    """What counts on Google Cloud only."""

    guard: bool | None = None
    """Whether network, subnets and gateways are protected, so that a preview fails where one would be replaced or
    deleted; left out means true in every environment, ``dev`` included. The log group and its key follow the
    environment. The component's own ``protect`` option wins over both."""

    adopt: AdoptArgs | None = None
    """A network that exists already; left out means that a new one is made."""

    on_gap: OnGap | None = None
    """What happens where the cloud cannot give what is asked: ``error`` refuses all, ``warn`` leaves that part out and
    says so in a warning and in the output ``capability``; left out means ``error``."""

    assertions: list[str] | None = None
    """What must and must not be reachable, such as ``isolated must not reach internet``, ``web may reach app on 8443
    only`` or ``only app may reach data on 5432``; a preview fails with the path that breaks one. Left out means none
    beside what the roles promise: isolated tiers do not reach the internet, and the internet opens no TCP connection
    into private and isolated ones."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    @field_validator("cidr")
    @classmethod
    def _check_cidr(cls, value: str | None) -> str | None:
        if value is None:
            return None
        try:
            block = Block.parse(value)
        except AddressError as error:
            raise SeveralFieldsError([Finding("", error.problem, error.remedy)]) from None
        if block.version != 4:
            raise FieldError("is an IPv6 range", "write an IPv4 range")
        return value

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)

    @field_validator("tiers")
    @classmethod
    def _check_tiers(cls, value: list[TierArgs] | None) -> list[TierArgs] | None:
        each_once([tier.name for tier in value or ()], "name")
        return value

    @field_validator("assertions")
    @classmethod
    def _check_assertions(cls, value: list[str] | None) -> list[str] | None:
        findings: list[Finding] = []
        for index, text in enumerate(value or ()):
            try:
                parse_statement(text, f"[{index}]")
            except PlanError as error:
                findings += error.findings
        if findings:
            raise SeveralFieldsError(findings)
        return value

    @model_validator(mode="after")
    def _check_which(self) -> "VpcArgs":
        if self.zones is not None and self.zone_count is not None:
            raise FieldError("is given together with zones", "leave one of the two out", path="zone_count")
        pool = self.address is not None and self.address.pool is not None
        if self.cidr is None and not pool:
            raise FieldError("is required", "give a range, or a pool under address.pool", path="cidr")
        if self.cidr is not None and pool:
            raise FieldError("is given together with cidr", "leave one of the two out", path="address.pool")
        return self

    @property
    def on(self) -> Cloud:
        """The cloud, with the default filled in."""
        return self.cloud or Cloud.AWS
