"""GKE clusters and node pools, Cloud SQL (their API references)."""

from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.gcp.network import api, in_network, in_subnetwork
from platform_lib.sandbox.cloud.gcp.package import Gcp
from platform_lib.sandbox.cloud.model import Hook, Reference, Request, TypeRules, refuse

DEFAULT_VERSION: Final = "1.34.1-gke.1000000"
"""Version of a cluster that asks for none: an assumption of this release."""

_HELP: Final = Gcp()
CLUSTER: Final = ("gcp:container/cluster:Cluster",)


def _cluster_outputs(request: Request) -> Properties:
    old = request.outputs
    version = old.get("masterVersion") or request.get("minMasterVersion") or DEFAULT_VERSION
    return {
        "endpoint": old.get("endpoint") or f"198.19.{int(request.hex(2, 'a'), 16)}.{int(request.hex(2, 'b'), 16)}",
        "masterVersion": version,
        "nodeVersion": request.get("nodeVersion") or version,
        "selfLink": f"https://container.googleapis.com/v1/{request.id}",
        "clusterIpv4Cidr": request.get("clusterIpv4Cidr") or f"10.{int(request.hex(2, 'pods'), 16)}.0.0/14",
        "servicesIpv4Cidr": "34.118.224.0/20",
        "masterAuth": request.get("masterAuth")
        or {
            "clientCertificate": "",
            "clientKey": "",
            "clusterCaCertificate": "c2FuZGJveA==",
            "clientCertificateConfig": {"issueClientCertificate": False},
        },
        "labelFingerprint": request.hex(8, f"labels{request.stamp}"),
        "operation": "",
        "nodeLocations": request.get("nodeLocations") or [f"{request.region}-{zone}" for zone in "abc"]
        if request.region.count("-") == 1
        else [],
        "tpuIpv4CidrBlock": "",
        "nodePools": request.get("nodePools", []),
        "workloadIdentityConfig": request.get("workloadIdentityConfig") or {"workloadPool": ""},
        "networkingMode": request.get("networkingMode", "VPC_NATIVE"),
        "loggingService": request.get("loggingService") or "logging.googleapis.com/kubernetes",
        "monitoringService": request.get("monitoringService") or "monitoring.googleapis.com/kubernetes",
        "subnetwork": request.get("subnetwork", "default"),
    }


def _deleting(what: str, action: str) -> Hook:
    def deleting(request: Request) -> None:
        if plain(request.inputs.get("deletionProtection", True)) is not False:
            raise refuse(
                f"Cannot destroy {what} because deletionProtection is set to true. Set it to false to proceed with "
                f"{action} deletion."
            )

    return deleting


def _instance_outputs(request: Request) -> Properties:
    project, name = _HELP.project(request), request.get("name")
    address = (
        request.outputs.get("firstIpAddress") or f"198.19.{int(request.hex(2, 'a'), 16)}.{int(request.hex(2, 'b'), 16)}"
    )
    return {
        "connectionName": f"{project}:{request.region}:{name}",
        "firstIpAddress": address,
        "publicIpAddress": address,
        "privateIpAddress": "",
        "ipAddresses": [{"ipAddress": address, "timeToRetire": "", "type": "PRIMARY"}],
        "selfLink": f"https://sqladmin.googleapis.com/sql/v1beta4/projects/{project}/instances/{name}",
        "serviceAccountEmailAddress": f"p{request.digits(12)}@gcp-sa-cloud-sql.iam.gserviceaccount.com",
        "dnsName": "",
        "serverCaCerts": [],
        "instanceType": "CLOUD_SQL_INSTANCE",
    }


_CLUSTER: Final = Reference("cluster", CLUSTER, api(404, "Not found: {value}.", "notFound"))

RULES: Final[dict[str, TypeRules]] = {
    "gcp:container/cluster:Cluster": TypeRules(
        input_defaults={
            "deletionProtection": True,
            "enableKubernetesAlpha": False,
            "enableLegacyAbac": False,
            "enableShieldedNodes": True,
        },
        references=(in_network("network"), in_subnetwork("subnetwork")),
        id=lambda request: (
            f"projects/{_HELP.project(request)}/locations/{request.region}/clusters/{request.get('name')}"
        ),
        compute=_cluster_outputs,
        deleting=_deleting("cluster", "cluster"),
    ),
    "gcp:container/nodePool:NodePool": TypeRules(
        references=(_CLUSTER,),
        id=lambda request: (
            f"projects/{_HELP.project(request)}/locations/{request.region}/clusters/{str(request.get('cluster')).rpartition('/')[2]}/nodePools/{request.get('name')}"
        ),
        compute=lambda request: {
            "version": request.get("version") or DEFAULT_VERSION,
            "instanceGroupUrls": [],
            "managedInstanceGroupUrls": [],
            "operation": "",
            "nodeLocations": request.get("nodeLocations", []),
        },
    ),
    "gcp:sql/databaseInstance:DatabaseInstance": TypeRules(
        input_defaults={"deletionProtection": True},
        references=(in_network("settings.ipConfiguration.privateNetwork"),),
        id="{name}",
        unique=lambda request: f"cloudsql:{_HELP.project(request)}:{request.get('name')}",
        compute=_instance_outputs,
        deleting=_deleting("instance", "instance"),
        exists=api(409, "The Cloud SQL instance already exists ({name}).", "instanceAlreadyExists"),
    ),
}
