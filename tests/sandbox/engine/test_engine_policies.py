"""Policies within the engine: asked about every resource and about the stack, mended inputs, what a finding stops."""

from dataclasses import dataclass, field
from typing import Any

from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import CancelEvent, PolicyEvent
from platform_lib.sandbox.engine.policy import PolicyResource
from platform_lib.sandbox.engine.target import Program
from support.things import Thing, names


@dataclass
class Finding:
    rule: str
    urn: str
    message: str
    mandatory: bool = True


@dataclass
class Policy:
    """Refuses things named so; turns value `old` into `new`."""

    refused: str = ""
    mandatory: bool = True
    seen: list[PolicyResource] = field(default_factory=list)
    stack: list[PolicyResource] = field(default_factory=list)

    def remediate(self, resource: PolicyResource) -> dict[str, Any] | None:
        return {**resource.properties, "value": "new"} if resource.properties.get("value") == "old" else None

    def analyze(self, resource: PolicyResource) -> list[Finding]:
        self.seen.append(resource)
        return [Finding("no-bad", resource.urn, "bad", self.mandatory)] if resource.name == self.refused else []

    def analyze_stack(self, resources: Any) -> list[Finding]:
        self.stack = list(resources)
        return []


def three() -> None:
    Thing("good")
    Thing("bad", value="old")
    Thing("late")


def test_a_mandatory_finding_fails_a_preview_that_sees_everything(engine: Engine):
    engine.policy = policy = Policy(refused="bad")
    events: list[Any] = []
    engine.sink = events.append

    result = engine.run("preview", Program.of(three))

    assert result.exit_code == 1
    assert [item.name for item in policy.seen if "Thing" in item.type] == ["good", "bad", "late"]
    assert [finding.rule for finding in result.findings] == ["no-bad"]
    assert [event.finding.rule for event in events if isinstance(event, PolicyEvent)] == ["no-bad"]
    assert isinstance(events[-1], CancelEvent)


def test_a_mandatory_finding_stops_an_up(engine: Engine):
    engine.policy = Policy(refused="bad")

    result = engine.run("up", Program.of(three))

    assert result.exit_code == 1
    assert names(engine.snapshot) == ["good"]


def test_an_advisory_finding_stops_nothing(engine: Engine):
    engine.policy = policy = Policy(refused="bad", mandatory=False)

    result = engine.run("up", Program.of(three))

    assert result.exit_code == 0
    assert len(result.findings) == 1
    assert {item.name for item in policy.stack} >= {"good", "bad", "late"}


def test_remediation_changes_what_is_made(engine: Engine):
    engine.policy = Policy()

    engine.run("up", Program.of(three))

    assert [s.inputs.get("value") for s in engine.snapshot.resources if s.urn.endswith("bad")] == ["new"]
