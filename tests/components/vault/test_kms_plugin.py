"""The real engine takes the stanza of the KMS plugin: it checks its sum, and hands it the identity of its pod."""

import hashlib
import json
import subprocess

import pytest

from platform_lib.components.vault.args import VaultClusterArgs
from platform_lib.components.vault.plan import plan_vault
from platform_lib.components.vault.planning import configuration
from support.openbao import BINARY, needs_openbao
from support.vaults import vault_args

PLUGIN = '#!/bin/sh\necho "$AWS_CONTAINER_CREDENTIALS_FULL_URI" >"$HOME/called"\nexit 1\n'
IDENTITY = "http://169.254.170.23/v1/credentials"


@needs_openbao
@pytest.mark.parametrize("damaged", [False, True])
def test_the_plugin_is_run_only_with_its_sum_and_gets_the_identity_of_the_pod(tmp_path, damaged):
    for name in ("plugins", "data", "run"):
        (tmp_path / name).mkdir()
    binary = tmp_path / "plugins" / "kms"
    binary.write_text(PLUGIN)
    binary.chmod(0o755)
    plugin = {"command": "kms", "version": "v0.1.0", "sha256": hashlib.sha256(PLUGIN.encode()).hexdigest()}
    plan = plan_vault("vault", VaultClusterArgs(**vault_args(seal={"plugin": plugin})), subject="VaultCluster")
    document = configuration.server(plan, "arn:aws:kms:eu-west-1:111122223333:key/seal")
    text = json.dumps(document).replace('"/openbao/', f'"{tmp_path}/')
    (tmp_path / "server.json").write_text(text)
    if damaged:
        binary.write_text(PLUGIN + "# changed\n")
    done = subprocess.run(
        ["timeout", "--signal=KILL", "60", str(BINARY), "server", f"-config={tmp_path}/server.json"],
        env={
            "PATH": "/usr/bin:/bin",
            "HOME": str(tmp_path),
            "BAO_API_ADDR": "https://127.0.0.1:1",  # what every node has of its own; it never gets that far
            "BAO_CLUSTER_ADDR": "https://127.0.0.1:2",
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": IDENTITY,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    told = done.stdout + done.stderr
    assert done.returncode not in (0, 137), told
    assert 'Error configuring seal "awskms"' in told
    if damaged:
        assert "checksums did not match" in told
        assert not (tmp_path / "called").exists()
    else:
        assert (tmp_path / "called").read_text() == f"{IDENTITY}\n"
