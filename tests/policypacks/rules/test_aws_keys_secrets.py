"""The cases of the rules for secrets, parameters and certificates."""

import json

import pytest

from support.aws_examples import KEY_ARN, allow, policy
from support.policies import FAIL, PASS, Case, R, Ref, Trial, drop, on, resource, trials

SECRET = [
    R("secret", "aws:secretsmanager/secret:Secret", {"kmsKeyId": KEY_ARN, "recoveryWindowInDays": 30}),
    R(
        "rotation",
        "aws:secretsmanager/secretRotation:SecretRotation",
        {"secretId": Ref("secret"), "rotationRules": {"automaticallyAfterDays": 30}},
    ),
]
ROTATION = resource(
    "aws:secretsmanager/secretRotation:SecretRotation",
    {"secretId": "s", "rotationRules": {"automaticallyAfterDays": 30}},
)
PARAMETER = resource(
    "aws:ssm/parameter:Parameter", {"name": "/app/db_password", "type": "SecureString", "keyId": KEY_ARN}
)
DOCUMENT = resource(
    "aws:ssm/document:Document",
    {
        "documentType": "Session",
        "content": json.dumps({"inputs": {"kmsKeyId": KEY_ARN, "s3BucketName": "logs", "s3EncryptionEnabled": True}}),
        "permissions": {"type": "Share", "accountIds": "111122223333"},
    },
)
CERTIFICATE = resource(
    "aws:acm/certificate:Certificate",
    {
        "domainName": "app.example.com",
        "validationMethod": "DNS",
        "keyAlgorithm": "EC_prime256v1",
        "options": {"certificateTransparencyLoggingPreference": "ENABLED"},
    },
)
AUTHORITY = resource(
    "aws:acmpca/certificateAuthority:CertificateAuthority",
    {
        "certificateAuthorityConfiguration": {"keyAlgorithm": "RSA_4096"},
        "revocationConfiguration": {"crlConfiguration": {"enabled": True}},
    },
)
INSTANCES = [
    R("instance", "aws:ec2/instance:Instance", {"instanceType": "t3.micro"}),
    R("association", "aws:ssm/association:Association", {"name": "AWS-RunPatchBaseline"}),
]
INTERVAL = "rotationRules.automaticallyAfterDays"

CASES = [
    Case(
        "aws-secretsmanager-secret-uses-customer-key",
        SECRET,
        bad=[{"kmsKeyId": ""}, {"kmsKeyId": "alias/aws/secretsmanager"}],
    ),
    Case(
        "aws-secretsmanager-secret-rotation",
        SECRET,
        bad=[drop("rotation"), on("rotation", {INTERVAL: 0})],
        also_good=on("rotation", {"rotationRules": {"scheduleExpression": "rate(30 days)"}}),
    ),
    Case(
        "aws-secretsmanager-rotation-interval",
        ROTATION,
        bad={INTERVAL: 180},
        unrelated={"rotationRules": {"scheduleExpression": "rate(30 days)"}},
    ),
    Case(
        "aws-secretsmanager-policy-not-public",
        resource(
            "aws:secretsmanager/secretPolicy:SecretPolicy",
            {"secretArn": "s", "blockPublicPolicy": True, "policy": policy(allow({"AWS": "111122223333"}, "*"))},
        ),
        bad=[{"policy": policy(allow("*", "secretsmanager:GetSecretValue"))}, {"blockPublicPolicy": False}],
        absent={"blockPublicPolicy": FAIL},
    ),
    Case("aws-secretsmanager-recovery-window", SECRET, bad={"recoveryWindowInDays": 0}),
    Case(
        "aws-ssm-parameter-secure-string",
        PARAMETER,
        bad=[{"type": "String"}],
        unrelated={"name": "/app/log_level"},
        also_good={"name": "/app/api-key"},
        breaks=["aws-ssm-parameter-uses-customer-key"],
    ),
    Case(
        "aws-ssm-parameter-uses-customer-key",
        PARAMETER,
        bad={"keyId": ""},
        unrelated={"type": "String"},
        unknown={"keyId": PASS},
    ),
    Case(
        "aws-ssm-document-not-public",
        DOCUMENT,
        bad=[{"permissions.accountIds": "All"}, {"permissions.accountIds": "111122223333,all"}],
    ),
    Case(
        "aws-ssm-session-document-encrypted-and-logged",
        DOCUMENT,
        bad=[
            {"content": json.dumps({"inputs": {"s3BucketName": "logs"}})},
            {"content": json.dumps({"inputs": {"kmsKeyId": KEY_ARN}})},
            {"content": "{"},
        ],
        unrelated={"documentType": "Command"},
    ),
    Case(
        "aws-ssm-patch-association-exists",
        INSTANCES,
        bad=[drop("association"), on("association", {"name": "AWS-GatherSoftwareInventory"})],
        unrelated=drop("instance"),
    ),
    Case(
        "aws-ssm-patch-baseline-approval-window",
        resource("aws:ssm/patchBaseline:PatchBaseline", {"approvalRules": [{"approveAfterDays": 7}]}),
        bad={"approvalRules[].approveAfterDays": 60},
        absent={"approvalRules[].approveAfterDays": PASS},
    ),
    Case("aws-acm-certificate-key-strength", CERTIFICATE, bad={"keyAlgorithm": "RSA_1024"}),
    Case(
        "aws-acm-certificate-transparency",
        CERTIFICATE,
        bad={"options.certificateTransparencyLoggingPreference": "DISABLED"},
    ),
    Case(
        "aws-acm-certificate-dns-validated",
        CERTIFICATE,
        bad={"validationMethod": "EMAIL"},
        unrelated={"privateKey": "key", "validationMethod": "NONE"},
    ),
    Case(
        "aws-acm-certificate-no-wildcard",
        CERTIFICATE,
        bad={"domainName": "*.example.com"},
        absent={"domainName": PASS},
    ),
    Case(
        "aws-acmpca-authority-crl-and-key",
        AUTHORITY,
        bad=[
            {"revocationConfiguration.crlConfiguration.enabled": False},
            {"certificateAuthorityConfiguration.keyAlgorithm": "RSA_1024"},
        ],
        also_good={"revocationConfiguration": {"ocspConfiguration": {"enabled": True}}},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
