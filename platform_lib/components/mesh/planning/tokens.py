"""Tokens: each place that takes tokens of an issuer also asks for one. Pure.

A RequestAuthentication alone refuses bad tokens and lets requests without any in; so each comes with a rule that denies
those whose principal is none of its issuers
(https://istio.io/latest/docs/reference/config/security/request_authentication/ and
https://istio.io/latest/docs/tasks/security/authorization/authz-jwt/).
"""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from platform_lib.components.mesh.arguments.access import JwtIssuerArgs
from platform_lib.components.mesh.kind import MeshObjectKind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.targets import Target, Targets
from platform_lib.core.errors import Finding


def plan_tokens(asked: Sequence[JwtIssuerArgs], targets: Targets) -> list[PlannedObject]:
    """Two objects for each place that takes tokens, whatever the number of its issuers."""
    taken: dict[str, list[tuple[JwtIssuerArgs, str]]] = defaultdict(list)
    places: dict[str, Target] = {}
    for index, issuer in enumerate(asked):
        path = f"jwt[{index}]"
        if not issuer.services and not issuer.gateways:
            targets.findings.append(Finding(path, "is taken nowhere", "name 'services' or 'gateways'"))
        if issuer.jwks is not None and issuer.jwks_url is not None:
            targets.findings.append(Finding(f"{path}.jwks", "is given beside 'jwks_url'", "leave one of them out"))
        for target in targets.of_both(issuer.services or (), issuer.gateways or (), path):
            places[target.key] = target
            taken[target.key].append((issuer, path))
    return [planned for key, issuers in taken.items() for planned in _objects(places[key], issuers)]


def _objects(target: Target, issuers: Sequence[tuple[JwtIssuerArgs, str]]) -> list[PlannedObject]:
    selector = {"matchLabels": dict(target.labels)}
    source = issuers[0][1]
    authentication = PlannedObject(
        role="jwt",
        key=target.key,
        kind=MeshObjectKind.REQUEST_AUTHENTICATION,
        namespace=target.namespace,
        name=f"jwt-{target.name}",
        spec={"selector": selector, "jwtRules": [_rule(issuer) for issuer, _ in issuers]},
        source=source,
    )
    known = [f"{issuer.issuer}/*" for issuer, _ in issuers]
    rule: dict[str, Any] = {"from": [{"source": {"notRequestPrincipals": known}}]}
    open_paths = list(dict.fromkeys(path for issuer, _ in issuers for path in issuer.open_paths or ()))
    operation = {
        # on ports that do not speak HTTP the rule would deny everything
        **({"ports": [str(port) for port in target.http_ports]} if target.http_ports else {}),
        **({"notPaths": open_paths} if open_paths else {}),
    }
    if operation:
        rule["to"] = [{"operation": operation}]
    required = PlannedObject(
        role="jwt-required",
        key=target.key,
        kind=MeshObjectKind.AUTHORIZATION_POLICY,
        namespace=target.namespace,
        name=f"jwt-required-{target.name}",
        spec={"selector": selector, "action": "DENY", "rules": [rule]},
        after=(authentication.id,),  # the other way round all requests were denied until the first one is there
        source=source,
    )
    return [authentication, required]


def _rule(asked: JwtIssuerArgs) -> dict[str, Any]:
    rule: dict[str, Any] = {"issuer": asked.issuer, "audiences": list(asked.audiences)}
    if asked.jwks_url is not None:
        rule["jwksUri"] = asked.jwks_url
    if asked.jwks is not None:
        rule["jwks"] = asked.jwks
    return {**rule, "forwardOriginalToken": True} if asked.forwarded else rule
