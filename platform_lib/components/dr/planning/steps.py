"""The ways: to the second site, back, and out of damage. Steps in the order in which they can be taken. Pure."""

from collections.abc import Sequence

from platform_lib.components.dr.kind import Action, FailoverBy, Phase, Site
from platform_lib.components.dr.planning import figures
from platform_lib.components.dr.planning.alarms import LATCH_METRIC, latch_namespace
from platform_lib.components.dr.planning.model import Figure, SitePlan, SourcePlan, Step
from platform_lib.components.dr.planning.source_steps import (
    FROM_BACKUPS,
    catch_up,
    is_made_anew,
    is_promoted,
    restore,
    return_to,
    take_over,
)
from platform_lib.components.dr.planning.way import Surroundings, Way


def failover_way(around: Surroundings, sources: Sequence[SourcePlan]) -> tuple[Step, ...]:
    """The way to the second site when the primary one is lost.

    Where users are sent there by health checks alone and nothing has to be promoted, nobody has to decide before: the
    decision is only held afterwards.
    """
    way = Way(around, to=around.secondary, left=around.primary)
    by_itself = around.record is not None and around.record.automatic and not any(map(is_promoted, sources))
    way.shared("notice", Phase.DETECT, Action.NOTICE, "find out that the site does not answer", _noticing(around))
    if not by_itself:
        _decide(way, Phase.DECIDE, "ask the stop rules, and decide")
        _withdraw(way, Phase.DECIDE)
    for source in sources:
        take_over(way, source)
    _scale(way)
    _send_users(way, by_itself=by_itself)
    if by_itself:
        _decide(way, Phase.AFTERWARDS, "ask the stop rules, and decide whether users stay")
        _withdraw(way, Phase.AFTERWARDS)
    _verify(way)
    _record(way)
    return way.steps


def failback_way(around: Surroundings, sources: Sequence[SourcePlan]) -> tuple[Step, ...]:
    """The way back to the primary site, once it stands again. Nothing is lost on it, so that writing has to pause."""
    way = Way(around, to=around.primary, left=around.secondary)
    _decide(way, Phase.DECIDE, "ask the stop rules, and decide on a time")
    for source in sources:
        if source.mechanism.kind not in FROM_BACKUPS:
            catch_up(way, source)
    title = f"keep everybody from writing in {around.secondary.region}"
    way.shared("fence", Phase.DATA, Action.FENCE, title, figures.SWITCHED_BY_PEOPLE, site=around.secondary)
    for source in sources:
        if source.mechanism.kind in FROM_BACKUPS:
            catch_up(way, source)
        return_to(way, source)
    _scale(way)
    _send_users(way, by_itself=False)
    _verify(way)
    _record(way)
    if lost := [source.name for source in sources if is_made_anew(source)]:
        title = (
            f"delete what was promoted in {around.secondary.region} and is not needed any more, refresh the state, and "
            f"let an update make the copies of {', '.join(lost)} anew"
        )
        command = "pulumi refresh && pulumi up"
        way.shared("protect", Phase.AFTERWARDS, Action.PROTECT, title, figures.RECORDING, command, around.secondary)
    return way.steps


def restore_way(around: Surroundings, sources: Sequence[SourcePlan], at: SitePlan) -> tuple[Step, ...]:
    """What to do when data are damaged at the site that users are at: copies have the damage too, backups have not."""
    way = Way(around, to=at, left=at)
    _decide(way, Phase.DECIDE, "choose the point in time before the damage")
    way.shared("fence", Phase.DECIDE, Action.FENCE, "keep everybody from writing", figures.SWITCHED_BY_PEOPLE)
    for source in sources:
        if source.backed_up:
            restore(way, source)
    title = "compare what was restored with what is known to be right"
    way.shared("verify", Phase.DATA, Action.VERIFY, title, figures.CHECKING)
    title = "let programs use what was restored"
    way.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.SWITCHED_BY_PEOPLE)
    _record(way)
    return way.steps


def _noticing(around: Surroundings) -> Figure:
    record = around.record
    if record is None or not (record.tells or record.automatic):
        return figures.NOTICED_BY_PEOPLE
    return figures.health_checks(record.interval_seconds, record.failures)


def _decide(way: Way, phase: Phase, title: str) -> None:
    way.shared("decide", phase, Action.DECIDE, title, figures.deciding(way.around.decide_minutes))


def _latch(way: Way, value: int) -> str:
    """The call that withdraws the primary site (1) or lets users back to it (0); it needs the second region alone."""
    return (
        f"aws cloudwatch put-metric-data --region {way.around.secondary.region}"
        f" --namespace {latch_namespace(way.around.name)} --metric-name {LATCH_METRIC} --value {value}"
    )


def _withdraw(way: Way, phase: Phase) -> None:
    """Keeps users away from the site that is lost, even if it comes back by itself; switches do that by themselves."""
    record = way.around.record
    title = f"keep users away from {way.left.region}, whatever its health checks say"
    if record is None:
        way.shared("withdraw", phase, Action.FENCE, title, figures.SWITCHED_BY_PEOPLE)
    elif record.by is FailoverBy.HEALTH_CHECKS:
        way.shared("withdraw", phase, Action.FENCE, title, figures.WITHDRAWING, _latch(way, 1))


def _scale(way: Way) -> None:
    figure = figures.scaling(way.around.strategy)
    if figure.seconds:
        way.beside("scale", Action.SCALE, f"bring the programs in {way.to.region} up to size", figure)


def _send_users(way: Way, *, by_itself: bool) -> None:
    record = way.around.record
    title = f"send users to {way.to.region}"
    if record is None:
        way.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.SWITCHED_BY_PEOPLE)
        return
    if record.by is FailoverBy.ROUTING_CONTROLS:
        command = (
            "aws route53-recovery-cluster update-routing-control-states"
            " --region <region of the endpoint> --endpoint-url <an endpoint of the cluster>"
            f" --update-routing-control-state-entries <{way.to.site.value} On, {way.left.site.value} Off>"
        )
        way.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.ROUTING_CONTROL, command)
    elif way.to.site is Site.PRIMARY:
        way.shared("switch", Phase.TRAFFIC, Action.SWITCH, title, figures.WITHDRAWING, _latch(way, 0))
    title = "wait until resolvers forgot the old answer"
    name = "switch" if by_itself or not any(step.action is Action.SWITCH for step in way.steps) else "resolvers"
    way.shared(name, Phase.TRAFFIC, Action.SWITCH, title, figures.resolvers(record.ttl_seconds))


def _verify(way: Way) -> None:
    way.shared("verify", Phase.AFTERWARDS, Action.VERIFY, "write and read for every source", figures.CHECKING)


def _record(way: Way) -> None:
    title = f"refresh the state, say active_site: {way.to.site.value}, and see that an update changes nothing"
    way.shared("record", Phase.AFTERWARDS, Action.RECORD, title, figures.RECORDING, "pulumi refresh && pulumi up")
