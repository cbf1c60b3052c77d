"""Secrets of the configuration stand in no proposal, approval, record or message, wherever the program puts them."""

import shutil
from pathlib import Path

import pytest

from platform_lib.sandbox.engine.backend.crypter import PassphraseCrypter, find_passphrase
from support.releases import Release

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

CANARY = "canary-5f1e8c77a2d94b03"


def test_a_leaked_secret_is_refused_and_told_nowhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = Release(tmp_path, monkeypatch)
    release.open()
    # The program takes the secret for a plain text: into a tag, a name, an output and a message.
    release.edit("__main__.py", '"release": "one"', f'"release": "{CANARY}"')
    release.edit(
        "__main__.py", 'aws.sqs.Queue("jobs", ', f'pulumi.log.info("{CANARY}")\naws.sqs.Queue("jobs-{CANARY}", '
    )
    release.edit("__main__.py", 'pulumi.export("bucket"', f'pulumi.export("token", "{CANARY}")\npulumi.export("bucket"')
    crypter = PassphraseCrypter(find_passphrase({}), "", subject="test")
    sealed = crypter.encrypt(CANARY)
    text = (release.folder / "Pulumi.dev.yaml").read_text(encoding="utf-8")
    release.write("Pulumi.dev.yaml", f"encryptionsalt: {crypter.salt}\n{text}  shop:token:\n    secure: {sealed}\n")
    release.commit("Use a token")
    proposed = release.propose("dev")
    assert proposed.code == 3
    assert any("secret" in problem for problem in proposed.json["problems"])
    refused = release.deploy("dev")
    assert refused.code == 3
    texts = [proposed.out, proposed.err, refused.out, refused.err]
    written = [path for path in release.outside.rglob("*") if path.is_file()]
    written += [path for path in (release.folder / ".sandbox" / "records").rglob("*") if path.is_file()]
    assert any(path.name == "dev.proposal.json" for path in written)
    texts += [path.read_text(encoding="utf-8") for path in written]
    assert [line for text in texts for line in text.splitlines() if CANARY in line] == []
    assert '"[secret]"' in (release.outside / "dev.proposal.json").read_text(encoding="utf-8")
