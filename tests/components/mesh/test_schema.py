import pytest

from platform_lib.components import mesh
from platform_lib.components.cluster.refs import ClusterReference
from platform_lib.components.mesh.component import MeshComponent
from platform_lib.core.args import ComponentArgs
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

GROUPS = {name: getattr(mesh, name) for name in mesh.__all__ if name.endswith("Args") and name != "MeshArgs"}
MODELS = {
    "MeshComponent": mesh.MeshArgs,
    **{model.__name__: model for model in (Context, ClusterReference)},
    **GROUPS,
}


@pytest.fixture(scope="module")
def result():
    return analyzed(MeshComponent)


def test_the_arguments_and_outputs_can_be_exported(result):
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["MeshComponent"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "cluster", "certificateAuthority"}
    assert {"revisions", "tags", "gateways", "costDrivers", "evidence"} <= component.outputs.keys()


def test_every_group_of_arguments_is_public(result):
    exported_types = set(result["type_definitions"])
    assert {name for name in exported_types if name.endswith("Args")} == set(GROUPS)
    assert all(issubclass(model, ComponentArgs) for model in GROUPS.values())


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/mesh.json", exported(MeshComponent))
