"""Settings of the mesh."""

from pydantic import Field

from platform_lib.components.mesh import MeshNamespaceArgs, MeshTelemetryArgs
from platform_lib.core.settings import SettingsGroup


class MeshSettings(SettingsGroup):
    """The mesh of the runtime.

    Its certificate authority is the secret ``cacerts`` in the namespace ``istio-system``, which whoever keeps the
    authority puts there; where the setting ``mesh_authority_key`` is given, it is made of that and of the certificates.
    """

    version: str | None = None
    """Version of Istio; left out means the component's default."""

    hosts: list[str] = Field(default_factory=list)
    """Host names of the way in, such as ``*.prod.example.com``; none means that there is no way in."""

    certificate_secret: str = "web-certificate"  # noqa: S105 - the name of one
    """Secret with key and certificate for those hosts, in the namespace of the way in."""

    public: bool = False
    """Whether the way in is on the internet."""

    namespaces: list[MeshNamespaceArgs] = Field(default_factory=list)
    """Namespaces that exist and are to be in the mesh; others join by a label of their own."""

    telemetry: MeshTelemetryArgs | None = None
    """What the mesh tells about itself; left out means the component's defaults."""

    authority_certificate: str | None = None
    """Certificate of the mesh's authority, PEM; with ``mesh_authority_key`` only."""

    authority_chain: str | None = None
    """Certificates from there up to the root, PEM; with ``mesh_authority_key`` only."""

    root_certificate: str | None = None
    """Certificate of the root, PEM; with ``mesh_authority_key`` only."""
