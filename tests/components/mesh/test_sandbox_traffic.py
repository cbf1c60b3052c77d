"""Services, routes and access of a mesh on the sandbox: in which order changes are made, and what fails a preview."""

import copy

import pytest

from support.mesh_mistakes import MISTAKES, ODDITIES, Mistake
from support.mesh_services import SERVICES, shop_args
from support.mesh_stack import MeshStack, mesh


@pytest.fixture
def stack():
    made = MeshStack()
    yield made
    made.cloud.close()


@pytest.fixture(scope="module")
def shared():
    made = MeshStack()
    yield made
    made.cloud.close()


def shop(environment="dev", **more):
    return mesh(environment, **shop_args(environment, **more))


def web(**more):
    services = copy.deepcopy(SERVICES)
    services[0] |= more
    return {"services": services}


def test_a_whole_shop_comes_up_stays_and_goes(stack):
    previewed = stack.run("preview", shop())
    assert stack.up(shop()) == dict(previewed.changes)
    assert set(stack.up(shop())) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def test_a_subset_is_there_before_a_route_uses_it_and_goes_after_it_has_left(stack):
    stack.up(shop())
    subsets = [{"name": name} for name in ("v1", "v2", "v3")]
    renewed = shop(**web(subsets=subsets, canary={"weights": {"v1": 50, "v3": 50}}, mirror=None))
    code, steps = stack.steps("up", renewed)
    assert code == 0
    places = {name: place for place, (_, name) in enumerate(steps)}
    assert ("create", "subset-shop.web.v3") in steps
    assert ("delete", "subset-shop.web.next") in steps
    for route in ("service-shop.web", "route-shop"):
        assert places["subset-shop.web.v3"] < places[route] < places["subset-shop.web.next"]


def test_a_service_goes_with_all_that_is_said_of_it(stack):
    stack.up(shop())
    rest = shop(services=SERVICES[:2], authorization=[], mtls=None, jwt=[])
    code, steps = stack.steps("up", rest)
    assert code == 0
    places = {name: place for place, (op, name) in enumerate(steps) if op == "delete"}
    assert {"service-back.legacy", "limits-back.legacy", "allow-legacy", "mtls-exception-old-client"} <= set(places)
    assert places["service-back.legacy"] < places["limits-back.legacy"]
    assert places["jwt-required-shop.orders"] < places["jwt-shop.orders"]


def test_everything_that_a_route_leads_to_goes_after_it(stack):
    stack.up(shop())
    gone = [name for _, name in stack.steps("destroy")[1]]
    for route, needed in [
        ("route-shop", "subset-shop.web.v1"),
        ("route-shop", "gateway-public"),
        ("service-shop.orders", "subset-shop.orders.blue"),
        ("egress-payments.api.example.com", "external-payments"),
        ("egress-payments.api.example.com", "gateway-out"),
    ]:
        assert gone.index(route) < gone.index(needed)


def other(index, **more):
    services = copy.deepcopy(SERVICES)
    services[index] |= more
    return {"services": services}


CHANGES = {
    "a canary's share": (
        other(0, canary={"weights": {"v1": 50, "v2": 50}, "preview_header": "X-Version"}),
        {("update", "service-shop.web"), ("update", "route-shop")},
    ),
    "the other colour": (
        other(1, blue_green={"active": "green", "idle": "blue"}),
        {("update", "service-shop.orders"), ("update", "route-shop")},
    ),
    "limits": (other(0, connection_pool={"maximum_connections": 5}), {("update", "limits-shop.web")}),
    "a fault": (
        other(0, fault={"abort_status": 503}),
        {("update", "service-shop.web"), ("update", "route-shop")},
    ),
    "a later end": (
        {"mtls": {"exceptions": [{**shop_args()["mtls"]["exceptions"][0], "until": "2027-06-30"}]}},
        {("update", "mtls-exception-old-client")},
    ),
    "no exception": ({"mtls": None}, {("delete", "mtls-exception-old-client")}),
    "another rate": (
        {"rate_limits": [{"name": "web", "service": "web", "requests": 5}]},
        {("update", "rate-limit-web"), ("delete", "rate-limit-public")},
    ),
    "one caller less": ({"authorization": shop_args()["authorization"][:3]}, {("delete", "allow-legacy")}),
    "an object of our own": (
        {"objects": [{"kind": "Sidecar", "name": "default", "namespace": "shop", "spec": {}}]},
        {("create", "object-sidecar.shop.default")},
    ),
}


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_takes_these_steps_and_replaces_nothing(stack, change):
    more, expected = CHANGES[change]
    stack.up(shop())
    code, steps = stack.steps("up", shop(**more))
    assert (code, set(steps)) == (0, expected)


@pytest.mark.parametrize("mistake", MISTAKES, ids=str)
def test_a_mistake_fails_the_preview_by_name_and_makes_nothing(shared, mistake: Mistake):
    result = shared.run("preview", shop("prod", **mistake.args))
    lines = "\n".join(item.message for item in result.diagnostics).splitlines()
    found = [line for line in lines if f"[{mistake.check}]" in line and mistake.about in line]
    assert result.exit_code != 0
    assert [line for line in found if mistake.said in line], lines
    assert found[0].startswith("MeshComponent 'main': ")
    assert not any("Traceback" in line for line in lines)
    assert not any(record.type.endswith("MeshComponent") for record in result.records)


def test_an_oddity_is_logged_and_fails_nothing(shared):
    result = shared.run("preview", shop(**ODDITIES[1].args))
    assert result.exit_code == 0
    warned = [item.message for item in result.diagnostics if item.severity == "warning"]
    assert any(text.startswith("MeshComponent 'main': ") and f"[{ODDITIES[1].check}]" in text for text in warned)
