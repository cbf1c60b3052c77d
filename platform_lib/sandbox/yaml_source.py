"""YAML files of Pulumi projects, read as the stock CLI reads them, with the line of every value.

The stock CLI uses go-yaml v3, whose plain scalars are neither those of YAML 1.1 nor those of 1.2: ``yes`` is a text,
but ``0123`` is octal and ``1_000`` a number; a text that looks like a date becomes Go's form of a time (``resolve.go``
there).
"""

import math
import re
from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from platform_lib.core.errors import Finding, SettingsError, reason_of

_WORDS: Final[Mapping[str, Any]] = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
    ".inf": float("inf"), ".Inf": float("inf"), ".INF": float("inf"),
    "+.inf": float("inf"), "+.Inf": float("inf"), "+.INF": float("inf"),
    "-.inf": float("-inf"), "-.Inf": float("-inf"), "-.INF": float("-inf"),
    ".nan": float("nan"), ".NaN": float("nan"), ".NAN": float("nan"),
}  # fmt: skip
_INTEGER: Final = re.compile(r"[-+]?(?:0[xX][0-9a-fA-F]+|0[bB][01]+|0[oO]?[0-7]*|[1-9][0-9]*)")
_FLOAT: Final = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_TIME: Final = re.compile(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[-+]\d\d:\d\d))"
    r"|(?: (\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?))?"
)
_BIGGEST: Final = 2**64 - 1
_SMALLEST: Final = -(2**63)

Place = tuple[str | int, ...]
"""Where a value stands: keys and indices from the top."""


@dataclass(frozen=True, slots=True)
class Source:
    """One file.

    Attributes:
        path: of the file.
        data: its content as plain data; None for an empty file.
        lines: the line of each key and list item, from 1.
    """

    path: Path
    data: Any
    lines: Mapping[Place, int] = field(default_factory=dict)

    def where(self, *place: str | int) -> str:
        """``file:line: key.key[0]`` for messages; the line is that of the nearest enclosing value that has one."""
        line = next((self.lines[place[:size]] for size in range(len(place), 0, -1) if place[:size] in self.lines), 0)
        file = f"{self.path.name}:{line}" if line else self.path.name
        return f"{file}: {shown(place)}" if place else file


def shown(place: Place) -> str:
    """A place as a property path: ``config.a[0].b``."""
    text = ""
    for part in place:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text


def read_yaml(path: Path, *, subject: str) -> Source:
    """Reads a file.

    Args:
        path: of the file; must exist.
        subject: whose it is, for messages.

    Raises:
        SettingsError: it cannot be read or is no YAML; with the line.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise SettingsError(subject, [Finding(str(path), f"cannot be read, got {reason}")]) from error
    return parse_yaml(content, path, subject=subject)


def parse_yaml(content: bytes, path: Path, *, subject: str) -> Source:
    """Reads the content of a file, which may be that of another commit.

    Args:
        content: of the file.
        path: that it has, for messages.
        subject: whose it is, for messages.

    Raises:
        SettingsError: it is no YAML; with the line.
    """
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise SettingsError(subject, [Finding(path.name, "not UTF-8 text", "save it as UTF-8")]) from None
    try:
        node = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        raise SettingsError(subject, [Finding(f"{path.name}:{line}", f"not YAML: {error.problem}")]) from None
    except YAMLError as error:
        raise SettingsError(subject, [Finding(path.name, f"not YAML: {error}")]) from None
    builder = _Builder(path, subject, text)
    data = builder.build(node, ()) if node is not None else None
    return Source(path, data, builder.lines)


class _Builder:
    """Turns nodes into plain data and notes their lines."""

    def __init__(self, path: Path, subject: str, text: str) -> None:
        self.lines: dict[Place, int] = {}
        self._path = path
        self._subject = subject
        self._text = text

    def build(self, node: Node, place: Place) -> Any:
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        if isinstance(node, SequenceNode):
            for index, item in enumerate(node.value):
                self.lines[(*place, index)] = item.start_mark.line + 1
            return [self.build(item, (*place, index)) for index, item in enumerate(node.value)]
        if isinstance(node, MappingNode):
            return self._mapping(node, place)
        raise self._wrong(node, place, "not a value of YAML")

    def _mapping(self, node: MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        merged: dict[str, Any] = {}
        for key_node, value_node in node.value:
            if key_node.value == "<<" and isinstance(key_node, ScalarNode) and not key_node.style:
                sources = value_node.value if isinstance(value_node, SequenceNode) else [value_node]
                for source in reversed(sources):
                    if not isinstance(source, MappingNode):
                        raise self._wrong(source, place, "only maps can be merged with <<")
                    merged.update(self._mapping(source, place))
                continue
            key: Hashable = self._scalar(key_node) if isinstance(key_node, ScalarNode) else None
            if not isinstance(key, str):
                raise self._wrong(key_node, place, f"keys must be texts, got {key_node.value!r}", "quote it")
            if key in result:
                raise self._wrong(key_node, (*place, key), "the key is there twice", "keep one")
            self.lines[(*place, key)] = key_node.start_mark.line + 1
            result[key] = self.build(value_node, (*place, key))
        return {**merged, **result}

    def _scalar(self, node: ScalarNode) -> Any:
        text = str(node.value)
        tagged = self._text.startswith("!!str", node.start_mark.index)
        if tagged or node.style in ("'", '"', "|", ">") or (value := _resolve(text)) is _NOT:
            return text
        return value

    def _wrong(self, node: Node, place: Place, problem: str, remedy: str = "") -> SettingsError:
        where = f"{self._path.name}:{node.start_mark.line + 1}"
        return SettingsError(self._subject, [Finding(f"{where}: {shown(place)}" if place else where, problem, remedy)])


_NOT: Final = object()


def _resolve(text: str) -> Any:
    """The value of a plain scalar, ``_NOT`` for a text."""
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in "+-.0123456789":
        return _NOT
    if (time := _time(text)) is not None:
        return time
    bare = text.replace("_", "")
    if _INTEGER.fullmatch(bare):
        whole = _integer(bare)
        return whole if _SMALLEST <= whole <= _BIGGEST else float(bare)
    if _FLOAT.fullmatch(bare) and math.isfinite(number := float(bare)):
        return number
    return _NOT


def _integer(text: str) -> int:
    sign, digits = (-1, text[1:]) if text[0] == "-" else (1, text.removeprefix("+"))
    if len(digits) > 1 and digits[0] == "0":
        base = {"x": 16, "b": 2, "o": 8}.get(digits[1].lower(), 8)
        return sign * int(digits.lstrip("0xXbBoO") or "0", base) if base != 16 else sign * int(digits, 16)
    return sign * int(digits)


def _time(text: str) -> str | None:
    """The text of a time as Go writes it (``2024-01-02 00:00:00 +0000 UTC``); None for what is no time."""
    if (match := _TIME.fullmatch(text)) is None:
        return None
    year, month, day, *rest = match.groups()
    hour, minute, second, fraction = rest[:4] if rest[0] else rest[5:9]
    zone = rest[4] if rest[0] else None
    try:
        moment = datetime(
            int(year), int(month), int(day), int(hour or 0), int(minute or 0), int(second or 0), tzinfo=UTC
        )
        if zone and zone != "Z":
            offset = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
            moment = moment.replace(tzinfo=timezone(-offset if zone[0] == "-" else offset))
    except ValueError:
        return None
    digits = (fraction or "").rstrip("0")
    stamp = moment.strftime("%Y-%m-%d %H:%M:%S") + (f".{digits}" if digits else "")
    name = "UTC" if moment.utcoffset() == timedelta(0) else moment.strftime("%z")
    return f"{stamp} {moment.strftime('%z')} {name}"
