from platform_lib.components.vault.refs import VaultAdministratorReference, VaultReference
from platform_lib.components.vault_configuration import args
from platform_lib.components.vault_configuration.arguments import auth, engine, policy, shared, use
from platform_lib.components.vault_configuration.component import VaultConfiguration
from platform_lib.core.args import ComponentArgs
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

BASES = {"AuthMethodArgs", "AuthRoleArgs", "EngineArgs", "NamedArgs"}
"""Models that are there for others to inherit from."""

MODELS = {
    "VaultConfiguration": args.VaultConfigurationArgs,
    **{model.__name__: model for model in (Context, VaultReference, VaultAdministratorReference)},
    **{
        name: model
        for module in (auth, engine, policy, shared, use)
        for name, model in vars(module).items()
        if isinstance(model, type)
        and issubclass(model, ComponentArgs)
        and model.__module__ == module.__name__
        and name not in BASES
    },
}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(VaultConfiguration)
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["VaultConfiguration"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "vault"}
    assert {"rotation", "consumers", "certificateRequests", "costDrivers", "evidence"} <= component.outputs.keys()


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/vault_configuration.json", exported(VaultConfiguration))
