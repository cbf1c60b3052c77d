"""The analyzer server over real gRPC, as the stock CLI calls it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import pytest
from google.protobuf import empty_pb2

from platform_lib.core.values import UNKNOWN, Secret
from policypacks.engine.decode import decode_struct, encode_struct
from policypacks.engine.evaluator import Evaluator
from policypacks.engine.graph import require_related
from policypacks.engine.pack import Pack
from policypacks.engine.predicate import require_at_least, require_true
from policypacks.engine.protocol import analyzer_pb2, analyzer_pb2_grpc
from policypacks.engine.registry import REGISTRY, Rule, load_rules
from policypacks.engine.server import start
from policypacks.engine.verdict import NOT_APPLICABLE
from support.policy_engine import LEVELS, THING, TODAY, make_rule, record

ROOT = Path(__file__).parents[3]
ON = make_rule(
    lambda r: NOT_APPLICABLE if r.present("skip") else require_true(r, "on"),
    record(remediable=True, fix={"on": True}),
)
DAYS = make_rule(
    lambda r: require_at_least(r, "days", r.config["days"], absent=NOT_APPLICABLE),
    record("test-days", tier=3),
    config={"days": {"type": "integer", "default": 3}},
)
LOGGED = make_rule(lambda r: require_related(r, "test:index:Log", by="thing"), record("test-logged", scope="stack"))
EMPTY = empty_pb2.Empty()


def pack_of(folder: Path, *rules: Rule) -> Pack:
    return Pack("test", "Test", "", "1.2.3", "hipaa", LEVELS, {}, {rule.id: rule for rule in rules}, folder)


@contextmanager
def serving(folder: Path, *rules: Rule, **more: Any) -> Iterator[Any]:
    load_rules()
    kept = dict(REGISTRY)
    REGISTRY.update({rule.id: rule for rule in rules})
    server, port = start(pack_of(folder, *rules), today=TODAY, **more)
    try:
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            yield analyzer_pb2_grpc.AnalyzerStub(channel)
    finally:
        server.stop(grace=0).wait()
        REGISTRY.clear()
        REGISTRY.update(kept)


def request(properties: dict[str, Any], name: str = "it", token: str = THING) -> Any:
    made = analyzer_pb2.AnalyzeRequest(type=token, urn=f"urn:pulumi:dev::p::{token}::{name}", name=name)
    encode_struct(properties, made.properties)
    return made


def stack(client: Any, *, dry_run: bool = False, **config: str) -> None:
    values = {key.replace("_", ":"): value for key, value in config.items()}
    client.ConfigureStack(
        analyzer_pb2.AnalyzerStackConfigureRequest(stack="dev", project="p", dry_run=dry_run, config=values)
    )


def configure(client: Any, **changes: tuple[int, dict[str, Any]]) -> None:
    """What the engine sends: every rule with its default level and settings, changed as the user's file says."""
    info = client.GetAnalyzerInfo(EMPTY)
    made = analyzer_pb2.ConfigureAnalyzerRequest()
    for policy in info.policies:
        config = made.policyConfig[policy.name]
        config.enforcementLevel = policy.enforcementLevel
        defaults = {
            name: schema["default"]
            for name, schema in decode_struct(policy.configSchema.properties).items()
            if "default" in schema
        }
        encode_struct(defaults, config.properties)
    for key, (level, properties) in changes.items():
        config = made.policyConfig[key.replace("_", "-")]
        config.enforcementLevel = level
        encode_struct(properties, config.properties)
    client.Configure(made)


def test_a_run_from_start_to_end(tmp_path: Path) -> None:
    with serving(tmp_path, ON, DAYS, LOGGED) as client:
        stack(client)
        assert client.GetPluginInfo(EMPTY).version == "1.2.3"
        configure(client)
        (diagnostic,) = client.Analyze(request({"on": False, "secret": Secret("hunter2")})).diagnostics
        assert diagnostic.policyName == "test-rule"
        assert diagnostic.policyPackName == "test"
        assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
        assert diagnostic.severity == analyzer_pb2.POLICY_SEVERITY_HIGH
        assert "on: is not true" in diagnostic.message
        assert "164.312(b)" in diagnostic.message
        assert not client.Analyze(request({"on": True})).diagnostics
        skipped = client.Analyze(request({"skip": True})).not_applicable
        assert [item.policy_name for item in skipped] == ["test-rule", "test-days"]
        whole = analyzer_pb2.AnalyzeStackRequest()
        whole.resources.add(type=THING, urn=f"urn:pulumi:dev::p::{THING}::it", name="it")
        (missing,) = client.AnalyzeStack(whole).diagnostics
        assert missing.policyName == "test-logged"
        log = whole.resources.add(type="test:index:Log", urn="urn:pulumi:dev::p::test:index:Log::log", name="log")
        log.propertyDependencies["thing"].urns.append(f"urn:pulumi:dev::p::{THING}::it")
        assert not client.AnalyzeStack(whole).diagnostics
        client.Cancel(EMPTY)


def test_an_evaluator_of_the_caller_decides_alone(tmp_path: Path) -> None:
    """Neither what the CLI says about the stack nor its policy configuration is heard; the caller sees all."""
    evaluator = Evaluator([pack_of(tmp_path, ON, DAYS)], today=TODAY, environment="dev", preview=True)
    heard: list[tuple[dict[str, str], frozenset[str]]] = []
    with serving(tmp_path, ON, DAYS, evaluator=evaluator, told=lambda *given: heard.append(given)) as client:
        asked = analyzer_pb2.AnalyzerStackConfigureRequest(
            stack="other",
            project="p",
            config={"p:environment": "prod", "p:token": "t0ken"},
            config_secret_keys=["p:token"],
        )
        client.ConfigureStack(asked)
        assert heard == [({"p:environment": "prod", "p:token": "t0ken"}, frozenset({"p:token"}))]
        levels = {item.name: item.enforcementLevel for item in client.GetAnalyzerInfo(EMPTY).policies}
        assert levels["test-rule"] == analyzer_pb2.ADVISORY
        configure(client, test_rule=(analyzer_pb2.DISABLED, {}))
        (diagnostic,) = client.Analyze(request({"on": False, "secret": Secret("hunter2")})).diagnostics
        assert diagnostic.enforcementLevel == analyzer_pb2.ADVISORY
        whole = analyzer_pb2.AnalyzeStackRequest()
        made = whole.resources.add(type=THING, urn=f"urn:pulumi:dev::p::{THING}::it", name="it")
        encode_struct({"on": False, "id": "it-1"}, made.properties)
        client.AnalyzeStack(whole)
    assert [facts.properties["secret"] for facts in evaluator.facts()] == [Secret("hunter2")]
    assert [facts.properties["id"] for facts in evaluator.whole()] == ["it-1"]
    assert [(item.rule, item.mandatory) for item in evaluator.findings()] == [("test-rule", False)]
    assert 0 < evaluator.seconds < 60


def test_the_environment_comes_from_the_stack_config(tmp_path: Path) -> None:
    for config, level in (
        ({"platform_environment": "dev"}, analyzer_pb2.ADVISORY),
        ({"p_environment": "dev"}, analyzer_pb2.ADVISORY),
        ({"platform_environment": "prod"}, analyzer_pb2.MANDATORY),
        ({}, analyzer_pb2.MANDATORY),
    ):
        with serving(tmp_path, ON) as client:
            stack(client, **config)
            info = client.GetAnalyzerInfo(EMPTY)
            assert next(policy for policy in info.policies if policy.name == "test-rule").enforcementLevel == level
            configure(client)
            assert client.Analyze(request({"on": False})).diagnostics[0].enforcementLevel == level


def test_the_environment_of_the_pack_settings_wins(tmp_path: Path) -> None:
    with serving(tmp_path, ON) as client:
        stack(client)
        configure(client, pack_settings=(0, {"environment": "dev"}))
        assert client.Analyze(request({"on": False})).diagnostics[0].enforcementLevel == analyzer_pb2.ADVISORY


def test_levels_and_settings_from_the_policy_config(tmp_path: Path) -> None:
    with serving(tmp_path, ON, DAYS) as client:
        stack(client)
        configure(client, test_rule=(2, {}), test_days=(1, {"days": 10}))
        (diagnostic,) = client.Analyze(request({"on": False, "days": 5})).diagnostics
        assert diagnostic.policyName == "test-days"
        assert diagnostic.enforcementLevel == analyzer_pb2.MANDATORY
        assert "at least 10" in diagnostic.message


def test_a_disabled_rule_never_speaks(tmp_path: Path) -> None:
    with serving(tmp_path, ON, LOGGED) as client:
        stack(client)
        configure(client, test_rule=(2, {}), test_logged=(2, {}))
        assert not client.Analyze(request({"on": False})).diagnostics
        whole = analyzer_pb2.AnalyzeStackRequest()
        whole.resources.add(type=THING, urn=f"urn:pulumi:dev::p::{THING}::it", name="it")
        assert not client.AnalyzeStack(whole).diagnostics


def test_a_rule_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with serving(tmp_path, ON) as client:
        stack(client)
        with pytest.raises(grpc.RpcError) as caught:
            configure(client, test_rul=(1, {}))
        assert "did you mean 'test-rule'" in caught.value.details()


def test_remediation(tmp_path: Path) -> None:
    with serving(tmp_path, ON) as client:
        stack(client)
        configure(client, test_rule=(3, {}))
        (remediation,) = client.Remediate(request({"on": False, "s": Secret("x"), "u": UNKNOWN})).remediations
        assert remediation.policyName == "test-rule"
        assert decode_struct(remediation.properties) == {"on": True, "s": Secret("x"), "u": UNKNOWN}
        assert not client.Remediate(request({"on": True})).remediations


def test_unknown_is_advisory_at_preview_and_mandatory_in_production(tmp_path: Path) -> None:
    for dry_run, level in ((True, analyzer_pb2.ADVISORY), (False, analyzer_pb2.MANDATORY)):
        with serving(tmp_path, ON) as client:
            stack(client, dry_run=dry_run)
            configure(client)
            (diagnostic,) = client.Analyze(request({"on": UNKNOWN})).diagnostics
            assert diagnostic.enforcementLevel == level
            assert "not known yet" in diagnostic.message


def test_waivers_above_the_pack_hold_and_the_report_is_written(tmp_path: Path) -> None:
    (tmp_path / "governance").mkdir()
    (tmp_path / "governance" / "waivers.yaml").write_text(
        "waivers:\n- {rule: test-rule, resource: 'urn:pulumi:dev::p::test:index:Thing::it', owner: a, approver: b,"
        " reason: r, compensating_control: c, expires: 2027-01-01}\n"
        "- {rule: test-rule, resource: 'urn:pulumi:dev::p::test:index:Thing::it', owner: a, approver: a,"
        " reason: r, compensating_control: c, expires: 2027-01-01}\n"
    )
    folder = tmp_path / "policies"
    folder.mkdir()
    with serving(folder, ON) as client:
        stack(client)
        configure(client, pack_settings=(0, {"report": "out/report.json"}))
        assert not client.Analyze(request({"on": False})).diagnostics
        (problem,) = client.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest()).diagnostics
        assert problem.policyName == "waiver-self-approved"
    report = json.loads((folder / "out" / "report.json").read_text())
    assert report["summary"]["waived"] == 1
    assert report["waivers"]["path"].endswith("governance/waivers.yaml")


@pytest.mark.parametrize("command", [["-m", "policypacks.engine.server", "hipaa"], [str(ROOT / "policypacks/soc2")]])
def test_the_process_prints_its_port_and_nothing_else(command: list[str], tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, *command],
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
        client = analyzer_pb2_grpc.AnalyzerStub(channel)
        client.Handshake(analyzer_pb2.AnalyzerHandshakeRequest(engine_address="127.0.0.1:1"))
        stack(client)
        configure(client)
        assert client.GetAnalyzerInfo(EMPTY).supportsConfig
        client.Analyze(request({"enableKeyRotation": False}, token="aws:kms/key:Key"))
    process.terminate()
    assert process.communicate(timeout=30) == ("", "")
