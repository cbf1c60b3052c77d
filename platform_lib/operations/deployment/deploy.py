"""Deploys what was prepared: the record first, then the stack, then how it ended."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from platform_lib.core.errors import PlatformError
from platform_lib.operations.deployment.prepare import Prepared, Request, prepare, refuse
from platform_lib.operations.deployment.target import Target
from platform_lib.operations.deployment.up import Up, bring_up
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.governance.governance import Governance, governance_at
from platform_lib.operations.ledger.entry import Entry, Finished, Opened
from platform_lib.operations.ledger.ledger import History, next_entry
from platform_lib.operations.proposal.gather import clean_commit
from platform_lib.operations.proposal.steps import PlannedStep, planned_steps
from platform_lib.operations.record import Record
from platform_lib.operations.signature import key_id, private_key


@dataclass(frozen=True)
class Deployed:
    """A deployment that came to its end.

    Attributes:
        prepared: what it was allowed by.
        record: what the engine did.
        history: of the stack, with the new entries.
        unplanned: what was done and was not in the proposal, a line each.
    """

    prepared: Prepared
    record: Record
    history: History
    unplanned: tuple[str, ...] = ()


def deploy(
    target: Target,
    request: Request,
    key: Path,
    passphrase: str,
    *,
    on_prepared: Callable[[Prepared], None] = lambda _: None,
    break_lock: bool = False,
) -> Deployed:
    """Prepares a deployment anew, refuses it for any reason there is, else records it and carries it out.

    Args:
        target: the stack.
        request: what whoever deploys gives.
        key: file of the pipeline's private key, which signs the record.
        passphrase: of the key; empty for none.
        on_prepared: told before anything is refused or done.
        break_lock: take the record from a run that is no longer there.

    Raises:
        RefusedError: it may not begin: every reason.
        PlatformError: the deployment failed; the record says so.
    """
    secret = private_key(key, passphrase)
    target.workspace.prepare()  # keeps what the sandbox writes out of the work tree's changes
    with target.ledger().lock("deploy", break_lock=break_lock):
        prepared = prepare(target, request, known=lambda decisions, name: _deployer(decisions, name, secret))
        on_prepared(prepared)
        refuse(prepared)
        # The preview took its time: what goes up must still be what was judged.
        if clean_commit(target.repository) != prepared.started.proposal.commit:
            raise RefusedError("commit: the work tree moved to another one during the preview; run again")
        deployer = _deployer(prepared.history.past.governance, prepared.environment.name, secret)
        history = _append(
            target, prepared, prepared.history, deployer, secret, kind="started", started=prepared.started
        )
        record, unplanned, problem = Record(), [], "interrupted"
        counts: Mapping[str, int] = {}
        try:
            up = bring_up(target.stack, prepared.policies)
            record, counts = up.record, dict(up.record.counts)
            done = {prepared.hidden.redacted(urn): step for urn, step in planned_steps(up.steps).items()}
            unplanned = unplanned_steps(prepared.started.proposal.steps, done)
            problem = "" if up.exit_code == 0 else prepared.hidden.redacted(_reason(up))
        except PlatformError as error:
            problem = prepared.hidden.redacted(" / ".join(str(error).splitlines()))
            raise
        except KeyboardInterrupt:
            name = prepared.environment.name
            raise PlatformError(
                f"deploy to '{name}': interrupted, and the record says so; what was done until then is in the state, "
                "deploy again to go on"
            ) from None
        finally:
            finished = Finished(
                started=history.entries[-1].entry.sequence,
                outcome="failed" if problem else "done",
                counts=dict(counts),
                problem=(problem or "; ".join(unplanned))[:1000],
            )
            history = _append(target, prepared, history, deployer, secret, kind="finished", finished=finished)
        if problem:
            raise PlatformError(f"deploy to '{prepared.environment.name}': failed, and the record says so: {problem}")
        return Deployed(prepared, record, history, tuple(unplanned))


def unplanned_steps(planned: Mapping[str, PlannedStep], done: Mapping[str, PlannedStep]) -> list[str]:
    """What was done and was not planned, a line each; a planned step that turned out not to be needed is none."""
    lines = []
    for urn, step in done.items():
        expected = planned[urn].operations if urn in planned else ()
        extra = sorted(set(step.operations) - set(expected))
        if extra:
            lines.append(f"{urn}: {', '.join(extra)} was done and not in the proposal")
    return lines


def open_record(target: Target, key: Path, passphrase: str, *, break_lock: bool = False) -> History:
    """Opens the record of a stack: pins the decisions of the commit, by which the first deployment is judged.

    Raises:
        RefusedError: there is one already, or the work tree is not its commit, or the key is no deployer's.
        GovernanceError: the decisions are not right.
    """
    secret = private_key(key, passphrase)
    target.workspace.prepare()
    repository = target.repository
    commit = clean_commit(repository)
    governance = governance_at(repository, commit)
    environment = governance.environments.of_stack(target.name)
    deployer = _deployer(governance, environment.name, secret)
    ledger = target.ledger()
    with ledger.lock("record init", break_lock=break_lock):
        if ledger.exists():
            raise RefusedError(f"{ledger.subject}: there is one already in {ledger.path}; it is opened once")
        if ledger.anchor is not None and ledger.anchor.read():
            raise RefusedError(
                f"{ledger.subject}: the state names a head of one that is not in {ledger.path}; bring that record back"
            )
        opened = Opened(
            engine=target.stack.engine, commit=commit, governance=dict(governance.texts), pin=governance.sha256
        )
        entry = next_entry(
            None,
            at=target.clock(),
            kind="opened",
            project=target.stack.project,
            environment=environment.name,
            stack=target.name,
            deployer=deployer,
            opened=opened,
        )
        return ledger.append(None, entry, secret)


def _append(
    target: Target, prepared: Prepared, history: History, deployer: str, key: Ed25519PrivateKey, **body: object
) -> History:
    # The entry bears the time of the preparation, so that the verifier asks the rules what the pipeline asked them.
    at = prepared.at if "started" in body else max(target.clock(), prepared.at)
    entry: Entry = next_entry(
        history,
        at=at,
        project=target.stack.project,
        environment=prepared.environment.name,
        stack=target.name,
        deployer=deployer,
        **body,
    )
    return target.ledger().append(history, entry, key)


def _deployer(governance: Governance, environment: str, key: Ed25519PrivateKey) -> str:
    identity = key_id(key.public_key())
    name = governance.approvers.deployer_of(identity, environment)
    if not name:
        names = ", ".join(governance.approvers.deployers)
        raise RefusedError(
            f"deploy: key {identity}: is no deployer's for environment '{environment}' in the deployed decisions; give "
            f"the key of one of {names}"
        )
    return name


def _reason(up: Up) -> str:
    errors = [" ".join(item.message.split()) for item in up.record.diagnostics if item.severity == "error"]
    return "; ".join([*errors, *up.findings]) or f"the engine ended with code {up.exit_code}"
