"""The arguments of ``DrReplica``."""

import re

from pydantic import Field, field_validator, model_validator

from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.components.dr.kind import FailoverBy, Mechanism, Site, SourceKind, Strategy, VaultLockMode
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account, check_region
from platform_lib.core.checks import check_name
from platform_lib.core.context import Context
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags
from platform_lib.core.validation import FieldError

LONGEST_WORD = 24
"""Longest name of a source: it becomes part of several names in AWS."""

_ARN = re.compile(r"arn:[\w-]+:[a-z0-9-]+:[a-z0-9-]*:(\d{12})?:.+")
_KEY_ARN = re.compile(r"arn:[\w-]+:kms:(?P<region>[a-z0-9-]+):\d{12}:key/.+")
_DAY = re.compile(r"\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])")
_RECORD = re.compile(r"(\*\.)?([a-z0-9_]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,63}\.?", re.ASCII)


def _check_word(value: str) -> str:
    check_name(value)
    if len(value) > LONGEST_WORD:
        raise FieldError(f"is longer than {LONGEST_WORD} characters", f"shorten it by {len(value) - LONGEST_WORD}")
    return value


def _check_key(value: Input[str] | None) -> Input[str] | None:
    if isinstance(value, str) and not _KEY_ARN.fullmatch(value):
        raise FieldError("is not the arn of a key", "write it as 'arn:aws:kms:eu-central-1:111122223333:key/<id>'")
    return value


def region_of_key(value: object) -> str | None:
    """The region of a key, where its ARN is plain; None where it is not known yet."""
    found = _KEY_ARN.fullmatch(value) if isinstance(value, str) else None
    return None if found is None else found["region"]


class PrimarySiteArgs(ComponentArgs):
    """The site that users are at by default: a region of AWS, with what the account has there."""

    region: str
    """The AWS region, such as ``eu-west-1``; it is set on every resource of the site that has one."""

    baseline: SecurityBaselineReference
    """Keys, bucket for access logs and topic for alarms of the account in this region."""

    _check_region = field_validator("region")(check_region)


class SecondarySiteArgs(ComponentArgs):
    """The site that takes over: another region of AWS."""

    region: str
    """The AWS region, such as ``eu-central-1``; it is set on every resource of the site that has one."""

    baseline: SecurityBaselineReference | None = None
    """Keys, bucket for access logs and topic for alarms of the account in this region; left out means that the
    component makes there what it needs."""

    _check_region = field_validator("region")(check_region)


class ObjectivesArgs(ComponentArgs):
    """What has to be reached when the primary site is lost."""

    recovery_time_minutes: float | None = Field(default=None, gt=0, le=43200)
    """From the loss until users are served again, at most 43,200 minutes (30 days); left out means 60."""

    recovery_point_minutes: float | None = Field(default=None, gt=0, le=43200)
    """How much of the newest data may be lost, at most 43,200 minutes (30 days); left out means 15."""


class MeasurementArgs(ComponentArgs):
    """A time that a drill showed: it takes the place of an assumed or documented one."""

    part: str
    """The step or delay that was measured, as the estimate calls it, such as ``restore`` or ``copy``."""

    minutes: float = Field(ge=0, le=43200)
    """How long it took, in minutes."""

    day: str
    """When it was measured, as ``2026-03-31``."""

    @field_validator("day")
    @classmethod
    def _check_day(cls, value: str) -> str:
        if not _DAY.fullmatch(value):
            raise FieldError("is not a day", "write it as '2026-03-31'")
        return value


class StandbyArgs(ComponentArgs):
    """The copy of a database, where the second site runs one."""

    instance_class: str | None = None
    """Class of its instances, such as ``db.r6g.large``; required where there are instances."""

    instances: int | None = Field(default=None, ge=0, le=15)
    """How many instances a secondary cluster of Aurora has, 0 to 15; left out means 1 in ``dev`` and 2, in two zones,
    otherwise. With 0 it holds the data only, and gets its first instance when it is needed."""

    engine: str | None = None
    """Engine of the source: ``postgres``, ``mysql``, ``mariadb``, ``aurora-postgresql`` or ``aurora-mysql``. Required
    where the second site runs a copy."""

    engine_version: Input[str] | None = None
    """Version of the engine: that of the source. Required for Aurora, left out for RDS it is that of the source."""

    subnet_group: Input[str] | None = None
    """Name of the group of subnets in the second region; required where the second site runs a copy."""

    security_group_ids: list[Input[str]] | None = Field(default=None, min_length=1)
    """Security groups in the second region; required where the second site runs a copy."""

    parameter_group: Input[str] | None = None
    """Name of the group of parameters in the second region; left out means that of the engine."""

    multi_az: bool | None = None
    """Whether a replica of RDS stands in two zones; left out means true outside ``dev``."""


class DrSourceArgs(ComponentArgs):
    """Something that holds data, and how it comes to the second site."""

    name: str
    """Name of the source, unique, at most 24 characters: it becomes part of names, and runbooks call it so."""

    kind: SourceKind
    """What it is. Other kinds are not known: what has no state needs no copy, and what is not here has to be copied by
    its owner."""

    arn: Input[str] | None = None
    """Its ARN: of an instance, cluster, table, bucket, file system, repository, secret or volume. Give it or ``id``."""

    id: Input[str] | None = None
    """Its id or name, in the region of the primary site: identifier of an instance or cluster, name of a table, bucket
    or repository, id of a file system or volume. Secrets are taken by ARN only."""

    key_arn: Input[str] | None = None
    """Key that it is encrypted with; left out means the data key of the primary site's baseline."""

    mechanism: Mechanism | None = None
    """How it comes to the second site; left out means what the strategy takes for its kind."""

    objectives: ObjectivesArgs | None = None
    """What has to be reached for this source; what is left out is that of the component."""

    size_gib: int | None = Field(default=None, ge=1, le=16_777_216)
    """How much it holds, in GiB, which restoring and copying take their time for; left out means 100."""

    copied_by_owner: bool | None = None
    """Whether whoever owns the source copies it: the component makes the place (a bucket with versions) and no
    replication, or, for a secret, expects its replica. Left out means false. Secrets take nothing else, since only the
    secret itself can name its replicas."""

    backed_up: bool | None = None
    """Whether AWS Backup takes it into the vaults too, against what a replica copies faithfully: deletion and damage.
    Left out means true for all kinds but repositories and secrets, which AWS Backup does not know."""

    standby: StandbyArgs | None = None
    """The copy of a database, for ``read-replica`` and ``global-database``."""

    measurements: list[MeasurementArgs] | None = Field(default=None, min_length=1)
    """What drills showed for this source; left out means nothing yet."""

    _check_key = field_validator("key_arn")(_check_key)

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return _check_word(value)

    @field_validator("arn")
    @classmethod
    def _check_arn(cls, value: Input[str] | None) -> Input[str] | None:
        if isinstance(value, str) and not _ARN.fullmatch(value):
            raise FieldError("is not an arn", "write it as 'arn:aws:rds:eu-west-1:111122223333:db:orders'")
        return value

    @model_validator(mode="after")
    def _check_which(self) -> "DrSourceArgs":
        if self.arn is not None and self.id is not None:
            raise FieldError("is given beside arn", "give one of them", path="id")
        return self


class DrKeysArgs(ComponentArgs):
    """Keys of the second site. The data of a region that is lost cannot be read with a key of that region."""

    secondary_key_arn: Input[str] | None = None
    """Key in the second region for all copies; left out means that of the second site's baseline, or a new one. Where
    the second site has no baseline, it encrypts the topic for alarms too: its policy has to let CloudWatch use it."""

    made: bool | None = None
    """Whether the component may make a key where none is given; left out means true."""

    _check_key = field_validator("secondary_key_arn")(_check_key)


class BackupsArgs(ComponentArgs):
    """Backups by AWS Backup and their copies in the second region."""

    every_hours: int | None = Field(default=None, ge=1, le=24)
    """How often, every 1 to 24 hours and a divisor of 24; left out means 24."""

    start_within_minutes: int | None = Field(default=None, ge=60, le=1440)
    """A backup starts at most so much after its time, 60 (the least AWS Backup takes) to 1,440 minutes; left out means
    60."""

    complete_within_minutes: int | None = Field(default=None, ge=120, le=10080)
    """A backup that takes longer is given up, 120 to 10,080 minutes; left out means 1,440."""

    retention_days: int | None = Field(default=None, ge=7, le=36500)
    """How long backups and their copies are kept, 7 to 36,500 days; left out means 35."""

    cold_after_days: int | None = Field(default=None, ge=1)
    """When they move to cold storage, at least 90 days before they are deleted; left out means never."""

    lock: VaultLockMode | None = None
    """Who may delete a backup before its time: whoever may delete (``none``), whoever may take the lock away
    (``governance``), nobody (``compliance``); left out means ``governance``, in ``dev`` ``none``."""

    lock_minimum_days: int | None = Field(default=None, ge=1)
    """No backup may come into the vaults for less, at most ``retention_days``; left out means 7."""

    lock_grace_days: int | None = Field(default=None, ge=3)
    """How long a lock of mode ``compliance`` can still be taken away, at least 3 days (the least of AWS Backup); left
    out means 14."""


class RestoreTestsArgs(ComponentArgs):
    """Restores of copies at the second site that AWS Backup makes and deletes by itself."""

    enabled: bool | None = None
    """Left out means true where anything is backed up."""

    every_days: int | None = Field(default=None, ge=1, le=90)
    """How often, 1 to 90 days: daily for 1, weekly up to 7, monthly up to 31, else quarterly; left out means 7."""

    validation_hours: int | None = Field(default=None, ge=1, le=168)
    """How long what was restored stays for checks, 1 to 168 hours; left out means 4."""


class FailoverRecordArgs(ComponentArgs):
    """The record of DNS by which users find the active site."""

    zone_id: Input[str]
    """Hosted zone of Route 53 that the record stands in."""

    name: str
    """Name of the record, such as ``api.example.com``."""

    primary_target: Input[str]
    """Name that users are sent to at the primary site, such as that of a load balancer."""

    secondary_target: Input[str]
    """Name that users are sent to at the secondary site."""

    by: FailoverBy | None = None
    """What sends users to the other site; left out means ``health-checks``. ``routing-controls`` are a switch that
    works while a whole region is down, and are paid by the hour and cluster."""

    automatic: bool | None = None
    """Whether a failed health check of the primary site alone sends users away, before anybody decided; left out means
    true for ``active-active`` and false otherwise: a site that is not promoted yet could not serve them."""

    cluster_arn: Input[str] | None = None
    """Cluster of Application Recovery Controller that exists already; left out means a new one, with
    ``routing-controls``."""

    alarm_topic_arn: Input[str] | None = None
    """Topic in us-east-1, where Route 53 has its metrics, that hears when the primary site does not answer; left out
    means the topic of a site that is there, and otherwise that nobody is told by Route 53."""

    health_path: str | None = None
    """Path that health checks ask over HTTPS; left out means ``/``."""

    interval_seconds: int | None = None
    """Seconds between two looks of a health check, 10 or 30; left out means 30."""

    failures: int | None = Field(default=None, ge=1, le=10)
    """So many failed looks in a row mean that a site is down, 1 to 10; left out means 3."""

    ttl_seconds: int | None = Field(default=None, ge=0, le=3600)
    """How long resolvers keep the answer, 0 to 3,600 seconds; left out means 60."""

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        if not _RECORD.fullmatch(value):
            raise FieldError("is not the name of a record", "write it as 'api.example.com'")
        return value

    @field_validator("health_path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith("/"):
            raise FieldError("must begin with '/'", f"use '/{value}'")
        return value

    @field_validator("interval_seconds")
    @classmethod
    def _check_interval(cls, value: int | None) -> int | None:
        if value not in (None, 10, 30):
            raise FieldError("must be 10 or 30", "Route 53 knows no other interval")
        return value


class DrillsArgs(ComponentArgs):
    """How often the way to the second site is gone for a drill."""

    every_days: int | None = Field(default=None, ge=1, le=366)
    """At least every so many days; left out means 92, which is every quarter."""

    last_day: str | None = None
    """The day of the last one, as ``2026-03-31``; left out means that there was none yet."""

    @field_validator("last_day")
    @classmethod
    def _check_day(cls, value: str | None) -> str | None:
        if value is not None and not _DAY.fullmatch(value):
            raise FieldError("is not a day", "write it as '2026-03-31'")
        return value


class StopRulesArgs(ComponentArgs):
    """When nobody goes on without a human's decision."""

    decide_within_minutes: float | None = Field(default=None, ge=0, le=1440)
    """How long the decision to fail over may take, 0 to 1,440 minutes: part of every recovery time; left out means
    10."""

    abort_after_minutes: float | None = Field(default=None, gt=0, le=10080)
    """A way that takes longer is stopped, and a human decides; left out means twice the longest recovery time that is
    asked for."""


class DrReplicaArgs(ComponentArgs):
    """The arguments of ``DrReplica``."""

    context: Context
    """Who the copies belong to and which rules hold for them."""

    account_id: Input[str]
    """The account's id, 12 digits; both sites are in it."""

    primary: PrimarySiteArgs
    """The site that users are at by default."""

    secondary: SecondarySiteArgs
    """The site that takes over, in another region."""

    sources: list[DrSourceArgs] = Field(min_length=1, max_length=100)
    """What holds data, 1 to 100."""

    strategy: Strategy | None = None
    """How much of the second site runs before it is needed; left out means ``pilot-light``, the cheapest by which the
    default objectives can be reached."""

    objectives: ObjectivesArgs | None = None
    """What has to be reached for every source that says nothing else; left out means the defaults of its fields."""

    active_site: Site | None = None
    """The site that users are at; left out means ``primary``. A failover does not go through the program: say
    ``secondary`` afterwards, so that the next ``up`` leaves alone what the failover did."""

    keys: DrKeysArgs | None = None
    """Keys of the second site; left out means the defaults of its fields."""

    backups: BackupsArgs | None = None
    """Backups and their copies; left out means the defaults of its fields."""

    restore_tests: RestoreTestsArgs | None = None
    """Tests of copies; left out means the defaults of its fields."""

    failover_record: FailoverRecordArgs | None = None
    """The record of DNS; left out means that users are sent to the other site by somebody else."""

    drills: DrillsArgs | None = None
    """Drills; left out means the defaults of its fields."""

    stop_rules: StopRulesArgs | None = None
    """When a human has to decide; left out means the defaults of its fields."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    _check_account = field_validator("account_id")(check_account)

    _check_tags = field_validator("tags")(check_own_tags)
