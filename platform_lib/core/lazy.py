"""Public names that are resolved when they are first used (PEP 562). Imports neither pulumi nor a cloud SDK."""

import importlib
import sys
from collections.abc import Callable, Mapping
from typing import Any

from platform_lib.core.errors import PlatformError

_EXTRAS: Mapping[str, str] = {
    "pulumi_aws": "aws",
    "pulumi_azure_native": "azure",
    "pulumi_gcp": "gcp",
    "pulumi_kubernetes": "kubernetes",
    "pulumi_vault": "vault",
    "pulumi_policy": "policy",
}
"""Which optional dependency brings which module."""


class MissingExtraError(PlatformError, ImportError):
    """A cloud SDK is not installed; the text names the extra that brings it."""


def public_names(package: str, homes: Mapping[str, str]) -> Callable[[str], Any]:
    """The ``__getattr__`` of a package whose public names live in other modules.

    Args:
        package: its ``__name__``.
        homes: public name to the module that defines it.

    Returns:
        A function that imports a name's module on first use and keeps the name in the package. It raises
        ``MissingExtraError`` where that needs a cloud SDK that is not installed.
    """

    def resolve(name: str) -> Any:
        home = homes.get(name)
        if home is None:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        try:
            value = getattr(importlib.import_module(home), name)
        except ModuleNotFoundError as error:
            extra = _EXTRAS.get((error.name or "").partition(".")[0])
            if extra is None:
                raise
            raise MissingExtraError(
                f"{name}: needs {error.name}, which is not installed; install 'platform-lib[{extra}]'"
            ) from error
        setattr(sys.modules[package], name, value)
        return value

    return resolve
