"""Policies of Vault: what they may not grant."""

from policypacks.engine.rule import NOT_APPLICABLE, PASS, Resource, Verdict, fail, rule
from policypacks.rules.common.vault_policy import Grant, each_grant

WRITES = frozenset({"create", "update", "patch", "delete", "sudo"})
OPERATION = ("sys/raw", "sys/seal", "sys/rotate", "sys/audit")
"""Paths that undo what protects the server: https://developer.hashicorp.com/vault/docs/concepts/policies#root-protected-api-endpoints"""


def _named(what: str) -> dict[str, object]:
    return {"type": "array", "items": {"type": "string"}, "default": [], "description": what}


@rule("vault-policy-no-root-path")
def no_root_path(policy: Resource) -> Verdict:
    """No policy grants writing everywhere.

    A policy for * is the root token under another name.
    """

    def check(grant: Grant) -> Verdict:
        if grant.path.strip("/") in ("*", "+/*", "+*") and grant.capabilities & WRITES:
            return fail("policy", f'grants writing on path "{grant.path}"', "name the paths that are needed")
        return PASS

    return each_grant(policy, check)


@rule(
    "vault-policy-sudo-restricted",
    config={"sudo_paths": _named("paths, as policies write them, on which sudo may be granted")},
)
def sudo_restricted(policy: Resource) -> Verdict:
    """Policies grant sudo on agreed paths only.

    sudo opens the endpoints that otherwise need a root token.
    """
    allowed = policy.config["sudo_paths"]

    def check(grant: Grant) -> Verdict:
        if "sudo" in grant.capabilities and grant.path not in allowed:
            return fail("policy", f'grants sudo on path "{grant.path}"', "remove it, or add the path to sudo_paths")
        return PASS

    return each_grant(policy, check)


@rule(
    "vault-policy-deny-sys-raw",
    config={"operator_policies": _named("names of the policies of those who operate the server")},
)
def no_operation(policy: Resource) -> Verdict:
    """Only operators' policies reach raw storage, seal, rotation and audit devices.

    Whoever reaches these reads past all policies, stops the server, or turns off the record of what they do.
    """
    exempt = policy.config["operator_policies"]
    if exempt and policy.get("name") in exempt:
        return NOT_APPLICABLE

    def check(grant: Grant) -> Verdict:
        hit = [path for path in OPERATION if grant.covers(path)]
        if hit:
            return fail("policy", f'grants {", ".join(hit)} by path "{grant.path}"', "narrow the path")
        return PASS

    return each_grant(policy, check)


@rule(
    "vault-policy-no-token-creation-for-apps",
    config={"token_policies": _named("names of the policies that may create tokens")},
)
def no_token_creation(policy: Resource) -> Verdict:
    """Only named policies create tokens.

    A token that an application makes outlives the application's own.
    """
    exempt = policy.config["token_policies"]
    if exempt and policy.get("name") in exempt:
        return NOT_APPLICABLE

    def check(grant: Grant) -> Verdict:
        hit = any(grant.covers(path) for path in ("auth/token/create", "auth/token/create-orphan"))
        if hit and grant.capabilities & WRITES:
            return fail("policy", f'creates tokens by path "{grant.path}"', "remove it, or list the policy")
        return PASS

    return each_grant(policy, check)
