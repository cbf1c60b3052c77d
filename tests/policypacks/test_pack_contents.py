"""Which rules the packs hold, at which level by environment: a change is meant, and has a line in the changelog."""

from collections.abc import Callable

import pytest

from policypacks.engine.pack import BUILT_IN, load_pack
from policypacks.engine.registry import load_rules

ENVIRONMENTS = ("dev", "staging", "prod")


@pytest.mark.parametrize("name", BUILT_IN)
def test_a_pack_holds_what_it_is_known_to_hold(name: str, golden: Callable[[str, str], None]) -> None:
    pack = load_pack(name)
    lines = []
    for rule in sorted(load_rules().values(), key=lambda rule: rule.id):
        levels = [pack.level(rule, environment) for environment in ENVIRONMENTS]
        if set(levels) != {"disabled"}:
            lines.append(" ".join([rule.id, *levels]))
    assert len(lines) > 300
    golden(f"packs/{name}.txt", "\n".join(lines) + "\n")
