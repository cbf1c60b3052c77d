"""Finding the old record of a resource by its former URNs."""

from typing import Any

import pytest

from platform_lib.sandbox.engine.aliases import Aliases
from platform_lib.sandbox.engine.goal import Alias
from platform_lib.sandbox.engine.target import Target

BOX = "acme:index:Box"
THING = "sim:index:Thing"
PREFIX = "urn:pulumi:dev::shop::"
ROOT = f"{PREFIX}pulumi:pulumi:Stack::shop-dev"


class Heard:
    """A report that keeps the errors."""

    def __init__(self) -> None:
        self.errors: list[str] = []

    def error(self, message: str, _urn: str) -> None:
        self.errors.append(message)


@pytest.fixture
def aliases() -> Aliases:
    return Aliases(Target("shop", "dev"))


def find(aliases: Aliases, urn: str, candidates: list[str], olds: set[str], seen: Any = ()) -> tuple[Any, ...]:
    heard: Any = Heard()
    records: Any = {old: old for old in olds}
    return *aliases.find(urn, candidates, records, dict.fromkeys(seen), heard), heard.errors


@pytest.mark.parametrize(
    ("alias", "expected"),
    [
        (Alias(name="old"), f"{PREFIX}{BOX}${THING}::old"),
        (Alias(type="sim:index:Was"), f"{PREFIX}{BOX}$sim:index:Was::a"),
        (Alias(no_parent=True), f"{PREFIX}{THING}::a"),
        (Alias(parent=ROOT), f"{PREFIX}{THING}::a"),
        (Alias(stack="prod", project="other"), f"urn:pulumi:prod::other::{BOX}${THING}::a"),
        (Alias(urn="urn:x"), "urn:x"),
    ],
)
def test_what_is_not_said_is_as_it_is(aliases: Aliases, alias: Alias, expected: str):
    assert aliases.candidates("a", THING, f"{PREFIX}{BOX}::box", [alias]) == [expected]


def test_children_follow_the_alias_of_their_parent(aliases: Aliases):
    new, old = f"{PREFIX}{BOX}::new", f"{PREFIX}{BOX}::old"
    assert find(aliases, new, [old], {old}) == (old, old, False, [])
    assert aliases.candidates("new-child", THING, new, [Alias(name="was")]) == [
        f"{PREFIX}{BOX}${THING}::was",
        f"{PREFIX}{BOX}${THING}::old-child",
    ]


def test_the_own_record_comes_first(aliases: Aliases):
    assert find(aliases, "urn:new", ["urn:old"], {"urn:new", "urn:old"}) == ("urn:new", "", False, [])
    assert find(aliases, "urn:none", ["urn:gone"], set()) == (None, "", False, [])


def test_two_resources_cannot_claim_one_record(aliases: Aliases):
    find(aliases, "urn:first", ["urn:old"], {"urn:old"})
    _, _, invalid, errors = find(aliases, "urn:second", ["urn:old"], {"urn:old"})
    assert invalid
    assert "conflicting with resource with URN 'urn:first'" in errors[0]
    _, _, invalid, errors = find(aliases, "urn:old", [], {"urn:old"})
    assert invalid
    assert "conflicting with alias on resource with URN 'urn:" in errors[0]
