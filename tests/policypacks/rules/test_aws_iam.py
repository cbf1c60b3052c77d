"""The cases of the rules for IAM policies."""

import pytest

from support.aws_examples import allow, policy
from support.policies import FAIL, PASS, Case, Trial, resource, trials

GOOD = policy(allow(None, ["s3:GetObject"], "arn:aws:s3:::logs/*"))
POLICY = resource("aws:iam/policy:Policy", {"policy": GOOD})
ADMIN = "arn:aws:iam::aws:policy/AdministratorAccess"
READ = "arn:aws:iam::aws:policy/ReadOnlyAccess"


def document(*actions: str, resource: str = "*", **more: object) -> dict[str, str]:
    return {"policy": policy(allow(None, list(actions), resource, **more))}


CASES = [
    Case(
        "aws-iam-policy-no-admin-star",
        POLICY,
        bad=[document("*"), {"policy": "{"}],
        also_good=document("*", resource="arn:aws:s3:::x"),
    ),
    Case(
        "aws-iam-policy-no-service-star",
        POLICY,
        bad=document("s3:Get*", "dynamodb:*"),
        also_good=[document("cloudwatch:*"), document("s3:*", resource="arn:aws:s3:::x")],
        config={"allowed_services": ["cloudwatch"]},
    ),
    Case(
        "aws-iam-policy-no-kms-decrypt-on-all-keys",
        POLICY,
        bad=[document("kms:Decrypt"), document("kms:*")],
        also_good=[
            document("kms:Decrypt", resource="arn:aws:kms:eu-west-1:1:key/1"),
            document("kms:Decrypt", Condition={"StringEquals": {"kms:CallerAccount": "111122223333"}}),
        ],
    ),
    Case("aws-iam-policy-no-cloudtrail-full-access", POLICY, bad=document("cloudtrail:Stop*")),
    Case("aws-iam-policy-no-privilege-escalation", POLICY, bad=[document("iam:PassRole"), document("iam:Create*")]),
    Case("aws-iam-policy-no-data-exfiltration-star", POLICY, bad=document("s3:GetObject")),
    Case(
        "aws-iam-policy-no-not-action-allow",
        POLICY,
        bad=[
            {"policy": policy({"Effect": "Allow", "NotAction": "iam:*", "Resource": "arn:aws:s3:::x"})},
            {"policy": policy({"Effect": "Allow", "Action": "s3:GetObject", "NotResource": "arn:aws:s3:::x"})},
        ],
        also_good={"policy": policy({"Effect": "Deny", "NotAction": "iam:*", "Resource": "*"})},
    ),
    Case(
        "aws-iam-no-inline-policies",
        resource("aws:iam/role:Role", {"assumeRolePolicy": GOOD, "inlinePolicies": []}),
        bad={"inlinePolicies": [{"name": "x", "policy": GOOD}]},
        unknown={"inlinePolicies": FAIL},
    ),
    Case(
        "aws-iam-user-no-direct-policies",
        resource("aws:iam/policyAttachment:PolicyAttachment", {"policyArn": READ, "roles": ["r"], "users": []}),
        bad={"users": ["ann"]},
        absent={"users": PASS},
        unknown={"users": FAIL},
    ),
    Case(
        "aws-iam-no-administrator-managed-policy",
        resource("aws:iam/rolePolicyAttachment:RolePolicyAttachment", {"policyArn": READ, "role": "r"}),
        bad=[{"policyArn": ADMIN}, {"policyArn": "arn:aws-us-gov:iam::aws:policy/IAMFullAccess"}],
        also_good={"policyArn": "arn:aws:iam::aws:policy/PowerUserAccess"},
        config={"exempt_arns": ["arn:aws:iam::aws:policy/PowerUserAccess"]},
    ),
    Case(
        "aws-identitycenter-no-admin-permission-set",
        resource("aws:ssoadmin/managedPolicyAttachment:ManagedPolicyAttachment", {"managedPolicyArn": READ}),
        bad={"managedPolicyArn": ADMIN},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize("token", ["aws:iam/rolePolicy:RolePolicy", "aws:iam/userPolicy:UserPolicy"])
def test_inline_policy_resources_fail(token: str) -> None:
    case = Case("aws-iam-no-inline-policies", resource(token, {"policy": GOOD}), bad={"role": "r"}, guards=[])
    tried = [trial for trial in trials([case]) if ": bad" in trial.name]
    tried[0].run()
    assert len(tried) == 1
