import re
from typing import Any

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, driver

MOUNT = "vault:index/mount:Mount"
AUTH = "vault:index/authBackend:AuthBackend"
POLICY = "vault:index/policy:Policy"
SECRET = "vault:kv/secretV2:SecretV2"
ROLE = "vault:appRole/authBackendRole:AuthBackendRole"


@pytest.fixture
def vault() -> Driver:
    return driver("vault", {"address": "https://vault.example.com"})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_mounts_go_by_their_path_and_take_what_lies_below(vault: Driver) -> None:
    mount = vault.create(MOUNT, "kv", {"path": "kv/", "type": "kv-v2"})
    assert mount.id == "kv"
    assert re.fullmatch(r"kv-v2_[0-9a-f]{8}", mount["accessor"])
    with refused("path is already in use"):
        vault.create(MOUNT, "again", {"path": "kv", "type": "kv"})
    secret = vault.create(SECRET, "s", {"mount": "kv", "name": "app", "dataJson": '{"a":"1"}'})
    vault.delete(mount)
    assert vault.read(secret).id == ""


def test_a_secret_lies_in_a_mount_and_is_a_secret(vault: Driver) -> None:
    with refused('no handler for route "kv/"'):
        vault.create(SECRET, "s", {"mount": "kv", "name": "app", "dataJson": "{}"})
    vault.create(MOUNT, "kv", {"path": "kv", "type": "kv-v2"})
    made = vault.create(SECRET, "s", {"mount": "kv", "name": "app", "dataJson": '{"a":"1","n":2}'})
    assert made.id == "kv/data/app"
    assert isinstance(made.inputs["dataJson"], Secret)
    assert made["data"] == {"a": "1", "n": "2"}
    assert isinstance(made.outputs["data"], Secret)
    assert vault.update(made, {"mount": "kv", "name": "app", "dataJson": '{"a":"2"}'})["metadata"]["version"] == "2"
    with refused("syntax error"):
        vault.create(SECRET, "t", {"mount": "kv", "name": "bad", "dataJson": "{"})


def test_auth_methods_and_their_roles(vault: Driver) -> None:
    with refused("route entry not found"):
        vault.create(ROLE, "r", {"backend": "approle", "roleName": "app"})
    method = vault.create(AUTH, "a", {"type": "approle"})
    assert (method.id, method["path"]) == ("approle", "approle")
    with refused("path is already in use"):
        vault.create(AUTH, "b", {"type": "approle"})
    role = vault.create(ROLE, "r", {"backend": "approle", "roleName": "app"})
    assert role.id == "auth/approle/role/app"
    assert role["roleId"]
    vault.delete(method)
    assert vault.read(role).id == ""


def test_an_engine_and_a_method_may_share_a_path(vault: Driver) -> None:
    vault.create(MOUNT, "m", {"path": "aws", "type": "aws"})
    assert vault.create(AUTH, "a", {"path": "aws", "type": "aws"}).id == "aws"


def test_policies_overwrite_and_root_is_fixed(vault: Driver) -> None:
    first = vault.create(POLICY, "p", {"name": "dev", "policy": 'path "secret/*" { capabilities = ["read"] }'})
    again = vault.create(POLICY, "q", {"name": "dev", "policy": 'path "secret/*" { capabilities = ["list"] }'})
    assert first.id == again.id == "dev"
    assert "'root' cannot be changed" in vault.reasons(POLICY, {"name": "root", "policy": ""})


def test_namespaces_are_apart(vault: Driver) -> None:
    vault.create(MOUNT, "a", {"path": "kv", "type": "kv"})
    assert vault.create(MOUNT, "b", {"path": "kv", "type": "kv", "namespace": "team"}).id == "kv"
    inside = driver("vault", {"address": "https://vault.example.com", "namespace": "team"}, vault.cloud)
    with refused("path is already in use"):
        inside.create(MOUNT, "c", {"path": "kv", "type": "kv"})


def test_generic_types_get_a_path_in_the_documented_form(vault: Driver) -> None:
    vault.create(MOUNT, "pki", {"path": "pki-int", "type": "pki"})
    role = vault.create(
        "vault:pkiSecret/secretBackendRole:SecretBackendRole", "r", {"backend": "pki-int", "name": "web"}
    )
    assert role.id == "pki-int/roles/web"
    user = vault.create("vault:radius/authBackendUser:AuthBackendUser", "u", {"mount": "radius", "username": "ann"})
    assert user.id == "auth/radius/users/ann"


def test_policy_documents_are_rendered(vault: Driver) -> None:
    found = vault.look_up(
        "vault:index/getPolicyDocument:getPolicyDocument",
        rules=[{"path": "secret/*", "capabilities": ["read", "list"], "description": "read all"}],
    )
    assert found["hcl"] == '# read all\npath "secret/*" {\n  capabilities = ["read", "list"]\n}\n'


def test_an_address_is_a_url() -> None:
    provider = open_cloud(None).open("vault", "")
    failures = provider.check_config(
        "urn:pulumi:d::p::pulumi:providers:vault::x", {}, {"address": "vault:8200"}
    ).failures
    assert "is not a URL" in failures[0].reason
