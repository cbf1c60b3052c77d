"""Checks of routes: that they lead somewhere, to what there is, and that requests get there."""

import re
from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, Spec, dig, items, mapping, number, rules_of, texts
from platform_lib.components.mesh.checks.matching import is_covered
from platform_lib.components.mesh.checks.model import Severity, check
from platform_lib.components.mesh.hosts import MESH, full_host, overlap
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.errors import near

Found = Iterator[tuple[PlannedObject, str, str, str]]

_BEYOND_RE2 = re.compile(r"\(\?(=|!|<=|<!|>|P=|\()|\\[1-9]|[*+?}]\+")
"""What other regular expressions have and those of Envoy do not (https://github.com/google/re2/wiki/Syntax)."""


@check("route-host-known", "Hosts that routes lead to are services of the mesh or external services", like="IST0101")
def host_known(graph: Graph) -> Found:
    """Requests to nowhere are answered with 503."""
    for one in graph.destinations:
        if graph.host(one.host) is None:
            got = one.spec.get("host")
            shown = f"{got!r}" if got == one.host else f"{got!r}, which is {one.host!r}"
            yield one.route, f"{one.path}.host", f"is no service, got {shown}", graph.near_host(one.host)


@check("route-subset-known", "Subsets that routes lead to are subsets of the host", like="IST0101")
def subset_known(graph: Graph) -> Found:
    """Requests to a subset that is not there are answered with 503."""
    for one in graph.destinations:
        subset = one.spec.get("subset")
        known = graph.subsets_of.get(one.host, ())
        if subset is not None and subset not in known and graph.host(one.host) is not None:
            remedy = near(str(subset), known) or (f"it has {', '.join(known)}" if known else "it has none")
            yield one.route, f"{one.path}.subset", f"is no subset of {one.host!r}, got {subset!r}", remedy


@check("route-port-known", "Ports that routes lead to are ports of the host", like="IST0101")
def port_known(graph: Graph) -> Found:
    """Requests to a port that is not there are answered with 503."""
    for one in graph.destinations:
        host, port = graph.host(one.host), number(dig(one.spec, "port", "number"))
        if host is not None and port is not None and port not in host.ports:
            known = ", ".join(map(str, host.ports))
            yield one.route, f"{one.path}.port", f"is no port of {one.host!r}, got {port}", f"it has {known}"


@check("route-port-chosen", "Routes to a host with several ports say which", like="IST0112")
def port_chosen(graph: Graph) -> Found:
    """Istio does not choose."""
    for one in graph.destinations:
        host = graph.host(one.host)
        if host is not None and "port" not in one.spec and len(host.ports) > 1:
            known = ", ".join(map(str, host.ports))
            yield one.route, one.path, f"names none of the ports of {one.host!r}", f"it has {known}"


@check("route-gateway-known", "Gateways that routes are bound to are there", like="IST0101")
def gateway_known(graph: Graph) -> Found:
    """A route that is bound to nothing gets no requests."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        for name in graph.gateways_of(route):
            if name != MESH and name not in graph.gateways:
                yield route, "gateways", f"is bound to no gateway, got {name!r}", near(name, graph.gateways)


@check("route-host-at-gateway", "Hosts of routes are hosts that their gateways take", like="IST0132")
def host_at_gateway(graph: Graph) -> Found:
    """A gateway turns away what is for another host, with 404."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        gateways = [graph.gateways[name] for name in graph.gateways_of(route) if name in graph.gateways]
        taken = [host for gateway in gateways for host in _hosts_taken(gateway, route.namespace)]
        for index, host in enumerate(texts(route.spec.get("hosts"))):
            full = full_host(host, route.namespace)
            if gateways and MESH not in graph.gateways_of(route) and not any(overlap(one, full) for one in taken):
                names = ", ".join(gateway.shown for gateway in gateways)
                remedy = f"it takes {', '.join(dict.fromkeys(taken))}" if taken else "it takes none"
                yield route, f"hosts[{index}]", f"is not taken by {names}, got {host!r}", remedy


@check("route-host-once", "Inside the mesh each host has one route", like="IST0109")
def host_once(graph: Graph) -> Found:
    """Sidecars take one of them and leave the others."""
    seen: dict[str, PlannedObject] = {}
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        if MESH in graph.gateways_of(route):
            for index, host in enumerate(texts(route.spec.get("hosts"))):
                first = seen.setdefault(full_host(host, route.namespace), route)
                if first is not route:
                    problem = f"has a route in {first.shown} already, got {host!r}"
                    yield route, f"hosts[{index}]", problem, "join the two"


@check("route-order-at-gateway", "Routes of one host at one gateway take different requests")
def order_at_gateway(graph: Graph) -> Found:
    """In which order rules of several objects are looked at is not defined.

    Source: https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services.
    """
    bound = [
        (route, name, host, path, rule)
        for route in graph.of(Kind.VIRTUAL_SERVICE)
        for name in graph.gateways_of(route)
        if name != MESH
        for host in texts(route.spec.get("hosts"))
        for protocol, path, rule in rules_of(route)
        if protocol == "http"
    ]
    for at, (route, name, host, path, rule) in enumerate(bound):
        for first, _, _, other_path, other in (
            one for one in bound[:at] if one[0] is not route and (one[1], one[2]) == (name, host)
        ):
            if ("match" in rule) != ("match" in other):
                continue  # what takes all requests comes last, wherever it stands
            if "match" not in rule or is_covered(rule, [other]) or is_covered(other, [rule]):
                problem = f"takes requests for {host!r} at {name!r} that {first.shown} takes with {other_path} too"
                yield route, path, problem, "join the two, or match different paths"
                break


@check("route-weights-sum", "Shares of a rule sum to 100")
def weights_sum(graph: Graph) -> Found:
    """Istio would take them as parts of their sum: what was meant is not known."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        for _, path, rule in rules_of(route):
            weights = [one.get("weight", 100 if len(rule["route"]) == 1 else 0) for _, one in items(rule.get("route"))]
            if weights and all(isinstance(weight, int) for weight in weights) and sum(weights) != 100:
                got = " + ".join(map(str, weights))
                total = f"{got} = {sum(weights)}" if len(weights) > 1 else got
                yield route, f"{path}.route", f"has shares that must sum to 100, got {total}", "change the shares"


@check("route-leads-somewhere", "Each rule has a destination, or answers by itself", like="IST0106")
def leads_somewhere(graph: Graph) -> Found:
    """Istio refuses the object."""
    answers = ("route", "redirect", "directResponse", "delegate")
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        rules = list(rules_of(route))
        if not rules:
            yield route, "", "has no rules", "add 'http', 'tls' or 'tcp'"
        for _, path, rule in rules:
            if not any(rule.get(answer) for answer in answers):
                yield route, path, "leads nowhere", "add a destination"


@check("route-reached", "Each rule is reached by some requests", like="IST0130, IST0131")
def reached(graph: Graph) -> Found:
    """The first rule that fits decides: what it takes never gets to a later one."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        earlier: list[Spec] = []
        for protocol, path, rule in rules_of(route):
            if protocol == "http":
                if is_covered(rule, earlier):
                    yield route, path, "is never reached: rules before it take all its requests", "move it up"
                earlier.append(rule)


@check("route-attempt-in-time", "An attempt may not take longer than the whole request")
def attempt_in_time(graph: Graph) -> Found:
    """The request would be over before it is tried again."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        for _, path, rule in rules_of(route):
            attempt, whole = dig(rule, "retries", "perTryTimeout"), rule.get("timeout")
            if attempt is not None and whole is not None and _seconds(attempt) > _seconds(whole):
                problem = f"is longer than the {whole} of the whole request, got {attempt}"
                yield route, f"{path}.retries.perTryTimeout", problem, "shorten it"


@check("route-pattern-valid", "Regular expressions are such of RE2", like="IST0122")
def pattern_valid(graph: Graph) -> Found:
    """Envoy does not take the whole route."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        for path, pattern in _patterns(route.spec, ""):
            try:
                re.compile(pattern)
            except re.error as error:
                yield route, path, f"is no regular expression: {error.msg}, got {pattern!r}", ""
                continue
            if _BEYOND_RE2.search(pattern):
                problem = f"is no regular expression of RE2, got {pattern!r}"
                yield route, path, problem, "leave out looking around and references back"


@check("route-claim-authenticated", "Routes by claims of tokens pass gateways that check tokens", like="IST0149")
def claim_authenticated(graph: Graph) -> Found:
    """Claims that nobody checked are not seen, so that the rule never fits."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        claims = [
            (path, header)
            for _, path, rule in rules_of(route)
            for _, match in items(rule.get("match"))
            for field in ("headers", "withoutHeaders")
            for header in mapping(match.get(field))
            if header.startswith("@request.auth.claims")
        ]
        for path, header in claims:
            for name in graph.gateways_of(route):
                if name == MESH:
                    yield route, path, f"asks for a claim inside the mesh, got {header!r}", "bind it to a gateway"
                elif name in graph.gateways and not _checks_tokens(graph, graph.gateways[name]):
                    problem = f"asks for a claim, but gateway {name!r} checks no tokens, got {header!r}"
                    yield route, path, problem, "add an issuer for the gateway to 'jwt'"


@check("route-mirror-elsewhere", "Copies of requests go elsewhere than requests", severity=Severity.WARNING)
def mirror_elsewhere(graph: Graph) -> Found:
    """The same pods would do everything twice."""
    served = {
        (id(one.route), one.path.partition(".")[0], one.host, str(one.spec.get("subset")))
        for one in graph.destinations
        if one.weight
    }
    for one in graph.destinations:
        if one.is_copy and (id(one.route), one.path.partition(".")[0], one.host, str(one.spec.get("subset"))) in served:
            yield one.route, one.path, "gets copies of the requests that it gets itself", "name another subset"


@check("route-fault-meant", "No rule injects faults", severity=Severity.WARNING)
def fault_meant(graph: Graph) -> Found:
    """Said with every preview, so that no fault is left behind."""
    for route in graph.of(Kind.VIRTUAL_SERVICE):
        for _, path, rule in rules_of(route):
            if rule.get("fault"):
                yield route, f"{path}.fault", "injects faults into requests", "take it out when the trial is over"


def _hosts_taken(gateway: PlannedObject, namespace: str) -> Iterator[str]:
    """Hosts that a gateway takes for routes of a namespace; ``namespace/host`` limits one to it, ``./`` to its own."""
    for _, server in items(gateway.spec.get("servers")):
        for text in texts(server.get("hosts")):
            where, slash, host = text.rpartition("/")
            if not slash or where in ("*", namespace) or (where == "." and gateway.namespace == namespace):
                yield host


def _seconds(text: object) -> float:
    """A time as Istio writes it, in seconds; 0 where it is not one."""
    units = {"h": 3600.0, "m": 60.0, "s": 1.0, "ms": 0.001}
    parts = re.findall(r"([\d.]+)(ms|[hms])", str(text))
    return sum(float(number) * units[unit] for number, unit in parts)


def _patterns(value: object, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, item in value.items():
            place = f"{path}.{key}" if path else str(key)
            if key == "regex" and isinstance(item, str):
                yield place, item
            else:
                yield from _patterns(item, place)
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _patterns(item, f"{path}[{index}]")


def _checks_tokens(graph: Graph, gateway: PlannedObject) -> bool:
    return all(graph.rules_for(proxies, Kind.REQUEST_AUTHENTICATION) for proxies in graph.selected(gateway))
