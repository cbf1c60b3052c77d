"""Compliant Kubernetes resources that several rule tests start from."""

from typing import Any

from support.policies import R

IMAGE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/shop/api:1.4.2@sha256:" + "0a" * 32
LABELS = {"app.kubernetes.io/name": "api", "owner": "shop", "data-classification": "internal"}


def container(**changes: Any) -> dict[str, Any]:
    """A container that complies with all rules."""
    return {
        "name": "api",
        "image": IMAGE,
        "imagePullPolicy": "Always",
        "securityContext": {
            "privileged": False,
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "runAsNonRoot": True,
            "capabilities": {"drop": ["ALL"]},
            "procMount": "Default",
        },
        "resources": {
            "limits": {"cpu": "500m", "memory": "256Mi"},
            "requests": {"cpu": "100m", "memory": "256Mi"},
        },
        "livenessProbe": {"httpGet": {"path": "/live", "port": 8080}},
        "readinessProbe": {"httpGet": {"path": "/ready", "port": 8080}},
        "ports": [{"containerPort": 8080}],
        "env": [{"name": "LOG_LEVEL", "value": "info"}],
        **changes,
    }


def pod(**changes: Any) -> dict[str, Any]:
    """A pod spec that complies with all rules."""
    return {
        "automountServiceAccountToken": False,
        "serviceAccountName": "api",
        "hostPID": False,
        "hostIPC": False,
        "hostNetwork": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container()],
        "volumes": [{"name": "scratch", "emptyDir": {}}],
        "topologySpreadConstraints": [{"topologyKey": "topology.kubernetes.io/zone", "maxSkew": 1}],
        **changes,
    }


def deployment(name: str = "it", namespace: Any = "shop", **spec: Any) -> R:
    """A deployment that complies with all rules of resource scope."""
    return R(
        name,
        "kubernetes:apps/v1:Deployment",
        {
            "metadata": {"name": "api", "namespace": namespace, "labels": LABELS},
            "spec": {
                "replicas": 3,
                "selector": {"matchLabels": {"app": "api"}},
                "template": {"metadata": {"labels": {"app": "api"}}, "spec": pod(**spec)},
            },
        },
    )
