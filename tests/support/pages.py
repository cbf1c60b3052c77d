"""Generated pages that are checked in: compared, or written with ``--update-golden``."""

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

import pytest

from policypacks.engine.registry import Rule, load_rules

DOCS = Path(__file__).parents[2] / "docs"


@lru_cache(maxsize=1)
def own_rules() -> Mapping[str, Rule]:
    """The rules of the project, without those that other tests have registered."""
    return {name: rule for name, rule in load_rules().items() if rule.module.startswith("policypacks.rules.")}


def keep(request: pytest.FixtureRequest, folder: str, pages: Mapping[str, str]) -> None:
    """Compares the pages below a folder of ``docs`` with what is generated; with ``--update-golden`` writes them."""
    home = DOCS / folder
    if request.config.getoption("--update-golden"):
        for stale in {path.relative_to(home).as_posix() for path in home.rglob("*.md")} - set(pages):
            (home / stale).unlink()
        for name, text in pages.items():
            (home / name).parent.mkdir(parents=True, exist_ok=True)
            (home / name).write_text(text, encoding="utf-8")
    there = {path.relative_to(home).as_posix(): path.read_text(encoding="utf-8") for path in home.rglob("*.md")}
    assert set(there) == set(pages), f"docs/{folder}: `make golden` writes the pages"
    stale = sorted(name for name, text in pages.items() if there[name] != text)
    assert not stale, f"docs/{folder}: {', '.join(stale)}: not what the rules say now; `make golden` writes them"
