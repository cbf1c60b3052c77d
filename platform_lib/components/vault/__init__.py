"""Vault servers (OpenBao or Vault) on Kubernetes."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.vault.kind import VaultEngine, VaultExposure, VaultSealKind
    from platform_lib.components.vault.refs import VaultAdministratorReference, VaultOutputs, VaultReference

__all__ = [
    "VaultAdministratorReference",
    "VaultEngine",
    "VaultExposure",
    "VaultOutputs",
    "VaultReference",
    "VaultSealKind",
]

_KIND = "platform_lib.components.vault.kind"
_REFS = "platform_lib.components.vault.refs"

__getattr__ = public_names(
    __name__,
    {
        "VaultAdministratorReference": _REFS,
        "VaultEngine": _KIND,
        "VaultExposure": _KIND,
        "VaultOutputs": _REFS,
        "VaultReference": _REFS,
        "VaultSealKind": _KIND,
    },
)
