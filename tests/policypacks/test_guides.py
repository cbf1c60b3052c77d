"""The guide for pipelines: its YAML is read, its commands exist with the options that it gives them."""

import re
import shlex
from pathlib import Path

import pytest
import typer.main
from ruamel.yaml import YAML

from platform_lib.cli.app import app

GUIDE = (Path(__file__).parents[2] / "docs" / "policies" / "gate-a-pipeline.md").read_text(encoding="utf-8")
COMMANDS = sorted(set(re.findall(r"(?:^|[`/ ])(platform (?:policy|evidence) [^`\n#]+)", GUIDE, re.MULTILINE)))


def test_the_pipelines_are_yaml_and_run_the_check() -> None:
    found = [YAML(typ="safe").load(text) for text in re.findall(r"```yaml\n(.*?)```", GUIDE, re.DOTALL)]
    assert [sorted(item) for item in found] == [
        ["jobs", "name", "on", "permissions"],
        ["check", "default", "preview", "stages"],
    ]
    steps = found[0]["jobs"]["preview"]["steps"]
    assert any("pulumi preview" in step.get("run", "") and "--policy-pack" in step["run"] for step in steps)
    assert any("--policy-pack" in line for line in found[1]["preview"]["script"])


@pytest.mark.parametrize("line", COMMANDS)
def test_a_command_of_the_guide_exists(line: str) -> None:
    words = shlex.split(line)[1:]
    command = typer.main.get_command(app)
    while words and words[0] in getattr(command, "commands", {}):
        command = command.commands[words.pop(0)]  # type: ignore[attr-defined]
    known = {name for parameter in command.params for name in parameter.opts}
    assert not getattr(command, "commands", {}), line
    assert {word for word in words if word.startswith("-")} <= known


def test_the_guide_names_the_commands() -> None:
    assert {" ".join(line.split()[1:3]) for line in COMMANDS} >= {
        "policy check", "policy init", "evidence keygen", "evidence create", "evidence verify",
    }  # fmt: skip
