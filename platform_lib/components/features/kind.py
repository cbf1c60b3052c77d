"""Closed choices of feature stores. Imports nothing of pulumi."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class FeatureType(StrEnum):
    """What a value of a feature or a key is."""

    STRING = "string"
    INT32 = "int32"
    INT64 = "int64"
    FLOAT32 = "float32"
    FLOAT64 = "float64"
    BOOL = "bool"
    BYTES = "bytes"
    TIMESTAMP = "timestamp"
    STRINGS = "strings"
    INT64S = "int64s"
    FLOAT32S = "float32s"
    FLOAT64S = "float64s"

    @property
    def in_feast(self) -> str:
        """The type as definitions of Feast write it (``feast.types``)."""
        return FEAST_TYPES[self]

    @property
    def in_glue(self) -> str:
        """The type of the column in Glue, as https://docs.aws.amazon.com/athena/latest/ug/data-types.html has it."""
        return GLUE_TYPES[self]


FEAST_TYPES: Final[Mapping[FeatureType, str]] = {
    FeatureType.STRING: "String",
    FeatureType.INT32: "Int32",
    FeatureType.INT64: "Int64",
    FeatureType.FLOAT32: "Float32",
    FeatureType.FLOAT64: "Float64",
    FeatureType.BOOL: "Bool",
    FeatureType.BYTES: "Bytes",
    FeatureType.TIMESTAMP: "UnixTimestamp",
    FeatureType.STRINGS: "Array(String)",
    FeatureType.INT64S: "Array(Int64)",
    FeatureType.FLOAT32S: "Array(Float32)",
    FeatureType.FLOAT64S: "Array(Float64)",
}

GLUE_TYPES: Final[Mapping[FeatureType, str]] = {
    FeatureType.STRING: "string",
    FeatureType.INT32: "int",
    FeatureType.INT64: "bigint",
    FeatureType.FLOAT32: "float",
    FeatureType.FLOAT64: "double",
    FeatureType.BOOL: "boolean",
    FeatureType.BYTES: "binary",
    FeatureType.TIMESTAMP: "timestamp",
    FeatureType.STRINGS: "array<string>",
    FeatureType.INT64S: "array<bigint>",
    FeatureType.FLOAT32S: "array<float>",
    FeatureType.FLOAT64S: "array<double>",
}

KEY_TYPES: Final = (FeatureType.STRING, FeatureType.INT32, FeatureType.INT64)
"""What keys of entities may be: floats do not compare, and the rest has no one text."""


COMPUTED_TYPES: Final[Mapping[type, FeatureType]] = {
    str: FeatureType.STRING,
    int: FeatureType.INT64,
    float: FeatureType.FLOAT64,
    bool: FeatureType.BOOL,
}
"""What expressions may give, by what Python calls it; Feast 0.67 finds the types of computed features so
(``type_map.python_type_to_feast_value_type``)."""


class ViewKind(StrEnum):
    """Where the values of a view come from."""

    BATCH = "batch"
    STREAM = "stream"
    REQUEST = "request"
