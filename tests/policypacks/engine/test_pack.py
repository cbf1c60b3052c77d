import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from platform_lib.core.errors import PolicyError
from policypacks import load
from policypacks.engine.pack import BUILT_IN, load_pack
from policypacks.engine.registry import load_rules
from policypacks.engine.scaffold import FILES, init_pack
from support.policy_engine import TODAY

HOME = Path(__file__).parents[3] / "policypacks"


def write(folder: Path, **content: Any) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "pack.json").write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize("name", BUILT_IN)
def test_built_in_packs_are_whole(name: str) -> None:
    pack = load_pack(name)
    assert pack.rules
    assert set(pack.levels) == {"dev", "staging", "prod"}
    text = (HOME / name / "PulumiPolicy.yaml").read_text()
    assert f"version: {pack.version}" in text
    assert "virtualenv: ../../.venv" in text
    assert (HOME / name / "analyzer").stat().st_mode & 0o111
    assert (HOME / name / "README.md").is_file()


def test_baseline_holds_every_rule_and_frameworks_those_with_their_controls() -> None:
    assert set(load_pack("baseline").rules) == set(load_rules())
    hipaa = load_pack("hipaa")
    assert all(rule.record.controls["hipaa"] for rule in hipaa.rules.values())
    controls = hipaa.controls()
    assert "aws-kms-key-rotation-enabled" in controls["164.312(a)(2)(iv)"]
    assert {rule for rules in controls.values() for rule in rules} == set(hipaa.rules)


def test_a_pack_of_ones_own_extends_a_built_in_one(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "ours",
        name="ours",
        extends="hipaa",
        levels={"qa": {"1": "mandatory", "2": "advisory", "3": "disabled"}},
        rules={
            "aws-kms-key-rotation-enabled": {"level": "advisory"},
            "aws-cloudwatch-log-group-retention": {"config": {"minimum_days": 2192}},
        },
        exclude=["aws-s3-bucket-replication"],
    )
    it = load([folder], today=TODAY, environment="qa")
    assert it.environment == "qa"
    assert it.level("aws-kms-key-rotation-enabled") == "advisory"
    assert it.level("aws-s3-bucket-versioning-enabled") == "mandatory"
    assert "aws-s3-bucket-replication" not in it.rules
    assert "aws-s3-bucket-key-enabled" not in it.rules
    assert it.settings("aws-cloudwatch-log-group-retention")["minimum_days"] == 2192


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ({"extnds": "hipaa"}, "did you mean 'extends'"),
        ({"extends": "hippa"}, "is not a pack"),
        ({"levels": {"dev": {"1": "advisory", "2": "advisory", "3": "advisory"}}}, "has no 'prod'"),
        ({"extends": "hipaa", "levels": {"prod": {"1": "forbidden"}}}, "levels.prod.1: is not a level"),
        ({"extends": "hipaa", "rules": {"aws-kms-key-rotation-enable": {}}}, "did you mean"),
        ({"extends": "hipaa", "exclude": ["aws-kms-key-rotation-enable"]}, "did you mean"),
        ({"extends": "hipaa", "rules": {"aws-kms-key-enabled": {"level": "of"}}}, "is not a level"),
        ({"extends": "hipaa", "rules": {"aws-kms-key-enabled": {"config": {"days": 3}}}}, "is not a setting"),
        ({"extends": "hipaa", "framework": "hippa"}, "did you mean 'hipaa'"),
    ],
)
def test_what_a_pack_gets_wrong_is_an_error(tmp_path: Path, content: dict[str, Any], text: str) -> None:
    with pytest.raises(PolicyError, match=text):
        load_pack(write(tmp_path / "ours", **content))


def test_a_pack_that_extends_itself_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="extends this one"):
        load_pack(write(tmp_path / "ours", extends="."))


def test_a_folder_without_a_pack_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PolicyError, match="is not there"):
        load_pack(tmp_path)


def test_init_writes_a_folder_that_serves_the_pack(tmp_path: Path) -> None:
    virtualenv = tmp_path / "project" / ".venv"
    (virtualenv / "bin").mkdir(parents=True)
    (virtualenv / "bin" / "python").symlink_to(sys.executable)
    written = init_pack(tmp_path / "project" / "policy" / "hipaa", "hipaa", virtualenv=virtualenv)
    assert tuple(path.name for path in written) == FILES
    folder = written[0].parent
    assert "virtualenv: ../../.venv" in written[0].read_text()
    assert load_pack(folder).rules.keys() == load_pack("hipaa").rules.keys()
    process = subprocess.Popen(
        [str(folder / "analyzer")],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": ":".join([str(HOME.parent), *sys.path])},
    )
    assert process.stdout is not None
    assert int(process.stdout.readline()) > 0
    process.terminate()
    process.communicate(timeout=30)
    with pytest.raises(PolicyError, match="is there already"):
        init_pack(folder, "hipaa", virtualenv=virtualenv)
    with pytest.raises(PolicyError, match="did you mean 'soc2'"):
        init_pack(tmp_path / "x", "soc", virtualenv=virtualenv)


def test_importing_the_packages_loads_nothing() -> None:
    code = "import sys, policypacks, policypacks.engine; print([m for m in sys.modules if m.startswith(('pulumi', 'grpc', 'yaml', 'ruamel', 'jsonschema'))])"  # fmt: skip  # noqa: E501 (one statement for -c)
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(HOME.parent)}
    )
    assert found.stdout.strip() == "[]"


def test_loading_packs_needs_no_sdk_and_no_yaml() -> None:
    code = (
        "import sys, datetime; from policypacks import load;"
        "load(['baseline'], today=datetime.date(2026, 1, 1));"
        "print([m for m in sys.modules if m.startswith(('pulumi', 'grpc', 'yaml', 'ruamel', 'jsonschema', 'rich'))])"
    )
    found = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env={"PYTHONPATH": str(HOME.parent)}
    )
    assert found.stdout.strip() == "[]"
