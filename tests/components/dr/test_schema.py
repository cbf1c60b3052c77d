from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.components.dr import args
from platform_lib.components.dr.component import DrReplica
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

GROUPS = (
    args.BackupsArgs,
    args.DrKeysArgs,
    args.DrSourceArgs,
    args.DrillsArgs,
    args.FailoverRecordArgs,
    args.MeasurementArgs,
    args.ObjectivesArgs,
    args.PrimarySiteArgs,
    args.RestoreTestsArgs,
    args.SecondarySiteArgs,
    args.StandbyArgs,
    args.StopRulesArgs,
)
MODELS = {
    "DrReplica": args.DrReplicaArgs,
    **{model.__name__: model for model in (Context, SecurityBaselineReference, *GROUPS)},
}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(DrReplica)
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["DrReplica"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "accountId", "primary", "secondary", "sources"}
    assert {"keyArn", "copies", "copyBucketArns", "estimates", "costDrivers", "evidence"} <= component.outputs.keys()


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/dr.json", exported(DrReplica))
