"""What holds for any mesh: plans are whole, in order, unique, stable, and free of findings."""

import json

from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.checks import examine
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.components.mesh.planning.surroundings import surroundings_of
from support.mesh_services import shop_args
from support.meshes import PUBLIC, mesh_args

SUBJECT = "MeshComponent 'main'"
NAMES = st.sampled_from(["web", "orders", "cart", "stock", "mail"])
NAMESPACES = ["back", "front"]
PROTOCOLS = st.sampled_from(["http", "http2", "grpc", "tcp", "tls", "https"])
HTTP = {"http", "http2", "grpc"}


@st.composite
def shares(draw, subsets):
    """Shares of some subsets that sum to 100."""
    cuts = sorted(draw(st.lists(st.integers(0, 100), min_size=len(subsets) - 1, max_size=len(subsets) - 1)))
    edges = [0, *cuts, 100]
    return {name: high - low for name, low, high in zip(subsets, edges, edges[1:], strict=False)}


@st.composite
def services(draw, name, namespace):
    """A service that is right in itself."""
    numbers = draw(st.lists(st.integers(1, 65535), min_size=1, max_size=3, unique=True))
    ports = [{"number": number, "protocol": draw(PROTOCOLS)} for number in numbers]
    made = {"name": name, "namespace": namespace, "ports": ports}
    subsets = draw(st.lists(st.sampled_from(["v1", "v2", "v3"]), max_size=3, unique=True))
    if subsets:
        made["subsets"] = [{"name": subset} for subset in subsets]
    speaks_http = any(port["protocol"] in HTTP for port in ports)
    if speaks_http:
        made["timeout_seconds"] = draw(st.none() | st.floats(1, 100))
        made["retries"] = draw(st.none() | st.just({"attempts": 0}) | st.just({"attempt_timeout_seconds": 0.5}))
    release = draw(st.sampled_from(["none", "canary", "blue-green"])) if speaks_http and len(subsets) > 1 else "none"
    if release == "canary":
        made["canary"] = {
            "weights": draw(shares(subsets)),
            "preview_header": draw(st.none() | st.just("x-version")),
            "rollout_controller_enabled": draw(st.booleans()),
        }
    elif release == "blue-green":
        made["blue_green"] = {"active": subsets[0], "idle": subsets[1]}
    return made


@st.composite
def meshes(draw):
    """A mesh without mistakes: services, a route to those that speak HTTP, and callers for each."""
    places = draw(st.lists(st.tuples(NAMES, st.sampled_from(NAMESPACES)), min_size=1, max_size=5, unique=True))
    made = [draw(services(name, namespace)) for name, namespace in places]
    led_to = [one for one in made if any(port["protocol"] in HTTP for port in one["ports"])]
    rules = [
        {
            "matches": [{"path_prefix": f"/{one['namespace']}-{one['name']}/"}],
            "destinations": [
                {
                    "service": f"{one['namespace']}/{one['name']}",
                    "port": next(port["number"] for port in one["ports"] if port["protocol"] in HTTP),
                }
            ],
        }
        for one in led_to
    ]
    route = {"name": "shop", "namespace": "front", "hosts": ["shop.example.com"], "gateways": ["public"]}
    authorization = [
        {
            "name": f"{one['namespace']}-{one['name']}",
            "service": f"{one['namespace']}/{one['name']}",
            "from_gateways": ["public"],
            "from_namespaces": draw(st.none() | st.just(NAMESPACES)),
        }
        for one in made
    ]
    return {
        "namespaces": [{"name": namespace} for namespace in NAMESPACES],
        "gateways": [PUBLIC],
        "services": made,
        "routes": [{**route, "rules": rules}] if rules else None,
        "authorization": authorization,
    }


def planned(asked):
    return plan_mesh("main", MeshArgs.parse(SUBJECT, mesh_args(**asked)), subject=SUBJECT)


@given(meshes())
def test_a_mesh_without_mistakes_is_planned_whole(asked):
    plan = planned(asked)
    ids = [one.id for one in plan.objects]
    assert len(ids) == len(set(ids))
    names = [(one.kind, one.namespace, one.name) for one in plan.objects]
    assert len(names) == len(set(names))
    for place, one in enumerate(plan.objects):
        assert set(one.after) <= set(ids[:place]), "whatever an object follows stands before it"
    json.dumps([one.spec for one in plan.objects])


@given(meshes())
def test_shares_sum_to_100_and_subsets_stand_before_who_uses_them(asked):
    plan = planned(asked)
    subsets = {
        (one.spec["host"], subset["name"]): one.id for one in plan.objects for subset in one.spec.get("subsets", ())
    }
    for one in plan.objects:
        if one.kind != "VirtualService":
            continue
        for rule in (*one.spec.get("http", ()), *one.spec.get("tcp", ())):
            assert sum(routed.get("weight", 100) for routed in rule["route"]) == 100
            for routed in rule["route"]:
                destination = routed["destination"]
                if "subset" in destination:
                    assert subsets[destination["host"], destination["subset"]] in one.after


@given(meshes(), st.data())
def test_the_order_of_the_arguments_changes_no_object(asked, data):
    shuffled = {**asked, "services": data.draw(st.permutations(asked["services"]))}
    plain = [{one.id: (one.spec, one.after) for one in planned(given).objects} for given in (asked, shuffled)]
    assert {key: (spec, set(after)) for key, (spec, after) in plain[0].items()} == {
        key: (spec, set(after)) for key, (spec, after) in plain[1].items()
    }


@given(meshes(), st.data())
def test_a_service_more_changes_nothing_of_the_others(asked, data):
    more = data.draw(services("added", "back"))
    before = {one.id: one.spec for one in planned(asked).objects}
    after = {one.id: one.spec for one in planned({**asked, "services": [*asked["services"], more]}).objects}
    assert before.items() <= after.items()
    assert {key.partition("-")[2].partition(".v")[0] for key in after.keys() - before.keys()} == {"back.added"}


@given(st.data())
def test_taking_away_what_is_used_is_always_found(data):
    """Without an object that another one needs, some check speaks."""
    args = MeshArgs.parse(SUBJECT, shop_args())
    plan = plan_mesh("main", args, subject=SUBJECT)
    needed = [one for one in plan.objects if one.kind in ("Gateway", "ServiceEntry") or one.role == "subset"]
    used = {id_ for one in plan.objects for id_ in one.after if one.kind == "VirtualService"}
    gone = data.draw(st.sampled_from([one for one in needed if one.id in used and one.name != "web.next"]))
    rest = [one for one in plan.objects if one is not gone]
    assert any(problem.severity == "error" for problem in examine(rest, surroundings_of(args, plan.gateways)))
