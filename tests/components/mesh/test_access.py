"""Mutual TLS, authorisation, tokens and rate limits, as plans."""

import pytest

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.checks.mutual_tls import REASON, UNTIL
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.core.errors import PlatformError
from support.istio_schemas import schema_faults
from support.mesh_services import AUTHORIZATION, JWT, SERVICES, shop_args
from support.meshes import PUBLIC, mesh_args

SUBJECT = "MeshComponent 'main'"
EXCEPTION = {"name": "x", "service": "legacy", "until": "2027-01-31", "reason": "batch"}


def planned(environment="prod", **more):
    args = MeshArgs.parse(SUBJECT, shop_args(environment, **more))
    return {one.id: one for one in plan_mesh("main", args, subject=SUBJECT).objects}


def refused(environment="prod", **more):
    with pytest.raises(PlatformError) as caught:
        planned(environment, **more)
    return [str(finding) for finding in caught.value.findings]


def exceptions(**more):
    return {"mtls": {"exceptions": [{**EXCEPTION, **more}]}}


def test_a_mesh_is_strict_and_lets_nobody_in_by_default():
    plan = plan_mesh("main", MeshArgs.parse(SUBJECT, mesh_args()), subject=SUBJECT)
    objects = {one.id: one for one in plan.objects}
    assert objects["mtls"].spec == {"mtls": {"mode": "STRICT"}}
    assert objects["deny-all"].spec == {}, "no rule fits, so that nothing is let in"
    assert {objects[id_].namespace for id_ in ("mtls", "deny-all")} == {"istio-system"}
    assert objects["mtls"].annotations == {}


def test_the_way_to_strict_has_an_end_and_namespaces_that_are_there_already():
    objects = planned(mtls={"mode": "permissive", "until": "2027-01-31", "strict_namespaces": ["shop"]})
    assert objects["mtls"].spec == {"mtls": {"mode": "PERMISSIVE"}}
    assert objects["mtls"].annotations == {UNTIL: "2027-01-31"}
    ahead = objects["mtls-strict-shop"]
    assert (ahead.namespace, ahead.name, ahead.spec) == ("shop", "default", {"mtls": {"mode": "STRICT"}})
    assert planned("dev", mtls={"mode": "permissive"})["mtls"].annotations == {}


def test_an_exception_is_for_ports_of_pods_and_carries_its_end_and_reason():
    services = [*SERVICES[:2], {**SERVICES[2], "ports": [{"number": 3306, "target_port": 13306, "protocol": "tcp"}]}]
    one = planned(services=services, **exceptions(ports=[3306]))["mtls-exception-x"]
    assert one.spec == {
        "selector": {"matchLabels": {"app": "legacy"}},
        "portLevelMtls": {"13306": {"mode": "PERMISSIVE"}},
    }
    assert (one.namespace, one.name) == ("back", "x")
    assert one.annotations == {UNTIL: "2027-01-31", REASON: "batch"}


def test_an_exception_may_be_for_a_whole_service_or_namespace():
    whole = planned(**exceptions(mode="permissive"))["mtls-exception-x"]
    assert whole.spec == {"selector": {"matchLabels": {"app": "legacy"}}, "mtls": {"mode": "PERMISSIVE"}}
    wide = planned(**exceptions(service=None, namespace="back"))["mtls-exception-x"]
    assert (wide.namespace, wide.name, wide.spec) == ("back", "default", {"mtls": {"mode": "PERMISSIVE"}})


def test_exceptions_stand_before_the_mesh_is_strict():
    assert planned(**exceptions())["mtls"].after == ("mtls-exception-x",)


def test_callers_are_let_in_by_their_identity():
    objects = planned()
    assert objects["allow-web"].spec == {
        "selector": {"matchLabels": {"app": "web"}},
        "action": "ALLOW",
        "rules": [
            {
                "from": [{"source": {"principals": ["cluster.local/ns/istio-ingress/sa/gateway-public"]}}],
                "to": [{"operation": {"methods": ["GET", "POST"]}}],
            }
        ],
    }
    (rule,) = objects["allow-orders"].spec["rules"]
    assert rule["from"] == [{"source": {"principals": ["cluster.local/ns/shop/sa/web"]}}]
    assert rule["to"] == [{"operation": {"ports": ["8080"]}}]
    assert rule["when"] == [{"key": "request.auth.claims[iss]", "values": ["https://login.example.com"]}]
    (rule,) = objects["allow-legacy"].spec["rules"]
    assert rule == {"from": [{"source": {"namespaces": ["shop"]}}]}


def test_rules_are_held_at_the_ports_of_pods():
    allowed = {"name": "web-port", "service": "web", "from_namespaces": ["back"], "ports": [80], "paths": ["/x/*"]}
    (rule,) = planned(authorization=[*AUTHORIZATION, allowed])["allow-web-port"].spec["rules"]
    assert rule["to"] == [{"operation": {"ports": ["8080"], "paths": ["/x/*"]}}]


def test_the_service_account_is_the_identity_of_a_service():
    asked = {"name": "x", "service": "web", "from_services": ["shop/orders"]}
    (rule,) = planned(authorization=[asked])["allow-x"].spec["rules"]
    assert rule["from"][0]["source"]["principals"] == ["cluster.local/ns/shop/sa/orders-writer"]


def test_who_is_let_in_is_let_in_before_the_others_are_shut_out():
    objects = planned()
    allowed = {one.id for one in objects.values() if one.id.startswith("allow")}
    assert set(objects["deny-all"].after) == allowed
    assert len(allowed) == 6


def test_gateways_let_in_requests_for_their_hosts():
    idle = {"name": "idle", "servers": [{"hosts": ["*.idle.example.com"], "credential": "x"}]}
    objects = planned(gateways=[*shop_args()["gateways"], idle])
    way_in, way_out = objects["allow-gateway-public"], objects["allow-gateway-out"]
    hosts = ["shop.example.com", "shop.example.com:*"]
    assert way_in.spec["selector"] == {"matchLabels": {"istio": "public"}}
    assert way_in.spec["rules"] == [{"to": [{"operation": {"ports": ["443", "80"], "hosts": hosts}}]}]
    assert way_out.spec["rules"] == [
        {
            "to": [{"operation": {"ports": ["443"]}}],
            "when": [{"key": "connection.sni", "values": ["api.example.com"]}],
        }
    ]
    (rule,) = objects["allow-gateway-idle"].spec["rules"]
    assert rule["to"][0]["operation"]["hosts"] == ["*.idle.example.com"], "routes of other stacks are not known here"


def test_callers_from_the_mesh_alone_leave_by_a_gateway():
    out = {"name": "out", "direction": "egress", "servers": [{"hosts": ["a.example.com"], "protocol": "http"}]}
    outside = {"name": "a", "hosts": ["a.example.com"], "ports": [{"number": 80}], "egress_gateway": "out"}
    (rule,) = planned(gateways=[PUBLIC, out], external_services=[outside])["allow-gateway-out"].spec["rules"]
    assert rule["from"] == [{"source": {"namespaces": ["shop", "back"]}}]
    assert rule["to"][0]["operation"]["hosts"] == ["a.example.com", "a.example.com:*"]


def test_nobody_leaves_by_a_gateway_of_a_mesh_without_members():
    out = {"name": "out", "direction": "egress", "servers": [{"hosts": ["a.example.com"], "protocol": "http"}]}
    plan = plan_mesh("main", MeshArgs.parse(SUBJECT, mesh_args(gateways=[out])), subject=SUBJECT)
    assert "allow-gateway-out" not in {one.id for one in plan.objects}, "Istio takes no rule without a caller"


def test_tokens_are_asked_for_wherever_they_are_taken():
    objects = planned()
    selector = {"matchLabels": {"app": "orders"}}
    assert objects["jwt-shop.orders"].spec == {
        "selector": selector,
        "jwtRules": [
            {
                "issuer": "https://login.example.com",
                "audiences": ["shop"],
                "jwksUri": "https://login.example.com/keys",
            }
        ],
    }
    required = objects["jwt-required-shop.orders"]
    assert (required.spec["selector"], required.spec["action"]) == (selector, "DENY")
    (rule,) = required.spec["rules"]
    assert rule["from"] == [{"source": {"notRequestPrincipals": ["https://login.example.com/*"]}}]
    assert rule["to"] == [{"operation": {"ports": ["8080", "9090"], "notPaths": ["/healthz"]}}], "5432 speaks tcp"
    assert required.after == ("jwt-shop.orders",)


def test_several_issuers_of_one_place_share_its_objects():
    second = {"name": "bots", "issuer": "bots", "audiences": ["a", "b"], "jwks": "{}", "forwarded": True}
    jwt = [{**JWT[0], "gateways": ["public"]}, {**second, "services": ["orders", "web"]}]
    objects = planned(jwt=jwt)
    rules = objects["jwt-shop.orders"].spec["jwtRules"]
    assert [rule["issuer"] for rule in rules] == ["https://login.example.com", "bots"]
    assert rules[1]["jwks"] == "{}"
    assert rules[1]["forwardOriginalToken"] is True
    (rule,) = objects["jwt-required-shop.orders"].spec["rules"]
    assert rule["from"][0]["source"]["notRequestPrincipals"] == ["https://login.example.com/*", "bots/*"]
    gateway = objects["jwt-istio-ingress.gateway-public"]
    assert (gateway.namespace, gateway.spec["selector"]) == ("istio-ingress", {"matchLabels": {"istio": "public"}})
    assert "jwt-required-istio-ingress.gateway-public" in objects
    assert {one.id for one in objects.values() if one.kind == "RequestAuthentication"} == {
        *("jwt-shop.orders", "jwt-shop.web", "jwt-istio-ingress.gateway-public")
    }


def test_rate_limits_count_in_proxies_of_services_and_gateways():
    objects = planned()
    buckets = {}
    for name in ("web", "public"):
        one = objects[f"rate-limit-{name}"]
        (patch,) = one.spec["configPatches"]
        bucket = patch["patch"]["value"]["typed_config"]["token_bucket"]
        buckets[name] = (one.namespace, one.spec["workloadSelector"]["labels"], patch["match"]["context"], bucket)
    assert buckets == {
        "web": (
            "shop",
            {"app": "web"},
            "SIDECAR_INBOUND",
            {"max_tokens": 100, "tokens_per_fill": 100, "fill_interval": "60s"},
        ),
        "public": (
            "istio-ingress",
            {"istio": "public"},
            "GATEWAY",
            {"max_tokens": 2000, "tokens_per_fill": 1000, "fill_interval": "1s"},
        ),
    }


@pytest.mark.parametrize(
    "given",
    [
        {"mtls": {"mode": "permissive", "until": "2027-01-31", "strict_namespaces": ["shop"]}},
        exceptions(service=None, namespace="back"),
        {"jwt": [{**JWT[0], "gateways": ["public"], "jwks_url": None, "jwks": "{}", "forwarded": True}]},
    ],
    ids=["stage", "namespace", "gateway"],
)
def test_every_object_is_one_that_the_api_server_takes(given):
    for one in planned(**given).values():
        assert schema_faults({"apiVersion": one.api_version, "kind": one.kind, "spec": one.spec}) == [], one.shown


def allow(**more):
    return {"authorization": [{"name": "x", "service": "orders", "from_namespaces": ["shop"], **more}]}


def issuer(**more):
    return {"jwt": [{**JWT[0], **more}], "authorization": [AUTHORIZATION[0]]}


def limit(**more):
    return {"rate_limits": [{"name": "x", "requests": 1, **more}]}


NO_TCP = "needs ports that speak HTTP, got 5432; name the ports in 'ports'"
WRONG = [
    ({"mtls": {"mode": "disable"}}, "mtls.mode: leaves the whole mesh in plain text, got 'disable'; use 'permissive'"),
    (
        {"mtls": {"mode": "permissive"}},
        "mtls.until: is required outside dev while the mesh is permissive; say by when it is strict",
    ),
    (
        {"mtls": {"until": "2027-01-31"}},
        "mtls.until: says nothing while the whole mesh is strict; leave it out",
    ),
    (
        {"mtls": {"strict_namespaces": ["shop"]}},
        "mtls.strict_namespaces: says nothing while the whole mesh is strict; leave it out",
    ),
    (exceptions(mode="strict"), "mtls.exceptions[0].mode: is no exception, got 'strict'; use 'permissive'"),
    (exceptions(namespace="back"), "mtls.exceptions[0]: is for either a namespace or a service, got both"),
    (exceptions(service=None), "mtls.exceptions[0]: is for either a namespace or a service, got neither"),
    (
        exceptions(service=None, namespace="back", ports=[1]),
        "mtls.exceptions[0].ports: are those of a service, got a namespace; name the service instead of the namespace",
    ),
    (exceptions(ports=[80]), "mtls.exceptions[0].ports[0]: is no port of back/legacy, got 80; use one of 3306"),
    (
        allow(from_namespaces=None),
        "authorization[0]: lets everybody in; name 'from_services', 'from_gateways' or 'from_namespaces'",
    ),
    (
        allow(ports=[80]),
        "authorization[0].ports[0]: is no port of shop/orders, got 80; use one of 8080, 9090, 5432",
    ),
    (allow(methods=["GET"]), f"authorization[0].methods: {NO_TCP}"),
    (allow(paths=["/a"]), f"authorization[0].paths: {NO_TCP}"),
    (issuer(services=None), "jwt[0]: is taken nowhere; name 'services' or 'gateways'"),
    (issuer(jwks="{}"), "jwt[0].jwks: is given beside 'jwks_url'; leave one of them out"),
    (limit(), "rate_limits[0]: is for either a service or a gateway, got neither"),
    (limit(service="web", gateway="public"), "rate_limits[0]: is for either a service or a gateway, got both"),
    (
        limit(service="orders"),
        (
            "rate_limits[0].service: has ports whose requests cannot be counted, got tcp; "
            "limit services that speak HTTP only"
        ),
    ),
    (
        {"services": [*SERVICES, {**SERVICES[0], "namespace": "back"}]},
        (
            "authorization[0].service: is the name of several services, got 'web' [service-known]; "
            "write one of shop/web, back/web"
        ),
    ),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=[said.partition(" ")[0] for _, said in WRONG])
def test_what_cannot_be_planned_is_refused_by_name(given, said):
    assert said in refused(**given)


SHAPES = [
    (issuer(audiences=[]), "jwt[0].audiences: must have at least 1 entries"),
    (issuer(audiences=None), "jwt[0].audiences: must be a list, got nothing"),
    (issuer(issuer=""), "jwt[0].issuer: must have at least 1 characters"),
    (
        issuer(jwks_url="http://x"),
        "jwt[0].jwks_url: must begin with 'https://', got 'http://x'; keys that come over plain text can be anybody's",
    ),
    (issuer(open_paths=["x"]), "jwt[0].open_paths[0]: must begin with '/', got 'x'"),
    (exceptions(until="soon"), "mtls.exceptions[0].until: is not a date, got 'soon'; write it as '2026-12-31'"),
    (exceptions(until="20270131"), "mtls.exceptions[0].until: is not a date, got '20270131'; write it as"),
    (exceptions(until="2027-02-29"), "mtls.exceptions[0].until: is not a date, got '2027-02-29'"),
    (exceptions(reason=""), "mtls.exceptions[0].reason: must have at least 1 characters"),
    (
        {"mtls": {"exceptions": [{"name": "x", "service": "web", "reason": "r"}]}},
        "mtls.exceptions[0].until: is required",
    ),
    ({"mtls": {"mode": "none"}}, "mtls.mode: must be one of"),
    (limit(service="web", requests=0), "rate_limits[0].requests: must be at least 1, got 0"),
    (allow(methods=["G T"]), "authorization[0].methods: is not a method of HTTP"),
]


@pytest.mark.parametrize(("given", "said"), SHAPES, ids=[said.partition(" ")[0] for _, said in SHAPES])
def test_what_has_no_shape_is_refused_by_name(given, said):
    assert any(line.startswith(said) for line in refused(**given)), refused(**given)


JOB = {"name": "nightly", "namespace": "back"}


def test_pods_that_no_service_leads_to_may_call_too():
    asked = {"name": "x", "service": "web", "from_services": ["nightly", "back/report", "orders"]}
    jobs = [JOB, {**JOB, "name": "report", "service_account": "reporter", "labels": {"job": "report"}}]
    limited = {"kind": "Sidecar", "name": "report", "namespace": "back"}
    limited["spec"] = {"workloadSelector": {"labels": {"job": "report"}}}
    (rule,) = planned(authorization=[asked], workloads=jobs, objects=[limited])["allow-x"].spec["rules"]
    assert rule["from"][0]["source"]["principals"] == [
        *(
            "cluster.local/ns/back/sa/nightly",
            "cluster.local/ns/back/sa/reporter",
            "cluster.local/ns/shop/sa/orders-writer",
        )
    ]


def test_workloads_have_names_of_their_own_and_no_one_calls_them():
    assert refused(workloads=[JOB, JOB]) == [
        "workloads[1]: is a service or workload already, got 'back/nightly'; use another name"
    ]
    assert refused(workloads=[{"name": "legacy", "namespace": "back"}]) == [
        "workloads[0]: is a service or workload already, got 'back/legacy'; use another name"
    ]
    to_job = {"name": "x", "service": "nightly", "from_namespaces": ["shop"]}
    assert refused(workloads=[JOB], authorization=[to_job]) == [
        "authorization[0].service: is no service of the mesh, got 'nightly' [service-known]; add it to 'services'"
    ]
    unknown = {"name": "x", "service": "web", "from_services": ["weekly"]}
    assert refused(workloads=[JOB], authorization=[unknown], jwt=[]) == [
        (
            "authorization[0].from_services[0]: is no service of the mesh, got 'weekly' [service-known]; "
            "add it to 'services' or 'workloads'"
        )
    ]
