"""Mistakes in a mesh are found at preview, by the name of a check; a mesh without any has none."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.checks import Severity, Surroundings, Workload, all_checks, examine
from platform_lib.components.mesh.checks.graph import Graph
from platform_lib.components.mesh.checks.mutual_tls import mode_of
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.surroundings import surroundings_of
from platform_lib.core.errors import PlanError
from support.mesh_mistakes import MISTAKES, ODDITIES, Mistake
from support.mesh_services import shop_args

SUBJECT = "MeshComponent 'main'"


def planned(**more):
    return plan_mesh("main", MeshArgs.parse(SUBJECT, shop_args(**more)), subject=SUBJECT)


def names(texts):
    return {name for text in texts for name in re.findall(r"\[([a-z]+(?:-[a-z]+)+)\]", text)}


def test_a_mesh_without_mistakes_has_none():
    assert planned().warnings == ()


@pytest.mark.parametrize("oddity", ODDITIES, ids=str)
def test_an_oddity_is_logged_by_name(oddity: Mistake):
    warnings = planned(**oddity.args).warnings
    (found,) = [text for text in warnings if f"[{oddity.check}]" in text and oddity.about in text][:1] or [warnings]
    assert oddity.said in found


def test_every_check_has_a_mistake_that_it_finds():
    errors = {check.name for check in all_checks() if check.severity is Severity.ERROR}
    assert {mistake.check for mistake in MISTAKES} == errors - {"access-denied-by-default"}, "a plan denies by default"
    assert {oddity.check for oddity in ODDITIES} == {check.name for check in all_checks()} - errors


def test_a_mesh_that_does_not_deny_by_default_is_found():
    args = MeshArgs.parse(SUBJECT, shop_args())
    plan = planned()
    around = surroundings_of(args, plan.gateways)
    open_to_all = [one for one in plan.objects if one.role != "deny-all"]
    problems = [one for one in examine(open_to_all, around) if one.check == "access-denied-by-default"]
    assert len(problems) == len(around.namespaces)
    closed = [PlannedObject("deny", name, "AuthorizationPolicy", name, "deny-all", {}) for name in around.namespaces]
    assert "access-denied-by-default" not in {one.check for one in examine([*open_to_all, *closed], around)}


def test_all_mistakes_are_found_at_once():
    several = [mistake for mistake in MISTAKES if "objects" in mistake.args and len(mistake.args) == 1]
    given = [
        {**one, "name": f"{one['name']}-{index}"}
        for index, mistake in enumerate(several)
        if mistake.check.startswith(("route", "rule", "jwt", "external"))
        for one in mistake.args["objects"]
    ]
    with pytest.raises(PlanError) as refused:
        planned(objects=given)
    assert len(names(str(finding) for finding in refused.value.findings)) > 15


def places(value, path=()):
    """The path of everything in a value."""
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


def replaced(value, path, junk):
    """The value with junk at a path."""
    if not path:
        return junk
    if isinstance(value, dict):
        return {**value, path[0]: replaced(value[path[0]], path[1:], junk)}
    return [*value[: path[0]], replaced(value[path[0]], path[1:], junk), *value[path[0] + 1 :]]


@given(data=st.data())
def test_what_no_api_server_would_take_breaks_no_check(data):
    args = MeshArgs.parse(SUBJECT, shop_args())
    plan = plan_mesh("main", args, subject=SUBJECT)
    of_mistakes = [
        one["spec"] | {"kind": one["kind"]} for mistake in MISTAKES for one in mistake.args.get("objects", ())
    ]
    specs = [*of_mistakes, *({**one.spec, "kind": one.kind} for one in plan.objects)]
    spec = json.loads(json.dumps(data.draw(st.sampled_from(specs))))
    kind = spec.pop("kind")
    place = data.draw(st.sampled_from([path for path in places(spec) if path] or [()]))
    junk = data.draw(st.sampled_from([None, True, 1, 2.5, "x", "", [], {}, [None], [[]], {"x": None}, [{"x": 1}]]))
    changed = PlannedObject("object", "x", kind, "shop", "x", replaced(spec, place, junk) if place else {})
    problems = examine([*plan.objects, changed], surroundings_of(args, plan.gateways))
    assert all(str(problem.finding) for problem in problems)


def peer(name, namespace, mode, **spec):
    return PlannedObject("object", name, "PeerAuthentication", namespace, name, {"mtls": {"mode": mode}, **spec})


def test_the_nearest_rule_says_what_a_workload_takes():
    workload = Workload("shop", {"app": "web"}, "web", (8080, 9090))
    mesh = peer("mesh", "istio-system", "STRICT")
    wide = peer("wide", "shop", "PERMISSIVE")
    own = peer(
        "own", "shop", "UNSET", selector={"matchLabels": {"app": "web"}}, portLevelMtls={"9090": {"mode": "DISABLE"}}
    )
    others = peer("others", "shop", "DISABLE", selector={"matchLabels": {"app": "orders"}})
    elsewhere = peer("elsewhere", "back", "DISABLE")

    def mode(*rules, port=None):
        return mode_of(Graph(rules, Surroundings(workloads=(workload,))), workload, port)[0]

    assert mode() == "PERMISSIVE", "Istio's own default"
    assert mode(mesh, others, elsewhere) == "STRICT"
    assert mode(mesh, wide, others) == "PERMISSIVE"
    assert mode(mesh, own, port=8080) == "STRICT", "UNSET passes on"
    assert mode(mesh, wide, own, port=9090) == "DISABLE"


@pytest.mark.parametrize(
    ("host", "hint"),
    [
        ("wep.shop.svc.cluster.local", "did you mean 'web'?"),
        ("web.back.svc.cluster.local", "did you mean 'web.shop.svc.cluster.local'?"),
        ("invoices.shop.svc.cluster.local", "add it to 'services' or 'external_services'"),
        ("rate.example.org", "did you mean 'rates.example.org'?"),
        ("shop.example.com", "add it to 'services' or 'external_services'"),
    ],
)
def test_a_host_that_leads_nowhere_is_compared_by_its_name(host, hint):
    args = MeshArgs.parse(SUBJECT, shop_args())
    plan = planned()
    assert Graph(plan.objects, surroundings_of(args, plan.gateways)).near_host(host) == hint
