"""Reading property values honestly: what is absent is said to be absent, what is unknown is never guessed."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

from platform_lib.core.values import UNKNOWN, Secret, has_secret, has_unknown, plain
from policypacks.engine.path import ELEMENTS, Every, join, parse
from policypacks.engine.verdict import Undetermined

if TYPE_CHECKING:
    from policypacks.engine.resource import Resource


class Absent:
    """The one value of a property that is not set; ``None`` counts as absent too."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "ABSENT"

    def __bool__(self) -> bool:
        return False


ABSENT: Final = Absent()


class Node:
    """A value somewhere in a resource's properties.

    Attributes:
        value: plain data, ``UNKNOWN`` or ``ABSENT``; a secret is unwrapped and remembered in ``secret``.
        path: where it stands, for messages.
        secret: whether the value, or anything it stands in, is a secret.
        below: whether it stands below an unknown value, so that nobody can tell if it is there at all.
        root: the resource.
    """

    __slots__ = ("below", "path", "root", "secret", "value")

    root: "Resource"

    def __init__(self, value: Any, path: str, root: "Resource", secret: bool = False, below: bool = False) -> None:
        while isinstance(value, Secret):
            value, secret = value.value, True
        self.value = ABSENT if value is None else value
        self.path = path
        self.secret = secret
        self.below = below
        self.root = root

    def child(self, step: str | int) -> "Node":
        """The value one step down: ``ABSENT`` where there is none, ``UNKNOWN`` below an unknown."""
        value = self.value
        if value is UNKNOWN:
            return Node(UNKNOWN, join(self.path, step), self.root, self.secret, below=True)
        if isinstance(value, dict):
            value = value.get(step, ABSENT)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            value = ABSENT
        return Node(value, join(self.path, step), self.root, self.secret)

    def at(self, path: str) -> "Node":
        """The value at a path without ``[]`` or ``{}``."""
        if not path:
            return self
        value, secret, below = self.value, self.secret, self.below
        for step in _single(path):
            if value is UNKNOWN:
                below = True
                break
            if isinstance(value, dict):
                value = value.get(step, ABSENT)
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                value = ABSENT
            while isinstance(value, Secret):
                value, secret = value.value, True
        where = f"{self.path}.{path}" if self.path and path[0] != "[" else self.path + path
        return Node(value, where, self.root, secret, below)

    def leaves(self, path: str) -> list["Node"]:
        """All values at a path; ``[]`` and ``{}`` fan out. Without those, it is ``at`` in a list.

        Where a list on the way is absent, empty or unknown, one absent or unknown leaf stands for what is not there,
        so the result is never empty. A single object where a list is expected counts as a list of one.
        """
        if "[]" not in path and "{}" not in path:
            return [self.at(path)]
        nodes = [self]
        for step in parse(path):
            if isinstance(step, Every):
                nodes = [item for node in nodes for item in node.spread(step)]
            else:
                nodes = [node.child(step) for node in nodes]
        return nodes

    def spread(self, step: Every = ELEMENTS) -> list["Node"]:
        """The elements of a list or the values of a map; one absent or unknown node where there are none."""
        value = self.value
        if value is UNKNOWN or value is ABSENT:
            return [Node(value, f"{self.path}{step!r}", self.root, self.secret, below=value is UNKNOWN)]
        if isinstance(value, list) and step is ELEMENTS:
            found = [Node(item, f"{self.path}[{index}]", self.root, self.secret) for index, item in enumerate(value)]
        elif isinstance(value, dict) and step is not ELEMENTS:
            found = [Node(item, join(self.path, key), self.root, self.secret) for key, item in value.items()]
        else:
            return [self]
        return found or [Node(ABSENT, f"{self.path}{step!r}", self.root, self.secret)]

    def items(self, path: str = "") -> list["Node"]:
        """The elements of the list at a path, to loop over; none where it is absent.

        Raises:
            Undetermined: the list is not known yet. (A single element may still be unknown.)
        """
        node = self.at(path)
        if node.value is UNKNOWN:
            raise Undetermined(node.path)
        return [] if node.value is ABSENT else [item for item in node.spread() if item.value is not ABSENT]

    def entries(self, path: str = "") -> Iterator[tuple[str, "Node"]]:
        """The keys and values of the map at a path; none where it is absent.

        Raises:
            Undetermined: the map is not known yet.
        """
        node = self.at(path)
        if node.value is UNKNOWN:
            raise Undetermined(node.path)
        if isinstance(node.value, dict):
            for key in node.value:
                yield key, node.child(key)

    def read(self) -> Any:
        """The plain value, secrets unwrapped; None where absent.

        Raises:
            Undetermined: the value, or a part of it, is not known yet.
        """
        value = self.value
        if value is ABSENT:
            return None
        if value is UNKNOWN:
            raise Undetermined(self.path)
        if isinstance(value, dict | list):
            if has_unknown(value):
                raise Undetermined(self.path)
            return plain(value)
        return value

    def get(self, path: str, default: Any = None) -> Any:
        """The plain value at a path, or the default where it is absent.

        Raises:
            Undetermined: the value, or a part of it, is not known yet.
        """
        value = self.at(path).read()
        return default if value is None else value

    def present(self, path: str) -> bool:
        """Whether something is set at a path; an unknown value is set. Empty text, list or map is not.

        Raises:
            Undetermined: something above the path is not known yet.
        """
        return any(node.exists() for node in self.leaves(path))

    def exists(self) -> bool:
        """Whether this value is set: unknown is, absent and empty are not.

        Raises:
            Undetermined: something above it is not known yet.
        """
        if self.below:
            raise Undetermined(self.path)
        return self.value is UNKNOWN or not (self.value is ABSENT or self.value in ("", [], {}))

    def is_secret(self, path: str = "") -> bool:
        """Whether the value at a path is a Pulumi secret, or stands in one, or holds one.

        Raises:
            Undetermined: the engine that asks does not say what is secret.
        """
        if not self.root.facts.secrets:
            raise Undetermined(path or self.path)
        return all(node.secret or has_secret(node.value) for node in self.leaves(path))

    def shown(self) -> str:
        """The value as a message may show it: never a secret, never long."""
        if self.secret or has_secret(self.value):
            return "[secret]"
        if self.value is ABSENT:
            return "nothing"
        text = _json(self.value)
        return text if len(text) <= 80 else f"{text[:77]}..."


@lru_cache(maxsize=8192)
def _single(path: str) -> tuple[str | int, ...]:
    """The steps of a path that stands for one value."""
    steps: list[str | int] = []
    for step in parse(path):
        if isinstance(step, Every):
            raise TypeError(f"'{path}' stands for many values; use leaves(), items() or each()")
        steps.append(step)
    return tuple(steps)


def _json(value: Any) -> str:
    if value is UNKNOWN:
        return "unknown"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {_json(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(_json(item) for item in value) + "]"
    return "null" if value is None else str(value)
