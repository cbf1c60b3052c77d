"""``SecurityBaseline``: the resources of a planned baseline."""

import pulumi
from pulumi_aws import accessanalyzer, cfg, cloudtrail, cloudwatch, ebs, guardduty, iam, kms, s3, securityhub, sns

from platform_lib.components.baseline import policies, report
from platform_lib.components.baseline.args import AlarmsArgs, KeysArgs, SecurityBaselineArgs
from platform_lib.components.baseline.plan import AlarmPlan, TrailPlan, plan_baseline
from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.core import aws_policy
from platform_lib.core.aws_bucket import BucketMaker
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.component import PlatformComponent
from platform_lib.core.naming import physical
from platform_lib.core.tagging import tags

ALARM_PERIOD_SECONDS = 300
FINDING_FREQUENCY = "FIFTEEN_MINUTES"


class SecurityBaseline(PlatformComponent):
    """What every AWS account of the platform has before anything else: keys, archive, trail, alarms and guards.

    Creates two keys that rotate, for logs and for data; a log archive (nothing public, versioned, encrypted, over TLS,
    aged, locked) and the bucket where access to it is recorded; a trail of all regions into the archive and an
    encrypted log group; alarms on its events; the account's password policy and block of public buckets; the record of
    configurations by AWS Config with a bucket of its own; GuardDuty, Security Hub and an access analyzer; encryption of
    new volumes and a block of public snapshots.

    Much of it an account or a region has only once: each part can be left out, and keys and the topic can be given.
    Keys, buckets, the trail and its log group are stateful: they are protected unless the environment is ``dev``.
    Objects in the archive outlive the stack while their lock holds.

    The bucket for access logs is encrypted with a key of S3, since S3 delivers access logs into no other
    (https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html), and its objects are not
    locked.

    The name of the access analyzer is the logical name, since the type takes no automatic one; all other names are
    automatic.
    """

    logs_key_arn: pulumi.Output[str]
    """ARN of the key for logs."""

    data_key_arn: pulumi.Output[str]
    """ARN of the key for data."""

    archive_bucket: pulumi.Output[str]
    """Name of the log archive."""

    access_log_bucket: pulumi.Output[str]
    """Name of the bucket for records of access to other buckets."""

    trail_arn: pulumi.Output[str]
    """ARN of the trail; empty where there is none."""

    trail_log_group: pulumi.Output[str]
    """Name of the trail's log group; empty where there is none."""

    alarm_topic_arn: pulumi.Output[str]
    """ARN of the topic for alarms; empty where there are none."""

    configuration_bucket: pulumi.Output[str]
    """Name of the bucket for the history of configurations; empty where there is none."""

    guardduty_detector_id: pulumi.Output[str]
    """Id of the GuardDuty detector; empty where there is none."""

    def __init__(self, name: str, args: SecurityBaselineArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        with self.planning(name) as subject:
            args = SecurityBaselineArgs.parse(subject, args)
            plan = plan_baseline(name, args, subject=subject)
            self._tags = tags(args.context, args.tags, subject=subject)
        super().__init__(name, args.context, opts)
        self._plan = plan
        self._account_id = args.account_id
        self._has: dict[str, pulumi.Input[str]] = {}

        self._make_keys(args.keys or KeysArgs())
        self._make_buckets()
        if plan.trail is not None:
            self._make_trail(plan.trail)
        if plan.alarms is not None:
            self._make_alarms(plan.alarms, args.alarms or AlarmsArgs())
        self._make_account_settings()
        if plan.configuration_history is not None:
            self._make_configuration_history(plan.configuration_history)
        self._make_detection()
        outputs = {name: self._has.get(name, "") for name in _OUTPUTS}
        self.finish(outputs, cost_drivers=report.cost_drivers(plan), evidence=report.evidence(plan))

    @property
    def reference(self) -> SecurityBaselineReference:
        """The baseline as other components take it."""
        return SecurityBaselineReference(
            logs_key_arn=self.logs_key_arn,
            data_key_arn=self.data_key_arn,
            archive_bucket=self.archive_bucket,
            access_log_bucket=self.access_log_bucket,
            alarm_topic_arn=None if self._plan.alarms is None else self.alarm_topic_arn,
        )

    def _make_keys(self, asked: KeysArgs) -> None:
        plan, account_id = self._plan, self._account_id
        self._has["logs_key_arn"] = (
            asked.existing_logs_key_arn
            if asked.existing_logs_key_arn is not None
            else self._make_key("logs-key", "Logs of the account", policies.logs_key(plan, account_id))
        )
        self._has["data_key_arn"] = (
            asked.existing_data_key_arn
            if asked.existing_data_key_arn is not None
            else self._make_key("data-key", "Data of the account", policies.data_key(plan, account_id))
        )

    def _make_key(self, role: str, description: str, policy: pulumi.Output[str]) -> pulumi.Output[str]:
        name = self.child_name(role)
        key = kms.Key(
            name,
            region=self._plan.region,
            description=description,
            enable_key_rotation=True,
            rotation_period_in_days=self._plan.keys.rotation_days,
            deletion_window_in_days=self._plan.keys.deletion_days,
            policy=policy,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )
        kms.Alias(f"{name}-alias", region=self._plan.region, target_key_id=key.id, opts=self.child_options())
        return key.arn

    def _make_buckets(self) -> None:
        plan, account_id = self._plan, self._account_id
        self._buckets = BucketMaker(self, plan.region, self.tags_of)
        self._access_logs, self._access_logs_policy = self._buckets.make(
            plan.access_logs,
            key_arn=None,
            statements=lambda arn: aws_policy.access_is_recorded(account_id, arn),
            access_logs=None,
        )
        self._archive, self._archive_policy = self._buckets.make(
            plan.archive,
            key_arn=self._has["logs_key_arn"],
            statements=lambda arn: policies.archive_bucket(plan, account_id, arn),
            access_logs=self._access_logs.id,
            access_logs_ready=[self._access_logs_policy],
        )
        self._has["access_log_bucket"] = self._access_logs.bucket
        self._has["archive_bucket"] = self._archive.bucket

    def _make_role(self, role: str, purpose: str, trust: pulumi.Output[str]) -> iam.Role:
        name = self.child_name(role)
        return iam.Role(
            name,
            description=purpose,
            assume_role_policy=trust,
            tags=self.tags_of(name),
            opts=self.child_options(),
        )

    def _attach_policy(self, role: iam.Role, child: str, purpose: str, document: pulumi.Output[str]) -> pulumi.Resource:
        name = self.child_name(child)
        policy = iam.Policy(
            name, description=purpose, policy=document, tags=self.tags_of(name), opts=self.child_options()
        )
        return iam.RolePolicyAttachment(
            f"{name}-attachment", role=role.name, policy_arn=policy.arn, opts=self.child_options()
        )

    def _make_trail(self, plan: TrailPlan) -> None:
        region, account_id = self._plan.region, self._account_id
        name = self.child_name("trail-events")
        self._trail_events = cloudwatch.LogGroup(
            name,
            region=region,
            kms_key_id=self._has["logs_key_arn"],
            retention_in_days=plan.log_retention_days,
            tags=self.tags_of(name),
            opts=self.child_options(stateful=True),
        )
        purpose = "Writes the events of the trail into its log group"
        role = self._make_role("trail-role", purpose, aws_policy.assumed_by("cloudtrail"))
        document = policies.trail_logs(self._plan, account_id, self._trail_events.arn)
        attachment = self._attach_policy(role, "trail-policy", "Lets the trail write into its log group", document)
        name = self.child_name("trail")
        trail = cloudtrail.Trail(
            name,
            region=region,
            s3_bucket_name=self._archive.id,
            kms_key_id=self._has["logs_key_arn"],
            is_multi_region_trail=True,
            include_global_service_events=True,
            enable_logging=True,
            enable_log_file_validation=True,
            cloud_watch_logs_group_arn=pulumi.Output.concat(self._trail_events.arn, ":*"),
            cloud_watch_logs_role_arn=role.arn,
            advanced_event_selectors=self._event_selectors(plan),
            tags=self.tags_of(name),
            # CloudTrail tries both ways to write when the trail is made.
            opts=self.child_options(stateful=True, depends_on=[self._archive_policy, attachment]),
        )
        self._has["trail_arn"] = trail.arn
        self._has["trail_log_group"] = self._trail_events.name

    def _event_selectors(self, plan: TrailPlan) -> list[cloudtrail.TrailAdvancedEventSelectorArgsDict]:
        """All management events, and objects of all buckets but those that the trail itself causes to be written.

        Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/logging-data-events-with-cloudtrail.html.
        """
        management: cloudtrail.TrailAdvancedEventSelectorArgsDict = {
            "name": "Management events",
            "field_selectors": [{"field": "eventCategory", "equals": ["Management"]}],
        }
        if not plan.data_events:
            return [management]
        written = [pulumi.Output.concat(bucket.arn, "/") for bucket in (self._archive, self._access_logs)]
        objects: cloudtrail.TrailAdvancedEventSelectorArgsDict = {
            "name": "Objects in buckets",
            "field_selectors": [
                {"field": "eventCategory", "equals": ["Data"]},
                {"field": "resources.type", "equals": ["AWS::S3::Object"]},
                {"field": "resources.ARN", "not_starts_withs": written},
            ],
        }
        return [management, objects]

    def _make_alarms(self, plan: AlarmPlan, asked: AlarmsArgs) -> None:
        region = self._plan.region
        topic_arn = asked.existing_topic_arn if asked.existing_topic_arn is not None else self._make_topic()
        for key, email in plan.emails:
            sns.TopicSubscription(
                self.child_name("alarms-email", key),
                region=region,
                topic=topic_arn,
                protocol="email",
                endpoint=email,
                opts=self.child_options(),
            )
        namespace = self.child_name("trail")
        for alarm in plan.alarms:
            cloudwatch.LogMetricFilter(
                self.child_name("event", alarm.name),
                region=region,
                log_group_name=self._trail_events.name,
                pattern=alarm.pattern,
                metric_transformation={"name": alarm.name, "namespace": namespace, "value": "1", "default_value": "0"},
                opts=self.child_options(),
            )
            name = self.child_name("alarm", alarm.name)
            cloudwatch.MetricAlarm(
                name,
                region=region,
                alarm_description=f"Trail: {alarm.meaning}",
                namespace=namespace,
                metric_name=alarm.name,
                statistic="Sum",
                comparison_operator="GreaterThanOrEqualToThreshold",
                threshold=1,
                period=ALARM_PERIOD_SECONDS,
                evaluation_periods=1,
                treat_missing_data="notBreaching",
                alarm_actions=[topic_arn],
                tags=self.tags_of(name),
                opts=self.child_options(),
            )
        self._has["alarm_topic_arn"] = topic_arn

    def _make_topic(self) -> pulumi.Output[str]:
        name = self.child_name("alarms")
        topic = sns.Topic(
            name,
            region=self._plan.region,
            kms_master_key_id=self._has["logs_key_arn"],
            tags=self.tags_of(name),
            opts=self.child_options(),
        )
        sns.TopicPolicy(
            f"{name}-policy",
            region=self._plan.region,
            arn=topic.arn,
            policy=aws_policy.alarms_publish(self._account_id, topic.arn),
            opts=self.child_options(),
        )
        return topic.arn

    def _make_account_settings(self) -> None:
        region, passwords, guards = self._plan.region, self._plan.passwords, self._plan.guards
        if passwords is not None:
            iam.AccountPasswordPolicy(
                self.child_name("password-policy"),
                minimum_password_length=passwords.minimum_length,
                max_password_age=passwords.maximum_age_days,
                password_reuse_prevention=passwords.remembered,
                require_lowercase_characters=True,
                require_uppercase_characters=True,
                require_numbers=True,
                require_symbols=True,
                allow_users_to_change_password=True,
                opts=self.child_options(),
            )
        if guards.public_buckets_blocked:
            s3.AccountPublicAccessBlock(
                self.child_name("public-access-block"),
                account_id=self._account_id,
                block_public_acls=True,
                block_public_policy=True,
                ignore_public_acls=True,
                restrict_public_buckets=True,
                opts=self.child_options(),
            )
        if guards.volumes_encrypted:
            name = self.child_name("volume-encryption")
            ebs.EncryptionByDefault(name, region=region, enabled=True, opts=self.child_options())
        if guards.public_snapshots_blocked:
            name = self.child_name("snapshot-block")
            ebs.SnapshotBlockPublicAccess(name, region=region, state="block-all-sharing", opts=self.child_options())

    def _make_configuration_history(self, plan: BucketPlan) -> None:
        region, key_arn = self._plan.region, self._has["logs_key_arn"]
        bucket, bucket_policy = self._buckets.make(
            plan,
            key_arn=key_arn,
            statements=lambda _: [],
            access_logs=self._access_logs.id,
            access_logs_ready=[self._access_logs_policy],
        )
        trust = aws_policy.assumed_by("config", {"StringEquals": {"aws:SourceAccount": self._account_id}})
        role = self._make_role("configuration-history-role", "Records the configuration of resources", trust)
        managed = iam.RolePolicyAttachment(
            self.child_name("configuration-history-reading"),
            role=role.name,
            policy_arn=f"arn:{self._plan.partition}:iam::aws:policy/service-role/AWS_ConfigRole",
            opts=self.child_options(),
        )
        document = policies.configuration_delivery(self._account_id, bucket.arn, key_arn)
        purpose = "Lets AWS Config deliver into its bucket"
        delivery = self._attach_policy(role, "configuration-history-delivery", purpose, document)
        recorder = cfg.Recorder(
            self.child_name("configuration-recorder"),
            region=region,
            role_arn=role.arn,
            recording_group={"all_supported": True, "include_global_resource_types": True},
            opts=self.child_options(depends_on=[managed]),
        )
        channel = cfg.DeliveryChannel(
            self.child_name("configuration-delivery"),
            region=region,
            s3_bucket_name=bucket.id,
            s3_kms_key_arn=key_arn,
            opts=self.child_options(depends_on=[recorder, delivery, bucket_policy]),  # it delivers a test file at once
        )
        cfg.RecorderStatus(
            self.child_name("configuration-recording"),
            region=region,
            name=recorder.name,
            is_enabled=True,
            opts=self.child_options(depends_on=[channel]),  # a recorder without a channel does not start
        )
        self._has["configuration_bucket"] = bucket.bucket

    def _make_detection(self) -> None:
        region, plan = self._plan.region, self._plan.detection
        if plan.guardduty:
            name = self.child_name("threat-detector")
            detector = guardduty.Detector(
                name,
                region=region,
                enable=True,
                finding_publishing_frequency=FINDING_FREQUENCY,
                tags=self.tags_of(name),
                opts=self.child_options(),
            )
            self._has["guardduty_detector_id"] = detector.id
        if plan.security_hub:
            hub = securityhub.Account(
                self.child_name("security-hub"),
                region=region,
                enable_default_standards=False,
                control_finding_generator="SECURITY_CONTROL",
                auto_enable_controls=True,
                opts=self.child_options(),
            )
            for standard, path in plan.standards:
                securityhub.StandardsSubscription(
                    self.child_name("standard", standard),
                    region=region,
                    standards_arn=f"arn:{self._plan.partition}:securityhub:{region}::standards/{path}",
                    opts=self.child_options(depends_on=[hub]),  # no property says that it needs the hub
                )
        if plan.access_analyzer:
            name = self.child_name("access-analyzer")
            accessanalyzer.Analyzer(
                name,
                region=region,
                analyzer_name=physical("aws:accessanalyzer/analyzer:Analyzer", name),
                type="ACCOUNT",
                tags=self.tags_of(name),
                opts=self.child_options(),
            )


_OUTPUTS = (
    "logs_key_arn",
    "data_key_arn",
    "archive_bucket",
    "access_log_bucket",
    "trail_arn",
    "trail_log_group",
    "alarm_topic_arn",
    "configuration_bucket",
    "guardduty_detector_id",
)
