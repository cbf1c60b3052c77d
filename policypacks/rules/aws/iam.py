"""IAM policies: what identities may do."""

from collections.abc import Callable

from policypacks.engine.rule import (
    PASS,
    Resource,
    Verdict,
    all_of,
    fail,
    forbid_in,
    require_set,
    require_unset,
    rule,
)
from policypacks.rules.common.aws_policy import Statement, each_statement

WIDE = ("AdministratorAccess", "IAMFullAccess", "PowerUserAccess")
"""AWS managed policies that give everything, or the means to it."""

ESCALATION = (
    "iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:AttachUserPolicy", "iam:AttachRolePolicy",
    "iam:AttachGroupPolicy", "iam:PutUserPolicy", "iam:PutRolePolicy", "iam:PutGroupPolicy", "iam:CreateAccessKey",
    "iam:CreateLoginProfile", "iam:UpdateLoginProfile", "iam:UpdateAssumeRolePolicy", "iam:AddUserToGroup",
    "iam:PassRole", "sts:AssumeRole", "lambda:UpdateFunctionCode",
)  # fmt: skip
"""Actions that let an identity give itself more, where they are allowed on everything."""

EXFILTRATION = ("s3:GetObject", "ssm:GetParameter", "ssm:GetParameters", "secretsmanager:GetSecretValue",
                "rds:CopyDBSnapshot")  # fmt: skip
TAMPERING = ("cloudtrail:StopLogging", "cloudtrail:DeleteTrail", "cloudtrail:UpdateTrail")
EXEMPT = {
    "exempt_arns": {
        "type": "array",
        "items": {"type": "string"},
        "default": [],
        "description": "ARNs of managed policies that may be attached all the same",
    }
}


def _no_statement(
    policy: Resource, bad: Callable[[Statement], bool], problem: str, remedy: str, *, path: str = "policy"
) -> Verdict:
    """A policy is set, and no Allow statement in it is bad."""

    def check(statement: Statement) -> Verdict:
        return fail(statement.path, problem, remedy) if statement.allow and bad(statement) else PASS

    return all_of(require_set(policy, path), each_statement(policy, path, check))


def _on_everything(*actions: str) -> Callable[[Statement], bool]:
    return lambda it: it.everywhere() and not it.narrowed() and it.grants(*actions)


@rule("aws-iam-policy-no-admin-star")
def no_admin_star(policy: Resource) -> Verdict:
    """No policy allows everything on everything.

    Whoever gets hold of such an identity has the account.
    """

    def everything(it: Statement) -> bool:
        return it.everywhere() and any(action in ("*", "*:*") for action in it.actions)

    return _no_statement(policy, everything, "allows everything", "name the actions and the resources")


@rule(
    "aws-iam-policy-no-service-star",
    config={
        "allowed_services": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "service prefixes (cloudwatch) that may be allowed as a whole",
        }
    },
)
def no_service_star(policy: Resource) -> Verdict:
    """No policy allows a whole service on everything.

    Next year's actions of the service are then allowed too, and nobody decides it.
    """
    allowed = {name.lower() for name in policy.config["allowed_services"]}

    def whole(it: Statement) -> bool:
        services = [action.partition(":") for action in it.actions]
        return it.everywhere() and any(rest == "*" and name not in {"*", *allowed} for name, _, rest in services)

    return _no_statement(policy, whole, "allows a whole service on everything", "name the actions or the resources")


@rule("aws-iam-policy-no-kms-decrypt-on-all-keys")
def no_decrypt_on_all_keys(policy: Resource) -> Verdict:
    """No policy allows decrypting with every key.

    It undoes what separate keys are for: that each kind of data has a permission of its own.
    """
    return _no_statement(
        policy, _on_everything("kms:Decrypt", "kms:ReEncryptFrom"), "allows decrypting with all keys", "name the keys"
    )


@rule("aws-iam-policy-no-cloudtrail-full-access")
def no_trail_tampering(policy: Resource) -> Verdict:
    """No policy allows switching the audit trail off.

    The first thing a careful intruder does is to stop the recording.
    """
    return _no_statement(
        policy, _on_everything(*TAMPERING), "allows stopping or deleting trails", "leave these actions to break-glass"
    )


@rule("aws-iam-policy-no-privilege-escalation")
def no_escalation(policy: Resource) -> Verdict:
    """No policy lets an identity give itself more on everything.

    One such action on all resources is as good as administrator access.
    """
    return _no_statement(
        policy, _on_everything(*ESCALATION), "allows an identity to gain more", "name the roles, users or functions"
    )


@rule("aws-iam-policy-no-data-exfiltration-star")
def no_exfiltration(policy: Resource) -> Verdict:
    """No policy allows reading the data of everything.

    A program reads its own buckets, parameters and secrets, not those of all others.
    """
    return _no_statement(policy, _on_everything(*EXFILTRATION), "allows reading all data", "name the resources")


@rule("aws-iam-policy-no-not-action-allow")
def no_not_action(policy: Resource) -> Verdict:
    """No policy allows all but some actions or resources.

    What is not excluded is allowed, also what AWS adds tomorrow.
    """
    return _no_statement(
        policy,
        lambda it: bool(it.not_actions or it.not_resources),
        "combines Allow with NotAction or NotResource",
        "name what is allowed",
    )


@rule("aws-iam-no-inline-policies")
def no_inline_policies(target: Resource) -> Verdict:
    """Policies are resources of their own, not written into an identity.

    An inline policy is not seen in lists of policies, has no versions, and cannot be reused.
    """
    if target.type == "aws:iam/role:Role":
        return require_unset(target, "inlinePolicies")
    return fail("", "is an inline policy", "make an iam Policy and attach it")


@rule("aws-iam-user-no-direct-policies")
def user_no_direct_policies(target: Resource) -> Verdict:
    """No policy is attached to a user.

    Permissions belong to roles and groups, so that they are the same for all who do the same job.
    """
    if target.type == "aws:iam/policyAttachment:PolicyAttachment":
        return require_unset(target, "users")
    return fail("", "gives a user a policy directly", "attach the policy to a group or a role")


@rule("aws-iam-no-administrator-managed-policy", config=EXEMPT)
def no_administrator_policy(target: Resource) -> Verdict:
    """No managed policy that gives everything is attached.

    AdministratorAccess and its like are for the day when all else fails, not for a role that runs every day.
    """
    exempt = set(target.config["exempt_arns"])
    path = "managedPolicyArns" if target.type == "aws:iam/role:Role" else "policyArn"
    wide = [f"arn:{partition}:iam::aws:policy/{name}" for partition in ("aws", "aws-us-gov", "aws-cn") for name in WIDE]
    return forbid_in(target, path, [arn for arn in wide if arn not in exempt])


@rule("aws-identitycenter-no-admin-permission-set", config=EXEMPT)
def no_admin_permission_set(target: Resource) -> Verdict:
    """No permission set gives everything.

    People who sign in daily with all rights lose all of them to one phishing mail.
    """
    if target.type.endswith(":PermissionSetInlinePolicy"):

        def everything(it: Statement) -> bool:
            return it.everywhere() and "*" in it.actions

        return _no_statement(target, everything, "allows everything", "name actions and resources", path="inlinePolicy")
    wide = [f"arn:{partition}:iam::aws:policy/{WIDE[0]}" for partition in ("aws", "aws-us-gov", "aws-cn")]
    return forbid_in(target, "managedPolicyArn", [arn for arn in wide if arn not in target.config["exempt_arns"]])
