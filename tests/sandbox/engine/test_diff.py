"""Comparing values, and what the engine adds to a provider's diff."""

from typing import Any

import pytest

from platform_lib.core.values import Asset, Secret
from platform_lib.sandbox.engine import diff as diffs
from platform_lib.sandbox.protocol import DiffResult, PropertyDiff


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ({"a": None}, {}, True),
        ({"a": 1}, {"a": 1.0}, True),
        (True, 1, False),
        ("1", 1, False),
        ([1], [1, None], False),
        (Secret("x"), Secret("x"), True),
        (Secret("x"), "x", False),
        (Asset(hash="h", text="a"), Asset(hash="h", path="b"), True),
        (Asset(hash="", text="a"), Asset(hash="", text="a"), False),
    ],
)
def test_equal(one: Any, other: Any, same: bool):
    assert diffs.equal(one, other) is same
    assert diffs.equal(other, one) is same


def test_compare_names_every_path():
    old = {"same": 1, "gone": 1, "null": None, "list": [1, 2], "deep": {"a.b": 1}}
    new = {"same": 1, "null": 2, "list": [1, 3, 4], "deep": {"a.b": 2}}
    assert {path: item.kind for path, item in diffs.compare(old, new).items()} == {
        "gone": "delete",
        "null": "add",
        "list[1]": "update",
        "list[2]": "add",
        'deep["a.b"]': "update",
    }


def test_ignored_changes_leave_the_inputs_alone():
    new: dict[str, Any] = {"tags": {"a": 2, "b": 3}, "list": [1, 2]}
    result, unfit = diffs.ignore_changes(new, {"tags": {"a": 1}, "list": [1]}, ["tags.a", "tags.b", "list[1]", "a["])
    assert result == {"tags": {"a": 1}, "list": [1, 2]}
    assert unfit == ["list[1]"]
    assert new["tags"] == {"a": 2, "b": 3}


def test_declared_paths_make_replacements():
    diff = DiffResult("some", diffs=["a", "b"], detailed={"a.x": PropertyDiff("update"), "b": PropertyDiff("add")})
    result = diffs.replace_on_changes(diff, ["a.x", "c"], has_init_errors=False)
    assert result.detailed is not None
    assert {path: item.kind for path, item in result.detailed.items()} == {"a.x": "update-replace", "b": "add"}
    assert diffs.is_replace(result)
    assert not diffs.is_replace(diff)
    assert list(diffs.replace_on_changes(diff, ["b"], has_init_errors=False).replaces) == ["b"]


def test_initialisation_errors_replace_where_everything_does():
    result = diffs.replace_on_changes(DiffResult("none", detailed={}), ["*"], has_init_errors=True)
    assert (result.changes, list(result.replaces)) == ("some", [diffs.INIT_ERROR_KEY])
    unchanged = diffs.replace_on_changes(DiffResult("none", detailed={}), ["a"], has_init_errors=True)
    assert unchanged.changes == "none"


def test_unknown_answers_are_settled_by_the_inputs():
    unknown = DiffResult("unknown")
    assert diffs.resolve_unknown(unknown, {"a": Secret(1)}, {"a": 1}, []).changes == "none"
    assert diffs.resolve_unknown(unknown, {"a": 1}, {"a": 2}, ["a"]).changes == "none"
    result = diffs.resolve_unknown(unknown, {"a": {"x": 1}}, {"a": {"x": 2}}, [])
    assert (result.changes, result.diffs, list(result.detailed or ())) == ("some", ["a"], ["a.x"])


def test_inverting_turns_additions_round():
    result = diffs.invert(DiffResult("some", detailed={"a": PropertyDiff("add"), "b": PropertyDiff("delete-replace")}))
    assert {path: item.kind for path, item in (result.detailed or {}).items()} == {"a": "delete", "b": "add-replace"}
