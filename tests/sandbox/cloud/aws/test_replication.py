"""Copies in another region: databases, tables, file systems, images; and tests of restores."""

import json
from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

THERE = "eu-central-1"
INSTANCE = {"instanceClass": "db.t4g.small", "engine": "mysql", "allocatedStorage": 20, "skipFinalSnapshot": True}
GLOBAL = "aws:rds/globalCluster:GlobalCluster"
FILES = "aws:efs/replicationConfiguration:ReplicationConfiguration"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": "eu-west-1"})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def database(aws: Driver, **more: Any) -> Made:
    return aws.create("aws:rds/instance:Instance", "db", {**INSTANCE, "backupRetentionPeriod": 7, **more})


def cluster(aws: Driver, name: str = "c", **more: Any) -> Made:
    inputs = {"engine": "aurora-mysql", "engineVersion": "8.0", "skipFinalSnapshot": True, **more}
    return aws.create("aws:rds/cluster:Cluster", name, inputs)


def replica(aws: Driver, source: Made) -> Made:
    inputs = {"instanceClass": "db.t4g.small", "replicateSourceDb": source["arn"], "region": THERE}
    return aws.create("aws:rds/instance:Instance", "replica", {**inputs, "skipFinalSnapshot": True})


def test_a_replica_has_what_its_source_has(aws: Driver) -> None:
    made = replica(aws, database(aws, storageEncrypted=True, dbName="orders", username="app"))
    assert f":rds:{THERE}:" in made["arn"]
    assert (made["engine"], made["allocatedStorage"], made["storageEncrypted"]) == ("mysql", 20, True)
    assert (made["dbName"], made["username"]) == ("orders", "app")


def test_a_replica_needs_a_source_that_there_is(aws: Driver) -> None:
    with refused("DBInstance arn:aws:rds:eu-west-1:123456789012:db:gone not found"):
        inputs = {"instanceClass": "db.t4g.small", "replicateSourceDb": "arn:aws:rds:eu-west-1:123456789012:db:gone"}
        aws.create("aws:rds/instance:Instance", "replica", inputs)


def test_logs_are_copied_under_an_id_of_the_other_region(aws: Driver) -> None:
    token = "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"
    made = aws.create(token, "logs", {"sourceDbInstanceArn": database(aws)["arn"], "region": THERE})
    assert made.id.startswith(f"arn:aws:rds:{THERE}:123456789012:auto-backup:ab-")
    with refused("DBInstance arn:aws:rds:eu-west-1:123456789012:db:gone not found"):
        aws.create(token, "none", {"sourceDbInstanceArn": "arn:aws:rds:eu-west-1:123456789012:db:gone"})


def test_a_global_database_is_made_around_a_cluster(aws: Driver) -> None:
    source = cluster(aws, storageEncrypted=True)
    inputs = {"globalClusterIdentifier": "world", "sourceDbClusterIdentifier": source["arn"]}
    made = aws.create(GLOBAL, "world", inputs)
    assert (made["engine"], made["engineVersion"], made["storageEncrypted"]) == ("aurora-mysql", "8.0", True)
    assert made["globalClusterMembers"] == [{"dbClusterArn": source["arn"], "isWriter": True}]
    assert made["arn"] == "arn:aws:rds::123456789012:global-cluster:world"
    with refused("part of a global cluster"):
        aws.delete(source)
    with refused("Global cluster world already exists"):
        aws.create(GLOBAL, "again", inputs)
    aws.delete(made)
    aws.delete(source)


def test_a_protected_global_database_stays(aws: Driver) -> None:
    inputs = {"globalClusterIdentifier": "world", "sourceDbClusterIdentifier": cluster(aws)["arn"]}
    made = aws.create(GLOBAL, "world", {**inputs, "deletionProtection": True})
    with refused("has deletion protection enabled"):
        aws.delete(made)


def test_members_of_a_cluster_stand_in_one_zone_after_the_other(aws: Driver) -> None:
    whole = cluster(aws)
    inputs = {"clusterIdentifier": whole.id, "engine": "aurora-mysql", "instanceClass": "db.r6g.large"}
    zones = [aws.create(MEMBER, f"m{n}", inputs)["availabilityZone"] for n in range(3)]
    assert zones == ["eu-west-1a", "eu-west-1b", "eu-west-1c"]


def test_a_table_has_one_replica_in_a_region_under_its_own_name(aws: Driver) -> None:
    inputs = {"name": "orders", "billingMode": "PAY_PER_REQUEST", "hashKey": "id"}
    table = aws.create("aws:dynamodb/table:Table", "t", {**inputs, "attributes": [{"name": "id", "type": "S"}]})
    token = "aws:dynamodb/tableReplica:TableReplica"
    asked = {"globalTableArn": table["arn"], "region": THERE, "deletionProtectionEnabled": True}
    made = aws.create(token, "r", asked)
    assert (made.id, made["arn"]) == ("orders:eu-west-1", f"arn:aws:dynamodb:{THERE}:123456789012:table/orders")
    with refused("already has a replica"):
        aws.create(token, "again", asked)
    with refused("protected against deletion"):
        aws.delete(made)
    with refused("Table: arn:aws:dynamodb:eu-west-1:123456789012:table/none not found"):
        aws.create(token, "none", {"globalTableArn": "arn:aws:dynamodb:eu-west-1:123456789012:table/none"})


def test_a_file_system_is_copied_once_and_stays_while_it_is(aws: Driver) -> None:
    source = aws.create("aws:efs/fileSystem:FileSystem", "fs")
    inputs = {"sourceFileSystemId": source.id, "destination": {"region": THERE}}
    made = aws.create(FILES, "copy", inputs)
    assert made.id == source.id
    assert made["destination"]["fileSystemId"].startswith("fs-0")
    assert made["destination"]["status"] == "ENABLED"
    assert made["sourceFileSystemArn"] == source["arn"]
    with refused("already part of a replication configuration"):
        aws.create(FILES, "again", inputs)
    with refused("is part of a replication configuration"):
        aws.delete(source)
    aws.delete(made)
    aws.delete(source)


def test_a_file_system_is_copied_from_its_own_region(aws: Driver) -> None:
    source = aws.create("aws:efs/fileSystem:FileSystem", "fs", {"region": THERE})
    with refused("File system .* does not exist"):
        aws.create(FILES, "copy", {"sourceFileSystemId": source.id, "destination": {"region": "eu-west-3"}})


def test_a_registry_has_one_configuration_of_replication(aws: Driver) -> None:
    token = "aws:ecr/replicationConfiguration:ReplicationConfiguration"
    rules = {"rules": [{"destinations": [{"region": THERE, "registryId": "123456789012"}]}]}
    made = aws.create(token, "images", {"replicationConfiguration": rules})
    assert (made.id, made["registryId"]) == ("123456789012", "123456789012")


def test_restores_are_tested_by_plan_and_type(aws: Driver) -> None:
    selection = {"algorithm": "LATEST_WITHIN_WINDOW", "includeVaults": ["*"], "recoveryPointTypes": ["SNAPSHOT"]}
    plan = aws.create(
        "aws:backup/restoreTestingPlan:RestoreTestingPlan",
        "weekly",
        {"name": "weekly", "scheduleExpression": "cron(0 6 ? * 1 *)", "recoveryPointSelection": selection},
    )
    assert plan["scheduleExpressionTimezone"] == "Etc/UTC"
    role = aws.create("aws:iam/role:Role", "role", {"assumeRolePolicy": TRUST})
    asked = {"name": "tables", "protectedResourceType": "DynamoDB", "iamRoleArn": role["arn"]}
    token = "aws:backup/restoreTestingSelection:RestoreTestingSelection"
    made = aws.create(token, "tables", {**asked, "restoreTestingPlanName": "weekly"})
    assert made.id == "tables:weekly"
    with refused("Restore testing plan none does not exist"):
        aws.create(token, "none", {**asked, "restoreTestingPlanName": "none"})
