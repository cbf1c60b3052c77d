"""The cases of the rules for Vault's auth methods."""

import pytest

from support.policies import NOT_APPLICABLE, PASS, REMOVE, Case, Trial, resource, trials

APPROLE = resource(
    "vault:appRole/authBackendRole:AuthBackendRole",
    {
        "roleName": "api",
        "tokenPolicies": ["api"],
        "tokenMaxTtl": 3600,
        "bindSecretId": True,
        "secretIdTtl": 600,
        "secretIdNumUses": 1,
        "secretIdBoundCidrs": ["10.0.0.0/16"],
        "tokenBoundCidrs": ["10.0.0.0/16"],
    },
)
KUBERNETES = resource(
    "vault:kubernetes/authBackendRole:AuthBackendRole",
    {
        "tokenPolicies": ["api"],
        "tokenMaxTtl": 3600,
        "boundServiceAccountNames": ["api"],
        "boundServiceAccountNamespaces": ["shop"],
        "audience": "vault",
    },
)
JWT = resource(
    "vault:jwt/authBackendRole:AuthBackendRole",
    {
        "roleType": "jwt",
        "tokenPolicies": ["ci"],
        "tokenMaxTtl": 600,
        "boundAudiences": ["vault"],
        "boundClaims": {"repository": "shop/api"},
    },
)
LDAP = resource("vault:ldap/authBackend:AuthBackend", {"url": "ldaps://a.example,ldaps://b.example"})
BOTH = {"boundServiceAccountNames": ["*"], "boundServiceAccountNamespaces": ["*"]}

CASES = [
    Case("vault-auth-token-ttl-bounded", APPROLE, bad=[{"tokenMaxTtl": 86400}, {"tokenMaxTtl": 0}]),
    Case(
        "vault-auth-token-not-root-policy",
        KUBERNETES,
        bad=[{"tokenPolicies": ["api", "root"]}, {"policies": ["root"]}],
    ),
    Case(
        "vault-approle-secret-id-bounded",
        APPROLE,
        bad=[{"bindSecretId": False}, {"secretIdTtl": 0}, {"secretIdNumUses": 0}],
        absent={"bindSecretId": PASS},
    ),
    Case(
        "vault-approle-cidr-bound",
        APPROLE,
        bad=[{"secretIdBoundCidrs": []}, {"tokenBoundCidrs": []}],
        unknown={"secretIdBoundCidrs": PASS, "tokenBoundCidrs": PASS},
    ),
    Case(
        "vault-kubernetes-role-not-wildcard",
        KUBERNETES,
        bad=[BOTH, {"audience": ""}],
        also_good={"boundServiceAccountNames": ["*"]},
        guards=["audience"],
        unknown={"audience": PASS},
    ),
    Case(
        "vault-jwt-role-bound",
        JWT,
        bad=[
            {"boundAudiences": []},
            {"boundClaims": {}},
            {"boundClaims": {"repository_owner": "*"}},
            {"boundSubject": "x", "boundClaims": {"repository_owner": "*"}},
        ],
        also_good={"boundClaims": REMOVE, "boundSubject": "repo:shop/api:ref:refs/heads/main"},
        guards=["boundAudiences", "boundClaims", "roleType"],
        absent={"roleType": NOT_APPLICABLE},
        unknown={"boundAudiences": PASS},
        unrelated={"roleType": "oidc"},
    ),
    Case(
        "vault-ldap-auth-tls",
        LDAP,
        bad=[
            {"url": "ldap://a.example"},
            {"url": "ldaps://a.example,ldap://b.example"},
            {"insecureTls": True},
            {"tlsMinVersion": "tls10"},
        ],
        also_good={"url": "ldap://a.example", "starttls": True},
        absent={"insecureTls": PASS, "tlsMinVersion": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
