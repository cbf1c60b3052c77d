"""Status, graph, state, schema and doctor."""

import json
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pytest

from support.cli_project import CliProject, invoke


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    project.config(protect=True)
    assert project.run("up", "--json").code == 0
    return project


def test_status_of_all_stacks_and_of_one(shop: CliProject) -> None:
    shop.config("prod")
    text = shop.run("status").out
    assert "  dev              4 resources in 1 component, 1 protected; up at " in text
    assert "  prod             not up   bring it up: platform up --stack prod\n" in text
    one = shop.run("status", "--stack", "dev").out
    assert "        3  main  Network\n" in one
    assert "    password: [secret]\n" in one
    assert "prod" not in one


def test_status_as_json(shop: CliProject) -> None:
    (data,) = shop.run("status", "--json").json["stacks"]
    assert (data["resources"], data["components"], data["protected"], data["pending"]) == (4, 1, 1, 0)
    assert {"name": "main", "kind": "Network", "resources": 3} in data["byComponent"]
    assert data["outputs"]["password"] == "[secret]"
    assert data["lastOperation"].startswith("up at ")
    (open_,) = shop.run("status", "--json", "--show-secrets").json["stacks"]
    assert open_["outputs"]["password"] == "canary-7f3a"


def test_the_tree_groups_by_component(shop: CliProject) -> None:
    text = shop.run("graph").out
    assert text.startswith("shop / dev  4 resources  on the sandbox\n")
    assert "├── s3.Bucket  logs  protected  holds data\n" in text
    assert "└── main  Network  3\n" in text
    assert "    ├── ec2.Subnet × 2  private-a, private-b\n" in text
    assert "aws:ec2/subnet:Subnet  main-private-a\n" in shop.run("graph", "--all").out


def test_pictures_and_data(shop: CliProject, tmp_path: Path) -> None:
    file = tmp_path / "dev.svg"
    answer = shop.run("graph", "--format", "svg", "--output", str(file))
    assert (answer.code, answer.out, answer.err) == (0, "", f"written: {file}\n")
    assert ElementTree.parse(file).getroot().tag == "{http://www.w3.org/2000/svg}svg"
    assert shop.run("graph", "--format", "svg").out == file.read_text(encoding="utf-8")
    assert shop.run("graph", "--format", "mermaid").out.startswith("flowchart LR\n")
    assert shop.run("graph", "--json").json["count"] == 4
    assert shop.run("graph", "--output", str(tmp_path / "tree.txt")).code == 0
    assert "main  Network" in (tmp_path / "tree.txt").read_text(encoding="utf-8")


def test_the_graph_of_a_preview_equals_that_of_what_is_up_then(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop")
    planned = project.run("graph", "--preview", "--format", "svg")
    assert planned.code == 0
    assert project.run("status", "--json").json["stacks"][0]["up"] is False
    project.run("up", "--json")
    assert project.run("graph", "--format", "svg").out == planned.out


def test_the_graph_of_a_failing_preview_is_its_error(shop: CliProject) -> None:
    shop.program("raise ValueError('no such shelf')\n")
    answer = shop.run("graph", "--preview")
    assert answer.code == 1
    assert "ValueError: no such shelf" in answer.err


def test_the_state_goes_out_and_in_again(shop: CliProject, tmp_path: Path) -> None:
    exported = shop.run("state", "export")
    assert exported.code == 0
    assert exported.json["version"] == 3
    assert "canary-7f3a" not in exported.out
    opened = shop.run("state", "export", "--show-secrets")
    assert "canary-7f3a" in opened.out
    file = tmp_path / "dev.json"
    assert shop.run("state", "export", "--show-secrets", "--output", str(file)).code == 0
    written = json.loads(file.read_text(encoding="utf-8"))
    assert written["deployment"]["resources"] == opened.json["deployment"]["resources"]
    file.write_text(exported.out, encoding="utf-8")
    assert shop.run("state", "import", "--file", str(file)).code == 2
    answer = shop.run("state", "import", "--file", str(file), "--yes")
    assert answer.code == 0
    count = len(exported.json["deployment"]["resources"])
    assert answer.out == f"the state of stack dev on the sandbox now holds {count} entries\n"
    assert shop.run("up", "--json").json["summary"] == {"same": 6}


def test_a_file_that_is_no_json_is_refused(shop: CliProject, tmp_path: Path) -> None:
    file = tmp_path / "dev.json"
    file.write_text("{", encoding="utf-8")
    answer = shop.run("state", "import", "--file", str(file), "--yes")
    assert answer.code == 1
    assert answer.err.startswith(f"error: state {file}: is not JSON, ")


@pytest.mark.parametrize("written", ["aws:ec2/vpc:Vpc", "ec2.Vpc", "EC2.vpc"])
def test_the_schema_of_a_type(written: str) -> None:
    answer = invoke("schema", written)
    assert answer.code == 0
    assert answer.out.startswith("aws:ec2/vpc:Vpc  (resource, aws ")
    assert "cidrBlock" in answer.out
    data = invoke("schema", written, "--json").json
    assert "cidrBlock" in {item["name"] for item in data["inputs"]}


def test_nested_objects_are_shown_on_request() -> None:
    token = "aws:s3/bucket:Bucket"
    assert len(invoke("schema", token, "--depth", "2").out) > len(invoke("schema", token).out)


def test_the_doctor_finds_what_is_there(shop: CliProject) -> None:
    answer = shop.run("doctor")
    assert answer.code == 0
    for line in ("ok pulumi-aws", "-- passphrase", "-- settings", "ok stacks               dev", "ok cloud"):
        assert line in answer.out
    data = shop.run("doctor", "--json").json
    assert data["healthy"] is True
    assert {"python", "packages", "engine", "secrets", "project", "sandbox"} == {
        item["group"] for item in data["checks"]
    }


def test_the_doctor_names_what_is_wrong(shop: CliProject) -> None:
    (shop.folder / ".sandbox" / "stacks" / "shop" / "dev.json").write_text("{", encoding="utf-8")
    shop.pyproject('settings = "nowhere:Settings"')
    answer = shop.run("doctor")
    assert answer.code == 1
    assert "!! settings" in answer.out
    assert "!! stack dev" in answer.out
    missing = shop.run("doctor", env={"PULUMI_CONFIG_PASSPHRASE_FILE": "/no/such/file"})
    assert "!! passphrase           from the file /no/such/file\n" in missing.out


def test_the_doctor_works_outside_of_a_project(tmp_path: Path) -> None:
    answer = invoke("doctor", cwd=tmp_path)
    assert answer.code == 0
    assert "-- Pulumi.yaml" in answer.out
