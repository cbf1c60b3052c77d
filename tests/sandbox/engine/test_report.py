"""How messages show values."""

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.engine.report import show_at

INPUTS = {
    "size": 5.0,
    "a.b": "whole key",
    "rules": [{"port": 443, "key": Secret("hush")}],
    "sealed": Secret({"port": 1}),
}


@pytest.mark.parametrize(
    ("where", "shown"),
    [
        ("size", "{5}"),
        ("a.b", "{whole key}"),
        ("rules[0].port", "{443}"),
        ("rules[0].key", "[secret]"),
        ("sealed.port", "[secret]"),
        ("rules[1].port", "{<nil>}"),
        ("missing", "{<nil>}"),
        ("rules[", "{<nil>}"),
        ("", "{<nil>}"),
    ],
)
def test_a_complaint_shows_the_value_that_it_is_about(where: str, shown: str) -> None:
    assert show_at(INPUTS, where) == shown
