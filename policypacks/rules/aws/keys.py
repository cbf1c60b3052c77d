"""KMS keys, Secrets Manager, Parameter Store and ACM certificates."""

from policypacks.engine.rule import NOT_APPLICABLE, Resource, Verdict, require_at_least, require_true, rule
from policypacks.rules.common.aws_policy import forbid_public_principal

SYMMETRIC = "SYMMETRIC_DEFAULT"


@rule("aws-kms-key-rotation-enabled")
def key_rotation(key: Resource) -> Verdict:
    """KMS keys rotate on a schedule.

    A key that never changes lets one leaked copy open everything that was ever encrypted under it. AWS rotates only
    symmetric keys: https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html
    """
    if key.get("customerMasterKeySpec", SYMMETRIC) != SYMMETRIC or key.present("customKeyStoreId"):
        return NOT_APPLICABLE
    return require_true(key, "enableKeyRotation")


@rule("aws-kms-key-deletion-window")
def key_deletion_window(key: Resource) -> Verdict:
    """A KMS key waits at least two weeks before it is destroyed.

    A destroyed key takes everything encrypted under it along; the waiting time is the only way back.
    """
    return require_at_least(key, "deletionWindowInDays", 14, unit="days")


@rule("aws-kms-key-policy-no-wildcard-principal")
def key_policy_not_public(key: Resource) -> Verdict:
    """A KMS key policy gives nothing to everyone.

    A key that anyone may use protects nothing, whatever it encrypts.
    """
    return forbid_public_principal(key, "policy")
