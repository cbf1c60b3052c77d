"""The parts of a network in terms that all clouds share: what the graph is made of.

A component builds them from its plan, so nothing here needs a cloud or an engine. Identifiers are free texts, unique
within their kind. Pure; imports nothing of pulumi.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.reachability.ports import EPHEMERAL, PortSet


class PublicAccess(StrEnum):
    """What an account lets through internet gateways whatever the routes say (AWS VPC block public access)."""

    OPEN = "open"
    EGRESS_ONLY = "egress-only"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True)
class Network:
    """A VPC, VNet or VPC network.

    Attributes:
        id: name.
        ranges: its address ranges, IPv4 and IPv6.
        rule_sets: filters of every machine in it, asked in this order until one decides (GCP).
        public_access: what may pass its internet gateway at all.
    """

    id: str
    ranges: tuple[Block, ...]
    rule_sets: tuple[str, ...] = ()
    public_access: PublicAccess = PublicAccess.OPEN


@dataclass(frozen=True, slots=True)
class Subnet:
    """A subnet.

    Attributes:
        id: ``tier/zone-id``, unique over all networks of the graph.
        network: whose.
        tier: which tier.
        blocks: its ranges, one for each IP version it has.
        route_table: its routes.
        rule_sets: filters at the subnet, all of which must allow.
        zone: zone id; empty where it spans the region.
    """

    id: str
    network: str
    tier: str
    blocks: tuple[Block, ...]
    route_table: str
    rule_sets: tuple[str, ...] = ()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Workload:
    """Something with a network interface: a machine, a load balancer, an interface endpoint.

    Attributes:
        id: name.
        subnet: where.
        block: its address as a block of one address; None is any address of the subnet.
        security_groups: their permissions count together; empty is unfiltered.
        rule_sets: further filters at the interface, all of which must allow (Azure).
        tags: network tags or service accounts (GCP).
        public: whether it has a public IPv4 address of its own.
        service: service that it stands for (an interface endpoint); empty for others.
        ephemeral: ports that it sends from.
    """

    id: str
    subnet: str
    block: Block | None = None
    security_groups: tuple[str, ...] = ()
    rule_sets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    public: bool = False
    service: str = ""
    ephemeral: PortSet = EPHEMERAL


class TargetKind(StrEnum):
    """Where a route leads."""

    LOCAL = "local"
    INTERNET = "internet gateway"
    NAT = "NAT gateway"
    EGRESS_ONLY = "egress-only gateway"
    PEERING = "peering"
    TRANSIT = "transit gateway"
    HYBRID = "hybrid link"
    ENDPOINT = "gateway endpoint"
    APPLIANCE = "appliance"
    BLACKHOLE = "blackhole"


class Origin(StrEnum):
    """Where a route comes from; decides between routes of the same length."""

    STATIC = "static"
    PROPAGATED = "propagated"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Route:
    """One route.

    Attributes:
        kind: where it leads.
        target: id of the gateway, link or appliance; empty for ``local`` and ``blackhole``.
        destination: range; None where ``service`` is given.
        service: service whose addresses it is for (a prefix list); empty where ``destination`` is given.
        origin: where it comes from.
        priority: the lowest wins between routes of the same length and origin (GCP).
    """

    kind: TargetKind
    target: str = ""
    destination: Block | None = None
    service: str = ""
    origin: Origin = Origin.STATIC
    priority: int = 0

    def __str__(self) -> str:
        what = f"service {self.service}" if self.destination is None else str(self.destination)
        return f"{what} to {self.kind}{f' {self.target}' if self.target else ''}"


@dataclass(frozen=True, slots=True)
class RouteTable:
    """Routes of some subnets; routes to the network's own ranges need not be listed."""

    id: str
    routes: tuple[Route, ...] = ()


@dataclass(frozen=True, slots=True)
class InternetGateway:
    """The way between a network and the internet, both directions."""

    id: str
    network: str


@dataclass(frozen=True, slots=True)
class Nat:
    """A NAT gateway: connections go out, none come in; IPv4 only.

    Attributes:
        id: name.
        network: whose.
        subnet: where it stands; None where it stands in none (regional on AWS, Azure, GCP) and is its own way out.
        public: whether it translates to a public address; else its traffic follows the routes of its subnet.
        passes_answers: whether what came in by a machine's own public address is answered from there, past the gateway
            (Azure).
    """

    id: str
    network: str
    subnet: str | None = None
    public: bool = True
    passes_answers: bool = False


@dataclass(frozen=True, slots=True)
class EgressOnlyGateway:
    """The way to the internet for IPv6 that lets no connection in (AWS)."""

    id: str
    network: str


@dataclass(frozen=True, slots=True)
class Peering:
    """Two networks joined directly; never a way to a third, save for the links of a hub that it is set to use.

    Attributes:
        id: name.
        networks: the two.
        active: whether both sides accepted it.
        gateway_transit: whether each may use the other's hybrid links (Azure gateway transit, GCP custom routes).
        group_references: whether rules may name security groups of the other side (AWS, one region).
    """

    id: str
    networks: tuple[str, str]
    active: bool = True
    gateway_transit: bool = False
    group_references: bool = True


@dataclass(frozen=True, slots=True)
class External:
    """A network that is not ours, reached over hybrid links.

    Attributes:
        id: name, such as ``head-office``.
        ranges: its addresses.
        advertised: our ranges that it has routes to; None is all of the network a link leads to.
    """

    id: str
    ranges: tuple[Block, ...]
    advertised: tuple[Block, ...] | None = None


@dataclass(frozen=True, slots=True)
class HybridLink:
    """A VPN, Direct Connect, ExpressRoute or Interconnect between a network and an external one."""

    id: str
    network: str
    external: str
    active: bool = True


@dataclass(frozen=True, slots=True)
class TransitAttachment:
    """One connection of a transit gateway.

    Attributes:
        id: name.
        network: our network, or empty where ``external`` is given.
        external: an external network behind a VPN or Direct Connect attachment.
        subnets: where it stands in our network; only zones that it stands in can use it (AWS).
        table: the transit route table that decides where its traffic goes; empty is none, and nothing goes anywhere.
    """

    id: str
    network: str = ""
    external: str = ""
    subnets: tuple[str, ...] = ()
    table: str = ""


@dataclass(frozen=True, slots=True)
class TransitRoute:
    """A route of a transit route table; an empty attachment drops what it matches."""

    destination: Block
    attachment: str = ""


@dataclass(frozen=True, slots=True)
class TransitGateway:
    """A hub that joins networks by route tables of its own.

    Attributes:
        id: name.
        attachments: its connections.
        tables: routes by the name of the table.
        group_references: whether rules may name security groups of attached networks.
    """

    id: str
    attachments: tuple[TransitAttachment, ...]
    tables: Mapping[str, tuple[TransitRoute, ...]]
    group_references: bool = False


@dataclass(frozen=True, slots=True)
class Service:
    """A service of the cloud with public addresses.

    Attributes:
        id: name, such as ``s3``.
        blocks: at least one range of its addresses, for filters that know only addresses.
    """

    id: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True, slots=True)
class GatewayEndpoint:
    """A private way from a network to a service, used by routes to that service (AWS S3, DynamoDB)."""

    id: str
    network: str
    service: str


@dataclass(frozen=True, slots=True)
class Appliance:
    """A firewall or router in a subnet that traffic is routed through.

    Attributes:
        id: name.
        subnet: where it stands; what it passes follows the routes of that subnet.
        rule_set: what it lets through; empty is all. Its rules read as ``out``, from the source to the destination.
    """

    id: str
    subnet: str
    rule_set: str = ""
