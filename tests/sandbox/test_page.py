"""The page of the sandbox says what the code does: its tables are those that are made from the code."""

import re
from pathlib import Path

import pytest

from platform_lib.sandbox.engine.support import SUPPORT
from support.sandbox_page import MARK, tables

PAGE = Path(__file__).parents[2] / "docs" / "concepts" / "sandbox.md"


@pytest.mark.golden
def test_the_tables_of_the_page_are_those_of_the_code(request: pytest.FixtureRequest) -> None:
    written, _, generated = PAGE.read_text(encoding="utf-8").partition(MARK)
    head, _, body = generated.partition("-->\n")
    if request.config.getoption("--update-golden"):
        body = f"\n{tables()}"
        PAGE.write_text(f"{written}{MARK}{head}-->\n{body}", encoding="utf-8")
    assert body == f"\n{tables()}", "the tables are out of date; `make golden` writes them"


def test_the_page_lists_every_option_and_operation_once() -> None:
    rows = re.findall(
        r"^\| ([a-z ]+) \| (.+?) \| (supported|\*\*refused\*\*) \|", PAGE.read_text("utf-8"), re.MULTILINE
    )
    assert sorted((kind, name) for kind, name, _ in rows) == sorted((item.kind, item.name) for item in SUPPORT)


def test_what_is_refused_says_what_to_do_instead() -> None:
    assert [item.name for item in SUPPORT if not item.supported and not item.note] == []
