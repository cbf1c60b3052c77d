"""Stand-ins for what the SDK does with the options of every resource.

A resource of a provider's SDK merges its options twice, mostly with options that say nothing, and a URN is put together
for each of its aliases, with some 14 Outputs, of which only the children of the resource would make use.
"""

# ruff: noqa: SLF001 - this module is about the insides of the SDK

import asyncio
from collections.abc import Callable
from typing import Any, Final

from pulumi import Alias, ResourceOptions
from pulumi.output import Output, _OutputData

Original = Callable[..., Any]
Active = Callable[[], bool]

_LISTS: Final = frozenset(
    {
        "additional_secret_outputs", "aliases", "hide_diffs", "ignore_changes", "replace_on_changes", "replace_with",
        "state_migrations", "transformations", "transforms",
    }
)  # fmt: skip
"""Options of which those of both sides count."""
_SINGLE: Final = frozenset(
    {
        "custom_timeouts", "delete_before_replace", "deleted_with", "env_var_mappings", "id", "import_", "parent",
        "plugin_download_url", "protect", "provider", "replacement_trigger", "retain_on_delete", "urn", "version",
    }
)  # fmt: skip
"""Options of which the last that is given counts."""
_OWN: Final = frozenset({"depends_on", "providers", "hooks"})
"""Options that have rules of their own: where one is given the SDK merges."""


def can_merge() -> bool:
    """Whether all options of this SDK are known here."""
    return vars(ResourceOptions()).keys() == _LISTS | _SINGLE | _OWN


def copy_options(original: Original, active: Active) -> Original:
    """A copy without the detour through what pickle needs; every resource makes three."""

    def copy(options: Any) -> Any:
        kind = type(options)
        if kind is not ResourceOptions or not active():
            return original(options)
        copied = object.__new__(kind)
        copied.__dict__.update(options.__dict__)
        return copied

    return copy


def merge_options(original: Original, active: Active) -> Original:
    """A merge that looks only at the options that are given; where there are no hooks it answers None for them."""

    def merge(opts1: Any, opts2: Any) -> Any:
        if type(opts1) is not ResourceOptions or (opts2 is not None and type(opts2) is not ResourceOptions):
            return original(opts1, opts2)
        given, more = opts1.__dict__, opts2.__dict__ if opts2 is not None else {}
        if not active() or any(given.get(name) or more.get(name) for name in _OWN):
            return original(opts1, opts2)
        values = {**given, "depends_on": [], "providers": None, "hooks": None}
        for name, value in more.items():
            if value is None or name in _OWN:
                continue
            before = values[name]
            values[name] = before + value if name in _LISTS and before is not None else value
        merged = object.__new__(ResourceOptions)
        merged.__dict__.update(values)
        return merged

    return merge


class _DeferredOutput(Output[Any]):
    """An Output that is made when somebody asks for it."""

    # Both are set before anything is asked: what an Output lacks it takes for a property of its value.
    __slots__ = ("_begin", "_held")
    _begin: Callable[[], "Output[Any]"]
    _held: "asyncio.Future[_OutputData[Any]] | None"

    @property
    def _data(self) -> "asyncio.Future[_OutputData[Any]]":  # type: ignore[override]  # an attribute of the SDK's
        if self._held is None:
            self._held = asyncio.ensure_future(self._made())  # later: the SDK asks while it holds its lock
        return self._held

    async def _made(self) -> _OutputData[Any]:
        return await self._begin()._data


def collapse_alias(original: Original, active: Active) -> Original:
    """The URN of an alias, put together when a child of the resource needs it."""

    def collapse(alias: Any, name: str, type_: str, parent: Any) -> Any:
        kind = type(alias)
        if not active() or not (kind is str or (kind is Alias and alias.name is not None and alias.type_ is not None)):
            return original(alias, name, type_, parent)
        output = object.__new__(_DeferredOutput)
        output._held, output._begin = None, lambda: original(alias, name, type_, parent)
        return output

    return collapse
