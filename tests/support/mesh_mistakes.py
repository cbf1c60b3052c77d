"""Mistakes in a mesh, each with the check that has to find it: one at least for every check there is."""

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from support.mesh_services import AUTHORIZATION, JWT, ROUTES, SERVICES
from support.meshes import PUBLIC

WEB = "web.shop.svc.cluster.local"
SELECT_WEB = {"selector": {"matchLabels": {"app": "web"}}}
SELECT_NOTHING = {"matchLabels": {"app": "gone"}}
GATEWAY = "istio-ingress/public"
TLS = {"mode": "SIMPLE", "credentialName": "other-tls"}


@dataclass(frozen=True)
class Mistake:
    """One mistake.

    Attributes:
        check: that has to find it.
        about: the object or argument that the finding has to name.
        said: what the finding has to say beside.
        args: arguments of the shop that it changes.
    """

    check: str
    about: str
    said: str
    args: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.check}-{self.about.rpartition('/')[2].replace(' ', '-')}"


def changed(items: list[dict[str, Any]], index: int, **more: Any) -> list[dict[str, Any]]:
    """The arguments with one of them changed."""
    made = copy.deepcopy(items)
    made[index] |= more
    return made


def service(index: int, **more: Any) -> dict[str, Any]:
    """The shop with another service."""
    return {"services": changed(SERVICES, index, **more)}


def rule(**more: Any) -> dict[str, Any]:
    """The shop with another last rule of its route."""
    rules = copy.deepcopy(ROUTES[0]["rules"])
    rules[1] |= more
    return {"routes": changed(ROUTES, 0, rules=rules)}


def objects(*given: dict[str, Any]) -> dict[str, Any]:
    """The shop with objects beside it."""
    return {"objects": list(given)}


def _object(kind: str) -> Callable[..., dict[str, Any]]:
    def make(name: str, namespace: str = "shop", **spec: Any) -> dict[str, Any]:
        return {"kind": kind, "name": name, "namespace": namespace, "spec": spec}

    return make


virtual_service = _object("VirtualService")
destination_rule = _object("DestinationRule")
gateway = _object("Gateway")
peer = _object("PeerAuthentication")
policy = _object("AuthorizationPolicy")
tokens = _object("RequestAuthentication")
entry = _object("ServiceEntry")
envoy_filter = _object("EnvoyFilter")
sidecar = _object("Sidecar")
telemetry = _object("Telemetry")


def to(host: str = WEB, port: int | None = 80, weight: int | None = None, **more: Any) -> dict[str, Any]:
    """A destination of a route."""
    destination = {"host": host, **({"port": {"number": port}} if port else {}), **more}
    return {"destination": destination, **({} if weight is None else {"weight": weight})}


def at_gateway(name: str, *rules: dict[str, Any], host: str = "shop.example.com") -> dict[str, Any]:
    """A route at the gateway ``public``."""
    return virtual_service(name, hosts=[host], gateways=[GATEWAY], http=list(rules))


def inside(name: str, *rules: dict[str, Any]) -> dict[str, Any]:
    """A route inside the mesh for a host outside."""
    return virtual_service(name, hosts=["rates.example.org"], http=list(rules))


def server(host: str, port: int = 443, protocol: str = "HTTPS", **more: Any) -> dict[str, Any]:
    """A port of a gateway."""
    number = {"number": port, "name": f"p-{port}", "protocol": protocol}
    return {"port": number, "hosts": [host], **({"tls": TLS} | more)}


def allow(name: str, *rules: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A rule that lets callers in to ``web``."""
    return policy(name, **SELECT_WEB, rules=list(rules), **more)


def caller(**source: Any) -> dict[str, Any]:
    """Part of a rule: who calls."""
    return {"from": [{"source": source}]}


LONG = "-".join(["very"] * 20)
MISTAKES = [
    Mistake(
        "object-name-valid",
        "ServiceEntry istio-system/x",
        "(260 characters)",
        {"external_services": [{"name": "x" + "y" * 259, "hosts": ["x.org"], "ports": [{"number": 80}]}]},
    ),
    Mistake(
        "rule-subset-name-valid",
        f"DestinationRule shop/web.{LONG} subsets[0].name",
        "(99 characters)",
        service(0, subsets=[{"name": LONG}], canary=None, mirror=None),
    ),
    Mistake(
        "service-known",
        "authorization[0].service",
        "did you mean 'web'",
        {"authorization": changed(AUTHORIZATION, 0, service="wep")},
    ),
    Mistake(
        "service-known",
        "rate_limits[0].service",
        "is no service of the mesh",
        {"rate_limits": [{"name": "x", "service": "back/gone", "requests": 1}]},
    ),
    Mistake(
        "service-known",
        "mtls.exceptions[0].service",
        "did you mean",
        {"mtls": {"exceptions": [{"name": "x", "service": "legasy", "until": "2027-01-01", "reason": "r"}]}},
    ),
    Mistake(
        "gateway-known",
        "routes[0].gateways[0]",
        "did you mean 'public'",
        {"routes": changed(ROUTES, 0, gateways=["pubic"])},
    ),
    Mistake(
        "issuer-known",
        "authorization[1].token_issuers[0]",
        "did you mean 'staff'",
        {"authorization": changed(AUTHORIZATION, 1, token_issuers=["stuff"])},
    ),
    Mistake(
        "object-once",
        "VirtualService shop/web",
        "use another name",
        objects(virtual_service("web", hosts=["rates.example.org"], http=[{"route": [to()]}])),
    ),
    Mistake("object-namespace-in-mesh", "Telemetry shoop/t", "did you mean 'shop'", objects(telemetry("t", "shoop"))),
    Mistake("object-namespace-in-mesh", "DestinationRule other/web", "not in the mesh", service(0, namespace="other")),
    Mistake(
        "mtls-selects-workloads",
        "PeerAuthentication shop/p",
        "app=gone",
        objects(peer("p", selector=SELECT_NOTHING, mtls={"mode": "STRICT"})),
    ),
    Mistake(
        "access-selects-workloads",
        "AuthorizationPolicy back/a",
        "app=web",
        objects(policy("a", "back", **SELECT_WEB, rules=[caller(namespaces=["shop"])])),
    ),
    Mistake(
        "jwt-selects-workloads",
        "RequestAuthentication shop/j",
        "app=gone",
        objects(tokens("j", selector=SELECT_NOTHING)),
    ),
    Mistake(
        "filter-selects-workloads",
        "EnvoyFilter shop/f",
        "app=gone",
        objects(envoy_filter("f", workloadSelector={"labels": {"app": "gone"}})),
    ),
    Mistake(
        "sidecar-selects-workloads",
        "Sidecar shop/s",
        "app=gone",
        objects(sidecar("s", workloadSelector={"labels": {"app": "gone"}})),
    ),
    Mistake(
        "telemetry-selects-workloads", "Telemetry shop/t", "app=gone", objects(telemetry("t", selector=SELECT_NOTHING))
    ),
    Mistake(
        "mtls-once",
        "PeerAuthentication shop/b",
        "PeerAuthentication shop/a",
        objects(*(peer(name, **SELECT_WEB, mtls={"mode": "STRICT"}) for name in "ab")),
    ),
    Mistake("sidecar-once", "Sidecar shop/b", "Sidecar shop/a", objects(sidecar("a"), sidecar("b"))),
    Mistake("telemetry-once", "Telemetry shop/b", "Telemetry shop/a", objects(telemetry("a"), telemetry("b"))),
    Mistake(
        "route-host-known",
        "VirtualService shop/shop http[2].route[0].destination.host",
        "got 'wep'",
        rule(destinations=[{"service": "wep"}]),
    ),
    Mistake(
        "route-host-known",
        "VirtualService shop/x http[0].mirror.host",
        "got 'gone'",
        objects(inside("x", {"route": [to()], "mirror": {"host": "gone"}})),
    ),
    Mistake(
        "route-subset-known",
        "VirtualService shop/web http[2].route[1].destination.subset",
        "got 'v3'",
        service(0, canary={"weights": {"v1": 90, "v3": 10}, "preview_header": "x"}),
    ),
    Mistake(
        "route-subset-known",
        "VirtualService shop/orders",
        "did you mean 'green'",
        service(1, blue_green={"active": "blue", "idle": "gren"}),
    ),
    Mistake("route-subset-known", "mirrors[0].destination.subset", "got 'v9'", service(0, mirror={"subset": "v9"})),
    Mistake(
        "route-subset-known",
        "VirtualService shop/shop",
        "got 'v7'",
        rule(destinations=[{"service": "web", "subset": "v7"}]),
    ),
    Mistake(
        "route-port-known",
        "VirtualService shop/shop http[2].route[0].destination.port",
        "got 81",
        rule(destinations=[{"service": "web", "port": 81}]),
    ),
    Mistake(
        "route-port-chosen",
        "VirtualService shop/x http[0].route[0].destination",
        "it has 8080, 9090, 5432",
        objects(inside("x", {"route": [to("orders", None)]})),
    ),
    Mistake(
        "route-port-chosen",
        "routes[0].rules[1].destinations[0].port",
        "8080, 9090",
        rule(destinations=[{"service": "orders"}]),
    ),
    Mistake(
        "route-gateway-known",
        "VirtualService shop/x gateways",
        "got 'shop/public'",
        objects(
            virtual_service(
                "x",
                hosts=["shop.example.com"],
                gateways=["public"],
                http=[{"match": [{"uri": {"exact": "/x"}}], "route": [to()]}],
            )
        ),
    ),
    Mistake(
        "route-host-at-gateway",
        "VirtualService shop/shop hosts[0]",
        "it takes shop.example.com",
        {"routes": changed(ROUTES, 0, hosts=["store.example.com"])},
    ),
    Mistake(
        "route-host-once",
        "VirtualService shop/x hosts[0]",
        "VirtualService shop/web",
        objects(virtual_service("x", hosts=["web"], http=[{"route": [to()]}])),
    ),
    Mistake(
        "route-order-at-gateway",
        "VirtualService shop/x http[0]",
        "VirtualService shop/shop",
        objects(at_gateway("x", {"route": [to()]})),
    ),
    Mistake(
        "route-order-at-gateway",
        "VirtualService shop/x http[0]",
        "match different paths",
        objects(at_gateway("x", {"match": [{"uri": {"exact": "/orders"}}], "route": [to()]})),
    ),
    Mistake(
        "route-weights-sum",
        "VirtualService shop/web http[2].route",
        "80 + 10 = 90",
        service(0, canary={"weights": {"v1": 80, "v2": 10}, "preview_header": "x"}),
    ),
    Mistake(
        "route-weights-sum",
        "VirtualService shop/shop http[2].route",
        "60 + 60 = 120",
        rule(destinations=[{"service": "web", "subset": name, "weight": 60} for name in ("v1", "v2")]),
    ),
    Mistake(
        "route-leads-somewhere",
        "VirtualService shop/x http[0]",
        "leads nowhere",
        objects(inside("x", {"timeout": "1s"})),
    ),
    Mistake("route-leads-somewhere", "VirtualService shop/x has no rules", "add 'http'", objects(inside("x"))),
    Mistake(
        "route-reached",
        "VirtualService shop/shop http[3]",
        "is never reached",
        {"routes": changed(ROUTES, 0, rules=[{"destinations": [{"service": "web"}]}] * 2)},
    ),
    Mistake(
        "route-reached",
        "VirtualService shop/x http[1]",
        "is never reached",
        objects(inside("x", *({"match": [{"uri": {"prefix": prefix}}], "route": [to()]} for prefix in ("/a", "/a/b")))),
    ),
    Mistake(
        "route-attempt-in-time",
        "VirtualService shop/orders http[0].retries.perTryTimeout",
        "got 5s",
        service(1, retries={"attempt_timeout_seconds": 5}),
    ),
    Mistake(
        "route-pattern-valid",
        "VirtualService shop/x http[0].match[0].uri.regex",
        "is no regular expression",
        objects(inside("x", {"match": [{"uri": {"regex": "/(a"}}], "route": [to()]})),
    ),
    Mistake(
        "route-pattern-valid",
        "VirtualService shop/x http[0].match[0].uri.regex",
        "RE2",
        objects(inside("x", {"match": [{"uri": {"regex": "/(?!a)"}}], "route": [to()]})),
    ),
    Mistake(
        "route-claim-authenticated",
        "VirtualService shop/x http[0]",
        "checks no tokens",
        objects(
            at_gateway("x", {"match": [{"headers": {"@request.auth.claims.group": {"exact": "a"}}}], "route": [to()]})
        ),
    ),
    Mistake(
        "route-claim-authenticated",
        "VirtualService shop/x http[0]",
        "inside the mesh",
        objects(inside("x", {"match": [{"headers": {"@request.auth.claims.group": {"exact": "a"}}}], "route": [to()]})),
    ),
    Mistake(
        "rule-host-known", "DestinationRule shop/r host", "got 'gone'", objects(destination_rule("r", host="gone"))
    ),
    Mistake(
        "rule-subset-once",
        "DestinationRule shop/r subsets[0]",
        "DestinationRule shop/web.v1",
        objects(destination_rule("r", host="web", subsets=[{"name": "v1", "labels": {"version": "v1"}}])),
    ),
    Mistake(
        "rule-limits-once",
        "DestinationRule shop/r trafficPolicy",
        "DestinationRule shop/web",
        objects(destination_rule("r", host="web", trafficPolicy={"loadBalancer": {"simple": "RANDOM"}})),
    ),
    Mistake(
        "rule-subset-selects-workloads",
        "DestinationRule shop/r subsets[0].labels",
        "version=v8",
        objects(destination_rule("r", host="web", subsets=[{"name": "v8", "labels": {"version": "v8"}}])),
    ),
    Mistake(
        "rule-port-known",
        "DestinationRule shop/r subsets[0].trafficPolicy.portLevelSettings[0].port",
        "got 8080",
        objects(
            destination_rule(
                "r",
                host="web",
                subsets=[{"name": "new", "trafficPolicy": {"portLevelSettings": [{"port": {"number": 8080}}]}}],
            )
        ),
    ),
    Mistake(
        "rule-server-verified",
        "DestinationRule shop/r",
        "trusts any server",
        objects(
            destination_rule(
                "r",
                host="rates.example.org",
                subsets=[{"name": "x", "trafficPolicy": {"tls": {"mode": "SIMPLE", "insecureSkipVerify": True}}}],
            )
        ),
    ),
    Mistake(
        "gateway-selects-proxies",
        "Gateway istio-ingress/g selector",
        "istio=pubic",
        objects(gateway("g", "istio-ingress", selector={"istio": "pubic"}, servers=[])),
    ),
    Mistake(
        "gateway-selects-proxies",
        "Gateway shop/g selector",
        "app=web",
        objects(gateway("g", selector={"app": "web"}, servers=[])),
    ),
    Mistake(
        "gateway-host-once",
        "Gateway istio-ingress/g servers[0].hosts[0]",
        "Gateway istio-ingress/public",
        objects(gateway("g", "istio-ingress", selector={"istio": "public"}, servers=[server("shop.example.com")])),
    ),
    Mistake(
        "gateway-port-served",
        "Gateway istio-ingress/g servers[0].port",
        "they have 443, 80",
        objects(gateway("g", "istio-ingress", selector={"istio": "public"}, servers=[server("x.example.com", 8443)])),
    ),
    Mistake(
        "gateway-certificate-given",
        "Gateway istio-ingress/g servers[0].tls",
        "has no certificate",
        objects(
            gateway(
                "g",
                "istio-ingress",
                selector={"istio": "public"},
                servers=[server("x.example.com", tls={"mode": "SIMPLE"})],
            )
        ),
    ),
    Mistake(
        "mtls-modes-agree",
        "DestinationRule shop/r subsets[0].trafficPolicy.tls.mode",
        "PeerAuthentication istio-system/default",
        objects(
            destination_rule(
                "r", host="web", subsets=[{"name": "plain", "trafficPolicy": {"tls": {"mode": "DISABLE"}}}]
            )
        ),
    ),
    Mistake(
        "mtls-modes-agree",
        "DestinationRule back/r subsets[0].trafficPolicy.tls.mode",
        "PeerAuthentication back/x",
        {
            "mtls": {
                "exceptions": [
                    {"name": "x", "service": "legacy", "mode": "disable", "until": "2027-01-01", "reason": "r"}
                ]
            },
            "authorization": AUTHORIZATION[:3],
            **objects(
                destination_rule(
                    "r",
                    "back",
                    host="legacy",
                    subsets=[{"name": "mutual", "trafficPolicy": {"tls": {"mode": "ISTIO_MUTUAL"}}}],
                )
            ),
        },
    ),
    Mistake(
        "mtls-port-known",
        "PeerAuthentication shop/p portLevelMtls.80",
        "they have 8080",
        objects(peer("p", **SELECT_WEB, portLevelMtls={"80": {"mode": "STRICT"}})),
    ),
    Mistake(
        "mtls-port-selects",
        "PeerAuthentication shop/p portLevelMtls",
        "got none",
        objects(peer("p", portLevelMtls={"8080": {"mode": "STRICT"}})),
    ),
    Mistake(
        "mtls-exception-dated",
        "PeerAuthentication shop/p mtls.mode",
        "without an end, got PERMISSIVE",
        objects(peer("p", mtls={"mode": "PERMISSIVE"})),
    ),
    Mistake("access-not-for-all", "AuthorizationPolicy shop/a rules[0]", "lets everybody in", objects(allow("a", {}))),
    Mistake(
        "access-does-something",
        "AuthorizationPolicy shop/a rules",
        "denies nothing",
        objects(allow("a", action="DENY")),
    ),
    Mistake(
        "access-caller-known",
        "AuthorizationPolicy shop/a rules[0].from[0].source.principals[0]",
        "did you mean",
        objects(allow("a", caller(principals=["cluster.local/ns/shop/sa/wep"]))),
    ),
    Mistake(
        "access-namespace-known",
        "AuthorizationPolicy shop/a rules[0].from[0].source.namespaces[0]",
        "did you mean 'back'",
        objects(allow("a", caller(namespaces=["bakc"]))),
    ),
    Mistake(
        "access-namespace-known",
        "AuthorizationPolicy back/allow-legacy",
        "got 'monitoring'",
        {"authorization": changed(AUTHORIZATION, 3, from_namespaces=["monitoring"])},
    ),
    Mistake(
        "access-port-known",
        "AuthorizationPolicy shop/a rules[0].to[0].operation.ports[0]",
        "they have 8080",
        objects(allow("a", {**caller(namespaces=["shop"]), "to": [{"operation": {"ports": ["80"]}}]})),
    ),
    Mistake(
        "access-caller-has-certificate",
        "AuthorizationPolicy back/allow-legacy",
        "PeerAuthentication back/x takes plain text only",
        {
            "mtls": {
                "exceptions": [
                    {"name": "x", "service": "legacy", "mode": "disable", "until": "2027-01-01", "reason": "r"}
                ]
            }
        },
    ),
    Mistake(
        "jwt-has-audience",
        "RequestAuthentication shop/j jwtRules[0].audiences",
        "got issuer 'https://i'",
        objects(tokens("j", **SELECT_WEB, jwtRules=[{"issuer": "https://i"}])),
    ),
    Mistake(
        "jwt-token-required",
        "RequestAuthentication shop/j checks tokens",
        "notRequestPrincipals",
        objects(tokens("j", **SELECT_WEB, jwtRules=[{"issuer": "https://i", "audiences": ["a"]}])),
    ),
    Mistake(
        "jwt-issuer-once",
        "RequestAuthentication shop/j jwtRules[0].issuer",
        "RequestAuthentication shop/jwt-orders",
        objects(
            tokens(
                "j",
                selector={"matchLabels": {"app": "orders"}},
                jwtRules=[{"issuer": "https://login.example.com", "audiences": ["a"]}],
            )
        ),
    ),
    Mistake(
        "jwt-keys-secured",
        "RequestAuthentication shop/j jwtRules[0].jwksUri",
        "got 'http://i'",
        objects(tokens("j", **SELECT_WEB, jwtRules=[{"issuer": "i", "audiences": ["a"], "jwksUri": "http://i"}])),
    ),
    Mistake(
        "jwt-issuer-taken",
        "AuthorizationPolicy shop/a rules[0].from[0].source.requestPrincipals[0]",
        "got 'https://i'",
        objects(allow("a", caller(requestPrincipals=["https://i/*"]))),
    ),
    Mistake(
        "jwt-issuer-taken",
        "AuthorizationPolicy shop/allow-orders rules[0].when[0].values[0]",
        "add the service",
        {"jwt": changed(JWT, 0, services=["web"])},
    ),
    Mistake(
        "external-host-once",
        "ServiceEntry istio-system/e hosts[0]",
        "ServiceEntry istio-system/rates",
        objects(entry("e", "istio-system", hosts=["rates.example.org"], ports=[])),
    ),
    Mistake(
        "external-host-outside",
        "ServiceEntry shop/e hosts[0]",
        "is a service of the mesh",
        objects(entry("e", hosts=[WEB], ports=[])),
    ),
    Mistake(
        "external-found",
        "ServiceEntry shop/e hosts[0]",
        "got '*.x.org'",
        objects(entry("e", hosts=["*.x.org"], ports=[], resolution="DNS")),
    ),
    Mistake(
        "external-found",
        "ServiceEntry shop/e endpoints",
        "give 'addresses'",
        objects(entry("e", hosts=["x.org"], ports=[], resolution="STATIC")),
    ),
    Mistake(
        "external-port-once",
        "ServiceEntry istio-system/rates ports[1]",
        "got 80",
        {
            "external_services": [
                {
                    "name": "rates",
                    "hosts": ["rates.example.org"],
                    "ports": [{"number": 80}, {"number": 80, "protocol": "tls"}],
                }
            ]
        },
    ),
    Mistake(
        "filter-patch-applies",
        "EnvoyFilter shop/f configPatches[0].patch.operation",
        "got ADD",
        objects(envoy_filter("f", configPatches=[{"applyTo": "HTTP_ROUTE", "patch": {"operation": "ADD"}}])),
    ),
]
"""Each fails the preview."""

ODDITIES = [
    Mistake(
        "route-mirror-elsewhere",
        "VirtualService shop/web http[2].mirrors[0].destination",
        "name another subset",
        service(0, mirror={"subset": "v1"}),
    ),
    Mistake(
        "route-fault-meant",
        "VirtualService shop/web http[0].fault",
        "take it out",
        service(0, fault={"delay_seconds": 1}),
    ),
    Mistake(
        "rule-found-by-clients",
        "DestinationRule back/r",
        "put it into 'shop'",
        objects(destination_rule("r", "back", host=WEB)),
    ),
    Mistake(
        "gateway-certificate-once",
        "Gateway istio-ingress/g servers[0].tls.credentialName",
        "Gateway istio-ingress/public",
        objects(
            gateway(
                "g",
                "istio-ingress",
                selector={"istio": "public"},
                servers=[server("x.example.com", tls={"mode": "SIMPLE", "credentialName": "shop-tls"})],
            )
        ),
    ),
    Mistake(
        "gateway-has-route",
        "Gateway istio-ingress/public servers[0].hosts[1]",
        "got 'x.example.com'",
        {
            "gateways": [
                {**PUBLIC, "servers": [{"hosts": ["shop.example.com", "x.example.com"], "credential": "shop-tls"}]}
            ],
            "external_services": [],
        },
    ),
    Mistake(
        "access-deny-by-port",
        "AuthorizationPolicy shop/a rules[0]",
        "got 5432",
        objects(
            policy(
                "a",
                selector={"matchLabels": {"app": "orders"}},
                action="DENY",
                rules=[{"to": [{"operation": {"paths": ["/admin*"]}}]}],
            )
        ),
    ),
    Mistake(
        "filter-order-given",
        "EnvoyFilter shop/f configPatches[0].patch.operation",
        "give 'priority'",
        objects(envoy_filter("f", configPatches=[{"applyTo": "HTTP_FILTER", "patch": {"operation": "INSERT_BEFORE"}}])),
    ),
]
"""Each is logged."""
