"""Vault's auth methods: who gets a token, and what it is good for."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    fail,
    forbid_in,
    judge,
    require,
    require_at_least,
    require_between,
    require_false,
    require_set,
    require_true,
    rule,
)


@rule(
    "vault-auth-token-ttl-bounded",
    config={
        "maximum_seconds": {
            "type": "integer",
            "minimum": 1,
            "default": 3600,
            "description": "longest life of a token of a workload",
        }
    },
)
def token_ttl(role: Resource) -> Verdict:
    """Tokens of workloads live for an hour at most.

    A token that leaks is good for as long as it lives; zero means the mount's maximum, 32 days by default.
    """
    return require_between(role, "tokenMaxTtl", 1, role.config["maximum_seconds"], unit="seconds")


@rule("vault-auth-token-not-root-policy")
def no_root_policy(role: Resource) -> Verdict:
    """No role hands out the root policy.

    Root may do everything, and nothing that it does can be limited.
    """
    return all_of(forbid_in(role, "tokenPolicies", ("root",)), forbid_in(role, "policies", ("root",)))


@rule("vault-approle-secret-id-bounded")
def secret_id_bounded(role: Resource) -> Verdict:
    """Secret ids of AppRoles are asked for, expire, and are good for a number of uses.

    A secret id without limits is a password that nobody changes.
    """
    return all_of(
        require_true(role, "bindSecretId", absent=PASS),
        require_at_least(role, "secretIdTtl", 1, unit="seconds"),
        require_at_least(role, "secretIdNumUses", 1, unit="uses"),
    )


@rule("vault-approle-cidr-bound")
def cidr_bound(role: Resource) -> Verdict:
    """AppRoles can be used from known addresses only.

    Then a secret id that leaks is of no use elsewhere.
    """
    return require_set(role, "secretIdBoundCidrs", "tokenBoundCidrs")


@rule("vault-kubernetes-role-not-wildcard")
def kubernetes_bound(role: Resource) -> Verdict:
    """Kubernetes roles name service accounts or namespaces, and the audience of their tokens.

    With both wildcards every pod of the cluster gets the role; without an audience a token meant for
    others is taken too.
    """
    return all_of(
        any_of(
            forbid_in(role, "boundServiceAccountNames", ("*",)),
            forbid_in(role, "boundServiceAccountNamespaces", ("*",)),
        ),
        require_set(role, "audience"),
    )


@rule("vault-jwt-role-bound")
def jwt_bound(role: Resource) -> Verdict:
    """JWT roles name the audience and the caller.

    An issuer signs tokens for all its users; what is not bound lets in every one of them.
    """
    if role.get("roleType", "oidc") != "jwt":
        return NOT_APPLICABLE

    def claim(node: Node) -> Verdict:
        values = str(node.read()).split(",")
        return fail(node.path, "takes any value", "name the values") if "*" in values else PASS

    def claims(it: Resource) -> Verdict:
        return all_in(judge(claim, entry) for _, entry in it.entries("boundClaims"))

    return all_of(
        require_set(role, "boundAudiences"),
        any_of(require_set(role, "boundSubject"), require_set(role, "boundClaims")),
        judge(claims, role),
    )


@rule("vault-ldap-auth-tls")
def ldap_tls(backend: Resource) -> Verdict:
    """LDAP is asked over TLS 1.2 or newer, with the server's certificate checked.

    The passwords of all who sign in travel on this connection.
    """
    url = require(
        backend,
        "url",
        test=lambda value: all(part.strip().startswith("ldaps://") for part in str(value).split(",")),
        problem="is not ldaps",
        remedy="use ldaps:// in {path}, or set starttls to true",
    )
    return all_of(
        any_of(url, require_true(backend, "starttls")),
        require_false(backend, "insecureTls", absent=PASS),
        forbid_in(backend, "tlsMinVersion", ("tls10", "tls11"), absent=PASS),
    )
