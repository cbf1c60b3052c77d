from pydantic import BaseModel

from platform_lib.components import vpc
from platform_lib.components.vpc import cross_cloud, refs
from platform_lib.components.vpc.component import VpcComponent
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

MODELS = {
    "VpcComponent": vpc.VpcArgs,
    "Context": Context,
    **{
        name: found
        for name in vpc.__all__
        if isinstance(found := getattr(vpc, name), type)
        and issubclass(found, BaseModel)
        and name != "VpcArgs"
        and found.__module__ != refs.__name__  # what others take, which is none of the arguments
    },
}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(VpcComponent)
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["VpcComponent"]
    assert {name for name, value in component.inputs.items() if not value.optional} == {"context", "region"}
    assert {"vpcId", "subnetIds", "costDrivers", "evidence"} <= component.outputs.keys()
    assert component.outputs["costDrivers"].items.ref.endswith(":CostDriver")


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/vpc.json", exported(VpcComponent))


CROSS_CLOUD = {
    "CrossCloudVpn": cross_cloud.CrossCloudVpnArgs,
    **{name: getattr(cross_cloud, name) for name in ("AwsVpnSideArgs", "AzureVpnSideArgs", "GcpVpnSideArgs")},
}


def test_a_vpn_between_clouds_can_be_exported_too():
    result = analyzed(cross_cloud.CrossCloudVpn)
    assert not empty_types(result)
    assert not wrongly_required(result, CROSS_CLOUD)
    assert not undocumented(result)
    assert {"tunnels", "outsideAddresses", "gatewayIds"} <= result["component_definitions"][
        "CrossCloudVpn"
    ].outputs.keys()
