"""How other components take a fleet: one of ours, or one that exists already."""

from typing import Any, ClassVar, Self

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class EdgeFleetReference(ComponentArgs):
    """What a component needs of a fleet: where artefacts go and messages are, and what its rings are called."""

    region: str
    """The AWS region, such as ``eu-west-1``."""

    artifact_bucket: Input[str]
    """Bucket of models and artefacts, and of the metadata about them."""

    telemetry_bucket: Input[str]
    """Bucket of the messages of devices."""

    signing_profile: Input[str]
    """Profile of AWS Signer that signs artefacts."""

    rings: list[str]
    """Names of the rings, in their order."""

    ring_groups: Input[dict[str, Any]]
    """Thing group of each ring, by its name."""


class EdgeFleetOutputs(StackOutputs):
    """A fleet as a stack offers it to others."""

    output_name: ClassVar[str] = "edge"
    version: ClassVar[int] = 1

    region: Input[str]
    """The AWS region."""

    artifact_bucket: Input[str]
    """Bucket of models and artefacts."""

    telemetry_bucket: Input[str]
    """Bucket of the messages of devices."""

    signing_profile: Input[str]
    """Profile of AWS Signer that signs artefacts."""

    rings: Input[list[str]]
    """Names of the rings, in their order."""

    ring_groups: Input[dict[str, Any]]
    """Thing group of each ring, by its name."""

    @classmethod
    def of(cls, fleet: EdgeFleetReference) -> Self:
        """The outputs of a fleet."""
        return cls(**dict(fleet))

    @property
    def reference(self) -> EdgeFleetReference:
        """The fleet as components take it; for outputs that were read at once."""
        return EdgeFleetReference.parse("EdgeFleetOutputs", dict(self))
