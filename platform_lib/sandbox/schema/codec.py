"""Schema values as compact JSON and back, for the cache."""

from collections.abc import Mapping
from typing import Any

from platform_lib.sandbox.schema.annotation import TYPES
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType
from platform_lib.sandbox.schema.reader import ResourceFacts


def encode_type(kind: PropertyType) -> Any:
    """A kind alone as its name, everything else as a list of the six fields."""
    if kind is TYPES.get(kind.kind):
        return kind.kind
    return [
        kind.kind,
        None if kind.item is None else encode_type(kind.item),
        kind.object_token,
        list(kind.enum),
        kind.enum_strict,
        [encode_type(item) for item in kind.alternatives],
    ]


def decode_type(data: Any) -> PropertyType:
    """The type of ``encode_type``."""
    if isinstance(data, str):
        for kind in TYPES.values():
            if kind.kind == data:
                return kind
        raise ValueError(f"unknown kind {data}")
    kind, item, token, enum, strict, alternatives = data
    return PropertyType(
        kind,
        None if item is None else decode_type(item),
        token,
        tuple(enum),
        strict,
        tuple(decode_type(other) for other in alternatives),
    )


def encode_properties(properties: Mapping[str, PropertySchema]) -> list[Any]:
    """One list a property."""
    return [
        [
            item.name,
            item.python_name,
            encode_type(item.type),
            item.required,
            item.default,
            item.secret,
            item.deprecated,
            list(item.default_env),
            item.json_text,
        ]
        for item in properties.values()
    ]


def decode_properties(data: list[Any]) -> dict[str, PropertySchema]:
    """The properties of ``encode_properties``, by wire name."""
    return {
        name: PropertySchema(
            name, python_name, decode_type(kind), required, default, secret, deprecated, tuple(env), json_text
        )
        for name, python_name, kind, required, default, secret, deprecated, env, json_text in data
    }


def encode_resource(facts: ResourceFacts) -> Any:
    """What the SDK says of a resource type."""
    return [
        encode_properties(facts.inputs),
        encode_properties(facts.outputs),
        list(facts.aliases),
        facts.deprecated,
        facts.is_component,
        list(facts.id_examples),
    ]


def decode_resource(data: Any) -> ResourceFacts:
    """The facts of ``encode_resource``."""
    inputs, outputs, aliases, deprecated, is_component, examples = data
    return ResourceFacts(
        decode_properties(inputs), decode_properties(outputs), tuple(aliases), deprecated, is_component, tuple(examples)
    )
