"""What other languages get: every argument and output, nothing empty, optional exactly where the default is None."""

from platform_lib.components.cluster.refs import ClusterReference, NodeGroupReference, NodeTaintReference
from platform_lib.components.vault import args
from platform_lib.components.vault.arguments import backup, seal, server
from platform_lib.components.vault.component import VaultCluster
from platform_lib.core.args import ComponentArgs
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

GROUPS = tuple(
    model
    for module in (args, backup, seal, server)
    for model in vars(module).values()
    if isinstance(model, type) and issubclass(model, ComponentArgs) and model.__module__ == module.__name__
)
BELOW = (Context, ClusterReference, NodeGroupReference, NodeTaintReference)
MODELS = {
    "VaultCluster": args.VaultClusterArgs,
    **{model.__name__: model for model in (*BELOW, *GROUPS) if model is not args.VaultClusterArgs},
}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(VaultCluster)
    assert len(MODELS) == 18
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["VaultCluster"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "cluster", "accountId", "image", "tls"}
    assert {"address", "tlsNames", "operatorSteps", "costDrivers", "evidence"} <= component.outputs.keys()


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/vault.json", exported(VaultCluster))
