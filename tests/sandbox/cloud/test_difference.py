from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.values import UNKNOWN, Asset, Secret
from platform_lib.sandbox.cloud.difference import Habits, compare
from platform_lib.sandbox.protocol import DiffResult, PropertyDiff
from platform_lib.sandbox.schema.model import PropertySchema, PropertyType, ReplaceRule, ResourceSchema

TEXT = PropertyType("string")
LEAVES = st.one_of(st.integers(-5, 5), st.text("abc", max_size=3), st.booleans())
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text("xyz.", min_size=1, max_size=2), inner, max_size=3)
    ),
    max_leaves=8,
)
INPUTS = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=3)


def schema(*rules: tuple[str, str], required_outputs: tuple[str, ...] = ()) -> ResourceSchema:
    names = ("a", "b", "c", "name", "tags", "policy", "size")
    inputs = {name: PropertySchema(name, name, TEXT) for name in names}
    outputs = {name: PropertySchema(name, name, TEXT, required=name in required_outputs) for name in names}
    return ResourceSchema(
        "t:m:R", "t", "1", inputs, outputs, replace=tuple(ReplaceRule(path, sure) for path, sure in rules)
    )  # type: ignore[arg-type]


def diff(old: Mapping[str, Any], new: Mapping[str, Any], *rules: tuple[str, str], **more: Any) -> DiffResult:
    state = more.pop("state", {})
    habits = more.pop("habits", Habits())
    conditions = more.pop("conditions", {})
    unordered = more.pop("unordered", frozenset())
    return compare(schema(*rules, **more), dict(old), dict(new), state, habits, conditions, unordered)


@given(INPUTS)
def test_equal_inputs_never_differ(inputs: dict[str, Any]) -> None:
    assert diff(inputs, inputs).changes == "none"
    assert diff(inputs, {key: Secret(value) for key, value in inputs.items()}).changes == "none", (
        "secretness is no change"
    )


@given(INPUTS, INPUTS)
def test_a_difference_is_seen_from_both_sides(old: dict[str, Any], new: dict[str, Any]) -> None:
    forth, back = diff(old, new), diff(new, old)
    assert forth.changes == back.changes
    assert set(forth.detailed or {}) == set(back.detailed or {})
    swapped = {"add": "delete", "delete": "add", "update": "update"}
    assert {path: swapped[item.kind] for path, item in (forth.detailed or {}).items()} == {
        path: item.kind for path, item in (back.detailed or {}).items()
    }


@given(INPUTS, INPUTS)
def test_every_path_lies_below_a_property_that_differs(old: dict[str, Any], new: dict[str, Any]) -> None:
    found = diff(old, new)
    assert set(found.diffs) <= old.keys() | new.keys()
    for path in found.detailed or {}:
        assert any(path == top or path.startswith((f"{top}.", f"{top}[")) for top in found.diffs)


def test_paths_and_kinds_of_a_nested_change() -> None:
    found = diff(
        {"tags": {"Name": "x", "gone": "1"}, "a": [{"p": 1}]},
        {"tags": {"Name": "y", "app.io/x": "2"}, "a": [{"p": 1}, {"p": 2}]},
    )
    assert found.detailed == {
        "a[1]": PropertyDiff("add"),
        "tags.Name": PropertyDiff("update"),
        'tags["app.io/x"]': PropertyDiff("add"),
        "tags.gone": PropertyDiff("delete"),
    }
    assert found.replaces == []
    assert found.diffs == ["a", "tags"]


@pytest.mark.parametrize(
    ("certainty", "old", "new", "kind", "inferred"),
    [
        ("certain", {"name": "x"}, {"name": "y"}, "update-replace", False),
        ("certain", {}, {"name": "y"}, "add-replace", False),
        ("certain", {"name": "x"}, {}, "delete-replace", False),
        ("inferred", {"name": "x"}, {"name": "y"}, "update-replace", True),
        ("conditional", {"name": "x"}, {"name": "y"}, "update", False),
        ("add-remove", {"name": "x"}, {"name": "y"}, "update", False),
        ("add-remove", {}, {"name": "y"}, "add-replace", False),
    ],
)
def test_the_certainty_of_a_fact_decides(
    certainty: str, old: dict[str, Any], new: dict[str, Any], kind: str, inferred: bool
) -> None:
    found = diff(old, new, ("name", certainty))
    assert found.detailed == {"name": PropertyDiff(kind, inferred=inferred)}  # type: ignore[arg-type]
    assert found.replaces == (["name"] if kind.endswith("replace") else [])


def test_an_add_remove_fact_leaves_changes_inside_the_block_alone() -> None:
    rule = ("a", "add-remove")
    assert diff({"a": {"x": 1}}, {"a": {"x": 2, "y": 3}}, rule).replaces == []
    assert diff({"a": {"x": 1}}, {}, rule).replaces == ["a"]


def test_a_conditional_fact_holds_where_its_condition_does() -> None:
    shrinks = {"size": lambda old, new: new < old}
    assert diff({"size": 10}, {"size": 20}, ("size", "conditional"), conditions=shrinks).replaces == []
    assert diff({"size": 20}, {"size": 10}, ("size", "conditional"), conditions=shrinks).replaces == ["size"]


def test_a_certain_fact_outweighs_an_inferred_one() -> None:
    found = diff({"a": {"x": 1}}, {"a": {"x": 2}}, ("a", "inferred"), ("a.x", "certain"))
    assert found.detailed == {"a.x": PropertyDiff("update-replace", inferred=False)}


def test_an_unknown_counts_as_changed() -> None:
    assert diff({"a": 1}, {"a": UNKNOWN}).detailed == {"a": PropertyDiff("update")}
    assert diff({}, {"a": UNKNOWN}).detailed == {"a": PropertyDiff("add")}


def test_a_new_input_that_says_what_the_cloud_has_is_no_difference() -> None:
    assert diff({}, {"a": "x"}, state={"a": "x"}).changes == "none"
    assert diff({}, {"a": "x"}, state={"a": "y"}).detailed == {"a": PropertyDiff("add")}


def test_a_bridged_provider_keeps_what_it_computes() -> None:
    bridged = Habits(keeps_computed=True)
    assert diff({"a": "x"}, {}, habits=bridged, required_outputs=("a",)).changes == "none"
    assert diff({"a": "x"}, {}, habits=bridged).changes == "some", "an output that may be missing is not computed"
    assert diff({"a": "x"}, {}, required_outputs=("a",)).changes == "some", "other providers remove it"


def test_json_texts_are_compared_by_what_they_say() -> None:
    one, same, other = '{"a": 1, "b": [2]}', '{"b":[2],"a":1}', '{"b":[3],"a":1}'
    assert diff({"policy": one}, {"policy": same}, habits=Habits(json_text=True)).changes == "none"
    assert diff({"policy": one}, {"policy": other}, habits=Habits(json_text=True)).changes == "some"
    assert diff({"policy": one}, {"policy": same}).changes == "some"


@pytest.mark.parametrize(
    ("one", "other", "equal"),
    [(1, 1.0, True), ("5", 5, True), ("true", True, True), (True, 1, False), (0, False, False), ("a", "b", False)],
)
def test_numbers_and_flags_equal_their_texts(one: object, other: object, equal: bool) -> None:
    assert (diff({"a": one}, {"a": other}).changes == "none") is equal


def test_assets_are_compared_by_their_hash() -> None:
    assert diff({"a": Asset("h1", text="x")}, {"a": Asset("h1", path="y")}).changes == "none"
    assert diff({"a": Asset("h1")}, {"a": Asset("h2")}).changes == "some"


def test_elements_without_order_may_move() -> None:
    old, moved, other = {"a": ["x", "y", "y"]}, {"a": ["y", "x", "y"]}, {"a": ["x", "x", "y"]}
    assert diff(old, moved, unordered=frozenset({"a"})).changes == "none"
    assert diff(old, other, unordered=frozenset({"a"})).changes == "some"
    assert diff(old, moved).changes == "some"


def test_the_providers_own_marks_do_not_count() -> None:
    assert diff({"a": 1, "__defaults": ["a"]}, {"a": 1, "__defaults": []}).changes == "none"
