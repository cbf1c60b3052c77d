"""What answers, and what events come in by: functions of the image, the stream, and who may call."""

from collections.abc import Mapping

import pulumi
from pulumi_aws import iam, kinesis, lambda_, sqs

from platform_lib.components.features import policies
from platform_lib.components.features.maker import Maker, Surroundings
from platform_lib.components.features.planning.model import StorePlan, StreamPlan
from platform_lib.core import aws_policy
from platform_lib.core.aws_policy import deny

ALIAS = "live"
PUSH_MEMORY_MIB = 2048
PUSH_SECONDS = 60
PUSH_CONCURRENCY = 10
OLDEST_RECORD_SECONDS = 604800
"""How long an event is tried at most: the longest that Lambda takes, a week
(https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html)."""

KEPT_ASIDE_SECONDS = 1209600
"""How long it is known which events were put aside: the longest that SQS keeps, two weeks
(https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html)."""


class ServingMaker:
    """Makes what answers and what takes events in."""

    def __init__(
        self,
        maker: Maker,
        plan: StorePlan,
        documents: policies.Documents,
        around: Surroundings,
        definitions: pulumi.Resource,
        digest: pulumi.Output[str],
    ) -> None:
        self._maker = maker
        self._plan = plan
        self._documents = documents
        self._around = around
        self._definitions = definitions
        # Functions that run already know the old definitions: another value here begins them anew.
        self._told = {"DEFINITIONS_DIGEST": digest}

    def make_serving(self, readers: Mapping[str, pulumi.Input[str]]) -> lambda_.Alias:
        """The function that answers, under an alias that says which version does.

        It has no URL: callers invoke it with their own identity, which IAM checks, inside the network by an endpoint.
        """
        maker, serving = self._maker, self._plan.serving
        self.read_role = maker.bare_role("read-role", "Answers for features", self._documents.trust_function())
        after = [
            self._definitions,
            maker.grant(self.read_role, "read-role-policy", self._documents.read()),
            self._logs(self.read_role, "read-role-logs"),
        ]
        function = maker.function(
            "serve",
            "Answers for features",
            self.read_role,
            self._around,
            module="serve",
            memory_mib=serving.memory_mib,
            timeout_seconds=serving.timeout_seconds,
            concurrency=serving.concurrency,
            environment=self._told,
            after=after,
        )
        alias = lambda_.Alias(
            maker.name("serve-live"),
            region=self._plan.region,
            name=ALIAS,
            description="The version that answers",
            function_name=function.name,
            function_version=function.version,
            opts=maker.options(),
        )
        for reader, principal in readers.items():
            lambda_.Permission(
                maker.name("serve-permission", reader),
                region=self._plan.region,
                action="lambda:InvokeFunction",
                function=function.name,
                qualifier=alias.name,
                principal=principal,
                opts=maker.options(),
            )
        live = {"FunctionName": function.name, "Resource": pulumi.Output.concat(function.name, ":", ALIAS)}
        maker.alarm(
            "serve-latency",
            f"99 of 100 answers take longer than {serving.latency_ms} ms",
            namespace="AWS/Lambda",
            metric_name="Duration",
            dimensions=live,
            extended_statistic="p99",
            comparison_operator="GreaterThanThreshold",
            threshold=serving.latency_ms,
            period=60,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            treat_missing_data="notBreaching",
        )
        maker.alarm(
            "serve-errors",
            "Requests for features fail",
            namespace="AWS/Lambda",
            metric_name="Errors",
            dimensions=live,
            statistic="Sum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=60,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            treat_missing_data="notBreaching",
        )
        return alias

    def make_stream(self, plan: StreamPlan, key_arn: pulumi.Input[str]) -> kinesis.Stream:
        """The stream of events, and the function that pushes them; what it cannot push is put aside and told."""
        maker = self._maker
        name = maker.name("events")
        stream = kinesis.Stream(
            name,
            region=self._plan.region,
            stream_mode_details={"stream_mode": "ON_DEMAND"},
            retention_period=plan.retention_hours,
            encryption_type="KMS",
            kms_key_id=key_arn,
            tags=maker.tags(name),
            opts=maker.options(stateful=True),
        )
        queue = self._make_queue(key_arn)
        role = maker.bare_role("push-role", "Pushes events", self._documents.trust_function())
        after = [
            self._definitions,
            maker.grant(role, "push-role-policy", self._documents.push(stream.arn, queue.arn)),
            self._logs(role, "push-role-logs"),
        ]
        function = maker.function(
            "push",
            "Pushes events into the online store",
            role,
            self._around,
            module="push",
            memory_mib=PUSH_MEMORY_MIB,
            timeout_seconds=PUSH_SECONDS,
            concurrency=PUSH_CONCURRENCY,
            environment=self._told,
            after=after,
        )
        lambda_.EventSourceMapping(
            maker.name("push-source"),
            region=self._plan.region,
            event_source_arn=stream.arn,
            function_name=function.arn,
            starting_position="TRIM_HORIZON",
            batch_size=plan.batch_size,
            maximum_batching_window_in_seconds=1,
            bisect_batch_on_function_error=True,
            maximum_retry_attempts=plan.retries,
            maximum_record_age_in_seconds=min(plan.retention_hours * 3600, OLDEST_RECORD_SECONDS),
            function_response_types=["ReportBatchItemFailures"],
            destination_config={"on_failure": {"destination_arn": queue.arn}},
            tags=maker.tags(maker.name("push-source")),
            opts=maker.options(depends_on=after),
        )
        return stream

    def _make_queue(self, key_arn: pulumi.Input[str]) -> sqs.Queue:
        maker = self._maker
        name = maker.name("undelivered")
        queue = sqs.Queue(
            name,
            region=self._plan.region,
            kms_master_key_id=key_arn,
            message_retention_seconds=KEPT_ASIDE_SECONDS,
            tags=maker.tags(name),
            opts=maker.options(),
        )
        without_tls = {"Bool": {"aws:SecureTransport": "false"}}
        sqs.QueuePolicy(
            f"{name}-policy",
            region=self._plan.region,
            queue_url=queue.url,
            policy=aws_policy.document([deny("DenyWithoutTls", ["sqs:*"], [queue.arn], without_tls, Principal="*")]),
            opts=maker.options(),
        )
        maker.alarm(
            "events-put-aside",
            "Events could not be pushed and were put aside",
            namespace="AWS/SQS",
            metric_name="ApproximateNumberOfMessagesVisible",
            dimensions={"QueueName": queue.name},
            statistic="Maximum",
            comparison_operator="GreaterThanThreshold",
            threshold=0,
            period=300,
            evaluation_periods=1,
            treat_missing_data="notBreaching",
        )
        return queue

    def _logs(self, role: iam.Role, name: str) -> pulumi.Resource:
        return self._maker.grant(role, name, self._documents.function_logs(self._around.log_group.arn))
