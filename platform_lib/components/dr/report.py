"""What a planned recovery costs, what it reaches, and which controls its parts serve. Pure."""

from typing import TypedDict

from platform_lib.components.dr.kind import FailoverBy, Mechanism, SourceKind, VaultLockMode
from platform_lib.components.dr.planning.model import DrPlan, SourcePlan, critical_path
from platform_lib.core.reporting import HOURS_PER_MONTH, CostDriver, Evidence

_UNKNOWN = "depends on use, which is not known beforehand"


class RecoveryPart(TypedDict):
    """A part of a recovery point or time."""

    name: str
    """The delay or step."""

    minutes: float
    """How long it takes."""

    basis: str
    """``documented``, ``measured`` or ``assumed``."""

    source: str
    """The vendor's page, the drill, or the reason."""


class RecoveryEstimate(TypedDict):
    """What is reached for one source when the primary site is lost."""

    source: str
    """Name of the source."""

    mechanism: str
    """How it comes to the second site."""

    recovery_point_minutes: float
    """How much of the newest data may be lost."""

    recovery_time_minutes: float
    """From the loss until users are served."""

    point: list[RecoveryPart]
    """What the recovery point is made of."""

    time: list[RecoveryPart]
    """What the recovery time is made of: the longest way through the steps."""


def estimates(plan: DrPlan) -> list[RecoveryEstimate]:
    """What is reached for every source, with every number's origin."""
    found: list[RecoveryEstimate] = []
    for source, reached in zip(plan.sources, plan.estimates, strict=True):
        point = [(delay.name, delay.figure) for delay in source.mechanism.delays]
        time = [(step.name, step.figure) for step in critical_path(plan.failover, source.name)]
        parts = [
            [
                RecoveryPart(name=name, minutes=figure.minutes, basis=figure.basis.value, source=figure.source)
                for name, figure in one
            ]
            for one in (point, time)
        ]
        found.append(
            RecoveryEstimate(
                source=source.name,
                mechanism=source.mechanism.kind.value,
                recovery_point_minutes=reached.recovery_point_seconds / 60,
                recovery_time_minutes=reached.recovery_time_seconds / 60,
                point=parts[0],
                time=parts[1],
            )
        )
    return found


def cost_drivers(plan: DrPlan) -> list[CostDriver]:
    """What the copies are billed for, a month; what they hold is as much as the sources are said to hold."""
    drivers = []
    backed_up = sum(source.size_gib for source in plan.sources if source.backed_up)
    if backed_up:
        said = f"one full backup of {backed_up} GiB"
        drivers += [
            CostDriver(
                item="aws:backup-storage", quantity=2 * backed_up, unit="gib", assumption=f"{said} on each site"
            ),
            CostDriver(item="aws:backup-copy", quantity=0, unit="gib", assumption=_UNKNOWN),
        ]
    for source in plan.sources:
        if (item := _COPIES.get((source.kind, source.mechanism.kind))) is not None:
            drivers.append(
                CostDriver(item=item, quantity=source.size_gib, unit="gib", assumption=f"the copy of {source.name}")
            )
    instances = sum(_instances(source) for source in plan.sources)
    if instances:
        drivers.append(
            CostDriver(
                item="aws:rds-standby-hours",
                quantity=instances * HOURS_PER_MONTH,
                unit="hours",
                assumption=f"{instances} instances at the second site all month",
            )
        )
    drivers.append(CostDriver(item="aws:inter-region-transfer", quantity=0, unit="gib", assumption=_UNKNOWN))
    if plan.record is not None:
        checks = 4 if plan.record.by is FailoverBy.ROUTING_CONTROLS else 3 + int(plan.record.automatic)
        drivers.append(
            CostDriver(item="aws:health-checks", quantity=checks, unit="checks", assumption=f"{checks} all month")
        )
        if plan.record.new_cluster:
            drivers.append(
                CostDriver(
                    item="aws:arc-cluster-hours", quantity=HOURS_PER_MONTH, unit="hours", assumption="one cluster"
                )
            )
    return drivers


_COPIES = {
    (SourceKind.RDS, Mechanism.READ_REPLICA): "aws:rds-storage",
    (SourceKind.RDS, Mechanism.LOG_COPY): "aws:rds-backup-storage",
    (SourceKind.AURORA, Mechanism.GLOBAL_DATABASE): "aws:aurora-storage",
    (SourceKind.DYNAMODB, Mechanism.GLOBAL_TABLE): "aws:dynamodb-storage",
    (SourceKind.S3, Mechanism.TIMED_REPLICATION): "aws:s3-storage",
    (SourceKind.S3, Mechanism.REPLICATION): "aws:s3-storage",
    (SourceKind.EFS, Mechanism.REPLICATION): "aws:efs-storage",
    (SourceKind.ECR, Mechanism.REPLICATION): "aws:ecr-storage",
}


def _instances(source: SourcePlan) -> int:
    if source.mechanism.kind is Mechanism.READ_REPLICA:
        return 2 if source.multi_az else 1
    return source.standby_instances if source.mechanism.kind is Mechanism.GLOBAL_DATABASE else 0


def evidence(plan: DrPlan) -> list[Evidence]:
    """Which child serves which control."""
    recover = ["hipaa:164.308(a)(7)(ii)(B)", "soc2:A1.2", "soc2:CC7.5"]
    copies = ["hipaa:164.308(a)(7)(ii)(A)", "hipaa:164.310(d)(2)(iv)", "soc2:A1.2"]
    tests = ["hipaa:164.308(a)(7)(ii)(D)", "soc2:A1.3"]
    items: list[tuple[str, str, list[str]]] = []
    if any(source.backed_up for source in plan.sources):
        days = plan.backups.retention_days
        items.append(("backups", f"backups are copied to {plan.secondary.region} and kept for {days} days", copies))
        if plan.backups.lock is not VaultLockMode.NONE:
            text = f"no backup is deleted before {plan.backups.lock_minimum_days} days are over"
            items += [(f"vault-{site.site.value}-lock", text, copies) for site in plan.sites]
        if plan.restore_tests is not None:
            text = f"copies are restored every {plan.restore_tests.window_days} days for a test"
            items.append(("restore-tests", text, tests))
    for source in plan.sources:
        child = _CHILDREN.get(source.mechanism.kind, {}).get(source.kind)
        if child is not None and not source.mechanism.by_owner:
            minutes = source.mechanism.recovery_point_seconds / 60
            text = f"{source.name} has a copy in {plan.secondary.region} that is {minutes:g} minutes behind at most"
            items.append((child.format(source.name), text, recover))
    return [
        Evidence(child=f"{plan.name}-{child}", statement=text, controls=controls) for child, text, controls in items
    ]


_CHILDREN = {
    Mechanism.READ_REPLICA: {SourceKind.RDS: "replica-{}"},
    Mechanism.LOG_COPY: {SourceKind.RDS: "logs-{}"},
    Mechanism.GLOBAL_DATABASE: {SourceKind.AURORA: "global-{}"},
    Mechanism.GLOBAL_TABLE: {SourceKind.DYNAMODB: "table-{}"},
    Mechanism.TIMED_REPLICATION: {SourceKind.S3: "copying-{}"},
}
