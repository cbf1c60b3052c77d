"""The cases of the rules for Azure storage."""

from typing import Any

import pytest

from support.azure_examples import private_endpoint
from support.policies import PASS, Case, R, Ref, Trial, add, drop, on, resource, trials

STORAGE = "azure-native:storage:StorageAccount"
ACCOUNT: dict[str, Any] = {
    "kind": "StorageV2",
    "resourceGroupName": "shop",
    "sku": {"name": "Standard_GZRS"},
    "enableHttpsTrafficOnly": True,
    "minimumTlsVersion": "TLS1_2",
    "allowBlobPublicAccess": False,
    "allowSharedKeyAccess": False,
    "publicNetworkAccess": "Disabled",
    "networkRuleSet": {"defaultAction": "Deny", "bypass": "AzureServices"},
    "encryption": {
        "keySource": "Microsoft.Keyvault",
        "keyVaultProperties": {"keyName": "storage", "keyVaultUri": "https://shop.vault.azure.net"},
    },
}
GOOD = resource(STORAGE, ACCOUNT)
MANUAL = R(
    "manual",
    "azure-native:network:PrivateEndpoint",
    {"manualPrivateLinkServiceConnections": [{"privateLinkServiceId": Ref("it")}]},
)

CASES = [
    Case("azure-storage-account-https-only", GOOD, bad={"enableHttpsTrafficOnly": False}),
    Case("azure-storage-account-min-tls12", GOOD, bad=[{"minimumTlsVersion": v} for v in ("TLS1_0", "TLS1_1")]),
    Case("azure-storage-account-no-public-blobs", GOOD, bad={"allowBlobPublicAccess": True}),
    Case(
        "azure-storage-account-default-deny",
        resource(STORAGE, {**ACCOUNT, "publicNetworkAccess": "Enabled"}),
        bad={"networkRuleSet.defaultAction": "Allow"},
        also_good={"networkRuleSet.defaultAction": "Allow", "publicNetworkAccess": "Disabled"},
    ),
    Case(
        "azure-storage-account-public-network-disabled",
        GOOD,
        bad={"publicNetworkAccess": "Enabled"},
        also_good={"publicNetworkAccess": "SecuredByPerimeter"},
    ),
    Case(
        "azure-storage-account-trusted-services-bypass",
        GOOD,
        bad={"networkRuleSet.bypass": "None"},
        also_good={"networkRuleSet.bypass": "Logging, AzureServices"},
    ),
    Case("azure-storage-account-no-shared-key", GOOD, bad={"allowSharedKeyAccess": True}),
    Case(
        "azure-storage-account-customer-key",
        GOOD,
        bad=[{"encryption.keySource": "Microsoft.Storage"}, {"encryption.keyVaultProperties.keyName": ""}],
        unknown={"encryption.keyVaultProperties.keyName": PASS},
    ),
    Case(
        "azure-storage-account-geo-redundant",
        GOOD,
        bad={"sku.name": "Standard_LRS"},
        unrelated={"tags": {"data-classification": "internal"}},
    ),
    Case(
        "azure-storage-container-private",
        resource("azure-native:storage:BlobContainer", {"publicAccess": "None"}),
        bad=[{"publicAccess": "Blob"}, {"publicAccess": "Container"}],
    ),
    Case(
        "azure-storage-blob-soft-delete",
        resource(
            "azure-native:storage:BlobServiceProperties",
            {
                "deleteRetentionPolicy": {"enabled": True, "days": 7},
                "containerDeleteRetentionPolicy": {"enabled": True, "days": 7},
            },
        ),
        bad=[
            {"deleteRetentionPolicy.enabled": False},
            {"deleteRetentionPolicy.days": 6},
            {"containerDeleteRetentionPolicy.enabled": False},
            {"containerDeleteRetentionPolicy.days": 1},
        ],
    ),
    Case(
        "azure-storage-account-private-endpoint",
        [GOOD, private_endpoint("it")],
        bad=[drop("endpoint"), on("endpoint", {"privateLinkServiceConnections[].privateLinkServiceId": "other"})],
        also_good=[add(MANUAL)],
    ),
    Case(
        "azure-storage-sync-private",
        resource("azure-native:storagesync:StorageSyncService", {"incomingTrafficPolicy": "AllowVirtualNetworksOnly"}),
        bad={"incomingTrafficPolicy": "AllowAllTraffic"},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_endpoint_approved_by_hand_is_enough() -> None:
    case = Case("azure-storage-account-private-endpoint", [GOOD, MANUAL], bad=drop("manual"), guards=[])
    for trial in trials([case]):
        trial.run()
