"""Infrastructure components for Pulumi, a sandbox to run them on, and what operates the stacks made of them.

Public names are resolved when they are first used: importing this package loads neither pulumi nor a cloud SDK.
"""

import importlib
from typing import Any

_PUBLIC = {
    "ComplianceScope": "platform_lib.core.context",
    "Context": "platform_lib.core.context",
    "DataClassification": "platform_lib.core.context",
    "PlatformError": "platform_lib.core.errors",
    "SecurityBaseline": "platform_lib.components.baseline",
    "SecurityBaselineArgs": "platform_lib.components.baseline",
    "VpcArgs": "platform_lib.components.vpc",
    "VpcComponent": "platform_lib.components.vpc",
}

__all__ = list(_PUBLIC)  # names and homes of public names stand in one place


def __getattr__(name: str) -> Any:
    """The public name, from the module that defines it (PEP 562)."""
    home = _PUBLIC.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(home), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *_PUBLIC})
