"""The webhook behind a tag: which pods get a proxy, and from which control plane. Pure.

It is what Istio's own chart and ``istioctl tag set`` make (``revision-tags-mwc.yaml`` in
https://github.com/istio/istio/tree/master/manifests/charts/istio-control/istio-discovery/templates); here it is an
object of its own, so that a tag moves in one step: as part of two releases it would have to go from one before it could
come to the other.
"""

from collections.abc import Mapping
from typing import Any

from platform_lib.components.mesh.names import REVISION_LABEL, SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning.control_plane import TagPlan

_INJECT = "sidecar.istio.io/inject"
_LEGACY = "istio-injection"


def injections(tag: TagPlan) -> list[dict[str, Any]]:
    """The two webhooks of a tag: for namespaces that point at it, and for single pods in namespaces that point nowhere.

    The certificate by which the API server knows the control plane is not there: istiod puts it in.
    """
    not_refused = _expression(_INJECT, "NotIn", "false")
    return [
        _webhook(
            "rev.namespace",
            tag,
            namespaces=[_expression(REVISION_LABEL, "In", tag.name), _expression(_LEGACY, "DoesNotExist")],
            objects=[not_refused],
        ),
        _webhook(
            "rev.object",
            tag,
            namespaces=[_expression(REVISION_LABEL, "DoesNotExist"), _expression(_LEGACY, "DoesNotExist")],
            objects=[not_refused, _expression(REVISION_LABEL, "In", tag.name)],
        ),
    ]


def _expression(key: str, operator: str, *values: str) -> Mapping[str, Any]:
    return {"key": key, "operator": operator, **({"values": list(values)} if values else {})}


def _webhook(
    prefix: str, tag: TagPlan, *, namespaces: list[Mapping[str, Any]], objects: list[Mapping[str, Any]]
) -> dict[str, Any]:
    service = {"name": f"istiod-{tag.revision}", "namespace": SYSTEM_NAMESPACE, "path": "/inject", "port": 443}
    return {
        "name": f"{prefix}.sidecar-injector.istio.io",
        "clientConfig": {"service": service},
        "sideEffects": "None",
        "rules": [{"operations": ["CREATE"], "apiGroups": [""], "apiVersions": ["v1"], "resources": ["pods"]}],
        "failurePolicy": "Fail",
        "reinvocationPolicy": "Never",
        "admissionReviewVersions": ["v1"],
        "namespaceSelector": {"matchExpressions": namespaces},
        "objectSelector": {"matchExpressions": objects},
    }
