"""The arguments of ``FeatureStore``."""

import re

from pydantic import Field, field_validator

from platform_lib.components.baseline.refs import SecurityBaselineReference
from platform_lib.components.features.arguments.contract import PinnedContractArgs, RetiredViewArgs
from platform_lib.components.features.arguments.name import LONGEST_PROJECT, check_snake
from platform_lib.components.features.arguments.running import (
    MaterialisationArgs,
    ServingArgs,
    StoreCopiesArgs,
    StreamArgs,
)
from platform_lib.components.features.arguments.view import BatchViewArgs, EntityArgs, RequestViewArgs, StreamViewArgs
from platform_lib.components.vpc.refs import NetworkReference
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_account, check_log_retention
from platform_lib.core.context import Context
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags
from platform_lib.core.validation import FieldError

_IMAGE = re.compile(
    r"\d{12}\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/[a-z0-9]([a-z0-9._/-]*[a-z0-9])?@sha256:[0-9a-f]{64}"
)


class FeatureStoreArgs(ComponentArgs):
    """The arguments of ``FeatureStore``."""

    context: Context
    """Who the store belongs to and which rules hold for it."""

    account_id: Input[str]
    """The account's id, 12 digits."""

    network: NetworkReference
    """The network that tasks and functions run in; it says the region too."""

    baseline: SecurityBaselineReference
    """Keys, bucket for access logs and topic for alarms of the account."""

    image: Input[str]
    """Image of ECR with Feast and the runtime, by its digest
    (``<account>.dkr.ecr.<region>.amazonaws.com/<name>@sha256:...``)."""

    entities: list[EntityArgs] = Field(min_length=1, max_length=100)
    """What features are about, at most 100."""

    batch_views: list[BatchViewArgs] | None = Field(default=None, min_length=1, max_length=100)
    """Views that are copied online on a schedule, at most 100; left out means none."""

    stream_views: list[StreamViewArgs] | None = Field(default=None, min_length=1, max_length=100)
    """Views that events are pushed into, at most 100; left out means none."""

    request_views: list[RequestViewArgs] | None = Field(default=None, min_length=1, max_length=100)
    """Views that are computed when they are asked for, at most 100; left out means none."""

    retired_views: list[RetiredViewArgs] | None = Field(default=None, min_length=1, max_length=100)
    """Views that are no more and whose data are kept, at most 100; left out means none."""

    pinned_contract: PinnedContractArgs | None = None
    """What consumers rely on; a change that breaks it is refused. Left out means that nothing is compared."""

    project: str | None = None
    """Name of the project in Feast, at most 32 characters; left out means the component's name and the environment,
    joined by ``_``. Names of tables begin with it: another project is another store."""

    tier: str | None = None
    """Tier of the network that tasks and functions run in, not a public one; left out means the first private one. They
    need a way to S3, DynamoDB, Athena, Glue, KMS, CloudWatch, Kinesis and SQS: endpoints of the network, or a way
    out."""

    materialisation: MaterialisationArgs | None = None
    """The tasks; left out means the defaults of its fields."""

    serving: ServingArgs | None = None
    """The function that answers; left out means the defaults of its fields."""

    stream: StreamArgs | None = None
    """The stream; left out means the defaults of its fields."""

    copies: StoreCopiesArgs | None = None
    """Where second copies go; required outside ``dev``, left out there it means none."""

    deletion_protection: bool | None = None
    """Whether DynamoDB itself refuses to delete tables; left out means true unless the environment is ``dev``."""

    log_retention_days: int | None = None
    """How long logs are kept, one of the periods that CloudWatch Logs knows, in days; left out means 2192 in scope of
    HIPAA and 365 otherwise."""

    tags: dict[str, Input[str]] | None = None
    """More tags for every resource, beside the required ones."""

    _check_account = field_validator("account_id")(check_account)

    @field_validator("image")
    @classmethod
    def _check_image(cls, value: Input[str]) -> Input[str]:
        if isinstance(value, str) and not _IMAGE.fullmatch(value):
            raise FieldError("is not an image of ECR by its digest", "write '<account>.dkr.ecr...@sha256:<digest>'")
        return value

    @field_validator("project")
    @classmethod
    def _check_project(cls, value: str | None) -> str | None:
        if value is None:
            return value
        if len(value) > LONGEST_PROJECT:
            excess = len(value) - LONGEST_PROJECT
            raise FieldError(f"is longer than {LONGEST_PROJECT} characters", f"shorten it by {excess}")
        return check_snake(value)

    @field_validator("log_retention_days")
    @classmethod
    def _check_retention(cls, value: int | None) -> int | None:
        return check_log_retention(value)

    _check_tags = field_validator("tags")(check_own_tags)
