"""Kinds of Kubernetes whose objects get a status, defaults or checks (Kubernetes API reference)."""

import base64
import re
from collections.abc import Iterable
from typing import Any, Final

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud.model import NO_RULES, Check, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

BUILT_IN_NAMESPACES: Final = frozenset({"default", "kube-system", "kube-public", "kube-node-lease"})

CLUSTER_SCOPED: Final = frozenset(
    [
        "Namespace",
        "Node",
        "PersistentVolume",
        "ClusterRole",
        "ClusterRoleBinding",
        "CustomResourceDefinition",
        "StorageClass",
        "PriorityClass",
        "ValidatingWebhookConfiguration",
        "MutatingWebhookConfiguration",
        "APIService",
        "CSIDriver",
        "CSINode",
        "VolumeAttachment",
        "RuntimeClass",
        "PodSecurityPolicy",
        "IngressClass",
        "FlowSchema",
        "PriorityLevelConfiguration",
        "CertificateSigningRequest",
        "ClusterTrustBundle",
        "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding",
        "MutatingAdmissionPolicy",
        "MutatingAdmissionPolicyBinding",
        "ComponentStatus",
        "ServiceCIDR",
        "IPAddress",
        "DeviceClass",
        "ResourceSlice",
        "StorageVersion",
        "StorageVersionMigration",
        "VolumeAttributesClass",
        "AuditSink",
        "NodeMetrics",
        "DeviceTaintRule",
    ]
)
"""Kinds that lie in no namespace (``kubectl api-resources --namespaced=false``)."""

_LABEL: Final = re.compile(r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")
_SUBDOMAIN: Final = re.compile(r"^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$")
_FREE_NAMES: Final = frozenset({"Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"})


def _name(kind: str) -> Check:
    """Names are DNS subdomains, of services and namespaces DNS labels; RBAC names are free."""
    pattern = _LABEL if kind in ("Service", "Namespace") else _SUBDOMAIN
    what = "a lowercase RFC 1123 label" if pattern is _LABEL else "a lowercase RFC 1123 subdomain"

    def check(inputs: Properties) -> Iterable[CheckFailure]:
        metadata = inputs.get("metadata")
        name = metadata.get("name") if isinstance(metadata, dict) else None
        if isinstance(name, str) and kind not in _FREE_NAMES and (not pattern.match(name) or len(name) > 253):
            yield CheckFailure(
                "metadata.name",
                f"Invalid value: \"{name}\": {what} must consist of lower case alphanumeric characters or '-', and "
                f"must start and end with an alphanumeric character",
            )

    return check


def _selects(inputs: Properties) -> Iterable[CheckFailure]:
    """The selector of a workload has to match the labels of its template."""
    spec = inputs.get("spec")
    if not isinstance(spec, dict):
        return
    selector, template = spec.get("selector"), spec.get("template")
    wanted = selector.get("matchLabels") if isinstance(selector, dict) else None
    metadata = template.get("metadata") if isinstance(template, dict) else None
    labels = metadata.get("labels") if isinstance(metadata, dict) else None
    if not isinstance(wanted, dict) or labels is UNKNOWN or metadata is UNKNOWN or not isinstance(template, dict):
        return
    held = labels if isinstance(labels, dict) else {}
    for key, value in wanted.items():
        if UNKNOWN not in (value, held.get(key)) and held.get(key) != value:
            yield CheckFailure(
                "spec.template.metadata.labels",
                f"`selector` does not match template `labels`: selector wants {key}={value}, got {held.get(key)}",
            )


def _workload_check(kind: str) -> Check:
    def check(inputs: Properties) -> Iterable[CheckFailure]:
        yield from _name(kind)(inputs)
        yield from _selects(inputs)

    return check


def _replicas(request: Request) -> Properties:
    spec = dict(request.get("spec") or {})
    count = spec.setdefault("replicas", 1)
    status = {
        "replicas": count,
        "readyReplicas": count,
        "availableReplicas": count,
        "updatedReplicas": count,
        "observedGeneration": 1,
        "conditions": [
            {
                "type": "Available",
                "status": "True",
                "reason": "MinimumReplicasAvailable",
                "lastTransitionTime": request.stamp,
            }
        ],
    }
    return {"spec": spec, "status": status}


def _daemon(_request: Request) -> Properties:
    return {
        "status": {
            "currentNumberScheduled": 3,
            "desiredNumberScheduled": 3,
            "numberReady": 3,
            "numberAvailable": 3,
            "numberMisscheduled": 0,
            "updatedNumberScheduled": 3,
        }
    }


def _pod(request: Request) -> Properties:
    return {
        "status": {
            "phase": "Running",
            "podIP": f"10.244.0.{1 + int(request.hex(2, 'pod'), 16) % 254}",
            "startTime": request.stamp,
            "conditions": [{"type": "Ready", "status": "True"}],
        }
    }


def _job(request: Request) -> Properties:
    wanted = (request.get("spec") or {}).get("completions", 1)
    return {
        "status": {
            "succeeded": wanted,
            "startTime": request.stamp,
            "completionTime": request.stamp,
            "conditions": [{"type": "Complete", "status": "True"}],
        }
    }


def _service(request: Request) -> Properties:
    old = plain(request.old.outputs.get("spec") or {}) if request.old is not None else {}
    spec = dict(request.get("spec") or {})
    kind = spec.setdefault("type", "ClusterIP")
    if kind != "ExternalName":
        made = f"10.96.{int(request.hex(2, 'ipa'), 16)}.{1 + int(request.hex(2, 'ipb'), 16) % 254}"
        spec["clusterIP"] = spec.get("clusterIP") or old.get("clusterIP") or made
        spec.setdefault("clusterIPs", [spec["clusterIP"]])
    spec.setdefault("sessionAffinity", "None")
    ports = [
        {"protocol": "TCP", "targetPort": port.get("port"), **port}
        for port in spec.get("ports", [])
        if isinstance(port, dict)
    ]
    if kind in ("NodePort", "LoadBalancer"):
        ports = [
            {"nodePort": 30000 + int(request.hex(4, f"node{index}"), 16) % 2768, **port}
            for index, port in enumerate(ports)
        ]
    if ports:
        spec["ports"] = ports
    ingress = [{"ip": f"198.19.{int(request.hex(2, 'lba'), 16)}.{int(request.hex(2, 'lbb'), 16)}"}]
    return {"spec": spec, "status": {"loadBalancer": {"ingress": ingress} if kind == "LoadBalancer" else {}}}


def _ingress(request: Request) -> Properties:
    return {
        "status": {
            "loadBalancer": {
                "ingress": [{"ip": f"198.19.{int(request.hex(2, 'lba'), 16)}.{int(request.hex(2, 'lbb'), 16)}"}]
            }
        }
    }


def _claim(request: Request) -> Properties:
    spec = {
        "storageClassName": "standard",
        "volumeMode": "Filesystem",
        "volumeName": f"pvc-{request.uuid('volume')}",
        **(request.get("spec") or {}),
    }
    size = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "")
    return {
        "spec": spec,
        "status": {"phase": "Bound", "capacity": {"storage": size}, "accessModes": spec.get("accessModes", [])},
    }


def _secret(request: Request) -> Properties:
    """``stringData`` ends up in ``data``, encoded, as the API server keeps it."""
    data = dict(request.get("data") or {})
    for key, value in (request.get("stringData") or {}).items():
        data[key] = base64.b64encode(str(value).encode()).decode()
    return {"data": data, "type": request.get("type", "Opaque")}


def _definition(request: Request) -> Properties:
    names = (request.get("spec") or {}).get("names") or {}
    return {
        "status": {
            "acceptedNames": names,
            "conditions": [{"type": kind, "status": "True"} for kind in ("NamesAccepted", "Established")],
            "storedVersions": [
                item.get("name") for item in (request.get("spec") or {}).get("versions", []) if item.get("storage")
            ],
        }
    }


def _definition_check(inputs: Properties) -> Iterable[CheckFailure]:
    """A definition is called ``<plural>.<group>``."""
    spec, metadata = inputs.get("spec"), inputs.get("metadata")
    if not isinstance(spec, dict) or not isinstance(metadata, dict) or not isinstance(spec.get("names"), dict):
        return
    wanted, name = f"{spec['names'].get('plural')}.{spec.get('group')}", metadata.get("name")
    if (
        isinstance(name, str)
        and name != wanted
        and not any(part is UNKNOWN for part in (spec["names"].get("plural"), spec.get("group")))
    ):
        yield CheckFailure(
            "metadata.name", f'Invalid value: "{name}": must be spec.names.plural+"."+spec.group, which is {wanted}'
        )


def _phase(word: str) -> Any:
    return lambda _request: {"status": {"phase": word}}


def _release(request: Request) -> Properties:
    name, namespace = request.id.rpartition("/")[2], request.id.partition("/")[0]
    revision = (
        int((plain(request.old.outputs.get("status") or {}) if request.old is not None else {}).get("revision", 0)) + 1
    )
    status = {
        "appVersion": "",
        "chart": request.get("chart"),
        "name": name,
        "namespace": namespace,
        "revision": revision,
        "status": "deployed",
        "version": request.get("version", ""),
    }
    return {
        "name": name,
        "namespace": namespace,
        "status": status,
        "resourceNames": request.get("resourceNames", {}),
        "manifest": request.get("manifest", {}),
    }


_COMPUTE: Final = {
    "Deployment": _replicas,
    "StatefulSet": _replicas,
    "ReplicaSet": _replicas,
    "ReplicationController": _replicas,
    "DaemonSet": _daemon,
    "Pod": _pod,
    "Job": _job,
    "Service": _service,
    "Ingress": _ingress,
    "PersistentVolumeClaim": _claim,
    "PersistentVolume": _phase("Available"),
    "Namespace": _phase("Active"),
    "Secret": _secret,
    "CustomResourceDefinition": _definition,
}
_SELECTING: Final = frozenset({"Deployment", "StatefulSet", "ReplicaSet", "DaemonSet"})
_MADE: dict[str, TypeRules] = {}


def rules_of(token: str) -> TypeRules:
    """The rules of a type by its kind."""
    if token == "kubernetes:helm.sh/v3:Release":  # noqa: S105 (a type token)
        kind, rules = "Release", TypeRules(compute=_release)
    elif token.startswith(("kubernetes:helm.sh/", "kubernetes:yaml", "kubernetes:kustomize", "pulumi:")) or not token:
        return NO_RULES
    else:
        kind, rules = token.rpartition(":")[2], NO_RULES
    if kind not in _MADE:
        plain_kind = kind.removesuffix("Patch")
        check = _workload_check(kind) if plain_kind in _SELECTING and plain_kind == kind else _name(plain_kind)
        if kind == "CustomResourceDefinition":
            check = _definition_check
        made = TypeRules(check=check, compute=_COMPUTE.get(plain_kind) if plain_kind == kind else None)
        _MADE[kind] = rules if kind == "Release" else made
    return _MADE[kind]
