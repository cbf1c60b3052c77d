"""Azure subscriptions: activity log, Defender, contacts, roles, identities, automation."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_of,
    any_in,
    each,
    fail,
    forbid_in,
    judge,
    require,
    require_equal,
    require_false,
    require_set,
    require_true,
    rule,
)

SUBSCRIPTION_LOG = "azure-native:monitor:SubscriptionDiagnosticSetting"
CATEGORIES = ("Administrative", "Security", "Alert", "Policy")
PLANS = (
    "AppServices",
    "Arm",
    "CloudPosture",
    "Containers",
    "CosmosDbs",
    "KeyVaults",
    "OpenSourceRelationalDatabases",
    "SqlServerVirtualMachines",
    "SqlServers",
    "StorageAccounts",
    "VirtualMachines",
)
WIDE_ROLES = {
    "8e3af657-a8ff-443c-a75c-2fe8c4bcb635": "Owner",
    "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9": "User Access Administrator",
    "b24988ac-6180-42a0-ab88-20f7382dd24c": "Contributor",
}
"""Ids of built-in roles: https://learn.microsoft.com/azure/role-based-access-control/built-in-roles"""

WIDE_SCOPE = Pattern(
    r"/|/subscriptions/[^/]{1,100}/?|/providers/Microsoft\.Management/managementGroups/[^/]{1,100}/?", ignore_case=True
)
GITHUB = "https://token.actions.githubusercontent.com"


@rule("azure-monitor-subscription-activity-log-exported", subject=THE_STACK)
def activity_log(stack: Resource) -> Verdict:
    """The activity log of a subscription is exported.

    Azure keeps it for ninety days; it says who made, changed and deleted what.
    """
    graph = stack.stack
    if not graph.of(SUBSCRIPTION_LOG, "azure-native:security:Pricing", "azure-native:security:SecurityContact"):
        return NOT_APPLICABLE

    def check(setting: Resource) -> Verdict:
        on = {
            entry.get("category") or entry.get("categoryGroup")
            for entry in setting.items("logs")
            if entry.get("enabled") is True
        }
        missing = [] if "allLogs" in on else [name for name in CATEGORIES if name not in on]
        path = f"{setting.name}.logs"
        return fail(path, f"lacks {', '.join(missing)}", "enable these categories") if missing else PASS

    found = any_in(judge(check, setting) for setting in graph.all(stack, SUBSCRIPTION_LOG))
    if found is NOT_APPLICABLE:
        return fail("", "exports no activity log", "add a SubscriptionDiagnosticSetting")
    return found


@rule("azure-defender-plans-standard")
def defender_plan(pricing: Resource) -> Verdict:
    """Defender watches the kinds of resources that hold data and run code.

    The free tier only advises; it sees no attack.
    """
    if pricing.get("pricingName", pricing.name) not in PLANS:
        return NOT_APPLICABLE
    return require_equal(pricing, "pricingTier", "Standard")


@rule("azure-security-contact-configured")
def security_contact(contact: Resource) -> Verdict:
    """Somebody is told when Defender finds something.

    An alert that nobody gets is found with the next audit.
    """
    return all_of(
        require_set(contact, "emails", "notificationsSources"),
        require_equal(contact, "notificationsByRole.state", "On"),
    )


@rule("azure-role-definition-no-wildcard")
def role_without_wildcard(role: Resource) -> Verdict:
    """No role of one's own grants every action on a subscription.

    Such a role is Owner under a name that nobody looks for.
    """

    def permission(entry: Node) -> Verdict:
        return forbid_in(entry, "actions", ("*",))

    scopes = role.get("assignableScopes") or [role.get("scope", "/")]
    if not any(WIDE_SCOPE.fits(str(scope)) for scope in scopes):
        return PASS
    return each(role, "permissions", permission)


@rule(
    "azure-role-assignment-not-owner",
    config={
        "exempt_principals": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "object ids of principals that may have wide roles, for emergencies and deployments",
        }
    },
)
def no_wide_assignment(assignment: Resource) -> Verdict:
    """Nobody gets Owner, User Access Administrator or Contributor on a whole subscription.

    These roles change everything, and two of them the rights of others too.
    """
    exempt = assignment.config["exempt_principals"]
    if exempt and assignment.get("principalId") in exempt:
        return NOT_APPLICABLE
    role = assignment.get("roleDefinitionId")
    name = WIDE_ROLES.get(str(role).rpartition("/")[2].lower())
    if name is None:
        return PASS
    return require(
        assignment,
        "scope",
        test=lambda scope: not WIDE_SCOPE.fits(str(scope)),
        problem=f"is too wide for {name}",
        remedy="grant it on a resource group, or grant a narrower role",
    )


@rule(
    "azure-federated-credential-subject-restricted",
    config={
        "issuers": {
            "type": "array",
            "items": {"type": "string"},
            "default": [GITHUB, "https://gitlab.com"],
            "description": "addresses of trusted issuers, beside the clusters of AKS",
        }
    },
)
def federated(credential: Resource) -> Verdict:
    """Federated credentials trust known issuers, and one workload of them.

    An issuer signs tokens for all its users; a subject that is too wide lets in any of them.
    """
    issuers = credential.config["issuers"]

    def trusted(value: object) -> bool:
        text = str(value).rstrip("/")
        host = text.removeprefix("https://").partition("/")[0]
        return text in [issuer.rstrip("/") for issuer in issuers] or (
            text.startswith("https://") and host.endswith(".oic.prod-aks.azure.com")
        )

    def subject(it: Resource) -> Verdict:
        github = it.get("issuer", "").rstrip("/") == GITHUB
        return require(
            it,
            "subject",
            test=lambda value: "*" not in value and (not github or ":ref:" in value or ":environment:" in value),
            problem="does not name one workload",
            remedy="name repository and branch or environment in {path}",
        )

    return all_of(
        require(
            credential,
            "issuer",
            test=trusted,
            problem="is not a trusted issuer",
            remedy="name one of the issuers that the setting lists, or add it there",
        ),
        judge(subject, credential),
    )


@rule("azure-automation-account-hardened")
def automation(account: Resource) -> Verdict:
    """Automation has no public endpoint and no keys, and encrypts its variables.

    Runbooks act with the rights of the account, and variables hold what they need for it.
    """
    if account.type.endswith(":Variable"):
        return require_true(account, "isEncrypted")
    return all_of(require_false(account, "publicNetworkAccess"), require_true(account, "disableLocalAuth"))
