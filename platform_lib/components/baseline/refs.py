"""How other components take the baseline: one of ours, or what exists already."""

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input


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
