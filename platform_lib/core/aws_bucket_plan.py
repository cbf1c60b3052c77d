"""What a bucket of a component is like. Pure; ``core.aws_bucket`` makes it."""

from dataclasses import dataclass


@dataclass(frozen=True)
class BucketPlan:
    """One bucket with all that belongs to it.

    Attributes:
        role: what it is for, the part of its name.
        retention_days: how long objects are kept, and versions that are no longer the current ones.
        cold_after_days: when they move to cheaper storage; None for never.
        lock_mode: of the default retention, as S3 writes it; None for no lock.
        lock_days: how long the lock holds.
        with_key: encrypted with the key for logs, else with a key of S3 (targets of access logs can do no other).
        records_access: access to it is recorded in the bucket for access logs.
        keeps_current: current objects are kept for good, whatever ``retention_days`` says.
        temporary: prefixes of objects that go all the same, each with how long they are kept.
        purpose: value of the tag ``purpose``, by which policies know stores of evidence; None for no such tag.
    """

    role: str
    retention_days: int
    cold_after_days: int | None = None
    lock_mode: str | None = None
    lock_days: int = 0
    with_key: bool = True
    records_access: bool = True
    purpose: str | None = None
    keeps_current: bool = False
    temporary: tuple[tuple[str, int], ...] = ()
