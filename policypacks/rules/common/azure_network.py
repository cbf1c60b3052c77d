"""Security rules of Azure: who may reach which ports."""

from collections.abc import Callable, Collection
from dataclasses import dataclass

from policypacks.engine.rule import PASS, Node, Resource, Verdict, each, fail, is_open, judge

GROUP = "azure-native:network:NetworkSecurityGroup"
EVERY_PORT = range(65_536)


@dataclass(frozen=True, slots=True)
class Inbound:
    """A rule that lets traffic in.

    Attributes:
        node: the rule.
        sources: address ranges and service tags.
        ports: the port ranges that it opens.
        protocol: lower case; ``*`` for all.
    """

    node: Node
    sources: tuple[str, ...]
    ports: tuple[range, ...]
    protocol: str

    def is_public(self) -> bool:
        """Whether the internet at large is among the sources."""
        return any(is_open(source) for source in self.sources)

    def covers(self, port: int) -> bool:
        """Whether it opens a port."""
        return any(port in span for span in self.ports)


def _both(rule: Node, name: str) -> tuple[str, ...]:
    one, many = rule.get(name), rule.get(f"{name}es" if name.endswith("x") else f"{name}s", [])
    return tuple(str(item) for item in ([one] if one else []) + list(many))


def _ports(text: str) -> range:
    if text == "*":
        return EVERY_PORT
    low, _, high = text.partition("-")
    return range(int(low), int(high or low) + 1)


def each_inbound(resource: Resource, check: Callable[[Inbound], Verdict]) -> Verdict:
    """Every rule that lets traffic in must pass a check, in a group or as a resource of its own."""

    def entry(rule: Node) -> Verdict:
        allows = str(rule.get("access", "")).lower() == "allow" and str(rule.get("direction", "")).lower() == "inbound"
        if not allows:
            return PASS
        ports = tuple(_ports(text) for text in _both(rule, "destinationPortRange"))
        protocol = str(rule.get("protocol", "*")).lower()
        return check(Inbound(rule, _both(rule, "sourceAddressPrefix"), ports, protocol))

    return each(resource, "securityRules", entry) if resource.type == GROUP else judge(entry, resource)


def forbid_public_ports(resource: Resource, ports: Collection[int], what: str) -> Verdict:
    """No rule may open one of the ports to the internet; ``what`` names the service for the message."""

    def check(rule: Inbound) -> Verdict:
        hit = [port for port in sorted(ports) if rule.covers(port)]
        if not hit or not rule.is_public() or rule.protocol == "icmp":
            return PASS
        shown = ", ".join(str(port) for port in hit)
        path = f"{rule.node.path}.sourceAddressPrefix".lstrip(".")
        return fail(path, f"opens {what} (port {shown}) to the internet", "narrow the sources to who needs it")

    return each_inbound(resource, check)
