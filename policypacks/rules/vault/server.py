"""The Vault server: audit, mounts, snapshots, who is asked for a second factor, how the provider signs in."""

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Resource,
    Undetermined,
    Verdict,
    all_in,
    all_of,
    any_in,
    fail,
    forbid_in,
    judge,
    require_at_most,
    require_equal,
    require_false,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.tags import is_regulated

AUDIT = "vault:index/audit:Audit"
SNAPSHOTS = "vault:index/raftSnapshotAgentConfig:RaftSnapshotAgentConfig"
AUTOPILOT = "vault:index/raftAutopilot:RaftAutopilot"
SERVER = (AUDIT, SNAPSHOTS, AUTOPILOT, "vault:index/quotaRateLimit:QuotaRateLimit")
"""What a stack holds that configures the server, not just an application's part of it."""

SECRET_KEYS = (
    "certificate",
    "data",
    "key",
    "password",
    "private_key",
    "secret",
    "secret_id",
    "token",
    "value",
)
"""Names under which Vault's engines and methods carry secrets."""

INTERACTIVE = ("userpass", "ldap", "okta")
"""Methods by which people sign in, and which Vault can ask for a second factor."""


@rule("vault-audit-device-exists", subject=THE_STACK)
def two_audit_devices(stack: Resource) -> Verdict:
    """A Vault server has two audit devices.

    Vault refuses every request while no device can write; the second keeps it in service when the first is full.
    """
    if not stack.stack.of(*SERVER):
        return NOT_APPLICABLE
    count = len(stack.stack.of(AUDIT))
    if count >= 2:
        return PASS
    return fail("", f"holds {count} audit devices", "add Audit devices until there are two, such as file and socket")


@rule("vault-audit-not-raw")
def audit_not_raw(device: Resource) -> Verdict:
    """Audit devices hash the secrets that they write down.

    Raw logs hold every secret that was read, for all who may read the logs.
    """
    return require_false(device, "options.log_raw")


@rule("vault-audit-local-off")
def audit_not_local(device: Resource) -> Verdict:
    """Audit devices are replicated.

    A local device is missing on the secondary when that takes over.
    """
    return require_false(device, "local")


@rule(
    "vault-mount-audit-values-hmac",
    config={
        "secret_keys": {
            "type": "array",
            "items": {"type": "string"},
            "default": [
                "data",
                "password",
                "secret",
                "secret_id",
                "token",
                "private_key",
                "key",
                "value",
                "certificate",
            ],
            "description": "names of values that are secret, in requests or responses",
        }
    },
)
def audit_values(mount: Resource) -> Verdict:
    """Audit logs hold no secret value in the clear.

    What is exempt from hashing stands readable in the log.
    """
    secret = mount.config["secret_keys"]
    holder = mount.at("tune") if mount.type.endswith(":AuthBackend") else mount
    return all_of(
        forbid_in(holder, "auditNonHmacRequestKeys", secret), forbid_in(holder, "auditNonHmacResponseKeys", secret)
    )


@rule(
    "vault-mount-default-lease-bounded",
    config={
        "maximum_seconds": {
            "type": "integer",
            "minimum": 1,
            "default": 2_764_800,
            "description": "longest lease of a mount",
        }
    },
)
def lease_bounded(mount: Resource) -> Verdict:
    """Leases of a mount are bounded.

    A lease is how long a secret is good for that nobody gives back.
    """
    longest = mount.config["maximum_seconds"]
    return all_of(
        require_set(mount, "maxLeaseTtlSeconds"),
        require_at_most(mount, "maxLeaseTtlSeconds", longest, unit="seconds"),
        require_at_most(
            mount, "defaultLeaseTtlSeconds", min(longest, mount.get("maxLeaseTtlSeconds", longest)), absent=PASS
        ),
    )


@rule("vault-mount-kv-version-two")
def kv_version_two(mount: Resource) -> Verdict:
    """KV mounts keep versions.

    Version 1 keeps one value; what is overwritten or deleted is gone.
    """
    if mount.type.endswith(":SecretBackendV2"):
        return PASS
    if mount.get("type") == "kv-v2":
        return PASS
    return require_equal(mount, "options.version", "2") if mount.get("type") == "kv" else NOT_APPLICABLE


@rule("vault-mount-not-listed-unauthenticated")
def not_listed(mount: Resource) -> Verdict:
    """Mounts are not shown to those who have not signed in.

    The list tells an attacker what there is.
    """
    return forbid_in(mount, "listingVisibility", ("unauth",))


@rule("vault-mount-seal-wrap")
def seal_wrap(mount: Resource) -> Verdict:
    """Mounts with keys and secrets are wrapped by the seal.

    The second encryption is by the HSM, as FIPS 140 asks for; it needs Vault Enterprise and cannot be added later.
    """
    if mount.get("type") not in ("kv", "kv-v2", "pki", "transit") or not is_regulated(mount):
        return NOT_APPLICABLE
    return require_true(mount, "sealWrap")


@rule("vault-userpass-not-enabled")
def no_userpass(backend: Resource) -> Verdict:
    """In production nobody signs in to Vault by a password of Vault's own.

    Such accounts stay when the person leaves; those of the identity provider do not.
    """
    return forbid_in(backend, "type", ("userpass",)) if backend.production else NOT_APPLICABLE


def _method(backend: Resource) -> str:
    if backend.type.startswith("vault:ldap/"):
        return "ldap"
    return "okta" if backend.type.startswith("vault:okta/") else str(backend.get("type"))


@rule(
    "vault-mfa-login-enforced",
    subject=(
        "vault:index/authBackend:AuthBackend",
        "vault:ldap/authBackend:AuthBackend",
        "vault:okta/authBackend:AuthBackend",
    ),
)
def mfa_enforced(backend: Resource) -> Verdict:
    """People who sign in to Vault are asked for a second factor.

    Vault holds the keys to everything else; a password alone can be guessed or phished.
    """
    method = _method(backend)
    if method not in INTERACTIVE:
        return NOT_APPLICABLE
    kind = "vault:identity/mfaLoginEnforcement:MfaLoginEnforcement"

    def by_type(enforcement: Resource) -> Verdict:
        types = enforcement.get("authMethodTypes", [])
        return PASS if method in types else fail(f"{enforcement.name}.authMethodTypes", f"lacks {method}", "add it")

    found = any_in(judge(by_type, enforcement) for enforcement in backend.stack.all(backend, kind))
    if found is PASS:
        return PASS
    named = require_related(backend, kind, by="authMethodAccessors", key="accessor")
    return any_in([found, named])


@rule("vault-raft-autopilot-and-snapshots", subject=THE_STACK)
def snapshots(stack: Resource) -> Verdict:
    """A Vault cluster on raft takes snapshots every day and keeps them elsewhere.

    Without a snapshot the loss of the cluster is the loss of every secret.
    """
    if not stack.stack.of(SNAPSHOTS, AUTOPILOT):
        return NOT_APPLICABLE

    def check(agent: Resource) -> Verdict:
        return all_of(
            require_at_most(agent, "intervalSeconds", 86_400, unit="seconds"),
            require_set(agent, "storageType"),
            forbid_in(agent, "storageType", ("local",)),
        )

    found = any_in(judge(check, agent) for agent in stack.stack.all(stack, SNAPSHOTS))
    if found is NOT_APPLICABLE:
        return fail("", "takes no snapshots", "add a RaftSnapshotAgentConfig")
    return found


@rule("vault-provider-no-plain-token", subject="vault:*")
def provider(resource: Resource) -> Verdict:
    """The Vault provider speaks TLS, checks the certificate, and holds no plain token.

    The token of a deployment may write policies; on plain HTTP, or in plain text, it is everyone's.
    """
    settings = resource.facts.provider
    if settings is None:
        return NOT_APPLICABLE

    def value(name: str) -> object:
        found = settings.get(name)
        found = found.value if isinstance(found, Secret) else found
        if found is UNKNOWN:
            raise Undetermined(f"provider.{name}")
        return found

    def token(_: Resource) -> Verdict:
        found = settings.get("token")
        if found is None or found == "" or isinstance(found, Secret):
            return PASS
        if found is UNKNOWN or not resource.facts.secrets:
            raise Undetermined("provider.token")
        return fail("provider.token", "is not a Pulumi secret", "sign in by authLogin, or take it from VAULT_TOKEN")

    def tls(_: Resource) -> Verdict:
        off = str(value("skipTlsVerify")).lower() == "true"
        return fail("provider.skipTlsVerify", "is true", "remove it") if off else PASS

    def address(_: Resource) -> Verdict:
        found = value("address")
        if found is None or str(found).startswith("https://"):
            return PASS
        return fail("provider.address", "is not https", "use https://")

    return all_in(judge(check, resource) for check in (token, tls, address))
