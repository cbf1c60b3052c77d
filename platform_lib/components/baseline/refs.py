"""How other components take the baseline: one of ours, or what exists already."""

from typing import ClassVar, Self

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class SecurityBaselineReference(ComponentArgs):
    """What a component needs of the baseline: the keys to encrypt with, and where to send what."""

    logs_key_arn: Input[str]
    """Key for logs."""

    data_key_arn: Input[str]
    """Key for data."""

    archive_bucket: Input[str]
    """Name of the log archive."""

    access_log_bucket: Input[str]
    """Name of the bucket that records of access to other buckets go to."""

    alarm_topic_arn: Input[str] | None = None
    """Topic for alarms; None where there is none."""


class BaselineOutputs(StackOutputs):
    """What a stack's security baseline offers to other stacks."""

    output_name: ClassVar[str] = "baseline"
    version: ClassVar[int] = 1

    logs_key_arn: Input[str]
    """Key that encrypts logs."""

    data_key_arn: Input[str]
    """Key that encrypts data."""

    archive_bucket: Input[str]
    """Bucket of the log archive."""

    access_log_bucket: Input[str]
    """Bucket for records of access to other buckets."""

    alarm_topic_arn: Input[str]
    """Topic of security alarms; empty where alarms are off."""

    @classmethod
    def of(cls, baseline: SecurityBaselineReference) -> Self:
        """The outputs of a baseline."""
        return cls(**{**dict(baseline), "alarm_topic_arn": baseline.alarm_topic_arn or ""})

    @property
    def reference(self) -> SecurityBaselineReference:
        """The baseline as components take it; for outputs that were read at once."""
        return SecurityBaselineReference(**{**dict(self), "alarm_topic_arn": self.alarm_topic_arn or None})
