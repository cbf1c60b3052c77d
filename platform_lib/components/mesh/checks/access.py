"""Checks of authorisation: that rules let in whom they are meant to, and nobody else."""

from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, Spec, dig, items, mapping, selector_of, texts
from platform_lib.components.mesh.checks.model import Severity, check
from platform_lib.components.mesh.checks.mutual_tls import mode_of
from platform_lib.components.mesh.checks.surroundings import Workload
from platform_lib.components.mesh.hosts import principal_of
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.errors import near

Found = Iterator[tuple[PlannedObject, str, str, str]]

_BY_CERTIFICATE = ("principals", "notPrincipals", "namespaces", "notNamespaces", "serviceAccounts")

_BY_TOKEN = ("requestPrincipals", "notRequestPrincipals")


def rules_of(policy: PlannedObject) -> Iterator[tuple[str, Spec]]:
    """Path and content of the rules of a policy."""
    for index, rule in items(policy.spec.get("rules")):
        yield f"rules[{index}]", rule


def sources_of(policy: PlannedObject) -> Iterator[tuple[str, Spec]]:
    """Path and content of all that rules say of callers."""
    for path, rule in rules_of(policy):
        for index, source in items(rule.get("from")):
            yield f"{path}.from[{index}].source", mapping(source.get("source"))


def action_of(policy: PlannedObject) -> str:
    """What a policy does with what fits it."""
    return str(policy.spec.get("action", "ALLOW"))


@check("access-denied-by-default", "Nobody is let in without a rule")
def denied_by_default(graph: Graph) -> Found:
    """A workload without any rule lets everybody in.

    Source: https://istio.io/latest/docs/ops/best-practices/security/#use-default-deny-patterns.
    """
    if not graph.around.denied_by_default:
        return
    policies = graph.of(Kind.AUTHORIZATION_POLICY)
    closed = {one.namespace for one in policies if action_of(one) == "ALLOW" and not one.spec.get("rules")}
    whole = {one.namespace for one in policies if one.namespace in closed and not selector_of(one)}
    if graph.around.root not in whole:
        for namespace in graph.around.namespaces:
            about = next((one for one in graph.objects if one.namespace == namespace), None)
            if namespace not in whole and about is not None:
                problem = f"lies in namespace {namespace!r}, whose workloads let everybody in"
                yield about, "", problem, "add an AuthorizationPolicy without rules to the namespace"


@check("access-not-for-all", "Rules that let callers in say whom")
def not_for_all(graph: Graph) -> Found:
    """A rule without anything lets everybody in, to everything."""
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        for path, rule in rules_of(policy):
            if action_of(policy) == "ALLOW" and not any(rule.get(part) for part in ("from", "to", "when")):
                yield policy, path, "lets everybody in", "say whom with 'from'"


@check("access-does-something", "Rules that deny have something to deny", like="IST0106")
def does_something(graph: Graph) -> Found:
    """Istio refuses the object."""
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        if action_of(policy) == "DENY" and not policy.spec.get("rules"):
            yield policy, "rules", "denies nothing", "add a rule; an empty one denies everything"


@check("access-caller-known", "Identities that rules name are those of workloads in the mesh")
def caller_known(graph: Graph) -> Found:
    """The rule lets nobody in."""
    known = {principal_of(workload.namespace, workload.service_account) for workload in graph.around.workloads}
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        for path, source in sources_of(policy):
            for index, principal in enumerate(texts(source.get("principals"))):
                if principal not in known and "*" not in principal:
                    problem = f"is the identity of no workload, got {principal!r}"
                    remedy = (
                        near(principal, known, cutoff=0.93)
                        or "use '<trust domain>/ns/<namespace>/sa/<service account>'"
                    )
                    yield policy, f"{path}.principals[{index}]", problem, remedy


@check("access-namespace-known", "Namespaces that rules name are in the mesh", like="IST0101")
def namespace_known(graph: Graph) -> Found:
    """Who calls from outside the mesh has no identity: the rule lets nobody in."""
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        for path, source in sources_of(policy):
            for index, namespace in enumerate(texts(source.get("namespaces"))):
                if namespace not in graph.around.namespaces and "*" not in namespace:
                    problem = f"is no namespace of the mesh, got {namespace!r}"
                    remedy = near(namespace, graph.around.namespaces) or "add it to 'namespaces'"
                    yield policy, f"{path}.namespaces[{index}]", problem, remedy


@check("access-port-known", "Ports that rules name are ports of the pods")
def port_known(graph: Graph) -> Found:
    """They are those of the pods, not those of the service before them."""
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        known = {str(port) for workload in graph.selected(policy) for port in workload.ports}
        for path, rule in rules_of(policy):
            for index, operation in items(rule.get("to")):
                for at, port in enumerate(texts(dig(operation, "operation", "ports"))):
                    if selector_of(policy) and known and port not in known:
                        place = f"{path}.to[{index}].operation.ports[{at}]"
                        yield policy, place, f"is no port of the pods, got {port}", f"they have {', '.join(known)}"


@check("access-caller-has-certificate", "Workloads whose rules ask who calls take mutual TLS")
def caller_has_certificate(graph: Graph) -> Found:
    """In plain text nobody has an identity: what lets some in lets nobody in, and what denies some denies nobody."""
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        asks = [path for path, source in sources_of(policy) if any(source.get(field) for field in _BY_CERTIFICATE)]
        modes = [mode_of(graph, workload) for workload in graph.selected(policy)]
        plain = [rule for mode, rule in modes if mode == "DISABLE"]
        if asks and plain:
            says = plain[0].shown if plain[0] is not None else "Istio"
            problem = f"asks who calls, but {says} takes plain text only"
            yield policy, asks[0], problem, "take mutual TLS, or let callers in by something else"


@check(
    "access-deny-by-port",
    "Rules that deny by what HTTP has say for which ports",
    like="IST0106",
    severity=Severity.WARNING,
)
def deny_by_port(graph: Graph) -> Found:
    """On other ports than those that speak HTTP such a rule denies everything.

    Source: https://istio.io/latest/docs/reference/config/security/authorization-policy/#Rule.
    """
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        reached = [workload for workload in graph.selected(policy) if not workload.is_gateway]
        others = sorted({port for workload in reached for port in _without_http(graph, workload)})
        for path, rule in rules_of(policy):
            operations = [mapping(one.get("operation")) for _, one in items(rule.get("to"))]
            by_http = any(one.get(field) for one in operations for field in ("methods", "paths", "notPaths", "hosts"))
            by_token = any(
                source.get(field)
                for source in _sources(rule)
                for field in ("requestPrincipals", "notRequestPrincipals")
            )
            by_port = any(one.get("ports") for one in operations)
            if action_of(policy) == "DENY" and (by_http or by_token) and not by_port and others:
                problem = f"denies everything on ports that speak no HTTP, got {', '.join(map(str, others))}"
                yield policy, path, problem, "name the ports that it is for"


def _without_http(graph: Graph, workload: Workload) -> Iterator[int]:
    for service in graph.before(workload):
        yield from (port for port, protocol in service.ports.items() if protocol in ("tcp", "tls", "https"))


def _sources(rule: Spec) -> list[Spec]:
    return [mapping(source.get("source")) for _, source in items(rule.get("from"))]
