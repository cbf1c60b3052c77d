"""The stock CLI reads the host and makes SDKs of it; a program in YAML is checked against what it offers."""

import json
import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]

pytestmark = [
    pytest.mark.stock_engine,
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("pulumi") is None, reason="the stock pulumi CLI is not on PATH"),
]

PROGRAM = """\
name: shop
runtime: yaml
packages:
  platform-lib: {host}
resources:
  network:
    type: platform-lib:index:VpcComponent
    properties:
      context: {{environment: dev, owner: shop, costCentre: cc-1, dataClassification: internal}}
      region: eu-central-1
      cidr: 10.60.0.0/16
      {name}: 2
outputs:
  subnets: ${{network.subnetIds}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that the CLI keeps."""
    return tmp_path_factory.mktemp("pulumi")


@pytest.fixture(scope="module")
def plugin(home: Path) -> Path:
    """The host as an executable plugin with the environment of these tests: nothing is installed or downloaded."""
    path = home / "pulumi-resource-platform-lib"
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{ROOT / "component_host" / "__main__.py"}" "$@"\n', "utf-8")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return path


def pulumi(home: Path, *words: str | Path, cwd: Path | None = None) -> "subprocess.CompletedProcess[str]":
    more = {
        "PULUMI_HOME": str(home / "home"),
        "PULUMI_BACKEND_URL": f"file://{home}",
        "PULUMI_CONFIG_PASSPHRASE": "x",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
    }
    env = {**os.environ, **more}
    return subprocess.run(
        ["pulumi", *map(str, words)], cwd=cwd or home, env=env, capture_output=True, text=True, check=False
    )


@pytest.fixture(scope="module")
def schema(home: Path, plugin: Path) -> dict[str, Any]:
    done = pulumi(home, "package", "get-schema", plugin)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_the_cli_sees_the_schema_of_record(schema: dict[str, Any]) -> None:
    golden = json.loads((ROOT / "tests" / "golden" / "schema" / "package.json").read_text(encoding="utf-8"))
    assert (schema["name"], schema["version"]) == ("platform-lib", "0.1.0")
    for kind in ("resources", "types"):
        assert set(schema[kind]) == set(golden[kind])
        for name, found in schema[kind].items():
            for part in ("inputProperties", "properties", "requiredInputs", "required"):
                assert sorted(found.get(part) or ()) == sorted(golden[kind][name].get(part) or ()), (name, part)


@pytest.mark.parametrize("language", ["nodejs", "go"])
def test_the_cli_makes_sdks_of_it(home: Path, plugin: Path, tmp_path: Path, language: str) -> None:
    if shutil.which(f"pulumi-language-{language}") is None:
        pytest.skip(f"pulumi-language-{language} is not on PATH")
    done = pulumi(home, "package", "gen-sdk", "--language", language, "--out", tmp_path, plugin)
    assert done.returncode == 0, done.stderr
    assert any(tmp_path.rglob("*ubernetesCluster*"))


def test_the_cli_makes_a_python_sdk_of_it(home: Path, plugin: Path, tmp_path: Path) -> None:
    done = pulumi(home, "package", "gen-sdk", "--language", "python", "--out", tmp_path, plugin)
    assert done.returncode == 0, done.stderr
    (found,) = tmp_path.rglob("kubernetes_cluster.py")
    assert "node_groups" in found.read_text(encoding="utf-8")
