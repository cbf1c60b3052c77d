"""Drills that must fail: seeded faults, faults of the cloud, and what may not begin."""

from pathlib import Path
from typing import Any

import pytest

from platform_lib.components.dr.document import Way
from platform_lib.core.errors import PlatformError
from platform_lib.operations.drill.model import Seed, StepRecord
from platform_lib.operations.drill.run import Request, run_drill
from platform_lib.operations.errors import InputError, RefusedError, UnknownNameError
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.recovery import AWAY, HOME, RecoveryProject, broken, drilled, last_switch


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> RecoveryProject:
    """A stack that is up on the sandbox; drills leave it as it is."""
    project = RecoveryProject(tmp_path_factory.mktemp("drill") / "shop", "s3", "dynamodb", "ebs")
    assert project.run("up", "--no-policy", "--json").code == 0
    return project


@pytest.fixture
def own(shop: RecoveryProject, tmp_path: Path) -> RecoveryProject:
    """The same, to be changed."""
    return shop.copied(tmp_path / "shop")


# Seeded faults


@pytest.mark.parametrize("name", ["files", "disk"])
def test_replication_that_is_off_is_found(shop: RecoveryProject, name: str) -> None:
    found = drilled(shop, Way.FAILOVER, seed=Seed.REPLICATION_OFF, source=name)

    assert not found.passed
    assert f"{name} is no longer copied to {AWAY} by" in found.seeded
    failed = broken(found)
    (step,) = [one for one in failed if one.endswith(f"-{name}")]
    assert failed[step][0].startswith(name)
    sources = {source.name: source for source in found.ways[0].sources}
    assert (sources[name].point, sources[name].time, sources[name].within) == (None, None, False)
    assert [source.name for source in sources.values() if not source.within] == [name]
    assert any(text.startswith(f"failover: {step}: {name}") for text in found.failures)


def test_backups_that_are_stale_are_found(shop: RecoveryProject) -> None:
    found = drilled(shop, Way.FAILOVER, seed=Seed.STALE_BACKUP)

    assert not found.passed
    assert "no backup of files succeeds from now on" in found.seeded
    texts = broken(found)["verify"]
    assert any(text.startswith("files: the newest backup at the second site is ") for text in texts)
    disk = next(source for source in found.ways[0].sources if source.name == "disk")
    assert (disk.point or 0) > disk.point_objective  # it is copied by backups alone
    assert any(text.startswith("disk: the newest ") and text.endswith(" may be") for text in texts)


def test_a_record_that_leads_to_the_wrong_site_is_found(shop: RecoveryProject) -> None:
    found = drilled(shop, seed=Seed.WRONG_RECORD)

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

    found = drilled(own, Way.FAILOVER)

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


# Refused


def test_a_stack_that_is_not_as_its_program_says_is_refused(own: RecoveryProject) -> None:
    own.configure(more='{"backups": {"every_hours": 3}}')

    with pytest.raises(
        RefusedError, match=r"drill: main: an update with active_site: primary would change \d+: .* run up"
    ):
        drilled(own)


def test_a_region_that_is_down_already_is_refused(own: RecoveryProject) -> None:
    assert own.run("sandbox", "region", HOME, "--down").code == 0

    with pytest.raises(
        RefusedError, match=f"{HOME} is down already; bring it up by `platform sandbox region {HOME} --up`"
    ):
        drilled(own)


def test_users_at_the_second_site_are_refused(tmp_path: Path) -> None:
    project = RecoveryProject(tmp_path / "shop", "s3", active_site="secondary")
    assert project.run("up", "--no-policy", "--json").code == 0

    with pytest.raises(RefusedError, match="users are at the secondary site already"):
        drilled(project)


def test_a_stack_without_recovery(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    assert project.run("up", "--no-policy", "--json").code == 0

    with pytest.raises(UnknownNameError, match="stack 'dev': has no DrReplica; a drill needs one"):
        drilled(project)


def test_a_recovery_that_is_not_there(shop: RecoveryProject) -> None:
    with pytest.raises(UnknownNameError, match="has no DrReplica 'mian'; did you mean 'main'"):
        drilled(shop, replica="mian")


def test_a_fault_that_fits_nothing(shop: RecoveryProject) -> None:
    with pytest.raises(InputError, match="--source: ordes is no source of main; use one of files, orders, disk"):
        drilled(shop, seed=Seed.KEY_MISSING, source="ordes")


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
        drilled(own)
