"""What a baseline consists of, as a pure function of its arguments."""

import re
from dataclasses import dataclass

from platform_lib.components.baseline.alarms import TRAIL_ALARMS, TrailAlarm
from platform_lib.components.baseline.args import (
    AlarmsArgs,
    ArchiveArgs,
    ConfigurationHistoryArgs,
    GuardsArgs,
    KeysArgs,
    ObjectLockMode,
    PasswordPolicyArgs,
    SecurityBaselineArgs,
    SecurityStandard,
    ThreatDetectionArgs,
    TrailArgs,
)
from platform_lib.core.aws import SIX_YEARS_OF_LOGS, YEAR_OF_LOGS, default_log_retention, partition_of
from platform_lib.core.aws_bucket_plan import BucketPlan
from platform_lib.core.context import ComplianceScope
from platform_lib.core.errors import Finding, PlanError
from platform_lib.core.naming import check_automatic

DEFAULT_KEY_DELETION_DAYS = 30
DEFAULT_KEY_ROTATION_DAYS = 365
DEFAULT_PASSWORD_LENGTH = 14
DEFAULT_PASSWORD_AGE_DAYS = 90
DEFAULT_PASSWORDS_REMEMBERED = 24
SHORTEST_COLD_DAYS = 90
"""Objects in GLACIER_IR are billed for at least 90 days (https://aws.amazon.com/s3/pricing/)."""

_STANDARD_PATHS = {
    SecurityStandard.FOUNDATIONAL: "aws-foundational-security-best-practices/v/1.0.0",
    SecurityStandard.CIS: "cis-aws-foundations-benchmark/v/3.0.0",
    SecurityStandard.PCI: "pci-dss/v/4.0.1",
    SecurityStandard.NIST: "nist-800-53/v/5.0.0",
}
"""Ends of the ARNs of standards (https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html)."""


@dataclass(frozen=True)
class KeyPlan:
    """How keys are kept; which of the two are new."""

    new_logs_key: bool
    new_data_key: bool
    deletion_days: int
    rotation_days: int


@dataclass(frozen=True)
class TrailPlan:
    """The trail and its log group."""

    data_events: bool
    log_retention_days: int


@dataclass(frozen=True)
class AlarmPlan:
    """The alarms and who is told: addresses by the key of their subscription."""

    alarms: tuple[TrailAlarm, ...]
    emails: tuple[tuple[str, str], ...]
    new_topic: bool


@dataclass(frozen=True)
class PasswordPlan:
    """What passwords must be like."""

    minimum_length: int
    maximum_age_days: int
    remembered: int


@dataclass(frozen=True)
class DetectionPlan:
    """What looks for threats and weaknesses; standards as name and end of the ARN."""

    guardduty: bool
    security_hub: bool
    standards: tuple[tuple[str, str], ...]
    access_analyzer: bool


@dataclass(frozen=True)
class GuardPlan:
    """Settings of the whole account or region."""

    public_buckets_blocked: bool
    volumes_encrypted: bool
    public_snapshots_blocked: bool


@dataclass(frozen=True)
class BaselinePlan:
    """A whole baseline; what is None or False is not made."""

    name: str
    region: str
    partition: str
    keys: KeyPlan
    archive: BucketPlan
    access_logs: BucketPlan
    trail: TrailPlan | None
    alarms: AlarmPlan | None
    passwords: PasswordPlan | None
    configuration_history: BucketPlan | None
    detection: DetectionPlan
    guards: GuardPlan


def plan_baseline(name: str, args: SecurityBaselineArgs, *, subject: str) -> BaselinePlan:
    """The baseline that the arguments describe.

    Args:
        name: of the component.
        args: what is asked.
        subject: whose arguments they are, for messages.

    Raises:
        PlanError: periods that contradict each other, checks that need what is off, a name too long for what it names.
    """
    archive = _archive(args)
    trail = _trail(args)
    plan = BaselinePlan(
        name=name,
        region=args.region,
        partition=partition_of(args.region),
        keys=_keys(args.keys or KeysArgs()),
        archive=archive,
        access_logs=_access_logs(args.archive or ArchiveArgs()),
        trail=trail,
        alarms=_alarms(args.alarms or AlarmsArgs()) if trail else None,
        passwords=_passwords(args.password_policy or PasswordPolicyArgs()),
        configuration_history=_configuration_history(args.configuration_history, archive.retention_days),
        detection=_detection(args),
        guards=_guards(args.guards or GuardsArgs()),
    )
    if findings := [*_check(plan), *check_automatic(_automatic_names(plan))]:
        raise PlanError(subject, findings)
    return plan


def _keys(asked: KeysArgs) -> KeyPlan:
    return KeyPlan(
        new_logs_key=asked.existing_logs_key_arn is None,
        new_data_key=asked.existing_data_key_arn is None,
        deletion_days=asked.deletion_days or DEFAULT_KEY_DELETION_DAYS,
        rotation_days=asked.rotation_days or DEFAULT_KEY_ROTATION_DAYS,
    )


def _archive(args: SecurityBaselineArgs) -> BucketPlan:
    asked = args.archive or ArchiveArgs()
    in_hipaa = ComplianceScope.HIPAA in args.context.scope
    retention = asked.retention_days or (SIX_YEARS_OF_LOGS if in_hipaa else YEAR_OF_LOGS)
    cold = asked.cold_after_days
    if cold is None and retention > 2 * SHORTEST_COLD_DAYS:
        cold = SHORTEST_COLD_DAYS
    mode = asked.object_lock or ObjectLockMode.GOVERNANCE
    default_lock = min(YEAR_OF_LOGS, retention) if args.context.protects else 1
    locked = mode is not ObjectLockMode.NONE
    return BucketPlan(
        role="archive",
        retention_days=retention,
        cold_after_days=cold,
        lock_mode=mode.value.upper() if locked else None,
        lock_days=(asked.object_lock_days or default_lock) if locked else 0,
        purpose="audit",
    )


def _access_logs(asked: ArchiveArgs) -> BucketPlan:
    retention = asked.access_log_days or YEAR_OF_LOGS
    return BucketPlan("access-logs", retention_days=retention, with_key=False, records_access=False)


def _trail(args: SecurityBaselineArgs) -> TrailPlan | None:
    asked = args.trail or TrailArgs()
    if asked.enabled is False:
        return None
    return TrailPlan(
        data_events=asked.data_events_enabled is not False,
        log_retention_days=asked.log_retention_days or default_log_retention(args.context),
    )


def _alarms(asked: AlarmsArgs) -> AlarmPlan | None:
    if asked.enabled is False:
        return None
    return AlarmPlan(
        TRAIL_ALARMS,
        tuple((_email_key(email), email) for email in asked.emails or ()),
        new_topic=asked.existing_topic_arn is None,
    )


def _email_key(email: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", email.lower()).strip("-")


def _passwords(asked: PasswordPolicyArgs) -> PasswordPlan | None:
    if asked.enabled is False:
        return None
    return PasswordPlan(
        minimum_length=asked.minimum_length or DEFAULT_PASSWORD_LENGTH,
        maximum_age_days=asked.maximum_age_days or DEFAULT_PASSWORD_AGE_DAYS,
        remembered=asked.remembered or DEFAULT_PASSWORDS_REMEMBERED,
    )


def _configuration_history(asked: ConfigurationHistoryArgs | None, archive_days: int) -> BucketPlan | None:
    """A bucket of its own: AWS Config does not deliver into one whose objects are locked by default.

    Source: https://docs.aws.amazon.com/config/latest/developerguide/manage-delivery-channel.html.
    """
    asked = asked or ConfigurationHistoryArgs()
    if asked.enabled is False:
        return None
    return BucketPlan("configuration-history", retention_days=asked.retention_days or archive_days)


def _detection(args: SecurityBaselineArgs) -> DetectionPlan:
    asked = args.threat_detection or ThreatDetectionArgs()
    hub = asked.security_hub_enabled is not False
    standards = asked.standards
    if standards is None and hub:
        standards = [SecurityStandard.FOUNDATIONAL, SecurityStandard.CIS]
        standards += [SecurityStandard.PCI] if ComplianceScope.PCI in args.context.scope else []
    return DetectionPlan(
        guardduty=asked.guardduty_enabled is not False,
        security_hub=hub,
        standards=tuple((standard.value, _STANDARD_PATHS[standard]) for standard in standards or ()),
        access_analyzer=asked.access_analyzer_enabled is not False,
    )


def _guards(asked: GuardsArgs) -> GuardPlan:
    return GuardPlan(
        public_buckets_blocked=asked.public_buckets_blocked is not False,
        volumes_encrypted=asked.volumes_encrypted is not False,
        public_snapshots_blocked=asked.public_snapshots_blocked is not False,
    )


def _check(plan: BaselinePlan) -> list[Finding]:
    findings = []
    archive = plan.archive
    if archive.cold_after_days is not None and archive.cold_after_days >= archive.retention_days:
        problem = f"must be less than retention_days ({archive.retention_days}), got {archive.cold_after_days}"
        findings.append(Finding("archive.cold_after_days", problem))
    if archive.lock_days > archive.retention_days:
        problem = f"must be at most retention_days ({archive.retention_days}), got {archive.lock_days}"
        findings.append(Finding("archive.object_lock_days", problem))
    keys = [key for key, _ in plan.alarms.emails] if plan.alarms else []
    for index, key in enumerate(keys):
        if key in keys[:index]:
            findings.append(
                Finding(f"alarms.emails[{index}]", "differs from another only in signs", "use one of the two")
            )
    if plan.detection.standards and not plan.detection.security_hub:
        findings.append(Finding("threat_detection.standards", "need Security Hub, which is off", "leave them out"))
    return findings


def _automatic_names(plan: BaselinePlan) -> list[tuple[str, str]]:
    """Type token and logical name of the children that get an automatic physical name."""
    name = plan.name
    names = [("aws:s3/bucket:Bucket", f"{name}-{bucket.role}") for bucket in buckets_of(plan)]
    names.append(("aws:kms/alias:Alias", f"{name}-logs-key-alias"))
    if plan.trail is not None:
        names += [
            ("aws:cloudtrail/trail:Trail", f"{name}-trail"),
            ("aws:cloudwatch/logGroup:LogGroup", f"{name}-trail-events"),
            ("aws:iam/role:Role", f"{name}-trail-role"),
            ("aws:iam/policy:Policy", f"{name}-trail-policy"),
        ]
    if plan.alarms is not None:
        names.append(("aws:sns/topic:Topic", f"{name}-alarms"))
        names += [
            ("aws:cloudwatch/metricAlarm:MetricAlarm", f"{name}-alarm-{alarm.name}") for alarm in plan.alarms.alarms
        ]
    if plan.configuration_history is not None:
        names.append(("aws:iam/role:Role", f"{name}-configuration-history-role"))
    return names


def buckets_of(plan: BaselinePlan) -> tuple[BucketPlan, ...]:
    """The buckets of a baseline, the one for access logs first."""
    buckets = (plan.access_logs, plan.archive, plan.configuration_history)
    return tuple(bucket for bucket in buckets if bucket is not None)
