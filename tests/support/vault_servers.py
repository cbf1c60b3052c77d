"""The servers that ``VaultCluster`` plans, run for real on loopback from the very configuration that it renders.

Only the seal, the addresses of listeners and paths are swapped; ``swapped_in`` tells what differs.
"""

import contextlib
import copy
import json
import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from support.authority import Authority
from support.openbao import BINARY, Client, Server, free_ports, start, wait_until
from support.token_reviews import TokenReviews, token_reviews

Document = dict[str, Any]

DRILLS = 3
"""How many drills can run at a time."""

_RENDER = """
import json, sys
import platform_lib
from platform_lib.components.vault.args import VaultClusterArgs
from platform_lib.components.vault.cluster_maker import script
from platform_lib.components.vault.plan import plan_vault
from platform_lib.components.vault.planning import configuration, initialisation, pods

asked = json.load(sys.stdin)
plan = plan_vault(asked["name"], VaultClusterArgs(**asked["args"]), subject="VaultCluster")
names = ["start", "rotate", "snapshot", "drill"]
json.dump(
    {
        "library": platform_lib.__file__,
        "server": configuration.server(plan, asked["seal_key"]),
        "drill": configuration.drill(plan, asked["seal_key"]),
        "initialise": initialisation.initialise(plan),
        "env": pods.server_env(plan),
        "nodes": [[node.pod, node.host] for node in plan.nodes],
        "tls_names": list(plan.tls_names),
        "scripts": {name: script(name) for name in names},
    },
    sys.stdout,
)
"""


def rendered(library: Path, name: str, args: Mapping[str, Any]) -> Document:
    """What a library that lies in a folder renders of arguments, all plain.

    Args:
        library: the folder, which comes before everything else on the path.
        name: of the component.
        args: of ``VaultCluster``, as JSON takes them.
    """
    asked = {"name": name, "args": dict(args), "seal_key": "arn:aws:kms:eu-west-1:111122223333:key/seal"}
    done = subprocess.run(
        [sys.executable, "-c", _RENDER],
        input=json.dumps(asked),
        cwd=library,
        env={"PATH": os.environ["PATH"], "PYTHONPATH": str(library)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: Document = json.loads(done.stdout)
    assert Path(found["library"]).is_relative_to(library), "not the library that was asked"
    return found


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of a document by its path, such as ``listener[0].tcp.address``."""
    if isinstance(value, dict):
        return {key: leaf for name, item in value.items() for key, leaf in leaves(item, f"{path}.{name}").items()}
    if isinstance(value, list):
        return {key: leaf for at, item in enumerate(value) for key, leaf in leaves(item, f"{path}[{at}]").items()}
    return {path.removeprefix("."): value}


def differences(one: Any, other: Any) -> set[str]:
    """Paths of the leaves that are not the same in two documents."""
    left, right = leaves(one), leaves(other)
    return {path for path in left.keys() | right.keys() if left.get(path, ...) != right.get(path, ...)}


@dataclass(frozen=True)
class Ports:
    """The two ports of a node on loopback."""

    api: int
    cluster: int

    @property
    def address(self) -> str:
        """URL of its API."""
        return f"https://127.0.0.1:{self.api}"


class Loopback:
    """The documents of rendered servers, for nodes on loopback with folders of their own."""

    def __init__(
        self, documents: Document, root: Path, ports: list[Ports], reviews: str, transit: Client | None = None
    ) -> None:
        self._documents = documents
        self._transit = transit
        self._root = root
        self._ports = ports
        self._reviews = reviews
        self.pods = [pod for pod, _ in documents["nodes"]]

    def folder(self, pod: str) -> Path:
        """The folder of a node, which stands for the home of its image."""
        return self._root / pod

    def server(self, pod: str) -> Document:
        """``server.json`` of a node."""
        found = self._on_disk(self._documents["server"], pod)
        ports = self._ports[self.pods.index(pod)]
        listener = found["listener"][0]["tcp"]
        listener["address"] = f"127.0.0.1:{ports.api}"
        listener["cluster_address"] = f"127.0.0.1:{ports.cluster}"
        for join, other in zip(found["storage"]["raft"]["retry_join"], self._ports, strict=False):
            join["leader_api_addr"] = other.address
        return self._sealed(found)

    def drill(self, pod: str, number: int = 1) -> Document:
        """``drill.json``, with folders and ports of its own for each of several drills at a time."""
        found = self._sealed(self._on_disk(self._documents["drill"], pod))
        ports = self._ports[-number]
        api, internal = f"127.0.0.1:{ports.api}", f"127.0.0.1:{ports.cluster}"
        found["listener"][0]["tcp"] |= {"address": api, "cluster_address": internal}
        return {**found, "api_addr": f"https://{api}", "cluster_addr": f"https://{internal}"}

    def drill_address(self, number: int) -> str:
        """URL of the server of a drill."""
        return self._ports[-number].address

    def initialise(self, pod: str) -> Document:
        """``initialise.json``."""
        return self._on_disk(self._documents["initialise"], pod)

    def env(self, pod: str) -> dict[str, str]:
        """The environment of a node: names of pods become what they are on loopback."""
        ports = self._ports[self.pods.index(pod)]
        found: dict[str, str] = {}
        for entry in self._documents["env"]:
            value = pod if "valueFrom" in entry else entry["value"].replace("$(POD_NAME)", pod)
            for (_, host), other in zip(self._documents["nodes"], self._ports, strict=False):
                value = value.replace(f"{host}:8200", f"127.0.0.1:{other.api}")
                value = value.replace(f"{host}:8201", f"127.0.0.1:{other.cluster}")
            found[entry["name"]] = self._path(value, pod)
        assert f"127.0.0.1:{ports.api}" in found["BAO_API_ADDR"]
        return {**found, "COMMAND": str(BINARY), "KUBERNETES_HOST": self._reviews}

    def _path(self, value: str, pod: str) -> str:
        """A path of the container as a path of the node's folder."""
        if value.startswith("/var/run/secrets/"):
            return str(self.folder(pod) / "account" / Path(value).name)
        if value.endswith("/audit.log"):
            return "audit/audit.log"  # the same on all nodes, or none of them leads; each runs in its own folder
        return re.sub(r"^/openbao\b", str(self.folder(pod)), value)

    def _on_disk(self, document: Document, pod: str) -> Document:
        def moved(value: Any) -> Any:
            if isinstance(value, dict):
                return {key: moved(item) for key, item in value.items()}
            if isinstance(value, list):
                return [moved(item) for item in value]
            return self._path(value, pod) if isinstance(value, str) else value

        found: Document = moved(copy.deepcopy(document))
        return found

    def _sealed(self, document: Document) -> Document:
        """With a static seal, which needs neither AWS nor its plugin; a transit seal asks the server that is given."""
        if self._transit is not None:
            document["seal"][0]["transit"]["address"] = self._transit.address
            return document
        kept = {name: value for name, value in document.items() if not name.startswith("plugin")}
        key = f"file://{self._root / 'seal.key'}"
        return {**kept, "seal": [{"static": {"current_key_id": "1", "current_key": key}}]}


@dataclass
class VaultServers:
    """Running servers.

    Attributes:
        nodes: by the name of their pod.
        reviews: tokens of service accounts that they take.
        root: folder with everything that they have.
    """

    nodes: dict[str, Server]
    reviews: TokenReviews
    loopback: Loopback
    root: Path
    scripts: Path

    def client(self, namespace: str, account: str, role: str, pod: str | None = None) -> Client:
        """A client with the token of a service account that logged in."""
        to = self.nodes[pod or self.leader()].client
        return to.logged_in("auth/platform/login", role=role, jwt=self.reviews.token(namespace, account))

    def leader(self) -> str:
        """The node that leads; waits for one."""
        return wait_until(self._leader, "a leader")

    def _leader(self) -> str | None:
        for pod, server in self.nodes.items():
            if server.is_running and server.client.read("sys/leader").get("is_self"):
                return pod
        return None

    def run(self, name: str, expect: int = 0, **env: str) -> str:
        """Runs one of the scripts that containers run; answers what it says."""
        done = subprocess.run(
            ["timeout", "--signal=KILL", "120", "sh", str(self.scripts / f"{name}.sh")],
            env={"PATH": os.environ["PATH"], "COMMAND": str(BINARY), "PREFIX": "BAO", **env},
            cwd=env["FOLDER"],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, f"{name}.sh: exit {done.returncode}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def run_for_a_moment(self, name: str, done: Callable[[], bool], **env: str) -> None:
        """Runs one of the scripts that never end until something is done."""
        command = ["timeout", "--signal=KILL", "60", "sh", str(self.scripts / f"{name}.sh")]
        process = subprocess.Popen(
            command, env={"PATH": os.environ["PATH"], "EVERY_SECONDS": "1", **env}, start_new_session=True
        )
        try:
            wait_until(done, f"{name}.sh")
        finally:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    def lose_volume(self, pod: str) -> None:
        """Ends a node and takes its data away."""
        self.nodes[pod].end()
        shutil.rmtree(self.loopback.folder(pod) / "data")
        (self.loopback.folder(pod) / "data").mkdir()


@contextlib.contextmanager
def vault_servers(documents: Document, root: Path, transit: Client | None = None) -> Iterator[VaultServers]:
    """The servers of rendered documents, all started at the same time.

    Args:
        documents: of ``rendered``.
        root: an empty folder.
        transit: other servers that unseal these, with the token for it; None for a static seal.
    """
    (root / "seal.key").write_bytes(secrets.token_bytes(32))
    authority = Authority(root)
    certificate, key = authority.issue("server", documents["tls_names"])
    scripts = root / "scripts"
    scripts.mkdir()
    for name, text in documents["scripts"].items():
        (scripts / f"{name}.sh").write_text(text, encoding="utf-8")
    with contextlib.ExitStack() as stack:
        count = len(documents["nodes"]) + DRILLS
        numbers = stack.enter_context(free_ports(2 * count))
        ports = [Ports(*numbers[2 * at : 2 * at + 2]) for at in range(count)]
        reviews = stack.enter_context(token_reviews(certificate, key))
        loopback = Loopback(documents, root, ports, reviews.address, transit)
        nodes = {}
        for pod, at in zip(loopback.pods, ports, strict=False):
            folder = loopback.folder(pod)
            furnish(folder, authority.file, certificate, key)
            _write(folder / "config", "server.json", loopback.server(pod))
            _write(folder / "config", "initialise.json", loopback.initialise(pod))
            if transit is not None:
                (folder / "seal").mkdir()
                (folder / "seal" / "token").write_text(transit.token, encoding="utf-8")
            client = Client(at.address, ca=authority.file)
            command = ["sh", str(scripts / "start.sh")]
            nodes[pod] = stack.enter_context(start(command, client, folder, loopback.env(pod)))
        yield VaultServers(nodes, reviews, loopback, root, scripts)


def furnish(folder: Path, authority: Path, certificate: Path, key: Path) -> None:
    """Makes the folders of a node, with what the secrets of its pod would hold."""
    for name in ("config", "data", "audit", "run", "tls", "authority", "account"):
        (folder / name).mkdir(parents=True)
    shutil.copy(authority, folder / "authority" / "ca.crt")
    shutil.copy(authority, folder / "account" / "ca.crt")
    shutil.copy(certificate, folder / "tls" / "tls.crt")
    shutil.copy(key, folder / "tls" / "tls.key")


def _write(folder: Path, name: str, document: Document) -> None:
    (folder / name).write_text(json.dumps(document), encoding="utf-8")


def retried(call: Callable[[], Any], what: str) -> Any:
    """What a call answers once it is answered: while a leader is chosen servers refuse."""
    return wait_until(lambda: (call(),), what)[0]
