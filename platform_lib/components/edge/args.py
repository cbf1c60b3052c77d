"""The arguments of ``EdgeFleet``."""

import re

from pydantic import Field, field_validator

from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.components.edge.kind import InferenceMetric
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account, check_log_retention, check_region
from platform_lib.core.checks import NAME, check_name
from platform_lib.core.context import Context
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags
from platform_lib.core.validation import FieldError

LONGEST_WORD = 24
"""Longest name of a site, group, ring or stage: it becomes part of several names in AWS."""

_PRINCIPAL = re.compile(r"arn:[\w-]+:iam::\d{12}:(role|user)/.+")
_FUNCTION = re.compile(r"arn:[\w-]+:lambda:[\w-]+:\d{12}:function:[\w-]+(:[\w$-]+)?")


def _check_word(value: str) -> str:
    check_name(value)
    if len(value) > LONGEST_WORD:
        raise FieldError(f"is longer than {LONGEST_WORD} characters", f"shorten it by {len(value) - LONGEST_WORD}")
    return value


class SiteArgs(ComponentArgs):
    """A place where devices stand and must go on working while some of them are updated."""

    name: str
    """Name of the site, unique, at most 24 characters."""

    quorum: int | None = Field(default=None, ge=0)
    """How many of its devices must serve at any time, fewer than it has; left out means half of them, rounded down."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return _check_word(value)


class DeviceGroupArgs(ComponentArgs):
    """Devices of one kind at one site."""

    name: str
    """Name of the group, unique in the fleet, at most 24 characters."""

    site: str
    """The site that they stand at."""

    devices: int = Field(ge=1, le=500_000)
    """How many there are, 1 to 500,000: what plans and budgets count with. Devices themselves register on their own."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return _check_word(value)


class HealthGateArgs(ComponentArgs):
    """What inferences of updated devices must be like before the next ring follows."""

    metric: InferenceMetric
    """What is measured."""

    limit: float
    """The worst value that passes: the highest for latency (ms), errors (percent) and drift, the lowest for confidence
    and inferences a minute."""


class RingArgs(ComponentArgs):
    """Devices that get an update together, before the next ring does."""

    name: str
    """Name of the ring, unique, at most 24 characters."""

    share_percent: int = Field(ge=0, le=100)
    """Its share of the devices whose group no ring names, in percent; the shares of all rings sum to 100."""

    groups: list[str] | None = Field(default=None, min_length=1)
    """Groups whose devices are all in this ring, such as a laboratory; left out means none."""

    minimum_soak_hours: int | None = Field(default=None, ge=1, le=720)
    """How long the ring runs the update before the next one follows, 1 to 720 hours; left out means 24."""

    gates: list[HealthGateArgs] | None = Field(default=None, min_length=1)
    """What its inferences must be like; left out means latency within the budget and at most 1 percent of errors."""

    maximum_failed_percent: float | None = Field(default=None, gt=0, lt=100)
    """The share of its devices that may go dark or degrade; one more and the update is rolled back by itself. Left out
    means 2 percent."""

    devices_per_minute: int | None = Field(default=None, ge=1, le=1000)
    """How many devices are told a minute, 1 to 1,000; left out means 50."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return _check_word(value)


class UpdateSignerArgs(ComponentArgs):
    """Somebody who signs metadata of updates, with a key of their own."""

    name: str
    """Name of the signer, unique in its role, at most 24 characters."""

    principal_arn: Input[str]
    """Role or user of IAM who may take on the role of the signer."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return _check_word(value)

    @field_validator("principal_arn")
    @classmethod
    def _check_principal(cls, value: Input[str]) -> Input[str]:
        if isinstance(value, str) and not _PRINCIPAL.fullmatch(value):
            raise FieldError("is not the ARN of a role or user of IAM")
        return value


class UpdateRoleArgs(ComponentArgs):
    """A top-level role of The Update Framework: its keys, and how many signatures its metadata needs."""

    signers: list[UpdateSignerArgs] = Field(min_length=1, max_length=10)
    """Who signs, 1 to 10, each with a key of their own."""

    threshold: int | None = Field(default=None, ge=1)
    """How many of them have to sign, at most all; left out means more than half."""

    expires_days: int | None = Field(default=None, ge=1, le=3650)
    """How long metadata of the role is good, in days; left out means 365 for root, 90 for targets, 7 for snapshot and 1
    for timestamp."""


class UpdateMetadataArgs(ComponentArgs):
    """Who signs updates, in the roles of The Update Framework."""

    root: UpdateRoleArgs
    """Says whose keys count. Outside ``dev`` it takes two signers or more to sign."""

    targets: UpdateRoleArgs
    """Says which models and artefacts there are. Outside ``dev`` it takes two signers or more to sign."""

    snapshot: UpdateRoleArgs
    """Says which metadata belong together; usually one signer, a pipeline."""

    timestamp: UpdateRoleArgs
    """Says that nothing is held back; usually one signer, a pipeline."""

    signing_certificate_arn: Input[str] | None = None
    """Certificate of ACM by which AWS Signer signs files for devices; left out means that the profile signs images of
    containers, which needs none."""


class ProvisioningArgs(ComponentArgs):
    """How devices register."""

    hook_arn: Input[str] | None = None
    """Function of Lambda that decides whether a device may register, and in which ring; required outside ``dev``. Only
    this fleet's template may invoke it."""

    @field_validator("hook_arn")
    @classmethod
    def _check_hook(cls, value: Input[str] | None) -> Input[str] | None:
        if isinstance(value, str) and not _FUNCTION.fullmatch(value):
            raise FieldError("is not the ARN of a function of Lambda")
        return value


class OfflineArgs(ComponentArgs):
    """How long a device works without the cloud, and what has to last as long."""

    days: int | None = Field(default=None, ge=1, le=365)
    """The longest time without a connection, 1 to 365 days; left out means 7."""

    certificate_days: int | None = Field(default=None, ge=1, le=3650)
    """Life of a device's certificate, as its issuer sets it, in days; left out means 365. Certificates that AWS IoT
    issues itself last to the end of 2049: for them it is the age at which devices take a new one."""

    renew_before_days: int | None = Field(default=None, ge=1)
    """How long before its end a device renews its certificate, in days: at least the offline days, since it may lose
    its connection just then; left out means 30, or the offline days where these are more."""

    token_hours: int | None = Field(default=None, ge=1)
    """Life of the tokens by which devices and programs of a site know each other without the cloud, in hours; left out
    means a day more than the offline days."""

    credential_seconds: int | None = Field(default=None, ge=900, le=43200)
    """Life of the credentials of AWS that a device gets for its certificate, 900 to 43,200 seconds; left out means
    3,600. They count only where there is a connection, so that they need not last."""

    messages_per_minute: float | None = Field(default=None, gt=0, le=6000)
    """How many messages a device sends a minute, at most 6,000 (100 a second, the quota of a connection); left out
    means 1."""

    message_bytes: int | None = Field(default=None, ge=1, le=131072)
    """Size of a message, at most 131,072 bytes (128 KiB, the quota of AWS IoT); left out means 1,024."""

    store_mib: int | None = Field(default=None, ge=1)
    """Room on a device for messages that wait, in MiB; left out means what the offline days need."""


class LatencyArgs(ComponentArgs):
    """How long an inference may take, from the sensor to the decision."""

    budget_ms: int | None = Field(default=None, ge=1, le=60_000)
    """For 99 of 100 inferences, 1 to 60,000 ms; left out means 100."""

    stages_ms: dict[str, int] | None = Field(default=None, max_length=5)
    """What each stage may take of it in ms, at most 5 stages; left out means that stages are not watched."""

    @field_validator("stages_ms")
    @classmethod
    def _check_stages(cls, value: dict[str, int] | None) -> dict[str, int] | None:
        for stage, most in (value or {}).items():
            if not NAME.fullmatch(stage) or len(stage) > LONGEST_WORD:
                raise FieldError(f"is not a name of a stage of at most {LONGEST_WORD} characters", path=stage)
            if most < 1:
                raise FieldError("must be at least 1", path=stage)
        return value


class TelemetryArgs(ComponentArgs):
    """Where messages of devices go."""

    existing_bucket: Input[str] | None = None
    """Bucket that exists already, encrypted and not public; left out means a new one with the key for data."""

    existing_bucket_key_arn: Input[str] | None = None
    """Key that the existing bucket is encrypted with; left out means one of S3."""

    retention_days: int | None = Field(default=None, ge=1)
    """How long a bucket of the component keeps messages, in days; left out means 365."""

    log_retention_days: int | None = None
    """How long messages are kept that could not be stored, one of the periods that CloudWatch Logs knows, in days; left
    out means 2192 in scope of HIPAA and 365 otherwise."""

    @field_validator("log_retention_days")
    @classmethod
    def _check_retention(cls, value: int | None) -> int | None:
        return check_log_retention(value)


class CopiesArgs(ComponentArgs):
    """Where second copies of the component's buckets go: buckets in another region, and a backup plan."""

    artifact_bucket_arn: Input[str]
    """Bucket that models and artefacts are copied to; it has versions."""

    telemetry_bucket_arn: Input[str] | None = None
    """Bucket that messages are copied to; it has versions. Required where the component makes the bucket of
    messages."""

    region: str
    """The region of both, another one than that of the fleet."""

    key_arn: Input[str]
    """Key of that region, by which both are encrypted."""

    backup_plan_id: Input[str]
    """Plan of AWS Backup, in the region of the fleet, that takes the buckets in."""

    _check_region = field_validator("region")(check_region)


class DefenceArgs(ComponentArgs):
    """What Device Defender takes as normal of a device, within five minutes."""

    authorization_failures: int | None = Field(default=None, ge=1)
    """Refused requests; left out means 5."""

    connection_attempts: int | None = Field(default=None, ge=1)
    """Attempts to connect; left out means 20."""

    messages_sent: int | None = Field(default=None, ge=1)
    """Messages sent; left out means ten times what the message rate gives, at least 100. A device that was offline
    sends what it kept: allow for it where this is to raise no alarm."""


class EdgeFleetArgs(ComponentArgs):
    """The arguments of ``EdgeFleet``."""

    context: Context
    """Who the fleet belongs to and which rules hold for it."""

    region: str
    """The AWS region, such as ``eu-west-1``; it is set on every resource that has one."""

    account_id: Input[str]
    """The account's id, 12 digits."""

    baseline: SecurityBaselineReference
    """Keys, bucket for access logs and topic for alarms of the account."""

    sites: list[SiteArgs] = Field(min_length=1, max_length=100)
    """Where devices stand, at most 100 sites (the quota of AWS IoT for groups below one)."""

    groups: list[DeviceGroupArgs] = Field(min_length=1)
    """Which devices there are, at most 100 groups a site."""

    rings: list[RingArgs] = Field(min_length=1, max_length=20)
    """In which order they are updated."""

    update: UpdateMetadataArgs
    """Who signs updates."""

    provisioning: ProvisioningArgs | None = None
    """How devices register; left out means the defaults of its fields."""

    offline: OfflineArgs | None = None
    """How long devices work without the cloud; left out means the defaults of its fields."""

    latency: LatencyArgs | None = None
    """How long inferences may take; left out means the defaults of its fields."""

    telemetry: TelemetryArgs | None = None
    """Where messages go; left out means the defaults of its fields."""

    copies: CopiesArgs | None = None
    """Where second copies of the buckets go; required outside ``dev``, left out there it means none."""

    defence: DefenceArgs | None = None
    """What is normal of a device; left out means the defaults of its fields."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    _check_region = field_validator("region")(check_region)

    _check_account = field_validator("account_id")(check_account)

    _check_tags = field_validator("tags")(check_own_tags)
