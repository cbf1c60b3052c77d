"""The cases of the rules for other Azure services that hold data."""

import pytest

from support.policies import PASS, Case, Trial, resource, trials

IDENTITY = {"identity": {"type": "SystemAssigned"}}
KEY_URL = "encryption.customerManagedKeyEncryption.keyEncryptionKeyUrl"
INNER = "properties.properties"

CASES = [
    Case(
        "azure-appconfiguration-hardened",
        resource(
            "azure-native:appconfiguration:ConfigurationStore",
            {"publicNetworkAccess": "Disabled", "disableLocalAuth": True, "enablePurgeProtection": True},
        ),
        bad=[
            {"publicNetworkAccess": "Enabled"},
            {"disableLocalAuth": False},
            {"enablePurgeProtection": False},
        ],
    ),
    Case(
        "azure-cognitiveservices-hardened",
        resource(
            "azure-native:cognitiveservices:Account",
            {
                "properties": {
                    "publicNetworkAccess": "Disabled",
                    "disableLocalAuth": True,
                    "encryption": {"keySource": "Microsoft.KeyVault"},
                }
            },
        ),
        bad=[
            {"properties.publicNetworkAccess": "Enabled"},
            {"properties.disableLocalAuth": False},
            {"properties.encryption.keySource": "Microsoft.CognitiveServices"},
        ],
        also_good={
            "properties.publicNetworkAccess": "Enabled",
            "properties.networkAcls": {"defaultAction": "Deny"},
        },
    ),
    Case(
        "azure-search-hardened",
        resource(
            "azure-native:search:Service", {"publicNetworkAccess": "disabled", "disableLocalAuth": True, **IDENTITY}
        ),
        bad=[{"publicNetworkAccess": "enabled"}, {"disableLocalAuth": False}, {"identity.type": "None"}],
    ),
    Case(
        "azure-ml-workspace-private",
        resource(
            "azure-native:machinelearningservices:Workspace",
            {
                "publicNetworkAccess": "Disabled",
                "managedNetwork": {"isolationMode": "AllowOnlyApprovedOutbound"},
                "encryption": {"status": "Enabled"},
            },
        ),
        bad=[
            {"publicNetworkAccess": "Enabled"},
            {"managedNetwork.isolationMode": "Disabled"},
            {"encryption.status": "Disabled"},
        ],
    ),
    Case(
        "azure-datafactory-isolated",
        resource(
            "azure-native:datafactory:Factory",
            {"publicNetworkAccess": "Disabled", "encryption": {"keyName": "factory"}, **IDENTITY},
        ),
        bad=[{"publicNetworkAccess": "Enabled"}, {"identity.type": "None"}, {"encryption.keyName": ""}],
        unknown={"encryption.keyName": PASS},
    ),
    Case(
        "azure-healthcare-fhir-hardened",
        resource(
            "azure-native:healthcareapis:FhirService",
            {
                "authenticationConfiguration": {"authority": "https://login.microsoftonline.com/x"},
                "corsConfiguration": {"origins": ["https://shop.example"]},
                "encryption": {"customerManagedKeyEncryption": {"keyEncryptionKeyUrl": "https://x"}},
            },
        ),
        bad=[
            {"corsConfiguration.origins": ["*"]},
            {"authenticationConfiguration.authority": ""},
            {KEY_URL: ""},
        ],
        absent={"corsConfiguration.origins": PASS},
        unknown={"authenticationConfiguration.authority": PASS, KEY_URL: PASS},
    ),
    Case(
        "azure-ml-compute-isolated",
        resource(
            "azure-native:machinelearningservices:Compute",
            {
                "properties": {
                    "computeType": "AmlCompute",
                    "disableLocalAuth": True,
                    "properties": {"subnet": {"id": "subnet"}, "enableNodePublicIp": False},
                }
            },
        ),
        bad=[
            {"properties.disableLocalAuth": False},
            {f"{INNER}.subnet.id": ""},
            {f"{INNER}.enableNodePublicIp": True},
        ],
        unknown={f"{INNER}.subnet.id": PASS},
        unrelated={"properties.computeType": "Kubernetes"},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
