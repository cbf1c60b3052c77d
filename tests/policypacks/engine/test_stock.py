"""The same rules through the stock SDK's PolicyPack and through our server: the same findings."""

import importlib.util
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import EnforcementLevel
from pulumi_policy.policy import _PolicyAnalyzerServicer

from platform_lib.core.values import UNKNOWN, plain
from policypacks import load
from policypacks.engine import server
from policypacks.engine.decode import encode_struct
from policypacks.engine.evaluator import Evaluator
from policypacks.engine.pack import load_pack
from policypacks.engine.protocol import analyzer_pb2
from policypacks.engine.registry import load_rules
from policypacks.engine.resource import STACK_TYPE, Facts
from policypacks.engine.server import AnalyzerServer
from policypacks.engine.stock import policies
from policypacks.engine.token import canonical, matches
from support.policies import R, facts_of
from support.policy_engine import TODAY

CASES = Path(__file__).parents[1] / "rules"


@lru_cache(maxsize=1)
def examples() -> list[tuple[str, list[R]]]:
    """Every compliant example of the rule tests, and every example with one thing broken."""
    from support.policies import _changes, changed

    found: list[tuple[str, list[R]]] = []
    for path in sorted(CASES.glob("test_*.py")):
        spec = importlib.util.spec_from_file_location(f"stock_{path.stem}", path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        for case in module.CASES:
            if case.config or case.environment != "prod":
                continue
            found.append((case.rule, case.resources))
            found += [(case.rule, changed(case.resources, [change])) for change in _changes(case.bad)]
    return found


def request(resources: list[R], *, known: bool) -> Any:
    whole = analyzer_pb2.AnalyzeStackRequest()
    for item in facts_of(resources, known=known):
        made = whole.resources.add(type=item.type, urn=item.urn, name=item.name)
        encode_struct(item.properties, made.properties)
        made.options.protect = bool(item.options.get("protect"))
        made.options.ignoreChanges.extend(item.options.get("ignoreChanges") or ())
        made.options.deleteBeforeReplaceDefined = "deleteBeforeReplace" in item.options
        made.options.deleteBeforeReplace = bool(item.options.get("deleteBeforeReplace"))
        made.dependencies.extend(item.dependencies)
        for key, urns in item.property_dependencies.items():
            made.propertyDependencies[key].urns.extend(urns)
        if item.provider:
            made.provider.type = "pulumi:providers:test"
            encode_struct(item.provider, made.provider.properties)
    return whole


def single(resource: Any) -> Any:
    made = analyzer_pb2.AnalyzeRequest(type=resource.type, urn=resource.urn, name=resource.name)
    made.properties.CopyFrom(resource.properties)
    made.options.CopyFrom(resource.options)
    if resource.HasField("provider"):
        made.provider.CopyFrom(resource.provider)
    return made


def stock_servicer(evaluator: Evaluator, ids: list[str] | None = None) -> Any:
    """What the stock SDK's ``PolicyPack`` serves, without the server and the loop that it would start."""
    level = EnforcementLevel.ADVISORY
    return _PolicyAnalyzerServicer("stock", "0.0.1", policies(evaluator, ids=ids), level, None, *(None,) * 6)


@pytest.fixture
def ours() -> AnalyzerServer:
    server = AnalyzerServer(load_pack("baseline"), today=TODAY)
    server.ConfigureStack(analyzer_pb2.AnalyzerStackConfigureRequest(stack="test", project="project"), None)
    return server


def told(response: Any) -> set[tuple[str, str, str]]:
    return {(item.policyName, item.urn, item.message) for item in response.diagnostics}


def concerned(resources: list[R]) -> list[str]:
    """The rules that look at the types of an example: the stock SDK decodes it anew for each policy."""
    kinds = {canonical(item.type) for item in resources} | {STACK_TYPE}
    return [
        rule.id
        for rule in load_rules().values()
        if any(matches(subject, kind) for subject in rule.subjects for kind in kinds)
    ]


@pytest.mark.slow
def test_both_ways_give_the_same_findings(ours: AnalyzerServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """Our server is told to forget which values are secrets: the stock SDK does not say it."""
    decode = server._facts

    def forgetful(request: Any) -> Facts:
        facts = decode(request)
        return replace(facts, properties=plain(facts.properties), secrets=False)

    monkeypatch.setattr(server, "_facts", forgetful)
    evaluator = load(["baseline"], today=TODAY, environment="prod")
    compared: set[str] = set()
    for rule, resources in examples():
        sdk = stock_servicer(evaluator, concerned(resources))
        for known in (True, False):
            whole = request(resources, known=known)
            for resource in whole.resources:
                one, other = told(ours.Analyze(single(resource), None)), told(sdk.Analyze(single(resource), None))
                assert one == other, f"{rule}: {one ^ other}"
                compared |= {name for name, _, _ in one}
            one = {item for item in told(ours.AnalyzeStack(whole, None)) if not item[0].startswith("waiver-")}
            other = told(sdk.AnalyzeStack(whole, None))
            assert one == other, f"{rule}: {one ^ other}"
            compared |= {name for name, _, _ in one}
    assert compared >= {rule for rule, _ in examples()}
    assert len(compared) > 100


def test_levels_and_settings_are_carried_over() -> None:
    evaluator = load(["baseline"], today=TODAY, environment="dev")
    made = {policy.name: policy for policy in policies(evaluator)}
    assert set(made) == set(load_rules())
    assert made["aws-kms-key-rotation-enabled"].enforcement_level.value == "advisory"
    schema = made["aws-cloudwatch-log-group-retention"].config_schema
    assert schema is not None
    assert schema.properties["minimum_days"]["default"] == 365
    (chosen,) = policies(evaluator, ids=["aws-kms-key-enabled"])
    assert chosen.name == "aws-kms-key-enabled"


def test_unknown_is_told_as_the_stock_sdk_tells_it() -> None:
    evaluator = load(["baseline"], today=TODAY, environment="prod", preview=True)
    sdk = stock_servicer(evaluator)
    whole = request([R("key", "aws:kms/key:Key", {"enableKeyRotation": UNKNOWN})], known=True)
    diagnostics = sdk.Analyze(single(whole.resources[1]), None).diagnostics
    (told_unknown,) = [item for item in diagnostics if item.policyName == "aws-kms-key-rotation-enabled"]
    assert "can't be known during preview" in told_unknown.message
