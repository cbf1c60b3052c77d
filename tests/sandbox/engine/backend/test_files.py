import errno
import os

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.backend import files
from platform_lib.sandbox.engine.backend.files import Log, read_bytes, write_atomic


def _full(after: int):
    """A write that has room for so many bytes more, and then none."""
    room = [after]

    def write(descriptor, data):
        taken = min(room[0], len(data))
        os.pwrite(descriptor, bytes(data[:taken]), os.fstat(descriptor).st_size) if taken else None
        room[0] -= taken
        if taken < len(data):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    return write


def test_a_file_is_replaced_as_a_whole_and_leaves_nothing_else(tmp_path) -> None:
    path = tmp_path / "deep" / "a.json"
    write_atomic(path, b"one", subject="s")
    write_atomic(path, b"two", subject="s")
    assert path.read_bytes() == b"two"
    assert [item.name for item in path.parent.iterdir()] == ["a.json"]
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("step", ["_write", "_sync_folder"])
def test_a_full_disk_leaves_the_old_file(tmp_path, monkeypatch, step) -> None:
    path = tmp_path / "a.json"
    write_atomic(path, b"old", subject="stack 'dev'")

    def fail(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(files, step, _full(1) if step == "_write" else fail)
    with pytest.raises(
        EngineError, match=r"stack 'dev': .*a\.json: cannot write, got no space left on device; free space"
    ):
        write_atomic(path, b"new", subject="stack 'dev'")
    monkeypatch.undo()
    assert path.read_bytes() in ((b"old",) if step == "_write" else (b"new",))
    assert [item.name for item in tmp_path.iterdir()] == ["a.json"]


def test_a_line_that_does_not_fit_is_taken_back(tmp_path, monkeypatch) -> None:
    log = Log(tmp_path / "log", subject="s")
    log.append(b"first")
    monkeypatch.setattr(files, "_write", _full(3))
    with pytest.raises(EngineError, match="no space left on device"):
        log.append(b"second")
    monkeypatch.undo()
    log.append(b"third")
    log.close()
    log.close()
    assert (tmp_path / "log").read_bytes() == b"first\nthird\n"


def test_a_log_is_not_written_over(tmp_path) -> None:
    (tmp_path / "log").write_bytes(b"x")
    with pytest.raises(EngineError, match="file exists"):
        Log(tmp_path / "log", subject="s")


def test_a_file_that_is_not_there_is_none(tmp_path) -> None:
    assert read_bytes(tmp_path / "none", subject="s") is None


def test_a_file_that_cannot_be_read_is_named(tmp_path) -> None:
    with pytest.raises(EngineError, match="cannot read, got is a directory"):
        read_bytes(tmp_path, subject="s")
