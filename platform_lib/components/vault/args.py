"""The arguments of ``VaultCluster``. The groups stand in ``arguments``."""

import re

from pydantic import Field, field_validator

from platform_lib.components.cluster.refs import ClusterReference
from platform_lib.components.vault.arguments.backup import VaultBackupArgs
from platform_lib.components.vault.arguments.checks import check_image, check_label
from platform_lib.components.vault.arguments.seal import VaultSealArgs, VaultTlsArgs
from platform_lib.components.vault.arguments.server import (
    VaultAdministratorArgs,
    VaultAuditArgs,
    VaultListenerArgs,
    VaultResourcesArgs,
    VaultStorageArgs,
    VaultTelemetryArgs,
)
from platform_lib.components.vault.kind import VaultEngine
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account
from platform_lib.core.checks import each_once
from platform_lib.core.context import Context
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags
from platform_lib.core.validation import FieldError

_VERSION = re.compile(r"\d+\.\d+\.\d+")


class VaultClusterArgs(ComponentArgs):
    """The arguments of ``VaultCluster``."""

    context: Context
    """Who the servers belong to and which rules hold for them."""

    cluster: ClusterReference
    """The Kubernetes cluster that they run on."""

    account_id: Input[str]
    """The account's id, 12 digits: policies of keys name it."""

    image: str
    """Image of the servers, by digest, such as ``quay.io/openbao/openbao@sha256:...``; a digest says nothing about the
    version, so keep ``engine_version`` with it."""

    tls: VaultTlsArgs
    """The certificate of the servers."""

    engine: VaultEngine | None = None
    """OpenBao or Vault; left out means ``openbao``. Servers do not change from one to the other."""

    engine_version: str | None = None
    """Version of the engine in ``image``, such as ``2.7.2``; left out means 2.7.2 for OpenBao. Required for Vault."""

    nodes: int | None = None
    """How many servers: 3 or 5, in ``dev`` also 1; left out means 3. 3 stand the loss of one, 5 of two."""

    namespace: str | None = None
    """Namespace, which the component makes; left out means the name of the component."""

    node_group: str | None = None
    """Purpose of the cluster's nodes that the servers run on, on demand; left out means the first such group."""

    seal: VaultSealArgs | None = None
    """Unsealing; left out means a key of KMS of the component's own, which OpenBao 2.7 needs a plugin for."""

    storage: VaultStorageArgs | None = None
    """Volumes; left out means the defaults of its fields."""

    audit: VaultAuditArgs | None = None
    """Audit devices; left out means both."""

    listener: VaultListenerArgs | None = None
    """Who reaches the servers; left out means the defaults of its fields."""

    administrators: list[VaultAdministratorArgs] | None = Field(default=None, min_length=1)
    """Who may configure the servers once they run; required for OpenBao, which initialises itself and has no other way
    in after that."""

    backups: VaultBackupArgs | None = None
    """Snapshots; required outside ``dev``."""

    telemetry: VaultTelemetryArgs | None = None
    """Metrics; left out means the defaults of its fields."""

    resources: VaultResourcesArgs | None = None
    """What a server asks of its node; left out means the defaults of its fields."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource of AWS, beside the required ones."""

    _check_account = field_validator("account_id")(check_account)

    @field_validator("image")
    @classmethod
    def _check_image(cls, value: str) -> str | None:
        return check_image(value)

    @field_validator("engine_version")
    @classmethod
    def _check_version(cls, value: str | None) -> str | None:
        if value is not None and not _VERSION.fullmatch(value):
            raise FieldError("is not a version", "write it as '2.7.2'")
        return value

    @field_validator("namespace")
    @classmethod
    def _check_namespace(cls, value: str | None) -> str | None:
        return check_label(value)

    @field_validator("administrators")
    @classmethod
    def _check_names(cls, value: list[VaultAdministratorArgs] | None) -> list[VaultAdministratorArgs] | None:
        each_once([one.name for one in value or ()], "name")
        return value

    _check_tags = field_validator("tags")(check_own_tags)
