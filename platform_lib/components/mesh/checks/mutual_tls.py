"""Checks of mutual TLS: that both sides of a connection mean the same, and that exceptions are what they seem."""

from collections.abc import Iterator
from typing import Final

from platform_lib.components.mesh.checks.graph import Graph, dig, mapping, selector_of
from platform_lib.components.mesh.checks.model import check
from platform_lib.components.mesh.checks.rules import host_of_rule, policies_of
from platform_lib.components.mesh.checks.selection import fits
from platform_lib.components.mesh.checks.surroundings import Service, Workload
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject

Found = Iterator[tuple[PlannedObject, str, str, str]]

UNTIL: Final = "platform-lib/mtls-until"
"""Annotation: the last day on which plain text is taken; the policy ``k8s-mesh-mtls-exception-not-expired`` reads
it."""

REASON: Final = "platform-lib/mtls-reason"
"""Annotation: why it is."""

_WEAK = ("PERMISSIVE", "DISABLE")
_UNFIT = {"DISABLE": ("STRICT",), "SIMPLE": ("STRICT",), "MUTUAL": ("STRICT",), "ISTIO_MUTUAL": ("DISABLE",)}
"""Mode of clients, and modes of pods in the mesh that it does not go with: strict pods take certificates of the mesh
only (https://istio.io/latest/docs/ops/configuration/traffic-management/tls-configuration/)."""


def mode_of(graph: Graph, workload: Workload, port: int | None = None) -> tuple[str, PlannedObject | None]:
    """What a workload takes at a port of its own, and the object that says so.

    A rule with a selector comes before that of the namespace, and that before the one of the mesh; ``UNSET`` passes on.
    Source: https://istio.io/latest/docs/concepts/security/#peer-authentication.
    """
    rules = graph.rules_for(workload, Kind.PEER_AUTHENTICATION)
    own = [rule for rule in rules if selector_of(rule)]
    wide = [rule for rule in rules if not selector_of(rule)]
    ordered = [
        *own,
        *(rule for rule in wide if rule.namespace == workload.namespace != graph.around.root),
        *(rule for rule in wide if rule.namespace == graph.around.root),
    ]
    for rule in ordered:
        modes = [dig(rule.spec, "portLevelMtls", str(port), "mode")] if port is not None else []
        for mode in (*modes, dig(rule.spec, "mtls", "mode")):
            if mode not in (None, "UNSET"):
                return str(mode), rule
    return "PERMISSIVE", None


@check("mtls-modes-agree", "Clients speak what servers take", like="IST0113")
def modes_agree(graph: Graph) -> Found:
    """Connections are reset."""
    for rule in graph.of(Kind.DESTINATION_RULE):
        host = graph.host(host_of_rule(rule))
        if host is None or host.service is None:
            continue
        for path, policy, port in policies_of(rule):
            mode = dig(policy, "tls", "mode")
            labels = mapping(_subset_labels(rule, path))
            for workload in graph.behind(host.service):
                if mode is None or not fits(labels, workload.labels) or workload.is_gateway:
                    continue
                taken, server = _worst(graph, host.service, workload, port, str(mode))
                if taken:
                    says = f"as {server.shown} says" if server is not None else "as Istio does by default"
                    problem = f"does not go with {taken}, which the pods of {host_of_rule(rule)!r} take {says}"
                    yield rule, f"{path}.tls.mode", f"{problem}, got {mode}", "leave it out: proxies find it out"
                    break


def _subset_labels(rule: PlannedObject, path: str) -> object:
    if not path.startswith("subsets["):
        return {}
    return dig(rule.spec["subsets"][int(path[8 : path.index("]")])], "labels")


def _worst(
    graph: Graph, service: Service, workload: Workload, port: int | None, mode: str
) -> tuple[str, PlannedObject | None]:
    """A mode of the server that the client's does not go with, at one port or at any."""
    numbers = list(service.ports)
    same_length = len(workload.ports) == len(numbers)
    targets = dict(zip(numbers, workload.ports, strict=True)) if same_length else {number: number for number in numbers}
    for number in [port] if port is not None else numbers:
        taken, rule = mode_of(graph, workload, targets.get(number, number))
        if taken in _UNFIT.get(mode, ()):
            return taken, rule
    return "", None


@check("mtls-port-known", "Ports with a mode of their own are ports of the pods")
def port_known(graph: Graph) -> Found:
    """They are those of the pods, not those of the service before them."""
    for rule in graph.of(Kind.PEER_AUTHENTICATION):
        known = {port for workload in graph.selected(rule) for port in workload.ports}
        for port in mapping(rule.spec.get("portLevelMtls")):
            if known and str(port) not in map(str, known):
                remedy = f"they have {', '.join(map(str, sorted(known)))}"
                yield rule, f"portLevelMtls.{port}", f"is no port of the pods, got {port}", remedy


@check("mtls-port-selects", "Modes of single ports come with labels of pods", like="IST0106")
def port_selects(graph: Graph) -> Found:
    """Istio refuses the object."""
    for rule in graph.of(Kind.PEER_AUTHENTICATION):
        if rule.spec.get("portLevelMtls") and not selector_of(rule):
            yield rule, "portLevelMtls", "is for pods that labels select, got none", "add 'selector'"


@check("mtls-exception-dated", "What is weaker than strict has an end")
def exception_dated(graph: Graph) -> Found:
    """An exception without an end is the rule.

    The whole mesh is not meant: whether it may be permissive without an end, its environment says.
    """
    for rule in graph.of(Kind.PEER_AUTHENTICATION):
        whole = rule.namespace == graph.around.root and not selector_of(rule)
        modes = [(f"portLevelMtls.{port}.mode", dig(value, "mode")) for port, value in _by_port(rule)]
        for path, mode in [("mtls.mode", dig(rule.spec, "mtls", "mode")), *modes]:
            if mode in _WEAK and not whole and UNTIL not in rule.annotations:
                yield rule, path, f"takes plain text without an end, got {mode}", "use 'mtls.exceptions'"


def _by_port(rule: PlannedObject) -> list[tuple[str, object]]:
    return list(mapping(rule.spec.get("portLevelMtls")).items())
