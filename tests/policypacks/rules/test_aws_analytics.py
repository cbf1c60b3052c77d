"""The cases of the rules for Redshift and OpenSearch."""

import json

import pytest

from support.aws_databases import parameters
from support.aws_examples import KEY_ARN, allow, policy
from support.policies import PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

CLUSTER = {
    "clusterIdentifier": "warehouse",
    "nodeType": "ra3.large",
    "encrypted": "true",
    "kmsKeyId": KEY_ARN,
    "publiclyAccessible": False,
    "enhancedVpcRouting": True,
    "automatedSnapshotRetentionPeriod": 14,
    "allowVersionUpgrade": True,
    "masterUsername": "keeper",
    "databaseName": "sales",
    "multiAz": True,
    "clusterSubnetGroupName": "private",
}
REDSHIFT = resource("aws:redshift/cluster:Cluster", CLUSTER)
WAREHOUSE = [
    R("cluster", "aws:redshift/cluster:Cluster", CLUSTER),
    R(
        "logging",
        "aws:redshift/logging:Logging",
        {"clusterIdentifier": Ref("cluster"), "logDestinationType": "s3", "bucketName": "audit"},
    ),
    R(
        "copy",
        "aws:redshift/snapshotCopy:SnapshotCopy",
        {
            "clusterIdentifier": Ref("cluster"),
            "destinationRegion": "eu-central-1",
            "snapshotCopyGrantName": Ref("grant"),
        },
    ),
    R(
        "grant",
        "aws:redshift/snapshotCopyGrant:SnapshotCopyGrant",
        {"snapshotCopyGrantName": "grant", "kmsKeyId": KEY_ARN},
    ),
]
GROUP = resource(
    "aws:redshift/parameterGroup:ParameterGroup",
    parameters("redshift-1.0", require_ssl="true", enable_user_activity_logging="true"),
)
NAMESPACE = resource(
    "aws:redshiftserverless/namespace:Namespace",
    {"kmsKeyId": KEY_ARN, "logExports": ["userlog", "connectionlog", "useractivitylog"]},
)
LOGS = ("AUDIT_LOGS", "ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS")
OWN = policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "es:*"))
DOMAIN = resource(
    "aws:opensearch/domain:Domain",
    {
        "encryptAtRest": {"enabled": True, "kmsKeyId": KEY_ARN},
        "nodeToNodeEncryption": {"enabled": True},
        "domainEndpointOptions": {"enforceHttps": True, "tlsSecurityPolicy": "Policy-Min-TLS-1-2-PFS-2023-10"},
        "vpcOptions": {"subnetIds": ["subnet-1"]},
        "logPublishingOptions": [{"logType": kind, "cloudwatchLogGroupArn": "arn"} for kind in LOGS],
        "advancedSecurityOptions": {"enabled": True},
        "accessPolicies": OWN,
        "clusterConfig": {
            "zoneAwarenessEnabled": True,
            "instanceCount": 3,
            "dedicatedMasterEnabled": True,
            "dedicatedMasterCount": 3,
        },
        "softwareUpdateOptions": {"autoSoftwareUpdateEnabled": True},
    },
)
SERVERLESS = "aws:opensearch/serverlessSecurityPolicy:ServerlessSecurityPolicy"
NETWORK = resource(
    SERVERLESS,
    {"type": "network", "policy": json.dumps([{"Rules": [], "AllowFromPublic": False, "SourceVPCEs": ["v"]}])},
)
ENCRYPTION = resource(
    SERVERLESS, {"type": "encryption", "policy": json.dumps({"Rules": [], "AWSOwnedKey": False, "KmsARN": KEY_ARN})}
)
SEARCH = "aws-opensearch"

CASES = [
    Case("aws-redshift-cluster-encrypted", REDSHIFT, bad={"encrypted": "false"}),
    Case(
        "aws-redshift-cluster-uses-customer-key",
        REDSHIFT,
        bad=[{"kmsKeyId": "alias/aws/redshift"}, {"kmsKeyId": ""}],
        unknown={"kmsKeyId": PASS},
    ),
    Case("aws-redshift-not-public", REDSHIFT, bad={"publiclyAccessible": True}),
    Case(
        "aws-redshift-cluster-audit-logging",
        WAREHOUSE,
        bad=[
            drop("logging"),
            on("logging", {"bucketName": ""}),
            on("logging", {"logDestinationType": "cloudwatch", "bucketName": ""}),
        ],
        unknown={"bucketName": PASS},
        absent={"logDestinationType": PASS},
        also_good=on("logging", {"logDestinationType": "cloudwatch", "logExports": ["userlog"]}),
    ),
    Case(
        "aws-redshift-parameter-group-requires-tls",
        GROUP,
        bad=[{"parameters[0].value": "false"}, {"parameters[0].name": "other"}],
        guards=["parameters", "parameters[0].value"],
    ),
    Case(
        "aws-redshift-parameter-group-user-activity-log",
        GROUP,
        bad={"parameters[1].value": "false"},
        guards=["parameters"],
    ),
    Case("aws-redshift-enhanced-vpc-routing", REDSHIFT, bad={"enhancedVpcRouting": False}),
    Case("aws-redshift-snapshot-retention", REDSHIFT, bad={"automatedSnapshotRetentionPeriod": 0}),
    Case("aws-redshift-version-upgrade-allowed", REDSHIFT, bad={"allowVersionUpgrade": False}),
    Case(
        "aws-redshift-no-default-names",
        REDSHIFT,
        bad=[{"masterUsername": "awsuser"}, {"databaseName": "dev"}],
        unrelated={"masterUsername": REMOVE, "databaseName": REMOVE, "snapshotIdentifier": "s"},
    ),
    Case("aws-redshift-multi-az", REDSHIFT, bad={"multiAz": False}, unrelated={"nodeType": "dc2.large"}),
    Case("aws-redshift-serverless-logs-exported", NAMESPACE, bad={"logExports": ["userlog"]}),
    Case(
        "aws-redshift-cluster-in-vpc",
        REDSHIFT,
        bad={"clusterSubnetGroupName": ""},
        unknown={"clusterSubnetGroupName": PASS},
    ),
    Case(
        "aws-redshift-snapshot-copy-cross-region",
        WAREHOUSE,
        bad=[drop("copy"), on("copy", {"snapshotCopyGrantName": ""}), on("grant", {"kmsKeyId": ""})],
        unknown={"kmsKeyId": PASS},
        unrelated={"tags": {"data-classification": "public"}},
    ),
    Case(f"{SEARCH}-encrypted-at-rest", DOMAIN, bad={"encryptAtRest.enabled": False}),
    Case(f"{SEARCH}-node-to-node-encrypted", DOMAIN, bad={"nodeToNodeEncryption.enabled": False}),
    Case(
        f"{SEARCH}-https-only-modern-tls",
        DOMAIN,
        bad=[
            {"domainEndpointOptions.enforceHttps": False},
            {"domainEndpointOptions.tlsSecurityPolicy": "Policy-Min-TLS-1-0-2019-07"},
            {"domainEndpointOptions": {}},
        ],
        absent={"domainEndpointOptions.enforceHttps": PASS},
    ),
    Case(f"{SEARCH}-in-vpc", DOMAIN, bad={"vpcOptions.subnetIds": []}, unknown={"vpcOptions.subnetIds": PASS}),
    Case(
        f"{SEARCH}-audit-logs",
        DOMAIN,
        bad=[{"logPublishingOptions[0].enabled": False}, {"logPublishingOptions[0].logType": "OTHER"}],
        guards=["logPublishingOptions", "logPublishingOptions[0].logType"],
        breaks=[f"{SEARCH}-error-and-slow-logs"],
    ),
    Case(
        f"{SEARCH}-error-and-slow-logs",
        DOMAIN,
        bad=[{f"logPublishingOptions[{index}].enabled": False} for index in (1, 2, 3)],
        guards=["logPublishingOptions"],
    ),
    Case(f"{SEARCH}-fine-grained-access-control", DOMAIN, bad={"advancedSecurityOptions.enabled": False}),
    Case(
        f"{SEARCH}-policy-not-anonymous",
        DOMAIN,
        bad={"accessPolicies": policy(allow({"AWS": "*"}, "es:*"))},
        also_good={
            "accessPolicies": policy(
                allow({"AWS": "*"}, "es:*", Condition={"IpAddress": {"aws:SourceIp": ["192.0.2.0/24"]}})
            )
        },
    ),
    Case(
        f"{SEARCH}-fault-tolerant",
        DOMAIN,
        bad=[
            {"clusterConfig.zoneAwarenessEnabled": False},
            {"clusterConfig.instanceCount": 2},
            {"clusterConfig.dedicatedMasterEnabled": False},
            {"clusterConfig.dedicatedMasterCount": 2},
        ],
    ),
    Case(
        f"{SEARCH}-auto-software-update",
        DOMAIN,
        bad={"softwareUpdateOptions.autoSoftwareUpdateEnabled": False},
    ),
    Case(
        f"{SEARCH}-serverless-network-policy-not-public",
        NETWORK,
        bad=[{"policy": json.dumps([{"AllowFromPublic": True}])}, {"policy": "["}, {"policy": "[]"}],
        unrelated={"type": "encryption"},
    ),
    Case(
        f"{SEARCH}-serverless-encryption-uses-customer-key",
        ENCRYPTION,
        bad={"policy": json.dumps({"Rules": [], "AWSOwnedKey": True})},
        unrelated={"type": "network"},
    ),
]

OTHERS = [
    Case("aws-redshift-cluster-uses-customer-key", NAMESPACE, bad={"kmsKeyId": ""}, guards=[]),
    Case(
        "aws-redshift-not-public",
        resource("aws:redshiftserverless/workgroup:Workgroup", {"publiclyAccessible": False}),
        bad={"publiclyAccessible": True},
    ),
    Case(
        f"{SEARCH}-policy-not-anonymous",
        resource("aws:opensearch/domainPolicy:DomainPolicy", {"domainName": "d", "accessPolicies": OWN}),
        bad={"accessPolicies": policy(allow("*", "es:*"))},
    ),
    Case(
        f"{SEARCH}-encrypted-at-rest",
        R("it", "aws:elasticsearch/domain:Domain", DOMAIN.properties),
        bad={"encryptAtRest.enabled": False},
    ),
]


@pytest.mark.parametrize("trial", trials([*CASES, *OTHERS]), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
