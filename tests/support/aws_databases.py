"""Compliant AWS databases that several rule tests start from."""

from typing import Any

from support.aws_examples import KEY_ARN

CLUSTER_BASICS: dict[str, Any] = {
    "storageEncrypted": True,
    "backupRetentionPeriod": 14,
    "deletionProtection": True,
    "finalSnapshotIdentifier": "last",
    "copyTagsToSnapshot": True,
    "dbSubnetGroupName": "private",
    "vpcSecurityGroupIds": ["sg-1"],
}
"""What every database needs, whichever engine."""

DATABASE = {
    **CLUSTER_BASICS,
    "engine": "postgres",
    "kmsKeyId": KEY_ARN,
    "iamDatabaseAuthenticationEnabled": True,
    "manageMasterUserPassword": True,
    "enabledCloudwatchLogsExports": ["postgresql", "upgrade"],
    "port": 6432,
}
INSTANCE = {
    **DATABASE,
    "instanceClass": "db.m7g.large",
    "username": "keeper",
    "multiAz": True,
    "autoMinorVersionUpgrade": True,
    "monitoringInterval": 30,
    "monitoringRoleArn": "arn:aws:iam::111122223333:role/monitoring",
    "allocatedStorage": 100,
    "maxAllocatedStorage": 500,
    "caCertIdentifier": "rds-ca-rsa2048-g1",
    "performanceInsightsEnabled": True,
    "performanceInsightsKmsKeyId": KEY_ARN,
    "publiclyAccessible": False,
}
CLUSTER = {**DATABASE, "masterUsername": "keeper"}
AURORA = {
    **CLUSTER,
    "engine": "aurora-mysql",
    "enabledCloudwatchLogsExports": ["audit", "error"],
    "backtrackWindow": 3600,
    "port": 6033,
}


def parameters(family: str, **values: str) -> dict[str, Any]:
    """The properties of a parameter group; dots in names are written as two underscores."""
    return {
        "family": family,
        "parameters": [{"name": name.replace("__", "."), "value": value} for name, value in values.items()],
    }
