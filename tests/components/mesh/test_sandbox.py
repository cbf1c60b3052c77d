"""A mesh on the sandbox: up, again, every kind of change with its steps, upgraded, destroyed."""

import pulumi
import pytest

from platform_lib.components.mesh import MeshArgs, MeshComponent
from platform_lib.core.values import Secret, plain
from platform_lib.operations.stateful import stateful
from support.mesh_stack import MeshStack, mesh
from support.meshes import AUTHORITY, MENU, ORDERS, OUT, PUBLIC, mesh_args

OLD, NEW = "1.30.5", "1.31.1"
HOOK = "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration"
PATCH = "kubernetes:core/v1:NamespacePatch"
RELEASE = "kubernetes:helm.sh/v3:Release"
ROUTE = "kubernetes:networking.istio.io/v1:VirtualService"


@pytest.fixture
def stack():
    made = MeshStack()
    yield made
    made.cloud.close()


def revisions(*versions, tagged):
    return {
        "revisions": [{"version": version} for version in versions],
        "tags": [{"name": name, "version": version} for name, version in tagged.items()],
    }


def test_a_whole_mesh_comes_up_stays_and_goes(stack):
    previewed = stack.run("preview", mesh())
    assert stack.up(mesh()) == dict(previewed.changes)
    assert set(stack.up(mesh())) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def test_the_definitions_are_there_before_every_custom_resource(stack):
    code, steps = stack.steps("up", mesh())
    assert code == 0
    names = [name for _, name in steps]
    kinds = {item.urn.rsplit("::", 1)[-1].removeprefix("main-") for item in custom_resources(stack)}
    assert len(kinds) == 23
    assert all(names.index("crds") < names.index(name) for name in kinds)
    gone = [name for _, name in stack.steps("destroy")[1]]
    assert all(gone.index(name) < gone.index("crds") for name in kinds)


def custom_resources(stack):
    return [item for item in stack.engine.snapshot.resources if ".istio.io/" in item.type]


def test_an_upgrade_puts_a_second_revision_beside_the_first_moves_the_tag_and_takes_the_first_away(stack):
    stack.up(mesh(**revisions(OLD, tagged={"stable": OLD})))
    beside = mesh(**revisions(OLD, NEW, tagged={"stable": OLD}))
    assert stack.steps("up", beside) == (0, [("update", "crds"), ("update", "cni"), ("create", "istiod-1-31-1")])
    moved = mesh(**revisions(OLD, NEW, tagged={"stable": NEW}))
    code, steps = stack.steps("up", moved)
    assert (code, set(steps)) == (
        0,
        {("update", name) for name in ("tag-stable", "validation", "proxies-public", "proxies-out")},
    )
    alone = mesh(**revisions(NEW, tagged={"stable": NEW}))
    assert stack.steps("up", alone) == (0, [("delete", "istiod-1-30-5")])
    assert set(stack.up(alone)) == {"same"}


def test_an_upgrade_in_one_deployment_keeps_the_order(stack):
    stack.up(mesh(**revisions(OLD, tagged={"stable": OLD})))
    code, steps = stack.steps("up", mesh(**revisions(NEW, tagged={"stable": NEW})))
    assert code == 0
    assert steps[:3] == [("update", "crds"), ("update", "cni"), ("create", "istiod-1-31-1")]
    assert {name for _, name in steps[3:-1]} == {"tag-stable", "validation", "proxies-public", "proxies-out"}
    assert steps[-1] == ("delete", "istiod-1-30-5")


def test_a_namespace_tries_a_revision_by_a_tag_of_its_own(stack):
    both = revisions(OLD, NEW, tagged={"stable": OLD, "canary": NEW})
    spaces = [{"name": "shop"}, {"name": "bar"}]
    stack.up(mesh(namespaces=spaces, **both))
    assert labels(stack) == {"main-member-shop": "stable", "main-member-bar": "stable"}
    tried = [{"name": "shop"}, {"name": "bar", "tag": "canary"}]
    assert stack.steps("up", mesh(namespaces=tried, **both)) == (0, [("update", "member-bar")])
    assert labels(stack) == {"main-member-shop": "stable", "main-member-bar": "canary"}


def labels(stack):
    return {name: inputs["metadata"]["labels"]["istio.io/rev"] for name, inputs in stack.of_type(PATCH).items()}


def test_a_tag_injects_from_the_revision_that_it_points_at(stack):
    stack.up(mesh(**revisions(OLD, NEW, tagged={"stable": NEW})))
    hook = stack.of_type(HOOK)["main-tag-stable"]
    services = [one["clientConfig"]["service"]["name"] for one in hook["webhooks"]]
    assert services == ["istiod-1-31-1", "istiod-1-31-1"]
    assert hook["metadata"]["labels"]["istio.io/rev"] == "1-31-1"
    assert {one["failurePolicy"] for one in hook["webhooks"]} == {"Fail"}


def test_what_istiod_writes_into_a_webhook_stays_there(stack):
    both = revisions(OLD, NEW, tagged={"stable": OLD})
    stack.up(mesh(**both))
    hook = stack.cloud.ls(type=HOOK)[0]
    stack.cloud.edit(hook.id, "webhooks[0].clientConfig.caBundle", "Q0E=")
    assert stack.run("refresh", mesh(**both)).exit_code == 0
    assert stack.steps("up", mesh(**both)) == (0, [])
    stack.up(mesh(**revisions(OLD, NEW, tagged={"stable": NEW})))
    (kept,) = stack.cloud.ls(type=HOOK)
    assert kept.inputs["webhooks"][0]["clientConfig"]["caBundle"] == "Q0E="
    assert kept.inputs["webhooks"][0]["clientConfig"]["service"]["name"] == "istiod-1-31-1"


def test_weights_that_a_rollout_controller_moved_stay_there(stack):
    moving = {**MENU, "canary": {**MENU["canary"], "rollout_controller_enabled": True}}
    stack.up(mesh(services=[moving, ORDERS]))
    (route,) = (row for row in stack.cloud.ls(type=ROUTE) if row.id == "shop/menu")
    for index, weight in enumerate((40, 60)):
        stack.cloud.edit(route.urn, f"spec.http[0].route[{index}].weight", weight)
    assert stack.run("refresh", mesh(services=[moving, ORDERS])).exit_code == 0
    assert stack.steps("up", mesh(services=[moving, ORDERS])) == (0, [])
    other = {**moving, "timeout_seconds": 3}
    assert stack.steps("up", mesh(services=[other, ORDERS]))[0] == 0
    (kept,) = (row for row in stack.cloud.ls(type=ROUTE) if row.id == "shop/menu")
    assert [one["weight"] for one in kept.inputs["spec"]["http"][0]["route"]] == [40, 60]


CHANGES = {
    "another profile": (
        {"profile": "prod"},
        [("update", "istiod-1-31-1"), ("update", "proxies-public"), ("update", "proxies-out")],
    ),
    "another outbound policy": ({"outbound_policy": "registry-only"}, [("update", "istiod-1-31-1")]),
    "logs of errors only": (
        {
            "telemetry": {
                "kiali_enabled": True,
                "prometheus_url": "http://prometheus.monitoring:9090",
                "access_log_filter": "response.code >= 400",
            }
        },
        [("update", "telemetry")],
    ),
    "no Kiali": ({"telemetry": None}, [("delete", "kiali"), ("delete", "traffic-kiali")]),
    "other addresses that may come": (
        {"gateways": [{**PUBLIC, "source_ranges": ["203.0.113.0/24"]}, OUT]},
        [("update", "proxies-public")],
    ),
    "one more host": (
        {
            "gateways": [
                {**PUBLIC, "servers": [*PUBLIC["servers"], {"hosts": ["bar.example.com"], "credential": "bar"}]},
                OUT,
            ]
        },
        [("update", "allow-gateway-public"), ("update", "gateway-public")],
    ),
    "shares of a canary": (
        {"services": [{**MENU, "canary": {"weights": {"v1": 50, "v2": 50}}}, ORDERS]},
        [("update", "service-shop.menu"), ("update", "route-shop")],
    ),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_takes_its_own_steps_and_replaces_nothing(stack, case):
    change, expected = CHANGES[case]
    stack.up(mesh())
    previewed = stack.steps("preview", mesh(**change))
    done = stack.steps("up", mesh(**change))
    assert done[0] == 0, stack.errors
    assert sorted(previewed[1]) == sorted(done[1])
    assert sorted(done[1]) == sorted(expected)
    assert stack.steps("up", mesh(**change)) == (0, [])


def test_a_subset_comes_before_its_route_and_goes_after_it(stack):
    """At no moment does a route lead to a subset that is not there.

    https://istio.io/latest/docs/ops/best-practices/traffic-management/ ("Avoid 503 errors while reconfiguring service
    routes") asks for it.
    """
    before = {**MENU, "subsets": [{"name": "v1"}], "canary": None}
    stack.up(mesh(services=[before, ORDERS]))
    _, steps = stack.steps("up", mesh())
    assert order(steps, "subset-shop.menu.v2") == [("create", "subset-shop.menu.v2"), ("update", "service-shop.menu")]
    _, steps = stack.steps("up", mesh(services=[before, ORDERS]))
    assert order(steps, "subset-shop.menu.v2") == [("update", "service-shop.menu"), ("delete", "subset-shop.menu.v2")]


def order(steps, name):
    return [step for step in steps if step[1] in (name, "service-shop.menu")]


def test_a_route_goes_before_its_gateway(stack):
    stack.up(mesh())
    _, steps = stack.steps("up", mesh(gateways=[OUT], routes=[], authorization=[], jwt=[], rate_limits=[]))
    names = [name for op, name in steps if op == "delete"]
    assert names.index("route-shop") < names.index("gateway-public") < len(names)


def test_what_others_rely_on_is_not_destroyed_outside_dev(stack):
    stack.up(mesh("prod"))
    result = stack.run("destroy")
    assert result.exit_code == 1
    left = {item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources if item.protect}
    assert left == {
        *("main-crds", "main-proxies-public"),
        *(f"main-namespace-istio-{one}" for one in ("system", "ingress", "egress")),
    }


def test_a_preview_refuses_to_take_away_a_way_in_that_others_rely_on(stack):
    stack.up(mesh("prod"))
    code, _ = stack.steps("preview", mesh("prod", gateways=[OUT], routes=[], authorization=[], jwt=[], rate_limits=[]))
    assert code == 1
    assert "main-proxies-public" in stack.errors
    assert "protect" in stack.errors


def test_the_key_of_the_authority_is_a_secret_in_the_state(stack):
    stack.up(mesh())
    (held,) = stack.of_type("kubernetes:core/v1:Secret").values()
    assert held["metadata"]["name"] == "cacerts"
    assert set(plain(held["stringData"])) == {"ca-cert.pem", "ca-key.pem", "root-cert.pem", "cert-chain.pem"}
    assert isinstance(held["stringData"], Secret) or all(isinstance(one, Secret) for one in held["stringData"].values())
    assert stateful("kubernetes:core/v1:Secret") == "holds secret values", "so that a preview says what is lost"


@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_a_preview_names_the_secret_that_a_new_certificate_replaces(stack, environment):
    stack.up(mesh(environment))
    renewed = {**AUTHORITY, "certificate": AUTHORITY["certificate"].replace("MIIB", "MIIC")}
    steps = [(op, "authority") for op in ("delete-replaced", "replace", "create-replacement")]
    assert stack.steps("preview", mesh(environment, certificate_authority=renewed)) == (0, steps)
    assert stack.steps("up", mesh(environment, certificate_authority=renewed)) == (0, steps), "it can be made again"


def test_with_an_authority_of_others_neither_secret_nor_namespace_is_made(stack):
    def on_a_prepared_cluster(_, opts):
        import pulumi_kubernetes as kubernetes

        prepared = kubernetes.core.v1.Namespace("prepared", metadata={"name": "istio-system"}, opts=opts)
        waiting = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[prepared]))
        args = MeshArgs(**mesh_args("dev", certificate_authority={"existing_secret": True}))
        return MeshComponent("main", args, waiting)

    stack.up(on_a_prepared_cluster)
    assert stack.of_type("kubernetes:core/v1:Secret") == {}
    assert set(stack.of_type("kubernetes:core/v1:Namespace")) == {"prepared"}


def test_without_a_provider_nothing_is_made(stack):
    def bare(_, __):
        return MeshComponent("main", MeshArgs(**mesh_args("dev")))

    code, steps = stack.steps("up", bare)
    assert code == 1
    assert "MeshComponent 'main': opts: brings no provider of kubernetes" in stack.errors
    assert not any(name.startswith("main") for _, name in steps)
