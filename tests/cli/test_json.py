"""What ``--json`` prints fits the published schema, and nothing else is on stdout."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import platform_lib.operations as operations
from support.cli_project import CliProject

SCHEMA = json.loads((Path(next(iter(operations.__path__))) / "run.schema.json").read_text(encoding="utf-8"))


def valid(data: Any) -> Any:
    jsonschema.validate(data, SCHEMA)
    return data


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    project.pyproject('policy_packs = ["baseline"]')
    valid(project.run("up", "--json").json)
    return project


def test_the_schema_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_every_operation_fits_the_schema(shop: CliProject) -> None:
    shop.config(owner="you", bucketName="another-name", keep=True)
    data = valid(shop.run("preview", "--json").json)
    actions = {item["name"]: item["action"] for item in data["changes"]}
    assert actions == {"logs": "replace", "main-vpc": "update", "kept": "create"}
    replaced = next(item for item in data["changes"] if item["name"] == "logs")
    assert replaced["replaceKeys"] == ["bucket"]
    assert [item["path"] for item in replaced["properties"] if item["replaces"]] == ["bucket"]
    valid(shop.run("up", "--json").json)
    shop.run("sandbox", "edit", "main-vpc", "enableDnsSupport=false")
    valid(shop.run("refresh", "--preview-only", "--json").json)
    valid(shop.run("refresh", "--json").json)
    valid(shop.run("destroy", "--preview-only", "--json").json)
    gone = valid(shop.run("destroy", "--json").json)
    assert [urn.rpartition("::")[2] for urn in gone["retained"]] == ["kept"]


def test_refusals_and_failures_fit_it_too(shop: CliProject) -> None:
    shop.config(environment="prod")
    refused = valid(shop.run("preview", "--json").json)
    assert (refused["verdict"], refused["exitCode"]) == ("refused", 3)
    assert refused["policy"]["environment"] == "prod"
    shop.config(protect=True)
    shop.run("up", "--json")
    protected = valid(shop.run("destroy", "--json").json)
    assert protected["verdict"] == "failed"
    assert any(item.get("failed") and item.get("protected") for item in protected["changes"])
    assert protected["hints"] == ["to destroy what is protected too: platform destroy --stack dev --unprotect"]
    shop.program("import pulumi\nprint('a line of the program')\nraise ValueError('no such shelf')\n")
    failed = shop.run("up", "--json")
    assert "ValueError: no such shelf" in valid(failed.json)["diagnostics"][-1]["message"]
    assert failed.code == 1
