"""Arguments of objects of Istio that the mesh has no words of its own for."""

from typing import Any

from pydantic import field_validator

from platform_lib.components.mesh.kind import MeshObjectKind
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name
from platform_lib.core.inputs import require_plain


class MeshObjectArgs(ComponentArgs):
    """An object of Istio as its reference describes it, made and looked at like all others."""

    kind: MeshObjectKind
    """Its kind, such as ``Sidecar``."""

    name: str
    """Its name, unique among objects of its kind in the namespace."""

    namespace: str
    """Its namespace."""

    spec: dict[str, Any]
    """Its ``spec``, plain, in the words of Istio's reference; may be empty."""

    @field_validator("name", "namespace")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)

    @field_validator("spec")
    @classmethod
    def _check_spec(cls, value: dict[str, Any]) -> dict[str, Any]:
        require_plain(value)
        return value
