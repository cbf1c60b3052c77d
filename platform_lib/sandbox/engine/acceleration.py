"""Lets the Python SDK do less work per resource when the engine that it talks to is in its own process.

Most of the time of a run is the SDK's: four futures and a task for every property of a resource, a stack trace with
source lines for every registration, a URN that only its mocks need, a wait over all outputs for each of them. The
functions here do the same with less. Each stands in for one of the SDK's, serves only programs that run on this engine
and leaves everything else to the original. An SDK without the function that one replaces is left as it is.
"""

# ruff: noqa: SLF001 - this module is about the insides of the SDK

import asyncio
import functools
import sys
import threading
from collections.abc import Awaitable, Callable
from contextvars import ContextVar, copy_context
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any

from platform_lib.sandbox.engine import answers, conversion, exchange, options, outputs

_active: ContextVar[bool] = ContextVar("platform_lib_engine_program", default=False)
_traces: ContextVar[bool] = ContextVar("platform_lib_engine_traces", default=False)
_lock = threading.Lock()
_installed: list[str] = []


def activate(*, traces: bool) -> None:
    """Serves the program of the current context.

    Args:
        traces: somebody reads the stack traces of registrations, so make them in full.
    """
    with _lock:
        if not _installed:
            _install()
    _active.set(True)
    _traces.set(traces)


def installed() -> tuple[str, ...]:
    """The functions of the SDK that have a stand-in."""
    return tuple(_installed)


def _install() -> None:
    from pulumi import ResourceOptions, log
    from pulumi import _utils as utilities
    from pulumi import resource as resources
    from pulumi.output import Output
    from pulumi.runtime import resource, rpc, stack
    from pulumi.runtime.rpc_manager import RPCManager
    from pulumi.runtime.settings import SETTINGS

    if hasattr(Output, "_from_data") and hasattr(SETTINGS, "outputs"):
        _replace(stack, "wait_for_rpcs", _wait_for_rpcs)
        for module, name, make in (
            (rpc, "transfer_properties", outputs.transfer_properties),
            (resource, "resource_output", outputs.resource_output),
            (Output, "__init__", outputs.output_of_parts),
        ):
            _replace(module, name, functools.partial(make, active=_active.get))
        if hasattr(resource, "prepare_resource") and hasattr(resource, "resource_pb2"):
            _replace(rpc, "serialize_properties", functools.partial(exchange.serialize_properties, active=_direct))
            _replace(rpc, "resolve_outputs", functools.partial(answers.resolve_outputs, active=_direct))
            _replace(resource, "resource_pb2", functools.partial(exchange.Protocol, active=_direct))
    _replace(log, "debug", _debug)
    _replace(ResourceOptions, "_copy", functools.partial(options.copy_options, active=_active.get))
    if options.can_merge():
        _replace(ResourceOptions, "merge", functools.partial(options.merge_options, active=_active.get))
    _replace(resources, "collapse_alias_to_urn", functools.partial(options.collapse_alias, active=_active.get))
    _replace(resource, "wrap_with_context", _wrap_with_context)
    _replace(RPCManager, "do_rpc", _do_rpc)
    if hasattr(resource, "_get_source_position_for_frame"):
        _replace(resource, "_get_stack_trace", _get_stack_trace)
    _replace(resource, "create_urn", _create_urn)
    for module, name, make in conversion.stand_ins():
        _replace(module, name, functools.partial(make, active=_active.get))
    kind = getattr(utilities, "ContextProperty", None)
    if kind is not None and hasattr(next(iter(_properties(kind)), None), "_ContextProperty__default"):
        kind.__get__ = _get_context_property
        _installed.append("ContextProperty.__get__")


def _direct() -> bool:
    """Whether registrations go without messages: nobody reads the messages either."""
    return _active.get() and not _traces.get()


def _debug(original: Callable[..., Any]) -> Callable[..., Any]:
    """Debug messages, which the engine drops, are not even made."""

    def debug(*args: Any, **kwargs: Any) -> None:
        if not _active.get():
            original(*args, **kwargs)

    return debug


def _properties(kind: type) -> list[Any]:
    from pulumi.runtime.settings import SETTINGS

    return [value for value in vars(type(SETTINGS)).values() if isinstance(value, kind)]


def _replace(module: ModuleType | type, name: str, make: Callable[[Any], Any]) -> None:
    original = getattr(module, name, None)
    if original is not None:
        stand_in = make(original)
        setattr(module, name, functools.wraps(original)(stand_in) if callable(original) else stand_in)
        _installed.append(name)


def _get_context_property(self: Any, instance: Any, _owner: Any) -> Any:
    """``ContextProperty.__get__`` with one look-up in place of two."""
    value = self._data.get(self._ContextProperty__default)
    if instance is None or isinstance(value, dict):
        return self
    return value


def _wait_for_rpcs(original: Callable[..., Any]) -> Callable[..., Any]:
    """One wait for all outputs at a time in place of one for each that comes in."""
    from pulumi.runtime.settings import SETTINGS, _get_rpc_manager

    async def wait_for_rpcs(await_all_outstanding_tasks: bool = True) -> None:
        if not _active.get():
            await original(await_all_outstanding_tasks)
            return
        manager = _get_rpc_manager()
        while True:
            await asyncio.sleep(0)  # what was registered just now is among the calls after one turn of the loop
            while manager.rpcs:
                error = await _failure(manager.rpcs.pop())
                if error is not None and manager.unhandled_exception is not None:
                    raise error from manager.unhandled_exception.with_traceback(manager.exception_traceback)
                if error is not None:
                    raise error
            if manager.unhandled_exception is not None:
                raise manager.unhandled_exception.with_traceback(manager.exception_traceback)
            while await_all_outstanding_tasks and SETTINGS.outputs:
                pending = list(SETTINGS.outputs)
                SETTINGS.outputs.clear()
                done, waiting = await asyncio.wait(pending, return_when=asyncio.FIRST_EXCEPTION)
                SETTINGS.outputs.update(waiting)
                for output in done:
                    output.result()
            await asyncio.sleep(0)
            if not manager.rpcs and not (await_all_outstanding_tasks and SETTINGS.outputs):
                return

    return wait_for_rpcs


async def _failure(call: Awaitable[Any]) -> Exception | None:
    """Why a call failed, if it did: registrations answer with it, other calls raise it."""
    try:
        result = await call
    except Exception as error:  # noqa: BLE001 - the caller raises it
        return error
    return result if isinstance(result, Exception) else None


def _do_rpc(original: Callable[..., Any]) -> Callable[..., Any]:
    """One task for a registration in place of two: nobody asks what became of it but the wait at the end."""

    def do_rpc(self: Any, name: str, rpc_function: Callable[..., Any]) -> Callable[..., Any]:
        if name != "register resource" or not _active.get():
            return original(self, name, rpc_function)  # type: ignore[no-any-return]  # the SDK's own answer

        async def rpc_wrapper() -> Exception | None:  # the name by which the SDK knows what to wait for
            try:
                await rpc_function()
            except Exception as error:  # noqa: BLE001 - handed on to the wait at the end
                if self.unhandled_exception is None:
                    self.unhandled_exception, self.exception_traceback = error, sys.exc_info()[2]
                return error
            return None

        def start() -> "asyncio.Task[Exception | None]":
            task = asyncio.get_event_loop().create_task(rpc_wrapper())
            self.rpcs.append(task)
            return task

        return start

    return do_rpc


def _wrap_with_context(original: Callable[..., Any]) -> Callable[..., Any]:
    """A call in the context of now; OpenTelemetry's context is a part of it."""

    def wrap_with_context(function: Callable[..., Any]) -> Callable[..., Any]:
        return functools.partial(copy_context().run, function) if _active.get() else original(function)

    return wrap_with_context


_INITIALISERS = 3
"""A resource's own class, the base class of its kind and ``Resource``: the caller of the first is the user's code."""


def _get_stack_trace(original: Callable[..., Any]) -> Callable[..., Any]:
    """The frame of the user's code, which is all that the engine reads of it."""
    from pulumi.runtime.proto import source_pb2

    def get_stack_trace() -> Any:
        if not _active.get() or _traces.get():
            return original()
        frame: FrameType | None = sys._getframe(1)
        seen = 0
        while frame is not None:
            if frame.f_code.co_name == "__init__":
                seen += 1
                if seen == _INITIALISERS:
                    break
            frame = frame.f_back
        caller = frame.f_back if frame is not None else None
        return at("", 0) if caller is None else at(caller.f_code.co_filename, caller.f_lineno)

    @functools.lru_cache(maxsize=4096)
    def at(filename: str, line: int) -> Any:
        """The trace of one frame; registrations only read it, so those of one line share it."""
        if not filename:
            return source_pb2.StackTrace()
        uri = _uri(filename)
        position = source_pb2.SourcePosition(uri=uri, line=line) if uri else None
        return source_pb2.StackTrace(frames=[source_pb2.StackFrame(pc=position)])

    return get_stack_trace


def _uri(filename: str) -> str:
    """The address of a source file, empty for code that comes from none."""
    path = Path(filename)
    return path.as_uri() if path.is_absolute() else ""


class _Nothing:
    """Stands for an output that nobody reads."""

    async def future(self, _with_unknowns: bool | None = None) -> None:
        """No value."""


def _create_urn(original: Callable[..., Any]) -> Callable[..., Any]:
    """Registrations make a URN for the case that there is no monitor; here there is one."""

    def create_urn(*args: Any, **kwargs: Any) -> Any:
        if _active.get() and sys._getframe(1).f_code.co_name in {"do_register", "do_read"}:
            return _Nothing()
        return original(*args, **kwargs)

    return create_urn
