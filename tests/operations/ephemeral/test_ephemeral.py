"""Ephemeral environments: made, listed, destroyed, swept; never production; a record of what is gone."""

import json
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platform_lib.core.errors import PlatformError
from platform_lib.operations.ephemeral import create as creating
from platform_lib.operations.ephemeral.destroy import destroy, keep
from platform_lib.operations.ephemeral.model import KEY, Deletion, Mark, MarkError, Status
from platform_lib.operations.ephemeral.place import Place, set_value
from platform_lib.operations.ephemeral.sweep import listed, sweep
from platform_lib.operations.errors import InputError, RefusedError, UnknownNameError
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.run import Policies
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.stock_backend import stock_backend, use_environment

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
LATER = NOW + timedelta(hours=49)
HOURS = timedelta(hours=48)
PROGRAM = """\
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
environment = config.get("tagged") or config.require("environment")
aws.sqs.Queue("jobs", tags={"environment": environment})
opts = pulumi.ResourceOptions(protect=config.get_bool("protect") or False)
table = aws.dynamodb.Table("orders", billing_mode="PAY_PER_REQUEST", hash_key="id",
    attributes=[{"name": "id", "type": "S"}], tags={"environment": environment}, opts=opts)
if config.get_bool("keep"):
    aws.sqs.Queue("kept", opts=pulumi.ResourceOptions(retain_on_delete=True))
"""


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    made = CliProject(tmp_path / "shop", PROGRAM)
    made.config("prod", environment="prod")
    made.config("hidden", environment="dev", tagged="prod")
    return made


@pytest.fixture
def place(project: CliProject) -> Place:
    return Place(project.folder, Workspace(project.folder, env={}))


def make(place: Place, name: str = "pr-1", source: str = "dev", **more: object) -> creating.Created:
    given = {"now": NOW, "ttl": HOURS, **more}
    return creating.create(place, name, source, given.pop("ttl"), **given)  # type: ignore[arg-type]


def in_cloud(place: Place) -> list[str]:
    assert place.workspace is not None
    with place.workspace.cloud() as cloud:
        return sorted(row.urn.rpartition("::")[2] for row in cloud.ls())


# -- making --------------------------------------------------------------------------------------------------------


def test_it_takes_the_settings_of_another_stack_and_is_marked(place: Place) -> None:
    made = make(place, owner="me", values=dict([set_value("name=x", "shop"), set_value("shop:limits.low=3", "shop")]))
    text = made.file.read_text(encoding="utf-8")
    assert made.file.name == "Pulumi.pr-1.yaml"
    assert "shop:owner: me" in text
    assert "shop:name: x" in text
    assert "shop:limits:\n    low: 3" in text
    assert place.mark("pr-1") == Mark(source="dev", created=NOW, expires=LATER - timedelta(hours=1), owner="me")
    assert in_cloud(place) == ["jobs", "orders"]


def test_a_setting_may_be_left_out(place: Place, project: CliProject) -> None:
    project.config(environment="dev", keep=True, limits={"low": 1, "high": 9})
    values = dict(
        [set_value("keep=null", "shop"), set_value("limits.low=null", "shop"), set_value("none=null", "shop")]
    )
    text = make(place, values=values).file.read_text(encoding="utf-8")
    assert "shop:limits: {high: 9}" in text
    assert not {"low:", "shop:keep", "shop:none"} & set(text.split())
    assert "kept" not in in_cloud(place)


def test_only_its_file_is_made_where_that_was_asked(place: Place) -> None:
    assert make(place, up=False).file.is_file()
    assert in_cloud(place) == []


@pytest.mark.parametrize("name", ["", "PR-1", "pr_1", "pr-", "-pr", "pr 1", "a" * 41, "../dev"])
def test_a_name_has_a_form(place: Place, name: str) -> None:
    with pytest.raises(InputError, match="env: name: is not one of an ephemeral environment"):
        make(place, name)


@pytest.mark.parametrize("ttl", [timedelta(0), timedelta(minutes=4), timedelta(days=31), timedelta(days=-1)])
def test_a_life_is_five_minutes_to_thirty_days(place: Place, ttl: timedelta) -> None:
    with pytest.raises(InputError, match="env: --ttl: must be 5m to 30d, got"):
        make(place, ttl=ttl)


def test_a_source_has_to_be_there(place: Place) -> None:
    with pytest.raises(UnknownNameError, match=r"--from: there is no Pulumi\.deb\.yaml, got 'deb'; did you mean 'dev'"):
        make(place, source="deb")


def test_what_is_there_is_not_taken_over(place: Place) -> None:
    make(place)
    with pytest.raises(InputError, match="stack 'pr-1': is there already"):
        make(place)
    place.file("pr-1").unlink()
    with pytest.raises(InputError, match="stack 'pr-1': is there already"):
        make(place)


def test_a_policy_that_refuses_leaves_nothing_behind(place: Place, project: CliProject) -> None:
    project.program(
        "import pulumi_aws as aws\naws.ec2.SecurityGroup('open', ingress=[{'protocol': 'tcp', 'from_port': 22,"
        "'to_port': 22, 'cidr_blocks': ['0.0.0.0/0']}])\n"
    )
    project.config("staging", environment="staging")
    with pytest.raises(RefusedError, match="env: stack 'pr-1': policies refuse it"):
        make(place, source="staging", policies=Policies(("baseline",), today=NOW))
    assert not place.file("pr-1").exists()
    assert listed(place, now=NOW) == []
    assert in_cloud(place) == []


def test_an_interrupted_preview_leaves_nothing_behind(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(creating, "preview", interrupted)
    with pytest.raises(KeyboardInterrupt):
        make(place, policies=Policies(("baseline",), today=NOW))
    assert not place.file("pr-1").exists()
    assert listed(place, now=NOW) == []


def test_an_up_that_fails_says_how_to_go_on(place: Place, project: CliProject) -> None:
    project.program(PROGRAM + "raise RuntimeError('no')\n")
    with pytest.raises(PlatformError, match="the up failed with code 1; mend what is wrong, take it down with"):
        make(place)
    assert destroy(place, "pr-1", now=NOW).done


def test_secrets_come_along_sealed(place: Place, project: CliProject) -> None:
    path = project.folder / "Pulumi.dev.yaml"
    assert place.workspace is not None
    from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter

    crypter = PassphraseCrypter(Passphrase(""), "", subject="test")
    sealed = crypter.encrypt("canary-7f3a")
    text = path.read_text(encoding="utf-8") + f"  shop:token:\n    secure: {sealed}\nencryptionsalt: {crypter.salt}\n"
    path.write_text(text, encoding="utf-8")
    project.program("import pulumi\npulumi.export('token', pulumi.Config().require_secret('token'))\n")
    made = make(place)
    assert "canary" not in made.file.read_text(encoding="utf-8")
    assert sealed in made.file.read_text(encoding="utf-8")
    assert place.workspace.stack("pr-1").outputs()["token"].value == "canary-7f3a"


# -- never production ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["prod", "prod-2", "production", "live-1"])
def test_a_name_of_production_is_refused(place: Place, name: str) -> None:
    with pytest.raises(RefusedError, match=f"stack '{name}': is production by its name"):
        make(place, name)


def test_an_environment_that_changes_are_promoted_through_is_refused(place: Place, project: CliProject) -> None:
    (project.folder / "governance").mkdir()
    (project.folder / "governance" / "environments.yaml").write_text(
        "version: 1\nenvironments:\n  - name: dev\n  - {name: stage, stack: pr-7}\n", encoding="utf-8"
    )
    with pytest.raises(RefusedError, match=r"stack 'pr-7': is an environment of governance/environments\.yaml"):
        make(place, "pr-7")


@pytest.mark.parametrize(("environment", "said"), [("prod", "got 'prod'"), ("qa", "got 'qa'"), ("", "is not set")])
def test_settings_that_are_or_may_be_productions_are_refused(
    place: Place, project: CliProject, environment: str, said: str
) -> None:
    project.config("other", environment=environment)
    with pytest.raises(RefusedError, match=f"environment: counts as production, .*{said}"):
        make(place, source="other")
    with pytest.raises(RefusedError, match="environment: counts as production"):
        make(place, values={"shop:environment": environment})
    assert not place.file("pr-1").exists()


def test_a_state_of_production_is_refused_whatever_its_configuration_says(place: Place) -> None:
    make(place, source="hidden")
    with pytest.raises(RefusedError, match=r"::orders is tagged environment=prod; its state is production's|::jobs is"):
        destroy(place, "pr-1", now=LATER)
    report = sweep(place, now=LATER)
    assert [item.blockers[0].kind for item in report.stuck] == ["production"]
    assert in_cloud(place) == ["jobs", "orders"]


def test_a_stack_that_was_marked_by_hand_is_still_production(place: Place, project: CliProject) -> None:
    assert place.workspace is not None
    assert place.workspace.stack("prod").run("up").exit_code == 0
    mark = Mark(source="dev", created=NOW, expires=NOW)
    project.config("prod", environment="dev")
    path = project.folder / "Pulumi.prod.yaml"
    place.write_file("prod", mark, path.read_text(encoding="utf-8"), {})
    assert [item.blockers[0].kind for item in sweep(place, now=LATER, unprotect=True).stuck] == ["production"]
    shutil.move(path, project.folder / "Pulumi.pr-9.yaml")
    shutil.move(
        place.workspace.directory / "stacks/shop/prod.json", place.workspace.directory / "stacks/shop/pr-9.json"
    )
    with pytest.raises(RefusedError, match="which is another stack's"):
        destroy(place, "pr-9", now=LATER)
    assert in_cloud(place) == ["jobs", "orders"]


def test_what_is_not_marked_is_not_destroyed(place: Place) -> None:
    assert place.workspace is not None
    assert place.workspace.stack("dev").run("up").exit_code == 0
    with pytest.raises(RefusedError, match="stack 'dev': is no ephemeral environment: nothing marks it as one"):
        destroy(place, "dev", now=LATER)
    assert sweep(place, now=LATER).deletions == ()


@pytest.mark.parametrize(
    ("value", "said"),
    [("text", "Invalid JSON|invalid JSON"), ({"source": "dev"}, "created: is required"), ([], "must be a map|invalid")],
)
def test_a_damaged_mark_is_an_error(place: Place, project: CliProject, value: object, said: str) -> None:
    text = f"config:\n  shop:environment: dev\n  {KEY}: {json.dumps(value)}\n"
    (project.folder / "Pulumi.odd.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(MarkError, match=said):
        listed(place, now=NOW)


def test_a_damaged_mark_keeps_no_other_environment_from_its_end(place: Place, project: CliProject) -> None:
    make(place)
    text = f"config:\n  shop:environment: dev\n  {KEY}: nonsense\n"
    (project.folder / "Pulumi.odd.yaml").write_text(text, encoding="utf-8")
    found = sweep(place, now=LATER)
    assert [(item.stack, item.done) for item in found.deletions] == [("pr-1", True)]
    assert [(item.stack, KEY in item.why) for item in found.orphans] == [("odd", True)]
    assert (project.folder / "Pulumi.odd.yaml").is_file()


# -- listing, destroying, sweeping ---------------------------------------------------------------------------------


def test_the_list_tells_where_from_whose_and_how_long(place: Place) -> None:
    make(place, owner="me")
    make(place, "pr-2", ttl=timedelta(hours=72), up=False)
    rows = listed(place, now=LATER)
    assert [(row.name, row.status, row.resources, row.mark.owner) for row in rows] == [
        ("pr-1", Status.EXPIRED, 2, "me"),
        ("pr-2", Status.LIVE, 0, ""),
    ]


def test_a_destroy_removes_resources_state_file_and_mark_and_writes_it_down(place: Place, tmp_path: Path) -> None:
    make(place, values={"shop:keep": True})
    found = destroy(place, "pr-1", now=LATER)
    assert (found.done, found.blockers, found.left) == (True, (), ())
    assert sorted(item.urn.rpartition("::")[2] for item in found.deleted) == ["jobs", "orders"]
    assert [item.urn.rpartition("::")[2] for item in found.retained] == ["kept"]
    assert not place.file("pr-1").exists()
    assert place.states() == []
    assert listed(place, now=LATER) == []
    paths = [keep(found, tmp_path / "records") for _ in range(2)]
    assert [path.name for path in paths] == ["pr-1-20261126T130000Z.json", "pr-1-20261126T130000Z-2.json"]
    assert Deletion.model_validate_json(paths[0].read_text(encoding="utf-8")) == found


def test_a_sweep_destroys_what_is_over_and_nothing_else(place: Place) -> None:
    make(place)
    make(place, "pr-2", ttl=timedelta(hours=72))
    assert place.workspace is not None
    assert place.workspace.stack("dev").run("up").exit_code == 0
    told = sweep(place, now=LATER, dry_run=True)
    assert (told.expired, told.deletions) == (("pr-1",), ())
    assert len(in_cloud(place)) == 6
    done = sweep(place, now=LATER)
    assert [(item.stack, item.reason, item.done) for item in done.deletions] == [("pr-1", "expired", True)]
    assert place.states() == ["dev", "pr-2"]


def test_a_sweep_from_another_checkout_knows_the_mark_without_the_stack_file(place: Place) -> None:
    make(place)
    place.file("pr-1").unlink()
    assert [(row.name, row.file) for row in listed(place, now=NOW)] == [("pr-1", False)]
    assert [item.done for item in sweep(place, now=LATER).deletions] == [True]
    assert in_cloud(place) == []


def test_what_is_protected_blocks_a_destroy_until_it_is_lifted(place: Place) -> None:
    make(place, values={"shop:protect": True})
    stuck = destroy(place, "pr-1", now=LATER)
    assert not stuck.done
    assert [(item.kind, item.urn.rpartition("::")[2]) for item in stuck.blockers] == [("protected", "orders")]
    assert "--unprotect" in stuck.blockers[0].remedy
    assert [row.status for row in listed(place, now=NOW)] == [Status.STUCK]
    assert destroy(place, "pr-1", now=LATER, unprotect=True).done


def test_what_the_cloud_refuses_is_told_as_what_blocks(place: Place) -> None:
    from platform_lib.sandbox.cloud.fault import FaultRule

    make(place)
    assert place.workspace is not None
    with place.workspace.cloud() as cloud:
        cloud.inject(
            FaultRule(effect="fail", operation="delete", type="aws:dynamodb/*", message="still in use by a backup")
        )
    (stuck,) = sweep(place, now=LATER).stuck
    assert [(item.kind, item.urn.rpartition("::")[2]) for item in stuck.blockers] == [("failed", "orders")]
    assert "still in use by a backup" in stuck.blockers[0].problem
    assert [item.urn.rpartition("::")[2] for item in stuck.left] == ["orders"]
    assert sweep(place, now=LATER).stuck == ()


def test_a_stack_that_somebody_works_on_is_told_as_locked(place: Place) -> None:
    make(place)
    assert place.workspace is not None
    with place.workspace.store("pr-1").lock("up"):
        (stuck,) = sweep(place, now=LATER).stuck
    assert stuck.blockers[0].kind == "locked"
    assert in_cloud(place) == ["jobs", "orders"]


def test_an_orphan_state_is_removed_where_it_holds_nothing_and_told_else(place: Place, project: CliProject) -> None:
    assert place.workspace is not None
    for name in ("one", "two"):
        project.config(name)
        assert place.workspace.stack(name).run("up").exit_code == 0
        project.folder.joinpath(f"Pulumi.{name}.yaml").unlink()
    assert place.workspace.stack("two").run("destroy").exit_code == 0
    told = sweep(place, now=LATER, dry_run=True)
    assert [(item.stack, item.resources) for item in told.orphans] == [("one", 2), ("two", 0)]
    done = sweep(place, now=LATER)
    assert [(item.stack, item.reason) for item in done.deletions] == [("two", "empty-orphan")]
    assert [item.stack for item in done.orphans] == ["one"]
    assert "counts as production" in done.orphans[0].why
    assert place.states() == ["one"]


def test_resources_without_a_state_are_found_and_deleted_only_where_harmless(place: Place, project: CliProject) -> None:
    assert place.workspace is not None
    make(place, "pr-1", ttl=timedelta(hours=72))  # what a state holds is no stray
    for name in ("dev", "prod"):
        assert place.workspace.stack(name).run("up").exit_code == 0
        place.workspace.stack(name).remove(force=True)
    told = sweep(place, now=LATER)
    assert sorted((item.stack, item.deletable) for item in told.strays) == [
        ("dev", True),
        ("dev", True),
        ("prod", False),
        ("prod", False),
    ]
    done = sweep(place, now=LATER, strays=True)
    assert [item.reason for item in done.deletions] == ["stray", "stray"]
    assert {item.stack for item in done.strays} == {"prod"}
    assert in_cloud(place) == ["jobs", "jobs", "orders", "orders"]
    assert place.states() == ["pr-1"]


@pytest.mark.slow
@pytest.mark.stock_engine
def test_the_same_with_the_stock_cli(tmp_path: Path, project: CliProject) -> None:
    use_environment(project.folder / "Pulumi.yaml")
    with stock_backend(tmp_path / "stock") as (variables, cloud):
        place = Place(project.folder, variables=variables)
        make(place, values={"shop:protect": True})
        assert [(row.name, row.status, row.resources) for row in listed(place, now=NOW)] == [("pr-1", Status.LIVE, 2)]
        place.file("pr-1").unlink()  # as in the checkout of a nightly job
        assert sweep(place, now=NOW).deletions == ()
        (stuck,) = sweep(place, now=LATER).stuck
        assert [item.kind for item in stuck.blockers] == ["protected"]
        assert [row.status for row in listed(place, now=NOW)] == [Status.STUCK]
        (done,) = sweep(place, now=LATER, unprotect=True).deletions
        assert done.done
        assert cloud.ls() == []
        assert place.states() == []


@pytest.mark.slow
@pytest.mark.stock_engine
def test_the_stock_cli_seals_secrets_of_the_source_anew(tmp_path: Path, project: CliProject) -> None:
    use_environment(project.folder / "Pulumi.yaml")
    project.program("import pulumi\npulumi.export('token', pulumi.Config().require_secret('token'))\n")
    with stock_backend(tmp_path / "stock") as (variables, _):
        place = Place(project.folder, variables=variables)
        source = PulumiStack(project.folder, "dev", variables)
        source.call("stack", "init", "dev", stack=False)
        source.call("config", "set", "--secret", "token", "canary-7f3a")
        made = make(place)
        assert "canary" not in made.file.read_text(encoding="utf-8")
        assert '"canary-7f3a"' in place_output(place, "pr-1")
        assert destroy(place, "pr-1", now=LATER).done
        assert place.states() == ["dev"]


def place_output(place: Place, name: str) -> str:
    """The outputs of a stack of the stock CLI, secrets open."""
    stack = PulumiStack(place.directory, name, place.variables or {})
    return stack.call("stack", "output", "--json", "--show-secrets")
