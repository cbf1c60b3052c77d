"""Any type of the five packages goes through its whole life, with inputs made up from its schema."""

import random
from typing import Any

import pytest

from platform_lib.core.values import has_unknown, plain
from platform_lib.sandbox import schema
from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.schema.model import ResourceSchema
from support.cloud import Driver, Made, driver, urn

SEED = 20261124
SHARES = {"aws": 170, "azure-native": 140, "gcp": 130, "kubernetes": 70, "vault": 50}
"""560 types, drawn by the seed."""


WANTED: dict[str, dict[str, Any]] = {
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": {"cidrIpv4": "10.0.0.0/8", "ipProtocol": "-1"},
    "aws:alb/targetGroup:TargetGroup": {"port": 80, "protocol": "HTTP", "vpcId": "vpc-1"},
}
"""What the rules of a type want beyond its schema."""


def _sample(package: str, count: int) -> list[str]:
    rng = random.Random(f"{SEED}{package}")
    drawn = rng.sample(schema.tokens(package), min(len(schema.tokens(package)), count + 20))
    return [token for token in drawn if not schema.resource(token).is_component][:count]


def _inputs(known: ResourceSchema, rng: random.Random) -> dict[str, Any]:
    """Inputs by the schema, and by the few rules beyond it that a made-up value cannot keep by chance."""
    inputs = schema.generate(known, rng, optional=0.3)
    if known.token.endswith("Patch"):
        inputs["metadata"] = {"name": "patched"}
    if "deletionProtection" in known.inputs:
        inputs["deletionProtection"] = False
    return {**inputs, **WANTED.get(known.token, {})}


def _life(run: Driver, token: str, inputs: dict[str, Any]) -> None:
    known = schema.resource(token)
    checked = run.check(token, "it", inputs).inputs
    foreseen = run.provider.create(urn(token, "it"), checked, 0, preview=True).outputs
    created = run.provider.create(urn(token, "it"), checked, 0, preview=False)
    made = Made(token, "it", created.id, checked, created.outputs)
    assert made.id
    missing = [
        name
        for name, output in known.outputs.items()
        if output.required and not output.deprecated and name not in made.outputs
    ]
    assert missing == [], "every output that the SDK counts on"
    assert not has_unknown(made.outputs)
    for name, value in foreseen.items():
        if not has_unknown(value) and name not in ("metadata", "spec", "status", "data"):
            assert plain(value) == plain(made.outputs.get(name)), f"the preview said {name} would be another"
    assert run.diff(made, inputs).detailed == {}, "the same inputs are no change"
    _replaced(run, made, known)
    found = run.read(made)
    assert (found.id, found.inputs, found.outputs) == (made.id, made.inputs, made.outputs)
    imported = run.provider.read(made.urn, _import_id(known, made), {}, {})
    assert imported.id == made.id or "namespace" in made.inputs, "an id alone finds it"
    changed = run.update(made, inputs)
    assert changed.outputs.keys() == made.outputs.keys()
    stable = {name for name in ("id", "arn", "name") if name in made.outputs}
    assert {name: changed.outputs[name] for name in stable} == {name: made.outputs[name] for name in stable}
    run.delete(changed)
    assert run.read(made).id == ""


def _replaced(run: Driver, made: Made, known: ResourceSchema) -> None:
    """Another text where a certain fact says so forces a replacement that names the property."""
    for rule in known.replace:
        held = plain(made.inputs.get(rule.path))
        if rule.certainty == "certain" and isinstance(held, str) and not held.startswith(("{", "[")):
            changed = {**made.inputs, rule.path: f"{held}x"}
            found = run.provider.diff(made.urn, made.id, made.inputs, made.outputs, changed, [])
            assert found.replaces == [rule.path], f"{rule.path} replaces"


def _import_id(known: ResourceSchema, made: Made) -> str:
    regional = known.package == "aws" and "region" in known.inputs
    return f"{made.id}@{made['region']}" if regional else made.id


@pytest.mark.parametrize("package", sorted(SHARES))
def test_a_sample_of_all_types_lives_and_dies(package: str) -> None:
    rng = random.Random(f"{SEED}{package}inputs")
    tokens = _sample(package, SHARES[package])
    assert len(tokens) == SHARES[package]
    failures, lived = [], 0
    for token in tokens:
        run = driver(package, cloud=open_cloud(None, assume_references=True))
        inputs = _inputs(schema.resource(token), rng)
        refused = run.reasons(token, inputs)
        if refused:
            failures.append(f"{token}: refused: {refused}")
            continue
        try:
            _life(run, token, inputs)
        except Exception as error:  # noqa: BLE001 (every type is tried, and all that failed are told at once)
            failures.append(f"{token}: {type(error).__name__}: {error}")
        else:
            lived += 1
        finally:
            run.cloud.close()
    assert not failures, "\n".join(failures)
    assert lived == SHARES[package]
