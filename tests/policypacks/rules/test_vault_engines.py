"""The cases of the rules for Vault's secret engines."""

import json

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from support.policies import PASS, REMOVE, Case, Trial, resource, trials

TRANSIT = resource(
    "vault:transit/secretBackendKey:SecretBackendKey",
    {
        "exportable": False,
        "allowPlaintextBackup": False,
        "deletionAllowed": False,
        "autoRotatePeriod": 7776000,
        "type": "aes256-gcm96",
    },
)
PKI = resource(
    "vault:pkiSecret/secretBackendRole:SecretBackendRole",
    {
        "allowAnyName": False,
        "enforceHostnames": True,
        "allowedDomains": ["shop.example"],
        "maxTtl": "720h",
        "keyType": "rsa",
        "keyBits": 2048,
    },
)
CONNECTION = resource(
    "vault:database/secretBackendConnection:SecretBackendConnection",
    {
        "verifyConnection": True,
        "allowedRoles": ["api"],
        "rotationPeriod": 86400,
        "postgresql": {"connectionUrl": "postgresql://{{username}}:{{password}}@db/shop?sslmode=verify-full"},
    },
)
AWS_ROLE = resource(
    "vault:aws/secretBackendRole:SecretBackendRole",
    {"credentialType": "assumed_role", "policyArns": ["arn:aws:iam::aws:policy/ReadOnlyAccess"]},
)
ADMIN = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]})

CASES = [
    Case("vault-transit-key-not-exportable", TRANSIT, bad=[{"exportable": True}, {"allowPlaintextBackup": True}]),
    Case("vault-transit-key-not-deletable", TRANSIT, bad={"deletionAllowed": True}),
    Case(
        "vault-transit-key-auto-rotates",
        TRANSIT,
        bad=[{"autoRotatePeriod": 0}, {"autoRotatePeriod": 63072000}],
    ),
    Case("vault-transit-key-strong-type", TRANSIT, bad={"type": "rsa-2048"}),
    Case("vault-pki-role-short-lived", PKI, bad=[{"maxTtl": "8760h"}, {"maxTtl": "31536000"}, {"maxTtl": "0"}]),
    Case(
        "vault-pki-role-restricts-names",
        PKI,
        bad=[{"allowAnyName": True}, {"enforceHostnames": False}, {"allowedDomains": ["*"]}],
    ),
    Case(
        "vault-pki-role-strong-keys",
        PKI,
        bad=[{"keyBits": 1024}, {"keyType": "other"}],
        also_good={"keyType": "ec", "keyBits": 256},
    ),
    Case(
        "vault-pki-root-not-exported",
        resource("vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert", {"type": "internal", "keyBits": 4096}),
        bad={"type": "exported"},
    ),
    Case(
        "vault-database-role-short-ttl",
        resource("vault:database/secretBackendRole:SecretBackendRole", {"maxTtl": 3600}),
        bad={"maxTtl": 604800},
    ),
    Case(
        "vault-database-static-role-rotates",
        resource("vault:database/secretBackendStaticRole:SecretBackendStaticRole", {"rotationPeriod": 86400}),
        bad={"rotationPeriod": 31536000},
        also_good={"rotationPeriod": REMOVE, "rotationSchedule": "0 0 * * *"},
    ),
    Case(
        "vault-database-connection-tls",
        CONNECTION,
        bad=[
            {"postgresql.connectionUrl": "postgresql://db/shop?sslmode=disable"},
            {"mysql": {"connectionUrl": "{{username}}@tcp(db:3306)/?tls=false"}},
            {"mssql.connectionUrl": "sqlserver://db?encrypt=disable"},
        ],
        guards=["postgresql.connectionUrl"],
    ),
    Case(
        "vault-database-connection-verified-and-scoped",
        CONNECTION,
        bad=[{"verifyConnection": False}, {"allowedRoles": ["*"]}],
        absent={"verifyConnection": PASS},
    ),
    Case(
        "vault-database-root-rotated",
        CONNECTION,
        bad={"rotationPeriod": 0},
        also_good={"rotationPeriod": REMOVE, "rotationSchedule": "0 0 * * *"},
    ),
    Case("vault-aws-role-uses-sts", AWS_ROLE, bad={"credentialType": "iam_user"}),
    Case(
        "vault-aws-secret-backend-no-static-keys",
        resource("vault:aws/secretBackend:SecretBackend", {"secretKey": Secret("x"), "roleArn": "arn"}),
        bad=[{"accessKey": "plain"}, {"secretKey": "plain"}],
        breaks=["platform-sensitive-inputs-are-secrets"],
    ),
    Case(
        "vault-aws-role-policy-not-admin",
        AWS_ROLE,
        bad=[{"policyArns": ["arn:aws:iam::aws:policy/AdministratorAccess"]}, {"policyDocument": ADMIN}],
    ),
    Case(
        "vault-kv-secret-versions-bounded",
        resource("vault:kv/secretBackendV2:SecretBackendV2", {"maxVersions": 10, "casRequired": True}),
        bad=[{"maxVersions": 0}, {"casRequired": False}],
    ),
    Case(
        "vault-kv-value-from-pulumi-secret",
        resource("vault:kv/secretV2:SecretV2", {"mount": "kv", "dataJson": Secret('{"a": "b"}')}),
        bad={"dataJson": '{"a": "b"}'},
        also_good={"dataJson": REMOVE, "dataJsonWo": Secret("{}")},
        undetermined={"dataJsonWo": UNKNOWN},
    ),
    Case(
        "vault-ssh-role-restricted",
        resource(
            "vault:ssh/secretBackendRole:SecretBackendRole",
            {"keyType": "ca", "allowedUsers": "deploy,ops", "maxTtl": "3600"},
        ),
        bad=[{"keyType": "otp"}, {"allowedUsers": "deploy, *"}, {"maxTtl": "720h"}],
        absent={"allowedUsers": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize(
    ("token", "good", "weak"),
    [
        (PKI.type, {"keyType": "ec", "keyBits": 256}, {"keyBits": 224}),
        ("vault:pkiSecret/secretBackendRootCert:SecretBackendRootCert", {"keyBits": 4096}, {"keyBits": 2048}),
    ],
)
def test_curves_and_roots_have_bounds_of_their_own(
    token: str, good: dict[str, object], weak: dict[str, object]
) -> None:
    case = Case("vault-pki-role-strong-keys", resource(token, {"type": "internal", **good}), bad=weak, guards=[])
    for trial in trials([case]):
        trial.run()
