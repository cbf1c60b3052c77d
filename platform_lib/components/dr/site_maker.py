"""What the second site needs whatever is copied: a key, a topic for alarms, a bucket for records of access."""

from dataclasses import dataclass

import pulumi
from pulumi_aws import kms, sns

from platform_lib.components.dr.args import DrReplicaArgs
from platform_lib.components.dr.kind import Site
from platform_lib.components.dr.maker import Maker
from platform_lib.components.dr.planning.model import BucketsPlan
from platform_lib.components.dr.policies import Documents
from platform_lib.core import aws_policy
from platform_lib.core.aws_bucket import BucketMaker

KEY_DELETION_DAYS = 30
KEY_ROTATION_DAYS = 365


@dataclass(frozen=True)
class SecondSite:
    """What the second site has: key, topic, and how buckets are made there."""

    key_arn: pulumi.Input[str]
    topic_arn: pulumi.Input[str]
    buckets: BucketMaker
    access_log_bucket: pulumi.Input[str] | None
    access_logs_ready: tuple[pulumi.Resource, ...]


class SiteMaker:
    """Makes what is not given."""

    def __init__(self, maker: Maker, documents: Documents) -> None:
        self._maker = maker
        self._documents = documents
        self._region = maker.region(Site.SECONDARY)

    def make(self, args: DrReplicaArgs, buckets: BucketsPlan) -> SecondSite:
        """The second site, from what is given and what is made."""
        given = args.secondary.baseline
        key_arn = None if args.keys is None else args.keys.secondary_key_arn
        if key_arn is None:
            key_arn = self._make_key() if given is None else given.data_key_arn
        topic_arn = None if given is None else given.alarm_topic_arn
        if topic_arn is None:
            # The data key of a baseline is not for alarms, its key for logs is.
            topic_arn = self._make_topic(key_arn if given is None else given.logs_key_arn)
        maker = BucketMaker(self._maker.component, self._region, self._maker.tags)
        logs: pulumi.Input[str] | None = None if given is None else given.access_log_bucket
        ready: tuple[pulumi.Resource, ...] = ()
        if buckets.access_logs is not None:
            bucket, policy = maker.make(
                buckets.access_logs,
                key_arn=None,
                statements=lambda arn: aws_policy.access_is_recorded(args.account_id, arn),
                access_logs=None,
            )
            logs, ready = bucket.id, (policy,)
        return SecondSite(key_arn, topic_arn, maker, logs, ready)

    def _make_key(self) -> pulumi.Output[str]:
        name = self._maker.name("key")
        key = kms.Key(
            name,
            region=self._region,
            description="Copies at the second site",
            enable_key_rotation=True,
            rotation_period_in_days=KEY_ROTATION_DAYS,
            deletion_window_in_days=KEY_DELETION_DAYS,
            policy=self._documents.key(),
            tags=self._maker.tags(name),
            opts=self._maker.options(stateful=True),
        )
        kms.Alias(f"{name}-alias", region=self._region, target_key_id=key.id, opts=self._maker.options())
        return key.arn

    def _make_topic(self, key_arn: pulumi.Input[str]) -> pulumi.Output[str]:
        name = self._maker.name("alarms")
        topic = sns.Topic(
            name,
            region=self._region,
            kms_master_key_id=key_arn,
            tags=self._maker.tags(name),
            opts=self._maker.options(),
        )
        sns.TopicPolicy(
            f"{name}-policy",
            region=self._region,
            arn=topic.arn,
            policy=aws_policy.alarms_publish(self._maker.account_id, topic.arn),
            opts=self._maker.options(),
        )
        return topic.arn
