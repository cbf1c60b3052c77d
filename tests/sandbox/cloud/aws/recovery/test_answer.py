"""What Route 53 answers to a name while regions are up and down."""

import datetime

import pytest

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.cloud.aws.recovery.answer import answer, routing_control, set_routing_control
from support.cloud import Driver, Made, driver

HOME, AWAY = "eu-central-1", "eu-west-1"
NAME = "api.example.com"
HOSTS = {HOME: f"a-1.{HOME}.elb.amazonaws.com", AWAY: f"b-2.{AWAY}.elb.amazonaws.com"}
CHECK = "aws:route53/healthCheck:HealthCheck"


@pytest.fixture
def aws() -> Driver:
    made = driver("aws", {"region": HOME}, open_cloud(None))
    made.cloud.clock.freeze(datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC))
    return made


@pytest.fixture
def zone(aws: Driver) -> Made:
    return aws.create("aws:route53/zone:Zone", "z", {"name": "example.com"})


def record(aws: Driver, zone: Made, role: str, region: str, check: Made | None = None, **more: object) -> Made:
    inputs: Properties = {
        "zoneId": zone.id,
        "name": NAME,
        "type": "CNAME",
        "records": [HOSTS[region]],
        "ttl": 60,
        "setIdentifier": role.lower(),
        "failoverRoutingPolicies": [{"type": role}],
        **({} if check is None else {"healthCheckId": check.id}),
        **more,
    }
    return aws.create("aws:route53/record:Record", role, {k: v for k, v in inputs.items() if v is not None})


def https(aws: Driver, region: str, **more: object) -> Made:
    inputs = {"type": "HTTPS", "fqdn": HOSTS[region], "port": 443, "requestInterval": 10, "failureThreshold": 3}
    return aws.create(CHECK, region, inputs | more)


def pair(aws: Driver, zone: Made, first: Made | None = None, second: Made | None = None) -> None:
    record(aws, zone, "PRIMARY", HOME, first)
    record(aws, zone, "SECONDARY", AWAY, second)


def region(aws: Driver) -> str:
    return answer(aws.cloud, NAME).region


def test_primary_answers_while_it_is_healthy(aws: Driver, zone: Made) -> None:
    pair(aws, zone, https(aws, HOME), https(aws, AWAY))

    found = answer(aws.cloud, NAME)

    assert (found.values, found.region, found.role) == ((HOSTS[HOME],), HOME, "PRIMARY")
    assert (found.ttl_seconds, found.detection_seconds) == (60, 0)


def test_secondary_answers_while_the_region_of_the_primary_is_down(aws: Driver, zone: Made) -> None:
    pair(aws, zone, https(aws, HOME), https(aws, AWAY))
    aws.cloud.take_down(HOME)

    found = answer(aws.cloud, NAME)

    assert (found.region, found.role, found.detection_seconds) == (AWAY, "SECONDARY", 30)
    assert f"lies in {HOME}, which is down" in found.reason
    aws.cloud.bring_up(HOME)
    assert region(aws) == HOME


def test_without_a_health_check_the_primary_always_answers(aws: Driver, zone: Made) -> None:
    pair(aws, zone)
    aws.cloud.take_down(HOME)

    assert region(aws) == HOME


def test_where_no_record_is_healthy_the_primary_answers(aws: Driver, zone: Made) -> None:
    pair(aws, zone, https(aws, HOME), https(aws, AWAY))
    aws.cloud.take_down(HOME)
    aws.cloud.take_down(AWAY)

    assert (region(aws), "no record is healthy" in answer(aws.cloud, NAME).reason) == (HOME, True)


def test_disabled_and_inverted_checks(aws: Driver, zone: Made) -> None:
    pair(aws, zone, check := https(aws, HOME, disabled=True))
    aws.cloud.take_down(HOME)
    assert region(aws) == HOME

    aws.cloud.edit(check.id, "disabled", value=False)
    assert region(aws) == AWAY

    aws.cloud.edit(check.id, "invertHealthcheck", value=True)
    assert region(aws) == HOME

    aws.cloud.bring_up(HOME)
    assert region(aws) == AWAY


def test_routing_controls(aws: Driver, zone: Made) -> None:
    arn = {one: f"arn:aws:route53-recovery-control::1:controlpanel/p/routingcontrol/{one}" for one in HOSTS}
    checks = [aws.create(CHECK, one, {"type": "RECOVERY_CONTROL", "routingControlArn": arn[one]}) for one in HOSTS]
    pair(aws, zone, *checks)
    set_routing_control(aws.cloud, arn[HOME], on=True)
    assert (region(aws), routing_control(aws.cloud, arn[AWAY])) == (HOME, False)

    aws.cloud.take_down(HOME)
    assert region(aws) == HOME  # a switch looks at no endpoint

    set_routing_control(aws.cloud, arn[HOME], on=False)
    set_routing_control(aws.cloud, arn[AWAY], on=True)
    found = answer(aws.cloud, NAME)
    assert (found.region, found.detection_seconds) == (AWAY, 0)


@pytest.mark.parametrize(("needed", "expected"), [(1, HOME), (2, AWAY)])
def test_calculated_checks(aws: Driver, zone: Made, needed: int, expected: str) -> None:
    children = [https(aws, HOME).id, https(aws, AWAY, failureThreshold=5).id]
    parent = {"type": "CALCULATED", "childHealthchecks": children, "childHealthThreshold": needed}
    pair(aws, zone, aws.create(CHECK, "all", parent))
    aws.cloud.take_down(HOME)

    assert region(aws) == expected


@pytest.mark.parametrize(("setting", "expected"), [("Unhealthy", AWAY), ("Healthy", HOME), ("LastKnownStatus", HOME)])
def test_an_alarm_of_a_region_that_is_down_has_no_data(aws: Driver, zone: Made, setting: str, expected: str) -> None:
    watched = {"namespace": "AWS/ApplicationELB", "metricName": "UnHealthyHostCount", "threshold": 1}
    how = {"comparisonOperator": "GreaterThanThreshold", "evaluationPeriods": 1, "period": 60, "statistic": "Sum"}
    aws.create("aws:cloudwatch/metricAlarm:MetricAlarm", "errors", {"name": "errors", **watched, **how})
    alarm = {"cloudwatchAlarmName": "errors", "cloudwatchAlarmRegion": HOME, "insufficientDataHealthStatus": setting}
    pair(aws, zone, aws.create(CHECK, "alarm", {"type": "CLOUDWATCH_METRIC", **alarm}))
    assert region(aws) == HOME

    aws.cloud.take_down(HOME)

    assert region(aws) == expected


def test_aliases_take_the_health_of_their_target(aws: Driver, zone: Made) -> None:
    for role, where in (("PRIMARY", HOME), ("SECONDARY", AWAY)):
        alias = [{"name": HOSTS[where], "zoneId": "Z1", "evaluateTargetHealth": True}]
        record(aws, zone, role, where, records=None, ttl=None, aliases=alias, type="A")
    aws.cloud.take_down(HOME)

    assert (region(aws), answer(aws.cloud, NAME).ttl_seconds) == (AWAY, 60)


def test_an_endpoint_is_found_by_the_resource_or_record_that_has_its_name(aws: Driver, zone: Made) -> None:
    address = aws.create("aws:ec2/eip:Eip", "e", {"domain": "vpc", "region": AWAY})
    aws.create(
        "aws:route53/record:Record",
        "own",
        {"zoneId": zone.id, "name": "away.example.com", "type": "A", "ttl": 60, "records": [address["publicIp"]]},
    )
    record(aws, zone, "PRIMARY", AWAY, https(aws, AWAY, fqdn="away.example.com"), records=["away.example.com"])
    record(aws, zone, "SECONDARY", HOME)
    assert region(aws) == AWAY

    aws.cloud.take_down(AWAY)

    assert region(aws) == HOME


def test_an_endpoint_that_nothing_places_counts_as_healthy(aws: Driver, zone: Made) -> None:
    pair(aws, zone, https(aws, HOME, fqdn="elsewhere.test"))
    aws.cloud.take_down(HOME)

    assert "as nothing says where it lies" in answer(aws.cloud, NAME).reason


def test_weighted_records(aws: Driver, zone: Made) -> None:
    for role, where, weight in (("a", HOME, 1), ("b", AWAY, 1), ("c", AWAY, 0)):
        weighted = [{"weight": weight}]
        check = https(aws, where)
        record(aws, zone, role, where, check, failoverRoutingPolicies=None, weightedRoutingPolicies=weighted)
    assert answer(aws.cloud, NAME).regions == (HOME, AWAY)

    aws.cloud.take_down(HOME)
    found = answer(aws.cloud, NAME)
    assert (found.region, found.regions, found.detection_seconds) == (AWAY, (AWAY,), 30)

    aws.cloud.take_down(AWAY)  # all unhealthy counts as all healthy
    assert answer(aws.cloud, NAME).regions == (HOME, AWAY)


def test_a_region_that_is_taken_for_down(aws: Driver, zone: Made) -> None:
    pair(aws, zone, https(aws, HOME))
    assert answer(aws.cloud, NAME, down={HOME}).region == AWAY

    aws.cloud.take_down(HOME)
    assert answer(aws.cloud, NAME, down=()).region == HOME


def test_a_simple_record(aws: Driver, zone: Made) -> None:
    simple = {"zoneId": zone.id, "name": NAME, "type": "CNAME", "ttl": 300, "records": [HOSTS[AWAY]]}
    aws.create("aws:route53/record:Record", "r", simple)

    found = answer(aws.cloud, NAME)

    assert (found.region, found.role, found.ttl_seconds) == (AWAY, "", 300)


@pytest.mark.parametrize(("role", "missing"), [("PRIMARY", "SECONDARY"), ("SECONDARY", "PRIMARY")])
def test_one_of_two_records(aws: Driver, zone: Made, role: str, missing: str) -> None:
    record(aws, zone, role, HOME, https(aws, HOME))
    aws.cloud.take_down(HOME)

    assert answer(aws.cloud, NAME).reason == f"there is no {missing} record"


def test_a_name_that_is_not_there_is_refused_with_the_nearest(aws: Driver, zone: Made) -> None:
    pair(aws, zone)

    with pytest.raises(CloudError, match=r"no record apis\.example\.com of type A; did you mean 'api\.example\.com'\?"):
        answer(aws.cloud, "apis.example.com")


def test_other_policies_are_refused_by_name(aws: Driver, zone: Made) -> None:
    nearest = [{"region": HOME}]
    record(aws, zone, "a", HOME, failoverRoutingPolicies=None, latencyRoutingPolicies=nearest)

    with pytest.raises(CloudError, match="latencyRoutingPolicies is not simulated"):
        answer(aws.cloud, NAME)
