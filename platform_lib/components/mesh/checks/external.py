"""Checks of services outside the mesh."""

from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, items, texts
from platform_lib.components.mesh.checks.model import check
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject

Found = Iterator[tuple[PlannedObject, str, str, str]]


@check("external-host-once", "Each host outside stands in one entry", like="IST0177")
def host_once(graph: Graph) -> Found:
    """Ports and protocols of both would be mixed."""
    seen: dict[str, PlannedObject] = {}
    for entry in graph.of(Kind.SERVICE_ENTRY):
        for index, host in enumerate(texts(entry.spec.get("hosts"))):
            first = seen.setdefault(host, entry)
            if first is not entry:
                yield entry, f"hosts[{index}]", f"is in {first.shown} already, got {host!r}", "join the two"


@check("external-host-outside", "Hosts of entries are no services of the mesh")
def host_outside(graph: Graph) -> Found:
    """What is meant for the service would go elsewhere."""
    inside = {service.host for service in graph.around.services}
    for entry in graph.of(Kind.SERVICE_ENTRY):
        for index, host in enumerate(texts(entry.spec.get("hosts"))):
            if host in inside:
                yield entry, f"hosts[{index}]", f"is a service of the mesh, got {host!r}", "leave it out"


@check("external-found", "Hosts of entries can be found", like="IST0106")
def found_out(graph: Graph) -> Found:
    """A pattern cannot be looked up by name, and fixed addresses have to be there."""
    for entry in graph.of(Kind.SERVICE_ENTRY):
        resolution = entry.spec.get("resolution", "NONE")
        given = entry.spec.get("endpoints") or entry.spec.get("workloadSelector")
        if resolution == "STATIC" and not given:
            yield entry, "endpoints", "are required where addresses are fixed, got none", "give 'addresses'"
        for index, host in enumerate(texts(entry.spec.get("hosts"))):
            if resolution in ("DNS", "DNS_ROUND_ROBIN") and host.startswith("*") and not given:
                problem = f"cannot be looked up by name, got {host!r}"
                yield entry, f"hosts[{index}]", problem, "name the host, or use resolution 'NONE'"


@check("external-port-once", "An entry has each port once", like="IST0106")
def port_once(graph: Graph) -> Found:
    """Istio refuses the object."""
    for entry in graph.of(Kind.SERVICE_ENTRY):
        numbers: list[object] = []
        for index, port in items(entry.spec.get("ports")):
            if port.get("number") in numbers:
                yield entry, f"ports[{index}]", f"is there already, got {port.get('number')}", "leave it out"
            numbers.append(port.get("number"))
