"""What is known of a type as plain data and as lines of text: for ``platform schema`` and for people."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_lib.sandbox.schema.lookup import function, object_schema, resolve, resource
from platform_lib.sandbox.schema.model import AutonameRule, FunctionSchema, PropertySchema, PropertyType
from platform_lib.sandbox.schema.package import PROVIDER_PREFIX

_ENUM_SHOWN: Final = 6
_CERTAINTY: Final = {
    "certain": "replaces",
    "conditional": "replaces in some states",
    "add-remove": "replaces when added or removed",
    "inferred": "replaces (inferred)",
}
_DELETE_FIRST: Final = {
    "never": "the new one is made before the old one is deleted",
    "always": "the old one is deleted first",
    "named": "the old one is deleted first when its name was set in the program",
    "same-name": "the old one is deleted first when its name was set in the program and stays the same",
    "not-random": "the old one is deleted first unless its name was made at random",
}


def describe(token: str, *, depth: int = 0) -> dict[str, Any]:
    """What is known of a resource type or a look-up, as JSON data.

    Args:
        token: of a resource type, a provider or a look-up; the short form ``aws:s3:Bucket`` is understood too.
        depth: levels of nested objects whose properties are listed under ``properties``.

    Returns:
        Keys ``token``, ``kind`` (resource, component, provider, function), ``package``, ``version``, ``deprecated``,
        ``inputs``, ``outputs`` (lists with ``name``, ``python_name``, ``type``, ``required``, ``secret``, ... a
        property), and for resources ``aliases``, ``replace``, ``delete_first``, ``autoname``, ``id_examples``,
        ``id_property``, ``secret_inputs``, ``immutable``, ``open_properties``; ``sources`` for each group of facts.

    Raises:
        PackageMissingError, UnknownTypeError, ShapeError: as ``resource`` and ``function``.
    """
    token = resolve(token)
    if _is_function(token):
        return _function(function(token), depth)
    schema = resource(token)
    certainty = {rule.path: rule.certainty for rule in schema.replace}
    provider = schema.token.startswith(PROVIDER_PREFIX)
    return {
        "token": schema.token,
        "kind": "provider" if provider else "component" if schema.is_component else "resource",
        "package": schema.package,
        "version": schema.version,
        "deprecated": schema.deprecated,
        "inputs": [_property(schema.package, item, depth, certainty) for item in schema.inputs.values()],
        "outputs": [_property(schema.package, item, depth, {}) for item in schema.outputs.values()],
        "aliases": list(schema.aliases),
        "replace": [{"path": rule.path, "certainty": rule.certainty} for rule in schema.replace],
        "delete_first": schema.delete_first,
        "autoname": None if schema.autoname is None else _autoname(schema.autoname),
        "id_examples": list(schema.id_examples),
        "id_property": schema.id_property,
        "secret_inputs": list(schema.secret_inputs),
        "immutable": list(schema.immutable),
        "open_properties": schema.open_properties,
        "sources": dict(schema.sources),
    }


def _is_function(token: str) -> bool:
    return not token.startswith(PROVIDER_PREFIX) and token.rpartition(":")[2][:1].islower()


def _function(schema: FunctionSchema, depth: int) -> dict[str, Any]:
    return {
        "token": schema.token,
        "kind": "function",
        "package": schema.package,
        "version": schema.version,
        "deprecated": "",
        "inputs": [_property(schema.package, item, depth, {}) for item in schema.inputs.values()],
        "outputs": [_property(schema.package, item, depth, {}) for item in schema.outputs.values()],
        "sources": dict(schema.sources),
    }


def _property(package: str, item: PropertySchema, depth: int, certainty: Mapping[str, str]) -> dict[str, Any]:
    result: dict[str, Any] = {
        "name": item.name,
        "python_name": item.python_name,
        "type": type_text(item.type),
        "required": item.required,
        "default": item.default,
        "default_env": list(item.default_env),
        "enum": list(item.type.enum),
        "enum_strict": item.type.enum_strict,
        "secret": item.secret,
        "deprecated": item.deprecated,
        "replaces": certainty.get(item.name, ""),
    }
    token = _object_token(item.type)
    if depth > 0 and token:
        nested = object_schema(package, token).properties.values()
        result["properties"] = [_property(package, inner, depth - 1, {}) for inner in nested]
    return result


def _object_token(kind: PropertyType) -> str:
    while kind.item is not None:
        kind = kind.item
    return kind.object_token


def _autoname(rule: AutonameRule) -> dict[str, Any]:
    return {
        "property": rule.property,
        "max_length": rule.max_length,
        "separator": rule.separator,
        "random_digits": rule.random_digits,
        "charset": rule.charset,
        "lower": rule.lower,
        "prefix": rule.prefix,
        "suffix": rule.suffix,
        "suffix_if": rule.suffix_if,
        "note": rule.note,
        "form": autoname_text(rule),
    }


def type_text(kind: PropertyType) -> str:
    """A type in words: ``list of string``, ``map of InstanceS3Import``, ``string or integer``."""
    if kind.kind in {"list", "map"} and kind.item is not None:
        text = f"{kind.kind} of {type_text(kind.item)}"
    elif kind.kind == "object":
        text = kind.object_token.rpartition(":")[2].removesuffix("Args")
    else:
        text = kind.kind
    return " or ".join(dict.fromkeys([text, *(type_text(item) for item in kind.alternatives)]))


def autoname_text(rule: AutonameRule) -> str:
    """The form of an automatic name in words: ``<logical name>-<7 hex digits>, at most 63 characters``."""
    if rule.random_digits < 0:
        text = "a random UUID"
    else:
        digits = "hex digits" if rule.charset == "0123456789abcdef" else "random letters"
        random = f"{rule.separator}<{rule.random_digits} {digits}>" if rule.random_digits else ""
        text = f"{rule.prefix}<logical name>{random}"
    if rule.lower:
        text += ", in lower case"
    if rule.suffix:
        text += f", {rule.suffix} behind it when {rule.suffix_if} is true"
    if rule.max_length:
        text += f", at most {rule.max_length} characters"
    return f"{text} ({rule.note})" if rule.note else text


def render(token: str, *, depth: int = 0) -> list[str]:
    """What ``describe`` says, as lines of plain text.

    Args:
        token: as for ``describe``.
        depth: levels of nested objects that are shown under their property.

    Raises:
        PackageMissingError, UnknownTypeError, ShapeError: as ``describe``.
    """
    return list(_lines(describe(token, depth=depth)))


def _lines(known: Mapping[str, Any]) -> Iterator[str]:
    yield f"{known['token']}  ({known['kind']}, {known['package']} {known['version']})"
    if known["deprecated"]:
        yield f"deprecated: {known['deprecated']}"
    yield ""
    yield "inputs" + (" (others are taken too)" if known.get("open_properties") else "")
    yield from _rows(known["inputs"], outputs=False)
    yield ""
    yield "outputs" + ("" if known["kind"] == "function" else " (and id, urn)")
    yield from _rows(known["outputs"], outputs=True)
    if known["kind"] == "resource":
        yield ""
        yield from _resource_lines(known)
    yield ""
    yield "sources"
    for group, source in known["sources"].items():
        yield f"  {group}: {source}"


def _resource_lines(known: Mapping[str, Any]) -> Iterator[str]:
    nested = [rule for rule in known["replace"] if "." in rule["path"] or "[" in rule["path"]]
    if nested:
        yield "nested properties that replace"
        for rule in nested:
            yield f"  {rule['path']}: {_CERTAINTY[rule['certainty']]}"
    yield f"replacement: {_DELETE_FIRST[known['delete_first']]}"
    name = known["autoname"]
    yield f"automatic name: {name['property']} = {name['form']}" if name else "automatic name: none"
    if known["id_property"]:
        yield f"id: the value of {known['id_property']}"
    yield f"id form: {'; '.join(known['id_examples']) or 'not known'}"
    for key, title in (("secret_inputs", "sensitive inputs"), ("immutable", "cannot change"), ("aliases", "aliases")):
        if known[key]:
            yield f"{title}: {', '.join(known[key])}"


def _rows(items: list[dict[str, Any]], *, outputs: bool, indent: str = "  ") -> Iterator[str]:
    if not items:
        yield f"{indent}none"
    width = max((len(item["name"]) for item in items), default=0)
    kind_width = min(40, max((len(item["type"]) for item in items), default=0))
    for item in items:
        remarks = ", ".join(_remarks(item, outputs=outputs))
        row = f"{indent}{item['name']:<{width}}  {item['type']:<{kind_width}}  {remarks}"
        yield row.rstrip()
        if "properties" in item:
            yield from _rows(item["properties"], outputs=outputs, indent=indent + "    ")


def _remarks(item: Mapping[str, Any], *, outputs: bool) -> Iterator[str]:
    if item["required"] and not outputs:
        yield "required"
    elif not item["required"] and outputs:
        yield "may be absent"
    if item["default"] is not None:
        yield f"default {json.dumps(item['default'])}"
    if item["default_env"]:
        yield f"from {', '.join(item['default_env'])}"
    if item["enum"]:
        shown = " | ".join(str(value) for value in item["enum"][:_ENUM_SHOWN])
        more = len(item["enum"]) - _ENUM_SHOWN
        text = f"{'only' if item['enum_strict'] else 'for instance'} {shown}"
        yield f"{text} and {more} more" if more > 0 else text
    if item["secret"]:
        yield "secret"
    if item["replaces"]:
        yield _CERTAINTY[item["replaces"]]
    if item["deprecated"]:
        yield "deprecated"
