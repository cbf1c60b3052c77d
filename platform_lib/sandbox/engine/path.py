"""Property paths as Pulumi writes them: ``tags.name``, ``rules[0].port``, ``["dotted.key"]``, ``*``."""

from collections.abc import Iterable
from functools import lru_cache

from platform_lib.core.values import Secret, Value

Path = tuple[str | int, ...]
"""Names and indices, outermost first; the name ``*`` stands for all."""


class PathError(ValueError):
    """A text that is not a property path."""


@lru_cache(maxsize=4096)
def parse(text: str) -> Path:
    """Reads a property path.

    Raises:
        PathError: the text is not a path.
    """
    elements: list[str | int] = []
    at, end = 0, len(text)
    if not text or text[0] == ".":
        raise PathError("expected property path to start with a name or index")
    while at < end:
        if text[at] == ".":
            at += 1
            if at == end:
                raise PathError("expected property path to end with a name or index")
        if text[at] == "[":
            element, at = _bracket(text, at)
            elements.append(element)
            continue
        start = at
        while at < end and text[at] not in ".[":
            at += 1
        elements.append(text[start:at])
    return tuple(elements)


def _bracket(text: str, at: int) -> tuple[str | int, int]:
    """The element in brackets at a position, and the position behind it."""
    if text[at + 1 : at + 2] == '"':
        key: list[str] = []
        at += 2
        while True:
            if at >= len(text):
                raise PathError("missing closing quote in property name")
            if text[at] == '"':
                break
            if text[at] == "\\" and text[at + 1 : at + 2] == '"':
                at += 1
            key.append(text[at])
            at += 1
        if text[at + 1 : at + 2] != "]":
            raise PathError("missing closing bracket in property access")
        return "".join(key), at + 2
    close = text.find("]", at)
    if close < 0:
        raise PathError("missing closing bracket in array index")
    inner = text[at + 1 : close]
    if inner == "*":
        return "*", close + 1
    try:
        return int(inner), close + 1
    except ValueError:
        raise PathError(f"invalid array index '{inner}'") from None


def render(path: Iterable[str | int]) -> str:
    """Writes a property path."""
    text = ""
    for index, element in enumerate(path):
        if isinstance(element, int):
            text += f"[{element}]"
        elif all(char.isascii() and (char.isalnum() or char == "_") for char in element):
            text += element if index == 0 else f".{element}"
        else:
            quoted = element.replace('"', '\\"')
            text += f'["{quoted}"]'
    return text


def contains(outer: Path, inner: Path) -> bool:
    """Whether ``inner`` is ``outer`` or lies in it."""
    return len(inner) >= len(outer) and all(
        mine == "*" or (mine == other and type(mine) is type(other)) for mine, other in zip(outer, inner, strict=False)
    )


def get(path: Path, value: Value) -> tuple[Value, bool]:
    """The value at a path, and whether there is one; secrets are not looked into."""
    for element in path:
        if isinstance(element, int):
            if not isinstance(value, list) or not 0 <= element < len(value):
                return None, False
            value = value[element]
        else:
            if not isinstance(value, dict) or element not in value:
                return None, False
            value = value[element]
    return value, True


def _open(value: Value) -> tuple[Value, bool]:
    """What a secret holds, and whether it was one."""
    secret = False
    while isinstance(value, Secret):
        value, secret = value.value, True
    return value, secret


def reset(path: Path, old: Value, new: Value, old_secret: bool = False, new_secret: bool = False) -> bool:
    """Puts the old value at a path back into the new one, in place: how ``ignore_changes`` works.

    Args:
        path: what to put back; a ``*`` means every member that is there.
        old: the old value.
        new: the new value; it is changed, except where ``path`` does not fit.
        old_secret: the old value stands in a secret.
        new_secret: the new value stands in a secret.

    Returns:
        False if the path names an element that only one side has, and that cannot be put back.
    """
    if not path:
        return False
    old, opened = _open(old)
    old_secret = old_secret or opened
    new, opened = _open(new)
    new_secret = new_secret or opened

    def kept(value: Value) -> Value:
        return Secret(value) if old_secret and not new_secret else value

    element, rest = path[0], path[1:]
    if isinstance(element, int):
        return _reset_index(element, rest, old, new, old_secret, new_secret)
    if element == "*":
        return _reset_all(rest, old, new, old_secret, new_secret)
    if not rest:
        if isinstance(old, dict) and element in old:
            if not isinstance(new, dict):
                return False
            new[element] = kept(old[element])
        elif isinstance(new, dict):
            new.pop(element, None)
        return True
    if not isinstance(old, dict) or not isinstance(new, dict):
        return not isinstance(old, dict) and not isinstance(new, dict)
    if element in old and element not in new:
        return False
    if element not in old and element not in new:
        return True
    return reset(rest, old.get(element), new[element], old_secret, new_secret)


def _reset_index(index: int, rest: Path, old: Value, new: Value, old_secret: bool, new_secret: bool) -> bool:
    if index < 0:
        return False
    if not isinstance(old, list) or not isinstance(new, list):
        return not isinstance(old, list) and not isinstance(new, list)
    if index >= len(old) or index >= len(new):
        return not rest and index >= len(old) and index >= len(new)
    if rest:
        return reset(rest, old[index], new[index], old_secret, new_secret)
    new[index] = Secret(old[index]) if old_secret and not new_secret else old[index]
    return True


def _reset_all(rest: Path, old: Value, new: Value, old_secret: bool, new_secret: bool) -> bool:
    def kept(value: Value) -> Value:
        return Secret(value) if old_secret and not new_secret else value

    if not rest:
        if isinstance(new, dict):
            if isinstance(old, dict):
                new.clear()
                new.update({key: kept(value) for key, value in old.items()})
            return True
        if isinstance(new, list):
            if isinstance(old, list):
                for index, value in enumerate(old[: len(new)]):
                    new[index] = kept(value)
                return len(old) == len(new)
            return True
        return False
    if isinstance(old, dict) and isinstance(new, dict):
        return all(key in new and reset(rest, value, new[key], old_secret, new_secret) for key, value in old.items())
    if isinstance(old, list) and isinstance(new, list):
        fits = all(reset(rest, mine, other, old_secret, new_secret) for mine, other in zip(old, new, strict=False))
        return fits and len(old) == len(new)
    return False


def copy_deep(value: Value) -> Value:
    """A copy of the dicts, lists and secrets of a value; everything else is immutable and shared."""
    if isinstance(value, dict):
        return {key: copy_deep(item) for key, item in value.items()}
    if isinstance(value, list):
        return [copy_deep(item) for item in value]
    if isinstance(value, Secret):
        return Secret(copy_deep(value.value))
    return value
