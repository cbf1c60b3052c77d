"""Outputs of a resource's properties that are made when somebody asks for them.

A resource has an Output for each of its properties, some 25 of them, of which a program reads a few. The SDK makes four
futures and a task for every one, and waits for all of them at the end. Here the properties of a resource are settled
together, and an Output gets its future, and its value, when it is first awaited. At the end nothing has to be waited
for: whoever awaits an Output waits for it, and a registration that fails is known by itself.
"""

# ruff: noqa: SLF001 - this module is about the insides of the SDK

import asyncio
import functools
from collections.abc import Callable, Iterator, Mapping
from types import CoroutineType
from typing import Any, Final

from pulumi.output import Output, _OutputData
from pulumi.runtime import rpc, settings

Resolver = Callable[..., None]
"""Settles one property: value, known, secret, dependencies, failure."""
Find = Callable[[str], Any]
"""The value of a property by name, ``MISSING`` where there is none; secrets as the SDK marks them."""
MISSING: Final[Any] = object()
"""Stands for the value of a property that has none."""


class PropertyOutput(Output[Any]):
    """The Output of one property."""

    # All are set before anything is asked: what an Output lacks it takes for a property of its value.
    __slots__ = ("_held", "_name", "_source")
    _held: "asyncio.Future[_OutputData[Any]] | None"
    _name: str
    _source: "PropertyOutputs"

    @property
    def _data(self) -> "asyncio.Future[_OutputData[Any]]":  # type: ignore[override]  # an attribute of the SDK's
        future = self._held
        if future is None:
            self._held = future = self._source.future(self._name)
        return future


class PropertyOutputs(Mapping[str, Resolver]):
    """The properties of one resource: to the SDK a map of what settles them, by name.

    Args:
        resource: whose they are; gets an Output for each.
        names: of the properties.
    """

    __slots__ = ("_failed", "_loop", "_names", "_resource", "_settled", "_single", "_waiting")

    def __init__(self, resource: Any, names: list[str]) -> None:
        self._resource = resource
        self._names = dict.fromkeys(names)
        self._loop = asyncio.get_event_loop()
        self._settled: tuple[Find, bool, bool] | None = None
        self._single: dict[str, _OutputData[Any]] = {}
        self._failed: dict[str, Exception] = {}
        self._waiting: dict[str, asyncio.Future[_OutputData[Any]]] = {}
        values, new = resource.__dict__, object.__new__
        for name in names:
            output = new(PropertyOutput)
            output._source, output._name, output._held = self, name, None
            values[name] = output

    def __getitem__(self, name: str) -> Resolver:
        if name not in self._names:
            raise KeyError(name)
        return functools.partial(self._resolve, name)

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)

    def future(self, name: str) -> "asyncio.Future[_OutputData[Any]]":
        """A future of the property, done if the property is settled."""
        future: asyncio.Future[_OutputData[Any]] = self._loop.create_future()
        if name in self._failed:
            future.set_exception(self._failed[name])
        elif name in self._single:
            future.set_result(self._single[name])
        elif self._settled is not None:
            self._fulfil(name, future)
        else:
            self._waiting[name] = future
        return future

    def settle(self, find: Find, *, missing_unknown: bool) -> None:
        """Settles all properties, as ``rpc.resolve_properties`` does one after the other.

        Args:
            find: finds the value of a property; asked when somebody reads it.
            missing_unknown: what has no value is unknown, and not None.
        """
        self._settled = (find, settings.is_dry_run(), missing_unknown)
        for name, future in self._waiting.items():
            self._fulfil(name, future)
        self._waiting.clear()

    def _fulfil(self, name: str, future: "asyncio.Future[_OutputData[Any]]") -> None:
        find, preview, missing_unknown = self._settled or ((lambda _name: MISSING), False, False)
        try:
            value = find(name)
        except Exception as error:  # noqa: BLE001 - handed on to whoever awaits the value
            future.set_exception(error)
            return
        secret = False
        if value is MISSING:
            value, known = None, not preview and not missing_unknown
        else:
            secret = type(value) is dict and rpc.is_rpc_secret(value)
            value = value["value"] if secret else value
            known = not preview or value is not None
        future.set_result(_OutputData({self._resource}, value, known, secret))

    def _resolve(
        self, name: str, value: Any, is_known: bool, is_secret: bool, deps: Any, failed: Exception | None
    ) -> None:
        future = self._waiting.pop(name, None)
        if failed is not None:
            self._failed[name] = failed
            if future is not None:
                future.set_exception(failed)
            return
        data = _OutputData({self._resource, *(deps or ())}, value, is_known, is_secret)
        self._single[name] = data
        if future is not None:
            future.set_result(data)


def transfer_properties(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """Outputs that are made when asked for."""

    def transfer(res: Any, props: Mapping[str, Any], custom: bool) -> Any:
        if not active():
            return original(res, props, custom)
        return PropertyOutputs(res, [name for name in props if name != "urn" and not (name == "id" and custom)])

    return transfer


def resource_output(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """The Output of a resource's URN or id, without being waited for at the end."""

    def make(res: Any) -> Any:
        if not active():
            return original(res)
        future: asyncio.Future[_OutputData[Any]] = asyncio.get_event_loop().create_future()

        def resolve(value: Any, known: bool, secret: bool, failed: Exception | None) -> None:
            if failed is not None:
                future.set_exception(failed)
            else:
                future.set_result(_OutputData({res}, value, known, secret))

        output = object.__new__(Output)
        output._data = future
        return resolve, output

    return make


def output_of_parts(original: Callable[..., Any], active: Callable[[], bool]) -> Callable[..., Any]:
    """An Output of awaitables, as outputs of other stacks are: when one fails, nothing is left of the others.

    Python warns of a coroutine that nobody awaits when it is collected, which may be long after the program has failed.
    """

    def init(self: Any, resources: Any, future: Any, is_known: Any, is_secret: Any = None) -> None:
        if not active():
            original(self, resources, future, is_known, is_secret)
            return

        async def data() -> _OutputData[Any]:
            try:
                return _OutputData(
                    resources if isinstance(resources, set) else await resources,
                    await future,
                    await is_known,
                    await is_secret if is_secret is not None else False,
                )
            finally:
                for part in (resources, future, is_known, is_secret):
                    if isinstance(part, CoroutineType):
                        part.close()

        self._data = asyncio.ensure_future(data())
        self._track()

    return init
