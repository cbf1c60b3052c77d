import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.cluster.args import KubernetesClusterArgs
from platform_lib.components.cluster.kind import NodeCapacity
from platform_lib.components.cluster.plan import SERVICE_RANGES, plan_cluster
from platform_lib.components.cluster.versions import ADDON_VERSIONS, DEFAULT_ADDONS, minor
from platform_lib.core.cidr import overlaps, parse_ipv4
from platform_lib.core.errors import ArgsError, PlanError
from support.clusters import ADMINS, cluster_args, network

SUBJECT = "KubernetesCluster 'main'"


def planned(name="main", environment="prod", **more):
    args = KubernetesClusterArgs.parse(SUBJECT, cluster_args(environment, **more))
    return plan_cluster(name, args, subject=SUBJECT)


def refused(**more):
    with pytest.raises((ArgsError, PlanError)) as caught:
        planned(**more)
    return str(caught.value).splitlines()


def test_the_defaults_are_those_of_a_regulated_shop():
    plan = planned()
    assert (plan.cluster_name, plan.version) == ("main-prod", "1.35")
    assert plan.log_group == "/aws/eks/main-prod/cluster"
    assert (plan.place.tier, plan.place.zones) == ("private", ("euw1-az1", "euw1-az2"))
    assert (plan.endpoint.private_cidrs, plan.endpoint.public_cidrs) == ((("network", "10.20.0.0/16"),), ())
    assert plan.service_cidr == "172.20.0.0/16"
    assert plan.key.secrets
    assert plan.key.logs
    assert plan.key.volumes
    assert plan.log_retention_days == 365
    assert plan.deletion_protection
    assert plan.extended_support
    (group,) = plan.node_groups
    assert (group.name, group.instance_types, group.capacity) == ("system", ("m7i.large",), NodeCapacity.ON_DEMAND)
    assert (group.minimum, group.nodes, group.maximum) == (2, 2, 4)
    assert group.place == plan.place
    assert group.labels == {"purpose": "system"}
    assert (group.version, group.release, group.release_is_pinned) == ("1.35", "1.35", False)
    assert {addon.name: addon.version for addon in plan.addons} == dict(ADDON_VERSIONS["1.35"])
    assert plan.carrier == "system"


def test_dev_may_be_deleted_and_hipaa_keeps_logs_for_six_years():
    assert not planned(environment="dev").deletion_protection
    args = cluster_args()
    args["context"] = args["context"].model_copy(update={"compliance_scope": ["hipaa"]})
    assert planned(context=args["context"]).log_retention_days == 2192


def test_every_known_version_has_all_default_addons_and_a_kube_proxy_of_its_own():
    for version, known in ADDON_VERSIONS.items():
        assert set(known) == set(DEFAULT_ADDONS)
        assert minor(known["kube-proxy"]) == minor(version)


def test_addons_that_make_nodes_ready_come_before_them():
    assert [addon.name for addon in planned().addons if addon.before_nodes] == [
        *("eks-pod-identity-agent", "vpc-cni", "kube-proxy")
    ]


def test_addons_are_overridden_added_and_left_out():
    plan = planned(
        addons=[
            {"name": "coredns", "version": "v1.13.2-eksbuild.4", "configuration": "{}"},
            {"name": "metrics-server", "version": "v0.9.0-eksbuild.5"},
            {"name": "aws-ebs-csi-driver", "enabled": False},
        ]
    )
    by_name = {addon.name: addon for addon in plan.addons}
    assert by_name["coredns"].version == "v1.13.2-eksbuild.4"
    assert not by_name["metrics-server"].before_nodes
    assert "aws-ebs-csi-driver" not in by_name
    assert by_name["vpc-cni"].configuration == '{"enableNetworkPolicy":"true"}'


def test_a_given_configuration_takes_the_place_of_ours():
    plan = planned(addons=[{"name": "vpc-cni", "configuration": '{"env":{}}'}])
    assert next(addon for addon in plan.addons if addon.name == "vpc-cni").configuration == ""


def test_nodes_stand_where_they_are_asked_to():
    plan = planned(
        zones=["euw1-az3", "euw1-az2"],
        node_groups=[
            {"name": "system"},
            {"name": "one", "zones": ["euw1-az1"]},
            {"name": "hidden", "tier": "isolated"},
        ],
    )
    places = {group.name: (group.place.tier, group.place.zones) for group in plan.node_groups}
    assert places == {
        "system": ("private", ("euw1-az2", "euw1-az3")),
        "one": ("private", ("euw1-az1",)),
        "hidden": ("isolated", ("euw1-az2", "euw1-az3")),
    }


def test_nodes_may_be_held_back():
    (group,) = planned(version="1.36", node_groups=[{"name": "system", "version": "1.35"}]).node_groups
    assert (group.version, group.release) == ("1.35", "1.35")


def test_an_arm_image_brings_arm_types():
    (group,) = planned(node_groups=[{"name": "system", "image": "bottlerocket-arm"}]).node_groups
    assert group.instance_types == ("m7g.large",)


@pytest.mark.parametrize("kind", ["m7g.large", "c7gn.xlarge", "t4g.small", "x2gd.medium", "a1.large", "g5g.xlarge"])
def test_arm_types_are_known_by_their_name(kind):
    assert planned(node_groups=[{"name": "system", "image": "amazon-linux-arm", "instance_types": [kind]}])
    assert "has another architecture" in refused(node_groups=[{"name": "system", "instance_types": [kind]}])[0]


@pytest.mark.parametrize(
    "kind", ["m7i.large", "g4dn.xlarge", "g6.xlarge", "i4i.large", "u-3tb1.56xlarge", "p5.48xlarge"]
)
def test_x86_types_are_known_by_their_name(kind):
    assert planned(node_groups=[{"name": "system", "instance_types": [kind]}])


@given(before=st.integers(2, 5), more=st.integers(0, 3))
def test_zones_that_a_network_gains_change_nothing(before, more):
    assert planned(network=network(before)) == planned(network=network(before + more))


@given(second=st.integers(0, 255))
def test_services_and_network_never_share_addresses(second):
    assert planned(network=network(secondary_cidrs=["172.20.0.0/20"])).service_cidr == SERVICE_RANGES[1]
    for cidr in (f"10.{second}.0.0/16", f"172.{16 + second % 16}.0.0/16"):
        plan = planned(network=network(cidr=cidr))
        assert plan.service_cidr in SERVICE_RANGES
        assert not overlaps([parse_ipv4(plan.service_cidr), parse_ipv4(cidr)])


_SIZES = st.none() | st.integers(0, 6)


@given(minimum=_SIZES, maximum=st.none() | st.integers(1, 6), nodes=_SIZES, name=st.sampled_from(["dev", "prod"]))
def test_a_group_that_is_planned_has_sizes_that_eks_takes(minimum, maximum, nodes, name):
    group = {"name": "system", "minimum_nodes": minimum, "maximum_nodes": maximum, "nodes": nodes}
    try:
        (found,) = planned(environment=name, node_groups=[group]).node_groups
    except PlanError:
        assert all("node_groups[0]." in line for line in refused(environment=name, node_groups=[group]))
        return
    assert 0 <= found.minimum <= found.nodes <= found.maximum
    assert found.maximum >= 1
    assert found.minimum >= (2 if name == "prod" else 1)
    for asked, planned_size in ((minimum, found.minimum), (maximum, found.maximum), (nodes, found.nodes)):
        assert asked is None or asked == planned_size


_NAMES = st.lists(st.from_regex(r"[a-z][a-z0-9]{0,8}", fullmatch=True), min_size=1, max_size=4, unique=True)


@given(names=_NAMES, tainted=st.sets(st.integers(0, 3)))
def test_ordinary_pods_always_have_a_group_to_run_on(names, tainted):
    groups = [
        {"name": name, "taints": [{"key": "dedicated", "value": name}] if index in tainted else None}
        for index, name in enumerate(names)
    ]
    free = [name for index, name in enumerate(names) if index not in tainted]
    if free:
        plan = planned(node_groups=groups)
        assert plan.carrier == free[0]
        assert [group.name for group in plan.node_groups] == names
    else:
        assert "have taints all of them, so that coredns has nowhere to run" in refused(node_groups=groups)[0]


@pytest.mark.parametrize(
    "fault, expected",
    [
        ({"version": "35"}, "version: is not a minor version of Kubernetes, got '35'; write it as '1.35'"),
        (
            {"version": "1.40"},
            "addons: has no version of 'eks-pod-identity-agent' that is known to fit 1.40 (known are those of 1.34,",
        ),
        ({"account_id": "1"}, "account_id: is not an AWS account id"),
        ({"cluster_name": "-x"}, "cluster_name: must be up to 100 letters, digits, '-' and '_'"),
        ({"tier": "privat"}, "tier: is not a tier of the network, got 'privat'; did you mean 'private'?"),
        ({"tier": "public"}, "tier: is a public tier, got 'public'; use one of private, isolated"),
        ({"network": network(1)}, "tier: spans too few zones for a control plane, got euw1-az1; use a tier with 2"),
        (
            {"network": network(cloud="gcp")},
            "network.cloud: is not on AWS, where this component makes its clusters, got 'gcp'; give a network on AWS",
        ),
        (
            {"network": network(secondary_cidrs=["172.20.0.0/16", "10.100.0.0/16"])},
            "service_cidr: overlaps the network (172.20.0.0/16), got '172.20.0.0/16'; use another range",
        ),
        ({"zones": ["euw1-az1"]}, "zones: must have at least 2 entries"),
        ({"zones": ["euw1-az1", "euw1-az1"]}, "zones: must name each zone once"),
        (
            {"zones": ["euw1-az1", "euw1-az4"]},
            "zones[1]: is not a zone of the tier 'private', got 'euw1-az4'; did you mean",
        ),
        ({"service_cidr": "8.0.0.0/16"}, "service_cidr: must be a private range of /12 to /24, got '8.0.0.0/16'"),
        ({"service_cidr": "10.20.4.0/24"}, "service_cidr: overlaps the network (10.20.0.0/16), got '10.20.4.0/24'"),
        ({"endpoint": {"public_enabled": True}}, "endpoint.public_cidrs: is required with a public endpoint"),
        (
            {"endpoint": {"public_cidrs": ["203.0.113.0/24"]}},
            "endpoint.public_cidrs: is given, but the endpoint is not public; leave it out",
        ),
        (
            {"endpoint": {"public_enabled": True, "public_cidrs": ["0.0.0.0/0"]}},
            "endpoint.public_cidrs[0]: is every address there is, got '0.0.0.0/0'; name your own addresses",
        ),
        (
            {"endpoint": {"private_cidrs": ["10.0.0.1/8"]}},
            "endpoint.private_cidrs[0]: has host bits set beyond /8, got '10.0.0.1/8'; use '10.0.0.0/8'",
        ),
        ({"endpoint": {"private_cidrs": ["10.0.0.0/8"] * 2}}, "endpoint.private_cidrs[1]: is given twice"),
        ({"logs": {"retention_days": 366}}, "logs.retention_days: is not a period that CloudWatch Logs knows"),
        ({"access": []}, "access: must have at least 1 entries"),
        (
            {"access": [{**ADMINS, "policy": "view"}]},
            "access: has no entry with 'cluster-admin' for the whole cluster, so that nobody could administer it",
        ),
        ({"access": [{**ADMINS, "namespaces": ["a"]}]}, "access: has no entry with 'cluster-admin' for the whole"),
        ({"access": [ADMINS, ADMINS]}, "access[1].name: is given twice"),
        (
            {"access": [ADMINS, {**ADMINS, "name": "more"}]},
            f"access[1].principal_arn: has an entry by 'admins' already, got '{ADMINS['principal_arn']}'; give each",
        ),
        (
            {"access": [{**ADMINS, "principal_arn": "arn:aws:sts::111122223333:assumed-role/a/b"}]},
            "access[0].principal_arn: is not the arn of a role or user of IAM",
        ),
        ({"access": [{**ADMINS, "policy": "admins"}]}, "access[0].policy: must be one of 'cluster-admin', 'admin'"),
        (
            {"access": [ADMINS, {"name": "x", "principal_arn": ADMINS["principal_arn"]}]},
            "access[1]: lets nobody do anything; give policy or groups",
        ),
        (
            {"access": [ADMINS, {**ADMINS, "name": "x", "policy": None, "groups": ["a"], "namespaces": ["b"]}]},
            "access[1].namespaces: are given without a policy that they could limit",
        ),
        (
            {"access": [ADMINS, {**ADMINS, "name": "x", "groups": ["system:masters"]}]},
            "access[1].groups[0]: is kept for Kubernetes and AWS, got 'system:masters'",
        ),
        ({"node_groups": []}, "node_groups: must have at least 1 entries"),
        ({"node_groups": [{"name": "A"}]}, "node_groups[0].name: must be lower-case letters and digits"),
        ({"node_groups": [{"name": "a"}, {"name": "a"}]}, "node_groups[1].name: is given twice"),
        ({"node_groups": [{"name": "a", "disk_gib": 8}]}, "node_groups[0].disk_gib: must be at least 20, got 8"),
        (
            {"node_groups": [{"name": "a", "minimum_nodes": 4, "maximum_nodes": 3}]},
            "node_groups[0].minimum_nodes: must be at most maximum_nodes (3), got 4",
        ),
        (
            {"node_groups": [{"name": "a", "nodes": 9, "maximum_nodes": 3}]},
            "node_groups[0].nodes: must lie between minimum_nodes (2) and maximum_nodes (3), got 9",
        ),
        (
            {"node_groups": [{"name": "a", "minimum_nodes": 1}]},
            "node_groups[0].minimum_nodes: must be at least 2 in the first group without taints, which carries coredns",
        ),
        (
            {"node_groups": [{"name": "a", "capacity": "spot"}]},
            "node_groups[0].capacity: must be 'on-demand' in the first group without taints, which carries coredns",
        ),
        (
            {"node_groups": [{"name": "a", "version": "1.36"}]},
            "node_groups[0].version: is ahead of the control plane (1.35), got '1.36'",
        ),
        (
            {"node_groups": [{"name": "a", "version": "1.31"}]},
            "node_groups[0].version: is 4 minor versions behind the control plane (1.35), got '1.31'; use '1.32' or",
        ),
        (
            {"node_groups": [{"name": "a", "release_version": "1.34.1-20260101"}]},
            "node_groups[0].release_version: is not a release of 1.35, got '1.34.1-20260101'; use one that begins with",
        ),
        (
            {"node_groups": [{"name": "a", "instance_types": ["large"]}]},
            "node_groups[0].instance_types[0]: is not an instance type, got 'large'; write it as 'm7i.large'",
        ),
        (
            {"node_groups": [{"name": "a", "labels": {"purpose": "b"}}]},
            "node_groups[0].labels.purpose: is set from the name of the group",
        ),
        (
            {"node_groups": [{"name": "a", "labels": {"node.kubernetes.io/x": "b"}}]},
            "node_groups[0].labels.node.kubernetes.io/x: is kept for Kubernetes and EKS",
        ),
        (
            {"node_groups": [{"name": "a", "labels": {"x": "b c"}}]},
            "node_groups[0].labels.x: is not a value of a label",
        ),
        (
            {"node_groups": [{"name": "a", "labels": {"x y": "b"}}]},
            "node_groups[0].labels.x y: is not a key of a label",
        ),
        (
            {"node_groups": [{"name": "a"}, {"name": "b", "taints": [{"key": "x y"}]}]},
            "node_groups[1].taints[0].key: is not a key of a taint, got 'x y'",
        ),
        (
            {"node_groups": [{"name": "a"}, {"name": "b", "taints": [{"key": "x", "value": "y z"}]}]},
            "node_groups[1].taints[0].value: is not a value of a taint, got 'y z'",
        ),
        ({"node_groups": [{"name": "a", "tier": "public"}]}, "node_groups[0].tier: is a public tier, got 'public'"),
        (
            {"node_groups": [{"name": "a", "zones": ["euw1-az9"]}]},
            "node_groups[0].zones[0]: is not a zone of the tier 'private', got 'euw1-az9'",
        ),
        (
            {"addons": [{"name": "kube-proxy", "enabled": False}]},
            "addons[0].enabled: cannot be left out: no cluster works without kube-proxy, got false",
        ),
        (
            {"addons": [{"name": "metrics-server"}]},
            "addons[0].version: is required for 'metrics-server', which is not a default add-on; give one that",
        ),
        (
            {"addons": [{"name": "kube-proxi"}]},
            "addons[0].version: is required for 'kube-proxi', which is not a default add-on; did you mean",
        ),
        (
            {"addons": [{"name": "kube-proxy", "version": "v1.36.0-eksbuild.14"}]},
            "addons[0].version: must be of 1.32 to 1.35, got 'v1.36.0-eksbuild.14'; leave it out",
        ),
        ({"addons": [{"name": "coredns", "version": "1.2"}]}, "addons[0].version: is not the version of an add-on"),
        (
            {"pod_identities": [{"name": "a", "namespace": "b", "service_account": "c"}]},
            "pod_identities[0]: needs exactly one of policy and role_arn, got none",
        ),
        (
            {
                "pod_identities": [
                    {"name": "a", "namespace": "kube-system", "service_account": "aws-node", "policy": "{}"}
                ]
            },
            "pod_identities[0].service_account: has an identity by the add-on vpc-cni already, got 'aws-node'",
        ),
        ({"tags": {"environment": "x"}}, "tags.environment: is set from the context; leave it out"),
        (
            {"name": "c" * 50},
            "name: is 24 too long for the automatic name of aws:iam/role:Role (at most 64 characters); shorten",
        ),
    ],
)
def test_what_cannot_be_is_refused_with_a_way_out(fault, expected):
    lines = refused(**fault)
    assert any(line.startswith(f"{SUBJECT}: {expected}") for line in lines), lines


def test_everything_that_is_wrong_is_said_at_once():
    lines = refused(
        tier="privat",
        service_cidr="10.20.0.0/20",
        endpoint={"public_enabled": True},
        node_groups=[{"name": "a", "minimum_nodes": 9, "maximum_nodes": 1}, {"name": "b", "version": "1.40"}],
        addons=[{"name": "metrics-server"}],
        access=[{**ADMINS, "policy": "view"}],
    )
    paths = [line.removeprefix(f"{SUBJECT}: ").split(":")[0] for line in lines]
    assert paths == [
        *("tier", "service_cidr", "endpoint.public_cidrs", "node_groups[0].minimum_nodes", "node_groups[1].version"),
        *("addons[0].version", "access"),
    ]
