"""Ledgers against the clock, on a state of either engine."""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from platform_lib.core.errors import PlatformError
from platform_lib.operations.engines import SandboxStack
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.operations.record import Record
from platform_lib.operations.secrets.due import find_due, judged
from platform_lib.operations.secrets.model import LedgerEntry, Rotation
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.stock_backend import stock_backend, use_environment

TODAY = date(2026, 11, 29)
PROGRAM = """\
import json
import pulumi


class Ledger(pulumi.ComponentResource):
    def __init__(self, name, entries):
        super().__init__("platform-lib:index:VaultConfiguration", name)
        self.register_outputs({"rotation": entries})


config = pulumi.Config()
for name, entries in json.loads(config.get("ledgers") or "{}").items():
    Ledger(name, pulumi.Output.secret(entries) if config.get_bool("sealed") else entries)
"""


def entry(name: str = "stripe", **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "static-secret",
        "path": f"kv/{name}",
        "owner": "payments",
        "maximum_age_days": 60,
        "last_rotated": "2026-11-01",
        "rotated_by": "people",
        **more,
    }


class Stack:
    """A stack with ledgers, brought up."""

    def __init__(self, folder: Path, ledgers: dict[str, Any] | None, **config: Any) -> None:
        project = CliProject(folder, PROGRAM)
        project.config(ledgers=json.dumps(ledgers or {}), **config)
        self.stack = SandboxStack(Workspace(folder, env={}).stack("dev"))
        if ledgers is not None:
            assert self.stack.run("up") == 0

    def due(self, **more: Any) -> Any:
        return find_due(self.stack, **{"today": TODAY, "within_days": 14, **more})


def judge(last: str, days: int = 60, **more: Any) -> Any:
    made = LedgerEntry.model_validate(entry(last_rotated=last, maximum_age_days=days, **more))
    return judged(made, today=TODAY, within_days=14, component="main")


@pytest.mark.parametrize(
    "age, status, left",
    [
        (0, Rotation.FRESH, 60),
        (45, Rotation.FRESH, 15),
        (46, Rotation.SOON, 14),
        (60, Rotation.SOON, 0),
        (61, Rotation.OVERDUE, -1),
        (-1, Rotation.FUTURE, 61),
    ],
)
def test_a_secret_may_be_as_old_as_its_maximum_and_no_day_older(age: int, status: Rotation, left: int) -> None:
    found = judge((TODAY - timedelta(days=age)).isoformat())
    assert (found.status, found.days_left) == (status, left)
    assert found.due == TODAY + timedelta(days=left)


@given(st.integers(1, 4000), st.integers(0, 4000), st.integers(0, 100))
def test_what_is_overdue_stays_so_and_what_is_fresh_becomes_it_once(days: int, age: int, later: int) -> None:
    made = LedgerEntry.model_validate(
        entry(last_rotated=(TODAY - timedelta(days=age)).isoformat(), maximum_age_days=days)
    )
    first, then = (
        judged(made, today=TODAY + timedelta(days=more), within_days=14, component="main") for more in (0, later)
    )
    assert first.due == then.due
    assert list(Rotation).index(then.status) <= list(Rotation).index(first.status)
    assert (first.status is Rotation.OVERDUE) == (age > days)


def test_what_the_engine_rotates_is_never_overdue() -> None:
    found = judge("", rotated_by="engine")
    assert (found.status, found.due, found.days_left) == (Rotation.BY_ENGINE, None, None)


def test_the_worst_comes_first_and_every_ledger_counts(tmp_path: Path) -> None:
    ledgers = {
        "main": [
            entry("fresh"),
            entry("engine", rotated_by="engine", last_rotated=""),
            entry("old", last_rotated="2026-01-01"),
            entry("soon", last_rotated="2026-10-05"),
        ],
        "other": [entry("older", last_rotated="2025-01-01"), entry("odd", last_rotated="2027-01-01", owner="web")],
    }
    made = Stack(tmp_path / "shop", ledgers)
    found = made.due()
    assert [(item.component, item.name, item.status.value) for item in found.entries] == [
        ("other", "older", "overdue"),
        ("main", "old", "overdue"),
        ("other", "odd", "future"),
        ("main", "soon", "soon"),
        ("main", "fresh", "fresh"),
        ("main", "engine", "by-engine"),
    ]
    assert [item.name for item in found.late] == ["older", "old", "odd"]
    assert [item.name for item in made.due(owner="web").entries] == ["odd"]
    assert made.due(today=date(2026, 1, 2)).entries[0].name == "older"


def test_names_of_another_language_are_read_too(tmp_path: Path) -> None:
    camel = {"maximumAgeDays": 30, "lastRotated": "2026-01-01", "rotatedBy": "people"}
    plain = {key: value for key, value in entry().items() if "_" not in key}
    found = Stack(tmp_path / "shop", {"main": [{**plain, **camel, "note": "newer"}]}).due()
    assert found.entries[0].status is Rotation.OVERDUE


@pytest.mark.parametrize(
    "ledgers, config, problem",
    [
        (None, {}, "stack 'dev': is not deployed; bring it up first"),
        ({}, {}, "stack 'dev': holds no ledger; deploy a VaultConfiguration with it"),
        (
            {"main": [entry(last_rotated="spring")]},
            {},
            "VaultConfiguration 'main': rotation: stripe: last_rotated is not a day, got 'spring'",
        ),
        (
            {"main": [entry(), entry("b", maximum_age_days=0, rotated_by="luck")]},
            {},
            "VaultConfiguration 'main': rotation[1]: maximum_age_days: must be at least 1, got 0; ",
        ),
        ({"main": "none"}, {}, "VaultConfiguration 'main': rotation: must be a list of entries, got no list"),
        ({"main": ["x"]}, {}, "VaultConfiguration 'main': rotation[0]: name: is required"),
    ],
)
def test_a_ledger_that_cannot_be_read_is_an_error(
    tmp_path: Path, ledgers: Any, config: dict[str, Any], problem: str
) -> None:
    made = Stack(tmp_path / "shop", ledgers, **config)
    with pytest.raises(PlatformError) as caught:
        made.due()
    assert problem in str(caught.value)


def test_a_sealed_ledger_cannot_be_read() -> None:
    class Sealed:
        name, project, engine = "dev", "shop", "pulumi"

        def exists(self) -> bool:
            return True

        def export(self) -> dict[str, Any]:
            sealed = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", "ciphertext": "v1:x"}
            urn = "urn:pulumi:dev::shop::platform-lib:index:VaultConfiguration::main"
            resource = {"urn": urn, "type": "platform-lib:index:VaultConfiguration", "outputs": {"rotation": sealed}}
            return {"version": 3, "deployment": {"resources": [resource]}}

    with pytest.raises(PlatformError, match="rotation: must be a list of entries, got a secret"):
        find_due(Sealed(), today=TODAY, within_days=14)  # type: ignore[arg-type]  # what is asked of a stack


@pytest.mark.slow
@pytest.mark.stock_engine
def test_a_stack_of_the_stock_engine_has_its_ledger_too(tmp_path: Path) -> None:
    project = CliProject(tmp_path / "shop", PROGRAM)
    project.config(ledgers=json.dumps({"main": [entry(last_rotated="2026-01-01")]}))
    use_environment(project.folder / "Pulumi.yaml")
    with stock_backend(tmp_path / "stock") as (variables, _):
        stack = PulumiStack(project.folder, "dev", variables)
        stack.call("stack", "init", stack.name, stack=False)
        record = Record()
        assert stack.run("up", sink=record) == 0, record.diagnostics
        found = find_due(stack, today=datetime.now(UTC).date(), within_days=14)
    assert (found.engine, [item.name for item in found.late]) == ("pulumi", ["stripe"])
