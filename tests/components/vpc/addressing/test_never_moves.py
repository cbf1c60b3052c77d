"""No live subnet ever moves: random histories of a network, and the edits that re-cut others' networks."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.intent import NetworkIntent, TierIntent, TierRole, requests_of
from platform_lib.components.vpc.addressing.ledger import AddressLedger, NetworkLedger, resolve
from platform_lib.components.vpc.addressing.ledger_file import LedgerFile, parse_ledger, updated_text
from platform_lib.core.errors import PlanError
from platform_lib.operations.network.plan import ChangeKind, plan, release
from support.networks import MAIN, ZONES, three_tiers

EMPTY = LedgerFile(MAIN, AddressLedger())  # type: ignore[arg-type]


def planned(file: LedgerFile, intent: NetworkIntent) -> LedgerFile:
    """The ledger after planning, written and read back as the file would be."""
    return parse_ledger(updated_text(file, plan(file, [intent]).ledger))


def entry(file: LedgerFile) -> NetworkLedger:
    return file.ledger.networks[str(MAIN)]


EDITS = {
    "2 to 3 zones": (three_tiers(2), three_tiers(3)),
    "3 to 4": (three_tiers(3), three_tiers(4)),
    "4 to 5": (three_tiers(4), three_tiers(5)),
    "drop the first of three": (three_tiers(3), three_tiers(3, zones=ZONES[1:3])),
    "new tier in front": (
        three_tiers(3),
        three_tiers(3, tiers=(TierIntent("aaa", TierRole.PRIVATE, 22), *three_tiers().tiers)),
    ),
    "new tier at end": (
        three_tiers(3),
        three_tiers(3, tiers=(*three_tiers().tiers, TierIntent("zzz", TierRole.PRIVATE, 22))),
    ),
}


@pytest.mark.parametrize("ipv6", [None, 56])
@pytest.mark.parametrize("name", EDITS)
def test_edits_move_nothing(name: str, ipv6: int | None):
    before, after = (replace(intent, ipv6_prefix_length=ipv6) for intent in EDITS[name])
    first = planned(EMPTY, before)
    second = planned(first, after)
    old, new = resolve(before, entry(first), subject="x"), resolve(after, entry(second), subject="x")
    shared = old.blocks.keys() & new.blocks.keys()
    assert shared
    assert len(shared) == min(len(old.blocks), len(new.blocks))
    assert [key for key in shared if old.blocks[key] != new.blocks[key]] == []
    assert [key for key in old.ipv6_numbers.keys() & shared if old.ipv6_numbers[key] != new.ipv6_numbers[key]] == []
    kinds = {change.kind for change in plan(first, [after]).changes}
    assert kinds == ({ChangeKind.FREE} if "drop" in name else {ChangeKind.ADD})


class History(RuleBasedStateMachine):
    """A network that people change for years."""

    def __init__(self) -> None:
        super().__init__()
        self.file = EMPTY
        self.tiers: dict[str, TierIntent] = {"app": TierIntent("app", TierRole.PRIVATE, 24)}
        self.zones: list[str] = [ZONES[0]]
        self.ranges = ["10.0.0.0/19"]
        self.first_seen: dict[str, str] = {}
        self.first_number: dict[str, int] = {}
        self.apply()

    def intent(self) -> NetworkIntent:
        return three_tiers(
            tiers=tuple(self.tiers.values()),
            zones=tuple(self.zones),
            ranges=tuple(self.ranges),
            ipv6_prefix_length=56,
        )

    def apply(self) -> None:
        try:
            outcome = plan(self.file, [self.with_public(self.intent())])
        except PlanError as error:
            if "no room" not in str(error):
                raise
            if len(self.ranges) < 4:
                self.ranges.append(f"10.{len(self.ranges)}.0.0/18")
                self.apply()
            else:
                self.tiers.popitem()
                self.tiers = self.tiers or {"app": TierIntent("app", TierRole.PRIVATE, 28)}
            return
        self.file = LedgerFile(self.file.path, outcome.ledger)
        for key, text in entry(self.file).blocks.items():
            assert self.first_seen.setdefault(key, text) == text, "a live subnet moved"
        for key, number in entry(self.file).ipv6_numbers.items():
            assert self.first_number.setdefault(key, number) == number, "a live subnet moved"

    @staticmethod
    def with_public(intent: NetworkIntent) -> NetworkIntent:
        return replace(intent, tiers=(TierIntent("public", TierRole.PUBLIC, 28), *intent.tiers))

    @rule(name=st.sampled_from(["a", "m", "web", "data", "zz"]), length=st.integers(21, 28))
    def add_tier(self, name: str, length: int) -> None:
        known = [key for key in self.first_seen if key.startswith(f"{name}/")]
        if known:  # a name that was used before keeps its size
            length = int(self.first_seen[known[0]].partition("/")[2])
        self.tiers.setdefault(name, TierIntent(name, TierRole.PRIVATE, length))
        self.apply()

    @rule(data=st.data())
    def remove_tier(self, data: st.DataObject) -> None:
        if len(self.tiers) > 1:
            del self.tiers[data.draw(st.sampled_from(sorted(self.tiers)))]
        self.apply()

    @rule(zone=st.sampled_from(ZONES), front=st.booleans())
    def add_zone(self, zone: str, front: bool) -> None:
        if zone not in self.zones:
            self.zones.insert(0 if front else len(self.zones), zone)
        self.apply()

    @rule(data=st.data())
    def remove_zone(self, data: st.DataObject) -> None:
        if len(self.zones) > 1:
            self.zones.remove(data.draw(st.sampled_from(self.zones)))
        self.apply()

    @rule()
    def grow(self) -> None:
        if len(self.ranges) < 4:
            self.ranges.append(f"10.{len(self.ranges)}.0.0/18")
        self.apply()

    @precondition(lambda self: entry(self.file).freed)
    @rule()
    def release_all(self) -> None:
        gone = entry(self.file).freed
        self.file = LedgerFile(self.file.path, release(self.file, MAIN, sorted(gone)).ledger)
        for key in gone:
            self.first_seen.pop(key, None)
            self.first_number.pop(key, None)

    @invariant()
    def blocks_are_apart(self) -> None:
        held = entry(self.file)
        blocks = sorted(Block.parse(text) for text in (*held.blocks.values(), *held.freed.values()))
        assert all(one.last < two.first for one, two in itertools.pairwise(blocks))
        numbers = (*held.ipv6_numbers.values(), *held.ipv6_freed.values())
        assert len(set(numbers)) == len(numbers)


TestHistory = History.TestCase
TestHistory.settings = settings(stateful_step_count=12)


def test_every_subnet_is_asked_for():
    assert len(requests_of(three_tiers())) == 9
