"""Prepares a deployment: preview, gate, proposal, evidence, and what stands against it. Changes nothing."""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Final

from platform_lib.operations.approval import read_signed
from platform_lib.operations.deployment import evidence
from platform_lib.operations.deployment.target import Target
from platform_lib.operations.drift.look import find_drift
from platform_lib.operations.drift.model import Drift
from platform_lib.operations.drift.noise import noise_rules
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.gate.gate import Gate, judge
from platform_lib.operations.gate.leaks.values import SecretValues
from platform_lib.operations.gate.verdict import Phase
from platform_lib.operations.governance.environments import Environment
from platform_lib.operations.governance.environments import Gate as Wanted
from platform_lib.operations.governance.governance import Governance, governance_at
from platform_lib.operations.ledger.entry import Evidence, Started
from platform_lib.operations.ledger.judge import problems_of, required_packs
from platform_lib.operations.ledger.ledger import History
from platform_lib.operations.packs import policies as choose
from platform_lib.operations.proposal import gather
from platform_lib.operations.proposal.proposal import Proposal
from platform_lib.operations.proposal.steps import lost, planned_steps
from platform_lib.operations.run import Policies
from platform_lib.sandbox.project import read_project

VARIABLES: Final[Mapping[str, str]] = {
    "PULUMI_OPTION_": "sets options of the CLI that the preview was not made with",
    "PULUMI_CONTINUE_ON_ERROR": "lets a deployment go on after a step failed",
    "PULUMI_DISABLE_PROVIDER_PREVIEW": "makes previews leave out what providers know, policies too",
    "PULUMI_DISABLE_VALIDATION": "turns checks of the CLI off",
    "PULUMI_ENABLE_LEGACY_DIFF": "makes the CLI compare in another way",
    "PULUMI_PLUGIN_DOWNLOAD_URL_OVERRIDES": "brings providers from elsewhere",
    "PYTHONPATH": "can put other code in the place of program and packs",
    "PYTHONHOME": "can put other code in the place of program and packs",
    "PYTHONSTARTUP": "runs code that no commit holds",
    "PLATFORM_POLICY_": "would choose policies; only governance/environments.yaml does",
    "PULUMI_POLICY_": "would choose policies; only governance/environments.yaml does",
}
"""Variables with which a deployment is refused: their names, or what their names begin with; and what they would do."""


@dataclass(frozen=True)
class Request:
    """What whoever deploys gives.

    Attributes:
        requested_by: who asks, as CI or git knows them.
        approvals: files of approvals, each with its ``.sig`` beside it.
        tests: JUnit report of the commit.
        drift: a look for drift below, as ``platform drift --json`` printed it; None to look now.
        accept_loss: take the loss of what a rollback cannot bring back.
        source: name of the environment that is promoted from; empty for whatever is below.
        take_over: go on though an earlier deployment has not ended.
        told: called with each phase of the gate as it ends.
    """

    requested_by: str
    approvals: Sequence[Path] = ()
    tests: Path | None = None
    drift: Path | None = None
    accept_loss: bool = False
    source: str = ""
    take_over: bool = False
    told: Callable[[Phase], None] | None = None


@dataclass(frozen=True)
class Prepared:
    """A deployment that could begin.

    Attributes:
        started: what would be recorded of it.
        history: of the stack.
        environment: that is deployed to, as the deployed commit has it.
        policies: it was judged by.
        problems: why it may not begin, a line or more each; empty where it may.
        lost: what of a rollback does not come back: URN and what it holds.
        at: the time.
        hidden: secret values that are known, to be taken out of messages.
    """

    started: Started
    history: History
    environment: Environment
    policies: Policies
    problems: Sequence[str]
    lost: Mapping[str, str]
    at: datetime
    hidden: SecretValues = field(repr=False)

    @property
    def refusals(self) -> list[str]:
        """The problems that no approval mends."""
        return [problem for problem in self.problems if not problem.startswith("approvals: ")]

    def changed_files(self) -> list[str]:
        """Settings, locks, reviewed decisions and packs that differ from the last deployment."""
        last = self.history.deployed(self.history.past.commit)
        if last is None:
            return []
        before, now = last[0].proposal, self.started.proposal
        found = set()
        for old, new in ((before.settings, now.settings), (before.locks, now.locks), (before.decisions, now.decisions)):
            found |= {path for path in old.keys() | new.keys() if old.get(path) != new.get(path)}
        packs = {pack.name: pack.sha256 for pack in before.packs}
        found |= {f"policy pack {pack.name}" for pack in now.packs if packs.get(pack.name) != pack.sha256}
        return sorted(found)


def prepare(
    target: Target, request: Request, *, known: Callable[[Governance, str], object] = lambda *_: None
) -> Prepared:
    """Previews a deployment and gathers what it would be allowed by.

    Args:
        target: the stack.
        request: what whoever deploys gives.
        known: asked before the preview, with the decisions that hold and the environment; raises where who deploys
            is not known there.

    Raises:
        RefusedError: nothing can be said about it: a dirty work tree, no record, another deployment under way.
        RecordError: the record is not what the pipeline wrote.
        PlatformError: preview, backend or a file fail.
    """
    _clean_variables(os.environ)
    approvals = tuple(read_signed(file) for file in request.approvals)
    target.workspace.prepare()  # keeps what the sandbox writes out of the work tree's changes
    repository = target.repository
    commit = gather.clean_commit(repository)
    at = target.clock()
    history = target.ledger().anchored()
    _nothing_runs(history, target.name, take_over=request.take_over)
    past = history.past
    environment = past.governance.environments.of_stack(target.name)
    known(past.governance, environment.name)
    rollback = commit in past.earlier and repository.is_ancestor(commit, past.commit)
    _source(past.governance.environments.below(environment), environment, request.source)
    policies = _policies(target, environment, at)
    judged = judge(Gate(target.stack, target.workspace, target.project.directory, policies, now=at), told=request.told)
    proposal = propose(target, environment, commit, past.commit, policies)
    steps = {
        judged.hidden.redacted(urn): judged.hidden.redacted_model(step)
        for urn, step in planned_steps(judged.steps).items()
    }
    proposal = proposal.model_copy(update={"steps": steps, "requested_by": request.requested_by})
    gone = dict(lost(proposal.steps)) if rollback else {}
    started = Started(
        proposal=proposal,
        digest=proposal.digest,
        requested_by=request.requested_by,
        rollback=rollback,
        verdict=judged.verdict,
        approvals=approvals,
        evidence=None if rollback else _evidence(target, request, environment, history, commit, policies),
        governance=dict(governance_at(repository, commit).texts),
        accepted_loss=tuple(sorted(gone)) if request.accept_loss else (),
    )
    problems = problems_of(started, past, project=target.stack.project, stack=target.name, at=at)
    return Prepared(started, history, environment, policies, problems, gone, at, judged.hidden)


def propose(target: Target, environment: Environment, commit: str, base: str, policies: Policies) -> Proposal:
    """What would be deployed, without its steps."""
    from policypacks.report.model import pack_hash

    root = target.project.directory
    described = read_project(root)
    sources = required_packs(environment, target.project.policy_packs)
    decisions = gather.decision_files(root, [path for path in (policies.config, policies.waivers) if path is not None])
    return Proposal(
        project=target.stack.project,
        stack=target.name,
        environment=environment.name,
        engine=target.stack.engine,
        commit=commit,
        base=base,
        authors=gather.people(target.repository, commit, base),
        locks=gather.hashes(root, gather.LOCKS),
        settings=gather.settings_files(root, Path(described.stack_folder), target.name),
        decisions=decisions,
        tools=gather.installed(),
        packs=tuple(gather.pack_of(name, root) for name in sources),
        rules=pack_hash(),
    )


def _policies(target: Target, environment: Environment, at: datetime) -> Policies:
    """The policies of the deployed decisions, with those that the project adds; the change cannot take one away."""
    names = required_packs(environment, target.project.policy_packs)
    if not names:
        raise RefusedError(
            f"policy packs: neither environment '{environment.name}' nor the project names one; name one under `packs` "
            "in governance/environments.yaml, for example baseline"
        )
    chosen = choose(replace(target.project, policy_packs=names), None, None, None)
    return replace(chosen, today=at)


def _evidence(
    target: Target, request: Request, environment: Environment, history: History, commit: str, policies: Policies
) -> Evidence | None:
    governance = history.past.governance
    below = governance.environments.below(environment)
    if below is None:
        return None

    def look() -> Drift:
        if request.drift is not None:
            return evidence.read_drift(request.drift)
        stack = target.open_stack(below.stack_name)
        return find_drift(stack, policies, noise_rules(target.project.directory), now=target.clock())

    wanted = Wanted.DRIFT in environment.gates
    return evidence.gather(
        target, environment, below, governance, commit, tests=request.tests, drift=look if wanted else None
    )


def _source(below: Environment | None, environment: Environment, source: str) -> None:
    if source and (below is None or below.name != source):
        there = (
            f"'{below.name}' is below it; promote from there"
            if below
            else "nothing is below it; deploy it with `platform deploy`"
        )
        raise RefusedError(f"promote: '{environment.name}' does not come after '{source}': {there}")


def _nothing_runs(history: History, stack: str, *, take_over: bool) -> None:
    running = history.running
    if running is not None and not take_over:
        entry = running.entry
        raise RefusedError(
            f"record of stack '{stack}': a deployment by '{entry.deployer}' began at {entry.created.isoformat()} and "
            "has not ended; wait for it, or, if you are sure that it no longer runs, give --take-over"
        )


def _clean_variables(environment: Mapping[str, str]) -> None:
    found = [
        f"variable {name}: {why}; unset it for deployments"
        for name in sorted(environment)
        for known, why in VARIABLES.items()
        if name == known or (known.endswith("_") and name.startswith(known))
    ]
    if found:
        raise RefusedError("\n".join(found))


def refuse(prepared: Prepared) -> None:
    """Ends a deployment that may not begin.

    Raises:
        RefusedError: every reason.
    """
    if prepared.problems:
        name = prepared.environment.name
        raise RefusedError("\n".join(f"deploy to '{name}': {problem}" for problem in prepared.problems))
