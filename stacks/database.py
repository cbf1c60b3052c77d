"""The database of the platform: PostgreSQL on RDS, encrypted, in the isolated subnets, for clients that are named."""

from collections.abc import Mapping
from typing import ClassVar, Self

import pulumi
from pulumi_aws import cloudwatch, ec2, iam, rds, vpc

from platform_lib.components.baseline import SecurityBaselineReference
from platform_lib.components.vpc import NetworkReference
from platform_lib.core import aws_policy
from platform_lib.core.aws import partition_of
from platform_lib.core.component import PlatformComponent
from platform_lib.core.context import Context
from platform_lib.core.inputs import Input
from platform_lib.core.naming import physical
from platform_lib.core.references import StackOutputs
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence
from platform_lib.core.tagging import tags
from stacks.groups.data import DatabaseSettings

TIER = "isolated"
PORT = 5432
KEEPER = "keeper"
"""The first user; RDS keeps and rotates its password in Secrets Manager."""

_EXPORTED_LOGS = ("postgresql", "upgrade")
_MONITORING_SECONDS = 60
_INSIGHTS_DAYS = 7
"""What Performance Insights keeps without a charge
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_PerfInsights.Overview.cost.html)."""
_GIB = 1024**3


class DatabaseOutputs(StackOutputs):
    """The database as a stack offers it to others. It holds no password: the secret says it to who may read it."""

    output_name: ClassVar[str] = "database"
    version: ClassVar[int] = 1

    region: Input[str]
    """The AWS region."""

    arn: Input[str]
    """ARN of the instance."""

    address: Input[str]
    """Name of the host, without port."""

    port: Input[int]
    """Port of TCP, for TLS only."""

    name: Input[str]
    """Name of the database."""

    secret_arn: Input[str]
    """Secret with user and password of the first user."""

    security_group_id: Input[str]
    """Security group of the instance, for rules of further clients."""

    @classmethod
    def of(cls, database: "Database") -> Self:
        """The outputs of a database."""
        return cls(**{name: getattr(database, name) for name in cls.model_fields})


class Database(PlatformComponent):
    """A PostgreSQL instance of RDS with all that belongs to it.

    Creates the instance with a group of parameters (TLS only, pgaudit, sessions and changes of schema in the log), a
    group of subnets, a security group that lets in the named ones and nothing out, log groups, a role by which RDS
    measures the host, and alarms on room and processor. The instance and its log groups are stateful: they are
    protected unless the environment is ``dev``. Outside ``dev`` the last snapshot is kept when the instance goes.

    Physical names that are a contract: that of the instance, from which RDS makes the names of the log groups, and
    those of the log groups.
    """

    region: pulumi.Output[str]
    arn: pulumi.Output[str]
    identifier: pulumi.Output[str]
    address: pulumi.Output[str]
    port: pulumi.Output[int]
    name: pulumi.Output[str]
    secret_arn: pulumi.Output[str]
    security_group_id: pulumi.Output[str]

    def __init__(
        self,
        name: str,
        context: Context,
        asked: DatabaseSettings,
        network: NetworkReference,
        baseline: SecurityBaselineReference,
        *,
        identifier: str,
        clients: Mapping[str, pulumi.Input[str]],
        log_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Makes the database.

        Args:
            name: of the component.
            context: who it belongs to and which rules hold for it.
            asked: its settings.
            network: that it stands in, with an isolated tier.
            baseline: keys and topic for alarms of the account.
            identifier: of the instance.
            clients: security groups that reach it, by a name of their own.
            log_retention_days: how long logs are kept.
            deletion_protection: whether RDS itself refuses to delete it.
            opts: options.
        """
        super().__init__(name, context, opts)
        self._context = context
        self._asked = asked
        self._network = network
        self._baseline = baseline
        self._tags = tags(context, None, subject=self.subject(name))
        self._identifier = physical("aws:rds/instance:Instance", identifier)

        group = self._make_security_group(clients)
        logs = [self._make_log_group(log, log_retention_days) for log in _EXPORTED_LOGS]
        instance = self._make_instance(group, logs, deletion_protection=deletion_protection)
        self._make_alarms(instance)
        outputs = {
            "region": network.region,
            "arn": instance.arn,
            "identifier": instance.identifier,
            "address": instance.address,
            "port": instance.port,
            "name": instance.db_name,
            "secret_arn": instance.master_user_secrets[0]["secret_arn"],
            "security_group_id": group.id,
        }
        self.finish(outputs, cost_drivers=_cost_drivers(asked), evidence=_evidence(name, log_retention_days))

    def _make_security_group(self, clients: Mapping[str, pulumi.Input[str]]) -> ec2.SecurityGroup:
        name = self.child_name("access")
        group = ec2.SecurityGroup(
            name,
            region=self._network.region,
            vpc_id=self._network.vpc_id,
            description=f"Database {self._identifier}",
            tags=self.tags_of(name),
            opts=self.child_options(),
        )
        for client, group_id in clients.items():
            child = self.child_name("access", client)
            vpc.SecurityGroupIngressRule(
                child,
                region=self._network.region,
                security_group_id=group.id,
                description=f"PostgreSQL from {client}",
                referenced_security_group_id=group_id,
                ip_protocol="tcp",
                from_port=PORT,
                to_port=PORT,
                tags=self.tags_of(child),
                opts=self.child_options(),
            )
        return group

    def _make_log_group(self, log: str, retention_days: int) -> cloudwatch.LogGroup:
        """Made before the instance, which would make it without key and end.

        Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html.
        """
        name = self.child_name("log", log)
        return cloudwatch.LogGroup(
            name,
            region=self._network.region,
            name=f"/aws/rds/instance/{self._identifier}/{log}",
            kms_key_id=self._baseline.logs_key_arn,
            retention_in_days=retention_days,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )

    def _make_parameters(self) -> rds.ParameterGroup:
        """TLS only, and what pgaudit and the log tell.

        Sources: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html and
        https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/Appendix.PostgreSQL.CommonDBATasks.pgaudit.html.
        """
        at_restart = {"shared_preload_libraries": "pg_stat_statements,pgaudit"}
        at_once = {
            "rds.force_ssl": "1",
            "pgaudit.log": "ddl,role",
            "log_statement": "ddl",
            "log_connections": "1",
            "log_disconnections": "1",
        }
        name = self.child_name("parameters")
        return rds.ParameterGroup(
            name,
            region=self._network.region,
            family=f"postgres{self._asked.version}",
            description=f"Database {self._identifier}",
            parameters=[
                {"name": key, "value": value, "apply_method": method}
                for method, found in (("pending-reboot", at_restart), ("immediate", at_once))
                for key, value in found.items()
            ],
            tags=self.tags_of(name),
            opts=self.child_options(),
        )

    def _make_subnet_group(self) -> rds.SubnetGroup:
        name = self.child_name("subnets")
        return rds.SubnetGroup(
            name,
            region=self._network.region,
            description=f"Database {self._identifier}",
            subnet_ids=[subnet.id for subnet in self._network.in_tier(TIER)],
            tags=self.tags_of(name),
            opts=self.child_options(),
        )

    def _make_monitoring_role(self) -> tuple[iam.Role, iam.RolePolicyAttachment]:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_Monitoring.OS.Enabling.html."""
        name = self.child_name("monitoring-role")
        role = iam.Role(
            name,
            description=f"RDS measures the host of {self._identifier}",
            assume_role_policy=aws_policy.assumed_by("monitoring.rds"),
            tags=self.tags_of(name),
            opts=self.child_options(),
        )
        managed = "policy/service-role/AmazonRDSEnhancedMonitoringRole"
        attachment = iam.RolePolicyAttachment(
            self.child_name("monitoring-policy"),
            role=role.name,
            policy_arn=f"arn:{partition_of(self._network.region)}:iam::aws:{managed}",
            opts=self.child_options(),
        )
        return role, attachment

    def _make_instance(
        self, group: ec2.SecurityGroup, logs: list[cloudwatch.LogGroup], *, deletion_protection: bool
    ) -> rds.Instance:
        asked, key = self._asked, self._baseline.data_key_arn
        keeps = self._context.protects
        role, attachment = self._make_monitoring_role()
        name = self.child_name("instance")
        return rds.Instance(
            name,
            region=self._network.region,
            identifier=self._identifier,
            engine="postgres",
            engine_version=asked.version,
            instance_class=asked.instance_class,
            allocated_storage=asked.storage_gib,
            max_allocated_storage=asked.maximum_storage_gib,
            storage_type="gp3",
            storage_encrypted=True,
            kms_key_id=key,
            multi_az=asked.multi_az,
            db_name=self._identifier.replace("-", "_"),
            port=PORT,
            username=KEEPER,
            manage_master_user_password=True,
            master_user_secret_kms_key_id=key,
            iam_database_authentication_enabled=True,
            ca_cert_identifier="rds-ca-rsa2048-g1",
            db_subnet_group_name=self._make_subnet_group().name,
            vpc_security_group_ids=[group.id],
            publicly_accessible=False,
            parameter_group_name=self._make_parameters().name,
            backup_retention_period=asked.backup_days,
            copy_tags_to_snapshot=True,
            skip_final_snapshot=not keeps,
            final_snapshot_identifier=f"{self._identifier}-last" if keeps else None,
            deletion_protection=deletion_protection,
            auto_minor_version_upgrade=True,
            enabled_cloudwatch_logs_exports=list(_EXPORTED_LOGS),
            monitoring_interval=_MONITORING_SECONDS,
            monitoring_role_arn=role.arn,
            performance_insights_enabled=True,
            performance_insights_kms_key_id=key,
            performance_insights_retention_period=_INSIGHTS_DAYS,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True, depends_on=[*logs, attachment]),
        )

    def _make_alarms(self, instance: rds.Instance) -> None:
        """Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/rds-metrics.html."""
        topic = self._baseline.alarm_topic_arn
        little = self._asked.storage_gib * _GIB // 10
        for role, metric, comparison, threshold in (
            ("room", "FreeStorageSpace", "LessThanThreshold", little),
            ("processor", "CPUUtilization", "GreaterThanThreshold", 90),
        ):
            name = self.child_name("alarm", role)
            cloudwatch.MetricAlarm(
                name,
                region=self._network.region,
                alarm_description=f"Database {self._identifier}: {metric}",
                namespace="AWS/RDS",
                metric_name=metric,
                dimensions={"DBInstanceIdentifier": instance.identifier},
                statistic="Average",
                comparison_operator=comparison,
                threshold=threshold,
                period=300,
                evaluation_periods=3,
                alarm_actions=None if topic is None else [topic],
                tags=self.tags_of(name),
                opts=self.child_options(),
            )


def _cost_drivers(asked: DatabaseSettings) -> list[CostDriver]:
    places = 2 if asked.multi_az else 1
    words = "in two zones" if asked.multi_az else "in one zone"
    return [
        CostDriver(
            item=f"aws:rds-hours/{asked.instance_class}",
            quantity=places * HOURS_PER_MONTH,
            unit="hours",
            assumption=f"PostgreSQL {words} all month",
        ),
        CostDriver(item="aws:rds-gp3", quantity=places * asked.storage_gib, unit="gib", assumption="as it begins"),
    ]


def _evidence(name: str, log_retention_days: int) -> list[Evidence]:
    items = [
        (
            "instance",
            "data, snapshots and the password of the first user are encrypted with a key of the account",
            ["hipaa:164.312(a)(2)(iv)", "pci_dss:3.5.1", "soc2:CC6.1"],
        ),
        (
            "parameters",
            "clients speak TLS; sessions, changes of schema and of roles are recorded",
            ["hipaa:164.312(e)(1)", "hipaa:164.312(b)", "pci_dss:4.2.1", "pci_dss:10.2.1", "soc2:CC6.7"],
        ),
        (
            "access",
            "the database is reached by named security groups only, and reaches nothing",
            ["hipaa:164.312(a)(1)", "pci_dss:1.3.1", "soc2:CC6.6"],
        ),
        (
            "log-postgresql",
            f"its log is encrypted and kept for {log_retention_days} days",
            ["hipaa:164.312(b)", "pci_dss:10.5.1", "soc2:CC7.2"],
        ),
    ]
    return [Evidence(child=f"{name}-{child}", statement=text, controls=controls) for child, text, controls in items]
