import pulumi
import pytest
from pulumi.runtime import rpc

from platform_lib.components.vault.refs import VaultOutputs
from platform_lib.components.vault_configuration import (
    VaultConfiguration,
    VaultConfigurationArgs,
    VaultConfigurationOutputs,
    VaultConfigurationReference,
)
from platform_lib.core.errors import ArgsError
from support.recording import record
from support.vault_configuration_plans import connection, engine, method
from support.vault_configurations import (
    BREAK_GLASS,
    CERTIFICATE,
    OPENBAO,
    ROOTS,
    ROTATED,
    VAULT,
    configuration_args,
    enterprise_args,
    least_args,
    vault_args,
)

STATEFUL = {
    "vault:index/mount:Mount",
    "vault:pkiSecret/secretBackendIntermediateCertRequest:SecretBackendIntermediateCertRequest",
    "vault:ssh/secretBackendCa:SecretBackendCa",
    "vault:transit/secretBackendKey:SecretBackendKey",
}
ALARM = {"log_group": "audit", "region": "eu-west-1", "topic_arn": "arn:topic"}


def made(
    make=configuration_args, environment="prod", opts=None, preview=False, result=lambda made: made.policies, **more
):
    def program():
        return result(VaultConfiguration("main", VaultConfigurationArgs(**make(environment, **more)), opts))

    return record(program, preview=preview)


@pytest.fixture(scope="module")
def whole():
    return made()


@pytest.mark.parametrize(
    "name, make, environment",
    [
        ("least", least_args, "dev"),
        ("default", configuration_args, "prod"),
        ("vault", vault_args, "prod"),
        ("enterprise", enterprise_args, "prod"),
    ],
)
def test_urns_and_parents_change_only_on_purpose(golden, name, make, environment):
    golden(f"urns/vault-configuration-{name}.txt", "\n".join(made(make, environment).tree()) + "\n")


def test_a_preview_registers_what_an_update_does(whole):
    assert {item.urn for item in made(preview=True).registrations} == {item.urn for item in whole.registrations}


def test_a_bad_argument_registers_nothing():
    with pytest.raises(ArgsError, match=r"VaultConfiguration 'Main': name: must be lower-case"):
        record(lambda: VaultConfiguration("Main", VaultConfigurationArgs(**least_args())).policies)


@pytest.mark.parametrize(
    "environment, protect, expected", [("prod", None, True), ("dev", None, False), ("prod", False, False)]
)
def test_what_holds_something_is_protected_outside_dev(environment, protect, expected):
    recorded = made(environment=environment, opts=pulumi.ResourceOptions(protect=protect))
    assert {item.type for item in recorded.registrations if item.protect} == (STATEFUL if expected else set())


def opened(value):
    """A secret's value; a map that holds one is secret as a whole."""
    assert value[rpc._special_sig_key] == rpc._special_secret_sig
    return value["value"]


def test_secrets_are_secrets_in_the_state_whatever_was_given():
    auth = method("kubernetes", reviewer_token="reviewer-canary", rotation=ROTATED)
    recorded = made(auth=auth)
    assert opened(recorded.named("main-auth-kubernetes-config").inputs["tokenReviewerJwt"]) == "reviewer-canary"
    connection = recorded.named("main-engine-database-connection-orders").inputs
    assert opened(connection["postgresql"])["password"] == "database-canary"
    assert opened(made().named("main-auth-oidc").inputs["oidcClientSecret"]) == "oidc-canary"


def test_a_role_waits_for_its_policies_and_its_method(whole):
    found = whole.named("main-role-jwt-deploy")
    names = {urn.rsplit("::", 1)[-1] for urn in found.depends_on}
    assert {"main-auth-jwt", "main-policy-shop"} <= names


def test_tokens_are_short_and_bound(whole):
    pipeline = whole.named("main-role-approle-pipeline").inputs
    assert (pipeline["tokenTtl"], pipeline["tokenMaxTtl"]) == (1200, 3600)
    assert (pipeline["secretIdTtl"], pipeline["secretIdNumUses"]) == (3600, 1)
    assert pipeline["secretIdBoundCidrs"] == pipeline["tokenBoundCidrs"] == ["10.1.0.0/16"]
    shop = whole.named("main-role-kubernetes-shop").inputs
    assert (shop["audience"], shop["aliasNameSource"]) == ("vault", "serviceaccount_uid")


def test_the_cluster_of_the_servers_is_where_pods_are_from_by_default(whole):
    own = whole.named("main-auth-kubernetes-config").inputs
    assert own["kubernetesHost"] == "https://10.0.0.1:443"
    assert own["kubernetesCaCert"] == "-----BEGIN"  # decoded
    assert own["disableLocalCaJwt"] is False
    auth = method("kubernetes", host="https://10.9.9.9", ca_certificate=CERTIFICATE)
    other = made(auth=auth).named("main-auth-kubernetes-config").inputs
    assert (other["kubernetesHost"], other["kubernetesCaCert"]) == ("https://10.9.9.9", CERTIFICATE)
    assert other["disableLocalCaJwt"] is True


@pytest.mark.parametrize(
    "kind, field, url",
    [
        ("postgresql", "postgresql", "postgresql://{{username}}:{{password}}@db.example.org:5432/postgres?sslmode=verify-full"),
        ("mysql", "mysql", "{{username}}:{{password}}@tcp(db.example.org:3306)/?tls=true"),
        ("mysql-rds", "mysqlRds", "{{username}}:{{password}}@tcp(db.example.org:3306)/?tls=true"),
        ("mysql-aurora", "mysqlAurora", "{{username}}:{{password}}@tcp(db.example.org:3306)/?tls=true"),
        ("mongodb", "mongodb", "mongodb://{{username}}:{{password}}@db.example.org:27017/admin?tls=true"),
        ("mssql", "mssql", "sqlserver://{{username}}:{{password}}@db.example.org:1433?database=master&encrypt=true&TrustServerCertificate=false"),
    ],
)  # fmt: skip
def test_every_database_is_spoken_to_over_tls(kind, field, url):
    engines = {"database": connection(kind=kind, host="db.example.org")["database"]}
    found = made(least_args, vault=VAULT, engines=engines).named("main-engine-database-connection-orders").inputs
    assert opened(found[field])["connectionUrl"] == url
    assert (found["allowedRoles"], found["verifyConnection"]) == (["app", "reports"], True)


def with_database(**more):
    """Inputs of the connection of a configuration that has nothing but a database."""
    engines = {"database": connection(**more)["database"]}
    return made(least_args, engines=engines).named("main-engine-database-connection-orders").inputs


def test_a_certificate_of_a_database_is_told_in_the_way_of_its_plugin():
    on_servers = with_database(ca_path="/etc/ca.pem")
    assert opened(on_servers["postgresql"])["connectionUrl"].endswith("sslmode=verify-full&sslrootcert=/etc/ca.pem")
    found = with_database(kind="mysql", ca_certificate=CERTIFICATE)
    assert opened(found["mysql"])["tlsCa"] == CERTIFICATE


def test_the_enterprise_edition_wraps_by_the_seal_and_rotates_roots():
    found = made(enterprise_args)
    assert found.named("main-engine-kv").inputs["sealWrap"] is True
    assert found.named("main-engine-database-connection-orders").inputs["rotationPeriod"] == 90 * 86_400
    plain = made(vault_args)
    assert "sealWrap" not in plain.named("main-engine-kv").inputs
    assert "rotationPeriod" not in plain.named("main-engine-database-connection-orders").inputs


def test_an_authority_takes_its_certificate_once_the_root_signed(whole):
    assert not [item for item in whole.registrations if item.name == "main-engine-pki-signed"]
    signed = made(engines=engine("pki", signed_certificate=ROOTS, signed_on="2026-01-31"))
    assert signed.named("main-engine-pki-signed").inputs["certificate"] == ROOTS
    waits = {urn.rsplit("::", 1)[-1] for urn in signed.named("main-engine-pki-role-shop").depends_on}
    assert "main-engine-pki-signed" in waits
    urls = whole.named("main-engine-pki-urls").inputs
    assert urls["issuingCertificates"] == ["https://vault.example.org:8200/v1/pki/ca"]


def test_an_alarm_looks_for_what_the_audit_log_holds():
    for make, path in ((configuration_args, "sys/control-group/authorize"), (vault_args, "auth/break-glass/login")):
        cidrs = {} if make is configuration_args else {"bound_cidrs": ["10.9.0.0/16"]}
        found = made(make, break_glass={**BREAK_GLASS, **cidrs, "alert": ALARM})
        assert found.named("main-break-glass-uses").inputs["pattern"] == f'"{path}"'
        alarm = found.named("main-break-glass-alarm").inputs
        assert (alarm["alarmActions"], alarm["threshold"]) == (["arn:topic"], 1)
        assert alarm["tags"]["owner"] == "network-team"


def test_a_split_credential_is_good_once_and_for_a_while():
    found = made(vault_args).named("main-role-break-glass-break-glass").inputs
    assert found["tokenPolicies"] == ["break-glass"]
    assert (found["secretIdNumUses"], found["secretIdTtl"], found["tokenExplicitMaxTtl"]) == (1, 3600, 3600)
    assert found["tokenBoundCidrs"] == ["10.9.0.0/16"]


def test_outputs_hold_the_ledger_the_settings_and_what_it_serves(whole):
    found = {}

    def keep(made):
        return pulumi.Output.all(
            made.rotation, made.consumers, made.evidence, made.cost_drivers, made.approval, made.auth_paths
        ).apply(found.setdefault("all", []).extend)

    made(result=keep, break_glass={**BREAK_GLASS, "alert": ALARM})
    rotation, consumers, evidence, costs, approval, auth = found["all"]
    assert {entry["name"] for entry in rotation} >= {"stripe", "auth/oidc/config", "break-glass"}
    assert consumers["checkout"]["role"] == "checkout"
    names = {item.name for item in whole.registrations}
    assert {item["child"] for item in evidence} <= names
    assert [item["item"] for item in costs] == ["aws:alarms"]
    assert (approval, auth["oidc"]) == ("control-group", "oidc")


def test_clients_of_the_enterprise_edition_are_paid_by_use():
    found = []
    made(enterprise_args, result=lambda made: made.cost_drivers.apply(found.extend))
    assert [(item["item"], item["quantity"]) for item in found] == [("vault:clients", 0)]


def test_another_component_takes_it_by_its_reference():
    found = []
    made(result=lambda made: found.append(made.reference) or made.policies)
    (reference,) = found
    assert reference.engine_paths == {name: name for name in ("kv", "database", "pki", "ssh", "transit")}
    assert VaultConfigurationOutputs.of(reference).consumers is reference.consumers
    known = {
        "auth_paths": {"kubernetes": "kubernetes"},
        "engine_paths": {"kv": "kv"},
        "policies": ["shop"],
        "consumers": {"shop": {"role": "shop"}},
        "ssh_public_keys": {},
    }
    assert VaultConfigurationOutputs(**known).reference == VaultConfigurationReference(**known)


def test_servers_of_a_stack_that_is_read_are_taken_as_ours_are():
    servers = VaultOutputs(**OPENBAO).reference
    found = made(vault=servers)
    assert found.named("main-auth-kubernetes-config").inputs["kubernetesHost"] == "https://10.0.0.1:443"
    assert {item.urn for item in found.registrations} == {item.urn for item in made().registrations}
