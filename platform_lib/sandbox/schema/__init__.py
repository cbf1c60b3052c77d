"""Facts about resource types and look-ups, read from the installed SDKs and from the provider facts.

The SDKs are read, never imported. Names are resolved at their first use, so importing this package costs nothing.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from platform_lib.sandbox.schema.description import autoname_text, describe, render, type_text
    from platform_lib.sandbox.schema.errors import PackageMissingError, SchemaError, ShapeError, UnknownTypeError
    from platform_lib.sandbox.schema.generation import generate
    from platform_lib.sandbox.schema.lookup import (
        config_keys,
        forget,
        function,
        function_tokens,
        resolve,
        resource,
        tokens,
        use_cache,
    )
    from platform_lib.sandbox.schema.lookup import object_schema as object  # noqa: A004 - the schema's word for it
    from platform_lib.sandbox.schema.package import package_of, packages
    from platform_lib.sandbox.schema.validation import validate

__all__ = [
    "PackageMissingError",
    "SchemaError",
    "ShapeError",
    "UnknownTypeError",
    "autoname_text",
    "config_keys",
    "describe",
    "forget",
    "function",
    "function_tokens",
    "generate",
    "object",
    "package_of",
    "packages",
    "render",
    "resolve",
    "resource",
    "tokens",
    "type_text",
    "use_cache",
    "validate",
]

_HOME: Final = {
    "autoname_text": "description",
    "describe": "description",
    "generate": "generation",
    "package_of": "package",
    "packages": "package",
    "render": "description",
    "type_text": "description",
    "validate": "validation",
}
"""Module of each public name that is not in ``lookup`` (functions) or ``errors`` (classes)."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module '{__name__}' has no attribute '{name}'")
    module = import_module(f"{__name__}.{'errors' if name.endswith('Error') else _HOME.get(name, 'lookup')}")
    value = getattr(module, "object_schema" if name == "object" else name)
    globals()[name] = value
    return value
