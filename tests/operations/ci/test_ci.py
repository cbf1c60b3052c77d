"""Workflow files: right by the schemas, pinned by digest, calling nothing but make and platform."""

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from platform_lib.operations.ci.write import PINS, Plan, System, render, write
from platform_lib.operations.errors import InputError
from support.cli_project import CliProject

STACKS = ("dev", "staging", "prod")
IMAGE = f"registry.example.com/platform@sha256:{'a' * 64}"
PLAN = Plan(STACKS, image=IMAGE)
FORMS: list[System] = ["github", "gitlab", "cron"]
WORD = re.compile(r"(?:make|\.venv/bin/platform) ")


def workflows() -> dict[str, Any]:
    return {name: YAML(typ="safe").load(text) for name, text in render("github", PLAN).items() if name.endswith("yml")}


def pipeline() -> dict[str, Any]:
    found: dict[str, Any] = YAML(typ="safe").load(render("gitlab", PLAN)[".gitlab-ci.yml"])
    return found


def commands() -> list[str]:
    """Every command that a job runs."""
    found = [
        step["run"]
        for workflow in workflows().values()
        for job in workflow["jobs"].values()
        for step in job["steps"]
        if "run" in step
    ]
    jobs = [job for job in pipeline().values() if isinstance(job, dict)]
    found += [
        line for job in jobs for part in ("before_script", "script", "after_script") for line in job.get(part, ())
    ]
    crontab = render("cron", PLAN)["ci/crontab"]
    found += [line.partition(" && ")[2] for line in crontab.splitlines() if " && " in line]
    return found


@pytest.mark.parametrize(("form", "schema"), [("github", "vendor.github-workflows"), ("gitlab", "vendor.gitlab-ci")])
def test_the_files_fit_the_schema_of_their_system(tmp_path: Path, form: System, schema: str) -> None:
    paths = [path for path in write(render(form, PLAN), tmp_path) if path.suffix == ".yml"]
    checker = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", schema]
    done = subprocess.run([*checker, *map(str, paths)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    paths[0].write_text(paths[0].read_text(encoding="utf-8") + "stages: 3\non: 3\n", encoding="utf-8")
    assert subprocess.run([*checker, str(paths[0])], capture_output=True, check=False).returncode != 0


def test_jobs_call_nothing_but_make_and_platform() -> None:
    found = commands()
    assert len(found) > 20
    assert [line for line in found if not WORD.match(line)] == []
    assert [line for line in found if re.search(r"[;|&`]|\$\(", line)] == []
    for verb in ("gate", "deploy", "propose", "promote", "drift", "env sweep"):
        assert any(f"platform {verb} " in line for line in found), verb


def test_the_platform_knows_every_option_that_jobs_give() -> None:
    from typer.main import get_command

    from platform_lib.cli.app import app

    for line in commands():
        if line.startswith("make"):
            continue
        words = shlex.split(re.sub(r"<\([^)]*\)|> \S+", "x", line))[1:]
        group: Any = get_command(app)
        while words and words[0] in getattr(group, "commands", {}):
            group = group.commands[words.pop(0)]
        known = {name for parameter in group.params for name in parameter.opts}
        given = {word for word in words if word.startswith("--")}
        assert given, line
        assert given <= known, line


def test_actions_are_pinned_by_full_commit_and_tell_their_version() -> None:
    pins = json.loads(PINS.read_text(encoding="utf-8"))
    texts = "\n".join(render("github", PLAN).values())
    used = re.findall(r"uses: (\S+)@(\S+) # (\S+)", texts)
    assert {name for name, _, _ in used} == set(pins)
    assert all(pins[name] == {"version": version, "commit": commit} for name, commit, version in used)
    assert texts.count("uses:") == len(used)
    assert all(re.fullmatch(r"[0-9a-f]{40}", pin["commit"]) for pin in pins.values())


def test_the_image_is_pinned_by_digest() -> None:
    assert pipeline()["default"]["image"] == IMAGE


def test_a_pin_may_be_another_commit() -> None:
    plan = Plan(STACKS, pins={"actions/checkout": "b" * 40})
    assert f"actions/checkout@{'b' * 40}\n" in render("github", plan)[".github/workflows/platform-gate.yml"]


def test_jobs_have_few_rights_and_an_end_and_no_stored_key_of_the_cloud() -> None:
    for name, workflow in workflows().items():
        assert set(workflow["permissions"]) == {"contents", "id-token"}, name
        wide = workflow["permissions"]["contents"] == "write"
        assert wide == ("deploy" in name or "promote" in name), name
        for job in workflow["jobs"].values():
            assert job["timeout-minutes"] <= 120
            assert job["environment"]
            checkout = job["steps"][0]["with"]
            assert checkout.get("persist-credentials", True) == wide, name  # only who pushes keeps the token
    texts = "\n".join([*render("github", PLAN).values(), *render("gitlab", PLAN).values()])
    assert "AWS_SECRET_ACCESS_KEY" not in texts
    assert "AWS_ACCESS_KEY_ID" not in texts


def test_deployments_of_an_environment_wait_for_each_other() -> None:
    found = workflows()
    for name in ("deploy", "promote"):
        assert found[f".github/workflows/platform-{name}.yml"]["concurrency"]["cancel-in-progress"] is False
    jobs = pipeline()
    assert [jobs[f"promote:{stack}"]["resource_group"] for stack in STACKS[1:]] == list(STACKS[1:])


def test_the_key_that_signs_is_in_no_step_but_the_one_that_signs() -> None:
    for name in ("deploy", "promote"):
        workflow = workflows()[f".github/workflows/platform-{name}.yml"]
        (job,) = workflow["jobs"].values()
        assert "PLATFORM_DEPLOY_KEY" not in job["env"]
        holders = [step["run"] for step in job["steps"] if "PLATFORM_DEPLOY_KEY" in step.get("env", {})]
        assert len(holders) == 1
        assert f"platform {name} " in holders[0]


def test_forks_get_no_credentials() -> None:
    gate = workflows()[".github/workflows/platform-gate.yml"]["jobs"]["gate"]
    assert gate["if"] == "github.event.pull_request.head.repo.full_name == github.repository"


def test_what_people_type_reaches_a_shell_as_a_variable_alone() -> None:
    """A branch name or an input that is put into a script would be run by it."""
    for workflow in workflows().values():
        for job in workflow["jobs"].values():
            for step in job["steps"]:
                used = re.findall(r"\$\{\{ (.*?) \}\}", step.get("run", ""))
                assert set(used) <= {"matrix.stack"}


@pytest.mark.parametrize(
    ("form", "plan", "message"),
    [
        ("github", Plan(()), "there is no stack; name them with --stack"),
        ("github", Plan(("dev",)), "one stack alone has nothing to promote to"),
        ("github", Plan(("dev", "a b")), "--stack: is no stack's name, got 'a b'"),
        ("gitlab", Plan(STACKS), "--image: must be pinned by digest, got ''"),
        ("gitlab", Plan(STACKS, image="python:3.12"), "--image: must be pinned by digest, got 'python:3.12'"),
        (
            "github",
            Plan(STACKS, pins={"actions/checkout": "v7"}),
            "must be a full commit, got 'v7'; a tag can be moved",
        ),
        (
            "github",
            Plan(STACKS, pins={"actions/chekout": "a" * 40}),
            "no workflow uses it, got 'actions/chekout'; did you",
        ),
        ("github", Plan(STACKS, setup="pip install x"), "--setup: must be make and a target, got 'pip install x'"),
        ("github", Plan(STACKS, tests="make test; rm -rf /"), "--tests: must be make and a target"),
        ("github", Plan(STACKS, drift_cron="daily"), "--drift-at: must be five fields of cron, got 'daily'"),
        ("github", Plan(STACKS, branch="$(x)"), r"--branch: holds what a shell would read otherwise, got '\$\(x\)'"),
        ("github", Plan(STACKS, platform="platform; x"), "--platform: holds what a shell would read otherwise"),
    ],
)
def test_what_the_files_are_made_of_is_checked(form: System, plan: Plan, message: str) -> None:
    with pytest.raises(InputError, match=message):
        render(form, plan)


def test_files_that_are_there_are_left_alone_until_it_is_asked_for(tmp_path: Path) -> None:
    files = render("github", PLAN)
    write(files, tmp_path)
    write(files, tmp_path)  # the same content is no conflict
    path = tmp_path / ".github" / "workflows" / "platform-gate.yml"
    path.write_text("mine\n", encoding="utf-8")
    with pytest.raises(InputError, match=r"ci init: \.github/workflows/platform-gate\.yml: there already"):
        write(files, tmp_path)
    assert path.read_text(encoding="utf-8") == "mine\n"
    write(files, tmp_path, force=True)
    assert path.read_text(encoding="utf-8") == files[".github/workflows/platform-gate.yml"]


def test_the_command_takes_the_environments_of_the_project_in_their_order(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    (project.folder / "governance").mkdir()
    (project.folder / "governance" / "environments.yaml").write_text(
        "version: 1\nenvironments:\n  - name: dev\n  - {name: live, stack: prod}\n", encoding="utf-8"
    )
    answer = project.run("ci", "init", "github", "--json")
    assert answer.code == 0, answer.err
    assert len(answer.json["files"]) == 7
    promote = YAML(typ="safe").load((project.folder / ".github/workflows/platform-promote.yml").read_text("utf-8"))
    inputs = promote["on"]["workflow_dispatch"]["inputs"]
    assert (inputs["from"]["options"], inputs["to"]["options"]) == (["dev"], ["prod"])


def test_the_command_prints_without_writing_and_says_what_is_wrong(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    answer = project.run("ci", "init", "cron", "--stack", "dev", "--print")
    assert answer.code == 0
    assert "17 3 * * * cd" in answer.out
    assert not (project.folder / "ci").exists()
    assert "there is no stack" in project.run("ci", "init", "github").err
    assert "--pin: must be ACTION=COMMIT, got 'x'" in project.run("ci", "init", "github", "--pin", "x").err


def git(folder: Path, *words: str) -> str:
    who = ["-c", "user.name=me", "-c", "user.email=me@example.com"]
    done = subprocess.run(["git", "-C", str(folder), *who, *words], check=True, capture_output=True, text=True)
    return done.stdout


def test_records_go_to_their_branch_and_leave_the_work_tree_as_it_is(tmp_path: Path) -> None:
    origin, work = tmp_path / "origin.git", tmp_path / "job" / "work"
    work.mkdir(parents=True)
    subprocess.run(["git", "init", "-q", "--bare", "-b", "main", str(origin)], check=True)
    git(work, "init", "-q", "-b", "main")
    write({"ci/platform.mk": render("github", PLAN)["ci/platform.mk"]}, work)
    git(work, "add", "-A")
    git(work, "commit", "-q", "-m", "first")
    git(work, "remote", "add", "origin", str(origin))
    git(work, "push", "-q", "origin", "main", "main:platform-records")
    make = ["make", "-C", str(work), "-f", "ci/platform.mk"]
    subprocess.run([*make, "fetch-records"], check=True, capture_output=True)
    (tmp_path / "job" / "records" / "entry.json").write_text("{}", encoding="utf-8")
    assert git(work, "status", "--porcelain") == ""
    for _ in range(2):  # with nothing new there is nothing to push
        subprocess.run([*make, "publish-records"], check=True, capture_output=True)
    assert "entry.json" in git(origin, "ls-tree", "--name-only", "platform-records")
    assert "entry.json" not in git(origin, "ls-tree", "--name-only", "main")


def test_the_token_of_a_gitlab_job_is_its_owners_alone(tmp_path: Path) -> None:
    write({"platform.mk": render("gitlab", PLAN)["ci/platform.mk"]}, tmp_path)
    token = tmp_path / "token"
    variables = {"PLATFORM_ID_TOKEN": "canary", "AWS_WEB_IDENTITY_TOKEN_FILE": str(token), "PATH": "/usr/bin:/bin"}
    done = subprocess.run(
        ["make", "-C", str(tmp_path), "-f", "platform.mk", "login"],
        env=variables,
        check=True,
        capture_output=True,
        text=True,
    )
    assert token.read_text(encoding="utf-8") == "canary"
    assert token.stat().st_mode & 0o077 == 0
    assert "canary" not in done.stdout + done.stderr
