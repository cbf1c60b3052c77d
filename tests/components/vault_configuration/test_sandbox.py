"""A configuration on the sandbox: up, again, every kind of change with its steps, destroyed."""

import pytest

from platform_lib.components.vault_configuration import VaultConfiguration, VaultConfigurationArgs
from platform_lib.core.values import Secret, plain
from platform_lib.operations.stateful import stateful
from support.component_stack import ComponentStack
from support.vault_configuration_plans import connection, engine, method, policy, role, rule
from support.vault_configurations import (
    AUTH,
    AWS_ENGINE,
    BREAK_GLASS,
    CONSUMERS,
    ENGINES,
    GROUPS,
    OPENBAO,
    POLICIES,
    ROOTS,
    ROTATED,
    SECRETS,
    configuration_args,
    enterprise_args,
    vault_args,
)


def configuration(environment="dev", make=configuration_args, **more):
    return lambda _, opts: VaultConfiguration("main", VaultConfigurationArgs(**make(environment, **more)), opts)


@pytest.fixture
def stack():
    made = ComponentStack(cloud="vault")
    yield made
    made.cloud.close()


@pytest.mark.parametrize("make", [configuration_args, vault_args])
def test_a_whole_configuration_comes_up_stays_and_goes(stack, make):
    previewed = stack.run("preview", configuration(make=make))
    assert stack.up(configuration(make=make)) == dict(previewed.changes)
    assert set(stack.up(configuration(make=make))) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})
    assert stack.cloud.ls() == []


def test_what_holds_something_is_kept_outside_dev(stack):
    stack.up(configuration("prod"))
    assert stack.steps("destroy")[0] == 1
    kept = {item.type for item in stack.engine.snapshot.resources if item.protect}
    assert {"vault:index/mount:Mount", "vault:transit/secretBackendKey:SecretBackendKey"} <= kept
    assert all(stateful(token) for token in kept)


def test_no_secret_stands_in_the_state_in_the_clear(stack):
    auth = method("kubernetes", reviewer_token="reviewer-canary", rotation=ROTATED)
    stack.up(configuration(auth=auth))
    seen = []

    def walk(value, secret=False):
        if isinstance(value, Secret):
            walk(value.value, secret=True)
        elif isinstance(value, dict):
            for item in value.values():
                walk(item, secret)
        elif isinstance(value, list):
            for item in value:
                walk(item, secret)
        elif isinstance(value, str) and "canary" in value:
            seen.append((value, secret))

    for item in stack.engine.snapshot.resources:
        walk(item.inputs)
        walk(item.outputs)
    assert {value for value, _ in seen} == {"oidc-canary", "database-canary", "reviewer-canary"}
    assert all(secret for _, secret in seen)


RENAMED = [{**POLICIES[0], "name": "shop-reader"}, POLICIES[1]]


@pytest.mark.parametrize(
    "more, steps",
    [
        ({"policies": policy(rule("kv/data/shop/*"))}, {("update", "policy-shop")}),
        ({"auth": role("jwt", token={"maximum_seconds": 1800})}, {("update", "role-jwt-deploy")}),
        ({"auth": role("jwt", claims={"repository": "acme/new"})}, {("update", "role-jwt-deploy")}),
        ({"auth": method("oidc", client_secret="another-canary")}, {("update", "auth-oidc")}),
        (
            {"engines": engine("transit", keys=[{"name": "orders", "maximum_days": 30}])},
            {("update", "engine-transit-key-orders")},
        ),
        (
            {"engines": engine("transit", keys=[{"name": "orders"}, {"name": "invoices"}])},
            {("create", "engine-transit-key-invoices")},
        ),
        ({"engines": engine("kv", maximum_versions=5)}, {("update", "engine-kv-config")}),
        ({"engines": connection(password="another-canary")}, {("update", "engine-database-connection-orders")}),
        (
            {"engines": engine("pki", signed_certificate=ROOTS, signed_on="2026-01-31")},
            {("create", "engine-pki-signed")},
        ),
        ({"secrets": [{**SECRETS[0], "rotation": {"last_rotated": "2026-11-01"}}]}, set()),
        (
            {"secrets": [*SECRETS, {"name": "mail", "path": "kv/shop/mail", "rotation": ROTATED}]},
            set(),
        ),
        (
            {"consumers": [{**CONSUMERS[0], "secrets": ["kv/shop/stripe"]}, CONSUMERS[1]]},
            {("update", "policy-consumer-checkout")},
        ),
        (
            {"consumers": CONSUMERS[:1]},
            {("delete", "policy-consumer-reports"), ("delete", "role-kubernetes-reports")},
        ),
        ({"groups": [{**GROUPS[0], "claim": "Operators"}, *GROUPS[1:]]}, {("update", "group-alias-operators")}),
        ({"break_glass": {**BREAK_GLASS, "quorum": 3}}, {("update", "policy-break-glass")}),
        (
            {"break_glass": None, "groups": GROUPS[:1]},
            {
                *(("delete", f"policy-{name}") for name in ("break-glass", "break-glass-approve")),
                *(("delete", f"{kind}-{name}") for kind in ("group", "group-alias") for name in ("on-call", "leads")),
            },
        ),
    ],
)  # fmt: skip
def test_a_change_takes_the_steps_that_it_needs(stack, more, steps):
    stack.up(configuration())
    for operation in ("preview", "up"):
        code, found = stack.steps(operation, configuration(**more))
        assert (code, set(found)) == (0, steps)
    assert set(stack.up(configuration(**more))) == {"same"}


def test_a_policy_with_another_name_is_there_before_its_roles_and_the_old_one_goes_last(stack):
    stack.up(configuration())
    auth = {
        kind: [{**one, "roles": [{**each, "policies": ["shop-reader"]} for each in one["roles"]]} for one in methods]
        for kind, methods in AUTH.items()
    }
    code, steps = stack.steps("up", configuration(policies=RENAMED, auth=auth))
    assert code == 0
    order = [step for step in steps if "policy" in step[1] or "role" in step[1]]
    assert order[0] == ("create", "policy-shop-reader")
    assert order[-1] == ("delete", "policy-shop")
    assert set(order[1:-1]) == {
        ("update", f"role-{name}") for name in ("jwt-deploy", "oidc-people", "kubernetes-shop", "approle-pipeline")
    }


def test_an_engine_that_is_taken_out_takes_along_what_it_holds(stack):
    stack.up(configuration())
    less = {kind: value for kind, value in ENGINES.items() if kind != "ssh"}
    without = policy(rule("kv/data/*"), name="operators")
    code, steps = stack.steps("up", configuration(engines=less, policies=without))
    assert code == 0
    assert {name for op, name in steps if op == "delete"} == {
        "engine-ssh",
        "engine-ssh-authority",
        "engine-ssh-role-operators",
    }
    assert steps[-1] == ("delete", "engine-ssh")


def test_an_engine_stays_outside_dev_though_it_is_taken_out(stack):
    stack.up(configuration("prod"))
    less = {kind: value for kind, value in ENGINES.items() if kind != "transit"}
    shop = policy(rule("kv/data/shop/*"))
    code, _ = stack.steps("preview", configuration("prod", engines=less, policies=shop))
    assert code == 1
    assert "engine-transit" in stack.errors
    assert "protected" in stack.errors


def test_another_path_is_another_engine(stack):
    stack.up(configuration("prod"))
    moved = {"engines": engine("transit", path="crypt"), "policies": policy(rule("crypt/encrypt/orders", "update"))}
    code, steps = stack.steps("preview", configuration("prod", **moved))
    assert code == 1
    assert ("create", "engine-crypt") in steps


def test_another_kind_of_key_would_replace_it_and_is_refused_outside_dev(stack):
    stack.up(configuration("prod"))
    other = {"engines": engine("transit", keys=[{"name": "orders", "kind": "chacha20-poly1305"}])}
    assert stack.steps("preview", configuration("prod", **other))[0] == 1
    assert "engine-transit-key-orders" in stack.errors


def test_a_key_goes_with_its_engine_and_not_by_itself(stack):
    keys = engine("transit", keys=[{"name": "orders"}, {"name": "invoices"}])
    stack.up(configuration(engines=keys))
    code, _ = stack.steps("up", configuration())
    assert code == 1
    assert "deletion is not allowed for this key" in stack.errors


def test_the_ledger_is_an_output_of_the_component(stack):
    stack.up(configuration(secrets=[{**SECRETS[0], "rotation": {"last_rotated": "2026-11-01"}}]))
    (component,) = (item for item in stack.engine.snapshot.resources if item.type.endswith(":VaultConfiguration"))
    entries = {entry["name"]: entry for entry in plain(component.outputs["rotation"])}
    assert entries["stripe"]["last_rotated"] == "2026-11-01"
    assert not isinstance(component.outputs["rotation"], Secret)


def test_break_glass_access_changes_its_form_when_the_servers_learn_control_groups(stack):
    old = {
        "vault": {**OPENBAO, "engine_version": "2.6.2"},
        "break_glass": {**BREAK_GLASS, "bound_cidrs": ["10.9.0.0/16"]},
    }
    stack.up(configuration("prod", **old))
    code, steps = stack.steps("up", configuration("prod"))
    assert (code, set(steps)) == (
        0,
        {
            ("update", "policy-break-glass"),
            ("update", "policy-break-glass-approve"),
            ("update", "group-on-call"),
            ("delete", "policy-break-glass-request"),
            ("delete", "role-break-glass-break-glass"),
            ("delete", "auth-break-glass"),
        },
    )


def test_servers_that_become_enterprise_keep_their_engines(stack):
    engines = {**ENGINES, **AWS_ENGINE}
    stack.up(configuration("prod", vault_args, engines=engines))
    assert stack.steps("preview", configuration("prod", enterprise_args, engines=engines))[0] == 1
    assert "engine-kv" in stack.errors  # wrapping would replace what is protected
    unwrapped = {**engines, "seal_wrapped": False}
    code, steps = stack.steps("up", configuration("prod", enterprise_args, engines=unwrapped))
    assert code == 0
    assert ("update", "engine-database-connection-orders") in steps
    assert not [name for op, name in steps if name.startswith("engine-") and op != "update"]
