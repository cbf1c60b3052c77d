"""Secrets Manager, Systems Manager and certificates."""

import json
from typing import Any

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    require,
    require_at_least,
    require_at_most,
    require_equal,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import forbid_public_principal

ROTATION = "aws:secretsmanager/secretRotation:SecretRotation"
SENSITIVE = Pattern(r"password|passwd|secret|token|credential|private.?key|api.?key", ignore_case=True)
STRONG = (
    "RSA_2048", "RSA_3072", "RSA_4096", "EC_prime256v1", "EC_secp384r1", "EC_secp521r1",
)  # fmt: skip
"""https://docs.aws.amazon.com/acm/latest/userguide/acm-certificate-characteristics.html"""


@rule("aws-secretsmanager-secret-uses-customer-key")
def secret_customer_key(secret: Resource) -> Verdict:
    """Secrets are encrypted with a key of one's own.

    The AWS managed key cannot be shared, limited or withdrawn; a key of your own is a second permission.
    """
    return all_of(
        require_set(secret, "kmsKeyId"), forbid_in(secret, "kmsKeyId", ("alias/aws/secretsmanager",), absent=PASS)
    )


@rule("aws-secretsmanager-secret-rotation")
def secret_rotation(secret: Resource) -> Verdict:
    """Secrets are changed on a schedule.

    A password that never changes is valid for whoever saw it last year.
    """

    def scheduled(rotation: Resource) -> Verdict:
        return any_of(
            require_at_least(rotation, "rotationRules.automaticallyAfterDays", 1, unit="days"),
            require_set(rotation, "rotationRules.scheduleExpression"),
        )

    return require_related(secret, ROTATION, by="secretId", check=scheduled)


@rule("aws-secretsmanager-rotation-interval")
def rotation_interval(rotation: Resource) -> Verdict:
    """Secrets are changed at least every 90 days.

    The interval bounds how long a leaked secret is of use.
    """
    if rotation.present("rotationRules.scheduleExpression"):
        return NOT_APPLICABLE
    return require_at_most(rotation, "rotationRules.automaticallyAfterDays", 90, unit="days")


@rule("aws-secretsmanager-policy-not-public")
def secret_policy_not_public(target: Resource) -> Verdict:
    """No secret may be read by everyone.

    A secret that everyone may read is none; the block refuses such a policy even when somebody writes it later.
    """
    public = forbid_public_principal(target, "policy")
    if target.type != "aws:secretsmanager/secretPolicy:SecretPolicy":
        return public
    off = fail("blockPublicPolicy", "is not set", "set blockPublicPolicy to true")
    return all_of(public, require_true(target, "blockPublicPolicy", absent=off))


@rule("aws-secretsmanager-recovery-window")
def secret_recovery_window(secret: Resource) -> Verdict:
    """A deleted secret can be brought back for a while.

    Without a recovery window one wrong deletion locks out every program that uses the secret.
    """
    return require_at_least(secret, "recoveryWindowInDays", 7, unit="days")


@rule("aws-ssm-parameter-secure-string")
def parameter_secure_string(parameter: Resource) -> Verdict:
    """Parameters that hold secrets are encrypted.

    A plain parameter shows its value to everyone who may list parameters.
    """
    name = str(parameter.get("name") or parameter.name)
    if SENSITIVE.find(name) is None:
        return NOT_APPLICABLE
    return require_equal(parameter, "type", "SecureString")


@rule("aws-ssm-parameter-uses-customer-key")
def parameter_customer_key(parameter: Resource) -> Verdict:
    """Encrypted parameters use a key of one's own.

    The AWS managed key cannot be limited to the programs that need the value.
    """
    if parameter.get("type") != "SecureString":
        return NOT_APPLICABLE
    return require_set(parameter, "keyId")


@rule("aws-ssm-document-not-public")
def document_not_public(document: Resource) -> Verdict:
    """No Systems Manager document is shared with everyone.

    Documents show how hosts are run, and sometimes the credentials with which.
    """

    def shared(value: Any) -> bool:
        return "all" not in [item.strip().lower() for item in str(value).split(",")]

    return require(
        document,
        "permissions.accountIds",
        test=shared,
        problem="shares the document with everyone",
        remedy="name account ids in {path}",
        absent=PASS,
    )


@rule("aws-ssm-session-document-encrypted-and-logged")
def session_document(document: Resource) -> Verdict:
    """Shell sessions are encrypted with a key of one's own and logged.

    Who types what on a production host has to be known afterwards.
    """
    if document.get("documentType") != "Session":
        return NOT_APPLICABLE
    try:
        inputs = json.loads(str(document.get("content", "{}"))).get("inputs", {})
    except (ValueError, AttributeError):
        return fail("content", "is not a session document", "write it as JSON with inputs")
    if not inputs.get("kmsKeyId"):
        return fail("content", "names no key", "set inputs.kmsKeyId")
    to_bucket = inputs.get("s3BucketName") and inputs.get("s3EncryptionEnabled") is not False
    to_group = inputs.get("cloudWatchLogGroupName") and inputs.get("cloudWatchEncryptionEnabled") is not False
    if to_bucket or to_group:
        return PASS
    return fail("content", "logs sessions nowhere", "set inputs.s3BucketName or inputs.cloudWatchLogGroupName")


@rule("aws-ssm-patch-association-exists", subject=THE_STACK)
def patch_association(stack: Resource) -> Verdict:
    """A stack with instances has them patched.

    What nobody patches is broken by last year's weaknesses.
    """
    graph = stack.stack
    if not graph.of("aws:ec2/instance:Instance"):
        return NOT_APPLICABLE
    if graph.of("aws:ssm/patchBaseline:PatchBaseline"):
        return PASS
    return any_of(
        *(
            require_equal(association, "name", "AWS-RunPatchBaseline")
            for association in graph.all(stack, "aws:ssm/association:Association")
        ),
        fail("", "has instances but no patching", "add an Association of AWS-RunPatchBaseline"),
    )


@rule("aws-ssm-patch-baseline-approval-window")
def patch_approval_window(baseline: Resource) -> Verdict:
    """Security patches are approved within 30 days.

    PCI DSS gives a month for critical patches; attackers take less.
    """

    def check(entry: Node) -> Verdict:
        return require_at_most(entry, "approveAfterDays", 30, unit="days", absent=PASS)

    return each(baseline, "approvalRules", check)


@rule("aws-acm-certificate-key-strength")
def certificate_key_strength(certificate: Resource) -> Verdict:
    """Certificates have strong keys.

    RSA below 2048 bits can be broken with money.
    """
    return require_in(certificate, "keyAlgorithm", STRONG)


@rule("aws-acm-certificate-transparency")
def certificate_transparency(certificate: Resource) -> Verdict:
    """Certificates are logged publicly.

    The public log is where a certificate that somebody else got for your name is seen.
    """
    return forbid_in(certificate, "options.certificateTransparencyLoggingPreference", ("DISABLED",))


@rule("aws-acm-certificate-dns-validated")
def certificate_dns_validated(certificate: Resource) -> Verdict:
    """Certificates are validated by DNS.

    Only then are they renewed without anybody having to answer a mail in time. Imported certificates are not validated.
    """
    if certificate.present("privateKey") or certificate.present("certificateAuthorityArn"):
        return NOT_APPLICABLE
    return require_equal(certificate, "validationMethod", "DNS")


@rule("aws-acm-certificate-no-wildcard")
def certificate_no_wildcard(certificate: Resource) -> Verdict:
    """Certificates name their hosts.

    The key of a wildcard certificate is spread over every host that uses it, and opens them all.
    """
    return require(
        certificate,
        "domainName",
        test=lambda value: not str(value).startswith("*"),
        problem="is a wildcard",
        remedy="name the host in {path}",
        absent=PASS,
    )


@rule("aws-acmpca-authority-crl-and-key")
def authority_revocation_and_key(authority: Resource) -> Verdict:
    """A private CA has a strong key and says which certificates are revoked.

    A certificate that cannot be revoked is valid for whoever steals its key.
    """
    settings = "revocationConfiguration"
    return all_of(
        any_of(
            require_true(authority, f"{settings}.crlConfiguration.enabled"),
            require_true(authority, f"{settings}.ocspConfiguration.enabled"),
        ),
        require_in(authority, "certificateAuthorityConfiguration.keyAlgorithm", STRONG),
    )
