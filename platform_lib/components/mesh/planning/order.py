"""In which order objects are made, and the reverse in which they go. Pure.

A route follows whatever it leads to: subsets and limits of hosts, entries of services outside, gateways. So nothing
that a route needs comes after it or goes before it: see
https://istio.io/latest/docs/ops/best-practices/traffic-management/#avoid-503-errors-while-reconfiguring-service-routes.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from platform_lib.components.mesh.hosts import full_host
from platform_lib.components.mesh.kind import MeshObjectKind as Kind
from platform_lib.components.mesh.planning.model import PlannedObject


def following(objects: Sequence[PlannedObject]) -> tuple[PlannedObject, ...]:
    """The objects, each with the ids of those that it follows."""
    providing: dict[str, list[str]] = defaultdict(list)
    for planned in objects:
        for name in _provided(planned):
            providing[name].append(planned.id)
    return tuple(
        replace(planned, after=tuple(dict.fromkeys([*planned.after, *_followed(planned, providing)])))
        for planned in objects
    )


def _followed(planned: PlannedObject, providing: Mapping[str, Sequence[str]]) -> Iterator[str]:
    if planned.kind == Kind.VIRTUAL_SERVICE:
        for name in _needed(planned):
            yield from providing.get(name, ())


def _provided(planned: PlannedObject) -> Iterator[str]:
    if planned.kind == Kind.DESTINATION_RULE:
        yield full_host(planned.spec.get("host", ""), planned.namespace)
    elif planned.kind == Kind.SERVICE_ENTRY:
        yield from planned.spec.get("hosts", ())
    elif planned.kind == Kind.GATEWAY:
        yield f"{planned.namespace}/{planned.name}"


def _needed(planned: PlannedObject) -> Iterator[str]:
    for gateway in planned.spec.get("gateways", ()):
        yield gateway if "/" in gateway else f"{planned.namespace}/{gateway}"
    for destination in destinations(planned.spec):
        yield full_host(destination.get("host", ""), planned.namespace)


def destinations(spec: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Everything that a VirtualService leads to, copies of requests among it."""
    for protocol in ("http", "tls", "tcp"):
        for rule in spec.get(protocol, ()):
            for routed in (*rule.get("route", ()), *rule.get("mirrors", ())):
                yield routed.get("destination", {})
            if "mirror" in rule:
                yield rule["mirror"]
