"""Look-ups of Azure: who one is, keys of a storage account, credentials of a cluster."""

import base64
import hashlib
import json
from typing import Final

from platform_lib.core.values import Properties, Secret, plain
from platform_lib.sandbox.cloud.model import refuse
from platform_lib.sandbox.cloud.package import Look, LookUp


def _uuid(text: str) -> str:
    found = hashlib.blake2b(text.encode(), digest_size=16).hexdigest()
    return f"{found[:8]}-{found[8:12]}-4{found[13:16]}-a{found[17:20]}-{found[20:]}"


def _client(look: Look) -> Properties:
    tenant = look.session.config.get("tenantId") or "11111111-1111-1111-1111-111111111111"
    client = look.session.config.get("clientId") or _uuid("client")
    return {"clientId": client, "objectId": _uuid("object"), "subscriptionId": look.session.scope, "tenantId": tenant}


def _token(look: Look) -> Properties:
    return {"token": Secret(f"sandbox-token-{_uuid(str(look.args.get('endpoint', '')))}")}


def _id(look: Look, path: str) -> str:
    return f"/subscriptions/{look.session.scope}/resourceGroups/{look.args.get('resourceGroupName')}/providers/{path}"


def _account_keys(look: Look) -> Properties:
    id_ = _id(look, f"Microsoft.Storage/storageAccounts/{look.args.get('accountName')}")
    row = look.store.find("azure-native:storage:StorageAccount", id_)
    if row is None:
        raise refuse(f'Code="ResourceNotFound" Message="The Resource \'{id_}\' was not found."')
    keys = [
        {
            "creationTime": row.created,
            "keyName": name,
            "permissions": "Full",
            "value": Secret(base64.b64encode(hashlib.sha512(f"{id_}{name}{row.created}".encode()).digest()).decode()),
        }
        for name in ("key1", "key2")
    ]
    return {"keys": keys}


def _credentials(look: Look) -> Properties:
    name = look.args.get("resourceName")
    row = look.store.find(
        "azure-native:containerservice:ManagedCluster", _id(look, f"Microsoft.ContainerService/managedClusters/{name}")
    )
    if row is None:
        raise refuse(f'Code="ResourceNotFound" Message="The managed cluster \'{name}\' was not found."')
    config = kubeconfig(str(name), f"https://{plain(row.outputs.get('fqdn'))}:443")
    return {"kubeconfigs": [{"name": "clusterAdmin", "value": Secret(base64.b64encode(config.encode()).decode())}]}


def kubeconfig(name: str, server: str) -> str:
    """A kubeconfig (JSON, which is YAML) for a cluster of the sandbox."""
    return json.dumps(
        {
            "apiVersion": "v1",
            "kind": "Config",
            "clusters": [{"name": name, "cluster": {"server": server, "certificate-authority-data": "c2FuZGJveA=="}}],
            "contexts": [{"name": name, "context": {"cluster": name, "user": name}}],
            "current-context": name,
            "users": [{"name": name, "user": {"token": "sandbox"}}],
        }
    )


LOOK_UPS: Final[dict[str, LookUp]] = {
    "azure-native:authorization:getClientConfig": _client,
    "azure-native:authorization:getClientToken": _token,
    "azure-native:storage:listStorageAccountKeys": _account_keys,
    "azure-native:containerservice:listManagedClusterAdminCredentials": _credentials,
    "azure-native:containerservice:listManagedClusterUserCredentials": _credentials,
}
