"""Callbacks in process: transforms and hooks are called directly, without the gRPC server that the SDK would start."""

import asyncio
import concurrent.futures
import threading
from collections.abc import Callable
from typing import Any

from pulumi.runtime._callbacks import _CallbackServicer
from pulumi.runtime.proto import resource_pb2

from platform_lib.core.values import Properties
from platform_lib.sandbox import wire
from platform_lib.sandbox.engine.hooks import CallbackError
from platform_lib.sandbox.engine.registration import Transform

InvokeTransform = Callable[[str, Properties, Any], tuple[Properties, Any]]
"""Changes the arguments and options of a look-up: token, arguments, ``TransformInvokeOptions``."""


class InProcessCallbacks(_CallbackServicer):
    """The SDK's register of callbacks, which listens on no port.

    The SDK makes it lazily when a program first registers a callback; the engine puts this one in its place beforehand.

    Args:
        monitor: what callbacks are registered with.
        loop: the program's event loop, on which callbacks run.
    """

    def __init__(self, monitor: Any, loop: asyncio.AbstractEventLoop) -> None:
        # The base class would start a server here; everything else that it sets up is set up below.
        self._callbacks = {}
        self._transforms = {}
        self._state_migrations = {}
        self._monitor = monitor
        self._loop = loop
        self._target = "in-process"
        self._waiting: set[concurrent.futures.Future[bytes]] = set()
        self._stopped = False

    @property
    def used(self) -> bool:
        """Whether the program has registered any callback."""
        return bool(self._callbacks)

    def call(self, token: str, request: bytes) -> bytes:
        """Calls a callback on the program's loop and waits for it; must not be called on the loop's own thread.

        Raises:
            CallbackError: it raised, or there is none with this token.
        """
        callback = self._callbacks.get(token)
        if callback is None:
            raise CallbackError(f"Callback with token {token} not found!")

        async def run() -> bytes:
            message = await callback(request)
            return bytes(message.SerializeToString())

        if self._stopped:
            raise CallbackError(f"Callback with token {token}: the program has ended")
        future = asyncio.run_coroutine_threadsafe(run(), self._loop)
        self._waiting.add(future)
        try:
            return future.result()
        except concurrent.futures.CancelledError as error:
            raise CallbackError(f"Callback with token {token}: the program has ended") from error
        except Exception as error:
            details = self.pretty_error(error)
            raise CallbackError(f"rpc error: code = Unknown desc = Invoke callback {token} error: {details}") from error
        finally:
            self._waiting.discard(future)

    def stop(self) -> None:
        """Ends the wait of every call: the program's loop runs no more."""
        self._stopped = True
        for future in list(self._waiting):
            future.cancel()


class CallbackClient:
    """Calls the program's callbacks for the engine, which waits without holding its lock.

    Args:
        callbacks: the program's callbacks.
        lock: held while the engine works on a call of the program.
    """

    def __init__(self, callbacks: InProcessCallbacks, lock: threading.Lock) -> None:
        self._callbacks = callbacks
        self._lock = lock

    def call(self, token: str, request: bytes) -> bytes:
        """Calls a callback; other calls of the program are served meanwhile."""
        self._lock.release()
        try:
            return self._callbacks.call(token, request)
        finally:
            self._lock.acquire()

    def transform(self, callback: Any) -> Transform:
        """A resource transform of the program."""
        token = callback.token

        def apply(
            name: str, type_: str, custom: bool, parent: str, properties: Properties, options: Any
        ) -> tuple[Properties, Any]:
            request = resource_pb2.TransformRequest(
                name=name, type=type_, parent=parent, custom=custom, properties=wire.encode(properties), options=options
            )
            try:
                answer = self.call(token, request.SerializeToString())
            except CallbackError as error:
                raise CallbackError(f"invoke transform: {error}") from error
            response = resource_pb2.TransformResponse.FromString(answer)
            changed = response.options if response.HasField("options") else options
            if response.HasField("properties"):
                properties = wire.decode(response.properties, keep_outputs=True)
            return properties, changed

        return apply

    def invoke_transform(self, callback: Any) -> InvokeTransform:
        """A transform of look-ups."""
        token = callback.token

        def apply(function: str, args: Properties, options: Any) -> tuple[Properties, Any]:
            request = resource_pb2.TransformInvokeRequest(token=function, args=wire.encode(args), options=options)
            answer = self.call(token, request.SerializeToString())
            response = resource_pb2.TransformInvokeResponse.FromString(answer)
            changed = response.options if response.HasField("options") else options
            if response.HasField("args"):
                args = wire.decode(response.args)
            return args, changed

        return apply
