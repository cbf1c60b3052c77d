"""An old and a new version of program and library against a state: what is lost, what goes on, what changed."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.errors import PlatformError
from platform_lib.operations.errors import InputError, UnknownNameError
from platform_lib.operations.upgrade.check import check_upgrade, read_state, stack_of
from platform_lib.operations.upgrade.model import UpgradeReport
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject, invoke

pytestmark = pytest.mark.slow  # three processes a check

LIBRARY = '''\
import pulumi
import pulumi_aws as aws
from pydantic import BaseModel, ConfigDict


class StoreArgs(BaseModel):
    model_config = ConfigDict(arbitrary_types_allowed=True)
    size: int | None = {default}
    {field}: str | None = None


class Store(pulumi.ComponentResource):
    """A store."""

    def __init__(self, name: str, args: StoreArgs, opts: pulumi.ResourceOptions | None = None):
        super().__init__("shop:index:Store", name, None, opts)
        below = pulumi.ResourceOptions(parent=self)
        {body}
        self.register_outputs({{}})
'''
OLD = """aws.sqs.Queue(f"{name}-jobs", opts=below)
        aws.sqs.Queue(f"{name}-mail", opts=below)
        aws.s3.Bucket(f"{name}-files", bucket="files-of-shop", opts=below)
        aws.sqs.Queue(f"{name}-same", delay_seconds=1, opts=below)"""
NEW = """known = pulumi.ResourceOptions(parent=self, aliases=[pulumi.Alias(name=f"{name}-jobs")])
        aws.sqs.Queue(f"{name}-work", opts=known)
        aws.sqs.Queue(f"{name}-letters", opts=below)
        aws.s3.Bucket(f"{name}-files", bucket="files-of-another", opts=below)
        aws.sqs.Queue(f"{name}-same", delay_seconds=2, opts=below)"""
PROGRAM = "import pulumi\nfrom shoplib import Store, StoreArgs\nStore('main', StoreArgs())\n"


def git(folder: Path, *words: str) -> None:
    who = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
    subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True)


def library(folder: Path, body: str, *, field: str = "label", default: str = "None") -> None:
    text = LIBRARY.replace("{body}", body).replace("{field}", field).replace("{default}", default)
    (folder / "shoplib" / "__init__.py").write_text(text.replace("{{", "{").replace("}}", "}"), encoding="utf-8")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> CliProject:
    """A project with a library beside it, deployed and committed as v1; the work tree is v2."""
    project = CliProject(tmp_path_factory.mktemp("upgrade") / "shop", PROGRAM)
    (project.folder / "shoplib").mkdir()
    (project.folder / "pyproject.toml").write_text("[project]\nname='shop'\nversion='1.4.0'\n", encoding="utf-8")
    (project.folder / ".gitignore").write_text(".sandbox\n__pycache__\n", encoding="utf-8")
    library(project.folder, OLD)
    answer = project.install("up", "--yes", "--no-policy", env={"PYTHONPATH": str(project.folder)})
    assert answer.code == 0, answer.err
    git(project.folder, "init", "-q", "-b", "main")
    git(project.folder, "add", "-A")
    git(project.folder, "commit", "-q", "-m", "v1")
    git(project.folder, "tag", "v1")
    library(project.folder, NEW, field="title", default="3")
    return project


def state(project: CliProject) -> dict[str, Any]:
    exported: dict[str, Any] = Workspace(project.folder, env={}).stack("dev").export(show_secrets=True)
    return exported


@pytest.fixture(scope="module")
def report(shop: CliProject) -> UpgradeReport:
    import sys

    sys.path.insert(0, str(shop.folder))
    try:
        return check_upgrade(Workspace(shop.folder, env={}), "v1", "dev", state(shop), components="shoplib")
    finally:
        sys.path.remove(str(shop.folder))


def names(urns: "tuple[str, ...]") -> list[str]:
    return [urn.rpartition("::")[2] for urn in urns]


def test_what_is_lost_is_told_the_dearest_first_with_what_forces_it(report: UpgradeReport) -> None:
    assert [(item.urn.rpartition("::")[2], item.action, item.keys, item.stateful) for item in report.lost] == [
        ("main-files", "replace", ("bucket",), "holds data"),
        ("main-mail", "delete", (), ""),
    ]


def test_a_name_that_changed_without_an_alias_is_pointed_out(report: UpgradeReport) -> None:
    (_, deleted) = report.lost
    assert names((deleted.likely,)) == ["main-letters"]


def test_an_alias_is_tested_and_told(report: UpgradeReport) -> None:
    assert [(names((item.old,)), names((item.new,))) for item in report.renamed] == [(["main-jobs"], ["main-work"])]


def test_what_is_created_and_updated_is_told(report: UpgradeReport) -> None:
    assert names(report.created) == ["main-letters"]
    assert names(report.updated) == ["main-same"]


def test_the_contract_is_compared_and_the_version_told(report: UpgradeReport) -> None:
    assert [(str(item.kind), item.subject) for item in report.contract] == [
        ("removed", "Store.inputs.label"),
        ("default changed", "StoreArgs.size"),
        ("added", "Store.inputs.title"),
    ]
    assert (report.bump, report.version, report.next_version) == ("major", "1.4.0", "2.0.0")


def test_neither_state_nor_cloud_nor_work_tree_are_touched(shop: CliProject, report: UpgradeReport) -> None:
    workspace = Workspace(shop.folder, env={})
    with workspace.cloud() as cloud:
        assert sorted(names(tuple(row.urn for row in cloud.ls()))) == [
            "main-files",
            "main-jobs",
            "main-mail",
            "main-same",
        ]
    done = subprocess.run(
        ["git", "-C", str(shop.folder), "status", "--porcelain"], capture_output=True, text=True, check=True
    )
    assert done.stdout == " M shoplib/__init__.py\n"
    assert report.commit


def test_the_command_tells_it_from_an_exported_state_and_refuses_too_small_a_release(
    shop: CliProject, tmp_path: Path
) -> None:
    path = tmp_path / "dev.json"
    path.write_text(json.dumps(state(shop)), encoding="utf-8")
    words = ["check-upgrade", "--from", "v1", "--state", str(path), "--components", "shoplib"]
    answer = shop.install(*words, "--release", "minor", env={"PYTHONPATH": str(shop.folder)})
    assert answer.code == 3, answer.out + answer.err
    assert "replaced aws:s3:Bucket main-files because of bucket  holds data" in answer.out
    assert "main-letters may be its new name: add the alias urn:pulumi:dev::shop::" in answer.out
    assert "needs a major version: 1.4.0 -> 2.0.0" in answer.out
    assert "refused: the release raises minor, the change needs major" in answer.err


def test_without_a_state_the_old_version_makes_one(shop: CliProject, report: UpgradeReport) -> None:
    words = ["check-upgrade", "--from", "v1", "--stack", "dev", "--fresh", "--components", "shoplib", "--json"]
    answer = shop.install(*words, env={"PYTHONPATH": str(shop.folder)})
    assert answer.code == 4, answer.out + answer.err
    assert answer.json == report.model_dump(mode="json", by_alias=True)


def test_what_is_not_deployed_yet_is_not_the_upgrades_doing(shop: CliProject) -> None:
    path = shop.folder / "__main__.py"
    path.write_text(PROGRAM + "import pulumi_aws as aws\naws.sqs.Queue('later')\n", encoding="utf-8")
    git(shop.folder, "commit", "-q", "-m", "later", "__main__.py")
    answer = shop.install(
        "check-upgrade",
        "--from",
        "HEAD",
        "--stack",
        "dev",
        "--components",
        "shoplib",
        "--json",
        env={"PYTHONPATH": str(shop.folder)},
    )
    git(shop.folder, "reset", "-q", "--mixed", "HEAD~1")
    path.write_text(PROGRAM, encoding="utf-8")
    assert answer.code == 4, answer.out + answer.err
    assert names(tuple(answer.json["pending"])) == ["later"]
    assert "later" not in names(tuple(answer.json["created"]))


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--from", "v9", "--stack", "dev"], "--from: there is no such revision in this checkout, got 'v9'"),
        (["--from", "v1", "--state", "gone.json"], "--state: gone.json: cannot be read as JSON"),
        (["--from", "v1", "--state", "x", "--engine", "pulumi"], "--state and --engine pulumi do not go together"),
        (["--from", "v1", "--fresh", "--state", "x"], "--fresh makes its own state; leave --state and --engine out"),
    ],
)
def test_wrong_usage_is_told(shop: CliProject, words: list[str], message: str) -> None:
    answer = invoke("check-upgrade", *words, cwd=shop.folder)
    assert (answer.code, message in answer.err) == (2, True), answer.err


def test_a_state_of_another_stack_or_none_is_refused(shop: CliProject, tmp_path: Path) -> None:
    workspace = Workspace(shop.folder, env={})
    other = json.loads(json.dumps(state(shop)).replace("urn:pulumi:dev::", "urn:pulumi:prod::"))
    with pytest.raises(InputError, match="which is another stack's; give the export of this stack"):
        check_upgrade(workspace, "v1", "dev", other)
    with pytest.raises(InputError, match="cannot be read, got"):
        check_upgrade(workspace, "v1", "dev", {"version": 9})
    (tmp_path / "list.json").write_text("[]", encoding="utf-8")
    with pytest.raises(InputError, match="is no state"):
        read_state(tmp_path / "list.json")
    assert stack_of(other) == "prod"
    assert stack_of({}) == ""


def test_an_old_version_that_fails_is_told_with_its_words(shop: CliProject) -> None:
    path = shop.folder / "__main__.py"
    path.write_text("raise RuntimeError('broken on purpose')\n", encoding="utf-8")
    git(shop.folder, "commit", "-q", "-m", "broken", "__main__.py")
    path.write_text(PROGRAM, encoding="utf-8")
    try:
        with pytest.raises(
            PlatformError, match=r"(?s)check-upgrade: version .*: its preview fails:.*broken on purpose"
        ):
            check_upgrade(Workspace(shop.folder, env={}), "HEAD", "dev", state(shop))
    finally:
        git(shop.folder, "reset", "-q", "--mixed", "HEAD~1")


def test_a_revision_without_the_project_is_refused(shop: CliProject) -> None:
    git(shop.folder, "checkout", "-q", "--orphan", "empty")
    try:
        git(shop.folder, "rm", "-rfq", "--cached", ".")
        git(shop.folder, "commit", "-q", "--allow-empty", "-m", "empty")
        with pytest.raises(InputError, match="has no project in"):
            check_upgrade(Workspace(shop.folder, env={}), "empty", "dev", state(shop))
    finally:
        git(shop.folder, "symbolic-ref", "HEAD", "refs/heads/main")
        git(shop.folder, "reset", "-q", "--mixed", "main")
    with pytest.raises(UnknownNameError):
        check_upgrade(Workspace(shop.folder, env={}), "v8", "dev", state(shop))
