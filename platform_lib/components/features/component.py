"""``FeatureStore``: the resources of a planned store, and the repository that Feast reads."""

from collections.abc import Mapping
from typing import Any

import pulumi
from pulumi_aws import athena, cloudwatch, ec2, s3
from pulumi_aws import vpc as security_group_rules

from platform_lib.components.features import policies, report, repository
from platform_lib.components.features.args import FeatureStoreArgs
from platform_lib.components.features.arguments.running import ServingArgs
from platform_lib.components.features.copy_maker import CopyMaker
from platform_lib.components.features.job_maker import JobMaker
from platform_lib.components.features.maker import Maker, Surroundings
from platform_lib.components.features.plan import notices, plan_store
from platform_lib.components.features.planning.contract import contract_digest, contract_of
from platform_lib.components.features.refs import FeatureStoreReference
from platform_lib.components.features.serving_maker import ServingMaker
from platform_lib.components.features.table_maker import TableMaker
from platform_lib.components.features.watch_maker import WatchMaker
from platform_lib.core.aws_bucket import BucketMaker
from platform_lib.core.component import PlatformComponent
from platform_lib.core.tagging import tags

HTTPS = 443


class FeatureStore(PlatformComponent):
    """A feature store on AWS, read and written by Feast: one specification makes the resources and its repository.

    Creates a bucket for files, registry and repository; a table of DynamoDB for each batch and stream view, encrypted,
    with point-in-time recovery and protection from deletion, and one for watermarks and leases; a database of Glue with
    a table for the files of each view, and a workgroup of Athena; a cluster of ECS with a task that copies values
    online and one that applies definitions, a state machine for each, and a schedule for each batch view; a function
    that answers for features (no address: it is invoked by name), with an alarm about its latency; with stream views a
    stream, a function that pushes events, and a queue for those that it cannot; a function that tells every minute how
    old values are and has new definitions applied, and an alarm for each view; roles that may do what Feast calls and
    no more; replication and backups as ``copies`` says.

    The bucket, the tables, the stream and the group of logs are stateful: they are protected unless the environment is
    ``dev``. Feast may neither make nor drop a table.

    A view that goes is declared in ``retired_views`` with a date: its table stays as it is, and the preview says so.
    Taken away without that, the preview fails, since its table is protected; in ``dev`` it goes at once. Another type
    of a feature is no change that AWS would see: ``pinned_contract`` refuses it.

    Physical names that are a contract: the tables in DynamoDB (``<project>.<view>``, as Feast looks for them), the
    database and tables in Glue, and the schedules in their group are named after project and views, and
    ``<project>-state`` is the table of watermarks and leases; task definitions are named after the component. The
    namespace of the metrics is the project.
    """

    bucket: pulumi.Output[str]
    """Name of the bucket: files below ``views/<view>/event_date=<day>/``, the registry and the repository."""

    project: pulumi.Output[str]
    """Name of the project in Feast, and of the database in Glue."""

    table_names: pulumi.Output[dict[str, str]]
    """Table in DynamoDB of each view, by its name; those of retired views too."""

    workgroup: pulumi.Output[str]
    """Workgroup in Athena."""

    repository: pulumi.Output[dict[str, str]]
    """The files that Feast reads, by name: ``feature_store.yaml``, ``definitions.py``, and what jobs know of views."""

    serving_arn: pulumi.Output[str]
    """The function to invoke for features, by its alias."""

    event_stream_arn: pulumi.Output[str]
    """Stream to put events into; empty without stream views."""

    apply_role_arn: pulumi.Output[str]
    """Role that applies definitions: the one writer of the registry."""

    materialise_role_arn: pulumi.Output[str]
    """Role that copies values online."""

    read_role_arn: pulumi.Output[str]
    """Role that answers for features."""

    training_policy_arn: pulumi.Output[str]
    """Policy for roles that read values as they were; attached to nobody by itself."""

    apply_state_machine_arn: pulumi.Output[str]
    """State machine that applies definitions; it is started by itself where they change."""

    materialise_state_machine_arn: pulumi.Output[str]
    """State machine that copies values of one view online, given ``{"view": <name>}``."""

    freshness_alarms: pulumi.Output[dict[str, str]]
    """ARN of the alarm about old values of each view, by its name."""

    contract: pulumi.Output[list[dict[str, Any]]]
    """Views with keys and features, and their types: what consumers pin."""

    contract_digest: pulumi.Output[str]
    """Digest of the whole contract."""

    def __init__(self, name: str, args: FeatureStoreArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = FeatureStoreArgs.parse(subject, args)
            plan = plan_store(name, args, subject=subject)
            all_tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        for notice in notices(plan, subject=subject):
            pulumi.log.warn(notice, self)
        self._plan = plan
        self._args = args
        self._make = Maker(self, plan, all_tags, args.baseline.alarm_topic_arn)
        self._key_arn = args.baseline.data_key_arn
        self._contract = contract_of(plan)
        self._outputs: dict[str, Any] = {}

        self._make_store()
        self._make_offline()
        self._make_repository()
        self._make_copies()
        self._make_jobs()
        self._make_serving()
        self._make_watch()
        self._outputs |= {
            "project": plan.project,
            "contract": [view.model_dump(mode="json") for view in self._contract],
            "contract_digest": contract_digest(self._contract),
        }
        self.finish(self._outputs, cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> FeatureStoreReference:
        """The store as other components take it."""
        return FeatureStoreReference(
            region=self._plan.region,
            project=self._plan.project,
            serving_arn=self.serving_arn,
            training_policy_arn=self.training_policy_arn,
            event_stream_arn=self.event_stream_arn,
            contract=self._contract,
        )

    def _make_store(self) -> None:
        """The bucket and the tables."""
        baseline = self._args.baseline
        buckets = BucketMaker(self, self._plan.region, self._make.tags)
        self._bucket, self._bucket_policy = buckets.make(
            self._plan.bucket, key_arn=self._key_arn, statements=lambda _: [], access_logs=baseline.access_log_bucket
        )
        self._versioning = buckets.versioning[self._plan.bucket.role]
        self._table_maker = TableMaker(self._make, self._plan, self._key_arn)
        self._tables = self._table_maker.make_online()
        self._state = self._table_maker.make_state()
        self._outputs["bucket"] = self._bucket.bucket
        self._outputs["table_names"] = {view: table.name for view, table in self._tables.items()}

    def _make_offline(self) -> None:
        """Database, tables and workgroup by which files are queried.

        Settings of the workgroup are not forced on queries: Athena then refuses tables with a location of their own
        (https://docs.aws.amazon.com/athena/latest/ug/ctas-considerations-limitations.html), and Feast makes such ones.
        They hold all the same for results, and no role of the store may write anywhere else.
        """
        self._table_maker.make_catalogue(self._bucket.bucket)
        name = self._make.name("queries")
        self._workgroup = athena.Workgroup(
            name,
            region=self._plan.region,
            description=f"Queries of the feature store {self._plan.name}",
            configuration={
                "enforce_workgroup_configuration": False,
                "publish_cloudwatch_metrics_enabled": True,
                "result_configuration": {
                    "output_location": pulumi.Output.concat("s3://", self._bucket.bucket, "/results/"),
                    "encryption_configuration": {"encryption_option": "SSE_KMS", "kms_key_arn": self._key_arn},
                },
            },
            # What it knows of old queries would keep it from being deleted.
            force_destroy=not self._plan.deletion_protection,
            tags=self._make.tags(name),
            opts=self.child_options(),
        )
        self._outputs["workgroup"] = self._workgroup.name

    def _make_repository(self) -> None:
        """The files that Feast reads, as one object, when all that they name is there."""
        plan = self._plan
        found = pulumi.Output.all(self._bucket.bucket, self._workgroup.name).apply(
            lambda names: repository.files(plan, bucket=names[0], workgroup=names[1])
        )
        self._bundle = s3.BucketObjectv2(
            self._make.name("repository"),
            region=plan.region,
            bucket=self._bucket.bucket,
            key=repository.BUNDLE_KEY,
            content=found.apply(repository.bundle),
            content_type="application/json",
            tags=self._make.tags(self._make.name("repository")),
            opts=self.child_options(depends_on=[*self._tables.values(), self._state, self._bucket_policy]),
        )
        self._digest = found.apply(repository.digest)
        self._outputs["repository"] = found

    def _make_copies(self) -> None:
        self._documents = policies.Documents(
            self._plan, self._args.account_id, self._bucket.arn, self._workgroup.arn, self._key_arn
        )
        if self._args.copies is not None:
            maker = CopyMaker(self._make, self._plan, self._documents, self._args.copies)
            maker.replicate(self._bucket, self._versioning, self._key_arn)
            # In an order that does not change when a view becomes one of another kind: AWS changes no selection.
            maker.back_up(self._bucket, [*(self._tables[view] for view in sorted(self._tables)), self._state])

    def _make_jobs(self) -> None:
        """Where tasks and functions run, and the tasks with their state machines."""
        self._around = Surroundings(
            image=self._args.image,
            subnet_ids=[subnet.id for subnet in self._args.network.in_tier(self._plan.tier)],
            security_group_id=self._make_security_group().id,
            environment={"STORE_BUCKET": self._bucket.bucket, "STATE_TABLE": self._state.name},
            log_group=self._make_log_group(),
        )
        self._jobs = JobMaker(self._make, self._plan, self._documents, self._key_arn)
        self._materialise, self._apply = self._jobs.make(self._around, [self._bundle])
        training = self._make.policy("training-policy", self._documents.training())
        self._outputs |= {
            "apply_role_arn": self._jobs.apply_role.arn,
            "materialise_role_arn": self._jobs.materialise_role.arn,
            "training_policy_arn": training.arn,
            "apply_state_machine_arn": self._apply.arn,
            "materialise_state_machine_arn": self._materialise.arn,
        }

    def _make_log_group(self) -> cloudwatch.LogGroup:
        name = self._make.name("logs")
        return cloudwatch.LogGroup(
            name,
            region=self._plan.region,
            kms_key_id=self._args.baseline.logs_key_arn,
            retention_in_days=self._plan.log_retention_days,
            tags=self._make.tags(name),
            opts=self.child_options(stateful=True),
        )

    def _make_security_group(self) -> ec2.SecurityGroup:
        name = self._make.name("outward")
        group = ec2.SecurityGroup(
            name,
            region=self._plan.region,
            vpc_id=self._args.network.vpc_id,
            description="Tasks and functions of the feature store: HTTPS to services of AWS, nothing inward",
            tags=self._make.tags(name),
            opts=self.child_options(),
        )
        name = self._make.name("outward-https")
        security_group_rules.SecurityGroupEgressRule(
            name,
            region=self._plan.region,
            security_group_id=group.id,
            description="HTTPS to services of AWS",
            cidr_ipv4="0.0.0.0/0",
            ip_protocol="tcp",
            from_port=HTTPS,
            to_port=HTTPS,
            tags=self._make.tags(name),
            opts=self.child_options(),
        )
        return group

    def _make_serving(self) -> None:
        maker = ServingMaker(self._make, self._plan, self._documents, self._around, self._bundle, self._digest)
        readers: Mapping[str, pulumi.Input[str]] = (self._args.serving or ServingArgs()).readers or {}
        self._outputs["serving_arn"] = maker.make_serving(readers).arn
        self._outputs["read_role_arn"] = maker.read_role.arn
        self._outputs["event_stream_arn"] = ""
        if self._plan.stream is not None:
            self._outputs["event_stream_arn"] = maker.make_stream(self._plan.stream, self._key_arn).arn

    def _make_watch(self) -> None:
        maker = WatchMaker(self._make, self._plan, self._documents, self._around)
        watch = maker.make(self._apply, self._digest, self._bundle)
        role = self._make.role(
            "scheduler-role",
            "Starts runs when they are due",
            self._documents.trust("scheduler"),
            self._documents.scheduler(self._materialise.arn, watch.arn),
        )
        self._jobs.schedule(role, self._materialise.arn, watch.arn)
        self._outputs["freshness_alarms"] = maker.make_alarms(self._materialise, self._apply)
