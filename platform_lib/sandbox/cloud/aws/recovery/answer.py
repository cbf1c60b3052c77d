"""What Route 53 answers to a name: simple, failover and weighted records, judged by health checks.

https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-how-route-53-chooses-records.html and
https://docs.aws.amazon.com/Route53/latest/APIReference/API_HealthCheckConfig.html. Other routing policies are refused
by name. An endpoint is taken for healthy unless the region that it lies in is down: the sandbox runs nothing that could
be asked.
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from platform_lib.core.errors import CloudError, near
from platform_lib.core.values import plain
from platform_lib.sandbox.cloud.aws.recovery.metric import alarm_state, span_seconds
from platform_lib.sandbox.cloud.aws.recovery.world import World, entries, inputs_of, region_of
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.cloud.store import Row

RECORD: Final = "aws:route53/record:Record"
HEALTH_CHECK: Final = "aws:route53/healthCheck:HealthCheck"
ROUTING_CONTROL: Final = "aws:route53recoverycontrol/routingControl:RoutingControl"
ALIAS_TTL_SECONDS: Final = 60
"""Of an alias to a load balancer or website (https://aws.amazon.com/route53/faqs/, DNS failover and TTL)."""

_OTHER_POLICIES: Final = (
    "cidrRoutingPolicy",
    "geolocationRoutingPolicies",
    "geoproximityRoutingPolicy",
    "latencyRoutingPolicies",
    "multivalueAnswerRoutingPolicy",
)
_CONTROL: Final = "routing control "
"""Begins the settings that hold the states of routing controls."""


@dataclass(frozen=True, slots=True)
class Health:
    """Whether a record may be answered with.

    Attributes:
        healthy: it may.
        reason: why, in words.
        seconds: what Route 53 needs to see a change: as many failed checks in a row as the threshold says, at the
            interval of the check; 0 for what is switched by hand.
    """

    healthy: bool
    reason: str
    seconds: float = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What a name leads to.

    Attributes:
        record: the record that was chosen.
        values: what it answers with.
        region: where that lies; empty where nothing says it.
        regions: of all records that may answer: several, where weights choose among healthy ones.
        role: ``PRIMARY``, ``SECONDARY``, or empty for a simple record.
        ttl_seconds: how long resolvers keep the answer.
        detection_seconds: what Route 53 needed to leave the records that it passed over.
        reason: why this record, in words.
    """

    record: Row
    values: tuple[str, ...]
    region: str
    regions: tuple[str, ...]
    role: str
    ttl_seconds: int
    detection_seconds: float
    reason: str


def answer(cloud: Cloud, name: str, type_: str = "A", *, down: Collection[str] | None = None) -> Answer:
    """What Route 53 answers to a name now.

    Args:
        cloud: where the records are.
        name: that is asked for.
        type_: ``A`` or ``AAAA``; a record of type ``CNAME`` answers too.
        down: regions that are taken for down; None for those that are.

    Raises:
        CloudError: there is no such record, or its routing policy is none of those that are simulated.
    """
    world = World(cloud.store)
    wanted = name.rstrip(".").lower()
    records = [
        row for row in world.of(RECORD) if _full_name(row) == wanted and inputs_of(row).get("type") in (type_, "CNAME")
    ]
    if not records:
        hint = near(wanted, {_full_name(row) for row in world.of(RECORD)})
        raise CloudError(f"sandbox cloud: no record {wanted} of type {type_}{f'; {hint}' if hint else ''}")
    for row in records:
        for policy in _OTHER_POLICIES:
            if inputs_of(row).get(policy):
                raise CloudError(
                    f"sandbox cloud: record {wanted}: {policy} is not simulated, as simple, failover and weighted are"
                )
    down = cloud.down() if down is None else down
    if any(inputs_of(row).get("weightedRoutingPolicies") for row in records):
        return _weighted(cloud, world, records, down)
    roles = {_role(row): row for row in records}
    if roles.keys() <= {""}:
        return _answered(world, records[0], 0, "it is the only record")
    primary, secondary = roles.get("PRIMARY"), roles.get("SECONDARY")
    if primary is None or secondary is None:
        held = primary if primary is not None else secondary
        if held is None:
            raise CloudError(f"sandbox cloud: record {wanted}: has no failover record")
        return _answered(world, held, 0, f"there is no {'SECONDARY' if secondary is None else 'PRIMARY'} record")
    first, second = (_record_health(cloud, world, row, down) for row in (primary, secondary))
    if first.healthy:
        return _answered(world, primary, 0, f"the primary is healthy: {first.reason}")
    if second.healthy:
        return _answered(world, secondary, first.seconds, f"the primary is not healthy: {first.reason}")
    # "If no record is healthy, all records are healthy", so the primary answers.
    return _answered(
        world, primary, 0, f"no record is healthy ({first.reason}; {second.reason}), so the primary answers"
    )


def _weighted(cloud: Cloud, world: World, records: Sequence[Row], down: Collection[str]) -> Answer:
    """One of the healthy records with a weight; those of weight 0 only where no other is healthy."""
    states = [(row, _record_health(cloud, world, row, down)) for row in records]
    left = [state for _, state in states if not state.healthy]
    healthy = [row for row, state in states if state.healthy] or list(records)
    chosen = [row for row in healthy if _weight(row)] or healthy
    reason = left[0].reason if left else "all records are healthy"
    found = _answered(world, chosen[0], max((state.seconds for state in left), default=0), reason)
    return replace(found, regions=tuple(_answered(world, row, 0, "").region for row in chosen))


def _weight(row: Row) -> int:
    return sum(int(one.get("weight") or 0) for one in entries(inputs_of(row), "weightedRoutingPolicies"))


def set_routing_control(cloud: Cloud, arn: str, *, on: bool) -> None:
    """Switches a routing control of the Application Recovery Controller; new ones are off (an assumption)."""
    cloud.store.set_setting(_CONTROL + arn, "On" if on else "Off")


def routing_control(cloud: Cloud, arn: str) -> bool:
    """Whether a routing control is on."""
    return cloud.store.setting(_CONTROL + arn) == "On"


def _full_name(row: Row) -> str:
    return str(plain(row.outputs.get("fqdn", ""))).rstrip(".").lower()


def _role(row: Row) -> str:
    return next((str(one.get("type", "")) for one in entries(inputs_of(row), "failoverRoutingPolicies")), "")


def _answered(world: World, row: Row, detection_seconds: float, reason: str) -> Answer:
    inputs = inputs_of(row)
    targets = [str(one.get("name", "")) for one in entries(inputs, "aliases")]
    values = targets or [str(value) for value in inputs.get("records") or ()]
    region = next((found for value in values if (found := _place(world, value))), "")
    ttl = ALIAS_TTL_SECONDS if targets else int(inputs.get("ttl") or 0)
    return Answer(row, tuple(values), region, (region,), _role(row), ttl, detection_seconds, reason)


def _record_health(cloud: Cloud, world: World, row: Row, down: Collection[str]) -> Health:
    """A record's health: its check, and that of an alias's target where it is to be evaluated."""
    inputs = inputs_of(row)
    found: list[Health] = []
    check = str(inputs.get("healthCheckId") or "")
    if check:
        found.append(health(cloud, world, check, down))
    found += [
        _endpoint(world, str(alias.get("name", "")), down, 0)
        for alias in entries(inputs, "aliases")
        if alias.get("evaluateTargetHealth") is True
    ]
    if not found:
        return Health(True, "it has no health check, so it always counts as healthy")
    return next((one for one in found if not one.healthy), found[0])


def health(cloud: Cloud, world: World, id_: str, down: Collection[str]) -> Health:
    """What a health check says.

    Args:
        cloud: holds the states of routing controls.
        world: its resources.
        id_: of the check.
        down: regions that are down.
    """
    row = world.named(id_, HEALTH_CHECK)
    if row is None:
        return Health(True, f"health check {id_} is not there")
    inputs = inputs_of(row)
    if inputs.get("disabled") is True:
        return Health(True, f"health check {id_} is disabled, so it always counts as healthy")
    found = _checked(cloud, world, inputs, down)
    if inputs.get("invertHealthcheck") is True:
        return Health(not found.healthy, f"{found.reason}, inverted", found.seconds)
    return found


def _checked(cloud: Cloud, world: World, inputs: dict[str, Any], down: Collection[str]) -> Health:
    kind = str(inputs.get("type", ""))
    seconds = float(inputs.get("requestInterval") or 30) * float(inputs.get("failureThreshold") or 3)
    if kind == "RECOVERY_CONTROL":
        arn = str(inputs.get("routingControlArn") or "")
        on = routing_control(cloud, arn)
        return Health(on, f"routing control {arn.rpartition('/')[2]} is {'on' if on else 'off'}")
    if kind == "CALCULATED":
        children = [health(cloud, world, str(one), down) for one in inputs.get("childHealthchecks") or ()]
        good = sum(one.healthy for one in children)
        needed = int(inputs.get("childHealthThreshold") or 0)
        slowest = max((one.seconds for one in children if not one.healthy), default=0)
        return Health(good >= needed, f"{good} of {len(children)} checks are healthy, {needed} needed", slowest)
    if kind == "CLOUDWATCH_METRIC":
        region = str(inputs.get("cloudwatchAlarmRegion") or "")
        name = str(inputs.get("cloudwatchAlarmName") or "")
        state, seconds = alarm_state(cloud, world, region, name), span_seconds(world, region, name)
        if state != "INSUFFICIENT_DATA":
            return Health(state == "OK", f"alarm {name} in {region} is {state}", seconds)
        # What then counts is the check's own setting; of a check that never had data the last known status is healthy.
        given = str(inputs.get("insufficientDataHealthStatus") or "LastKnownStatus")
        return Health(given != "Unhealthy", f"alarm {name} in {region} has no data: {given}", seconds)
    return _endpoint(world, str(inputs.get("fqdn") or inputs.get("ipAddress") or ""), down, seconds)


def _endpoint(world: World, host: str, down: Collection[str], seconds: float) -> Health:
    region = _place(world, host)
    if not region:
        return Health(True, f"endpoint {host or 'without a name'} is taken for healthy, as nothing says where it lies")
    if region in down:
        return Health(False, f"endpoint {host} lies in {region}, which is down", seconds)
    return Health(True, f"endpoint {host} lies in {region}, which is up")


def _place(world: World, host: str, seen: frozenset[str] = frozenset()) -> str:
    """The region of a host: its name says it, or a resource or another record goes by it."""
    host = host.rstrip(".").lower()
    if not host or host in seen:
        return ""
    if named := region_of(host):
        return named
    for row in world.rows:
        if row.region and row.type != RECORD and any(value == host for value in _hosts(row)):
            return row.region
    for row in world.of(RECORD):
        if _full_name(row) == host:
            inputs = inputs_of(row)
            targets = [str(one.get("name", "")) for one in entries(inputs, "aliases")] + list(
                inputs.get("records") or ()
            )
            return next((found for one in targets if (found := _place(world, str(one), seen | {host}))), "")
    return ""


def _hosts(row: Row) -> Iterator[str]:
    """What hosts a resource may be reached by: text outputs and addresses."""
    for value in row.outputs.values():
        text = plain(value)
        if isinstance(text, str):
            yield text.rstrip(".").lower()
