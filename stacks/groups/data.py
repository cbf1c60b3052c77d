"""Settings of what holds the data of applications."""

from pydantic import Field, model_validator

from platform_lib.components.features import (
    BatchViewArgs,
    EntityArgs,
    PinnedContractArgs,
    RequestViewArgs,
    RetiredViewArgs,
    StreamViewArgs,
)
from platform_lib.core.settings import SettingsGroup
from platform_lib.core.validation import FieldError


class DatabaseSettings(SettingsGroup):
    """The database of the platform."""

    version: str = Field(default="17", pattern=r"1[5-9]")
    """Major version of PostgreSQL, 15 or later, which speak TLS only where nothing else is said
    (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/PostgreSQL.Concepts.General.SSL.html); the newest minor
    version of it. RDS goes up by hand only, and never down."""

    instance_class: str = "db.m7g.large"
    """Class of the instance."""

    storage_gib: int = Field(default=100, ge=20, le=65536)
    """Its storage at first, 20 to 65,536 GiB
    (https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/CHAP_Storage.html)."""

    maximum_storage_gib: int = Field(default=500, ge=22, le=65536)
    """How far it grows by itself."""

    multi_az: bool = True
    """Whether a second instance stands by in another zone."""

    backup_days: int = Field(default=35, ge=7, le=35)
    """How long backups are kept for a restore to a point in time, 7 to 35 days (the most that RDS keeps:
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_WorkingWithAutomatedBackups.BackupRetention.html)."""

    @model_validator(mode="after")
    def _check_storage(self) -> "DatabaseSettings":
        if self.maximum_storage_gib * 10 < self.storage_gib * 11:  # less than that RDS refuses
            least = -(-self.storage_gib * 11 // 10)
            raise FieldError(
                f"must be a tenth more than storage_gib, got {self.maximum_storage_gib}",
                f"use at least {least}",
                path="maximum_storage_gib",
            )
        return self


class FeaturesSettings(SettingsGroup):
    """The feature store: one specification makes its resources and the repository of Feast."""

    image: str
    """Image with Feast and the runtime, in the registry of the account: ``<repository>@sha256:<digest>``."""

    entities: list[EntityArgs] = Field(min_length=1)
    """What features are about."""

    batch_views: list[BatchViewArgs] = Field(default_factory=list)
    """Views that are copied online on a schedule."""

    stream_views: list[StreamViewArgs] = Field(default_factory=list)
    """Views that events are pushed into."""

    request_views: list[RequestViewArgs] = Field(default_factory=list)
    """Views that are computed when they are asked for."""

    retired_views: list[RetiredViewArgs] = Field(default_factory=list)
    """Views that are no more and whose data are kept until a day."""

    pinned_contract: PinnedContractArgs | None = None
    """What consumers rely on; a change that breaks it fails the preview."""

    @property
    def tables(self) -> list[str]:
        """Names of the views that have a table."""
        return [
            *(view.name for view in self.batch_views),
            *(view.name for view in self.stream_views),
            *(view.name for view in self.retired_views),
        ]


class DataSettings(SettingsGroup):
    """What holds the data of applications."""

    database: DatabaseSettings = Field(default_factory=DatabaseSettings)
    """The database."""

    features: FeaturesSettings
    """The feature store."""
