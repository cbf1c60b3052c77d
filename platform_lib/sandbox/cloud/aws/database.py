"""RDS, DynamoDB and ElastiCache (their API references; endpoints in the form of the services')."""

import re
from collections.abc import Callable, Iterable
from typing import Final

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud.aws.region import zones
from platform_lib.sandbox.cloud.aws.shared import SUBNET, error, group_of, key_of, role_of
from platform_lib.sandbox.cloud.model import Check, Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

INSTANCE: Final = "aws:rds/instance:Instance"
MEMBER: Final = "aws:rds/clusterInstance:ClusterInstance"

PORTS: Final = {
    "postgres": 5432,
    "aurora-postgresql": 5432,
    "mysql": 3306,
    "mariadb": 3306,
    "aurora-mysql": 3306,
    "oracle": 1521,
    "sqlserver": 1433,
    "db2": 50000,
}
"""Default ports of the engines (RDS user guide)."""

_IDENTIFIER: Final = re.compile(r"^[a-z]([a-z0-9]|-(?!-)){0,62}(?<!-)$")


def _rds(action: str, code: str, text: str) -> str:
    return error("RDS", action, code, text)


def _identifier(key: str) -> Callable[[Request], str]:
    def make(request: Request) -> str:
        return str(request.get(key) or f"{request.get(f'{key}Prefix', 'tf-')}{request.digits(26)}").lower()

    return make


def _check_identifier(*keys: str) -> Check:
    def check(inputs: Properties) -> Iterable[CheckFailure]:
        for key in keys:
            value = inputs.get(key)
            if isinstance(value, str) and not _IDENTIFIER.match(value):
                yield CheckFailure(
                    key,
                    f"only lower-case letters, digits and single hyphens, beginning with a letter, up to 63 "
                    f"characters, got '{value}'",
                )

    return check


def _port(engine: str) -> int:
    return next((port for name, port in PORTS.items() if engine.startswith(name)), 5432)


def _host(request: Request, kind: str = "") -> str:
    middle = f"{kind}-" if kind else ""
    return f"{request.id}.{middle}{request.hex(12, 'endpoint')}.{request.region}.rds.amazonaws.com"


def _master_user_secrets(request: Request) -> list[Properties]:
    """The secret that RDS keeps the password of the first user in, where it is asked to.

    Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-secrets-manager.html.
    """
    if request.get("manageMasterUserPassword") is not True:
        return []
    kind = "cluster" if request.kind == "Cluster" else "db"
    name = f"rds!{kind}-{request.uuid('master-secret')}-{request.hex(6, 'master-secret')}"
    made = {
        "secretArn": request.arn("secretsmanager", f"secret:{name}"),
        "secretStatus": "active",
        "kmsKeyId": request.get("masterUserSecretKmsKeyId") or request.arn("kms", "alias/aws/secretsmanager"),
    }
    return request.outputs.get("masterUserSecrets") or [made]


def _replicated(request: Request) -> Properties:
    """The outputs of the instance that a replica is made of; empty where it is none, or its source is not here."""
    name = str(request.get("replicateSourceDb") or "").rpartition(":")[2]
    source = next((row for row in request.store.by_id(name) if row.type == INSTANCE), None) if name else None
    return {} if source is None else plain(source.outputs)


def _zone_of(request: Request) -> str:
    """Members of a cluster stand in one zone after the other; other instances in the first one."""
    known = [name for name, _ in zones(request.region)] or [f"{request.region}a"]
    cluster = request.get("clusterIdentifier")
    if cluster is None:
        return known[0]
    members = [
        row for row in request.store.rows("type = ?", (MEMBER,)) if row.inputs.get("clusterIdentifier") == cluster
    ]
    return known[len(members) % len(known)]


def _instance_outputs(request: Request) -> Properties:
    source = _replicated(request)
    engine = str(request.get("engine") or source.get("engine") or "postgres")
    port = request.get("port") or _port(engine)
    address = request.outputs.get("address") or _host(request)
    zone = request.get("availabilityZone") or request.outputs.get("availabilityZone") or _zone_of(request)
    version = str(
        request.get("engineVersion") or request.outputs.get("engineVersion") or source.get("engineVersion") or "16.4"
    )
    return {
        "identifier": request.id,
        "address": address,
        "port": port,
        "endpoint": f"{address}:{port}",
        "availabilityZone": zone,
        "engine": engine,
        "engineVersion": version,
        "engineVersionActual": version,
        "status": "available",
        "resourceId": request.outputs.get("resourceId") or f"db-{request.hex(26, 'res').upper()}",
        "hostedZoneId": f"Z{request.hex(13, 'zone').upper()}",
        "backupWindow": request.get("backupWindow", "04:00-04:30"),
        "maintenanceWindow": request.get("maintenanceWindow", "sun:05:00-sun:05:30"),
        "backupRetentionPeriod": request.get("backupRetentionPeriod", 0),
        "allocatedStorage": request.get("allocatedStorage", source.get("allocatedStorage", 0)),
        "storageEncrypted": request.get("storageEncrypted", source.get("storageEncrypted", False)),
        "kmsKeyId": request.get("kmsKeyId", ""),
        "dbName": request.get("dbName", source.get("dbName", "")),
        "username": request.get("username", source.get("username", "")),
        "multiAz": bool(request.get("multiAz", False)),
        "parameterGroupName": request.get("parameterGroupName", f"default.{engine}{version.split('.')[0]}"),
        "optionGroupName": request.get("optionGroupName", f"default:{engine}-{version.split('.')[0]}"),
        "replicas": [],
        "listenerEndpoints": [],
        "masterUserSecrets": _master_user_secrets(request),
        "caCertIdentifier": request.get("caCertIdentifier", "rds-ca-rsa2048-g1"),
        "latestRestorableTime": request.stamp,
        "licenseModel": request.get("licenseModel", "postgresql-license"),
        "storageType": request.get("storageType", "gp2"),
        "dbSubnetGroupName": request.get("dbSubnetGroupName", "default"),
        "networkType": request.get("networkType", "IPV4"),
    }


def _cluster_outputs(request: Request) -> Properties:
    engine = str(request.get("engine", "aurora-postgresql"))
    endpoint = request.outputs.get("endpoint") or _host(request, "cluster")
    return {
        "clusterIdentifier": request.id,
        "endpoint": endpoint,
        "readerEndpoint": request.outputs.get("readerEndpoint") or _host(request, "cluster-ro"),
        "port": request.get("port") or _port(engine),
        "clusterResourceId": request.outputs.get("clusterResourceId") or f"cluster-{request.hex(26, 'res').upper()}",
        "availabilityZones": request.get("availabilityZones") or [name for name, _ in zones(request.region)][:3],
        "clusterMembers": request.get("clusterMembers", []),
        "hostedZoneId": f"Z{request.hex(13, 'zone').upper()}",
        "engineVersionActual": request.get("engineVersion", "16.4"),
        "engineVersion": request.get("engineVersion", "16.4"),
        "databaseName": request.get("databaseName", ""),
        "masterUsername": request.get("masterUsername", ""),
        "masterUserSecrets": _master_user_secrets(request),
        "backupRetentionPeriod": request.get("backupRetentionPeriod", 1),
        "kmsKeyId": request.get("kmsKeyId", ""),
    }


def _deleting_database(request: Request) -> None:
    inputs = plain(request.inputs)
    if inputs.get("deletionProtection") is True:
        text = "Cannot delete protected DB Instance, please disable deletion protection and try again."
        raise refuse(_rds("DeleteDBInstance", "InvalidParameterCombination", text))
    if (
        inputs.get("skipFinalSnapshot") is not True
        and not inputs.get("finalSnapshotIdentifier")
        and not inputs.get("replicateSourceDb")
    ):
        raise refuse("finalSnapshotIdentifier is required when skipFinalSnapshot is false")


def _subnet_group_outputs(request: Request) -> Properties:
    rows = [row for id_ in request.get("subnetIds", []) for row in request.store.by_id(str(id_)) if row.type in SUBNET]
    return {
        "vpcId": str(plain(rows[0].outputs.get("vpcId", ""))) if rows else "",
        "supportedNetworkTypes": ["IPV4"],
        "description": request.get("description", "Managed by Pulumi"),
    }


def _admit_subnet_group(request: Request) -> None:
    """Two zones at least (RDS user guide, working with DB subnet groups)."""
    rows = [row for id_ in request.get("subnetIds", []) for row in request.store.by_id(str(id_)) if row.type in SUBNET]
    found = {str(plain(row.outputs.get("availabilityZone"))) for row in rows}
    if rows and len(rows) == len(request.get("subnetIds", [])) and len(found) < 2:
        text = (
            f"The DB subnet group doesn't meet Availability Zone (AZ) coverage requirement. Current AZ "
            f"coverage: {', '.join(sorted(found))}. Add subnets to cover at least 2 AZs."
        )
        raise refuse(_rds("CreateDBSubnetGroup", "DBSubnetGroupDoesNotCoverEnoughAZs", text))


def _check_table(inputs: Properties) -> Iterable[CheckFailure]:
    """Every attribute is a key of the table or an index, and the other way round (DynamoDB, CreateTable)."""
    declared, keys = inputs.get("attributes"), {inputs.get("hashKey"), inputs.get("rangeKey")}
    if not isinstance(declared, list):
        return
    for index in (*(inputs.get("globalSecondaryIndexes") or ()), *(inputs.get("localSecondaryIndexes") or ())):
        if isinstance(index, dict):
            keys |= {
                index.get("hashKey"),
                index.get("rangeKey"),
                *(item.get("attributeName") for item in index.get("keySchemas", []) if isinstance(item, dict)),
            }
    given = [item.get("name") for item in declared if isinstance(item, dict)]
    names = {name for name in given if isinstance(name, str)}
    wanted = {key for key in keys if isinstance(key, str)}
    if UNKNOWN in given or UNKNOWN in keys:
        return
    for name in sorted(names - wanted):
        yield CheckFailure("attributes", f'all attributes must be indexed. Unused attributes: ["{name}"]')
    for name in sorted(wanted - names):
        yield CheckFailure("attributes", f'all indexes must match a defined attribute. Unmatched indexes: ["{name}"]')


def _deleting_table(request: Request) -> None:
    if plain(request.inputs.get("deletionProtectionEnabled")) is True:
        text = (
            "Resource cannot be deleted as it is currently protected against deletion. Disable deletion "
            "protection first."
        )
        raise refuse(error("DynamoDB", "DeleteTable", "ValidationException", text))


def _cache_outputs(request: Request) -> Properties:
    host = f"{request.id}.{request.hex(6, 'cache')}.ng.0001.{request.region}.cache.amazonaws.com"
    return {
        "primaryEndpointAddress": f"master.{host}",
        "readerEndpointAddress": f"replica.{host}",
        "configurationEndpointAddress": f"clustercfg.{host}",
        "memberClusters": [f"{request.id}-001"],
        "replicationGroupId": request.id,
        "engineVersionActual": request.get("engineVersion", "7.1"),
    }


_SUBNET_GROUP: Final = Reference(
    "dbSubnetGroupName",
    ("aws:rds/subnetGroup:SubnetGroup",),
    _rds("CreateDBInstance", "DBSubnetGroupNotFoundFault", "DB subnet group '{value}' does not exist."),
    _rds(
        "DeleteDBSubnetGroup",
        "InvalidDBSubnetGroupStateFault",
        "Cannot delete the subnet group '{id}' because at least one database is still using it.",
    ),
)
_CLUSTER: Final = Reference(
    "clusterIdentifier",
    ("aws:rds/cluster:Cluster",),
    _rds(
        "CreateDBInstance",
        "DBClusterNotFoundFault",
        "The source cluster could not be found or cannot be accessed: {value}",
    ),
    _rds(
        "DeleteDBCluster",
        "InvalidDBClusterStateFault",
        "Cluster cannot be deleted, it still contains DB instances in non-deleting state.",
    ),
)
_ARN: Final = "arn:{partition}:rds:{region}:{account}:"

RULES: Final[dict[str, TypeRules]] = {
    "aws:rds/instance:Instance": TypeRules(
        source="RDS API reference, CreateDBInstance and DeleteDBInstance",
        input_defaults={
            "applyImmediately": False,
            "autoMinorVersionUpgrade": True,
            "copyTagsToSnapshot": False,
            "deleteAutomatedBackups": True,
            "deletionProtection": False,
            "iamDatabaseAuthenticationEnabled": False,
            "monitoringInterval": 0,
            "performanceInsightsEnabled": False,
            "publiclyAccessible": False,
            "skipFinalSnapshot": False,
        },
        references=(
            _SUBNET_GROUP,
            group_of("CreateDBInstance", "vpcSecurityGroupIds[*]", service="RDS"),
            key_of("RDS", "CreateDBInstance", "kmsKeyId"),
            role_of("RDS", "CreateDBInstance", "monitoringRoleArn"),
            Reference(
                "replicateSourceDb",
                (INSTANCE,),
                _rds("CreateDBInstanceReadReplica", "DBInstanceNotFound", "DBInstance {value} not found."),
                any_region=True,
            ),
        ),
        id=_identifier("identifier"),
        arn=_ARN + "db:{id}",
        unique=lambda request: f"rds:{request.account}:{request.region}:{_identifier('identifier')(request)}",
        check=_check_identifier("identifier"),
        compute=_instance_outputs,
        deleting=_deleting_database,
        equal=frozenset({"vpcSecurityGroupIds"}),
        exists=_rds("CreateDBInstance", "DBInstanceAlreadyExists", "DB instance already exists: {identifier}"),
    ),
    "aws:rds/cluster:Cluster": TypeRules(
        input_defaults={
            "engine": "aurora",
            "skipFinalSnapshot": False,
            "deletionProtection": False,
            "copyTagsToSnapshot": False,
            "deleteAutomatedBackups": True,
        },
        references=(
            _SUBNET_GROUP,
            group_of("CreateDBCluster", "vpcSecurityGroupIds[*]", service="RDS"),
            key_of("RDS", "CreateDBCluster", "kmsKeyId"),
        ),
        id=_identifier("clusterIdentifier"),
        arn=_ARN + "cluster:{id}",
        check=_check_identifier("clusterIdentifier"),
        compute=_cluster_outputs,
        deleting=_deleting_database,
        exists=_rds("CreateDBCluster", "DBClusterAlreadyExistsFault", "DB Cluster already exists: {clusterIdentifier}"),
    ),
    "aws:rds/clusterInstance:ClusterInstance": TypeRules(
        references=(_CLUSTER,),
        id=_identifier("identifier"),
        arn=_ARN + "db:{id}",
        check=_check_identifier("identifier"),
        compute=_instance_outputs,
        exists=_rds("CreateDBInstance", "DBInstanceAlreadyExists", "DB instance already exists: {identifier}"),
    ),
    "aws:rds/subnetGroup:SubnetGroup": TypeRules(
        input_defaults={"description": "Managed by Pulumi"},
        references=(
            Reference(
                "subnetIds[*]",
                SUBNET,
                _rds("CreateDBSubnetGroup", "InvalidSubnet", "The requested subnet {value} is invalid"),
            ),
        ),
        id=lambda request: str(
            request.get("name") or f"{request.get('namePrefix', 'tf-')}{request.digits(26)}"
        ).lower(),
        arn=_ARN + "subgrp:{id}",
        admit=_admit_subnet_group,
        compute=_subnet_group_outputs,
        exists=_rds(
            "CreateDBSubnetGroup", "DBSubnetGroupAlreadyExists", "The DB subnet group '{name}' already exists."
        ),
        equal=frozenset({"subnetIds"}),
    ),
    "aws:rds/parameterGroup:ParameterGroup": TypeRules(
        input_defaults={"description": "Managed by Pulumi", "skipDestroy": False},
        id="{name}",
        arn=_ARN + "pg:{id}",
        exists=_rds("CreateDBParameterGroup", "DBParameterGroupAlreadyExists", "Parameter group {name} already exists"),
    ),
    "aws:dynamodb/table:Table": TypeRules(
        source="DynamoDB API reference, CreateTable",
        input_defaults={"billingMode": "PROVISIONED", "deletionProtectionEnabled": False},
        references=(key_of("DynamoDB", "CreateTable", "serverSideEncryption.kmsKeyArn"),),
        id="{name}",
        arn="arn:{partition}:dynamodb:{region}:{account}:table/{id}",
        check=_check_table,
        deleting=_deleting_table,
        equal=frozenset({"attributes"}),
        compute=lambda request: {
            "streamArn": request.arn("dynamodb", f"table/{request.id}/stream/{request.stamp}")
            if request.get("streamEnabled")
            else "",
            "streamLabel": request.stamp if request.get("streamEnabled") else "",
            "readCapacity": request.get("readCapacity", 0),
            "writeCapacity": request.get("writeCapacity", 0),
            "pointInTimeRecovery": request.get("pointInTimeRecovery", {"enabled": False}),
            "streamViewType": request.get("streamViewType", ""),
        },
        exists=error("DynamoDB", "CreateTable", "ResourceInUseException", "Table already exists: {name}"),
    ),
    "aws:elasticache/subnetGroup:SubnetGroup": TypeRules(
        id="{name}",
        arn="arn:{partition}:elasticache:{region}:{account}:subnetgroup:{id}",
        references=(
            Reference(
                "subnetIds[*]",
                SUBNET,
                error(
                    "ElastiCache", "CreateCacheSubnetGroup", "InvalidSubnet", "The subnet ID '{value}' does not exist"
                ),
            ),
        ),
        exists=error(
            "ElastiCache",
            "CreateCacheSubnetGroup",
            "CacheSubnetGroupAlreadyExists",
            "Cache subnet group {name} already exists.",
        ),
    ),
    "aws:elasticache/replicationGroup:ReplicationGroup": TypeRules(
        id=lambda request: str(request.get("replicationGroupId") or request.name).lower(),
        arn="arn:{partition}:elasticache:{region}:{account}:replicationgroup:{id}",
        compute=_cache_outputs,
        references=(
            group_of("CreateReplicationGroup", "securityGroupIds[*]", service="ElastiCache"),
            key_of("ElastiCache", "CreateReplicationGroup", "kmsKeyId"),
        ),
        exists=error(
            "ElastiCache",
            "CreateReplicationGroup",
            "ReplicationGroupAlreadyExists",
            "Replication group {replicationGroupId} already exists.",
        ),
    ),
}
