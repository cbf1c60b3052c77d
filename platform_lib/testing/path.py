"""Property paths: ``versioning.enabled``, ``ingress[0].cidrBlocks``, ``tags["a.b"]``."""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from platform_lib.core.errors import near
from platform_lib.core.values import Secret
from platform_lib.testing.errors import ExpectationError

_PART: Final = re.compile(r"""(?:^|\.)(?P<name>[^.\[\]"]+)|\[(?P<index>\d+)\]|\["(?P<key>[^"]+)"\]""")
_SIMPLE: Final = re.compile(r'[^.\[\]"]+')


class Missing:
    """Stands for a property that is not there."""

    def __repr__(self) -> str:
        return "nothing"


MISSING: Final = Missing()


def parse(path: str) -> list[str | int]:
    """The names and indices of a path.

    Raises:
        ExpectationError: it is not a path.
    """
    parts: list[str | int] = []
    end = 0
    for match in _PART.finditer(path):
        if match.start() != end:
            break
        end = match.end()
        parts.append(int(match["index"]) if match["index"] is not None else match["name"] or match["key"])
    if end != len(path) or not path:
        raise ExpectationError(
            f"property path '{path}': is not one; write it like versioning.enabled or ingress[0].fromPort"
        )
    return parts


def join(path: str, part: str | int) -> str:
    """The path of something within."""
    if isinstance(part, int):
        return f"{path}[{part}]"
    if not _SIMPLE.fullmatch(part):
        return f'{path}["{part}"]'
    return f"{path}.{part}" if path else part


def find(properties: Mapping[str, Any], path: str) -> Any:
    """What stands at a path, ``MISSING`` where nothing does."""
    value: Any = properties
    for part in parse(path):
        if isinstance(part, int):
            if not isinstance(value, list) or part >= len(value):
                return MISSING
            value = value[part]
        elif isinstance(value, Mapping) and part in value:
            value = value[part]
        else:
            return MISSING
    return value


def hint(properties: Mapping[str, Any], path: str) -> str:
    """What to say about a path that leads nowhere: a near name, else what there is."""
    value: Any = properties
    for part in parse(path):
        if isinstance(value, Mapping) and part not in value:
            names = sorted(value)
            return near(str(part), names) or (f"there is {', '.join(names)}" if names else "nothing is set")
        if isinstance(value, list) and (not isinstance(part, int) or part >= len(value)):
            return f"there are {len(value)} items" if isinstance(part, int) else "give an index, as in [0]"
        if not isinstance(value, Mapping | list):
            return "nothing is below it"
        value = value[part]  # type: ignore[index]  # a name for a map, an index for a list: seen above
    return ""


def secret_paths(properties: Mapping[str, Any]) -> frozenset[str]:
    """The paths of the secrets in properties; what is within a secret is not told apart."""
    return frozenset(_secrets(properties, ""))


def _secrets(value: Any, path: str) -> Iterator[str]:
    if isinstance(value, Secret):
        yield path
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _secrets(item, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _secrets(item, join(path, index))


def leaves(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """Every scalar in a value with its path."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from leaves(item, join(path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, join(path, index))
    else:
        yield path, value


def covers(paths: frozenset[str], path: str) -> bool:
    """Whether a path is one of those, or lies within one."""
    return any(path == item or path.startswith((f"{item}.", f"{item}[")) for item in paths)


def touches(paths: frozenset[str], path: str) -> bool:
    """Whether a path is one of those, lies within one, or holds one."""
    return covers(paths, path) or any(item.startswith((f"{path}.", f"{path}[")) for item in paths)
