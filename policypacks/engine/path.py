"""Property paths: ``a.b``, ``a[].b`` (every element), ``a{}.b`` (every value), ``a["x.y"]``, ``a[0]``."""

import re
from functools import lru_cache
from typing import Final

from platform_lib.core.errors import PolicyError


class Every:
    """The step of a path that stands for all elements of a list, or all values of a map."""

    __slots__ = ("mark",)

    def __init__(self, mark: str) -> None:
        self.mark = mark

    def __repr__(self) -> str:
        return self.mark


ELEMENTS: Final = Every("[]")
VALUES: Final = Every("{}")

Step = str | int | Every

_STEP = re.compile(r'\.?([^.\[\]{}"]+)|(\[\])|(\{\})|\[(\d+)\]|\["([^"]+)"\]')


@lru_cache(maxsize=8192)
def parse(path: str) -> tuple[Step, ...]:
    """The steps of a path.

    Raises:
        PolicyError: the text is not a path.
    """
    steps: list[Step] = []
    position = 0
    while position < len(path):
        match = _STEP.match(path, position)
        if match is None:
            raise PolicyError(f"property path '{path}': cannot be read from position {position}; write it like a.b[].c")
        name, elements, values, index, quoted = match.groups()
        if elements:
            steps.append(ELEMENTS)
        elif values:
            steps.append(VALUES)
        elif index:
            steps.append(int(index))
        else:
            steps.append(name or quoted)
        position = match.end()
    return tuple(steps)


_PLAIN = re.compile(r"[A-Za-z0-9_$-]+\Z")


def join(path: str, step: str | int) -> str:
    """The path one step further down."""
    if isinstance(step, int):
        return f"{path}[{step}]"
    if not _PLAIN.match(step):
        return f'{path}["{step}"]'
    return f"{path}.{step}" if path else step
