"""The cases of the rules for Azure messaging."""

import pytest

from support.policies import Case, Trial, resource, trials

NAMESPACE = resource(
    "azure-native:servicebus:Namespace",
    {"minimumTlsVersion": "1.2", "disableLocalAuth": True, "publicNetworkAccess": "Disabled"},
)

CASES = [
    Case("azure-messaging-min-tls12", NAMESPACE, bad={"minimumTlsVersion": "1.0"}),
    Case("azure-messaging-local-auth-disabled", NAMESPACE, bad={"disableLocalAuth": False}),
    Case(
        "azure-messaging-public-network-disabled",
        NAMESPACE,
        bad={"publicNetworkAccess": "Enabled"},
        also_good={"publicNetworkAccess": "SecuredByPerimeter"},
    ),
    Case(
        "azure-eventgrid-hardened",
        resource(
            "azure-native:eventgrid:Topic",
            {"disableLocalAuth": True, "publicNetworkAccess": "Disabled", "minimumTlsVersionAllowed": "1.2"},
        ),
        bad=[
            {"disableLocalAuth": False},
            {"publicNetworkAccess": "Enabled"},
            {"minimumTlsVersionAllowed": "1.1"},
        ],
    ),
    Case(
        "azure-iothub-hardened",
        resource(
            "azure-native:devices:IotHubResource",
            {"properties": {"publicNetworkAccess": "Disabled", "disableLocalAuth": True, "minTlsVersion": "1.2"}},
        ),
        bad=[
            {"properties.publicNetworkAccess": "Enabled"},
            {"properties.disableLocalAuth": False},
            {"properties.minTlsVersion": "1.0"},
        ],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
