"""Facts about kinds of sources. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.dr.kind import SourceKind


@dataclass(frozen=True)
class ArnForm:
    """Service of an ARN, and what stands before the id."""

    service: str
    resource: str

    def pattern(self, region: str) -> re.Pattern[str]:
        """What an ARN of the kind in a region is like."""
        where = "::" if self.service == "s3" else rf"{re.escape(region)}:\d{{12}}:"
        return re.compile(rf"arn:[\w-]+:{self.service}:{where}{re.escape(self.resource)}.+")


ARN_OF_KIND: Final[Mapping[SourceKind, ArnForm]] = {
    SourceKind.RDS: ArnForm("rds", "db:"),
    SourceKind.AURORA: ArnForm("rds", "cluster:"),
    SourceKind.DYNAMODB: ArnForm("dynamodb", "table/"),
    SourceKind.S3: ArnForm("s3", ""),
    SourceKind.EFS: ArnForm("elasticfilesystem", "file-system/"),
    SourceKind.ECR: ArnForm("ecr", "repository/"),
    SourceKind.SECRET: ArnForm("secretsmanager", "secret:"),
    SourceKind.EBS: ArnForm("ec2", "volume/"),
}
"""Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html."""

PROTECTED_RESOURCE_TYPE: Final[Mapping[SourceKind, str]] = {
    SourceKind.RDS: "RDS",
    SourceKind.AURORA: "Aurora",
    SourceKind.DYNAMODB: "DynamoDB",
    SourceKind.S3: "S3",
    SourceKind.EFS: "EFS",
    SourceKind.EBS: "EBS",
}
"""How restore tests call the kinds that AWS Backup knows
(https://docs.aws.amazon.com/aws-backup/latest/devguide/API_RestoreTestingSelectionForCreate.html)."""

KEPT_CONTINUOUSLY: Final = (SourceKind.S3,)
"""Kinds that AWS Backup keeps for any point in time here. Databases and tables do that themselves, which is their
owner's setting: AWS Backup would change it behind the owner's back
(https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html)."""

LOGS_OF_ENGINE: Final[Mapping[str, tuple[str, ...]]] = {
    "postgres": ("postgresql", "upgrade"),
    "mysql": ("audit", "error", "general", "slowquery"),
    "mariadb": ("audit", "error", "general", "slowquery"),
    "aurora-postgresql": ("postgresql",),
    "aurora-mysql": ("audit", "error", "general", "slowquery"),
}
"""Logs that a database exports, by its engine
(https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.Procedural.UploadtoCloudWatch.html)."""
