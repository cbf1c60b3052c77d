"""Entities, and views with their features."""

from pydantic import Field, field_validator

from platform_lib.components.features.arguments.name import check_snake
from platform_lib.components.features.kind import KEY_TYPES, FeatureType
from platform_lib.core.args import ComponentArgs
from platform_lib.core.context import DataClassification
from platform_lib.core.validation import FieldError


class EntityArgs(ComponentArgs):
    """What features are about, such as a customer: the key by which they are looked up."""

    name: str
    """Name of the entity, unique in the store."""

    join_key: str | None = None
    """Column that holds the key; left out means the name."""

    type: FeatureType | None = None
    """Type of the key: ``string``, ``int32`` or ``int64``; left out means ``string``."""

    description: str | None = None
    """What it is, for the registry; left out means nothing."""

    @field_validator("name", "join_key")
    @classmethod
    def _check_names(cls, value: str | None) -> str | None:
        return value if value is None else check_snake(value)

    @field_validator("type")
    @classmethod
    def _check_type(cls, value: FeatureType | None) -> FeatureType | None:
        if value is not None and value not in KEY_TYPES:
            raise FieldError("is not a type of keys", f"use one of {', '.join(one.value for one in KEY_TYPES)}")
        return value


class FeatureArgs(ComponentArgs):
    """One feature."""

    name: str
    """Name of the feature, unique in its view: the column that holds it."""

    type: FeatureType
    """Type of its values. It never changes: a feature of another type gets another name."""

    description: str | None = None
    """What it says, for the registry; left out means nothing."""

    sensitivity: DataClassification | None = None
    """How sensitive it is, at most as sensitive as the data that the context names; left out means that of its view."""

    @field_validator("name")
    @classmethod
    def _check_names(cls, value: str) -> str:
        return check_snake(value)


class BatchViewArgs(ComponentArgs):
    """Features that are computed somewhere, lie in the offline store, and are copied online on a schedule."""

    name: str
    """Name of the view, unique in the store; its tables are named after it. Another name is another view: declare the
    old one in ``retired_views``."""

    entities: list[str] = Field(min_length=1, max_length=10)
    """Names of the entities that it is about, at most 10."""

    features: list[FeatureArgs] = Field(min_length=1, max_length=500)
    """Its features, at most 500."""

    ttl_minutes: int = Field(ge=1)
    """How long a value is served after its event time, in minutes: at least as long as the view may be stale."""

    every_minutes: int = Field(ge=5, le=10080)
    """How often values are copied online, every 5 to 10,080 minutes (a week)."""

    delay_minutes: int | None = Field(default=None, ge=0, le=1440)
    """How long late data are waited for: a run copies what happened up to so many minutes ago; left out means 5."""

    freshness_minutes: int | None = Field(default=None, ge=1, le=20160)
    """How old the newest values may be at most before an alarm goes off, up to 20,160 minutes (two weeks): more than
    ``every_minutes`` and ``delay_minutes`` together. Left out means twice that."""

    backfill_minutes: int | None = Field(default=None, ge=1)
    """How far back the first run goes, in minutes; left out means ``ttl_minutes``, since older values are not
    served."""

    timestamp_column: str | None = None
    """Column with the time of an event; left out means ``event_timestamp``."""

    created_column: str | None = None
    """Column with the time at which a row was written, by which the last of several rows for an event is told; left
    out means none."""

    description: str | None = None
    """What the view holds, for the registry; left out means nothing."""

    owner: str | None = None
    """Who answers for it; left out means the owner of the context."""

    sensitivity: DataClassification | None = None
    """How sensitive its features are where they say nothing; left out means as the context says."""

    @field_validator("name", "timestamp_column", "created_column")
    @classmethod
    def _check_names(cls, value: str | None) -> str | None:
        return value if value is None else check_snake(value)


class StreamViewArgs(ComponentArgs):
    """Features that are pushed as events happen, and lie in the offline store too."""

    name: str
    """Name of the view, unique in the store; its tables are named after it."""

    entities: list[str] = Field(min_length=1, max_length=10)
    """Names of the entities that it is about, at most 10."""

    features: list[FeatureArgs] = Field(min_length=1, max_length=500)
    """Its features, at most 500."""

    ttl_minutes: int = Field(ge=1)
    """How long a value is served after its event time, in minutes: at least as long as the view may be stale."""

    freshness_minutes: int | None = Field(default=None, ge=1, le=20160)
    """How long ago the newest event may be at most before an alarm goes off, up to 20,160 minutes (two weeks); left out
    means 15, or ``ttl_minutes`` where that is less."""

    timestamp_column: str | None = None
    """Column with the time of an event; left out means ``event_timestamp``."""

    created_column: str | None = None
    """Column with the time at which a row was written; left out means none."""

    description: str | None = None
    """What the view holds, for the registry; left out means nothing."""

    owner: str | None = None
    """Who answers for it; left out means the owner of the context."""

    sensitivity: DataClassification | None = None
    """How sensitive its features are where they say nothing; left out means as the context says."""

    @field_validator("name", "timestamp_column", "created_column")
    @classmethod
    def _check_names(cls, value: str | None) -> str | None:
        return value if value is None else check_snake(value)


class RequestInputArgs(ComponentArgs):
    """A value that comes with the request."""

    name: str
    """Name of the value, unique in its view."""

    type: FeatureType
    """Its type."""

    @field_validator("name")
    @classmethod
    def _check_names(cls, value: str) -> str:
        return check_snake(value)


class RequestFeatureArgs(ComponentArgs):
    """A feature that is computed when it is asked for."""

    name: str
    """Name of the feature, unique in its view."""

    type: FeatureType
    """Type of its values: ``string``, ``int64``, ``float64`` or ``bool``, as its expression gives."""

    expression: str
    """How it is computed: an expression in Python over the inputs and over features of the views in ``views``, by their
    names; arithmetic, comparisons, conditions and ``abs``, ``float``, ``int``, ``len``, ``max``, ``min``, ``round`` and
    ``str``. Where one of its names has no value, it has none."""

    sensitivity: DataClassification | None = None
    """How sensitive it is; left out means as the context says."""

    @field_validator("name")
    @classmethod
    def _check_names(cls, value: str) -> str:
        return check_snake(value)


class RequestViewArgs(ComponentArgs):
    """Features that are computed when they are asked for, from what comes with the request and from other views."""

    name: str
    """Name of the view, unique in the store. It has no table."""

    inputs: list[RequestInputArgs] | None = Field(default=None, min_length=1)
    """What comes with the request; left out means nothing."""

    views: list[str] | None = Field(default=None, min_length=1)
    """Batch and stream views whose features expressions use; left out means none."""

    features: list[RequestFeatureArgs] = Field(min_length=1, max_length=500)
    """Its features, at most 500."""

    description: str | None = None
    """What the view holds, for the registry; left out means nothing."""

    owner: str | None = None
    """Who answers for it; left out means the owner of the context."""

    @field_validator("name")
    @classmethod
    def _check_names(cls, value: str) -> str:
        return check_snake(value)
