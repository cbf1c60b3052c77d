"""States and secrets against the stock CLI itself."""

import json
import os
import subprocess

import pytest

from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import (
    Deployment,
    check_sandbox,
    deserialize,
    salt_of,
    serialize,
)
from platform_lib.sandbox.engine.backend.values import Codec
from support.backend import PASSPHRASE, full_snapshot

pytestmark = pytest.mark.stock_engine


@pytest.fixture
def pulumi(tmp_path):
    """Runs the stock CLI on a throw-away file backend."""
    backend, project = tmp_path / "backend", tmp_path / "project"
    backend.mkdir()
    project.mkdir()
    (project / "Pulumi.yaml").write_text("name: vectors\nruntime: python\n")
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_BACKEND_URL": f"file://{backend}",
        "PULUMI_CONFIG_PASSPHRASE": PASSPHRASE,
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }

    def run(*arguments: str, text: str | None = None) -> str:
        done = subprocess.run(
            ["pulumi", *arguments], cwd=project, env=env, input=text, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    run("stack", "init", "dev")
    return run


def test_the_stock_cli_takes_our_state_and_gives_it_back(pulumi) -> None:
    crypter = PassphraseCrypter(Passphrase(PASSPHRASE, "test"))
    pulumi("stack", "import", text=json.dumps(serialize(Deployment(full_snapshot()), crypter)))
    document = check_sandbox(json.loads(pulumi("stack", "export")))
    read = deserialize(document, Codec(PassphraseCrypter(Passphrase(PASSPHRASE, "test"), salt_of(document))))
    assert read.snapshot.resources == full_snapshot().resources
    assert json.loads(pulumi("stack", "output", "--json", "--show-secrets")) == {"out": "s", "plain": 1}
    shown = json.loads(pulumi("stack", "export", "--show-secrets"))
    ours = serialize(Deployment(full_snapshot()), crypter, show_secrets=True)
    assert shown["deployment"]["resources"] == ours["deployment"]["resources"]
