import errno
import json
import os

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Secret
from platform_lib.sandbox.engine.backend import files
from platform_lib.sandbox.engine.backend.crypter import Passphrase
from platform_lib.sandbox.engine.backend.history import KEPT, Operation, append_history, read_history
from platform_lib.sandbox.engine.backend.store import BACKUPS, StackStore, new_run, outputs_of
from platform_lib.sandbox.engine.journal import Changes
from platform_lib.sandbox.engine.state import PendingOperation, Snapshot
from support.backend import PASSPHRASE, SALT, full_snapshot, thing, urn

ONE = Snapshot([thing("a")])
TWO = Snapshot([thing("a"), thing("b")])


@pytest.fixture
def store(tmp_path):
    return StackStore(tmp_path, "vectors", "dev", Passphrase())


def _write(store: StackStore, snapshot: Snapshot, operation: str = "up") -> None:
    with store.lock(operation) as lock:
        store.replace(store.read(), snapshot, operation=operation, lock=lock)


def _start(store: StackStore, lock, ledger=None):
    stored = store.read()
    journal = store.journal(stored, operation="up", run=new_run(), lock=lock, ledger=ledger)
    journal.start(stored.deployment.snapshot)
    return journal


def _fail(*_):
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def test_a_new_stack_has_an_empty_state(store) -> None:
    assert not store.exists
    assert store.read().deployment.snapshot == Snapshot()
    assert not store.holds_resources()


def test_a_state_comes_back_with_its_serial(store) -> None:
    _write(store, ONE)
    _write(store, full_snapshot())
    read = store.read().deployment
    assert (read.snapshot, read.serial, read.operation) == (full_snapshot(), 2, "up")
    assert store.exists
    assert store.holds_resources()


def test_no_secret_is_on_disk(store, tmp_path) -> None:
    _write(store, Snapshot([thing("a", inputs={"pw": Secret("hunter2")})]))
    content = b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())
    assert b"ciphertext" in content
    assert b"hunter2" not in content
    assert "hunter2" in json.dumps(store.document(store.read(), show_secrets=True))


def test_a_run_that_ends_leaves_its_state_and_no_journal(store) -> None:
    with store.lock("up") as lock:
        journal = _start(store, lock)
        journal.commit(0, Changes(added={0: thing("a")}))
        assert store.holds_resources()
        journal.close(ONE)
    assert not store.journal_path.exists()
    assert store.read().deployment.snapshot == ONE


def test_a_killed_run_is_taken_up(store) -> None:
    _write(store, ONE)
    with store.lock("up") as lock:
        journal = _start(store, lock)
        journal.commit(0, Changes(added={1: thing("b", inputs={"pw": Secret("x")})}))
        journal.begin(2, PendingOperation("creating", thing("c", id="")))
        journal.abandon()
    stored = store.read()
    assert stored.resumed is not None
    assert [item.urn for item in stored.deployment.snapshot.resources] == [urn("b"), urn("a")]
    assert [item.type for item in stored.deployment.snapshot.pending] == ["creating"]
    with store.lock("up") as lock:
        _start(store, lock).abandon()
    again = store.read().deployment
    assert [item.urn for item in again.snapshot.resources] == [urn("b"), urn("a")]
    assert again.snapshot.resources[0].inputs == {"pw": Secret("x")}


def test_the_salt_of_a_stack_file_need_not_be_known_to_read_what_was_sealed_with_it(store, tmp_path) -> None:
    salted = StackStore(tmp_path, "vectors", "dev", Passphrase(PASSPHRASE, "test"), salt=SALT)
    with salted.lock("up") as lock:
        journal = _start(salted, lock)
        journal.commit(0, Changes(added={0: thing("a", inputs={"pw": Secret("x")})}))
        journal.abandon()
    for other in ("", "v1:AAAAAAAAAAA=:v1:AAAA:AAAA"):
        read = StackStore(tmp_path, "vectors", "dev", Passphrase(PASSPHRASE, "test"), salt=other).read()
        assert read.deployment.snapshot.resources[0].inputs == {"pw": Secret("x")}


def test_files_that_a_killed_run_had_begun_to_write_go_away(store) -> None:
    _write(store, ONE)
    left = [store.path.with_name(".dev.json.1.tmp"), store.backup_folder / ".000001-up.json.1.tmp"]
    other = store.path.with_name(".prod.json.1.tmp")
    for path in [*left, other]:
        path.write_bytes(b"{")
    with store.lock("up") as lock:
        _start(store, lock).abandon()
    assert [path.exists() for path in [*left, other]] == [False, False, True]


def test_a_journal_whose_run_has_stored_its_state_is_ignored(store) -> None:
    with store.lock("up") as lock:
        journal = _start(store, lock)
        journal.commit(0, Changes(added={0: thing("a"), 1: thing("b")}))
        written = store.journal_path.read_bytes()
        journal.close(ONE)
    store.journal_path.write_bytes(written)
    assert store.read().deployment.snapshot == ONE


def test_a_journal_of_another_state_is_refused_and_kept(store) -> None:
    _write(store, ONE)
    with store.lock("up") as lock:
        _start(store, lock).abandon()
    store.path.write_bytes(store.path.read_bytes() + b"\n")
    with pytest.raises(EngineError, match="builds on another state file; put the state file back"):
        store.read()
    assert store.journal_path.exists()
    store.path.write_bytes(store.backups()[0].read_bytes())
    assert store.read().deployment.snapshot == ONE


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe", b"[]", b'{"version": 9, "deployment": {}}'])
def test_a_damaged_file_is_left_alone_and_the_backup_named(store, content) -> None:
    _write(store, ONE)
    store.path.write_bytes(content)
    with pytest.raises(EngineError) as caught:
        store.read()
    text = str(caught.value)
    assert text.startswith(f"stack 'dev': {store.path}: not to be used: ")
    assert text.endswith(f"run `cp '{store.backups()[0]}' '{store.path}'`")
    assert store.path.read_bytes() == content
    with store.lock("restore") as lock:
        assert store.restore(None, lock) == store.backups()[0]
    assert store.read().deployment.snapshot == ONE


def test_a_damaged_file_without_a_whole_backup_says_so(store) -> None:
    _write(store, ONE)
    store.backups()[0].write_bytes(b"{")
    store.path.write_bytes(b"{")
    with pytest.raises(EngineError, match="there is no backup that is whole"):
        store.read()
    with store.lock("restore") as lock, pytest.raises(EngineError, match="no whole version of the state to put back"):
        store.restore(None, lock)


def test_restore_goes_back_by_one_version(store) -> None:
    _write(store, ONE)
    _write(store, TWO, "refresh")
    with store.lock("restore") as lock:
        store.restore(None, lock)
    assert store.read().deployment.snapshot == ONE


def test_the_last_versions_are_kept_with_what_wrote_them(store) -> None:
    for number in range(BACKUPS + 3):
        _write(store, ONE, "up" if number % 2 else "refresh")
    names = [path.name for path in store.backups()]
    assert names == [f"{number:06d}-{'refresh' if number % 2 else 'up'}.json" for number in range(8, 8 - BACKUPS, -1)]


def test_a_state_of_a_real_cloud_is_refused(store) -> None:
    _write(store, ONE)
    document = json.loads(store.path.read_text())
    document["deployment"]["manifest"]["version"] = "3.260.0"
    store.path.write_text(json.dumps(document))
    with pytest.raises(EngineError, match="the state comes from a real cloud, which the sandbox leaves alone"):
        store.read()


def test_a_full_disk_on_the_state_loses_neither_old_nor_new(store, monkeypatch) -> None:
    _write(store, ONE)
    with store.lock("up") as lock:
        journal = _start(store, lock)
        journal.commit(0, Changes(added={1: thing("b")}))
        monkeypatch.setattr(files, "_write", _fail)
        with pytest.raises(EngineError, match="no space left on device; free space and run the same command again"):
            journal.close(TWO)
        monkeypatch.undo()
        journal.abandon()
    assert json.loads(store.path.read_text())["deployment"]["resources"][0]["urn"] == urn("a")
    assert [item.urn for item in store.read().deployment.snapshot.resources] == [urn("b"), urn("a")]


def test_a_full_disk_on_the_journal_keeps_the_steps_before(store, monkeypatch) -> None:
    with store.lock("up") as lock:
        journal = _start(store, lock)
        journal.commit(0, Changes(added={0: thing("a")}))
        monkeypatch.setattr(files, "_write", _fail)
        with pytest.raises(EngineError, match="no space left on device"):
            journal.begin(2, PendingOperation("creating", thing("b", id="")))
        monkeypatch.undo()
        journal.abandon()
    assert store.read().deployment.snapshot == ONE


def test_a_full_disk_on_the_backup_does_not_undo_the_state(store, monkeypatch) -> None:
    monkeypatch.setattr(store, "_back_up", lambda *_: _raise())
    _write(store, ONE)
    assert store.read().deployment.snapshot == ONE


def _raise():
    raise EngineError("full")


def test_a_run_whose_lock_was_broken_stores_nothing(store) -> None:
    _write(store, ONE)
    with store.lock("up") as lock:
        journal = _start(store, lock)
        with store.lock("up", break_lock=True), pytest.raises(EngineError, match="was broken by another process"):
            journal.close(TWO)
        journal.abandon()
    assert json.loads(store.path.read_text())["deployment"]["resources"] == [
        item
        for item in json.loads(store.backups()[0].read_text())["deployment"]["resources"]
        if item["urn"] == urn("a")
    ]


def test_removing_leaves_nothing_but_the_lock(store, tmp_path) -> None:
    _write(store, ONE)
    store.remove()
    left = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert left == [store.lock_path]
    assert not store.exists


def test_outputs_are_those_of_the_stack() -> None:
    assert outputs_of(full_snapshot().resources) == {"out": Secret("s"), "plain": 1}
    assert outputs_of([thing("a")]) == {}


def test_the_history_keeps_the_last_operations(tmp_path) -> None:
    path = tmp_path / "h.json"
    for number in range(KEPT + 2):
        append_history(path, Operation(f"r{number}", "up", "t", 0.1, 0, {"same": number}), subject="s")
    read = read_history(path, subject="s")
    assert [item.run for item in read] == [f"r{number}" for number in range(2, KEPT + 2)]
    assert read[-1].changes == {"same": KEPT + 1}


def test_a_damaged_history_is_put_aside(tmp_path) -> None:
    path = tmp_path / "h.json"
    path.write_text("{")
    with pytest.raises(EngineError, match="damaged history"):
        read_history(path, subject="s")
    append_history(path, Operation("r", "up", "t", 0.1, 0), subject="s")
    assert len(read_history(path, subject="s")) == 1
    assert (tmp_path / "h.damaged").read_text() == "{"
