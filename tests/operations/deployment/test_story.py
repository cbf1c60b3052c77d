"""The whole story, on both engines: a change on its way to production, and what is noticed along it."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from platform_lib.operations.ephemeral.place import Place
from platform_lib.operations.ephemeral.sweep import sweep
from support.releases import Release
from support.stock_backend import stock_backend, use_environment

pytestmark = pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")

BLOCK = "urn:pulumi:prod::shop::aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock::logs"


@pytest.mark.slow
def test_a_change_goes_to_production_and_stays_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = Release(tmp_path, monkeypatch)

    def injure() -> None:
        edit = release.run("sandbox", "edit", BLOCK, "blockPublicPolicy=false")
        assert edit.code == 0, edit.err

    def expire() -> None:
        swept = release.run("env", "sweep", "--yes", "--at", "2999-01-01")
        assert swept.code == 0, swept.err

    story(release, injure, expire)


@pytest.mark.slow
@pytest.mark.stock_engine
def test_the_same_with_the_stock_cli(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    release = Release(tmp_path, monkeypatch)
    release.engine = "pulumi"
    use_environment(release.folder / "Pulumi.yaml")
    with stock_backend(tmp_path / "stock") as (variables, cloud):
        release.variables = {name: value for name, value in variables.items() if name != "PYTHONPATH"}
        for stack in ("dev", "staging", "prod"):
            release.stock("stack", "init", stack)
        release.commit("Stacks of the stock CLI")

        def injure() -> None:
            cloud.edit(BLOCK, "blockPublicPolicy", False)

        def expire() -> None:
            found = sweep(Place(release.folder, variables=release.variables), now=datetime.now(UTC) + timedelta(days=9))
            assert [item.done for item in found.deletions] == [True]

        story(release, injure, expire)


def story(release: Release, injure: Callable[[], None], expire: Callable[[], None]) -> None:
    """The story.

    Args:
        release: the project.
        injure: opens the bucket of production behind the program's back.
        expire: sweeps environments as if it were much later.
    """
    pin = release.open()
    first = release.head()
    release.release("dev", "staging")

    # A change that opens the bucket to everybody: the gate is red, and nothing is deployed.
    release.edit("__main__.py", "closed = True", "closed = False")
    release.commit("Let partners read the logs")
    gate = release.run("gate", "--stack", "dev", *release.on, "--json")
    assert gate.code == 3
    assert "aws-s3-public-access-block-all-flags-on" in {
        finding["check"] for phase in gate.json["phases"] for finding in phase["findings"]
    }
    refused = release.deploy("dev")
    assert refused.code == 3
    assert "deploy to 'dev': gate: refused the change:" in refused.err

    # Mended, with the change that was wanted: the gate is green.
    release.edit("__main__.py", "closed = False", "closed = True")
    release.edit("__main__.py", '"release": "one"', '"release": "two"')
    second = release.commit("Tag the logs")
    gate = release.run("gate", "--stack", "dev", *release.on, "--json")
    assert (gate.code, gate.json["verdict"]) == (0, "accepted")

    # Up in dev, promoted to staging after its time.
    assert release.deploy("dev").code == 0
    early = release.promote("dev", "staging")
    assert (early.code, "soak: it has been in 'dev' for 0s of the 1h that 'staging' asks for" in early.err) == (3, True)
    release.wait(hours=1)
    promoted = release.promote("dev", "staging", "--json")
    assert promoted.code == 0, promoted.err
    assert [(item["action"], item["name"]) for item in promoted.json["changes"]] == [("update", "logs")]

    # Approved for production; an edit after the approval is refused, and shown.
    assert (
        release.promote("dev", "prod")
        .err.strip()
        .endswith("'prod' does not come after 'dev': 'staging' is below it; promote from there")
    )
    release.propose("prod")
    assert release.approve("prod").code == 0
    release.edit("__main__.py", "visibility_timeout_seconds=30", "visibility_timeout_seconds=60")
    dirty = release.deploy("prod", "--approval", str(release.approval("prod")))
    assert (dirty.code, "the work tree differs from it: __main__.py; commit or remove that" in dirty.err) == (3, True)
    release.commit("And one more thing")
    edited = release.deploy("prod", "--approval", str(release.approval("prod")))
    assert edited.code == 3
    assert "approval by 'alice': is for another change" in edited.err
    queue = "urn:pulumi:prod::shop::aws:sqs/queue:Queue::jobs"
    assert f"steps {queue}: inputs.visibilityTimeoutSeconds: was approved as 30, got 60" in edited.err
    assert f'commit: was approved as "{second}", got "{release.head()}"' in edited.err
    assert "was not deployed to 'staging'" in edited.err
    release.git("checkout", "-q", second)
    done = release.deploy("prod", "--approval", str(release.approval("prod")), "--json")
    assert done.code == 0, done.err
    assert (done.json["proposal"]["commit"], done.json["unplanned"]) == (second, [])

    # Somebody edits production by hand: found, ranked first as a matter of security, reverted.
    injure()
    drift = release.run("drift", "--stack", "prod", *release.on, "--json")
    assert drift.code == 4
    assert [(item["urn"], item["meaning"]) for item in drift.json["resources"]] == [(BLOCK, "security")]
    reverted = release.run("drift", "--stack", "prod", *release.on, "--revert", "--yes")
    assert (reverted.code, "reverted: 1 of stack prod; 0 left" in reverted.out) == (0, True)

    # A pull request has an environment of its own, for a while.
    made = release.run("env", "create", "pr-7", "--from", "dev", "--ttl", "1h", *release.on)
    assert made.code == 0, made.err
    assert release.run("env", "sweep", "--yes", *release.on).code == 0
    assert "pr-7" in release.run("env", "list", *release.on).out
    expire()
    assert "pr-7" not in release.run("env", "list", *release.on).out

    # Back to the release before; then the whole record verifies, offline, and with not a byte changed.
    release.git("checkout", "-q", first)
    back = release.promote("dev", "staging", "--json")
    assert back.code == 0, back.err
    assert (back.json["rollback"], back.json["lost"], back.json["proposal"]["base"]) == (True, {}, second)
    records = str(release.records)
    heads = heads_of(release.run("record", "show", records, "--json").json)
    found = release.run("record", "verify", records, "--pin", pin, *heads, "--json")
    assert found.code == 0, found.err
    assert {item["stack"]: (item["entries"], item["commit"]) for item in found.json["records"]} == {
        "dev": (5, second),
        "staging": (7, first),
        "prod": (3, second),
    }
    for path in sorted(release.records.glob("shop/*/*.json*")):
        content = path.read_bytes()
        path.write_bytes(content[:-9] + bytes([content[-9] ^ 1]) + content[-8:])
        answer = release.run("record", "verify", records, "--pin", pin)
        assert (answer.code, "record of stack" in answer.err) == (1, True), path
        path.write_bytes(content)
    assert release.run("record", "verify", records, "--pin", pin).code == 0


def heads_of(records: list[dict[str, str]]) -> list[str]:
    """The options that name the head of every record."""
    return [word for item in records for word in ("--head", f"{item['stack']}={item['head']}")]
