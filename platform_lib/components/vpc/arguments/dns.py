"""Name resolution in a network."""

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc.arguments.checks import check_domains
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError


class ResolverRuleArgs(ComponentArgs):
    """Where names of a domain are asked for."""

    name: str
    """Unique among the rules; part of the rule's logical name."""

    domain: str
    """The domain, such as ``corp.example.com``; its subdomains follow."""

    targets: list[str] = Field(min_length=1, max_length=6)
    """IP addresses of the name servers that know it, 1 to 6."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("domain")
    @classmethod
    def _check_domain(cls, value: str) -> str:
        check_domains([value])
        return value


class ResolverArgs(ComponentArgs):
    """Names shared with other networks."""

    inbound: bool | None = None
    """Whether others may ask the network's resolver, at addresses in ``tier``; left out means false."""

    outbound: bool | None = None
    """Whether the resolver may ask others from addresses in ``tier``; left out means true where there are ``rules``."""

    tier: str | None = None
    """Tier whose subnets hold the resolver's addresses; left out means the first private one. On Azure a tier of its
    own for each direction: see ``outbound_tier``."""

    outbound_tier: str | None = None
    """Tier of the outgoing addresses where it is another one; left out means ``tier``."""

    rules: list[ResolverRuleArgs] | None = Field(default=None, min_length=1)
    """Which domains are asked for elsewhere."""

    shared_rule_ids: dict[str, Input[str]] | None = None
    """Rules that exist already and hold for this network too, by a name of your choice: AWS rule ids, Azure forwarding
    rulesets, GCP zones."""

    allowed_from: list[str] | None = Field(default=None, min_length=1)
    """Ranges that may ask an inbound resolver; left out means the network's own and those under ``hybrid``."""

    @field_validator("rules")
    @classmethod
    def _check_rules(cls, value: list[ResolverRuleArgs] | None) -> list[ResolverRuleArgs] | None:
        each_once([rule.name for rule in value or ()], "name")
        return value


class DnsFirewallArgs(ComponentArgs):
    """Names that are not answered."""

    blocked: list[str] | None = Field(default=None, min_length=1)
    """Domains that are not answered, with ``*.`` in front for all below one."""

    allowed: list[str] | None = Field(default=None, min_length=1)
    """Domains that are always answered, before any list; with ``blocked: ["*"]`` nothing else is."""

    list_ids: dict[str, Input[str]] | None = None
    """Lists that exist already, such as AWS managed ones, by a name of your choice; what is on them is not answered."""

    alert_only: bool | None = None
    """Whether names are only recorded; left out means false."""

    fail_open: bool | None = None
    """Whether names are answered while the firewall itself fails; left out means false."""

    @model_validator(mode="after")
    def _check_lists(self) -> "DnsFirewallArgs":
        if not (self.blocked or self.list_ids):
            raise FieldError("blocks nothing", "give blocked or list_ids")
        return self

    @field_validator("blocked", "allowed")
    @classmethod
    def _check_domains(cls, value: list[str] | None) -> list[str] | None:
        check_domains([one for one in value or () if one != "*"])
        return each_once(value)


class DnsArgs(ComponentArgs):
    """Name resolution in the network."""

    hostnames: bool | None = None
    """Whether instances with public addresses get public names on AWS; left out means true. Endpoints need it for
    private names."""

    domain_name: str | None = None
    """Search domain that DHCP hands out on AWS; left out means the region's own. Giving it or ``servers`` makes a DHCP
    options set there."""

    servers: list[str] | None = Field(default=None, min_length=1, max_length=4)
    """Addresses of name servers that DHCP hands out, at most 4; left out means the cloud's resolver."""

    private_zones: list[str] | None = Field(default=None, min_length=1)
    """Domains whose names only the network knows, such as ``internal.example.com``; each is a zone of the component's
    own. Left out means none."""

    resolver: ResolverArgs | None = None
    """Names shared with other networks; left out means none."""

    firewall: DnsFirewallArgs | None = None
    """Names that are not answered; left out means that all are."""

    @field_validator("private_zones")
    @classmethod
    def _check_private_zones(cls, value: list[str] | None) -> list[str] | None:
        check_domains(value)
        return each_once(value)
