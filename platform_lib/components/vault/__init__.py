"""Vault servers (OpenBao or Vault) on Kubernetes."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vault.args import (
        VaultClusterArgs,
    )
    from platform_lib.components.vault.arguments.backup import (
        VaultBackupArgs,
        VaultCopiesArgs,
        VaultDrillArgs,
    )
    from platform_lib.components.vault.arguments.seal import (
        VaultSealArgs,
        VaultSealPluginArgs,
        VaultTlsArgs,
        VaultTransitArgs,
    )
    from platform_lib.components.vault.arguments.server import (
        VaultAdministratorArgs,
        VaultAuditArgs,
        VaultListenerArgs,
        VaultResourcesArgs,
        VaultStorageArgs,
        VaultTelemetryArgs,
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
_BACKUP = "platform_lib.components.vault.arguments.backup"
_SEAL = "platform_lib.components.vault.arguments.seal"
_SERVER = "platform_lib.components.vault.arguments.server"
_KIND = "platform_lib.components.vault.kind"
_REFS = "platform_lib.components.vault.refs"

__getattr__ = public_names(
    __name__,
    {
        "VaultAdministratorArgs": _SERVER,
        "VaultAdministratorReference": _REFS,
        "VaultAuditArgs": _SERVER,
        "VaultBackupArgs": _BACKUP,
        "VaultCluster": "platform_lib.components.vault.component",
        "VaultClusterArgs": _ARGS,
        "VaultCopiesArgs": _BACKUP,
        "VaultDrillArgs": _BACKUP,
        "VaultEngine": _KIND,
        "VaultExposure": _KIND,
        "VaultListenerArgs": _SERVER,
        "VaultOutputs": _REFS,
        "VaultReference": _REFS,
        "VaultResourcesArgs": _SERVER,
        "VaultSealArgs": _SEAL,
        "VaultSealKind": _KIND,
        "VaultSealPluginArgs": _SEAL,
        "VaultStorageArgs": _SERVER,
        "VaultTelemetryArgs": _SERVER,
        "VaultTlsArgs": _SEAL,
        "VaultTransitArgs": _SEAL,
    },
)
