"""KMS keys."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    any_of,
    require_at_least,
    require_at_most,
    require_false,
    require_related,
    require_set,
    require_true,
    rule,
)
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


@rule("aws-kms-key-rotation-period")
def key_rotation_period(key: Resource) -> Verdict:
    """KMS keys rotate at least once a year.

    The longer a key lives, the more one leak opens; a year is also what PCI DSS assessors ask about first.
    """
    return require_at_most(key, "rotationPeriodInDays", 365, unit="days")


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


@rule("aws-kms-key-enabled")
def key_enabled(key: Resource) -> Verdict:
    """KMS keys are enabled.

    A disabled key makes everything that is encrypted under it unreadable, backups included.
    """
    return require_true(key, "isEnabled")


@rule("aws-kms-key-no-lockout-bypass")
def key_no_lockout_bypass(key: Resource) -> Verdict:
    """The check that a key policy leaves somebody in charge is not skipped.

    A key that nobody may administer can neither be mended nor withdrawn.
    """
    return require_false(key, "bypassPolicyLockoutSafetyCheck")


@rule("aws-kms-key-has-policy")
def key_has_policy(key: Resource) -> Verdict:
    """KMS keys have a policy of their own.

    The default policy leaves the key to whatever the account's IAM policies say, now and later.
    """
    own = PASS if key.present("policy") else NOT_APPLICABLE
    return any_of(
        own, require_related(key, "aws:kms/keyPolicy:KeyPolicy", by="keyId", check=lambda it: require_set(it, "policy"))
    )
