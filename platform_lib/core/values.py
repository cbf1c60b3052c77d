"""Property values as the engine, the cloud and the policies see them: plain data with a few markers.

A value is ``None``, ``bool``, ``int``, ``float``, ``str``, a list or a dict of values, or one of the markers below. A
whole number that arrives as a protobuf double is an ``int`` here. Imports nothing of pulumi, so that every layer can
use it.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

UNKNOWN_SENTINEL: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""The string that stands for an unknown value on the wire (sdk/python, ``pulumi.runtime.rpc.UNKNOWN``)."""


class Unknown:
    """The one value that is not known yet; its truth may not be asked."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __bool__(self) -> bool:
        raise TypeError("an unknown value has no truth: compare it with `is UNKNOWN`")

    def __copy__(self) -> "Unknown":
        return self

    def __deepcopy__(self, memo: dict[int, Any]) -> "Unknown":
        return self

    def __reduce__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret value; its repr never shows what it holds."""

    value: Any

    def __repr__(self) -> str:
        return "Secret([secret])"


@dataclass(frozen=True, slots=True)
class Asset:
    """A blob: one of text, path or uri, with the SHA-256 of its content."""

    hash: str = ""
    text: str | None = None
    path: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class Archive:
    """A collection of blobs: one of assets (name to Asset or Archive), path or uri, with its SHA-256."""

    hash: str = ""
    assets: Mapping[str, Any] | None = None
    path: str | None = None
    uri: str | None = None


@dataclass(frozen=True, slots=True)
class ResourceReference:
    """A reference to a resource of the stack; ``id`` is None for components and may be UNKNOWN."""

    urn: str
    id: str | Unknown | None = None
    package_version: str = ""


Value = Any
"""A property value; ``Any``, since the type is recursive and the markers are checked by ``isinstance``."""

Properties = dict[str, Value]
"""Property values by wire name."""


_LEAVES: Final = frozenset({str, int, float, bool, type(None)})
_NESTED: Final = (dict, list, Secret)


def plain(value: Value) -> Value:
    """The value with every ``Secret`` unwrapped, at any depth; unknowns stay."""
    if isinstance(value, Secret):
        return plain(value.value)
    if isinstance(value, dict):
        return {key: item if type(item) in _LEAVES else plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [item if type(item) in _LEAVES else plain(item) for item in value]
    return value


def redacted(value: Value) -> Value:
    """The value with every ``Secret`` replaced by the text ``[secret]``: what may be shown or logged."""
    if isinstance(value, Secret):
        return "[secret]"
    if isinstance(value, dict):
        return {key: redacted(item) for key, item in value.items()}
    if isinstance(value, list):
        return [redacted(item) for item in value]
    return value


def walk(value: Value) -> Iterator[Value]:
    """The value and everything in it, outside in; the content of secrets too."""
    yield value
    if isinstance(value, Secret):
        yield from walk(value.value)
    elif isinstance(value, dict):
        for item in value.values():
            yield from walk(item)
    elif isinstance(value, list):
        for item in value:
            yield from walk(item)


def has_unknown(value: Value) -> bool:
    """Whether an unknown stands anywhere in the value."""
    if isinstance(value, Secret):
        return has_unknown(value.value)
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else (value,)
    for item in items:  # any() would make a generator for every list and map
        if type(item) in _LEAVES:
            continue
        if item is UNKNOWN or (isinstance(item, _NESTED) and has_unknown(item)):
            return True
    return False


def has_secret(value: Value) -> bool:
    """Whether a secret stands anywhere in the value."""
    kind = type(value)
    if kind is dict:
        return any(has_secret(item) for item in value.values() if type(item) not in _LEAVES)
    if kind is list:
        return any(has_secret(item) for item in value if type(item) not in _LEAVES)
    return any(isinstance(item, Secret) for item in walk(value))
