"""Services, routes and calls to the outside, as plans."""

import copy

import pytest

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.ownership import ROUTE, ignored
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.core.errors import PlatformError
from support.istio_schemas import schema_faults
from support.mesh_services import EXTERNAL, ROUTES, SERVICES, shop_args
from support.meshes import OUT, PUBLIC

SUBJECT = "MeshComponent 'main'"
WEB, ORDERS = "web.shop.svc.cluster.local", "orders.shop.svc.cluster.local"
BARE = {
    "services": None,
    "routes": None,
    "external_services": None,
    "authorization": None,
    "jwt": None,
    "rate_limits": None,
    "mtls": None,
    "gateways": [PUBLIC],
}
PLAIN = {"name": "web", "namespace": "shop", "ports": [{"number": 80}]}
RETRIES = {"attempts": 2, "retryOn": "connect-failure,refused-stream,unavailable"}


def planned(environment="prod", **more):
    args = MeshArgs.parse(SUBJECT, shop_args(environment, **more))
    return {one.id: one for one in plan_mesh("main", args, subject=SUBJECT).objects}


def bare(environment="prod", **more):
    return planned(environment, **{**BARE, **more})


def refused(**more):
    with pytest.raises(PlatformError) as caught:
        bare(**more)
    return [str(finding) for finding in caught.value.findings]


def service(**more):
    return {"services": [{**PLAIN, **more}]}


def routes(**more):
    rule = {"destinations": [{"service": "web"}], **more}
    return {"services": [PLAIN], "routes": [{**ROUTES[0], "rules": [rule]}]}


def external(**more):
    fields = {"name": "api", "hosts": ["api.example.com"], "ports": [{"number": 443, "protocol": "tls"}]}
    return {"external_services": [{**fields, **more}]}


def test_every_object_is_one_that_the_api_server_takes():
    for one in planned().values():
        assert schema_faults({"apiVersion": one.api_version, "kind": one.kind, "spec": one.spec}) == [], one.shown


def test_a_service_is_limited_timed_out_and_tried_again_by_default():
    objects = bare(**service())
    assert objects["limits-shop.web"].spec == {
        "host": WEB,
        "trafficPolicy": {
            "connectionPool": {
                "tcp": {"maxConnections": 100, "connectTimeout": "3s"},
                "http": {"http1MaxPendingRequests": 100, "http2MaxRequests": 1000, "idleTimeout": "300s"},
            },
            "outlierDetection": {
                "consecutive5xxErrors": 5,
                "interval": "10s",
                "baseEjectionTime": "30s",
                "maxEjectionPercent": 50,
            },
        },
    }
    route = [{"destination": {"host": WEB, "port": {"number": 80}}}]
    assert objects["service-shop.web"].spec == {
        "hosts": [WEB],
        "http": [{"name": "main-80", "route": route, "timeout": "15s", "retries": RETRIES}],
    }


def test_limits_are_those_that_are_asked_for():
    pool = {
        "maximum_connections": 7,
        "maximum_pending_requests": 8,
        "maximum_requests": 9,
        "requests_per_connection": 10,
        "connect_timeout_seconds": 0.25,
        "idle_timeout_seconds": 90,
    }
    outliers = {
        "consecutive_errors": 3,
        "interval_seconds": 1.5,
        "ejection_seconds": 60,
        "maximum_ejected_percent": 10,
    }
    subset = {"name": "v1", "connection_pool": pool, "outlier_detection": outliers}
    objects = bare(**service(connection_pool=pool, outlier_detection=outliers, subsets=[subset]))
    policy = {
        "connectionPool": {
            "tcp": {"maxConnections": 7, "connectTimeout": "250ms"},
            "http": {
                "http1MaxPendingRequests": 8,
                "http2MaxRequests": 9,
                "maxRequestsPerConnection": 10,
                "idleTimeout": "90s",
            },
        },
        "outlierDetection": {
            "consecutive5xxErrors": 3,
            "interval": "1500ms",
            "baseEjectionTime": "60s",
            "maxEjectionPercent": 10,
        },
    }
    assert objects["limits-shop.web"].spec["trafficPolicy"] == policy
    assert objects["subset-shop.web.v1"].spec["subsets"][0]["trafficPolicy"] == policy


def test_each_subset_is_a_rule_of_its_own_which_routes_follow():
    objects = planned()
    rule = objects["subset-shop.web.v2"]
    assert rule.name == "web.v2"
    assert rule.spec["host"] == WEB
    assert [one["labels"] for one in rule.spec["subsets"]] == [{"version": "v2"}]
    assert "trafficPolicy" not in rule.spec, "Istio takes the limits of one rule of a host and leaves the others"
    needed = {"limits-shop.web", *(f"subset-shop.web.{name}" for name in ("v1", "v2", "next"))}
    assert needed <= set(objects["service-shop.web"].after)
    assert {*needed, "gateway-public", "limits-shop.orders"} <= set(objects["route-shop"].after)
    assert {"external-payments", "gateway-out"} <= set(objects["egress-payments.api.example.com"].after)


def test_new_versions_get_nothing_before_they_are_told_to():
    (rule,) = bare(**service(subsets=[{"name": "v1"}, {"name": "v2"}]))["service-shop.web"].spec["http"]
    assert rule["route"] == [{"destination": {"host": WEB, "subset": "v1", "port": {"number": 80}}}]


def shares(rule):
    return {one["destination"]["subset"]: one.get("weight", 100) for one in rule["route"]}


def test_a_canary_gets_its_share_and_whoever_asks_for_it():
    preview_v1, preview_v2, main = planned()["service-shop.web"].spec["http"]
    assert preview_v1["match"] == [{"headers": {"x-version": {"exact": "v1"}}}]
    assert (shares(preview_v1), shares(preview_v2)) == ({"v1": 100}, {"v2": 100})
    assert "match" not in main
    assert shares(main) == {"v1": 90, "v2": 10}
    copies = {"host": WEB, "subset": "next", "port": {"number": 80}}
    assert main["mirrors"] == [{"destination": copies, "percentage": {"value": 5}}]
    assert "mirrors" not in preview_v2


def test_one_of_two_colours_takes_all_and_a_header_leads_to_the_other():
    rules = planned()["service-shop.orders"].spec["http"]
    assert [rule["name"] for rule in rules] == [*("preview-green-8080", "main-8080", "preview-green-9090", "main-9090")]
    assert rules[0]["match"] == [{"port": 8080, "headers": {"x-preview": {"exact": "green"}}}]
    assert [shares(rule) for rule in rules[:2]] == [{"green": 100}, {"blue": 100}]
    assert rules[1]["match"] == [{"port": 8080}]


def test_switching_colours_changes_the_route_and_no_rule_of_a_subset():
    switched = copy.deepcopy(SERVICES)
    switched[1]["blue_green"] = {"active": "green", "idle": "blue"}
    before, after = planned(), planned(services=switched)
    assert {id_ for id_ in before if before[id_] != after[id_]} == {"service-shop.orders", "route-shop"}


def test_ports_that_speak_tcp_are_shared_out_too_and_have_no_requests():
    spec = planned()["service-shop.orders"].spec
    tcp = {"host": ORDERS, "subset": "blue", "port": {"number": 5432}}
    assert spec["tcp"] == [{"match": [{"port": 5432}], "route": [{"destination": tcp}]}]
    limits = planned()["limits-back.legacy"].spec["trafficPolicy"]["connectionPool"]
    assert limits == {"tcp": {"maxConnections": 100, "connectTimeout": "3s", "idleTimeout": "300s"}}


def test_tls_that_passes_through_has_limits_and_no_route():
    objects = bare(**service(ports=[{"number": 443, "protocol": "tls"}]))
    assert "limits-shop.web" in objects
    assert "service-shop.web" not in objects


def test_faults_are_injected():
    fault = {"delay_seconds": 0.5, "delay_percent": 10, "abort_status": 503}
    (rule,) = bare(**service(fault=fault))["service-shop.web"].spec["http"]
    assert rule["fault"] == {
        "delay": {"fixedDelay": "500ms", "percentage": {"value": 10}},
        "abort": {"httpStatus": 503, "percentage": {"value": 100}},
    }


def test_requests_may_be_tried_once_only():
    (rule,) = bare(**service(retries={"attempts": 0}))["service-shop.web"].spec["http"]
    assert rule["retries"] == {"attempts": 0}


def test_shares_that_a_rollout_controller_moves_are_left_alone():
    services = copy.deepcopy(SERVICES)
    services[0]["canary"]["rollout_controller_enabled"] = True
    objects = planned(services=services)
    assert objects["service-shop.web"].ignored == objects["route-shop"].ignored == ignored(ROUTE) != ()
    assert planned()["route-shop"].ignored == ()


def test_a_route_repeats_what_its_services_say():
    preview_green, orders, preview_v1, preview_v2, web = planned()["route-shop"].spec["http"]
    assert orders["match"] == [
        {"uri": {"prefix": "/orders/"}, "method": {"exact": "GET"}},
        {"uri": {"exact": "/orders"}},
    ]
    by_header = {"headers": {"x-preview": {"exact": "green"}}}
    assert preview_green["match"] == [{**match, **by_header} for match in orders["match"]]
    for rule, subset in ((preview_green, "green"), (orders, "blue")):
        assert rule["rewrite"] == {"uri": "/"}
        assert rule["route"] == [{"destination": {"host": ORDERS, "port": {"number": 8080}, "subset": subset}}]
        assert (rule["timeout"], rule["retries"]["perTryTimeout"]) == ("2500ms", "500ms")
    assert preview_v1["match"] == [{"headers": {"x-version": {"exact": "v1"}}}]
    assert [shares(rule) for rule in (preview_v1, preview_v2, web)] == [{"v1": 100}, {"v2": 100}, {"v1": 90, "v2": 10}]
    assert (web["timeout"], web["retries"]) == ("15s", RETRIES)
    assert [one["destination"]["subset"] for one in web["mirrors"]] == ["next"]
    assert "mirrors" not in preview_v2


def test_a_route_to_a_subset_leads_there_and_nowhere_else():
    rules = [{"destinations": [{"service": "web", "subset": "v1"}]}]
    (rule,) = planned(routes=[{**ROUTES[0], "rules": rules}])["route-shop"].spec["http"]
    assert shares(rule) == {"v1": 100}
    assert "mirrors" not in rule


def test_a_route_that_asks_for_the_header_itself_decides():
    rules = [
        {"matches": [{"headers": {"x-version": "v9"}}], "destinations": [{"service": "web", "subset": "v2"}]},
        {"matches": [{"headers": {"x-version": "v8"}}], "destinations": [{"service": "web"}]},
    ]
    first, second = planned(routes=[{**ROUTES[0], "rules": rules}])["route-shop"].spec["http"]
    assert (shares(first), shares(second)) == ({"v2": 100}, {"v1": 90, "v2": 10})


def test_a_route_may_say_otherwise():
    objects = bare(**routes(timeout_seconds=1, retries={"attempts": 1}, fault={"abort_status": 418}))
    (rule,) = objects["route-shop"].spec["http"]
    assert (rule["timeout"], rule["retries"]["attempts"], rule["fault"]["abort"]["httpStatus"]) == ("1s", 1, 418)


def test_a_route_inside_the_mesh_may_lead_outside():
    inside = {
        "name": "rates",
        "namespace": "shop",
        "hosts": ["rates.example.org"],
        "rules": [{"destinations": [{"service": "rates.example.org", "port": 80}], "timeout_seconds": 3}],
    }
    spec = planned(routes=[*ROUTES, inside])["route-rates"].spec
    assert "gateways" not in spec
    assert spec["http"][0]["route"] == [{"destination": {"host": "rates.example.org", "port": {"number": 80}}}]


def test_a_gateway_that_lets_tls_through_is_routed_by_the_name_of_the_server():
    passing = {"name": "public", "servers": [{"hosts": ["shop.example.com"], "protocol": "tls"}]}
    given = {"gateways": [passing], **routes(), **service(ports=[{"number": 443, "protocol": "tls"}])}
    spec = bare(**given)["route-shop"].spec
    destination = {"host": WEB, "port": {"number": 443}}
    assert spec["tls"] == [{"match": [{"sniHosts": ["shop.example.com"]}], "route": [{"destination": destination}]}]
    assert "http" not in spec
    given["routes"] = routes(timeout_seconds=1)["routes"]
    said = "needs a gateway that ends TLS, got one that lets it pass through; leave it out"
    assert refused(**given) == [f"routes[0].rules[0].timeout_seconds: {said}"]


def test_services_outside_are_looked_up_by_name_unless_they_have_addresses():
    objects = planned()
    assert {id_: one.spec["resolution"] for id_, one in objects.items() if one.kind == "ServiceEntry"} == {
        "external-payments": "DNS",
        "external-rates": "DNS",
        "external-cloud": "NONE",
        "external-mainframe": "STATIC",
    }
    mainframe = objects["external-mainframe"].spec
    assert (mainframe["addresses"], mainframe["endpoints"]) == (["10.9.0.10"], [{"address": "10.9.0.10"}])
    assert all(one.namespace == "istio-system" for one in objects.values() if one.kind == "ServiceEntry")


def test_who_may_call_outside_can_be_said():
    objects = planned()
    for id_ in ("external-payments", "external-limits-payments.api.example.com", "egress-payments.api.example.com"):
        assert objects[id_].spec["exportTo"] == ["shop", "istio-egress"]
    assert "exportTo" not in objects["external-rates"].spec


def test_proxies_make_tls_of_plain_http_and_check_the_server():
    objects = planned()
    (port,) = objects["external-rates"].spec["ports"]
    assert port == {"number": 80, "name": "http-80", "protocol": "HTTP", "targetPort": 443}
    policy = objects["external-limits-rates.rates.example.org"].spec["trafficPolicy"]
    (setting,) = policy["portLevelSettings"]
    host = "rates.example.org"
    assert setting["tls"] == {"mode": "SIMPLE", "sni": host, "subjectAltNames": [host]}
    assert setting["connectionPool"] == policy["connectionPool"], "what a port says takes the place of all above it"


def test_tls_leaves_by_the_gateway_as_it_is():
    spec = planned()["egress-payments.api.example.com"].spec
    host, proxies = "api.example.com", "gateway-out.istio-egress.svc.cluster.local"
    assert (spec["hosts"], spec["gateways"]) == ([host], ["mesh", "istio-egress/out"])
    assert spec["tls"] == [
        {
            "match": [{"gateways": ["mesh"], "port": 443, "sniHosts": [host]}],
            "route": [{"destination": {"host": proxies, "port": {"number": 443}}}],
        },
        {
            "match": [{"gateways": ["istio-egress/out"], "port": 443, "sniHosts": [host]}],
            "route": [{"destination": {"host": host, "port": {"number": 443}}}],
        },
    ]


def test_plain_http_goes_to_the_gateway_in_mutual_tls():
    out = {**OUT, "servers": [{"hosts": ["api.example.com"], "protocol": "http"}]}
    asked = external(ports=[{"number": 8080}], egress_gateway="out")
    objects = bare(gateways=[out], **asked)
    way, rule = objects["egress-api.api.example.com"], objects["egress-subset-api.api.example.com"]
    (subset,) = rule.spec["subsets"]
    settings = subset["trafficPolicy"]["portLevelSettings"]
    assert settings == [{"port": {"number": 80}, "tls": {"mode": "ISTIO_MUTUAL", "sni": "api.example.com"}}]
    first, second = way.spec["http"]
    assert first["route"][0]["destination"]["subset"] == subset["name"] == "api-example-com"
    assert second["match"] == [{"gateways": ["istio-egress/out"], "port": 80}]
    assert second["route"] == [{"destination": {"host": "api.example.com", "port": {"number": 8080}}}]
    assert rule.id in way.after
    for one in (way, rule):
        assert schema_faults({"apiVersion": one.api_version, "kind": one.kind, "spec": one.spec}) == []


def test_a_long_host_is_shortened_to_the_name_of_a_subset():
    host = f"{'very.' * 14}example.com"
    out = {**OUT, "servers": [{"hosts": [host], "protocol": "http"}]}
    asked = external(hosts=[host], ports=[{"number": 8080}], egress_gateway="out")
    (subset,) = bare(gateways=[out], **asked)[f"egress-subset-api.{host}"].spec["subsets"]
    assert len(subset["name"]) <= 63
    assert subset["name"].startswith("very-very-")


TCP = [{"number": 1, "protocol": "tcp"}]
HTTPS = [{"number": 1, "protocol": "https"}]
WRONG = [
    (service(ports=[{"number": 80}, {"number": 80}]), "services[0].ports[1].number: is given twice, got 80"),
    ({"services": [PLAIN, PLAIN]}, "services[1]: is given twice, got 'shop/web'; describe a service once"),
    (service(subsets=[{"name": "a"}, {"name": "a"}]), "services[0].subsets[1].name: is given twice, got 'a'"),
    (
        service(
            subsets=[{"name": "a"}, {"name": "b"}],
            canary={"weights": {"a": 50, "b": 50}},
            blue_green={"active": "a", "idle": "b"},
        ),
        "services[0].blue_green: is given beside 'canary'; leave one of them out",
    ),
    (
        service(subsets=[{"name": "a"}], blue_green={"active": "a", "idle": "a"}),
        "services[0].blue_green.idle: is the active subset, got 'a'",
    ),
    (
        service(ports=TCP, timeout_seconds=1),
        "services[0].timeout_seconds: needs a port that speaks HTTP, got tcp; leave it out",
    ),
    (service(ports=TCP, retries={}), "services[0].retries: needs a port that speaks HTTP, got tcp; leave it out"),
    (
        service(ports=HTTPS, canary={"weights": {"a": 50, "b": 50}}),
        "services[0].canary: needs a port that proxies look into, got TLS that passes through; leave it out",
    ),
    (service(fault={}), "services[0].fault: injects nothing; give 'delay_seconds' or 'abort_status'"),
    (
        {**routes(), **service(ports=TCP)},
        (
            "routes[0].rules[0].destinations[0].service: has no port that speaks HTTP, as this route does, got tcp; "
            "lead to it through a gateway of 'tls'"
        ),
    ),
    (
        routes(matches=[{"path": "/a", "path_prefix": "/a"}]),
        "routes[0].rules[0].matches[0].path: is given beside 'path_prefix'; leave one of them out",
    ),
    (
        routes(matches=[{}]),
        "routes[0].rules[0].matches[0]: says nothing of a request; leave 'matches' out for all requests",
    ),
    (routes(fault={}), "routes[0].rules[0].fault: injects nothing; give 'delay_seconds' or 'abort_status'"),
    (
        {
            **routes(destinations=[{"service": "web", "weight": 50}, {"service": "web", "weight": 50}]),
            **service(subsets=[{"name": "a"}, {"name": "b"}], canary={"weights": {"a": 50, "b": 50}}),
        },
        (
            "routes[0].rules[0].destinations[0].subset: shares requests out between its subsets itself, got 'web'; "
            "name one of its subsets here"
        ),
    ),
    (
        external(hosts=["*.example.com"], ports=TCP),
        (
            "external_services[0].hosts: names no one host, which a port that speaks tcp needs, got '*.example.com'; "
            "name the hosts"
        ),
    ),
    (
        external(hosts=["a.example.com", "b.example.com"], ports=TCP),
        (
            "external_services[0].hosts: cannot be told apart on a port that speaks tcp, got 2; "
            "describe one external service for each"
        ),
    ),
    (
        external(tls_origination_enabled=True),
        "external_services[0].tls_origination_enabled: needs a port that speaks http, got tls; leave it out",
    ),
    (
        external(hosts=["*.example.com"], egress_gateway="out"),
        (
            "external_services[0].egress_gateway: needs hosts that are named, got '*.example.com'; "
            "name the hosts, or leave it out"
        ),
    ),
    (
        external(egress_gateway="public"),
        "external_services[0].egress_gateway: is a way in, got 'public'; name a gateway with direction 'egress'",
    ),
    (
        external(ports=[{"number": 80}], egress_gateway="out"),
        (
            "external_services[0].ports[0]: needs a port of gateway 'out' that speaks http, got none; "
            "add one to its servers"
        ),
    ),
    (
        external(ports=TCP, egress_gateway="out"),
        "external_services[0].egress_gateway: needs ports whose hosts can be told apart, got tcp; leave it out",
    ),
]


@pytest.mark.parametrize(("given", "said"), WRONG, ids=[said.partition(":")[0] for _, said in WRONG])
def test_what_cannot_be_planned_is_refused_by_name(given, said):
    assert said in refused(**{"gateways": [PUBLIC, OUT], **given})


SHAPES = [
    (service(subsets=[{"name": "V1"}]), "services[0].subsets[0].name: must be lower-case letters and digits"),
    (service(canary={"weights": {"a": 101, "b": 1}}), "services[0].canary.weights.a: must be 0 to 100, got 101"),
    (service(canary={"weights": {"a": 100}}), "services[0].canary.weights: must have at least 2 entries"),
    (
        service(canary={"weights": {"a": 1, "b": 99}, "preview_header": "x y"}),
        "services[0].canary.preview_header: is not the name of a header, got 'x y'",
    ),
    (
        service(retries={"conditions": ["sometimes"]}),
        (
            "services[0].retries.conditions[0]: is neither a condition of Envoy nor a status code, got 'sometimes'; "
            "use one such as 'connect-failure' or '503'"
        ),
    ),
    (service(mirror={"subset": "a", "percent": 0}), "services[0].mirror.percent: must be more than 0"),
    (service(fault={"abort_status": 99}), "services[0].fault.abort_status: must be at least 200, got 99"),
    (routes(matches=[{"path": "a"}]), "routes[0].rules[0].matches[0].path: must begin with '/', got 'a'"),
    (
        routes(matches=[{"headers": {"X-A": "1"}}]),
        "routes[0].rules[0].matches[0].headers.X-A: must be in lower case; write 'x-a'",
    ),
    (routes(matches=[{"method": "G T"}]), "routes[0].rules[0].matches[0].method: is not a method of HTTP, got 'G T'"),
    (
        external(hosts=["API"]),
        "external_services[0].hosts[0]: is not a host name; write it as 'shop.example.com' or '*.example.com'",
    ),
    (
        {"objects": [{"kind": "Sidecars", "name": "a", "namespace": "shop"}]},
        "objects[0].kind: must be one of",
    ),
]


@pytest.mark.parametrize(("given", "said"), SHAPES, ids=[said.partition(":")[0] for _, said in SHAPES])
def test_what_has_no_shape_is_refused_by_name(given, said):
    assert any(line.startswith(said) for line in refused(**given)), refused(**given)


def test_all_that_is_wrong_is_said_at_once():
    lines = refused(
        services=[{**PLAIN, "fault": {}, "subsets": [{"name": "a"}], "canary": {"weights": {"a": 1, "c": 1}}}],
        routes=[{**ROUTES[0], "gateways": ["pubic"], "rules": [{"destinations": [{"service": "gone"}]}]}],
        external_services=[{**EXTERNAL[0], "egress_gateway": "public"}],
    )
    marks = ("services[0].fault", "[route-weights-sum]", "'c'", "[gateway-known]", "[route-host-known]", "way in")
    assert [mark for mark in marks if not any(mark in line for line in lines)] == []
    assert len(lines) == len(marks)


def test_objects_may_be_given_as_they_are():
    spec = {"egress": [{"hosts": ["./*", "istio-system/*"]}]}
    one = bare(objects=[{"kind": "Sidecar", "name": "default", "namespace": "shop", "spec": spec}])
    given = one["object-sidecar.shop.default"]
    assert (given.api_version, given.spec, given.source) == ("networking.istio.io/v1", spec, "objects[0]")
