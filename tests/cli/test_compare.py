"""What ``platform compare`` shows and ends with, on a small project."""

from pathlib import Path

import pytest

from support.cli_project import CliProject

INTENDED = """\
version: 1
differences:
  - {section: setting, match: environment, reason: tells the stacks apart, owner: me, expires: 2099-01-01}
  - {section: policy, match: '*', reason: dev only gets advice, owner: me, expires: 2099-01-01}
"""


@pytest.fixture
def shop(tmp_path: Path) -> CliProject:
    project = CliProject(tmp_path / "shop")
    project.config("prod", environment="prod")
    (project.folder / "governance").mkdir()
    (project.folder / "governance" / "differences.yaml").write_text(INTENDED, encoding="utf-8")
    return project


def test_what_is_meant_ends_with_0(shop: CliProject) -> None:
    answer = shop.run("compare", "dev", "prod")
    assert answer.code == 0, answer.out
    assert "dev and prod of shop  on engine sandbox" in answer.out
    assert 'intended   setting    environment: "dev" | "prod"' in answer.out
    assert "parity 100.0 %: 0 accidental differences" in answer.out


def test_an_accident_ends_with_4_and_comes_first(shop: CliProject) -> None:
    shop.config("prod", environment="prod", bucket=False)
    answer = shop.run("compare", "dev", "prod")
    assert answer.code == 4
    assert answer.out.index("accidental") < answer.out.index("intended")
    assert 'accidental resource   aws:s3/bucket:Bucket::logs: "there" | –' in answer.out


def test_json_and_html(shop: CliProject, tmp_path: Path) -> None:
    answer = shop.run("compare", "dev", "prod", "--json")
    assert answer.json["parity"] == 100.0
    page = tmp_path / "parity.html"
    assert shop.run("compare", "dev", "prod", "--format", "html", "--output", str(page)).code == 0
    assert "<h1>dev and prod of shop</h1>" in page.read_text(encoding="utf-8")
    file = tmp_path / "parity.json"
    assert shop.run("compare", "dev", "prod", "--format", "json", "-o", str(file)).out == ""
    assert '"parity": 100.0' in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["dev", "dev"], "compare: names one stack twice, got 'dev'; name two"),
        (["dev", "prod", "--format", "html"], "compare: --format html: is a page; give a file with --output"),
        (["dev", "pord"], "stack 'pord': there is no such stack; did you mean 'prod'?"),
    ],
)
def test_wrong_usage_is_told(shop: CliProject, words: list[str], message: str) -> None:
    answer = shop.run("compare", *words)
    assert (answer.code, message in answer.err) == (2, True), answer.err
