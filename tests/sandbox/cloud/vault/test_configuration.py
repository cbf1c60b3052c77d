"""What lies below mounts: ids of their own form, made-up values that look like what they are, refusals."""

import re
from typing import Any

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, driver

MOUNT = "vault:index/mount:Mount"
AUTH = "vault:index/authBackend:AuthBackend"
CONNECTION = "vault:database/secretBackendConnection:SecretBackendConnection"
KEY = "vault:transit/secretBackendKey:SecretBackendKey"
REQUEST = "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest"
SIGNED = "vault:pkiSecret/secretBackendIntermediateSetSigned:SecretBackendIntermediateSetSigned"
UUID = r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"


@pytest.fixture
def vault() -> Driver:
    made = driver("vault", {"address": "https://vault.example.com"})
    for kind in ("kv", "database", "pki", "ssh", "transit"):
        made.create(MOUNT, kind, {"path": kind, "type": kind})
    for kind in ("kubernetes", "aws", "azure"):
        made.create(AUTH, f"auth-{kind}", {"path": kind, "type": kind})
    return made


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


@pytest.mark.parametrize(
    "token, inputs, id_",
    [
        ("vault:kv/secretBackendV2:SecretBackendV2", {"mount": "kv"}, "kv/config"),
        (CONNECTION, {"backend": "database", "name": "db"}, "database/config/db"),
        (
            "vault:ssh/secretBackendRole:SecretBackendRole",
            {"backend": "ssh", "name": "ops", "keyType": "ca"},
            "ssh/roles/ops",
        ),
        ("vault:ssh/secretBackendCa:SecretBackendCa", {"backend": "ssh"}, "ssh"),
        (REQUEST, {"backend": "pki", "type": "internal", "commonName": "CA"}, "pki/intermediate/generate/internal"),
        ("vault:pkiSecret/secretBackendConfigUrls:SecretBackendConfigUrls", {"backend": "pki"}, "pki/config/urls"),
        ("vault:pkiSecret/secretBackendCrlConfig:SecretBackendCrlConfig", {"backend": "pki"}, "pki/config/crl"),
        (
            "vault:kubernetes/authBackendConfig:AuthBackendConfig",
            {"backend": "kubernetes", "kubernetesHost": "https://10.0.0.1"},
            "auth/kubernetes/config",
        ),
        ("vault:aws/authBackendClient:AuthBackendClient", {"backend": "aws"}, "auth/aws/config/client"),
        (
            "vault:azure/authBackendConfig:AuthBackendConfig",
            {"backend": "azure", "resource": "r", "tenantId": "tenant-7"},
            "auth/azure/config",
        ),
    ],
)  # fmt: skip
def test_an_id_is_the_path_of_the_api(vault: Driver, token: str, inputs: dict[str, Any], id_: str) -> None:
    assert vault.create(token, "one", inputs).id == id_
    space = "backend" if "backend" in inputs else "mount"
    with refused("route entry not found"):
        vault.create(token, "two", {**inputs, space: "nowhere"})


def test_a_request_for_a_certificate_keeps_its_key(vault: Driver) -> None:
    made = vault.create(REQUEST, "r", {"backend": "pki", "type": "internal", "commonName": "CA"})
    assert made["csr"].startswith("-----BEGIN CERTIFICATE REQUEST-----\n")
    assert made["privateKey"] == ""
    shown = vault.create(REQUEST, "s", {"backend": "pki", "type": "exported", "commonName": "CA"})
    assert isinstance(shown.outputs["privateKey"], Secret)
    assert "PRIVATE KEY" in shown["privateKey"]


def test_an_authority_takes_certificates_only(vault: Driver) -> None:
    assert "holds no certificate in PEM" in vault.reasons(SIGNED, {"backend": "pki", "certificate": "MIIB"})
    text = "-----BEGIN CERTIFICATE-----\nA\n-----END CERTIFICATE-----"
    assert vault.create(SIGNED, "s", {"backend": "pki", "certificate": text}).id == "pki/intermediate/set-signed"


@pytest.mark.parametrize("kind, word", [("ed25519", "ssh-ed25519"), ("", "ssh-rsa")])
def test_an_authority_for_ssh_has_a_public_key_of_its_kind(vault: Driver, kind: str, word: str) -> None:
    inputs = {"backend": "ssh", "generateSigningKey": True, **({"keyType": kind} if kind else {})}
    made = vault.create("vault:ssh/secretBackendCa:SecretBackendCa", "ca", inputs)
    assert re.fullmatch(rf"{word} [A-Za-z0-9+/=]+\n", made["publicKey"])


def test_a_role_of_a_database_must_be_allowed_by_its_connection(vault: Driver) -> None:
    vault.create(CONNECTION, "c", {"backend": "database", "name": "db", "allowedRoles": ["app"]})
    role = {"backend": "database", "name": "app", "dbName": "db", "creationStatements": ["x"]}
    token = "vault:database/secretBackendRole:SecretBackendRole"
    assert vault.create(token, "r", role).id == "database/roles/app"
    with refused('"other" is not an allowed role'):
        vault.create(token, "s", {**role, "name": "other"})


def test_a_transit_key_goes_only_if_it_may(vault: Driver) -> None:
    kept = vault.create(KEY, "k", {"backend": "transit", "name": "kept"})
    with refused("deletion is not allowed for this key"):
        vault.delete(kept)
    loose = vault.create(KEY, "l", {"backend": "transit", "name": "loose", "deletionAllowed": True})
    vault.delete(loose)
    assert vault.read(loose).id == ""


def test_groups_have_ids_that_nobody_chose_and_names_that_exist_once(vault: Driver) -> None:
    group = vault.create("vault:identity/group:Group", "g", {"name": "leads", "type": "external"})
    assert re.fullmatch(UUID, group.id)
    with refused("group with the same name already exists"):
        vault.create("vault:identity/group:Group", "h", {"name": "leads", "type": "external"})
    alias = {"name": "Leads", "mountAccessor": "auth_oidc_1", "canonicalId": group.id}
    assert re.fullmatch(UUID, vault.create("vault:identity/groupAlias:GroupAlias", "a", alias).id)
    with refused('group "nobody" not found'):
        vault.create("vault:identity/groupAlias:GroupAlias", "b", {**alias, "canonicalId": "nobody"})
