from collections.abc import Callable
from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.predicate import (
    each,
    forbid_in,
    forbid_open_cidr,
    is_open,
    require_at_least,
    require_at_most,
    require_between,
    require_equal,
    require_false,
    require_holds,
    require_in,
    require_set,
    require_true,
    require_unset,
    some,
)
from policypacks.engine.resource import Resource
from policypacks.engine.verdict import PASS, Answer, Verdict
from support.policy_engine import record, resource

P, F, U = Answer.PASS, Answer.FAIL, Answer.UNDETERMINED
Predicate = Callable[[Resource], Verdict]

TABLE: list[tuple[str, Predicate, Any, Answer]] = [
    ("true", lambda r: require_true(r, "a"), True, P),
    ("true text", lambda r: require_true(r, "a"), "True", P),
    ("not true", lambda r: require_true(r, "a"), False, F),
    ("not one", lambda r: require_true(r, "a"), 1, F),
    ("true secret", lambda r: require_true(r, "a"), Secret(True), P),
    ("true unknown", lambda r: require_true(r, "a"), UNKNOWN, U),
    ("false", lambda r: require_false(r, "a"), False, P),
    ("not false", lambda r: require_false(r, "a"), True, F),
    ("set", lambda r: require_set(r, "a"), "x", P),
    ("set unknown", lambda r: require_set(r, "a"), UNKNOWN, P),
    ("set below unknown", lambda r: require_set(r, "a.b"), UNKNOWN, U),
    ("set empty", lambda r: require_set(r, "a"), "", F),
    ("set every", lambda r: require_set(r, "a[].b"), [{"b": 1}, {}], F),
    ("unset", lambda r: require_unset(r, "a"), [], P),
    ("unset unknown", lambda r: require_unset(r, "a"), UNKNOWN, F),
    ("in", lambda r: require_in(r, "a", ("x", "y")), "x", P),
    ("in case", lambda r: require_in(r, "a", ("x",), ignore_case=True), "X", P),
    ("not in", lambda r: require_in(r, "a", ("x", "y")), "z", F),
    ("in list", lambda r: require_in(r, "a", ("x", "y")), ["x", "z"], F),
    ("in list unknown", lambda r: require_in(r, "a", ("x", "y")), ["x", UNKNOWN], U),
    ("equal", lambda r: require_equal(r, "a", 3), 3, P),
    ("forbidden", lambda r: forbid_in(r, "a", ("x",)), "x", F),
    ("not forbidden", lambda r: forbid_in(r, "a", ("x",)), ["y"], P),
    ("at least", lambda r: require_at_least(r, "a", 3), "3", P),
    ("too low", lambda r: require_at_least(r, "a", 3), 2, F),
    ("no number", lambda r: require_at_least(r, "a", 3), "many", F),
    ("a boolean is no number", lambda r: require_at_least(r, "a", 0), True, F),
    ("at most", lambda r: require_at_most(r, "a", 3), 3, P),
    ("too high", lambda r: require_at_most(r, "a", 3), 4, F),
    ("between", lambda r: require_between(r, "a", 1, 3), 2, P),
    ("holds", lambda r: require_holds(r, "a", ["x", "y"]), ["y", "x", "z"], P),
    ("lacks", lambda r: require_holds(r, "a", ["x", "y"]), ["x"], F),
    ("may hold", lambda r: require_holds(r, "a", ["x", "y"]), ["x", UNKNOWN], U),
    ("holds whatever is unknown", lambda r: require_holds(r, "a", ["x"]), ["x", UNKNOWN], P),
    ("closed", lambda r: forbid_open_cidr(r, "a"), ["10.0.0.0/8", "203.0.113.0/24"], P),
    ("open", lambda r: forbid_open_cidr(r, "a"), ["10.0.0.0/8", "0.0.0.0/0"], F),
    ("each", lambda r: each(r, "a", lambda n: require_true(n, "b")), [{"b": True}, {"b": True}], P),
    ("each not", lambda r: each(r, "a", lambda n: require_true(n, "b")), [{"b": True}, UNKNOWN, {"b": False}], F),
    ("each unknown", lambda r: each(r, "a", lambda n: require_true(n, "b")), [{"b": True}, UNKNOWN], U),
    ("each of unknown", lambda r: each(r, "a", lambda n: PASS), UNKNOWN, U),
    ("some", lambda r: some(r, "a", lambda n: require_true(n, "b")), [{"b": False}, UNKNOWN, {"b": True}], P),
    ("some unknown", lambda r: some(r, "a", lambda n: require_true(n, "b")), [{"b": False}, UNKNOWN], U),
    ("some not", lambda r: some(r, "a", lambda n: require_true(n, "b")), [{"b": False}], F),
]


@pytest.mark.parametrize(("predicate", "value", "answer"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_predicate(predicate: Predicate, value: Any, answer: Answer) -> None:
    verdict = predicate(resource({"a": value}))
    assert verdict.answer is answer
    for fault in verdict.faults:
        assert fault.path.startswith("a")
        assert fault.problem
        assert fault.remedy
    assert bool(verdict.unknown) == (answer is U)


ABSENT_IS_READ = [
    row for row in TABLE if row[0] in ("true", "false", "in", "equal", "at least", "holds", "each", "some")
]


@pytest.mark.parametrize("row", ABSENT_IS_READ, ids=lambda row: row[0])
@pytest.mark.parametrize("absent", ["violation", "pass"])
def test_absent_means_what_the_record_says(row: Any, absent: str) -> None:
    expected = F if absent == "violation" else P
    for value in (None, [] if row[0] in ("each", "some", "holds") else None):
        assert row[1](resource({"a": value}, record(absent=absent))).answer is expected


def test_absent_can_be_said_for_one_property() -> None:
    assert require_true(resource({}), "a", absent=PASS) is PASS


def test_a_secret_is_not_shown() -> None:
    (fault,) = require_equal(resource({"a": Secret("hunter2")}), "a", "x").faults
    assert "hunter2" not in str(fault)
    assert "[secret]" in str(fault)


@pytest.mark.parametrize(
    "text", ["0.0.0.0/0", "::/0", "*", "Internet", "0.0.0.0/1", "128.0.0.0/1", "1.0.0.0/7", "2000::/3"]
)
def test_open_ranges(text: str) -> None:
    assert is_open(text)


@pytest.mark.parametrize(
    "text", ["10.0.0.0/8", "192.168.0.0/16", "8.0.0.0/8", "fc00::/7", "2001:db8::/32", "sg-1", 5, ""]
)
def test_ranges_that_are_not_open(text: object) -> None:
    assert not is_open(text)
