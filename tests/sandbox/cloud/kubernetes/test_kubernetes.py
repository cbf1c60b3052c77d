import base64
import json
import re
from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, driver

NAMESPACE = "kubernetes:core/v1:Namespace"
CONFIG = "kubernetes:core/v1:ConfigMap"
SECRET = "kubernetes:core/v1:Secret"
SERVICE = "kubernetes:core/v1:Service"
DEPLOYMENT = "kubernetes:apps/v1:Deployment"
DEFINITION = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
CERTIFICATE = "kubernetes:cert-manager.io/v1:Certificate"
RELEASE = "kubernetes:helm.sh/v3:Release"


@pytest.fixture
def cluster() -> Driver:
    return driver("kubernetes")


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def deployment(name: str = "web", labels: Any = None, **metadata: Any) -> dict[str, Any]:
    pod = {"metadata": {"labels": labels or {"app": "web"}}, "spec": {"containers": [{"name": "c", "image": "nginx"}]}}
    return {
        "metadata": {"name": name, **metadata},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "web"}}, "template": pod},
    }


def definition(group: str = "cert-manager.io", kind: str = "Certificate") -> dict[str, Any]:
    plural = f"{kind.lower()}s"
    return {
        "metadata": {"name": f"{plural}.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"kind": kind, "plural": plural},
            "versions": [{"name": "v1", "served": True, "storage": True}],
        },
    }


def kubeconfig(server: str, name: str = "c") -> str:
    return json.dumps(
        {
            "current-context": name,
            "clusters": [{"name": name, "cluster": {"server": server}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": "u"}}],
            "users": [],
        }
    )


def test_ids_and_metadata_have_the_form_of_the_api_server(cluster: Driver) -> None:
    cluster.create(NAMESPACE, "apps", {"metadata": {"name": "apps"}})
    made = cluster.create(DEPLOYMENT, "web", deployment(namespace="apps"))
    assert made.id == "apps/web"
    metadata = made["metadata"]
    assert re.fullmatch(r"[0-9a-f-]{36}", metadata["uid"])
    assert (metadata["generation"], metadata["namespace"]) == (1, "apps")
    assert made["status"]["readyReplicas"] == 2
    assert (made["apiVersion"], made["kind"]) == ("apps/v1", "Deployment")


def test_cluster_scoped_kinds_have_no_namespace(cluster: Driver) -> None:
    made = cluster.create(
        "kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", "r", {"metadata": {"name": "reader"}, "rules": []}
    )
    assert made.id == "reader"
    assert "namespace" not in made["metadata"]


def test_an_update_keeps_the_uid_and_counts_the_generation(cluster: Driver) -> None:
    made = cluster.create(DEPLOYMENT, "web", deployment())
    inputs = deployment()
    inputs["spec"]["replicas"] = 5
    changed = cluster.update(made, inputs)
    assert changed["metadata"]["uid"] == made["metadata"]["uid"]
    assert changed["metadata"]["generation"] == 2
    assert changed["metadata"]["resourceVersion"] != made["metadata"]["resourceVersion"]
    assert changed["status"]["readyReplicas"] == 5


def test_a_namespace_has_to_be_there_and_takes_its_objects_along(cluster: Driver) -> None:
    config = {"metadata": {"name": "c", "namespace": "apps"}, "data": {"a": "b"}}
    with refused('namespaces "apps" not found'):
        cluster.create(CONFIG, "c", config)
    namespace = cluster.create(NAMESPACE, "apps", {"metadata": {"name": "apps"}})
    made = cluster.create(CONFIG, "c", config)
    cluster.create(CONFIG, "d", {"metadata": {"name": "c"}})
    cluster.delete(namespace)
    assert cluster.read(made).id == ""
    assert [row.id for row in cluster.cloud.ls()] == ["default/c"]


def test_what_exists_is_not_made_again(cluster: Driver) -> None:
    cluster.create(CONFIG, "c", {"metadata": {"name": "c"}})
    with refused('configmaps "c" already exists'):
        cluster.create(CONFIG, "d", {"metadata": {"name": "c"}})


def test_names_keep_the_rules(cluster: Driver) -> None:
    assert "lowercase RFC 1123 subdomain" in cluster.reasons(CONFIG, {"metadata": {"name": "My_Config"}})
    assert "lowercase RFC 1123 label" in cluster.reasons(SERVICE, {"metadata": {"name": "a.b"}, "spec": {}})
    role = {"metadata": {"name": "system:reader"}, "rules": []}
    assert cluster.reasons("kubernetes:rbac.authorization.k8s.io/v1:ClusterRole", role) == ""


def test_a_selector_matches_its_template(cluster: Driver) -> None:
    assert "selector wants app=web, got api" in cluster.reasons(DEPLOYMENT, deployment(labels={"app": "api"}))
    assert cluster.reasons(DEPLOYMENT, deployment(labels={"app": UNKNOWN})) == ""


def test_services_get_addresses_and_ports(cluster: Driver) -> None:
    inner = cluster.create(SERVICE, "s", {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}})
    assert re.fullmatch(r"10\.96\.\d+\.\d+", inner["spec"]["clusterIP"])
    assert inner["spec"]["ports"] == [{"port": 80, "protocol": "TCP", "targetPort": 80}]
    outer = cluster.create(
        SERVICE, "t", {"metadata": {"name": "t"}, "spec": {"type": "LoadBalancer", "ports": [{"port": 80}]}}
    )
    assert outer["status"]["loadBalancer"]["ingress"][0]["ip"]
    assert 30000 <= outer["spec"]["ports"][0]["nodePort"] < 32768
    changed = cluster.update(inner, {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 81}]}})
    assert changed["spec"]["clusterIP"] == inner["spec"]["clusterIP"]


def test_what_the_api_server_fills_in_is_no_difference(cluster: Driver) -> None:
    made = cluster.create(SERVICE, "s", {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}})
    assert cluster.diff(made, {"metadata": {"name": "s"}, "spec": {"ports": [{"port": 80}]}}).changes == "none"
    assert (
        cluster.diff(made, {"metadata": {"name": "s"}, "spec": {"type": "ClusterIP", "ports": [{"port": 80}]}}).changes
        == "none"
    )


def test_secret_data_is_encoded_and_marked(cluster: Driver) -> None:
    made = cluster.create(SECRET, "s", {"metadata": {"name": "s"}, "stringData": {"password": "hidden"}})
    assert made["data"] == {"password": base64.b64encode(b"hidden").decode()}


def test_a_custom_resource_needs_its_definition(cluster: Driver) -> None:
    certificate = {"metadata": {"name": "c"}, "spec": {"secretName": "tls"}}
    with refused('no matches for kind "Certificate" in version "cert-manager.io/v1"'):
        cluster.create(CERTIFICATE, "c", certificate)
    crd = cluster.create(DEFINITION, "crd", definition())
    made = cluster.create(CERTIFICATE, "c", certificate)
    assert (made.id, made["spec"]) == ("default/c", {"secretName": "tls"})
    cluster.delete(crd)
    assert cluster.read(made).id == "", "a definition takes its resources along"


def test_a_definition_is_called_after_what_it_defines(cluster: Driver) -> None:
    wrong = {**definition(), "metadata": {"name": "certs"}}
    assert "which is certificates.cert-manager.io" in cluster.reasons(DEFINITION, wrong)


def test_the_namespace_of_the_provider_is_filled_in(cluster: Driver) -> None:
    scoped = driver("kubernetes", {"namespace": "apps"}, cluster.cloud)
    scoped.create(NAMESPACE, "apps", {"metadata": {"name": "apps"}})
    assert scoped.create(CONFIG, "c", {"metadata": {"name": "c"}}).id == "apps/c"
    assert scoped.create(CONFIG, "d", {"metadata": {"name": "d", "namespace": "default"}}).id == "default/d"


def test_clusters_are_told_apart_by_their_server() -> None:
    cloud = open_cloud(None)
    one, other = (
        driver("kubernetes", {"kubeconfig": kubeconfig(server)}, cloud) for server in ("https://a", "https://b")
    )
    made = one.create(CONFIG, "c", {"metadata": {"name": "c"}})
    assert other.read(made).id == ""
    assert other.create(CONFIG, "c", {"metadata": {"name": "c"}}).id == "default/c"


def test_another_cluster_replaces_the_provider_and_another_way_to_it_does_not(cluster: Driver) -> None:
    where = "urn:pulumi:d::p::pulumi:providers:kubernetes::x"
    a, same, b = kubeconfig("https://a"), kubeconfig("https://a", "renamed"), kubeconfig("https://b")
    provider = cluster.provider
    assert provider.diff_config(where, "i", {"kubeconfig": a}, {}, {"kubeconfig": b}, []).replaces == ["kubeconfig"]
    assert provider.diff_config(where, "i", {"kubeconfig": a}, {}, {"kubeconfig": same}, []).replaces == []
    reasons = provider.check_config(where, {}, {"kubeconfig": a, "context": "none"}).failures
    assert "context 'none' does not exist" in reasons[0].reason


def test_releases_charts_and_yaml(cluster: Driver) -> None:
    with refused('namespaces "ingress" not found'):
        cluster.create(RELEASE, "r", {"chart": "nginx", "namespace": "ingress"})
    made = cluster.create(
        RELEASE, "r", {"chart": "nginx", "namespace": "ingress", "createNamespace": True, "name": "nginx"}
    )
    assert (made.id, made["status"]["status"]) == ("ingress/nginx", "deployed")
    assert (
        cluster.update(
            made, {"chart": "nginx", "namespace": "ingress", "createNamespace": True, "name": "nginx", "version": "2"}
        )["status"]["revision"]
        == 2
    )
    decoded = cluster.look_up(
        "kubernetes:yaml:decode", text="kind: A\n---\nkind: BList\nitems: [{kind: B}]\n", defaultNamespace="apps"
    )
    assert [item["kind"] for item in decoded["result"]] == ["A", "B"]
    assert decoded["result"][0]["metadata"]["namespace"] == "apps"


ROUTE = {"metadata": {"name": "menu"}, "spec": {"hosts": ["menu"]}}


@pytest.mark.parametrize(
    "source",
    [
        {"chart": "base", "repositoryOpts": {"repo": "https://blob.istio.io/istio-release/charts"}},
        {"chart": "oci://ghcr.io/istio/release/charts/base"},
    ],
)
def test_a_chart_brings_the_kinds_of_its_definitions(cluster: Driver, source: dict[str, Any]) -> None:
    route = "kubernetes:networking.istio.io/v1:VirtualService"
    with refused('no matches for kind "VirtualService" in version "networking.istio.io/v1"'):
        cluster.create(route, "menu", ROUTE)
    cluster.create(RELEASE, "crds", {**source, "namespace": "default", "name": "istio-base"})
    assert cluster.create(route, "menu", ROUTE).id == "default/menu"
    with refused('no matches for kind "EnvoyFilter" in version "networking.istio.io/v1"'):
        cluster.create("kubernetes:networking.istio.io/v1:EnvoyFilter", "f", {"metadata": {"name": "f"}})


def test_a_chart_may_leave_definitions_out(cluster: Driver) -> None:
    left_out = {"values": {"base": {"excludedCRDs": ["gateways.networking.istio.io"]}}}
    source = {"chart": "base", "repositoryOpts": {"repo": "https://blob.istio.io/istio-release/charts"}, **left_out}
    cluster.create(RELEASE, "crds", {**source, "namespace": "default", "name": "istio-base"})
    assert cluster.create("kubernetes:networking.istio.io/v1:VirtualService", "menu", ROUTE).id == "default/menu"
    with refused('no matches for kind "Gateway"'):
        cluster.create("kubernetes:networking.istio.io/v1:Gateway", "g", {"metadata": {"name": "g"}})


def test_other_charts_of_the_same_name_bring_nothing(cluster: Driver) -> None:
    source = {"chart": "base", "repositoryOpts": {"repo": "https://charts.example.com"}}
    cluster.create(RELEASE, "crds", {**source, "namespace": "default", "name": "base"})
    with refused("no matches for kind"):
        cluster.create("kubernetes:networking.istio.io/v1:VirtualService", "menu", ROUTE)


def test_a_patch_names_its_object(cluster: Driver) -> None:
    cluster.create(CONFIG, "c", {"metadata": {"name": "c"}})
    token = "kubernetes:core/v1:ConfigMapPatch"
    assert cluster.create(token, "p", {"metadata": {"name": "c"}, "data": {"a": "b"}}).id == "default/c"
    assert "must be set" in cluster.reasons(token, {"data": {"a": "b"}})


def test_a_kind_without_readiness_may_stay_unready() -> None:
    assert driver("kubernetes").create("kubernetes:core/v1:ServiceAccount", "s")["metadata"]["namespace"] == "default"
