"""Storage accounts, key vaults, log workspaces, databases.

Names after https://learn.microsoft.com/azure/azure-resource-manager/management/resource-name-rules; soft-deleted
vaults keep
their name in Azure, here they are gone at once.
"""

import re
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.azure.resource import arm, tenant
from platform_lib.sandbox.cloud.eventual import Held
from platform_lib.sandbox.cloud.model import Check, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure


def _named(key: str, pattern: str, rule: str) -> Check:
    compiled = re.compile(pattern)

    def check(inputs: Properties) -> Iterable[CheckFailure]:
        name = inputs.get(key)
        if isinstance(name, str) and not compiled.fullmatch(name):
            yield CheckFailure(key, f"{name} is not a valid name: {rule}")

    return check


def _account_outputs(request: Request) -> Properties:
    name = request.get("accountName")
    hosts = {kind: f"https://{name}.{kind}.core.windows.net/" for kind in ("blob", "dfs", "file", "queue", "table")}
    return {
        "primaryEndpoints": {**hosts, "web": f"https://{name}.z6.web.core.windows.net/"},
        "primaryLocation": request.region,
        "statusOfPrimary": "available",
        "creationTime": request.outputs.get("creationTime") or request.stamp,
        "privateEndpointConnections": [],
        "accountMigrationInProgress": False,
        "keyCreationTime": {"key1": request.stamp, "key2": request.stamp},
        "secondaryEndpoints": {},
        "encryption": request.get("encryption")
        or {
            "keySource": "Microsoft.Storage",
            "services": {
                "blob": {"enabled": True, "keyType": "Account"},
                "file": {"enabled": True, "keyType": "Account"},
            },
        },
        "accessTier": request.get("accessTier", "Hot"),
        "networkRuleSet": request.get("networkRuleSet")
        or {"bypass": "AzureServices", "defaultAction": "Allow", "ipRules": [], "virtualNetworkRules": []},
        "allowBlobPublicAccess": bool(request.get("allowBlobPublicAccess", False)),
        "enableHttpsTrafficOnly": bool(request.get("enableHttpsTrafficOnly", True)),
        "minimumTlsVersion": request.get("minimumTlsVersion", "TLS1_0"),
    }


def _vault_outputs(request: Request) -> Properties:
    given = request.get("properties") or {}
    filled = {
        "vaultUri": f"https://{request.get('vaultName')}.vault.azure.net/",
        "provisioningState": "Succeeded",
        "tenantId": tenant(request),
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": 90,
        "hsmPoolResourceId": "",
        "privateEndpointConnections": [],
    }
    return {"properties": {**filled, **given}}


def _secret_outputs(request: Request) -> Properties:
    given = {key: value for key, value in (request.get("properties") or {}).items() if key != "value"}
    base = f"https://{request.get('vaultName')}.vault.azure.net/secrets/{request.get('secretName')}"
    attributes = {"enabled": True, "created": 0, "updated": 0, **(given.get("attributes") or {})}
    return {
        "properties": {
            **given,
            "attributes": attributes,
            "secretUri": base,
            "secretUriWithVersion": f"{base}/{request.hex(32, request.stamp)}",
        }
    }


def _key_outputs(request: Request) -> Properties:
    base = f"https://{request.get('vaultName')}.vault.azure.net/keys/{request.get('keyName')}"
    return {
        "keyUri": base,
        "keyUriWithVersion": f"{base}/{request.hex(32, 'version')}",
        **(request.get("properties") or {}),
    }


def _workspace_outputs(request: Request) -> Properties:
    return {
        "customerId": request.outputs.get("customerId") or request.uuid("customer"),
        "createdDate": request.outputs.get("createdDate") or request.stamp,
        "modifiedDate": request.stamp,
    }


_VAULT_TYPE: Final = "Microsoft.KeyVault/vaults"

RULES: Final[dict[str, TypeRules]] = {
    "azure-native:storage:StorageAccount": TypeRules(
        check=_named("accountName", r"[a-z0-9]{3,24}", "3 to 24 lower-case letters and digits (AccountNameInvalid)"),
        unique="storage:{accountName}",
        exists=arm("StorageAccountAlreadyTaken", "The storage account named {accountName} is already taken."),
        compute=_account_outputs,
        defaults={"type": "Microsoft.Storage/storageAccounts"},
    ),
    "azure-native:storage:BlobContainer": TypeRules(
        check=_named(
            "containerName",
            r"(\$root|\$web|[a-z0-9](?!.*--)[a-z0-9-]{1,61}[a-z0-9])",
            "3 to 63 lower-case letters, digits and single hyphens",
        ),
        defaults={
            "type": "Microsoft.Storage/storageAccounts/blobServices/containers",
            "publicAccess": "None",
            "etag": '"0x{hex16}"',
            "leaseStatus": "Unlocked",
            "leaseState": "Available",
        },
    ),
    "azure-native:keyvault:Vault": TypeRules(
        check=_named(
            "vaultName",
            r"[a-zA-Z](?!.*--)[a-zA-Z0-9-]{1,22}[a-zA-Z0-9]",
            "3 to 24 letters, digits and single hyphens, beginning with a letter (VaultNameNotValid)",
        ),
        unique="keyvault:{vaultName}",
        exists=arm(
            "VaultAlreadyExists",
            "The vault name '{vaultName}' is already in use. Vault names are globally unique so it is possible "
            "that the name is already taken.",
        ),
        compute=_vault_outputs,
        defaults={"type": _VAULT_TYPE},
        held=Held(  # https://learn.microsoft.com/azure/key-vault/general/soft-delete-overview
            lambda inputs: float((inputs.get("properties") or {}).get("softDeleteRetentionInDays", 90)) * 86_400,
            arm(
                "ConflictError",
                "A vault with the same name already exists in deleted state. You need to either recover or purge "
                "existing key vault.",
            ),
            recovers=lambda inputs: (inputs.get("properties") or {}).get("createMode") == "recover",
        ),
    ),
    "azure-native:keyvault:Secret": TypeRules(
        compute=_secret_outputs, defaults={"type": _VAULT_TYPE + "/secrets"}, adopts=True
    ),
    "azure-native:keyvault:Key": TypeRules(compute=_key_outputs, defaults={"type": _VAULT_TYPE + "/keys"}),
    "azure-native:operationalinsights:Workspace": TypeRules(
        check=_named(
            "workspaceName", r"[A-Za-z0-9][A-Za-z0-9-]{2,61}[A-Za-z0-9]", "4 to 63 letters, digits and hyphens"
        ),
        compute=_workspace_outputs,
        defaults={
            "type": "Microsoft.OperationalInsights/workspaces",
            "retentionInDays": 30,
            "privateLinkScopedResources": [],
        },
    ),
    "azure-native:sql:Server": TypeRules(
        check=_named(
            "serverName", r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?", "1 to 63 lower-case letters, digits and hyphens"
        ),
        unique="sql:{serverName}",
        exists=arm("NameAlreadyExists", "The name '{serverName}' already exists. Choose a different name."),
        compute=lambda request: {
            "fullyQualifiedDomainName": f"{request.get('serverName')}.database.windows.net",
            "state": "Ready",
            "version": request.get("version", "12.0"),
        },
    ),
}
