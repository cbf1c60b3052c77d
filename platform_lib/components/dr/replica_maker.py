"""Copies that databases keep at the second site: replicas, global databases and tables, and copied logs."""

import pulumi
from pulumi_aws import dynamodb, rds

from platform_lib.components.dr.addresses import Addresses
from platform_lib.components.dr.args import DrSourceArgs, StandbyArgs
from platform_lib.components.dr.kind import Mechanism, Site, SourceKind
from platform_lib.components.dr.maker import Maker
from platform_lib.components.dr.planning.alarms import lag_alarm
from platform_lib.components.dr.planning.model import SourcePlan
from platform_lib.components.dr.planning.sources import LOGS_OF_ENGINE
from platform_lib.components.dr.policies import Documents
from platform_lib.core.naming import physical

MOST_AUTOMATED_DAYS = 35
"""Longest time that RDS keeps automated backups
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html)."""

MONITORING_SECONDS = 60


class ReplicaMaker:
    """Makes copies of databases and tables."""

    def __init__(self, maker: Maker, documents: Documents, addresses: Addresses, key_arn: pulumi.Input[str]) -> None:
        self._maker = maker
        self._addresses = addresses
        self._key_arn = key_arn
        self._documents = documents
        self._region = maker.region(Site.SECONDARY)
        self._days = min(maker.plan.backups.retention_days, MOST_AUTOMATED_DAYS)
        self._role: pulumi.Output[str] | None = None

    def make(self, source: SourcePlan, asked: DrSourceArgs) -> pulumi.Output[str] | None:
        """Makes the copy of one source, if a database keeps it.

        Returns:
            ARN of the copy; None where it is none of these mechanisms.
        """
        standby = asked.standby or StandbyArgs()
        match source.kind, source.mechanism.kind:
            case SourceKind.RDS, Mechanism.READ_REPLICA:
                return self._make_replica(source, standby)
            case SourceKind.RDS, Mechanism.LOG_COPY:
                return self._copy_logs(source)
            case SourceKind.AURORA, Mechanism.GLOBAL_DATABASE:
                return self._make_global(source, standby)
            case SourceKind.DYNAMODB, Mechanism.GLOBAL_TABLE:
                return self._make_table(source)
        return None

    def _monitoring_role(self) -> pulumi.Output[str]:
        if self._role is None:
            managed = ("service-role/AmazonRDSEnhancedMonitoringRole",)
            purpose = "Databases report the load of their operating system"
            self._role = self._maker.role("monitoring-role", purpose, self._documents.monitoring_trust(), managed).arn
        return self._role

    def _make_replica(self, source: SourcePlan, standby: StandbyArgs) -> pulumi.Output[str]:
        """A replica that is promoted by hand: whether it still is one is not the program's to say.

        A final snapshot cannot be taken of a replica
        (https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_DeleteDBInstance.html).
        """
        name = self._maker.name("replica", source.name)
        replica = rds.Instance(
            name,
            region=self._region,
            replicate_source_db=self._addresses.arn(source.name),
            instance_class=str(standby.instance_class),
            kms_key_id=self._key_arn,
            db_subnet_group_name=standby.subnet_group,
            vpc_security_group_ids=standby.security_group_ids,
            parameter_group_name=standby.parameter_group,
            engine_version=standby.engine_version,
            multi_az=source.multi_az,
            publicly_accessible=False,
            backup_retention_period=self._days,
            deletion_protection=self._maker.plan.protects,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            iam_database_authentication_enabled=True,
            enabled_cloudwatch_logs_exports=list(LOGS_OF_ENGINE[str(standby.engine)]),
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key_arn,
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=self._monitoring_role(),
            skip_final_snapshot=True,
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True, ignore_changes=["replicateSourceDb"]),
        )
        self._watch(source, {"DBInstanceIdentifier": replica.identifier})
        return replica.arn

    def _copy_logs(self, source: SourcePlan) -> pulumi.Output[str]:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ReplicateBackups.html."""
        copied = rds.InstanceAutomatedBackupsReplication(
            self._maker.name("logs", source.name),
            region=self._region,
            source_db_instance_arn=self._addresses.arn(source.name),
            kms_key_id=self._key_arn,
            retention_period=self._days,
            opts=self._maker.options(stateful=True),
        )
        return copied.id

    def _make_global(self, source: SourcePlan, standby: StandbyArgs) -> pulumi.Output[str]:
        """A global database around the source; which cluster is written to changes with a failover, not here.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-getting-started.html.
        """
        name = self._maker.name("global", source.name)
        whole = rds.GlobalCluster(
            name,
            region=self._maker.region(Site.PRIMARY),
            global_cluster_identifier=physical("aws:rds/globalCluster:GlobalCluster", name),
            source_db_cluster_identifier=self._addresses.arn(source.name),
            force_destroy=True,  # takes the clusters out of it and leaves them alone; the SDK asks for it
            deletion_protection=self._maker.plan.protects,
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True, ignore_changes=["sourceDbClusterIdentifier", "engineVersion"]),
        )
        child, engine = self._maker.name("cluster", source.name), str(standby.engine)
        cluster = rds.Cluster(
            child,
            region=self._region,
            engine=engine,
            engine_version=standby.engine_version,
            global_cluster_identifier=whole.id,
            source_region=self._maker.region(Site.PRIMARY),
            storage_encrypted=True,
            kms_key_id=self._key_arn,
            db_subnet_group_name=standby.subnet_group,
            vpc_security_group_ids=standby.security_group_ids,
            db_cluster_parameter_group_name=standby.parameter_group,
            backup_retention_period=self._days,
            deletion_protection=self._maker.plan.protects,
            copy_tags_to_snapshot=True,
            iam_database_authentication_enabled=True,
            enabled_cloudwatch_logs_exports=list(LOGS_OF_ENGINE[engine]),
            skip_final_snapshot=not self._maker.plan.protects,
            final_snapshot_identifier=f"{child}-final" if self._maker.plan.protects else None,
            tags=self._maker.tags(child),
            opts=self._maker.options(
                stateful=True, ignore_changes=["globalClusterIdentifier", "replicationSourceIdentifier"]
            ),
        )
        for number in range(1, source.standby_instances + 1):
            self._make_member(f"{child}-{number}", cluster, standby)
        self._watch(source, {"DBClusterIdentifier": cluster.cluster_identifier})
        return cluster.arn

    def _make_member(self, name: str, cluster: rds.Cluster, standby: StandbyArgs) -> None:
        rds.ClusterInstance(
            name,
            region=self._region,
            cluster_identifier=cluster.id,
            engine=rds.EngineType(str(standby.engine)),
            instance_class=str(standby.instance_class),
            db_subnet_group_name=standby.subnet_group,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
            copy_tags_to_snapshot=True,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=self._key_arn,
            monitoring_interval=MONITORING_SECONDS,
            monitoring_role_arn=self._monitoring_role(),
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )

    def _make_table(self, source: SourcePlan) -> pulumi.Output[str]:
        """Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html."""
        name = self._maker.name("table", source.name)
        replica = dynamodb.TableReplica(
            name,
            region=self._region,
            global_table_arn=self._addresses.arn(source.name),
            kms_key_arn=self._key_arn,
            point_in_time_recovery=True,
            deletion_protection_enabled=self._maker.plan.protects,
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True),
        )
        self._watch(source, {"TableName": self._addresses.id(source.name), "ReceivingRegion": self._region})
        return replica.arn

    def _watch(self, source: SourcePlan, dimensions: dict[str, pulumi.Input[str]]) -> None:
        if (alarm := lag_alarm(source)) is not None:
            self._maker.alarm(alarm, dimensions)
