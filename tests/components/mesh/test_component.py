import pulumi
import pulumi_kubernetes as kubernetes
import pytest

from platform_lib.components.mesh import MeshArgs, MeshComponent, MeshOutputs
from platform_lib.core.tagging import required_tags
from support.contexts import context
from support.istio_schemas import schema_faults
from support.meshes import mesh_args, whole_args
from support.recording import record

RELEASE = "kubernetes:helm.sh/v3:Release"


def made(environment="prod", arguments=whole_args, preview=False, protect=None, result=None, **more):
    def program():
        opts = pulumi.ResourceOptions(provider=kubernetes.Provider("cluster"), protect=protect)
        mesh = MeshComponent("main", MeshArgs(**arguments(environment, **more)), opts)
        return mesh.trust_domain if result is None else result(mesh)

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made()


def waits_for(recorded, name):
    return {urn.rsplit("::", 1)[-1] for urn in recorded.named(name).depends_on}


@pytest.mark.parametrize("name, arguments", [("least", mesh_args), ("whole", whole_args)])
def test_urns_and_parents_change_only_on_purpose(golden, name, arguments):
    golden(f"urns/mesh-{name}.txt", "\n".join(made(arguments=arguments).tree()) + "\n")


def test_a_preview_registers_what_an_update_does(whole):
    assert {item.urn for item in made(preview=True).registrations} == {item.urn for item in whole.registrations}


def test_every_object_carries_the_labels(whole):
    required = required_tags(context("prod"))
    objects = [item for item in whole.registrations if item.custom and "metadata" in item.inputs]
    assert {item.type.rpartition(":")[2] for item in objects} >= {"Namespace", "Secret", "VirtualService", "Telemetry"}
    for item in objects:
        if item.type != "kubernetes:core/v1:NamespacePatch":
            assert required.items() <= item.inputs["metadata"]["labels"].items(), item.name
            assert item.inputs["metadata"]["labels"]["app.kubernetes.io/part-of"] == "main"


def test_a_member_gets_its_tag_and_nothing_else(whole):
    assert whole.named("main-member-shop").inputs["metadata"] == {"name": "shop", "labels": {"istio.io/rev": "stable"}}
    assert waits_for(whole, "main-member-shop") >= {"main-tag-stable"}


def test_every_custom_resource_follows_the_definitions_and_fits_its_schema(whole):
    resources = [item for item in whole.registrations if ".istio.io/" in item.type]
    assert len(resources) == 23
    for item in resources:
        assert "main-crds" in waits_for(whole, item.name)
        assert schema_faults({**item.inputs, "kind": item.type.rpartition(":")[2]}) == [], item.name


def test_what_stands_in_a_namespace_of_the_mesh_follows_it(whole):
    assert "main-namespace-istio-ingress" in waits_for(whole, "main-gateway-public")
    assert "main-namespace-istio-system" in waits_for(whole, "main-telemetry")
    assert {"main-namespace-istio-ingress", "main-istiod-1-31-1"} <= waits_for(whole, "main-proxies-public")
    assert {"main-crds", "main-cni", "main-authority"} <= waits_for(whole, "main-istiod-1-31-1")


def test_charts_are_pinned_and_come_over_tls(whole):
    releases = whole.of_type(RELEASE)
    assert {item.inputs["chart"] for item in releases} == {"base", "cni", "istiod", "gateway", "kiali-server"}
    for item in releases:
        assert item.inputs["version"].count(".") == 2
        assert item.inputs["repositoryOpts"]["repo"].startswith("https://")


@pytest.mark.parametrize("environment, protect, expected", [("prod", None, 5), ("dev", None, 0), ("prod", False, 0)])
def test_what_others_rely_on_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment, protect=protect)
    assert len([item for item in recorded.registrations if item.custom and item.protect]) == expected


def test_a_component_that_waits_lets_its_children_wait():
    def program():
        provider = kubernetes.Provider("cluster")
        first = kubernetes.core.v1.Namespace(
            "first", metadata={"name": "shop"}, opts=pulumi.ResourceOptions(provider=provider)
        )
        opts = pulumi.ResourceOptions(provider=provider, depends_on=[first])
        return MeshComponent("main", MeshArgs(**whole_args()), opts).trust_domain

    recorded = record(program)
    for item in recorded.registrations:
        if item.name.startswith("main-"):
            assert "first" in waits_for(recorded, item.name)


def test_the_reference_and_the_outputs_tell_the_same():
    def both(mesh):
        reference = mesh.reference
        assert MeshOutputs.of(reference).reference == reference
        assert reference.gateway("public").reference == "istio-ingress/public"
        assert reference.gateway("none") is None
        return reference.version

    recorded = made(result=both)
    outputs = recorded.outputs[recorded.named("main").urn]
    assert recorded.result == "1.31.1"
    assert outputs["revisions"] == ["1-31-1"]
    assert outputs["tags"] == {"stable": "1-31-1"}
    assert outputs["gateways"] == {"public": "istio-ingress/public", "out": "istio-egress/out"}
    assert "VirtualService shop/menu" in outputs["objects"]


def test_costs_and_evidence_name_what_is_there(whole):
    children = {item.name for item in whole.registrations}
    outputs = whole.outputs[whole.named("main").urn]
    assert {item["child"] for item in outputs["evidence"]} <= children
    served = {item["child"] for item in outputs["evidence"]}
    assert {"main-mtls", "main-deny-all", "main-authority", "main-gateway-public", "main-telemetry"} <= served
    assert "main-gateway-out" not in served, "what passes through is not decrypted here"
    quantities = {driver["item"]: driver["quantity"] for driver in outputs["cost_drivers"]}
    assert quantities["aws:nlb-hours"] == 730
    assert quantities["kubernetes:requested-cpu"] == 2 * 0.5 + 2 * 3 * 0.2 + 0.05


def test_a_mesh_that_is_not_strict_is_no_evidence_of_encryption():
    recorded = made("dev", mtls={"mode": "permissive"}, telemetry={"access_log_filter": "response.code >= 400"})
    served = {item["child"] for item in recorded.outputs[recorded.named("main").urn]["evidence"]}
    assert not {"main-mtls", "main-telemetry"} & served
