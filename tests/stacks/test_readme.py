"""What the README proposes to do next works as it stands, on a stack that was just brought up."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from support.reference_platform import ROOT, ReferencePlatform

README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    line.partition("  # ")[0].strip().removeprefix(".venv/bin/")
    for block in re.findall(r"## Next steps\n+```\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]
STOCK = "platform sandbox run"
ENDS_WITH = {"platform drift --stack dev": 4}
"""The exit codes that are not 0: drift is found."""


def run(folder: Path, command: str) -> "subprocess.CompletedProcess[str]":
    kept = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "PULUMI_STACK")}
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    words, env = command.split(), {**kept, "PATH": path, "COLUMNS": "200"}
    return subprocess.run(words, cwd=folder, env=env, capture_output=True, text=True, check=False)


@pytest.mark.slow
def test_what_the_readme_proposes_works_as_it_stands(tmp_path: Path) -> None:
    root = ReferencePlatform.copy(tmp_path).root
    assert len(COMMANDS) > 10
    for command in ["platform up --stack dev --yes", *COMMANDS]:
        if command.startswith(STOCK):
            continue
        done = run(root, command)
        assert done.returncode == ENDS_WITH.get(command, 0), f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"


@pytest.mark.slow
@pytest.mark.stock_engine
def test_what_the_readme_proposes_for_the_stock_cli_works_as_it_stands(tmp_path: Path) -> None:
    root = ReferencePlatform.copy(tmp_path).root
    (root / ".venv").symlink_to(sys.prefix)  # the CLI would make one, and install what is not in the copy
    commands = [command for command in COMMANDS if command.startswith(STOCK)]
    assert commands
    for command in commands:
        done = run(root, command)
        assert done.returncode == 0, f"{command}\n{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
