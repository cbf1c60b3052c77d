"""One process, one loopback port a package: what the stock CLI attaches to."""

import asyncio
import gc
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from types import TracebackType

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from platform_lib.core.errors import CloudError
from platform_lib.sandbox.protocol import Providers
from platform_lib.sandbox.provider.servicer import SandboxServicer

_NO_LIMIT = -1
_OPTIONS = (
    ("grpc.max_receive_message_length", _NO_LIMIT),
    ("grpc.max_send_message_length", _NO_LIMIT),
    ("grpc.so_reuseport", 0),
)
"""The engine sends whole resources and whole assets; two servers must not share a port by chance."""
_WORKERS = 2
"""Threads a package that answer calls: one computes while the message of the next call comes in. More of them only take
the interpreter from each other (``benchmarks/provider.py``)."""

_COLLECTED_AFTER = (100_000, 50, 100)
_SWITCH_SECONDS = 0.05


@contextmanager
def _serving() -> Iterator[None]:
    """Settings of the interpreter for a process that answers short calls, put back at the end.

    Calls make many objects and leave no cycles, so that looking for some after every 700 costs time for nothing; and a
    thread that is interrupted within a call only makes its answer later. Together they are a tenth of a call.
    """
    thresholds, interval = gc.get_threshold(), sys.getswitchinterval()
    gc.set_threshold(*_COLLECTED_AFTER)
    sys.setswitchinterval(_SWITCH_SECONDS)
    try:
        yield
    finally:
        gc.set_threshold(*thresholds)
        sys.setswitchinterval(interval)


class ProviderServer:
    """Serves packages of the sandbox cloud on loopback, while the block runs.

    Args:
        providers: the cloud.
        versions: the packages to serve and the versions to show for them.
        ports: fixed ports by package; 0 or absent takes any free one.

    Raises:
        CloudError: on entering, when a port cannot be had.
    """

    def __init__(
        self, providers: Providers, versions: Mapping[str, str], ports: Mapping[str, int] | None = None
    ) -> None:
        self._providers = providers
        self._versions = dict(versions)
        self._wanted = dict(ports or {})
        self._servers: list[grpc.Server] = []
        self._settings = ExitStack()
        self.ports: dict[str, int] = {}

    async def __aenter__(self) -> "ProviderServer":
        try:
            for package, version in self._versions.items():
                self._serve(package, version)
        except BaseException:
            await self.stop()
            raise
        self._settings.enter_context(_serving())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.stop()

    def _serve(self, package: str, version: str) -> None:
        workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix=f"sandbox-{package}")
        server = grpc.server(workers, options=_OPTIONS)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(
            SandboxServicer(self._providers, package, version), server
        )
        wanted = self._wanted.get(package, 0)
        try:
            port = server.add_insecure_port(f"127.0.0.1:{wanted}")
        except RuntimeError as error:
            raise CloudError(
                f"sandbox serve: port of {package}: cannot be opened on loopback, got {wanted}; "
                "stop what listens there or leave the port out to take a free one"
            ) from error
        self._servers.append(server)
        server.start()
        self.ports[package] = port

    async def stop(self) -> None:
        """Stops every server; calls under way get a second to end."""
        self._settings.close()
        servers, self._servers = self._servers, []
        ended = [server.stop(grace=1.0) for server in servers]
        for each in ended:
            await asyncio.to_thread(each.wait)

    @property
    def environment(self) -> dict[str, str]:
        """What the stock CLI needs in its environment to use these servers and to fetch no plugin."""
        return {
            "PULUMI_DEBUG_PROVIDERS": ",".join(f"{package}:{port}" for package, port in sorted(self.ports.items())),
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
