"""Every component under both: the sandbox engine and stock mocks."""

import pulumi
import pulumi_aws as aws
import pulumi_gcp as gcp
import pulumi_kubernetes as kubernetes
import pulumi_vault as vault
import pytest

from platform_lib.components.baseline import SecurityBaseline, SecurityBaselineArgs
from platform_lib.components.cluster import KubernetesCluster, KubernetesClusterArgs
from platform_lib.components.dr import DrReplica, DrReplicaArgs
from platform_lib.components.edge import EdgeFleet, EdgeFleetArgs
from platform_lib.components.features import FeatureStore, FeatureStoreArgs
from platform_lib.components.mesh import MeshArgs, MeshComponent
from platform_lib.components.vault_configuration import VaultConfiguration, VaultConfigurationArgs
from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.cross_cloud import CrossCloudVpn, CrossCloudVpnArgs
from platform_lib.testing import run_program, run_with_mocks
from support.azure_networks import KEY
from support.azure_networks import network as azure_network
from support.clusters import ADMINS
from support.contexts import context
from support.feature_stores import store_args
from support.feature_stores import surroundings as store_surroundings
from support.fleets import fleet_args, surroundings
from support.meshes import whole_args
from support.replicas import Around, replica_args
from support.vault_configurations import configuration_args
from support.vaults import deployed


def network(environment):
    provider = aws.Provider("aws", region="eu-west-1")
    args = VpcArgs(
        context=context(environment), region="eu-west-1", cidr="10.20.0.0/16", endpoints={"interface": ["kms"]}
    )
    made = VpcComponent("main", args, pulumi.ResourceOptions(provider=provider))
    pulumi.export("vpc", made.vpc_id)


def network_on_gcp(environment):
    provider = gcp.Provider("gcp", project="acme-net", region="europe-west1")
    args = VpcArgs(
        context=context(environment), cloud="gcp", region="europe-west1", cidr="10.20.0.0/16", egress="regional"
    )
    made = VpcComponent("main", args, pulumi.ResourceOptions(provider=provider))
    pulumi.export("vpc", made.vpc_id)


def network_on_azure(environment):
    azure_network(environment, egress="single", **KEY)()


def link_between_clouds(environment):
    providers = [
        aws.Provider("aws", region="eu-west-1"),
        gcp.Provider("gcp", project="acme-net", region="europe-west1"),
    ]
    vpc = aws.ec2.Vpc("vpc", cidr_block="10.10.0.0/16", opts=pulumi.ResourceOptions(provider=providers[0]))
    other = gcp.compute.Network(
        "net", auto_create_subnetworks=False, opts=pulumi.ResourceOptions(provider=providers[1])
    )
    args = CrossCloudVpnArgs(
        context=context(environment),
        aws={"region": "eu-west-1", "ranges": ["10.10.0.0/16"], "vpc_id": vpc.id},
        gcp={"region": "europe-west1", "ranges": ["10.30.0.0/16"], "network_id": other.id},
    )
    CrossCloudVpn("link", args, pulumi.ResourceOptions(providers=providers))


def baseline(environment):
    provider = aws.Provider("aws", region="eu-west-1")
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    args = SecurityBaselineArgs(
        context=context(environment),
        region="eu-west-1",
        account_id=account.account_id,
        alarms={"emails": ["a@b.example"]},
    )
    SecurityBaseline("baseline", args, pulumi.ResourceOptions(provider=provider))


def cluster(environment):
    provider = aws.Provider("aws", region="eu-west-1")
    opts = pulumi.ResourceOptions(provider=provider)
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    made_for = context(environment)
    below = VpcComponent("net", VpcArgs(context=made_for, region="eu-west-1", cidr="10.20.0.0/16"), opts)
    args = KubernetesClusterArgs(
        context=made_for, network=below.reference, account_id=account.account_id, access=[ADMINS]
    )
    made = KubernetesCluster("main", args, opts)
    pulumi.export("kubeconfig", made.kubeconfig)
    pulumi.export("provider", made.provider.urn)


def edge(environment):
    opts = pulumi.ResourceOptions(provider=aws.Provider("aws", region="eu-west-1"))
    made = EdgeFleet("main", EdgeFleetArgs(**fleet_args(environment, **surroundings(opts))), opts)
    pulumi.export("bucket", made.artifact_bucket)


def mesh(environment):
    opts = pulumi.ResourceOptions(provider=kubernetes.Provider("kubernetes", cluster_identifier="main"))
    namespace = kubernetes.core.v1.Namespace("shop", metadata={"name": "shop"}, opts=opts)
    waiting = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(depends_on=[namespace]))
    made = MeshComponent("main", MeshArgs(**whole_args(environment)), waiting)
    pulumi.export("gateways", made.gateways)


def features(environment):
    opts = pulumi.ResourceOptions(provider=aws.Provider("aws", region="eu-west-1"))
    args = store_args(environment, **store_surroundings(opts))
    pulumi.export("bucket", FeatureStore("main", FeatureStoreArgs(**args), opts).bucket)


def recovery(environment):
    opts = pulumi.ResourceOptions(provider=aws.Provider("aws", region="eu-central-1"))
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=opts.provider))
    args = DrReplicaArgs(**replica_args(environment, account_id=account.account_id, **Around(opts).arguments))
    pulumi.export("key", DrReplica("main", args, opts).key_arn)


def secrets(environment):
    opts = pulumi.ResourceOptions(provider=vault.Provider("vault", address="https://vault.example.org:8200"))
    made = VaultConfiguration("main", VaultConfigurationArgs(**configuration_args(environment)), opts)
    pulumi.export("consumers", made.consumers)


def vault_servers(environment):
    provider = aws.Provider("aws", region="eu-west-1")
    account = aws.get_caller_identity_output(opts=pulumi.InvokeOutputOptions(provider=provider))
    made = deployed(environment=environment)(account.account_id, pulumi.ResourceOptions(provider=provider))
    pulumi.export("address", made.address)


COMPONENTS = {
    "network": network,
    "network-on-gcp": network_on_gcp,
    "network-on-azure": network_on_azure,
    "link-between-clouds": link_between_clouds,
    "baseline": baseline,
    "cluster": cluster,
    "vault": vault_servers,
    "edge": edge,
    "recovery": recovery,
    "features": features,
    "mesh": mesh,
    "secrets": secrets,
}
ENGINE_ONLY = {"pulumi:pulumi:Stack"}


def key(urn):
    """Type and name: stock mocks make other URNs (see the guide)."""
    return urn.split("::")[2].split("$")[-1], urn.split("::")[3]


def registered(graph):
    return {key(resource.urn): resource for resource in graph.resources if resource.type not in ENGINE_ONLY}


SLOW = ("network-on-azure",)
"""Their SDK gives every resource an alias for each version of its API, which stock mocks turn into URNs one by one."""


@pytest.fixture(
    scope="module",
    params=[
        pytest.param((name, stage), id=f"{name}-{stage}", marks=[pytest.mark.slow] if name in SLOW else [])
        for name in COMPONENTS
        for stage in ("dev", "prod")
    ],
)
def both(request):
    name, stage = request.param
    return run_program(lambda: COMPONENTS[name](stage)), run_with_mocks(lambda: COMPONENTS[name](stage))


def test_the_same_resources_are_made(both):
    engine, mocks = both
    assert registered(engine).keys() == registered(mocks).keys()
    engine.assert_preview_tells_all()
    assert registered(mocks.preview).keys() == registered(mocks).keys()


def test_parents_protection_and_dependencies_are_the_same(both):
    engine, mocks = map(registered, both)
    for urn, resource in engine.items():
        other = mocks[urn]
        assert key(resource.parent) == key(other.parent), urn
        assert resource.options.protect == other.options.protect, urn
        assert set(map(key, resource.dependencies)) == set(map(key, other.dependencies)), urn


def test_what_the_program_sets_reaches_the_engine_as_it_is_sent(both):
    """Inputs that name other resources differ in the ids that each cloud makes."""
    engine, mocks = map(registered, both)
    for urn, resource in mocks.items():
        flowing = {name for name, urns in resource.property_dependencies.items() if urns}
        for name, value in resource.inputs.items():
            if name in flowing or name.startswith("__"):
                continue
            sent = engine[urn].inputs[name]
            if name == "metadata":  # where the provider of Kubernetes puts automatic names
                sent = {key: sent.get(key) for key in value}
            assert sent == value, f"{urn}: {name}"


def test_nothing_leaks(both):
    engine, mocks = both
    engine.assert_no_leaks()
    mocks.assert_no_leaks()


@pytest.mark.parametrize("name", COMPONENTS)
def test_nothing_changes_when_a_component_runs_again(name, upgrade):
    upgrade(lambda: COMPONENTS[name]("prod"), lambda: COMPONENTS[name]("prod")).assert_unchanged()
