import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import PolicyError
from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.node import ABSENT
from policypacks.engine.path import parse
from policypacks.engine.verdict import Undetermined
from support.policy_engine import resource


def test_reads_nested_values() -> None:
    it = resource({"a": {"b": [{"c": 1}, {"c": 2}]}, "m": {"x.y": {"z": 3}}})
    assert it.get("a.b[1].c") == 2
    assert it.get('m["x.y"].z') == 3
    assert it.get("a.missing", "default") == "default"
    assert [leaf.value for leaf in it.leaves("a.b[].c")] == [1, 2]
    assert [leaf.path for leaf in it.leaves("m{}.z")] == ['m["x.y"].z']


def test_reading_an_unknown_is_undetermined_and_says_where() -> None:
    it = resource({"a": {"b": UNKNOWN}, "list": [1, UNKNOWN]})
    for path in ("a.b", "a.b.c", "a", "list"):
        with pytest.raises(Undetermined):
            it.get(path)
    assert it.get("list[0]") == 1


def test_presence_of_an_unknown_can_be_asked_but_not_below_it() -> None:
    it = resource({"a": UNKNOWN, "empty": "", "none": None, "list": []})
    assert it.present("a")
    assert not it.present("empty")
    assert not it.present("none")
    assert not it.present("list")
    assert not it.present("missing")
    with pytest.raises(Undetermined):
        it.present("a.b")
    with pytest.raises(Undetermined):
        it.present("a[].b")


def test_absent_and_empty_lists_have_one_absent_leaf() -> None:
    it = resource({"empty": [], "one": {"x": 1}})
    assert [leaf.value for leaf in it.leaves("missing[].x")] == [ABSENT]
    assert [leaf.value for leaf in it.leaves("empty[].x")] == [ABSENT]
    assert [leaf.value for leaf in it.leaves("one[].x")] == [1]


def test_secrets_are_read_through_and_never_shown() -> None:
    it = resource({"a": Secret({"b": "password1"}), "list": [Secret("x"), "y"]})
    assert it.get("a.b") == "password1"
    assert it.at("a.b").shown() == "[secret]"
    assert it.at("a").shown() == "[secret]"
    assert it.is_secret("a.b")
    assert not it.is_secret("list[]")
    assert it.get("list") == ["x", "y"]


def test_loops_leave_out_nothing_but_the_absent() -> None:
    it = resource({"list": [{"x": 1}, UNKNOWN], "map": {"k": {"x": 2}}, "open": UNKNOWN})
    assert len(it.items("list")) == 2
    assert [(key, node.get("x")) for key, node in it.entries("map")] == [("k", 2)]
    assert it.items("missing") == []
    with pytest.raises(Undetermined):
        it.items("open")
    with pytest.raises(Undetermined):
        list(it.entries("open"))


def test_a_path_to_many_values_is_not_read_as_one() -> None:
    with pytest.raises(TypeError, match="stands for many"):
        resource({"a": [1]}).get("a[]")


def test_long_values_are_cut_in_messages() -> None:
    assert len(resource({"a": "x" * 500}).at("a").shown()) == 80


@pytest.mark.parametrize("path", ["a[", 'a["', "a..b", "[x]", "a]"])
def test_a_text_that_is_no_path_is_refused(path: str) -> None:
    with pytest.raises(PolicyError, match="property path"):
        parse(path)


LEAVES = st.none() | st.booleans() | st.integers() | st.text()
VALUES = st.recursive(LEAVES, lambda inner: st.lists(inner) | st.dictionaries(st.text(min_size=1), inner))


@given(VALUES)
def test_any_value_can_be_shown_and_read(value: object) -> None:
    it = resource({"a": value})
    assert len(it.at("a").shown()) <= 80
    assert it.get("a") == value
