"""EKS and ECS."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.shared import SUBNET, error, group_of, key_of, role_of, subnet_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.cloud.store import Row
from platform_lib.sandbox.protocol import CheckFailure

_NAME: Final = re.compile(r"^[0-9A-Za-z][A-Za-z0-9_-]{0,99}$")


def _eks(action: str, code: str, text: str) -> str:
    return error("EKS", action, code, text)


def _check_cluster(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if isinstance(name, str) and not _NAME.match(name):
        yield CheckFailure(
            "name", f"up to 100 letters, digits, '-' and '_', beginning with a letter or digit, got '{name}'"
        )
    config = inputs.get("vpcConfig")
    if (
        isinstance(config, dict)
        and config.get("endpointPublicAccess") is False
        and config.get("endpointPrivateAccess") is not True
    ):
        yield CheckFailure("vpcConfig.endpointPrivateAccess", "private and public endpoint access cannot both be off")


def _admit_cluster(request: Request) -> None:
    """Subnets in two zones at least, which stay the same; one minor version up at a time.

    EKS user guide, VPC and subnet requirements; Update existing cluster to new Kubernetes version.
    """
    zones = _zones(request, request.inputs)
    if zones is not None and len(zones) < 2:
        text = "Subnets specified must be in at least two different AZs"
        raise refuse(_eks("CreateCluster", "InvalidParameterException", text))
    if request.old is None:
        return
    before = _zones(request, plain(request.old.inputs))
    if zones is not None and before is not None and not zones <= before:
        text = f"Subnets must be in the AZs that the cluster was created with ({', '.join(sorted(before))})"
        raise refuse(_eks("UpdateClusterConfig", "InvalidParameterException", text))
    was, becomes = _minor(plain(request.old.outputs.get("version"))), _minor(request.get("version"))
    if was is not None and becomes is not None and becomes - was not in (0, 1):
        text = f"Unsupported Kubernetes minor version update from 1.{was} to 1.{becomes}"
        raise refuse(_eks("UpdateClusterVersion", "InvalidParameterException", text))


def _zones(request: Request, inputs: Properties) -> set[str] | None:
    """Zones of the cluster's subnets; None where a subnet is not known."""
    ids = (inputs.get("vpcConfig") or {}).get("subnetIds", [])
    rows = [row for id_ in ids for row in request.store.by_id(str(id_)) if row.type in SUBNET]
    found = {str(plain(row.outputs.get("availabilityZone"))) for row in rows}
    return found if rows and len(rows) == len(ids) else None


def _minor(version: object) -> int | None:
    """35 of ``1.35``; None where it is no such version."""
    match = re.fullmatch(r"1\.(\d+)", str(version))
    return int(match[1]) if match else None


def _cluster_created(request: Request, row: Row) -> None:
    """The security group of control plane and nodes, which comes and goes with the cluster."""
    config = plain(row.outputs.get("vpcConfig") or {})
    id_ = str(config.get("clusterSecurityGroupId", ""))
    if request.old is not None or not id_:
        return
    given = {
        "vpcId": config.get("vpcId", ""),
        "name": f"eks-cluster-sg-{row.id}-{request.digits(9, 'sg-name')}",
        "description": "EKS created security group applied to ENI that is attached to EKS Control Plane master nodes, "
        "as well as any managed workloads.",
    }
    arn = request.arn("ec2", f"security-group/{id_}")
    outputs = {**given, "id": id_, "arn": arn, "ownerId": request.account, "region": request.region}
    tags: Properties = {"tags": {}, "tagsAll": {}}
    token = "aws:ec2/securityGroup:SecurityGroup"  # noqa: S105 - a type token
    implied = Row(
        *("aws", row.scope, row.region, token, id_, "", given, {**outputs, **tags}, row.created, row.modified),
        owner=row.row,
    )
    request.store.add(implied, [(arn, "@")])


def _deleting_cluster(request: Request) -> None:
    if plain(request.inputs.get("deletionProtection")) is True:
        text = f"Cannot delete cluster {request.id} because deletion protection is enabled"
        raise refuse(_eks("DeleteCluster", "InvalidRequestException", text))


def _cluster_of(request: Request) -> Row | None:
    """The cluster that a resource belongs to."""
    where = ("aws:eks/cluster:Cluster", str(request.get("clusterName")), request.account, request.region)
    return request.store.find(*where)


def _admit_group(request: Request) -> None:
    """Nodes are never ahead of the control plane, and at most three minor versions behind it (version skew policy)."""
    cluster = _cluster_of(request)
    wanted = _minor(request.get("version"))
    running = None if cluster is None else _minor(plain(cluster.outputs.get("version")))
    if wanted is not None and running is not None and not 0 <= running - wanted <= 3:
        action = "CreateNodegroup" if request.old is None else "UpdateNodegroupVersion"
        text = f"Nodegroup Kubernetes version 1.{wanted} does not fit the cluster's version 1.{running}"
        raise refuse(_eks(action, "InvalidParameterException", text))


def _admit_policy(request: Request) -> None:
    """A policy is granted to an entry (EKS API reference, AssociateAccessPolicy)."""
    entry = f"{request.get('clusterName')}:{request.get('principalArn')}"
    if request.store.find("aws:eks/accessEntry:AccessEntry", entry, request.account, request.region) is None:
        text = f"The specified principalArn could not be found: {request.get('principalArn')}"
        raise refuse(_eks("AssociateAccessPolicy", "ResourceNotFoundException", text))


def _association_outputs(request: Request) -> Properties:
    id_ = request.id
    cluster = request.get("clusterName")
    return {
        "associationId": id_,
        "associationArn": request.arn("eks", f"podidentityassociation/{cluster}/{id_}"),
        "disableSessionTags": bool(request.get("disableSessionTags", False)),
        "externalId": request.outputs.get("externalId", ""),
    }


def _cluster_outputs(request: Request) -> Properties:
    old = request.outputs
    id_ = request.hex(32, "cluster").upper()
    config = {
        "endpointPrivateAccess": False,
        "endpointPublicAccess": True,
        "publicAccessCidrs": ["0.0.0.0/0"],
        **(request.get("vpcConfig") or {}),
    }
    rows = [row for item in config.get("subnetIds", []) for row in request.store.by_id(str(item)) if row.type in SUBNET]
    config.setdefault("vpcId", str(plain(rows[0].outputs.get("vpcId", ""))) if rows else "")
    config.setdefault("clusterSecurityGroupId", f"sg-0{request.hex(16, 'sg')}")
    issuer = f"https://oidc.eks.{request.region}.amazonaws.com/id/{id_}"
    return {
        "endpoint": old.get("endpoint") or f"https://{id_}.gr7.{request.region}.eks.amazonaws.com",
        "status": "ACTIVE",
        "createdAt": old.get("createdAt") or request.stamp,
        "certificateAuthority": old.get("certificateAuthority")
        or {"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0tCnNhbmRib3gKLS0tLS1FTkQgQ0VSVElGSUNBVEUtLS0tLQo="},
        "certificateAuthorities": [],
        "identities": old.get("identities") or [{"oidcs": [{"issuer": issuer}]}],
        "platformVersion": "eks.1",
        "version": request.get("version") or old.get("version") or "1.35",
        "vpcConfig": config,
        "clusterId": "",
        "accessConfig": {
            "authenticationMode": "CONFIG_MAP",
            "bootstrapClusterCreatorAdminPermissions": True,
            **(request.get("accessConfig") or {}),
        },
        "kubernetesNetworkConfig": {
            "ipFamily": "ipv4",
            "serviceIpv4Cidr": "172.20.0.0/16",
            "serviceIpv6Cidr": "",
            "elasticLoadBalancing": {"enabled": False},
            **(request.get("kubernetesNetworkConfig") or {}),
        },
        "upgradePolicy": request.get("upgradePolicy") or {"supportType": "EXTENDED"},
        "deletionProtection": bool(request.get("deletionProtection", False)),
    }


def _group_outputs(request: Request) -> Properties:
    cluster = _cluster_of(request)
    version = plain(cluster.outputs.get("version", "")) if cluster is not None else ""
    return {
        "status": "ACTIVE",
        "resources": [
            {"autoscalingGroups": [{"name": f"eks-{request.id.replace(':', '-')}"}], "remoteAccessSecurityGroupId": ""}
        ],
        "nodeGroupName": request.id.partition(":")[2],
        "nodeGroupNamePrefix": request.get("nodeGroupNamePrefix", ""),
        "version": request.get("version") or version,
        "releaseVersion": request.get("releaseVersion", f"{version}.0-20260101"),
        "amiType": request.get("amiType", "AL2023_x86_64_STANDARD"),
        "capacityType": request.get("capacityType", "ON_DEMAND"),
        "diskSize": request.get("diskSize", 20),
        "instanceTypes": request.get("instanceTypes", ["t3.medium"]),
        "updateConfig": request.get("updateConfig", {"maxUnavailable": 1}),
    }


def _check_scaling(inputs: Properties) -> Iterable[CheckFailure]:
    scaling = inputs.get("scalingConfig")
    if not isinstance(scaling, dict):
        return
    low, wanted, high = (scaling.get(key) for key in ("minSize", "desiredSize", "maxSize"))
    if isinstance(low, int) and isinstance(wanted, int) and isinstance(high, int) and not low <= wanted <= high:
        yield CheckFailure(
            "scalingConfig.desiredSize", f"must lie between minSize ({low}) and maxSize ({high}), got {wanted}"
        )


_CLUSTER: Final = Reference(
    "clusterName",
    ("aws:eks/cluster:Cluster",),
    _eks("CreateNodegroup", "ResourceNotFoundException", "No cluster found for name: {value}."),
    _eks("DeleteCluster", "ResourceInUseException", "Cluster has nodegroups attached ({user})"),
)
_LOOSE: Final = Reference("clusterName", _CLUSTER.types, _CLUSTER.missing)
_ECS: Final = Reference(
    "cluster",
    ("aws:ecs/cluster:Cluster",),
    error("ECS", "CreateService", "ClusterNotFoundException", "Cluster not found: {value}."),
    error(
        "ECS",
        "DeleteCluster",
        "ClusterContainsServicesException",
        "The Cluster cannot be deleted while Services are active.",
    ),
)
_TASK: Final = Reference(
    "taskDefinition",
    ("aws:ecs/taskDefinition:TaskDefinition",),
    error("ECS", "CreateService", "ClientException", "TaskDefinition not found: {value}."),
)


def _revision(request: Request) -> int:
    same = request.store.rows(
        "type = ? AND scope = ? AND region = ?",
        ("aws:ecs/taskDefinition:TaskDefinition", request.account, request.region),
    )
    return 1 + max(
        (
            int(plain(row.outputs.get("revision", 0)))
            for row in same
            if plain(row.outputs.get("family")) == request.get("family")
        ),
        default=0,
    )


def _service_id(request: Request) -> str:
    cluster = str(request.get("cluster", "default")).rpartition("/")[2]
    return request.arn("ecs", f"service/{cluster}/{request.get('name')}")


def _task_outputs(request: Request) -> Properties:
    base = request.arn("ecs", f"task-definition/{request.get('family')}")
    revision = request.outputs.get("revision") or _revision(request)
    return {
        "arn": f"{base}:{revision}",
        "arnWithoutRevision": base,
        "revision": revision,
        "networkMode": request.get("networkMode", "bridge"),
    }


RULES: Final[dict[str, TypeRules]] = {
    "aws:eks/cluster:Cluster": TypeRules(
        source="EKS API reference, CreateCluster and DeleteCluster",
        input_defaults={"bootstrapSelfManagedAddons": True},
        computed=("vpcConfig.vpcId", "vpcConfig.clusterSecurityGroupId"),
        references=(
            role_of("EKS", "CreateCluster", "roleArn"),
            subnet_of("CreateCluster", "vpcConfig.subnetIds[*]", service="EKS"),
            group_of("CreateCluster", "vpcConfig.securityGroupIds[*]", service="EKS"),
            key_of("EKS", "CreateCluster", "encryptionConfig.provider.keyArn"),
        ),
        id="{name}",
        arn="arn:{partition}:eks:{region}:{account}:cluster/{id}",
        check=_check_cluster,
        admit=_admit_cluster,
        compute=_cluster_outputs,
        created=_cluster_created,
        deleting=_deleting_cluster,
        exists=_eks("CreateCluster", "ResourceInUseException", "Cluster already exists with name: {name}"),
    ),
    "aws:eks/nodeGroup:NodeGroup": TypeRules(
        references=(
            _CLUSTER,
            role_of("EKS", "CreateNodegroup", "nodeRoleArn"),
            subnet_of("CreateNodegroup", "subnetIds[*]", service="EKS"),
            Reference(
                "launchTemplate.id",
                ("aws:ec2/launchTemplate:LaunchTemplate",),
                _eks("CreateNodegroup", "InvalidParameterException", "Launch template {value} not found."),
            ),
        ),
        check=_check_scaling,
        admit=_admit_group,
        id=lambda request: f"{request.get('clusterName')}:{request.get('nodeGroupName') or request.name}",
        arn="arn:{partition}:eks:{region}:{account}:nodegroup/{clusterName}/{nodeGroupName}/{uuid}",
        compute=_group_outputs,
        exists=_eks(
            "CreateNodegroup",
            "ResourceInUseException",
            "NodeGroup already exists with name {nodeGroupName} and cluster name {clusterName}",
        ),
        equal=frozenset({"subnetIds"}),
    ),
    "aws:eks/fargateProfile:FargateProfile": TypeRules(
        references=(_CLUSTER, subnet_of("CreateFargateProfile", "subnetIds[*]", service="EKS")),
        id="{clusterName}:{fargateProfileName}",
        arn="arn:{partition}:eks:{region}:{account}:fargateprofile/{clusterName}/{fargateProfileName}/{uuid}",
        defaults={"status": "ACTIVE"},
    ),
    "aws:eks/addon:Addon": TypeRules(
        references=(_LOOSE,),
        id="{clusterName}:{addonName}",
        unique="eks-addon:{account}:{region}:{clusterName}:{addonName}",
        arn="arn:{partition}:eks:{region}:{account}:addon/{clusterName}/{addonName}/{uuid}",
        exists=_eks("CreateAddon", "ResourceInUseException", "Addon already exists."),
        compute=lambda request: {
            "createdAt": request.outputs.get("createdAt") or request.stamp,
            "modifiedAt": request.stamp,
            "addonVersion": request.get("addonVersion") or request.outputs.get("addonVersion") or "v1.0.0-eksbuild.1",
            "configurationValues": request.get("configurationValues", ""),
        },
    ),
    "aws:eks/accessEntry:AccessEntry": TypeRules(
        references=(_LOOSE,),
        id="{clusterName}:{principalArn}",
        unique="eks-access:{account}:{region}:{clusterName}:{principalArn}",
        exists=_eks(
            "CreateAccessEntry",
            "ResourceInUseException",
            "The specified access entry resource is already in use on this cluster.",
        ),
    ),
    "aws:eks/accessPolicyAssociation:AccessPolicyAssociation": TypeRules(
        source="EKS API reference, AssociateAccessPolicy; provider, resource ID of the association",
        references=(_LOOSE,),
        id="{clusterName}#{principalArn}#{policyArn}",
        admit=_admit_policy,
        compute=lambda request: {
            "associatedAt": request.outputs.get("associatedAt") or request.stamp,
            "modifiedAt": request.stamp,
        },
    ),
    "aws:eks/podIdentityAssociation:PodIdentityAssociation": TypeRules(
        source="EKS API reference, CreatePodIdentityAssociation",
        references=(_LOOSE, role_of("EKS", "CreatePodIdentityAssociation", "roleArn")),
        # Several stand in one namespace.
        id="a-{hex17}",
        unique="eks-pod-identity:{account}:{region}:{clusterName}:{namespace}:{serviceAccount}",
        compute=_association_outputs,
        exists=_eks(
            "CreatePodIdentityAssociation",
            "ResourceInUseException",
            "Association already exists for service account {serviceAccount} in namespace {namespace}",
        ),
    ),
    "aws:ecs/cluster:Cluster": TypeRules(
        id="arn:{partition}:ecs:{region}:{account}:cluster/{name}",
        arn="arn:{partition}:ecs:{region}:{account}:cluster/{name}",
        adopts=True,
    ),
    "aws:ecs/taskDefinition:TaskDefinition": TypeRules(
        input_defaults={"skipDestroy": False, "trackLatest": False},
        references=(
            role_of("ECS", "RegisterTaskDefinition", "executionRoleArn"),
            role_of("ECS", "RegisterTaskDefinition", "taskRoleArn"),
        ),
        id=lambda request: f"{request.get('family')}@{_revision(request)}",
        compute=_task_outputs,
    ),
    "aws:ecs/service:Service": TypeRules(
        references=(
            _ECS,
            _TASK,
            subnet_of("CreateService", "networkConfiguration.subnets[*]", service="ECS"),
            group_of("CreateService", "networkConfiguration.securityGroups[*]", service="ECS"),
        ),
        id=_service_id,
        exists=error("ECS", "CreateService", "InvalidParameterException", "Creation of service was not idempotent."),
    ),
}
