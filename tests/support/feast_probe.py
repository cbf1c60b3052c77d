"""Run apart by tests: lets Feast apply a repository in a folder, writes values, asks for them; answers JSON.

Feast takes seconds to import and warns of itself, so that it never runs in the process of the tests. ``probe.json`` in
the folder says what to do, ``answer.json`` what came of it.
"""

import base64
import hashlib
import json
import os
import sys
import time
import traceback
import warnings
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

warnings.simplefilter("ignore")


def main(folder: Path) -> dict[str, Any]:
    """What came of it."""
    from click.testing import CliRunner
    from feast import FeatureStore
    from feast.cli.cli import cli

    probe = json.loads((folder / "probe.json").read_text(encoding="utf-8"))
    os.chdir(folder)
    if probe.get("files"):
        _files_for_queries(folder, probe["files"])
    applied = CliRunner().invoke(cli, ["--chdir", str(folder), "apply", "--skip-source-validation"])
    if applied.exit_code != 0:
        text = "".join(traceback.format_exception(*applied.exc_info)) if applied.exc_info else ""
        return {"failed": f"{applied.output}\n{text}"}
    answer: dict[str, Any] = {"registry": [_hash(folder)]}
    for view in probe.get("files", {}):
        _materialise(folder, view)
    answer["registry"].append(_hash(folder))
    store = FeatureStore(repo_path=str(folder))
    _write(store, probe)
    answer["pushed"] = _push(store, folder, probe.get("push", []))
    return {**answer, **_told(store), "answers": [_ask(store, folder, one) for one in probe.get("ask", [])]}


def _hash(folder: Path) -> str:
    return hashlib.sha256((folder / "registry.db").read_bytes()).hexdigest()


def _moments(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    now = datetime.now(UTC).replace(microsecond=0)
    return [
        {"event_timestamp": now - timedelta(minutes=row.pop("minutes", 1)), "written_at": now, **row} for row in rows
    ]


def _files_for_queries(folder: Path, files: dict[str, list[dict[str, Any]]]) -> None:
    """Lets the sources be files in place of tables of Athena."""
    import pandas
    from feast import FileSource
    from feast.infra.offline_stores.contrib.athena_offline_store import athena_source

    def in_place(**told: Any) -> FileSource:
        kept = {key: told[key] for key in ("name", "timestamp_field", "created_timestamp_column") if key in told}
        return FileSource(path=str(folder / f"{told['table']}.parquet"), **kept)

    athena_source.AthenaSource = in_place  # type: ignore[assignment,misc]
    for view, rows in files.items():
        pandas.DataFrame(_moments(rows)).to_parquet(folder / f"{view}.parquet")


def _materialise(folder: Path, view: str) -> None:
    """A run of the job with a registry of its own, as in the cloud."""
    import shutil

    from feast import FeatureStore

    from platform_lib.runtime.feature_store import materialise
    from platform_lib.runtime.feature_store.state import State
    from support.state_table import StateTable

    apart = folder / "run"
    apart.mkdir(exist_ok=True)
    shutil.copy(folder / "registry.db", apart / "registry.db")
    text = (folder / "feature_store.yaml").read_text(encoding="utf-8")
    settings = json.loads(text)
    settings["online_store"]["path"] = str(folder / settings["online_store"]["path"])
    (apart / "feature_store.yaml").write_text(json.dumps(settings), encoding="utf-8")
    store = FeatureStore(repo_path=str(apart))
    views = json.loads((folder / "views.json").read_text(encoding="utf-8"))
    ended = materialise.run(
        view,
        "probe",
        state=State(StateTable(), "state"),
        told={**views[view], "delay_seconds": 0},
        copy=lambda start, end: store.materialize(start, end, feature_views=[view]),
        now=datetime.now(UTC),
        lease_seconds=60,
    )
    if ended != materialise.DONE:
        raise AssertionError(ended)


def _write(store: Any, probe: dict[str, Any]) -> None:
    import pandas

    for name, rows in probe.get("write", {}).items():
        store.write_to_online_store(name, df=pandas.DataFrame(_moments(rows)))


def _push(store: Any, folder: Path, events: list[dict[str, Any]]) -> Any:
    """Events as Kinesis hands them over; what the function answers."""
    from platform_lib.runtime.feature_store import push

    now = datetime.now(UTC)
    for event in events:
        event["values"].setdefault("event_timestamp", now.isoformat())
    data = [base64.b64encode(json.dumps(event).encode()).decode() for event in events]
    return push.push_batch(
        [{"kinesis": {"sequenceNumber": str(index), "data": text}} for index, text in enumerate(data)],
        views=json.loads((folder / "views.json").read_text(encoding="utf-8")),
        write=lambda source, rows: store.push(source, push.frame(rows)),
        seen=lambda view, moment: None,
        now=now,
    )


def _ask(store: Any, folder: Path, request: dict[str, Any]) -> Any:
    from platform_lib.runtime.feature_store import serve

    views = json.loads((folder / "views.json").read_text(encoding="utf-8"))
    return serve.answer(request, views=views, read=serve.reader(store), now=time.time())


def _told(store: Any) -> dict[str, Any]:
    views = {}
    for view in store.list_feature_views():
        source = view.batch_source
        options = getattr(source, "athena_options", None)
        views[view.name] = {
            "entities": view.entities,
            "features": {feature.name: [str(feature.dtype), feature.tags] for feature in view.features},
            "keys": {column.name: str(column.dtype) for column in view.entity_columns},
            "ttl_minutes": view.ttl.total_seconds() / 60,
            "table": options and options.table,
            "database": options and options.database,
            "times": [source.timestamp_field, source.created_timestamp_column],
            "partition": source.date_partition_column,
            "push": view.stream_source.name if view.stream_source else "",
            "owner": view.owner,
            "tags": view.tags,
        }
    requests = {
        view.name: {feature.name: str(feature.dtype) for feature in view.features}
        for view in store.list_on_demand_feature_views()
    }
    entities = {one.name: [one.join_key, one.value_type.name] for one in store.list_entities()}
    return {"entities": entities, "views": views, "requests": requests}


if __name__ == "__main__":
    here = Path(sys.argv[1])
    (here / "answer.json").write_text(json.dumps(main(here), default=str), encoding="utf-8")
