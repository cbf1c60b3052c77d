"""Who may register as a device: a table of serial numbers, and the function that AWS IoT asks."""

from importlib import resources

import pulumi
from pulumi_aws import cloudwatch, dynamodb, ec2, iam, lambda_, vpc

from platform_lib.components.baseline import SecurityBaselineReference
from platform_lib.components.vpc import NetworkReference
from platform_lib.core import aws_policy
from platform_lib.core.aws import partition_of
from platform_lib.core.component import PlatformComponent
from platform_lib.core.context import Context
from platform_lib.core.naming import physical
from platform_lib.core.reporting import CostDriver, Evidence
from platform_lib.core.tagging import tags

TIER = "private"
CONCURRENCY = 10
"""How many devices are answered at a time; an assumption: devices try again, and register once in their life."""

SECONDS = 5
"""How long AWS IoT waits (https://docs.aws.amazon.com/iot/latest/developerguide/pre-provisioning-hook.html)."""

_CODE = "platform_lib.runtime.edge"
_MODULE = "admit"
_HTTPS = 443


class DeviceAdmission(PlatformComponent):
    """The table of devices that may register, and the function that tells AWS IoT so.

    Whoever buys devices writes their serial numbers into the table, with site, group, ring and the ring's group of
    things. The function runs in the private subnets, which need a way to DynamoDB and KMS. Table and log group are
    stateful: they are protected unless the environment is ``dev``.

    The table's name is a contract: ``<name>-devices``.
    """

    function_arn: pulumi.Output[str]
    """ARN of the function."""

    table_arn: pulumi.Output[str]
    """ARN of the table of devices."""

    def __init__(
        self,
        name: str,
        context: Context,
        network: NetworkReference,
        baseline: SecurityBaselineReference,
        account_id: pulumi.Input[str],
        *,
        log_retention_days: int,
        deletion_protection: bool,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        """Makes table and function.

        Args:
            name: of the component.
            context: who they belong to and which rules hold for them.
            network: that the function runs in.
            baseline: keys of the account.
            account_id: of the account.
            log_retention_days: how long logs are kept.
            deletion_protection: whether DynamoDB itself refuses to delete the table.
            opts: options.
        """
        super().__init__(name, context, opts)
        self._network = network
        self._baseline = baseline
        self._account_id = account_id
        self._tags = tags(context, None, subject=self.subject(name))

        table = self._make_table(f"{name}-devices", protected=deletion_protection)
        function = self._make_function(table, log_retention_days)
        outputs = {"function_arn": function.arn, "table_arn": table.arn}
        self.finish(outputs, cost_drivers=_cost_drivers(), evidence=_evidence(name))

    def _make_table(self, table: str, *, protected: bool) -> dynamodb.Table:
        name = self.child_name("devices")
        return dynamodb.Table(
            name,
            region=self._network.region,
            name=physical("aws:dynamodb/table:Table", table),
            billing_mode="PAY_PER_REQUEST",
            hash_key="serial",
            attributes=[{"name": "serial", "type": "S"}],
            server_side_encryption={"enabled": True, "kms_key_arn": self._baseline.data_key_arn},
            point_in_time_recovery={"enabled": True},
            deletion_protection_enabled=protected,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )

    def _make_role(self, table: dynamodb.Table, logs: cloudwatch.LogGroup) -> tuple[iam.Role, list[pulumi.Resource]]:
        """A role that reads the table, writes its log, and runs in the network."""
        name = self.child_name("role")
        this_account = {"StringEquals": {"aws:SourceAccount": self._account_id}}
        role = iam.Role(
            name,
            description="Tells which devices may register",
            assume_role_policy=aws_policy.assumed_by("lambda", this_account),
            tags=self.tags_of(name),
            opts=self.child_options(),
        )
        policy = iam.Policy(
            f"{name}-policy",
            policy=aws_policy.document(
                [
                    aws_policy.allow("ReadDevices", ["dynamodb:GetItem"], table.arn),
                    aws_policy.allow("ReadEncrypted", ["kms:Decrypt"], self._baseline.data_key_arn),
                    aws_policy.allow(
                        "WriteLog",
                        ["logs:CreateLogStream", "logs:PutLogEvents"],
                        pulumi.Output.concat(logs.arn, ":*"),
                    ),
                ]
            ),
            tags=self.tags_of(f"{name}-policy"),
            opts=self.child_options(),
        )
        attached: list[pulumi.Resource] = [
            iam.RolePolicyAttachment(
                f"{name}-policy-attachment", role=role.name, policy_arn=policy.arn, opts=self.child_options()
            )
        ]
        partition = partition_of(self._network.region)
        for child, path in (
            ("network", "service-role/AWSLambdaVPCAccessExecutionRole"),
            ("tracing", "AWSXRayDaemonWriteAccess"),
        ):
            attached.append(
                iam.RolePolicyAttachment(
                    self.child_name("role", child),
                    role=role.name,
                    policy_arn=f"arn:{partition}:iam::aws:policy/{path}",
                    opts=self.child_options(),
                )
            )
        return role, attached

    def _make_group(self) -> ec2.SecurityGroup:
        name = self.child_name("function")
        group = ec2.SecurityGroup(
            name,
            region=self._network.region,
            vpc_id=self._network.vpc_id,
            description="Function that tells which devices may register",
            tags=self.tags_of(name),
            opts=self.child_options(),
        )
        vpc.SecurityGroupEgressRule(
            f"{name}-https",
            region=self._network.region,
            security_group_id=group.id,
            description="DynamoDB and KMS",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=_HTTPS,
            to_port=_HTTPS,
            tags=self.tags_of(f"{name}-https"),
            opts=self.child_options(),
        )
        return group

    def _make_function(self, table: dynamodb.Table, log_retention_days: int) -> lambda_.Function:
        name = self.child_name("log")
        logs = cloudwatch.LogGroup(
            name,
            region=self._network.region,
            kms_key_id=self._baseline.logs_key_arn,
            retention_in_days=log_retention_days,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )
        role, attached = self._make_role(table, logs)
        code = resources.files(_CODE).joinpath(f"{_MODULE}.py").read_text(encoding="utf-8")
        name = self.child_name("admit")
        return lambda_.Function(
            name,
            region=self._network.region,
            description="Tells which devices may register",
            role=role.arn,
            runtime="python3.13",
            handler=f"{_MODULE}.handler",
            code=pulumi.AssetArchive({f"{_MODULE}.py": pulumi.StringAsset(code)}),
            timeout=SECONDS,
            reserved_concurrent_executions=CONCURRENCY,
            environment={"variables": {"DEVICES_TABLE": table.name}},
            kms_key_arn=self._baseline.data_key_arn,
            vpc_config={
                "subnet_ids": [subnet.id for subnet in self._network.in_tier(TIER)],
                "security_group_ids": [self._make_group().id],
            },
            logging_config={"log_format": "JSON", "log_group": logs.name},
            tracing_config={"mode": "Active"},
            tags=self.tags_of(name),
            opts=self.child_options(depends_on=attached),  # Lambda looks at once whether it may
        )


def _cost_drivers() -> list[CostDriver]:
    unknown = "depends on how many devices register"
    return [
        CostDriver(item="aws:lambda-requests", quantity=0, unit="requests", assumption=unknown),
        CostDriver(item="aws:dynamodb-storage", quantity=0, unit="gib", assumption="a line for each device"),
    ]


def _evidence(name: str) -> list[Evidence]:
    return [
        Evidence(
            child=f"{name}-admit",
            statement="only devices that somebody wrote down beforehand get an identity, in the ring that is theirs",
            controls=["hipaa:164.312(d)", "pci_dss:8.2.1", "soc2:CC6.1"],
        )
    ]
