"""The arguments of auth methods: who gets a token, and with which policies."""

import re
from collections.abc import Mapping

from pydantic import Field, field_validator

from platform_lib.components.vault_configuration.arguments.shared import (
    RotationArgs,
    TokenArgs,
    check_cidrs,
    check_kubernetes_names,
    check_mount,
    check_policies,
)
from platform_lib.components.vault_configuration.kind import SigningAlgorithm
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError, SeveralFieldsError

_PRINCIPAL = re.compile(r"arn:[\w-]+:(iam|sts)::\d{12}:(role|user|assumed-role)/[\w+=,.@/*-]+")
_ORGANISATION = re.compile(r"[A-Za-z0-9](-?[A-Za-z0-9])*")


def _check_https(value: Input[str] | None) -> Input[str] | None:
    if isinstance(value, str) and not value.startswith("https://"):
        raise FieldError("must be an https:// address")
    return value


def _check_claims(values: Mapping[str, str] | None) -> None:
    findings = [
        Finding(claim, "takes any value", "name the value that counts")
        for claim, text in (values or {}).items()
        if text.strip() in ("", "*")
    ]
    if findings:
        raise SeveralFieldsError(findings)


class AuthRoleArgs(ComponentArgs):
    """What every role of a method has; each kind names the fields anew, since the schema takes no inherited ones."""

    name: str
    policies: list[str] = Field(min_length=1)
    token: TokenArgs | None = None

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("policies")
    @classmethod
    def _check_policies(cls, value: list[str]) -> list[str]:
        return check_policies(value)


class AuthMethodArgs(ComponentArgs):
    """What every method has; each kind names the field anew, since the schema takes no inherited ones."""

    path: str | None = None

    @field_validator("path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        return value if value is None else check_mount(value)


class AppRoleArgs(AuthRoleArgs):
    """A role of AppRole, for machines that no platform vouches for."""

    name: str
    """Name of the role, unique in its method."""

    policies: list[str] = Field(min_length=1)
    """Policies of the token: some of this configuration."""

    token: TokenArgs | None = None
    """What the token is good for; left out means the defaults of its fields."""

    secret_id_ttl_seconds: int | None = Field(default=None, ge=60, le=7_776_000)
    """Life of a secret id, 60 seconds to 90 days; left out means 3,600 seconds."""

    secret_id_uses: int | None = Field(default=None, ge=1, le=10_000)
    """How often a secret id is good, 1 to 10,000; left out means once."""

    bound_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges that may log in with a secret id, and use the token where ``token.bound_cidrs`` says no others;
    required outside ``dev``."""

    @field_validator("bound_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return check_cidrs(value)


class AppRoleAuthArgs(AuthMethodArgs):
    """AppRole: a role id that is known, and a secret id that is handed over wrapped."""

    path: str | None = None
    """Path of the method; left out means ``approle``."""

    roles: list[AppRoleArgs] = Field(min_length=1)
    """Its roles."""


class KubernetesRoleArgs(AuthRoleArgs):
    """A role for pods of some service accounts."""

    name: str
    """Name of the role, unique in its method."""

    policies: list[str] = Field(min_length=1)
    """Policies of the token: some of this configuration."""

    token: TokenArgs | None = None
    """What the token is good for; left out means the defaults of its fields."""

    service_accounts: list[str] = Field(min_length=1)
    """Names of the service accounts, each by name."""

    namespaces: list[str] = Field(min_length=1)
    """Namespaces that they are in, each by name."""

    audience: str | None = Field(default=None, min_length=1)
    """Audience that the pod's token must have; left out means ``vault``."""

    @field_validator("service_accounts", "namespaces")
    @classmethod
    def _check_names(cls, value: list[str]) -> list[str]:
        return check_kubernetes_names(value)


class KubernetesAuthArgs(AuthMethodArgs):
    """Pods of a Kubernetes cluster, which show the token of their service account."""

    path: str | None = None
    """Path of the method; left out means ``kubernetes``."""

    host: Input[str] | None = None
    """URL of the API of Kubernetes; left out means that of the cluster that the servers run on."""

    ca_certificate: Input[str] | None = None
    """Certificate of its authority, PEM; required with ``host``, left out means that of the cluster that the servers
    run on."""

    reviewer_token: Input[str] | None = None
    """Token by which the servers ask Kubernetes whether a token is good, a secret; left out means their own service
    account, and with ``host`` the token that is shown, whose account must then be allowed to review tokens. Neither
    needs rotation."""

    rotation: RotationArgs | None = None
    """Entry of the ledger for ``reviewer_token``, required with it."""

    roles: list[KubernetesRoleArgs] | None = Field(default=None, min_length=1)
    """Its roles; left out means those of ``consumers`` alone."""

    @field_validator("host")
    @classmethod
    def _check_host(cls, value: Input[str] | None) -> Input[str] | None:
        return _check_https(value)


class JwtRoleArgs(AuthRoleArgs):
    """A role for holders of a token that the issuer signed."""

    name: str
    """Name of the role, unique in its method."""

    policies: list[str] = Field(min_length=1)
    """Policies of the token: some of this configuration."""

    token: TokenArgs | None = None
    """What the token is good for; left out means the defaults of its fields."""

    audiences: list[str] = Field(min_length=1)
    """Audiences that the token must have, one of them at least: a token meant for others is not taken."""

    subject: str | None = Field(default=None, min_length=1)
    """The one subject that may log in; give this, or ``claims``, or both."""

    claims: dict[str, str] | None = Field(default=None, min_length=1)
    """Claims and the value that each must have, such as ``{"repository": "acme/shop"}``."""

    user_claim: str | None = Field(default=None, min_length=1)
    """Claim that tells users apart; left out means ``sub``."""

    groups_claim: str | None = Field(default=None, min_length=1)
    """Claim with the user's groups; left out means none."""

    @field_validator("audiences")
    @classmethod
    def _check_audiences(cls, value: list[str]) -> list[str]:
        if any(not text.strip() or "*" in text for text in value):
            raise FieldError("must name each audience")
        return each_once(value) or []

    @field_validator("claims")
    @classmethod
    def _check_claims(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        _check_claims(value)
        return value


class JwtAuthArgs(AuthMethodArgs):
    """Holders of tokens that an issuer signed, such as jobs of a pipeline."""

    path: str | None = None
    """Path of the method; left out means ``jwt``."""

    issuer: str = Field(min_length=1)
    """Issuer that tokens must name."""

    discovery_url: Input[str] | None = None
    """Address of the issuer's OIDC discovery, without ``/.well-known``; give one of this, ``jwks_url`` and
    ``public_keys``."""

    jwks_url: Input[str] | None = None
    """Address of the issuer's keys."""

    public_keys: list[str] | None = Field(default=None, min_length=1)
    """The issuer's public keys, PEM."""

    ca_certificate: Input[str] | None = None
    """Certificate of the authority of that address, PEM; left out means those of the servers' system."""

    signing_algorithms: list[SigningAlgorithm] | None = Field(default=None, min_length=1)
    """Algorithms by which the issuer may sign; left out means RS256 with ``discovery_url``, else any of these."""

    roles: list[JwtRoleArgs] = Field(min_length=1)
    """Its roles."""

    @field_validator("discovery_url", "jwks_url")
    @classmethod
    def _check_url(cls, value: Input[str] | None) -> Input[str] | None:
        return _check_https(value)


class OidcRoleArgs(AuthRoleArgs):
    """A role for people who sign in at the identity provider."""

    name: str
    """Name of the role, unique in its method."""

    policies: list[str] = Field(min_length=1)
    """Policies of the token: some of this configuration."""

    token: TokenArgs | None = None
    """What the token is good for; left out means the defaults of its fields."""

    redirect_uris: list[str] = Field(min_length=1)
    """Addresses that the provider may send people back to: https, or ``http://localhost:8250/oidc/callback`` for the
    command line."""

    audiences: list[str] | None = Field(default=None, min_length=1)
    """Audiences that the token must have; left out means the client's id."""

    claims: dict[str, str] | None = Field(default=None, min_length=1)
    """Claims and the value that each must have; left out means none."""

    user_claim: str | None = Field(default=None, min_length=1)
    """Claim that tells people apart; left out means ``sub``, which never changes hands as an address of mail may."""

    groups_claim: str | None = Field(default=None, min_length=1)
    """Claim with the person's groups; left out means ``groups``."""

    scopes: list[str] | None = Field(default=None, min_length=1)
    """Scopes to ask for beside ``openid``; left out means none."""

    @field_validator("redirect_uris")
    @classmethod
    def _check_uris(cls, value: list[str]) -> list[str]:
        for index, text in enumerate(value):
            if not text.startswith(("https://", "http://localhost:", "http://127.0.0.1:")) or "*" in text:
                raise FieldError("must be https, or http on localhost, without '*'", path=f"[{index}]")
        return each_once(value) or []

    @field_validator("claims")
    @classmethod
    def _check_claims(cls, value: dict[str, str] | None) -> dict[str, str] | None:
        _check_claims(value)
        return value


class OidcAuthArgs(AuthMethodArgs):
    """People who sign in at an identity provider, which is also where the second factor is asked for."""

    path: str | None = None
    """Path of the method; left out means ``oidc``."""

    discovery_url: Input[str]
    """Address of the provider's OIDC discovery, without ``/.well-known``."""

    ca_certificate: Input[str] | None = None
    """Certificate of the authority of that address, PEM; left out means those of the servers' system."""

    client_id: Input[str]
    """Id of the client at the provider."""

    client_secret: Input[str]
    """Its secret; it is a secret in the state whatever is given."""

    rotation: RotationArgs
    """Entry of the ledger for ``client_secret``."""

    signing_algorithms: list[SigningAlgorithm] | None = Field(default=None, min_length=1)
    """Algorithms by which the provider may sign; left out means RS256."""

    default_role: str | None = None
    """Role of who names none; left out means the first one."""

    roles: list[OidcRoleArgs] = Field(min_length=1)
    """Its roles."""

    @field_validator("discovery_url")
    @classmethod
    def _check_url(cls, value: Input[str]) -> Input[str]:
        return _check_https(value) or value


class AwsAuthRoleArgs(AuthRoleArgs):
    """A role for roles and users of IAM."""

    name: str
    """Name of the role, unique in its method."""

    policies: list[str] = Field(min_length=1)
    """Policies of the token: some of this configuration."""

    token: TokenArgs | None = None
    """What the token is good for; left out means the defaults of its fields."""

    principal_arns: list[str] = Field(min_length=1)
    """ARNs of the roles and users, such as ``arn:aws:iam::111122223333:role/shop``; a ``*`` may stand at the end of a
    path."""

    @field_validator("principal_arns")
    @classmethod
    def _check_arns(cls, value: list[str]) -> list[str]:
        for index, text in enumerate(value):
            if not _PRINCIPAL.fullmatch(text) or text.endswith((":role/*", ":user/*", ":assumed-role/*")):
                raise FieldError("is not the arn of a role or user of IAM", "name it, or its path", path=f"[{index}]")
        return each_once(value) or []


class AwsAuthArgs(AuthMethodArgs):
    """Roles and users of AWS, which sign a request with what they have. The servers ask AWS with their own role."""

    path: str | None = None
    """Path of the method; left out means ``aws``."""

    server_id: str = Field(min_length=1)
    """What clients must sign too (``X-Vault-AWS-IAM-Server-ID``), such as the name of the servers: a request that was
    signed for others cannot be replayed."""

    roles: list[AwsAuthRoleArgs] = Field(min_length=1)
    """Its roles."""


class AzureAuthRoleArgs(AuthRoleArgs):
    """A role for managed identities and machines of Azure; one of the bounds is required."""

    name: str
    """Name of the role, unique in its method."""

    policies: list[str] = Field(min_length=1)
    """Policies of the token: some of this configuration."""

    token: TokenArgs | None = None
    """What the token is good for; left out means the defaults of its fields."""

    service_principal_ids: list[str] | None = Field(default=None, min_length=1)
    """Object ids of service principals."""

    subscription_ids: list[str] | None = Field(default=None, min_length=1)
    """Subscriptions that machines are in."""

    resource_groups: list[str] | None = Field(default=None, min_length=1)
    """Resource groups that machines are in, together with their subscriptions."""


class AzureAuthArgs(AuthMethodArgs):
    """Managed identities and machines of Azure. The servers ask Azure with their own identity."""

    path: str | None = None
    """Path of the method; left out means ``azure``."""

    tenant_id: Input[str]
    """The tenant."""

    resource: str = Field(min_length=1)
    """Application that tokens must be for, as it is registered in the tenant."""

    roles: list[AzureAuthRoleArgs] = Field(min_length=1)
    """Its roles."""


class GithubTeamArgs(ComponentArgs):
    """A team of the organisation."""

    name: str
    """Its slug."""

    policies: list[str] = Field(min_length=1)
    """Policies of its members."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("policies")
    @classmethod
    def _check_policies(cls, value: list[str]) -> list[str]:
        return check_policies(value)


class GithubAuthArgs(AuthMethodArgs):
    """People of an organisation of GitHub, who show a personal access token."""

    path: str | None = None
    """Path of the method; left out means ``github``."""

    organization: str
    """The organisation."""

    organization_id: int | None = Field(default=None, ge=1)
    """Its id, so that nobody who takes over the name gets in; required outside ``dev``."""

    token: TokenArgs | None = None
    """What tokens are good for; left out means the defaults of its fields."""

    teams: list[GithubTeamArgs] = Field(min_length=1)
    """Its teams. Nobody outside them gets a policy."""

    @field_validator("organization")
    @classmethod
    def _check_organization(cls, value: str) -> str:
        if not _ORGANISATION.fullmatch(value):
            raise FieldError("is not a name of an organisation")
        return value


class AuthArgs(ComponentArgs):
    """The auth methods; several of a kind have paths of their own."""

    kubernetes: list[KubernetesAuthArgs] | None = Field(default=None, min_length=1)
    """Pods of clusters."""

    oidc: list[OidcAuthArgs] | None = Field(default=None, min_length=1)
    """People, at an identity provider."""

    jwt: list[JwtAuthArgs] | None = Field(default=None, min_length=1)
    """Holders of signed tokens."""

    approle: list[AppRoleAuthArgs] | None = Field(default=None, min_length=1)
    """Machines that no platform vouches for."""

    aws: list[AwsAuthArgs] | None = Field(default=None, min_length=1)
    """Roles and users of AWS; a plugin of its own on OpenBao."""

    azure: list[AzureAuthArgs] | None = Field(default=None, min_length=1)
    """Managed identities of Azure; a plugin of its own on OpenBao."""

    github: list[GithubAuthArgs] | None = Field(default=None, min_length=1)
    """People of an organisation of GitHub; a plugin of its own on OpenBao."""
