"""What does not fit together is refused: every message with the input that causes it."""

import pytest

from platform_lib.components.vault_configuration.args import VaultConfigurationArgs
from platform_lib.components.vault_configuration.plan import plan_configuration
from platform_lib.core.errors import PlanError
from support.vault_configuration_plans import SUBJECT, connection, database, engine, method, policy, role, rule, wrong
from support.vault_configurations import (
    AUTH,
    BREAK_GLASS,
    CERTIFICATE,
    CONSUMERS,
    ENGINES,
    GROUPS,
    OPENBAO,
    POLICIES,
    ROOTS,
    ROTATED,
    SECRETS,
    VAULT_AUTH,
    configuration_args,
    vault_args,
)


@pytest.mark.parametrize(
    "more, finding",
    [
        (
            {"auth": role("jwt", policies=["shp"])},
            "auth.jwt[0].roles[0].policies[0]: is no policy of this configuration, got 'shp'; did you mean 'shop'?",
        ),
        (
            {"auth": role("jwt", claims=None)},
            "auth.jwt[0].roles[0]: takes every token of the issuer for its audience; give subject, or claims",
        ),
        (
            {"auth": role("approle", bound_cidrs=None)},
            "auth.approle[0].roles[0].bound_cidrs: is required outside dev; name the addresses of who logs in",
        ),
        (
            {"auth": role("jwt", token={"ttl_seconds": 4000})},
            (
                "auth.jwt[0].roles[0].token.ttl_seconds: is more than the longest life (3600), got 4000; "
                "raise maximum_seconds, or lower it"
            ),
        ),
        (
            {"auth": method("jwt", jwks_url=None)},
            "auth.jwt[0]: needs exactly one of discovery_url, jwks_url and public_keys, got none",
        ),
        (
            {"auth": method("jwt", public_keys=["-----BEGIN PUBLIC KEY-----"])},
            "auth.jwt[0]: needs exactly one of discovery_url, jwks_url and public_keys, got jwks_url, public_keys",
        ),
        (
            {"auth": method("jwt", jwks_url=None, public_keys=["-----BEGIN PRIVATE KEY-----"])},
            "auth.jwt[0].public_keys[0]: is a private key; give the public one",
        ),
        (
            {"auth": method("jwt", jwks_url=None, public_keys=["MIIB"])},
            "auth.jwt[0].public_keys[0]: is not a public key in PEM",
        ),
        (
            {"auth": method("approle", path="jwt"), "policies": policy(rule("kv/data/a"), name="operators")},
            ("auth.approle[0].path: is the path of auth.jwt[0] already, got 'jwt'; give each method a path of its own"),
        ),
        (
            {"auth": method("jwt", path="administration")},
            (
                "auth.jwt[0].path: is the path of the servers' administrators already, got 'administration'; "
                "give each method a path of its own"
            ),
        ),
        (
            {"auth": method("oidc", default_role="peple")},
            "auth.oidc[0].default_role: is none of the roles, got 'peple'; did you mean 'people'?",
        ),
        (
            {"auth": method("kubernetes", host="https://10.0.0.9")},
            (
                "auth.kubernetes[0].ca_certificate: is required with host: the servers trust no other "
                "cluster than their own; give the certificate of its authority"
            ),
        ),
        (
            {"auth": method("kubernetes", reviewer_token="x")},
            "auth.kubernetes[0].rotation: is missing: token and entry of the ledger go together",
        ),
        (
            {"auth": method("kubernetes", rotation=ROTATED)},
            "auth.kubernetes[0].reviewer_token: is missing: token and entry of the ledger go together",
        ),
        (
            {"auth": method("kubernetes", roles=None), "consumers": None},
            "auth.kubernetes[0].roles: is required: no consumer logs in here; give a role",
        ),
        (
            {"vault": {**OPENBAO, "kubernetes_host": None}},
            (
                "auth.kubernetes[0].host: is required: the servers do not say which cluster they run on; "
                "give the URL of its API, and ca_certificate"
            ),
        ),
        (
            {"groups": [{**GROUPS[0], "auth": "jwt"}, *GROUPS[1:]]},
            "groups[0].auth: tells no groups, got 'jwt'; give a role of it groups_claim",
        ),
        (
            {"groups": [{**GROUPS[0], "auth": "oidk"}, *GROUPS[1:]]},
            "groups[0].auth: is no OIDC or JWT method of this configuration, got 'oidk'; did you mean 'oidc'?",
        ),
        (
            {"groups": [*GROUPS, {"name": "idle", "auth": "oidc"}]},
            "groups[3]: gives its members nothing; give policies, or name it in break_glass",
        ),
        (
            {"groups": [*GROUPS, {"name": "ops", "auth": "oidc", "claim": "operators", "policies": ["shop"]}]},
            "groups[3].claim: is what 'operators' stands for already, got 'operators'; give one group all policies",
        ),
        (
            {"groups": [{**GROUPS[0], "policies": ["operator"]}, *GROUPS[1:]]},
            "groups[0].policies[0]: is no policy of this configuration, got 'operator'; did you mean 'operators'?",
        ),
        (
            {"policies": [*POLICIES, {"name": "consumer-checkout", "rules": [rule("kv/data/a")]}]},
            (
                "policies[2].name: is the name of the policy of consumer 'checkout', got "
                "'consumer-checkout'; use another one"
            ),
        ),
        (
            {"policies": [*POLICIES, {"name": "break-glass", "rules": [rule("kv/data/a")]}]},
            "policies[2].name: is the name of the policy of break-glass access, got 'break-glass'; use another one",
        ),
        (
            {"engines": {**ENGINES, "kv": [{}, {}]}},
            "engines.kv[1].path: is the path of engines.kv[0] already, got 'kv'; give each engine a path of its own",
        ),
        (
            {"existing_engines": ["kv"]},
            (
                "engines.kv[0].path: is the path of existing_engines already, got 'kv'; give each engine a "
                "path of its own"
            ),
        ),
        (
            {"engines": engine("transit", keys=[{"name": "orders"}, {"name": "orders"}])},
            "engines.transit[0].keys[1].name: is given twice, got 'orders'",
        ),
        (
            {
                "engines": engine(
                    "ssh", roles=[{"name": "operators", "allowed_users": ["admin"], "default_user": "admn"}]
                )
            },
            "engines.ssh[0].roles[0].default_user: is none of allowed_users, got 'admn'; did you mean 'admin'?",
        ),
        (
            {"engines": engine("pki", signed_certificate=ROOTS)},
            "engines.pki[0].signed_on: is missing: certificate and day go together",
        ),
        (
            {"engines": engine("pki", signed_on="2026-01-31")},
            "engines.pki[0].signed_certificate: is missing: certificate and day go together",
        ),
        (
            {"engines": engine("pki", signed_certificate=CERTIFICATE, signed_on="2026-01-31")},
            (
                "engines.pki[0].signed_certificate: must hold the certificate and its root; put the root "
                "below the certificate"
            ),
        ),
        (
            {
                "engines": engine(
                    "pki", signed_certificate=ROOTS + "-----BEGIN PRIVATE KEY-----", signed_on="2026-01-31"
                )
            },
            "engines.pki[0].signed_certificate: holds a private key; give certificates alone",
        ),
        (
            {"engines": connection(kind="mysql", ca_path="/etc/ca.pem")},
            "engines.database[0].connections[0].ca_path: is for PostgreSQL alone; give ca_certificate",
        ),
        (
            {"secrets": [{**SECRETS[0], "path": "transit/x"}]},
            "secrets[0].path: begins with no KV engine of this configuration, got 'transit/x'; KV engines here: kv",
        ),
        (
            {"secrets": [SECRETS[0], {**SECRETS[0], "name": "again"}]},
            "secrets[1].path: has an entry already, got 'kv/shop/stripe'",
        ),
        (
            {"secrets": [{**SECRETS[0], "name": "break-glass"}]},
            "secrets[0].name: is the name of the review of break-glass access",
        ),
        (
            {"consumers": [{**CONSUMERS[0], "auth": "kubernets"}]},
            (
                "consumers[0].auth: is no Kubernetes method of this configuration, got 'kubernets'; did you "
                "mean 'kubernetes'?"
            ),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "name": "shop"}]},
            (
                "consumers[0].name: is the name of a role of 'kubernetes' already, got 'shop'; give the "
                "consumer another name"
            ),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["kv/data/shop/stripe"]}]},
            (
                "consumers[0].secrets[0]: holds the part of the API, got 'kv/data/shop/stripe'; write it as "
                "'kv/shop/stripe'"
            ),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["vk/shop"]}]},
            (
                "consumers[0].secrets[0]: begins with no engine of this configuration, got 'vk/shop'; there "
                "are kv, database, pki, ssh, transit"
            ),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["database/creds/ap"]}]},
            "consumers[0].secrets[0]: names no role of the engine, got 'database/creds/ap'; did you mean 'app'?",
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["database/creds/reports"]}]},
            "consumers[0].secrets[0]: names no role of the engine, got 'database/creds/reports'; there are app",
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["database/config/orders"]}]},
            (
                "consumers[0].secrets[0]: is nothing that pods read of an engine 'database', got "
                "'database/config/orders'; use 'database/creds/<role>'"
            ),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["pki/issue/shop"]}]},
            (
                "consumers[0].secrets[0]: is nothing that pods read of an engine 'pki', got "
                "'pki/issue/shop'; grant it by a policy and a role"
            ),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "kind": "csi"}]},
            (
                "consumers[0].secrets[1]: is a dynamic credential, which CSI makes anew at each poll and never "
                "renews, got "
                "'database/creds/app' (https://openbao.org/docs/platform/k8s/injector-csi/); use kind 'agent', "
                "or a static role"
            ),
        ),
        (
            {"break_glass": {**BREAK_GLASS, "approvers": ["leads", "leeds"]}},
            "break_glass.approvers[1]: is no group of this configuration, got 'leeds'; did you mean 'leads'?",
        ),
        (
            {"break_glass": {**BREAK_GLASS, "approvers": ["leads", "on-call"]}},
            "break_glass.approvers: are responders too, who would let themselves, got on-call; name other groups",
        ),
        ({"break_glass": {**BREAK_GLASS, "quorum": 1}}, "break_glass.quorum: must be 2 at least outside dev, got 1"),
        (
            {"break_glass": {**BREAK_GLASS, "bound_cidrs": ["10.0.0.0/8"]}},
            (
                "break_glass.bound_cidrs: has no place where OpenBao asks for approval of each request; give "
                "token.bound_cidrs of the role by which they log in"
            ),
        ),
        (
            {"break_glass": {**BREAK_GLASS, "alert": None}},
            (
                "break_glass.alert: is required outside dev: somebody has to hear of it; give log_group, "
                "region and topic_arn, or made_elsewhere"
            ),
        ),
        (
            {"break_glass": {**BREAK_GLASS, "alert": {}}},
            "break_glass.alert: needs exactly one of log_group and made_elsewhere, got none",
        ),
        (
            {"break_glass": {**BREAK_GLASS, "alert": {"made_elsewhere": "x", "region": "eu-west-1"}}},
            "break_glass.alert.region: is for an alarm that is made here; leave it out",
        ),
        (
            {"break_glass": {**BREAK_GLASS, "rules": [rule("sys/*", "update")]}},
            (
                "break_glass.rules[0].path: is one of the servers' own, which set them up or lead to more "
                "rights, got 'sys/*'; leave it to the administrators of the servers"
            ),
        ),
    ],
)
def test_what_does_not_fit_together_is_refused(more, finding):
    assert wrong(**more) == [finding]


@pytest.mark.parametrize(
    "make, more, finding",
    [
        (
            vault_args,
            {"auth": {**AUTH, "github": [{**VAULT_AUTH["github"][0], "organization_id": None}]}},
            (
                "auth.github[0].organization_id: is required outside dev: a name can be taken over, its id "
                "cannot; ask 'gh api orgs/<name> --jq .id'"
            ),
        ),
        (
            vault_args,
            {
                "auth": {
                    **AUTH,
                    "azure": [{"tenant_id": "t", "resource": "r", "roles": [{"name": "vm", "policies": ["shop"]}]}],
                }
            },
            (
                "auth.azure[0].roles[0]: takes everybody of the tenant; give service_principal_ids, "
                "subscription_ids or resource_groups"
            ),
        ),
        (
            vault_args,
            {"engines": connection(kind="mssql", ca_certificate=CERTIFICATE)},
            (
                "engines.database[0].connections[0].ca_certificate: cannot be given: the plugin for SQL "
                "Server takes none; install it on the servers"
            ),
        ),
        (
            vault_args,
            {"engines": connection(ca_certificate=CERTIFICATE, ca_path="/etc/ca.pem")},
            "engines.database[0].connections[0].ca_path: is given beside ca_certificate; leave one of them out",
        ),
        (
            vault_args,
            {"auth": {**AUTH, "approle": [{**AUTH["approle"][0]}, {**AUTH["approle"][0], "path": "break-glass"}]}},
            "auth.approle[1].path: is kept for break-glass access, got 'break-glass'; give the method another path",
        ),
        (configuration_args, {"break_glass": {**BREAK_GLASS, "alert": {"log_group": "audit"}}}, None),
    ],
)
def test_more_that_does_not_fit_together(make, more, finding):
    found = wrong(make=make, **more)
    if finding is None:
        assert found == [f"break_glass.alert.{name}: is required with log_group" for name in ("region", "topic_arn")]
    else:
        assert found == [finding]


APP = {"name": "app", "connection": "orders", "creation_statements": ["CREATE {{name}} {{password}}"]}


@pytest.mark.parametrize(
    "more, finding",
    [
        (
            {"roles": [{**APP, "connection": "order"}]},
            (
                "engines.database[0].roles[0].connection: is no connection of the engine, got 'order'; did "
                "you mean 'orders'?"
            ),
        ),
        (
            {"roles": [{**APP, "ttl_seconds": 600, "maximum_seconds": 300}]},
            "engines.database[0].roles[0].ttl_seconds: is more than maximum_seconds (300), got 600",
        ),
        (
            {"roles": [{**APP, "creation_statements": ["CREATE USER x"]}]},
            (
                "engines.database[0].roles[0].creation_statements: make no user without '{{name}}' and "
                "'{{password}}'; write both where they belong"
            ),
        ),
        (
            {"roles": [APP, {**APP, "name": "reports"}]},
            "engines.database[0].static_roles[0].name: is the name of a role already, got 'reports'",
        ),
    ],
)
def test_roles_of_databases_fit_their_connections(more, finding):
    assert finding in wrong(engines=database(**more), consumers=None)


def test_a_connection_that_nobody_uses_is_refused():
    (found,) = wrong(engines=database(roles=None, static_roles=None), consumers=None)
    assert found == "engines.database[0].connections[0]: is used by no role; add a role, or leave the connection out"


def test_all_that_is_wrong_is_said_at_once():
    found = wrong(
        policies=policy(rule("*"), rule("sys/raw", "update")),
        auth={**role("jwt", policies=["x"]), **VAULT_AUTH},
        consumers=[{**CONSUMERS[0], "kind": "csi"}],
        break_glass={**BREAK_GLASS, "quorum": 1},
    )
    assert len(found) == 8


def test_an_alarm_must_have_room_for_its_name():
    alert = {"log_group": "audit", "region": "eu-west-1", "topic_arn": "arn:topic"}
    args = VaultConfigurationArgs(**configuration_args(break_glass={**BREAK_GLASS, "alert": alert}))
    with pytest.raises(PlanError) as caught:
        plan_configuration("a" * 240, args, subject=SUBJECT)
    (found,) = caught.value.findings
    assert str(found).startswith(
        "name: is 11 too long for the automatic name of aws:cloudwatch/metricAlarm:MetricAlarm"
    )
