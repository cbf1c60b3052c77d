"""Azure Key Vault: vaults, keys, secrets, managed HSMs."""

from policypacks.engine.rule import (
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    require_at_least,
    require_equal,
    require_in,
    require_set,
    require_true,
    rule,
    some,
)
from policypacks.rules.common.azure import require_diagnostics, require_private_endpoint

CURVES = ("P-256", "P-384", "P-521")
"""Curves that NIST approves (SP 800-186); Key Vault knows P-256K too."""


@rule("azure-keyvault-purge-protection")
def purge_protection(vault: Resource) -> Verdict:
    """Deleted vaults cannot be purged before their time.

    Who purges a key destroys all data encrypted under it, for good.
    """
    return require_true(vault, "properties.enablePurgeProtection")


@rule(
    "azure-keyvault-soft-delete",
    config={
        "minimum_days": {
            "type": "integer",
            "minimum": 7,
            "maximum": 90,
            "default": 90,
            "description": "days that deleted keys and secrets can be brought back",
        }
    },
)
def soft_delete(vault: Resource) -> Verdict:
    """Deleted keys and secrets can be brought back.

    Both defaults of Azure are right (on, 90 days); a shorter time is chosen by hand.
    """
    return all_of(
        require_true(vault, "properties.enableSoftDelete"),
        require_at_least(vault, "properties.softDeleteRetentionInDays", vault.config["minimum_days"], unit="days"),
    )


@rule("azure-keyvault-rbac-authorization")
def rbac(vault: Resource) -> Verdict:
    """Vaults are ruled by roles, not by access policies.

    Access policies stand beside the roles of the subscription, and grant all keys of a vault or none.
    """
    return require_true(vault, "properties.enableRbacAuthorization")


@rule("azure-keyvault-network-default-deny")
def default_deny(vault: Resource) -> Verdict:
    """Vaults deny networks that no rule names.

    By default a stolen identity reaches the vault from anywhere.
    """
    return any_of(
        require_equal(vault, "properties.networkAcls.defaultAction", "Deny"),
        require_in(vault, "properties.publicNetworkAccess", ("disabled",), ignore_case=True),
    )


@rule("azure-keyvault-private-endpoint")
def private_endpoint(vault: Resource) -> Verdict:
    """Vaults have a private endpoint.

    Through it keys and secrets stay in the virtual network.
    """
    return require_private_endpoint(vault)


@rule("azure-keyvault-key-expiry")
def key_expiry(key: Resource) -> Verdict:
    """Keys expire.

    A key without an end is replaced when somebody thinks of it.
    """
    return require_set(key, "properties.attributes.expires")


@rule("azure-keyvault-key-rotation-policy")
def key_rotation(key: Resource) -> Verdict:
    """Keys rotate by themselves.

    A rotation that needs a person is put off.
    """
    return some(
        key,
        "properties.rotationPolicy.lifetimeActions",
        lambda action: require_in(action, "action.type", ("rotate",), ignore_case=True),
    )


@rule("azure-keyvault-key-strength")
def key_strength(key: Resource) -> Verdict:
    """Keys are RSA of at least 2048 bits or on an approved curve.

    Weaker keys can be broken (NIST SP 800-57); the defaults of Key Vault, 2048 bits and P-256, are enough.
    """
    kind = key.get("properties.kty")
    verdict = require_in(key, "properties.kty", ("RSA", "RSA-HSM", "EC", "EC-HSM"))
    if str(kind).startswith("RSA"):
        return all_of(verdict, require_at_least(key, "properties.keySize", 2048, unit="bits", absent=PASS))
    return all_of(verdict, require_in(key, "properties.curveName", CURVES, absent=PASS))


@rule("azure-keyvault-secret-expiry")
def secret_expiry(secret: Resource) -> Verdict:
    """Secrets expire.

    A secret without an end stays good for whoever has ever seen it.
    """
    return require_set(secret, "properties.attributes.expires")


@rule("azure-keyvault-diagnostics")
def diagnostics(vault: Resource) -> Verdict:
    """Vaults log who used which key or secret.

    Without the log nobody can say after an incident what was taken.
    """
    return require_diagnostics(vault, ("AuditEvent",))


@rule("azure-managed-hsm-purge-protection")
def hsm_purge_protection(hsm: Resource) -> Verdict:
    """Deleted HSMs cannot be purged before their time.

    With the HSM go all keys in it, and all that is encrypted under them.
    """
    return require_true(hsm, "properties.enablePurgeProtection")
