"""Prints what an imported SDK shows of resource types, as JSON: run in a process of its own, it loads the whole SDK.

Usage: ``python sdk_shapes.py '[["pulumi_aws.s3.bucket", "aws:s3/bucket:Bucket"], ...]'``.
"""

import collections.abc
import enum
import importlib
import inspect
import json
import sys
import typing
from typing import Any

import pulumi

SCALARS = {str: "string", bool: "boolean", int: "integer", float: "number", Any: "any"}


def shape(kind: Any) -> tuple[list[Any], bool]:
    """The alternatives of a type, sorted by their JSON text, and whether it is optional."""
    origin = typing.get_origin(kind)
    arguments = typing.get_args(kind)
    if origin is typing.Union:
        found: list[Any] = []
        optional = False
        for argument in arguments:
            inner = typing.get_origin(argument)
            if argument is type(None):
                optional = True
            elif inner is not collections.abc.Awaitable and getattr(inner or argument, "__name__", "") != "Output":
                alternatives, inner_optional = shape(argument)
                optional = optional or inner_optional
                found += [item for item in alternatives if item not in found]
        return sorted(found, key=json.dumps), optional
    if getattr(origin, "__name__", "") in {"Output", "Awaitable"}:
        return shape(arguments[0])
    if origin is typing.Literal:
        return [["enum", "string", list(arguments)]], False
    if origin in {collections.abc.Sequence, list}:
        return [["list", shape(arguments[0])[0]]], False
    if origin in {collections.abc.Mapping, dict}:
        return [["map", shape(arguments[1])[0]]], False
    if kind in SCALARS:
        return [SCALARS[kind]], False
    if issubclass(kind, enum.Enum):
        base = next(name for scalar, name in SCALARS.items() if scalar is not Any and issubclass(kind, scalar))
        return [["enum", base, [member.value for member in kind]]], False
    if kind.__module__.startswith("pulumi."):
        return ["asset"], False
    return [["object", kind.__module__, kind.__name__]], False


def getters(cls: type, module: dict[str, Any]) -> dict[str, Any]:
    """Wire name to python name, alternatives and optionality, of the properties that a class defines itself."""
    found = {}
    for name, value in vars(cls).items():
        if isinstance(value, property) and value.fget is not None:
            # Pulumi's Input refers to Output by name.
            hint = typing.get_type_hints(value.fget, module, {"Output": pulumi.Output, "T": Any})["return"]
            wire = getattr(value.fget, "_pulumi_name", name)
            found[wire] = [name, *shape(hint)]
    return found


def resource(module_name: str, token: str) -> dict[str, Any]:
    module = importlib.import_module(module_name)
    members = [item for item in vars(module).values() if inspect.isclass(item) and item.__module__ == module.__name__]
    [cls] = [item for item in members if getattr(item, "pulumi_type", "") == token]
    source = inspect.getsource(cls._internal_init)
    [args] = [item for item in members if f"__props__ = {item.__name__}.__new__" in source]
    parameters = inspect.signature(args.__init__).parameters.values()
    keywords = [item for item in parameters if item.kind is inspect.Parameter.KEYWORD_ONLY]
    required = [item.name for item in keywords if item.default is inspect.Parameter.empty]
    plain = args(**dict.fromkeys(required))
    defaults = {item.name: value for item in keywords if (value := getattr(plain, item.name, None)) is not None}
    return {
        "inputs": getters(args, vars(module)),
        "outputs": getters(cls, vars(module)),
        "required": sorted(required),
        "defaults": {name: value for name, value in defaults.items() if isinstance(value, str | int | float | bool)},
    }


if __name__ == "__main__":
    print(json.dumps({token: resource(module, token) for module, token in json.loads(sys.argv[1])}))
