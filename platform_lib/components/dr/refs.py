"""How other components take copies: where they may put what they copy themselves."""

from typing import Any, ClassVar, Self

from platform_lib.components.dr.kind import Site
from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class DrReplicaReference(ComponentArgs):
    """What a component needs of a second site: its region and key, buckets for copies, and a plan for backups."""

    primary_region: str
    """Region of the primary site."""

    secondary_region: str
    """Region of the second site, where copies are."""

    active_site: Site
    """The site that users are at."""

    key_arn: Input[str]
    """Key in the second region that copies are encrypted with."""

    backup_plan_id: Input[str] | None = None
    """Plan of AWS Backup in the region of the primary site, with copies in the second one; None where nothing is
    backed up."""

    copy_bucket_arns: Input[dict[str, Any]]
    """ARN of the bucket in the second region for the copy of each bucket, by the name of its source."""


class DrReplicaOutputs(StackOutputs):
    """A second site as a stack offers it to others."""

    output_name: ClassVar[str] = "resilience"
    version: ClassVar[int] = 1

    primary_region: Input[str]
    """Region of the primary site."""

    secondary_region: Input[str]
    """Region of the second site."""

    active_site: Input[str]
    """The site that users are at."""

    key_arn: Input[str]
    """Key in the second region that copies are encrypted with."""

    backup_plan_id: Input[str]
    """Plan of AWS Backup in the region of the primary site; empty where nothing is backed up."""

    copy_bucket_arns: Input[dict[str, Any]]
    """ARN of the bucket for each copy, by the name of its source."""

    @classmethod
    def of(cls, replica: DrReplicaReference) -> Self:
        """The outputs of a second site."""
        found = {**dict(replica), "active_site": replica.active_site.value}
        return cls(**{**found, "backup_plan_id": replica.backup_plan_id or ""})

    @property
    def reference(self) -> DrReplicaReference:
        """The second site as components take it; for outputs that were read at once."""
        found = {**dict(self), "backup_plan_id": self.backup_plan_id or None}
        return DrReplicaReference.parse("DrReplicaOutputs", found)
