"""A planned configuration written to a real OpenBao server, and tried with real tokens."""

import base64
import datetime
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pulumi
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from cryptography.x509.verification import PolicyBuilder, Store
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_lib.components.vault.planning.initialisation import ADMINISTRATION
from platform_lib.components.vault.planning.initialisation import policy as policy_text
from platform_lib.components.vault_configuration import VaultConfiguration, VaultConfigurationArgs
from support.component_stack import ComponentStack
from support.issuers import Issuer, issuer
from support.openbao import Client, Refused, dev_server, needs_openbao
from support.vault_api import Applied, wrapped
from support.vault_configuration_plans import planned, policy, rule
from support.vault_configurations import AUTH, ENGINES, POLICIES, configuration_args

pytestmark = needs_openbao

REDIRECT = "http://localhost:8250/oidc/callback"
LOCAL = "127.0.0.0/8"


def args_of(local: Issuer, **engines: Any) -> dict[str, Any]:
    """The configuration that other tests use, with everything that it calls on loopback."""
    url = pulumi.Output.from_input(local.url)
    authority = Root().certificate.public_bytes(serialization.Encoding.PEM).decode()
    kubernetes = {**AUTH["kubernetes"][0], "host": url, "ca_certificate": authority}
    oidc = {**AUTH["oidc"][0], "discovery_url": url, "signing_algorithms": ["ES256"]}
    jwt = {**AUTH["jwt"][0], "issuer": local.url, "jwks_url": None, "public_keys": [local.public_key]}
    far = AUTH["approle"][0]["roles"][0]
    near = {**far, "name": "local", "bound_cidrs": [LOCAL]}
    (connection,) = ENGINES["database"][0]["connections"]
    database = {
        "connections": [{**connection, "verify": False}],
        "roles": ENGINES["database"][0]["roles"],
    }
    rules = [
        {"path": f"auth/approle/role/local/{part}", "capabilities": [capability], **more}
        for part, capability, more in (
            ("secret-id", "update", {"maximum_wrapping_seconds": 120}),
            ("role-id", "read", {}),
        )
    ]
    operators = {**POLICIES[1], "rules": [*POLICIES[1]["rules"], *rules]}
    return configuration_args(
        policies=[POLICIES[0], operators],
        auth={"kubernetes": [kubernetes], "oidc": [oidc], "jwt": [jwt], "approle": [{"roles": [far, near]}]},
        engines={**ENGINES, "database": [database], **engines},
        consumers=[
            {
                "name": "checkout",
                "kind": "agent",
                "namespace": "shop",
                "service_accounts": ["checkout"],
                "secrets": ["kv/shop/stripe", "database/creds/app"],
            }
        ],
    )


class Root:
    """An authority that is nowhere but in the test: it never meets the server."""

    def __init__(self) -> None:
        self.key = ec.generate_private_key(ec.SECP384R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Offline root")])
        self.certificate = self._sign(self.name, self.key.public_key(), None)

    def sign(self, request: str) -> str:
        """The certificate for a request, and the root's below it."""
        csr = x509.load_pem_x509_csr(request.encode())
        assert csr.is_signature_valid
        made = self._sign(csr.subject, csr.public_key(), 0)
        return "".join(item.public_bytes(serialization.Encoding.PEM).decode() for item in (made, self.certificate))

    def _sign(self, name: x509.Name, key: Any, depth: int | None) -> x509.Certificate:
        now = datetime.datetime.now(datetime.UTC)
        usage = dict.fromkeys(
            ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
        ) | {"encipher_only": False, "decipher_only": False}
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(self.name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - datetime.timedelta(minutes=5))
            .not_valid_after(now + datetime.timedelta(days=1095))
            .add_extension(x509.BasicConstraints(ca=True, path_length=depth), critical=True)
            .add_extension(
                x509.KeyUsage(digital_signature=True, key_cert_sign=True, crl_sign=True, **usage), critical=True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key()), critical=False)
        )
        return builder.sign(self.key, hashes.SHA384())


@dataclass
class World:
    """The server with the configuration on it, and who signs tokens for it."""

    root: Client
    applied: Applied
    issuer: Issuer
    authority: Root

    def nobody(self) -> Client:
        """A client without a token."""
        return Client(self.root.address)

    def job(self, **claims: Any) -> Client:
        """A job of the pipeline."""
        given = {"sub": "job", "aud": "vault", "repository": "acme/shop", **claims}
        return self.nobody().logged_in("auth/jwt/login", role="deploy", jwt=self.issuer.token(**given))

    def person(self, name: str, *groups: str) -> Client:
        """Somebody who signs in at the identity provider."""
        asked = self.nobody().write("auth/oidc/oidc/auth_url", role="people", redirect_uri=REDIRECT)["data"]
        query = urllib.parse.parse_qs(urllib.parse.urlsplit(asked["auth_url"]).query)
        nonce, state = query["nonce"][0], query["state"][0]
        self.issuer.codes[name] = {"sub": name, "aud": "vault", "nonce": nonce, "groups": list(groups)}
        answered = self.nobody().read(f"auth/oidc/oidc/callback?code={name}&state={state}&nonce={nonce}")
        return Client(self.root.address, answered["auth"]["client_token"])

    def pod(self, namespace: str, account: str, role: str, audience: str = "vault") -> Client:
        """A pod of the cluster."""
        token = self.issuer.pod_token(namespace, account, audience)
        return self.nobody().logged_in("auth/kubernetes/login", role=role, jwt=token)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with dev_server(tmp_path_factory.mktemp("bao")) as root, issuer() as local:
        stack = ComponentStack(cloud="vault")

        def make(**engines: Any) -> list[Any]:
            stack.up(
                lambda _, opts: VaultConfiguration("main", VaultConfigurationArgs(**args_of(local, **engines)), opts)
            )
            return list(stack.engine.snapshot.resources)

        # What administrators of our servers may do is enough to write a configuration, and no root token is needed.
        root.write("sys/policies/acl/administrator", policy=policy_text(ADMINISTRATION))
        token = root.write("auth/token/create", policies=["administrator"])["auth"]["client_token"]
        applied = Applied(Client(root.address, token)).write(make())
        authority = Root()
        chain = authority.sign(applied.answers["main-engine-pki-request"]["data"]["csr"])
        (pki,) = ENGINES["pki"]
        before = set(applied.answers)
        signed = make(pki=[{**pki, "signed_certificate": chain, "signed_on": "2026-11-01"}])
        applied.write(item for item in signed if item.urn.rsplit("::", 1)[-1] not in before)
        root.write("kv/data/shop/stripe", data={"key": "s-1"}, options={"cas": 0})
        root.write("kv/data/other/thing", data={"key": "o-1"}, options={"cas": 0})
        yield World(root, applied, local, authority)
        stack.cloud.close()


def refused(status: int, client: Client, method: str, path: str, **data: Any) -> list[str]:
    with pytest.raises(Refused) as caught:
        client.call(method, path, data or None)
    assert caught.value.status == status, caught.value
    return caught.value.errors


def test_the_server_holds_what_was_planned_and_nothing_else(world):
    own = {"cubbyhole/", "identity/", "sys/", "secret/"}
    assert world.root.read("sys/mounts")["data"].keys() - own == {f"{kind}/" for kind in ENGINES}
    assert world.root.read("sys/auth")["data"].keys() == {
        *("approle/", "jwt/", "kubernetes/", "oidc/", "token/"),
    }
    policies = set(world.root.list("sys/policies/acl"))
    made = {"shop", "operators", "consumer-checkout", "break-glass", "break-glass-approve"}
    others = {"root", "default", "administrator", "probe"}  # the last one of a test below, which may have run
    assert policies - others == made


@pytest.mark.parametrize(
    "allowed, method, path, data",
    [
        (True, "GET", "kv/data/shop/stripe", {}),
        (True, "LIST", "kv/metadata/shop", {}),
        (True, "POST", "transit/encrypt/orders", {"plaintext": "aGk="}),
        (False, "POST", "transit/decrypt/orders", {"ciphertext": "vault:v1:AAAA"}),
        (False, "POST", "kv/data/shop/stripe", {"data": {"key": "x"}, "options": {"cas": 1}}),
        (False, "DELETE", "kv/metadata/shop/stripe", {}),
        (False, "GET", "kv/data/other/thing", {}),
        (False, "GET", "kv/config", {}),
        (False, "GET", "database/creds/app", {}),
        (False, "GET", "database/config/orders", {}),
        (False, "POST", "pki/roles/shop", {"allow_any_name": True}),
        (False, "POST", "pki/sign-verbatim", {"csr": "x"}),
        (False, "DELETE", "pki/root", {}),
        (False, "POST", "transit/keys/orders/config", {"deletion_allowed": True}),
        (False, "GET", "sys/mounts", {}),
        (False, "GET", "sys/audit", {}),
        (False, "POST", "sys/seal", {}),
        (False, "POST", "sys/policies/acl/shop", {"policy": 'path "kv/*" { capabilities = ["read"] }'}),
        (False, "POST", "auth/token/create", {"policies": ["operators"]}),
        (False, "POST", "auth/approle/role/local", {"token_policies": ["operators"]}),
        (False, "POST", "auth/approle/role/local/secret-id", {}),
        (False, "POST", "identity/entity", {"name": "me", "policies": ["operators"]}),
    ],
)
def test_a_token_does_what_its_policy_says_and_no_more(world, allowed, method, path, data):
    job = world.job()
    if allowed:
        assert job.call(method, path, data or None)["data"]
    else:
        assert any("permission denied" in text for text in refused(403, job, method, path, **data))


def test_a_token_is_short_and_nobody_s_root(world):
    found = world.job().read("auth/token/lookup-self")["data"]
    assert set(found["policies"]) == {"default", "shop"}
    assert (found["creation_ttl"], found["type"], found["orphan"]) == (1200, "service", True)
    role = world.root.read("auth/jwt/role/deploy")["data"]
    assert (role["token_ttl"], role["token_max_ttl"]) == (1200, 3600)


@pytest.mark.parametrize(
    "claims",
    [{"aud": "others"}, {"repository": "acme/other"}, {"iss": "https://elsewhere.example.org"}, {"exp": 1}],
)
def test_a_token_of_the_issuer_must_be_for_us_and_of_whom_we_know(world, claims):
    with pytest.raises(Refused) as caught:
        world.job(**claims)
    assert caught.value.status in (400, 403)


def test_machines_get_their_secret_id_wrapped_and_use_it_once(world):
    operator = world.person("olga", "operators")
    path = "auth/approle/role/local/secret-id"
    refused(403, operator, "POST", path)  # in the clear
    ticket = wrapped(operator, path)
    secret_id = Client(operator.address, ticket["token"]).write("sys/wrapping/unwrap")["data"]["secret_id"]
    refused(400, Client(operator.address, ticket["token"]), "POST", "sys/wrapping/unwrap")  # somebody was faster
    role_id = operator.read("auth/approle/role/local/role-id")["data"]["role_id"]
    machine = world.nobody().logged_in("auth/approle/login", role_id=role_id, secret_id=secret_id)
    assert machine.read("kv/data/shop/stripe")["data"]["data"] == {"key": "s-1"}
    refused(400, world.nobody(), "POST", "auth/approle/login", role_id=role_id, secret_id=secret_id)


def test_a_secret_id_is_of_no_use_elsewhere(world):
    made = world.root.write("auth/approle/role/pipeline/secret-id")["data"]
    role_id = world.root.read("auth/approle/role/pipeline/role-id")["data"]["role_id"]
    errors = refused(400, world.nobody(), "POST", "auth/approle/login", role_id=role_id, secret_id=made["secret_id"])
    assert "unauthorized source" in " ".join(errors) or "source address" in " ".join(errors)
    assert made["secret_id_ttl"] == 3600
    assert made["secret_id_num_uses"] == 1


def test_pods_log_in_by_their_service_account(world):
    shop = world.pod("shop", "shop", "shop")
    assert shop.read("kv/data/shop/stripe")["data"]["data"] == {"key": "s-1"}
    assert world.issuer.reviews[-1]["audiences"] == ["vault"]
    for namespace, account, audience in (("other", "shop", "vault"), ("shop", "other", "vault"), ("shop", "shop", "x")):
        with pytest.raises(Refused):
            world.pod(namespace, account, "shop", audience)


def test_a_consumer_reads_what_it_lists(world):
    checkout = world.pod("shop", "checkout", "checkout")
    assert checkout.read("kv/data/shop/stripe")["data"]["data"] == {"key": "s-1"}
    refused(403, checkout, "GET", "kv/data/other/thing")
    refused(403, checkout, "POST", "transit/encrypt/orders", plaintext="aGk=")
    # Allowed, and there is no database behind it.
    assert not any("permission denied" in text for text in refused(500, checkout, "GET", "database/creds/app"))


def test_versions_are_kept_and_writers_say_what_they_replace(world):
    assert any("check-and-set" in text for text in refused(400, world.root, "POST", "kv/data/a", data={"k": "1"}))
    world.root.write("kv/data/a", data={"k": "1"}, options={"cas": 0})
    refused(400, world.root, "POST", "kv/data/a", data={"k": "2"}, options={"cas": 0})
    world.root.write("kv/data/a", data={"k": "2"}, options={"cas": 1})
    assert world.root.read("kv/data/a?version=1")["data"]["data"] == {"k": "1"}
    assert world.root.read("kv/config")["data"]["max_versions"] == 10


def test_transit_keys_encrypt_and_never_come_out(world):
    text = base64.b64encode(b"order 7").decode()
    sealed = world.job().write("transit/encrypt/orders", plaintext=text)["data"]["ciphertext"]
    world.root.write("transit/keys/orders/rotate")
    assert world.root.write("transit/decrypt/orders", ciphertext=sealed)["data"]["plaintext"] == text
    key = world.root.read("transit/keys/orders")["data"]
    assert (key["auto_rotate_period"], key["type"], key["exportable"]) == (90 * 86_400, "aes256-gcm96", False)
    refused(400, world.root, "GET", "transit/export/encryption-key/orders")
    refused(400, world.root, "DELETE", "transit/keys/orders")


def test_certificates_follow_the_offline_root(world):
    issued = world.job().write("pki/issue/shop", common_name="api.shop.internal")["data"]
    leaf = x509.load_pem_x509_certificate(issued["certificate"].encode())
    chain = [x509.load_pem_x509_certificate(text.encode()) for text in issued["ca_chain"]]
    verifier = (
        PolicyBuilder()
        .store(Store([world.authority.certificate]))
        .build_server_verifier(x509.DNSName("api.shop.internal"))
    )
    assert [item.subject for item in verifier.verify(leaf, chain[:1])][-1] == world.authority.name
    assert leaf.not_valid_after_utc - leaf.not_valid_before_utc <= datetime.timedelta(hours=72, minutes=1)
    assert isinstance(leaf.public_key(), ec.EllipticCurvePublicKey)
    for name in ("api.other.internal", "shop.internal", "*.shop.internal", "localhost"):
        refused(400, world.job(), "POST", "pki/issue/shop", common_name=name)
    with pytest.raises(x509.verification.VerificationError):
        PolicyBuilder().store(Store([Root().certificate])).build_server_verifier(
            x509.DNSName("api.shop.internal")
        ).verify(leaf, chain[:1])


def test_the_key_of_the_authority_was_never_shown(world):
    answer = world.applied.answers["main-engine-pki-request"]["data"]
    assert "private_key" not in answer
    assert "private_key" not in world.applied.answers["main-engine-ssh-authority"].get("data", {})


def test_machines_are_entered_by_a_certificate_for_a_named_user(world):
    operator = world.person("olga", "operators")
    public = (
        ec.generate_private_key(ec.SECP256R1())
        .public_key()
        .public_bytes(serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH)
        .decode()
    )
    signed = operator.write("ssh/sign/operators", public_key=public)["data"]["signed_key"]
    certificate = serialization.load_ssh_public_identity(signed.encode())
    assert isinstance(certificate, serialization.SSHCertificate)
    certificate.verify_cert_signature()
    authority = world.root.read("ssh/config/ca")["data"]["public_key"]
    assert certificate.signature_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    ).decode() == " ".join(authority.split()[:2])
    assert certificate.valid_principals == [b"admin"]
    assert certificate.valid_before - certificate.valid_after <= 1800 + 60
    assert certificate.extensions == {b"permit-pty": b""}
    refused(400, operator, "POST", "ssh/sign/operators", public_key=public, valid_principals="root")
    refused(400, operator, "POST", "ssh/sign/operators", public_key=public, cert_type="host")
    refused(403, world.job(), "POST", "ssh/sign/operators", public_key=public)


def test_people_get_what_their_groups_give(world):
    operator, nobody = world.person("olga", "operators"), world.person("nils")
    found = operator.read("auth/token/lookup-self")["data"]
    assert set(found["identity_policies"]) == {"operators"}
    operator.write("kv/data/people/a", data={"k": "1"}, options={"cas": 0})
    refused(403, nobody, "POST", "kv/data/people/a", data={"k": "1"}, options={"cas": 1})


def test_no_one_has_access_for_an_emergency_alone(world):
    responder = world.person("rita", "on-call")
    asked = responder.read("kv/data/other/thing")
    assert asked.get("data") is None
    ticket = asked["wrap_info"]
    assert ticket["ttl"] == 3600
    opened = Client(responder.address, ticket["token"])
    refused(400, opened, "POST", "sys/wrapping/unwrap")
    refused(403, responder, "POST", "sys/control-group/authorize", accessor=ticket["accessor"])
    for name, enough in (("lea", False), ("leo", True)):
        lead = world.person(name, "Team Leads")
        seen = lead.write("sys/control-group/request", accessor=ticket["accessor"])["data"]
        assert (seen["request_path"], seen["approved"]) == ("kv/data/other/thing", False)
        done = lead.write("sys/control-group/authorize", accessor=ticket["accessor"])["data"]
        assert done["approved"] is enough
        if not enough:  # one person counts once
            errors = refused(500, lead, "POST", "sys/control-group/authorize", accessor=ticket["accessor"])
            assert "approver has already authorized" in " ".join(errors)
            refused(400, opened, "POST", "sys/wrapping/unwrap")
    assert opened.write("sys/wrapping/unwrap")["data"]["data"] == {"key": "o-1"}
    refused(403, opened, "GET", "kv/data/shop/stripe")  # the approval was for one request, not for the one who asked


def test_who_is_in_both_groups_cannot_let_themselves(world):
    both = world.person("bo", "on-call", "Team Leads")
    ticket = both.read("kv/data/other/thing")["wrap_info"]
    with pytest.raises(Refused):
        both.write("sys/control-group/authorize", accessor=ticket["accessor"])
    seen = world.person("lea", "Team Leads").write("sys/control-group/request", accessor=ticket["accessor"])["data"]
    assert seen["authorizations"] == []


def test_the_password_of_a_database_does_not_come_back(world):
    found = world.root.read("database/config/orders")["data"]
    assert "database-canary" not in str(found)
    assert found["allowed_roles"] == ["app"]
    details = found["connection_details"]
    assert details["connection_url"] == (
        "postgresql://{{username}}:{{password}}@orders.example.org:5432/postgres?sslmode=verify-full"
    )
    role = world.root.read("database/roles/app")["data"]
    assert (role["default_ttl"], role["max_ttl"]) == (3600, 86_400)


WORDS = st.text("abcdefghij0123456789-_.", min_size=1, max_size=10).filter(lambda text: text.strip("."))
CAPABILITIES = st.lists(
    st.sampled_from(["create", "read", "update", "patch", "delete", "list"]), min_size=1, unique=True
)


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(WORDS, CAPABILITIES), min_size=1, max_size=5, unique_by=lambda item: item[0]))
def test_the_server_grants_what_the_rules_of_a_plan_say(world, asked):
    rules = [rule(f"kv/data/{word}", *capabilities) for word, capabilities in asked]
    (planned_policy, *_) = planned(policies=policy(*rules, name="shop")).policies
    world.root.write("sys/policies/acl/probe", policy=planned_policy.hcl)
    token = world.root.write("auth/token/create", policies=["probe"], no_default_policy=True)["auth"]["client_token"]
    paths = {f"kv/data/{word}": set(capabilities) for word, capabilities in asked}
    found = world.root.write("sys/capabilities", token=token, paths=[*paths, "kv/data/other/one", "sys/mounts"])["data"]
    assert {path: set(found[path]) for path in paths} == paths
    assert found["kv/data/other/one"] == found["sys/mounts"] == ["deny"]
