"""Network rules as security groups, ACLs and firewalls write them: who may reach which ports."""

import ipaddress
from collections.abc import Callable, Collection
from dataclasses import dataclass

from policypacks.engine.rule import NOT_APPLICABLE, PASS, Node, Resource, Verdict, each, fail, is_open, judge

ALL_PORTS = range(65_536)
"""TCP and UDP ports (RFC 6335)."""

ALL_PROTOCOLS = frozenset({"-1", "all", "*", "any"})
"""How providers write every protocol: AWS ``-1`` or ``all``, Azure ``*``, GCP ``all``."""

WITH_PORTS = frozenset({"tcp", "udp", "sctp", "6", "17", "132"})
"""Protocols that have ports, by name and by IANA number."""

SECURITY_GROUP = "aws:ec2/securityGroup:SecurityGroup"
SECURITY_GROUP_RULE = "aws:ec2/securityGroupRule:SecurityGroupRule"
INGRESS_RULE = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
EGRESS_RULE = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
AWS_SOURCES = ("cidrBlocks", "ipv6CidrBlocks", "cidrIpv4", "cidrIpv6", "cidrBlock", "ipv6CidrBlock")


@dataclass(frozen=True, slots=True)
class Opening:
    """One permission of a firewall: sources to ports.

    Attributes:
        node: the entry.
        sources: address ranges, as written.
    """

    node: Node
    sources: tuple[str, ...]

    @property
    def path(self) -> str:
        """Where it stands."""
        return self.node.path

    def is_public(self) -> bool:
        """Whether the internet at large is among the sources."""
        return any(is_open(source) for source in self.sources)

    def widest(self) -> int | None:
        """The shortest prefix among its IPv4 sources (IPv6: a third of it), or None without address ranges."""
        found = []
        for source in self.sources:
            try:
                network = ipaddress.ip_network(source, strict=False)
            except ValueError:
                continue
            found.append(network.prefixlen if network.version == 4 else network.prefixlen // 3)
        return min(found, default=None)

    def protocol(self) -> str:
        """The protocol, lower case; ``-1`` where the entry names none.

        Raises:
            Undetermined: it is not known yet.
        """
        return str(self.node.get("protocol") or self.node.get("ipProtocol") or "-1").lower()

    def ports(self) -> range:
        """The ports that it opens: all where the protocol is all, none where it has no ports.

        Raises:
            Undetermined: protocol or ports are not known yet.
        """
        protocol = self.protocol()
        if protocol in ALL_PROTOCOLS:
            return ALL_PORTS
        if protocol not in WITH_PORTS:
            return range(0)
        low = int(self.node.get("fromPort", 0))
        high = int(self.node.get("toPort", low if self.node.present("fromPort") else 65_535))
        return ALL_PORTS if low == -1 else range(low, high + 1)


def opening(entry: Node) -> Opening:
    """The permission that an entry of an AWS security group or network ACL grants.

    Raises:
        Undetermined: its sources are not known yet.
    """
    found: list[str] = []
    for name in AWS_SOURCES:
        if isinstance(entry.value, dict) and name not in entry.value:
            continue
        value = entry.get(name)
        found += value if isinstance(value, list) else [] if value is None else [value]
    return Opening(entry, tuple(str(item) for item in found))


def each_ingress(group: Resource, check: Callable[[Opening], Verdict]) -> Verdict:
    """Every permission to come in must pass a check, whichever resource states it: group or separate rule."""

    def judged(entry: Node) -> Verdict:
        return check(opening(entry))

    if group.type == SECURITY_GROUP:
        return each(group, "ingress", judged, absent=PASS)
    if group.type == SECURITY_GROUP_RULE and group.get("type") != "ingress":
        return NOT_APPLICABLE
    return judge(judged, group)


def each_egress(group: Resource, check: Callable[[Opening], Verdict]) -> Verdict:
    """Every permission to go out must pass a check, whichever resource states it: group or separate rule."""

    def judged(entry: Node) -> Verdict:
        return check(opening(entry))

    if group.type == SECURITY_GROUP:
        return each(group, "egress", judged, absent=PASS)
    if group.type == SECURITY_GROUP_RULE and group.get("type") != "egress":
        return NOT_APPLICABLE
    return judge(judged, group)


def forbid_public_ports(it: Opening, ports: Collection[int], what: str) -> Verdict:
    """The permission opens none of the ports to the internet; ``what`` names the service for the message."""
    if not it.is_public():
        return PASS
    opened = it.ports()
    hit = [port for port in sorted(ports) if port in opened]
    if not hit:
        return PASS
    shown = ", ".join(str(port) for port in hit)
    return fail(it.path, f"opens {what} (port {shown}) to the internet", "narrow the sources to who needs it")
