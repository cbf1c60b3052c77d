"""Proposing, deploying and rolling back, as the commands do it; how they end, and what the record says then."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.operations.deployment.anchor import TAG, StackTag
from platform_lib.operations.deployment.deploy import unplanned_steps
from platform_lib.operations.errors import InputError
from platform_lib.operations.git import Repository
from platform_lib.operations.governance.governance import governance_at
from platform_lib.operations.proposal.proposal import read_proposal
from platform_lib.operations.proposal.steps import PlannedStep
from platform_lib.operations.pulumi_stack import PulumiStack
from support.deployments import BUCKET, key_file
from support.releases import Release

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """A project whose records are open, with its first commit in dev."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        release = Release(tmp_path_factory.mktemp("opened"), monkeypatch)
        release.open()
        release.release("dev")
        yield release


@pytest.fixture
def release(opened: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    return opened.copy(tmp_path / "here", monkeypatch)


def test_a_second_preview_of_the_same_has_the_same_digest(release: Release) -> None:
    # Nothing is in staging yet: both previews make new automatic names, and new ids of providers.
    one, other = release.propose("staging"), release.propose("staging", "--requested-by", "somebody else")
    assert (one.code, other.code) == (0, 0)
    assert one.json["digest"] == other.json["digest"]
    assert one.json["proposal"] != other.json["proposal"]  # who asked is told, and not covered
    written = read_proposal((release.outside / "staging.proposal.json").read_bytes(), "proposal")
    assert written.digest == one.json["digest"]
    inputs = next(step.inputs for urn, step in written.steps.items() if urn.endswith("::logs") and "Block" not in urn)
    assert inputs["bucket"] == "[name of logs]"


def test_a_proposal_says_what_it_is_made_of(release: Release) -> None:
    release.edit("requirements.txt", "[aws]", "[aws,reports]")
    release.edit("Pulumi.dev.yaml", "shop-team", "store-team")
    release.edit("policy/pack.json", "1.2.0", "1.2.1")
    commit = release.commit("Change a bit of everything", "Eve <eve@example.org>")
    found = release.propose("dev").json
    assert found["changed"] == ["Pulumi.dev.yaml", "policy pack shop", "requirements.txt"]
    proposal = found["proposal"]
    assert (proposal["commit"], proposal["base"]) == (commit, release.entries("dev")[0]["opened"]["commit"])
    assert proposal["authors"] == ["Dora <dora@example.org>", "Eve <eve@example.org>"]
    assert list(proposal["settings"]) == ["Pulumi.yaml", "pyproject.toml", "Pulumi.dev.yaml"]
    assert set(proposal["decisions"]) == {
        f"governance/{name}.yaml" for name in ("approvers", "environments", "waivers")
    }
    assert [(pack["source"], pack["name"], pack["version"]) for pack in proposal["packs"]] == [
        ("policy", "shop", "1.2.1")
    ]
    assert {"pulumi", "pulumi-aws", "python", "platform-lib"} <= proposal["tools"].keys()


def test_what_stands_against_a_proposal_is_told_and_ends_with_3(release: Release) -> None:
    release.now = release.now.replace(hour=12, minute=30)
    answer = release.run("propose", "--stack", "staging", "--requested-by", "carl")
    assert answer.code == 3
    assert "not yet: soak: it has been in 'dev' for 30m of the 1h" in answer.err
    assert "not yet: tests: there is no report of 'dev'; give its JUnit file" in answer.err
    # That approvals are missing is what a proposal is for.
    release.wait(hours=2)
    release.release("staging")
    found = release.run(
        "propose", "--stack", "prod", "--requested-by", "carl", "--tests", str(release.outside / "junit.xml")
    )
    assert found.code == 0
    assert "Approvals: 1 of alice, bob" in found.out
    assert "not yet: approvals: environment 'prod' asks for 1, got 0" in found.err


def test_approving_asks_for_a_digest_a_file_and_a_span(release: Release) -> None:
    proposal = release.outside / "staging.proposal.json"
    release.propose("staging")
    assert release.approve("staging", "alice", "--ttl", "soon").err.startswith(
        "error: approve: --ttl: must be a span of time, got 'soon'; write a whole number and a unit"
    )
    assert (
        "must be more than 0s and at most 1d, which environment 'staging' sets, got 2d"
        in release.approve("staging", "alice", "--ttl", "2d").err
    )
    done = release.approve("staging", "alice", "--ttl", "2h", "--json")
    assert (done.code, done.json["approver"], done.json["expires"]) == (0, "alice", "2026-11-24T16:00:00+00:00")
    proposal.unlink()
    words = (
        "--by",
        "alice",
        "--key",
        str(key_file(release.outside, "alice")),
        "--output",
        "x",
        "--proposal",
        str(proposal),
    )
    assert (release.run("approve", "sha256:0", *words).code, proposal.exists()) == (2, False)


def test_the_decisions_are_read_from_a_commit_that_must_be_there(release: Release) -> None:
    repository = Repository(release.folder)
    assert governance_at(repository, release.head()).may_approve
    with pytest.raises(InputError, match="governance: commit 000000000000 is not in this checkout; fetch it"):
        governance_at(repository, "0" * 40)
    (release.folder / "governance" / "approvers.yaml").unlink()
    bare = release.commit("Nobody decides")
    with pytest.raises(InputError, match=rf"governance/approvers\.yaml: commit {bare[:12]} has no such file; write it"):
        governance_at(repository, bare)


def test_a_deployment_that_fails_is_recorded_and_changes_nothing_that_holds(release: Release) -> None:
    first = release.head()
    release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    release.edit("governance/approvers.yaml", "bob-account", "bobby")
    release.commit("Wait longer")
    fault = release.run("sandbox", "fault", "fail", "--operation", "update", "--type", "aws:sqs/*", "--message", "no")
    assert fault.code == 0, fault.err
    answer = release.deploy("dev")
    assert (answer.code, "deploy to 'dev': failed, and the record says so: " in answer.err) == (1, True)
    *_, begun, ended = release.entries("dev")
    assert (begun["kind"], ended["finished"]["outcome"]) == ("started", "failed")
    assert "no" in ended["finished"]["problem"]
    (found,) = (item for item in release.run("record", "show", "--json").json if item["stack"] == "dev")
    assert (found["commit"], [item["outcome"] for item in found["deployments"]]) == (first, ["done", "failed"])
    # Tried again, it goes on from there.
    assert release.deploy("dev").code == 0


def test_the_commit_that_is_deployed_may_be_deployed_again_and_again(release: Release) -> None:
    for _ in range(3):
        again = release.deploy("dev", "--json")
        assert (again.code, again.json["rollback"]) == (0, False), again.err
    # Back and forth: going back is a rollback, however often the commit was there before.
    first = release.head()
    second = release.commit("Nothing new")
    assert release.deploy("dev").code == 0
    for commit, back in ((first, True), (first, False), (second, False), (first, True)):
        release.git("checkout", "-q", commit)
        answer = release.deploy("dev", "--json")
        assert (answer.code, answer.json["rollback"]) == (0, back), answer.err
    assert release.run("record", "verify").code == 0


def test_an_interrupted_deployment_says_so_and_goes_on(release: Release, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("platform_lib.operations.deployment.deploy.bring_up", interrupted)
        answer = release.deploy("dev")
    assert answer.code == 1
    assert answer.err.strip() == (
        "error: deploy to 'dev': interrupted, and the record says so; what was done until then is in the state, "
        "deploy again to go on"
    )
    assert release.entries("dev")[-1]["finished"]["problem"] == "interrupted"
    assert release.deploy("dev").code == 0


def test_a_rollback_takes_an_earlier_commit_back_and_tells_what_is_lost(release: Release) -> None:
    first = release.release("staging")
    # The release after it puts the bucket elsewhere, which the gate is told to let pass in a reviewed file.
    release.edit("__main__.py", 'aws.s3.Bucket("logs", ', 'aws.s3.Bucket("logs", bucket=f"all-{pulumi.get_stack()}", ')
    excuse = {
        "check": "stateful-loss", "subject": "urn:pulumi:*::shop::aws:s3/bucket:Bucket::logs", "owner": "dora",
        "approver": "security", "reason": "the logs were copied before", "expires": "2026-12-31",
    }  # fmt: skip
    release.write("governance/gate.yaml", json.dumps({"version": 1, "waivers": [excuse]}))
    release.commit("Keep the logs elsewhere")
    second = release.head()
    for stack in ("dev", "staging"):
        answer = release.deploy(stack)
        assert answer.code == 0, answer.err
        release.wait(hours=2)
    release.git("checkout", "-q", first)
    bucket = "urn:pulumi:staging::shop::aws:s3/bucket:Bucket::logs"
    refused = release.promote("dev", "staging")
    assert refused.code == 3
    assert f"does not come back: {bucket}: holds data" in refused.out
    assert f"rollback: {bucket}: what it holds would be lost and does not come back; accept the loss" in refused.err
    assert "stateful-loss" in refused.err
    done = release.promote("dev", "staging", "--accept-loss", "--json")
    assert done.code == 0, done.err
    assert (done.json["rollback"], done.json["lost"]) == (True, {bucket: "holds data"})
    entry = release.entries("staging")[-2]["started"]
    assert (entry["acceptedLoss"], entry["evidence"], entry["proposal"]["base"]) == ([bucket], None, second)
    shown = release.run("record", "show")
    assert "done          rollback, by ci for carl" in shown.out
    assert release.run("record", "verify").code == 0


def test_environments_and_stacks_that_there_are_not(release: Release) -> None:
    assert (
        "environment 'stagin': is not in governance/environments.yaml; did you mean 'staging'?"
        in release.promote("dev", "stagin").err
    )
    assert "'dev' does not come after 'staging': nothing is below it; deploy it with `platform deploy`" in (
        release.promote("staging", "dev").err
    )


def test_the_record_is_verified_with_pins_and_heads(release: Release) -> None:
    told = release.run("record", "verify")
    assert (told.code, "the pin was not compared with anything; give it with --pin" in told.out) == (0, True)
    wrong = release.run("record", "verify", "--pin", "x")
    assert (wrong.code, "--pin: must be HASH or STACK=HASH, got 'x'; a hash has 64 hexadecimal" in wrong.err) == (
        2,
        True,
    )
    assert release.run("record", "verify", "--head", "0" * 64).code == 2
    other = release.run("record", "verify", "--pin", f"dev={'0' * 64}")
    assert (other.code, "begins with other decisions" in other.err) == (1, True)
    cut = release.run("record", "verify", "--head", f"dev={'0' * 64}")
    assert (cut.code, "as its head; bring back the whole record" in cut.err) == (1, True)


def test_what_was_done_beyond_the_plan_is_noticed_and_what_was_not_needed_is_not() -> None:
    def step(*operations: str) -> PlannedStep:
        return PlannedStep(operations=operations, type="aws:s3/bucket:Bucket")

    planned = {"a": step("update"), "b": step("create"), BUCKET: step("update")}
    done = {"a": step(), "b": step("create"), "c": step("delete"), BUCKET: step("replace", "update")}
    assert unplanned_steps(planned, done) == [
        "c: delete was done and not in the proposal",
        f"{BUCKET}: replace was done and not in the proposal",
    ]


def fake_cli(folder: Path, script: str) -> PulumiStack:
    folder.mkdir()
    path = folder / "pulumi"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return PulumiStack(folder, "prod", {"PATH": f"{folder}:/usr/bin:/bin", "MARK": str(folder / "tag")})


def test_the_head_is_a_tag_of_the_stack(tmp_path: Path) -> None:
    script = (
        'case "$*" in *"tag set"*) printf "%s" "$5" > "$MARK";; *) printf "{\\"%s\\": \\"%s\\"}" "'
        + TAG
        + '" "$(cat "$MARK" 2>/dev/null)";; esac'
    )
    anchor = StackTag(fake_cli(tmp_path / "good", script))
    assert anchor.read() == ""
    anchor.write("abc")
    assert anchor.read() == "abc"
    anchor.prove("abc")
    forgetful = StackTag(fake_cli(tmp_path / "forgetful", "echo '{}'"))
    with pytest.raises(EngineError, match="stack 'prod': the backend did not keep the tag platform:record"):
        forgetful.prove("abc")
    away = StackTag(fake_cli(tmp_path / "away", "echo 'error: no route to host' >&2; exit 255"))
    with pytest.raises(EngineError, match="pulumi stack tag failed, got: error: no route to host"):
        away.read()
