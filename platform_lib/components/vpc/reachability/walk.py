"""One packet's way through the graph, hop by hop. Pure; imports nothing of pulumi.

What each hop may do is stated beside it with its source. The way is followed once for a connection and once for its
answer, by the same code: an answer passes whatever keeps state and must find its own route.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from platform_lib.components.vpc.reachability.endpoint import Endpoint, Place
from platform_lib.components.vpc.reachability.evaluate import (
    Decision,
    Packet,
    chained,
    filtered,
    security_groups,
)
from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import (
    Appliance,
    Nat,
    Network,
    PublicAccess,
    Route,
    Subnet,
    TargetKind,
    TransitAttachment,
    TransitGateway,
)
from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.routing import best_route, transit_route
from platform_lib.components.vpc.reachability.rules import Direction, RuleSet, RuleSetKind


@dataclass(frozen=True, slots=True)
class Hop:
    """One step of the way.

    Attributes:
        place: where: a subnet, gateway, filter.
        passed: whether the packet goes on.
        reason: why.
    """

    place: str
    passed: bool
    reason: str

    def __str__(self) -> str:
        return f"{self.place}: {self.reason}"


class Blocked(Exception):  # noqa: N818  (it ends a walk, and is no error)
    """The packet goes no further; the last hop says why."""


@dataclass
class Walk:
    """The way of one packet between two ends; working state of one question.

    Attributes:
        graph: everything.
        source: who sends.
        destination: who it is for.
        protocol: such as ``tcp``.
        port: the server's port.
        client_ports: client ports that have passed every filter so far.
        reply: whether this is an answer.
        hops: the way so far.
        translated: the NAT gateway that the way ends at, where the connection goes on from there as the gateway's own.
    """

    graph: Graph
    source: Endpoint
    destination: Endpoint
    protocol: str
    port: int
    client_ports: PortSet
    reply: bool = False
    hops: list[Hop] = field(default_factory=list)
    translated: Nat | None = None
    _visited: list[str] = field(default_factory=list)

    def run(self) -> bool:
        """Follow the packet to its end.

        Returns:
            Whether it arrives (at the destination, or at the NAT gateway named in ``translated``).
        """
        try:
            match self.source.place:
                case Place.SUBNET:
                    self._leave_machine()
                case Place.INTERNET:
                    self._enter_from_internet()
                case Place.EXTERNAL:
                    self._enter_from_external()
                case Place.SERVICE:
                    self._enter_from_service()
        except Blocked:
            return False
        return True

    # Filters

    def _pass(self, place: str, reason: str) -> None:
        self.hops.append(Hop(place, True, reason))

    def _stop(self, place: str, reason: str) -> Blocked:
        self.hops.append(Hop(place, False, reason))
        return Blocked()

    def _packet(self) -> Packet:
        source, destination = self.source, self.destination
        here, there = self._network_of(source), self._network_of(destination)
        left, right = source.side, destination.side
        if here is not None and there is not None and not self._groups_shared(here, there):
            left, right = replace(left, groups=()), replace(right, groups=())
        return Packet(left, right, self.protocol, self.port, self.client_ports, self.reply)

    def _network_of(self, end: Endpoint) -> str | None:
        return self.graph.subnets[end.subnet].network if end.place is Place.SUBNET else None

    def _groups_shared(self, here: str, there: str) -> bool:
        """Whether rules of one network may name security groups of the other."""
        if here == there:
            return True
        pair = {here, there}
        if any(set(one.networks) == pair and one.group_references for one in self.graph.peerings.values()):
            return True
        return any(
            one.group_references and pair <= {attachment.network for attachment in one.attachments}
            for one in self.graph.transit_gateways.values()
        )

    def _apply(self, place: str, decision: Decision) -> None:
        self.client_ports = decision.client_ports
        if not decision.client_ports:
            raise self._stop(place, decision.reason)
        self._pass(place, decision.reason)

    def _filters(self, names: Iterable[str]) -> list[RuleSet]:
        return [self.graph.rule_sets[name] for name in names]

    def _machine(self, end: Endpoint, direction: Direction) -> None:
        """The filters at a network interface, all of which keep state."""
        if self.reply:
            return
        network = self.graph.networks[self.graph.subnets[end.subnet].network]
        if end.security_groups:
            groups = self._filters(end.security_groups)
            self._apply(f"security groups of {end.name}", security_groups(groups, self._packet(), direction))
        for rule_set in self._filters(end.rule_sets):
            self._apply(f"{rule_set.kind} of {end.name}", filtered(rule_set, self._packet(), direction))
        if network.rule_sets:
            chain = chained(self._filters(network.rule_sets), self._packet(), direction)
            self._apply(f"firewall of {network.id}", chain)

    def _border(self, subnet: Subnet, direction: Direction, *, crossing: bool = True) -> None:
        """The filters of a subnet: network ACLs only where its border is crossed, security groups always (Azure)."""
        for rule_set in self._filters(subnet.rule_sets):
            if rule_set.stateful and self.reply:
                continue
            if rule_set.kind is RuleSetKind.NETWORK_ACL and not crossing:
                continue
            self._apply(f"{rule_set.kind} of subnet {subnet.id}", filtered(rule_set, self._packet(), direction))

    # Into and out of a subnet

    def _leave_machine(self) -> None:
        subnet = self.graph.subnets[self.source.subnet]
        if self.source.version != self.destination.version:
            raise self._stop(f"subnet {subnet.id}", "the two ends speak different versions of IP")
        same = self.destination.place is Place.SUBNET and self.destination.subnet == subnet.id
        self._machine(self.source, Direction.OUT)
        self._border(subnet, Direction.OUT, crossing=not same)
        if same:
            self._arrive(crossing=False)
        else:
            self._route(subnet)

    def _arrive(self, *, crossing: bool = True) -> None:
        subnet = self.graph.subnets[self.destination.subnet]
        self._border(subnet, Direction.IN, crossing=crossing)
        self._machine(self.destination, Direction.IN)
        self._pass(f"subnet {subnet.id}", f"delivered to {self.destination}")

    def _route(self, subnet: Subnet) -> None:
        place = f"route table {subnet.route_table} of subnet {subnet.id}"
        if subnet.id in self._visited:
            raise self._stop(place, f"the routes form a loop: {' to '.join((*self._visited, subnet.id))}")
        self._visited.append(subnet.id)
        target = self.destination
        route = best_route(
            self.graph, subnet, target.side.address, target.side.service if target.place is Place.SERVICE else ""
        )
        if route is None:
            raise self._stop(place, f"no route to {target}")
        if route.kind is TargetKind.BLACKHOLE:
            raise self._stop(place, f"{route} drops it")
        self._pass(place, str(route))
        self._follow(route, subnet)

    def _follow(self, route: Route, subnet: Subnet) -> None:
        graph, name = self.graph, route.target
        network = graph.networks[subnet.network]
        match route.kind:
            case TargetKind.LOCAL:
                self._local(network)
            case TargetKind.INTERNET:
                self._to_internet(name, network)
            case TargetKind.NAT:
                self._to_nat(graph.nats[name])
            case TargetKind.EGRESS_ONLY:
                self._to_egress_only(name, network)
            case TargetKind.PEERING:
                self._over_peering(name, network)
            case TargetKind.TRANSIT:
                self._over_transit(graph.transit_gateways[name], subnet)
            case TargetKind.HYBRID:
                self._over_link(name, network)
            case TargetKind.ENDPOINT:
                self._to_endpoint(name, network)
            case TargetKind.APPLIANCE:
                self._through_appliance(graph.appliances[name])
            case TargetKind.BLACKHOLE:  # ended by _route
                raise self._stop(str(route), "dropped")

    def _local(self, network: Network) -> None:
        if self._network_of(self.destination) != network.id:
            raise self._stop(f"network {network.id}", f"no subnet holds {self.destination}")
        self._arrive()

    # Gateways

    def _to_internet(self, name: str, network: Network) -> None:
        place, source = f"internet gateway {name}", self.source
        if self.graph.internet_gateways[name].network != network.id:
            raise self._stop(place, f"not attached to {network.id}")
        if self.destination.place not in (Place.INTERNET, Place.SERVICE):
            raise self._stop(place, f"{self.destination} is no address of the internet")
        if network.public_access is PublicAccess.BLOCKED:
            raise self._stop(place, "public access is blocked for the network")
        if network.public_access is PublicAccess.EGRESS_ONLY and not source.translates:
            raise self._stop(place, "public access is limited to NAT and egress-only gateways")
        if source.version == 4 and not source.public:
            raise self._stop(place, f"{source} has no public address")
        if source.version == 6 and not source.globally_routed:
            raise self._stop(place, f"{source} has a unique local address")
        self._pass(place, f"to {self.destination}")

    def _to_nat(self, nat: Nat) -> None:
        place = f"NAT gateway {nat.id}"
        if self.reply and nat.passes_answers and self.source.public and self.destination.place is Place.INTERNET:
            # https://learn.microsoft.com/azure/nat-gateway/nat-gateway-design : inbound traffic through a machine's
            # own public address is translated apart from outbound traffic through the gateway.
            self._pass(place, f"passed by: answered from the public address of {self.source}")
            return
        if self.reply:
            raise self._stop(place, "the answer belongs to no connection of this gateway and is dropped")
        if self.source.version == 6:
            raise self._stop(place, "translates IPv4 only")
        if nat.public and self.destination.place not in (Place.INTERNET, Place.SERVICE):
            raise self._stop(place, f"{self.destination} is no address of the internet")
        if nat.subnet is not None and nat.subnet != self.source.subnet:
            self._border(self.graph.subnets[nat.subnet], Direction.IN)
        self._pass(place, "translates the source address; connections only go out")
        self.translated = nat

    def _to_egress_only(self, name: str, network: Network) -> None:
        place = f"egress-only gateway {name}"
        if self.graph.egress_only_gateways[name].network != network.id:
            raise self._stop(place, f"not attached to {network.id}")
        if self.source.version != 6:
            raise self._stop(place, "carries IPv6 only")
        if self.reply:
            raise self._stop(place, "lets no connection in, so there is none to answer")
        if network.public_access is PublicAccess.BLOCKED:
            raise self._stop(place, "public access is blocked for the network")
        if self.destination.place not in (Place.INTERNET, Place.SERVICE) or not self.source.globally_routed:
            raise self._stop(place, "leads to the internet only, from global addresses")
        self._pass(place, f"to {self.destination}; connections only go out")

    def _to_endpoint(self, name: str, network: Network) -> None:
        endpoint, place = self.graph.endpoints[name], f"gateway endpoint {name}"
        if endpoint.network != network.id:
            raise self._stop(place, f"belongs to {endpoint.network}")
        if self.destination.side.service != endpoint.service:
            raise self._stop(place, f"leads to {endpoint.service} only")
        self._pass(place, f"to {endpoint.service}")

    def _over_peering(self, name: str, network: Network) -> None:
        peering, place = self.graph.peerings[name], f"peering {name}"
        if network.id not in peering.networks:
            raise self._stop(place, f"does not join {network.id}")
        if not peering.active:
            raise self._stop(place, "not accepted by both sides")
        other = next((one for one in peering.networks if one != network.id), network.id)
        if self._network_of(self.destination) == other:
            self._pass(place, f"to {other}")
            self._arrive()
        elif peering.gateway_transit and self.destination.place is Place.EXTERNAL and self._linked(other):
            self._pass(place, f"to the hybrid link of {other}")
            self._deliver_external(f"hybrid link of {other}", other)
        else:
            # https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html : no gateway, endpoint or third
            # network of the other side can be used.
            raise self._stop(place, f"leads to {other} only and is never a way beyond it")

    def _linked(self, network: str) -> bool:
        return any(
            link.network == network and link.external == self.destination.external and link.active
            for link in self.graph.hybrid_links.values()
        )

    def _deliver_external(self, place: str, network: str) -> None:
        """Hand over to the external network, which must know the way back only when the answer is walked."""
        self._pass(place, f"from {network} to {self.destination}")

    def _over_link(self, name: str, network: Network) -> None:
        link, place = self.graph.hybrid_links[name], f"hybrid link {name}"
        if link.network != network.id:
            raise self._stop(place, f"belongs to {link.network}")
        if not link.active:
            raise self._stop(place, "down")
        if self.destination.place is not Place.EXTERNAL or self.destination.external != link.external:
            raise self._stop(place, f"leads to {link.external} only")
        self._deliver_external(place, network.id)

    def _through_appliance(self, appliance: Appliance) -> None:
        subnet, place = self.graph.subnets[appliance.subnet], f"appliance {appliance.id}"
        if subnet.id != self.source.subnet:
            self._border(subnet, Direction.IN)
        if appliance.rule_set and not self.reply:
            self._apply(place, filtered(self.graph.rule_sets[appliance.rule_set], self._packet(), Direction.OUT))
        else:
            self._pass(place, "passes it on")
        self._border(subnet, Direction.OUT)
        self._route(subnet)

    # Transit gateways

    def _over_transit(self, transit: TransitGateway, subnet: Subnet) -> None:
        """Leave a network through its attachment.

        An attachment serves only the zones it stands in
        (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-vpc-attachments.html), and of the network ACL of its subnet only
        the inbound rules see this traffic (https://docs.aws.amazon.com/vpc/latest/tgw/tgw-nacls.html).
        """
        place = f"transit gateway {transit.id}"
        attachment = next((one for one in transit.attachments if one.network == subnet.network), None)
        if attachment is None:
            raise self._stop(place, f"{subnet.network} is not attached")
        zones = {self.graph.subnets[name].zone for name in attachment.subnets}
        if subnet.zone and zones - {""} and subnet.zone not in zones:
            raise self._stop(place, f"attachment {attachment.id} has no subnet in zone {subnet.zone}")
        inside = self._attachment_subnet(attachment, subnet.zone)
        if inside is not None:
            self._border(inside, Direction.IN)
        self._through_transit(transit, attachment)

    def _attachment_subnet(self, attachment: TransitAttachment, zone: str) -> Subnet | None:
        subnets = [self.graph.subnets[name] for name in attachment.subnets]
        return next((one for one in subnets if one.zone == zone), subnets[0] if subnets else None)

    def _through_transit(self, transit: TransitGateway, incoming: TransitAttachment) -> None:
        place = f"transit gateway {transit.id}"
        if not incoming.table:
            raise self._stop(place, f"attachment {incoming.id} is associated with no route table")
        route = transit_route(transit, incoming.table, self.destination.side.address)
        if route is None:
            raise self._stop(place, f"no route in table {incoming.table} to {self.destination}")
        if not route.attachment:
            raise self._stop(place, f"blackhole {route.destination} in table {incoming.table}")
        self._pass(place, f"table {incoming.table}: {route.destination} to attachment {route.attachment}")
        outgoing = next(one for one in transit.attachments if one.id == route.attachment)
        if outgoing.external:
            if self.destination.place is not Place.EXTERNAL or self.destination.external != outgoing.external:
                raise self._stop(place, f"attachment {outgoing.id} leads to {outgoing.external} only")
            self._deliver_external(place, transit.id)
            return
        zone = self.graph.subnets[self.destination.subnet].zone if self.destination.place is Place.SUBNET else ""
        inside = self._attachment_subnet(outgoing, zone)
        if inside is None:
            self._local(self.graph.networks[outgoing.network])
            return
        if self.destination.subnet != inside.id:
            self._border(inside, Direction.OUT)
            self._route(inside)
        else:
            self._arrive(crossing=False)  # neither list of rules sees traffic from the gateway to its own subnet

    # Into our networks

    def _enter_from_internet(self) -> None:
        end = self.destination
        if end.place is not Place.SUBNET:
            raise self._stop("internet", f"{end} is not ours")
        network = self.graph.networks[self.graph.subnets[end.subnet].network]
        if not self.reply:
            gateway = next((one for one in self.graph.internet_gateways.values() if one.network == network.id), None)
            if gateway is None:
                raise self._stop("internet", f"{network.id} has no internet gateway")
            place = f"internet gateway {gateway.id}"
            if network.public_access is not PublicAccess.OPEN:
                raise self._stop(place, "public access is blocked for the network")
            if end.version == 4 and not end.public:
                raise self._stop(place, f"{end} has no public address")
            if end.version == 6 and not end.globally_routed:
                raise self._stop(place, f"{end} has a unique local address")
            self._pass(place, f"to {end}")
        self._arrive()

    def _enter_from_service(self) -> None:
        if not self.reply:
            raise self._stop(f"service {self.source.name}", "opens no connections into a network")
        self._arrive()

    def _enter_from_external(self) -> None:
        end, external = self.destination, self.graph.externals[self.source.external]
        place = f"external network {external.id}"
        network = self._network_of(end)
        if network is None:
            raise self._stop(place, f"{end} is not reached over our networks")
        if external.advertised is not None and not any(one.contains(end.side.address) for one in external.advertised):
            raise self._stop(place, f"has no route to {end}: not advertised")
        for link in self.graph.hybrid_links.values():
            if link.external == external.id and link.active and self._link_serves(link.network, network):
                self._pass(f"hybrid link {link.id}", f"to {end}")
                self._arrive()
                return
        for transit in self.graph.transit_gateways.values():
            for attachment in transit.attachments:
                if attachment.external == external.id:
                    self._through_transit(transit, attachment)
                    return
        raise self._stop(place, f"no link leads to {network}")

    def _link_serves(self, linked: str, network: str) -> bool:
        """Whether a link of one network leads to another: to itself, or to a peer that may use it."""
        return linked == network or any(
            peering.active and peering.gateway_transit and set(peering.networks) == {linked, network}
            for peering in self.graph.peerings.values()
        )
