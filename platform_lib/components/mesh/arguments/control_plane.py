"""Arguments of the control plane: its revisions and tags, its certificate authority, the namespaces that it serves."""

import re

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import check_name
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError

_VERSION = re.compile(r"1\.\d{2}\.\d{1,2}")
_CERTIFICATE = "-----BEGIN CERTIFICATE-----"


def check_version(value: str) -> str:
    """A version of Istio, or a ``FieldError``."""
    if not _VERSION.fullmatch(value):
        raise FieldError("is not a version of Istio", "write it as '1.31.1'")
    return value


class CertificateAuthorityArgs(ComponentArgs):
    """The mesh's own certificate authority: an intermediate whose material Istio reads from the secret ``cacerts``.

    Either the secret is there already, or its four parts are given. Istio never makes one of its own: istiod does not
    start without the secret.
    """

    existing_secret: bool | None = None
    """True where the secret ``cacerts`` is put into the namespace ``istio-system`` by whoever keeps the authority (such
    as Vault). Left out means that the parts are given."""

    existing_namespace: bool | None = None
    """Whether that namespace is theirs too, with its labels and network policies, and there beforehand; left out means
    true with ``existing_secret``. Where it is false, the control plane waits until they put the secret into the new
    namespace."""

    certificate: Input[str] | None = None
    """Certificate of the intermediate, PEM (``ca-cert.pem``)."""

    private_key: Input[str] | None = None
    """Its private key, PEM (``ca-key.pem``); a secret, whatever it is given as."""

    root_certificate: Input[str] | None = None
    """Certificate of the root, PEM (``root-cert.pem``). Two during a rotation of the root, one after the other."""

    certificate_chain: Input[str] | None = None
    """Certificates from the intermediate up to the root, PEM (``cert-chain.pem``)."""

    @field_validator("certificate", "root_certificate", "certificate_chain")
    @classmethod
    def _check_certificate(cls, value: Input[str] | None) -> Input[str] | None:
        if isinstance(value, str) and not value.lstrip().startswith(_CERTIFICATE):
            raise FieldError("is not a certificate in PEM", f"it begins with '{_CERTIFICATE}'")
        return value

    @field_validator("private_key")
    @classmethod
    def _check_key(cls, value: Input[str] | None) -> Input[str] | None:
        if isinstance(value, str) and "PRIVATE KEY-----" not in value:
            raise FieldError("is not a private key in PEM")
        return value


class RevisionArgs(ComponentArgs):
    """A control plane in one version; two stand side by side while a mesh is upgraded."""

    version: str
    """Version of Istio, such as ``1.31.1``. The revision is called after it: ``1-31-1``."""

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str) -> str:
        return check_version(value)


class RevisionTagArgs(ComponentArgs):
    """A name that namespaces point at, and that points at a revision."""

    name: str = Field(max_length=63)
    """Unique in the mesh, such as ``stable``, at most 63 characters; not ``default``, which would take namespaces that
    nobody named."""

    version: str
    """Version of the revision that it points at."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        if value == "default":
            raise FieldError("would inject proxies into namespaces that nobody named", "use 'stable'")
        return check_name(value)

    @field_validator("version")
    @classmethod
    def _check_version(cls, value: str) -> str:
        return check_version(value)


class MeshNamespaceArgs(ComponentArgs):
    """A namespace whose pods are in the mesh. It has to be there already; the component labels it."""

    name: str = Field(max_length=63)
    """Its name, at most 63 characters."""

    tag: str | None = None
    """Tag whose revision injects its proxies; left out means the first tag. Its pods take the proxies of another
    revision when they are restarted, not before."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class ControlPlaneArgs(ComponentArgs):
    """What of the control plane differs from its profile."""

    minimum_replicas: int | None = Field(default=None, ge=1, le=50)
    """At least so many replicas of istiod, 1 to 50; left out means the profile's (``dev`` 1, ``prod`` 2)."""

    maximum_replicas: int | None = Field(default=None, ge=1, le=50)
    """At most so many, 1 to 50; left out means the profile's (``dev`` 1, ``prod`` 5), or the minimum where that is
    more."""

    node_group: str | None = None
    """Group of the cluster's nodes that the control plane and its tools run on; left out means any without taints."""
