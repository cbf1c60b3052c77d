"""Arguments of configurations of Vault servers that many tests start from."""

from typing import Any

from support.contexts import context

OPENBAO = {
    "address": "https://vault.example.org:8200",
    "engine": "openbao",
    "engine_version": "2.7.2",
    "ca_certificate": "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "administration_path": "administration",
    "kubernetes_host": "https://10.0.0.1:443",
    "kubernetes_ca_certificate": "LS0tLS1CRUdJTg==",
}
VAULT = {**OPENBAO, "engine": "vault", "engine_version": "1.21.0"}
ENTERPRISE = {**VAULT, "engine_version": "1.21.0+ent"}
ROTATED = {"last_rotated": "2026-10-01"}
CERTIFICATE = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ROOTS = CERTIFICATE * 2

POLICIES = [
    {
        "name": "shop",
        "rules": [
            {"path": "kv/data/shop/*", "capabilities": ["read"]},
            {"path": "kv/metadata/shop/*", "capabilities": ["list", "read"]},
            {"path": "transit/encrypt/orders", "capabilities": ["update"]},
            {"path": "pki/issue/shop", "capabilities": ["update"]},
        ],
    },
    {
        "name": "operators",
        "rules": [
            {"path": "kv/data/*", "capabilities": ["create", "read", "update"]},
            {"path": "ssh/sign/operators", "capabilities": ["update"]},
            {
                "path": "auth/approle/role/pipeline/secret-id",
                "capabilities": ["update"],
                "maximum_wrapping_seconds": 120,
            },
        ],
    },
]
AUTH = {
    "kubernetes": [
        {"roles": [{"name": "shop", "policies": ["shop"], "service_accounts": ["shop"], "namespaces": ["shop"]}]}
    ],
    "oidc": [
        {
            "discovery_url": "https://login.example.org",
            "client_id": "vault",
            "client_secret": "oidc-canary",
            "rotation": ROTATED,
            "roles": [
                {
                    "name": "people",
                    "policies": ["shop"],
                    "redirect_uris": ["http://localhost:8250/oidc/callback"],
                }
            ],
        }
    ],
    "jwt": [
        {
            "issuer": "https://ci.example.org",
            "jwks_url": "https://ci.example.org/keys",
            "roles": [
                {
                    "name": "deploy",
                    "policies": ["shop"],
                    "audiences": ["vault"],
                    "claims": {"repository": "acme/shop"},
                }
            ],
        }
    ],
    "approle": [{"roles": [{"name": "pipeline", "policies": ["shop"], "bound_cidrs": ["10.1.0.0/16"]}]}],
}
GROUPS = [
    {"name": "operators", "auth": "oidc", "policies": ["operators"]},
    {"name": "on-call", "auth": "oidc"},
    {"name": "leads", "auth": "oidc", "claim": "Team Leads"},
]
ENGINES = {
    "kv": [{}],
    "database": [
        {
            "connections": [
                {
                    "name": "orders",
                    "kind": "postgresql",
                    "host": "orders.example.org",
                    "username": "vault",
                    "password": "database-canary",
                    "rotation": ROTATED,
                }
            ],
            "roles": [
                {
                    "name": "app",
                    "connection": "orders",
                    "creation_statements": ["CREATE ROLE \"{{name}}\" LOGIN PASSWORD '{{password}}'"],
                }
            ],
            "static_roles": [{"name": "reports", "connection": "orders", "username": "reports"}],
        }
    ],
    "pki": [{"common_name": "Shop CA", "roles": [{"name": "shop", "allowed_domains": ["shop.internal"]}]}],
    "ssh": [{"roles": [{"name": "operators", "allowed_users": ["admin"]}]}],
    "transit": [{"keys": [{"name": "orders"}]}],
}
CONSUMERS = [
    {
        "name": "checkout",
        "kind": "agent",
        "namespace": "shop",
        "service_accounts": ["checkout"],
        "secrets": ["kv/shop/stripe", "database/creds/app"],
    },
    {
        "name": "reports",
        "kind": "csi",
        "namespace": "shop",
        "service_accounts": ["reports"],
        "secrets": ["database/static-creds/reports"],
    },
]
SECRETS = [
    {"name": "stripe", "path": "kv/shop/stripe", "rotation": {**ROTATED, "maximum_days": 60, "owner": "payments"}}
]
BREAK_GLASS = {
    "rules": [{"path": "kv/data/*", "capabilities": ["read"]}],
    "responders": ["on-call"],
    "approvers": ["leads"],
    "alert": {"made_elsewhere": "siem rule 7"},
    "review": {"last_rotated": "2026-09-15"},
}
VAULT_AUTH = {
    "aws": [
        {
            "server_id": "vault.example.org",
            "roles": [
                {
                    "name": "batch",
                    "policies": ["shop"],
                    "principal_arns": ["arn:aws:iam::111122223333:role/batch"],
                }
            ],
        }
    ],
    "azure": [
        {
            "tenant_id": "0000-1111",
            "resource": "api://vault",
            "roles": [{"name": "vm", "policies": ["shop"], "subscription_ids": ["2222-3333"]}],
        }
    ],
    "github": [
        {
            "organization": "acme",
            "organization_id": 17,
            "teams": [{"name": "platform", "policies": ["operators"]}],
        }
    ],
}
AWS_ENGINE = {
    "aws": [
        {
            "region": "eu-west-1",
            "roles": [{"name": "deploy", "role_arns": ["arn:aws:iam::111122223333:role/deploy"]}],
        }
    ]
}
"""What Vault ships and OpenBao does not."""


def configuration_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """A configuration with all that OpenBao ships."""
    return {
        "context": context(environment),
        "vault": OPENBAO,
        "policies": POLICIES,
        "auth": AUTH,
        "groups": GROUPS,
        "engines": ENGINES,
        "secrets": SECRETS,
        "consumers": CONSUMERS,
        "break_glass": BREAK_GLASS,
        **more,
    }


def least_args(environment: str = "dev", **more: Any) -> dict[str, Any]:
    """A configuration of one engine."""
    return {"context": context(environment), "vault": OPENBAO, "engines": {"kv": [{}]}, **more}


def vault_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """A configuration with all that Vault ships; break-glass access has a split credential there."""
    return configuration_args(
        environment,
        **{
            "vault": VAULT,
            "auth": {**AUTH, **VAULT_AUTH},
            "engines": {**ENGINES, **AWS_ENGINE},
            "break_glass": {**BREAK_GLASS, "bound_cidrs": ["10.9.0.0/16"]},
            **more,
        },
    )


def enterprise_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """A configuration with all that the Enterprise edition of Vault has."""
    return vault_args(environment, **{"vault": ENTERPRISE, "break_glass": BREAK_GLASS, **more})
