"""IAM identities: users, groups, roles, keys and the password policy."""

from policypacks.engine.rule import (
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    forbid_in,
    require_at_least,
    require_at_most,
    require_between,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import Statement, account_of, each_statement

GITHUB = "token.actions.githubusercontent.com"
MEMBERSHIP = "aws:iam/userGroupMembership:UserGroupMembership"
GROUP_MEMBERSHIP = "aws:iam/groupMembership:GroupMembership"
LIMITS = ("sts:externalid", "aws:principalorgid", "aws:principalarn", "aws:principalorgpaths", "aws:sourceaccount",
          "aws:sourcearn")  # fmt: skip


@rule("aws-iam-user-in-group")
def user_in_group(user: Resource) -> Verdict:
    """Every user is in a group.

    Rights come with the job, and a group is what says what the job is.
    """
    return any_of(
        require_related(user, MEMBERSHIP, by="user", check=lambda it: require_set(it, "groups")),
        require_related(user, GROUP_MEMBERSHIP, by="users[]"),
    )


@rule("aws-iam-group-has-users")
def group_has_users(group: Resource) -> Verdict:
    """Every group has members.

    An empty group is a set of rights that waits for somebody to be put in.
    """
    return any_of(
        require_related(group, GROUP_MEMBERSHIP, by="group", check=lambda it: require_set(it, "users")),
        require_related(group, MEMBERSHIP, by="groups[]"),
    )


@rule("aws-iam-no-long-lived-access-keys")
def no_access_keys(key: Resource) -> Verdict:
    """No access keys are made.

    A key that does not expire works for whoever finds it, years later; roles and federation need none.
    """
    return fail("user", f"makes a lasting key '{key.name}'", "use a role, or federation; waive it with an end")


@rule("aws-iam-no-root-access-key")
def no_root_key(key: Resource) -> Verdict:
    """The root user has no access key.

    No policy limits the root user.
    """
    return forbid_in(key, "user", ("root", "<root_account>"))


@rule("aws-iam-role-trust-not-public")
def trust_not_public(role: Resource) -> Verdict:
    """No role may be taken by everyone.

    Any AWS customer could become this role.
    """

    def check(statement: Statement) -> Verdict:
        if statement.allow and statement.public and not statement.narrowed():
            return fail(statement.path, "trusts everyone", "name the accounts or services that may take the role")
        return PASS

    return all_of(require_set(role, "assumeRolePolicy"), each_statement(role, "assumeRolePolicy", check))


@rule("aws-iam-role-trust-cross-account-restricted")
def trust_cross_account(role: Resource) -> Verdict:
    """Trust in another account is limited.

    Whoever may do anything there could otherwise take the role, also on behalf of a third party (the confused deputy).
    """

    def check(statement: Statement) -> Verdict:
        roots = [
            name for name in (statement.principals or {}).get("AWS", ()) if name.endswith(":root") or name.isdigit()
        ]
        limited = any(key in LIMITS for tests in (statement.conditions or {}).values() for key in tests)
        if statement.allow and roots and not limited:
            return fail(
                statement.path,
                f"trusts all of account {account_of(roots[0])}",
                "name a role, or add a condition on sts:ExternalId or aws:PrincipalOrgID",
            )
        return PASS

    return all_of(require_set(role, "assumeRolePolicy"), each_statement(role, "assumeRolePolicy", check))


@rule("aws-iam-role-github-oidc-subject-restricted")
def trust_github_subject(role: Resource) -> Verdict:
    """Trust in GitHub Actions names the repository.

    Without a subject condition any repository on GitHub can take the role.
    """

    def check(statement: Statement) -> Verdict:
        federated = (statement.principals or {}).get("Federated", ())
        if not statement.allow or not any(GITHUB in name for name in federated):
            return PASS
        subjects = [
            value
            for operator, values in statement.condition(f"{GITHUB}:sub")
            if operator.lower().startswith(("stringequals", "stringlike"))
            for value in values
        ]
        if subjects and all(_names_repository(value) for value in subjects):
            return PASS
        return fail(
            statement.path, "does not name the repository", f"add a condition on {GITHUB}:sub with repo:org/name"
        )

    return all_of(require_set(role, "assumeRolePolicy"), each_statement(role, "assumeRolePolicy", check))


def _names_repository(subject: str) -> bool:
    kind, _, rest = subject.partition(":")
    owner, _, name = rest.partition(":")[0].partition("/")
    return kind == "repo" and bool(owner) and "*" not in owner and name not in ("", "*")


@rule("aws-iam-role-session-duration-limited")
def session_duration(role: Resource) -> Verdict:
    """Role sessions end within four hours.

    Stolen session credentials work until the session ends.
    """
    return require_at_most(role, "maxSessionDuration", 14_400, unit="seconds")


@rule("aws-iam-password-policy-min-length")
def password_length(policy: Resource) -> Verdict:
    """Passwords have at least 14 characters.

    Length is what makes guessing hopeless.
    """
    return require_at_least(policy, "minimumPasswordLength", 14, unit="characters")


@rule("aws-iam-password-policy-complexity")
def password_complexity(policy: Resource) -> Verdict:
    """Passwords mix letters, digits and symbols.

    PCI DSS 8.3.6 asks for letters and digits; the others keep dictionary words out.
    """
    return require_true(
        policy, "requireUppercaseCharacters", "requireLowercaseCharacters", "requireNumbers", "requireSymbols"
    )


@rule("aws-iam-password-policy-reuse")
def password_reuse(policy: Resource) -> Verdict:
    """The last 24 passwords cannot be used again.

    A password that comes back is a password that was never changed.
    """
    return require_at_least(policy, "passwordReusePrevention", 24, unit="passwords")


@rule("aws-iam-password-policy-max-age")
def password_age(policy: Resource) -> Verdict:
    """Passwords are changed within 90 days.

    PCI DSS 8.3.9 asks for it where the password is the only factor.
    """
    return require_between(policy, "maxPasswordAge", 1, 90, unit="days")
