"""Facts about resource types and look-ups, read from the installed SDKs and from the provider facts.

The SDKs are read, never imported. Names are resolved at their first use, so importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from platform_lib.sandbox.schema.errors import PackageMissingError, SchemaError, ShapeError, UnknownTypeError
    from platform_lib.sandbox.schema.lookup import (
        config_keys,
        forget,
        function,
        function_tokens,
        resource,
        tokens,
        use_cache,
    )
    from platform_lib.sandbox.schema.lookup import object_schema as object  # noqa: A004 - the schema's word for it
    from platform_lib.sandbox.schema.package import package_of, packages

_HOME: Final = {
    "PackageMissingError": ("errors", "PackageMissingError"),
    "SchemaError": ("errors", "SchemaError"),
    "ShapeError": ("errors", "ShapeError"),
    "UnknownTypeError": ("errors", "UnknownTypeError"),
    "config_keys": ("lookup", "config_keys"),
    "forget": ("lookup", "forget"),
    "function": ("lookup", "function"),
    "function_tokens": ("lookup", "function_tokens"),
    "object": ("lookup", "object_schema"),
    "package_of": ("package", "package_of"),
    "packages": ("package", "packages"),
    "resource": ("lookup", "resource"),
    "tokens": ("lookup", "tokens"),
    "use_cache": ("lookup", "use_cache"),
}
"""Public name to module and name in it."""

__all__ = list(_HOME)


def __getattr__(name: str) -> Any:
    if name not in _HOME:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    module, attribute = _HOME[name]
    value = getattr(import_module(f"{__name__}.{module}"), attribute)
    globals()[name] = value
    return value
