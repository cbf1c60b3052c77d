"""A project of its own, the built wheel in a fresh environment: references, packs and the command work from there."""

import json
import shutil
import sys
import zipfile
from pathlib import Path

import pytest

from support.wheels import ROOT, run

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def project(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example in a folder of its own, with an environment that holds the wheel and what the lock says."""
    root = tmp_path_factory.mktemp("clinic")
    shutil.copytree(ROOT / "examples" / "consumer", root, dirs_exist_ok=True)
    run(sys.executable, "-m", "venv", "venv", cwd=root)
    pip = [root / "venv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--no-compile"]
    run(*pip, "--require-hashes", "-r", ROOT / "requirements" / "base.txt", cwd=root)
    run(*pip, "--no-deps", wheel, cwd=root)
    return root


def deploy_platform(project: Path) -> None:
    """A stand-in for the platform on the same stock backend: a stack that offers what the fixtures tell."""
    home = project.parent / "platform"
    home.mkdir()
    runtime = f"runtime: {{name: python, options: {{virtualenv: {project / 'venv'}}}}}"
    (home / "Pulumi.yaml").write_text(f"name: platform\n{runtime}\n", encoding="utf-8")
    (home / "Pulumi.dev.yaml").write_text("config: {}\n", encoding="utf-8")
    (home / "__main__.py").write_text(
        "import pulumi\nfrom pathlib import Path\nfrom ruamel.yaml import YAML\n"
        f"told = YAML(typ='safe').load(Path({str(project / '.sandbox' / 'fixtures.yaml')!r}))\n"
        "for name, value in told['pulumi:pulumi:StackReference'][0]['returns'].items():\n"
        "    pulumi.export(name, value)\n",
        encoding="utf-8",
    )
    command = [project / "venv" / "bin" / "platform", "sandbox", "run", "--sandbox-dir", project / ".sandbox", "--"]
    run(*command, "pulumi", "stack", "init", "dev", cwd=home)
    run(*command, "pulumi", "up", "--stack", "dev", "--yes", "--non-interactive", cwd=home)


def test_the_wheel_holds_the_library_and_the_packs_and_nothing_else(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"platform_lib", "policypacks"}
    assert "platform_lib/py.typed" in names
    assert any(name.startswith("platform_lib/sandbox/schema/data/") for name in names)
    assert any(name.startswith("policypacks/catalogue/") for name in names)


def make_pack(project: Path) -> None:
    """The project is shared by the tests: whichever comes first makes its pack."""
    if not (project / "packs" / "hipaa").exists():
        run(project / "venv" / "bin" / "platform", "policy", "init", "packs/hipaa", "--pack", "hipaa", cwd=project)


def test_the_project_comes_up_under_a_pack_of_its_own(project: Path) -> None:
    platform = project / "venv" / "bin" / "platform"
    make_pack(project)
    up = run(platform, "up", "--stack", "dev", "--yes", "--policy-pack", "packs/hipaa", "--json", cwd=project)
    told = json.loads(up.stdout)
    assert told["engine"] == "sandbox"
    assert told["summary"]["create"] >= 8
    again = run(platform, "up", "--stack", "dev", "--yes", "--json", cwd=project)
    assert set(json.loads(again.stdout)["summary"]) == {"same"}
    run(platform, "destroy", "--stack", "dev", "--yes", cwd=project)


@pytest.mark.stock_engine
def test_the_stock_cli_takes_the_same_project_and_pack(project: Path) -> None:
    platform = project / "venv" / "bin" / "platform"
    deploy_platform(project)
    make_pack(project)
    stock = [platform, "sandbox", "run", "--", "pulumi"]
    run(*stock, "stack", "init", "dev", cwd=project)
    shown = run(*stock, "preview", "--stack", "dev", "--policy-pack", "packs/hipaa", "--non-interactive", cwd=project)
    assert "to create" in shown.stdout
