"""The scripts of containers that need no server: where snapshots go and come from, how a server is started."""

import datetime
import os
import subprocess

import pytest

from platform_lib.components.vault.cluster_maker import script

CLUSTER = "0b6d5d57-5b3f-4f6c-9a52-3f3c1d0e7a11"
AWS = """#!/bin/sh
echo "$@" >>"$CALLS"
case "$1 $2" in
  "s3api list-objects-v2") echo "$NEWEST" ;;
  "s3 cp") for last; do :; done; case "$last" in s3://*) ;; *) echo content >"$last" ;; esac ;;
esac
"""
BAO = """#!/bin/sh
if [ "$1 $2" = "operator init" ]; then
  echo "$BAO_CLIENT_TIMEOUT $@" >>"$CALLS"
  exit "$INITIALISED"
fi
echo "token=${BAO_TOKEN:-} $@" >>"$CALLS"
"""


@pytest.fixture
def run(tmp_path):
    """Runs a script with stand-ins for the programs of its image; answers what it called."""
    for name, text in (("aws", AWS), ("bao", BAO)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    calls = tmp_path / "calls"

    def ran(name, expect=0, **env):
        calls.write_text("")
        (tmp_path / "script.sh").write_text(script(name))
        done = subprocess.run(
            ["sh", str(tmp_path / "script.sh")],
            env={"PATH": f"{tmp_path}:{os.environ['PATH']}", "CALLS": str(calls), "FOLDER": str(tmp_path), **env},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == expect, done.stderr
        return calls.read_text().splitlines(), done.stdout + done.stderr

    return ran


def stamp(hours):
    taken = datetime.datetime.now(datetime.UTC) - datetime.timedelta(hours=hours)
    return f"snapshots/{taken:%Y-%m-%dT%H%M%SZ}_{CLUSTER}.snapshot"


BUCKET = {"BUCKET": "the-bucket", "PLACE": "snapshots", "MOST_SECONDS": str(26 * 3600)}


def test_a_snapshot_is_stored_by_time_and_cluster(run, tmp_path):
    (tmp_path / "cluster-id").write_text(f"{CLUSTER}\n")
    (call,), told = run("upload", **BUCKET)
    assert call.startswith(f"s3 cp --only-show-errors {tmp_path}/snapshot s3://the-bucket/snapshots/20")
    assert call.endswith(f"Z_{CLUSTER}.snapshot")
    assert "stored" in told


def test_the_newest_snapshot_is_fetched_with_the_id_of_its_cluster(run, tmp_path):
    calls, told = run("fetch", **BUCKET, NEWEST=stamp(3))
    assert "sort_by" in calls[0]
    assert calls[1].startswith("s3 cp --only-show-errors s3://the-bucket/snapshots/20")
    assert (tmp_path / "snapshot").read_text() == "content\n"
    assert (tmp_path / "cluster-id").read_text() == f"{CLUSTER}\n"
    assert "fetched" in told


@pytest.mark.parametrize(
    "newest, expected",
    [
        (30, "s old, more than 93600 s"),  # hours
        ("None", "there is no snapshot in the-bucket"),
        ("", "there is no snapshot in the-bucket"),
        ("snapshots/other", "there is no snapshot in the-bucket"),
    ],
)
def test_a_drill_without_a_fresh_snapshot_goes_red(run, tmp_path, newest, expected):
    _, told = run("fetch", 1, **BUCKET, NEWEST=stamp(newest) if isinstance(newest, int) else newest)
    assert expected in told
    assert not (tmp_path / "snapshot").exists()


NODE = {
    "COMMAND": "bao",
    "PREFIX": "BAO",
    "FIRST_NODE": "vault-0",
    "PEERS": "https://a https://b",
    "CA_FILE": "/ca.crt",
    "SERVER_NAME": "vault.vault.svc",
    "TOKEN_FILE": "",
}


@pytest.mark.parametrize(
    "node, initialised, asked, told_to_initialise",
    [("vault-0", "2", 2, True), ("vault-0", "1", 2, True), ("vault-0", "0", 1, False), ("vault-1", "2", 0, False)],
)
def test_only_the_first_node_initialises_and_only_where_nobody_has(
    run, tmp_path, node, initialised, asked, told_to_initialise
):
    (tmp_path / "initialise.json").write_text("{}")
    calls, _ = run("start", **NODE, NODE=node, CONFIG=str(tmp_path), INITIALISED=initialised)
    assert len(calls) == asked + 1
    for call in calls[:-1]:
        assert call.startswith("5 operator init -status -address=https://")
        assert call.endswith("-ca-cert=/ca.crt -tls-server-name=vault.vault.svc")
    assert calls[-1].startswith(f"token= server -config={tmp_path}/server.json")
    assert ("initialise.json" in calls[-1]) is told_to_initialise


def test_an_engine_that_somebody_initialises_asks_nobody(run, tmp_path):
    calls, _ = run("start", **NODE, NODE="vault-0", CONFIG=str(tmp_path), INITIALISED="2")
    assert calls == [f"token= server -config={tmp_path}/server.json"]


def test_the_token_of_a_transit_seal_is_read_when_a_server_starts(run, tmp_path):
    (tmp_path / "token").write_text("for-the-seal\n")
    env = {**NODE, "TOKEN_FILE": str(tmp_path / "token")}
    calls, _ = run("start", **env, NODE="vault-1", CONFIG=str(tmp_path), INITIALISED="2")
    assert calls[-1].startswith("token=for-the-seal server")
