"""What OpenBao does when it initialises itself, and what an operator does where the engine does not. Pure.

After it the servers have no root token: it is revoked before anybody sees it, and there are no recovery keys yet
(https://openbao.org/docs/configuration/self-init).
"""

from collections.abc import Sequence
from typing import Any

from platform_lib.components.vault.kind import VaultEngine
from platform_lib.components.vault.planning.model import (
    ADMINISTRATION_PATH,
    ADMINISTRATOR_POLICY,
    AUDIENCE,
    BACKUP_ROLE,
    SERVICE_ACCOUNT_FOLDER,
    VaultPlan,
)

KUBERNETES_HOST = "https://kubernetes.default.svc"
"""The API of the cluster as pods reach it
(https://kubernetes.io/docs/tasks/run-application/access-api-from-pod/)."""

TOKEN_MINUTES = 15
"""How long the token of an administrator or of a backup lives."""

QUORUM_AT_LEAST = 3
"""Autopilot takes no dead node away below so many voters; it asks for 3 at least with its clean-up
(https://openbao.org/docs/concepts/integrated-storage/autopilot)."""

_ALL = ("create", "read", "update", "patch", "delete", "list")
_SUDO = (*_ALL, "sudo")

ADMINISTRATION: Sequence[tuple[str, Sequence[str]]] = (
    ("sys/mounts", ("read", "list")),
    ("sys/mounts/*", _ALL),
    ("sys/remount", ("update", "sudo")),
    ("sys/auth", ("read", "list", "sudo")),
    ("sys/auth/*", _SUDO),
    ("auth/*", _ALL),
    ("identity/*", _ALL),
    ("sys/policies/acl", ("list",)),
    ("sys/policies/acl/*", _ALL),
    ("sys/policies/password", ("list",)),
    ("sys/policies/password/*", _ALL),
    ("sys/policy", ("read", "list")),
    ("sys/policy/*", _ALL),
    ("sys/quotas/*", _ALL),
    ("sys/audit", ("read", "list", "sudo")),
    ("sys/config/*", _SUDO),
    ("sys/plugins/catalog/*", ("read", "list", "sudo")),
    ("sys/rotate/recovery/*", _SUDO),
    ("sys/storage/raft/configuration", ("read",)),
    ("sys/storage/raft/autopilot/*", ("read", "update")),
    ("sys/storage/raft/remove-peer", ("update",)),
    ("sys/leases/lookup/*", ("list", "sudo")),
    ("sys/leases/revoke-prefix/*", ("update", "sudo")),
    # How engines are configured, whatever path they are mounted at: not the secrets in them.
    ("+/config", _ALL),
    ("+/config/*", _ALL),
    ("+/roles", ("list",)),
    ("+/roles/*", _ALL),
    ("+/static-roles", ("list",)),
    ("+/static-roles/*", _ALL),
    ("+/rotate-root/*", ("update",)),
    ("+/rotate-role/*", ("update",)),
    ("+/keys", ("list",)),
    ("+/keys/*", _ALL),
    ("+/root/*", ("create", "update", "delete", "sudo")),
    ("+/intermediate/*", ("create", "update")),
    ("+/issuers", ("list",)),
    ("+/issuers/*", ("create", "update")),
    ("+/issuer/*", _ALL),
)
"""What an administrator may do: mount and configure engines, auth methods, policies and identities, and nothing that
answers with a secret. Whoever writes policies can give them to somebody, so its tokens live for minutes and every use
is audited. Paths that need ``sudo``: https://openbao.org/docs/concepts/policies/#root-protected-api-endpoints."""

BACKUP: Sequence[tuple[str, Sequence[str]]] = (("sys/storage/raft/snapshot", ("read",)),)
"""What a backup may do: take a snapshot, which is encrypted by the seal. It cannot restore one."""


def policy(rules: Sequence[tuple[str, Sequence[str]]]) -> str:
    """The text of a policy (https://openbao.org/docs/concepts/policies)."""
    stanzas = []
    for path, capabilities in rules:
        listed = ", ".join(f'"{capability}"' for capability in capabilities)
        stanzas.append(f'path "{path}" {{\n  capabilities = [{listed}]\n}}')
    return "\n".join(stanzas)


def initialise(plan: VaultPlan) -> dict[str, Any]:
    """The configuration that the first node reads on top, and that counts once, while there is no data anywhere."""
    mount = f"auth/{ADMINISTRATION_PATH}"
    requests = [
        _request(
            "enable-log-in",
            f"sys/auth/{ADMINISTRATION_PATH}",
            {"type": "kubernetes", "description": "administrators and backups of the platform"},
        ),
        _request(
            "configure-log-in",
            f"{mount}/config",
            {
                "kubernetes_host": {
                    "eval_source": "env",
                    "eval_type": "string",
                    "env_var": "KUBERNETES_HOST",
                    "require_present": True,
                },
                "kubernetes_ca_cert": {
                    "eval_source": "file",
                    "eval_type": "string",
                    "path": f"{SERVICE_ACCOUNT_FOLDER}/ca.crt",
                },
            },
        ),
        _request(
            "allow-administration", f"sys/policies/acl/{ADMINISTRATOR_POLICY}", {"policy": policy(ADMINISTRATION)}
        ),
    ]
    requests += [
        _role(f"administrator-{one.name}", one.name, one.namespace, one.service_account, ADMINISTRATOR_POLICY)
        for one in plan.administrators
    ]
    if plan.backups is not None:
        requests += [
            _request("allow-backups", f"sys/policies/acl/{BACKUP_ROLE}", {"policy": policy(BACKUP)}),
            _role("backups", BACKUP_ROLE, plan.namespace, plan.backup_account, BACKUP_ROLE),
        ]
    if len(plan.nodes) >= QUORUM_AT_LEAST:
        clean_up = {
            "cleanup_dead_servers": True,
            "dead_server_last_contact_threshold": "24h",
            "min_quorum": QUORUM_AT_LEAST,
        }
        requests.append(_request("take-dead-nodes-away", "sys/storage/raft/autopilot/configuration", clean_up))
    return {"initialize": [{"platform": {"request": requests}}]}


def _request(name: str, path: str, data: dict[str, Any]) -> dict[str, Any]:
    return {name: {"operation": "update", "path": path, "data": data}}


def _role(request: str, role: str, namespace: str, service_account: str, granted: str) -> dict[str, Any]:
    data = {
        "bound_service_account_names": [service_account],
        "bound_service_account_namespaces": [namespace],
        "audience": AUDIENCE,
        "token_policies": [granted],
        "token_ttl": f"{TOKEN_MINUTES}m",
        "token_max_ttl": f"{TOKEN_MINUTES}m",
    }
    return _request(request, f"auth/{ADMINISTRATION_PATH}/role/{role}", data)


def operator_steps(plan: VaultPlan) -> list[str]:
    """What people do by hand, in this order: nothing of it passes through Pulumi, so that no state holds a key."""
    mount, command = f"auth/{ADMINISTRATION_PATH}", plan.facts.command
    if plan.engine is VaultEngine.OPENBAO:
        log_in = f"{command} write {mount}/login role=<administrator> jwt=<token>"
        ask = "sys/rotate/recovery/init with secret_shares=5, secret_threshold=3 and five pgp_keys"
        why = "so that each holder alone reads their share"
        return [f"make recovery keys, of which there are none yet: log in ({log_in}) and call {ask}, {why}"]
    inside = f"kubectl -n {plan.namespace} exec -it {plan.nodes[0].pod} -c server -- {command} operator init"
    shares = "-recovery-shares=5 -recovery-threshold=3 -recovery-pgp-keys=<five public keys>"
    review = f"{command} write {mount}/config kubernetes_host={KUBERNETES_HOST}"
    steps = [
        f"initialise: {inside} {shares} -root-token-pgp-key=<public key of the operator>",
        "log in with the root token, until it is revoked",
        *(
            f"enable an audit device: {command} audit enable -path={device.path} file file_path={device.file_path}"
            for device in plan.audit.devices
        ),
        f"enable the log-in: {command} auth enable -path={ADMINISTRATION_PATH} kubernetes, then {review}",
        f"write the policy {ADMINISTRATOR_POLICY}, and a role of {mount} with it for {_named(plan)}",
    ]
    if plan.backups is not None:
        account = f"{plan.namespace}/{plan.backup_account}, audience {AUDIENCE}"
        granted = f"the policy {BACKUP_ROLE} (read on sys/storage/raft/snapshot)"
        steps.append(f"write {granted} and the role {BACKUP_ROLE} of {mount} with it for {account}")
    if len(plan.nodes) >= QUORUM_AT_LEAST:
        flags = f"-cleanup-dead-servers=true -dead-server-last-contact-threshold=24h -min-quorum={QUORUM_AT_LEAST}"
        steps.append(f"let dead nodes be taken away: {command} operator raft autopilot set-config {flags}")
    return [*steps, f"revoke the root token: {command} token revoke -self"]


def _named(plan: VaultPlan) -> str:
    accounts = [f"{one.namespace}/{one.service_account} ({one.name})" for one in plan.administrators]
    return ", ".join(accounts) or "each administrator"
