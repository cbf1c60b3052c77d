"""What each step of a way does to the sandbox cloud, and what it has to show.

What AWS would do by the step's command is done to the cloud; what people do outside of AWS (decide, scale programs,
restore into a new resource) is only asked whether it could be done. Times come from the cloud's own settings where it
has them (health checks, time to live), else from the plan.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Final

from platform_lib.components.dr.document import Way, steps_of
from platform_lib.components.dr.kind import Action, FailoverBy, Mechanism, Site, SourceKind
from platform_lib.components.dr.planning.model import Step
from platform_lib.components.dr.runbook import minutes
from platform_lib.core.errors import CloudError
from platform_lib.operations.drill import effect
from platform_lib.operations.drill.canary import backup_ages
from platform_lib.operations.drill.model import Check
from platform_lib.operations.drill.stage import Stage
from platform_lib.sandbox.cloud.aws.recovery.answer import Answer, answer, set_routing_control
from platform_lib.sandbox.cloud.aws.recovery.copies import SOURCES, backups_at_home
from platform_lib.sandbox.cloud.aws.recovery.metric import put_metric
from platform_lib.sandbox.cloud.aws.recovery.world import World

_PUT_METRIC: Final = re.compile(
    r"aws cloudwatch put-metric-data .*?--region (\S+) --namespace (\S+) --metric-name (\S+) --value (\S+)"
)
_BY_HAND: Final = (Mechanism.BACKUP_COPY, Mechanism.LOG_COPY)

Shown = tuple[list[Check], float]
"""What a step showed, and how many seconds it took."""


class Acts:
    """Does the steps of one way.

    Args:
        stage: where the drill plays.
        way: that is walked.
    """

    def __init__(self, stage: Stage, way: Way) -> None:
        self._stage = stage
        self._way = way
        self._steps = steps_of(stage.plan, way)
        self._last_switch = [step.name for step in self._steps if step.action is Action.SWITCH][-1:]
        self._protects = any(step.action is Action.PROTECT for step in self._steps)
        self._by_action: Final[Mapping[Action, Callable[[Step], Shown]]] = {
            Action.NOTICE: self._notice,
            Action.DECIDE: self._decide,
            Action.FENCE: self._fence,
            Action.PROMOTE: self._promote,
            Action.RESTORE: self._restore,
            Action.USE: self._use,
            Action.CATCH_UP: self._catch_up,
            Action.SCALE: self._scale,
            Action.SWITCH: self._switch,
            Action.VERIFY: self._verify,
            Action.RECORD: self._record,
            Action.PROTECT: self._protect,
        }

    def act(self, step: Step) -> Shown:
        """Does a step; what the cloud refuses is a check that failed."""
        region = self._stage.region(step.site)
        if region in self._stage.cloud.down() and step.action is not Action.NOTICE:
            text = f"{region} is down, so nothing can be done there"
            return [Check(name="region", passed=False, text=text)], step.figure.seconds
        try:
            return self._by_action[step.action](step)
        except CloudError as error:
            return [Check(name=step.action.value, passed=False, text=str(error))], step.figure.seconds

    # Steps

    def _notice(self, step: Step) -> Shown:
        stage, record = self._stage, self._stage.plan.record
        lost = stage.region(Site.PRIMARY)
        seen = lost in stage.cloud.down()
        checks = [Check(name="loss", passed=seen, text=f"{lost} {'does not answer' if seen else 'answers'}")]
        if record is None or record.by is not FailoverBy.HEALTH_CHECKS or not record.automatic:
            return checks, step.figure.seconds
        found = self._answer()
        gone = not self._leads_to(found, Site.PRIMARY)
        text = found.reason if gone else f"health checks leave users at {lost}: {found.reason}"
        checks.append(Check(name="health-checks", passed=gone, text=text))
        return checks, found.detection_seconds if gone else step.figure.seconds

    def _decide(self, step: Step) -> Shown:
        return [], step.figure.seconds

    def _fence(self, step: Step) -> Shown:
        stage = self._stage
        if not self._run_metric(step) or self._way is not Way.FAILOVER:
            return [], step.figure.seconds
        return [self._withdrawn(stage.region(Site.PRIMARY))], step.figure.seconds

    def _promote(self, step: Step) -> Shown:
        stage = self._stage
        if self._way is Way.FAILBACK:
            return self._return(step), step.figure.seconds
        found = stage.copies(step.source)
        checks = self._usable(step.source)
        good = [copy for copy in found if not copy.faults]
        if good:
            stage.promoted[step.source] = good[0].target
            effect.promote(stage, good[0])
            region = good[0].region
            checks.append(Check(name="promoted", passed=True, text=f"{step.source} can be written to in {region}"))
        return checks, step.figure.seconds

    def _return(self, step: Step) -> list[Check]:
        stage, kind = self._stage, self._stage.source(step.source).mechanism.kind.value
        row = stage.row(step.source)
        if row is None:
            return [self._unknown(step.source)]
        if kind == Mechanism.READ_REPLICA.value:
            stage.cloud.edit(effect.address(row), "replicateSourceDb")
        elif kind == Mechanism.GLOBAL_DATABASE.value:
            effect.make_writer(stage.cloud, row)
        return [Check(name="promoted", passed=True, text=f"{step.source} can be written to in {row.region} again")]

    def _restore(self, step: Step) -> Shown:
        stage = self._stage
        if self._way is Way.FAILOVER:
            return self._usable(step.source), step.figure.seconds
        row = stage.row(step.source)
        if row is None:
            return [self._unknown(step.source)], step.figure.seconds
        held = [one for one in backups_at_home(stage.cloud.store, stage.cloud.knows) if one.source.row == row.row]
        faults = sorted({fault for one in held for fault in one.faults})
        good = any(not one.faults for one in held)
        text = f"{step.source} has backups in {row.region}" if good else "; ".join(faults)
        text = text or f"no backup plan holds {step.source} in {row.region}"
        return [Check(name="backup", passed=good, text=text)], step.figure.seconds

    def _use(self, step: Step) -> Shown:
        if self._way is Way.FAILOVER:
            return self._usable(step.source), step.figure.seconds
        return [self._standing(step.source)], step.figure.seconds

    def _catch_up(self, step: Step) -> Shown:
        stage, source = self._stage, self._stage.source(step.source)
        kind = source.mechanism.kind.value
        checks = [self._standing(step.source)]
        if not checks[0].passed or not self._known(step.source):
            return checks, step.figure.seconds
        if kind == Mechanism.READ_REPLICA.value:
            problem = effect.copy_back(stage, step.source)
            text = problem or f"{step.source} is a replica of what was promoted"
            checks.append(Check(name="copied-back", passed=not problem, text=text))
        elif source.kind is SourceKind.ECR:
            checks.append(self._comes_back(step.source, effect.images_back(stage, step.source), ()))
        elif source.mechanism.both_ways or kind == Mechanism.GLOBAL_DATABASE.value:
            found = effect.copies_back(stage, step.source)
            faults = [fault for copy in found for fault in copy.faults]
            checks.append(self._comes_back(step.source, bool(found) and not faults, faults))
        else:
            checks.append(Check(name="copied-back", passed=True, text="done by hand, which the sandbox does not show"))
        return checks, step.figure.seconds

    def _scale(self, step: Step) -> Shown:
        return [], step.figure.seconds

    def _switch(self, step: Step) -> Shown:
        stage, record = self._stage, self._stage.plan.record
        to = step.site
        if self._way is Way.RESTORE or record is None:
            return [], step.figure.seconds
        self._run_metric(step)
        if record.by is FailoverBy.ROUTING_CONTROLS:
            for site, arn in effect.routing_controls(stage):
                set_routing_control(stage.cloud, arn, on=site is to)
        if step.name not in self._last_switch:
            return [], step.figure.seconds
        found = self._answer()
        there = self._leads_to(found, to) and not set(found.regions) & set(stage.cloud.down())
        where = found.region or " ".join(found.values)
        text = f"{record.record} leads users to {where}: {found.reason}"
        if not there:
            by = f"by its {found.role.lower()} record, as " if found.role else ""
            text = f"{record.record} leads users to {where} and not to {stage.region(to)}: {by}{found.reason}"
        return [Check(name="record", passed=there, text=text)], float(found.ttl_seconds)

    def _verify(self, step: Step) -> Shown:
        stage = self._stage
        if self._way is not Way.FAILOVER:
            return [self._standing(source.name) for source in stage.plan.sources], step.figure.seconds
        checks = [self._point(source.name) for source in stage.plan.sources if self._known(source.name)]
        checks += self._backups()
        record = stage.plan.record
        if record is not None and any(step.action is Action.FENCE and step.command for step in self._steps):
            checks.append(self._withdrawn(stage.region(Site.PRIMARY)))
        return checks, step.figure.seconds

    def _record(self, step: Step) -> Shown:
        stage = self._stage
        site, home = step.site, stage.region(Site.PRIMARY)
        if stage.record_later and home in stage.cloud.down():
            stage.cloud.bring_up(home)
        checks = [stage.refresh(site, "refresh")]
        if self._protects and self._way is Way.FAILBACK:
            checks.append(Check(name="update", passed=True, text="left to the step that makes the copies anew"))
        else:
            checks.append(stage.unchanged(site, "update"))
        return checks, step.figure.seconds

    def _protect(self, step: Step) -> Shown:
        stage = self._stage
        for source, promoted in stage.promoted.items():
            if stage.source(source).mechanism.kind.value == Mechanism.READ_REPLICA.value:
                held = World(stage.cloud.store).named(promoted, *SOURCES, region=stage.region(Site.SECONDARY))
                if held is not None:  # its data are at the primary site again; a replica is made in its place
                    stage.cloud.remove(effect.address(held))
        site = step.site.other
        checks = [stage.refresh(site, "refresh"), stage.update(site, "update")]
        checks += [check for source in stage.plan.sources for check in self._usable(source.name, "copied-again")]
        return [*checks, stage.unchanged(site, "no-change")], step.figure.seconds

    # What is looked at

    def _known(self, source: str) -> bool:
        return source in self._stage.replica.sources or self._stage.row(source) is not None

    def _unknown(self, source: str) -> Check:
        if not self._known(source):
            return Check(name="source", passed=True, text=f"{source}: its owner copies it, and nobody says which it is")
        arn = self._stage.replica.sources[source]
        text = f"{source} ({arn}) is not in the sandbox cloud; bring up the stack that has it"
        return Check(name="source", passed=False, text=text)

    def _standing(self, source: str) -> Check:
        row = self._stage.row(source)
        if row is None:
            return self._unknown(source)
        down = row.region in self._stage.cloud.down()
        text = f"{source} lies in {row.region}, which is down" if down else f"{source} stands in {row.region}"
        return Check(name="source", passed=not down, text=text)

    def _usable(self, source: str, name: str = "copy") -> list[Check]:
        """Whether the copy of a source can be used at the second site: it is there, and its key works."""
        stage = self._stage
        if stage.row(source) is None:
            return [self._unknown(source)]
        found = stage.copies(source)
        region, mechanism = stage.region(Site.SECONDARY), stage.source(source).mechanism.kind.value
        if not found:
            text = f"{source} is not copied to {region} by {mechanism}"
            return [Check(name=name, passed=False, text=text)]
        good = [copy for copy in found if not copy.faults]
        if good:
            parts = [] if any(not copy.part for copy in good) else [copy.part for copy in good]
            text = f"{source} has a copy in {region} by {mechanism}" + (
                f", of {', '.join(parts)} alone" if parts else ""
            )
            return [Check(name=name, passed=True, text=text)]
        return [Check(name=name, passed=False, text=f"{source}: {'; '.join(found[0].faults)}")]

    def _comes_back(self, source: str, comes: bool, faults: Sequence[str]) -> Check:
        home = self._stage.region(Site.PRIMARY)
        text = f"what is written meanwhile comes back to {home} by itself"
        if not comes:
            text = f"what is written meanwhile does not come back to {home}: {'; '.join(faults) or 'nothing copies it'}"
        return Check(name="copied-back", passed=comes, text=f"{source}: {text}")

    def _point(self, source: str) -> Check:
        measured, asked = self._stage.measured[source], self._stage.source(source).objective.recovery_point_minutes * 60
        if measured.point_seconds is None:
            return Check(name="point", passed=False, text=measured.problem)
        span = minutes(measured.point_seconds)
        if measured.point_seconds <= asked:
            return Check(
                name="point", passed=True, text=f"{source}: the newest {span} are lost, at most {minutes(asked)}"
            )
        text = f"{source}: the newest {span} are lost, and {minutes(asked)} may be"
        return Check(name="point", passed=False, text=text)

    def _backups(self) -> list[Check]:
        stage = self._stage
        lost = stage.lost_at or stage.cloud.clock.now()
        checks = []
        for source, (age, most, problem) in backup_ages(stage.cloud, stage.replica, lost).items():
            if age is None:
                text = f"{source}: {problem or 'no backup of it is at the second site yet'}"
                checks.append(Check(name="backup", passed=False, text=text))
            else:
                text = f"{source}: the newest backup at the second site is {minutes(age)} old, at most {minutes(most)}"
                late = (
                    f"{source}: the newest backup at the second site is {minutes(age)} old, and may be {minutes(most)}"
                )
                checks.append(Check(name="backup", passed=age <= most, text=text if age <= most else late))
        return checks

    def _withdrawn(self, region: str) -> Check:
        """Whether users stay away from a site even if it comes back by itself."""
        found = self._answer(as_if_up=True)
        away = found.role != "PRIMARY" if found.role else not self._leads_to(found, Site.PRIMARY)
        text = f"users stay away from {region} even if it answers again: {found.reason}"
        if not away:
            text = f"users would go back to {region} by themselves once it answers: {found.reason}"
        return Check(name="withdrawn", passed=away, text=text)

    def _answer(self, *, as_if_up: bool = False) -> Answer:
        record = self._stage.plan.record
        if record is None:
            raise CloudError("sandbox cloud: the recovery has no record")
        return answer(self._stage.cloud, record.record, down=() if as_if_up else None)

    def _leads_to(self, found: Answer, site: Site) -> bool:
        """Whether an answer leads to a site: by where it lies, or where nothing says that, by the record's role."""
        known = [region for region in found.regions if region]
        return self._stage.region(site) in known if known else found.role == site.value.upper()

    def _run_metric(self, step: Step) -> bool:
        """Puts the metric that the step's command puts, if it is such a one."""
        found = _PUT_METRIC.search(step.command)
        if found is None:
            return False
        region, namespace, name, value = found.groups()
        put_metric(self._stage.cloud, region, namespace, name, float(value))
        return True
