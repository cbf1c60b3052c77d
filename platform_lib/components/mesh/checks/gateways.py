"""Checks of gateways: proxies, ports, hosts and certificates."""

from collections import defaultdict
from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, Spec, dig, items, number, selector_of, texts
from platform_lib.components.mesh.checks.model import Severity, check
from platform_lib.components.mesh.hosts import overlap
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject

Found = Iterator[tuple[PlannedObject, str, str, str]]

_WITHOUT_CERTIFICATE = ("PASSTHROUGH", "AUTO_PASSTHROUGH", "ISTIO_MUTUAL")


def _servers(graph: Graph) -> Iterator[tuple[PlannedObject, str, Spec]]:
    for gateway in graph.of(Kind.GATEWAY):
        for index, server in items(gateway.spec.get("servers")):
            yield gateway, f"servers[{index}]", server


@check("gateway-selects-proxies", "Labels by which gateways select proxies are those of some", like="IST0101")
def selects_proxies(graph: Graph) -> Found:
    """Nobody listens."""
    for gateway in graph.of(Kind.GATEWAY):
        if not any(workload.is_gateway for workload in graph.selected(gateway)):
            labels = ", ".join(f"{key}={value}" for key, value in selector_of(gateway).items()) or "none"
            yield gateway, "selector", f"selects no proxies of a gateway, got {labels}", "use 'istio: <gateway>'"


@check("gateway-host-once", "At one port of one gateway each host is taken once", like="IST0145")
def host_once(graph: Graph) -> Found:
    """The older one counts; the other answers nothing."""
    taken: dict[tuple[frozenset[tuple[str, str]], int], list[tuple[str, PlannedObject, str]]] = defaultdict(list)
    for gateway, path, server in _servers(graph):
        selector = frozenset((str(key), str(value)) for key, value in selector_of(gateway).items())
        here = taken[selector, number(dig(server, "port", "number")) or 0]
        for index, text in enumerate(texts(server.get("hosts"))):
            host = text.rpartition("/")[2]
            for other, first, first_path in here:
                if other == host:
                    problem = f"is taken by {first.shown} {first_path} already, got {text!r}"
                    yield gateway, f"{path}.hosts[{index}]", problem, "leave it out of one of them"
            here.append((host, gateway, path))


@check("gateway-port-served", "Ports of gateways are ports of their proxies", like="IST0162")
def port_served(graph: Graph) -> Found:
    """Nothing gets there from outside."""
    for gateway, path, server in _servers(graph):
        port = number(dig(server, "port", "number"))
        proxies = [workload for workload in graph.selected(gateway) if workload.is_gateway and workload.ports]
        if proxies and not any(port in workload.ports for workload in proxies):
            known = ", ".join(str(one) for workload in proxies for one in workload.ports)
            yield gateway, f"{path}.port", f"is no port of the proxies, got {port}", f"they have {known}"


@check("gateway-certificate-given", "Ports that end TLS have a certificate")
def certificate_given(graph: Graph) -> Found:
    """Connections are reset."""
    for gateway, path, server in _servers(graph):
        if str(dig(server, "port", "protocol")).upper() in ("HTTPS", "TLS"):
            mode = dig(server, "tls", "mode")
            given = dig(server, "tls", "credentialName") or dig(server, "tls", "serverCertificate")
            several = dig(server, "tls", "credentialNames") or dig(server, "tls", "tlsCertificates")
            if mode not in _WITHOUT_CERTIFICATE and not given and not several:
                yield gateway, f"{path}.tls", "has no certificate", "name a secret in 'credentialName'"


@check(
    "gateway-certificate-once",
    "Gateways on the same proxies have different certificates",
    like="IST0138",
    severity=Severity.WARNING,
)
def certificate_once(graph: Graph) -> Found:
    """A browser keeps a connection for all hosts of a certificate, and gets 404 from the gateway that knows one."""
    seen: dict[tuple[frozenset[tuple[str, str]], str], PlannedObject] = {}
    for gateway, path, server in _servers(graph):
        name = dig(server, "tls", "credentialName")
        if isinstance(name, str):
            selector = frozenset((str(key), str(value)) for key, value in selector_of(gateway).items())
            first = seen.setdefault((selector, name), gateway)
            if first is not gateway:
                problem = f"is that of {first.shown} too, got {name!r}"
                yield gateway, f"{path}.tls.credentialName", problem, "join the gateways"


@check("gateway-has-route", "Where a gateway has routes, each of its hosts has one", severity=Severity.WARNING)
def has_route(graph: Graph) -> Found:
    """Requests are answered with 404. A gateway without any routes is left to those of other stacks."""
    routed: dict[str, list[str]] = defaultdict(list)
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        for name in graph.gateways_of(route):
            routed[name] += texts(route.spec.get("hosts"))
    for gateway, path, server in _servers(graph):
        hosts = routed[f"{gateway.namespace}/{gateway.name}"]
        if hosts and dig(server, "tls", "httpsRedirect") is not True:
            for index, text in enumerate(texts(server.get("hosts"))):
                if not any(overlap(text.rpartition("/")[2], one) for one in hosts):
                    yield gateway, f"{path}.hosts[{index}]", f"has no route, got {text!r}", "add one to 'routes'"
