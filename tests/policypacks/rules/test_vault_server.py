"""The cases of the rules for the Vault server, and for policies."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.rules.common.vault_policy import Grant, grants
from support.policies import PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

FILE = R("file", "vault:index/audit:Audit", {"type": "file", "options": {"file_path": "/a.log", "log_raw": "false"}})
SOCKET = R("socket", "vault:index/audit:Audit", {"type": "socket", "options": {"address": "a:1"}})
MOUNT = resource(
    "vault:index/mount:Mount",
    {
        "type": "kv",
        "options": {"version": "2"},
        "maxLeaseTtlSeconds": 86400,
        "defaultLeaseTtlSeconds": 3600,
        "sealWrap": True,
    },
)
SNAPSHOTS = R(
    "snapshots",
    "vault:index/raftSnapshotAgentConfig:RaftSnapshotAgentConfig",
    {"intervalSeconds": 3600, "retain": 7, "storageType": "aws-s3"},
)
AUTOPILOT = R("autopilot", "vault:index/raftAutopilot:RaftAutopilot", {"cleanupDeadServers": True})
SERVER = [AUTOPILOT, SNAPSHOTS, FILE, SOCKET]
LDAP = R("ldap", "vault:ldap/authBackend:AuthBackend", {"url": "ldaps://a.example"})
ENFORCED = R(
    "mfa",
    "vault:identity/mfaLoginEnforcement:MfaLoginEnforcement",
    {"mfaMethodIds": ["totp"], "authMethodTypes": ["ldap"]},
)
READER = 'path "kv/data/shop/*" {\n  capabilities = ["read"] # only this\n}\n'
POLICY = resource("vault:index/policy:Policy", {"name": "shop", "policy": READER})


def policy(path: str, *capabilities: str) -> dict[str, Any]:
    listed = ", ".join(f'"{name}"' for name in capabilities)
    return {"policy": f'{READER}path "{path}" {{ capabilities = [{listed}] }}'}


CASES = [
    Case("vault-audit-device-exists", SERVER, bad=[drop("socket"), drop("file")], guards=[]),
    Case(
        "vault-audit-not-raw",
        [FILE, SOCKET],
        bad={"options.log_raw": "true"},
    ),
    Case("vault-audit-local-off", [FILE, SOCKET], bad={"local": True}),
    Case(
        "vault-mount-audit-values-hmac",
        MOUNT,
        bad=[{"auditNonHmacRequestKeys": ["data"]}, {"auditNonHmacResponseKeys": ["token"]}],
        also_good={"auditNonHmacRequestKeys": ["ttl"]},
    ),
    Case(
        "vault-mount-default-lease-bounded",
        MOUNT,
        bad=[{"maxLeaseTtlSeconds": 31536000}, {"defaultLeaseTtlSeconds": 172800}],
        absent={"defaultLeaseTtlSeconds": PASS},
    ),
    Case(
        "vault-mount-kv-version-two",
        MOUNT,
        bad={"options.version": "1"},
        also_good={"type": "kv-v2", "options": {}},
        unrelated={"type": "pki"},
    ),
    Case("vault-mount-not-listed-unauthenticated", MOUNT, bad={"listingVisibility": "unauth"}),
    Case("vault-mount-seal-wrap", MOUNT, bad={"sealWrap": False}, unrelated={"type": "ssh"}),
    Case(
        "vault-userpass-not-enabled",
        resource("vault:index/authBackend:AuthBackend", {"type": "approle"}),
        bad={"type": "userpass"},
        breaks=["vault-mfa-login-enforced"],
    ),
    Case(
        "vault-mfa-login-enforced",
        [LDAP, ENFORCED],
        bad=[
            drop("mfa"),
            on("mfa", {"authMethodTypes": ["okta"]}),
            add(R("passwords", "vault:index/authBackend:AuthBackend", {"type": "userpass"})),
        ],
        also_good=on("mfa", {"authMethodTypes": REMOVE, "authMethodAccessors": [Ref("ldap", "accessor")]}),
        guards=[],
        undetermined=on("mfa", {"authMethodTypes": UNKNOWN}),
        breaks=["vault-userpass-not-enabled"],
    ),
    Case(
        "vault-raft-autopilot-and-snapshots",
        SERVER,
        bad=[
            drop("snapshots"),
            on("snapshots", {"intervalSeconds": 604800}),
            on("snapshots", {"storageType": "local"}),
        ],
    ),
    Case(
        "vault-provider-no-plain-token",
        R("it", "vault:index/policy:Policy", POLICY.properties, provider={"address": "https://vault.example:8200"}),
        bad=[
            {"provider.token": "hvs.plain"},
            {"provider.skipTlsVerify": "true"},
            {"provider.address": "http://vault.example:8200"},
        ],
        also_good=[{"provider.token": Secret("hvs.x")}, {"provider.address": None}],
        guards=[],
        undetermined=[{f"provider.{name}": UNKNOWN} for name in ("token", "skipTlsVerify", "address")],
    ),
    Case(
        "vault-policy-no-root-path", POLICY, bad=[policy("*", "update"), policy("+/*", "sudo"), {"policy": "nothing"}]
    ),
    Case(
        "vault-policy-sudo-restricted",
        POLICY,
        bad=policy("sys/mounts/*", "read", "sudo"),
        also_good=policy("sys/leases/lookup", "sudo"),
        config={"sudo_paths": ["sys/leases/lookup"]},
    ),
    Case(
        "vault-policy-deny-sys-raw",
        POLICY,
        bad=[
            policy("sys/raw/*", "read"),
            policy("sys/*", "read"),
            policy("+/seal", "update"),
            policy("sys/audit", "read"),
        ],
        also_good=[policy("sys/raw/*", "deny"), policy("sys/health", "read")],
        unrelated={**policy("sys/seal", "update"), "name": "operators"},
        config={"operator_policies": ["operators"]},
    ),
    Case(
        "vault-policy-no-token-creation-for-apps",
        POLICY,
        bad=[policy("auth/token/create", "update"), policy("auth/token/*", "create")],
        also_good=policy("auth/token/renew-self", "update"),
        unrelated={**policy("auth/token/create", "update"), "name": "ci"},
        config={"token_policies": ["ci"]},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_server_rules_leave_stacks_of_applications_alone() -> None:
    for rule in ("vault-audit-device-exists", "vault-raft-autopilot-and-snapshots"):
        case = Case(rule, [POLICY], bad=(), unrelated={"name": "other"})
        for trial in trials([case]):
            if "unrelated" in trial.name:
                trial.run()


def test_policy_with_parameters_and_comments_is_read() -> None:
    text = """
    # path "commented/*" { capabilities = ["sudo"] }
    /* path "also/*" { capabilities = ["sudo"] } */
    path "kv/data/{{identity.entity.id}}/*" {
      allowed_parameters = { "ttl" = ["1h", "}"] }
      capabilities = ["read", "LIST"]
    }
    path "kv/secret" { capabilities = ["read", "deny"] }
    """
    assert grants(text) == [
        Grant("kv/data/{{identity.entity.id}}/*", frozenset({"read", "list"})),
        Grant("kv/secret", frozenset()),
    ]


def test_policy_as_json_is_read() -> None:
    assert grants('{"path": {"a/*": {"capabilities": ["read"]}}}') == [Grant("a/*", frozenset({"read"}))]
