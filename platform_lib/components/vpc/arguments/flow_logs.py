"""Records of the traffic of a network."""

from enum import StrEnum

from pydantic import Field

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input


class FlowLogDestination(StrEnum):
    """Where flow logs go; ``cloudwatch`` and ``s3`` are what ``log-service`` and ``object-store`` are on AWS."""

    CLOUDWATCH = "cloudwatch"
    S3 = "s3"
    LOG_SERVICE = "log-service"
    OBJECT_STORE = "object-store"

    @property
    def is_store(self) -> bool:
        """Whether records become objects of a store."""
        return self in (FlowLogDestination.S3, FlowLogDestination.OBJECT_STORE)


class FlowLogsArgs(ComponentArgs):
    """Records of all accepted and rejected traffic of the network."""

    enabled: bool | None = None
    """Whether traffic is recorded; left out means true, and turning it off is a finding in every pack."""

    destination: FlowLogDestination | None = None
    """Left out means a CloudWatch log group of the component's own on AWS, a storage account on Azure, and Cloud
    Logging on GCP."""

    kms_key_arn: Input[str] | None = None
    """Key for the log group on AWS; its policy has to let CloudWatch Logs use it. Left out means a key of the
    component's own."""

    key_id: Input[str] | None = None
    """Key on the other clouds: the URI of a Key Vault key for a storage account of the component's own (Azure), the id
    of a Cloud KMS key (GCP). Left out means a key that the cloud holds."""

    bucket_arn: Input[str] | None = None
    """Bucket, or bucket and prefix, for an object store on AWS; its policy has to let the log delivery service
    write."""

    store_id: Input[str] | None = None
    """Object store on the other clouds: the resource id of a storage account (Azure), the name of a bucket (GCP). Left
    out means one of the component's own."""

    workspace_id: Input[str] | None = None
    """Resource id of the Log Analytics workspace for the destination ``log-service`` on Azure."""

    retention_days: int | None = Field(default=None, ge=1)
    """How long records are kept in a log group or store of the component's own, in days, at least 1; on AWS one of the
    periods that CloudWatch Logs knows. Left out means 2192 in scope of HIPAA and 365 otherwise. Without meaning for
    ``s3``."""

    aggregation_seconds: int | None = None
    """How long records are gathered before they are written: 60 or 600 on AWS, 5, 30, 60, 300, 600 or 900 on GCP, 600
    or 3600 on Azure (for its log service); left out means 600."""

    sample_rate: float | None = Field(default=None, gt=0, le=1)
    """Share of the flows that GCP records, above 0 to 1; left out means 1, all of them."""
