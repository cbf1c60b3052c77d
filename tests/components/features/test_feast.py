"""The repository that a plan renders, read, applied and asked by the real Feast with local stores in place of AWS's."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from platform_lib.components.features import FeatureStoreArgs, FeatureType
from platform_lib.components.features.kind import FEAST_TYPES
from platform_lib.components.features.plan import plan_store
from platform_lib.components.features.repository import files
from support import feast_probe
from support.feature_stores import SPEND, VISITS, store_args
from support.reference_platform import ROOT

pytestmark = pytest.mark.slow

ALL_TYPES = {
    "name": "all_types",
    "entities": ["shop"],
    "features": [{"name": f"f_{kind.value}", "type": kind.value} for kind in FeatureType],
    "ttl_minutes": 2880,
    "every_minutes": 60,
    "description": 'It\'s a "view" of all types\\',
    "owner": "feature-team",
}
TAPS = {
    "name": "taps",
    "entities": ["shop"],
    "features": [
        {"name": "count", "type": "int64"},
        {"name": "score", "type": "float64"},
        {"name": "inside", "type": "bool"},
    ],
    "ttl_minutes": 60,
    "created_column": "written_at",
}
MORE = {"batch_views": [SPEND, ALL_TYPES], "stream_views": [VISITS, TAPS]}
LOCAL = {
    "provider": "local",
    "registry": "registry.db",
    "online_store": {"type": "sqlite", "path": "online.db"},
    "offline_store": {"type": "dask"},
}
"""What is swapped in for the stores of AWS."""


def plan_of(**more: Any) -> Any:
    return plan_store("main", FeatureStoreArgs(**store_args(**more)), subject="FeatureStore 'main'")


def rendered(**more: Any) -> dict[str, str]:
    return files(plan_of(**more), bucket="main-data-1234567", workgroup="main-queries-1234567")


def asked(folder: Path, found: dict[str, str], **probe: Any) -> dict[str, Any]:
    """What Feast says, given the files and what to write and to ask."""
    for name, text in found.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "feature_store.yaml").write_text(json.dumps(local(found["feature_store.yaml"])), encoding="utf-8")
    (folder / "probe.json").write_text(json.dumps(probe), encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, feast_probe.__file__, str(folder)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    answer: dict[str, Any] = json.loads((folder / "answer.json").read_text(encoding="utf-8"))
    assert "failed" not in answer, answer["failed"]
    return answer


def local(text: str) -> dict[str, Any]:
    return {**yaml.safe_load(text), **LOCAL}


@pytest.fixture(scope="module")
def applied(tmp_path_factory):
    """Where a repository was applied, and what Feast said."""
    folder = tmp_path_factory.mktemp("feast")
    return folder, asked(
        folder,
        rendered(**MORE),
        write={
            "spend": [
                {"customer_id": 1, "total": 200.0, "orders": 3},
                {"customer_id": 2, "total": 80.0, "orders": 1, "minutes": 3000},
            ]
        },
        push=[
            {
                "view": "visits",
                "values": {"customer_id": 1, "shop": "north", "last_shelf": "tea", "shelves": ["tea", "jam"]},
            },
            {"view": "taps", "values": {"shop": "north", "count": 3, "score": 0.5, "inside": True}},
            {"view": "taps", "values": {"shop": "south", "score": 2}},
        ],
        ask=[
            {
                "features": ["spend:total", "spend:orders", "basket:share", "basket:large"],
                "entities": [{"customer_id": 1, "amount": 50.0}, {"customer_id": 3, "amount": 500.0}],
            },
            {"features": ["spend:total"], "entities": [{"customer_id": 2}]},
            {
                "features": ["visits:last_shelf", "visits:shelves"],
                "entities": [{"customer_id": 1, "shop": "north"}, {"customer_id": 1, "shop": "south"}],
            },
            {
                "features": ["taps:count", "taps:score", "taps:inside"],
                "entities": [{"shop": "north"}, {"shop": "south"}],
            },
            {"features": ["basket:share"], "entities": [{"customer_id": 2, "amount": 8.0}]},
        ],
    )


@pytest.fixture
def answer(applied):
    return applied[1]


def test_nothing_but_the_stores_is_swapped():
    ours, swapped = yaml.safe_load(rendered()["feature_store.yaml"]), local(rendered()["feature_store.yaml"])
    assert {key for key in ours | swapped if ours.get(key) != swapped.get(key)} == set(LOCAL)


def test_feast_finds_the_entities_and_views_of_the_plan(answer):
    plan = plan_of(**MORE)
    assert answer["entities"] == {one.name: [one.join_key, one.type.name] for one in plan.entities}
    assert answer["views"].keys() == {view.name for view in plan.views}
    for view in plan.views:
        found = answer["views"][view.name]
        assert found["entities"] == [entity.name for entity in view.entities]
        assert found["features"].keys() == {feature.name for feature in view.features}
        assert found["keys"] == {entity.join_key: entity.type.in_feast for entity in view.entities}
        assert found["ttl_minutes"] == view.ttl_minutes
        assert (found["database"], found["table"]) == (plan.project, view.name)
        assert found["times"] == [view.timestamp_column, view.created_column]
        assert found["partition"] == "event_date"
        assert (found["owner"], found["tags"]) == (view.owner, {"sensitivity": view.sensitivity})
    assert answer["views"]["visits"]["push"] == "visits_push"


def test_every_type_arrives_as_itself(answer):
    found = answer["views"]["all_types"]["features"]
    for kind in FeatureType:
        told, tags = found[f"f_{kind.value}"]
        assert told.replace("PrimitiveFeastType.", "").casefold() == FEAST_TYPES[kind].casefold()
        assert tags == {"sensitivity": "confidential"}


def test_values_come_back_and_old_ones_do_not(answer):
    first, second, third, fourth, _ = answer["answers"]
    assert first["features"]["spend:total"] == [200.0, None]
    assert first["features"]["spend:orders"] == [3, None]
    assert second["features"] == {"spend:total": [None]}
    assert third["features"] == {"visits:last_shelf": ["tea", None], "visits:shelves": [["tea", "jam"], None]}
    assert fourth["features"] == {"taps:count": [3, None], "taps:score": [0.5, 2.0], "taps:inside": [True, None]}
    assert answer["pushed"] == {"batchItemFailures": []}


def test_request_features_are_computed_and_are_none_where_an_input_is_or_is_old(answer):
    first, *_, last = answer["answers"]
    assert first["features"]["basket:share"] == [0.25, None]
    assert last["features"] == {"basket:share": [None]}
    assert answer["requests"]["basket"].keys() == {"share", "large"}


def test_a_run_copies_files_online_and_leaves_the_registry_alone(tmp_path):
    rows = [
        {"customer_id": 1, "total": 10.0, "orders": 1, "minutes": 600},
        {"customer_id": 1, "total": 20.0, "orders": 2, "minutes": 60},
        {"customer_id": 2, "total": 5.0, "orders": 1, "minutes": 4000},
    ]
    wanted = {"features": ["spend:total"], "entities": [{"customer_id": 1}, {"customer_id": 2}]}
    answer = asked(tmp_path, rendered(), files={"spend": rows}, ask=[wanted])
    assert answer["answers"] == [{"features": {"spend:total": [20.0, None]}}]
    before, after = answer["registry"]
    assert before == after


def test_a_view_that_goes_is_gone_from_the_registry_too(applied):
    folder, before = applied
    without = rendered(stream_views=None, retired_views=[{"name": "visits", "until": "2027-01-31"}])
    assert before["views"].keys() == {"spend", "all_types", "visits", "taps"}
    assert asked(folder, without)["views"].keys() == {"spend"}
