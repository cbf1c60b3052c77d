"""What OpenBao has, asked of a real server, and how break-glass access works where it has no control groups."""

import json
from collections.abc import Iterator

import pytest

from platform_lib.components.vault_configuration import VaultConfiguration, VaultConfigurationArgs
from platform_lib.components.vault_configuration.capability import (
    AUTH_METHODS,
    DATABASES,
    OPENBAO,
    SECRETS_ENGINES,
    engine_facts,
)
from support.component_stack import ComponentStack
from support.issuers import Issuer, issuer
from support.openbao import BINARY, Client, Refused, free_ports, needs_openbao, start, wait_until
from support.vault_api import Applied, wrapped
from support.vault_configurations import BREAK_GLASS, ROTATED, least_args
from support.vault_configurations import OPENBAO as SERVERS

pytestmark = needs_openbao

NOT_LISTED = {"database", "cubbyhole"}
"""Engines that are part of the server itself and stand in no catalogue."""


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Client, list[str]]]:
    """A server that writes down what it is asked, and a way to read that."""
    folder = tmp_path_factory.mktemp("bao")
    log = folder / "audit.log"
    with free_ports(2) as (port, cluster_port):
        config = {
            "cluster_addr": f"https://127.0.0.1:{cluster_port}",
            "audit": [{"type": "file", "path": "to-file", "options": {"file_path": str(log)}}],
        }
        (folder / "dev.json").write_text(json.dumps(config), encoding="utf-8")
        root = Client(f"http://127.0.0.1:{port}", "root")
        words = [
            str(BINARY),
            "server",
            "-dev",
            f"-dev-listen-address=127.0.0.1:{port}",
            "-dev-no-store-token",
            "-dev-root-token-id=root",
        ]
        with start([*words, f"-config={folder / 'dev.json'}"], root, folder) as server:
            try:
                wait_until(lambda: root.read("sys/mounts").get("data"), "the server")
            except BaseException:
                print(server.told())
                raise
            yield root, _Lines(log)


class _Lines(list[str]):
    def __init__(self, path):
        super().__init__()
        self.path = path

    def __iter__(self):
        return iter(self.path.read_text(encoding="utf-8").splitlines())


def test_the_table_says_what_the_catalogue_of_the_server_says(audited):
    root, _ = audited
    catalogue = root.read("sys/plugins/catalog")["data"]

    def shipped(table):
        return {support.plugin for support in table.values() if OPENBAO in support.engines}

    def missing(table):
        return {support.plugin for support in table.values() if OPENBAO not in support.engines}

    assert shipped(AUTH_METHODS) <= set(catalogue["auth"])
    assert shipped(SECRETS_ENGINES) - NOT_LISTED <= set(catalogue["secret"])
    assert shipped(DATABASES) <= set(catalogue["database"])
    assert not missing(AUTH_METHODS) & set(catalogue["auth"])
    assert not missing(SECRETS_ENGINES) & set(catalogue["secret"])
    assert not missing(DATABASES) & set(catalogue["database"])
    root.write("sys/mounts/users", type="database")  # not in the catalogue, and there
    root.delete("sys/mounts/users")


def test_control_groups_are_there_when_the_table_says_so(audited):
    root, _ = audited
    version = root.read("sys/health")["version"]
    assert engine_facts("openbao", version).has_control_groups
    paths = root.read("sys/internal/specs/openapi")["paths"]
    assert "/sys/control-group/authorize" in paths


@pytest.fixture(scope="module")
def split(audited):
    """Break-glass access as servers without control groups have it."""
    root, lines = audited
    with issuer() as local:
        stack = ComponentStack(cloud="vault")
        args = least_args(
            "prod",
            vault={**SERVERS, "engine_version": "2.6.2"},
            auth={
                "jwt": [
                    {
                        "issuer": local.url,
                        "public_keys": [local.public_key],
                        "roles": [
                            {
                                "name": "people",
                                "policies": ["nothing"],
                                "audiences": ["vault"],
                                "claims": {"staff": "yes"},
                                "groups_claim": "groups",
                            }
                        ],
                    }
                ]
            },
            policies=[{"name": "nothing", "rules": [{"path": "kv/data/none", "capabilities": ["read"]}]}],
            groups=[{"name": "on-call", "auth": "jwt"}, {"name": "leads", "auth": "jwt"}],
            break_glass={**BREAK_GLASS, "bound_cidrs": ["127.0.0.0/8"], "maximum_minutes": 10, "review": ROTATED},
        )
        stack.up(lambda _, opts: VaultConfiguration("main", VaultConfigurationArgs(**args), opts))
        applied = Applied(root).write(stack.engine.snapshot.resources)
        root.write("kv/data/other/thing", data={"key": "o-1"}, options={"cas": 0})
        yield applied, local, lines
        stack.cloud.close()


def person(applied: Applied, local: Issuer, name: str, group: str) -> Client:
    token = local.token(sub=name, aud="vault", staff="yes", groups=[group])
    return Client(applied.client.address).logged_in("auth/jwt/login", role="people", jwt=token)


ROLE = "auth/break-glass/role/break-glass"


def test_neither_half_of_the_credential_is_enough(split):
    applied, local, _ = split
    responder = person(applied, local, "rita", "on-call")
    lead = person(applied, local, "lea", "leads")
    role_id = responder.read(f"{ROLE}/role-id")["data"]["role_id"]
    for client, method, path in (
        (responder, "POST", f"{ROLE}/secret-id"),
        (responder, "GET", "kv/data/other/thing"),
        (lead, "GET", f"{ROLE}/role-id"),
        (lead, "GET", "kv/data/other/thing"),
        (lead, "POST", f"{ROLE}/secret-id"),  # in the clear
    ):
        with pytest.raises(Refused) as caught:
            client.call(method, path, {} if method == "POST" else None)
        assert caught.value.status == 403
    with pytest.raises(Refused):
        Client(lead.address).write("auth/break-glass/login", role_id=role_id, secret_id="guessed")


def test_both_halves_open_it_once_and_for_a_while_and_the_log_tells(split):
    applied, local, lines = split
    responder = person(applied, local, "rita", "on-call")
    lead = person(applied, local, "lea", "leads")
    ticket = wrapped(lead, f"{ROLE}/secret-id")
    secret_id = Client(lead.address, ticket["token"]).write("sys/wrapping/unwrap")["data"]["secret_id"]
    role_id = responder.read(f"{ROLE}/role-id")["data"]["role_id"]
    before = sum("auth/break-glass/login" in line for line in lines)
    opened = Client(lead.address).logged_in("auth/break-glass/login", role_id=role_id, secret_id=secret_id)
    assert opened.read("kv/data/other/thing")["data"]["data"] == {"key": "o-1"}
    token = opened.read("auth/token/lookup-self")["data"]
    assert (token["creation_ttl"], token["explicit_max_ttl"]) == (600, 600)
    with pytest.raises(Refused):
        Client(lead.address).write("auth/break-glass/login", role_id=role_id, secret_id=secret_id)
    told = [line for line in lines if "auth/break-glass/login" in line]  # what the alarm looks for
    assert len(told) >= before + 4  # request and answer, of both attempts
    assert not any(secret_id in line for line in lines)
