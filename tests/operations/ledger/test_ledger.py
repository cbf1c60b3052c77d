"""The record on disk: what the pipeline wrote is read again, and anything else is refused."""

import json
import shutil
from datetime import timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from platform_lib.core.errors import EngineError
from platform_lib.operations.errors import InputError, RefusedError
from platform_lib.operations.ledger.entry import SCHEMA_FILE, Entry, Finished, RecordError, record_schema
from platform_lib.operations.ledger.ledger import Ledger, entry_bytes, next_entry
from platform_lib.operations.ledger.verify import find_ledgers, verify_records
from platform_lib.operations.signature import signed
from support.deployments import (
    ENVIRONMENTS,
    NOON,
    ONE,
    THREE,
    TWO,
    approvers,
    evidence,
    governance,
    key,
    proposal,
    started,
    texts,
    write_record,
)

WHOSE: dict[str, Any] = {"project": "shop", "environment": "dev", "stack": "dev", "deployer": "ci"}


class Memory:
    """An anchor that keeps the head in memory."""

    def __init__(self) -> None:
        self.head = ""

    def read(self) -> str:
        return self.head

    def write(self, head: str) -> None:
        self.head = head

    def prove(self, head: str) -> None:
        assert self.head == head


@pytest.fixture(scope="module")
def record(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("records")
    write_record(folder, commits=(ONE, TWO))
    return folder


@pytest.fixture
def copied(record: Path, tmp_path: Path) -> Ledger:
    shutil.copytree(record, tmp_path / "records")
    return Ledger(tmp_path / "records", "shop", "dev")


def forge(ledger: Ledger, number: int, signer: str = "ci", **fields: Any) -> None:
    """Puts an entry in the place of another one, signed by somebody."""
    path = ledger.path / f"{number:06}.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    content = entry_bytes(Entry.model_validate({**data, **fields}))
    path.write_bytes(content)
    path.with_name(path.name + ".sig").write_text(signed(content, key(signer)), encoding="utf-8")


def test_what_was_written_is_read_again(copied: Ledger) -> None:
    history = copied.read(pin=governance().sha256)
    assert [item.entry.kind for item in history.entries] == ["opened", "started", "finished", "started", "finished"]
    assert (history.past.commit, history.past.earlier, history.running) == (TWO, frozenset({ONE}), None)
    assert history.past.packs[0].name == "baseline"
    found = history.deployed(ONE)
    assert found is not None
    assert (found[0].proposal.commit, found[1].entry.sequence) == (ONE, 3)
    assert history.deployed(THREE) is None
    assert copied.read(head=history.head) == history


def test_entries_fit_the_published_schema(copied: Ledger) -> None:
    schema = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))
    for path in copied.path.glob("*.json"):
        data = json.loads(path.read_text(encoding="utf-8"))
        jsonschema.validate(data, schema, jsonschema.Draft202012Validator)
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({**data, "extra": 1}, schema, jsonschema.Draft202012Validator)


@pytest.mark.golden
def test_the_published_schema_is_that_of_the_model(request: pytest.FixtureRequest) -> None:
    text = json.dumps(record_schema(), indent=2, ensure_ascii=False) + "\n"
    if request.config.getoption("--update-golden"):
        SCHEMA_FILE.write_text(text, encoding="utf-8")
    assert SCHEMA_FILE.read_text(encoding="utf-8") == text, (
        "it differs; if that is meant, `make golden` and a changelog line"
    )


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_every_single_changed_byte_is_noticed(record: Path, data: st.DataObject) -> None:
    ledger = Ledger(record, "shop", "dev")
    path = data.draw(st.sampled_from(sorted(ledger.path.iterdir())))
    content = path.read_bytes()
    place, bit = data.draw(st.integers(0, len(content) - 1)), data.draw(st.integers(0, 7))
    changed = bytearray(content)
    changed[place] ^= 1 << bit
    path.write_bytes(changed)
    try:
        with pytest.raises(RecordError):
            ledger.read()
    finally:
        path.write_bytes(content)
    assert ledger.read()


@pytest.mark.parametrize("how", ["cut", "longer", "empty", "gone"])
@pytest.mark.parametrize("name", ["000001.json", "000003.json", "000003.json.sig", "000005.json", "000005.json.sig"])
def test_files_that_are_cut_or_missing_are_noticed(copied: Ledger, name: str, how: str) -> None:
    path = copied.path / name
    content = path.read_bytes()
    if how == "gone":
        path.unlink()
    else:
        path.write_bytes({"cut": content[:-1], "longer": content + b"\n", "empty": b""}[how])
    with pytest.raises(RecordError, match="record of stack 'dev'"):
        copied.read()


def test_entries_cut_off_at_the_end_show_against_the_head(copied: Ledger) -> None:
    head = copied.read().head
    for number in (4, 5):
        for suffix in ("", ".sig"):
            (copied.path / f"{number:06}.json{suffix}").unlink()
    assert copied.read().past.commit == ONE  # by itself it is a whole record
    with pytest.raises(RecordError, match=f"got {head} as its head; bring back the whole record"):
        copied.read(head=head)


def test_what_does_not_belong_there_is_named(copied: Ledger) -> None:
    (copied.path / "notes.txt").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match=r"notes\.txt: does not belong there; take it away"):
        copied.read()


def test_another_pin_is_another_beginning(copied: Ledger) -> None:
    with pytest.raises(RecordError, match=f"begins with other decisions, got {governance().sha256}; the pin is 00"):
        copied.read(pin="0" * 64)


@pytest.mark.parametrize(
    ("number", "fields", "message"),
    [
        (3, {"sequence": 4}, "entry 3: does not follow the entry before it"),
        (3, {"previous": "0" * 64}, "entry 3: does not follow the entry before it"),
        (3, {"project": "store"}, "entry 3: is of store/dev; it belongs into that record"),
        (3, {"environment": "prod"}, "entry 3: is of environment 'prod', got 'dev' for its stack"),
        (3, {"deployer": "dora"}, "which may not deploy 'dev' as 'dora'"),
        (3, {"created": "2026-01-01T00:00:00Z"}, "entry 3: is older than the entry before it"),
        (3, {"finished": {"started": 1, "outcome": "done"}}, "entry 3: ends a deployment that did not begin"),
    ],
)
def test_even_the_pipeline_cannot_write_what_does_not_fit(
    copied: Ledger, number: int, fields: dict[str, Any], message: str
) -> None:
    forge(copied, number, **fields)
    with pytest.raises(RecordError) as caught:
        copied.read()
    assert message in str(caught.value)


def test_an_entry_of_another_signer_is_refused(copied: Ledger) -> None:
    forge(copied, 2, signer="alice")  # she may approve, and not deploy
    with pytest.raises(RecordError, match="entry 2: does not match its signature by SHA256:"):
        copied.read()


def test_a_deployment_that_was_not_allowed_does_not_verify(copied: Ledger) -> None:
    data = json.loads((copied.path / "000004.json").read_text(encoding="utf-8"))
    forge(copied, 4, started={**data["started"], "digest": "sha256:0"})
    with pytest.raises(RecordError, match="entry 4: was not allowed: digest: is not that of the proposal"):
        copied.read()


@pytest.mark.parametrize(
    "fields",
    [
        {"kind": "finished"},
        {"opened": {"engine": "sandbox", "commit": ONE, "governance": {}, "pin": ""}},
        {"sequence": 1, "previous": ""},
        {"previous": ""},
    ],
)
def test_an_entry_holds_one_body_and_only_the_first_opens(copied: Ledger, fields: dict[str, Any]) -> None:
    data = json.loads((copied.path / "000002.json").read_text(encoding="utf-8"))
    with pytest.raises(ValueError, match="must "):
        Entry.model_validate({**data, **fields})


def test_the_decisions_of_a_deployed_commit_hold_for_the_next_one(tmp_path: Path) -> None:
    ledger = write_record(tmp_path, commits=())
    brought = texts(people=approvers(deployers=("robot",)))
    begun = started(proposal("dev"), governance=brought)
    history = ledger.append(
        ledger.read(), next_entry(ledger.read(), at=NOON, kind="started", started=begun, **WHOSE), key("ci")
    )
    end = next_entry(history, at=NOON, kind="finished", finished=Finished(started=2, outcome="done"), **WHOSE)
    with pytest.raises(RecordError, match="entry 3: does not match its signature"):
        ledger.append(history, end, key("robot"))  # not before it is done
    history = ledger.append(history, end, key("ci"))
    following = started(proposal("dev", commit=TWO, base=ONE), governance=brought)
    with pytest.raises(RecordError, match="entry 4: does not match its signature"):
        ledger.append(history, next_entry(history, at=NOON, kind="started", started=following, **WHOSE), key("ci"))
    entry = next_entry(history, at=NOON, kind="started", started=following, **{**WHOSE, "deployer": "robot"})
    assert ledger.append(history, entry, key("robot")).running


def test_a_failed_deployment_changes_nothing_that_holds(tmp_path: Path) -> None:
    ledger = write_record(tmp_path)
    before = ledger.read()
    begun = started(proposal("dev", commit=TWO, base=ONE), governance=texts(ENVIRONMENTS + "# other\n"))
    history = ledger.append(before, next_entry(before, at=NOON, kind="started", started=begun, **WHOSE), key("ci"))
    failed = Finished(started=4, outcome="failed", problem="the cloud said no")
    history = ledger.append(history, next_entry(history, at=NOON, kind="finished", finished=failed, **WHOSE), key("ci"))
    assert (history.past.commit, history.past.governance.sha256) == (ONE, before.past.governance.sha256)
    assert history.deployed(TWO) is None


def test_a_record_that_is_not_there_says_so(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path, "shop", "dev")
    with pytest.raises(
        RefusedError, match=r"there is none in .*; open it with `platform record init`, or bring it back"
    ):
        ledger.read()
    ledger.path.mkdir(parents=True)
    (ledger.path / "000001.json.sig").write_text("", encoding="utf-8")
    with pytest.raises(RecordError, match=r"000001\.json\.sig: does not belong there; 000001\.json is missing"):
        ledger.read()


def test_the_record_is_locked_for_one_operation(tmp_path: Path) -> None:
    ledger = write_record(tmp_path)
    with ledger.lock("deploy"), pytest.raises(EngineError, match="another operation is under way: `deploy`, pid"):
        ledger.lock("deploy")
    ledger.lock("deploy").release()


def test_the_head_is_kept_with_the_state_and_must_agree(tmp_path: Path) -> None:
    anchor = Memory()
    ledger = write_record(tmp_path, commits=(ONE, TWO), anchor=anchor)
    assert ledger.anchored().head == anchor.head
    # Killed between the entry and the head: the signature shows that the entry is the pipeline's.
    heads = [item.sha256 for item in ledger.read().entries]
    anchor.head = heads[-2]
    assert ledger.anchored().head == anchor.head == heads[-1]
    anchor.head = heads[0]
    with pytest.raises(RecordError, match=f"got {heads[0]} as the head that the state names; somebody deployed"):
        ledger.anchored()
    anchor.head = ""
    with pytest.raises(RecordError, match="the state names no head of it"):
        ledger.anchored()


def test_a_deployment_of_another_machine_since_the_record_was_read_is_noticed(tmp_path: Path) -> None:
    anchor = Memory()
    ledger = write_record(tmp_path, anchor=anchor)
    history = ledger.anchored()
    anchor.head = "0" * 64  # the other machine has a copy of the record of its own
    begun = started(proposal("dev", commit=TWO, base=ONE))
    with pytest.raises(RecordError, match="the head that the state names moved meanwhile, got 0000"):
        ledger.append(history, next_entry(history, at=NOON, kind="started", started=begun, **WHOSE), key("ci"))
    assert len(ledger.read().entries) == 3


def below_and_above(folder: Path, **fields: Any) -> list[Ledger]:
    """The records of dev, and of staging with a deployment by what dev shows."""
    dev = write_record(folder)
    end = dev.read().entries[2]
    shown = evidence(**{"entry": 3, "entry_sha256": end.sha256, "finished": end.entry.created, **fields})
    staging = write_record(folder, "staging", commits=())
    whose = {**WHOSE, "environment": "staging", "stack": "staging"}
    begun = started(proposal("staging"), evidence=shown)
    entry = next_entry(staging.read(), at=NOON, kind="started", started=begun, **whose)
    staging.append(staging.read(), entry, key("ci"))
    return [dev, staging]


def test_evidence_is_verified_against_the_record_that_it_is_of(tmp_path: Path) -> None:
    below_and_above(tmp_path)
    found = verify_records(find_ledgers(tmp_path), pins={"": governance().sha256})
    assert [item.ledger.stack for item in found] == ["dev", "staging"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"entry": 2}, "entry 2 of the record of 'dev': is another entry"),
        ({"entry": 9}, "entry 9 of the record of 'dev': is another entry"),
        ({"entry_sha256": "0" * 64}, "entry 3 of the record of 'dev': is another entry"),
        ({"finished": NOON - timedelta(hours=3)}, "does not say what the evidence says of it"),
    ],
)
def test_evidence_that_the_record_below_does_not_bear_out(tmp_path: Path, fields: dict[str, Any], message: str) -> None:
    ledgers = below_and_above(tmp_path, **fields)
    with pytest.raises(RecordError) as caught:
        verify_records(ledgers)
    assert message in str(caught.value)


def test_a_record_without_the_one_below_does_not_verify(tmp_path: Path) -> None:
    _, staging = below_and_above(tmp_path)
    with pytest.raises(RecordError, match="evidence: entry 3 of the record of 'dev': that record is not here"):
        verify_records([staging])


def test_pins_and_heads_of_unknown_stacks_are_wrong_usage(record: Path) -> None:
    with pytest.raises(InputError, match="stack 'prod': has no record there; there are dev"):
        verify_records(find_ledgers(record), heads={"prod": "0" * 64})
    with pytest.raises(InputError, match="holds no record; give the folder"):
        find_ledgers(record / "shop" / "dev")
