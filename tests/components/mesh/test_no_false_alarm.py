"""No check speaks on the example, nor on the meshes of the reference platform."""

import re
from pathlib import Path

import pytest

from platform_lib.components.mesh.checks import all_checks
from platform_lib.sandbox.workspace import Workspace
from support.reference_platform import ROOT, ReferencePlatform

NAMES = {check.name for check in all_checks()}


def said(result) -> set[str]:
    texts = "\n".join(item.message for item in result.diagnostics)
    return NAMES & set(re.findall(r"\[([a-z-]+)\]", texts))


def test_the_example_has_no_mistake_and_no_oddity(tmp_path: Path) -> None:
    result = Workspace(ROOT / "examples" / "mesh", sandbox_dir=tmp_path, env={}).stack("dev").run("preview")
    assert result.exit_code == 0
    assert said(result) == set()
    assert any(record.type.endswith("VirtualService") for record in result.records)


@pytest.mark.parametrize("name", ["dev", "staging", "prod"])
def test_the_reference_platform_has_no_mistake_and_no_oddity(tmp_path: Path, name: str) -> None:
    result = ReferencePlatform.copy(tmp_path).run("preview", name)
    assert result.exit_code == 0
    assert said(result) == set()
