"""Settings of the Vault servers."""

from platform_lib.components.vault import VaultAdministratorArgs, VaultSealPluginArgs
from platform_lib.core.settings import SettingsGroup


class VaultSettings(SettingsGroup):
    """The Vault servers of the runtime."""

    image: str
    """Image of OpenBao with the plugin, in the registry of the account: ``<repository>@sha256:<digest>``."""

    engine_version: str | None = None
    """Version of OpenBao in the image; left out means the component's default."""

    seal_plugin: VaultSealPluginArgs | None = None
    """The plugin by which OpenBao 2.7 and later reaches KMS."""

    backup_image: str
    """Image with ``sh`` and the ``aws`` command, which uploads snapshots, in the same form."""

    nodes: int = 3
    """How many servers: 3 or 5, in dev also 1."""

    node_group: str | None = None
    """Purpose of the nodes that they run on; left out means the component's default."""

    ca_certificate: str
    """Certificate of the authority that signed that of the servers, PEM."""

    certificate_secret: str = "vault-tls"  # noqa: S105 - the name of one
    """Secret of type ``kubernetes.io/tls`` in the namespace of the servers, with their certificate and its key."""

    administrators: list[VaultAdministratorArgs]
    """Service accounts that may configure the servers."""
