"""The gate as a whole: every phase is carried out, packs are named, what breaks fails, excuses are narrow."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter

import pytest

from platform_lib.core.errors import PlatformError
from platform_lib.operations.engines import SandboxStack
from platform_lib.operations.errors import InputError
from platform_lib.operations.gate import gate as module
from platform_lib.operations.gate.check import GateInput, Looked
from platform_lib.operations.gate.checks import packs, stateful
from platform_lib.operations.gate.gate import CHECKS, Gate, judge
from platform_lib.operations.gate.verdict import Effect, Outcome, Phase, Severity, Status
from platform_lib.operations.gate.waivers import EXPIRED, FILE, read_waivers
from platform_lib.operations.governance.file import GovernanceError
from platform_lib.operations.run import Policies
from platform_lib.sandbox.workspace import Workspace
from support.cli import step, view
from support.cli_project import CliProject
from support.gates import NOW, POLICIES, found, gate_input, gate_of

BROKEN = 'import pulumi_aws as aws\naws.sqs.Queue("jobs")\nraise ValueError("it is out of order")\n'
EMPTY = "import pulumi\n"


@pytest.fixture
def project(tmp_path: Path) -> CliProject:
    return CliProject(tmp_path / "shop")


def test_every_phase_is_carried_out_and_told_as_it_ends(project: CliProject) -> None:
    workspace = Workspace(project.folder, env={})
    told: list[Phase] = []
    gate = Gate(SandboxStack(workspace.stack("dev")), workspace, project.folder, POLICIES, now=NOW)
    judged = judge(gate, told=told.append)
    verdict = judged.verdict
    assert [phase.name for phase in told] == ["preview", *CHECKS] == [phase.name for phase in verdict.phases]
    assert (verdict.verdict, verdict.exit_code) == (Outcome.ACCEPTED, 0)
    assert all(phase.seconds >= 0 for phase in verdict.phases)
    assert verdict.policies.packs[0].name == "baseline"
    assert verdict.policies.packs[0].rules > 500
    assert len(verdict.policies.pack_hash) == 64
    assert verdict.steps.counts == {"create": 6}
    assert {item.urn.rpartition("::")[2] for item in verdict.resources} >= {"main-vpc", "logs"}
    assert {step.urn for step in judged.steps} >= {step.urn for step in verdict.steps.changes}


def test_opening_the_configuration_counts_as_preview(project: CliProject, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace, hours = Workspace(project.folder, env={}), iter([3600.0])
    stack = SandboxStack(workspace.stack("dev"))
    environment, clock, passed = SandboxStack.environment, perf_counter, 0.0

    def opened(it: SandboxStack) -> str:
        nonlocal passed
        passed += next(hours, 0.0)
        return environment(it)

    monkeypatch.setattr(SandboxStack, "environment", opened)
    monkeypatch.setattr("time.perf_counter", lambda: clock() + passed)
    verdict = judge(Gate(stack, workspace, project.folder, POLICIES, now=NOW)).verdict
    assert {phase.name for phase in verdict.phases if phase.seconds >= 3600} == {"preview"}


def test_the_gate_changes_nothing(project: CliProject) -> None:
    before = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    gate_of(project)
    after = {path: path.read_bytes() for path in project.folder.rglob("*") if path.is_file()}
    assert {path: after.get(path) for path in before} == before
    assert not Workspace(project.folder, env={}).up()


def test_an_environment_that_is_not_named_is_held_to_production(project: CliProject) -> None:
    project.config(environment="")
    verdict = gate_of(project)
    assert (verdict.verdict, verdict.policies.environment) == (Outcome.REFUSED, "prod")


def test_without_a_pack_nothing_is_judged(project: CliProject) -> None:
    with pytest.raises(InputError, match="gate: no policy pack is named; name one with --policy-pack"):
        gate_of(project, policies=Policies(()))


@pytest.mark.parametrize(
    "variable", ["PULUMI_POLICY_PACK", "PULUMI_DISABLE_POLICY", "PLATFORM_POLICY_PACKS", "PULUMI_OPTION_TARGET"]
)
def test_no_variable_turns_a_pack_off(project: CliProject, monkeypatch: pytest.MonkeyPatch, variable: str) -> None:
    project.config(environment="prod")
    expected = gate_of(project)
    monkeypatch.setenv(variable, "")
    assert gate_of(project).findings == expected.findings
    monkeypatch.setenv(variable, "none")
    assert gate_of(project).findings == expected.findings


def test_a_program_that_fails_fails_the_gate_with_its_last_line(project: CliProject) -> None:
    project.program(BROKEN)
    verdict = gate_of(project)
    preview = verdict.phase("preview")
    assert (verdict.verdict, verdict.exit_code) == (Outcome.FAILED, 1)
    assert preview is not None
    assert preview.status is Status.FAILED
    assert [item.problem for item in preview.findings] == ["ValueError: it is out of order"]
    assert verdict.cost is None


def test_a_program_that_makes_nothing_is_accepted(project: CliProject) -> None:
    project.program(EMPTY)
    verdict = gate_of(project)
    assert (verdict.verdict, verdict.steps.changes) == (Outcome.ACCEPTED, ())


def break_down(given: GateInput) -> Looked:
    raise KeyError("a secret perhaps")


def not_there(given: GateInput) -> Looked:
    raise PlatformError("cloud: cannot be asked,\ngot connection refused; try again")


@pytest.mark.parametrize(
    "check, problem",
    [
        (break_down, "could not be looked at: the check broke: KeyError; report it as a defect"),
        (not_there, "could not be looked at: cloud: cannot be asked, got connection refused; try again"),
    ],
)
def test_what_nobody_looked_at_is_not_accepted(
    project: CliProject, monkeypatch: pytest.MonkeyPatch, check: object, problem: str
) -> None:
    monkeypatch.setattr(module, "CHECKS", {**CHECKS, "drift": check})
    project.program(EMPTY)
    verdict = gate_of(project)
    phase = verdict.phase("drift")
    assert phase is not None
    assert (verdict.verdict, phase.status) == (Outcome.FAILED, Status.FAILED)
    assert [item.problem for item in phase.findings] == [problem]


def test_a_resource_that_no_policy_was_asked_about_is_refused(project: CliProject) -> None:
    given = gate_input(project, [step("create", None, view("aws:sqs/queue:Queue", "jobs"))], environment="dev")
    [finding] = packs.look(given).findings
    assert (finding.check, finding.effect, finding.severity) == (packs.UNSEEN, Effect.REFUSE, Severity.CRITICAL)
    read = step("read", None, view("aws:sqs/queue:Queue", "other", external=True))
    assert packs.look(gate_input(project, [read])).findings == [], "what is only read is not managed"


WAIVER = """\
waivers:
  - rule: aws-s3-bucket-versioning-enabled
    resource: "urn:pulumi:*::shop::aws:s3/bucket:Bucket::logs"
    owner: platform-team
    approver: security-team
    reason: the logs are copied elsewhere each hour
    compensating_control: the copies are versioned
    expires: 2026-12-31
"""


def test_a_waived_finding_of_a_pack_is_told_and_does_not_refuse(project: CliProject, tmp_path: Path) -> None:
    project.config(environment="prod")
    waivers = tmp_path / "waivers.yaml"
    waivers.write_text(WAIVER, encoding="utf-8")
    policies = Policies(("baseline",), waivers=waivers, today=NOW)
    [finding] = found(gate_of(project, policies=policies), "aws-s3-bucket-versioning-enabled")
    assert finding.effect is Effect.WAIVED
    assert finding.waiver is not None
    assert (finding.waiver.approver, finding.waiver.expires) == ("security-team", "2026-12-31")
    expired = Policies(("baseline",), waivers=waivers, today=NOW + timedelta(days=60))
    verdict = gate_of(project, policies=expired)
    assert found(verdict, "aws-s3-bucket-versioning-enabled")[0].effect is Effect.REFUSE
    assert found(verdict, "waiver-expired"), "an excuse that ran out is a finding of its own"


EXCUSE = """\
version: 1
waivers:
  - check: stateful-loss
    subject: urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs
    owner: platform-team
    approver: security-team
    reason: its objects were copied to the new bucket
    expires: 2026-12-31
"""


def excuse(project: CliProject, text: str = EXCUSE) -> None:
    (project.folder / "governance").mkdir(exist_ok=True)
    (project.folder / FILE).write_text(text, encoding="utf-8")


@pytest.fixture
def losing(project: CliProject) -> CliProject:
    """A stack in staging whose bucket would be replaced."""
    project.config(bucketName="first", environment="staging")
    assert project.run("up", "--stack", "dev", "--yes", "--no-policy").code == 0
    project.config(bucketName="second", environment="staging")
    return project


def test_one_loss_is_excused_until_its_last_day(losing: CliProject) -> None:
    assert found(gate_of(losing), stateful.LOSS)[0].effect is Effect.REFUSE
    excuse(losing)
    [finding] = found(gate_of(losing), stateful.LOSS)
    assert finding.effect is Effect.WAIVED
    assert finding.waiver is not None
    assert finding.waiver.reason == "its objects were copied to the new bucket"
    last_day = Policies(("baseline",), today=datetime(2026, 12, 31, 23, tzinfo=UTC))
    assert found(gate_of(losing, policies=last_day), stateful.LOSS)[0].effect is Effect.WAIVED
    later = Policies(("baseline",), today=datetime(2027, 1, 1, tzinfo=UTC))
    verdict = gate_of(losing, policies=later)
    assert found(verdict, stateful.LOSS)[0].effect is Effect.REFUSE
    assert [item.path for item in found(verdict, EXPIRED)] == ["waivers[0]"]


@pytest.mark.parametrize(
    "old, new",
    [("::logs", "::other"), ("stateful-loss", "network-loss"), ("urn:pulumi:dev::", "urn:pulumi:prod::")],
)
def test_an_excuse_speaks_of_one_check_and_one_resource(losing: CliProject, old: str, new: str) -> None:
    excuse(losing, EXCUSE.replace(old, new))
    assert found(gate_of(losing), stateful.LOSS)[0].effect is Effect.REFUSE


@pytest.mark.parametrize(
    "old, new, problem",
    [
        ("approver: security-team", "approver: platform-team", "is approved by its owner; name someone else"),
        ("subject: urn:pulumi:dev::shop::aws:s3/bucket:Bucket::logs", 'subject: "*"', "excuses everything"),
        ("expires: 2026-12-31", "expires: soon", "expires: must be a day, got 'soon'; write it as 2027-11-30"),
        ("reason: its objects were copied to the new bucket", "reason: because", "must have at least 10 characters"),
        ("    owner: platform-team\n", "", "owner: is required"),
        ("check:", "chek:", "chek: is not known; did you mean 'check'?"),
    ],
)
def test_a_wrong_excuse_is_refused_with_its_line(project: CliProject, old: str, new: str, problem: str) -> None:
    assert old in EXCUSE
    excuse(project, EXCUSE.replace(old, new))
    with pytest.raises(GovernanceError) as caught:
        read_waivers(project.folder)
    assert problem in str(caught.value)
    assert "gate.yaml:" in str(caught.value)


def test_drift_refuses_and_is_told_in_its_words(project: CliProject) -> None:
    project.config(environment="staging")
    assert project.run("up", "--stack", "dev", "--yes", "--no-policy").code == 0
    workspace = Workspace(project.folder, env={})
    with workspace.cloud() as cloud:
        [row] = [row for row in cloud.ls() if row.type == "aws:ec2/vpc:Vpc"]
        cloud.edit(f"{row.type}={row.id}", "tags.owner", "somebody else")
    verdict = gate_of(project)
    [finding] = [item for item in verdict.findings if item.check == "drift-changed"]
    assert (finding.effect, finding.path) == (Effect.REFUSE, "tags.owner")
    assert "`platform drift --stack dev`" in finding.remedy
    project.config(environment="dev")
    assert [item.effect for item in gate_of(project).findings if item.check == "drift-changed"] == [Effect.ADVISE]
