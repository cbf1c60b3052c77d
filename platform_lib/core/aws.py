"""Facts about AWS that several components share. Imports nothing of pulumi."""

import re
from typing import Final, TypeVar

from platform_lib.core.context import ComplianceScope, Context
from platform_lib.core.validation import FieldError

ValueT = TypeVar("ValueT")

LOG_RETENTION_DAYS: Final = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
"""Periods that a log group can keep its records
(https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html)."""

YEAR_OF_LOGS: Final = 365
"""PCI DSS 4.0.1 10.5.1 keeps audit logs for at least twelve months."""

SIX_YEARS_OF_LOGS: Final = 2192
"""HIPAA 164.316(b)(2)(i) keeps documentation for six years; we count audit logs as such."""

_REGION = re.compile(r"[a-z]{2}(-[a-z]+)+-\d")
_ACCOUNT = re.compile(r"\d{12}")


def check_region(value: str) -> str:
    """The name of an AWS region, or a ``FieldError``."""
    if not _REGION.fullmatch(value):
        raise FieldError("is not the name of an AWS region", "write it as 'eu-west-1'")
    return value


def check_account_id(value: str) -> str:
    """An AWS account id, or a ``FieldError``."""
    if not _ACCOUNT.fullmatch(value):
        raise FieldError("is not an AWS account id", "write its 12 digits as text")
    return value


def check_account(value: ValueT) -> ValueT:
    """The same for what may not be known yet: an Output is not looked at."""
    if isinstance(value, str):
        check_account_id(value)
    return value


def check_log_retention(value: int | None) -> int | None:
    """A period that CloudWatch Logs knows, in days, or a ``FieldError`` with the next longer one."""
    if value is None or value in LOG_RETENTION_DAYS:
        return value
    longer = [days for days in LOG_RETENTION_DAYS if days > value]
    remedy = f"use {longer[0]}" if longer else f"use at most {LOG_RETENTION_DAYS[-1]}"
    raise FieldError("is not a period that CloudWatch Logs knows", remedy)


def default_log_retention(context: Context) -> int:
    """How long audit logs are kept where nothing else is said, in days."""
    return SIX_YEARS_OF_LOGS if ComplianceScope.HIPAA in context.scope else YEAR_OF_LOGS


def partition_of(region: str) -> str:
    """The partition of a region, the second part of every ARN.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference-arns.html.
    """
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"
