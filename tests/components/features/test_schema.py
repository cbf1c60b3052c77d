from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.components.features import args
from platform_lib.components.features.arguments import contract, running, view
from platform_lib.components.features.component import FeatureStore
from platform_lib.components.vpc.refs import NetworkReference, SubnetReference
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

GROUPS = (
    contract.PinnedContractArgs,
    contract.PinnedViewArgs,
    contract.RetiredViewArgs,
    running.MaterialisationArgs,
    running.ServingArgs,
    running.StoreCopiesArgs,
    running.StreamArgs,
    view.BatchViewArgs,
    view.EntityArgs,
    view.FeatureArgs,
    view.RequestFeatureArgs,
    view.RequestInputArgs,
    view.RequestViewArgs,
    view.StreamViewArgs,
)
OTHERS = (Context, NetworkReference, SecurityBaselineReference, SubnetReference)
MODELS = {"FeatureStore": args.FeatureStoreArgs, **{model.__name__: model for model in (*OTHERS, *GROUPS)}}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(FeatureStore)
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["FeatureStore"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "accountId", "network", "baseline", "image", "entities"}
    outputs = {"bucket", "contractDigest", "freshnessAlarms", "servingArn", "tableNames", "costDrivers", "evidence"}
    assert outputs <= component.outputs.keys()


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/features.json", exported(FeatureStore))
