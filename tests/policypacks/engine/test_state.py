from typing import Any

import pytest

from platform_lib.core.errors import PolicyError
from policypacks.engine.graph import require_related
from policypacks.engine.predicate import require_true
from policypacks.engine.state import evaluate_state
from support.policy_engine import THING, evaluator, make_rule, record

PROVIDER = "urn:pulumi:dev::p::pulumi:providers:test::default"


def entry(name: str, token: str = THING, **more: Any) -> dict[str, Any]:
    return {
        "urn": f"urn:pulumi:dev::p::{token}::{name}",
        "type": token,
        "custom": True,
        "id": f"{name}-id",
        "provider": f"{PROVIDER}::1",
        **more,
    }


PROVIDER_ENTRY = {
    "urn": PROVIDER, "type": "pulumi:providers:test", "custom": True, "id": "1", "inputs": {"region": "eu-west-1"},
}  # fmt: skip


def deployment(*resources: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"version": 3, "deployment": {"resources": [PROVIDER_ENTRY, *resources]}, **more}


ON = make_rule(lambda r: require_true(r, "on"))
REGION = make_rule(
    lambda r: require_true(r, "on") if r.region() == "eu-west-1" and r.option("protect") else require_true(r, "off"),
    record("test-region"),
)
LOGGED = make_rule(lambda r: require_related(r, "test:index:Log", by="thing"), record("test-logged", scope="stack"))


def test_every_live_resource_is_evaluated() -> None:
    found = evaluate_state(
        evaluator(ON),
        deployment(
            entry("good", inputs={"on": True}),
            entry("bad", inputs={"on": False}),
            entry("old", inputs={"on": False}, delete=True),
            entry("read", external=True, outputs={"on": False}),
        ),
    )
    assert [finding.resource_name for finding in found] == ["bad"]


def test_provider_and_options_are_there() -> None:
    assert evaluate_state(evaluator(REGION), deployment(entry("a", inputs={"on": True}, protect=True))) == []
    assert len(evaluate_state(evaluator(REGION), deployment(entry("a", inputs={"on": True})))) == 1


def test_stack_rules_see_ids() -> None:
    log = entry("log", "test:index:Log", inputs={"thing": "a-id"}, outputs={})
    assert evaluate_state(evaluator(LOGGED), deployment(entry("a"), log)) == []
    assert len(evaluate_state(evaluator(LOGGED), deployment(entry("b"), log))) == 1


def test_an_empty_state_has_no_findings() -> None:
    assert evaluate_state(evaluator(ON), {"version": 3, "deployment": {}}) == []


@pytest.mark.parametrize(
    ("state", "text"),
    [
        ({}, "is not a deployment"),
        ({"version": "3"}, "is not a deployment"),
        ({"version": 9, "deployment": {}}, "newer engine, got version 9"),
        ({"version": 4, "features": ["timeTravel"], "deployment": {}}, "got timeTravel"),
        ({"version": 3, "deployment": {"resources": {}}}, "is not a list"),
        ({"version": 3, "deployment": {"resources": [{}]}}, "is not a list of resources"),
    ],
)
def test_what_is_no_state_is_refused(state: dict[str, Any], text: str) -> None:
    with pytest.raises(PolicyError, match=text):
        evaluate_state(evaluator(ON), state)
