"""Azure SQL: servers, databases, managed instances; Synapse."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    require,
    require_equal,
    require_false,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.azure import CLOSED, forbid_wide_range

AUDITS = ("azure-native:sql:ServerBlobAuditingPolicy", "azure-native:sql:ExtendedServerBlobAuditingPolicy")


@rule("azure-sql-server-min-tls12")
def tls12(server: Resource) -> Verdict:
    """SQL servers refuse TLS below 1.2.

    Older versions have known weaknesses, and clients choose them if the server lets them.
    """
    return require_in(server, "minimalTlsVersion", ("1.2", "1.3"))


@rule("azure-sql-server-public-network-disabled")
def public_network(server: Resource) -> Verdict:
    """SQL servers are reached by private addresses only.

    A public endpoint is guarded by a password and a list of addresses that grows.
    """
    return require_in(server, "publicNetworkAccess", CLOSED)


@rule("azure-sql-server-entra-administrator")
def entra_administrator(server: Resource) -> Verdict:
    """SQL servers have an administrator of Microsoft Entra.

    An administrator of SQL alone has a password, no second factor, and stays when the person leaves.
    """
    return any_of(
        require_set(server, "administrators"),
        require_related(server, "azure-native:sql:ServerAzureADAdministrator", by="serverName", key="serverName"),
    )


@rule("azure-sql-firewall-not-open")
def firewall(entry: Resource) -> Verdict:
    """Firewalls of SQL servers let in neither the internet nor all of Azure.

    The rule 0.0.0.0 stands for every customer of Azure, not for one's own services.
    """
    return forbid_wide_range(entry)


@rule("azure-sql-database-tde-enabled")
def tde(encryption: Resource) -> Verdict:
    """SQL databases are encrypted at rest.

    Encryption is on by default; a resource that turns it off leaves files and backups readable.
    """
    return require_equal(encryption, "state", "Enabled")


@rule("azure-sql-server-tde-customer-key")
def customer_key(protector: Resource) -> Verdict:
    """SQL servers are encrypted under a key of one's own, which follows its rotation.

    Only with such a key can access to the data be withdrawn and its use be logged.
    """
    return all_of(
        require_equal(protector, "serverKeyType", "AzureKeyVault"), require_true(protector, "autoRotationEnabled")
    )


@rule("azure-sql-server-auditing")
def auditing(server: Resource) -> Verdict:
    """SQL servers write an audit log.

    Without it nobody can say after an incident which data was read.
    """
    return require_related(
        server,
        *AUDITS,
        by="serverName",
        key="serverName",
        check=lambda policy: require_equal(policy, "state", "Enabled"),
    )


@rule(
    "azure-sql-server-audit-retention",
    config={
        "minimum_days": {
            "type": "integer",
            "minimum": 1,
            "default": 365,
            "description": "days that audit logs are kept (PCI DSS 10.5.1 asks for twelve months)",
        }
    },
)
def audit_retention(policy: Resource) -> Verdict:
    """Audit logs of SQL servers are kept for a year.

    Incidents are found after months. Zero keeps them without end; logs that go to a workspace are kept by its rules.
    """
    if not policy.present("storageEndpoint"):
        return NOT_APPLICABLE
    days = policy.config["minimum_days"]
    return require(
        policy,
        "retentionDays",
        test=lambda value: int(value) == 0 or int(value) >= days,
        problem=f"is not 0 or at least {days} days",
        remedy=f"set {{path}} to {days}",
    )


@rule("azure-sql-server-threat-detection")
def threat_detection(server: Resource) -> Verdict:
    """SQL servers report attacks to somebody.

    Injection and unusual sign-ins are seen by the service; without the policy nobody is told.
    """
    return require_related(
        server,
        "azure-native:sql:ServerSecurityAlertPolicy",
        by="serverName",
        key="serverName",
        check=lambda policy: all_of(
            require_equal(policy, "state", "Enabled"),
            require(
                policy,
                "disabledAlerts",
                test=lambda alerts: not [alert for alert in alerts if alert],
                problem="turns alerts off",
                remedy="remove {path}",
                absent=PASS,
            ),
            require_true(policy, "emailAccountAdmins"),
        ),
    )


@rule("azure-sql-server-vulnerability-assessment")
def vulnerability_assessment(server: Resource) -> Verdict:
    """SQL servers are scanned for weaknesses.

    Scans find rights, settings and data that should not be as they are.
    """
    return any_of(
        require_related(
            server,
            "azure-native:sql:ServerVulnerabilityAssessment",
            by="serverName",
            key="serverName",
            check=lambda it: require_true(it, "recurringScans.isEnabled"),
        ),
        require_related(
            server,
            "azure-native:sql:SqlVulnerabilityAssessmentsSetting",
            by="serverName",
            key="serverName",
            check=lambda it: require_equal(it, "state", "Enabled"),
        ),
    )


@rule("azure-sql-managed-instance-hardened")
def managed_instance(instance: Resource) -> Verdict:
    """Managed instances have no public endpoint and refuse TLS below 1.2.

    They are made to live in a virtual network; the public endpoint undoes that.
    """
    return all_of(
        require_false(instance, "publicDataEndpointEnabled", absent=PASS),
        require_in(instance, "minimalTlsVersion", ("1.2", "1.3")),
    )


@rule("azure-synapse-workspace-isolated")
def synapse_workspace(workspace: Resource) -> Verdict:
    """Synapse workspaces are isolated, sign in by Entra only, and are encrypted under a key of one's own.

    A workspace reads all data of its lake; what it may send out decides what can be stolen.
    """
    return all_of(
        require_equal(workspace, "managedVirtualNetwork", "default"),
        require_true(workspace, "managedVirtualNetworkSettings.preventDataExfiltration", "azureADOnlyAuthentication"),
        require_set(workspace, "encryption.cmk"),
    )


@rule("azure-synapse-sql-pool-encrypted-and-audited")
def synapse_pool(pool: Resource) -> Verdict:
    """SQL pools of Synapse are encrypted at rest and scanned for weaknesses.

    Pools are not encrypted unless it is asked for.
    """
    return all_of(
        require_related(
            pool,
            "azure-native:synapse:SqlPoolTransparentDataEncryption",
            by="sqlPoolName",
            key="sqlPoolName",
            check=lambda it: require_equal(it, "status", "Enabled"),
        ),
        require_related(
            pool,
            "azure-native:synapse:SqlPoolVulnerabilityAssessment",
            by="sqlPoolName",
            key="sqlPoolName",
            check=lambda it: require_true(it, "recurringScans.isEnabled"),
        ),
    )


@rule("azure-synapse-firewall-not-open")
def synapse_firewall(entry: Resource) -> Verdict:
    """Firewalls of Synapse workspaces do not let in the internet.

    The portal offers a rule for all addresses when a workspace is made.
    """
    return forbid_wide_range(entry, azure_services=False)
