"""What policies may say, and what none may."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.components.vault_configuration.kind import PolicyCapability
from platform_lib.components.vault_configuration.planning.policy import PolicyPlan, RulePlan
from policypacks.rules.common.vault_policy import grants
from support.vault_configuration_plans import planned, policy, rule, wrong


@pytest.mark.parametrize(
    "rules, problem",
    [
        ([rule("*")], "reaches every engine, and the servers' own paths, got '*'; begin with the path of one engine"),
        ([rule("+/data/x")], "reaches every engine"),
        ([rule("k*", "list")], "reaches every engine"),
        ([rule("*", "deny")], "reaches every engine"),
        ([rule("/kv/data/x")], "is not a path, got '/kv/data/x'"),
        ([rule("kv")], "is not a path"),
        ([rule("kv/data/*/x")], "is not a path"),
        ([rule("kv/data/../x")], "is not a path"),
        ([rule("kv/da+ta/x")], "is not a path"),
        ([rule("kv/shop/stripe")], "grants nothing, or too much, without the part that a KV engine of version 2 has"),
        ([rule("kv/*", "create")], "grants nothing, or too much"),
        (
            [rule("transt/encrypt/x")],
            "begins with no engine of this configuration, got 'transt/encrypt/x'; did you mean",
        ),
        ([rule("sys/raw/x")], "is one of the servers' own, which set them up or lead to more rights, got 'sys/raw/x'"),
        ([rule("sys/*", "update")], "is one of the servers' own"),
        ([rule("sys/policies/acl/shop", "update")], "is one of the servers' own"),
        ([rule("sys/mounts", "read")], "is one of the servers' own"),
        ([rule("auth/token/create", "update")], "is one of the servers' own"),
        ([rule("auth/*", "read")], "is one of the servers' own"),
        ([rule("auth/approle/role/pipeline", "update")], "is one of the servers' own"),
        ([rule("identity/entity", "update")], "is one of the servers' own"),
        ([rule("sys/capabilities_self", "update")], "did you mean 'sys/capabilities-self'?"),
        (
            [rule("auth/approle/role/other/secret-id", "update", maximum_wrapping_seconds=60)],
            (
                "names no role of AppRole of this configuration, got 'auth/approle/role/other/secret-id'; "
                "known here: auth/approle/role/pipeline"
            ),
        ),
        (
            [rule("pki/roles/shop", "update")],
            "are more than 'pki/roles/shop' takes, got update; use some of read, list",
        ),
        ([rule("pki/root", "delete")], "is about the set-up of the engine, which is this configuration's"),
        ([rule("pki/+/shop", "update")], "is about the set-up of the engine"),
        ([rule("transit/keys/orders/config", "update")], "are more than 'transit/keys/orders/config' takes"),
        ([rule("ssh/config/ca", "create")], "are more than 'ssh/config/ca' takes"),
        ([rule("database/config/orders")], "is about the set-up of the engine"),
        ([rule("kv/data/a"), rule("kv/data/a", "list")], "is given twice, got 'kv/data/a'; write it as one rule"),
        (
            [rule("kv/data/a", minimum_wrapping_seconds=60, maximum_wrapping_seconds=30)],
            "is more than the maximum (30), got 60",
        ),
    ],
)
def test_a_rule_that_reaches_too_far_or_nothing_is_refused(rules, problem):
    found = wrong(policies=policy(*rules))
    assert len(found) == 1, found
    assert problem in found[0]
    assert found[0].startswith("policies[0].rules[")


def test_a_secret_id_is_handed_out_wrapped():
    (found,) = wrong(policies=policy(rule("auth/approle/role/pipeline/secret-id", "update")))
    assert found == (
        "policies[0].rules[0].maximum_wrapping_seconds: is required where secret ids are handed out, so "
        "that nobody reads "
        "one on its way; use 120"
    )


@pytest.mark.parametrize(
    "path, capabilities",
    [
        ("kv/data/{{identity.entity.name}}/*", ["read"]),
        ("kv/metadata/+/stripe", ["list"]),
        ("kv/config", ["read"]),
        ("transit/keys/orders/rotate", ["update"]),
        ("transit/keys/orders", ["read"]),
        ("database/rotate-root/orders", ["update"]),
        ("sys/leases/renew", ["update"]),
        ("cubbyhole/mine", ["create", "read"]),
        ("auth/approle/role/pipeline/role-id", ["read"]),
        ("sys/seal", ["deny"]),
        ("legacy/anything/*", ["read", "update"]),
        ("legacy/*", ["read", "list"]),
    ],
)
def test_a_rule_for_what_is_used_passes(path, capabilities):
    planned(policies=policy(rule(path, *capabilities)), existing_engines=["legacy"])


def test_an_engine_that_is_made_elsewhere_is_not_set_up_by_a_policy():
    (found,) = wrong(policies=policy(rule("legacy/*", "update")), existing_engines=["legacy"])
    assert "reaches the set-up of the engine too, got 'legacy/*'; name the part below it that is used" in found


WORDS = st.text("abcdefghijklmnopqrstuvwxyz0123456789-_.", min_size=1, max_size=12).filter(
    lambda text: text not in (".", "..")
)


CAPABILITIES = st.lists(
    st.sampled_from([one for one in PolicyCapability if one is not PolicyCapability.DENY]), min_size=1, unique=True
)


@given(st.lists(st.tuples(WORDS, CAPABILITIES), min_size=1, max_size=6, unique_by=lambda item: item[0]))
def test_the_text_of_a_policy_says_what_its_rules_say(rules):
    asked = policy(*(rule(f"kv/data/{word}", *capabilities) for word, capabilities in rules))
    found = grants(planned(policies=asked).policies[0].hcl)
    expected = [(f"kv/data/{word}", {one.value for one in capabilities}) for word, capabilities in rules]
    assert [(grant.path, set(grant.capabilities)) for grant in found] == expected


@given(CAPABILITIES, st.randoms())
def test_the_order_of_capabilities_changes_nothing(capabilities, random):
    other = random.sample(capabilities, len(capabilities))
    first, second = (planned(policies=policy(rule("kv/data/a", *one))) for one in (capabilities, other))
    assert first.policies == second.policies


@given(st.text(max_size=40))
def test_no_path_breaks_out_of_its_quotes(text):
    (found,) = grants(PolicyPlan("p", (RulePlan("kv/data/a", ("read",), required_parameters=(text,)),)).hcl)
    assert found.path == "kv/data/a"


@given(
    st.sampled_from(["*", "+", "+*", "*/x", "+/data/*", "s*", "sys*", "sys/*", "auth/*", "identity/*"]), CAPABILITIES
)
def test_nothing_grants_everything(path, capabilities):
    assert wrong(policies=policy(rule(path, *capabilities)))
