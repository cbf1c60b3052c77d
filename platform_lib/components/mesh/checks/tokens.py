"""Checks of tokens: that each issuer is held to its audience, and that a token is asked for."""

from collections.abc import Iterator

from platform_lib.components.mesh.checks.access import action_of, rules_of, sources_of
from platform_lib.components.mesh.checks.graph import Graph, Spec, items, mapping, selector_of, texts
from platform_lib.components.mesh.checks.model import check
from platform_lib.components.mesh.checks.surroundings import Workload
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.core.errors import near

Found = Iterator[tuple[PlannedObject, str, str, str]]


def _issuers(graph: Graph) -> Iterator[tuple[PlannedObject, str, Spec]]:
    for one in graph.of(Kind.REQUEST_AUTHENTICATION):
        for index, rule in items(one.spec.get("jwtRules")):
            yield one, f"jwtRules[{index}]", rule


@check("jwt-has-audience", "Issuers have audiences")
def has_audience(graph: Graph) -> Found:
    """A token that was made for another service would be good here too."""
    for one, path, rule in _issuers(graph):
        if not texts(rule.get("audiences")):
            problem = f"takes tokens for anybody, got issuer {rule.get('issuer')!r}"
            yield one, f"{path}.audiences", problem, "name the audience that is this service"


@check("jwt-token-required", "Where tokens are checked they are asked for")
def token_required(graph: Graph) -> Found:
    """A request without any token is let in otherwise.

    Source: https://istio.io/latest/docs/reference/config/security/request_authentication/.
    """
    for one in graph.of(Kind.REQUEST_AUTHENTICATION):
        if not items(one.spec.get("jwtRules")):
            continue
        for workload in graph.selected(one):
            if not _asks(graph, workload):
                problem = "checks tokens, and lets requests without one in"
                remedy = "add an AuthorizationPolicy that denies 'notRequestPrincipals', or use 'jwt'"
                yield one, "", problem, remedy
                break


def _asks(graph: Graph, workload: Workload) -> bool:
    """Whether a rule denies what has no token, or every rule that lets in asks for one."""
    letting = []
    for policy in graph.rules_for(workload, Kind.AUTHORIZATION_POLICY):
        if action_of(policy) == "DENY" and any(source.get("notRequestPrincipals") for _, source in sources_of(policy)):
            return True
        if action_of(policy) == "ALLOW":
            letting += [rule for _, rule in rules_of(policy)]
    return bool(letting) and all(_asks_in(rule) for rule in letting)


def _asks_in(rule: Spec) -> bool:
    sources = [mapping(one.get("source")) for _, one in items(rule.get("from"))]
    claims = [one for _, one in items(rule.get("when")) if str(one.get("key", "")).startswith("request.auth.")]
    return bool(claims) or (bool(sources) and all(source.get("requestPrincipals") for source in sources))


@check("jwt-issuer-once", "A workload takes each issuer by one rule")
def issuer_once(graph: Graph) -> Found:
    """Which of two counts is not defined."""
    for workload in graph.around.workloads:
        seen: dict[str, PlannedObject] = {}
        for one in graph.rules_for(workload, Kind.REQUEST_AUTHENTICATION):
            for index, rule in items(one.spec.get("jwtRules")):
                issuer = str(rule.get("issuer"))
                if issuer in seen:
                    problem = f"is taken by {seen[issuer].shown} already, got {issuer!r}"
                    yield one, f"jwtRules[{index}].issuer", problem, "join the two"
                seen.setdefault(issuer, one)


@check("jwt-keys-secured", "Keys of issuers come over HTTPS")
def keys_secured(graph: Graph) -> Found:
    """Whoever answers in plain text can make tokens."""
    for one, path, rule in _issuers(graph):
        address = rule.get("jwksUri")
        if isinstance(address, str) and not address.startswith("https://"):
            yield one, f"{path}.jwksUri", f"is no address of HTTPS, got {address!r}", "use 'https://'"


@check("jwt-issuer-taken", "Issuers whose tokens rules ask for are taken by the workload")
def issuer_taken(graph: Graph) -> Found:
    """A token that nobody checked is no token: the rule lets nobody in, or denies everybody."""
    for policy in graph.of(Kind.AUTHORIZATION_POLICY):
        if not selector_of(policy):
            continue
        for workload in graph.selected(policy):
            taken = [
                str(rule.get("issuer"))
                for one in graph.rules_for(workload, Kind.REQUEST_AUTHENTICATION)
                for _, rule in items(one.spec.get("jwtRules"))
            ]
            missing = [(path, issuer) for path, issuer in _named(policy) if issuer not in taken and "*" not in issuer]
            for path, issuer in missing:
                remedy = near(issuer, taken) or "add the service to the 'services' of the issuer in 'jwt'"
                yield policy, path, f"asks for tokens that the workload does not check, got {issuer!r}", remedy
            if missing:
                break


def _named(policy: PlannedObject) -> Iterator[tuple[str, str]]:
    for path, source in sources_of(policy):
        for field in ("requestPrincipals", "notRequestPrincipals"):
            for index, text in enumerate(texts(source.get(field))):
                if "/" in text:
                    yield f"{path}.{field}[{index}]", text.rpartition("/")[0]
    for path, rule in rules_of(policy):
        for index, one in items(rule.get("when")):
            if one.get("key") == "request.auth.claims[iss]":
                for at, issuer in enumerate(texts(one.get("values"))):
                    yield f"{path}.when[{index}].values[{at}]", issuer
