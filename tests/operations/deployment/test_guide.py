"""The walk-through of the guide about environments, run as it stands."""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
GUIDE = (ROOT / "docs" / "guides" / "environments.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", GUIDE, re.DOTALL)


def script() -> str:
    """All blocks as one script that stops at the first command that does not end as the guide says."""
    lines = ["set -eu -o pipefail"]
    for block in BLOCKS:
        for line in block.splitlines():
            command, _, code = line.partition("  # ends with ")
            if code:
                lines += [
                    "code=0",
                    f"{command} || code=$?",
                    f'test "$code" = {code} || {{ echo "got $code: {command}"; exit 99; }}',
                ]
            else:
                lines.append(line)
    return "\n".join(lines)


@pytest.mark.slow
@pytest.mark.skipif(not (shutil.which("git") and shutil.which("bash")), reason="git or bash are not installed")
def test_the_walk_through_works_as_it_stands(tmp_path: Path) -> None:
    here = tmp_path / "platform"
    shutil.copytree(
        ROOT / "examples" / "release",
        here / "examples" / "release",
        ignore=shutil.ignore_patterns(".sandbox", "__pycache__"),
    )
    (tmp_path / "gitconfig").write_text("[user]\n  name = Dora\n  email = dora@example.org\n", encoding="utf-8")
    kept = {
        key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "GITHUB_ACTOR", "PULUMI_STACK")
    }
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-c", script()],
        cwd=here,
        env={**kept, "PATH": path, "COLUMNS": "200", "GIT_CONFIG_GLOBAL": str(tmp_path / "gitconfig")},
        capture_output=True,
        text=True,
        check=False,
        timeout=540,
    )
    assert done.returncode == 0, f"{done.stdout[-3000:]}\n{done.stderr[-3000:]}"
    assert "was approved as 30, got 60" in done.stderr
    assert "now fails aws-s3-public-access-block-all-flags-on" in done.stdout


def test_every_part_of_the_story_is_walked() -> None:
    text = "\n".join(BLOCKS)
    for command in (
        "record init",
        "gate",
        "deploy",
        "promote",
        "propose",
        "approve",
        "drift",
        "env create",
        "env sweep",
        "record verify",
    ):
        assert f"platform {command}" in text
