"""Property paths, and putting old values back at them."""

from typing import Any

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.engine import path as paths


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("a.b[0].c", ("a", "b", 0, "c")),
        ('["a.b"].c', ("a.b", "c")),
        ('a["say \\"x\\""]', ("a", 'say "x"')),
        ("a[*].b", ("a", "*", "b")),
        ("*", ("*",)),
    ],
)
def test_paths_are_read_and_written(text: str, path: paths.Path):
    assert paths.parse(text) == path
    assert paths.parse(paths.render(path)) == path


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "start with a name"),
        (".a", "start with a name"),
        ("a.", "end with a name"),
        ('["a', "closing quote"),
        ('["a"', "closing bracket"),
        ("a[0", "closing bracket"),
        ("a[x]", "invalid array index 'x'"),
    ],
)
def test_what_is_no_path_is_refused(text: str, problem: str):
    with pytest.raises(paths.PathError, match=problem):
        paths.parse(text)


def test_a_path_holds_what_lies_in_it():
    assert paths.contains(("a", "*"), ("a", 0, "b"))
    assert not paths.contains(("a", "b"), ("a",))
    assert not paths.contains(("a", "0"), ("a", 0))


@pytest.mark.parametrize(
    ("path", "old", "new", "expected", "fits"),
    [
        ("a", {"a": 1}, {"a": 2}, {"a": 1}, True),
        ("a", {"a": 1}, {}, {"a": 1}, True),
        ("a", {}, {"a": 2}, {}, True),
        ("a.b", {"a": {"b": 1}}, {}, {}, False),
        ("a.b", {}, {}, {}, True),
        ("a[1]", {"a": [1, 2]}, {"a": [3, 4]}, {"a": [3, 2]}, True),
        ("a[1]", {"a": [1]}, {"a": [3, 4]}, {"a": [3, 4]}, False),
        ("a[*].b", {"a": [{"b": 1}]}, {"a": [{"b": 2, "c": 3}]}, {"a": [{"b": 1, "c": 3}]}, True),
        ("*", {"a": 1}, {"a": 2, "b": 3}, {"a": 1}, True),
        ("a", {"a": Secret(1)}, {"a": 2}, {"a": Secret(1)}, True),
        ("a.b", {"a": Secret({"b": 1})}, {"a": {"b": 2}}, {"a": {"b": Secret(1)}}, True),
        ("a.b", {"a": Secret({"b": 1})}, {"a": Secret({"b": 2})}, {"a": Secret({"b": 1})}, True),
    ],
)
def test_old_values_are_put_back(path: str, old: Any, new: Any, expected: Any, fits: bool):
    assert paths.reset(paths.parse(path), old, new) is fits
    assert new == expected


def test_get_does_not_look_into_secrets():
    assert paths.get(("a", 0), {"a": ["x"]}) == ("x", True)
    assert paths.get(("a", 1), {"a": ["x"]}) == (None, False)
    assert paths.get(("a", "b"), {"a": Secret({"b": 1})}) == (None, False)
