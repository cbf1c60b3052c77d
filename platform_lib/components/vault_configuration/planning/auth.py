"""Auth methods: which there are, who gets which policies, and what is wrong with that. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vault_configuration.arguments.auth import (
    AppRoleArgs,
    AuthArgs,
    AuthRoleArgs,
    AzureAuthRoleArgs,
    GithubAuthArgs,
    JwtAuthArgs,
    JwtRoleArgs,
    KubernetesAuthArgs,
    OidcAuthArgs,
)
from platform_lib.components.vault_configuration.arguments.shared import TokenArgs
from platform_lib.components.vault_configuration.capability import AUTH_METHODS, EngineFacts, refused
from platform_lib.components.vault_configuration.planning.policy import unknown_policies
from platform_lib.core.args import ComponentArgs
from platform_lib.core.errors import Finding, near

TOKEN_SECONDS: Final = 1_200
TOKEN_MAXIMUM_SECONDS: Final = 3_600
AUDIENCE: Final = "vault"
"""Audience of the tokens of pods, on both engines: that which the documentation of Vault's operator and CSI provider
shows."""

METHODS: Final = ("kubernetes", "oidc", "jwt", "approle", "aws", "azure", "github")


@dataclass(frozen=True)
class TokenPlan:
    """What a token is good for; no ranges means from anywhere."""

    ttl_seconds: int
    maximum_seconds: int
    cidrs: tuple[str, ...]


@dataclass(frozen=True)
class RolePlan:
    """Who gets which policies: a role, or a team of GitHub."""

    name: str
    policies: tuple[str, ...]


@dataclass(frozen=True)
class MethodPlan:
    """An auth method.

    Attributes:
        kind: field of ``auth``.
        path: below ``auth/``.
        argument: where its arguments stand.
        roles: its roles, without those of consumers.
        reports_groups: it tells the groups of who logs in.
    """

    kind: str
    path: str
    argument: str
    roles: tuple[RolePlan, ...]
    reports_groups: bool


def token_plan(token: TokenArgs | None) -> TokenPlan:
    """What a token is good for."""
    asked = token or TokenArgs()
    maximum = asked.maximum_seconds or TOKEN_MAXIMUM_SECONDS
    return TokenPlan(asked.ttl_seconds or min(TOKEN_SECONDS, maximum), maximum, tuple(asked.bound_cidrs or ()))


def check_token(token: TokenArgs | None, path: str) -> list[Finding]:
    """A token that would live longer than it may."""
    plan = token_plan(token)
    if plan.ttl_seconds <= plan.maximum_seconds:
        return []
    problem = f"is more than the longest life ({plan.maximum_seconds}), got {plan.ttl_seconds}"
    return [Finding(f"{path}.ttl_seconds", problem, "raise maximum_seconds, or lower it")]


def each_method(auth: AuthArgs | None) -> Iterator[tuple[str, str, ComponentArgs]]:
    """Kind, place in the arguments, and arguments of each method."""
    for kind in METHODS:
        for index, method in enumerate(getattr(auth, kind) or () if auth is not None else ()):
            yield kind, f"auth.{kind}[{index}]", method


def method_path(kind: str, method: ComponentArgs) -> str:
    """The path of a method: its own, or the name of its kind."""
    path: str | None = getattr(method, "path", None)
    return path or kind


def plan_methods(auth: AuthArgs | None) -> tuple[MethodPlan, ...]:
    """The methods, in the order of their kinds."""
    return tuple(
        MethodPlan(
            kind=kind,
            path=method_path(kind, method),
            argument=argument,
            roles=tuple(RolePlan(role.name, tuple(role.policies)) for _, role in _roles(method)),
            reports_groups=_reports_groups(method),
        )
        for kind, argument, method in each_method(auth)
    )


def _roles(method: ComponentArgs) -> list[tuple[str, AuthRoleArgs]]:
    """Roles of a method with the field that they stand in; teams are roles by another name."""
    field = "teams" if isinstance(method, GithubAuthArgs) else "roles"
    return [(f"{field}[{index}]", role) for index, role in enumerate(getattr(method, field, None) or ())]


def _reports_groups(method: ComponentArgs) -> bool:
    if isinstance(method, OidcAuthArgs):
        return True
    return isinstance(method, JwtAuthArgs) and any(role.groups_claim is not None for role in method.roles)


def check_methods(
    auth: AuthArgs | None,
    methods: Sequence[MethodPlan],
    *,
    engine: EngineFacts,
    policies: Sequence[str],
    strict: bool,
    kept: Mapping[str, str],
    consumed: Sequence[str],
    kubernetes_known: bool,
) -> list[Finding]:
    """What is wrong with the methods.

    Args:
        auth: their arguments.
        methods: their plans, in the same order.
        engine: the software that the servers run.
        policies: that there are.
        strict: whether what only ``dev`` may do is refused.
        kept: paths that are taken already, and by whom.
        consumed: paths of methods by which consumers log in.
        kubernetes_known: whether the reference says where the API of Kubernetes is.
    """
    findings: list[Finding] = []
    taken = dict(kept)
    for (kind, argument, args), plan in zip(each_method(auth), methods, strict=True):
        findings += refused(f"auth method {kind!r}", AUTH_METHODS[kind], engine, f"auth.{kind}")
        if plan.path in taken:
            problem = f"is the path of {taken[plan.path]} already, got {plan.path!r}"
            findings.append(Finding(f"{argument}.path", problem, "give each method a path of its own"))
        taken.setdefault(plan.path, argument)
        names: set[str] = set()
        for field, role in _roles(args):
            where = f"{argument}.{field}"
            if role.name in names:
                findings.append(Finding(f"{where}.name", f"is given twice, got {role.name!r}"))
            names.add(role.name)
            findings += unknown_policies(role.policies, policies, f"{where}.policies")
            findings += check_token(getattr(role, "token", None), f"{where}.token")
            findings += _check_role(role, where, strict=strict)
        findings += _check_method(args, argument, strict=strict, consumed=plan.path in consumed)
        if isinstance(args, KubernetesAuthArgs) and args.host is None and not kubernetes_known:
            problem = "is required: the servers do not say which cluster they run on"
            findings.append(Finding(f"{argument}.host", problem, "give the URL of its API, and ca_certificate"))
    return list(dict.fromkeys(findings))


def _check_role(role: AuthRoleArgs, where: str, *, strict: bool) -> list[Finding]:
    if isinstance(role, AppRoleArgs) and strict and role.bound_cidrs is None:
        return [Finding(f"{where}.bound_cidrs", "is required outside dev", "name the addresses of who logs in")]
    if isinstance(role, JwtRoleArgs) and role.subject is None and role.claims is None:
        problem = "takes every token of the issuer for its audience"
        return [Finding(where, problem, "give subject, or claims")]
    if isinstance(role, AzureAuthRoleArgs) and not (
        role.service_principal_ids or role.subscription_ids or role.resource_groups
    ):
        problem = "takes everybody of the tenant"
        return [Finding(where, problem, "give service_principal_ids, subscription_ids or resource_groups")]
    return []


def _check_method(args: ComponentArgs, argument: str, *, strict: bool, consumed: bool) -> list[Finding]:
    if isinstance(args, KubernetesAuthArgs):
        return _check_kubernetes(args, argument, consumed=consumed)
    if isinstance(args, JwtAuthArgs):
        return _check_jwt(args, argument)
    if isinstance(args, OidcAuthArgs):
        names = [role.name for role in args.roles]
        if args.default_role is not None and args.default_role not in names:
            problem = f"is none of the roles, got {args.default_role!r}"
            hint = near(args.default_role, names) or f"there are {', '.join(names)}"
            return [Finding(f"{argument}.default_role", problem, hint)]
    if isinstance(args, GithubAuthArgs):
        missing = []
        if strict and args.organization_id is None:
            problem = "is required outside dev: a name can be taken over, its id cannot"
            missing = [Finding(f"{argument}.organization_id", problem, "ask 'gh api orgs/<name> --jq .id'")]
        return [*missing, *check_token(args.token, f"{argument}.token")]
    return []


def _check_kubernetes(args: KubernetesAuthArgs, argument: str, *, consumed: bool) -> list[Finding]:
    findings = []
    if args.roles is None and not consumed:
        findings.append(Finding(f"{argument}.roles", "is required: no consumer logs in here", "give a role"))
    if (args.reviewer_token is None) != (args.rotation is None):
        missing = "rotation" if args.rotation is None else "reviewer_token"
        findings.append(Finding(f"{argument}.{missing}", "is missing: token and entry of the ledger go together"))
    if args.host is not None and args.ca_certificate is None:
        problem = "is required with host: the servers trust no other cluster than their own"
        findings.append(Finding(f"{argument}.ca_certificate", problem, "give the certificate of its authority"))
    return findings


def _check_jwt(args: JwtAuthArgs, argument: str) -> list[Finding]:
    given = [name for name in ("discovery_url", "jwks_url", "public_keys") if getattr(args, name) is not None]
    findings = []
    if len(given) != 1:
        problem = f"needs exactly one of discovery_url, jwks_url and public_keys, got {', '.join(given) or 'none'}"
        findings.append(Finding(argument, problem))
    for index, key in enumerate(args.public_keys or ()):
        if "PRIVATE KEY" in key:
            findings.append(Finding(f"{argument}.public_keys[{index}]", "is a private key", "give the public one"))
        elif "-----BEGIN PUBLIC KEY-----" not in key:
            findings.append(Finding(f"{argument}.public_keys[{index}]", "is not a public key in PEM"))
    return findings
