"""What lies in Vault servers: policies, auth methods, secrets engines, rotation, consumers, break-glass access."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vault_configuration.args import VaultConfigurationArgs
    from platform_lib.components.vault_configuration.arguments.auth import (
        AppRoleArgs,
        AppRoleAuthArgs,
        AuthArgs,
        AwsAuthArgs,
        AwsAuthRoleArgs,
        AzureAuthArgs,
        AzureAuthRoleArgs,
        GithubAuthArgs,
        GithubTeamArgs,
        JwtAuthArgs,
        JwtRoleArgs,
        KubernetesAuthArgs,
        KubernetesRoleArgs,
        OidcAuthArgs,
        OidcRoleArgs,
    )
    from platform_lib.components.vault_configuration.arguments.engine import (
        AwsEngineArgs,
        AwsEngineRoleArgs,
        DatabaseConnectionArgs,
        DatabaseEngineArgs,
        DatabaseRoleArgs,
        DatabaseStaticRoleArgs,
        EnginesArgs,
        KvEngineArgs,
        PkiEngineArgs,
        PkiRoleArgs,
        SshEngineArgs,
        SshRoleArgs,
        TransitEngineArgs,
        TransitKeyArgs,
    )
    from platform_lib.components.vault_configuration.arguments.policy import GroupArgs, PolicyArgs, PolicyRuleArgs
    from platform_lib.components.vault_configuration.arguments.shared import RotationArgs, TokenArgs
    from platform_lib.components.vault_configuration.arguments.use import (
        BreakGlassAlertArgs,
        BreakGlassArgs,
        ConsumerArgs,
        SecretArgs,
    )
    from platform_lib.components.vault_configuration.component import VaultConfiguration
    from platform_lib.components.vault_configuration.kind import (
        ConsumerKind,
        DatabaseKind,
        ExternalPlugin,
        PolicyCapability,
        RotationDays,
        SigningAlgorithm,
        TransitKeyKind,
    )
    from platform_lib.components.vault_configuration.refs import (
        RotationEntry,
        VaultConfigurationOutputs,
        VaultConfigurationReference,
    )

_HERE = "platform_lib.components.vault_configuration"
_AUTH = f"{_HERE}.arguments.auth"
_ENGINE = f"{_HERE}.arguments.engine"
_KIND = f"{_HERE}.kind"
_POLICY = f"{_HERE}.arguments.policy"
_REFS = f"{_HERE}.refs"
_SHARED = f"{_HERE}.arguments.shared"
_USE = f"{_HERE}.arguments.use"

__all__ = [
    "AppRoleArgs",
    "AppRoleAuthArgs",
    "AuthArgs",
    "AwsAuthArgs",
    "AwsAuthRoleArgs",
    "AwsEngineArgs",
    "AwsEngineRoleArgs",
    "AzureAuthArgs",
    "AzureAuthRoleArgs",
    "BreakGlassAlertArgs",
    "BreakGlassArgs",
    "ConsumerArgs",
    "ConsumerKind",
    "DatabaseConnectionArgs",
    "DatabaseEngineArgs",
    "DatabaseKind",
    "DatabaseRoleArgs",
    "DatabaseStaticRoleArgs",
    "EnginesArgs",
    "ExternalPlugin",
    "GithubAuthArgs",
    "GithubTeamArgs",
    "GroupArgs",
    "JwtAuthArgs",
    "JwtRoleArgs",
    "KubernetesAuthArgs",
    "KubernetesRoleArgs",
    "KvEngineArgs",
    "OidcAuthArgs",
    "OidcRoleArgs",
    "PkiEngineArgs",
    "PkiRoleArgs",
    "PolicyArgs",
    "PolicyCapability",
    "PolicyRuleArgs",
    "RotationArgs",
    "RotationDays",
    "RotationEntry",
    "SecretArgs",
    "SigningAlgorithm",
    "SshEngineArgs",
    "SshRoleArgs",
    "TokenArgs",
    "TransitEngineArgs",
    "TransitKeyArgs",
    "TransitKeyKind",
    "VaultConfiguration",
    "VaultConfigurationArgs",
    "VaultConfigurationOutputs",
    "VaultConfigurationReference",
]

__getattr__ = public_names(
    __name__,
    {
        "AppRoleArgs": _AUTH,
        "AppRoleAuthArgs": _AUTH,
        "AuthArgs": _AUTH,
        "AwsAuthArgs": _AUTH,
        "AwsAuthRoleArgs": _AUTH,
        "AwsEngineArgs": _ENGINE,
        "AwsEngineRoleArgs": _ENGINE,
        "AzureAuthArgs": _AUTH,
        "AzureAuthRoleArgs": _AUTH,
        "BreakGlassAlertArgs": _USE,
        "BreakGlassArgs": _USE,
        "ConsumerArgs": _USE,
        "ConsumerKind": _KIND,
        "DatabaseConnectionArgs": _ENGINE,
        "DatabaseEngineArgs": _ENGINE,
        "DatabaseKind": _KIND,
        "DatabaseRoleArgs": _ENGINE,
        "DatabaseStaticRoleArgs": _ENGINE,
        "EnginesArgs": _ENGINE,
        "ExternalPlugin": _KIND,
        "GithubAuthArgs": _AUTH,
        "GithubTeamArgs": _AUTH,
        "GroupArgs": _POLICY,
        "JwtAuthArgs": _AUTH,
        "JwtRoleArgs": _AUTH,
        "KubernetesAuthArgs": _AUTH,
        "KubernetesRoleArgs": _AUTH,
        "KvEngineArgs": _ENGINE,
        "OidcAuthArgs": _AUTH,
        "OidcRoleArgs": _AUTH,
        "PkiEngineArgs": _ENGINE,
        "PkiRoleArgs": _ENGINE,
        "PolicyArgs": _POLICY,
        "PolicyCapability": _KIND,
        "PolicyRuleArgs": _POLICY,
        "RotationArgs": _SHARED,
        "RotationDays": _KIND,
        "RotationEntry": _REFS,
        "SecretArgs": _USE,
        "SigningAlgorithm": _KIND,
        "SshEngineArgs": _ENGINE,
        "SshRoleArgs": _ENGINE,
        "TokenArgs": _SHARED,
        "TransitEngineArgs": _ENGINE,
        "TransitKeyArgs": _ENGINE,
        "TransitKeyKind": _KIND,
        "VaultConfiguration": f"{_HERE}.component",
        "VaultConfigurationArgs": f"{_HERE}.args",
        "VaultConfigurationOutputs": _REFS,
        "VaultConfigurationReference": _REFS,
    },
)
