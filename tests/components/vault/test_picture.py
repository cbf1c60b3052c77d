"""The picture on the page about the component is that of the example as it is."""

from pathlib import Path

import pytest

from platform_lib.operations.drawing import tree_svg
from platform_lib.operations.graph import stack_tree
from platform_lib.sandbox.workspace import Workspace
from support.reference_platform import ROOT

PICTURE = ROOT / "docs" / "images" / "vault.svg"


@pytest.mark.golden
def test_the_page_shows_the_example_as_it_is(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    stack = Workspace(ROOT / "examples" / "vault", sandbox_dir=tmp_path, env={}).stack("dev")
    assert stack.run("up").exit_code == 0
    drawn = tree_svg(stack_tree(stack))
    if request.config.getoption("--update-golden"):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert drawn == PICTURE.read_text(encoding="utf-8"), "the picture is old; `make golden` draws it anew"
