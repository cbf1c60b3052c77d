"""The cases of the rules for Azure App Service and API Management."""

import pytest

from policypacks.rules.azure_native.web import WEAK
from support.policies import PASS, REMOVE, UNDETERMINED, Case, R, Ref, Trial, drop, on, resource, trials

APP = resource(
    "azure-native:web:WebApp",
    {
        "name": "shop",
        "httpsOnly": True,
        "clientCertEnabled": True,
        "clientCertMode": "Required",
        "identity": {"type": "SystemAssigned"},
        "virtualNetworkSubnetId": "subnet",
        "siteConfig": {
            "minTlsVersion": "1.2",
            "scmMinTlsVersion": "1.2",
            "ftpsState": "Disabled",
            "remoteDebuggingEnabled": False,
            "cors": {"allowedOrigins": ["https://shop.example"]},
            "http20Enabled": True,
            "httpLoggingEnabled": True,
            "detailedErrorLoggingEnabled": True,
            "appSettings": [{"name": "DB_PASSWORD", "value": "@Microsoft.KeyVault(SecretUri=https://x)"}],
        },
    },
)
AUTH = R("auth", "azure-native:web:WebAppAuthSettingsV2", {"name": Ref("it", "name"), "platform": {"enabled": True}})
APIM = resource(
    "azure-native:apimanagement:ApiManagementService",
    {"virtualNetworkType": "Internal", "customProperties": dict.fromkeys(WEAK, "False")},
)
BACKEND = resource(
    "azure-native:apimanagement:Backend", {"url": "https://api.example", "tls": {"validateCertificateChain": True}}
)
VALUE = resource("azure-native:apimanagement:NamedValue", {"displayName": "backend-password", "secret": True})
SETTINGS = "siteConfig.appSettings"

CASES = [
    Case("azure-webapp-https-only", APP, bad={"httpsOnly": False}),
    Case(
        "azure-webapp-min-tls12",
        APP,
        bad=[{"siteConfig.minTlsVersion": "1.0"}, {"siteConfig.scmMinTlsVersion": "1.1"}],
    ),
    Case(
        "azure-webapp-ftps-disabled",
        APP,
        bad={"siteConfig.ftpsState": "AllAllowed"},
        also_good={"siteConfig.ftpsState": "FtpsOnly"},
    ),
    Case("azure-webapp-managed-identity", APP, bad={"identity.type": "None"}),
    Case("azure-webapp-no-remote-debugging", APP, bad={"siteConfig.remoteDebuggingEnabled": True}),
    Case("azure-webapp-cors-not-open", APP, bad={"siteConfig.cors.allowedOrigins": ["https://a.example", "*"]}),
    Case(
        "azure-webapp-client-certificates",
        APP,
        bad=[{"clientCertEnabled": False}, {"clientCertMode": "Optional"}],
        unrelated={"name": "store", "clientCertEnabled": False},
        config={"used_by_people": ["store"]},
    ),
    Case(
        "azure-webapp-authentication",
        [APP, AUTH],
        bad=[drop("auth"), on("auth", {"platform.enabled": False}), on("auth", {"name": "other"})],
        unrelated=on("it", {"name": "store"}),
        config={"own_sign_in": ["store"]},
    ),
    Case("azure-webapp-http2", APP, bad={"siteConfig.http20Enabled": False}),
    Case(
        "azure-webapp-http-logs",
        APP,
        bad=[
            {"siteConfig.httpLoggingEnabled": False, "siteConfig.detailedErrorLoggingEnabled": True},
            {"siteConfig.detailedErrorLoggingEnabled": False},
        ],
    ),
    Case(
        "azure-webapp-vnet-integrated",
        APP,
        bad={"virtualNetworkSubnetId": ""},
        also_good={"virtualNetworkSubnetId": REMOVE, "publicNetworkAccess": "Disabled"},
        unknown={"virtualNetworkSubnetId": PASS},
    ),
    Case(
        "azure-webapp-settings-no-secrets",
        APP,
        bad=[
            {f"{SETTINGS}[].value": "correct-horse"},
            {SETTINGS: [{"name": "Storage_ConnectionString", "value": "AccountName=x"}]},
        ],
        also_good={SETTINGS: [{"name": "PASSWORD_FILE", "value": "/run/x"}, {"name": "LEVEL", "value": "info"}]},
        unknown={f"{SETTINGS}[].value": UNDETERMINED},
    ),
    Case(
        "azure-apim-in-virtual-network",
        APIM,
        bad={"virtualNetworkType": "None"},
        also_good={"virtualNetworkType": "None", "publicNetworkAccess": "Disabled"},
    ),
    Case(
        "azure-apim-strong-protocols",
        APIM,
        bad=[{f'customProperties["{name}"]': "True"} for name in WEAK],
    ),
    Case(
        "azure-apim-backend-https",
        BACKEND,
        bad=[{"url": "http://api.example"}, {"tls.validateCertificateChain": False}],
    ),
    Case(
        "azure-apim-named-value-secret",
        VALUE,
        bad={"secret": False},
        also_good={"secret": REMOVE, "keyVault": {"secretIdentifier": "https://x"}},
        unrelated={"displayName": "backend-url"},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_settings_of_their_own_resource_are_read_too() -> None:
    settings = resource("azure-native:web:WebAppApplicationSettings", {"properties": {"LEVEL": "info"}})
    case = Case(
        "azure-webapp-settings-no-secrets",
        settings,
        bad=[{"properties.API_KEY": "correct-horse"}, {"properties": {"Db.Password": "correct-horse"}}],
    )
    for trial in trials([case]):
        trial.run()
