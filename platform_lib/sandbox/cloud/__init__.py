"""The sandbox cloud: a fake of AWS, Azure, GCP, Kubernetes and Vault in one SQLite file."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from platform_lib.sandbox.cloud.cloud import Cloud, erase_cloud, open_cloud
    from platform_lib.sandbox.cloud.fault import Fault, FaultRule

__all__ = ["Cloud", "Fault", "FaultRule", "erase_cloud", "open_cloud"]

_MODULES = {"Fault": "fault", "FaultRule": "fault"}


def __getattr__(name: str) -> Any:
    """Loads a public name when it is first used."""
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    import importlib

    return getattr(importlib.import_module(f"{__name__}.{_MODULES.get(name, 'cloud')}"), name)
