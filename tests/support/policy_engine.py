"""Rules and evaluators for the tests of the policy engine, apart from the project's own rules."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from policypacks.engine.configuration import configure
from policypacks.engine.evaluator import Evaluator
from policypacks.engine.pack import Level, Pack
from policypacks.engine.record import Record
from policypacks.engine.registry import REGISTRY, Rule, load_rules, rule
from policypacks.engine.resource import STACK_TYPE, Facts, Resource, Setting
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Verdict
from policypacks.engine.waiver import Waivers

TODAY = date(2026, 1, 15)
THING = "test:index:Thing"


def record(rule_id: str = "test-rule", **more: Any) -> Record:
    values: dict[str, Any] = {
        "id": rule_id,
        "provider": "test",
        "tier": 1,
        "severity": "high",
        "scope": "resource",
        "absent": "violation",
        "condition": "The thing is right.",
        "resources": (THING,),
        "controls": {"hipaa": ("164.312(b)",), "pci_dss": ("10.2.1",), "soc2": ("CC7.2",)},
    }
    return Record(**{**values, **more})


def make_rule(function: Callable[[Resource], Verdict], made: Record | None = None, **more: Any) -> Rule:
    """A rule that is not registered."""
    made = made or record()
    kept = dict(REGISTRY)
    try:
        REGISTRY.pop(made.id, None)

        def described(resource: Resource) -> Verdict:
            """Things are right.

            Wrong things are bad.
            """
            return function(resource)

        rule(made, **more)(described)
        return REGISTRY[made.id]
    finally:
        REGISTRY.clear()
        REGISTRY.update(kept)


def facts(properties: Mapping[str, Any] | None = None, *, name: str = "it", token: str = THING, **more: Any) -> Facts:
    found = dict(properties or {})
    return Facts(
        token,
        canonical(token),
        more.pop("urn", f"urn:pulumi:dev::project::{token}::{name}"),
        name,
        found,
        **more,
    )


STACK = facts(token=STACK_TYPE, name="project-dev")


def resource(properties: Mapping[str, Any] | None = None, made: Record | None = None, **more: Any) -> Resource:
    return Resource(facts(properties, **more), made or record(), {}, Setting("prod", TODAY))


LEVELS: Mapping[str, Mapping[int, Level]] = {
    "dev": {1: "advisory", 2: "advisory", 3: "advisory"},
    "staging": {1: "mandatory", 2: "mandatory", 3: "advisory"},
    "prod": {1: "mandatory", 2: "mandatory", 3: "advisory"},
}


def evaluator(*rules: Rule, config: Mapping[str, Any] | None = None, **more: Any) -> Evaluator:
    """An evaluator over the given rules alone."""
    known = {item.id: item for item in rules}
    pack = Pack("test", "Test", "", "1.0.0", "", LEVELS, more.pop("overrides", {}), known, Path())
    values: dict[str, Any] = {"today": TODAY, "waivers": Waivers(), "configuration": configure(config, known), **more}
    return Evaluator([pack], **values)


@contextmanager
def registered(*rules: Rule) -> Iterator[None]:
    """The rules stand in the registry beside the project's own for a while."""
    load_rules()
    kept = dict(REGISTRY)
    REGISTRY.update({item.id: item for item in rules})
    try:
        yield
    finally:
        REGISTRY.clear()
        REGISTRY.update(kept)
