"""Lists and maps that cannot be changed but compare, print and serialise like any others."""

from collections.abc import Mapping
from typing import Any, NoReturn

from platform_lib.core.values import Secret


def _refuse(*_args: object, **_kwargs: object) -> NoReturn:
    raise TypeError("a graph is what a program did and cannot be changed; copy the value to work on it")


class FrozenList(list[Any]):
    """A list that refuses every change."""

    __slots__ = ()
    append = extend = insert = remove = pop = clear = sort = reverse = _refuse
    __setitem__ = __delitem__ = __iadd__ = __imul__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # a list cannot be hashed, this one never changes
        return hash(tuple(self))


class FrozenDict(dict[str, Any]):
    """A map that refuses every change."""

    __slots__ = ()
    update = pop = popitem = clear = setdefault = _refuse
    __setitem__ = __delitem__ = __ior__ = _refuse

    def __hash__(self) -> int:  # type: ignore[override]  # a dict cannot be hashed, this one never changes
        return hash(frozenset(self.items()))


def frozen(value: Any) -> Any:
    """The value with every list and map in it frozen and every secret unwrapped."""
    if isinstance(value, Secret):
        return frozen(value.value)
    if isinstance(value, Mapping):
        return FrozenDict({key: frozen(item) for key, item in value.items()})
    if isinstance(value, list | tuple):
        return FrozenList([frozen(item) for item in value])
    return value
