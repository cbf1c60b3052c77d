"""What the functions of a feature store answer, and what they refuse."""

import ast
import base64
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import platform_lib.runtime.feature_store as package
from platform_lib.runtime.feature_store import apply, push, repository, serve, watch
from platform_lib.runtime.feature_store.state import State
from support.state_table import StateTable

NOW = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
VIEWS = {
    "spend": {"kind": "batch", "keys": ["customer_id"], "features": ["total", "orders"], "ttl_seconds": 3600},
    "visits": {
        "kind": "stream",
        "source": "visits_push",
        "keys": ["customer_id", "shop"],
        "features": ["shelf"],
        "columns": ["customer_id", "shop", "shelf", "event_timestamp", "written_at"],
        "timestamp": "event_timestamp",
        "created": "written_at",
        "ttl_seconds": 600,
    },
    "basket": {"kind": "request", "inputs": ["amount"], "views": ["spend"], "features": ["share"]},
}


def test_the_runtime_imports_nothing_of_the_rest_and_boto3_and_feast_late():
    folder = Path(package.__file__).parent
    for path in folder.glob("*.py"):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in tree.body:
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) and node.level == 0 else []
            assert not [name for name in names if name.split(".")[0] in ("boto3", "feast", "pandas", "platform_lib")]
        assert "platform_lib" not in path.read_text(encoding="utf-8")


# Serving


def read(ages=(10, 10)):
    """Values of two entities, the newest of them so many seconds old."""
    asked = []

    def answer(features, rows):
        asked.append((features, rows))
        found = {name: [row.get(name) for row in rows] for name in rows[0]}
        for text in features:
            name = text.partition(":")[2]
            found[name] = [f"{name}{index}" for index, _ in enumerate(rows)]
            found[f"{name}__ts"] = [NOW.timestamp() - age for age in ages[: len(rows)]]
        return found

    answer.asked = asked
    return answer


def asked(request, reading=None):
    return serve.answer(request, views=VIEWS, read=reading or read(), now=NOW.timestamp())


def test_each_view_is_asked_by_its_own_keys():
    reading = read()
    request = {
        "features": ["basket:share", "visits:shelf", "spend:orders"],
        "entities": [{"customer_id": 1, "shop": "north", "amount": 5.0}],
    }
    answer = asked(request, reading)
    assert list(answer["features"]) == request["features"]
    assert answer["features"]["spend:orders"] == ["orders0"]
    assert reading.asked == [
        (["basket:share", "spend:total"], [{"customer_id": 1, "amount": 5.0}]),
        (["visits:shelf"], [{"customer_id": 1, "shop": "north"}]),
        (["spend:orders"], [{"customer_id": 1}]),
    ]


def test_what_is_too_old_is_not_told_nor_computed_from():
    entities = [{"customer_id": one, "shop": "north", "amount": 1.0} for one in (1, 2)]
    answer = asked({"features": ["spend:total", "basket:share"], "entities": entities}, read((3600, 3601)))
    assert answer["features"] == {"spend:total": ["total0", None], "basket:share": ["share0", None]}
    answer = asked({"features": ["visits:shelf"], "entities": entities}, read((601, 599)))
    assert answer["features"] == {"visits:shelf": [None, "shelf1"]}


@pytest.mark.parametrize(
    "request_, error",
    [
        (None, "features: must be a list of 1 to 500 names"),
        ({"features": []}, "features: must be a list of 1 to 500 names"),
        ({"features": ["spend:total"]}, "entities: must be a list of 1 to 500 maps"),
        ({"features": ["spend:total"], "entities": [{}] * 501}, "entities: must be a list of 1 to 500 maps"),
        ({"features": ["spend:total"], "entities": [1]}, "entities: must be maps of keys to values"),
        ({"features": ["spend"], "entities": [{}]}, "features: 'spend' is not in the store; write 'view:feature'"),
        (
            {"features": ["spend:no"], "entities": [{}]},
            "features: 'spend:no' is not in the store; write 'view:feature'",
        ),
        ({"features": [1], "entities": [{}]}, "features: 1 is not in the store; write 'view:feature'"),
        ({"features": ["spend:total"], "entities": [{}]}, "entities: spend needs 'customer_id' of every one"),
        (
            {"features": ["basket:share"], "entities": [{"customer_id": 1}]},
            "entities: basket needs 'amount' of every one",
        ),
    ],
)
def test_a_request_that_cannot_be_answered_is_told_why(request_, error):
    assert asked(request_) == {"error": error}


# Pushing


def record(number, event):
    data = event if isinstance(event, bytes) else json.dumps(event).encode()
    return {"kinesis": {"sequenceNumber": str(number), "data": base64.b64encode(data).decode()}}


def visit(minutes, **more):
    moment = (NOW - timedelta(minutes=minutes)).isoformat()
    return {"view": "visits", "values": {"customer_id": 1, "shop": "north", "event_timestamp": moment, **more}}


def pushed(*events):
    written, state = [], State(StateTable(), "state")
    answer = push.push_batch(
        [record(number, event) for number, event in enumerate(events)],
        views=VIEWS,
        write=lambda source, rows: written.append((source, rows)),
        seen=state.seen,
        now=NOW,
    )
    return [one["itemIdentifier"] for one in answer["batchItemFailures"]], written, state


def test_the_newest_event_of_a_key_is_pushed_and_moves_the_watermark():
    failed, written, state = pushed(visit(1, shelf="tea"), visit(3, shelf="jam"), visit(2, shop="south"))
    ((source, rows),) = written
    assert (failed, source) == ([], "visits_push")
    assert {(row["shop"], row["shelf"]) for row in rows} == {("north", "tea"), ("south", None)}
    assert state.watermark("visits") == NOW - timedelta(minutes=1)


@pytest.mark.parametrize(
    "bad",
    [
        b"no json",
        b"[]",
        {"view": "visits"},
        {"view": "spend", "values": {"customer_id": 1}},
        visit(1, extra=1),
        visit(1, shop=None),
        visit(1, event_timestamp="yesterday"),
        visit(1, written_at="today"),
    ],
)
def test_a_batch_goes_up_to_the_event_that_fails(bad, capsys):
    failed, written, state = pushed(visit(2), bad, visit(1))
    assert failed == ["1"]
    ((_, rows),) = written
    assert [row["event_timestamp"] for row in rows] == [NOW - timedelta(minutes=2)]
    assert state.watermark("visits") == NOW - timedelta(minutes=2), "what comes after it is tried again with it"
    assert "event 1:" in capsys.readouterr().out


def test_times_without_a_zone_are_of_utc_and_a_row_is_written_when_it_does_not_say():
    event = visit(0, event_timestamp="2026-11-29T11:00:00")
    name, values = push.read_event(record(0, event)["kinesis"]["data"], VIEWS, NOW)
    assert (name, values["event_timestamp"], values["written_at"]) == ("visits", NOW - timedelta(hours=1), NOW)
    event["values"]["written_at"] = "2026-11-29T11:30:00+00:00"
    _, values = push.read_event(record(0, event)["kinesis"]["data"], VIEWS, NOW)
    assert values["written_at"] == NOW - timedelta(minutes=30)


# Watching


def looked(state, digest="new", names=("spend", "visits")):
    told, started = [], []
    found = watch.look(names=names, digest=digest, state=state, now=NOW, tell=told.append, start=started.append)
    return found, told, started


def test_ages_are_told_and_definitions_that_are_not_applied_are_started():
    state = State(StateTable(), "state")
    state.seen("spend", NOW - timedelta(minutes=7))
    found, told, started = looked(state, digest="d" * 64)
    assert told == [{"spend": 420.0}], "a view without values is left out: its alarm takes that for stale"
    assert started == [f"{'d' * 40}-2026112912"]
    assert found["pending"]
    apply.run("a", state=state, digest="d" * 64, apply=lambda: None, now=NOW, lease_seconds=60)
    assert looked(state, digest="d" * 64)[2] == []


def test_an_event_from_the_future_is_no_age_below_nothing():
    state = State(StateTable(), "state")
    state.seen("spend", NOW + timedelta(minutes=1))
    assert looked(state)[1] == [{"spend": 0.0}]


# The repository


def test_files_are_unpacked_and_the_registry_is_a_copy(tmp_path):
    yaml = 'registry:\n  path: "s3://data/registry/registry.db"\n'
    bundle = json.dumps({"digest": "d", "files": {"feature_store.yaml": yaml, "views.json": "{}"}})

    class Bucket:
        def get_object(self, Bucket, Key):
            import io

            assert (Bucket, Key) == ("data", "repository/bundle.json")
            return {"Body": io.BytesIO(bundle.encode())}

        def download_file(self, bucket, key, path):
            assert (bucket, key) == ("data", "registry/registry.db")
            Path(path).write_bytes(b"registry")

    assert repository.fetch(Bucket(), "data", tmp_path) == ("d", {})
    repository.with_own_registry(Bucket(), "data", tmp_path)
    text = (tmp_path / "feature_store.yaml").read_text()
    assert text == f'registry:\n  path: "{tmp_path}/registry.db"\n'
    assert (tmp_path / "registry.db").read_bytes() == b"registry"
    with pytest.raises(ValueError, match=r"must name the registry s3://data/registry/registry\.db once"):
        repository.with_own_registry(Bucket(), "data", tmp_path)


def test_the_image_holds_what_tasks_and_functions_are_started_with():
    folder = Path(package.__file__).parent
    text = (folder / "Dockerfile").read_text(encoding="utf-8")
    assert "COPY *.py /opt/feature_store/" in text
    assert "PYTHONPATH=/opt " in text
    assert {path.stem for path in folder.glob("*.py")} >= {"materialise", "apply", "serve", "push", "watch"}
    for module in (serve, push, watch):
        assert callable(module.handler)
