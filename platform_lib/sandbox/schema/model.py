"""What is known of a resource type or a look-up, as plain frozen data."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Kind = Literal["string", "boolean", "integer", "number", "list", "map", "object", "asset", "resource", "any"]
Certainty = Literal["certain", "conditional", "add-remove", "inferred"]
DeleteFirst = Literal["never", "always", "named", "same-name", "not-random"]


@dataclass(frozen=True, slots=True)
class PropertyType:
    """The type of a property.

    Attributes:
        kind: JSON-like kind; ``object`` has a class of named properties, ``map`` has free keys.
        item: type of the elements of a list or the values of a map.
        object_token: key of the object class (see ``schema.object``), for ``object``: ``aws:rds:InstanceS3ImportArgs``,
            ``aws:rds/outputs:InstanceS3Import``.
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
    """One property: ``name`` is the wire name, ``python_name`` the SDK's.

    Attributes:
        required: must be given (inputs), is always there (outputs).
        default: what the SDK sends when the input is left out; None for nothing.
        default_env: environment variables that the SDK asks first, in order.
        json_text: the SDK sends the value as JSON text (inputs of provider resources that are not strings).
        deprecated: what the SDK says about it, empty when it is not deprecated.
    """

    name: str
    python_name: str
    type: PropertyType
    required: bool = False
    default: Any = None
    secret: bool = False
    deprecated: str = ""
    default_env: tuple[str, ...] = ()
    json_text: bool = False


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
        prefix: put before the logical name (``alias/``).
        suffix: put behind everything when the boolean input ``suffix_if`` is true (``.fifo``).
        suffix_if: wire name of that input.
        note: an exception that the fields above do not hold, for people.

    An automatic name longer than ``max_length`` is an error, never cut: that is what the providers do.
    """

    property: str
    max_length: int
    separator: str
    random_digits: int
    charset: str = "0123456789abcdef"
    lower: bool = False
    source: str = ""
    prefix: str = ""
    suffix: str = ""
    suffix_if: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class ResourceSchema:
    """A resource type: inputs and outputs by wire name, and what the SDK does not hold, from the provider facts.

    Attributes:
        outputs: without ``id`` and ``urn``, which every resource has.
        replace: what forces a replacement; an entry P applies to a changed path Q when they are equal or one is a
            prefix of the other at a segment boundary, ``[*]`` is any index, map keys lie below the map's path.
            ``conditional`` ones replace in some states only and ``add-remove`` ones when the whole value comes or goes.
        delete_before_replace: the provider always deletes first; see ``delete_first`` for the other cases.
        secret_inputs: paths of inputs that the provider takes for sensitive, nested ones too.
        id_examples: import ids from the documentation of the SDK: the form of the id.
        is_component: made in the program or by a component provider, never by a cloud.
        sources: what each group of facts was read from, for people: ``inputs`` -> ``pulumi-aws 7.51.1 s3/bucket.py``.
        delete_first: when the provider deletes the old resource before it makes the new one: ``never``, ``always``,
            ``named`` (the automatically nameable input was set by the user), ``same-name`` (set by the user and
            unchanged, same namespace), ``not-random`` (unless the provider had made the name at random).
        immutable: inputs that cannot change but do not force a replacement either: the provider sends the update and
            the cloud refuses it.
        open_properties: inputs of other names are taken too (custom resources of Kubernetes).
        id_property: output that is the id, where that is known not to be the provider's own id; else empty.
    """

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
    delete_first: DeleteFirst = "never"
    immutable: tuple[str, ...] = ()
    open_properties: bool = False
    id_property: str = ""


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
