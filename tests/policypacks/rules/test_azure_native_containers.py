"""The cases of the rules for Azure containers."""

import pytest

from support.policies import PASS, REMOVE, UNDETERMINED, Case, Trial, resource, trials

REGISTRY = resource(
    "azure-native:containerregistry:Registry",
    {"adminUserEnabled": False, "anonymousPullEnabled": False, "publicNetworkAccess": "Disabled"},
)
GROUP = resource(
    "azure-native:containerinstance:ContainerGroup",
    {
        "subnetIds": [{"id": "subnet"}],
        "containers": [{"name": "api", "environmentVariables": [{"name": "API_TOKEN", "secureValue": "x"}]}],
    },
)
APP = resource(
    "azure-native:app:ContainerApp",
    {"configuration": {"ingress": {"allowInsecure": False, "external": False}}, "tags": {"owner": "shop"}},
)
VARIABLES = "containers[].environmentVariables"

CASES = [
    Case("azure-acr-admin-user-disabled", REGISTRY, bad={"adminUserEnabled": True}),
    Case("azure-acr-no-anonymous-pull", REGISTRY, bad={"anonymousPullEnabled": True}),
    Case(
        "azure-acr-public-network-disabled",
        REGISTRY,
        bad={"publicNetworkAccess": "Enabled"},
        also_good={"publicNetworkAccess": "Enabled", "networkRuleSet": {"defaultAction": "Deny"}},
    ),
    Case(
        "azure-container-group-in-vnet",
        GROUP,
        bad=[{"subnetIds": []}, {"subnetIds": [], "ipAddress": {"type": "Public"}}],
        also_good={"subnetIds": REMOVE, "ipAddress": {"type": "Private"}},
        guards=["subnetIds"],
        unknown={"subnetIds": PASS},
    ),
    Case(
        "azure-container-group-secure-environment",
        GROUP,
        bad={VARIABLES: [{"name": "API_TOKEN", "value": "correct-horse"}]},
        also_good={VARIABLES: [{"name": "LEVEL", "value": "info"}]},
        unknown={VARIABLES: UNDETERMINED},
    ),
    Case(
        "azure-container-app-ingress",
        APP,
        bad=[{"configuration.ingress.allowInsecure": True}, {"configuration.ingress.external": True}],
        also_good={"configuration.ingress.external": True, "tags": {"data-classification": "Public"}},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
