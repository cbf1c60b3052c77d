import fcntl
import json
import os
import socket
import subprocess
import sys
import textwrap
from dataclasses import asdict

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.sandbox.engine.backend.lock import Holder, StackLock


def _take(path, **options):
    return StackLock.acquire(path, "up", subject="stack 'dev'", **options)


def _child(path, code: str) -> subprocess.Popen[str]:
    """A process that takes the lock, says so, runs the code and waits for a line."""
    source = textwrap.dedent(f"""
        import os, sys
        from pathlib import Path
        from platform_lib.sandbox.engine.backend.lock import StackLock
        lock = StackLock.acquire(Path({str(path)!r}), "destroy", subject="s")
        {code}
        print("held", flush=True)
        sys.stdin.readline()
    """)
    child = subprocess.Popen([sys.executable, "-c", source], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def _end(child: subprocess.Popen[str]) -> None:
    child.kill()
    child.communicate()


def test_a_second_process_is_told_who_works_and_how_to_go_on(tmp_path) -> None:
    path = tmp_path / "locks" / "dev.lock"
    child = _child(path, "")
    try:
        with pytest.raises(EngineError) as caught:
            _take(path)
        text = str(caught.value)
        assert f"`destroy`, pid {child.pid} on {socket.gethostname()}, since 20" in text
        assert text.startswith("stack 'dev': another operation is under way")
        assert text.endswith("run again with --break-lock")
    finally:
        _end(child)


def test_a_lock_of_a_killed_process_is_taken_over_with_a_notice(tmp_path) -> None:
    path = tmp_path / "dev.lock"
    child = _child(path, "")
    _end(child)
    with _take(path) as lock:
        assert lock.notice.startswith(f"took over the lock of `destroy`, pid {child.pid}")


def test_a_lock_that_a_child_of_a_killed_process_inherited_is_taken_over(tmp_path) -> None:
    path = tmp_path / "dev.lock"
    sleep = "exec sleep 20 >/dev/null 2>&1 </dev/null"
    fork = "os.set_inheritable(lock._descriptor, True)\n        if os.fork() == 0:\n            "
    fork += f"os.execvp('sh', ['sh', '-c', '{sleep}'])"
    child = _child(path, fork)
    _end(child)
    with _take(path) as lock:
        assert "broke the lock of `destroy`" in lock.notice


def test_a_broken_lock_is_noticed_by_its_holder(tmp_path) -> None:
    path = tmp_path / "dev.lock"
    first = _take(path)
    first.check()
    second = _take(path, break_lock=True)
    assert "broke the lock" in second.notice
    with pytest.raises(EngineError, match="the lock of this run was broken by another process"):
        first.check()
    first.release()
    second.check()
    with pytest.raises(EngineError, match="another operation is under way"):
        _take(path)
    second.release()


def test_a_lock_broken_while_it_is_taken_is_taken_again(tmp_path, monkeypatch) -> None:
    path, flock, calls = tmp_path / "dev.lock", fcntl.flock, []

    def late(descriptor: int, operation: int) -> None:
        if not calls:
            path.unlink()  # what another process does that breaks the lock
        calls.append(operation)
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with _take(path) as lock:
        lock.check()
    assert len(calls) == 2


def test_two_that_break_a_lock_do_not_break_each_others(tmp_path, monkeypatch) -> None:
    path, flock = tmp_path / "dev.lock", fcntl.flock
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    old = _take(path)
    os.pwrite(old._descriptor, json.dumps({**asdict(Holder.here("up")), "pid": dead.pid}).encode().ljust(200), 0)
    others: list[StackLock] = []

    def late(descriptor: int, operation: int) -> None:
        if operation == fcntl.LOCK_EX and not others:
            path.unlink()  # another process was first: it broke the lock and has one of its own
            monkeypatch.setattr(fcntl, "flock", flock)
            others.append(_take(path))
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    with pytest.raises(EngineError, match="another operation is under way"):
        _take(path)
    others[0].check()


def test_a_released_lock_can_be_had_again_without_a_notice(tmp_path) -> None:
    path = tmp_path / "dev.lock"
    first = _take(path)
    first.release()
    first.release()
    with _take(path) as again:
        assert again.notice == ""
    assert StackLock.holder(path, subject="s") is None


def test_the_file_says_who_holds_it(tmp_path) -> None:
    path = tmp_path / "dev.lock"
    with _take(path):
        holder = StackLock.holder(path, subject="s")
        assert holder is not None
        assert (holder.pid, holder.operation) == (os.getpid(), "up")
        assert not holder.gone()


def test_two_processes_never_hold_it_at_once(tmp_path) -> None:
    path = tmp_path / "dev.lock"
    source = textwrap.dedent(f"""
        import os
        from pathlib import Path
        from platform_lib.core.errors import EngineError
        from platform_lib.sandbox.engine.backend.lock import StackLock
        inside, won = Path({str(tmp_path / "inside")!r}), 0
        while won < 500:
            try:
                with StackLock.acquire(Path({str(path)!r}), "up", subject="s"):
                    os.close(os.open(inside, os.O_CREAT | os.O_EXCL))
                    inside.unlink()
                    won += 1
            except EngineError as error:
                assert "another operation" in str(error), error
    """)
    racers = [subprocess.Popen([sys.executable, "-c", source]) for _ in range(2)]
    assert [racer.wait() for racer in racers] == [0, 0]


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"pid": 1}', json.dumps({"pid": "x"}).encode()])
def test_a_lock_file_without_a_holder_names_none(content) -> None:
    assert Holder.parse(content) is None


def test_a_holder_on_another_host_is_never_taken_for_gone() -> None:
    assert not Holder(2**22 + 1, "elsewhere", "", "up").gone()
    assert Holder(2**22 + 1, socket.gethostname(), "", "up").gone()
