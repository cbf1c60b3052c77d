"""The picture in the README is that of the dev stack as it is."""

from pathlib import Path

import pytest

from platform_lib.operations.drawing import tree_svg
from platform_lib.operations.graph import stack_tree
from support.reference_platform import ROOT, ReferencePlatform

PICTURE = ROOT / "docs" / "images" / "dev.svg"


@pytest.mark.golden
def test_the_readme_shows_the_dev_stack_as_it_is(tmp_path: Path, request: pytest.FixtureRequest) -> None:
    platform = ReferencePlatform.copy(tmp_path)
    assert platform.run("up", "dev").exit_code == 0
    drawn = tree_svg(stack_tree(platform.stack("dev")))
    if request.config.getoption("--update-golden"):
        PICTURE.write_text(drawn, encoding="utf-8")
    assert drawn == PICTURE.read_text(encoding="utf-8"), "the picture is old; `make golden` draws it anew"
