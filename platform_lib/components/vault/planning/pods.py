"""The pods of the servers, of snapshots and of drills, as Kubernetes takes them. Pure.

Names of config maps and secrets may be Outputs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from platform_lib.components.vault.engines import GROUP, USER
from platform_lib.components.vault.kind import VaultSealKind
from platform_lib.components.vault.planning.initialisation import KUBERNETES_HOST
from platform_lib.components.vault.planning.model import (
    ADMINISTRATION_PATH,
    API_PORT,
    AUDIENCE,
    BACKUP_ROLE,
    CLUSTER_PORT,
    LOGIN_FOLDER,
    SERVICE_ACCOUNT_FOLDER,
    VaultPlan,
)

Spec = dict[str, Any]

SNAPSHOT_FOLDER = "/snapshot"
SNAPSHOT_PLACE = "snapshots"
"""Where snapshots lie in the bucket."""

HEALTH = "/v1/sys/health?standbyok=true&perfstandbyok=true"
"""Answers 200 of a server that is unsealed, whether it leads or not
(https://openbao.org/api-docs/system/health)."""

ALIVE = f"{HEALTH}&sealedcode=204&uninitcode=204"

ROOT_CA = "kube-root-ca.crt"
"""Config map with the authority of the cluster's API, which every namespace has
(https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/)."""

SHUTDOWN_SECONDS = 60
DRAIN_SECONDS = 5
TOKEN_SECONDS = 3600
JOB_SECONDS = 1800
ROTATION_SECONDS = 30
DRILL_TRIES = 120
SMALL: Mapping[str, Mapping[str, str]] = {
    "requests": {"cpu": "50m", "memory": "64Mi"},
    "limits": {"cpu": "200m", "memory": "128Mi"},
}
"""What a container of shell scripts asks for; an assumption."""

JOB: Mapping[str, Mapping[str, str]] = {
    "requests": {"cpu": "100m", "memory": "256Mi"},
    "limits": {"cpu": "1", "memory": "1Gi"},
}
"""What a container of a snapshot or a drill asks for; an assumption."""

UNREACHABLE_IN_DRILLS = ("iam.amazonaws.com", "sts.amazonaws.com", "sts.{region}.amazonaws.com")
"""A restored server goes on to revoke leases that ran out since its snapshot was taken
(https://openbao.org/docs/guides/upgrade/#testing-the-upgrade); these hosts lead nowhere in a drill, and the network
policy closes all ports but that of HTTPS."""


@dataclass(frozen=True)
class Names:
    """Names of what pods mount, which Kubernetes knows them by."""

    config: Any
    scripts: Any
    authority: Any
    tls: Any
    drill: Any = None


def server_env(plan: VaultPlan) -> list[Spec]:
    """The environment of a server: what tells one node from another, and what it is started by."""
    facts, folders = plan.facts, plan.folders
    host = f"$(POD_NAME).{plan.internal}.{plan.namespace}.svc"
    values = {
        "COMMAND": facts.command,
        "PREFIX": facts.prefix,
        "CONFIG": folders.config,
        "NODE": "$(POD_NAME)",
        "FIRST_NODE": plan.nodes[0].pod,
        "PEERS": " ".join(node.address for node in plan.nodes),
        "CA_FILE": folders.ca_file,
        "SERVER_NAME": plan.host,
        "TOKEN_FILE": _token_file(plan),
        "KUBERNETES_HOST": KUBERNETES_HOST,
        f"{facts.prefix}_RAFT_NODE_ID": "$(POD_NAME)",
        f"{facts.prefix}_API_ADDR": f"https://{host}:{API_PORT}",
        f"{facts.prefix}_CLUSTER_ADDR": f"https://{host}:{CLUSTER_PORT}",
        "HOME": folders.run,
    }
    return [{"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}, *_env(values)]


def server_pod(plan: VaultPlan, names: Names, labels: Mapping[str, str]) -> Spec:
    """A pod with a server, and with what rotates its audit file."""
    folders = plan.folders
    mounts = [
        _mount("data", folders.data, writes=True),
        _mount("audit", folders.audit, writes=True),
        _mount("run", folders.run, writes=True),
        _mount("temporary", "/tmp", writes=True),  # noqa: S108 - of the container alone: plugins talk through it
        _mount("tls", folders.tls),
        _mount("api-token", SERVICE_ACCOUNT_FOLDER),
        *_common_mounts(plan),
    ]
    server = {
        "name": "server",
        "image": plan.image,
        "command": ["/bin/sh", f"{folders.scripts}/start.sh"],
        "env": server_env(plan),
        "ports": [
            {"name": "api", "containerPort": API_PORT},
            {"name": "internal", "containerPort": CLUSTER_PORT},
        ],
        "readinessProbe": _probe(HEALTH, period=5, failures=2),
        "livenessProbe": _probe(ALIVE, period=10, failures=6, delay=60),
        # Whoever calls has a moment to learn that the server goes, before it hands leadership on.
        "lifecycle": {"preStop": {"exec": {"command": ["sleep", str(DRAIN_SECONDS)]}}},
        "resources": {
            "requests": {"cpu": f"{plan.cpu_millicores}m", "memory": f"{plan.memory_mib}Mi"},
            "limits": {"cpu": f"{2 * plan.cpu_millicores}m", "memory": f"{plan.memory_mib}Mi"},
        },
        "securityContext": _confined(),
        "volumeMounts": mounts,
    }
    spread = {"labelSelector": {"matchLabels": dict(labels)}, "maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule"}
    return {
        **_pod(plan, plan.server_account),
        "shareProcessNamespace": plan.audit.has_file,
        "terminationGracePeriodSeconds": SHUTDOWN_SECONDS,
        "topologySpreadConstraints": [{**spread, "topologyKey": "topology.kubernetes.io/zone"}],
        "affinity": {
            "podAntiAffinity": {
                "requiredDuringSchedulingIgnoredDuringExecution": [
                    {"labelSelector": {"matchLabels": dict(labels)}, "topologyKey": "kubernetes.io/hostname"}
                ]
            }
        },
        "initContainers": [_rotation(plan)] if plan.audit.has_file else [],
        "containers": [server],
        "volumes": [
            {"name": "run", "emptyDir": {"medium": "Memory"}},
            {"name": "temporary", "emptyDir": {}},
            _tls(names),
            {"name": "api-token", "projected": {"defaultMode": 0o440, "sources": _api_token()}},
            *_common_volumes(plan, names, names.config),
        ],
    }


def _rotation(plan: VaultPlan) -> Spec:
    """What rotates the audit file: beside the server from its start to its end.

    Source: https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers.
    """
    folders = plan.folders
    values = {
        "AUDIT_FILE": folders.audit_file,
        "PID_FILE": folders.pid_file,
        "MOST_BYTES": str(plan.audit.file_mib * 1024 * 1024),
        "KEEP": str(plan.audit.file_count),
        "EVERY_SECONDS": str(ROTATION_SECONDS),
    }
    return {
        "name": "rotation",
        "image": plan.image,
        "restartPolicy": "Always",
        "command": ["/bin/sh", f"{folders.scripts}/rotate.sh"],
        "env": _env(values),
        "resources": SMALL,
        "securityContext": _confined(),
        "volumeMounts": [
            _mount("audit", folders.audit, writes=True),
            _mount("run", folders.run),
            _mount("scripts", folders.scripts),
        ],
    }


def backup_pod(plan: VaultPlan, names: Names, bucket: Any, upload_image: str) -> Spec:
    """A pod that takes a snapshot, then stores it."""
    facts, folders = plan.facts, plan.folders
    take = {
        "COMMAND": facts.command,
        "PREFIX": facts.prefix,
        "LOGIN": f"auth/{ADMINISTRATION_PATH}",
        "ROLE": BACKUP_ROLE,
        "TOKEN_FILE": f"{LOGIN_FOLDER}/token",
        "FOLDER": SNAPSHOT_FOLDER,
        "HOME": SNAPSHOT_FOLDER,
        f"{facts.prefix}_ADDR": plan.address,
        f"{facts.prefix}_CACERT": folders.ca_file,
    }
    login = [{"serviceAccountToken": {"path": "token", "audience": AUDIENCE, "expirationSeconds": TOKEN_SECONDS}}]
    mounts = [_mount("snapshot", SNAPSHOT_FOLDER, writes=True), _mount("scripts", folders.scripts)]
    return {
        **_pod(plan, plan.backup_account),
        "restartPolicy": "Never",
        "initContainers": [
            _script(
                plan,
                "snapshot",
                plan.image,
                take,
                [*mounts, _mount("authority", folders.authority), _mount("login", LOGIN_FOLDER)],
            )
        ],
        "containers": [_script(plan, "upload", upload_image, _in_bucket(plan, bucket), mounts)],
        "volumes": [
            {"name": "snapshot", "emptyDir": {}},
            {"name": "scripts", "configMap": {"name": names.scripts}},
            {"name": "authority", "configMap": {"name": names.authority}},
            {"name": "login", "projected": {"defaultMode": 0o440, "sources": login}},
        ],
    }


def drill_pod(plan: VaultPlan, names: Names, bucket: Any, upload_image: str, oldest_hours: int) -> Spec:
    """A pod that fetches the newest snapshot, then restores it into a server of its own."""
    facts, folders = plan.facts, plan.folders
    fetch = {**_in_bucket(plan, bucket), "MOST_SECONDS": str(oldest_hours * 3600)}
    restore = {
        "COMMAND": facts.command,
        "PREFIX": facts.prefix,
        "CONFIG": folders.config,
        "ADDRESS": f"https://127.0.0.1:{API_PORT}",
        "CA_FILE": folders.ca_file,
        "SERVER_NAME": plan.host,
        "FOLDER": SNAPSHOT_FOLDER,
        "HOME": SNAPSHOT_FOLDER,
        "MOST_TRIES": str(DRILL_TRIES),
        "TOKEN_FILE": _token_file(plan),
    }
    mounts = [_mount("snapshot", SNAPSHOT_FOLDER, writes=True), _mount("scripts", folders.scripts)]
    own = [("data", folders.data), ("audit", folders.audit), ("run", folders.run), ("temporary", "/tmp")]  # noqa: S108
    return {
        **_pod(plan, plan.drill_account),
        "restartPolicy": "Never",
        "hostAliases": [
            {"ip": "127.0.0.1", "hostnames": [host.format(region=plan.region) for host in UNREACHABLE_IN_DRILLS]}
        ],
        "initContainers": [_script(plan, "fetch", upload_image, fetch, mounts)],
        "containers": [
            _script(
                plan,
                "drill",
                plan.image,
                restore,
                [
                    mounts[0],
                    *(_mount(name, path, writes=True) for name, path in own),
                    _mount("tls", folders.tls),
                    *_common_mounts(plan),
                ],
            )
        ],
        "volumes": [
            {"name": "snapshot", "emptyDir": {}},
            *({"name": name, "emptyDir": {}} for name, _ in own),
            _tls(names),
            *_common_volumes(plan, names, names.drill),
        ],
    }


def _pod(plan: VaultPlan, account: str) -> Spec:
    return {
        "serviceAccountName": account,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "nodeSelector": dict(plan.place.labels),
        "tolerations": [
            {"key": taint.key, "operator": "Equal", "value": taint.value, "effect": _EFFECTS[taint.effect.value]}
            for taint in plan.place.taints
        ],
        "securityContext": {
            "runAsNonRoot": True,
            "runAsUser": USER,
            "runAsGroup": GROUP,
            "fsGroup": GROUP,
            "fsGroupChangePolicy": "OnRootMismatch",
            "seccompProfile": {"type": "RuntimeDefault"},
        },
    }


_EFFECTS = {"no-schedule": "NoSchedule", "prefer-no-schedule": "PreferNoSchedule", "no-execute": "NoExecute"}
"""What a taint of a cluster does, in the words of Kubernetes."""


def _confined() -> Spec:
    return {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "capabilities": {"drop": ["ALL"]},
    }


def _script(plan: VaultPlan, name: str, image: str, values: Mapping[str, Any], mounts: Sequence[Spec]) -> Spec:
    return {
        "name": name,
        "image": image,
        "command": ["/bin/sh", f"{plan.folders.scripts}/{name}.sh"],
        "env": _env(values),
        "resources": JOB,
        "securityContext": _confined(),
        "volumeMounts": list(mounts),
    }


def _in_bucket(plan: VaultPlan, bucket: Any) -> dict[str, Any]:
    """The environment of what speaks to S3; the home is where its command may write."""
    return {
        "BUCKET": bucket,
        "PLACE": SNAPSHOT_PLACE,
        "FOLDER": SNAPSHOT_FOLDER,
        "AWS_REGION": plan.region,
        "HOME": SNAPSHOT_FOLDER,
        "TMPDIR": SNAPSHOT_FOLDER,
    }


def _token_file(plan: VaultPlan) -> str:
    return f"{plan.folders.seal}/token" if plan.seal.kind is VaultSealKind.TRANSIT else ""


def _common_mounts(plan: VaultPlan) -> list[Spec]:
    """What a server needs wherever it runs."""
    folders = plan.folders
    mounts = [
        _mount("config", folders.config),
        _mount("scripts", folders.scripts),
        _mount("authority", folders.authority),
    ]
    if plan.seal.kind is not VaultSealKind.AWS_KMS:
        mounts.append(_mount("seal", folders.seal))
    if plan.seal.plugin is not None and plan.seal.plugin.image:
        mounts.append(_mount("plugins", folders.plugins, writes=True))
    return mounts


def _common_volumes(plan: VaultPlan, names: Names, config: Any) -> list[Spec]:
    volumes: list[Spec] = [
        {"name": "config", "configMap": {"name": config}},
        {"name": "scripts", "configMap": {"name": names.scripts}},
        {"name": "authority", "configMap": {"name": names.authority}},
    ]
    secrets = [plan.seal.static_secret] if plan.seal.static_secret else []
    if plan.seal.transit is not None:
        secrets = [name for name in (plan.seal.transit.token_secret, plan.seal.transit.ca_secret) if name]
    if secrets:
        sources = [{"secret": {"name": name}} for name in secrets]
        volumes.append({"name": "seal", "projected": {"defaultMode": 0o440, "sources": sources}})
    if plan.seal.plugin is not None and plan.seal.plugin.image:
        volumes.append({"name": "plugins", "emptyDir": {}})
    return volumes


def _tls(names: Names) -> Spec:
    return {"name": "tls", "secret": {"secretName": names.tls, "defaultMode": 0o440}}


def _api_token() -> list[Spec]:
    """The server's own token, with which it has the tokens of others reviewed, where its auth method looks for it."""
    return [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": TOKEN_SECONDS}},
        {"configMap": {"name": ROOT_CA, "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]


def _env(values: Mapping[str, Any]) -> list[Spec]:
    return [{"name": name, "value": value} for name, value in values.items()]


def _mount(name: str, path: str, *, writes: bool = False) -> Spec:
    return {"name": name, "mountPath": path, "readOnly": not writes}


def _probe(path: str, *, period: int, failures: int, delay: int = 5) -> Spec:
    return {
        "httpGet": {"path": path, "port": API_PORT, "scheme": "HTTPS"},
        "initialDelaySeconds": delay,
        "periodSeconds": period,
        "failureThreshold": failures,
        "timeoutSeconds": 3,
    }
