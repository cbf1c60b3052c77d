"""Every way past an approval that we know of, tried on a project that is ready for production: each is refused."""

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from platform_lib.operations.approval import Signed, read_signed
from platform_lib.operations.ledger.ledger import Ledger, next_entry
from platform_lib.operations.signature import signed
from support.cli_project import Answer
from support.deployments import approvers, key, key_file
from support.releases import PACK, Release

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

CONSUMERS = """\
version: 1
consumers:
  - {consumer: reports/prod, stack: shop/*, output: bucket}
"""
WAIVERS = """\
waivers:
  - rule: aws-s3-bucket-versioning-enabled
    resource: "urn:pulumi:*::shop::aws:s3/bucket:Bucket::logs"
    owner: dora
    approver: security
    reason: the logs move to the archive this week
    compensating_control: they are copied every night
    expires: 2026-11-24
"""
STRICT = {**PACK, "exclude": [rule for rule in PACK["exclude"] if rule != "aws-s3-bucket-versioning-enabled"]}


@pytest.fixture(scope="module")
def ready(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Release]:
    """A project whose commit is in dev and staging, and approved by alice for production."""
    with pytest.MonkeyPatch.context() as monkeypatch:
        files = {
            "governance/consumers.yaml": CONSUMERS,
            "governance/waivers.yaml": WAIVERS,
            "policy/pack.json": json.dumps(STRICT, indent=1),
        }
        release = Release(tmp_path_factory.mktemp("ready"), monkeypatch, files)
        release.commit("Count the jobs\n\nCo-authored-by: Bob <bob@example.org>")
        release.open()
        release.release("dev", "staging")
        release.propose("prod")
        assert release.approve("prod").code == 0
        yield release


@pytest.fixture
def release(ready: Release, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Release:
    return ready.copy(tmp_path / "here", monkeypatch)


def attack(release: Release, *more: str, env: dict[str, str] | None = None) -> Answer:
    """Deploys to production with the approval that there is."""
    return release.deploy("prod", "--approval", str(release.approval("prod")), *more, env=env)


def refused(release: Release, answer: Answer, reason: str, code: int = 3) -> None:
    """It was refused for the reason, and nothing was deployed."""
    assert answer.code == code, answer.out + answer.err
    assert reason in answer.err, answer.err
    assert len(release.entries("prod")) == 1
    assert not (release.folder / ".sandbox" / "stacks" / "shop" / "prod.json").exists()


def replace_approval(release: Release, document: Signed) -> None:
    path = release.approval("prod")
    path.write_text(document.content, encoding="utf-8")
    path.with_name(path.name + ".sig").write_text(document.signature, encoding="utf-8")


def test_without_any_attack_it_is_deployed(release: Release) -> None:
    answer = attack(release)
    assert answer.code == 0, answer.err
    assert [entry["kind"] for entry in release.entries("prod")] == ["opened", "started", "finished"]


def test_no_approval(release: Release) -> None:
    refused(release, release.deploy("prod"), "approvals: environment 'prod' asks for 1, got 0; sha256:")


def test_an_edited_plan_cannot_be_approved(release: Release) -> None:
    plan = release.outside / "prod.proposal.json"
    digest = json.loads(release.approval("prod").read_text(encoding="utf-8"))["digest"]
    plan.write_text(
        plan.read_text(encoding="utf-8").replace('"visibilityTimeoutSeconds": 30', '"visibilityTimeoutSeconds": 3')
    )
    answer = release.run(
        "approve", digest, "--by", "alice", "--key", str(key_file(release.outside, "alice")), "--proposal", str(plan),
        "--output", str(release.outside / "again.json"),
    )  # fmt: skip
    assert (answer.code, f"{plan}: is not the proposal of that digest, got sha256:" in answer.err) == (2, True)


def test_an_edited_approval(release: Release) -> None:
    path = release.approval("prod")
    path.write_text(path.read_text(encoding="utf-8").replace('"approver": "alice"', '"approver": "bob"'))
    refused(release, attack(release), "approval by 'bob': the approval: does not match its signature by SHA256:")


def test_a_forged_approval(release: Release) -> None:
    document = read_signed(release.approval("prod"))
    forged = Signed(content=document.content, signature=signed(document.content.encode(), key("mallory")))
    replace_approval(release, forged)
    refused(release, attack(release), "approval by 'alice': the approval: does not match its signature by SHA256:")


def test_a_plan_that_was_edited_after_it_was_approved_and_signed_anew(release: Release) -> None:
    document = read_signed(release.approval("prod"))
    content = document.content.replace('"visibilityTimeoutSeconds": 30', '"visibilityTimeoutSeconds": 3')
    assert content != document.content
    replace_approval(release, Signed(content=content, signature=signed(content.encode(), key("alice"))))
    refused(release, attack(release), "approval by 'alice': names another digest than that of the proposal in it")


def test_an_expired_approval(release: Release) -> None:
    release.wait(hours=8, minutes=1)
    refused(
        release, attack(release), "approval by 'alice': expired at 2026-11-25T00:00:00+00:00; have the change approved"
    )


def test_an_approval_for_another_stack(release: Release) -> None:
    assert release.propose("staging").code == 0
    assert release.approve("staging").code == 0
    answer = release.deploy("prod", "--approval", str(release.approval("staging")))
    refused(release, answer, 'stack: was approved as "staging", got "prod"')


def test_an_approver_who_is_not_listed(release: Release) -> None:
    told = release.approve("prod", "mallory")
    assert (told.code, "approval by 'mallory': is nobody in governance/approvers.yaml" in told.err) == (3, True)
    document = read_signed(release.approval("prod"))
    content = document.content.replace('"approver": "alice"', '"approver": "mallory"')
    replace_approval(release, Signed(content=content, signature=signed(content.encode(), key("mallory"))))
    refused(
        release, attack(release), "approval by 'mallory': is nobody in governance/approvers.yaml of the deployed commit"
    )


def test_the_author_approves_himself(release: Release) -> None:
    told = release.approve("prod", "bob")
    assert (told.code, "approval by 'bob': wrote the change, as Bob <bob@example.org>" in told.err) == (3, True)
    document = read_signed(release.approval("prod"))
    content = document.content.replace('"approver": "alice"', '"approver": "bob"')
    replace_approval(release, Signed(content=content, signature=signed(content.encode(), key("bob"))))
    refused(release, attack(release), "approval by 'bob': wrote the change, as Bob <bob@example.org>; nobody approves")


def test_whoever_asked_approves(release: Release) -> None:
    # Whoever the command names, CI says who started the job.
    answer = attack(release, env={"GITHUB_ACTOR": "alice-account"})
    refused(
        release, answer, "approval by 'alice': asked for the change, as alice-account; nobody approves what they asked"
    )


def test_a_commit_that_is_not_green_below(release: Release) -> None:
    release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    release.commit("Wait longer")
    answer = attack(release)
    refused(
        release, answer, "was not deployed to 'staging'; deploy it there first, or promote the commit that is there"
    )
    assert "approval by 'alice': is for another change" in answer.err


def test_tests_that_failed_below(release: Release) -> None:
    (release.outside / "junit.xml").write_text(
        '<testsuite><testcase name="a"><failure/></testcase></testsuite>', encoding="utf-8"
    )
    refused(release, attack(release), "tests: junit.xml: of 1, 1 failed and 0 were skipped; all must pass")


def test_drift_below(release: Release) -> None:
    block = "urn:pulumi:dev::shop::aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::logs"
    assert release.run("sandbox", "edit", block, "blockPublicPolicy=false").code == 0
    assert release.promote("dev", "staging").err.count("drift: 'dev' has drifted from its state; revert or accept") == 1


@pytest.mark.parametrize("how", ["edited", "untracked", "hidden"])
def test_a_dirty_work_tree(release: Release, how: str) -> None:
    if how == "hidden":
        release.git("update-index", "--assume-unchanged", "__main__.py")
    if how == "untracked":
        release.write("local.py", "")
    else:
        release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    name = "local.py" if how == "untracked" else "__main__.py"
    refused(release, attack(release), f"commit: the work tree differs from it: {name}; commit or remove that")


def test_packs_that_the_change_removes_still_judge_it(release: Release) -> None:
    release.pyproject("policy_packs = []")
    release.edit("governance/environments.yaml", "packs: [policy]", "packs: []")
    release.edit("__main__.py", "closed = True", "closed = False")
    release.commit("Less to wait for")
    answer = release.deploy("dev")
    assert (answer.code, "aws-s3-public-access-block-all-flags-on" in answer.err) == (3, True)
    assert len(release.entries("dev")) == 3


def test_older_packs(release: Release) -> None:
    release.edit("policy/pack.json", '"version": "1.2.0"', '"version": "1.1.9"')
    release.commit("Back to the packs that we know")
    answer = release.deploy("dev")
    assert answer.code == 3
    assert (
        "policy pack 'shop': is older than at the last deployment, got 1.1.9 after 1.2.0; install at least"
        in answer.err
    )


def test_a_stack_that_calls_itself_another_environment(release: Release) -> None:
    release.edit("Pulumi.prod.yaml", "environment: prod", "environment: dev")
    release.commit("Production is no different")
    refused(
        release, attack(release), "gate: judged by the levels of 'dev', got 'prod' in environment 'prod'; set `envi"
    )


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("PYTHONPATH", "can put other code in the place of program and packs; unset it for deployments"),
        ("PULUMI_OPTION_TARGET", "sets options of the CLI that the preview was not made with"),
        ("PULUMI_DISABLE_PROVIDER_PREVIEW", "makes previews leave out what providers know, policies too"),
        ("PLATFORM_POLICY_PACKS", "would choose policies; only governance/environments.yaml does"),
    ],
)
def test_variables_that_turn_something_off(release: Release, name: str, reason: str) -> None:
    refused(release, attack(release, env={name: "x"}), f"variable {name}: {reason}")


def test_a_waiver_that_expired_since_the_approval(release: Release) -> None:
    release.wait(hours=7)
    release.propose("prod")
    assert release.approve("prod").code == 0
    release.wait(hours=2)  # past midnight
    refused(release, attack(release), "aws-s3-bucket-versioning-enabled")


def test_two_promotions_at_once_on_one_machine(release: Release) -> None:
    ledger = Ledger(release.folder / ".sandbox" / "records", "shop", "prod")
    with ledger.lock("deploy"):
        answer = attack(release)
    refused(release, answer, "record of stack 'prod': another operation is under way: `deploy`, pid", code=1)
    assert attack(release).code == 0


def test_two_promotions_at_once_on_two_machines(release: Release) -> None:
    ledger = Ledger(release.folder / ".sandbox" / "records", "shop", "staging")
    history = ledger.read()
    begun = history.entries[1].entry.started
    assert begun is not None
    release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    release.commit("Something else")
    assert release.deploy("dev").code == 0
    release.wait(hours=2)
    # The other machine wrote that it begins, and is still at it.
    proposed = release.propose("staging").json
    proposal = proposed["proposal"]
    data = {**begun.model_dump(mode="json", by_alias=True), "proposal": proposal, "digest": proposed["digest"]}
    data["verdict"]["program"]["commit"] = proposal["commit"]
    data["evidence"] |= {"commit": proposal["commit"], "drift": {**data["evidence"]["drift"], "checked": release.now}}
    entry = next_entry(
        history, at=release.now, kind="started", project="shop", environment="staging", stack="staging",
        deployer="ci", started=type(begun).model_validate(data),
    )  # fmt: skip
    ledger.append(history, entry, key("ci"))
    answer = release.promote("dev", "staging")
    assert answer.code == 3
    assert "a deployment by 'ci' began at 2026-11-24T18:00:00+00:00 and has not ended; wait for it, or" in answer.err
    assert release.promote("dev", "staging", "--take-over").code == 0


def test_a_clock_that_was_put_back(release: Release) -> None:
    release.at(release.now.replace(hour=3))
    assert "clock: is 9h behind the last entry of the record" in attack(release).err
    refused(release, attack(release), "approval by 'alice': was made 13h after now")


def test_an_output_that_a_consumer_needs_is_renamed(release: Release) -> None:
    release.edit("__main__.py", 'pulumi.export("bucket"', 'pulumi.export("logs"')
    release.commit("A better name")
    answer = release.deploy("dev")
    assert answer.code == 3
    assert "consumer-broken: bucket: is not exported any more; reports/prod needs it" in answer.err


def test_a_change_that_makes_its_author_an_approver(release: Release) -> None:
    release.write("governance/approvers.yaml", approvers(people=("alice", "bob", "mallory")))
    release.edit("governance/environments.yaml", "    approvals: 1\n", "    approvals: 0\n")
    release.commit("A word about approvers")
    release.release("dev", "staging")
    answer = release.deploy("prod")
    refused(release, answer, "approvals: environment 'prod' asks for 1, got 0; sha256:")
    assert "can be approved by alice, bob" in answer.err


def test_a_record_that_was_opened_anew(release: Release) -> None:
    release.write("governance/approvers.yaml", approvers(deployers=("ci",), people=("mallory",)))
    release.edit("governance/environments.yaml", "    approvals: 1\n", "    approvals: 0\n")
    release.commit("Mine")
    answer = release.run("record", "init", "--key", str(release.key))
    assert (answer.code, "record of stack 'dev': there is one already in" in answer.err) == (3, True)


def test_a_record_that_was_edited(release: Release) -> None:
    path = release.folder / ".sandbox" / "records" / "shop" / "staging" / "000003.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"done"', '"fine"'))
    refused(release, attack(release), "record of stack 'staging': entry 3: ", code=1)


def test_a_key_that_is_no_deployer_s(release: Release) -> None:
    release.key = key_file(release.outside, "mallory")
    answer = attack(release)
    refused(release, answer, "is no deployer's for environment 'prod' in the deployed decisions; give the key of")
    assert "preview" not in answer.out, "told before the work begins"


def test_an_approval_is_used_once(release: Release) -> None:
    assert attack(release).code == 0
    release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    release.commit("Wait longer")
    release.release("dev", "staging")
    answer = attack(release)
    assert (answer.code, "approval by 'alice': is for another change" in answer.err) == (3, True)
    assert "was used for an earlier deployment; have the change approved again" in answer.err


def test_a_sweep_pointed_at_what_is_promoted_through(release: Release) -> None:
    for stack in ("prod", "staging"):
        answer = release.run("env", "destroy", stack, "--yes")
        assert (answer.code, "is no ephemeral environment: nothing marks it as one" in answer.err) == (3, True)
    answer = release.run("env", "create", "prod-2", "--from", "dev")
    assert (answer.code, "is production by its name" in answer.err) == (3, True)
    assert release.run("env", "sweep", "--yes", "--strays", "--at", "2999-01-01").code == 0
    assert (release.folder / ".sandbox" / "stacks" / "shop" / "staging.json").is_file()


def test_a_backend_out_of_reach(release: Release) -> None:
    folder = release.outside / "bin"
    folder.mkdir()
    fake = folder / "pulumi"
    fake.write_text("#!/bin/sh\necho 'error: could not read the state: dial tcp: no route to host' >&2\nexit 255\n")
    fake.chmod(0o755)
    records = release.outside / "records"
    shutil.copytree(release.folder / ".sandbox" / "records", records)
    git = Path(shutil.which("git") or "").parent
    answer = attack(
        release, "--engine", "pulumi", "--records", str(records), env={"PATH": f"{folder}:{git}:/usr/bin:/bin"}
    )
    refused(
        release, answer, "pulumi stack tag failed, got: error: could not read the state: dial tcp: no route", code=1
    )
    assert len(list((records / "shop" / "prod").glob("*.json"))) == 1


def test_a_record_folder_must_be_named_for_the_stock_engine(release: Release) -> None:
    answer = attack(release, "--engine", "pulumi")
    assert (
        answer.code,
        "record: engine pulumi: no folder is named; give --records, or `records` in" in answer.err,
    ) == (2, True)
