"""The cases of the rules for Azure Key Vault."""

import pytest

from support.azure_examples import diagnostics, private_endpoint
from support.policies import PASS, REMOVE, Case, Trial, drop, on, resource, trials

VAULT = resource(
    "azure-native:keyvault:Vault",
    {
        "properties": {
            "sku": {"family": "A", "name": "standard"},
            "enablePurgeProtection": True,
            "enableSoftDelete": True,
            "softDeleteRetentionInDays": 90,
            "enableRbacAuthorization": True,
            "networkAcls": {"defaultAction": "Deny", "bypass": "AzureServices"},
        }
    },
)
ROTATION = "properties.rotationPolicy.lifetimeActions"
KEY = resource(
    "azure-native:keyvault:Key",
    {
        "properties": {
            "kty": "RSA",
            "keySize": 3072,
            "attributes": {"expires": 1798761600},
            "rotationPolicy": {"lifetimeActions": [{"action": {"type": "rotate"}}]},
        }
    },
)
CASES = [
    Case("azure-keyvault-purge-protection", VAULT, bad={"properties.enablePurgeProtection": False}),
    Case(
        "azure-keyvault-soft-delete",
        VAULT,
        bad=[{"properties.enableSoftDelete": False}, {"properties.softDeleteRetentionInDays": 7}],
    ),
    Case("azure-keyvault-rbac-authorization", VAULT, bad={"properties.enableRbacAuthorization": False}),
    Case(
        "azure-keyvault-network-default-deny",
        VAULT,
        bad={"properties.networkAcls.defaultAction": "Allow"},
        also_good={"properties.networkAcls.defaultAction": "Allow", "properties.publicNetworkAccess": "Disabled"},
    ),
    Case(
        "azure-keyvault-private-endpoint",
        [VAULT, private_endpoint("it")],
        bad=[drop("endpoint"), on("endpoint", {"privateLinkServiceConnections[].privateLinkServiceId": "other"})],
    ),
    Case(
        "azure-keyvault-key-expiry",
        KEY,
        bad={"properties.attributes.expires": ""},
        unknown={"properties.attributes.expires": PASS},
    ),
    Case(
        "azure-keyvault-key-rotation-policy",
        KEY,
        bad=[{f"{ROTATION}[].action.type": "notify"}, {ROTATION: []}],
    ),
    Case(
        "azure-keyvault-key-strength",
        KEY,
        bad=[
            {"properties.keySize": 1024},
            {"properties.kty": "oct"},
            {"properties.kty": "EC", "properties.curveName": "P-256K"},
        ],
        also_good={"properties.kty": "EC-HSM", "properties.keySize": REMOVE},
        guards=["properties.keySize", "properties.kty"],
        absent={"properties.keySize": PASS},
    ),
    Case(
        "azure-keyvault-secret-expiry",
        resource("azure-native:keyvault:Secret", {"properties": {"attributes": {"expires": 1798761600}}}),
        bad={"properties.attributes.expires": ""},
        unknown={"properties.attributes.expires": PASS},
    ),
    Case(
        "azure-keyvault-diagnostics",
        [VAULT, diagnostics("it")],
        bad=[
            drop("diagnostics"),
            on("diagnostics", {"logs[].enabled": False}),
            on("diagnostics", {"logs": [{"category": "AzurePolicyEvaluationDetails", "enabled": True}]}),
        ],
        also_good=on("diagnostics", {"logs": [{"category": "AuditEvent", "enabled": True}]}),
    ),
    Case(
        "azure-managed-hsm-purge-protection",
        resource("azure-native:keyvault:ManagedHsm", {"properties": {"enablePurgeProtection": True}}),
        bad={"properties.enablePurgeProtection": False},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
