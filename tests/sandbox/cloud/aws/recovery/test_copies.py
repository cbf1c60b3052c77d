"""Which copies the cloud keeps in other regions, and what keeps one from working."""

import json

import pytest

from platform_lib.components.dr import kind
from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.cloud.aws.recovery.copies import Copy, Mechanism, copies
from support.cloud import Driver, Made, driver

HOME, AWAY = "eu-central-1", "eu-west-1"
KEY = "aws:kms/key:Key"
TRUST = json.dumps(
    {"Statement": [{"Effect": "Allow", "Principal": {"Service": "x.amazonaws.com"}, "Action": "sts:AssumeRole"}]}
)
TABLE = {"hashKey": "id", "attributes": [{"name": "id", "type": "S"}], "billingMode": "PAY_PER_REQUEST"}
DATABASE = {"instanceClass": "db.t4g.micro", "skipFinalSnapshot": True, "engine": "postgres", "allocatedStorage": 20}


@pytest.fixture
def aws() -> Driver:
    return driver("aws", {"region": HOME}, open_cloud(None))


@pytest.fixture
def key(aws: Driver) -> Made:
    """A key in the second region."""
    return aws.create(KEY, "away", {"region": AWAY})


def found(aws: Driver) -> list[Copy]:
    return copies(aws.cloud.store, aws.cloud.knows)


def only(aws: Driver) -> Copy:
    (copy,) = found(aws)
    return copy


def test_mechanisms_are_called_as_in_the_component() -> None:
    assert {one.value for one in Mechanism} == {one.value for one in kind.Mechanism}


# Tables


def test_replica_of_a_table(aws: Driver, key: Made) -> None:
    table = aws.create(
        "aws:dynamodb/table:Table", "t", TABLE | {"replicas": [{"regionName": AWAY, "kmsKeyArn": key["arn"]}]}
    )

    copy = only(aws)

    assert (copy.source.id, copy.mechanism, copy.region, copy.faults) == (table.id, Mechanism.GLOBAL_TABLE, AWAY, ())


def test_replica_of_a_table_as_a_resource_of_its_own(aws: Driver) -> None:
    table = aws.create("aws:dynamodb/table:Table", "t", TABLE)
    aws.create("aws:dynamodb/tableReplica:TableReplica", "r", {"globalTableArn": table["arn"], "region": AWAY})

    assert (only(aws).source.id, only(aws).region) == (table.id, AWAY)


# Buckets


def bucket(aws: Driver, name: str, region: str, *, versioned: bool = True) -> Made:
    made = aws.create("aws:s3/bucket:Bucket", name, {"region": region})
    if versioned:
        status = {"versioningConfiguration": {"status": "Enabled"}, "bucket": made.id, "region": region}
        aws.create("aws:s3/bucketVersioning:BucketVersioning", name, status)
    return made


def replication(aws: Driver, source: Made, target: Made, **rule: object) -> Made:
    role = aws.create("aws:iam/role:Role", "r", {"assumeRolePolicy": TRUST})
    destination = {"bucket": target["arn"], **rule.pop("destination", {})}  # type: ignore[dict-item]
    inputs: Properties = {
        "bucket": source.id,
        "role": role["arn"],
        "rules": [{"id": "all", "status": "Enabled", "destination": destination, **rule}],
    }
    return aws.create("aws:s3/bucketReplicationConfig:BucketReplicationConfig", "c", inputs)


TIMED = {
    "replicationTime": {"status": "Enabled", "time": {"minutes": 15}},
    "metrics": {"status": "Enabled", "eventThreshold": {"minutes": 15}},
}


def test_bucket(aws: Driver) -> None:
    source, target = bucket(aws, "a", HOME), bucket(aws, "b", AWAY)
    replication(aws, source, target)

    copy = only(aws)

    assert (copy.source.id, copy.target, copy.region) == (source.id, target.id, AWAY)
    assert (copy.mechanism, copy.faults) == (Mechanism.REPLICATION, ())


def test_bucket_with_a_promise_of_time(aws: Driver) -> None:
    replication(aws, bucket(aws, "a", HOME), bucket(aws, "b", AWAY), destination=TIMED)

    assert only(aws).mechanism is Mechanism.TIMED_REPLICATION


def test_bucket_in_the_same_region_is_no_copy_elsewhere(aws: Driver) -> None:
    replication(aws, bucket(aws, "a", HOME), bucket(aws, "b", HOME))

    assert found(aws) == []


def test_bucket_whose_rule_is_switched_off(aws: Driver) -> None:
    source = bucket(aws, "a", HOME)
    replication(aws, source, bucket(aws, "b", AWAY), status="Disabled")

    assert only(aws).faults == (f"replication rule 'all' of bucket {source.id} is switched off",)


@pytest.mark.parametrize(
    ("rule", "part"),
    [
        ({}, ""),
        ({"filter": {"prefix": ""}}, ""),
        ({"prefix": "orders/"}, "orders/"),
        ({"filter": {"prefix": "orders/"}}, "orders/"),
        ({"filter": {"and": {"prefix": "orders/", "tags": {"copied": "yes"}}}}, "orders/"),
        ({"filter": {"tag": {"key": "copied", "value": "yes"}}}, "what has certain tags"),
    ],
)
def test_bucket_of_which_a_part_is_copied(aws: Driver, rule: Properties, part: str) -> None:
    replication(aws, bucket(aws, "a", HOME), bucket(aws, "b", AWAY), **rule)

    assert (only(aws).part, only(aws).faults) == (part, ())


def test_bucket_without_versions(aws: Driver) -> None:
    source, target = bucket(aws, "a", HOME), bucket(aws, "b", AWAY, versioned=False)
    replication(aws, source, target)

    assert only(aws).faults == (f"versioning of bucket {target.id} is off, without which nothing is replicated",)


def test_bucket_whose_versions_are_suspended(aws: Driver) -> None:
    source, target = bucket(aws, "a", HOME), bucket(aws, "b", AWAY)
    replication(aws, source, target)
    versioning = f"aws:s3/bucketVersioning:BucketVersioning={source.id}"

    aws.cloud.edit(versioning, "versioningConfiguration.status", "Suspended")

    assert only(aws).faults == (f"versioning of bucket {source.id} is suspended",)


# Keys


def replicated_secret(aws: Driver, key_arn: str) -> Copy:
    aws.create(
        "aws:secretsmanager/secret:Secret", "s", {"name": "db", "replicas": [{"region": AWAY, "kmsKeyId": key_arn}]}
    )
    return only(aws)


def test_secret_with_a_key_there(aws: Driver, key: Made) -> None:
    assert replicated_secret(aws, key["arn"]).faults == ()


@pytest.mark.parametrize("arn", ["", "alias/aws/secretsmanager", f"arn:aws:kms:{AWAY}:1:alias/aws/secretsmanager"])
def test_keys_of_aws_are_always_there(aws: Driver, arn: str) -> None:
    assert replicated_secret(aws, arn).faults == ()


def test_key_that_is_gone(aws: Driver, key: Made) -> None:
    aws.cloud.remove(key.id)

    arn = key["arn"]
    assert replicated_secret(aws, arn).faults == (f"key {arn} cannot be used in {AWAY}: it is not there",)


def test_key_of_the_wrong_region(aws: Driver) -> None:
    arn = aws.create(KEY, "home", {})["arn"]

    assert replicated_secret(aws, arn).faults == (f"key {arn} cannot be used in {AWAY}: it is in {HOME}",)


def test_key_that_is_switched_off(aws: Driver, key: Made) -> None:
    aws.cloud.edit(key.id, "isEnabled", value=False)

    arn = key["arn"]
    assert replicated_secret(aws, arn).faults == (f"key {arn} cannot be used in {AWAY}: it is disabled",)


def test_alias_leads_to_the_key(aws: Driver, key: Made) -> None:
    alias = aws.create("aws:kms/alias:Alias", "a", {"name": "alias/x", "targetKeyId": key.id, "region": AWAY})
    copy = replicated_secret(aws, alias["arn"])
    assert copy.faults == ()

    aws.cloud.edit(key.id, "isEnabled", value=False)

    assert "it is disabled" in only(aws).faults[0]


# Databases


def test_read_replica(aws: Driver) -> None:
    source = aws.create("aws:rds/instance:Instance", "a", DATABASE | {"identifier": "a"})
    replica = {"instanceClass": "db.t4g.micro", "skipFinalSnapshot": True, "identifier": "b", "region": AWAY}
    aws.create("aws:rds/instance:Instance", "b", replica | {"replicateSourceDb": source["arn"]})

    copy = only(aws)
    assert (copy.source.id, copy.target, copy.mechanism, copy.region) == ("a", "b", Mechanism.READ_REPLICA, AWAY)

    aws.cloud.edit(f"aws:rds/instance:Instance={copy.target}", "replicateSourceDb")

    assert found(aws) == []


def test_replica_in_the_same_region_is_no_copy_elsewhere(aws: Driver) -> None:
    aws.create("aws:rds/instance:Instance", "a", DATABASE | {"identifier": "a"})
    replica = {"instanceClass": "db.t4g.micro", "skipFinalSnapshot": True, "identifier": "b"}
    aws.create("aws:rds/instance:Instance", "b", replica | {"replicateSourceDb": "a"})

    assert found(aws) == []


@pytest.mark.parametrize(("days", "faults"), [(7, ()), (0, ("automated backups of a are off (retention of 0 days)",))])
def test_log_copy(aws: Driver, days: int, faults: tuple[str, ...]) -> None:
    source = aws.create("aws:rds/instance:Instance", "a", DATABASE | {"identifier": "a", "backupRetentionPeriod": days})
    aws.create(
        "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication",
        "r",
        {"sourceDbInstanceArn": source["arn"], "region": AWAY},
    )

    copy = only(aws)

    assert (copy.source.id, copy.mechanism, copy.region, copy.faults) == ("a", Mechanism.LOG_COPY, AWAY, faults)


def test_global_database(aws: Driver) -> None:
    source = aws.create(
        "aws:rds/cluster:Cluster",
        "a",
        {"engine": "aurora-postgresql", "clusterIdentifier": "a", "skipFinalSnapshot": True},
    )
    aws.create(
        "aws:rds/globalCluster:GlobalCluster",
        "g",
        {"globalClusterIdentifier": "g", "sourceDbClusterIdentifier": source["arn"]},
    )
    other = {"engine": "aurora-postgresql", "clusterIdentifier": "b", "skipFinalSnapshot": True, "region": AWAY}
    aws.create("aws:rds/cluster:Cluster", "b", other | {"globalClusterIdentifier": "g"})

    copy = only(aws)
    assert (copy.source.id, copy.target, copy.mechanism) == ("a", "b", Mechanism.GLOBAL_DATABASE)

    arns = {row.id: row.outputs["arn"] for row in aws.cloud.ls(type="aws:rds/cluster:Cluster")}
    members = [{"dbClusterArn": arn, "isWriter": id_ == "b"} for id_, arn in arns.items()]
    aws.cloud.edit("aws:rds/globalCluster:GlobalCluster=g", "globalClusterMembers", members)

    copy = only(aws)
    assert (copy.source.id, copy.target, copy.region) == ("b", "a", HOME)


# Files and images


def test_file_system(aws: Driver, key: Made) -> None:
    source = aws.create("aws:efs/fileSystem:FileSystem", "f", {})
    aws.create(
        "aws:efs/replicationConfiguration:ReplicationConfiguration",
        "r",
        {"sourceFileSystemId": source.id, "destination": {"region": AWAY, "kmsKeyId": key["arn"]}},
    )

    copy = only(aws)

    assert (copy.source.id, copy.mechanism, copy.region, copy.faults) == (source.id, Mechanism.REPLICATION, AWAY, ())


def test_repositories_by_their_prefix(aws: Driver) -> None:
    aws.create("aws:ecr/repository:Repository", "a", {"name": "apps/web"})
    aws.create("aws:ecr/repository:Repository", "b", {"name": "tools/lint"})
    rule = {
        "destinations": [{"region": AWAY, "registryId": "123456789012"}],
        "repositoryFilters": [{"filter": "apps/", "filterType": "PREFIX_MATCH"}],
    }
    aws.create(
        "aws:ecr/replicationConfiguration:ReplicationConfiguration",
        "r",
        {"replicationConfiguration": {"rules": [rule]}},
    )

    assert [copy.source.id for copy in found(aws)] == ["apps/web"]


# Backups


def vault(aws: Driver, name: str, region: str, key: Made | None = None) -> Made:
    inputs: Properties = {"name": name, "region": region}
    return aws.create("aws:backup/vault:Vault", name, inputs | ({"kmsKeyArn": key["arn"]} if key is not None else {}))


def backed_up(aws: Driver, target: str, selection: Properties, **rule: object) -> Made:
    vault(aws, "home", HOME)
    entry = {"ruleName": "daily", "targetVaultName": "home", "copyActions": [{"destinationVaultArn": target}], **rule}
    plan = aws.create("aws:backup/plan:Plan", "p", {"name": "p", "rules": [entry]})
    role = aws.create("aws:iam/role:Role", "backup", {"assumeRolePolicy": TRUST})
    aws.create("aws:backup/selection:Selection", "s", {"planId": plan.id, "iamRoleArn": role["arn"]} | selection)
    return plan


DAILY = "cron(0 5 * * ? *)"


def test_backups_of_what_is_selected_by_arn(aws: Driver, key: Made) -> None:
    volume = aws.create("aws:ebs/volume:Volume", "v", {"availabilityZone": f"{HOME}a", "size": 10})
    aws.create("aws:ebs/volume:Volume", "w", {"availabilityZone": f"{HOME}a", "size": 10})
    away = vault(aws, "away", AWAY, key)
    plan = backed_up(aws, away["arn"], {"resources": [volume["arn"]]}, schedule=DAILY)

    copy = only(aws)

    assert (copy.source.id, copy.maker.id, copy.schedule) == (volume.id, plan.id, DAILY)
    assert (copy.mechanism, copy.region, copy.faults) == (Mechanism.BACKUP_COPY, AWAY, ())


@pytest.mark.parametrize(
    ("selection", "taken"),
    [
        ({"resources": ["arn:aws:dynamodb:*:*:table/*"]}, ["red", "blue"]),
        ({"resources": ["*"], "notResources": ["arn:aws:dynamodb:*:*:table/red"]}, ["blue"]),
        ({"selectionTags": [{"type": "STRINGEQUALS", "key": "backup", "value": "yes"}]}, ["red"]),
    ],
)
def test_backups_of_what_is_selected_by_pattern_or_tag(aws: Driver, selection: Properties, taken: list[str]) -> None:
    aws.create("aws:dynamodb/table:Table", "red", TABLE | {"name": "red", "tags": {"backup": "yes"}})
    aws.create("aws:dynamodb/table:Table", "blue", TABLE | {"name": "blue"})
    backed_up(aws, vault(aws, "away", AWAY)["arn"], selection, schedule=DAILY)

    assert [copy.source.id for copy in found(aws)] == taken


def test_backups_without_schedule_vault_or_key(aws: Driver, key: Made) -> None:
    aws.create("aws:dynamodb/table:Table", "t", TABLE | {"name": "t"})
    away = vault(aws, "away", AWAY, key)
    backed_up(aws, away["arn"], {"resources": ["*"]})
    assert only(aws).faults == ("backup rule 'daily' has no schedule",)

    aws.cloud.remove(key.id)
    assert only(aws).faults[1] == f"key {key['arn']} cannot be used in {AWAY}: it is not there"

    aws.cloud.remove(f"aws:backup/vault:Vault={away.id}")
    assert only(aws).faults[0] == f"backup vault {away['arn']} is not there"
