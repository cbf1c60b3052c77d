"""The tiers of a network: sizes, zones, ways out, rules, and what only one cloud has."""

import re
from enum import StrEnum

from pydantic import Field, field_validator

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import NAME, each_once
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError, SeveralFieldsError

_ENDS_LIKE_ZONE = re.compile(r".*az\d+")


class TierEgress(StrEnum):
    """How a tier reaches the internet."""

    NAT = "nat"
    HUB = "hub"
    NONE = "none"


class RuleDirection(StrEnum):
    """Which traffic a rule of a tier is about."""

    IN = "in"
    OUT = "out"


class RuleAction(StrEnum):
    """What a rule of a tier does with what it matches."""

    ALLOW = "allow"
    DENY = "deny"


class RuleProtocol(StrEnum):
    """The protocol that a rule of a tier is about."""

    TCP = "tcp"
    UDP = "udp"
    ICMP = "icmp"
    ALL = "all"


class TierRuleArgs(ComponentArgs):
    """One rule for what enters or leaves a tier."""

    direction: RuleDirection
    """``in`` for what enters the tier, ``out`` for what leaves it."""

    action: RuleAction
    """Whether it passes."""

    protocol: RuleProtocol | None = None
    """Left out means all."""

    ports: str | None = None
    """Ports of the destination, such as ``443``, ``1024-65535`` or ``80,443``; for tcp and udp. Left out means all."""

    peers: list[str] | None = Field(default=None, min_length=1)
    """The other side: ranges in CIDR notation, names of tiers, or ``internet``; left out means any."""

    @field_validator("ports")
    @classmethod
    def _check_ports(cls, value: str | None) -> str | None:
        if value is not None:
            try:
                PortSet.parse(value)
            except ValueError as error:
                raise FieldError(str(error), "write '443' or '1024-65535'") from None
        return value


class TierFilterArgs(ComponentArgs):
    """Rules for what enters and leaves a tier.

    They are a network ACL on AWS, a network security group on Azure, rules of a firewall policy on GCP.
    """

    rules: list[TierRuleArgs] = Field(min_length=1)
    """The rules, the first that matches decides; what none matches does not pass."""

    stateless: bool | None = None
    """Whether the rules hold for answers too. Left out means false: answers pass, for which a filter without memory
    (AWS) gets rules of its own for the ports 1024 to 65535."""


class AwsTierArgs(ComponentArgs):
    """What a tier has on AWS only."""

    tags: dict[str, Input[str]] | None = None
    """More tags for its subnets, such as ``kubernetes.io/role/internal-elb``."""


class AzureTierArgs(ComponentArgs):
    """What a tier has on Azure only."""

    subnet_name: str | None = None
    """Name of the subnet where a service asks for one: ``GatewaySubnet``, ``AzureFirewallSubnet``,
    ``AzureBastionSubnet``; left out means an automatic one."""

    delegations: list[str] | None = Field(default=None, min_length=1)
    """Services that the subnet is handed to, such as ``Microsoft.ContainerInstance/containerGroups``."""

    service_endpoints: list[str] | None = Field(default=None, min_length=1)
    """Service endpoints of this tier alone, such as ``Microsoft.Storage``, beside those of ``endpoints.gateway``."""

    private_endpoint_policies: bool | None = None
    """Whether rules and routes of the tier hold for private endpoints in it; left out means true."""


class GcpSubnetPurpose(StrEnum):
    """What a subnetwork of Google Cloud is for."""

    PRIVATE = "private"
    REGIONAL_MANAGED_PROXY = "regional-managed-proxy"
    PRIVATE_SERVICE_CONNECT = "private-service-connect"


class GcpTierArgs(ComponentArgs):
    """What a tier has on Google Cloud only."""

    secondary_ranges: dict[str, int] | None = None
    """Further ranges of the subnetwork, name to prefix length, such as ``services`` to 22; the address ledger holds
    them."""

    private_google_access: bool | None = None
    """Whether machines without an external address reach Google APIs; left out means as ``endpoints.gateway`` says."""

    purpose: GcpSubnetPurpose | None = None
    """What the subnetwork is for; left out means ``private``, the machines' own."""

    @field_validator("secondary_ranges")
    @classmethod
    def _check_names(cls, value: dict[str, int] | None) -> dict[str, int] | None:
        for name in value or {}:
            if not NAME.fullmatch(name):
                raise FieldError("must be lower-case letters and digits joined by '-'", path=name)
        return value


class TierArgs(ComponentArgs):
    """A tier: one subnet in each of its zones, all of one size and with the same kind of routes.

    Where subnets span the region (Azure, GCP) it has one subnet.
    """

    name: str
    """Unique in the network: lower-case letters and digits joined by hyphens, not ending like a zone id."""

    role: TierRole
    """Public tiers are open to the internet both ways, private ones reach it through NAT, isolated ones do neither;
    ``hub`` holds the attachments of a hub, ``pods`` the addresses of a cluster's pods, which are routed like private
    ones."""

    prefix_length: int | None = Field(default=None)
    """Size of each subnet: 16 (65,536 addresses) to 28 (16) on AWS, to 29 on Azure and GCP; AWS and Azure keep 5
    addresses of it, GCP 4. Left out means 24 for public tiers, 20 for private, 22 for isolated, 18 for pods and 28 for
    hub ones (27 on Azure)."""

    zones: list[str] | None = Field(default=None, min_length=1)
    """Zone ids that the tier spans, some of the network's; left out means all of them."""

    cidrs: dict[str, str] | None = None
    """Ranges that you choose yourself, by zone id (``regional`` where subnets span the region), of the tier's size; the
    others are computed. They are for a network with a ledger, and count when their subnets get into it; left out means
    none."""

    egress: TierEgress | None = None
    """How the tier reaches the internet; left out means ``nat`` or ``hub``, as the network's ``egress`` says, for
    private and pods tiers, and ``none`` for the others."""

    filter: TierFilterArgs | None = None
    """Rules for what enters and leaves the tier; left out means that routes and security groups alone decide."""

    pods_of: str | None = None
    """For the role ``pods``: tier of the machines that the pods run on, which Google Cloud gives their range to; left
    out means the first private one."""

    aws: AwsTierArgs | None = None
    """What counts on AWS only."""

    azure: AzureTierArgs | None = None
    """What counts on Azure only."""

    gcp: GcpTierArgs | None = None
    """What counts on Google Cloud only."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        if not NAME.fullmatch(value) or _ENDS_LIKE_ZONE.fullmatch(value):
            raise FieldError("must be lower-case letters and digits joined by '-', not ending like a zone id")
        return value

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, value: list[str] | None) -> list[str] | None:
        return each_once(value)

    @field_validator("cidrs")
    @classmethod
    def _check_cidrs(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        findings = []
        for zone, text in (value or {}).items():
            try:
                parse_ipv4(text)
            except FieldError as error:
                findings.append(Finding(zone, f"{error.problem}, got {text!r}", error.remedy))
        if findings:
            raise SeveralFieldsError(findings)
        return value
