"""Runs all checks over the objects of a mesh. Pure."""

import importlib
from collections.abc import Iterable
from functools import lru_cache

from platform_lib.components.mesh.checks.graph import Graph
from platform_lib.components.mesh.checks.model import ARGUMENTS, Check, Problem, registered
from platform_lib.components.mesh.checks.surroundings import Surroundings
from platform_lib.components.mesh.planning.model import PlannedObject

_MODULES = ("objects", "routes", "rules", "gateways", "mutual_tls", "access", "tokens", "external", "filters")


@lru_cache(maxsize=1)
def all_checks() -> tuple[Check, ...]:
    """The table of all checks: first what the planner finds in arguments, then those of objects."""
    for module in _MODULES:
        importlib.import_module(f"platform_lib.components.mesh.checks.{module}")
    return tuple(sorted(registered(), key=lambda check: (ARGUMENTS, *_MODULES).index(check.group)))


def examine(objects: Iterable[PlannedObject], around: Surroundings) -> list[Problem]:
    """What of some objects does not fit together, or to what stands around them.

    Args:
        objects: of Istio, planned by a mesh or made of manifests.
        around: namespaces, services and workloads.

    Returns:
        The problems by check, and each check's in the order of the objects.
    """
    graph = Graph(objects, around)
    return [problem for check in all_checks() if check.run is not None for problem in check.run(graph)]
