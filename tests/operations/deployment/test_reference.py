"""The reference platform on its way to production, by its own ``governance/environments.yaml``."""

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from support.cli_project import Answer, invoke
from support.deployments import approvers, key_file
from support.reference_platform import ReferencePlatform
from support.releases import JUNIT

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.mark.slow
def test_the_reference_platform_goes_to_production(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, outside = tmp_path / "platform", tmp_path / "outside"
    root.mkdir()
    outside.mkdir()
    ReferencePlatform.copy(root)
    (root / "governance" / "approvers.yaml").write_text(approvers(people=("alice",)), encoding="utf-8")
    (root / ".gitignore").write_text("__pycache__/\n", encoding="utf-8")
    (outside / "junit.xml").write_text(JUNIT, encoding="utf-8")
    for words in (["init", "-q"], ["add", "-A"], ["commit", "-q", "-m", "The platform"]):
        who = ["-c", "user.name=Dora", "-c", "user.email=dora@example.org", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", *who, *words], cwd=root, check=True)
    clock = [datetime(2026, 11, 23, 9, tzinfo=UTC)]  # a Monday
    monkeypatch.setattr("platform_lib.operations.deployment.target.now", lambda: clock[0])
    monkeypatch.delenv("PYTHONPATH", raising=False)
    key = str(key_file(outside, "ci"))

    def run(*words: str) -> Answer:
        answer = invoke(*words, cwd=root)
        assert answer.code == 0, answer.out + answer.err
        return answer

    given = ("--key", key, "--tests", str(outside / "junit.xml"), "--requested-by", "carl")
    pin = run("record", "init", "--key", key, "--json").json["pin"]
    run("deploy", "--stack", "dev", *given)
    clock[0] += timedelta(hours=2)
    run("promote", "dev", "staging", *given)
    clock[0] += timedelta(hours=25)
    proposal, approval = str(outside / "prod.json"), str(outside / "approval.json")
    digest = run("propose", "--stack", "prod", *given[2:], "--output", proposal, "--json").json["digest"]
    alice = ("--by", "alice", "--key", str(key_file(outside, "alice")))
    run("approve", digest, *alice, "--proposal", proposal, "--output", approval)
    done = run("promote", "staging", "prod", *given, "--approval", approval, "--json").json
    assert done["digest"] == digest
    assert len(done["proposal"]["steps"]) > 100
    assert done["unplanned"] == []
    found = run("record", "verify", "--pin", pin, "--json").json
    assert {item["stack"]: item["entries"] for item in found["records"]} == {"dev": 3, "staging": 3, "prod": 3}
