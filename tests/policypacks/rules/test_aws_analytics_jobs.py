"""The cases of the rules for Athena, Glue, EMR, Airflow, AppFlow and Kendra."""

import json

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from support.aws_examples import KEY_ARN
from support.policies import PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

RESULTS = "configuration.resultConfiguration.encryptionConfiguration.encryptionOption"
WORKGROUP = resource(
    "aws:athena/workgroup:Workgroup",
    {
        "configuration": {
            "enforceWorkgroupConfiguration": True,
            "publishCloudwatchMetricsEnabled": True,
            "resultConfiguration": {"encryptionConfiguration": {"encryptionOption": "SSE_KMS", "kmsKeyArn": KEY_ARN}},
        }
    },
)
MANAGED = "configuration.managedQueryResultsConfiguration"
GLUE = "encryptionConfiguration"
SECURITY = resource(
    "aws:glue/securityConfiguration:SecurityConfiguration",
    {
        GLUE: {
            "cloudwatchEncryption": {"cloudwatchEncryptionMode": "SSE-KMS"},
            "jobBookmarksEncryption": {"jobBookmarksEncryptionMode": "CSE-KMS"},
            "s3Encryption": {"s3EncryptionMode": "SSE-KMS"},
        }
    },
)
JOB = resource(
    "aws:glue/job:Job",
    {
        "securityConfiguration": "strict",
        "defaultArguments": {"--enable-continuous-cloudwatch-log": "true", "--job-language": "python"},
    },
)
CATALOG = "dataCatalogEncryptionSettings"
CONNECTION = resource(
    "aws:glue/connection:Connection",
    {"connectionProperties": {"JDBC_ENFORCE_SSL": "true", "SECRET_ID": "database", "JDBC_CONNECTION_URL": "jdbc:x"}},
)
RUNTIME_ROLES = {"AuthorizationConfiguration": {"IAMConfiguration": {"EnableApplicationScopedIAMRole": True}}}


def encrypted(transit: bool = True, rest: bool = True, disks: bool = True) -> str:
    return json.dumps(
        {
            "EncryptionConfiguration": {
                "EnableInTransitEncryption": transit,
                "EnableAtRestEncryption": rest,
                "AtRestEncryptionConfiguration": {"LocalDiskEncryptionConfiguration": {"EnableEbsEncryption": disks}},
            },
            **RUNTIME_ROLES,
        }
    )


EMR = [
    R(
        "cluster",
        "aws:emr/cluster:Cluster",
        {
            "securityConfiguration": Ref("security"),
            "ec2Attributes": {"subnetId": Ref("subnet"), "instanceProfile": "profile"},
            "logUri": "s3://logs/",
            "logEncryptionKmsKeyId": KEY_ARN,
        },
    ),
    R("security", "aws:emr/securityConfiguration:SecurityConfiguration", {"configuration": encrypted()}),
    R("subnet", "aws:ec2/subnet:Subnet", {"vpcId": "vpc-1", "mapPublicIpOnLaunch": False}),
]
LOGS = ("taskLogs", "webserverLogs", "workerLogs", "schedulerLogs")

CASES = [
    Case(
        "aws-athena-workgroup-encrypted",
        WORKGROUP,
        bad=[{RESULTS: "SSE_S3"}, {RESULTS: "", MANAGED: {"enabled": True}}],
        guards=[RESULTS],
        also_good={RESULTS: REMOVE, MANAGED: {"enabled": True, "encryptionConfiguration": {"kmsKey": KEY_ARN}}},
    ),
    Case("aws-athena-workgroup-enforced", WORKGROUP, bad={"configuration.enforceWorkgroupConfiguration": False}),
    Case("aws-athena-workgroup-metrics", WORKGROUP, bad={"configuration.publishCloudwatchMetricsEnabled": False}),
    Case(
        "aws-athena-database-encrypted",
        resource("aws:athena/database:Database", {"encryptionConfiguration": {"encryptionOption": "SSE_KMS"}}),
        bad={"encryptionConfiguration.encryptionOption": ""},
        unknown={"encryptionConfiguration.encryptionOption": PASS},
    ),
    Case(
        "aws-glue-security-configuration-complete",
        SECURITY,
        bad=[
            {f"{GLUE}.cloudwatchEncryption.cloudwatchEncryptionMode": "DISABLED"},
            {f"{GLUE}.jobBookmarksEncryption.jobBookmarksEncryptionMode": "DISABLED"},
            {f"{GLUE}.s3Encryption.s3EncryptionMode": "SSE-S3"},
        ],
    ),
    Case(
        "aws-glue-uses-security-configuration",
        JOB,
        bad={"securityConfiguration": ""},
        unknown={"securityConfiguration": PASS},
    ),
    Case(
        "aws-glue-catalog-encrypted",
        resource(
            "aws:glue/dataCatalogEncryptionSettings:DataCatalogEncryptionSettings",
            {
                CATALOG: {
                    "encryptionAtRest": {"catalogEncryptionMode": "SSE-KMS"},
                    "connectionPasswordEncryption": {"returnConnectionPasswordEncrypted": True},
                }
            },
        ),
        bad=[
            {f"{CATALOG}.encryptionAtRest.catalogEncryptionMode": "DISABLED"},
            {f"{CATALOG}.connectionPasswordEncryption.returnConnectionPasswordEncrypted": False},
        ],
    ),
    Case(
        "aws-glue-connection-tls",
        CONNECTION,
        bad=[
            {"connectionProperties.JDBC_ENFORCE_SSL": "false"},
            {"connectionProperties.PASSWORD": "in-the-program"},
            {"connectionType": "KAFKA"},
        ],
        guards=["connectionProperties.JDBC_ENFORCE_SSL", "connectionType"],
        absent={"connectionType": PASS},
        also_good={"connectionProperties.PASSWORD": Secret("generated")},
        unrelated={"connectionType": "NETWORK"},
    ),
    Case(
        "aws-glue-job-logging",
        JOB,
        bad=[
            {'defaultArguments["--enable-continuous-cloudwatch-log"]': "false"},
            {'defaultArguments["--password"]': "correct-horse-battery"},
        ],
        guards=["defaultArguments", 'defaultArguments["--enable-continuous-cloudwatch-log"]'],
    ),
    Case(
        "aws-emr-cluster-security-configuration",
        EMR[0],
        bad={"securityConfiguration": ""},
        unknown={"securityConfiguration": PASS},
    ),
    Case(
        "aws-emr-security-configuration-encrypts",
        EMR[1],
        bad=[
            {"configuration": encrypted(transit=False)},
            {"configuration": encrypted(rest=False)},
            {"configuration": encrypted(disks=False)},
            {"configuration": "{"},
        ],
    ),
    Case(
        "aws-emr-block-public-access",
        resource(
            "aws:emr/blockPublicAccessConfiguration:BlockPublicAccessConfiguration",
            {"blockPublicSecurityGroupRules": True},
        ),
        bad={"blockPublicSecurityGroupRules": False},
    ),
    Case(
        "aws-emr-cluster-kerberos",
        EMR,
        bad=[drop("security"), on("security", {"configuration": "{}"})],
        also_good=[
            on("cluster", {"securityConfiguration": REMOVE, "kerberosAttributes": {"realm": "EC2.INTERNAL"}}),
        ],
        breaks=["aws-emr-security-configuration-encrypts"],
    ),
    Case(
        "aws-emr-cluster-logs",
        EMR[0],
        bad=[{"logUri": ""}, {"logEncryptionKmsKeyId": ""}],
        unknown={"logUri": PASS, "logEncryptionKmsKeyId": PASS},
    ),
    Case(
        "aws-emr-cluster-in-private-subnet",
        EMR,
        bad=[on("subnet", {"mapPublicIpOnLaunch": True}), on("cluster", {"ec2Attributes": {}})],
        guards=["ec2Attributes"],
        undetermined=[
            on("subnet", {"mapPublicIpOnLaunch": UNKNOWN}),
            on("cluster", {"ec2Attributes": {"subnetId": UNKNOWN}}),
        ],
        unrelated=drop("subnet"),
    ),
    Case(
        "aws-mwaa-environment-private-logged",
        resource(
            "aws:mwaa/environment:Environment",
            {
                "webserverAccessMode": "PRIVATE_ONLY",
                "kmsKey": KEY_ARN,
                "loggingConfiguration": {log: {"enabled": True} for log in LOGS},
            },
        ),
        bad=[
            {"webserverAccessMode": "PUBLIC_ONLY"},
            {"kmsKey": ""},
            *({f"loggingConfiguration.{log}.enabled": False} for log in LOGS),
        ],
        unknown={"kmsKey": PASS},
    ),
    Case(
        "aws-appflow-uses-customer-key",
        resource("aws:appflow/flow:Flow", {"kmsArn": KEY_ARN}),
        bad={"kmsArn": "arn:aws:kms:eu-west-1:111122223333:alias/aws/appflow"},
        unknown={"kmsArn": PASS},
    ),
    Case(
        "aws-kendra-index-customer-key",
        resource("aws:kendra/index:Index", {"serverSideEncryptionConfiguration": {"kmsKeyId": KEY_ARN}}),
        bad={"serverSideEncryptionConfiguration.kmsKeyId": ""},
        unknown={"serverSideEncryptionConfiguration.kmsKeyId": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
