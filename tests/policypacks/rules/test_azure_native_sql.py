"""The cases of the rules for Azure SQL and Synapse."""

from typing import Any

import pytest

from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

OF_SERVER = {"serverName": Ref("server")}
SERVER = R(
    "server",
    "azure-native:sql:Server",
    {
        "serverName": "shop-sql",
        "minimalTlsVersion": "1.2",
        "publicNetworkAccess": "Disabled",
        "administrators": {"login": "dba", "azureADOnlyAuthentication": True},
    },
)


def attached(name: str, kind: str, **properties: Any) -> R:
    return R(name, f"azure-native:sql:{kind}", {**OF_SERVER, **properties})


AUDIT = attached("audit", "ServerBlobAuditingPolicy", state="Enabled", retentionDays=365, storageEndpoint="https://x")
ALERTS = attached("alerts", "ServerSecurityAlertPolicy", state="Enabled", disabledAlerts=[], emailAccountAdmins=True)
SCANS = attached("scans", "ServerVulnerabilityAssessment", recurringScans={"isEnabled": True})
DATABASE_SERVER = [SERVER, AUDIT, ALERTS, SCANS]
FIREWALL = {"startIpAddress": "192.0.2.1", "endIpAddress": "192.0.2.9"}
EVERYBODY = {"startIpAddress": "0.0.0.0", "endIpAddress": "255.255.255.255"}
ALL_OF_AZURE = {"startIpAddress": "0.0.0.0", "endIpAddress": "0.0.0.0"}
POOL = R("pool", "azure-native:synapse:SqlPool", {"sqlPoolName": "pool1"})
OF_POOL = {"sqlPoolName": Ref("pool")}

CASES = [
    Case("azure-sql-server-min-tls12", SERVER, bad={"minimalTlsVersion": "1.1"}),
    Case(
        "azure-sql-server-public-network-disabled",
        SERVER,
        bad={"publicNetworkAccess": "Enabled"},
        also_good={"publicNetworkAccess": "SecuredByPerimeter"},
    ),
    Case(
        "azure-sql-server-entra-administrator",
        DATABASE_SERVER,
        bad={"administrators": REMOVE},
        also_good={"serverName": "other"},
        unknown={"administrators": PASS},
    ),
    Case(
        "azure-sql-firewall-not-open",
        resource("azure-native:sql:FirewallRule", FIREWALL),
        bad=[EVERYBODY, ALL_OF_AZURE, {"endIpAddress": "200.0.0.1"}],
    ),
    Case(
        "azure-sql-database-tde-enabled",
        resource("azure-native:sql:TransparentDataEncryption", {"state": "Enabled"}),
        bad={"state": "Disabled"},
    ),
    Case(
        "azure-sql-server-tde-customer-key",
        resource(
            "azure-native:sql:EncryptionProtector", {"serverKeyType": "AzureKeyVault", "autoRotationEnabled": True}
        ),
        bad=[{"serverKeyType": "ServiceManaged"}, {"autoRotationEnabled": False}],
    ),
    Case(
        "azure-sql-server-auditing",
        DATABASE_SERVER,
        bad=[drop("audit"), on("audit", {"state": "Disabled"}), on("audit", {"serverName": "other"})],
        also_good=on("audit", {"serverName": "shop-sql"}),
    ),
    Case(
        "azure-sql-server-audit-retention",
        R("audit", AUDIT.type, {"state": "Enabled", "retentionDays": 365, "storageEndpoint": "https://x"}),
        bad={"retentionDays": 90},
        also_good={"retentionDays": 0},
        unrelated={"storageEndpoint": REMOVE},
    ),
    Case(
        "azure-sql-server-threat-detection",
        DATABASE_SERVER,
        bad=[
            drop("alerts"),
            on("alerts", {"state": "Disabled"}),
            on("alerts", {"disabledAlerts": ["Sql_Injection"]}),
            on("alerts", {"emailAccountAdmins": False}),
        ],
        absent={"disabledAlerts": PASS},
    ),
    Case(
        "azure-sql-server-vulnerability-assessment",
        DATABASE_SERVER,
        bad=[drop("scans"), on("scans", {"recurringScans.isEnabled": False})],
        also_good=add(attached("setting", "SqlVulnerabilityAssessmentsSetting", state="Enabled")),
    ),
    Case(
        "azure-sql-managed-instance-hardened",
        resource("azure-native:sql:ManagedInstance", {"publicDataEndpointEnabled": False, "minimalTlsVersion": "1.2"}),
        bad=[{"publicDataEndpointEnabled": True, "minimalTlsVersion": "1.2"}, {"minimalTlsVersion": "1.0"}],
        absent={"publicDataEndpointEnabled": PASS},
    ),
    Case(
        "azure-synapse-workspace-isolated",
        resource(
            "azure-native:synapse:Workspace",
            {
                "managedVirtualNetwork": "default",
                "managedVirtualNetworkSettings": {"preventDataExfiltration": True},
                "azureADOnlyAuthentication": True,
                "encryption": {"cmk": {"key": {"name": "default", "keyVaultUrl": "https://x"}}},
            },
        ),
        bad=[
            {"managedVirtualNetwork": ""},
            {"managedVirtualNetworkSettings.preventDataExfiltration": False},
            {"azureADOnlyAuthentication": False},
            {"encryption.cmk": {}},
        ],
        unknown={"encryption.cmk": PASS},
    ),
    Case(
        "azure-synapse-sql-pool-encrypted-and-audited",
        [
            POOL,
            R("tde", "azure-native:synapse:SqlPoolTransparentDataEncryption", {**OF_POOL, "status": "Enabled"}),
            R(
                "scans",
                "azure-native:synapse:SqlPoolVulnerabilityAssessment",
                {**OF_POOL, "recurringScans": {"isEnabled": True}},
            ),
        ],
        bad=[
            drop("tde"),
            drop("scans"),
            on("tde", {"status": "Disabled"}),
            on("scans", {"recurringScans.isEnabled": False}),
        ],
    ),
    Case(
        "azure-synapse-firewall-not-open",
        resource("azure-native:synapse:IpFirewallRule", FIREWALL),
        bad=EVERYBODY,
        also_good=ALL_OF_AZURE,
        absent={"startIpAddress": FAIL, "endIpAddress": FAIL},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
