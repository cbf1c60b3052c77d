"""Prints the contract of the components of a package as JSON. Run by itself, with any version of the library.

Usage: ``python contract_script.py PACKAGE``. It imports nothing of ours but the package that is named, so that an old
version is asked by the same questions as a new one.
"""

import importlib
import inspect
import json
import pkgutil
import sys
from typing import Any, get_args

import pulumi
from pulumi.provider.experimental.analyzer import Analyzer
from pulumi.provider.experimental.schema import generate_schema


def components(package: Any) -> list[Any]:
    """The component classes that a package, and the packages right below it, offer by name."""
    names = [package.__name__]
    names += [f"{package.__name__}.{item.name}" for item in pkgutil.iter_modules(getattr(package, "__path__", ()))]
    found = {}
    for name in names:
        module = importlib.import_module(name)
        for public in getattr(module, "__all__", dir(module)):
            value = getattr(module, public, None)
            if inspect.isclass(value) and issubclass(value, pulumi.ComponentResource) and _takes_args(value):
                found[value.__name__] = value
    return [found[name] for name in sorted(found)]


def _takes_args(component: Any) -> bool:
    parameter = inspect.signature(component.__init__).parameters.get("args")
    return parameter is not None and inspect.isclass(parameter.annotation)


def defaults(model: Any, found: dict[str, str]) -> dict[str, str]:
    """Defaults of the fields of a pydantic model and of the models below it, as text."""
    for name, field in getattr(model, "model_fields", {}).items():
        key = f"{model.__name__}.{name}"
        if key in found:
            continue
        found[key] = "required" if field.is_required() else repr(field.get_default(call_default_factory=True))
        for below in _models(field.annotation):
            defaults(below, found)
    return found


def _models(annotation: Any) -> list[Any]:
    if hasattr(annotation, "model_fields"):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models(part)]


def contract(package: str) -> dict[str, Any]:
    """The contract: resources and types of the schema, and the defaults of the arguments."""
    result: dict[str, Any] = {"resources": {}, "types": {}, "defaults": {}}
    for component in components(importlib.import_module(package)):
        analyzed = Analyzer("platform-lib").analyze([component])
        schema = generate_schema(
            "platform-lib", "0.0.0", None, analyzed["component_definitions"], analyzed["type_definitions"], []
        ).to_json()
        result["resources"].update(schema.get("resources", {}))
        result["types"].update(schema.get("types", {}))
        defaults(inspect.signature(component.__init__).parameters["args"].annotation, result["defaults"])
    return result


if __name__ == "__main__":
    print(json.dumps(contract(sys.argv[1])))  # noqa: T201  # its answer
