"""The cases of the rules for Azure subscriptions."""

from typing import Any

import pytest

from support.policies import PASS, Case, R, Trial, drop, on, resource, trials

LOG = R(
    "log",
    "azure-native:monitor:SubscriptionDiagnosticSetting",
    {
        "workspaceId": "workspace",
        "logs": [{"category": name, "enabled": True} for name in ("Administrative", "Security", "Alert", "Policy")],
    },
)
PRICING = R("plan", "azure-native:security:Pricing", {"pricingName": "KeyVaults", "pricingTier": "Standard"})
SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
OWNER = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/8e3af657-a8ff-443c-a75c-2fe8c4bcb635"
READER = f"{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/acdd72a7-3385-48ef-bd42-f606fba81ae7"
ROLE = resource(
    "azure-native:authorization:RoleDefinition",
    {
        "assignableScopes": [SUBSCRIPTION],
        "permissions": [{"actions": ["Microsoft.Storage/storageAccounts/read"]}],
    },
)
ASSIGNMENT = resource(
    "azure-native:authorization:RoleAssignment",
    {"principalId": "somebody", "roleDefinitionId": OWNER, "scope": f"{SUBSCRIPTION}/resourceGroups/shop"},
)
GITHUB: dict[str, Any] = {
    "issuer": "https://token.actions.githubusercontent.com",
    "subject": "repo:shop/api:environment:prod",
    "audiences": ["api://AzureADTokenExchange"],
}

CASES = [
    Case(
        "azure-monitor-subscription-activity-log-exported",
        [PRICING, LOG],
        bad=[
            drop("log"),
            on("log", {"logs[].enabled": False}),
            on("log", {"logs": [{"category": "Administrative", "enabled": True}]}),
        ],
        also_good=on("log", {"logs": [{"categoryGroup": "allLogs", "enabled": True}]}),
    ),
    Case(
        "azure-defender-plans-standard",
        [PRICING, LOG],
        bad={"pricingTier": "Free"},
        unrelated={"pricingName": "Dns", "pricingTier": "Free"},
    ),
    Case(
        "azure-security-contact-configured",
        [
            R(
                "contact",
                "azure-native:security:SecurityContact",
                {
                    "emails": "security@shop.example",
                    "notificationsByRole": {"state": "On", "roles": ["Owner"]},
                    "notificationsSources": [{"sourceType": "Alert", "minimalSeverity": "Medium"}],
                },
            ),
            LOG,
        ],
        bad=[{"emails": ""}, {"notificationsByRole.state": "Off"}, {"notificationsSources": []}],
        unknown={"emails": PASS, "notificationsSources": PASS},
    ),
    Case(
        "azure-role-definition-no-wildcard",
        ROLE,
        bad=[{"permissions[].actions": ["*"]}, {"permissions[].actions": ["*"], "assignableScopes": ["/"]}],
        also_good={"permissions[].actions": ["*"], "assignableScopes": [f"{SUBSCRIPTION}/resourceGroups/shop"]},
        guards=["permissions[].actions", "assignableScopes"],
    ),
    Case(
        "azure-role-assignment-not-owner",
        ASSIGNMENT,
        bad=[{"scope": SUBSCRIPTION}, {"scope": "/providers/Microsoft.Management/managementGroups/shop"}],
        also_good={"scope": SUBSCRIPTION, "roleDefinitionId": READER},
        unrelated={"scope": SUBSCRIPTION, "principalId": "emergency"},
        config={"exempt_principals": ["emergency"]},
    ),
    Case(
        "azure-federated-credential-subject-restricted",
        resource("azure-native:managedidentity:FederatedIdentityCredential", GITHUB),
        bad=[
            {"subject": "repo:shop/*:environment:prod"},
            {"subject": "repo:shop/api:pull_request"},
            {"issuer": "https://issuer.example"},
        ],
        also_good={
            "issuer": "https://westeurope.oic.prod-aks.azure.com/1/2/",
            "subject": "system:serviceaccount:shop:api",
        },
    ),
    Case(
        "azure-automation-account-hardened",
        resource("azure-native:automation:AutomationAccount", {"publicNetworkAccess": False, "disableLocalAuth": True}),
        bad=[{"publicNetworkAccess": True}, {"disableLocalAuth": False}],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_variables_of_automation_are_encrypted() -> None:
    variable = resource("azure-native:automation:Variable", {"isEncrypted": True})
    case = Case("azure-automation-account-hardened", variable, bad={"isEncrypted": False})
    for trial in trials([case]):
        trial.run()
