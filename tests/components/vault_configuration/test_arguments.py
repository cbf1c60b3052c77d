"""Arguments that are wrong by themselves, and what an engine has not: every message with its input."""

import pulumi
import pytest

from platform_lib.core.errors import ArgsError
from support.vault_configuration_plans import connection, engine, method, policy, role, rule, wrong
from support.vault_configurations import (
    AUTH,
    AWS_ENGINE,
    BREAK_GLASS,
    CERTIFICATE,
    CONSUMERS,
    ENGINES,
    GROUPS,
    OPENBAO,
    POLICIES,
    ROTATED,
    VAULT_AUTH,
    configuration_args,
    vault_args,
)


@pytest.mark.parametrize(
    "make, more, findings",
    [
        (
            configuration_args,
            {"auth": {**AUTH, **VAULT_AUTH}},
            [
                (
                    "auth.aws: OpenBao ships no auth method 'aws'; let pods log in by kubernetes, and others by jwt or "
                    "approle; or register the plugin openbao-plugin-auth-aws on the servers and name 'auth-aws' in "
                    "external_plugins"
                ),
                (
                    "auth.azure: OpenBao ships no auth method 'azure'; let managed identities log in by jwt with the "
                    "tenant's issuer; or register the plugin openbao-plugin-auth-azure on the servers and name "
                    "'auth-azure' "
                    "in external_plugins"
                ),
                (
                    "auth.github: OpenBao ships no auth method 'github'; let people sign in by oidc, and workflows "
                    "by jwt; "
                    "or register the plugin openbao-plugin-auth-github on the servers and name 'auth-github' in "
                    "external_plugins"
                ),
            ],
        ),
        (
            configuration_args,
            {"engines": {**ENGINES, **AWS_ENGINE}},
            [
                (
                    "engines.aws: OpenBao ships no secrets engine 'aws'; give pods a role by the pod identities of the "
                    "cluster; or register the plugin openbao-plugin-secrets-aws on the servers and name "
                    "'secrets-aws' in "
                    "external_plugins"
                )
            ],
        ),
        (
            configuration_args,
            {"engines": connection(kind="mongodb")},
            [
                (
                    "engines.database[0].connections[0].kind: OpenBao ships no plugin for mongodb; use Vault, or "
                    "write its "
                    "secrets to kv and rotate them by the ledger"
                )
            ],
        ),
        (
            configuration_args,
            {"consumers": [{**CONSUMERS[0], "kind": "operator"}]},
            ["consumers[0].kind: OpenBao ships no operator for consumers; use the agent"],
        ),
        (
            configuration_args,
            {"engines": connection(ca_certificate=CERTIFICATE)},
            [
                (
                    "engines.database[0].connections[0].ca_certificate: cannot be given: the plugin for PostgreSQL of "
                    "OpenBao takes a path on the servers; give ca_path, or install it on the servers"
                )
            ],
        ),
        (
            vault_args,
            {"engines": {**ENGINES, **AWS_ENGINE, "seal_wrapped": True}},
            ["engines.seal_wrapped: is for Vault Enterprise, and Vault 1.21 is not; leave it out"],
        ),
        (
            vault_args,
            {"external_plugins": ["auth-aws"]},
            ["external_plugins: is for OpenBao, and Vault ships them; leave it out"],
        ),
        (
            vault_args,
            {"break_glass": {**BREAK_GLASS, "bound_cidrs": ["10.0.0.0/8"], "quorum": 3}},
            [
                (
                    "break_glass.quorum: can only be 2 where a credential is split, which is what Vault 1.21 "
                    "leaves, got 3; "
                    "use OpenBao 2.7 or Vault Enterprise, or 2"
                )
            ],
        ),
        (
            vault_args,
            {"break_glass": BREAK_GLASS},
            ["break_glass.bound_cidrs: is required outside dev; name the addresses of the responders"],
        ),
        (
            configuration_args,
            {"vault": {**OPENBAO, "engine_version": "latest"}},
            ["vault.engine_version: is not a version, got 'latest'; write it as '2.7.2'"],
        ),
    ],
)
def test_what_the_engine_has_not_is_refused_by_name_with_the_way_out(make, more, findings):
    assert wrong(make=make, **more) == findings


@pytest.mark.parametrize(
    "more, finding",
    [
        (
            {"policies": [{"name": "root", "rules": [rule("kv/data/a")]}]},
            "policies[0].name: belongs to the engine itself, got 'root'; use a name of your own",
        ),
        ({"policies": policy(rule("kv/data/a", "sudo"))}, "policies[0].rules[0].capabilities[0]: must be one of"),
        (
            {"policies": policy(rule("kv/data/a", "deny", "read"))},
            (
                "policies[0].rules[0].capabilities: holds 'deny' beside others, which it takes away; give "
                "'deny' alone, or leave it out"
            ),
        ),
        ({"policies": [*POLICIES, POLICIES[0]]}, "policies[2].name: is given twice"),
        (
            {"auth": role("jwt", policies=["root"])},
            (
                "auth.jwt[0].roles[0].policies[0]: belongs to the engine itself, got 'root'; name policies "
                "of this configuration"
            ),
        ),
        ({"auth": role("jwt", audiences=[])}, "auth.jwt[0].roles[0].audiences: must have at least 1 entries"),
        ({"auth": role("jwt", audiences=["*"])}, "auth.jwt[0].roles[0].audiences: must name each audience"),
        (
            {"auth": role("jwt", claims={"repository": "*"})},
            "auth.jwt[0].roles[0].claims.repository: takes any value; name the value that counts",
        ),
        (
            {"auth": role("kubernetes", service_accounts=["*"])},
            (
                "auth.kubernetes[0].roles[0].service_accounts[0]: is not a name of Kubernetes, got '*'; name "
                "each one; '*' lets in every pod"
            ),
        ),
        (
            {"auth": role("kubernetes", namespaces=["shop", "shop"])},
            "auth.kubernetes[0].roles[0].namespaces[1]: is given twice",
        ),
        (
            {"auth": role("approle", bound_cidrs=["0.0.0.0/0"])},
            "auth.approle[0].roles[0].bound_cidrs[0]: is every address there is, got '0.0.0.0/0'; name your own",
        ),
        (
            {"auth": role("oidc", redirect_uris=["http://elsewhere.example.org"])},
            "auth.oidc[0].roles[0].redirect_uris[0]: must be https, or http on localhost, without '*'",
        ),
        (
            {"auth": method("oidc", discovery_url="http://login")},
            "auth.oidc[0].discovery_url: must be an https:// address",
        ),
        (
            {"auth": method("oidc", rotation={"last_rotated": "yesterday"})},
            "auth.oidc[0].rotation.last_rotated: is not a day, got 'yesterday'; write it as '2026-03-31'",
        ),
        (
            {"auth": method("oidc", rotation={**ROTATED, "maximum_days": 45})},
            "auth.oidc[0].rotation.maximum_days: must be one of 30, 60, 90, got 45",
        ),
        (
            {"engines": engine("kv", path="sys")},
            "engines.kv[0].path: belongs to the engine itself, got 'sys'; use a name of your own",
        ),
        (
            {"engines": engine("ssh", roles=[{"name": "a", "allowed_users": ["*"]}])},
            (
                "engines.ssh[0].roles[0].allowed_users[0]: is not a name of a user; name each one; '*' lets "
                "in as anybody"
            ),
        ),
        (
            {"engines": engine("pki", roles=[{"name": "a", "allowed_domains": ["*"]}])},
            "engines.pki[0].roles[0].allowed_domains[0]: is not a domain; write it as 'shop.internal'",
        ),
        (
            {"engines": engine("pki", roles=[{"name": "a", "allowed_domains": ["a.b"], "ttl_hours": 721}])},
            "engines.pki[0].roles[0].ttl_hours: must be at most 720, got 721",
        ),
        (
            {"engines": engine("transit", keys=[{"name": "a", "kind": "rsa-2048"}])},
            "engines.transit[0].keys[0].kind: must be one of",
        ),
        (
            {"engines": engine("transit", keys=[{"name": "a", "exportable": True}])},
            "engines.transit[0].keys[0].exportable: is not known",
        ),
        (
            {"engines": connection(host="https://db")},
            "engines.database[0].connections[0].host: is not a host name; leave out protocol and port",
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["stripe"]}]},
            "consumers[0].secrets[0]: is not a path of a secret; write it as 'kv/shop/stripe'",
        ),
        (
            {"break_glass": {**BREAK_GLASS, "maximum_minutes": 600}},
            "break_glass.maximum_minutes: must be at most 240, got 600",
        ),
        (
            {"groups": [{**GROUPS[0], "policies": [pulumi.Output.from_input("x")]}]},
            "groups[0].policies[0]: must be known before anything is deployed, got an Output; pass a plain value",
        ),
    ],
)
def test_a_bad_argument_is_refused_with_its_path(more, finding):
    found = wrong(ArgsError, **more)
    assert any(one.startswith(finding) for one in found), found


@pytest.mark.parametrize("secret", ["client_secret", "password", "reviewer_token"])
def test_no_message_tells_a_secret(secret):
    canary = ["canary-1"]  # of a wrong type, so that the message speaks of it
    more = {
        "client_secret": {"auth": method("oidc", client_secret=canary)},
        "password": {"engines": connection(password=canary)},
        "reviewer_token": {"auth": method("kubernetes", reviewer_token=canary)},
    }[secret]
    found = wrong(ArgsError, **more)
    assert len(found) == 1
    assert "canary" not in found[0]
