"""What several groups of arguments are checked by."""

import re

from platform_lib.core.checks import DNS_LABEL, each_once
from platform_lib.core.cidr import parse_ipv4
from platform_lib.core.errors import Finding
from platform_lib.core.validation import FieldError, SeveralFieldsError

_IMAGE = re.compile(r"[a-z0-9][a-z0-9.:/_-]*@sha256:[0-9a-f]{64}")
_CRON_FIELDS = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 7))
_CRON_PART = re.compile(r"(\*|\d+(-\d+)?)(/\d+)?")


def check_image(value: str | None) -> str | None:
    """An image by its digest."""
    if value is not None and not _IMAGE.fullmatch(value):
        raise FieldError("does not name an image by its digest", "write it as 'quay.io/openbao/openbao@sha256:...'")
    return value


def check_label(value: str | None) -> str | None:
    """A name as Kubernetes takes it for a label of DNS."""
    if value is not None and not DNS_LABEL.fullmatch(value):
        raise FieldError("must be up to 63 lower-case letters, digits and '-', beginning and ending with no '-'")
    return value


def check_schedule(value: str | None) -> str | None:
    """A schedule of a CronJob: five fields in UTC.

    Source: https://kubernetes.io/docs/concepts/workloads/controllers/cron-jobs/#schedule-syntax; its names and macros
    are not taken.
    """
    if value is None:
        return None
    fields = value.split(" ")
    if len(fields) == len(_CRON_FIELDS) and all(map(_is_cron_field, fields, _CRON_FIELDS)):
        return value
    raise FieldError("is not a schedule", "write five fields in UTC: '17 * * * *' is every hour at 17 past")


def _is_cron_field(text: str, limits: tuple[int, int]) -> bool:
    low, high = limits
    parts = text.split(",")
    if not all(_CRON_PART.fullmatch(part) for part in parts):
        return False
    numbers = [int(number) for part in parts for number in re.findall(r"\d+", part.split("/")[0])]
    return all(low <= number <= high for number in numbers) and not text.endswith("/0")


def check_ranges(value: list[str] | None) -> list[str] | None:
    """IPv4 ranges, each once."""
    findings = []
    for index, text in enumerate(value or ()):
        try:
            parse_ipv4(text)
        except FieldError as error:
            findings.append(Finding(f"[{index}]", f"{error.problem}, got {text!r}", error.remedy))
    if findings:
        raise SeveralFieldsError(findings)
    return each_once(value)
