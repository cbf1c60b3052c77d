"""Settings of what lies in the Vault servers."""

from pydantic import Field

from platform_lib.components.vault_configuration import ConsumerArgs, RotationArgs, SecretArgs
from platform_lib.core.settings import SettingsGroup


class SecretsSettings(SettingsGroup):
    """What lies in the Vault servers, and who may read it."""

    login_role: str
    """Role by which this program logs in: one of the administrators of the servers."""

    consumers: list[ConsumerArgs] = Field(min_length=1)
    """Pods that get secrets."""

    ledger: list[SecretArgs] = Field(default_factory=list)
    """Secrets that people write and rotate: their places, never their values."""

    authority_certificate: str | None = None
    """Certificate of the authority for services that the offline root signed, with the root's below it, PEM; left out
    until there is one."""

    authority_signed_on: str | None = None
    """Day of that signature, as ``2026-03-31``."""

    identity_provider: str
    """Issuer of the tokens that people show, https."""

    responders: str
    """What the identity provider calls the group that may ask for access in an emergency."""

    approvers: str
    """What it calls the group that lets them."""

    break_glass_alert: str
    """Name of the alert on the audit log that tells of its use."""

    break_glass_review: RotationArgs
    """When its use was last looked at and the way in tried."""
