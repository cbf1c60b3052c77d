"""IAM: roles, policies, users, groups, attachments, instance profiles, the account's password policy.

Refusals after https://docs.aws.amazon.com/IAM/latest/APIReference/CommonErrors.html and the pages of each action;
unique ids
after https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.shared import ROLE, error
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

USER: Final = ("aws:iam/user:User",)
GROUP: Final = ("aws:iam/group:Group",)
POLICY: Final = ("aws:iam/policy:Policy",)
_ARN: Final = "arn:{partition}:iam::{account}:"


def _iam(action: str, code: str, text: str) -> str:
    return error("IAM", action, code, text)


def _entity(types: tuple[str, ...], path: str, what: str, action: str, *, blocks: str = "") -> Reference:
    return Reference(
        path, types, _iam(action, "NoSuchEntity", f"The {what} with name {{value}} cannot be found."), blocks
    )


_DELETE_CONFLICT: Final = "Cannot delete entity, must {what} first."


def _policy_arn(action: str) -> Reference:
    return Reference(
        "policyArn",
        POLICY,
        _iam(action, "NoSuchEntity", "Policy {value} does not exist or is not attachable."),
        _iam("DeletePolicy", "DeleteConflict", "Cannot delete a policy attached to entities."),
    )


def _unique_id(prefix: str) -> Callable[[Request], str]:
    """``AROA`` and the like with 17 more capitals and digits."""

    def make(request: Request) -> str:
        number = int(request.hex(24, "unique"), 16)
        alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
        text = ""
        while len(text) < 17:
            number, rest = divmod(number, 32)
            text += alphabet[rest]
        return prefix + text

    return make


def _path(request: Request) -> str:
    return str(request.get("path") or "/")


def _role_outputs(request: Request) -> Properties:
    old = request.outputs
    return {
        "arn": f"arn:{request.session.partition}:iam::{request.account}:role{_path(request)}{request.id}",
        "uniqueId": old.get("uniqueId") or _unique_id("AROA")(request),
        "createDate": old.get("createDate") or request.stamp,
        "name": request.id,
        "namePrefix": request.get("namePrefix", ""),
        "managedPolicyArns": request.get("managedPolicyArns", []),
        "inlinePolicies": request.get("inlinePolicies", []),
    }


def _named(kind: str, prefix: str) -> Callable[[Request], Properties]:
    def make(request: Request) -> Properties:
        old = request.outputs
        return {
            "arn": f"arn:{request.session.partition}:iam::{request.account}:{kind}{_path(request)}{request.id}",
            "uniqueId": old.get("uniqueId") or _unique_id(prefix)(request),
            "createDate": old.get("createDate") or request.stamp,
        }

    return make


def _name(request: Request) -> str:
    """The name, or the prefix with the 26 digits that the provider adds."""
    return str(request.get("name") or f"{request.get('namePrefix', request.name)}{request.digits(26)}")


def _check_document(inputs: Properties, key: str, *, principal: bool) -> Iterable[CheckFailure]:
    """Statements with effect and action; resource policies name principals, identity policies resources."""
    text = inputs.get(key)
    if not isinstance(text, str):
        return
    try:
        document = json.loads(text)
    except ValueError as problem:
        yield CheckFailure(key, f'"{key}" contains an invalid JSON policy: {problem}')
        return
    if not isinstance(document, dict) or not document.get("Statement"):
        yield CheckFailure(key, "MalformedPolicyDocument: the policy has no Statement")
        return
    statements = document["Statement"]
    for index, statement in enumerate(statements if isinstance(statements, list) else [statements]):
        yield from _check_statement(key, index, statement, principal=principal)


def _check_statement(key: str, index: int, statement: Any, *, principal: bool) -> Iterable[CheckFailure]:
    where = f"MalformedPolicyDocument: statement {index}"
    if not isinstance(statement, dict):
        yield CheckFailure(key, f"{where} is not an object")
        return
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield CheckFailure(key, f"{where}: Effect must be Allow or Deny, got {statement.get('Effect')!r}")
    if not statement.keys() & {"Action", "NotAction"}:
        yield CheckFailure(key, f"{where} has no Action")
    wanted = {"Principal", "NotPrincipal"} if principal else {"Resource", "NotResource"}
    if not statement.keys() & wanted:
        yield CheckFailure(key, f"{where} has no {max(wanted)}")


def _check_role(inputs: Properties) -> Iterable[CheckFailure]:
    yield from _check_document(inputs, "assumeRolePolicy", principal=True)
    seconds = inputs.get("maxSessionDuration")
    if isinstance(seconds, int) and not 3600 <= seconds <= 43200:
        yield CheckFailure(
            "maxSessionDuration", f"expected maxSessionDuration to be in the range (3600 - 43200), got {seconds}"
        )


def _check_policy(inputs: Properties) -> Iterable[CheckFailure]:
    yield from _check_document(inputs, "policy", principal=False)


def _admit_policy(request: Request) -> None:
    """A managed policy has at most 6,144 characters, white space not counted (IAM quotas)."""
    size = len("".join(str(request.get("policy", "")).split()))
    if size > 6144:
        raise refuse(_iam("CreatePolicy", "LimitExceeded", f"Cannot exceed quota for PolicySize: 6144 (got {size})"))


def _policy_outputs(request: Request) -> Properties:
    arn = (
        request.id
        or f"arn:{request.session.partition}:iam::{request.account}:policy{_path(request)}{request.get('name')}"
    )
    return {
        "arn": arn,
        "policyId": request.outputs.get("policyId") or _unique_id("ANPA")(request),
        "attachmentCount": 0,
        "namePrefix": request.get("namePrefix", ""),
    }


def _policy_id(request: Request) -> str:
    return f"arn:{request.session.partition}:iam::{request.account}:policy{_path(request)}{_name(request)}"


def _attachment(entity: str, types: tuple[str, ...], action: str) -> TypeRules:
    what = "detach all policies"
    conflict = _iam(f"Delete{entity.capitalize()}", "DeleteConflict", _DELETE_CONFLICT.format(what=what))
    return TypeRules(
        references=(_entity(types, entity, entity, action, blocks=conflict), _policy_arn(action)),
        id=f"{{{entity}}}/{{policyArn}}",
        adopts=True,
        source=f"IAM API reference, {action}: attaching twice is fine",
    )


def _inline(entity: str, types: tuple[str, ...], action: str) -> TypeRules:
    conflict = _iam(f"Delete{entity.capitalize()}", "DeleteConflict", _DELETE_CONFLICT.format(what="delete policies"))
    return TypeRules(
        references=(_entity(types, entity, entity, action, blocks=conflict),),
        check=_check_policy,
        id=f"{{{entity}}}:{{name}}",
        adopts=True,
        source=f"IAM API reference, {action}: putting twice overwrites",
    )


def _check_password_policy(inputs: Properties) -> Iterable[CheckFailure]:
    ranges = {"minimumPasswordLength": (6, 128), "maxPasswordAge": (0, 1095), "passwordReusePrevention": (1, 24)}
    for key, (low, high) in ranges.items():
        value = inputs.get(key)
        if isinstance(value, int) and not low <= value <= high:
            yield CheckFailure(key, f"expected {key} to be in the range ({low} - {high}), got {value}")


RULES: Final[dict[str, TypeRules]] = {
    "aws:iam/role:Role": TypeRules(
        input_defaults={"forceDetachPolicies": False, "maxSessionDuration": 3600, "path": "/"},
        id=_name,
        unique="iam:role:{account}:{name}",
        check=_check_role,
        compute=_role_outputs,
        references=(
            Reference(
                "permissionsBoundary",
                POLICY,
                _iam("CreateRole", "NoSuchEntity", "Scope ARN: {value} does not exist or is not attachable."),
            ),
        ),
        exists=_iam("CreateRole", "EntityAlreadyExists", "Role with name {name} already exists."),
    ),
    "aws:iam/user:User": TypeRules(
        input_defaults={"forceDestroy": False, "path": "/"},
        id=_name,
        unique="iam:user:{account}:{name}",
        compute=_named("user", "AIDA"),
        exists=_iam("CreateUser", "EntityAlreadyExists", "User with name {name} already exists."),
    ),
    "aws:iam/group:Group": TypeRules(
        input_defaults={"path": "/"},
        id=_name,
        unique="iam:group:{account}:{name}",
        compute=_named("group", "AGPA"),
        exists=_iam("CreateGroup", "EntityAlreadyExists", "Group with name {name} already exists."),
    ),
    "aws:iam/policy:Policy": TypeRules(
        input_defaults={"path": "/"},
        id=_policy_id,
        unique="iam:policy:{account}:{path}{name}",
        check=_check_policy,
        admit=_admit_policy,
        compute=_policy_outputs,
        exists=_iam(
            "CreatePolicy",
            "EntityAlreadyExists",
            "A policy called {name} already exists. Duplicate names are not allowed.",
        ),
    ),
    "aws:iam/rolePolicyAttachment:RolePolicyAttachment": _attachment("role", ROLE, "AttachRolePolicy"),
    "aws:iam/userPolicyAttachment:UserPolicyAttachment": _attachment("user", USER, "AttachUserPolicy"),
    "aws:iam/groupPolicyAttachment:GroupPolicyAttachment": _attachment("group", GROUP, "AttachGroupPolicy"),
    "aws:iam/rolePolicy:RolePolicy": _inline("role", ROLE, "PutRolePolicy"),
    "aws:iam/userPolicy:UserPolicy": _inline("user", USER, "PutUserPolicy"),
    "aws:iam/groupPolicy:GroupPolicy": _inline("group", GROUP, "PutGroupPolicy"),
    "aws:iam/instanceProfile:InstanceProfile": TypeRules(
        input_defaults={"path": "/"},
        id=_name,
        unique="iam:instance-profile:{account}:{name}",
        arn=_ARN + "instance-profile/{id}",
        compute=_named("instance-profile", "AIPA"),
        references=(
            _entity(
                ROLE,
                "role",
                "role",
                "AddRoleToInstanceProfile",
                blocks=_iam(
                    "DeleteRole", "DeleteConflict", _DELETE_CONFLICT.format(what="remove roles from instance profile")
                ),
            ),
        ),
        exists=_iam("CreateInstanceProfile", "EntityAlreadyExists", "Instance Profile {name} already exists."),
    ),
    "aws:iam/accessKey:AccessKey": TypeRules(
        id=_unique_id("AKIA"),
        input_defaults={"status": "Active"},
        references=(
            _entity(
                USER,
                "user",
                "user",
                "CreateAccessKey",
                blocks=_iam("DeleteUser", "DeleteConflict", _DELETE_CONFLICT.format(what="delete access keys")),
            ),
        ),
    ),
    "aws:iam/accountPasswordPolicy:AccountPasswordPolicy": TypeRules(
        source="IAM API reference, UpdateAccountPasswordPolicy",
        input_defaults={"allowUsersToChangePassword": True, "minimumPasswordLength": 6},
        id="iam-account-password-policy",
        adopts=True,
        check=_check_password_policy,
        defaults={
            "expirePasswords": False,
            "hardExpiry": False,
            "maxPasswordAge": 0,
            "passwordReusePrevention": 0,
            "requireLowercaseCharacters": False,
            "requireNumbers": False,
            "requireSymbols": False,
            "requireUppercaseCharacters": False,
        },
        compute=lambda request: {"expirePasswords": bool(request.get("maxPasswordAge"))},
    ),
    "aws:iam/accountAlias:AccountAlias": TypeRules(
        id="{accountAlias}",
        unique="iam:account-alias:{accountAlias}",
        exists=_iam("CreateAccountAlias", "EntityAlreadyExists", "The account alias {accountAlias} already exists."),
    ),
    "aws:iam/openIdConnectProvider:OpenIdConnectProvider": TypeRules(
        id=lambda request: (
            f"arn:{request.session.partition}:iam::{request.account}:oidc-provider/{str(request.get('url')).removeprefix('https://')}"
        ),
        compute=lambda request: {"arn": request.id, "url": str(request.get("url")).removeprefix("https://")},
        exists=_iam("CreateOpenIDConnectProvider", "EntityAlreadyExists", "Provider with url {url} already exists."),
    ),
    "aws:iam/serviceLinkedRole:ServiceLinkedRole": TypeRules(
        id=lambda request: (
            f"arn:{request.session.partition}:iam::{request.account}:role/aws-service-role/{request.get('awsServiceName')}/AWSServiceRoleFor{str(request.get('awsServiceName')).split('.')[0].title()}"
        ),
        compute=lambda request: {
            "arn": request.id,
            "path": f"/aws-service-role/{request.get('awsServiceName')}/",
            "createDate": request.outputs.get("createDate") or request.stamp,
            "uniqueId": request.outputs.get("uniqueId") or _unique_id("AROA")(request),
            "name": request.id.rpartition("/")[2],
        },
    ),
}
