"""Closed choices of edge fleets. Imports nothing of pulumi."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


class InferenceMetric(StrEnum):
    """What a device says about its inferences: what a gate looks at, never whether an installation went through."""

    LATENCY = "latency-ms"
    ERRORS = "error-percent"
    CONFIDENCE = "confidence"
    DRIFT = "drift"
    RATE = "inferences-per-minute"

    @property
    def field(self) -> str:
        """The field of a device's message, and the end of the name of the CloudWatch metric."""
        return self.value.replace("-", "_")

    @property
    def bad_above(self) -> bool:
        """Whether values above a limit are bad; else values below it are."""
        return self in (InferenceMetric.LATENCY, InferenceMetric.ERRORS, InferenceMetric.DRIFT)


class UpdateRole(StrEnum):
    """The four top-level roles of The Update Framework (https://theupdateframework.github.io/specification/latest/)."""

    ROOT = "root"
    TARGETS = "targets"
    SNAPSHOT = "snapshot"
    TIMESTAMP = "timestamp"


EXPIRES_DAYS: Final[Mapping[UpdateRole, int]] = {
    UpdateRole.ROOT: 365,
    UpdateRole.TARGETS: 90,
    UpdateRole.SNAPSHOT: 7,
    UpdateRole.TIMESTAMP: 1,
}
"""How long metadata of a role is good where nothing is said. The specification sets no numbers; these are ours."""
