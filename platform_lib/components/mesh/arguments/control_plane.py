"""Arguments of the control plane: its revisions and tags, its certificate authority, the namespaces that it serves."""

import re

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError

_VERSION = re.compile(r"1\.\d{2}\.\d{1,2}")


class CertificateAuthorityArgs(ComponentArgs):
    """The mesh's own certificate authority: an intermediate whose material Istio reads from the secret ``cacerts``.

    Either the secret is there already, or its four parts are given. Istio never makes one of its own.
    """

    existing_secret: bool | None = None
    """True where the secret ``cacerts`` lies in the namespace ``istio-system`` already, put there by whoever keeps the
    authority (such as Vault); that namespace is then theirs too. Left out means that the parts are given."""

    certificate: Input[str] | None = None
    """Certificate of the intermediate, PEM (``ca-cert.pem``)."""

    private_key: Input[str] | None = None
    """Its private key, PEM (``ca-key.pem``); a secret."""

    root_certificate: Input[str] | None = None
    """Certificate of the root, PEM (``root-cert.pem``)."""

    certificate_chain: Input[str] | None = None
    """Certificates from the intermediate up to the root, PEM (``cert-chain.pem``)."""


class RevisionArgs(ComponentArgs):
    """A control plane in one version; two stand side by side while a mesh is upgraded."""

    version: str
    """Version of Istio, such as ``1.30.4``. The revision is called after it: ``1-30-4``."""

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str) -> str:
        if not _VERSION.fullmatch(value):
            raise FieldError("is not a version of Istio", "write it as '1.30.4'")
        return value


class RevisionTagArgs(ComponentArgs):
    """A name that namespaces point at, and that points at a revision."""

    name: str
    """Unique in the mesh, such as ``stable``; not ``default``."""

    version: str
    """Version of the revision that it points at."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class MeshNamespaceArgs(ComponentArgs):
    """A namespace whose pods are in the mesh. It has to be there already; the component labels it."""

    name: str
    """Its name."""

    tag: str | None = None
    """Tag whose revision injects its proxies; left out means the first tag."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class ControlPlaneArgs(ComponentArgs):
    """What of the control plane differs from its profile."""

    minimum_replicas: int | None = Field(default=None, ge=1, le=50)
    """At least so many replicas of istiod; left out means the profile's."""

    maximum_replicas: int | None = Field(default=None, ge=1, le=50)
    """At most so many; left out means the profile's."""
