"""The arguments of ``VpcComponent``."""

import re
from enum import StrEnum
from typing import TypeVar

from pydantic import Field, ValidationInfo, field_validator, model_validator

from platform_lib.components.vpc.addressing.intent import Egress, TierRole
from platform_lib.components.vpc.addressing.limits import Cloud, check_network_range, check_subnet_prefix
from platform_lib.components.vpc.ledger_args import LedgerArgs
from platform_lib.components.vpc.reachability.statement import parse_statement
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_log_retention, check_region
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_tags
from platform_lib.core.validation import FieldError, SeveralFieldsError, join

ItemT = TypeVar("ItemT")

_TIER_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
_ENDS_LIKE_ZONE = re.compile(r".*az\d+")
_SERVICE = re.compile(r"[a-z0-9]+([.-][a-z0-9]+)*")


class FlowLogDestination(StrEnum):
    """Where flow logs go."""

    CLOUDWATCH = "cloudwatch"
    S3 = "s3"


class GatewayService(StrEnum):
    """A service that a gateway endpoint can serve."""

    S3 = "s3"
    DYNAMODB = "dynamodb"


class TierArgs(ComponentArgs):
    """A tier: one subnet in each of its zones, all of one size and with the same kind of routes."""

    name: str
    """Unique in the network: lower-case letters and digits joined by hyphens, not ending like a zone id."""

    role: TierRole
    """Public tiers are open to the internet both ways, private ones reach it through NAT, isolated ones do neither;
    ``hub`` and ``pods`` are refused on AWS."""

    prefix_length: int | None = Field(default=None)
    """Size of each subnet, 16 (65,536 addresses) to 28 (16), of which AWS keeps 5; left out means 24 for public tiers,
    20 for private and 22 for isolated ones."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        if not _TIER_NAME.fullmatch(value) or _ENDS_LIKE_ZONE.fullmatch(value):
            raise FieldError("must be lower-case letters and digits joined by '-', not ending like a zone id")
        return value

    zones: list[str] | None = Field(default=None, min_length=1)
    """Zone ids that the tier spans, some of the network's; left out means all of them."""

    cidrs: dict[str, str] | None = None
    """Ranges that you choose yourself, by zone id, of the tier's size; the others are computed. They are for a network
    with a ledger, and count when their subnets get into it; left out means none."""

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, value: list[str] | None) -> list[str] | None:
        return _each_once(value)

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

    @field_validator("role")
    @classmethod
    def _check_role(cls, value: TierRole) -> TierRole:
        if value in (TierRole.HUB, TierRole.PODS):
            raise FieldError("is not a role of a tier on AWS", "use 'public', 'private' or 'isolated'")
        return value

    @field_validator("prefix_length")
    @classmethod
    def _check_prefix_length(cls, value: int | None) -> int | None:
        if value is not None and check_subnet_prefix("", value, Cloud.AWS):
            raise FieldError("must be from 16 to 28 on AWS")
        return value


class DnsArgs(ComponentArgs):
    """Name resolution in the network."""

    hostnames: bool | None = None
    """Whether instances with public addresses get public names; left out means true. Endpoints need it for private
    names."""

    domain_name: str | None = None
    """Search domain that DHCP hands out; left out means the region's own. Giving it or ``servers`` makes a DHCP options
    set."""

    servers: list[str] | None = Field(default=None, min_length=1, max_length=4)
    """Addresses of name servers that DHCP hands out, at most 4; left out means Amazon's resolver."""


class FlowLogsArgs(ComponentArgs):
    """Records of all accepted and rejected traffic of the network."""

    enabled: bool | None = None
    """Whether traffic is recorded; left out means true, and turning it off is a finding in every pack."""

    destination: FlowLogDestination | None = None
    """Left out means a CloudWatch log group of the component's own."""

    kms_key_arn: Input[str] | None = None
    """Key for the log group; its policy has to let CloudWatch Logs use it. Left out means a key of the component's
    own."""

    bucket_arn: Input[str] | None = None
    """Bucket, or bucket and prefix, for the destination ``s3``; its policy has to let the log delivery service
    write."""

    retention_days: int | None = None
    """How long the log group keeps records, one of the periods that CloudWatch Logs knows, in days; left out means 2192
    in scope of HIPAA and 365 otherwise. Without meaning for ``s3``."""

    aggregation_seconds: int | None = None
    """How long records are gathered before they are written, 60 or 600; left out means 600."""

    @field_validator("retention_days")
    @classmethod
    def _check_retention(cls, value: int | None) -> int | None:
        return check_log_retention(value)

    @field_validator("aggregation_seconds")
    @classmethod
    def _check_aggregation(cls, value: int | None) -> int | None:
        if value not in (None, 60, 600):
            raise FieldError("must be 60 or 600")
        return value

    @model_validator(mode="after")
    def _check_destination(self) -> "FlowLogsArgs":
        if self.destination is FlowLogDestination.S3:
            if self.bucket_arn is None:
                raise FieldError("is required for the destination 's3'", path="bucket_arn")
            if self.kms_key_arn is not None:
                raise FieldError(
                    "is not used for the destination 's3'", "encrypt the bucket with it", path="kms_key_arn"
                )
        elif self.bucket_arn is not None:
            raise FieldError("is used for the destination 's3' only", "set destination to 's3'", path="bucket_arn")
        return self


class EndpointsArgs(ComponentArgs):
    """Private ways to AWS services, which keep their traffic off the internet."""

    gateway: list[GatewayService] | None = None
    """Services with a gateway endpoint in every route table, which is free; left out means s3 and dynamodb."""

    interface: list[str] | None = None
    """Services with an interface endpoint, such as ``ssm`` or ``ecr.api``, paid by the hour and zone; left out means
    none. A name that begins with ``com.`` or ``cn.`` is taken as the full service name."""

    tier: str | None = None
    """Tier whose subnets hold the interface endpoints; left out means the first private one, else the first isolated
    one."""

    policies: dict[str, Input[str]] | None = None
    """Endpoint policies (JSON) by service; left out means that S3, DynamoDB and those interface endpoints that are
    known to take such a policy serve principals of the network's own account only, and others serve all."""

    @field_validator("interface")
    @classmethod
    def _check_interface(cls, value: list[str] | None) -> list[str] | None:
        for index, service in enumerate(value or []):
            if not _SERVICE.fullmatch(service):
                raise FieldError(
                    "is not the name of a service", "use lower-case letters, digits, '.' and '-'", path=f"[{index}]"
                )
        return _each_once(value)

    @field_validator("gateway")
    @classmethod
    def _check_gateway(cls, value: list[GatewayService] | None) -> list[GatewayService] | None:
        return _each_once(value)


class VpcArgs(ComponentArgs):
    """The arguments of ``VpcComponent``."""

    context: Context
    """Who the network belongs to and which rules hold for it."""

    region: str
    """The AWS region, such as ``eu-west-1``; it is set on every resource, whatever the provider's region."""

    public_ranges_allowed: bool | None = None
    """Consent to a range that others may own on the internet; left out means false."""

    cidr: str
    """The IPv4 range of the network, /16 to /28, such as ``10.20.0.0/16``; it cannot be changed later."""

    zones: list[str] | None = Field(default=None, min_length=1)
    """Zone ids, such as ``euw1-az1``, in any order; give this or ``zone_count``."""

    zone_count: int | None = Field(default=None, ge=1)
    """How many zones of the region, taken in a fixed order; left out, with ``zones`` too, means 2."""

    zone_room: int | None = Field(default=None, ge=1, le=16)
    """Without a ledger, for how many zone numbers every tier keeps addresses, 1 to 16, rounded up to a power of two;
    left out means 8, which is enough for every region. A zone id's number decides its place, so adding or removing a
    zone within the room moves nothing. It cannot be changed later."""

    tiers: list[TierArgs] | None = Field(default=None, min_length=1)
    """The tiers in the order of their addresses; left out means ``public``, ``private`` and ``isolated``. Without a
    ledger a tier added at the end moves nothing, and one taken out or added before others moves those behind it; with a
    ledger nothing moves, whatever the order."""

    ledger: LedgerArgs | None = None
    """The network's entry in the address ledger, from which every subnet takes its range; a subnet without an entry is
    an error. Left out means a fixed layout: a block a tier, a place a zone number."""

    egress: Egress | None = None
    """How private tiers reach the internet: not at all, through one NAT gateway, or through one a zone; left out means
    not at all. ``regional`` and ``hub`` are refused on AWS."""

    nat_tier: str | None = None
    """Public tier whose subnets hold the NAT gateways, which cannot move; left out means the one called ``public``,
    else the first public one. Name it before adding a public tier in front of that one."""

    dns: DnsArgs | None = None
    """Name resolution; left out means the defaults of its fields."""

    flow_logs: FlowLogsArgs | None = None
    """Records of the traffic; left out means the defaults of its fields."""

    endpoints: EndpointsArgs | None = None
    """Private ways to AWS services; left out means the defaults of its fields."""

    guard: bool | None = None
    """Whether network, subnets and gateways are protected, so that a preview fails where one would be replaced or
    deleted; left out means true in every environment, ``dev`` included. The log group and its key follow the
    environment. The component's own ``protect`` option wins over both."""

    assertions: list[str] | None = None
    """What must and must not be reachable, such as ``isolated must not reach internet``, ``web may reach app on 8443
    only`` or ``only app may reach data on 5432``; a preview fails with the path that breaks one. Left out means none
    beside what the roles promise: isolated tiers do not reach the internet, and the internet opens no TCP connection
    into private and isolated ones."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    @field_validator("region")
    @classmethod
    def _check_region(cls, value: str) -> str:
        return check_region(value)

    @field_validator("cidr")
    @classmethod
    def _check_cidr(cls, value: str, info: ValidationInfo) -> str:
        consent = bool(info.data.get("public_ranges_allowed"))
        if findings := check_network_range("", value, Cloud.AWS, public_ranges_allowed=consent):
            raise SeveralFieldsError(findings)
        if ":" in value:
            raise FieldError("is an IPv6 range", "write an IPv4 range")
        return value

    @field_validator("zones")
    @classmethod
    def _check_zones(cls, value: list[str] | None) -> list[str] | None:
        return _each_once(value)

    @field_validator("tiers")
    @classmethod
    def _check_tiers(cls, value: list[TierArgs] | None) -> list[TierArgs] | None:
        _each_once([tier.name for tier in value or ()], "name")
        return value

    @field_validator("egress")
    @classmethod
    def _check_egress(cls, value: Egress | None) -> Egress | None:
        if value in (Egress.REGIONAL, Egress.HUB):
            raise FieldError("is not a way out of a network on AWS", "use 'none', 'single' or 'per-zone'")
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

    @field_validator("tags")
    @classmethod
    def _check_tags(cls, value: dict[str, Input[str]] | None) -> dict[str, Input[str]] | None:
        if findings := check_tags(value or {}, path=""):
            raise SeveralFieldsError(findings)
        return value

    @model_validator(mode="after")
    def _check_zone_count(self) -> "VpcArgs":
        if self.zones is not None and self.zone_count is not None:
            raise FieldError("is given together with zones", "leave one of the two out", path="zone_count")
        return self


def _each_once(values: list[ItemT] | None, field: str = "") -> list[ItemT] | None:
    """The values, or one finding for each that stands there a second time."""
    doubled = [index for index, value in enumerate(values or ()) if value in (values or [])[:index]]
    if doubled:
        raise SeveralFieldsError(
            [Finding(join(f"[{index}]", field) if field else f"[{index}]", "is given twice") for index in doubled]
        )
    return values
