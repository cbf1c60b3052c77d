"""How a store runs: tasks, serving, stream, copies."""

import re

from pydantic import Field, field_validator

from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_region
from platform_lib.core.checks import NAME
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError, SeveralFieldsError

_PRINCIPAL = re.compile(r"arn:[\w-]+:iam::\d{12}:(role|user)/.+")


class MaterialisationArgs(ComponentArgs):
    """The tasks of Fargate that copy values online and that apply definitions."""

    vcpu: float | None = None
    """Processors of a task: 1, 2, 4 or 8; left out means 1."""

    memory_gib: int | None = Field(default=None, ge=2, le=60)
    """Memory of a task in GiB: 2 to 8 times ``vcpu``, at most 60; left out means four times ``vcpu``."""

    timeout_minutes: int | None = Field(default=None, ge=5, le=720)
    """How long a run may take, 5 to 720 minutes; left out means 60. A run that takes longer is ended, and the next one
    begins where the last one that succeeded ended."""

    @field_validator("vcpu")
    @classmethod
    def _check_vcpu(cls, value: float | None) -> float | None:
        if value is not None and value not in (1, 2, 4, 8):
            raise FieldError("is not a number of processors that tasks get here", "use 1, 2, 4 or 8")
        return value


class ServingArgs(ComponentArgs):
    """The function that answers for features."""

    memory_mib: int | None = Field(default=None, ge=1024, le=10240)
    """Its memory, 1,024 to 10,240 MiB; left out means 2,048."""

    concurrency: int | None = Field(default=None, ge=1, le=1000)
    """How many requests it answers at a time at most, 1 to 1,000; left out means 20."""

    timeout_seconds: int | None = Field(default=None, ge=1, le=60)
    """How long an answer may take, 1 to 60 seconds; left out means 10."""

    latency_ms: int | None = Field(default=None, ge=1, le=60000)
    """What 99 of 100 answers may take before an alarm goes off, in ms; left out means 200."""

    registry_seconds: int | None = Field(default=None, ge=1, le=86400)
    """How old its copy of the registry may be, 1 to 86,400 seconds; left out means 60."""

    readers: dict[str, Input[str]] | None = Field(default=None, min_length=1, max_length=50)
    """Who may ask, beside those of the account whose own policies let them: ARNs of roles and users of IAM, of any
    account, each under a name of its own, at most 50. Left out means nobody else."""

    @field_validator("readers")
    @classmethod
    def _check_readers(cls, value: dict[str, Input[str]] | None) -> dict[str, Input[str]] | None:
        findings = []
        for name, one in (value or {}).items():
            if not NAME.fullmatch(name):
                problem = "is not a name of lower-case letters and digits joined by '-'"
                findings.append(Finding(name, problem, "use another name"))
            elif isinstance(one, str) and not _PRINCIPAL.fullmatch(one):
                findings.append(Finding(name, f"is not the ARN of a role or user of IAM, got {one!r}"))
        if findings:
            raise SeveralFieldsError(findings)
        return value


class StreamArgs(ComponentArgs):
    """The stream that events are pushed into; only with stream views."""

    retention_hours: int | None = Field(default=None, ge=24, le=8760)
    """How long events are kept, 24 to 8,760 hours; left out means 168."""

    batch_size: int | None = Field(default=None, ge=1, le=1000)
    """How many events are pushed together, at most 1,000; left out means 100."""

    retries: int | None = Field(default=None, ge=0, le=10000)
    """How often a batch is tried again before it is put aside, up to 10,000 times; left out means 5."""


class StoreCopiesArgs(ComponentArgs):
    """Where second copies of the store's data go."""

    bucket_arn: Input[str]
    """Bucket that the bucket of the store is copied to; it has versions."""

    region: str
    """The region of that bucket, another one than that of the store."""

    key_arn: Input[str]
    """Key of that region, by which the bucket is encrypted."""

    backup_plan_id: Input[str]
    """Plan of AWS Backup, in the region of the store, that takes in its bucket and its tables."""

    _check_region = field_validator("region")(check_region)
