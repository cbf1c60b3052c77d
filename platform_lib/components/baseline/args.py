"""The arguments of ``SecurityBaseline``."""

import re
from enum import StrEnum

from pydantic import Field, field_validator, model_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account, check_log_retention, check_region
from platform_lib.core.context import Context
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags
from platform_lib.core.validation import FieldError, SeveralFieldsError

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class ObjectLockMode(StrEnum):
    """Who may delete an object before its time."""

    NONE = "none"
    GOVERNANCE = "governance"
    COMPLIANCE = "compliance"


class SecurityStandard(StrEnum):
    """A set of checks of AWS Security Hub."""

    FOUNDATIONAL = "foundational"
    CIS = "cis"
    PCI = "pci"
    NIST = "nist"


class KeysArgs(ComponentArgs):
    """Keys of the account: one for logs, one for data."""

    existing_logs_key_arn: Input[str] | None = None
    """Key for logs that exists already; its policy has to let CloudTrail, CloudWatch and Config use it. Left out means
    a new one."""

    existing_data_key_arn: Input[str] | None = None
    """Key for data that exists already; left out means a new one."""

    deletion_days: int | None = Field(default=None, ge=14, le=30)
    """How long a key waits before it is deleted, 14 to 30 days; left out means 30."""

    rotation_days: int | None = Field(default=None, ge=90, le=2560)
    """How often the material of a key changes, 90 to 2,560 days; left out means 365."""


class ArchiveArgs(ComponentArgs):
    """The log archive: a bucket for the trail, and what records access to it."""

    retention_days: int | None = Field(default=None, ge=90)
    """How long objects are kept, at least 90 days; left out means 2192 in scope of HIPAA and 365 otherwise."""

    cold_after_days: int | None = Field(default=None, ge=90)
    """When objects move to cheaper storage that still answers at once, at least 90 days after they were written; left
    out means 90 where they are kept longer than 180 days, and never otherwise."""

    object_lock: ObjectLockMode | None = None
    """Who may delete an object before its time: anyone with the permission to delete (``none``), only who may bypass
    the lock (``governance``), nobody (``compliance``); left out means ``governance``. It cannot be turned on for a
    bucket that exists."""

    object_lock_days: int | None = Field(default=None, ge=1)
    """How long the lock holds, at least 1 day and at most ``retention_days``; left out means 1 in ``dev`` and 365
    otherwise."""

    access_log_days: int | None = Field(default=None, ge=90)
    """How long records of access to the archive are kept, at least 90 days; left out means 365."""


class TrailArgs(ComponentArgs):
    """The trail of all calls to AWS, in all regions."""

    enabled: bool | None = None
    """Left out means true; false where an organization's trail records the account already, which leaves alarms out
    too."""

    data_events_enabled: bool | None = None
    """Whether reads and writes of objects in buckets are recorded, which is paid by the event; left out means true."""

    log_retention_days: int | None = None
    """How long the log group keeps events, one of the periods that CloudWatch Logs knows, in days; left out means 2192
    in scope of HIPAA and 365 otherwise."""

    @field_validator("log_retention_days")
    @classmethod
    def _check_retention(cls, value: int | None) -> int | None:
        return check_log_retention(value)


class AlarmsArgs(ComponentArgs):
    """Alarms on events of the trail that somebody should hear of."""

    enabled: bool | None = None
    """Left out means true where there is a trail."""

    emails: list[str] | None = None
    """Who is told; each address has to confirm. Left out means nobody but what else listens to the topic."""

    existing_topic_arn: Input[str] | None = None
    """Topic that exists already; left out means a new, encrypted one."""

    @field_validator("emails")
    @classmethod
    def _check_emails(cls, value: list[str] | None) -> list[str] | None:
        emails = value or []
        bad = [index for index, email in enumerate(emails) if not _EMAIL.fullmatch(email) or email in emails[:index]]
        if bad:
            raise SeveralFieldsError([Finding(f"[{index}]", "is not an address, or is given twice") for index in bad])
        return value


class PasswordPolicyArgs(ComponentArgs):
    """What passwords of IAM users must be like, of which an account has one set."""

    enabled: bool | None = None
    """Left out means true; false where something else sets it."""

    minimum_length: int | None = Field(default=None, ge=12, le=128)
    """At least 12 characters (PCI DSS 4.0.1 8.3.6), at most 128; left out means 14 (CIS AWS Foundations Benchmark
    1.8)."""

    maximum_age_days: int | None = Field(default=None, ge=1, le=90)
    """When a password expires, 1 to 90 days (PCI DSS 4.0.1 8.3.9); left out means 90."""

    remembered: int | None = Field(default=None, ge=4, le=24)
    """How many former passwords cannot be used again, 4 (PCI DSS 4.0.1 8.3.7) to 24; left out means 24."""


class ConfigurationHistoryArgs(ComponentArgs):
    """The record of how every resource was configured, by AWS Config, of which a region has one."""

    enabled: bool | None = None
    """Left out means true; false where the region has a recorder already."""

    retention_days: int | None = Field(default=None, ge=90)
    """How long files of the history are kept in their bucket, at least 90 days; left out means as long as the
    archive."""


class ThreatDetectionArgs(ComponentArgs):
    """Detection of threats and weaknesses; false for what the region has already."""

    guardduty_enabled: bool | None = None
    """Left out means true."""

    security_hub_enabled: bool | None = None
    """Left out means true."""

    standards: list[SecurityStandard] | None = None
    """Sets of checks of Security Hub; left out means ``foundational`` and ``cis``, and ``pci`` in scope of PCI DSS."""

    access_analyzer_enabled: bool | None = None
    """Whether access from outside the account is looked for; left out means true."""

    @field_validator("standards")
    @classmethod
    def _check_standards(cls, value: list[SecurityStandard] | None) -> list[SecurityStandard] | None:
        if value is not None and len(set(value)) < len(value):
            raise FieldError("must name each standard once")
        return value


class GuardsArgs(ComponentArgs):
    """Settings of the whole account or region that limit mistakes; false where something else sets them."""

    public_buckets_blocked: bool | None = None
    """Whether no bucket of the account can be public; left out means true."""

    volumes_encrypted: bool | None = None
    """Whether new volumes of the region are encrypted; left out means true."""

    public_snapshots_blocked: bool | None = None
    """Whether no snapshot of the region can be public; left out means true."""


class SecurityBaselineArgs(ComponentArgs):
    """The arguments of ``SecurityBaseline``."""

    context: Context
    """Who the account belongs to and which rules hold for it."""

    region: str
    """The AWS region, such as ``eu-west-1``; it is set on every resource that has one, whatever the provider's
    region."""

    account_id: Input[str]
    """The account's id, 12 digits: policies of keys and buckets name it."""

    keys: KeysArgs | None = None
    """Keys for logs and data; left out means the defaults of its fields."""

    archive: ArchiveArgs | None = None
    """The log archive; left out means the defaults of its fields."""

    trail: TrailArgs | None = None
    """The trail; left out means the defaults of its fields."""

    alarms: AlarmsArgs | None = None
    """Alarms; left out means the defaults of its fields."""

    password_policy: PasswordPolicyArgs | None = None
    """Passwords of IAM users; left out means the defaults of its fields."""

    configuration_history: ConfigurationHistoryArgs | None = None
    """The record of configurations; left out means the defaults of its fields."""

    threat_detection: ThreatDetectionArgs | None = None
    """Detection of threats and weaknesses; left out means the defaults of its fields."""

    guards: GuardsArgs | None = None
    """Settings of the whole account or region; left out means the defaults of its fields."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    _check_region = field_validator("region")(check_region)

    _check_account = field_validator("account_id")(check_account)

    _check_tags = field_validator("tags")(check_own_tags)

    @model_validator(mode="after")
    def _check_alarms(self) -> "SecurityBaselineArgs":
        without_trail = self.trail is not None and self.trail.enabled is False
        if without_trail and self.alarms is not None and self.alarms.enabled:
            raise FieldError("needs the trail, which is off", "leave it out", path="alarms.enabled")
        return self
