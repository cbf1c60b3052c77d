"""Checks of filters of Envoy: that patches do something.

Source: https://istio.io/latest/docs/reference/config/networking/envoy-filter/#EnvoyFilter-Patch-Operation.
"""

from collections.abc import Iterator

from platform_lib.components.mesh.checks.graph import Graph, dig, items
from platform_lib.components.mesh.checks.model import Severity, check
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject

Found = Iterator[tuple[PlannedObject, str, str, str]]

_IGNORED = {
    "ADD": ("ROUTE_CONFIGURATION", "HTTP_ROUTE"),
    "REMOVE": ("ROUTE_CONFIGURATION", "HTTP_ROUTE"),
}
_REPLACED = ("HTTP_FILTER", "NETWORK_FILTER", "VIRTUAL_HOST")
_RELATIVE = ("INSERT_BEFORE", "INSERT_AFTER", "REPLACE", "REMOVE")


def _patches(graph: Graph) -> Iterator[tuple[PlannedObject, str, str, str]]:
    for one in graph.of(Kind.ENVOY_FILTER):
        for index, patch in items(one.spec.get("configPatches")):
            yield one, f"configPatches[{index}]", str(patch.get("applyTo")), str(dig(patch, "patch", "operation"))


@check("filter-patch-applies", "Patches of filters are such that Istio applies", like="IST0152, IST0153, IST0154")
def patch_applies(graph: Graph) -> Found:
    """Istio passes the patch over without a word."""
    for one, path, where, operation in _patches(graph):
        if where in _IGNORED.get(operation, ()) or (operation == "REPLACE" and where not in _REPLACED):
            yield one, f"{path}.patch.operation", f"does nothing to {where}, got {operation}", "use another one"


@check(
    "filter-order-given",
    "Patches that stand before or after others have a priority",
    like="IST0151, IST0155",
    severity=Severity.WARNING,
)
def order_given(graph: Graph) -> Found:
    """What they refer to may not be there yet."""
    for one, path, _, operation in _patches(graph):
        if operation in _RELATIVE and not one.spec.get("priority"):
            yield one, f"{path}.patch.operation", f"depends on order, got {operation}", "give 'priority'"
