"""The secrets: what lies in the Vault servers. It never stands in the blueprint that makes them."""

import pulumi
import pulumi_vault as vault

from platform_lib.components.vault import VaultReference
from platform_lib.components.vault_configuration import (
    AuthArgs,
    BreakGlassAlertArgs,
    BreakGlassArgs,
    EnginesArgs,
    GroupArgs,
    JwtAuthArgs,
    JwtRoleArgs,
    KubernetesAuthArgs,
    KubernetesRoleArgs,
    KvEngineArgs,
    PkiEngineArgs,
    PkiRoleArgs,
    PolicyArgs,
    PolicyCapability,
    PolicyRuleArgs,
    TransitEngineArgs,
    TransitKeyArgs,
    VaultConfiguration,
    VaultConfigurationArgs,
)
from stacks.groups.secrets import SecretsSettings
from stacks.settings import StackSettings

CONFIGURATION = "secrets"
PEOPLE = "people"
"""Path and role by which people sign in."""

SERVICES = "services"
"""The role of the authority for certificates of services."""

OPERATORS = "operators"
"""Policy of people who put secrets in: they write them, and read none."""

CERTIFICATES = "certificates"
"""Policy and role of what has certificates signed for pods."""

CERT_MANAGER = "cert-manager"
"""Its namespace and service account."""

_LIST = (PolicyCapability.LIST, PolicyCapability.READ)
_WRITE = (PolicyCapability.CREATE, PolicyCapability.UPDATE)


def build_secrets(settings: StackSettings, asked: SecretsSettings, servers: VaultReference) -> VaultConfiguration:
    """Configures Vault servers: secrets with versions, certificates of services, encryption as a service.

    Pods and people get in by what their platform vouches for, and in an emergency two people together. The provider
    logs in with the token of a service account, which the environment holds (``TERRAFORM_VAULT_AUTH_JWT``): none is in
    program, configuration or state. It checks the servers' certificate by ``VAULT_CACERT``.

    Args:
        settings: of the stack.
        asked: those of what lies in the servers.
        servers: of this stack or of another one.
    """
    provider = vault.Provider(
        "vault",
        address=servers.address,
        auth_login_jwt={"mount": servers.administration_path or "", "role": asked.login_role},
        skip_child_token=True,
    )
    return VaultConfiguration(
        CONFIGURATION,
        VaultConfigurationArgs(
            context=settings.context,
            vault=servers,
            policies=[
                PolicyArgs(name=OPERATORS, rules=[_rule("kv/metadata/*", *_LIST), _rule("kv/data/*", *_WRITE)]),
                PolicyArgs(name=CERTIFICATES, rules=[_rule(f"pki/sign/{SERVICES}", PolicyCapability.UPDATE)]),
            ],
            auth=AuthArgs(
                kubernetes=[
                    KubernetesAuthArgs(
                        roles=[
                            KubernetesRoleArgs(
                                name=CERTIFICATES,
                                policies=[CERTIFICATES],
                                service_accounts=[CERT_MANAGER],
                                namespaces=[CERT_MANAGER],
                            )
                        ]
                    )
                ],
                jwt=[
                    JwtAuthArgs(
                        path=PEOPLE,
                        issuer=asked.identity_provider,
                        discovery_url=asked.identity_provider,
                        roles=[
                            JwtRoleArgs(
                                name=PEOPLE,
                                policies=[OPERATORS],
                                audiences=["vault"],
                                claims={"environment": settings.environment.value},
                                groups_claim="groups",
                            )
                        ],
                    )
                ],
            ),
            groups=[
                GroupArgs(name="responders", auth=PEOPLE, claim=asked.responders),
                GroupArgs(name="approvers", auth=PEOPLE, claim=asked.approvers),
            ],
            engines=EnginesArgs(
                kv=[KvEngineArgs()],
                transit=[TransitEngineArgs(keys=[TransitKeyArgs(name="applications")])],
                pki=[
                    PkiEngineArgs(
                        common_name=f"services of {settings.environment.value}",
                        signed_certificate=asked.authority_certificate,
                        signed_on=asked.authority_signed_on,
                        roles=[PkiRoleArgs(name=SERVICES, allowed_domains=[f"{settings.environment.value}.internal"])],
                    )
                ],
            ),
            secrets=asked.ledger or None,
            consumers=asked.consumers,
            break_glass=BreakGlassArgs(
                rules=[_rule("kv/metadata/*", *_LIST), _rule("kv/data/*", PolicyCapability.READ)],
                responders=["responders"],
                approvers=["approvers"],
                alert=BreakGlassAlertArgs(made_elsewhere=asked.break_glass_alert),
                review=asked.break_glass_review,
            ),
        ),
        pulumi.ResourceOptions(providers=[provider]),
    )


def _rule(path: str, *capabilities: PolicyCapability) -> PolicyRuleArgs:
    return PolicyRuleArgs(path=path, capabilities=list(capabilities))
