"""The readings on disk: used, never trusted blindly, and never in the way."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from platform_lib.sandbox import schema
from platform_lib.sandbox.schema import lookup
from platform_lib.sandbox.schema.cache import FORMAT, Cache, default_folder
from platform_lib.sandbox.schema.reader import Reader
from support import fake_sdk

THING = "fake:index/thing:Thing"


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The source of the only type of a small SDK, with a cache of its own."""
    file = fake_sdk.write(tmp_path / "sdk")
    monkeypatch.syspath_prepend(tmp_path / "sdk")
    schema.use_cache(tmp_path / "cache")
    return file


def stored(tmp_path: Path) -> Path:
    """Writes what is pending; the file of the cache."""
    schema.use_cache(tmp_path / "cache")
    return tmp_path / "cache" / f"schema-{FORMAT}.sqlite"


def rows(file: Path) -> dict[str, str]:
    connection = sqlite3.connect(file)
    try:
        return dict(connection.execute("SELECT key, data FROM fact"))
    finally:
        connection.close()


def read_again() -> set[str]:
    schema.forget()
    return set(schema.resource(THING).inputs)


def test_a_second_process_reads_from_the_cache(fake: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = schema.resource(THING)
    assert any(key.endswith(THING) for key in rows(stored(tmp_path)))

    def unexpected(self: Reader, name: str) -> None:
        raise AssertionError(f"{name} was read from its source")

    monkeypatch.setattr(Reader, "resource", unexpected)
    schema.forget()
    assert schema.resource(THING) == first


def test_a_changed_source_is_read_again(fake: Path, tmp_path: Path) -> None:
    assert read_again() == {"sizeGb", "name"}
    stored(tmp_path)
    fake.write_text(fake.read_text().replace('name="sizeGb"', 'name="sizeGib"'))
    os.utime(fake, ns=(1, 1))
    lookup.source.cache_clear()
    assert read_again() == {"sizeGib", "name"}


def test_another_version_of_the_sdk_is_read_again(tmp_path: Path, fake: Path) -> None:
    read_again()
    first = set(rows(stored(tmp_path)))
    fake_sdk.write(tmp_path / "other", version="2.0.0")
    sys.path.insert(0, str(tmp_path / "other"))
    try:
        assert schema.resource(THING).version == "2.0.0"
    finally:
        sys.path.pop(0)
    assert {key for key in set(rows(stored(tmp_path))) - first if "2.0.0" in key} != set()


@pytest.mark.parametrize("damage", ["garbage", "empty", "truncated", "other table"])
def test_a_damaged_file_is_rebuilt(damage: str, fake: Path, tmp_path: Path) -> None:
    read_again()
    file = stored(tmp_path)
    if damage == "garbage":
        file.write_bytes(b"not a database, but long enough to look like one" * 50)
    elif damage == "empty":
        file.write_bytes(b"")
    elif damage == "truncated":
        file.write_bytes(file.read_bytes()[:5000])
    else:
        file.unlink()
        connection = sqlite3.connect(file)
        connection.execute("CREATE TABLE fact (other TEXT)")
        connection.close()
    schema.use_cache(tmp_path / "cache")
    assert read_again() == {"sizeGb", "name"}
    assert f"resource|1.0.0|{THING}" in rows(stored(tmp_path))


@pytest.mark.parametrize("data", ["{", "[]", "null", '[[["sizeGb"]], [], [], "", false, []]', '{"a": 1}'])
def test_a_damaged_row_is_read_anew(data: str, fake: Path, tmp_path: Path) -> None:
    read_again()
    file = stored(tmp_path)
    connection = sqlite3.connect(file)
    with connection:
        connection.execute("UPDATE fact SET data = ?", (data,))
    connection.close()
    assert read_again() == {"sizeGb", "name"}
    assert data not in rows(stored(tmp_path)).values()


def test_a_folder_that_cannot_be_made_is_done_without(fake: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    schema.use_cache(tmp_path / "file")
    assert read_again() == {"sizeGb", "name"}
    schema.use_cache(None)
    assert (tmp_path / "file").read_text() == "in the way"


def test_a_file_that_others_hold_locked_is_done_without(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = Cache(tmp_path)
    cache.put("a", "file", "", 1)
    cache.flush()
    assert cache.path is not None
    holder = sqlite3.connect(cache.path)
    holder.execute("BEGIN EXCLUSIVE")
    assert cache._connection is not None
    cache._connection.execute("PRAGMA busy_timeout = 1")
    assert cache.get("a", tmp_path, int) is None
    holder.rollback()
    holder.close()
    assert cache.get("a", tmp_path, int) == 1
    cache.close()


def test_processes_share_the_file(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from platform_lib.sandbox import schema; "
        f"schema.use_cache(Path({str(tmp_path)!r})); "
        "print(sum(len(schema.resource(token).inputs) for token in schema.tokens('vault')[:40]))"
    )
    environment = {"PYTHONPATH": ":".join(sys.path)}
    command = [sys.executable, "-c", code]
    running = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) for _ in range(3)]
    answers = {process.communicate()[0].strip() for process in running}
    assert [process.returncode for process in running] == [0, 0, 0]
    assert len(answers) == 1
    assert len([key for key in rows(tmp_path / f"schema-{FORMAT}.sqlite") if key.startswith("resource|")]) == 40


def test_the_folder_of_the_user_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLATFORM_CACHE_DIR", str(tmp_path))
    assert default_folder() == tmp_path
    monkeypatch.delenv("PLATFORM_CACHE_DIR")
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    assert default_folder() == tmp_path / "xdg" / "platform-lib"
