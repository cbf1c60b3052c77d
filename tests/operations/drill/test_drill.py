"""Drills on the sandbox: there and back with every kind of source, what is measured, what is left alone."""

from datetime import timedelta
from pathlib import Path

import pytest

from platform_lib.components.dr.document import Way
from platform_lib.operations.drill.canary import measure
from platform_lib.operations.drill.model import Drill, Seed, WayRecord
from platform_lib.operations.drill.place import copied
from platform_lib.operations.drill.replica import replicas
from platform_lib.operations.drill.seed import plant
from platform_lib.operations.drill.stage import Stage
from platform_lib.sandbox.workspace import Workspace
from support.recovery import AWAY, HOME, RecoveryProject, broken, drilled

SOURCES = {
    "s3": "files",
    "dynamodb": "orders",
    "rds": "shop",
    "aurora": "ledger",
    "efs": "shared",
    "ebs": "disk",
    "ecr": "images",
    "secret": "login",
}
KINDS = tuple(SOURCES)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RecoveryProject:
    """A stack with a source of each kind, all protected, up on the sandbox; drills leave it as it is."""
    project = RecoveryProject(tmp_path_factory.mktemp("drill") / "shop", *KINDS, environment="prod")
    assert project.run("up", "--no-policy", "--json").code == 0
    return project


@pytest.fixture
def own(shop: RecoveryProject, tmp_path: Path) -> RecoveryProject:
    """The same, to be changed."""
    return shop.copied(tmp_path / "shop")


@pytest.fixture(scope="module")
def there_and_back(shop: RecoveryProject) -> Drill:
    return drilled(shop)


def way(drill: Drill, wanted: Way) -> WayRecord:
    return next(one for one in drill.ways if one.way is wanted)


# There and back


def test_a_drill_passes(there_and_back: Drill) -> None:
    assert there_and_back.failures == ()
    assert there_and_back.passed
    assert [one.way for one in there_and_back.ways] == [Way.FAILOVER, Way.FAILBACK]
    assert (there_and_back.region_down, there_and_back.in_place) == (HOME, False)


def test_canaries_show_the_point_that_was_reached(there_and_back: Drill) -> None:
    found = {source.name: source for source in way(there_and_back, Way.FAILOVER).sources}

    assert {name: source.point for name, source in found.items()} == {
        "files": 900,  # Replication Time Control promises 15 minutes
        "orders": 60,  # a second of lag, seen by canaries a minute apart
        "shop": 300,
        "ledger": 60,
        "shared": 900,
        "disk": found["disk"].point,
        "images": 1800,
        "login": 60,
    }
    # Backups every four hours; the loss is a second before the next copy arrives, so that nearly all of them is lost.
    assert 4 * 3600 < (found["disk"].point or 0) <= found["disk"].point_objective
    assert all(source.within for source in found.values())


def test_users_wait_as_long_as_the_longest_way_takes(there_and_back: Drill) -> None:
    record = way(there_and_back, Way.FAILOVER)
    served = max(step.began.timestamp() + step.seconds for step in record.steps if step.phase.value == "traffic")

    assert {source.time for source in record.sources} == {served - record.began.timestamp()}
    assert all((source.time or 0) <= source.time_objective for source in record.sources)


def test_steps_begin_when_what_they_wait_for_has_ended(there_and_back: Drill) -> None:
    for record in there_and_back.ways:
        first = record.steps[0]
        assert first.began == record.began
        for step in record.steps[1:]:
            ended = {one.began.timestamp() + one.seconds for one in record.steps if one is not step}
            assert step.began.timestamp() in ended


def test_the_next_update_with_the_other_site_changes_nothing(there_and_back: Drill) -> None:
    for wanted, site in ((Way.FAILOVER, "secondary"), (Way.FAILBACK, "primary")):
        texts = [check.text for step in way(there_and_back, wanted).steps for check in step.checks]
        assert f"an update with active_site: {site} changes nothing" in texts


def test_the_region_that_is_down_is_left_out_of_the_refresh(there_and_back: Drill) -> None:
    (record,) = [step for step in way(there_and_back, Way.FAILOVER).steps if step.name == "record"]

    assert record.checks[0].text.startswith("the state is read again, without the ")
    assert f" in {HOME}; " in record.checks[0].text


def test_what_the_failover_ended_in_the_region_that_is_down_is_taken_out_of_the_state(there_and_back: Drill) -> None:
    (record,) = [step for step in way(there_and_back, Way.FAILOVER).steps if step.name == "record"]

    assert record.checks[0].text.endswith("; taken out: main-files-shared")


def test_what_went_with_the_failover_is_made_anew_after_the_way_back(there_and_back: Drill) -> None:
    (protect,) = [step for step in way(there_and_back, Way.FAILBACK).steps if step.name == "protect"]

    texts = [check.text for check in protect.checks]
    assert f"shop has a copy in {AWAY} by read-replica" in texts
    assert f"shared has a copy in {AWAY} by replication" in texts
    assert any(text.startswith("updated with active_site: primary: ") for text in texts)


def test_one_way_alone(shop: RecoveryProject) -> None:
    there = drilled(shop, Way.FAILOVER)

    assert there.passed
    assert [one.way for one in there.ways] == [Way.FAILOVER]


def test_restore(shop: RecoveryProject) -> None:
    found = drilled(shop, Way.RESTORE)

    assert (found.passed, found.lost_at, found.region_down) == (True, None, "")
    texts = [check.text for step in found.ways[0].steps for check in step.checks]
    assert f"disk has backups in {HOME}" in texts


# Nothing of the user's is touched


def contents(folder: Path) -> dict[str, bytes]:
    left_out = {"cloud.sqlite-wal", "cloud.sqlite-shm", ".gitignore"}
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
        and path.name not in left_out
        and "locks" not in path.parts
        and "__pycache__" not in path.parts
    }


def test_the_sandbox_is_as_it_was(own: RecoveryProject) -> None:
    before = contents(own.folder)

    drilled(own, Way.FAILOVER, seed=Seed.KEY_MISSING)

    assert contents(own.folder) == before
    assert own.run("up", "--no-policy", "--expect-no-changes", "--json").code == 0


def test_the_copy_can_be_kept(shop: RecoveryProject, tmp_path: Path) -> None:
    drilled(shop, Way.FAILOVER, keep=tmp_path / "kept")

    kept = Workspace(shop.folder, sandbox_dir=tmp_path / "kept")
    with kept.cloud() as cloud:
        assert list(cloud.down()) == [HOME]
    with Workspace(shop.folder).cloud() as cloud:
        assert not cloud.down()


def test_in_place_the_sandbox_stays_switched(own: RecoveryProject) -> None:
    found = drilled(own, Way.FAILOVER, in_place=True)

    assert (found.passed, found.in_place) == (True, True)
    own.configure(active_site="secondary")
    answer = own.run("up", "--no-policy", "--expect-no-changes", "--json")
    assert answer.code == 0, answer.out
    with Workspace(own.folder).cloud() as cloud:
        assert list(cloud.down()) == [HOME]
        before = cloud.clock.now()
        assert cloud.clock.now() > before  # it goes on
        (replica,) = [row for row in cloud.ls(type="aws:rds/instance:Instance") if row.region == AWAY]
        assert "replicateSourceDb" not in replica.inputs
        (whole,) = cloud.ls(type="aws:rds/globalCluster:GlobalCluster")
        writers = [one["dbClusterArn"] for one in whole.outputs["globalClusterMembers"] if one["isWriter"]]
        assert [f":{AWAY}:" in arn for arn in writers] == [True]
        assert not cloud.ls(type="aws:efs/replicationConfiguration:ReplicationConfiguration")
        (secret,) = [row for row in cloud.ls(type="aws:secretsmanager/secret:Secret") if row.inputs["name"] == "login"]
        assert secret.inputs["replicas"] == []


def test_in_place_there_and_back_ends_where_it_began(own: RecoveryProject) -> None:
    assert drilled(own, in_place=True).passed

    assert own.run("up", "--no-policy", "--expect-no-changes", "--json").code == 0
    with Workspace(own.folder).cloud() as cloud:
        assert not cloud.down()


# What only a stack with all kinds shows


@pytest.mark.parametrize("kind", KINDS)
def test_a_source_that_is_no_longer_copied_loses_all(shop: RecoveryProject, kind: str) -> None:
    with copied(Workspace(shop.folder), "dev") as place, place.cloud() as cloud:
        handle = place.stack("dev")
        (replica,) = replicas(handle.export(show_secrets=True))
        stage = Stage(handle, cloud, replica, handle.config(), "shop:active_site", 60, cloud.clock.now())
        lost = stage.began + timedelta(days=3)
        source = stage.source(SOURCES[kind])
        assert measure(cloud, replica, source, lost, 60).point_seconds is not None

        said = plant(stage, Seed.REPLICATION_OFF, source.name)

        assert said.startswith(f"{source.name} is no longer copied to {AWAY} by ")
        assert measure(cloud, replica, source, lost, 60).point_seconds is None


def test_a_key_that_is_missing_is_found(shop: RecoveryProject) -> None:
    name = "shop"
    found = drilled(shop, Way.FAILOVER, seed=Seed.KEY_MISSING, source=name)

    assert not found.passed
    assert f"the key of the copy of {name} in {AWAY} is gone" in found.seeded
    (step,) = [one for one in broken(found) if one.endswith(f"-{name}")]
    assert f"cannot be used in {AWAY}: it is not there" in broken(found)[step][0]
    lost = {source.name for source in found.ways[0].sources if not source.within}
    assert lost == set(SOURCES.values()) - {"images", "login"}  # all others are under the same key


def test_an_update_that_fails_is_found(own: RecoveryProject) -> None:
    assert own.run("sandbox", "fault", "fail", "--type", "aws:rds/instance:Instance", "--times", "0").code == 0

    found = drilled(own)

    assert [one.passed for one in found.ways] == [True, False]
    (text,) = [text for text in broken(found)["protect"] if "fails" in text and "update" in text.split(" fails")[0]][:1]
    assert text.startswith("the update with active_site: primary fails: ")
    assert f"shop is not copied to {AWAY} by read-replica" in broken(found)["protect"]
