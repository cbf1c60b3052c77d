"""AKS clusters and agent pools, container registries (Azure Kubernetes Service REST reference)."""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import UNKNOWN, Properties
from platform_lib.sandbox.cloud.azure.network import SUBNET
from platform_lib.sandbox.cloud.azure.resource import arm, tenant
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

DEFAULT_VERSION: Final = "1.34"
"""Kubernetes version of a cluster that asks for none: an assumption of this release."""

_POOL: Final = re.compile(r"^[a-z][a-z0-9]{0,11}$")


def _check_cluster(inputs: Properties) -> Iterable[CheckFailure]:
    pools = inputs.get("agentPoolProfiles")
    if isinstance(pools, list):
        if pools and not any(isinstance(pool, dict) and pool.get("mode") in ("System", UNKNOWN) for pool in pools):
            yield CheckFailure("agentPoolProfiles", "Must define at least one system pool.")
        for index, pool in enumerate(pools):
            name = pool.get("name") if isinstance(pool, dict) else None
            if isinstance(name, str) and not _POOL.match(name):
                yield CheckFailure(
                    f"agentPoolProfiles[{index}].name",
                    f"up to 12 lower-case letters and digits, beginning with a letter, got '{name}'",
                )


def _check_pool(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("agentPoolName")
    if isinstance(name, str) and not _POOL.match(name):
        yield CheckFailure(
            "agentPoolName", f"up to 12 lower-case letters and digits, beginning with a letter, got '{name}'"
        )


def _cluster_outputs(request: Request) -> Properties:
    prefix, version = (
        request.get("dnsPrefix") or request.get("resourceName"),
        str(request.get("kubernetesVersion") or DEFAULT_VERSION),
    )
    host = request.outputs.get("fqdn") or f"{prefix}-{request.hex(8, 'fqdn')}.hcp.{request.region}.azmk8s.io"
    found: Properties = {
        "fqdn": host,
        "azurePortalFQDN": host.replace(".hcp.", ".portal.hcp."),
        "privateFQDN": "",
        "currentKubernetesVersion": f"{version}.0" if version.count(".") == 1 else version,
        "maxAgentPools": 100,
        "powerState": {"code": "Running"},
        "provisioningState": "Succeeded",
        "nodeResourceGroup": request.get("nodeResourceGroup")
        or f"MC_{request.get('resourceGroupName')}_{request.get('resourceName')}_{request.region}",
        "resourceUID": request.hex(24, "uid"),
        "kubernetesVersion": version,
        "enableRBAC": bool(request.get("enableRBAC", True)),
        "oidcIssuerProfile": {
            **(request.get("oidcIssuerProfile") or {"enabled": False}),
            "issuerURL": f"https://{request.region}.oic.prod-aks.azure.com/{tenant(request)}/{request.uuid('oidc')}/",
        },
        "identityProfile": {
            "kubeletidentity": {
                "clientId": request.uuid("kubelet"),
                "objectId": request.uuid("kubelet-object"),
                "resourceId": f"{request.id}/kubelet",
            }
        },
    }
    return found


RULES: Final[dict[str, TypeRules]] = {
    "azure-native:containerservice:ManagedCluster": TypeRules(
        references=(
            Reference(
                "agentPoolProfiles[*].vnetSubnetID",
                (SUBNET,),
                arm(
                    "InvalidParameter",
                    "The value of parameter agentPoolProfile.vnetSubnetID is invalid: {value} was not found.",
                ),
                arm("InUseSubnetCannotBeDeleted", "Subnet {name} is in use by {user} and cannot be deleted."),
            ),
        ),
        check=_check_cluster,
        compute=_cluster_outputs,
        defaults={"type": "Microsoft.ContainerService/ManagedClusters", "eTag": "{uuid}"},
    ),
    "azure-native:containerservice:AgentPool": TypeRules(
        references=(
            Reference(
                "vnetSubnetID",
                (SUBNET,),
                arm(
                    "InvalidParameter",
                    "The value of parameter agentPoolProfile.vnetSubnetID is invalid: {value} was not found.",
                ),
                arm("InUseSubnetCannotBeDeleted", "Subnet {name} is in use by {user} and cannot be deleted."),
            ),
        ),
        check=_check_pool,
        defaults={
            "type": "Microsoft.ContainerService/managedClusters/agentPools",
            "currentOrchestratorVersion": DEFAULT_VERSION + ".0",
            "nodeImageVersion": "AKSUbuntu-2204gen2containerd-202601.01.0",
        },
    ),
    "azure-native:containerregistry:Registry": TypeRules(
        unique="acr:{registryName}",
        exists=arm("AlreadyInUse", "The registry DNS name {registryName}.azurecr.io is already in use."),
        compute=lambda request: {
            "loginServer": f"{str(request.get('registryName')).lower()}.azurecr.io",
            "creationDate": request.outputs.get("creationDate") or request.stamp,
        },
        defaults={"type": "Microsoft.ContainerRegistry/registries"},
    ),
}
