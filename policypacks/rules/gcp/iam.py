"""IAM of Google Cloud: roles, service accounts, audit configuration, federation, API keys."""

from collections.abc import Collection

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Resource,
    Undetermined,
    Verdict,
    all_of,
    any_in,
    any_of,
    fail,
    forbid_in,
    judge,
    require,
    require_false,
    require_set,
    rule,
    undetermined,
)
from policypacks.rules.common.gcp import forbid_public_members, members

PROJECT_MEMBER = "gcp:projects/iAMMember:IAMMember"
PROJECT_BINDING = "gcp:projects/iAMBinding:IAMBinding"
KEY_MEMBER = "gcp:kms/cryptoKeyIAMMember:CryptoKeyIAMMember"
AUDIT = ("gcp:projects/iAMAuditConfig:IAMAuditConfig", "gcp:organizations/iamAuditConfig:IamAuditConfig")
GITHUB = "token.actions.githubusercontent.com"
BASIC = ("roles/owner", "roles/editor", "roles/viewer")
IMPERSONATION = ("roles/iam.serviceAccountUser", "roles/iam.serviceAccountTokenCreator")
KEY_USE = (
    "roles/cloudkms.cryptoKeyEncrypterDecrypter",
    "roles/cloudkms.cryptoKeyEncrypter",
    "roles/cloudkms.cryptoKeyDecrypter",
)


@rule("gcp-project-no-default-network")
def no_default_network(project: Resource) -> Verdict:
    """Projects are made without the default network.

    It comes with firewall rules that let in SSH and RDP from everywhere.
    """
    return require_false(project, "autoCreateNetwork")


@rule("gcp-iam-no-primitive-roles")
def no_basic_roles(grant: Resource) -> Verdict:
    """No project, folder or organisation grants owner, editor or viewer.

    The basic roles hold thousands of permissions over every service; predefined roles say what is meant.
    """
    return forbid_in(grant, "role", BASIC)


@rule("gcp-iam-service-account-not-admin")
def service_account_not_admin(grant: Resource) -> Verdict:
    """Service accounts are not administrators.

    Whoever breaks into the workload has what its account has.
    """
    if not any(member.startswith("serviceAccount:") for member in members(grant)):
        return NOT_APPLICABLE
    return require(
        grant,
        "role",
        test=lambda role: role not in BASIC[:2] and not str(role).lower().endswith("admin"),
        problem="is an administrator's role",
        remedy="set {path} to a role with what the workload does",
    )


@rule("gcp-iam-no-token-creator-at-project")
def no_token_creator(grant: Resource) -> Verdict:
    """The right to act as a service account is granted per account, not for a whole project.

    At project level it covers every account there is and will be, the most powerful one included.
    """
    return forbid_in(grant, "role", IMPERSONATION)


@rule("gcp-iam-no-public-members")
def no_public_members(grant: Resource) -> Verdict:
    """No project, folder or organisation grants a role to everyone.

    Such a grant opens every resource below it.
    """
    return forbid_public_members(grant)


@rule("gcp-iam-no-service-account-keys")
def no_keys(key: Resource) -> Verdict:
    """Service accounts have no keys that can be carried away.

    A key file works from anywhere for years; workload identity needs none.
    """
    account = key.at("serviceAccountId").shown()
    return fail("", f"is a lasting key of {account}", "remove it, use workload identity or impersonation")


@rule("gcp-iam-audit-config-all-services", subject=THE_STACK)
def audit_all_services(stack: Resource) -> Verdict:
    """Where a stack sets audit logs, one entry covers all services, reads included, with nobody exempt.

    Reads of data are not logged by default, and an exemption is where an intruder would hide.
    """
    configs = stack.stack.all(stack, *AUDIT)

    def check(config: Resource) -> Verdict:
        if config.get("service") != "allServices":
            return fail(f"{config.name}.service", "does not cover all services", "set it to allServices")
        kinds = {item.get("logType") for item in config.items("auditLogConfigs")}
        missing = sorted({"ADMIN_READ", "DATA_READ", "DATA_WRITE"} - kinds)
        if missing:
            path = f"{config.name}.auditLogConfigs"
            return fail(path, f"lacks {', '.join(missing)}", f"add {', '.join(missing)}")
        for item in config.items("auditLogConfigs"):
            if item.items("exemptedMembers"):
                return fail(f"{config.name}.{item.path}", "exempts members", "remove exemptedMembers")
        return PASS

    return any_in(judge(check, config) for config in configs)


def _separate(subject: Resource, types: Collection[str], first: Collection[str], second: Collection[str]) -> Verdict:
    """No member of the subject's grant of a role of ``first`` holds one of ``second`` by another grant."""
    if subject.get("role") not in first:
        return NOT_APPLICABLE
    own = set(members(subject))
    waiting: list[str] = []
    for other in subject.stack.all(subject, *types):
        try:
            if other.get("role") in second and own & set(members(other)):
                problem = f"its member also holds {other.get('role')} by '{other.name}'"
                return fail("member", problem, "grant one of the two roles to somebody else")
        except Undetermined as pending:
            waiting.append(f"{other.name}.{pending.path}")
    return undetermined(*waiting) if waiting else PASS


@rule("gcp-iam-kms-separation-of-duties", subject=(PROJECT_MEMBER, PROJECT_BINDING))
def kms_separation(grant: Resource) -> Verdict:
    """Who manages keys does not use them.

    One person with both can read the data and then destroy the trace or the key.
    """
    return _separate(grant, (PROJECT_MEMBER, PROJECT_BINDING, KEY_MEMBER), ("roles/cloudkms.admin",), KEY_USE)


@rule("gcp-iam-service-account-separation-of-duties", subject=(PROJECT_MEMBER, PROJECT_BINDING))
def service_account_separation(grant: Resource) -> Verdict:
    """Who manages service accounts does not act as them.

    With both, a person can make an account, give it rights and use it under its name.
    """
    types = (PROJECT_MEMBER, PROJECT_BINDING)
    return _separate(grant, types, ("roles/iam.serviceAccountAdmin",), ("roles/iam.serviceAccountUser",))


@rule("gcp-iam-workload-identity-provider-conditional")
def provider_conditional(provider: Resource) -> Verdict:
    """Identity federation says which outside identities it trusts.

    Without a condition every account of the other side may ask for a token: at GitHub, every repository in the world.
    """
    if GITHUB not in str(provider.get("oidc.issuerUri", "")):
        return require_set(provider, "attributeCondition")
    return require(
        provider,
        "attributeCondition",
        test=lambda text: "repository" in str(text),
        problem="does not limit repository or owner",
        remedy="compare assertion.repository_owner or assertion.repository in {path}",
    )


@rule("gcp-projects-api-key-restricted")
def api_key_restricted(key: Resource) -> Verdict:
    """API keys name the APIs that they open and the applications that use them.

    A key stands in programs that people download; whoever finds it may use it, and its owner pays.
    """
    kinds = ("browser", "server", "android", "ios")
    return all_of(
        require_set(key, "restrictions.apiTargets"),
        any_of(*(require_set(key, f"restrictions.{kind}KeyRestrictions") for kind in kinds)),
    )
