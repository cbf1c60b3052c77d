"""The cases of the rules for IAM identities."""

import pytest

from support.aws_examples import policy
from support.policies import Case, R, Ref, Trial, add, drop, on, resource, trials

GITHUB = "token.actions.githubusercontent.com"


def trust(principal: object, **more: object) -> str:
    return policy({"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole", **more})


def github(subject: str | None) -> str:
    condition = {} if subject is None else {"Condition": {"StringLike": {f"{GITHUB}:sub": subject}}}
    return trust({"Federated": f"arn:aws:iam::111122223333:oidc-provider/{GITHUB}"}, **condition)


SERVICE = trust({"Service": "ec2.amazonaws.com"})
ROLE = resource("aws:iam/role:Role", {"assumeRolePolicy": SERVICE, "maxSessionDuration": 3600})
PASSWORDS = resource(
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy",
    {
        "minimumPasswordLength": 14,
        "requireUppercaseCharacters": True,
        "requireLowercaseCharacters": True,
        "requireNumbers": True,
        "requireSymbols": True,
        "passwordReusePrevention": 24,
        "maxPasswordAge": 90,
    },
)
PEOPLE = [
    R("ann", "aws:iam/user:User", {}),
    R("admins", "aws:iam/group:Group", {}),
    R("member", "aws:iam/userGroupMembership:UserGroupMembership", {"user": Ref("ann"), "groups": [Ref("admins")]}),
]
FOREIGN = {"AWS": "arn:aws:iam::999988887777:root"}

CASES = [
    Case(
        "aws-iam-user-in-group",
        PEOPLE,
        bad=[drop("member"), on("member", {"groups": []})],
        guards=[],
        breaks=["aws-iam-group-has-users"],
    ),
    Case(
        "aws-iam-no-long-lived-access-keys",
        [],
        bad=add(R("key", "aws:iam/accessKey:AccessKey", {"user": "ci"})),
    ),
    Case(
        "aws-iam-group-has-users",
        [PEOPLE[1], PEOPLE[0], PEOPLE[2]],
        bad=[drop("member"), on("member", {"groups": ["x"]})],
        guards=[],
    ),
    Case(
        "aws-iam-no-root-access-key",
        resource("aws:iam/accessKey:AccessKey", {"user": "ci"}),
        bad={"user": "root"},
    ),
    Case(
        "aws-iam-role-trust-not-public",
        ROLE,
        bad=[{"assumeRolePolicy": trust("*")}, {"assumeRolePolicy": trust({"AWS": "*"})}, {"assumeRolePolicy": "{"}],
        also_good={"assumeRolePolicy": trust("*", Condition={"StringEquals": {"aws:PrincipalOrgID": "o-1"}})},
    ),
    Case(
        "aws-iam-role-trust-cross-account-restricted",
        ROLE,
        bad=[{"assumeRolePolicy": trust(FOREIGN)}, {"assumeRolePolicy": trust({"AWS": "999988887777"})}],
        also_good=[
            {"assumeRolePolicy": trust(FOREIGN, Condition={"StringEquals": {"sts:ExternalId": "x"}})},
            {"assumeRolePolicy": trust({"AWS": "arn:aws:iam::999988887777:role/deploy"})},
        ],
    ),
    Case(
        "aws-iam-role-github-oidc-subject-restricted",
        ROLE,
        bad=[
            {"assumeRolePolicy": github(None)},
            {"assumeRolePolicy": github("*")},
            {"assumeRolePolicy": github("repo:acme/*")},
        ],
        also_good={"assumeRolePolicy": github("repo:acme/platform:ref:refs/heads/main")},
    ),
    Case(
        "aws-iam-role-session-duration-limited",
        ROLE,
        bad={"maxSessionDuration": 43_200},
    ),
    Case("aws-iam-password-policy-min-length", PASSWORDS, bad={"minimumPasswordLength": 8}),
    Case(
        "aws-iam-password-policy-complexity",
        PASSWORDS,
        bad=[
            {name: False}
            for name in ("requireUppercaseCharacters", "requireLowercaseCharacters", "requireNumbers", "requireSymbols")
        ],
    ),
    Case("aws-iam-password-policy-reuse", PASSWORDS, bad={"passwordReusePrevention": 5}),
    Case("aws-iam-password-policy-max-age", PASSWORDS, bad=[{"maxPasswordAge": 365}, {"maxPasswordAge": 0}]),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
