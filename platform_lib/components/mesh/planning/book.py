"""The services of a mesh, by what its arguments call them. Pure."""

from collections.abc import Sequence

from platform_lib.components.mesh.arguments.services import MeshServiceArgs
from platform_lib.components.mesh.checks.model import found
from platform_lib.core.errors import Finding, near


def shown(service: MeshServiceArgs) -> str:
    """A service as arguments write it."""
    return f"{service.namespace}/{service.name}"


class ServiceBook:
    """The services of the arguments, by what others call them."""

    def __init__(self, services: Sequence[MeshServiceArgs]) -> None:
        self._services = {(service.namespace, service.name): service for service in services}

    def find(self, text: str, namespace: str = "") -> MeshServiceArgs | None:
        """A service by ``<namespace>/<name>``, by its name in a namespace, or by its name where that is the only one.

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

    def look_up(self, text: str, path: str, findings: list[Finding]) -> MeshServiceArgs | None:
        """A service, or None and a finding that there is none."""
        service = self.find(text)
        if service is None:
            named = [shown(one) for one in self._services.values() if one.name == text]
            if named:
                problem = f"is the name of several services, got {text!r}"
                findings.append(found("service-known", path, problem, f"write one of {', '.join(named)}"))
            else:
                known = [*map(shown, self._services.values()), *(one.name for one in self._services.values())]
                problem = f"is no service of the mesh, got {text!r}"
                findings.append(found("service-known", path, problem, near(text, known) or "add it to 'services'"))
        return service
