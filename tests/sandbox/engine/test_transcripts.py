"""Every transcript of the stock engine, replayed."""

import json
from pathlib import Path

import pytest

from support.transcripts import FOLDER, main, replay

PATHS = sorted(FOLDER.glob("*.json"))


def test_transcripts_are_there():
    assert len(PATHS) == 52 + 19, "52 that were given, and what was recorded since: `python -m support.record`"


@pytest.mark.parametrize("path", PATHS, ids=lambda path: path.stem)
def test_replay_equals_the_recording(path: Path):
    assert replay(json.loads(path.read_text())) == []


def test_a_difference_is_found(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    scenario = json.loads((FOLDER / "create.json").read_text())
    scenario["programs"]["step1.py"] = scenario["programs"]["step1.py"].replace('value="1"', 'value="2"')
    (tmp_path / "create.json").write_text(json.dumps(scenario))

    assert main([str(tmp_path)]) == 1
    assert "0 of 1 transcripts equal" in capsys.readouterr().out


def test_an_empty_folder_is_no_success(tmp_path: Path):
    assert main([str(tmp_path)]) == 1
