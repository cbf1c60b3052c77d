"""Keys and secrets of Google Cloud: rotation, and who may use them."""

from policypacks.engine.rule import NOT_APPLICABLE, Resource, Verdict, require, rule
from policypacks.rules.common.gcp import forbid_public_members

NINETY_DAYS = 90 * 24 * 3600


def _seconds(duration: object) -> float:
    """Seconds of a duration as the API writes it (``7776000s``); infinite where it is none."""
    text = str(duration)
    return float(text[:-1]) if text[-1:] == "s" and text[:-1].replace(".", "", 1).isdigit() else float("inf")


@rule("gcp-kms-key-rotation")
def key_rotation(key: Resource) -> Verdict:
    """Encryption keys rotate at least every 90 days.

    A key that never changes lets one leaked copy open everything that was ever encrypted under it. Asymmetric and MAC
    keys cannot rotate by themselves.
    """
    if key.get("purpose", "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT":
        return NOT_APPLICABLE
    return require(
        key,
        "rotationPeriod",
        test=lambda period: _seconds(period) <= NINETY_DAYS,
        problem="is longer than 90 days",
        remedy="set {path} to 7776000s or less",
    )


@rule("gcp-kms-key-iam-not-public")
def key_not_public(grant: Resource) -> Verdict:
    """No key or key ring is opened to everyone.

    Encrypted data is only as closed as its key.
    """
    return forbid_public_members(grant)


@rule("gcp-secretmanager-iam-not-public")
def secret_not_public(grant: Resource) -> Verdict:
    """No secret is opened to everyone.

    A secret that all users may read is none.
    """
    return forbid_public_members(grant)
