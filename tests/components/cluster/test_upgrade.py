from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.cluster import KubernetesClusterArgs, UpgradePart, check_version_step, upgrade_plan
from platform_lib.components.cluster.plan import plan_cluster
from platform_lib.components.cluster.versions import ADDON_VERSIONS
from support.clusters import cluster_args

GROUPS = [
    {"name": "batch", "taints": [{"key": "dedicated", "value": "batch"}]},
    {"name": "system"},
    {"name": "web"},
]


def plan(**more):
    args = KubernetesClusterArgs.parse("test", cluster_args(node_groups=GROUPS, **more))
    return plan_cluster("main", args, subject="test")


def steps(old, new):
    return [(step.part.value, step.name) for step in upgrade_plan(old, new).steps]


def test_an_upgrade_goes_from_the_control_plane_over_the_addons_to_the_nodes():
    found = upgrade_plan(plan(version="1.34"), plan(version="1.35"))
    assert found.findings == ()
    assert [(step.part.value, step.name, step.was, step.becomes) for step in found.steps] == [
        ("control-plane", "main-prod", "1.34", "1.35"),
        ("add-on", "kube-proxy", "v1.34.6-eksbuild.13", "v1.35.3-eksbuild.13"),
        ("nodes", "system", "1.34", "1.35"),
        ("add-on", "coredns", "v1.13.2-eksbuild.11", "v1.14.3-eksbuild.3"),
        ("nodes", "batch", "1.34", "1.35"),
        ("nodes", "web", "1.34", "1.35"),
    ]


def test_two_minor_versions_at_once_are_refused_with_the_one_between():
    (finding,) = upgrade_plan(plan(version="1.34"), plan(version="1.36")).findings
    assert str(finding) == "version: is 2 minor versions ahead of 1.34, got '1.36'; go to '1.35' first"


def test_there_is_no_way_back():
    (finding,) = upgrade_plan(plan(version="1.35"), plan(version="1.34")).findings
    assert str(finding) == "version: cannot go back from 1.35, got '1.34'; keep '1.35'"


def test_what_comes_and_goes_are_steps_too():
    more = plan(addons=[{"name": "metrics-server", "version": "v0.9.0-eksbuild.5"}])
    less = plan(addons=[{"name": "aws-ebs-csi-driver", "enabled": False}])
    assert steps(plan(), more) == [("add-on", "metrics-server")]
    (gone,) = upgrade_plan(plan(), less).steps
    assert (gone.name, gone.was, gone.becomes) == ("aws-ebs-csi-driver", "v1.63.1-eksbuild.1", "")


@given(st.sampled_from(sorted(ADDON_VERSIONS)), st.sampled_from(sorted(ADDON_VERSIONS)))
def test_an_upgrade_is_allowed_exactly_for_one_step_up(was, becomes):
    old, new = plan(version=was), plan(version=becomes)
    found = upgrade_plan(old, new)
    assert (found.findings == ()) == (int(becomes[2:]) - int(was[2:]) in (0, 1))
    assert list(found.findings) == check_version_step(was, becomes)
    assert bool(found.steps) == (was != becomes)
    kinds = [step.part for step in found.steps]
    if found.steps:
        assert kinds[0] is UpgradePart.CONTROL_PLANE
        nodes = [step.name for step in found.steps if step.part is UpgradePart.NODES]
        assert nodes == ["system", "batch", "web"]
        assert [step.name for step in found.steps].index("kube-proxy") < kinds.index(UpgradePart.NODES)
