"""The main flows through the installed command, each in a process of its own."""

import re
import signal
import subprocess
from pathlib import Path

import pytest

from support.cli_project import CliProject, clean_environment, command_path

CHAIN = """\
import pulumi
import pulumi_aws as aws

previous = []
for number in range(60):
    topic = aws.sns.Topic(f"topic-{number}", opts=pulumi.ResourceOptions(depends_on=previous))
    previous = [topic]
"""


def test_the_story_of_a_stack(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    up = project.install("up", "--stack", "dev", "--yes")
    assert (up.code, up.err) == (0, "")
    assert "\x1b" not in up.out
    assert "Up done: stack dev, on the sandbox" in up.out
    assert project.install("sandbox", "edit", "main-vpc", "tags.owner=you").code == 0
    refresh = project.install("refresh")
    assert refresh.code == 0
    assert '        ~ tags.owner: "me" -> "you"\n' in refresh.out
    mended = project.install("up", "--json")
    assert mended.err == ""
    assert [(item["action"], item["name"]) for item in mended.json["changes"]] == [("update", "main-vpc")]
    assert project.install("graph", "--format", "svg").out.startswith("<svg ")
    assert project.install("destroy", "--yes", env={"CI": "true"}).code == 0


def test_it_works_from_a_folder_below_and_from_elsewhere(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    below = project.folder / "docs" / "deep"
    below.mkdir(parents=True)
    streams = {"env": clean_environment(), "capture_output": True, "text": True, "check": False}
    elsewhere = ["--cwd", str(project.folder), "--sandbox-dir", str(tmp_path / "elsewhere")]
    outside = subprocess.run([str(command_path()), "preview", "--json", *elsewhere], cwd=tmp_path, **streams)
    assert outside.returncode == 0, outside.stderr
    assert not (project.folder / ".sandbox").exists()
    inside = subprocess.run([str(command_path()), "preview", "--json"], cwd=below, **streams)
    assert inside.returncode == 0, inside.stderr
    assert (project.folder / ".sandbox").exists()


def test_the_default_packs_of_a_project_refuse_in_production(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop", "import pulumi_aws\npulumi_aws.ec2.Vpc('main', cidr_block='10.0.0.0/16')\n")
    project.config("prod", environment="prod")
    project.pyproject('policy_packs = ["baseline"]')
    answer = project.install("preview", "--stack", "prod")
    assert answer.code == 3
    assert "aws-vpc-flow-logs-enabled" in answer.out


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_up_goes_on_where_it_stopped(tmp_path: Path, number: signal.Signals) -> None:
    project = CliProject(tmp_path / "shop", CHAIN)
    command = [str(command_path()), "up", "--skip-preview"]
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    with subprocess.Popen(command, cwd=project.folder, env=clean_environment(), text=True, **streams) as run:
        assert run.stdout is not None
        told = ""
        for line in run.stdout:
            told += line
            if "topic-5" in line and run.poll() is None:
                run.send_signal(number)
    if number is signal.SIGINT:
        assert run.returncode == 1
        assert "interrupted: finishing the step under way, starting no new one" in told
        assert "Hint: run the same command again: it goes on where it stopped\n" in told
        assert "Up interrupted: stack dev, on the sandbox" in told
    else:
        assert run.returncode == -number
    made = len(project.run("sandbox", "ls", "--json").json["resources"])
    assert 5 <= made < 60
    again = project.install("up", "--json").json
    assert again["verdict"] == "done"
    assert sum(again["summary"].values()) == 61
    topics = project.run("sandbox", "ls", "--json").json["resources"]
    assert len(topics) == len({item["urn"] for item in topics}) == 60


def test_a_progress_line_needs_a_terminal(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    command = f"cd {project.folder} && exec {command_path()} up --yes"
    environment = clean_environment({"TERM": "xterm-256color"})
    script = ["script", "--quiet", "--return", "--command", command, "/dev/null"]
    try:
        done = subprocess.run(script, env=environment, capture_output=True, text=True, timeout=300, check=False)
    except FileNotFoundError:
        pytest.skip("script(1), which gives a terminal, is not installed")
    assert done.returncode == 0, done.stdout
    assert re.search(r"\x1b\[", done.stdout)
    assert "steps done, now" in done.stdout
