from pathlib import Path

import pytest

from platform_lib.core.errors import SettingsError
from platform_lib.operations.errors import InputError
from platform_lib.operations.project import find_project, project_or_none


def make(folder: Path, table: str = "") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "Pulumi.yaml").write_text("name: shop\nruntime: python\n", encoding="utf-8")
    if table:
        (folder / "pyproject.toml").write_text(f"[tool.platform]\n{table}\n", encoding="utf-8")
    return folder


def test_the_nearest_project_upwards_counts(tmp_path: Path) -> None:
    make(tmp_path, 'stack = "outer"')
    inner = make(tmp_path / "examples" / "consumer", 'stack = "inner"')
    below = inner / "src"
    below.mkdir()
    assert find_project(below).stack == "inner"
    assert find_project(tmp_path / "examples").stack == "outer"


def test_a_project_without_a_pyproject_has_no_settings_of_the_one_around_it(tmp_path: Path) -> None:
    make(tmp_path, 'settings = "stacks.settings:StackSettings"\npolicy_packs = ["baseline"]')
    found = find_project(make(tmp_path / "examples" / "consumer"))
    assert (found.settings, found.policy_packs, found.waivers) == ("", (), None)


def test_paths_are_relative_to_the_project(tmp_path: Path) -> None:
    make(tmp_path, 'sandbox_dir = "box"\npolicy_config = "policy.json"')
    (tmp_path / "policy.json").write_text("{}", encoding="utf-8")
    (tmp_path / "governance").mkdir()
    (tmp_path / "governance" / "waivers.yaml").write_text("waivers: []\n", encoding="utf-8")
    found = find_project(tmp_path)
    assert found.sandbox_dir == tmp_path / "box"
    assert found.policy_config == tmp_path / "policy.json"
    assert found.waivers == tmp_path / "governance" / "waivers.yaml"


def test_all_findings_come_at_once(tmp_path: Path) -> None:
    make(tmp_path, 'stak = "dev"\nsettings = 3\npolicy_packs = [1]')
    with pytest.raises(SettingsError) as caught:
        find_project(tmp_path)
    assert [(finding.path, finding.remedy) for finding in caught.value.findings] == [
        ("tool.platform.stak", "did you mean 'stack'?"),
        ("tool.platform.policy_packs", ""),
        ("tool.platform.settings", ""),
    ]


@pytest.mark.parametrize("text", ["tool = 3\n", "[tool]\nplatform = 3\n"])
def test_a_table_that_is_none(tmp_path: Path, text: str) -> None:
    make(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=r"tool\.platform: must be a table, got 3"):
        find_project(tmp_path)


def test_no_project(tmp_path: Path) -> None:
    assert project_or_none(tmp_path) is None
    assert project_or_none(tmp_path / "nowhere") is None
    with pytest.raises(InputError, match=r"no Pulumi\.yaml here or above"):
        find_project(tmp_path)
