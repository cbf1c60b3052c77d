"""What a deployment must show, one set of rules for both sides: the pipeline obeys it, the verifier repeats it.

Nothing here reads a file, a clock or a repository: all that counts is in the entry, in the decisions that held, and in
the record before it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from platform_lib.core.errors import PlatformError
from platform_lib.operations.approval import SKEW, Signed, approval_problems, read_approval
from platform_lib.operations.duration import duration_text
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.gate.checks.stateful import LOSS
from platform_lib.operations.gate.verdict import Effect, GateFinding, Outcome, Status
from platform_lib.operations.governance.environments import Environment, Gate
from platform_lib.operations.governance.governance import Governance, parse_governance
from platform_lib.operations.governance.window import any_open
from platform_lib.operations.ledger.entry import Evidence, Started, sha256
from platform_lib.operations.proposal.gather import older_packs
from platform_lib.operations.proposal.proposal import ProposedPack
from platform_lib.operations.proposal.steps import lost
from policypacks.engine.pack import STRICTEST

DRIFT_AGE: Final = timedelta(hours=1)
"""How old a look for drift may be; an assumption of this project."""


@dataclass(frozen=True, slots=True)
class Past:
    """What a record says before a deployment.

    Attributes:
        governance: of the last deployed commit; of the first list where nothing was deployed yet.
        commit: that is deployed; empty for none.
        earlier: other commits that were deployed before, each with success.
        packs: that judged the last deployment.
        used: SHA-256 of the approvals that a successful deployment was made by.
        last: time of the last entry.
    """

    governance: Governance
    commit: str = ""
    earlier: frozenset[str] = frozenset()
    packs: Sequence[ProposedPack] = ()
    used: frozenset[str] = frozenset()
    last: datetime | None = None


def problems_of(started: Started, past: Past, *, project: str, stack: str, at: datetime) -> list[str]:
    """Why a deployment may not begin, a line each; empty where it may.

    Args:
        started: what is to be recorded of it.
        past: what the record says.
        project: of the record.
        stack: of the record.
        at: the time.
    """
    environment = past.governance.environments.of_stack(stack)
    proposal = started.proposal
    found: list[str] = []
    if past.last is not None and past.last > at + SKEW:
        behind = duration_text(past.last - at)
        found.append(f"clock: is {behind} behind the last entry of the record; set the clock of this machine right")
    if (proposal.project, proposal.stack, proposal.environment) != (project, stack, environment.name):
        found.append(f"proposal: is for {proposal.project}/{proposal.stack}, got {project}/{stack}; propose it anew")
    if proposal.base != past.commit:
        found.append(
            f"proposal: starts from {_short(proposal.base)}, got {_short(past.commit)} deployed; propose it anew"
        )
    if started.digest != proposal.digest:
        found.append(f"digest: is not that of the proposal, got {started.digest}; propose it anew")
    found += _successor(started, stack)
    found += _packs(started, past, environment)
    found += _verdict(started, environment)
    found += _order(started, past, environment, at)
    if not started.rollback and not any_open(environment.windows, at):
        shown = ", ".join(window.text for window in environment.windows)
        found.append(f"window: environment '{environment.name}' is closed at {at.isoformat()}; it opens {shown}")
    found += _approvals(started, past, environment, at)
    unsaid = sorted(dict(lost(proposal.steps)).keys() - set(started.accepted_loss)) if started.rollback else ()
    for urn in unsaid:
        found.append(
            f"rollback: {urn}: what it holds would be lost and does not come back; accept the loss, or keep it"
        )
    return found


def _successor(started: Started, stack: str) -> Iterable[str]:
    """The decisions that the commit brings must leave a next deployment possible."""
    try:
        parse_governance(started.governance).environments.of_stack(stack)
    except PlatformError as error:
        for line in str(error).splitlines():
            yield f"governance: the commit brings decisions that nothing could be deployed by: {line}"


def _short(commit: str) -> str:
    return commit[:12] if commit else "nothing"


def _packs(started: Started, past: Past, environment: Environment) -> Iterable[str]:
    named = {pack.source for pack in started.proposal.packs}
    for name in environment.packs:
        if name not in named:
            yield f"policy pack '{name}': environment '{environment.name}' requires it; evaluate it too"
    if not started.rollback:  # an earlier commit brings the packs that it was judged by then
        yield from older_packs(started.proposal.packs, past.packs)
    ran = {(pack.name, pack.version) for pack in started.verdict.policies.packs}
    for pack in started.proposal.packs:
        if (pack.name, pack.version) not in ran:
            yield f"policy pack '{pack.name}': the gate ran without version {pack.version} of it; run the gate with it"
    if started.verdict.policies.pack_hash != started.proposal.rules:
        yield "policy packs: the rules that the gate ran are not those of the proposal; run both with one installation"


def _verdict(started: Started, environment: Environment) -> Iterable[str]:
    verdict, proposal = started.verdict, started.proposal
    about = (verdict.project, verdict.stack.rpartition("/")[2], verdict.engine)
    if about != (proposal.project, proposal.stack, proposal.engine):
        yield f"gate: its verdict is about {'/'.join(about)}; run it on {proposal.project}/{proposal.stack}"
    if verdict.program is None or verdict.program.commit != proposal.commit or verdict.program.dirty is not False:
        yield f"gate: its verdict is not about the clean commit {_short(proposal.commit)}; run it there"
    held = verdict.policies.environment
    if held not in (environment.policy_level, STRICTEST):
        yield (
            f"gate: judged by the levels of '{held}', got '{environment.policy_level}' in environment "
            f"'{environment.name}'; set `environment` in the stack's configuration back"
        )
    if verdict.verdict is not Outcome.ACCEPTED:
        refusing = [item for item in verdict.findings if item.effect is Effect.REFUSE and not _accepted(item, started)]
        shown = [f"{item.check}: {item.subject}: {item.problem}" for item in refusing]
        shown += [f"{phase.name}: {phase.summary}" for phase in verdict.phases if phase.status is Status.FAILED]
        if shown:
            yield "\n".join([f"gate: {verdict.verdict} the change:", *(f"  {line}" for line in shown[:10])])


def _accepted(finding: GateFinding, started: Started) -> bool:
    """Whether a finding is about a loss that whoever rolls back was told of and accepted."""
    return started.rollback and finding.check == LOSS and finding.subject in started.accepted_loss


def _order(started: Started, past: Past, environment: Environment, at: datetime) -> Iterable[str]:
    commit, evidence = started.proposal.commit, started.evidence
    if started.rollback:
        if commit not in past.earlier:
            yield f"rollback: commit {_short(commit)} was never deployed to '{environment.name}'; promote it"
        return
    below = past.governance.environments.below(environment)
    if below is None:
        return
    if evidence is None:
        yield (
            f"evidence: commit {_short(commit)} was not deployed to '{below.name}'; deploy it there first, or promote "
            "the commit that is there"
        )
        return
    if (evidence.environment, evidence.stack) != (below.name, below.stack_name):
        yield f"evidence: is of '{evidence.environment}', got '{below.name}' below this one; promote from there"
    if evidence.rules != started.proposal.rules:
        yield f"evidence: '{below.name}' was judged by other rules than those here; install the same ones"
    if evidence.commit != commit:
        yield f"evidence: is about commit {_short(evidence.commit)}, got {_short(commit)}; promote the same commit"
    yield from _evidence(evidence, below.name, environment, at)


def _evidence(evidence: Evidence, below: str, environment: Environment, at: datetime) -> Iterable[str]:
    soaked = (evidence.replaced or at) - evidence.finished
    if soaked < -SKEW:
        yield f"soak: it was deployed to '{below}' {duration_text(soaked)} after now; set both machines' clocks right"
    elif soaked < environment.soak:
        left = " before it was replaced" if evidence.replaced else ""
        yield (
            f"soak: it has been in '{below}' for {duration_text(soaked)} of the {duration_text(environment.soak)} "
            f"that '{environment.name}' asks for{left}; {_wait(environment, soaked, evidence)}"
        )
    if Gate.GATE in environment.gates and evidence.verdict != "accepted":
        yield f"gate: the verdict at '{below}' was {evidence.verdict}; mend it there"
    if Gate.TESTS in environment.gates:
        tests = evidence.tests
        if tests is None:
            yield f"tests: there is no report of '{below}'; give its JUnit file with --tests"
        elif tests.failed or tests.tests <= tests.skipped:
            yield (
                f"tests: {tests.file}: of {tests.tests}, {tests.failed} failed and {tests.skipped} were skipped; "
                "all must pass, and one must run"
            )
    if Gate.DRIFT in environment.gates:
        drift = evidence.drift
        if drift is None:
            yield f"drift: nobody looked for drift in '{below}'; look for it"
        elif drift.drifted:
            yield f"drift: '{below}' has drifted from its state; revert or accept that first"
        elif not -SKEW <= at - drift.checked <= DRIFT_AGE:
            yield f"drift: '{below}' was looked at {drift.checked.isoformat()}, too long from now; look again"


def _wait(environment: Environment, soaked: timedelta, evidence: Evidence) -> str:
    if evidence.replaced:
        return "deploy it there again, or promote what is there"
    return f"wait {duration_text(environment.soak - soaked)}"


def _approvals(started: Started, past: Past, environment: Environment, at: datetime) -> Iterable[str]:
    counted: set[str] = set()
    if environment.approvals and not started.requested_by:
        yield "requester: nobody is named who asks for it, so nobody can say who may approve it; give --requested-by"
    for document in started.approvals:
        found = approval_problems(
            document, started.proposal, past.governance, environment, at=at, requested_by=started.requested_by
        )
        name = _approver(document)
        if sha256(document.content.encode()) in past.used:
            found.append("was used for an earlier deployment; have the change approved again")
        for problem in found:
            yield f"approval by '{name}': {problem}"
        if not found:
            counted.add(name)
    if len(counted) < environment.approvals:
        able = [name for name in past.governance.may_approve(environment) if name not in counted]
        yield (
            f"approvals: environment '{environment.name}' asks for {environment.approvals}, got {len(counted)}; "
            f"{started.proposal.digest} can be approved by {', '.join(able) or 'nobody else'}"
        )


def _approver(document: Signed) -> str:
    try:
        return read_approval(document, "approval").approver
    except RefusedError:
        return "unknown"


def required_packs(environment: Environment, project_packs: Sequence[str]) -> tuple[str, ...]:
    """The packs that a change is judged by: what the environment requires, and what the project adds."""
    return tuple(dict.fromkeys([*environment.packs, *project_packs]))
