"""Whether the objects of a mesh fit together; each check has a name that its findings carry."""

from typing import TYPE_CHECKING

from platform_lib.core.lazy import public_names

if TYPE_CHECKING:
    from platform_lib.components.mesh.checks.manifests import examine_manifests
    from platform_lib.components.mesh.checks.model import Check, Problem, Severity
    from platform_lib.components.mesh.checks.run import all_checks, examine
    from platform_lib.components.mesh.checks.surroundings import Service, Surroundings, Workload

__all__ = [
    "Check",
    "Problem",
    "Service",
    "Severity",
    "Surroundings",
    "Workload",
    "all_checks",
    "examine",
    "examine_manifests",
]

_MANIFESTS = "platform_lib.components.mesh.checks.manifests"
_MODEL = "platform_lib.components.mesh.checks.model"
_RUN = "platform_lib.components.mesh.checks.run"
_SURROUNDINGS = "platform_lib.components.mesh.checks.surroundings"

__getattr__ = public_names(
    __name__,
    {
        "Check": _MODEL,
        "Problem": _MODEL,
        "Service": _SURROUNDINGS,
        "Severity": _MODEL,
        "Surroundings": _SURROUNDINGS,
        "Workload": _SURROUNDINGS,
        "all_checks": _RUN,
        "examine": _RUN,
        "examine_manifests": _MANIFESTS,
    },
)
