"""What is known of a resource type or a look-up, as plain frozen data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["string", "boolean", "integer", "number", "list", "map", "object", "asset", "resource", "any"]
Certainty = Literal["certain", "conditional", "add-remove", "inferred"]


@dataclass(frozen=True, slots=True)
class PropertyType:
    """The type of a property.

    Attributes:
        kind: JSON-like kind; ``object`` has a class of named properties, ``map`` has free keys.
        item: type of the elements of a list or the values of a map.
        object_token: key of the object class (see ``PackageSchema.object``), for ``object``.
        enum: allowed values; a relaxed enum also takes any other value of the kind.
        enum_strict: whether only the values of ``enum`` are allowed.
        alternatives: further types that are accepted (unions other than a relaxed enum).
    """

    kind: Kind
    item: "PropertyType | None" = None
    object_token: str = ""
    enum: tuple[Any, ...] = ()
    enum_strict: bool = False
    alternatives: tuple["PropertyType", ...] = ()


@dataclass(frozen=True, slots=True)
class PropertySchema:
    """One property: ``name`` is the wire name, ``python_name`` the SDK's."""

    name: str
    python_name: str
    type: PropertyType
    required: bool = False
    default: Any = None
    secret: bool = False
    deprecated: str = ""


@dataclass(frozen=True, slots=True)
class ObjectSchema:
    """A nested object class: its properties by wire name."""

    token: str
    properties: Mapping[str, PropertySchema]


@dataclass(frozen=True, slots=True)
class ReplaceRule:
    """A property path that forces a replacement, and how sure that is."""

    path: str
    certainty: Certainty


@dataclass(frozen=True, slots=True)
class AutonameRule:
    """How the provider names a resource whose name was left out.

    Attributes:
        property: wire name of the property that is filled in.
        max_length: 0 for no limit.
        separator: between logical name and random part.
        random_digits: number of random characters; 0 copies the logical name, -1 is a random UUID.
        charset: the characters of the random part.
        lower: the name is put in lower case.
        source: where the fact comes from.
    """

    property: str
    max_length: int
    separator: str
    random_digits: int
    charset: str = "0123456789abcdef"
    lower: bool = False
    source: str = ""


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """A resource type: inputs and outputs by wire name, and what the SDK does not hold, from the provider facts."""

    token: str
    package: str
    version: str
    inputs: Mapping[str, PropertySchema]
    outputs: Mapping[str, PropertySchema]
    aliases: tuple[str, ...] = ()
    replace: tuple[ReplaceRule, ...] = ()
    autoname: AutonameRule | None = None
    delete_before_replace: bool = False
    secret_inputs: tuple[str, ...] = ()
    id_examples: tuple[str, ...] = ()
    deprecated: str = ""
    is_component: bool = False
    sources: Mapping[str, str] = field(default_factory=dict)
    """What each group of facts was read from, for people: ``inputs`` -> ``pulumi_aws 7.51.1 s3/bucket.py``."""


@dataclass(frozen=True, slots=True)
class FunctionSchema:
    """A look-up (``aws:index/getCallerIdentity:getCallerIdentity``)."""

    token: str
    package: str
    version: str
    inputs: Mapping[str, PropertySchema]
    outputs: Mapping[str, PropertySchema]
    sources: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PackageInfo:
    """An installed provider SDK.

    Attributes:
        name: the package of the type tokens (``azure-native``).
        distribution: the Python distribution (``pulumi-azure-native``).
        version: installed version.
    """

    name: str
    distribution: str
    version: str


TypeIndex = Mapping[str, Sequence[str]]
"""Resource and function tokens by package."""
