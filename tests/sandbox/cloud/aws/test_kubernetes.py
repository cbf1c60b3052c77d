"""EKS: how a cluster, its nodes, its entries and its identities depend on each other."""

import json
from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "eks.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)
CLUSTER = "aws:eks/cluster:Cluster"
NODES = "aws:eks/nodeGroup:NodeGroup"
ENTRY = "aws:eks/accessEntry:AccessEntry"
POLICY = "aws:eks/accessPolicyAssociation:AccessPolicyAssociation"
IDENTITY = "aws:eks/podIdentityAssociation:PodIdentityAssociation"
TEMPLATE = "aws:ec2/launchTemplate:LaunchTemplate"
VIEW = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=text)


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


@pytest.fixture
def role(aws: Driver) -> Made:
    return aws.create("aws:iam/role:Role", "role", {"assumeRolePolicy": TRUST})


@pytest.fixture
def subnets(aws: Driver) -> list[str]:
    """One in each of three zones."""
    vpc = aws.create("aws:ec2/vpc:Vpc", "v", {"cidrBlock": "10.0.0.0/16"})
    return [
        aws.create(
            "aws:ec2/subnet:Subnet",
            f"s{number}",
            {"vpcId": vpc.id, "cidrBlock": f"10.0.{number}.0/24", "availabilityZone": f"eu-west-1{zone}"},
        ).id
        for number, zone in enumerate("abc")
    ]


def settings(role: Made, subnets: list[str], **more: Any) -> dict[str, Any]:
    return {"name": "c", "roleArn": role["arn"], "version": "1.34", "vpcConfig": {"subnetIds": subnets}, **more}


@pytest.fixture
def cluster(aws: Driver, role: Made, subnets: list[str]) -> Made:
    return aws.create(CLUSTER, "c", settings(role, subnets[:2]))


def nodes(role: Made, subnets: list[str], **more: Any) -> dict[str, Any]:
    sizes = {"minSize": 1, "desiredSize": 1, "maxSize": 1}
    return {"clusterName": "c", "nodeRoleArn": role["arn"], "subnetIds": subnets, "scalingConfig": sizes, **more}


def test_a_control_plane_goes_one_minor_version_up(aws: Driver, cluster: Made, role: Made, subnets: list[str]) -> None:
    for version in ("1.36", "1.33"):
        with refused(f"Unsupported Kubernetes minor version update from 1.34 to {version}"):
            aws.update(cluster, settings(role, subnets[:2], version=version))
    assert aws.update(cluster, settings(role, subnets[:2], version="1.35"))["version"] == "1.35"


def test_a_control_plane_keeps_its_zones(aws: Driver, cluster: Made, role: Made, subnets: list[str]) -> None:
    with refused(r"Subnets must be in the AZs that the cluster was created with \(eu-west-1a, eu-west-1b\)"):
        aws.update(cluster, settings(role, subnets))


def test_a_protected_cluster_is_not_deleted(aws: Driver, cluster: Made, role: Made, subnets: list[str]) -> None:
    guarded = aws.update(cluster, settings(role, subnets[:2], deletionProtection=True))
    with refused("deletion protection is enabled"):
        aws.delete(guarded)
    aws.delete(aws.update(guarded, settings(role, subnets[:2])))
    assert not aws.cloud.ls(type=CLUSTER)


def test_the_security_group_of_a_cluster_comes_and_goes_with_it(aws: Driver, cluster: Made) -> None:
    group = cluster["vpcConfig"]["clusterSecurityGroupId"]
    rule = {"securityGroupId": group, "ipProtocol": "tcp", "fromPort": 443, "toPort": 443, "cidrIpv4": "10.0.0.0/16"}
    made = aws.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", rule)
    aws.delete(made)
    aws.delete(cluster)
    with refused("does not exist"):
        aws.create("aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "r", rule)


@pytest.mark.parametrize("version, fits", [("1.34", True), ("1.31", True), ("1.30", False), ("1.35", False)])
def test_nodes_fit_the_version_of_their_cluster(
    aws: Driver, cluster: Made, role: Made, subnets: list[str], version: str, fits: bool
) -> None:
    if fits:
        assert aws.create(NODES, "n", nodes(role, subnets, version=version))["version"] == version
    else:
        with refused(f"Nodegroup Kubernetes version {version} does not fit the cluster's version 1.34"):
            aws.create(NODES, "n", nodes(role, subnets, version=version))


def test_nodes_need_their_launch_template(aws: Driver, cluster: Made, role: Made, subnets: list[str]) -> None:
    with refused("Launch template lt-1 not found"):
        aws.create(NODES, "n", nodes(role, subnets, launchTemplate={"id": "lt-1", "version": "1"}))
    template = aws.create(TEMPLATE, "t", {})
    assert aws.create(NODES, "n", nodes(role, subnets, launchTemplate={"id": template.id, "version": "1"}))


def test_every_change_of_a_launch_template_is_a_new_version(aws: Driver) -> None:
    made = aws.create(TEMPLATE, "t", {"updateDefaultVersion": True})
    assert (made["latestVersion"], made["defaultVersion"]) == (1, 1)
    changed = {"updateDefaultVersion": True, "instanceType": "m7i.large"}
    assert aws.update(made, changed, preview=True).outputs["latestVersion"] is UNKNOWN
    made = aws.update(made, changed)
    assert (made["latestVersion"], made["defaultVersion"]) == (2, 2)
    made = aws.update(made, {"instanceType": "m7i.xlarge"})
    assert (made["latestVersion"], made["defaultVersion"]) == (3, 2)


def test_a_policy_is_granted_to_an_entry(aws: Driver, cluster: Made) -> None:
    who = "arn:aws:iam::123456789012:role/reader"
    grant = {"clusterName": "c", "principalArn": who, "policyArn": VIEW, "accessScope": {"type": "cluster"}}
    with refused("The specified principalArn could not be found"):
        aws.create(POLICY, "p", grant)
    aws.create(ENTRY, "e", {"clusterName": "c", "principalArn": who})
    assert aws.create(POLICY, "p", grant).id == f"c#{who}#{VIEW}"
    with refused("already in use on this cluster"):
        aws.create(ENTRY, "f", {"clusterName": "c", "principalArn": who})


def test_a_service_account_has_one_identity(aws: Driver, cluster: Made, role: Made) -> None:
    account = {"clusterName": "c", "namespace": "apps", "serviceAccount": "app", "roleArn": role["arn"]}
    made = aws.create(IDENTITY, "i", account)
    assert made["associationArn"].endswith(f":podidentityassociation/c/{made['associationId']}")
    with refused("Association already exists for service account app in namespace apps"):
        aws.create(IDENTITY, "j", account)
    assert aws.create(IDENTITY, "k", {**account, "serviceAccount": "other"})
