import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vault_configuration.capability import engine_facts
from platform_lib.components.vault_configuration.planning.consumer import settings
from support.vault_configuration_plans import engine, method, planned, role, rule
from support.vault_configurations import (
    AUTH,
    AWS_ENGINE,
    BREAK_GLASS,
    CONSUMERS,
    ENGINES,
    ENTERPRISE,
    OPENBAO,
    ROOTS,
    ROTATED,
    VAULT,
    VAULT_AUTH,
    configuration_args,
    enterprise_args,
    least_args,
    vault_args,
)


def test_what_is_left_out_has_a_default():
    plan = planned()
    assert [one.name for one in plan.policies] == [
        *("shop", "operators", "consumer-checkout", "consumer-reports", "break-glass", "break-glass-approve"),
    ]
    assert [(one.kind, one.path) for one in plan.methods] == [
        *(("kubernetes", "kubernetes"), ("oidc", "oidc"), ("jwt", "jwt"), ("approle", "approle")),
    ]
    assert [one.path for one in plan.engines] == ["kv", "database", "pki", "ssh", "transit"]
    assert (plan.break_glass.quorum, plan.break_glass.maximum_seconds) == (2, 3600)
    assert {one.name: one.policies for one in plan.groups} == {
        "operators": ("operators",),
        "on-call": ("break-glass",),
        "leads": ("break-glass-approve",),
    }


def test_the_ledger_holds_what_people_and_what_the_engine_rotate():
    found = {
        one.name: (one.kind, one.owner, one.maximum_days, one.last_rotated, one.rotated_by) for one in planned().ledger
    }
    assert found == {
        "auth/oidc/config": ("client-secret", "network-team", 90, "2026-10-01", "people"),
        "break-glass": ("break-glass-review", "network-team", 90, "2026-09-15", "people"),
        "database/config/orders": ("database-root", "network-team", 90, "2026-10-01", "people"),
        "database/static-creds/reports": ("database-user", "network-team", 30, "", "engine"),
        "stripe": ("static-secret", "payments", 60, "2026-10-01", "people"),
        "transit/keys/orders": ("transit-key", "network-team", 90, "", "engine"),
    }


def test_the_enterprise_edition_rotates_root_passwords_itself():
    entry = next(one for one in planned(enterprise_args).ledger if one.kind == "database-root")
    assert (entry.rotated_by, entry.last_rotated) == ("engine", "")


def test_an_authority_is_due_while_it_still_outlives_its_certificates():
    engines = engine("pki", signed_certificate=ROOTS, signed_on="2026-01-31", valid_days=365)
    entry = next(one for one in planned(engines=engines).ledger if one.kind == "intermediate")
    assert (entry.maximum_days, entry.last_rotated) == (362, "2026-01-31")  # certificates live three days


def test_a_reviewer_s_token_stands_in_the_ledger():
    auth = method("kubernetes", reviewer_token="canary", rotation={**ROTATED, "maximum_days": 30})
    entry = next(one for one in planned(auth=auth).ledger if one.kind == "reviewer-token")
    assert (entry.path, entry.maximum_days) == ("auth/kubernetes/config", 30)


@pytest.mark.parametrize(
    "servers, groups, roots",
    [
        (OPENBAO, True, False),
        ({**OPENBAO, "engine_version": "2.6.2"}, False, False),
        ({**OPENBAO, "engine_version": "v3.0.0"}, True, False),
        (VAULT, False, False),
        (ENTERPRISE, True, True),
        ({**ENTERPRISE, "engine_version": "1.18.5+ent.hsm"}, True, False),
    ],
)
def test_what_an_engine_has_follows_from_its_name_and_version(servers, groups, roots):
    facts = engine_facts(servers["engine"], servers["engine_version"])
    assert (facts.has_control_groups, facts.rotates_database_roots) == (groups, roots)


def test_a_credential_is_split_where_there_are_no_control_groups():
    plan = planned(vault_args)
    assert plan.break_glass.approval == "split-credential"
    assert {one.name: one.policies for one in plan.groups}["on-call"] == ("break-glass-request",)
    texts = {one.name: one.hcl for one in plan.policies}
    assert "control_group" not in texts["break-glass"]
    assert 'path "auth/break-glass/role/break-glass/secret-id"' in texts["break-glass-approve"]
    assert 'max_wrapping_ttl = "300s"' in texts["break-glass-approve"]


def test_every_rule_of_break_glass_access_waits_for_approvers():
    rules = [rule("kv/data/*"), rule("database/creds/app"), rule("kv/data/private/*", "deny")]
    (text,) = [
        one.hcl for one in planned(break_glass={**BREAK_GLASS, "rules": rules}).policies if one.name == "break-glass"
    ]
    blocks = text.split("\n\n")
    assert [("approvals = 2" in block, 'group_names = ["leads"]' in block) for block in blocks] == [
        *((True, True), (True, True), (False, False)),
    ]


def test_a_plugin_that_operators_registered_counts():
    plugins = ["auth-aws", "auth-azure", "auth-github", "secrets-aws"]
    plan = planned(auth={**AUTH, **VAULT_AUTH}, engines={**ENGINES, **AWS_ENGINE}, external_plugins=plugins)
    assert {"aws", "azure", "github"} <= {one.kind for one in plan.methods}


def test_in_dev_less_is_asked_for():
    plan = planned(
        configuration_args,
        "dev",
        auth=role("approle", bound_cidrs=None),
        break_glass={**BREAK_GLASS, "quorum": 1, "alert": None},
    )
    assert plan.break_glass.quorum == 1


def test_settings_of_consumers_are_those_of_their_kind():
    agent, csi = planned().consumers
    facts = planned().engine
    told = settings(agent, facts)
    assert told["annotations"]["openbao.openbao.org/agent-inject-secret-kv-shop-stripe"] == "kv/data/shop/stripe"
    assert told["volumes"][0]["projected"]["sources"][0]["serviceAccountToken"]["audience"] == "vault"
    spec = settings(csi, facts)["secret_provider_class"]["spec"]
    assert (spec["provider"], spec["parameters"]["baoAuthMountPath"]) == ("openbao", "kubernetes")
    assert '"secretPath": "database/static-creds/reports"' in spec["parameters"]["objects"]
    plan = planned(
        vault_args,
        consumers=[
            {
                **CONSUMERS[0],
                "kind": "operator",
                "secrets": [*CONSUMERS[0]["secrets"], "database/static-creds/reports", "aws/sts/deploy"],
            }
        ],
    )
    made = settings(plan.consumers[0], plan.engine)["custom_resources"]
    assert [one["kind"] for one in made] == ["VaultAuth", "VaultStaticSecret", *["VaultDynamicSecret"] * 3]
    assert [one["spec"].get("allowStaticCreds") for one in made] == [None, None, None, True, None]
    assert made[1]["spec"] | {"destination": None} == {
        "vaultAuthRef": "checkout",
        "mount": "kv",
        "type": "kv-v2",
        "path": "shop/stripe",
        "refreshAfter": "60s",
        "destination": None,
    }
    assert any(
        key.startswith("vault.hashicorp.com/")
        for key in settings(planned(vault_args).consumers[0], plan.engine)["annotations"]
    )


NAMES = st.from_regex(re.compile(r"[a-z][a-z0-9]{0,10}"), fullmatch=True)


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.integers(0, 5))
def test_a_further_key_changes_nothing_about_the_others(names, extra):
    keys = [{"name": name} for name in names]
    more = [*keys, *({"name": f"new-{number}"} for number in range(extra))]
    before = planned(least_args, "prod", engines={"transit": [{"keys": keys}]})
    after = planned(least_args, "prod", engines={"transit": [{"keys": more}]})
    assert set(before.ledger) <= set(after.ledger)
    assert after.engines[0].roles[: len(names)] == before.engines[0].roles
