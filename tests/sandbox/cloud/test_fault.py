import datetime
from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError
from platform_lib.core.values import plain
from platform_lib.sandbox.cloud import FaultRule, open_cloud
from platform_lib.sandbox.protocol import InitializationError, ProviderError
from support.cloud import driver

TOPIC = "aws:sns/topic:Topic"
VPC = "aws:ec2/vpc:Vpc"
NOON = datetime.datetime(2026, 1, 31, 12, tzinfo=datetime.UTC)


def test_the_nth_create_of_a_type_fails_and_nothing_is_made() -> None:
    aws = driver("aws")
    aws.cloud.inject(FaultRule("fail", type="aws:sns/*", nth=2, message="no capacity"))
    aws.create(TOPIC, "one")
    with pytest.raises(ProviderError, match=r"^sandbox: no capacity$"):
        aws.create(TOPIC, "two")
    aws.create(TOPIC, "three")
    assert [row.urn.rpartition("::")[2] for row in aws.cloud.ls()] == ["one", "three"]
    assert [(fault.seen, fault.fired) for fault in aws.cloud.faults()] == [(3, 1)]


def test_a_fault_speaks_only_of_what_it_matches() -> None:
    aws = driver("aws")
    aws.cloud.inject(FaultRule("fail", operation="create", type=TOPIC, name="bad*", region="us-*", times=0))
    made = aws.create(TOPIC, "good")
    with pytest.raises(ProviderError, match="injected fault"):
        aws.create(TOPIC, "bad-one")
    aws.create(TOPIC, "bad-two", {"region": "eu-west-1"})
    aws.delete(made)


def test_a_fault_of_check_speaks_before_anything_is_sent() -> None:
    aws = driver("aws")
    aws.cloud.inject(FaultRule("fail", operation="check", type=TOPIC, message="not today"))
    with pytest.raises(ProviderError, match="not today"):
        aws.check(TOPIC, "t", {})


@pytest.mark.parametrize("operation", ["read", "update", "delete", "invoke"])
def test_every_kind_of_call_can_fail(operation: str) -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t")
    aws.cloud.inject(FaultRule("fail", operation=operation, message="down"))  # type: ignore[arg-type]
    calls = {
        "read": lambda: aws.read(made),
        "update": lambda: aws.update(made, {"displayName": "x"}),
        "delete": lambda: aws.delete(made),
        "invoke": lambda: aws.look_up("aws:index/getRegion:getRegion"),
    }
    with pytest.raises(ProviderError, match="sandbox: down"):
        calls[operation]()
    calls[operation]()


def test_a_short_throttling_is_borne_by_the_provider_and_costs_time() -> None:
    aws = driver("aws")
    aws.cloud.clock.freeze(NOON)
    aws.cloud.inject(FaultRule("throttle", times=4))
    aws.create(TOPIC, "t")
    assert (aws.cloud.clock.now() - NOON).total_seconds() == 1 + 2 + 4 + 8
    assert aws.cloud.faults()[0].fired == 4


def test_a_long_throttling_beats_the_retries() -> None:
    aws = driver("aws")
    aws.cloud.clock.freeze(NOON)
    aws.cloud.inject(FaultRule("throttle", times=0))
    with pytest.raises(ProviderError, match="ThrottlingException: Rate exceeded"):
        aws.create(TOPIC, "t")
    assert aws.cloud.clock.now() > NOON


def test_slow_moves_only_the_clouds_clock() -> None:
    aws = driver("aws")
    aws.cloud.clock.freeze(NOON)
    aws.cloud.inject(FaultRule("slow", seconds=600))
    aws.create(TOPIC, "t")
    assert aws.cloud.clock.stamp() == "2026-01-31T12:10:00Z"


def test_slower_than_the_timeout_is_made_but_not_ready() -> None:
    aws = driver("aws")
    aws.cloud.clock.freeze(NOON)
    aws.cloud.inject(FaultRule("slow", seconds=600))
    checked = aws.check(TOPIC, "t", {})
    with pytest.raises(InitializationError, match="timeout while waiting") as raised:
        aws.provider.create("urn:pulumi:dev::proj::aws:sns/topic:Topic::t", checked.inputs, 300, preview=False)
    assert aws.cloud.clock.stamp() == "2026-01-31T12:05:00Z", "the provider stops waiting at its timeout"
    assert aws.cloud.find(raised.value.id).outputs == raised.value.outputs
    assert raised.value.inputs == checked.inputs
    assert raised.value.reasons


@pytest.mark.parametrize("effect", ["timeout", "unready"])
def test_what_is_not_ready_is_in_the_cloud_and_an_update_makes_it_ready(effect: str) -> None:
    aws = driver("aws")
    aws.cloud.inject(FaultRule(effect, type=TOPIC))  # type: ignore[arg-type]
    with pytest.raises(InitializationError) as raised:
        aws.create(TOPIC, "t")
    found = aws.provider.read("urn:pulumi:dev::proj::aws:sns/topic:Topic::t", raised.value.id, {}, {})
    assert found.id == raised.value.id


def test_a_delete_that_times_out_leaves_the_resource() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t")
    aws.cloud.inject(FaultRule("timeout", operation="delete"))
    with pytest.raises(ProviderError, match="timeout"):
        aws.delete(made)
    assert aws.read(made).id == made.id


def test_a_preview_meets_no_fault() -> None:
    aws = driver("aws")
    aws.cloud.inject(FaultRule("fail", operation="any", times=0))
    assert aws.preview(TOPIC, "t", {"displayName": "x"})["displayName"] == "x"


def test_counts_go_across_processes(tmp_path: Path) -> None:
    with open_cloud(tmp_path / "cloud.db") as one:
        one.inject(FaultRule("fail", nth=2))
        driver("aws", cloud=one).create(TOPIC, "a")
    with open_cloud(tmp_path / "cloud.db") as other, pytest.raises(ProviderError):
        driver("aws", cloud=other).create(TOPIC, "b")


def test_faults_are_listed_and_lifted() -> None:
    cloud = open_cloud(None)
    first, second = cloud.inject(FaultRule("fail")), cloud.inject(FaultRule("throttle", times=3))
    assert [fault.number for fault in cloud.faults()] == [first, second]
    assert cloud.faults()[1].rule == FaultRule("throttle", times=3)
    cloud.clear_faults(first)
    assert [fault.number for fault in cloud.faults()] == [second]
    with pytest.raises(CloudError, match=f"no fault has number {first}"):
        cloud.clear_faults(first)
    cloud.clear_faults()
    assert cloud.faults() == []


@pytest.mark.parametrize(
    ("wrong", "text"),
    [
        ({"effect": "fial"}, r"fault: effect: not known, got 'fial'.*did you mean 'fail'"),
        ({"effect": "fail", "operation": "crate"}, r"operation.*did you mean 'create'"),
        ({"effect": "fail", "nth": 0}, r"nth: too small, got 0; use 1 or more"),
        ({"effect": "slow", "seconds": -1}, r"seconds: too small"),
    ],
)
def test_a_wrong_rule_is_refused(wrong: dict[str, object], text: str) -> None:
    with pytest.raises(CloudError, match=text):
        FaultRule(**wrong)  # type: ignore[arg-type]


def test_a_region_that_is_down_refuses_every_call_about_it() -> None:
    aws = driver("aws")
    made = aws.create(TOPIC, "t")
    role = aws.create("aws:iam/user:User", "global")
    aws.cloud.clock.freeze(NOON)
    aws.cloud.take_down("us-east-1")
    assert aws.cloud.down() == {"us-east-1": "2026-01-31T12:00:00Z"}
    for call in (
        lambda: aws.create(TOPIC, "u"),
        lambda: aws.read(made),
        lambda: aws.delete(made),
        lambda: aws.look_up("aws:index/getAvailabilityZones:getAvailabilityZones"),
    ):
        with pytest.raises(
            ProviderError, match=r"us-east-1 failed: dial tcp: i/o timeout \(the region is down since 2026"
        ):
            call()
    assert aws.create(TOPIC, "elsewhere", {"region": "eu-west-1"}).id
    assert aws.read(role).id == role.id, "what is global goes on"
    assert aws.preview(TOPIC, "u", {"displayName": "x"})["displayName"] == "x"
    aws.cloud.bring_up("us-east-1")
    assert aws.read(made).id == made.id


def test_zones_go_down_with_their_region() -> None:
    gcp = driver("gcp")
    gcp.cloud.take_down("us-central1")
    with pytest.raises(ProviderError, match="us-central1-a failed"):
        gcp.create("gcp:compute/disk:Disk", "d", {"zone": "us-central1-a"})


def test_a_region_that_is_up_cannot_be_brought_up() -> None:
    with pytest.raises(CloudError, match=r"'us-east-1' is not down \(down: none is\)"):
        open_cloud(None).bring_up("us-east-1")


def test_an_outage_does_not_hide_what_was_stored() -> None:
    aws = driver("aws")
    made = aws.create(VPC, "v", {"cidrBlock": "10.0.0.0/16"})
    aws.cloud.take_down("us-east-1")
    assert plain(aws.cloud.find(made.id).outputs)["cidrBlock"] == "10.0.0.0/16"
