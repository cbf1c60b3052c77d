"""Every wrong input has its message and its exit code, and loses nothing."""

import fcntl
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from support.cli_project import CliProject, invoke


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    project.config("prod")
    return project


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["up", "-s", "pord"], "stack 'pord': there is no such stack; did you mean 'prod'?"),
        (["up"], "stack: which one of dev, prod; name it with --stack"),
        (["refresh", "-s", "dev"], "stack 'dev': is not up on the sandbox; bring it up with `platform up --stack dev`"),
        (["graph"], "stack: none is up on the sandbox; bring one up with `platform up --stack dev`"),
        (
            ["up", "-s", "dev", "-t", "a", "--exclude", "b"],
            "options: targets and excludes cannot be combined; give one of them",
        ),
        (
            ["preview", "-s", "dev", "--policy-pack", "hippa"],
            "policy pack 'hippa': there is no such pack; did you mean 'hipaa'?",
        ),
        (
            ["preview", "-s", "dev", "--policy-pack", "baseline", "--waivers", "w.yaml"],
            "policies: --waivers: no such file, got 'w.yaml'; give the path of the file",
        ),
        (["preview", "-C", "nowhere"], "project: nowhere: no such folder; give the folder of the project with --cwd"),
        (["policy", "list", "sock2"], "policy pack 'sock2': there is no such pack; did you mean 'soc2'?"),
        (
            ["policy", "show", "aws-s3-bucket-encrypted-with-kmx"],
            (
                "rule 'aws-s3-bucket-encrypted-with-kmx': there is no such rule; "
                "did you mean 'aws-s3-bucket-encrypted-with-kms'?"
            ),
        ),
        (
            ["policy", "check", "--state", "gone.json"],
            "policy check: gone.json: no such file or folder; give an exported state",
        ),
        (
            ["policy", "check", "--state", "gone.json", "-s", "dev"],
            "policy check: --stack and --state do not go together; give one of them",
        ),
        (
            ["policy", "check", "-s", "dev", "--environment", "prod"],
            "policy check: --environment is for saved states; a stack's configuration names its own",
        ),
        (["schema", "Bukket"], "schema: 'Bukket': no installed SDK has a type of this name; did you mean 'Bucket'?"),
        (
            ["schema", "lightsail.Buckets"],
            "schema: 'lightsail.Buckets': no installed SDK has a type of this name; did you mean 'Bucket'?",
        ),
        (
            ["sandbox", "edit", "logs"],
            "sandbox edit: nothing to do; give PATH=VALUE, --unset PATH or --delete",
        ),
        (
            ["sandbox", "edit", "logs", "a=b", "--delete"],
            "sandbox edit: --delete goes with nothing else; leave the assignments out",
        ),
        (
            ["sandbox", "fault", "fial"],
            (
                "fault: effect: not known, got 'fial'; use one of fail, throttle, timeout, slow, unready "
                "(did you mean 'fail'?)"
            ),
        ),
        (
            ["sandbox", "fault", "fail", "--clear-all"],
            "sandbox fault: an effect and --clear do not go together; do one after the other",
        ),
        (
            ["sandbox", "region", "eu-west-1"],
            "sandbox region: give a region with --down or --up, or neither to list what is down",
        ),
        (
            ["sandbox", "reset"],
            (
                "Empty the sandbox in {folder}/.sandbox: its cloud and the states of all its stacks: "
                "nobody can be asked here; give --yes"
            ),
        ),
    ],
)
def test_wrong_usage_ends_with_two_and_says_what_to_do(
    project: CliProject, arguments: Sequence[str], message: str
) -> None:
    answer = project.run(*arguments)
    assert answer.err == f"error: {message.format(folder=project.folder)}\n"
    assert answer.code == 2
    assert answer.out == ""


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["prewiew"], "No such command 'prewiew'. Did you mean 'preview'?"),
        (["up", "--stck", "dev"], "No such option: --stck"),
        (["graph", "--format", "svgg"], "'svgg' is not one of"),
        (["policy", "check", "--format", "xml"], "'xml' is not one of"),
        (["schema"], "Missing argument 'TYPE'"),
    ],
)
def test_what_the_parser_refuses_ends_with_two_as_well(arguments: Sequence[str], message: str) -> None:
    answer = invoke(*arguments)
    assert answer.code == 2
    assert message in answer.err


def test_outside_of_a_project(tmp_path: Path) -> None:
    answer = invoke("status", cwd=tmp_path)
    assert answer.code == 2
    assert answer.err == (
        f"error: project: {tmp_path}: no Pulumi.yaml here or above; change into a project, or name it with --cwd\n"
    )


def test_an_unknown_type_names_the_near_one() -> None:
    answer = invoke("schema", "aws:s3/bucket:Bukcet")
    assert answer.code == 2
    assert answer.err.endswith("did you mean 'aws:s3/bucket:Bucket'?\n")


def test_several_types_of_one_name_are_listed() -> None:
    answer = invoke("schema", "Bucket")
    assert answer.code == 2
    assert "types have this name; say which: " in answer.err
    assert "aws:s3/bucket:Bucket" in answer.err


def test_a_stack_file_that_is_no_yaml_is_named_with_its_line(project: CliProject) -> None:
    (project.folder / "Pulumi.dev.yaml").write_text("config:\n  shop:owner: [me\n", encoding="utf-8")
    answer = project.run("up", "-s", "dev")
    assert answer.code == 1
    assert "stack 'dev': Pulumi.dev.yaml:" in answer.err
    assert "not YAML" in answer.err


def test_a_value_that_pulumi_yaml_does_not_allow(project: CliProject) -> None:
    text = "name: shop\nruntime: python\nconfig:\n  shop:size:\n    type: integer\n"
    (project.folder / "Pulumi.yaml").write_text(text, encoding="utf-8")
    project.config(size="large")
    answer = project.run("preview", "-s", "dev")
    assert answer.code == 1
    assert "error: stack 'dev': Pulumi.dev.yaml:5: config.shop:size: must be of type integer, got 'large'" in answer.err


@pytest.fixture
def shop(project: CliProject) -> CliProject:
    assert project.run("up", "-s", "dev", "--json").code == 0
    return project


def state_of(project: CliProject) -> Path:
    return project.folder / ".sandbox" / "stacks" / "shop" / "dev.json"


def test_a_damaged_state_is_left_alone_and_the_way_back_named(shop: CliProject) -> None:
    whole = state_of(shop).read_text(encoding="utf-8")
    state_of(shop).write_text(whole[:200], encoding="utf-8")
    answer = shop.run("up", "-s", "dev")
    assert answer.code == 1
    assert "not JSON" in answer.err
    assert "to restore the newest version that is whole, run" in answer.err
    assert state_of(shop).read_text(encoding="utf-8") == whole[:200]


def test_a_newer_state_is_refused_as_json_too(shop: CliProject) -> None:
    data = json.loads(state_of(shop).read_text(encoding="utf-8"))
    data["version"] = 9
    state_of(shop).write_text(json.dumps(data), encoding="utf-8")
    answer = shop.run("preview", "-s", "dev", "--json")
    assert answer.code == answer.json["exitCode"] == 1
    assert answer.json["error"]["kind"] == "EngineError"
    assert "newer than this release reads, got 9" in answer.json["error"]["message"]


def real_state() -> dict[str, Any]:
    stack = "pulumi:pulumi:Stack"
    return {
        "version": 3,
        "deployment": {
            "manifest": {"time": "2024-01-01T00:00:00Z", "magic": "", "version": "v3.260.0"},
            "resources": [{"urn": f"urn:pulumi:dev::shop::{stack}::shop-dev", "custom": False, "type": stack}],
        },
    }


def test_a_state_from_a_real_cloud_is_refused(shop: CliProject, tmp_path: Path) -> None:
    before = state_of(shop).read_bytes()
    file = tmp_path / "real.json"
    file.write_text(json.dumps(real_state()), encoding="utf-8")
    answer = shop.run("state", "import", "-s", "dev", "--file", str(file), "--yes")
    assert answer.code == 1
    assert "the state comes from a real cloud" in answer.err
    assert state_of(shop).read_bytes() == before


def test_a_second_run_is_told_who_holds_the_stack(shop: CliProject) -> None:
    lock = shop.folder / ".sandbox" / "locks" / "shop" / "dev.lock"
    holder = {"pid": 1, "host": "build-7", "started": "2026-01-01T00:00:00Z", "operation": "up"}
    with lock.open("w", encoding="utf-8") as stream:
        json.dump(holder, stream)
        stream.flush()
        fcntl.flock(stream, fcntl.LOCK_EX)
        answer = shop.run("up", "-s", "dev", "--skip-preview")
        assert answer.code == 1
        assert "another operation is under way: `up`, pid 1 on build-7, since 2026-01-01T00:00:00Z" in answer.err
        assert "--break-lock" in answer.err
        broken = shop.run("up", "-s", "dev", "--skip-preview", "--break-lock")
    assert broken.code == 0
    assert "broke the lock of `up`, pid 1 on build-7" in broken.out


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ("polcy_packs = []", "tool.platform.polcy_packs: unknown key; did you mean 'policy_packs'?"),
        ("policy_packs = 'hipaa'", "tool.platform.policy_packs: must be a list of names or folders, got 'hipaa'"),
        ("stack = 3", "tool.platform.stack: must be a text, got 3"),
        ("waivers = 'w.yaml'", "tool.platform.waivers: no such file, got 'w.yaml'"),
        ("stack = ", "cannot be read: Invalid value (at line 2, column 9)"),
    ],
)
def test_a_wrong_pyproject(project: CliProject, table: str, message: str) -> None:
    project.pyproject(table)
    answer = project.run("status")
    assert answer.code == 1
    assert answer.err == f"error: {project.folder / 'pyproject.toml'}: {message}\n"


def test_a_damaged_cloud_is_named_with_the_way_out(shop: CliProject) -> None:
    (shop.folder / ".sandbox" / "cloud.sqlite").write_bytes(b"no database" * 500)
    answer = shop.run("up", "-s", "dev")
    assert answer.code == 1
    assert "platform sandbox reset" in answer.err


def test_a_file_that_cannot_be_written(shop: CliProject) -> None:
    answer = shop.run("graph", "--format", "svg", "--output", "no/such/folder/dev.svg")
    assert answer.code == 1
    assert answer.err == (
        "error: output: no/such/folder/dev.svg: cannot write, got no such file or directory; give another file\n"
    )
