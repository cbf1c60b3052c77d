"""The gate over the stock CLI: the same findings, the same verdict, and nothing that turns a pack off."""

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from platform_lib.core.errors import EngineError
from platform_lib.operations.gate.checks import secrets, stateful
from platform_lib.operations.gate.gate import Gate, judge
from platform_lib.operations.gate.verdict import Outcome, Verdict
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.sandbox.cloud import Cloud
from platform_lib.sandbox.workspace import Workspace
from support.cli_project import CliProject
from support.gates import NOW, POLICIES, found, gate_of
from support.stock_backend import stock_backend, use_environment

pytestmark = [
    pytest.mark.stock_engine,
    pytest.mark.slow,
]
TOKEN = "kJ8sQ2mZ7xV4nB1wR6tY9uP3"
LEAK = """
import pulumi
pulumi.Config().require_secret("token")
aws.sqs.Queue("jobs-" + pulumi.Config().require("token"))
pulumi.export("leak", pulumi.Output.unsecret(pulumi.Config().require_secret("token")))
"""


@dataclass
class Stock:
    """A project whose stack ``dev`` is on the stock CLI."""

    project: CliProject
    variables: dict[str, str]
    cloud: Cloud

    def pulumi(self, *words: str) -> None:
        done = subprocess.run(
            ["pulumi", *words, "--stack", "dev", "--non-interactive"],
            cwd=self.project.folder,
            env=self.variables,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def gate(self, **variables: str) -> Verdict:
        stack = PulumiStack(self.project.folder, "dev", {**self.variables, **variables})
        workspace = Workspace(self.project.folder, env={})
        return judge(Gate(stack, workspace, self.project.folder, POLICIES, now=NOW)).verdict


@pytest.fixture
def stock(tmp_path: Path) -> Iterator[Stock]:
    project = CliProject(tmp_path / "shop")
    use_environment(project.folder / "Pulumi.yaml")
    with stock_backend(tmp_path / "backend") as (variables, cloud):
        made = Stock(project, variables, cloud)
        made.pulumi("stack", "init")
        yield made


def checks(verdict: Verdict) -> set[tuple[str, str, str]]:
    return {(item.check, item.effect, item.subject) for item in verdict.findings}


def test_both_engines_find_the_same(stock: Stock) -> None:
    on_stock, on_sandbox = stock.gate(), gate_of(stock.project)
    assert checks(on_stock) == checks(on_sandbox)
    assert on_stock.verdict is on_sandbox.verdict is Outcome.ACCEPTED
    assert (on_stock.engine, on_stock.engine_version.startswith("3.")) == ("pulumi", True)
    assert {phase.name for phase in on_stock.phases} == {phase.name for phase in on_sandbox.phases}
    assert on_stock.steps.counts == on_sandbox.steps.counts
    assert {item.urn for item in on_stock.resources} == {item.urn for item in on_sandbox.resources}


def test_production_is_refused_and_no_variable_turns_a_pack_off(stock: Stock) -> None:
    stock.project.config(environment="prod")
    refused = stock.gate()
    assert refused.verdict is Outcome.REFUSED
    off = {
        "PULUMI_OPTION_TARGET": "urn:pulumi:dev::shop::pulumi:pulumi:Stack::shop-dev",
        "PULUMI_OPTION_POLICY_PACK": "",
        "PULUMI_OPTION_POLICY_PACK_CONFIG": "/nowhere.json",
        "PULUMI_DEBUG_GRPC": str(stock.project.folder / "grpc.json"),
        "PULUMI_POLICY_PACK": "",
        "PLATFORM_POLICY_PACKS": "",
    }
    again = stock.gate(**off)
    assert checks(again) == checks(refused)
    assert not (stock.project.folder / "grpc.json").exists(), "no traffic is logged"


def test_losses_and_drift_are_seen_on_what_is_deployed(stock: Stock) -> None:
    stock.project.config(environment="staging", bucketName="first")
    stock.pulumi("up", "--yes", "--skip-preview")
    [bucket] = [row for row in stock.cloud.ls() if row.type == "aws:s3/bucket:Bucket"]
    stock.cloud.edit(f"{bucket.type}={bucket.id}", "forceDestroy", True)
    stock.project.config(environment="staging", bucketName="second")
    verdict = stock.gate()
    [lost] = found(verdict, stateful.LOSS)
    assert (lost.path, lost.subject.rpartition("::")[2]) == ("bucket", "logs")
    drifted = [item for item in verdict.findings if item.check.startswith("drift-")]
    assert [item.subject.rpartition("::")[2] for item in drifted] == ["logs"]


def test_secrets_of_the_stack_are_found_and_written_nowhere(stock: Stock) -> None:
    stock.pulumi("config", "set", "--secret", "shop:token", TOKEN)
    program = stock.project.folder / "__main__.py"
    stock.project.program(program.read_text(encoding="utf-8") + LEAK)
    verdict = stock.gate()
    assert verdict.verdict is Outcome.REFUSED
    assert {item.check for item in verdict.phase("secrets").findings} >= {secrets.KNOWN, secrets.CANARY}
    assert TOKEN not in verdict.to_json()


@pytest.mark.parametrize(
    "backend, problem",
    [
        ("file:///nowhere/at/all", "no such file or directory"),
        ("http://127.0.0.1:9", "connection refused"),
    ],
)
def test_a_backend_out_of_reach_is_told_and_nothing_is_judged(stock: Stock, backend: str, problem: str) -> None:
    with pytest.raises(EngineError) as caught:
        stock.gate(PULUMI_BACKEND_URL=backend, PULUMI_ACCESS_TOKEN="pul-none")
    text = str(caught.value)
    assert text.startswith("engine pulumi: stack 'dev': pulumi preview failed, got: ")
    assert problem in text


def test_a_stack_that_the_backend_does_not_have_is_told(stock: Stock) -> None:
    stack = PulumiStack(stock.project.folder, "other", stock.variables)
    workspace = Workspace(stock.project.folder, env={})
    with pytest.raises(EngineError, match="no stack named 'other' found"):
        judge(Gate(stack, workspace, stock.project.folder, POLICIES, now=NOW))


def test_the_cli_is_needed(stock: Stock) -> None:
    with pytest.raises(EngineError, match="install the Pulumi CLI, or use --engine sandbox"):
        stock.gate(PATH=os.devnull)
