"""What the servers unseal themselves with, and the certificate that they show."""

import re

from pydantic import field_validator

from platform_lib.components.vault.arguments.checks import check_label
from platform_lib.components.vault.kind import VaultSealKind
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError

_SHA256 = re.compile(r"[0-9a-f]{64}")


class VaultSealPluginArgs(ComponentArgs):
    """The plugin by which OpenBao 2.7 and later reaches AWS KMS (https://openbao.org/docs/configuration/seal/#plugins).

    Servers look for the binary in their folder for plugins; with ``image`` they download it themselves when they start.
    """

    sha256: str
    """SHA-256 of the plugin's binary, 64 hexadecimal digits, from the checksums of its release
    (https://github.com/openbao/openbao-plugins/releases)."""

    version: str
    """Version of the plugin, such as ``v0.1.0``: the tag of ``image``."""

    image: str | None = None
    """OCI image with the plugin, without tag, such as ``ghcr.io/openbao/openbao-plugin-kms-awskms``; the registry has
    to be reachable by HTTPS from the pods. Left out means that the image of the servers holds the binary."""

    command: str | None = None
    """Name of the binary in the image of the servers, in ``/openbao/plugins``; give this or ``image``."""

    @field_validator("sha256")
    @classmethod
    def _check_sha256(cls, value: str) -> str:
        if not _SHA256.fullmatch(value):
            raise FieldError("is not a SHA-256", "write its 64 hexadecimal digits in lower case")
        return value


class VaultTransitArgs(ComponentArgs):
    """A transit engine of other servers that unseals these (https://openbao.org/docs/configuration/seal/transit)."""

    address: str
    """URL of the other servers, ``https`` only."""

    key_name: str
    """Key in their transit engine."""

    mount_path: str | None = None
    """Path of the engine; left out means ``transit``."""

    token_secret: str
    """Secret of Kubernetes, in the namespace of the servers, whose entry ``token`` holds a periodic orphan token that
    may encrypt and decrypt with the key; it is read at start, and stands in no state."""

    ca_secret: str | None = None
    """Secret of Kubernetes whose entry ``ca.crt`` holds the authority of the other servers; left out means the same
    authority as of these."""

    @field_validator("address")
    @classmethod
    def _check_address(cls, value: str) -> str:
        if not value.startswith("https://"):
            raise FieldError("is not reached over TLS", "write it as 'https://...'")
        return value


class VaultSealArgs(ComponentArgs):
    """What the servers unseal themselves with when they start."""

    kind: VaultSealKind | None = None
    """A key of AWS KMS, a transit engine of other servers, or a static key (for ``dev`` only); left out means
    ``aws-kms``."""

    key_arn: Input[str] | None = None
    """Key of KMS, symmetric, for encryption, of the cluster's region; left out means one of the component's own, for
    ``aws-kms``. Changing it needs both keys until every node has restarted and the root key was rotated."""

    multi_region: bool | None = None
    """Whether the component's own key can be replicated to other regions, without which no other region can read a
    snapshot; it cannot be changed later. Left out means true."""

    plugin: VaultSealPluginArgs | None = None
    """The plugin for KMS; required with ``aws-kms`` for OpenBao 2.7 and later, and for nothing else."""

    transit: VaultTransitArgs | None = None
    """The transit engine; required with ``transit``."""

    static_secret: str | None = None
    """Secret of Kubernetes, in the namespace of the servers, whose entry ``key`` holds 32 random bytes; required with
    ``static``. It stands in no state."""


class VaultTlsArgs(ComponentArgs):
    """The certificate of the servers: a secret that exists (of cert-manager, for one), or material that is given."""

    ca_certificate: Input[str]
    """Certificate of the authority that signed it, PEM: clients and the servers among each other check against it."""

    secret_name: str | None = None
    """Secret of type ``kubernetes.io/tls`` in the namespace of the servers, with ``tls.crt`` and ``tls.key``; give this
    or ``certificate`` and ``private_key``."""

    certificate: Input[str] | None = None
    """Certificate with what leads to the authority, PEM. It names what ``tls_names`` of the component lists."""

    private_key: Input[str] | None = None
    """Its private key, PEM; pass it as a secret, and it stays one."""

    enabled: bool | None = None
    """TLS can not be turned off: false is refused. Left out means true."""

    @field_validator("secret_name")
    @classmethod
    def _check_secret(cls, value: str | None) -> str | None:
        return check_label(value)
