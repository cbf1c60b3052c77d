"""What a feature store consists of, with every default filled in. Pure."""

from dataclasses import dataclass

from platform_lib.components.features.kind import FeatureType, ViewKind
from platform_lib.core.aws_bucket_plan import BucketPlan

PARTITION_COLUMN = "event_date"
"""Column of days by which files of the offline store lie in folders, so that a run reads only its own days."""


@dataclass(frozen=True)
class EntityPlan:
    """An entity: its name, and column and type of its key."""

    name: str
    join_key: str
    type: FeatureType
    description: str


@dataclass(frozen=True)
class FeaturePlan:
    """A feature; ``expression`` is empty where it is stored."""

    name: str
    type: FeatureType
    description: str
    sensitivity: str
    expression: str = ""


@dataclass(frozen=True)
class ViewPlan:
    """A view with a table.

    Attributes:
        kind: batch or stream.
        every_minutes: how often it is copied online; 0 for a stream view, into whose table events are pushed.
        sensitivity: of its most sensitive feature.
    """

    name: str
    kind: ViewKind
    entities: tuple[EntityPlan, ...]
    features: tuple[FeaturePlan, ...]
    ttl_minutes: int
    freshness_minutes: int
    timestamp_column: str
    created_column: str
    description: str
    owner: str
    sensitivity: str
    every_minutes: int = 0
    delay_minutes: int = 0
    backfill_minutes: int = 0

    @property
    def columns(self) -> tuple[tuple[str, FeatureType], ...]:
        """Columns of its files: keys, features, times."""
        times = [name for name in (self.timestamp_column, self.created_column) if name]
        return (
            *((entity.join_key, entity.type) for entity in self.entities),
            *((feature.name, feature.type) for feature in self.features),
            *((name, FeatureType.TIMESTAMP) for name in times),
        )


@dataclass(frozen=True)
class RequestViewPlan:
    """A view that is computed when it is asked for: what comes with the request, and the views it looks at."""

    name: str
    inputs: tuple[tuple[str, FeatureType], ...]
    views: tuple[str, ...]
    features: tuple[FeaturePlan, ...]
    description: str
    owner: str


@dataclass(frozen=True)
class RetiredPlan:
    """A view that is no more: until when its data are kept, what took its place, whether they may go."""

    name: str
    until: str
    replaced_by: str
    released: bool


@dataclass(frozen=True)
class TaskPlan:
    """A task of Fargate: processors in units of 1/1024, memory in MiB, how long a run and its lease last."""

    cpu: int
    memory_mib: int
    timeout_seconds: int
    lease_seconds: int


@dataclass(frozen=True)
class ServingPlan:
    """The function that answers."""

    memory_mib: int
    concurrency: int
    timeout_seconds: int
    latency_ms: int
    registry_seconds: int


@dataclass(frozen=True)
class StreamPlan:
    """The stream."""

    retention_hours: int
    batch_size: int
    retries: int


@dataclass(frozen=True)
class StorePlan:
    """A whole store; every collection is in the order of the arguments.

    Attributes:
        project: of Feast, the first part of the names of tables, and the database in Glue.
        stream: None without stream views.
    """

    name: str
    region: str
    partition: str
    project: str
    tier: str
    entities: tuple[EntityPlan, ...]
    views: tuple[ViewPlan, ...]
    request_views: tuple[RequestViewPlan, ...]
    retired: tuple[RetiredPlan, ...]
    bucket: BucketPlan
    task: TaskPlan
    serving: ServingPlan
    stream: StreamPlan | None
    log_retention_days: int
    deletion_protection: bool

    @property
    def batch_views(self) -> tuple[ViewPlan, ...]:
        """The views that are copied online."""
        return tuple(view for view in self.views if view.kind is ViewKind.BATCH)

    @property
    def stream_views(self) -> tuple[ViewPlan, ...]:
        """The views that events are pushed into."""
        return tuple(view for view in self.views if view.kind is ViewKind.STREAM)

    @property
    def state_table(self) -> str:
        """Name of the table of watermarks and leases: no view can have it, whose names have no hyphen."""
        return f"{self.project}-state"

    def table(self, view: str) -> str:
        """Name of a view's table: what Feast's ``table_name_template`` makes (``{project}.{table_name}``)."""
        return f"{self.project}.{view}"
