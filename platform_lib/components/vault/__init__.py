"""Vault servers (OpenBao or Vault) on Kubernetes."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vault.args import (
        VaultAdministratorArgs,
        VaultAuditArgs,
        VaultBackupArgs,
        VaultClusterArgs,
        VaultCopiesArgs,
        VaultDrillArgs,
        VaultListenerArgs,
        VaultResourcesArgs,
        VaultSealArgs,
        VaultSealPluginArgs,
        VaultStorageArgs,
        VaultTelemetryArgs,
        VaultTlsArgs,
        VaultTransitArgs,
    )
    from platform_lib.components.vault.component import VaultCluster
    from platform_lib.components.vault.kind import VaultEngine, VaultExposure, VaultSealKind
    from platform_lib.components.vault.refs import VaultAdministratorReference, VaultOutputs, VaultReference

__all__ = [
    "VaultAdministratorArgs",
    "VaultAdministratorReference",
    "VaultAuditArgs",
    "VaultBackupArgs",
    "VaultCluster",
    "VaultClusterArgs",
    "VaultCopiesArgs",
    "VaultDrillArgs",
    "VaultEngine",
    "VaultExposure",
    "VaultListenerArgs",
    "VaultOutputs",
    "VaultReference",
    "VaultResourcesArgs",
    "VaultSealArgs",
    "VaultSealKind",
    "VaultSealPluginArgs",
    "VaultStorageArgs",
    "VaultTelemetryArgs",
    "VaultTlsArgs",
    "VaultTransitArgs",
]

_ARGS = "platform_lib.components.vault.args"
_KIND = "platform_lib.components.vault.kind"
_REFS = "platform_lib.components.vault.refs"

__getattr__ = public_names(
    __name__,
    {
        "VaultAdministratorArgs": _ARGS,
        "VaultAdministratorReference": _REFS,
        "VaultAuditArgs": _ARGS,
        "VaultBackupArgs": _ARGS,
        "VaultCluster": "platform_lib.components.vault.component",
        "VaultClusterArgs": _ARGS,
        "VaultCopiesArgs": _ARGS,
        "VaultDrillArgs": _ARGS,
        "VaultEngine": _KIND,
        "VaultExposure": _KIND,
        "VaultListenerArgs": _ARGS,
        "VaultOutputs": _REFS,
        "VaultReference": _REFS,
        "VaultResourcesArgs": _ARGS,
        "VaultSealArgs": _ARGS,
        "VaultSealKind": _KIND,
        "VaultSealPluginArgs": _ARGS,
        "VaultStorageArgs": _ARGS,
        "VaultTelemetryArgs": _ARGS,
        "VaultTlsArgs": _ARGS,
        "VaultTransitArgs": _ARGS,
    },
)
