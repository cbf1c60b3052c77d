"""Every example comes up on the sandbox, repeats and goes."""

from pathlib import Path

import pytest

from platform_lib.sandbox.workspace import Workspace

EXAMPLES = Path(__file__).parents[2] / "examples"
SMALL = sorted(path.parent.name for path in EXAMPLES.glob("*/Pulumi.yaml") if path.parent.name != "consumer")


@pytest.mark.parametrize("name", SMALL)
def test_an_example_comes_up_repeats_and_goes(name: str, tmp_path: Path) -> None:
    stack = Workspace(EXAMPLES / name, sandbox_dir=tmp_path, env={}).stack("dev")
    up = stack.run("up")
    assert (up.exit_code, set(up.changes)) == (0, {"create"})
    assert set(stack.run("up").changes) == {"same"}
    assert stack.run("destroy").exit_code == 0
    assert stack.state().resources == []


def test_there_is_an_example_for_every_component() -> None:
    components = Path(__file__).parents[2] / "platform_lib" / "components"
    assert {path.parent.name for path in components.glob("*/component.py")} <= set(SMALL)
