"""Whether inputs fit a schema: missing, unknown, wrong type, value outside a closed enum, at any depth.

What is coerced is what the providers coerce. Bridged providers (aws, gcp, vault and nearly every other) take numbers
and booleans for texts, and texts for numbers (pulumi/pulumi-terraform-bridge, ``PulumiInputValidator``); that they read
``"true"`` and ``"false"`` as booleans, that azure-native takes values as they are, and that Azure compares the values
of enums without case are assumptions. Kubernetes hands values on as JSON and the API server takes them as they are.
Unknown values and resource references fit every type; a secret is judged by what it holds, which no message shows.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from platform_lib.core.errors import Finding, near
from platform_lib.core.values import UNKNOWN, Archive, Asset, Properties, ResourceReference, Secret, has_secret
from platform_lib.sandbox.schema.lookup import object_schema
from platform_lib.sandbox.schema.model import FunctionSchema, Kind, PropertySchema, PropertyType, ResourceSchema
from platform_lib.sandbox.schema.package import PROVIDER_PREFIX

_STRICT: Final = frozenset({"kubernetes", "azure-native"})
_CASELESS: Final = frozenset({"azure-native"})
_PROVIDER_OPTIONS: Final = frozenset({"version", "pluginDownloadURL", "pluginChecksums", "parameterization"})
"""What the engine adds to the inputs of a provider resource."""

_NAMES: Final[Mapping[Kind, str]] = {
    "string": "a string",
    "boolean": "a boolean",
    "integer": "an integer",
    "number": "a number",
    "list": "a list",
    "map": "a map",
    "object": "an object",
    "asset": "an asset or archive",
    "resource": "a resource",
    "any": "any value",
}
_PLAIN_KEY: Final = re.compile(r"^[A-Za-z_$][\w$-]*$")
_SHOWN: Final = 60
_LISTED: Final = 8


def validate(schema: ResourceSchema | FunctionSchema, inputs: Properties) -> list[Finding]:
    """What is wrong with the inputs of a resource or a look-up.

    Args:
        schema: of the type.
        inputs: by wire name; keys that start with two underscores are the engine's and are not looked at.

    Returns:
        One finding for each defect, with the path in wire form (``rules[0].fromPort``, ``tags["a.b"]``): first what is
        missing, then what was given, in order. Empty when all is well. No text holds a value of a secret.
    """
    check = _Check(schema)
    return list(check.properties(inputs, schema.inputs, "", schema.token))


def join(path: str, key: str | int) -> str:
    """The path of an element or property below a path, in wire form."""
    if isinstance(key, int):
        return f"{path}[{key}]"
    if not _PLAIN_KEY.match(key):
        return f"{path}[{json.dumps(key)}]"
    return f"{path}.{key}" if path else key


class _Check:
    """Judges the inputs of one resource or look-up."""

    def __init__(self, schema: ResourceSchema | FunctionSchema) -> None:
        self.package = schema.package
        self.coerces = schema.package not in _STRICT
        self.open = isinstance(schema, ResourceSchema) and schema.open_properties
        self.provider = schema.token.startswith(PROVIDER_PREFIX)
        self.secrets = frozenset(schema.secret_inputs) if isinstance(schema, ResourceSchema) else frozenset()

    def properties(
        self, given: Mapping[str, Any], known: Mapping[str, PropertySchema], path: str, owner: str
    ) -> Iterator[Finding]:
        """Findings of named properties: of the inputs, or of an object class."""
        for name, item in known.items():
            if item.required and item.default is None and given.get(name) is None:
                yield Finding(join(path, name), "required property is missing", f"give {_NAMES[item.type.kind]}")
        for name, value in given.items():
            property_schema = known.get(name)
            if name.startswith("__") or (property_schema is not None and _fits(value, property_schema.type)):
                continue
            where = join(path, name)
            if property_schema is not None:
                yield from self._property(value, property_schema, where)
            elif not (not path and (self.open or (self.provider and name in _PROVIDER_OPTIONS))):
                yield Finding(where, f"unknown property of {owner}", _hint(name, known))

    def _property(self, value: Any, item: PropertySchema, path: str) -> Iterator[Finding]:
        hidden = item.secret or re.sub(r"\[\d+\]", "[*]", path) in self.secrets
        if item.json_text and isinstance(value, str) and item.type.kind != "string":
            try:
                value = json.loads(value)
            except ValueError:
                shown = _show(value, hidden=hidden)
                yield Finding(path, f"must be {_NAMES[item.type.kind]} as JSON text, got {shown}")
                return
        yield from self.value(value, item.type, path, hidden=hidden)

    def value(self, value: Any, kind: PropertyType, path: str, *, hidden: bool) -> Iterator[Finding]:
        """Findings of one value, whatever its depth."""
        if isinstance(value, Secret):
            yield from self.value(value.value, kind, path, hidden=True)
            return
        if value is None or value is UNKNOWN or isinstance(value, ResourceReference):
            return
        if not kind.alternatives:
            yield from self._single(value, kind, path, hidden=hidden)
            return
        options = [kind, *kind.alternatives]
        results = []
        for option in options:
            found = list(self._single(value, option, path, hidden=hidden))
            if not found:
                return
            if _CONTAINS[option.kind](value):
                results.append((-_agreement(self.package, value, option), len(found), found))
        if results:
            yield from min(results, key=lambda result: result[:2])[2]
        else:
            names = " or ".join(dict.fromkeys(_NAMES[option.kind] for option in options))
            yield Finding(path, f"must be {names}, got {_show(value, hidden=hidden)}")

    def _single(self, value: Any, kind: PropertyType, path: str, *, hidden: bool) -> Iterator[Finding]:
        """Findings against one type, its alternatives left aside."""
        if not (_CONTAINS[kind.kind](value) or (self.coerces and _coerced(value, kind.kind))):
            yield Finding(path, f"must be {_NAMES[kind.kind]}, got {_show(value, hidden=hidden)}")
        elif kind.enum and kind.enum_strict and not self._in_enum(value, kind):
            text = f"must be one of {_list(kind.enum)}, got {_show(value, hidden=hidden)}"
            hint = "" if hidden else near(str(value), [str(item) for item in kind.enum])
            yield Finding(path, text, hint)
        elif kind.kind == "list" and kind.item is not None:
            for index, item in enumerate(value):
                if _fits(item, kind.item):
                    continue
                yield from self.value(item, kind.item, join(path, index), hidden=hidden)
        elif kind.kind == "map" and kind.item is not None:
            for key, item in value.items():
                if not key.startswith("__") and not _fits(item, kind.item):
                    yield from self.value(item, kind.item, join(path, key), hidden=hidden)
        elif kind.kind == "object":
            known = object_schema(self.package, kind.object_token).properties
            yield from self.properties(value, known, path, kind.object_token.rpartition(":")[2].removesuffix("Args"))

    def _in_enum(self, value: Any, kind: PropertyType) -> bool:
        if value in kind.enum:
            return True
        if self.package in _CASELESS:
            return str(value).lower() in {str(item).lower() for item in kind.enum}
        return self.coerces and str(value) in {str(item) for item in kind.enum}


def _is_integer(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (isinstance(value, float) and value.is_integer())


_CONTAINS: Final[Mapping[Kind, Callable[[Any], bool]]] = {
    "string": lambda value: isinstance(value, str),
    "boolean": lambda value: isinstance(value, bool),
    "integer": _is_integer,
    "number": lambda value: isinstance(value, int | float) and not isinstance(value, bool),
    "list": lambda value: isinstance(value, list | tuple),
    "map": lambda value: isinstance(value, Mapping),
    "object": lambda value: isinstance(value, Mapping),
    "asset": lambda value: isinstance(value, Asset | Archive),
    "resource": lambda value: isinstance(value, str | Mapping),
    "any": lambda value: True,  # noqa: ARG005 - one form for all kinds
}


_EXACT: Final[Mapping[Kind, type]] = {"string": str, "boolean": bool, "integer": int}


def _fits(value: Any, kind: PropertyType) -> bool:
    """Whether a value is of a type at first sight, as nearly all are: its path is not even made then."""
    return _EXACT.get(kind.kind) is type(value) and not kind.enum_strict


def _coerced(value: Any, kind: Kind) -> bool:
    """Whether a bridged provider turns the value into the kind."""
    if kind == "string":
        return isinstance(value, bool | int | float)
    if isinstance(value, str) and kind == "boolean":
        return value in {"true", "false"}
    if isinstance(value, str) and kind in {"integer", "number"}:
        try:
            return _is_integer(float(value)) or kind == "number"
        except ValueError:
            return False
    return False


def _agreement(package: str, value: Any, kind: PropertyType) -> int:
    """How many constants of an object class the value has: which of several classes was meant."""
    if kind.kind != "object" or not isinstance(value, Mapping):
        return 0
    known = object_schema(package, kind.object_token).properties
    constants = {name: item.default for name, item in known.items() if item.default is not None}
    return sum(1 for name, constant in constants.items() if value.get(name) == constant)


def _hint(name: str, known: Mapping[str, PropertySchema]) -> str:
    for item in known.values():
        if item.python_name == name:
            return f"did you mean '{item.name}'?"
    names = sorted(known)
    return near(name, names) or (f"known are {_list(names)}" if names else "it takes no properties")


def _list(values: Any) -> str:
    words = [str(value) for value in values]
    more = len(words) - _LISTED
    return ", ".join(words[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def _show(value: Any, *, hidden: bool) -> str:
    """The value for a message: short, and never a secret."""
    if hidden or has_secret(value):
        return "[secret]"
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    if isinstance(value, Asset | Archive):
        return f"an {type(value).__name__.lower()}"
    if isinstance(value, bool):
        return str(value).lower()
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
