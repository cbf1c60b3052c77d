import datetime
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import threading
from pathlib import Path

import pytest

from platform_lib.core.errors import CloudError
from platform_lib.core.values import Secret, plain
from platform_lib.sandbox.cloud import erase_cloud, open_cloud
from platform_lib.sandbox.cloud.fault import FaultRule
from platform_lib.sandbox.cloud.store import FORMAT, Row, Store
from support.cloud import driver

TOPIC = "aws:sns/topic:Topic"


def _row(number: int, **more: object) -> Row:
    fields = {
        "package": "aws",
        "scope": "1",
        "region": "r",
        "type": "t",
        "id": f"id-{number}",
        "urn": f"u{number}",
        "inputs": {},
        "outputs": {"n": number},
        "created": "c",
        "modified": "m",
    }
    return Row(**{**fields, **more})  # type: ignore[arg-type]


def _program(code: str) -> str:
    return textwrap.dedent(
        """
        import sys
        from pathlib import Path
        from platform_lib.sandbox.cloud.store import Row, Store
        store = Store(Path(sys.argv[1]))
        def row(n, tag):
            return Row("aws", "1", "r", "t", f"{tag}-{n}", f"u-{tag}-{n}", {"n": n}, {"n": n}, "c", "m")
        """
    ) + textwrap.dedent(code)


def test_what_was_answered_is_there_after_a_kill(tmp_path: Path) -> None:
    """A process prints each id once the call has answered; whatever it printed before SIGKILL must be in the file."""
    path = tmp_path / "cloud.db"
    code = """
    n = 0
    while True:
        store.add(row(n, "k"))
        print(n, flush=True)
        n += 1
    """
    for round_ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", _program(code.replace('"k"', f'"k{round_}"')), str(path)],
            stdout=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stdout is not None
            seen = [int(process.stdout.readline()) for _ in range(40 + 13 * round_)]
            os.kill(process.pid, signal.SIGKILL)
            seen += [int(line) for line in process.stdout.read().split("\n")[:-1]]
        store = Store(path)
        kept = {row.id for row in store.rows()}
        assert {f"k{round_}-{number}" for number in seen} <= kept
        assert len(kept) == len(store.rows()), "no resource twice"
        assert store.query("PRAGMA integrity_check") == [("ok",)]
        store.close()


def test_a_kill_within_a_call_leaves_all_of_it_or_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    code = """
    import os, signal
    store.add(row(0, "whole"))
    with store.transaction():
        store.add(row(1, "half"), [("target", "property")])
        os.kill(os.getpid(), signal.SIGKILL)
    """
    subprocess.run([sys.executable, "-c", _program(code), str(path)], check=False)
    store = Store(path)
    assert [row.id for row in store.rows()] == ["whole-0"]
    assert store.linked("target") == []
    store.close()


def test_two_processes_write_at_once_and_lose_nothing(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    code = """
    for n in range(150):
        with store.transaction():
            number = store.next_number("shared")
            store.add(row(n, sys.argv[2] + str(number)))
    """
    running = [subprocess.Popen([sys.executable, "-c", _program(code), str(path), tag]) for tag in ("a", "b")]
    assert [process.wait() for process in running] == [0, 0]
    store = Store(path)
    assert len(store.rows()) == 300
    assert store.next_number("shared") == 301, "every number was given once"
    store.close()


def test_threads_of_one_process_take_turns() -> None:
    store = Store(None)

    def write(tag: int) -> None:
        for number in range(50):
            store.add(_row(number, id=f"{tag}-{number}"))

    threads = [threading.Thread(target=write, args=(tag,)) for tag in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(store.rows()) == 200
    store.close()


def test_a_file_that_is_no_database_is_told_with_the_way_out(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    open_cloud(path).close()
    path.write_bytes(b"this is not a database, whatever its name says" * 200)
    with pytest.raises(CloudError, match=r"cloud\.db: damaged.*platform sandbox reset"):
        open_cloud(path)


def test_a_page_overwritten_in_the_middle_is_found_by_the_call_that_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    with open_cloud(path) as cloud:
        for number in range(400):
            cloud.store.add(_row(number, outputs={"text": "x" * 400}))
    content = bytearray(path.read_bytes())
    content[8192 : len(content) - 4096] = b"\xff" * (len(content) - 4096 - 8192)
    path.write_bytes(bytes(content))
    with pytest.raises(CloudError, match=r"damaged.*platform sandbox reset"), open_cloud(path) as cloud:
        cloud.ls(implied=True)


def test_a_reset_takes_a_damaged_cloud_away(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    open_cloud(path).close()
    path.write_bytes(b"broken")
    erase_cloud(path)
    assert list(tmp_path.iterdir()) == []
    with open_cloud(path) as cloud:
        assert cloud.ls() == []


def test_a_newer_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    open_cloud(path).close()
    with sqlite3.connect(path) as connection:
        connection.execute(f"PRAGMA user_version = {FORMAT + 1}")
    connection.close()
    with pytest.raises(CloudError, match=rf"format {FORMAT + 1}, this one knows {FORMAT}.*upgrade"):
        open_cloud(path)


def test_a_lost_key_is_told(tmp_path: Path) -> None:
    path = tmp_path / "cloud.db"
    open_cloud(path).close()
    (tmp_path / "cloud.db.key").unlink()
    with pytest.raises(CloudError, match=r"cloud\.db\.key.*restore it"):
        open_cloud(path)


def test_no_secret_is_in_any_file_of_the_cloud_but_its_key(tmp_path: Path) -> None:
    """Inputs that the program marks and inputs that only the schema calls secret."""
    path = tmp_path / "cloud.db"
    cloud = open_cloud(path)
    aws = driver("aws", cloud=cloud)
    aws.create("aws:secretsmanager/secret:Secret", "s", {"description": Secret("plain-marked-7531")})
    password = aws.create(
        "aws:ssm/parameter:Parameter", "p", {"type": "SecureString", "name": "/db", "value": "by-schema-9876"}
    )
    assert isinstance(password.inputs["value"], Secret)
    aws.create("aws:s3/bucket:Bucket", "b", {"bucket": Secret("bucket-name-2468")})
    cloud.edit(password.id, "value", "edited-1357")
    cloud.store.query("PRAGMA wal_checkpoint(FULL)")
    cloud.close()
    content = b"".join(item.read_bytes() for item in tmp_path.iterdir())
    for secret in (b"plain-marked-7531", b"by-schema-9876", b"edited-1357"):
        assert secret not in content
    assert b"description" in content, "names of properties stay"
    with open_cloud(path) as again:
        assert plain(again.find(password.id).inputs["value"]) == "edited-1357"


def test_a_row_goes_with_its_owner_and_its_links() -> None:
    store = Store(None)
    owner = store.add(_row(1), [("x", "p")])
    store.add(_row(2, owner=owner.row), [("x", "q")])
    assert sorted(name for _, name in store.linked("x")) == ["p", "q"]
    store.remove(owner.row)
    assert store.rows() == []
    assert store.linked("x") == []
    store.close()


def test_a_nested_failure_undoes_the_whole_transaction() -> None:
    store = Store(None)

    def nested() -> None:
        with store.transaction():
            store.add(_row(1))
            with store.transaction():
                store.add(_row(2))
                raise RuntimeError("inner")

    with pytest.raises(RuntimeError, match="inner"):
        nested()
    assert store.rows() == []
    store.close()


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    blocked = tmp_path / "blocked"
    blocked.write_text("a file where a folder should be")
    with pytest.raises(CloudError, match=r"blocked.*not writable.*choose another folder"):
        open_cloud(blocked / "cloud.db")


def test_what_every_call_asks_for_follows_other_processes(tmp_path: Path):
    path = tmp_path / "cloud.db"
    with open_cloud(path) as one, open_cloud(path) as other:
        one.clock.freeze(datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC))
        assert other.clock.now() == datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.UTC)
        assert not other.store.standing().faults
        one.inject(FaultRule("fail"))
        one.take_down("eu-west-1")
        assert (other.store.standing().faults, other.store.standing().outages) == (True, True)
        other.clear_faults()
        other.bring_up("eu-west-1")
        assert (one.store.standing().faults, one.store.standing().outages) == (False, False)
        assert one.store.standing() is one.store.standing()


def test_what_a_failed_transaction_set_is_forgotten():
    with open_cloud(None) as cloud:

        def failing() -> None:
            with cloud.store.transaction():
                cloud.store.set_setting("key", "1")
                assert cloud.store.setting("key") == "1"
                raise ValueError("no")

        with pytest.raises(ValueError, match="no"):
            failing()
        assert cloud.store.setting("key") is None
