"""Snapshots, their second copies and the drill."""

from pydantic import Field, field_validator

from platform_lib.components.vault.arguments.checks import check_image, check_schedule
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_region
from platform_lib.core.inputs import Input


class VaultDrillArgs(ComponentArgs):
    """The drill: the newest snapshot is restored into a server of its own that goes away again."""

    enabled: bool | None = None
    """Whether there is one; left out means true."""

    schedule: str | None = None
    """When, as five fields of cron in UTC; left out means ``30 5 1 * *``, the first of every month."""

    oldest_hours: int | None = Field(default=None, ge=1, le=1000)
    """How old the newest snapshot may be before the drill fails, 1 to 1,000 hours; left out means 26, for snapshots
    that are taken once a day or more often."""

    @field_validator("schedule")
    @classmethod
    def _check_schedule(cls, value: str | None) -> str | None:
        return check_schedule(value)


class VaultCopiesArgs(ComponentArgs):
    """Where second copies of snapshots go: a bucket in another region, and a backup plan."""

    bucket_arn: Input[str]
    """Bucket that snapshots are copied to; it has versions."""

    region: str
    """Its region, another one than that of the servers."""

    key_arn: Input[str]
    """Key of that region, by which it is encrypted."""

    backup_plan_id: Input[str]
    """Plan of AWS Backup, in the region of the servers, that takes the bucket of snapshots in."""

    _check_region = field_validator("region")(check_region)


class VaultBackupArgs(ComponentArgs):
    """Snapshots into a bucket of S3."""

    upload_image: str
    """Image with ``sh`` and the ``aws`` command, by digest, such as
    ``public.ecr.aws/aws-cli/aws-cli@sha256:...`` (https://gallery.ecr.aws/aws-cli/aws-cli)."""

    schedule: str | None = None
    """When a snapshot is taken, as five fields of cron in UTC; left out means ``17 * * * *``, every hour."""

    retention_days: int | None = Field(default=None, ge=1, le=3650)
    """How long a snapshot is kept, 1 to 3,650 days; left out means 35."""

    lock_days: int | None = Field(default=None, ge=0, le=3650)
    """How long nobody deletes a snapshot (object lock, mode GOVERNANCE), 0 to 3,650 days; left out means 14, and 0 in
    ``dev``."""

    key_arn: Input[str] | None = None
    """Key that encrypts the bucket, of the same region; left out means one of the component's own."""

    access_log_bucket: Input[str] | None = None
    """Name of the bucket where access to the snapshots is recorded; required outside ``dev``."""

    copies: VaultCopiesArgs | None = None
    """Where second copies of the snapshots go; required outside ``dev``, left out there it means none."""

    drill: VaultDrillArgs | None = None
    """The restore drill; left out means the defaults of its fields."""

    @field_validator("upload_image")
    @classmethod
    def _check_image(cls, value: str) -> str | None:
        return check_image(value)

    @field_validator("schedule")
    @classmethod
    def _check_schedule(cls, value: str | None) -> str | None:
        return check_schedule(value)
