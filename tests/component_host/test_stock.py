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
]

CONTEXT = "{environment: dev, owner: shop, costCentre: cc-1, dataClassification: internal}"
SUBNET = """{{"fn::select": [{0}, '${{network.subnetIds["private"]}}']}}"""
PROGRAM = f"""\
name: shop
runtime: yaml
packages:
  platform-lib: PLUGIN
resources:
  network:
    type: platform-lib:index:VpcComponent
    properties:
      context: {CONTEXT}
      region: eu-central-1
      cidr: 10.60.0.0/16
      zoneCount: 2
  cluster:
    type: platform-lib:index:KubernetesCluster
    properties:
      context: {CONTEXT}
      accountId: "111122223333"
      network:
        region: eu-central-1
        cidr: 10.60.0.0/16
        vpcId: ${{network.vpcId}}
        subnets:
          - {{tier: app, role: private, zone: euc1-az1, cidr: 10.60.128.0/20, id: {SUBNET.format(0)}}}
          - {{tier: app, role: private, zone: euc1-az2, cidr: 10.60.144.0/20, id: {SUBNET.format(1)}}}
      access:
        - {{name: admins, principalArn: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin}}
      nodeGroups:
        - {{name: system, maximumNodes: 3}}
outputs:
  endpoint: ${{cluster.endpoint}}
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder for all that the CLI keeps."""
    return tmp_path_factory.mktemp("pulumi")


@pytest.fixture(scope="module")
def plugin(home: Path) -> Path:
    """The host as an executable plugin with the environment of these tests: nothing is installed or downloaded."""
    path = home / "plugin" / "pulumi-resource-platform-lib"
    path.parent.mkdir()
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
    command = ["pulumi", *map(str, words)]
    if cwd is not None:  # a program, whose resources are made on the sandbox
        command = [str(Path(sys.executable).parent / "platform"), "sandbox", "run", "--", *command]
    return subprocess.run(command, cwd=cwd or home, env=env, capture_output=True, text=True, check=False)


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


@pytest.fixture
def shop(home: Path, plugin: Path, tmp_path: Path) -> Path:
    """A project whose program is in YAML."""
    if shutil.which("pulumi-language-yaml") is None:
        pytest.skip("pulumi-language-yaml is not on PATH")
    (tmp_path / "Pulumi.yaml").write_text(PROGRAM.replace("PLUGIN", str(plugin.parent)), encoding="utf-8")
    (tmp_path / "Pulumi.dev.yaml").write_text("config:\n  aws:region: eu-central-1\n", encoding="utf-8")
    done = pulumi(home, "stack", "select", "--create", "dev", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return tmp_path


def test_a_program_in_yaml_is_planned_with_our_components(home: Path, shop: Path) -> None:
    done = pulumi(home, "preview", "--stack", "dev", "--non-interactive", cwd=shop)
    assert done.returncode == 0, done.stdout + done.stderr
    for name in ("network-vpc", "cluster-cluster", "cluster-nodes-system"):
        assert name in done.stdout


@pytest.mark.parametrize(
    "old, new, text",
    [
        ("zoneCount: 2", "zoneCuont: 2", "zoneCuont"),
        ("cidr: 10.60.0.0/16\n      zoneCount", "cidr: 10.60.0.1/16\n      zoneCount", "has host bits set beyond /16"),
        ("policy: cluster-admin", "policy: view", "so that nobody could administer it"),
    ],
)
def test_a_mistake_in_yaml_is_told(home: Path, shop: Path, old: str, new: str, text: str) -> None:
    path = shop / "Pulumi.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    done = pulumi(home, "preview", "--stack", "dev", "--non-interactive", cwd=shop)
    assert done.returncode != 0
    assert text in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
