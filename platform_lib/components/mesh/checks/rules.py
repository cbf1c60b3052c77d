"""Checks of destination rules: hosts, subsets and limits."""

from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, Spec, dig, items, mapping, number
from platform_lib.components.mesh.checks.model import Severity, check
from platform_lib.components.mesh.checks.selection import fits
from platform_lib.components.mesh.hosts import full_host
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.checks import DNS_LABEL

Found = Iterator[tuple[PlannedObject, str, str, str]]


def host_of_rule(rule: PlannedObject) -> str:
    """The full host that a destination rule is for."""
    return full_host(str(rule.spec.get("host", "")), rule.namespace)


def policies_of(rule: PlannedObject) -> Iterator[tuple[str, Spec, int | None]]:
    """Path, content and port (None for all) of every traffic policy of a rule."""
    tops = [("trafficPolicy", mapping(rule.spec.get("trafficPolicy")))]
    for index, subset in items(rule.spec.get("subsets")):
        tops.append((f"subsets[{index}].trafficPolicy", mapping(subset.get("trafficPolicy"))))
    for path, policy in tops:
        yield path, policy, None
        for index, setting in items(policy.get("portLevelSettings")):
            yield f"{path}.portLevelSettings[{index}]", setting, number(dig(setting, "port", "number"))


@check("rule-host-known", "Hosts of destination rules are services of the mesh or external services", like="IST0174")
def host_known(graph: Graph) -> Found:
    """The rule would be for nothing."""
    for rule in graph.of(Kind.DESTINATION_RULE):
        host = host_of_rule(rule)
        if not host.startswith("*") and graph.host(host) is None:
            problem = f"is no service, got {rule.spec.get('host')!r}"
            yield rule, "host", problem, graph.near_host(host)


@check("rule-subset-once", "Each subset of a host stands in one rule")
def subset_once(graph: Graph) -> Found:
    """Istio takes the first one and leaves the others.

    Source: https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services.
    """
    seen: dict[tuple[str, str], PlannedObject] = {}
    for one in graph.subsets:
        key = (one.host, one.name)
        if key in seen:
            problem = f"is a subset of {one.host!r} in {seen[key].shown} already, got {one.name!r}"
            yield one.rule, one.path, problem, "use another name"
        seen.setdefault(key, one.rule)


@check("rule-subset-name-valid", "Names of subsets are labels of DNS", like="IST0106")
def subset_name_valid(graph: Graph) -> Found:
    """Istio refuses the object: the name becomes part of one in DNS (RFC 1123)."""
    for one in graph.subsets:
        if not DNS_LABEL.fullmatch(one.name):
            problem = f"is no label of DNS, got {one.name!r} ({len(one.name)} characters)"
            yield one.rule, f"{one.path}.name", problem, "use lower-case letters, digits and '-', at most 63"


@check("rule-limits-once", "Each host has limits at the top of one rule")
def limits_once(graph: Graph) -> Found:
    """Istio takes the first one and leaves the others.

    Source: https://istio.io/latest/docs/ops/best-practices/traffic-management/#split-virtual-services.
    """
    seen: dict[str, PlannedObject] = {}
    for rule in graph.of(Kind.DESTINATION_RULE):
        if rule.spec.get("trafficPolicy"):
            host = host_of_rule(rule)
            first = seen.setdefault(host, rule)
            if first is not rule:
                problem = f"are given for {host!r} in {first.shown} already"
                yield rule, "trafficPolicy", problem, "put them there, or under a subset"


@check("rule-subset-selects-workloads", "Subsets have pods of the service", like="IST0173")
def subset_selects(graph: Graph) -> Found:
    """Requests to a subset without pods are answered with 503."""
    for one in graph.subsets:
        host = graph.host(one.host)
        if host is not None and host.service is not None and host.service.selector:
            labels = mapping(one.spec.get("labels"))
            if not any(fits(labels, workload.labels) for workload in graph.behind(host.service)):
                shown = ", ".join(f"{key}={value}" for key, value in labels.items())
                remedy = "use labels of its pods, or add a subset to the service"
                yield one.rule, f"{one.path}.labels", f"are those of no pods of {one.host!r}, got {shown}", remedy


@check("rule-port-known", "Ports of destination rules are ports of the host")
def port_known(graph: Graph) -> Found:
    """What is said of another port holds for nothing."""
    for rule in graph.of(Kind.DESTINATION_RULE):
        host = graph.host(host_of_rule(rule))
        for path, _, port in policies_of(rule):
            if host is not None and port is not None and port not in host.ports:
                known = ", ".join(map(str, host.ports))
                yield rule, f"{path}.port", f"is no port of {host_of_rule(rule)!r}, got {port}", f"it has {known}"


@check("rule-server-verified", "Certificates of servers are checked where TLS is made", like="IST0128, IST0129")
def server_verified(graph: Graph) -> Found:
    """Without it anybody can be the server."""
    for rule in graph.of(Kind.DESTINATION_RULE):
        for path, policy, _ in policies_of(rule):
            if dig(policy, "tls", "insecureSkipVerify") is True:
                yield rule, f"{path}.tls.insecureSkipVerify", "trusts any server", "leave it out"


@check("rule-found-by-clients", "Destination rules lie where clients look for them", severity=Severity.WARNING)
def found_by_clients(graph: Graph) -> Found:
    """Clients look in their own namespace, in that of the service and in the root namespace.

    What they find first counts alone: for clients of that namespace the service's own limits and subsets are gone.

    Source: https://istio.io/latest/docs/ops/best-practices/traffic-management/#cross-namespace-configuration.
    """
    for rule in graph.of(Kind.DESTINATION_RULE):
        host = graph.host(host_of_rule(rule))
        service = host.service if host is not None else None
        if service is not None and rule.namespace not in (service.namespace, graph.around.root):
            problem = f"is for clients in namespace {rule.namespace!r} alone"
            yield rule, "", problem, f"put it into {service.namespace!r}"
