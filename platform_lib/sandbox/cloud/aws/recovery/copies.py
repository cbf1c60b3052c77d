"""Which copies of its data a cloud keeps in other regions, by what mechanism, and what keeps one from working.

The facts are those of the services: global tables (DynamoDB developer guide, "Global tables"), replication
configurations (S3 user guide, "Replicating objects": versioning is needed at both ends), cross-region read replicas and
automated backups (RDS user guide), global databases (Aurora user guide), EFS replication, ECR private image replication
(only what is pushed after it was set up), replica secrets, copy actions of backup plans (AWS Backup developer guide).
"""

import fnmatch
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from platform_lib.sandbox.cloud.aws.recovery.world import World, entries, inputs_of, nested, region_of
from platform_lib.sandbox.cloud.aws.shared import BUCKET
from platform_lib.sandbox.cloud.store import Row, Store

TABLE: Final = "aws:dynamodb/table:Table"
INSTANCE: Final = "aws:rds/instance:Instance"
CLUSTER: Final = "aws:rds/cluster:Cluster"
GLOBAL: Final = "aws:rds/globalCluster:GlobalCluster"
FILES: Final = "aws:efs/fileSystem:FileSystem"
IMAGES: Final = "aws:ecr/repository:Repository"
SECRET: Final = "aws:secretsmanager/secret:Secret"  # noqa: S105 (a type token)
VOLUME: Final = "aws:ebs/volume:Volume"
VAULTS: Final = ("aws:backup/vault:Vault", "aws:backup/logicallyAirGappedVault:LogicallyAirGappedVault")
SOURCES: Final = (TABLE, *BUCKET, INSTANCE, CLUSTER, FILES, IMAGES, SECRET, VOLUME)
"""The types whose data can be copied."""


class Mechanism(StrEnum):
    """How data gets to another region."""

    BACKUP_COPY = "backup-copy"
    """Backups of AWS Backup by a schedule, each copied to a vault elsewhere."""

    LOG_COPY = "log-copy"
    """Automated backups of RDS with their logs."""

    READ_REPLICA = "read-replica"
    """Of RDS."""

    GLOBAL_DATABASE = "global-database"
    """Of Aurora."""

    GLOBAL_TABLE = "global-table"
    """Of DynamoDB."""

    TIMED_REPLICATION = "timed-replication"
    """Of S3 with Replication Time Control."""

    REPLICATION = "replication"
    """By the service itself: S3 without a promise of time, EFS, ECR, Secrets Manager."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy of a resource's data in another region.

    Attributes:
        source: whose data.
        mechanism: how it gets there.
        region: where the copy is.
        target: what holds it: id, arn or name.
        maker: the resource that sets the copying up; of backups the plan.
        schedule: when backups are made, as AWS writes it; empty for what copies all the time.
        key: what the copy is sealed with; empty for a key of AWS.
        part: which part of the data is copied, where it is not all; empty for all of it.
        faults: why nothing arrives, or why what arrived cannot be opened; empty for a copy that works.
    """

    source: Row
    mechanism: Mechanism
    region: str
    target: str
    maker: Row
    schedule: str = ""
    key: str = ""
    part: str = ""
    faults: tuple[str, ...] = ()


def copies(store: Store, knows: Callable[[str], bool] = lambda _: False) -> list[Copy]:
    """The copies in other regions of all data in the cloud.

    Args:
        store: the cloud's memory.
        knows: whether a value counts as there although no resource has it.
    """
    world = World(store, knows)
    return [copy for find in _FINDERS for copy in find(world) if copy.region != copy.source.region]


def backups_at_home(store: Store, knows: Callable[[str], bool] = lambda _: False) -> list[Copy]:
    """The backups of all data that are kept in the region of the data; continuous ones count by their schedule.

    Args:
        store: the cloud's memory.
        knows: whether a value counts as there although no resource has it.
    """
    return [copy for copy in _backups(World(store, knows)) if copy.region == copy.source.region]


def _faults(*found: str) -> tuple[str, ...]:
    return tuple(fault for fault in found if fault)


def _tables(world: World) -> Iterator[Copy]:
    for table in world.of(TABLE):
        for replica in entries(inputs_of(table), "replicas"):
            region = str(replica.get("regionName", ""))
            key = str(replica.get("kmsKeyArn") or "")
            faults = _faults(world.key_fault(key, region))
            yield Copy(table, Mechanism.GLOBAL_TABLE, region, table.id, table, key=key, faults=faults)
    for row in world.of("aws:dynamodb/tableReplica:TableReplica"):
        table_row = world.named(str(inputs_of(row).get("globalTableArn", "")), TABLE)
        if table_row is not None:
            key = str(inputs_of(row).get("kmsKeyArn") or "")
            faults = _faults(world.key_fault(key, row.region))
            yield Copy(table_row, Mechanism.GLOBAL_TABLE, row.region, table_row.id, row, key=key, faults=faults)


def _buckets(world: World) -> Iterator[Copy]:
    for row in world.of("aws:s3/bucketReplicationConfig:BucketReplicationConfig"):
        source = world.named(str(inputs_of(row).get("bucket", "")), *BUCKET)
        for rule in entries(inputs_of(row), "rules") if source is not None else ():
            target = world.named(str(nested(rule, "destination", "bucket") or ""), *BUCKET)
            if target is None or source is None:
                continue
            key = str(nested(rule, "destination", "encryptionConfiguration", "replicaKmsKeyId") or "")
            off = rule.get("status") != "Enabled"
            timed = nested(rule, "destination", "replicationTime", "status") == "Enabled"
            mechanism = Mechanism.TIMED_REPLICATION if timed else Mechanism.REPLICATION
            faults = _faults(
                f"replication rule '{rule.get('id', '')}' of bucket {source.id} is switched off" if off else "",
                _unversioned(world, source),
                _unversioned(world, target),
                world.key_fault(key, target.region),
            )
            yield Copy(source, mechanism, target.region, target.id, row, key=key, part=_part(rule), faults=faults)


def _part(rule: Mapping[str, Any]) -> str:
    """Which objects a replication rule takes; empty for all."""
    chosen = rule.get("filter") or {}
    prefix = rule.get("prefix") or chosen.get("prefix") or nested(chosen, "and", "prefix")
    tagged = chosen.get("tag") or nested(chosen, "and", "tags")
    return str(prefix or "") or ("what has certain tags" if tagged else "")


def _unversioned(world: World, bucket: Row) -> str:
    for row in world.of("aws:s3/bucketVersioning:BucketVersioning"):
        if inputs_of(row).get("bucket") == bucket.id:
            status = nested(inputs_of(row), "versioningConfiguration", "status")
            return "" if status == "Enabled" else f"versioning of bucket {bucket.id} is {str(status).lower()}"
    if nested(inputs_of(bucket), "versioning", "enabled") is True:
        return ""
    return f"versioning of bucket {bucket.id} is off, without which nothing is replicated"


def _databases(world: World) -> Iterator[Copy]:
    for row in world.of(INSTANCE):
        source = world.named(str(inputs_of(row).get("replicateSourceDb") or ""), INSTANCE)
        if source is not None:
            key = str(inputs_of(row).get("kmsKeyId") or "")
            faults = _faults(world.key_fault(key, row.region))
            yield Copy(source, Mechanism.READ_REPLICA, row.region, row.id, row, key=key, faults=faults)
    for row in world.of("aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication"):
        source = world.named(str(inputs_of(row).get("sourceDbInstanceArn") or ""), INSTANCE)
        if source is not None:
            key = str(inputs_of(row).get("kmsKeyId") or "")
            kept = inputs_of(source).get("backupRetentionPeriod") or 0
            faults = _faults(
                world.key_fault(key, row.region),
                "" if kept else f"automated backups of {source.id} are off (retention of 0 days)",
            )
            yield Copy(source, Mechanism.LOG_COPY, row.region, row.id, row, key=key, faults=faults)


def _clusters(world: World) -> Iterator[Copy]:
    for whole in world.of(GLOBAL):
        first = world.named(writer(whole), CLUSTER)
        members = [row for row in world.of(CLUSTER) if inputs_of(row).get("globalClusterIdentifier") == whole.id]
        begun = world.named(str(inputs_of(whole).get("sourceDbClusterIdentifier") or ""), CLUSTER)
        members += [begun] if begun is not None and begun not in members else []
        source = first if first is not None else begun if begun is not None else next(iter(members), None)
        for row in members if source is not None else ():
            if source is not None and row.row != source.row:
                key = str(inputs_of(row).get("kmsKeyId") or "")
                faults = _faults(world.key_fault(key, row.region))
                yield Copy(source, Mechanism.GLOBAL_DATABASE, row.region, row.id, row, key=key, faults=faults)


def writer(whole: Row) -> str:
    """The arn of the cluster that a global database is written at; empty where it was never failed over."""
    members = entries(whole.outputs, "globalClusterMembers")
    return next((str(one.get("dbClusterArn", "")) for one in members if one.get("isWriter") is True), "")


def _files(world: World) -> Iterator[Copy]:
    for row in world.of("aws:efs/replicationConfiguration:ReplicationConfiguration"):
        source = world.named(str(inputs_of(row).get("sourceFileSystemId") or ""), FILES)
        target = inputs_of(row).get("destination") or {}
        if source is not None:
            held = str(target.get("fileSystemId") or "")
            other = world.named(held, FILES) if held else None
            region = str(target.get("region") or (other.region if other is not None else ""))
            key = str(target.get("kmsKeyId") or (inputs_of(other).get("kmsKeyId") if other is not None else "") or "")
            faults = _faults(world.key_fault(key, region))
            yield Copy(source, Mechanism.REPLICATION, region, held or row.id, row, key=key, faults=faults)


def _images(world: World) -> Iterator[Copy]:
    for row in world.of("aws:ecr/replicationConfiguration:ReplicationConfiguration"):
        for rule in entries(nested(inputs_of(row), "replicationConfiguration"), "rules"):
            prefixes = tuple(str(one.get("filter", "")) for one in entries(rule, "repositoryFilters"))
            for repository in world.of(IMAGES):
                if repository.region != row.region or (prefixes and not repository.id.startswith(prefixes)):
                    continue
                for target in entries(rule, "destinations"):
                    region = str(target.get("region", ""))
                    yield Copy(repository, Mechanism.REPLICATION, region, repository.id, row)


def _secrets(world: World) -> Iterator[Copy]:
    for secret in world.of(SECRET):
        for replica in entries(inputs_of(secret), "replicas"):
            region = str(replica.get("region", ""))
            key = str(replica.get("kmsKeyId") or "")
            faults = _faults(world.key_fault(key, region))
            yield Copy(secret, Mechanism.REPLICATION, region, secret.id, secret, key=key, faults=faults)


def _backups(world: World) -> Iterator[Copy]:
    for plan in world.of("aws:backup/plan:Plan"):
        chosen = [row for row in world.of("aws:backup/selection:Selection") if inputs_of(row).get("planId") == plan.id]
        sources = [row for row in world.of(*SOURCES) if any(_selects(selection, row) for selection in chosen)]
        for rule in entries(inputs_of(plan), "rules"):
            schedule = str(rule.get("schedule") or "")
            idle = "" if schedule else f"backup rule '{rule.get('ruleName', '')}' has no schedule"
            own = world.named(str(rule.get("targetVaultName") or ""), *VAULTS, region=plan.region)
            places = [(own, str(rule.get("targetVaultName") or ""), plan.region)]
            for action in entries(rule, "copyActions"):
                arn = str(action.get("destinationVaultArn") or "")
                vault = world.named(arn, *VAULTS)
                places.append((vault, arn, vault.region if vault is not None else region_of(arn)))
            for vault, name, region in places:
                key = str(inputs_of(vault).get("kmsKeyArn") or "") if vault is not None else ""
                gone = "" if vault is not None else f"backup vault {name} is not there"
                faults = _faults(gone, idle, world.key_fault(key, region))
                for source in sources:
                    yield Copy(source, Mechanism.BACKUP_COPY, region, name, plan, schedule, key, "", faults)


def _selects(selection: Row, source: Row) -> bool:
    """Whether a backup selection takes a resource: named by arn or pattern, or by one of its tags, and not left out."""
    inputs = inputs_of(selection)
    arn = str(source.outputs.get("arn", ""))
    if selection.region != source.region or any(
        fnmatch.fnmatchcase(arn, one) for one in inputs.get("notResources") or ()
    ):
        return False
    tags = inputs_of(source).get("tags") or {}
    by_tag = any(
        one.get("type", "STRINGEQUALS") == "STRINGEQUALS" and tags.get(one.get("key")) == one.get("value")
        for one in entries(inputs, "selectionTags")
    )
    return by_tag or any(fnmatch.fnmatchcase(arn, one) for one in inputs.get("resources") or ())


_FINDERS: Final[tuple[Callable[[World], Iterator[Copy]], ...]] = (
    _tables,
    _buckets,
    _databases,
    _clusters,
    _files,
    _images,
    _secrets,
    _backups,
)
