"""Changes of a contract: what each is called, and what it asks of a version."""

from typing import Any

import pytest

from platform_lib.operations.upgrade.contract import contract_changes
from platform_lib.operations.upgrade.model import Bump, ContractChange, Kind, bump_of, next_version, suffices

TOKEN = "platform-lib:index:Store"


def contract(
    inputs: dict[str, Any] | None = None,
    *,
    required: tuple[str, ...] = (),
    outputs: dict[str, Any] | None = None,
    sure: tuple[str, ...] = (),
    types: dict[str, Any] | None = None,
    defaults: dict[str, str] | None = None,
    token: str = TOKEN,
) -> dict[str, Any]:
    component = {
        "inputProperties": inputs or {},
        "requiredInputs": list(required),
        "properties": outputs or {},
        "required": list(sure),
    }
    return {"resources": {token: component}, "types": types or {}, "defaults": defaults or {}}


STRING = {"type": "string"}
NUMBER = {"type": "integer"}


def told(old: dict[str, Any], new: dict[str, Any]) -> list[tuple[str, str, str]]:
    return [(str(item.kind), item.subject, str(item.bump)) for item in contract_changes(old, new)]


def test_equal_contracts_have_no_changes() -> None:
    same = contract({"a": STRING}, required=("a",), outputs={"b": STRING}, types={"t": {"enum": [{"value": "x"}]}})
    assert told(same, same) == []


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        (contract(), contract({"a": STRING}), ("added", "Store.inputs.a", "minor")),
        (contract(), contract({"a": STRING}, required=("a",)), ("required", "Store.inputs.a", "major")),
        (
            contract({"a": STRING}),
            contract({"a": STRING}, required=("a",)),
            ("required", "Store.inputs.a", "major"),
        ),
        (contract({"zebra": STRING}), contract(), ("removed", "Store.inputs.zebra", "major")),
        (
            contract({"diskSize": NUMBER}),
            contract({"diskSizeGib": NUMBER}),
            ("renamed", "Store.inputs.diskSize", "major"),
        ),
        (contract({"a": STRING}), contract({"a": NUMBER}), ("type changed", "Store.inputs.a", "major")),
        (
            contract({"a": {"type": "array", "items": STRING}}),
            contract({"a": {"type": "array", "items": NUMBER}}),
            ("type changed", "Store.inputs.a", "major"),
        ),
        (
            contract({"a": {**NUMBER, "default": 1}}),
            contract({"a": {**NUMBER, "default": 2}}),
            ("default changed", "Store.inputs.a", "major"),
        ),
        (
            contract({"a": {**NUMBER, "description": "Days. The default is 30."}}),
            contract({"a": {**NUMBER, "description": "Number of days. The default is 90."}}),
            ("default changed", "Store.inputs.a", "major"),
        ),
        (
            contract({"a": {**STRING, "description": "Where. Left out means Amazon's own."}}),
            contract({"a": {**STRING, "description": "Where. Left out means the cloud's own."}}),
            ("default reworded", "Store.inputs.a", "minor"),
        ),
        (
            contract({"a": STRING}),
            contract({"a": {**STRING, "deprecationMessage": "use b"}}),
            ("deprecated", "Store.inputs.a", "minor"),
        ),
        (contract(), contract(outputs={"a": STRING}), ("added", "Store.outputs.a", "minor")),
        (contract(outputs={"a": STRING}), contract(), ("removed", "Store.outputs.a", "major")),
        (
            contract(outputs={"a": STRING}, sure=("a",)),
            contract(outputs={"a": STRING}),
            ("type changed", "Store.outputs.a", "major"),
        ),
        (
            contract(types={"x:index:Tier": {"enum": [{"value": "low"}]}}),
            contract(types={"x:index:Tier": {"enum": [{"value": "low"}, {"value": "high"}]}}),
            ("added", "Tier.high", "minor"),
        ),
        (
            contract(types={"x:index:Tier": {"enum": [{"value": "low"}, {"value": "high"}]}}),
            contract(types={"x:index:Tier": {"enum": [{"value": "low"}]}}),
            ("removed", "Tier.high", "major"),
        ),
        (
            contract(types={"x:index:Args": {"properties": {}}}),
            contract(types={"x:index:Args": {"properties": {"b": STRING}, "required": ["b"]}}),
            ("required", "Args.b", "major"),
        ),
        (
            contract(defaults={"StoreArgs.days": "30"}),
            contract(defaults={"StoreArgs.days": "90"}),
            ("default changed", "StoreArgs.days", "major"),
        ),
    ],
)
def test_a_change_has_its_name_and_its_bump(
    old: dict[str, Any], new: dict[str, Any], change: tuple[str, str, str]
) -> None:
    assert told(old, new) == [change]


def test_a_component_comes_goes_and_is_renamed() -> None:
    empty: dict[str, Any] = {"resources": {}, "types": {}, "defaults": {}}
    assert told(empty, contract()) == [("added", "Store", "minor")]
    assert told(contract(), empty) == [("removed", "Store", "major")]
    moved = contract({"a": STRING}, token="platform-lib:index:Stores")
    assert told(contract({"a": STRING}), moved) == [("renamed", "Store", "major")]


def test_an_optional_input_that_becomes_less_strict_is_no_change() -> None:
    assert told(contract({"a": STRING}, required=("a",)), contract({"a": STRING})) == []


def test_words_of_a_description_are_no_change() -> None:
    old = contract({"a": {**NUMBER, "description": "Days. The default is 30."}})
    new = contract({"a": {**NUMBER, "description": "How many days it stays. the `default` is 30"}})
    assert told(old, new) == []


def change(bump: Bump) -> ContractChange:
    return ContractChange(kind=Kind.ADDED, subject="x", bump=bump)


@pytest.mark.parametrize(
    ("lost", "moved", "contract_bumps", "bump"),
    [
        (False, False, (), Bump.PATCH),
        (False, True, (), Bump.MINOR),
        (True, True, (), Bump.MAJOR),
        (False, False, (Bump.MINOR,), Bump.MINOR),
        (False, True, (Bump.MINOR, Bump.MAJOR), Bump.MAJOR),
    ],
)
def test_the_largest_bump_wins(lost: bool, moved: bool, contract_bumps: tuple[Bump, ...], bump: Bump) -> None:
    assert bump_of(lost, moved, tuple(map(change, contract_bumps))) is bump


@pytest.mark.parametrize(
    ("version", "bump", "following"),
    [
        ("1.2.3", Bump.PATCH, "1.2.4"),
        ("1.2.3", Bump.MINOR, "1.3.0"),
        ("1.2.3", Bump.MAJOR, "2.0.0"),
        ("0.2.3", Bump.MAJOR, "0.3.0"),
        ("0.2.3", Bump.MINOR, "0.3.0"),
        ("", Bump.MAJOR, ""),
        ("1.2.3rc1", Bump.MAJOR, ""),
    ],
)
def test_the_next_version(version: str, bump: Bump, following: str) -> None:
    assert next_version(version, bump) == following


@pytest.mark.parametrize(
    ("release", "needed", "version", "enough"),
    [
        (Bump.MINOR, Bump.MINOR, "1.2.3", True),
        (Bump.PATCH, Bump.MINOR, "1.2.3", False),
        (Bump.MINOR, Bump.MAJOR, "1.2.3", False),
        (Bump.MINOR, Bump.MAJOR, "0.2.3", True),
        (Bump.PATCH, Bump.MAJOR, "0.2.3", False),
        (Bump.MAJOR, Bump.MINOR, "", True),
    ],
)
def test_whether_a_release_raises_enough(release: Bump, needed: Bump, version: str, enough: bool) -> None:
    assert suffices(release, needed, version) is enough
