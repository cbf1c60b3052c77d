from platform_lib.components.baseline import args
from platform_lib.components.baseline.component import SecurityBaseline
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

GROUPS = (
    args.KeysArgs,
    args.ArchiveArgs,
    args.TrailArgs,
    args.AlarmsArgs,
    args.PasswordPolicyArgs,
    args.ConfigurationHistoryArgs,
    args.ThreatDetectionArgs,
    args.GuardsArgs,
)
MODELS = {
    "SecurityBaseline": args.SecurityBaselineArgs,
    "Context": Context,
    **{model.__name__: model for model in GROUPS},
}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(SecurityBaseline)
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["SecurityBaseline"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "region", "accountId"}
    assert {"logsKeyArn", "archiveBucket", "trailArn", "costDrivers", "evidence"} <= component.outputs.keys()


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/baseline.json", exported(SecurityBaseline))
