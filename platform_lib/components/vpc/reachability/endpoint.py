"""The ends of a connection: what a name means in a graph, and which addresses must be tried for it.

Rules and routes may cut a subnet, or the internet, into parts that are treated differently. Addresses that no rule and
no route tells apart are one class; one of each class is enough, so the answer holds for all of them. Pure; imports
nothing of pulumi.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum

from platform_lib.components.vpc.addressing.block import BITS, AddressError, Block
from platform_lib.components.vpc.reachability.evaluate import Side
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import Subnet, Workload
from platform_lib.components.vpc.reachability.ports import EPHEMERAL, NAT_PORTS, PortSet
from platform_lib.core.errors import Finding, PlanError, near

INTERNET = "internet"

_INTERNET_SPACE = tuple(
    Block.parse(text)
    for text in (
        "1.0.0.0/8",
        "2.0.0.0/7",
        "4.0.0.0/6",
        "8.0.0.0/5",
        "16.0.0.0/4",
        "32.0.0.0/3",
        "64.0.0.0/2",
        "128.0.0.0/2",
        "192.0.0.0/3",
        "2000::/3",
    )
)
_NOT_INTERNET = tuple(
    Block.parse(text)
    for text in (
        # https://www.iana.org/assignments/iana-ipv4-special-registry and its IPv6 counterpart: not globally reachable
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "2001:db8::/32",
    )
)
_UNIQUE_LOCAL = Block.parse("fc00::/7")


class Place(StrEnum):
    """Where an end of a connection lies."""

    SUBNET = "subnet"
    INTERNET = "internet"
    EXTERNAL = "external"
    SERVICE = "service"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One end of a connection, with one address.

    Attributes:
        name: for the explanation.
        place: where it lies.
        side: as filters see it.
        subnet: id of the subnet, where it lies in one.
        external: id of the external network, where it lies in one.
        security_groups: rule sets whose permissions count together.
        rule_sets: further rule sets at the interface.
        public: whether it has a public IPv4 address of its own.
        ephemeral: ports that it sends from as a client.
        translates: whether it is a NAT gateway.
    """

    name: str
    place: Place
    side: Side
    subnet: str = ""
    external: str = ""
    security_groups: tuple[str, ...] = ()
    rule_sets: tuple[str, ...] = ()
    public: bool = False
    ephemeral: PortSet = EPHEMERAL
    translates: bool = False

    @property
    def version(self) -> int:
        """IP version of its address."""
        return self.side.address.version

    @property
    def globally_routed(self) -> bool:
        """Whether its IPv6 address is one of the internet's (not unique local)."""
        return self.version == 6 and not _UNIQUE_LOCAL.contains(self.side.address)

    def __str__(self) -> str:
        return f"{self.name} ({str(self.side.address).partition('/')[0]})"


@dataclass(frozen=True)
class AddressClasses:
    """The addresses that the rules and routes of a graph tell apart.

    Attributes:
        graph: the graph.
        blocks: every range that a rule or a route names.
    """

    graph: Graph
    blocks: tuple[Block, ...] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "blocks", tuple(sorted(set(_named_blocks(self.graph)))))

    def representatives(self, block: Block, excluded: Iterable[Block] = ()) -> Iterator[Block]:
        """One address of every class inside a range.

        Args:
            block: the range.
            excluded: ranges whose addresses are left out.

        Yields:
            Blocks of one address.
        """
        bits, left_out = BITS[block.version], list(excluded)
        edges = {block.first}
        for inner in (*self.blocks, *left_out):
            if inner.version == block.version:
                edges |= {edge for edge in (inner.first, inner.last + 1) if block.first <= edge <= block.last}
        ordered, seen = sorted(edges), set()
        for position, first in enumerate(ordered):
            end = ordered[position + 1] - 1 if position + 1 < len(ordered) else block.last
            address = Block(block.version, min(first + 10, end), bits)
            if any(outer.contains(address) for outer in left_out):
                continue
            signature = tuple(outer for outer in self.blocks if outer.contains(address))
            if signature not in seen:
                seen.add(signature)
                yield address


def _named_blocks(graph: Graph) -> Iterator[Block]:
    for rule_set in graph.rule_sets.values():
        for rule in rule_set.rules:
            yield from (peer.block for peer in rule.peers if peer.block is not None)
    for table in graph.route_tables.values():
        yield from (route.destination for route in table.routes if route.destination is not None)
    for transit in graph.transit_gateways.values():
        yield from (route.destination for routes in transit.tables.values() for route in routes)
    for external in graph.externals.values():
        yield from external.advertised or ()


class Resolver:
    """Turns names into ends of connections."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._classes = AddressClasses(graph)
        self._tiers = {subnet.tier for subnet in graph.subnets.values()}

    def endpoints(self, text: str) -> tuple[Endpoint, ...]:
        """Every end that a name means.

        Args:
            text: ``internet``, a tier, a workload, a subnet, an external network, a service or a range; ``tier:``,
                ``workload:``, ``subnet:``, ``external:`` and ``service:`` before a name choose where several have it.
                A tier is its workloads (interface endpoints are reached as their service), or whatever could stand in
                it where it has none; ``any:TIER`` and a subnet are always whatever could stand there: unfiltered, with
                a public address.

        Returns:
            At least one, for every IP version and class of addresses.

        Raises:
            PlanError: nothing has that name; near names are given.
        """
        kind, colon, name = text.partition(":")
        graph = self._graph
        found: list[Endpoint] = []
        if text == INTERNET:
            found += self._internet()
        elif colon and kind in ("tier", "any", "workload", "subnet", "external", "service") and name:
            found += self._of_kind(kind, name)
        elif "/" in text and text not in graph.subnets:
            found += self._range(text)
        else:
            homes = (
                ("tier", self._tiers),
                ("workload", graph.workloads),
                ("subnet", graph.subnets),
                ("external", graph.externals),
                ("service", graph.services),
            )
            for known, home in homes:
                if text in home:
                    found += self._of_kind(known, text)
                    break
        if not found:
            names = (INTERNET, *self._tiers, *graph.workloads, *graph.subnets, *graph.externals, *graph.services)
            remedy = near(name or text, names) or f"known are {', '.join(sorted(names))}"
            raise PlanError(
                "reachability", [Finding("", f"nothing in the network has this name, got {text!r}", remedy)]
            )
        return tuple(found)

    def _of_kind(self, kind: str, name: str) -> Iterator[Endpoint]:
        graph = self._graph
        if kind in ("tier", "any"):
            subnets = [subnet for subnet in graph.subnets.values() if subnet.tier == name]
            homes = {subnet.id for subnet in subnets}
            machines = [one for one in graph.workloads.values() if one.subnet in homes and not one.service]
            if kind == "tier" and machines:
                for machine in machines:
                    yield from self._workload(machine)
            else:
                for subnet in subnets:
                    yield from self._anything(subnet)
        elif kind == "workload" and name in graph.workloads:
            yield from self._workload(graph.workloads[name])
        elif kind == "subnet" and name in graph.subnets:
            yield from self._anything(graph.subnets[name])
        elif kind == "external" and name in graph.externals:
            for block in graph.externals[name].ranges:
                for address in self._classes.representatives(block):
                    yield Endpoint(name, Place.EXTERNAL, Side(address), external=name)
        elif kind == "service" and name in graph.services:
            yield from self._service(name)

    def _service(self, name: str) -> Iterator[Endpoint]:
        behind = [machine for machine in self._graph.workloads.values() if machine.service == name]
        for machine in behind:  # private DNS resolves the service to its interface endpoint
            yield from self._workload(machine)
        for block in () if behind else self._graph.services[name].blocks:
            for address in self._classes.representatives(block):
                yield Endpoint(name, Place.SERVICE, Side(address, service=name, internet=True))

    def _anything(self, subnet: Subnet, within: Block | None = None) -> Iterator[Endpoint]:
        for block in subnet.blocks:
            part = block if within is None else within
            if part.version == block.version:
                for address in self._classes.representatives(part):
                    yield Endpoint(f"any in {subnet.id}", Place.SUBNET, Side(address), subnet.id, public=True)

    def _workload(self, machine: Workload) -> Iterator[Endpoint]:
        blocks = self._graph.subnets[machine.subnet].blocks if machine.block is None else (machine.block,)
        for block in blocks:
            for address in self._classes.representatives(block):
                yield Endpoint(
                    machine.id,
                    Place.SUBNET,
                    Side(address, machine.security_groups, machine.tags, machine.service),
                    machine.subnet,
                    security_groups=machine.security_groups,
                    rule_sets=machine.rule_sets,
                    public=machine.public,
                    ephemeral=machine.ephemeral,
                )

    def _internet(self, within: Block | None = None) -> Iterator[Endpoint]:
        own = [block for network in self._graph.networks.values() for block in network.ranges]
        own += [block for external in self._graph.externals.values() for block in external.ranges]
        versions = {block.version for block in own}
        spaces = [space for space in _INTERNET_SPACE if space.version in versions] if within is None else [within]
        seen: set[tuple[Block, ...]] = set()
        for space in spaces:
            for address in self._classes.representatives(space, (*own, *_NOT_INTERNET)):
                signature = tuple(block for block in self._classes.blocks if block.contains(address))
                if (marked := (Block(address.version, 0, 0), *signature)) not in seen:
                    seen.add(marked)
                    side = Side(address, internet=True)
                    yield Endpoint(INTERNET, Place.INTERNET, side, public=True, ephemeral=NAT_PORTS)

    def _range(self, text: str) -> Iterator[Endpoint]:
        try:
            wanted = Block.parse(text)
        except AddressError as error:
            raise PlanError("reachability", [Finding("", error.problem, error.remedy)]) from None
        inside = False
        for subnet in self._graph.subnets.values():
            for block in subnet.blocks:
                if block.overlaps(wanted):
                    inside = True
                    yield from self._anything(subnet, wanted if block.contains(wanted) else block)
        for external in self._graph.externals.values():
            for block in external.ranges:
                if block.overlaps(wanted):
                    inside = True
                    for address in self._classes.representatives(wanted if block.contains(wanted) else block):
                        yield Endpoint(external.id, Place.EXTERNAL, Side(address), external=external.id)
        if not inside:
            yield from self._internet(wanted)
