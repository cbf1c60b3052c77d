from dataclasses import dataclass, field

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.cloud import Cloud
from platform_lib.sandbox.engine.backend.recovery import Interrupted, Ledger, settle
from platform_lib.sandbox.engine.state import PendingOperation, Snapshot
from support.backend import thing, urn


@dataclass
class Row:
    row: int
    id: str
    inputs: dict = field(default_factory=dict)
    outputs: dict = field(default_factory=dict)


class Rows:
    """A cloud that holds these rows for any URN."""

    def __init__(self, *rows: Row) -> None:
        self.rows = rows

    def find_created(self, urn, known_ids=()):
        return self.rows


def _settle(snapshot: Snapshot, kind: str, resource, rows: Rows | None, before=()) -> list[str]:
    pending = PendingOperation(kind, resource)
    snapshot.pending.append(pending)
    return settle(snapshot, [Interrupted(pending, before)], rows)


def test_the_sandbox_cloud_can_be_asked() -> None:
    assert issubclass(Cloud, Ledger)


def test_a_create_that_was_carried_out_is_taken_over() -> None:
    snapshot = Snapshot([thing("z")])
    wanted = thing("a", id="", inputs={"v": Secret("x")}, additional_secret_outputs=["extra"])
    notes = _settle(
        snapshot, "creating", wanted, Rows(Row(1, "a-0"), Row(2, "a-1", {}, {"v": "x", "extra": 1, "b": 2})), (1,)
    )
    adopted = snapshot.resources[1]
    assert (adopted.urn, adopted.id) == (urn("a"), "a-1")
    assert adopted.outputs == {"v": Secret("x"), "extra": Secret(1), "b": 2}
    assert snapshot.pending == []
    assert notes == [f"{urn('a')}: had been created as a-1, taken over into the state"]


def test_a_create_that_was_not_carried_out_is_forgotten() -> None:
    snapshot = Snapshot()
    assert _settle(snapshot, "creating", thing("a", id=""), Rows(Row(1, "a-0")), (1,)) == [
        f"{urn('a')}: had not been created"
    ]
    assert (snapshot.resources, snapshot.pending) == ([], [])


def test_a_replacement_that_was_created_stands_before_the_old_copy() -> None:
    snapshot = Snapshot([thing("z"), thing("a"), thing("b", dependencies=[urn("a")])])
    _settle(snapshot, "creating", thing("a", id=""), Rows(Row(1, "a-1"), Row(2, "a-2")), (1,))
    assert [(item.id, item.delete) for item in snapshot.resources] == [
        ("z-1", False), ("a-2", False), ("a-1", True), ("b-1", False),
    ]  # fmt: skip


def test_a_replacement_of_what_is_gone_takes_its_place() -> None:
    snapshot = Snapshot([thing("a", pending_replacement=True), thing("b", dependencies=[urn("a")])])
    _settle(snapshot, "creating", thing("a", id=""), Rows(Row(2, "a-2")))
    assert [(item.id, item.pending_replacement) for item in snapshot.resources] == [("a-2", False), ("b-1", False)]


@pytest.mark.parametrize("done", [True, False])
def test_an_update_is_taken_over_if_the_cloud_has_it(done) -> None:
    snapshot = Snapshot([thing("a", inputs={"v": 1}, outputs={"v": 1})])
    wanted = thing("a", id="", inputs={"v": Secret(2)})
    row = Row(1, "a-1", {"v": 2 if done else 1}, {"v": 2 if done else 1})
    _settle(snapshot, "updating", wanted, Rows(row), (1,))
    expected = ({"v": Secret(2)}, {"v": Secret(2)}) if done else ({"v": 1}, {"v": 1})
    assert (snapshot.resources[0].inputs, snapshot.resources[0].outputs) == expected
    assert snapshot.pending == []


def test_a_delete_that_was_carried_out_is_taken_over() -> None:
    snapshot = Snapshot([thing("a"), thing("b")])
    assert _settle(snapshot, "deleting", thing("a"), Rows(), (1,)) == [f"{urn('a')}: had been deleted"]
    assert snapshot.resources == [thing("b")]


def test_a_delete_that_was_not_carried_out_changes_nothing() -> None:
    snapshot = Snapshot([thing("a")])
    _settle(snapshot, "deleting", thing("a"), Rows(Row(1, "a-1")), (1,))
    assert snapshot.resources == [thing("a")]


def test_a_deleted_resource_that_others_depend_on_keeps_its_place() -> None:
    snapshot = Snapshot([thing("a"), thing("b", property_dependencies={"v": [urn("a")]})])
    _settle(snapshot, "deleting", thing("a"), Rows(), (1,))
    assert [item.pending_replacement for item in snapshot.resources] == [True, False]


def test_the_old_copy_of_a_replacement_is_dropped_though_its_urn_is_used() -> None:
    old = thing("a", id="a-0", delete=True)
    snapshot = Snapshot([thing("a"), old, thing("b", dependencies=[urn("a")])])
    _settle(snapshot, "deleting", thing("a", id="a-0", delete=True), Rows(Row(2, "a-1")), (1, 2))
    assert [item.id for item in snapshot.resources] == ["a-1", "b-1"]


def test_what_a_resource_renamed_since_it_was_made_deletes_is_left_to_the_next_run() -> None:
    # The cloud knows it by its old URN only, so nothing was held before and nothing can be missing after.
    snapshot = Snapshot([thing("a")])
    _settle(snapshot, "deleting", thing("a"), Rows(), ())
    assert snapshot.resources == [thing("a")]


def test_a_cloud_that_cannot_be_asked_leaves_all_pending() -> None:
    snapshot = Snapshot()
    assert _settle(snapshot, "creating", thing("a", id=""), None) == []
    assert [item.type for item in snapshot.pending] == ["creating"]


def test_reading_is_simply_done_again() -> None:
    snapshot = Snapshot()
    assert _settle(snapshot, "reading", thing("a"), Rows()) == [f"{urn('a')}: had changed nothing"]
    assert snapshot.pending == []
