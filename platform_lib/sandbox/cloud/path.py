"""Property paths as Pulumi writes them: ``tags.Name``, ``ingress[0].fromPort``, ``labels["kubernetes.io/name"]``."""

import functools
import json
import re
from typing import Any

from platform_lib.core.errors import CloudError

Segment = str | int
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")
_INDEX = re.compile(r"\[(\d+|\*)\]")
_QUOTED = re.compile(r'\["((?:[^"\\]|\\.)*)"\]')
_WORD = re.compile(r"[^.\[\]]+")
STAR = "*"
MISSING = object()


def join(path: str, segment: Segment) -> str:
    """The path one step further down."""
    if isinstance(segment, int):
        return f"{path}[{segment}]"
    if _PLAIN.fullmatch(segment):
        return f"{path}.{segment}" if path else segment
    return f"{path}[{json.dumps(segment)}]"


@functools.lru_cache(maxsize=8192)
def parse(path: str) -> tuple[Segment, ...]:
    """The steps of a path; ``[*]`` becomes ``"*"``.

    Raises:
        CloudError: the text is no property path.
    """
    segments: list[Segment] = []
    position = 0
    while position < len(path):
        if path[position] == "." and segments:
            position += 1
            if position >= len(path) or path[position] in ".[":
                raise CloudError(
                    f"property path: misplaced dot, got '{path}'; write it as 'tags.Name' or 'ingress[0].fromPort'"
                )
        if match := _INDEX.match(path, position):
            segments.append(STAR if match[1] == STAR else int(match[1]))
        elif match := _QUOTED.match(path, position):
            segments.append(json.loads(f'"{match[1]}"'))
        elif match := _WORD.match(path, position):
            segments.append(match[0])
        else:
            raise CloudError(
                f"property path: not readable, got '{path}'; write it as 'tags.Name' or 'ingress[0].fromPort'"
            )
        position = match.end()
    return tuple(segments)


def covers(rule: tuple[Segment, ...], changed: tuple[Segment, ...]) -> bool:
    """Whether a rule speaks of a changed path: equal, or one a prefix of the other; ``*`` is any step."""
    return all(a in (b, STAR) or b == STAR for a, b in zip(rule, changed, strict=False))


def get(value: Any, path: str) -> Any:
    """The value at the path, or ``MISSING``."""
    for segment in parse(path):
        if (isinstance(segment, int) and isinstance(value, list) and segment < len(value)) or (
            isinstance(value, dict) and segment in value
        ):
            value = value[segment]  # type: ignore[index]  # the segment fits the container, as just tested
        else:
            return MISSING
    return value


def put(value: Any, path: str, new: Any) -> Any:
    """A copy of the value with ``new`` at the path; ``MISSING`` removes what is there.

    Missing dicts on the way are made.

    Raises:
        CloudError: an index that does not exist, or a step into something that is no dict or list.
    """
    return _put(value, parse(path), new, path)


def _put(value: Any, segments: tuple[Segment, ...], new: Any, path: str) -> Any:
    if not segments:
        return new
    head, rest = segments[0], segments[1:]
    if isinstance(head, int):
        if not isinstance(value, list) or head > len(value):
            raise CloudError(f"property path: no element {head} to change, got '{path}'")
        items = list(value)
        item = _put(items[head] if head < len(items) else None, rest, new, path)
        if item is MISSING:
            items[head : head + 1] = []
        else:
            items[head : head + 1] = [item]
        return items
    if value is None:
        value = {}
    if not isinstance(value, dict):
        raise CloudError(f"property path: '{head}' is not within an object, got '{path}'")
    item = _put(value.get(head), rest, new, path)
    changed = dict(value)
    if item is MISSING:
        changed.pop(head, None)
    else:
        changed[head] = item
    return changed
