"""What forbids a recovery as it is asked for: every finding names the argument, the number, and the way out. Pure."""

from collections.abc import Sequence

from platform_lib.components.dr.args import DrReplicaArgs, DrSourceArgs
from platform_lib.components.dr.kind import SourceKind
from platform_lib.components.dr.planning.mechanisms import MECHANISMS
from platform_lib.components.dr.planning.model import DrPlan, SourcePlan, Step, critical_path
from platform_lib.core.errors import Finding


def check_sites(args: DrReplicaArgs) -> list[Finding]:
    """Sites that are one, or not in one partition."""
    primary, secondary = args.primary.region, args.secondary.region
    if primary == secondary:
        problem = f"must be another region than the primary one, got {secondary!r}"
        return [Finding("secondary.region", problem, "what is lost with one region is lost with it")]
    return []


def check_objectives(plan: DrPlan) -> list[Finding]:
    """Objectives that a mechanism cannot reach, with the part that breaks each and what would reach it."""
    findings = []
    for source in plan.sources:
        findings += _check_point(source)
        findings += _check_time(plan.failover, source)
    return findings


def _check_point(source: SourcePlan) -> list[Finding]:
    asked, total = source.objective.recovery_point_minutes, 0.0
    for delay in source.mechanism.delays:
        total += delay.figure.minutes
        if total > asked:
            reached = source.mechanism.recovery_point_seconds / 60
            problem = (
                f"cannot be reached by {source.mechanism.kind.value}, got {asked:g}: {delay.name} makes it "
                f"{total:g} minutes ({delay.figure.basis.value}: {delay.figure.source}), all together {reached:g}"
            )
            return [
                Finding(f"sources[{source.index}].objectives.recovery_point_minutes", problem, _nearer(source, reached))
            ]
    return []


def _check_time(way: Sequence[Step], source: SourcePlan) -> list[Finding]:
    asked, total = source.objective.recovery_time_minutes, 0.0
    path = critical_path(tuple(way), source.name)
    reached = sum(step.figure.minutes for step in path)
    for step in path:
        total += step.figure.minutes
        if total > asked:
            problem = (
                f"cannot be reached by {source.mechanism.kind.value}, got {asked:g}: {step.name} makes it "
                f"{total:g} minutes ({step.figure.basis.value}: {step.figure.source}), all together {reached:g}"
            )
            return [
                Finding(f"sources[{source.index}].objectives.recovery_time_minutes", problem, _nearer(source, reached))
            ]
    return []


def _nearer(source: SourcePlan, reached: float) -> str:
    known = MECHANISMS[source.kind]
    better = known[: known.index(source.mechanism.kind)]
    least = f"ask for at least {reached:g}"
    return f"use {' or '.join(one.value for one in better)}, or {least}" if better else least


def check_sources(args: DrReplicaArgs) -> list[Finding]:
    """Sources that are not taken as they are given."""
    findings: list[Finding] = []
    names = [source.name for source in args.sources]
    for index, source in enumerate(args.sources):
        path = f"sources[{index}]"
        if source.name in names[:index]:
            findings.append(Finding(f"{path}.name", f"is given twice, got {source.name!r}", "use another name"))
        if source.mechanism is not None and source.mechanism not in MECHANISMS[source.kind]:
            known = ", ".join(one.value for one in MECHANISMS[source.kind])
            problem = f"does not copy {source.kind.value}, got {source.mechanism.value!r}"
            findings.append(Finding(f"{path}.mechanism", problem, f"use one of {known}"))
        findings += _check_taken(source, path)
    return findings


def _check_taken(source: DrSourceArgs, path: str) -> list[Finding]:
    given = source.arn is not None or source.id is not None
    if source.kind is SourceKind.SECRET and not source.copied_by_owner:
        problem = "must be true for a secret: only the secret itself names its replicas"
        return [
            Finding(f"{path}.copied_by_owner", problem, "give the secret a replica in the second region, and say so")
        ]
    if not given and not (source.kind is SourceKind.S3 and source.copied_by_owner):
        return [Finding(f"{path}.arn", "is required", "give its arn or its id")]
    return []
