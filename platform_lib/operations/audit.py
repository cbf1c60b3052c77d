"""Which resources of a state no policy pack has ever seen, or saw as something else.

Packs cannot be forgotten without a trace: every verdict of the gate names the packs that ran and the resources that
they were asked about, with a hash of each input. A verdict counts where it stands in the record of deployments (signed
by the pipeline, see ``operations.ledger``), or in a file that whoever audits trusts: reviewed, or signed.
"""

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import Final

from pydantic import Field

from platform_lib.core.errors import PlatformError, reason_of
from platform_lib.operations.errors import UnknownNameError
from platform_lib.operations.gate.preview import Deployed
from platform_lib.operations.gate.seen import input_hashes
from platform_lib.operations.gate.verdict import Outcome, SeenResource, Verdict, VerdictError, read_verdict
from platform_lib.operations.ledger.ledger import Ledger
from platform_lib.operations.model import Model
from platform_lib.operations.signature import verify
from platform_lib.sandbox.engine.state import ResourceState

_ENGINES_OWN: Final = "pulumi:"
"""The stack, providers and references: the engine makes them, no pack has a rule about them."""


class Fault(StrEnum):
    """What is wrong with a resource."""

    UNSEEN = "unseen"
    """No pack was ever asked about it."""

    CHANGED = "changed"
    """Packs were asked about it with other inputs: it was deployed past them since."""

    REFUSED = "refused"
    """Only verdicts that refused its change saw it as it is: it was deployed in spite of them."""


class AuditFinding(Model):
    """One resource that no pack vouches for."""

    fault: Fault
    urn: str
    id: str = ""
    problem: str
    inputs: tuple[str, ...] = ()
    """The inputs that differ from what the packs saw."""


class VerdictUsed(Model):
    """A verdict that was believed."""

    where: str
    created: str
    verdict: Outcome
    packs: tuple[str, ...]


class Audit(Model):
    """What an audit of one state showed."""

    project: str
    stack: str
    resources: int = Field(ge=0)
    """Number of resources that a pack could have been asked about."""

    verdicts: tuple[VerdictUsed, ...] = ()
    findings: tuple[AuditFinding, ...] = ()


def audit(project: str, stack: str, state: Deployed, verdicts: Iterable[tuple[str, Verdict]]) -> Audit:
    """Compares a state with what packs have seen.

    Args:
        project: whose it is.
        stack: name of the stack.
        state: what is deployed.
        verdicts: where each stands, and it; those of other stacks are left out.
    """
    believed = [(where, one) for where, one in verdicts if (one.project, one.stack) == (project, stack)]
    believed.sort(key=lambda item: item[1].created)
    seen: dict[str, list[tuple[Verdict, SeenResource]]] = {}
    for _, one in believed:
        for resource in one.resources:
            seen.setdefault(resource.urn, []).append((one, resource))
    audited = [item for item in state.resources if item.custom and not item.type.startswith(_ENGINES_OWN)]
    managed = [item for item in audited if not item.external]
    findings = [found for item in managed if (found := _finding(item, seen.get(item.urn, ()))) is not None]
    return Audit(
        project=project,
        stack=stack,
        resources=len(managed),
        verdicts=tuple(
            VerdictUsed(
                where=where,
                created=one.created.isoformat(),
                verdict=one.verdict,
                packs=tuple(f"{pack.name} {pack.version}" for pack in one.policies.packs),
            )
            for where, one in believed
        ),
        findings=tuple(findings),
    )


def _finding(resource: ResourceState, seen: Sequence[tuple[Verdict, SeenResource]]) -> AuditFinding | None:
    if not seen:
        return AuditFinding(
            fault=Fault.UNSEEN, urn=resource.urn, id=resource.id, problem="no policy pack was ever asked about it"
        )
    hashes, _ = input_hashes(resource.inputs)
    matching = [verdict for verdict, then in seen if not _differing(hashes, then)]
    if any(verdict.verdict is Outcome.ACCEPTED for verdict in matching):
        return None
    if matching:
        return AuditFinding(
            fault=Fault.REFUSED,
            urn=resource.urn,
            id=resource.id,
            problem=f"was deployed as it was in a change that was {matching[-1].verdict} on "
            f"{matching[-1].created.date().isoformat()}",
        )
    last, then = seen[-1]
    paths = _differing(hashes, then)
    return AuditFinding(
        fault=Fault.CHANGED,
        urn=resource.urn,
        id=resource.id,
        problem=f"differs from what packs saw last, on {last.created.date().isoformat()}: {', '.join(paths)}",
        inputs=tuple(paths),
    )


def _differing(hashes: Mapping[str, str], then: SeenResource) -> list[str]:
    """The inputs that cannot be what the packs saw; what was secret or unknown then cannot be compared."""
    open_then = set(then.unhashed)
    return sorted(
        key
        for key in hashes.keys() | then.inputs.keys()
        if key not in open_then and hashes.get(key) != then.inputs.get(key)
    )


def recorded_verdicts(ledger: Ledger) -> list[tuple[str, Verdict]]:
    """The verdicts in the record of a stack, every entry of it verified; none where there is no record.

    Raises:
        RecordError: the record is not what the pipeline wrote.
    """
    if not ledger.exists():
        return []
    return [
        (f"record {stored.entry.sequence}", stored.entry.started.verdict)
        for stored in ledger.anchored().entries
        if stored.entry.started is not None
    ]


def verdict_files(paths: Iterable[Path], public_key: Path | None = None) -> list[tuple[str, Verdict]]:
    """Verdicts in files.

    Args:
        paths: files, and folders with every ``*.json`` in and below them that is a verdict.
        public_key: whose signature beside each file (``FILE.sig``) is asked for; None for none.

    Raises:
        UnknownNameError: a path does not exist.
        VerdictError: a named file is no verdict, or was edited.
        SignatureError: a signature is missing or not the key's.
    """
    found: list[tuple[str, Verdict]] = []
    for path in paths:
        if not path.exists():
            raise UnknownNameError(f"audit: {path}: no such file or folder; give what `platform gate --write` wrote")
        for file in sorted(path.rglob("*.json")) if path.is_dir() else [path]:
            try:
                verdict = read_verdict(_content(file), f"verdict {file}")
            except VerdictError:
                if path.is_dir():
                    continue
                raise
            if public_key is not None:
                verify(file, public_key)
            found.append((str(file), verdict))
    return found


def _content(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        reason = reason_of(error)
        raise PlatformError(f"verdict {file}: cannot be read, got {reason}; give the path of the file") from error
