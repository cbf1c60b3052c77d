"""The cases of the rules for Cognito, Transfer, WorkSpaces, mail and contact centres."""

import pytest

from support.aws_examples import KEY_ARN
from support.policies import PASS, REMOVE, Case, Trial, resource, trials

SERVER = resource(
    "aws:transfer/server:Server",
    {
        "protocols": ["SFTP"],
        "securityPolicyName": "TransferSecurityPolicy-2025-03",
        "endpointType": "VPC",
        "structuredLogDestinations": ["arn"],
    },
)
WORKSPACE = resource(
    "aws:workspaces/workspace:Workspace", {"rootVolumeEncryptionEnabled": True, "userVolumeEncryptionEnabled": True}
)
FLAGS = ("requireLowercase", "requireUppercase", "requireNumbers", "requireSymbols")
POOL = resource(
    "aws:cognito/userPool:UserPool",
    {
        "mfaConfiguration": "ON",
        "passwordPolicy": {"minimumLength": 14, **dict.fromkeys(FLAGS, True)},
        "userPoolAddOns": {"advancedSecurityMode": "ENFORCED"},
        "deletionProtection": "ACTIVE",
        "adminCreateUserConfig": {"allowAdminCreateUserOnly": True},
    },
)
CLIENT = resource(
    "aws:cognito/userPoolClient:UserPoolClient",
    {
        "userPoolId": "p",
        "accessTokenValidity": 1,
        "enableTokenRevocation": True,
        "preventUserExistenceErrors": "ENABLED",
    },
)
RECORDINGS = "storageConfig.s3Config.encryptionConfig.keyId"
CONNECT = resource(
    "aws:connect/instanceStorageConfig:InstanceStorageConfig",
    {"storageConfig": {"s3Config": {"encryptionConfig": {"keyId": KEY_ARN}}}},
)
PUBLIC = {"tags": {"data-classification": "public"}}
COGNITO = "aws-cognito"

CASES = [
    Case("aws-transfer-server-secure-protocols", SERVER, bad={"protocols": ["SFTP", "FTP"]}),
    Case(
        "aws-transfer-server-modern-policy",
        SERVER,
        bad={"securityPolicyName": "TransferSecurityPolicy-2018-11"},
    ),
    Case(
        "aws-transfer-server-vpc-endpoint-and-logs",
        SERVER,
        bad=[{"endpointType": "PUBLIC"}, {"structuredLogDestinations": []}],
        unknown={"structuredLogDestinations": PASS},
        also_good={"structuredLogDestinations": REMOVE, "loggingRole": "arn"},
    ),
    Case(
        "aws-workspaces-volumes-encrypted",
        WORKSPACE,
        bad=[{"rootVolumeEncryptionEnabled": False}, {"userVolumeEncryptionEnabled": False}],
    ),
    Case(
        "aws-workspaces-user-not-local-admin",
        resource(
            "aws:workspaces/directory:Directory",
            {"workspaceCreationProperties": {"userEnabledAsLocalAdministrator": False}},
        ),
        bad={"workspaceCreationProperties.userEnabledAsLocalAdministrator": True},
    ),
    Case(f"{COGNITO}-user-pool-mfa", POOL, bad=[{"mfaConfiguration": "OFF"}, {"mfaConfiguration": "OPTIONAL"}]),
    Case(
        f"{COGNITO}-user-pool-password-policy",
        POOL,
        bad=[{"passwordPolicy.minimumLength": 8}, *({f"passwordPolicy.{flag}": False} for flag in FLAGS)],
    ),
    Case(f"{COGNITO}-user-pool-threat-protection", POOL, bad={"userPoolAddOns.advancedSecurityMode": "AUDIT"}),
    Case(f"{COGNITO}-user-pool-deletion-protection", POOL, bad={"deletionProtection": "INACTIVE"}),
    Case(
        f"{COGNITO}-user-pool-no-self-sign-up",
        POOL,
        bad={"adminCreateUserConfig.allowAdminCreateUserOnly": False},
        unrelated=PUBLIC,
    ),
    Case(
        f"{COGNITO}-client-token-lifetime",
        CLIENT,
        bad=[
            {"accessTokenValidity": 2},
            {"accessTokenValidity": 90, "tokenValidityUnits": {"accessToken": "minutes"}},
            {"enableTokenRevocation": False},
            {"preventUserExistenceErrors": "LEGACY"},
        ],
        guards=["accessTokenValidity", "enableTokenRevocation", "preventUserExistenceErrors"],
        absent={"accessTokenValidity": PASS, "enableTokenRevocation": PASS},
        also_good=[
            {"accessTokenValidity": 30, "tokenValidityUnits": {"accessToken": "minutes"}},
            {"accessTokenValidity": REMOVE, "tokenValidityUnits": {"accessToken": "days"}},
        ],
    ),
    Case(
        f"{COGNITO}-identity-pool-no-guests",
        resource("aws:cognito/identityPool:IdentityPool", {"allowUnauthenticatedIdentities": False}),
        bad={"allowUnauthenticatedIdentities": True},
    ),
    Case(
        "aws-ses-configuration-set-requires-tls",
        resource("aws:sesv2/configurationSet:ConfigurationSet", {"deliveryOptions": {"tlsPolicy": "REQUIRE"}}),
        bad={"deliveryOptions.tlsPolicy": "OPTIONAL"},
    ),
    Case(
        "aws-connect-storage-encrypted",
        CONNECT,
        bad=[{RECORDINGS: ""}, {"storageConfig": {"kinesisVideoStreamConfig": {"prefix": "x"}}}],
        guards=[RECORDINGS],
        unknown={RECORDINGS: PASS},
        unrelated={"storageConfig": {"kinesisStreamConfig": {"streamArn": "arn"}}},
    ),
    Case(
        "aws-lightsail-not-used-for-regulated-data",
        resource("aws:lightsail/database:Database", {**PUBLIC, "publiclyAccessible": False}),
        bad=[{"tags": {"data-classification": "restricted"}}, {"publiclyAccessible": True}],
        absent={"publiclyAccessible": PASS},
    ),
]
OTHERS = [
    Case(
        "aws-lightsail-not-used-for-regulated-data",
        resource("aws:lightsail/instance:Instance", PUBLIC),
        bad={"tags": {}},
    ),
    Case(
        "aws-ses-configuration-set-requires-tls",
        resource("aws:ses/configurationSet:ConfigurationSet", {"deliveryOptions": {"tlsPolicy": "Require"}}),
        bad={"deliveryOptions.tlsPolicy": "Optional"},
    ),
    Case(
        f"{COGNITO}-user-pool-mfa",
        POOL,
        bad={"mfaConfiguration": "OFF"},
        config={"accepted": ["ON", "OPTIONAL"]},
        also_good={"mfaConfiguration": "OPTIONAL"},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
