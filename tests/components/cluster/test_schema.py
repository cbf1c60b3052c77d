from platform_lib.components.cluster import args
from platform_lib.components.cluster.component import KubernetesCluster
from platform_lib.components.vpc.refs import NetworkReference, SubnetReference
from platform_lib.core.context import Context
from support.export_schema import analyzed, empty_types, exported, undocumented, wrongly_required

GROUPS = (
    args.ClusterEndpointArgs,
    args.ClusterEncryptionArgs,
    args.ControlPlaneLogsArgs,
    args.NodeGroupArgs,
    args.NodeTaintArgs,
    args.AccessEntryArgs,
    args.PodIdentityArgs,
    args.ClusterAddonArgs,
)
MODELS = {
    "KubernetesCluster": args.KubernetesClusterArgs,
    **{model.__name__: model for model in (Context, NetworkReference, SubnetReference, *GROUPS)},
}


def test_the_arguments_and_outputs_can_be_exported():
    result = analyzed(KubernetesCluster)
    assert not empty_types(result)
    assert not wrongly_required(result, MODELS)
    assert not undocumented(result)
    component = result["component_definitions"]["KubernetesCluster"]
    required = {name for name, value in component.inputs.items() if not value.optional}
    assert required == {"context", "network", "accountId", "access"}
    assert {
        "clusterName",
        "endpoint",
        "oidcIssuer",
        "kubeconfig",
        "costDrivers",
        "evidence",
    } <= component.outputs.keys()


def test_optional_fields_have_no_other_default_than_none():
    for model in MODELS.values():
        assert all(field.is_required() or field.default is None for field in model.model_fields.values())


def test_the_contract_with_other_languages_changes_only_on_purpose(golden):
    golden("schema/cluster.json", exported(KubernetesCluster))
