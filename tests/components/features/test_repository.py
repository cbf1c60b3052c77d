"""The files of the repository: what they hold, held to the source of the installed Feast where that needs no AWS."""

import ast
import importlib.util
import json
from pathlib import Path

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from platform_lib.components.features import FeatureStoreArgs
from platform_lib.components.features.plan import plan_store
from platform_lib.components.features.repository import bundle, digest, files
from platform_lib.components.features.table_maker import ENTITY_ID
from platform_lib.runtime.feature_store import repository as runtime
from support.feature_stores import RATIO, VISITS, store_args


def plan_of(**more):
    return plan_store("main", FeatureStoreArgs(**store_args(**more)), subject="FeatureStore 'main'")


def rendered(**more):
    return files(plan_of(**more), bucket="main-data-1234567", workgroup="main-queries-1234567")


def feast(path):
    spec = importlib.util.find_spec("feast")
    assert spec is not None
    return (Path(spec.origin).parent / path).read_text(encoding="utf-8")


def fields(path, name):
    """Fields of a settings class of Feast, and whether each has to be given."""
    (found,) = [node for node in ast.parse(feast(path)).body if isinstance(node, ast.ClassDef) and node.name == name]
    return {
        node.target.id: node.value is None
        for node in found.body
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name)
    }


@pytest.mark.parametrize(
    "section, path, name",
    [
        ("online_store", "infra/online_stores/dynamodb.py", "DynamoDBOnlineStoreConfig"),
        (
            "offline_store",
            "infra/offline_stores/contrib/athena_offline_store/athena.py",
            "AthenaOfflineStoreConfig",
        ),
        ("registry", "repo_config.py", "RegistryConfig"),
        ("materialization", "repo_config.py", "MaterializationConfig"),
    ],
)
def test_feast_takes_the_settings_that_are_written(section, path, name):
    ours, known = yaml.safe_load(rendered()["feature_store.yaml"])[section], fields(path, name)
    assert ours.keys() <= known.keys()
    assert {key for key, needed in known.items() if needed} <= ours.keys()


def test_tables_are_called_and_keyed_as_feast_does():
    ours = yaml.safe_load(rendered()["feature_store.yaml"])
    source = feast("infra/online_stores/dynamodb.py")
    template = ours["online_store"]["table_name_template"]
    assert f'table_name_template: StrictStr = "{template}"' in source
    assert template.format(project=ours["project"], table_name="spend") == plan_of().table("spend")
    assert f'KeySchema=[{{"AttributeName": "{ENTITY_ID}", "KeyType": "HASH"}}]' in source
    assert f'"AttributeName": "{ENTITY_ID}", "AttributeType": "S"' in source


def test_the_staging_location_is_the_bucket_since_feast_looks_at_its_root():
    ours = yaml.safe_load(rendered()["feature_store.yaml"])
    assert ours["offline_store"]["s3_staging_location"] == "s3://main-data-1234567"
    source = feast("infra/offline_stores/contrib/athena_offline_store/athena.py")
    assert 's3_resource, bucket, "entity_df/" + table_name + "/"' in source


def test_views_are_told_to_jobs_and_functions():
    told = json.loads(rendered()["views.json"])
    assert told["spend"] == {
        "kind": "batch",
        "keys": ["customer_id"],
        "features": ["total", "orders"],
        "ttl_seconds": 172800,
        "delay_seconds": 300,
        "backfill_seconds": 172800,
    }
    assert told["visits"]["source"] == "visits_push"
    assert told["visits"]["columns"] == ["customer_id", "shop", "last_shelf", "shelves", "event_timestamp"]
    assert told["basket"] == {
        "kind": "request",
        "inputs": ["amount"],
        "views": ["spend"],
        "features": ["share", "large"],
    }


def test_a_bundle_is_read_by_the_runtime_as_it_is_written(tmp_path):
    found = rendered()
    read, views = runtime.unpack(bundle(found), tmp_path)
    assert read == digest(found)
    assert views == json.loads(found["views.json"])
    assert {path.name: path.read_text() for path in tmp_path.iterdir()} == found
    assert digest(rendered(stream_views=None)) != read
    assert (runtime.BUNDLE_KEY, runtime.REGISTRY_KEY) == ("repository/bundle.json", "registry/registry.db")


def test_words_that_python_knows_break_nothing():
    request = {
        **RATIO,
        "name": "timedelta",
        "views": None,
        "features": [{"name": "y", "type": "float64", "expression": "min(amount, 1.0)  # a comment"}],
    }
    view = {**VISITS, "name": "field", "features": [{"name": "lambda", "type": "string"}]}
    text = rendered(request_views=[request], stream_views=[view])["definitions.py"]
    compile(text, "definitions.py", "exec")
    assert "# a comment" not in text


@settings(max_examples=100)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_breaks_out_of_the_definitions(first, second):
    described = {**VISITS, "description": first, "features": [{"name": "f", "type": "string", "description": second}]}
    tree = ast.parse(rendered(stream_views=[described])["definitions.py"])
    calls = [node for node in ast.walk(tree) if isinstance(node, ast.Call)]
    found = [word.value.value for call in calls for word in call.keywords if word.arg == "description"]
    assert first in found
    assert second in found or second == ""
