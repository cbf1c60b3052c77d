"""The checks of a mesh over manifests, as a cluster has them."""

import pytest

from platform_lib.components.mesh.args import MeshArgs
from platform_lib.components.mesh.checks import Severity, Workload, examine_manifests
from platform_lib.components.mesh.plan import plan_mesh
from platform_lib.components.mesh.planning.surroundings import surroundings_of
from support.mesh_services import shop_args


def metadata(namespace, name, **more):
    return {"namespace": namespace, "name": name, **more}


def deployment(place, workload):
    annotations = {"inject.istio.io/templates": "gateway"} if workload.is_gateway else {}
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": metadata(workload.namespace, f"w{place}"),
        "spec": {
            "template": {
                "metadata": {"labels": dict(workload.labels), "annotations": annotations},
                "spec": {"serviceAccountName": workload.service_account, "containers": [{"name": "main"}]},
            }
        },
    }


def service(one, targets):
    ports = [
        {"name": f"{protocol}-{port}", "port": port, "targetPort": target}
        for (port, protocol), target in zip(one.ports.items(), targets, strict=True)
    ]
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": metadata(one.namespace, one.name),
        "spec": {"selector": dict(one.selector), "ports": ports},
    }


@pytest.fixture(scope="module")
def cluster():
    """The shop, and all that stands around it, as manifests."""
    args = MeshArgs.parse("test", shop_args())
    plan = plan_mesh("main", args, subject="test")
    around = surroundings_of(args, plan.gateways)
    ports = {(one.namespace, one.labels["app"]): one.ports for one in around.workloads}
    return [
        *(
            {
                "apiVersion": "v1",
                "kind": "Namespace",
                "metadata": {"name": name, "labels": {"istio.io/rev": "stable"}},
            }
            for name in ("shop", "back")
        ),
        *(service(one, ports[one.namespace, one.name]) for one in around.services),
        *(deployment(place, workload) for place, workload in enumerate(around.workloads)),
        *(
            {
                "apiVersion": one.api_version,
                "kind": one.kind,
                "metadata": metadata(one.namespace, one.name, annotations=dict(one.annotations)),
                "spec": dict(one.spec),
            }
            for one in plan.objects
        ),
        {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata("shop", "other")},
        {"apiVersion": "networking.k8s.io/v1", "kind": "Gateway", "metadata": metadata("shop", "not-of-istio")},
    ]


def found(manifests):
    return {(one.check, one.object) for one in examine_manifests(manifests) if one.severity is Severity.ERROR}


def test_a_cluster_without_mistakes_has_none(cluster):
    assert examine_manifests(cluster) == []


def without(cluster, kind, name):
    left = [one for one in cluster if (one["kind"], one["metadata"]["name"]) != (kind, name)]
    assert len(left) == len(cluster) - 1
    return left


@pytest.mark.parametrize(
    ("kind", "name", "check", "about"),
    [
        ("Service", "web", "route-host-known", "VirtualService shop/shop"),
        ("DestinationRule", "web.v2", "route-subset-known", "VirtualService shop/web"),
        ("Gateway", "public", "route-gateway-known", "VirtualService shop/shop"),
        ("ServiceEntry", "payments", "route-host-known", "VirtualService istio-system/egress.payments.api.example.com"),
        ("Namespace", "back", "object-namespace-in-mesh", "VirtualService back/legacy"),
        ("AuthorizationPolicy", "jwt-required-orders", "jwt-token-required", "RequestAuthentication shop/jwt-orders"),
        ("AuthorizationPolicy", "deny-all", "access-denied-by-default", "AuthorizationPolicy shop/allow-web"),
        ("Deployment", "w1", "rule-subset-selects-workloads", "DestinationRule shop/web.v2"),
    ],
)
def test_what_is_missing_is_found(cluster, kind, name, check, about):
    assert (check, about) in found(without(cluster, kind, name))


def test_a_service_without_a_selector_has_no_pods_that_are_known(cluster):
    bare = [{**one, "spec": {"ports": one["spec"]["ports"]}} if one["kind"] == "Service" else one for one in cluster]
    assert found(bare) == set()


def test_a_pod_and_a_job_are_workloads_too(cluster):
    pod = deployment(0, Workload("back", {"app": "lone"}, "lone"))["spec"]["template"]
    job = {"spec": {"jobTemplate": {"spec": {"template": pod}}}}
    policy = {
        "apiVersion": "security.istio.io/v1",
        "kind": "AuthorizationPolicy",
        "metadata": metadata("back", "x"),
        "spec": {
            "selector": {"matchLabels": {"app": "lone"}},
            "rules": [{"from": [{"source": {"namespaces": ["shop"]}}]}],
        },
    }
    about = ("access-selects-workloads", "AuthorizationPolicy back/x")
    assert about in found([*cluster, policy])
    lone = {**pod, "apiVersion": "v1", "kind": "Pod", "metadata": metadata("back", "p", labels={"app": "lone"})}
    cron = {"apiVersion": "batch/v1", "kind": "CronJob", "metadata": metadata("back", "c"), **job}
    for one in (lone, cron):
        assert about not in found([*cluster, policy, one])
