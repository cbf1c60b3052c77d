"""How other components take Vault servers: ours, or some that exist already."""

from typing import Any, ClassVar, Self

from platform_lib.components.vault.kind import VaultEngine
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class VaultAdministratorReference(ComponentArgs):
    """A service account that may configure the servers."""

    role: str
    """The role that it asks for when it logs in."""

    namespace: str
    """Its namespace."""

    service_account: str
    """Its name."""


class VaultReference(ComponentArgs):
    """Vault servers: what a component needs to know to configure or to use them.

    Whoever configures them needs a provider too, which is an option of the component. It logs in at
    ``auth/<administration_path>/login`` with a token of the service account of an administrator; servers that exist
    already may have no such path.
    """

    address: Input[str]
    """URL that clients call, such as ``https://main.vault.svc:8200``."""

    engine: VaultEngine
    """The software that they run."""

    engine_version: str
    """Its version, such as ``2.7.2``."""

    ca_certificate: Input[str]
    """Certificate of the authority that signed theirs, PEM."""

    namespace: str | None = None
    """Namespace of Kubernetes that they run in; left out where they run elsewhere."""

    service_account: str | None = None
    """Their service account, which may review tokens of the cluster; left out where they run elsewhere."""

    administration_path: str | None = None
    """Path of the auth method of Kubernetes that administrators log in at, which the servers made when they initialised
    themselves; left out where there is none. Configurations leave it alone."""

    administrators: list[VaultAdministratorReference] | None = None
    """Who may configure the servers; left out where nobody may by default."""

    audit_paths: list[str] | None = None
    """Paths of the audit devices, the same on all nodes; left out means unknown."""

    audit_declared: bool | None = None
    """Whether the audit devices stand in the configuration of the servers, so that a configuration through the API
    leaves them alone; left out means false."""

    cluster_name: str | None = None
    """Name of the Kubernetes cluster that they run on; left out where they run elsewhere."""

    kubernetes_host: Input[str] | None = None
    """URL by which the servers reach the API of Kubernetes, for an auth method of workloads on the same cluster."""

    kubernetes_ca_certificate: Input[str] | None = None
    """Certificate of the authority of that API, PEM in base64."""

    oidc_issuer: Input[str] | None = None
    """URL of the issuer of the cluster's service account tokens."""

    backup_bucket: Input[str] | None = None
    """Name of the bucket with snapshots; left out where there is none."""

    backup_key_arn: Input[str] | None = None
    """Key that snapshots are encrypted with in the bucket; left out where there is none."""

    seal_key_arn: Input[str] | None = None
    """Key of KMS that unseals the servers, without which no snapshot can be read; left out for another seal."""


class VaultOutputs(StackOutputs):
    """Vault servers as a stack offers them to others. It holds no secret: no token, no unseal key."""

    output_name: ClassVar[str] = "vault"
    version: ClassVar[int] = 1

    address: Input[str]
    """URL that clients call."""

    engine: Input[str]
    """The software that they run."""

    engine_version: Input[str]
    """Its version."""

    ca_certificate: Input[str]
    """Certificate of the authority that signed theirs, PEM."""

    namespace: Input[str] | None = None
    """Namespace of Kubernetes that they run in."""

    service_account: Input[str] | None = None
    """Their service account."""

    administration_path: Input[str] | None = None
    """Path of the auth method that administrators log in at."""

    administrators: Input[list[dict[str, Any]]] | None = None
    """Who may configure the servers."""

    audit_paths: Input[list[str]] | None = None
    """Paths of the audit devices."""

    audit_declared: Input[bool] | None = None
    """Whether the audit devices stand in the configuration of the servers."""

    cluster_name: Input[str] | None = None
    """Name of the Kubernetes cluster that they run on."""

    kubernetes_host: Input[str] | None = None
    """URL by which the servers reach the API of Kubernetes."""

    kubernetes_ca_certificate: Input[str] | None = None
    """Certificate of the authority of that API, PEM in base64."""

    oidc_issuer: Input[str] | None = None
    """URL of the issuer of the cluster's service account tokens."""

    backup_bucket: Input[str] | None = None
    """Name of the bucket with snapshots."""

    backup_key_arn: Input[str] | None = None
    """Key that snapshots are encrypted with in the bucket."""

    seal_key_arn: Input[str] | None = None
    """Key of KMS that unseals the servers."""

    @classmethod
    def of(cls, servers: VaultReference) -> Self:
        """The outputs of servers."""
        listed = servers.administrators
        return cls(
            **{
                name: getattr(servers, name)
                for name in cls.model_fields
                if name != "administrators" and getattr(servers, name) is not None
            },
            administrators=None if listed is None else [one.model_dump(mode="json") for one in listed],
        )

    @property
    def reference(self) -> VaultReference:
        """The servers as components take them; for outputs that were read at once."""
        fields = {name: getattr(self, name) for name in VaultReference.model_fields}
        return VaultReference.parse(
            "VaultOutputs", {name: value for name, value in fields.items() if value is not None}
        )
