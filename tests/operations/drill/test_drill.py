"""Drills on the sandbox: there and back, what is measured, what each seeded fault turns red, what is left alone."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from platform_lib.components.dr.document import Way
from platform_lib.components.dr.kind import Action
from platform_lib.core.errors import PlatformError
from platform_lib.operations.drill.model import Drill, Seed, StepRecord, WayRecord
from platform_lib.operations.drill.run import Request, run_drill
from platform_lib.operations.errors import InputError, RefusedError, UnknownNameError
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.recovery import AWAY, HOME, RecoveryProject

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
    shutil.copytree(shop.folder, tmp_path / "shop")
    project = object.__new__(RecoveryProject)
    project.folder = tmp_path / "shop"
    return project


def configure(project: RecoveryProject, **values: str) -> None:
    project.config(**{"environment": "prod", "active_site": "primary", "kinds": " ".join(KINDS), "more": "{}"} | values)


def drill(project: CliProject, *ways: Way, **more: Any) -> Drill:
    return run_drill(Workspace(project.folder), "dev", Request(ways=ways or (Way.FAILOVER, Way.FAILBACK), **more))


def last_switch(drill: Drill) -> StepRecord:
    """The step after which users are at the other site."""
    return [step for step in drill.ways[0].steps if step.action is Action.SWITCH][-1]


def broken(drill: Drill) -> dict[str, list[str]]:
    """What failed, by step."""
    steps = [step for way in drill.ways for step in way.steps]
    return {step.name: [check.text for check in step.checks if not check.passed] for step in steps if not step.passed}


@pytest.fixture(scope="module")
def there_and_back(shop: RecoveryProject) -> Drill:
    return drill(shop)


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
    there = drill(shop, Way.FAILOVER)

    assert there.passed
    assert [one.way for one in there.ways] == [Way.FAILOVER]


def test_restore(shop: RecoveryProject) -> None:
    found = drill(shop, Way.RESTORE)

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

    drill(own, Way.FAILOVER, seed=Seed.KEY_MISSING)

    assert contents(own.folder) == before
    assert own.run("up", "--no-policy", "--expect-no-changes", "--json").code == 0


def test_the_copy_can_be_kept(shop: RecoveryProject, tmp_path: Path) -> None:
    drill(shop, Way.FAILOVER, keep=tmp_path / "kept")

    kept = Workspace(shop.folder, sandbox_dir=tmp_path / "kept")
    with kept.cloud() as cloud:
        assert list(cloud.down()) == [HOME]
    with Workspace(shop.folder).cloud() as cloud:
        assert not cloud.down()


def test_in_place_the_sandbox_stays_switched(own: RecoveryProject) -> None:
    found = drill(own, Way.FAILOVER, in_place=True)

    assert (found.passed, found.in_place) == (True, True)
    configure(own, active_site="secondary")
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
    assert drill(own, in_place=True).passed

    assert own.run("up", "--no-policy", "--expect-no-changes", "--json").code == 0
    with Workspace(own.folder).cloud() as cloud:
        assert not cloud.down()


# Seeded faults


@pytest.mark.parametrize("kind", KINDS)
def test_replication_that_is_off_is_found(shop: RecoveryProject, kind: str) -> None:
    name = SOURCES[kind]
    found = drill(shop, Way.FAILOVER, seed=Seed.REPLICATION_OFF, source=name)

    assert not found.passed
    assert f"{name} is no longer copied to {AWAY} by" in found.seeded
    failed = broken(found)
    (step,) = [one for one in failed if one.endswith(f"-{name}")]
    assert failed[step][0].startswith(name)
    sources = {source.name: source for source in found.ways[0].sources}
    assert (sources[name].point, sources[name].time, sources[name].within) == (None, None, False)
    assert [source.name for source in sources.values() if not source.within] == [name]
    assert any(text.startswith(f"failover: {step}: {name}") for text in found.failures)


def test_a_key_that_is_missing_is_found(shop: RecoveryProject) -> None:
    name = "shop"
    found = drill(shop, Way.FAILOVER, seed=Seed.KEY_MISSING, source=name)

    assert not found.passed
    assert f"the key of the copy of {name} in {AWAY} is gone" in found.seeded
    (step,) = [one for one in broken(found) if one.endswith(f"-{name}")]
    assert f"cannot be used in {AWAY}: it is not there" in broken(found)[step][0]
    lost = {source.name for source in found.ways[0].sources if not source.within}
    assert lost == set(SOURCES.values()) - {"images", "login"}  # all others are under the same key


def test_backups_that_are_stale_are_found(shop: RecoveryProject) -> None:
    found = drill(shop, Way.FAILOVER, seed=Seed.STALE_BACKUP)

    assert not found.passed
    assert "no backup of files succeeds from now on" in found.seeded
    texts = broken(found)["verify"]
    assert any(text.startswith("files: the newest backup at the second site is ") for text in texts)
    disk = next(source for source in found.ways[0].sources if source.name == "disk")
    assert (disk.point or 0) > disk.point_objective  # it is copied by backups alone
    assert any(text.startswith("disk: the newest ") and text.endswith(" may be") for text in texts)


def test_a_record_that_leads_to_the_wrong_site_is_found(shop: RecoveryProject) -> None:
    found = drill(shop, seed=Seed.WRONG_RECORD)

    assert not found.passed
    assert found.seeded == f"the record of the secondary site leads to {HOME}"
    (text,) = broken(found)[last_switch(found).name]
    assert f"api.example.com leads users to {HOME} and not to {AWAY}: by its secondary record" in text
    assert {source.time for source in found.ways[0].sources} == {None}
    assert [one.way for one in found.ways] == [Way.FAILOVER]
    assert found.failures[-1] == "failback: not walked, as the way before it failed"


# Faults of the cloud itself


def edited(project: RecoveryProject, *words: str) -> None:
    assert project.run("sandbox", "edit", *words).code == 0


def test_a_way_back_that_is_switched_off_is_found(shop: RecoveryProject, tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    def told(walked: Way, step: StepRecord) -> None:
        if walked is Way.FAILBACK and step.name == "decide":
            with Workspace(shop.folder, sandbox_dir=kept).cloud() as cloud:
                (row,) = [one for one in cloud.ls(type="*BucketReplicationConfig") if one.region == AWAY]
                cloud.edit(row.urn, "rules[0].status", "Disabled")

    found = run_drill(Workspace(shop.folder), "dev", Request(keep=kept), told=told)

    assert [one.passed for one in found.ways] == [True, False]
    (text,) = broken(found)["catch-up-files"]
    assert text.startswith(f"files: what is written meanwhile does not come back to {HOME}: replication rule")


def test_resolvers_keep_an_answer_for_as_long_as_the_record_says(own: RecoveryProject) -> None:
    for site in ("primary", "secondary"):
        edited(own, f"main-record-{site}", "ttl=3600")

    found = drill(own, Way.FAILOVER)

    assert not found.passed
    step = last_switch(found)
    assert (step.planned_seconds, step.seconds) == (60, 3600)
    assert any("files: users wait " in text and text.endswith("and may wait 60") for text in found.failures)


def test_nothing_can_be_done_where_the_second_region_is_down_too(shop: RecoveryProject, tmp_path: Path) -> None:
    kept = tmp_path / "kept"

    def told(walked: Way, step: StepRecord) -> None:
        if step.name == "notice":
            with Workspace(shop.folder, sandbox_dir=kept).cloud() as cloud:
                cloud.take_down(AWAY)

    found = run_drill(Workspace(shop.folder), "dev", Request(keep=kept), told=told)

    assert broken(found)["decide"] == [f"{AWAY} is down, so nothing can be done there"]
    assert {source.time for source in found.ways[0].sources} == {None}


def test_an_update_that_fails_is_found(own: RecoveryProject) -> None:
    assert own.run("sandbox", "fault", "fail", "--type", "aws:rds/instance:Instance", "--times", "0").code == 0

    found = drill(own)

    assert [one.passed for one in found.ways] == [True, False]
    (text,) = [text for text in broken(found)["protect"] if "fails" in text and "update" in text.split(" fails")[0]][:1]
    assert text.startswith("the update with active_site: primary fails: ")
    assert f"shop is not copied to {AWAY} by read-replica" in broken(found)["protect"]


# Refused


def test_a_stack_that_is_not_as_its_program_says_is_refused(own: RecoveryProject) -> None:
    configure(own, more='{"backups": {"every_hours": 3}}')

    with pytest.raises(
        RefusedError, match=r"drill: main: an update with active_site: primary would change \d+: .* run up"
    ):
        drill(own)


def test_a_region_that_is_down_already_is_refused(own: RecoveryProject) -> None:
    assert own.run("sandbox", "region", HOME, "--down").code == 0

    with pytest.raises(
        RefusedError, match=f"{HOME} is down already; bring it up by `platform sandbox region {HOME} --up`"
    ):
        drill(own)


def test_users_at_the_second_site_are_refused(tmp_path: Path) -> None:
    project = RecoveryProject(tmp_path / "shop", "s3", active_site="secondary")
    assert project.run("up", "--no-policy", "--json").code == 0

    with pytest.raises(RefusedError, match="users are at the secondary site already"):
        drill(project)


def test_a_stack_without_recovery(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    assert project.run("up", "--no-policy", "--json").code == 0

    with pytest.raises(UnknownNameError, match="stack 'dev': has no DrReplica; a drill needs one"):
        drill(project)


def test_a_recovery_that_is_not_there(shop: RecoveryProject) -> None:
    with pytest.raises(UnknownNameError, match="has no DrReplica 'mian'; did you mean 'main'"):
        drill(shop, replica="mian")


def test_a_fault_that_fits_nothing(shop: RecoveryProject) -> None:
    with pytest.raises(InputError, match="--source: ordes is no source of main; use one of files, orders, shop, "):
        drill(shop, seed=Seed.KEY_MISSING, source="ordes")


@pytest.mark.parametrize(
    ("more", "text"),
    [
        ({"seed": Seed.KEY_MISSING, "in_place": True}, "--seed does not go with --in-place"),
        ({"keep": Path("x"), "in_place": True}, "--keep does not go with --in-place"),
        ({"source": "files"}, "give --seed too"),
        ({"keep": Path(__file__).parent}, "is not empty; name a new folder"),
    ],
)
def test_what_does_not_go_together(more: dict[str, Any], text: str) -> None:
    with pytest.raises(InputError, match=text):
        Request(**more)


def test_a_state_of_another_version_is_refused(own: RecoveryProject) -> None:
    handle = Workspace(own.folder).stack("dev")
    document = handle.export(show_secrets=True)
    for entry in document["deployment"]["resources"]:
        entry.get("outputs", {}).pop("plan", None)
    handle.import_state(document)

    with pytest.raises(
        PlatformError, match="DrReplica 'main': plan: is not in the state; run up with this platform-lib"
    ):
        drill(own)
