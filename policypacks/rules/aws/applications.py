"""Services that people and partners use: Cognito, Transfer, WorkSpaces, mail, contact centres."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    forbid_in,
    require_at_least,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key
from policypacks.rules.common.tags import is_regulated

TRANSFER_POLICIES = [
    "TransferSecurityPolicy-2024-01",
    "TransferSecurityPolicy-2025-03",
    "TransferSecurityPolicy-FIPS-2024-01",
    "TransferSecurityPolicy-FIPS-2024-05",
    "TransferSecurityPolicy-FIPS-2025-03",
    "TransferSecurityPolicy-Restricted-2024-06",
    "TransferSecurityPolicy-SshAuditCompliant-2025-02",
    "TransferSecurityPolicy-AS2Restricted-2025-07",
]
"""https://docs.aws.amazon.com/transfer/latest/userguide/security-policies.html"""


@rule("aws-transfer-server-secure-protocols")
def transfer_protocols(server: Resource) -> Verdict:
    """Transfer servers do not speak FTP.

    FTP sends passwords and files in plain text.
    """
    return forbid_in(server, "protocols", ("FTP",))


@rule(
    "aws-transfer-server-modern-policy",
    config={
        "policies": {
            "type": "array",
            "items": {"type": "string"},
            "default": TRANSFER_POLICIES,
            "description": "security policies that a server may have",
        }
    },
)
def transfer_policy(server: Resource) -> Verdict:
    """Transfer servers use a security policy of 2024 or later.

    The default, of 2018, still offers algorithms that are broken.
    """
    return require_in(server, "securityPolicyName", server.config["policies"])


@rule("aws-transfer-server-vpc-endpoint-and-logs")
def transfer_endpoint(server: Resource) -> Verdict:
    """Transfer servers stand in a VPC and write a log.

    A public endpoint has no security group, and without a log nobody can tell who fetched what.
    """
    return all_of(
        require_equal(server, "endpointType", "VPC"),
        any_of(require_set(server, "structuredLogDestinations"), require_set(server, "loggingRole")),
    )


@rule("aws-workspaces-volumes-encrypted")
def workspace_encrypted(workspace: Resource) -> Verdict:
    """Both volumes of a WorkSpace are encrypted.

    A desktop holds copies of whatever its user worked on, and cannot be encrypted later.
    """
    return require_true(workspace, "rootVolumeEncryptionEnabled", "userVolumeEncryptionEnabled")


@rule("aws-workspaces-user-not-local-admin")
def workspace_user(directory: Resource) -> Verdict:
    """Users of WorkSpaces do not administer their desktop.

    An administrator can switch off what protects it, and so can what the user clicks on.
    """
    return require_false(directory, "workspaceCreationProperties.userEnabledAsLocalAdministrator")


@rule(
    "aws-cognito-user-pool-mfa",
    config={
        "accepted": {
            "type": "array",
            "items": {"enum": ["ON", "OPTIONAL"]},
            "default": ["ON"],
            "description": "values of mfaConfiguration that are accepted; OPTIONAL lets users do without",
        }
    },
)
def pool_mfa(pool: Resource) -> Verdict:
    """Users of a pool sign in with a second factor.

    A password alone is worth as much as the worst place where it was used.
    """
    return require_in(pool, "mfaConfiguration", pool.config["accepted"])


@rule(
    "aws-cognito-user-pool-password-policy",
    config={
        "minimum_length": {
            "type": "integer",
            "minimum": 6,
            "maximum": 99,
            "default": 12,
            "description": "characters that a password must have; Cognito takes 6 to 99",
        }
    },
)
def pool_passwords(pool: Resource) -> Verdict:
    """Passwords of a pool have twelve characters and of every kind.

    Short passwords are guessed, whatever else protects them.
    """
    flags = ("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols")
    return all_of(
        require_at_least(pool, "passwordPolicy.minimumLength", pool.config["minimum_length"], unit="characters"),
        require_true(pool, *(f"passwordPolicy.{flag}" for flag in flags)),
    )


@rule("aws-cognito-user-pool-threat-protection")
def pool_threats(pool: Resource) -> Verdict:
    """User pools refuse sign-ins with leaked passwords or from strange places.

    Audit mode only records them.
    """
    return require_equal(pool, "userPoolAddOns.advancedSecurityMode", "ENFORCED")


@rule("aws-cognito-user-pool-deletion-protection")
def pool_deletion(pool: Resource) -> Verdict:
    """User pools cannot be deleted by one call.

    A pool that is gone takes every account with it; there is no backup.
    """
    return require_equal(pool, "deletionProtection", "ACTIVE")


@rule("aws-cognito-user-pool-no-self-sign-up")
def pool_sign_up(pool: Resource) -> Verdict:
    """Accounts of a pool are made by administrators.

    Where everyone may sign up, an account says nothing about who has it. A pool for the public, tagged as such by
    its data classification, is left out.
    """
    if not is_regulated(pool):
        return NOT_APPLICABLE
    return require_true(pool, "adminCreateUserConfig.allowAdminCreateUserOnly")


_HOUR = {"seconds": 3600.0, "minutes": 60.0, "hours": 1.0, "days": 1 / 24}


@rule("aws-cognito-client-token-lifetime")
def client_tokens(client: Resource) -> Verdict:
    """Tokens of a client live for an hour, can be revoked, and errors do not tell who exists.

    A stolen token is good for as long as it lives. An hour is the default.
    """
    unit = str(client.get("tokenValidityUnits.accessToken", "hours"))
    lifetime = client.get("accessTokenValidity", _HOUR.get(unit, 1))
    long = float(lifetime) > _HOUR.get(unit, 1)
    return all_of(
        fail("accessTokenValidity", "is more than an hour", "set it to an hour") if long else PASS,
        require_true(client, "enableTokenRevocation", absent=PASS),
        require_equal(client, "preventUserExistenceErrors", "ENABLED"),
    )


@rule("aws-cognito-identity-pool-no-guests")
def no_guests(pool: Resource) -> Verdict:
    """Identity pools give nothing to guests.

    A guest gets AWS credentials without saying who it is.
    """
    return require_false(pool, "allowUnauthenticatedIdentities")


@rule("aws-ses-configuration-set-requires-tls")
def mail_tls(configuration: Resource) -> Verdict:
    """Mail is sent over TLS or not at all.

    Otherwise it goes in plain text to every server that does not offer TLS, or is kept from offering it.
    """
    return require_in(configuration, "deliveryOptions.tlsPolicy", ("Require",), ignore_case=True)


@rule("aws-connect-storage-encrypted")
def connect_encrypted(storage: Resource) -> Verdict:
    """Recordings and transcripts of Connect are encrypted with a key of one's own.

    Callers say in them what they would not write.
    """
    kinds = ("s3Config", "kinesisVideoStreamConfig")
    used = [f"storageConfig.{kind}" for kind in kinds if storage.present(f"storageConfig.{kind}")]
    return all_of(*(require_customer_key(storage, f"{path}.encryptionConfig.keyId") for path in used))


@rule("aws-lightsail-not-used-for-regulated-data")
def lightsail(target: Resource) -> Verdict:
    """Lightsail holds no regulated data, and its databases have no public address.

    It offers neither keys of one's own nor the logs and networks of the account. What does not say that its data is
    public or internal counts as regulated.
    """
    regulated = fail("tags", "do not say that the data is public or internal", "use RDS or EC2 for regulated data")
    private = (
        require_false(target, "publiclyAccessible", absent=PASS)
        if target.type == "aws:lightsail/database:Database"
        else NOT_APPLICABLE
    )
    return all_of(regulated if is_regulated(target) else PASS, private)
