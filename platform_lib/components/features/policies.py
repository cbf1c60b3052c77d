"""The documents of a store: what Feast and the jobs around it may do, role by role.

What Feast calls is what its source says (Feast 0.67: ``infra/online_stores/dynamodb.py``, ``infra/registry/s3.py``,
``infra/offline_stores/contrib/athena_offline_store/athena.py``, ``infra/utils/aws_utils.py``). Nobody of them may make,
change or delete a table of DynamoDB: these belong to the component.
"""

import pulumi

from platform_lib.components.features.planning.model import StorePlan, ViewPlan
from platform_lib.components.features.repository import BUNDLE_KEY, CATALOGUE, REGISTRY_KEY, VIEWS_PREFIX
from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import Statement, allow, deny

Text = pulumi.Output[str]

TEMPORARY_TABLES = ("_*", "feast_entity_df_*")
"""Names that Feast gives its own tables in Glue: no view's name begins so."""

_KEEP_TABLES = (
    "dynamodb:CreateTable",
    "dynamodb:DeleteTable",
    "dynamodb:DeleteTableReplica",
    "dynamodb:UpdateContinuousBackups",
    "dynamodb:UpdateTable",
)


class Documents:
    """The documents of one store."""

    def __init__(
        self,
        plan: StorePlan,
        account_id: pulumi.Input[str],
        bucket_arn: Text,
        workgroup_arn: Text,
        key_arn: pulumi.Input[str],
    ) -> None:
        self._plan = plan
        self._account_id = account_id
        self._bucket_arn = bucket_arn
        self._workgroup_arn = workgroup_arn
        self._key_arn = key_arn

    def arn(self, service: str, resource: pulumi.Input[str]) -> Text:
        """The ARN of something in the region and account of the store."""
        return pulumi.Output.concat(
            f"arn:{self._plan.partition}:{service}:{self._plan.region}:", self._account_id, ":", resource
        )

    def apply(self) -> Text:
        """Applies definitions: the one writer of the registry. It looks at tables, and neither makes nor drops one.

        Feast would put its own tags in the place of those of a table; where it may not, it says so and goes on.
        """
        return aws_policy.document(
            [
                self._see_bucket(),
                allow("ReadDefinitions", ["s3:GetObject"], [self._object(BUNDLE_KEY)]),
                allow("WriteRegistry", ["s3:GetObject", "s3:PutObject"], [self._object(REGISTRY_KEY)]),
                allow(
                    "LookAtTables",
                    ["dynamodb:DescribeTable", "dynamodb:ListTagsOfResource"],
                    self._tables(self._plan.views),
                ),
                self._keep_state(),
                self._use_key("s3", "dynamodb"),
                self._keep_tables(),
            ]
        )

    def materialise(self) -> Text:
        """Copies values online: queries files of views by temporary tables, and writes into tables of batch views."""
        return aws_policy.document(
            [
                self._see_bucket(),
                self._read_repository(),
                *self._query(),
                allow("WriteValues", ["dynamodb:BatchWriteItem"], self._tables(self._plan.batch_views)),
                self._keep_state(),
                self._use_key("s3", "dynamodb"),
                self._keep_tables(),
            ]
        )

    def read(self) -> Text:
        """Answers for features: reads the registry and the tables of views."""
        return aws_policy.document(
            [
                self._see_bucket(),
                self._read_repository(),
                allow("ReadValues", ["dynamodb:BatchGetItem"], self._tables(self._plan.views)),
                self._use_key("s3", "dynamodb"),
                self._keep_tables(),
                *self._run_in_network(),
            ]
        )

    def push(self, stream_arn: Text, queue_arn: Text) -> Text:
        """Pushes events: reads the stream, and writes into tables of stream views."""
        read = ["kinesis:DescribeStream", "kinesis:DescribeStreamSummary", "kinesis:GetRecords"]
        return aws_policy.document(
            [
                self._see_bucket(),
                self._read_repository(),
                allow("ReadEvents", [*read, "kinesis:GetShardIterator", "kinesis:ListShards"], [stream_arn]),
                allow("PutAside", ["sqs:SendMessage"], [queue_arn]),
                allow("WriteValues", ["dynamodb:BatchWriteItem"], self._tables(self._plan.stream_views)),
                self._keep_state(),
                self._use_key("s3", "dynamodb", "kinesis", "sqs"),
                self._keep_tables(),
                *self._run_in_network(),
            ]
        )

    def watch(self, state_machine_arn: Text) -> Text:
        """Tells how old values are, and has definitions applied that are not yet."""
        return aws_policy.document(
            [
                allow("ReadState", ["dynamodb:GetItem"], [self._state_table()]),
                allow(
                    "TellAges",
                    ["cloudwatch:PutMetricData"],
                    "*",  # the action knows no resources
                    {"StringEquals": {"cloudwatch:namespace": self._plan.project}},
                ),
                allow("StartApplying", ["states:StartExecution"], [state_machine_arn]),
                self._use_key("dynamodb"),
                self._keep_tables(),
                *self._run_in_network(),
            ]
        )

    def training(self) -> Text:
        """Reads values as they were: for roles of those who train, whom it is not attached to by itself."""
        return aws_policy.document(
            [
                self._see_bucket(),
                self._read_repository(),
                *self._query(),
                allow("ReadResults", ["athena:GetQueryResults"], [self._workgroup_arn]),
                allow(
                    "PutEntities", ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"], [self._object("entity_df/*")]
                ),
                self._use_key("s3"),
                self._keep_tables(),
            ]
        )

    def execution(self, image: pulumi.Input[str], log_group_arn: Text) -> Text:
        """What ECS does for a task: gets the image, and writes logs.

        Source: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html.
        """
        pull = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"]
        repository = pulumi.Output.from_input(image).apply(lambda text: _repository_arn(self._plan.partition, text))
        return aws_policy.document(
            [
                allow("AskForToken", ["ecr:GetAuthorizationToken"], "*"),  # the action knows no resources
                allow("GetImage", pull, [repository]),
                self._write_logs(log_group_arn),
            ]
        )

    def states(self, task_definition_arns: list[Text], role_arns: list[Text]) -> Text:
        """What the state machines do: run tasks to their end, write logs and traces.

        Sources: https://docs.aws.amazon.com/step-functions/latest/dg/ecs-iam.html,
        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/supported-iam-actions-tagging.html,
        https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html and
        https://docs.aws.amazon.com/step-functions/latest/dg/xray-iam.html.
        """
        rule = self.arn("events", "rule/StepFunctionsGetEventsForECSTaskRule")
        tasks = self.arn("ecs", f"task/{self._plan.name}-tasks-*/*")
        passed = {"StringEquals": {"iam:PassedToService": "ecs-tasks.amazonaws.com"}}
        logs = ["CreateLogDelivery", "DeleteLogDelivery", "DescribeLogGroups", "DescribeResourcePolicies"]
        logs += ["GetLogDelivery", "ListLogDeliveries", "PutResourcePolicy", "UpdateLogDelivery"]
        return aws_policy.document(
            [
                allow("RunTasks", ["ecs:RunTask"], task_definition_arns),
                allow("FollowTasks", ["ecs:DescribeTasks", "ecs:StopTask"], [tasks]),
                allow("TagTasks", ["ecs:TagResource"], [tasks], {"StringEquals": {"ecs:CreateAction": "RunTask"}}),
                allow("HearOfTasks", ["events:DescribeRule", "events:PutRule", "events:PutTargets"], [rule]),
                allow("HandRolesOver", ["iam:PassRole"], role_arns, passed),
                allow("DeliverLogs", [f"logs:{action}" for action in logs], "*"),  # the actions know no resources
                _trace(),
            ]
        )

    def scheduler(self, state_machine_arn: Text, function_arn: Text) -> Text:
        """What schedules do: start runs, call the watch, and read what they say to both.

        Source: https://docs.aws.amazon.com/scheduler/latest/UserGuide/encryption-rest.html.
        """
        own = self.arn("scheduler", f"schedule/{self._plan.name}-schedules-*/*")
        context = {"StringLike": {"kms:EncryptionContext:aws:scheduler:schedule:arn": own}}
        return aws_policy.document(
            [
                allow("StartRuns", ["states:StartExecution"], [state_machine_arn]),
                allow("CallWatch", ["lambda:InvokeFunction"], [function_arn]),
                allow("ReadSchedules", ["kms:Decrypt"], [self._key_arn], context),
            ]
        )

    def replication(
        self, copy_arn: pulumi.Input[str], key_arn: pulumi.Input[str], copy_key_arn: pulumi.Input[str]
    ) -> Text:
        """What S3 does to copy the bucket.

        Source: https://docs.aws.amazon.com/AmazonS3/latest/userguide/setting-repl-config-perm-overview.html.
        """
        return aws_policy.replicates_buckets([(self._bucket_arn, copy_arn)], key_arn, copy_key_arn)

    def trust(self, service_name: str) -> Text:
        """The trust policy of a role that a service takes on for this account."""
        return aws_policy.assumed_by(service_name, {"StringEquals": {"aws:SourceAccount": self._account_id}})

    def trust_function(self) -> Text:
        """The trust policy of a role of a function; Lambda does not say for whom it asks.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/lambda-intro-execution-role.html.
        """
        return aws_policy.assumed_by("lambda")

    def function_logs(self, log_group_arn: Text) -> Text:
        """What every function does: write logs and traces."""
        return aws_policy.document([self._write_logs(log_group_arn), _trace()])

    def _object(self, key: str) -> Text:
        return pulumi.Output.concat(self._bucket_arn, "/", key)

    def _tables(self, views: tuple[ViewPlan, ...]) -> list[Text]:
        """Tables of views; where there are none, one that cannot be, since a statement needs a resource."""
        names = [self._plan.table(view.name) for view in views] or [f"{self._plan.project}.-"]
        return [self.arn("dynamodb", f"table/{name}") for name in names]

    def _state_table(self) -> Text:
        return self.arn("dynamodb", f"table/{self._plan.state_table}")

    def _see_bucket(self) -> Statement:
        return allow("SeeBucket", ["s3:GetBucketLocation", "s3:ListBucket"], [self._bucket_arn])

    def _read_repository(self) -> Statement:
        return allow("ReadRepository", ["s3:GetObject"], [self._object(key) for key in (REGISTRY_KEY, BUNDLE_KEY)])

    def _keep_state(self) -> Statement:
        return allow("KeepState", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [self._state_table()])

    def _keep_tables(self) -> Statement:
        """Not even another policy of the same role lets it touch a table as such."""
        tables = [self.arn("dynamodb", f"table/{self._plan.project}.*"), self._state_table()]
        return deny("KeepTables", _KEEP_TABLES, tables)

    def _use_key(self, *services: str) -> Statement:
        via = {"kms:ViaService": [f"{service}.{self._plan.region}.amazonaws.com" for service in services]}
        return allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [self._key_arn], {"StringEquals": via})

    def _query(self) -> list[Statement]:
        """Queries by Athena, whose results become temporary tables.

        Source: https://docs.aws.amazon.com/athena/latest/ug/fine-grained-access-to-glue-resources.html, by which an
        action on a table takes permission for its database and its catalogue too. That the catalogue itself is looked
        at where it is named (``athena:GetDataCatalog``) is an assumption.
        """
        project = self._plan.project
        above = [self.arn("glue", "catalog"), self.arn("glue", f"database/{project}")]
        own = [self.arn("glue", f"table/{project}/{name}") for name in TEMPORARY_TABLES]
        keys = ("unload/*", "results/*")
        write = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts"]
        look = ["glue:GetDatabase", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
        return [
            allow(
                "Query",
                ["athena:GetQueryExecution", "athena:StartQueryExecution"],
                [self._workgroup_arn],
            ),
            allow("SeeCatalogue", ["athena:GetDataCatalog"], [self.arn("athena", f"datacatalog/{CATALOGUE}")]),
            allow("SeeTables", look, [*above, self.arn("glue", "database/default"), self._all_tables()]),
            allow("KeepTemporaryTables", ["glue:CreateTable", "glue:DeleteTable"], [*above, *own]),
            allow("ReadFiles", ["s3:GetObject"], [self._object(f"{VIEWS_PREFIX}/*")]),
            allow("KeepResults", [*write, "s3:PutObject"], [self._object(key) for key in keys]),
        ]

    def _all_tables(self) -> Text:
        return self.arn("glue", f"table/{self._plan.project}/*")

    @staticmethod
    def _write_logs(log_group_arn: Text) -> Statement:
        write = ["logs:CreateLogStream", "logs:PutLogEvents"]
        return allow("WriteLogs", write, [pulumi.Output.concat(log_group_arn, ":*")])

    def _run_in_network(self) -> list[Statement]:
        """What Lambda does for a function in a network; the actions take no narrower resource there.

        Source: https://docs.aws.amazon.com/lambda/latest/dg/configuration-vpc.html.
        """
        interfaces = ["AssignPrivateIpAddresses", "CreateNetworkInterface", "DeleteNetworkInterface"]
        interfaces += ["DescribeNetworkInterfaces", "DescribeSubnets", "UnassignPrivateIpAddresses"]
        return [allow("KeepInterfaces", [f"ec2:{action}" for action in interfaces], "*")]


def _trace() -> Statement:
    send = ["GetSamplingRules", "GetSamplingTargets", "PutTelemetryRecords", "PutTraceSegments"]
    return allow("Trace", [f"xray:{action}" for action in send], "*")  # the actions know no resources


def _repository_arn(partition: str, image: str) -> str:
    """The repository of an image ``<account>.dkr.ecr.<region>.<domain>/<name>@sha256:<digest>``."""
    host, _, path = image.partition("/")
    account, _, _, region, *_ = [*host.split("."), "", "", "", ""]
    return f"arn:{partition}:ecr:{region}:{account}:repository/{path.partition('@')[0]}"
