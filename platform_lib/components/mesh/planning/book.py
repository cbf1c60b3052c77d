"""The services and workloads of a mesh, by what its arguments call them. Pure."""

from collections.abc import Sequence
from typing import Generic, TypeVar

from platform_lib.components.mesh.arguments.services import MeshServiceArgs, MeshWorkloadArgs
from platform_lib.components.mesh.checks.model import found
from platform_lib.core.errors import Finding, near

NamedT = TypeVar("NamedT", bound=MeshServiceArgs | MeshWorkloadArgs)


def shown(one: MeshServiceArgs | MeshWorkloadArgs) -> str:
    """A service or workload as arguments write it."""
    return f"{one.namespace}/{one.name}"


class Book(Generic[NamedT]):
    """Services, or services and workloads, by what others call them."""

    def __init__(self, services: Sequence[NamedT], where: str = "'services'") -> None:
        """Keeps them.

        Args:
            services: all that there are.
            where: arguments that one is added to, for messages.
        """
        self._where = where
        self._services = {(service.namespace, service.name): service for service in services}

    def find(self, text: str, namespace: str = "") -> NamedT | None:
        """One by ``<namespace>/<name>``, by its name in a namespace, or by its name where that is the only one.

        Args:
            text: what the arguments say.
            namespace: where to look for a name alone; empty for everywhere.
        """
        if "/" in text:
            where, _, name = text.partition("/")
            return self._services.get((where, name))
        if namespace:
            return self._services.get((namespace, text))
        named = [service for service in self._services.values() if service.name == text]
        return named[0] if len(named) == 1 else None

    def look_up(self, text: str, path: str, findings: list[Finding]) -> NamedT | None:
        """One, or None and a finding that there is none."""
        service = self.find(text)
        if service is None:
            named = [shown(one) for one in self._services.values() if one.name == text]
            if named:
                problem = f"is the name of several services, got {text!r}"
                findings.append(found("service-known", path, problem, f"write one of {', '.join(named)}"))
            else:
                known = [*map(shown, self._services.values()), *(one.name for one in self._services.values())]
                problem = f"is no service of the mesh, got {text!r}"
                findings.append(found("service-known", path, problem, near(text, known) or f"add it to {self._where}"))
        return service
