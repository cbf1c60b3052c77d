"""Copies that services keep in another region: databases, tables, file systems, images; and tests of restores.

Sources: RDS API reference (CreateGlobalCluster, StartDBInstanceAutomatedBackupsReplication), DynamoDB API reference
(CreateReplicationGroupMemberAction), EFS API reference (CreateReplicationConfiguration), ECR API reference
(PutReplicationConfiguration), AWS Backup API reference (CreateRestoreTestingPlan).
"""

from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.shared import KEY, error, key_of, role_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.cloud.store import Row

CLUSTER: Final = ("aws:rds/cluster:Cluster",)
INSTANCE: Final = ("aws:rds/instance:Instance",)
TABLE: Final = ("aws:dynamodb/table:Table",)
FILE_SYSTEM: Final = ("aws:efs/fileSystem:FileSystem",)
PLAN: Final = ("aws:backup/restoreTestingPlan:RestoreTestingPlan",)


def _rds(action: str, code: str, text: str) -> str:
    return error("RDS", action, code, text)


def _source(request: Request, key: str, types: tuple[str, ...], separator: str) -> Row | None:
    """The resource that an input names by its ARN or id; None where the cloud does not have it."""
    name = str(request.get(key) or "").rpartition(separator)[2]
    return next((row for row in request.store.by_id(name) if row.type in types), None)


def _global_outputs(request: Request) -> Properties:
    """A global database takes engine and encryption from the cluster that it is made around."""
    source = _source(request, "sourceDbClusterIdentifier", CLUSTER, ":")
    of_source = {} if source is None else plain(source.outputs)
    version = str(request.get("engineVersion") or of_source.get("engineVersion") or "16.4")
    member = {"dbClusterArn": of_source.get("arn", ""), "isWriter": True}
    return {
        "databaseName": request.get("databaseName", ""),
        "endpoint": f"{request.id}.global-{request.hex(12, 'endpoint')}.global.rds.amazonaws.com",
        "engine": request.get("engine") or of_source.get("engine") or "aurora-postgresql",
        "engineLifecycleSupport": request.get("engineLifecycleSupport", "open-source-rds-extended-support"),
        "engineVersion": version,
        "engineVersionActual": version,
        "globalClusterMembers": request.outputs.get("globalClusterMembers") or ([member] if source else []),
        "globalClusterResourceId": f"cluster-{request.hex(16, 'global')}",
        "storageEncrypted": bool(request.get("storageEncrypted") or of_source.get("storageEncrypted")),
    }


def _deleting_global(request: Request) -> None:
    if plain(request.inputs).get("deletionProtection") is True:
        text = "This global cluster has deletion protection enabled. Disable deletion protection first."
        raise refuse(_rds("DeleteGlobalCluster", "InvalidGlobalClusterStateFault", text))


def _table(request: Request) -> str:
    return str(request.get("globalTableArn")).rpartition("/")[2]


def _deleting_table(request: Request) -> None:
    if plain(request.inputs).get("deletionProtectionEnabled") is True:
        text = "Resource cannot be deleted as it is currently protected against deletion."
        raise refuse(error("DynamoDB", "DeleteTable", "ValidationException", text))


def _files_outputs(request: Request) -> Properties:
    """EFS makes the file system of the copy, unless one is named."""
    target = plain(request.get("destination") or {})
    original = request.arn("elasticfilesystem", f"file-system/{request.get('sourceFileSystemId')}")
    made = plain(request.outputs.get("destination") or {})
    return {
        "destination": {
            **target,
            "fileSystemId": target.get("fileSystemId") or made.get("fileSystemId") or f"fs-0{request.hex(16, 'copy')}",
            "status": "ENABLED",
        },
        "creationTime": request.outputs.get("creationTime") or request.stamp,
        "sourceFileSystemArn": original,
        "originalSourceFileSystemArn": original,
        "sourceFileSystemRegion": request.region,
    }


def _admit_files(request: Request) -> None:
    if plain(request.get("destination") or {}).get("region") == request.region:
        return  # EFS copies within a region too
    source = _source(request, "sourceFileSystemId", FILE_SYSTEM, "/")
    if source is not None and source.region != request.region:
        text = f"File system '{request.get('sourceFileSystemId')}' does not exist."
        raise refuse(error("EFS", "CreateReplicationConfiguration", "FileSystemNotFound", text))


RULES: Final[dict[str, TypeRules]] = {
    "aws:rds/globalCluster:GlobalCluster": TypeRules(
        references=(
            Reference(
                "sourceDbClusterIdentifier",
                CLUSTER,
                _rds("CreateGlobalCluster", "DBClusterNotFoundFault", "DBCluster {value} not found"),
                _rds(
                    "DeleteDBCluster",
                    "InvalidDBClusterStateFault",
                    "This cluster is a part of a global cluster, please remove it from globalcluster first",
                ),
            ),
        ),
        id="{globalClusterIdentifier}",
        arn="arn:{partition}:rds::{account}:global-cluster:{id}",
        unique="rds:{account}:global:{globalClusterIdentifier}",
        compute=_global_outputs,
        deleting=_deleting_global,
        exists=_rds(
            "CreateGlobalCluster",
            "GlobalClusterAlreadyExistsFault",
            "Global cluster {globalClusterIdentifier} already exists",
        ),
    ),
    "aws:rds/instanceAutomatedBackupsReplication:InstanceAutomatedBackupsReplication": TypeRules(
        references=(
            Reference(
                "sourceDbInstanceArn",
                INSTANCE,
                _rds(
                    "StartDBInstanceAutomatedBackupsReplication",
                    "DBInstanceNotFound",
                    "DBInstance {value} not found.",
                ),
                any_region=True,
            ),
            key_of("RDS", "StartDBInstanceAutomatedBackupsReplication", "kmsKeyId"),
        ),
        input_defaults={"retentionPeriod": 7},
        id=lambda request: request.arn("rds", f"auto-backup:ab-{request.hex(26, 'backup')}"),
    ),
    "aws:dynamodb/tableReplica:TableReplica": TypeRules(
        references=(
            Reference(
                "globalTableArn",
                TABLE,
                error(
                    "DynamoDB",
                    "UpdateTable",
                    "ResourceNotFoundException",
                    "Requested resource not found: Table: {value} not found",
                ),
                any_region=True,
            ),
            key_of("DynamoDB", "UpdateTable", "kmsKeyArn"),
        ),
        input_defaults={"pointInTimeRecovery": False},
        id=lambda request: f"{_table(request)}:{str(request.get('globalTableArn')).split(':')[3]}",
        unique=lambda request: f"dynamodb:{request.account}:{request.region}:{_table(request)}",
        exists=error("DynamoDB", "UpdateTable", "ValidationException", "Table already has a replica in this region."),
        defaults={"deletionProtectionEnabled": False},
        compute=lambda request: {"arn": request.arn("dynamodb", f"table/{_table(request)}")},
        deleting=_deleting_table,
    ),
    "aws:efs/replicationConfiguration:ReplicationConfiguration": TypeRules(
        references=(
            Reference(
                "sourceFileSystemId",
                FILE_SYSTEM,
                error(
                    "EFS",
                    "CreateReplicationConfiguration",
                    "FileSystemNotFound",
                    "File system '{value}' does not exist.",
                ),
                error(
                    "EFS",
                    "DeleteFileSystem",
                    "FileSystemInUse",
                    "File system '{id}' is part of a replication configuration",
                ),
            ),
            Reference(
                "destination.kmsKeyId",
                KEY,
                error("EFS", "CreateReplicationConfiguration", "ValidationException", "Key '{value}' does not exist"),
                any_region=True,
            ),
        ),
        id="{sourceFileSystemId}",
        unique="efs:{account}:{region}:{sourceFileSystemId}",
        exists=error(
            "EFS",
            "CreateReplicationConfiguration",
            "ConflictException",
            "File system '{sourceFileSystemId}' is already part of a replication configuration",
        ),
        computed=("destination.fileSystemId", "destination.status"),
        admit=_admit_files,
        compute=_files_outputs,
    ),
    "aws:ecr/replicationConfiguration:ReplicationConfiguration": TypeRules(
        id="{account}",
        adopts=True,
        compute=lambda request: {"registryId": request.account},
    ),
    "aws:backup/restoreTestingPlan:RestoreTestingPlan": TypeRules(
        input_defaults={"startWindowHours": 24},
        id="{name}",
        arn="arn:{partition}:backup:{region}:{account}:restore-testing-plan:{id}-{uuid}",
        defaults={"scheduleExpressionTimezone": "Etc/UTC"},
        exists=error(
            "Backup",
            "CreateRestoreTestingPlan",
            "AlreadyExistsException",
            "Restore testing plan with the same name already exists ({name})",
        ),
    ),
    "aws:backup/restoreTestingSelection:RestoreTestingSelection": TypeRules(
        references=(
            Reference(
                "restoreTestingPlanName",
                PLAN,
                error(
                    "Backup",
                    "CreateRestoreTestingSelection",
                    "ResourceNotFoundException",
                    "Restore testing plan {value} does not exist.",
                ),
            ),
            role_of("Backup", "CreateRestoreTestingSelection", "iamRoleArn"),
        ),
        id="{name}:{restoreTestingPlanName}",
        defaults={"validationWindowHours": 0},
    ),
}
