"""Whether what devices hold lasts as long as they may be offline. Pure.

Quotas of AWS IoT Core: 128 KiB a message and 100 requests a second and connection
(https://docs.aws.amazon.com/general/latest/gr/iot-core.html).
"""

import math
from dataclasses import dataclass

from platform_lib.components.edge.args import LatencyArgs, OfflineArgs
from platform_lib.core.errors import Finding

DEFAULT_OFFLINE_DAYS = 7
DEFAULT_CERTIFICATE_DAYS = 365
DEFAULT_RENEW_BEFORE_DAYS = 30
DEFAULT_CREDENTIAL_SECONDS = 3600
DEFAULT_MESSAGE_BYTES = 1024
DEFAULT_LATENCY_MS = 100
_MIB = 1024 * 1024


@dataclass(frozen=True)
class OfflineBudget:
    """How long a device works alone, and what it has for that."""

    days: int
    certificate_days: int
    renew_before_days: int
    token_hours: int
    credential_seconds: int
    messages_per_minute: float
    message_bytes: int
    store_mib: int

    @property
    def needed_mib(self) -> int:
        """Room for the messages of all offline days, in MiB, rounded up."""
        return needed_mib(self.days, self.messages_per_minute, self.message_bytes)


@dataclass(frozen=True)
class LatencyBudget:
    """Milliseconds for 99 of 100 inferences, and for stages of them."""

    budget_ms: int
    stages_ms: tuple[tuple[str, int], ...]


def needed_mib(days: int, messages_per_minute: float, message_bytes: int) -> int:
    """Room for the messages of some days, in MiB, rounded up."""
    return math.ceil(math.ceil(messages_per_minute * 60 * 24 * days) * message_bytes / _MIB)


def offline_budget(asked: OfflineArgs) -> OfflineBudget:
    """The budget with its defaults."""
    days = asked.days or DEFAULT_OFFLINE_DAYS
    rate = asked.messages_per_minute or 1.0
    size = asked.message_bytes or DEFAULT_MESSAGE_BYTES
    return OfflineBudget(
        days=days,
        certificate_days=asked.certificate_days or DEFAULT_CERTIFICATE_DAYS,
        renew_before_days=asked.renew_before_days or max(DEFAULT_RENEW_BEFORE_DAYS, days),
        token_hours=asked.token_hours or (days + 1) * 24,
        credential_seconds=asked.credential_seconds or DEFAULT_CREDENTIAL_SECONDS,
        messages_per_minute=rate,
        message_bytes=size,
        store_mib=asked.store_mib or needed_mib(days, rate, size),
    )


def latency_budget(asked: LatencyArgs) -> LatencyBudget:
    """The budget with its defaults; stages in the order of their names."""
    return LatencyBudget(asked.budget_ms or DEFAULT_LATENCY_MS, tuple(sorted((asked.stages_ms or {}).items())))


def check_offline(budget: OfflineBudget) -> list[Finding]:
    """What would not last: each finding names both numbers."""
    findings = []
    days = budget.days
    if budget.certificate_days <= days:
        problem = f"must be more than the offline days ({days}), got {budget.certificate_days}"
        findings.append(
            Finding("offline.certificate_days", problem, f"use at least {days + budget.renew_before_days} days")
        )
    elif budget.renew_before_days >= budget.certificate_days:
        problem = f"must be less than certificate_days ({budget.certificate_days}), got {budget.renew_before_days}"
        findings.append(Finding("offline.renew_before_days", problem, "let certificates last longer"))
    if budget.renew_before_days < days:
        problem = f"must be at least the offline days ({days}), got {budget.renew_before_days}"
        remedy = "a device that loses its connection just before it renews would come back with a dead certificate"
        findings.append(Finding("offline.renew_before_days", problem, remedy))
    if budget.token_hours < days * 24:
        problem = f"must be at least the offline days ({days}, {days * 24} hours), got {budget.token_hours}"
        findings.append(Finding("offline.token_hours", problem, f"use at least {days * 24}"))
    if budget.store_mib < budget.needed_mib:
        problem = (
            f"holds less than {days} days of {budget.messages_per_minute:g} messages a minute of "
            f"{budget.message_bytes} bytes ({budget.needed_mib} MiB), got {budget.store_mib}"
        )
        remedy = f"use at least {budget.needed_mib}, or send fewer or smaller messages"
        findings.append(Finding("offline.store_mib", problem, remedy))
    return findings


def check_latency(budget: LatencyBudget) -> list[Finding]:
    """Stages that take more than there is."""
    total = sum(most for _, most in budget.stages_ms)
    if total <= budget.budget_ms:
        return []
    problem = f"sum to {total} ms, more than budget_ms ({budget.budget_ms})"
    return [Finding("latency.stages_ms", problem, f"take {total - budget.budget_ms} ms away")]
