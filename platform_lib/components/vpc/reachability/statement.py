"""Statements about a network: what must and must not be reachable. Pure; imports nothing of pulumi.

```
isolated must not reach internet
web may reach app on 8443 only
web must reach app on tcp/8443
only app may reach data on 5432
internet must not reach app, data
```

- ``must not reach``: nothing of the one gets anything to the other, on the ports given or on all.
- ``must reach``: everything of the one reaches everything of the other, on the ports given.
- ``may reach ... only``: nothing but the ports given gets through; that they do is not claimed.
- ``must reach ... only``: both of the last two.
- ``only A may reach B``: nothing else that the graph knows gets anything to B, on the ports given or on all.

A statement is about single connections: a machine that relays what it receives is not seen through.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from platform_lib.components.vpc.reachability.ports import PortSet
from platform_lib.components.vpc.reachability.rules import WITH_PORTS
from platform_lib.core.errors import Finding, PlanError


class Claim(StrEnum):
    """What a statement says."""

    MUST_NOT_REACH = "must not reach"
    MUST_REACH = "must reach"
    MAY_REACH_ONLY = "may reach ... only"
    MUST_REACH_ONLY = "must reach ... only"
    ONLY_MAY_REACH = "only ... may reach"


@dataclass(frozen=True, slots=True)
class Service:
    """A protocol and the ports of it.

    Attributes:
        protocol: ``tcp``, ``udp``, ``icmp``, another name or number.
        ports: ports; without meaning for protocols that have none.
    """

    protocol: str
    ports: PortSet

    def __str__(self) -> str:
        return f"{self.protocol}/{self.ports}" if self.protocol in WITH_PORTS else self.protocol


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement.

    Attributes:
        sources: names as ``Resolver.endpoints`` reads them.
        claim: what is said.
        destinations: likewise names.
        services: protocols and ports it is about; empty is all of them.
    """

    sources: tuple[str, ...]
    claim: Claim
    destinations: tuple[str, ...]
    services: tuple[Service, ...] = ()

    def __str__(self) -> str:
        """The form that ``parse_statement`` reads."""
        sources, destinations = ", ".join(self.sources), ", ".join(self.destinations)
        on = f" on {', '.join(map(str, self.services))}" if self.services else ""
        match self.claim:
            case Claim.ONLY_MAY_REACH:
                return f"only {sources} may reach {destinations}{on}"
            case Claim.MAY_REACH_ONLY:
                return f"{sources} may reach {destinations}{on} only"
            case Claim.MUST_REACH_ONLY:
                return f"{sources} must reach {destinations}{on} only"
            case _:
                return f"{sources} {self.claim} {destinations}{on}"


_FORM = re.compile(
    r"(?P<first>only\s+)?(?P<sources>\S.*?)\s+(?P<verb>must\s+not|must|may)\s+reach\s+(?P<destinations>.+?)"
    r"(?:\s+on\s+(?P<services>.+?))?(?P<last>\s+only)?",
    re.IGNORECASE,
)
_EXAMPLE = "write 'isolated must not reach internet' or 'web may reach app on 8443 only'"


def _names(text: str) -> tuple[str, ...]:
    parts = re.split(r"\s*,\s*|\s+and\s+", text.strip())
    return tuple(re.sub(r"^the\s+", "", part) for part in parts if part)


def _services(text: str) -> tuple[Service, ...]:
    """Read ``443``, ``tcp/443``, ``udp/53``, ``8000-8080``, ``icmp``, several joined by commas."""
    found = []
    for part in re.split(r"\s*,\s*|\s+and\s+", text.strip()):
        protocol, slash, ports = part.partition("/")
        if slash:
            found.append(Service(protocol.lower(), PortSet.parse(ports.replace("all ports", "*"))))
        elif part[:1].isdigit():
            found.append(Service("tcp", PortSet.parse(part)))
        else:
            found.append(Service(part.lower(), PortSet.parse("*")))
    return tuple(found)


def parse_statement(text: str, path: str = "reachability") -> Statement:
    """Read a statement.

    Args:
        text: one of the forms above; a port without a protocol is one of TCP.
        path: where it stands, for the message.

    Returns:
        The statement.

    Raises:
        PlanError: it has none of the forms, or a port that is none.
    """
    match = _FORM.fullmatch(text.strip())
    if match is None:
        raise PlanError("reachability", [Finding(path, f"not a statement, got {text!r}", _EXAMPLE)])
    verb = " ".join(match["verb"].lower().split())
    claim = {
        ("must not", False, False): Claim.MUST_NOT_REACH,
        ("must", False, False): Claim.MUST_REACH,
        ("must", False, True): Claim.MUST_REACH_ONLY,
        ("may", False, True): Claim.MAY_REACH_ONLY,
        ("may", True, False): Claim.ONLY_MAY_REACH,
    }.get((verb, match["first"] is not None, match["last"] is not None))
    if claim is None:
        if verb == "may":
            problem = f"'may reach' alone forbids nothing, got {text!r}"
            remedy = "say 'may reach ... only', 'must reach', or 'only ... may reach'"
            raise PlanError("reachability", [Finding(path, problem, remedy)])
        raise PlanError("reachability", [Finding(path, f"not a statement, got {text!r}", _EXAMPLE)])
    try:
        services = _services(match["services"]) if match["services"] else ()
    except ValueError as error:
        raise PlanError("reachability", [Finding(path, str(error), "write 'on 443' or 'on udp/53'")]) from None
    if not services and claim in (Claim.MUST_REACH, Claim.MUST_REACH_ONLY, Claim.MAY_REACH_ONLY):
        raise PlanError("reachability", [Finding(path, f"no port is given, got {text!r}", "add 'on 443'")])
    return Statement(_names(match["sources"]), claim, _names(match["destinations"]), services)
