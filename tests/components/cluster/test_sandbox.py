"""A cluster on the sandbox: up, again, every kind of change with its steps, destroyed."""

import json

import pulumi
import pytest

from platform_lib.components.cluster import KubernetesCluster, KubernetesClusterArgs
from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.values import Secret, plain
from platform_lib.operations.stateful import stateful
from support.clusters import ADMINS
from support.component_stack import ComponentStack
from support.contexts import context

IDENTITY = {
    "name": "app",
    "namespace": "apps",
    "service_account": "app",
    "policy": json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::x/*"]}],
        }
    ),
}
READERS = {"name": "readers", "policy": "view", "principal_arn": "arn:aws:iam::111122223333:role/readers"}


def cluster(environment="dev", network_zones=2, after=None, **more):
    """A cluster in a network of its own; ``after`` makes what runs on it."""

    def make(account_id, opts):
        made_for = context(environment)
        network = VpcComponent(
            "net",
            VpcArgs(context=made_for, region="eu-west-1", cidr="10.20.0.0/16", zone_count=network_zones, guard=False),
            opts,
        )
        args = {"context": made_for, "network": network.reference, "account_id": account_id, "access": [ADMINS]}
        made = KubernetesCluster("main", KubernetesClusterArgs(**{**args, **more}), opts)
        if after is not None:
            after(made)
        return made

    return make


@pytest.fixture
def stack():
    made = ComponentStack()
    yield made
    made.cloud.close()


def test_a_whole_cluster_comes_up_stays_and_goes(stack):
    whole = cluster(pod_identities=[IDENTITY], node_groups=[{"name": "system"}, {"name": "web"}])
    previewed = stack.run("preview", whole)
    assert stack.up(whole) == dict(previewed.changes)
    assert set(stack.up(whole)) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def test_an_upgrade_takes_the_steps_that_are_planned_for_it(stack):
    groups = [{"name": "web", "taints": [{"key": "a"}]}, {"name": "system"}]
    stack.up(cluster(version="1.34", node_groups=groups))
    expected = [
        ("update", "cluster"),
        ("update", "addon-kube-proxy"),
        ("update", "nodes-system"),
        ("update", "addon-coredns"),
        ("update", "nodes-web"),
    ]
    upgraded = cluster(version="1.35", node_groups=groups)
    assert stack.steps("preview", upgraded) == (0, expected)
    assert stack.steps("up", upgraded) == (0, expected)


@pytest.mark.parametrize("was, becomes", [("1.34", "1.36"), ("1.35", "1.34")])
def test_eks_takes_one_step_up_and_none_back(stack, was, becomes):
    stack.up(cluster(version=was))
    assert stack.steps("up", cluster(version=becomes)) == (1, [])
    assert f"Unsupported Kubernetes minor version update from {was} to {becomes}" in stack.errors


def test_nodes_may_follow_later(stack):
    stack.up(cluster(version="1.34"))
    held = cluster(version="1.35", node_groups=[{"name": "system", "version": "1.34"}])
    steps = stack.steps("up", held)[1]
    assert ("update", "cluster") in steps
    assert ("update", "nodes-system") not in steps
    assert stack.steps("up", cluster(version="1.35")) == (0, [("update", "nodes-system")])


CHANGES = {
    "bigger disks": (
        {"node_groups": [{"name": "system", "disk_gib": 80}]},
        [("update", "template-system"), ("update", "nodes-system")],
    ),
    "more nodes": ({"node_groups": [{"name": "system", "nodes": 3}]}, [("update", "nodes-system")]),
    "an add-on's version": (
        {"addons": [{"name": "coredns", "version": "v1.13.2-eksbuild.4"}]},
        [("update", "addon-coredns")],
    ),
    "protection": ({"deletion_protection": True}, [("update", "cluster")]),
    "a range that reaches the API": (
        {"endpoint": {"private_cidrs": ["10.20.0.0/16", "10.0.0.0/16"]}},
        [("create", "api-https-10.0.0.0-16")],
    ),
    "one more entry": (
        {"access": [ADMINS, READERS]},
        [("create", "access-readers"), ("create", "access-policy-readers")],
    ),
    "one more group": (
        {"node_groups": [{"name": "system"}, {"name": "web"}]},
        [("create", "template-web"), ("create", "nodes-web")],
    ),
    "an identity": (
        {"pod_identities": [IDENTITY]},
        [
            *(("create", name) for name in ("pod-policy-app", "pod-role-app")),
            *(("create", name) for name in ("identity-app", "pod-policy-app-attachment")),
        ],
    ),
    "an add-on less": ({"addons": [{"name": "aws-ebs-csi-driver", "enabled": False}]}, None),
}


@pytest.mark.parametrize("case", CHANGES)
def test_a_change_takes_its_own_steps_and_replaces_nothing(stack, case):
    change, expected = CHANGES[case]
    stack.up(cluster())
    previewed = stack.steps("preview", cluster(**change))
    done = stack.steps("up", cluster(**change))
    assert done[0] == 0
    assert sorted(previewed[1]) == sorted(done[1])
    if expected is not None:
        assert sorted(done[1]) == sorted(expected)
    assert not {"replace", "create-replacement"} & {op for op, _ in done[1]}
    assert stack.steps("up", cluster(**change)) == (0, [])


@pytest.mark.parametrize(
    "change", [{"instance_types": ["m7i.xlarge"]}, {"zones": ["euw1-az1"]}, {"image": "bottlerocket-x86"}]
)
def test_other_nodes_come_before_the_old_ones_go(stack, change):
    stack.up(cluster())
    code, steps = stack.steps("up", cluster(node_groups=[{"name": "system", **change}]))
    assert code == 0
    of_nodes = [op for op, name in steps if name == "nodes-system"]
    assert of_nodes == ["create-replacement", "replace", "delete-replaced"]


def test_a_preview_names_the_cluster_where_it_would_be_replaced(stack):
    stack.up(cluster(environment="dev"))
    _, steps = stack.steps("preview", cluster(service_cidr="10.100.0.0/16"))
    assert ("replace", "cluster") in steps
    assert ("delete-replaced", "cluster") in steps
    assert stateful("aws:eks/cluster:Cluster") == "holds data", "so that a preview says what is lost"


def test_production_refuses_to_replace_its_cluster(stack):
    stack.up(cluster("prod"))
    code, _ = stack.steps("preview", cluster("prod", service_cidr="10.100.0.0/16"))
    assert code == 1
    assert "main-cluster" in stack.errors
    assert "protect" in stack.errors


def test_a_zone_more_in_the_network_moves_nothing(stack):
    stack.up(cluster(network_zones=2))
    assert stack.steps("up", cluster(network_zones=3)) == (0, [])


def test_eks_keeps_the_zones_of_a_control_plane(stack):
    stack.up(cluster(network_zones=3))
    code, _ = stack.steps("up", cluster(network_zones=3, zones=["euw1-az1", "euw1-az2", "euw1-az3"]))
    assert code == 1
    assert "Subnets must be in the AZs that the cluster was created with" in stack.errors


def test_an_autoscaler_keeps_the_number_of_nodes_that_it_chose(stack):
    groups = [{"name": "system", "autoscaled": True, "maximum_nodes": 6}]
    stack.up(cluster(node_groups=groups))
    assert stack.steps("up", cluster(node_groups=[{**groups[0], "nodes": 5}])) == (0, [])


def test_what_holds_data_is_not_destroyed_outside_dev(stack):
    stack.up(cluster("prod"))
    result = stack.run("destroy")
    assert result.exit_code == 1
    left = {item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources}
    assert {"main-cluster", "main-key", "main-control-plane-logs"} <= left


def test_eks_itself_refuses_to_delete_a_protected_cluster(stack):
    stack.up(cluster(deletion_protection=True))
    assert stack.run("destroy").exit_code == 1
    stack.up(cluster(deletion_protection=False))
    assert stack.run("destroy").exit_code == 0


def on_the_cluster(made):
    import pulumi_kubernetes as kubernetes

    kubernetes.core.v1.Namespace("apps", metadata={"name": "apps"}, opts=pulumi.ResourceOptions(provider=made.provider))
    pulumi.export("kubeconfig", made.kubeconfig)
    pulumi.export("endpoint", made.endpoint)


def test_objects_are_made_on_the_cluster_although_a_preview_does_not_know_it_yet(stack):
    running = cluster(after=on_the_cluster)
    previewed = stack.run("preview", running)
    assert previewed.exit_code == 0
    assert stack.up(running) == dict(previewed.changes)
    assert set(stack.up(running)) == {"same"}
    (namespace,) = stack.cloud.ls(package="kubernetes")
    assert namespace.scope not in ("", "sandbox"), "it lies on this cluster, known by its endpoint"
    assert stack.run("destroy").exit_code == 0
    assert stack.cloud.ls() == []


def test_the_kubeconfig_is_a_secret_in_the_state(stack):
    result = stack.run("up", cluster(after=on_the_cluster))
    assert isinstance(result.outputs["kubeconfig"], Secret)
    assert plain(result.outputs["endpoint"]) in plain(result.outputs["kubeconfig"])


def test_an_upgrade_replaces_nothing_that_runs_on_the_cluster(stack):
    stack.up(cluster(version="1.34", after=on_the_cluster))
    code, steps = stack.steps("up", cluster(version="1.35", after=on_the_cluster))
    assert code == 0
    assert {name for _, name in steps} == {"cluster", "addon-kube-proxy", "nodes-system", "addon-coredns"}


def test_a_cluster_that_is_made_anew_takes_what_ran_on_it_along(stack):
    stack.up(cluster(after=on_the_cluster))
    code, steps = stack.steps("up", cluster(after=on_the_cluster, service_cidr="10.100.0.0/16"))
    assert code == 0
    assert [op for op, name in steps if name == "provider"] == ["delete-replaced", "replace", "create-replacement"]
    (namespace,) = stack.cloud.ls(package="kubernetes")
    assert namespace.id == "apps"
