"""The packs under the stock ``pulumi`` CLI: as a folder, as an executable, with configuration, at preview and up."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from policypacks.engine.scaffold import init_pack
from support.echo_provider import serving

pytestmark = [
    pytest.mark.stock_engine,
    pytest.mark.slow,
]
ROOT = Path(__file__).parents[2]
PROGRAM = """
import pulumi_aws as aws

aws.kms.Key("key", enable_key_rotation=ROTATION, deletion_window_in_days=30)
bucket = aws.s3.Bucket("bucket")
aws.s3.BucketVersioning("versioning", bucket=bucket.id, versioning_configuration={"status": "Enabled"})
"""
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    environment = Path(sys.prefix)
    (folder / "Pulumi.yaml").write_text(
        f"name: demo\nruntime:\n  name: python\n  options:\n    virtualenv: {environment}\n"
    )
    (folder / "__main__.py").write_text(PROGRAM.replace("ROTATION", "False"))
    init_pack(folder / "policy", "hipaa", virtualenv=environment)
    return folder


@pytest.fixture
def pulumi(project: Path, tmp_path: Path) -> Iterator[Run]:
    (tmp_path / "backend").mkdir()
    with serving() as port:
        environment = {
            **os.environ,
            "PULUMI_BACKEND_URL": f"file://{tmp_path}/backend",
            "PULUMI_HOME": str(tmp_path / "home"),
            "PULUMI_CONFIG_PASSPHRASE": "",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
            "PULUMI_DEBUG_PROVIDERS": f"aws:{port}",
            "PYTHONPATH": str(ROOT),
        }

        def run(*arguments: str) -> subprocess.CompletedProcess[str]:
            command = ["pulumi", *arguments, "--non-interactive", "--color", "never"]
            return subprocess.run(command, cwd=project, env=environment, capture_output=True, text=True, check=False)

        assert run("stack", "init", "dev").returncode == 0
        yield run


def preview(pulumi: Run, pack: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return pulumi("preview", "--policy-pack", str(pack), *more)


def test_a_folder_gates_at_preview(project: Path, pulumi: Run) -> None:
    refused = preview(pulumi, project / "policy")
    assert refused.returncode == 1, refused.stderr
    text = refused.stdout
    assert "aws-kms-key-rotation-enabled" in text
    assert "Key 'key': enableKeyRotation: is not true, got false; set enableKeyRotation to true" in text
    assert "164.312(a)(2)(iv)" in text
    assert "no BucketPublicAccessBlock names it by bucket" in text
    assert "aws-s3-bucket-versioning-enabled" not in text


def test_dev_is_advisory_and_an_executable_serves_too(project: Path, pulumi: Run) -> None:
    (project / "Pulumi.dev.yaml").write_text("config:\n  platform:environment: dev\n")
    done = preview(pulumi, project / "policy" / "analyzer")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[advisory]" in done.stdout
    assert "[mandatory]" not in done.stdout


def configured(project: Path, content: dict[str, Any]) -> str:
    path = project / "policy.json"
    path.write_text(json.dumps(content))
    return str(path)


def test_configuration_disables_remediates_and_is_checked(project: Path, pulumi: Run) -> None:
    off = configured(project, {"all": "disabled", "aws-kms-key-rotation-enabled": "remediate"})
    done = preview(pulumi, project / "policy", "--policy-pack-config", off)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "[remediate]" in done.stdout
    wrong = configured(project, {"aws-kms-key-rotation-enable": "mandatory"})
    refused = preview(pulumi, project / "policy", "--policy-pack-config", wrong)
    assert refused.returncode == 1
    assert "did you mean 'aws-kms-key-rotation-enabled'" in refused.stdout + refused.stderr


def test_up_stops_at_the_resource_and_goes_through_when_mended(project: Path, pulumi: Run) -> None:
    only = configured(project, {"all": "disabled", "aws-kms-key-rotation-enabled": "mandatory"})
    arguments = (
        "up",
        "--yes",
        "--skip-preview",
        "--policy-pack",
        str(project / "policy"),
        "--policy-pack-config",
        only,
    )
    refused = pulumi(*arguments)
    assert refused.returncode == 1
    assert "KeyboardInterrupt" not in "".join(line for line in refused.stdout.splitlines() if "policypacks" in line)
    (project / "__main__.py").write_text(PROGRAM.replace("ROTATION", "True"))
    done = pulumi(*arguments)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "hipaa@v0.1.0" in done.stdout
