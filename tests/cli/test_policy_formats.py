"""HTML and OSCAL through the command: many states in one run, one document for all."""

import json
from pathlib import Path

import pytest
from trestle.oscal.assessment_results import Model

from support.cli_project import invoke


@pytest.fixture
def exports(tmp_path: Path) -> Path:
    folder = tmp_path / "exports"
    for team, rotates in (("blue", True), ("red", False)):
        urn = f"urn:pulumi:{team}::shop::aws:kms/key:Key::data"
        key = {
            "urn": urn,
            "type": "aws:kms/key:Key",
            "custom": True,
            "id": "k",
            "inputs": {"enableKeyRotation": rotates},
        }
        (folder / team).mkdir(parents=True)
        (folder / team / "state.json").write_text(json.dumps({"version": 3, "deployment": {"resources": [key]}}))
    return folder


def test_a_folder_of_states_becomes_pages_with_a_summary(exports: Path, tmp_path: Path) -> None:
    report = tmp_path / "out" / "report"
    answer = invoke("policy", "check", "--state", str(exports), "--format", "html", "--output", str(report))
    assert (answer.code, answer.out, answer.err) == (3, "", f"written: {report / 'index.html'}\n")
    assert sorted(path.name for path in report.iterdir()) == ["hipaa.html", "index.html", "pci_dss.html", "soc2.html"]
    index = (report / "index.html").read_text(encoding="utf-8")
    assert all(f"<td>{exports / team / 'state.json'}</td>" in index for team in ("blue", "red"))
    again = invoke("policy", "check", "--state", str(exports), "--format", "html", "--output", str(report))
    assert again.code == 3


def test_html_needs_a_folder(exports: Path) -> None:
    answer = invoke("policy", "check", "--state", str(exports), "--format", "html")
    assert (answer.code, answer.err) == (
        2,
        "error: policy check: --format html: is several pages; give a folder with --output\n",
    )


def test_oscal_has_a_result_for_each_state(exports: Path) -> None:
    answer = invoke("policy", "check", "--state", str(exports), "--format", "oscal", "--policy-pack", "pci")
    assert answer.code == 3
    results = Model.model_validate_json(answer.out).assessment_results.results
    assert len(results) == 2
    found = {}
    for result in results:
        states = {str(item.target.target_id): item.target.status.state.value for item in result.findings}
        found[result.title.rsplit("/", 2)[1]] = states["pci_dss-3.7.4"]
    assert found == {"blue": "satisfied", "red": "not-satisfied"}
