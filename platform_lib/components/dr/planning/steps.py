"""The ways: to the second site, back, and out of damage. Steps in the order in which they can be taken. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from platform_lib.components.dr.args import MeasurementArgs
from platform_lib.components.dr.kind import Action, FailoverBy, Mechanism, Phase, Site, SourceKind, Strategy
from platform_lib.components.dr.planning import figures
from platform_lib.components.dr.planning.model import FailoverPlan, Figure, SitePlan, SourcePlan, Step


@dataclass(frozen=True)
class Surroundings:
    """What all ways are made from."""

    name: str
    strategy: Strategy
    primary: SitePlan
    secondary: SitePlan
    record: FailoverPlan | None
    decide_minutes: float
    standby_instances: dict[str, int]
    measurements: dict[str, tuple[MeasurementArgs, ...]]


def failover(around: Surroundings, sources: Sequence[SourcePlan]) -> tuple[Step, ...]:
    """The way to the second site when the primary one is lost."""
    way = _Way(around, to=around.secondary, left=around.primary)
    way.shared("notice", Phase.DETECT, Action.NOTICE, "find out that the site does not answer", way.noticing())
    way.shared(
        "decide", Phase.DECIDE, Action.DECIDE, "ask the stop rules, and decide", figures.deciding(around.decide_minutes)
    )
    way.withdraw()
    for source in sources:
        way.take_over(source)
    way.scale()
    way.switch()
    way.shared("verify", Phase.AFTERWARDS, Action.VERIFY, "write and read for every source", figures.CHECKING)
    way.record()
    return way.steps


def failback(around: Surroundings, sources: Sequence[SourcePlan]) -> tuple[Step, ...]:
    """The way back to the primary site, once it stands again; nothing may be lost on it."""
    way = _Way(around, to=around.primary, left=around.secondary)
    way.shared(
        "decide",
        Phase.DECIDE,
        Action.DECIDE,
        "ask the stop rules, and decide on a time",
        figures.deciding(around.decide_minutes),
    )
    for source in sources:
        way.catch_up(source)
    way.withdraw()
    for source in sources:
        way.return_to(source)
    way.scale()
    way.switch()
    way.shared("verify", Phase.AFTERWARDS, Action.VERIFY, "write and read for every source", figures.CHECKING)
    way.record()
    way.protect(sources)
    return way.steps


def restore(around: Surroundings, sources: Sequence[SourcePlan], at: SitePlan) -> tuple[Step, ...]:
    """What to do when data are damaged at the site that users are at: copies have the damage too, backups have not."""
    way = _Way(around, to=at, left=at)
    way.shared(
        "decide",
        Phase.DECIDE,
        Action.DECIDE,
        "choose the point in time before the damage",
        figures.deciding(around.decide_minutes),
    )
    way.shared("fence", Phase.DECIDE, Action.FENCE, "keep everybody from writing", figures.SWITCHED_BY_PEOPLE)
    for source in sources:
        if source.backed_up:
            way.restore(source)
    way.shared(
        "verify",
        Phase.DATA,
        Action.VERIFY,
        "compare what was restored with what is known to be right",
        figures.CHECKING,
    )
    way.shared("switch", Phase.TRAFFIC, Action.SWITCH, "let programs use what was restored", figures.SWITCHED_BY_PEOPLE)
    way.record()
    return way.steps


class _Way:
    """Collects steps; a step waits for what stands in the phases before its own."""

    def __init__(self, around: Surroundings, *, to: SitePlan, left: SitePlan) -> None:
        self._around = around
        self._to = to
        self._left = left
        self._steps: list[Step] = []

    @property
    def steps(self) -> tuple[Step, ...]:
        return tuple(self._steps)

    def shared(
        self,
        name: str,
        phase: Phase,
        action: Action,
        title: str,
        figure: Figure,
        command: str = "",
        site: Site | None = None,
    ) -> None:
        """A step for all sources, after every step that stands there already but those that may run beside."""
        self._add(name, phase, action, "", title, figure, command, tuple(step.name for step in self._steps), site)

    def of_source(
        self,
        verb: str,
        action: Action,
        source: SourcePlan,
        title: str,
        figure: Figure,
        command: str = "",
        phase: Phase = Phase.DATA,
    ) -> None:
        """A step of one source: after what is shared, and after its own."""
        after = tuple(
            step.name for step in self._steps if step.source in ("", source.name) and step.phase is not Phase.CAPACITY
        )
        name = f"{verb}-{source.name}"
        self._add(name, phase, action, source.name, title, self._measured(source, verb, figure), command, after, None)

    def _add(
        self,
        name: str,
        phase: Phase,
        action: Action,
        source: str,
        title: str,
        figure: Figure,
        command: str,
        after: tuple[str, ...],
        site: Site | None,
    ) -> None:
        self._steps.append(Step(name, phase, action, site or self._to.site, source, title, command, figure, after))

    def _measured(self, source: SourcePlan, part: str, figure: Figure) -> Figure:
        found = [one for one in self._around.measurements.get(source.name, ()) if one.part == part]
        return figures.measured(found[-1]) if found else figure

    def noticing(self) -> Figure:
        record = self._around.record
        if record is None or not (record.tells or record.automatic):
            return figures.NOTICED_BY_PEOPLE
        return figures.health_checks(record.interval_seconds, record.failures)

    def withdraw(self) -> None:
        """Keeps users away from the site that is left, even if it comes back by itself."""
        record = self._around.record
        title = f"keep users away from {self._left.region}, whatever its health checks say"
        if record is None:
            self.shared("withdraw", Phase.DECIDE, Action.FENCE, title, figures.SWITCHED_BY_PEOPLE)
        elif record.by is FailoverBy.HEALTH_CHECKS:
            command = self._latch(1)
            if self._left.site is Site.PRIMARY:
                self.shared("withdraw", Phase.DECIDE, Action.FENCE, title, figures.WITHDRAWING, command)

    def _latch(self, value: int) -> str:
        """The call that withdraws the primary site (1) or lets users back to it (0); it needs no first region."""
        return (
            f"aws cloudwatch put-metric-data --region {self._around.secondary.region}"
            f" --namespace DrReplica/{self._around.name} --metric-name PrimaryWithdrawn --value {value}"
        )

    def take_over(self, source: SourcePlan) -> None:
        region, name = self._to.region, source.name
        kind, mechanism = source.kind, source.mechanism.kind
        if mechanism in (Mechanism.BACKUP_COPY, Mechanism.LOG_COPY):
            self.restore(source)
        elif mechanism is Mechanism.READ_REPLICA:
            command = f"aws rds promote-read-replica --region {region} --db-instance-identifier <replica of {name}>"
            self.of_source(
                "promote", Action.PROMOTE, source, f"promote the replica of {name}", figures.PROMOTE_REPLICA, command
            )
        elif mechanism is Mechanism.GLOBAL_DATABASE:
            command = (
                f"aws rds failover-global-cluster --region {region} --allow-data-loss"
                f" --global-cluster-identifier <global cluster of {name}>"
                f" --target-db-cluster-identifier <arn of the cluster of {name} in {region}>"
            )
            if not self._around.standby_instances[name]:
                make = (
                    f"aws rds create-db-instance --region {region} --db-cluster-identifier <cluster of {name}>"
                    f" --db-instance-identifier {name}-1 --db-instance-class <class> --engine <engine>"
                )
                self.of_source(
                    "instance",
                    Action.SCALE,
                    source,
                    f"make an instance for the cluster of {name}",
                    figures.MAKE_INSTANCE,
                    make,
                )
            self.of_source(
                "promote",
                Action.PROMOTE,
                source,
                f"fail the global database of {name} over",
                figures.FAIL_OVER_CLUSTER,
                command,
            )
        elif kind is SourceKind.EFS:
            command = (
                f"aws efs delete-replication-configuration --region {region} --deletion-mode LOCAL_CONFIGURATION_ONLY"
                f" --source-file-system-id <file system of {name}>"
            )
            self.of_source(
                "promote",
                Action.PROMOTE,
                source,
                f"end the replication of {name}, so that its copy can be written to",
                figures.END_FILE_REPLICATION,
                command,
            )
        elif kind is SourceKind.SECRET:
            command = (
                f"aws secretsmanager stop-replication-to-replica --region {region} --secret-id <replica of {name}>"
            )
            self.of_source(
                "promote",
                Action.PROMOTE,
                source,
                f"make the replica of {name} a secret of its own",
                figures.PROMOTE_SECRET,
                command,
            )
        else:
            self.of_source("use", Action.USE, source, f"use the copy of {name} as it is", figures.NOTHING_TO_DO)

    def restore(self, source: SourcePlan) -> None:
        region = self._to.region
        if source.mechanism.kind is Mechanism.LOG_COPY:
            command = (
                f"aws rds restore-db-instance-to-point-in-time --region {region} --use-latest-restorable-time"
                f" --source-db-instance-automated-backups-arn <copied backups of {source.name}>"
                f" --target-db-instance-identifier {source.name}"
            )
        else:
            command = (
                f"aws backup start-restore-job --region {region} --recovery-point-arn <newest copy of {source.name}>"
                " --iam-role-arn <restore role> --metadata <see get-recovery-point-restore-metadata>"
            )
        self.of_source(
            "restore",
            Action.RESTORE,
            source,
            f"restore {source.name} from its newest backup",
            figures.restoring(source.kind, source.size_gib),
            command,
        )

    def catch_up(self, source: SourcePlan) -> None:
        kind, mechanism, name = source.kind, source.mechanism, source.name
        region = self._to.region
        if mechanism.both_ways or mechanism.kind is Mechanism.GLOBAL_DATABASE:
            self.of_source(
                "catch-up",
                Action.CATCH_UP,
                source,
                f"wait until {name} in {region} has what was written meanwhile",
                figures.CHECKING,
            )
        else:
            titles = {
                SourceKind.RDS: f"make a replica of {name} in {region} from the promoted one, under the old name",
                SourceKind.EFS: f"replicate {name} back into the file system that it came from",
                SourceKind.SECRET: f"write the values of {name} into the secret that it came from",
            }
            title = titles.get(kind, f"back {name} up, copy the backup to {region} and restore it there")
            self.of_source("catch-up", Action.CATCH_UP, source, title, figures.catching_up(source.size_gib))

    def return_to(self, source: SourcePlan) -> None:
        kind, mechanism, name, region = source.kind, source.mechanism, source.name, self._to.region
        if mechanism.kind is Mechanism.GLOBAL_DATABASE:
            command = (
                f"aws rds switchover-global-cluster --region {region}"
                f" --global-cluster-identifier <global cluster of {name}>"
                f" --target-db-cluster-identifier <arn of the cluster of {name} in {region}>"
            )
            self.of_source(
                "promote",
                Action.PROMOTE,
                source,
                f"switch the global database of {name} over",
                figures.FAIL_OVER_CLUSTER,
                command,
            )
        elif mechanism.kind is Mechanism.READ_REPLICA:
            command = f"aws rds promote-read-replica --region {region} --db-instance-identifier <old name of {name}>"
            self.of_source(
                "promote",
                Action.PROMOTE,
                source,
                f"promote the replica of {name} in {region}",
                figures.PROMOTE_REPLICA,
                command,
            )
        elif kind is SourceKind.EFS and mechanism.kind is Mechanism.REPLICATION:
            command = (
                f"aws efs delete-replication-configuration --region {region} --source-file-system-id <copy of {name}>"
            )
            self.of_source(
                "promote",
                Action.PROMOTE,
                source,
                f"end the replication back of {name}",
                figures.END_FILE_REPLICATION,
                command,
            )
        else:
            self.of_source("use", Action.USE, source, f"use {name} in {region} as it is", figures.NOTHING_TO_DO)

    def scale(self) -> None:
        figure = figures.scaling(self._around.strategy)
        if figure.seconds:
            after = tuple(step.name for step in self._steps if not step.source)
            self._add(
                "scale",
                Phase.CAPACITY,
                Action.SCALE,
                "",
                f"bring the programs in {self._to.region} up to size",
                figure,
                "",
                after,
                None,
            )

    def switch(self) -> None:
        record = self._around.record
        title = f"send users to {self._to.region}"
        if record is None:
            self.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.SWITCHED_BY_PEOPLE)
            return
        if record.by is FailoverBy.ROUTING_CONTROLS:
            command = (
                "aws route53-recovery-cluster update-routing-control-states"
                " --region <region of the endpoint> --endpoint-url <an endpoint of the cluster>"
                f" --update-routing-control-state-entries <{self._to.site} on, {self._left.site} off>"
            )
            self.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.ROUTING_CONTROL, command)
        elif self._left.site is Site.SECONDARY:
            command = self._latch(0)
            self.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.WITHDRAWING, command)
        self.shared(
            "resolvers",
            Phase.TRAFFIC,
            Action.SWITCH,
            "wait until resolvers forgot the old answer",
            figures.resolvers(record.ttl_seconds),
        )

    def record(self) -> None:
        title = f"refresh the state, say active_site: {self._to.site}, and see that an update changes nothing"
        self.shared("record", Phase.AFTERWARDS, Action.RECORD, title, figures.RECORDING, "pulumi refresh && pulumi up")

    def protect(self, sources: Sequence[SourcePlan]) -> None:
        title = f"let an update make the copies in {self._left.region} anew that went with the failover"
        lost = [
            source
            for source in sources
            if source.mechanism.kind is Mechanism.READ_REPLICA or source.kind is SourceKind.EFS
        ]
        if lost:
            self.shared(
                "protect", Phase.AFTERWARDS, Action.PROTECT, title, figures.RECORDING, "pulumi up", self._left.site
            )
