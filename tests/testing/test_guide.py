"""The examples of the guide are a test suite of its own, which has to pass."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
GUIDE = ROOT / "docs" / "guides" / "testing.md"
EXAMPLES = dict(re.findall(r'```python title="(test_\w+\.py)"\n(.*?)```', GUIDE.read_text(encoding="utf-8"), re.DOTALL))


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    """Runs all examples in one process of their own, as a user would, and answers what pytest says of each test."""
    folder = tmp_path_factory.mktemp("guide")
    for name, text in EXAMPLES.items():
        (folder / name).write_text(text, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "no:cloudcoil",  # its plugin needs what it does not bring
    ]
    found = subprocess.run(
        [*command, "-v", "--rootdir", str(folder), str(folder)],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.stdout + found.stderr


@pytest.mark.parametrize("name", EXAMPLES)
def test_example_passes(name, report):
    wanted = re.findall(r"^def (test_\w+)", EXAMPLES[name], re.MULTILINE)
    assert wanted
    passed = re.findall(rf"{re.escape(name)}::(test_\w+) PASSED", report)
    assert sorted(passed) == sorted(wanted), report


def test_guide_has_an_example_of_everything():
    text = "".join(EXAMPLES.values())
    for name in (
        "run_program",
        "run_with_mocks",
        "stock_mocks",
        "upgrade",
        "policies",
        "args_strategy",
        "inputs_strategy",
    ):
        assert name in text
