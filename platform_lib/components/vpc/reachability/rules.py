"""Rules that let traffic through or not, as all clouds have them. Pure; imports nothing of pulumi."""

from dataclasses import dataclass
from enum import StrEnum

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.reachability.ports import ALL_PORTS, PortSet

ALL_PROTOCOLS = "all"
WITH_PORTS = ("tcp", "udp")


class Direction(StrEnum):
    """Seen from the machine or the subnet that a rule guards."""

    IN = "in"
    OUT = "out"


class Action(StrEnum):
    """What a rule does with what it matches; ``next`` hands on to the next rule set (GCP firewall policies)."""

    ALLOW = "allow"
    DENY = "deny"
    NEXT = "next"


class PeerKind(StrEnum):
    """How a rule names the other side."""

    ANY = "any"
    CIDR = "cidr"
    GROUP = "group"
    TAG = "tag"
    SERVICE = "service"
    INTERNET = "internet"
    VIRTUAL_NETWORK = "virtual-network"


@dataclass(frozen=True, slots=True)
class Peer:
    """The other side of a rule.

    Attributes:
        kind: how it is named.
        value: security group, tag or service; empty otherwise.
        block: the range, for ``cidr``.
    """

    kind: PeerKind
    value: str = ""
    block: Block | None = None

    @classmethod
    def parse(cls, text: str) -> "Peer":
        """Read ``any``, ``internet``, ``virtual-network``, ``group:ID``, ``tag:ID``, ``service:ID`` or a range."""
        if text in (PeerKind.ANY, PeerKind.INTERNET, PeerKind.VIRTUAL_NETWORK):
            return cls(PeerKind(text))
        kind, colon, value = text.partition(":")
        if colon and kind in (PeerKind.GROUP, PeerKind.TAG, PeerKind.SERVICE):
            return cls(PeerKind(kind), value)
        return cls(PeerKind.CIDR, block=Block.parse(text))

    def __str__(self) -> str:
        if self.block is not None:
            return str(self.block)
        return f"{self.kind}:{self.value}" if self.value else str(self.kind)


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a rule set.

    Attributes:
        direction: which way the connection (or, without state, the packet) goes.
        action: what happens.
        protocol: ``tcp``, ``udp``, ``icmp``, another name or number, or ``all``.
        ports: destination ports; without meaning for protocols that have none.
        peers: the other side, one of them is enough.
        priority: the lowest number is looked at first; without meaning in a security group.
        targets: tags of the machines it holds for; empty is all (GCP).
        source_ports: source ports.
        name: for the explanation.
    """

    direction: Direction
    action: Action
    protocol: str = ALL_PROTOCOLS
    ports: PortSet = ALL_PORTS
    peers: tuple[Peer, ...] = (Peer(PeerKind.ANY),)
    priority: int = 0
    targets: tuple[str, ...] = ()
    source_ports: PortSet = ALL_PORTS
    name: str = ""

    def __str__(self) -> str:
        ports = f" {self.ports}" if self.protocol in WITH_PORTS else ""
        side = "from" if self.direction is Direction.IN else "to"
        what = f"{self.action} {self.protocol}{ports} {side} {', '.join(map(str, self.peers))}"
        return f"{self.name} ({what})" if self.name else what


class RuleSetKind(StrEnum):
    """What kind of filter: decides order, state and where it works."""

    SECURITY_GROUP = "security group"
    NETWORK_ACL = "network ACL"
    NSG = "network security group"
    FIREWALL = "firewall"


@dataclass(frozen=True, slots=True)
class RuleSet:
    """A named list of rules.

    - ``security group`` (AWS): only allows, order without meaning, keeps state; all groups of a machine count together.
    - ``network ACL`` (AWS): first match by number, keeps no state, works at the border of a subnet.
    - ``network security group`` (Azure): first match by priority, keeps state, works within a subnet too.
    - ``firewall`` (GCP, appliances): first match by priority, denial before permission at the same priority, keeps
      state.

    Attributes:
        id: name.
        kind: what kind.
        rules: in any order.
        default_in: what happens to what no rule matches on its way in.
        default_out: the same on its way out.
    """

    id: str
    kind: RuleSetKind
    rules: tuple[Rule, ...] = ()
    default_in: Action = Action.DENY
    default_out: Action = Action.DENY

    @property
    def stateful(self) -> bool:
        """Whether answers pass without a rule."""
        return self.kind is not RuleSetKind.NETWORK_ACL
