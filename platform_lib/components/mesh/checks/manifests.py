"""The checks of a mesh over manifests as a cluster holds them, such as ``kubectl get -o yaml`` prints. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from platform_lib.components.mesh.checks.graph import dig, items, mapping, number
from platform_lib.components.mesh.checks.model import Problem
from platform_lib.components.mesh.checks.run import examine
from platform_lib.components.mesh.checks.selection import fits
from platform_lib.components.mesh.checks.surroundings import Service, Surroundings, Workload
from platform_lib.components.mesh.names import REVISION_LABEL, SYSTEM_NAMESPACE
from platform_lib.components.mesh.planning.model import API_VERSIONS, PlannedObject

Manifest = Mapping[str, Any]

INJECTION_LABEL: Final = "istio-injection"
TEMPLATES: Final = "inject.istio.io/templates"
"""Annotation of pods that become proxies of a gateway
(https://istio.io/latest/docs/setup/additional-setup/gateway/#deploying-a-gateway)."""

_TEMPLATES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "Deployment": ("spec", "template"),
    "StatefulSet": ("spec", "template"),
    "DaemonSet": ("spec", "template"),
    "Job": ("spec", "template"),
    "CronJob": ("spec", "jobTemplate", "spec", "template"),
    "Pod": (),
}
"""Where each kind of workload has its pod."""


def examine_manifests(manifests: Iterable[Manifest]) -> list[Problem]:
    """What of some manifests does not fit together.

    Args:
        manifests: objects of Istio, and beside them namespaces, services and workloads, without which nothing is known
            that they could refer to. Other kinds are passed over.
    """
    given = list(manifests)
    objects = [
        PlannedObject(
            role="manifest",
            key=f"{one['kind']}.{_namespace(one)}.{_name(one)}",
            kind=str(one["kind"]),
            namespace=_namespace(one),
            name=_name(one),
            spec=mapping(one.get("spec")),
            annotations={key: str(value) for key, value in mapping(dig(one, "metadata", "annotations")).items()},
        )
        for one in given
        if one.get("kind") in API_VERSIONS and ".istio.io/" in str(one.get("apiVersion"))
    ]
    return examine(objects, surroundings_of_manifests(given))


def surroundings_of_manifests(manifests: Iterable[Manifest]) -> Surroundings:
    """Namespaces in the mesh, services and workloads of some manifests."""
    given = list(manifests)
    members = (_name(one) for one in given if one.get("kind") == "Namespace" and _is_member(one))
    served = [one for one in given if one.get("kind") == "Service"]
    workloads = tuple(workload for one in given for workload in _workloads(one, served))
    gateways = (workload.namespace for workload in workloads if workload.is_gateway)
    return Surroundings(
        namespaces=tuple(dict.fromkeys([*members, SYSTEM_NAMESPACE, *gateways])),
        services=tuple(map(_service, served)),
        workloads=workloads,
    )


def _name(one: Manifest) -> str:
    return str(dig(one, "metadata", "name") or "")


def _namespace(one: Manifest) -> str:
    return str(dig(one, "metadata", "namespace") or "default")


def _is_member(namespace: Manifest) -> bool:
    labels = mapping(dig(namespace, "metadata", "labels"))
    return labels.get(INJECTION_LABEL) == "enabled" or REVISION_LABEL in labels


def _service(one: Manifest) -> Service:
    ports = {
        number(port.get("port")) or 0: str(port.get("appProtocol") or port.get("name") or "tcp").partition("-")[0]
        for _, port in items(dig(one, "spec", "ports"))
    }
    return Service(_namespace(one), _name(one), ports, mapping(dig(one, "spec", "selector")))


def _workloads(one: Manifest, services: Iterable[Manifest]) -> Iterator[Workload]:
    place = _TEMPLATES_OF.get(str(one.get("kind")))
    if place is None:
        return
    pod = mapping(dig(one, *place))
    labels = {key: str(value) for key, value in mapping(dig(pod, "metadata", "labels")).items()}
    containers = items(dig(pod, "spec", "containers"))
    ports = [
        *(port.get("containerPort") for _, container in containers for _, port in items(container.get("ports"))),
        *(port for service in services if _leads_to(service, one, labels) for port in _targets(service)),
    ]
    yield Workload(
        namespace=_namespace(one),
        labels=labels,
        service_account=str(dig(pod, "spec", "serviceAccountName") or "default"),
        ports=tuple(dict.fromkeys(port for port in map(number, ports) if port is not None)),
        is_gateway="gateway" in str(dig(pod, "metadata", "annotations", TEMPLATES) or ""),
    )


def _leads_to(service: Manifest, workload: Manifest, labels: Mapping[str, str]) -> bool:
    selector = mapping(dig(service, "spec", "selector"))
    return bool(selector) and _namespace(service) == _namespace(workload) and fits(selector, labels)


def _targets(service: Manifest) -> Iterator[Any]:
    """Ports of the pods behind a service; those that it calls by a name stand at the containers."""
    for _, port in items(dig(service, "spec", "ports")):
        yield port.get("targetPort", port.get("port"))
