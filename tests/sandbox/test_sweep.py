"""Types of all five packages live in stacks of the sandbox: made, left alone, changed, refreshed, destroyed.

The inputs are made up from the schema; the cloud is told to assume that whatever they refer to exists.
"""

import random
from typing import Any

import pulumi
import pytest

from platform_lib.core.values import Archive, Asset, Secret, has_unknown
from platform_lib.sandbox import schema
from platform_lib.sandbox.cloud import Cloud, open_cloud
from platform_lib.sandbox.engine.engine import Engine
from platform_lib.sandbox.engine.event import Operation, Result
from platform_lib.sandbox.engine.target import ConfigValue, Options, Program, Target
from platform_lib.sandbox.schema.model import ResourceSchema
from support.cloud import Driver, driver

SEED = 20261124
SHARES = {"aws": 170, "azure-native": 140, "gcp": 130, "kubernetes": 70, "vault": 50}
"""560 types, drawn by the seed."""
BATCH = 35
"""Resources in one stack."""
CONFIG = {"aws:region": "eu-west-1", "gcp:project": "sweep-project", "gcp:region": "europe-west1"}
WANTED: dict[str, dict[str, Any]] = {
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"},
    "aws:alb/targetGroup:TargetGroup": {"port": 80, "protocol": "HTTP", "vpcId": "vpc-1"},
    "gcp:organizations/project:Project": {"deletionPolicy": "DELETE"},
}
"""What the rules of a type want beyond its schema."""
GUARDS = {"deletionProtection", "deletionPolicy"}
"""What would keep a resource from being destroyed; not changed."""
TRIES = 20

Inputs = dict[str, dict[str, Any]]


def drawn(package: str) -> list[str]:
    """The sample of a package."""
    known = schema.tokens(package)
    shuffled = random.Random(f"{SEED}{package}").sample(known, len(known))
    resources = (token for token in shuffled if not schema.resource(token).is_component)
    return [token for token, _ in zip(resources, range(SHARES[package]), strict=False)]


def made_up(known: ResourceSchema, rng: random.Random, run: Driver) -> dict[str, Any]:
    """Inputs by the schema that keep the rules beyond it too, which a made-up value does by chance."""
    for _ in range(TRIES):
        inputs = schema.generate(known, rng, optional=0.3)
        if known.token.endswith("Patch"):
            inputs["metadata"] = {"name": "patched"}
        if "deletionProtection" in known.inputs:
            inputs["deletionProtection"] = False
        inputs |= WANTED.get(known.token, {})
        if not run.reasons(known.token, inputs):
            return inputs
    raise AssertionError(f"{known.token}: {run.reasons(known.token, inputs)}")


def changed(known: ResourceSchema, inputs: dict[str, Any], rng: random.Random, run: Driver) -> dict[str, Any]:
    """The inputs with one property changed, rather one that does not replace; the same where none can be.

    What the cloud refuses to change (``documentedImmutable``) stays as it is.
    """
    others = schema.generate(known, rng, optional=1.0)
    kept = {*GUARDS, *(path.partition(".")[0] for path in known.immutable)}
    others = {name: value for name, value in others.items() if name not in kept}
    replacing = {rule.path.partition(".")[0] for rule in known.replace}
    for name in sorted(others, key=lambda name: (name in replacing, name not in inputs, name)):
        given = {**inputs, name: others[name]}
        if others[name] != inputs.get(name) and not run.reasons(known.token, given):
            return given
    return inputs


def as_program_writes(value: Any) -> Any:
    """A value as a program would give it to the SDK."""
    if isinstance(value, Secret):
        return pulumi.Output.secret(as_program_writes(value.value))
    if isinstance(value, Asset):
        return pulumi.StringAsset(value.text or "")
    if isinstance(value, Archive):
        return pulumi.AssetArchive({key: as_program_writes(item) for key, item in (value.assets or {}).items()})
    if isinstance(value, dict):
        return {key: as_program_writes(item) for key, item in value.items()}
    if isinstance(value, list):
        return [as_program_writes(item) for item in value]
    return value


class Sweep:
    """One stack with a resource of each type of a batch."""

    def __init__(self, cloud: Cloud, tokens: list[str]) -> None:
        config = {key: ConfigValue(value) for key, value in CONFIG.items()}
        self.cloud = cloud
        self.tokens = tokens
        self.steps: dict[str, set[str]] = {}
        self.engine = Engine(Target("sweep", "dev", config=config), cloud, sink=self._hear)
        self._runs = 0

    def _hear(self, event: Any) -> None:
        if getattr(event, "phase", "") == "outputs" and not event.type.startswith("pulumi:"):
            self.steps.setdefault(event.type, set()).add(event.op)

    def run(self, operation: Operation, inputs: Inputs) -> Result:
        """Runs an operation; afterwards ``steps`` holds what was done with each type."""

        def program() -> None:
            for token, values in inputs.items():
                pulumi.CustomResource(token, token.rpartition(":")[2].lower(), as_program_writes(values))

        self._runs += 1
        self.steps.clear()
        result = self.engine.run(operation, Program(function=program), Options(seed=bytes([self._runs]) * 32))
        errors = [f"{item.urn.rpartition('::')[2]}: {item.message}" for item in result.diagnostics]
        assert result.exit_code == 0, "\n".join([operation, *errors])
        return result

    def expect(self, operation: Operation, inputs: Inputs, *steps: str) -> None:
        """Runs an operation that does the same with every resource."""
        self.run(operation, inputs)
        assert {token: self.steps.get(token) for token in self.tokens} == {key: set(steps) for key in self.tokens}

    def check_state(self) -> None:
        """Everything has an id, and every output that the SDK counts on, known, what was given among them."""
        states = {state.type: state for state in self.engine.snapshot.resources if not state.type.startswith("pulumi:")}
        assert states.keys() == set(self.tokens)
        for token, state in states.items():
            known = schema.resource(token)
            counted_on = {name for name, item in known.outputs.items() if item.required and not item.deprecated}
            assert state.id, token
            assert counted_on <= state.outputs.keys(), token
            assert not has_unknown(state.outputs), token


def live(package: str, tokens: list[str], rng: random.Random) -> tuple[int, int]:
    """The life of a batch; how many were updated and how many replaced when their inputs changed."""
    with open_cloud(None, assume_references=True) as spare:
        run = driver(package, cloud=spare)
        inputs = {token: made_up(schema.resource(token), rng, run) for token in tokens}
        others = {token: changed(schema.resource(token), inputs[token], rng, run) for token in tokens}
    with open_cloud(None, assume_references=True) as cloud:
        stack = Sweep(cloud, tokens)
        stack.expect("preview", inputs, "create")
        assert stack.engine.snapshot.resources == []
        stack.expect("up", inputs, "create")
        stack.check_state()
        assert {row.type for row in cloud.ls(package=package)} == set(tokens)
        stack.expect("up", inputs, "same")
        stack.run("up", others)
        replaced = {token for token, steps in stack.steps.items() if "replace" in steps}
        updated = {token for token, steps in stack.steps.items() if steps == {"update"}}
        left = {token for token, steps in stack.steps.items() if steps == {"same"}}
        assert replaced | updated | left == set(tokens)
        stack.check_state()
        stack.expect("up", others, "same")
        stack.expect("refresh", others, "same")
        stack.expect("up", others, "same")
        stack.expect("destroy", others, "delete")
        assert stack.engine.snapshot.resources == []
        assert cloud.ls(package=package) == []
    return len(updated), len(replaced)


@pytest.mark.slow
@pytest.mark.parametrize("package", sorted(SHARES))
def test_a_sample_of_all_types_lives_in_stacks(package: str) -> None:
    rng = random.Random(f"{SEED}{package}stacks")
    tokens = drawn(package)
    assert len(tokens) == SHARES[package]
    updates = replacements = 0
    for first in range(0, len(tokens), BATCH):
        updated, replaced = live(package, tokens[first : first + BATCH], rng)
        updates, replacements = updates + updated, replacements + replaced
    assert updates > len(tokens) // 2, "most types have something that can be updated"
    assert replacements > 0, "some have nothing else"
    assert updates + replacements > 0.9 * len(tokens), "few have nothing that can be changed"
