import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Secret
from platform_lib.sandbox.engine.backend.crypter import Passphrase, PassphraseCrypter
from platform_lib.sandbox.engine.backend.journal import FileJournal, Header, read_journal
from platform_lib.sandbox.engine.journal import Changes
from platform_lib.sandbox.engine.state import PendingOperation, Snapshot
from support.backend import full_snapshot, thing, urn


def _journal(path, *, crypter=None, ledger=None, store=None):
    crypter = crypter or PassphraseCrypter(Passphrase())
    header = Header("run-1", "up", "digest", crypter.salt)
    return FileJournal(path, header, crypter, store or (lambda _: None), ledger=ledger, subject="stack 'dev'")


def _replayed(path, base: Snapshot):
    file = read_journal(path, subject="stack 'dev'")
    assert file is not None
    return file.replay(base, PassphraseCrypter(Passphrase(), file.header.salt), subject="stack 'dev'")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "journals" / "dev.jsonl"


def test_what_was_written_comes_back(path) -> None:
    base = Snapshot([thing("a"), thing("b")])
    journal = _journal(path)
    journal.start(base)
    journal.begin(1, PendingOperation("creating", thing("c", id="")))
    journal.commit(1, Changes(added={2: thing("c")}))
    journal.commit(0, Changes(added={3: thing("a", protect=True)}, removed=[0]))
    journal.begin(2, PendingOperation("updating", thing("b", inputs={"x": 2})))
    journal.commit(2, Changes(replaced={1: thing("b", inputs={"x": 2}, init_errors=["late"])}))
    journal.begin(3, PendingOperation("deleting", thing("b")))
    journal.abandon()
    recording = _replayed(path, base)
    assert recording.header.run == "run-1"
    assert recording.snapshot.resources == [
        thing("c"), thing("a", protect=True), thing("b", inputs={"x": 2}, init_errors=["late"]),
    ]  # fmt: skip
    assert [item.pending.type for item in recording.interrupted] == ["deleting"]
    assert recording.snapshot.pending == [PendingOperation("deleting", thing("b"))]


def test_every_value_survives(path) -> None:
    resources = full_snapshot().resources
    journal = _journal(path)
    journal.start(Snapshot())
    journal.commit(0, Changes(added=dict(enumerate(resources))))
    journal.abandon()
    assert _replayed(path, Snapshot()).snapshot.resources == resources


def test_the_first_secret_brings_its_salt(path) -> None:
    journal = _journal(path)
    journal.start(Snapshot())
    journal.commit(0, Changes(added={0: thing("a", inputs={"pw": Secret("hunter2")})}))
    journal.abandon()
    assert "hunter2" not in path.read_text()
    assert [next(iter(json.loads(line))) for line in path.read_text().splitlines()] == ["journal", "salt", "commit"]
    assert _replayed(path, Snapshot()).snapshot.resources[0].inputs == {"pw": Secret("hunter2")}


def _three_lines(path) -> bytes:
    journal = _journal(path)
    journal.start(Snapshot())
    journal.begin(1, PendingOperation("creating", thing("a", id="")))
    journal.commit(1, Changes(added={0: thing("a")}))
    journal.abandon()
    return path.read_bytes()


@given(data=st.data())
def test_a_torn_end_costs_only_the_last_line(tmp_path_factory, data) -> None:
    path = tmp_path_factory.mktemp("j") / "dev.jsonl"
    whole = _three_lines(path)
    cut = data.draw(st.integers(0, len(whole)))
    path.write_bytes(whole[:cut])
    file = read_journal(path, subject="s")
    assert file is not None
    # A line counts once its closing brace is there, with or without the newline behind it.
    expected = sum(whole[:cut] == whole or cut >= end for end in _ends(whole))
    assert (len(file.lines) + 1 if file.header.run else 0) == expected
    recording = file.replay(Snapshot(), PassphraseCrypter(Passphrase()), subject="s")
    assert [resource.urn for resource in recording.snapshot.resources] == ([urn("a")] if expected == 3 else [])
    assert len(recording.interrupted) == (1 if expected == 2 else 0)


def _ends(whole: bytes) -> list[int]:
    return [index for index, byte in enumerate(whole) if byte == ord("\n")]


@pytest.mark.parametrize("broken", [b"", b"{", b"[]", b"nonsense", b'{"commit": 1'])
def test_a_torn_middle_names_its_line(path, broken) -> None:
    lines = _three_lines(path).splitlines()
    path.write_bytes(b"\n".join([lines[0], broken, lines[2], b""]))
    with pytest.raises(EngineError, match=r"dev\.jsonl: line 2: damaged journal"):
        read_journal(path, subject="stack 'dev'")


@pytest.mark.parametrize(
    "line",
    [
        {"begin": 1},
        {"commit": "x"},
        {"neither": 1},
        {"commit": 1, "added": {"0": {"urn": ""}}},
        {"commit": 1, "added": 3},
    ],
)
def test_a_line_without_a_sense_names_itself(path, line) -> None:
    lines = _three_lines(path).splitlines()
    path.write_bytes(b"\n".join([lines[0], json.dumps(line).encode(), lines[2], b""]))
    with pytest.raises(EngineError, match=r"line 2: damaged journal"):
        _replayed(path, Snapshot())


def test_a_newer_journal_is_refused(path) -> None:
    path.parent.mkdir()
    path.write_text('{"journal": 2}\n')
    with pytest.raises(EngineError, match="a format that this release does not read, got 2"):
        read_journal(path, subject="s")


def test_closing_stores_first_and_then_removes_the_journal(path) -> None:
    seen = []
    journal = _journal(path, store=lambda snapshot: seen.append((snapshot, path.exists())))
    journal.start(Snapshot())
    journal.close(Snapshot([thing("a")]))
    assert seen == [(Snapshot([thing("a")]), True)]
    assert not path.exists()


def test_a_failed_store_leaves_the_journal(path) -> None:
    def fail(_: Snapshot) -> None:
        raise EngineError("full")

    journal = _journal(path, store=fail)
    journal.start(Snapshot())
    journal.commit(0, Changes(added={0: thing("a")}))
    with pytest.raises(EngineError, match="full"):
        journal.close(Snapshot([thing("a")]))
    journal.abandon()
    assert _replayed(path, Snapshot()).snapshot.resources == [thing("a")]


def test_one_step_costs_as_much_late_as_early(path) -> None:
    journal = _journal(path)
    journal.start(Snapshot())
    sizes = []
    for key in range(300):
        before = path.stat().st_size
        journal.commit(0, Changes(added={key: thing(f"n{key:04d}")}))
        sizes.append(path.stat().st_size - before)
    journal.abandon()
    assert max(sizes) - min(sizes) <= 2  # the number of digits of the key
