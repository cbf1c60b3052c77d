"""Makes the auth methods of a configuration with their roles."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
import pulumi_vault as vault

from platform_lib.components.vault_configuration.arguments.auth import (
    AppRoleAuthArgs,
    AuthArgs,
    AwsAuthArgs,
    AzureAuthArgs,
    GithubAuthArgs,
    JwtAuthArgs,
    KubernetesAuthArgs,
    OidcAuthArgs,
)
from platform_lib.components.vault_configuration.arguments.shared import TokenArgs
from platform_lib.components.vault_configuration.kind import SigningAlgorithm
from platform_lib.components.vault_configuration.planning.auth import (
    AUDIENCE,
    MethodPlan,
    each_method,
    token_plan,
)
from platform_lib.components.vault_configuration.planning.consumer import ConsumerPlan
from platform_lib.core.component import PlatformComponent
from platform_lib.core.inputs import Input

SECRET_ID_SECONDS = 3_600


class AuthMaker:
    """Makes the methods of one configuration.

    Args:
        component: whose children they are.
        policies: the policies by name: a role waits for those that it names.
        kubernetes: URL and certificate (PEM in base64) of the API of the cluster that the servers run on.
    """

    def __init__(
        self,
        component: PlatformComponent,
        policies: Mapping[str, pulumi.Resource],
        kubernetes: tuple[Input[str] | None, Input[str] | None],
    ) -> None:
        self._component = component
        self._policies = policies
        self._kubernetes = kubernetes
        self.accessors: dict[str, pulumi.Output[str]] = {}
        """Accessor of each method by its path."""
        self._methods: dict[str, pulumi.Resource] = {}

    def make(self, auth: AuthArgs | None, plans: Sequence[MethodPlan]) -> None:
        """All methods, in the order of their plans."""
        makers = {
            KubernetesAuthArgs: self._make_kubernetes,
            OidcAuthArgs: self._make_oidc,
            JwtAuthArgs: self._make_jwt,
            AppRoleAuthArgs: self._make_approle,
            AwsAuthArgs: self._make_aws,
            AzureAuthArgs: self._make_azure,
            GithubAuthArgs: self._make_github,
        }
        for (_, _, args), plan in zip(each_method(auth), plans, strict=True):
            makers[type(args)](args, plan.path)  # type: ignore[operator]  # each takes the arguments of its kind

    def make_consumer(self, plan: ConsumerPlan, token: TokenArgs | None) -> None:
        """The role by which a consumer's pods log in."""
        self._make_kubernetes_role(
            plan.auth,
            plan.name,
            service_accounts=plan.service_accounts,
            namespaces=[plan.namespace],
            audience=plan.audience,
            policies=[plan.policy.name],
            token=token,
        )

    def make_approle_role(self, path: str, name: str, policies: Sequence[str], **fields: Any) -> None:
        """A role of AppRole.

        Args:
            path: of the method.
            name: of the role.
            policies: that its token gets.
            fields: what else the resource takes.
        """
        vault.approle.AuthBackendRole(
            self._component.child_name("role", f"{path}-{name}"),
            backend=path,
            role_name=name,
            bind_secret_id=True,
            token_policies=list(policies),
            opts=self._options(path, policies),
            **fields,
        )

    def make_method(self, kind: str, path: str, description: str) -> vault.AuthBackend:
        """A method without settings of its own."""
        made = vault.AuthBackend(
            self._component.child_name("auth", path),
            type=kind,
            path=path,
            description=description,
            opts=self._component.child_options(),
        )
        self._keep(path, made, made.accessor)
        return made

    def _keep(self, path: str, made: pulumi.Resource, accessor: pulumi.Output[str]) -> None:
        self._methods[path] = made
        self.accessors[path] = accessor

    def _options(self, path: str, policies: Sequence[str]) -> pulumi.ResourceOptions:
        """Options of a role: its method and its policies have to be there before, and go after it."""
        return self._component.child_options(
            depends_on=[self._methods[path], *(self._policies[name] for name in policies)]
        )

    def _make_kubernetes(self, args: KubernetesAuthArgs, path: str) -> None:
        method = self.make_method("kubernetes", path, "Pods of a cluster")
        host, certificate = self._kubernetes
        if args.host is not None:
            host, authority = args.host, args.ca_certificate
        else:
            authority = args.ca_certificate if certificate is None else _decoded(certificate)
        vault.kubernetes.AuthBackendConfig(
            self._component.child_name("auth", f"{path}-config"),
            backend=path,
            kubernetes_host=host,
            kubernetes_ca_cert=authority,
            # Certificate and account of the pod that the servers run in are of no use with another cluster.
            disable_local_ca_jwt=args.host is not None,
            token_reviewer_jwt=args.reviewer_token,
            opts=self._component.child_options(depends_on=[method]),
        )
        for role in args.roles or ():
            self._make_kubernetes_role(
                path,
                role.name,
                service_accounts=role.service_accounts,
                namespaces=role.namespaces,
                audience=role.audience or AUDIENCE,
                policies=role.policies,
                token=role.token,
            )

    def _make_kubernetes_role(
        self,
        path: str,
        name: str,
        *,
        service_accounts: Sequence[str],
        namespaces: Sequence[str],
        audience: str,
        policies: Sequence[str],
        token: TokenArgs | None,
    ) -> None:
        vault.kubernetes.AuthBackendRole(
            self._component.child_name("role", f"{path}-{name}"),
            backend=path,
            role_name=name,
            bound_service_account_names=list(service_accounts),
            bound_service_account_namespaces=list(namespaces),
            audience=audience,
            alias_name_source="serviceaccount_uid",
            token_policies=list(policies),
            opts=self._options(path, policies),
            **_token(token),
        )

    def _make_oidc(self, args: OidcAuthArgs, path: str) -> None:
        made = vault.jwt.AuthBackend(
            self._component.child_name("auth", path),
            type="oidc",
            path=path,
            description="People, at the identity provider",
            oidc_discovery_url=args.discovery_url,
            oidc_discovery_ca_pem=args.ca_certificate,
            oidc_client_id=args.client_id,
            oidc_client_secret=args.client_secret,
            jwt_supported_algs=_words(args.signing_algorithms),
            default_role=args.default_role or args.roles[0].name,
            opts=self._component.child_options(),
        )
        self._keep(path, made, made.accessor)
        for role in args.roles:
            vault.jwt.AuthBackendRole(
                self._component.child_name("role", f"{path}-{role.name}"),
                backend=path,
                role_name=role.name,
                role_type="oidc",
                user_claim=role.user_claim or "sub",
                groups_claim=role.groups_claim or "groups",
                bound_audiences=role.audiences,
                bound_claims=role.claims,
                oidc_scopes=role.scopes,
                allowed_redirect_uris=role.redirect_uris,
                token_policies=role.policies,
                opts=self._options(path, role.policies),
                **_token(role.token),
            )

    def _make_jwt(self, args: JwtAuthArgs, path: str) -> None:
        address = args.discovery_url is not None
        made = vault.jwt.AuthBackend(
            self._component.child_name("auth", path),
            type="jwt",
            path=path,
            description=f"Tokens of {args.issuer}",
            bound_issuer=args.issuer,
            oidc_discovery_url=args.discovery_url,
            oidc_discovery_ca_pem=args.ca_certificate if address else None,
            jwks_url=args.jwks_url,
            jwks_ca_pem=None if address else args.ca_certificate,
            jwt_validation_pubkeys=args.public_keys,
            jwt_supported_algs=_words(args.signing_algorithms),
            opts=self._component.child_options(),
        )
        self._keep(path, made, made.accessor)
        for role in args.roles:
            vault.jwt.AuthBackendRole(
                self._component.child_name("role", f"{path}-{role.name}"),
                backend=path,
                role_name=role.name,
                role_type="jwt",
                user_claim=role.user_claim or "sub",
                groups_claim=role.groups_claim,
                bound_audiences=role.audiences,
                bound_subject=role.subject,
                bound_claims=role.claims,
                token_policies=role.policies,
                opts=self._options(path, role.policies),
                **_token(role.token),
            )

    def _make_approle(self, args: AppRoleAuthArgs, path: str) -> None:
        self.make_method("approle", path, "Machines that no platform vouches for")
        for role in args.roles:
            self.make_approle_role(
                path,
                role.name,
                role.policies,
                secret_id_ttl=role.secret_id_ttl_seconds or SECRET_ID_SECONDS,
                secret_id_num_uses=role.secret_id_uses or 1,
                secret_id_bound_cidrs=role.bound_cidrs,
                **_token(role.token, role.bound_cidrs),
            )

    def _make_aws(self, args: AwsAuthArgs, path: str) -> None:
        method = self.make_method("aws", path, "Roles and users of AWS")
        vault.aws.AuthBackendClient(
            self._component.child_name("auth", f"{path}-client"),
            backend=path,
            iam_server_id_header_value=args.server_id,
            opts=self._component.child_options(depends_on=[method]),
        )
        for role in args.roles:
            vault.aws.AuthBackendRole(
                self._component.child_name("role", f"{path}-{role.name}"),
                backend=path,
                role=role.name,
                auth_type="iam",
                bound_iam_principal_arns=role.principal_arns,
                token_policies=role.policies,
                opts=self._options(path, role.policies),
                **_token(role.token),
            )

    def _make_azure(self, args: AzureAuthArgs, path: str) -> None:
        method = self.make_method("azure", path, "Managed identities of Azure")
        vault.azure.AuthBackendConfig(
            self._component.child_name("auth", f"{path}-config"),
            backend=path,
            tenant_id=args.tenant_id,
            resource=args.resource,
            opts=self._component.child_options(depends_on=[method]),
        )
        for role in args.roles:
            vault.azure.AuthBackendRole(
                self._component.child_name("role", f"{path}-{role.name}"),
                backend=path,
                role=role.name,
                bound_service_principal_ids=role.service_principal_ids,
                bound_subscription_ids=role.subscription_ids,
                bound_resource_groups=role.resource_groups,
                token_policies=role.policies,
                opts=self._options(path, role.policies),
                **_token(role.token),
            )

    def _make_github(self, args: GithubAuthArgs, path: str) -> None:
        made = vault.github.AuthBackend(
            self._component.child_name("auth", path),
            path=path,
            description=f"People of {args.organization}",
            organization=args.organization,
            organization_id=args.organization_id,
            opts=self._component.child_options(),
            **_token(args.token),
        )
        self._keep(path, made, made.accessor)
        for team in args.teams:
            vault.github.Team(
                self._component.child_name("team", f"{path}-{team.name}"),
                backend=path,
                team=team.name,
                policies=team.policies,
                opts=self._options(path, team.policies),
            )


def _token(token: TokenArgs | None, cidrs: Sequence[str] | None = None) -> dict[str, Any]:
    """Fields about the token; ``cidrs`` are those from which it may be used where it does not say so itself."""
    plan = token_plan(token)
    return {
        "token_ttl": plan.ttl_seconds,
        "token_max_ttl": plan.maximum_seconds,
        "token_bound_cidrs": list(plan.cidrs or cidrs or ()) or None,
    }


def _words(algorithms: Sequence[SigningAlgorithm] | None) -> list[str] | None:
    return None if algorithms is None else [one.value for one in algorithms]


def _decoded(value: Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.from_input(value).apply(lambda text: base64.b64decode(text).decode())
