"""People, keys and decisions for the tests of deployments, and what a deployment records, made by hand."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from platform_lib.operations.approval import Approval, Signed
from platform_lib.operations.gate.verdict import (
    Effect,
    GateFinding,
    PackUsed,
    Phase,
    PoliciesUsed,
    Program,
    Severity,
    StepSummary,
    Verdict,
)
from platform_lib.operations.governance.governance import Governance, parse_governance
from platform_lib.operations.ledger.entry import DriftCheck, Evidence, Finished, Opened, Started, TestReport
from platform_lib.operations.ledger.ledger import Ledger, document, next_entry
from platform_lib.operations.proposal.proposal import Proposal, ProposedPack
from platform_lib.operations.proposal.steps import PlannedStep
from platform_lib.operations.signature import key_line, signed

NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
"""A Tuesday."""

BUCKET = "urn:pulumi:prod::shop::aws:s3/bucket:Bucket::logs"
ONE, TWO, THREE = "1" * 40, "2" * 40, "3" * 40

_KEYS: dict[str, Ed25519PrivateKey] = {}


def key(name: str) -> Ed25519PrivateKey:
    """Somebody's key, the same in every test: made of the name."""
    return _KEYS.setdefault(name, Ed25519PrivateKey.from_private_bytes(name.encode().ljust(32, b".")[:32]))


def key_file(folder: Path, name: str) -> Path:
    """Somebody's private key in a file."""
    path = folder / f"{name}.pem"
    content = key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def line(name: str) -> str:
    """Somebody's public key, as ``approvers.yaml`` has it."""
    return key_line(key(name).public_key())


ENVIRONMENTS = """\
version: 1
environments:
  - name: dev
    packs: [baseline]
  - name: staging
    packs: [baseline]
    soak: 1h
  - name: prod
    packs: [baseline]
    gates: [tests, gate]
    approvals: 1
    approval_ttl: 8h
    windows: ["mon-thu 08:00-16:00 UTC"]
"""


def approvers(*, deployers: Sequence[str] = ("ci",), people: Sequence[str] = ("alice", "bob")) -> str:
    """The text of ``approvers.yaml``."""
    lines = ["version: 1", "deployers:"]
    for name in deployers:
        lines += [f"  {name}:", f"    key: {line(name)}"]
    lines.append("approvers:" if people else "approvers: {}")
    for name in people:
        lines += [f"  {name}:", f"    key: {line(name)}", f"    identities: [{name}@example.org, {name}-account]"]
    return "\n".join(lines) + "\n"


def texts(environments: str = ENVIRONMENTS, people: str = "") -> dict[str, str]:
    return {"environments.yaml": environments, "approvers.yaml": people or approvers()}


def governance(environments: str = ENVIRONMENTS, people: str = "") -> Governance:
    return parse_governance(texts(environments, people))


def proposal(stack: str = "dev", **fields: Any) -> Proposal:
    """A proposal that makes one bucket."""
    step = PlannedStep(operations=("create",), type="aws:s3/bucket:Bucket", inputs={"tags": {"owner": "me"}})
    given: dict[str, Any] = {
        "project": "shop",
        "stack": stack,
        "environment": stack,
        "engine": "sandbox",
        "commit": ONE,
        "authors": ("Dora <dora@example.org>",),
        "locks": {"requirements.txt": "a" * 64},
        "settings": {f"Pulumi.{stack}.yaml": "b" * 64},
        "decisions": {"governance/waivers.yaml": "c" * 64},
        "tools": {"pulumi": "3.272.0"},
        "packs": (ProposedPack(source="baseline", name="baseline", version="1.0.0", sha256="d" * 64),),
        "rules": "e" * 64,
        "steps": {BUCKET.replace("prod", stack): step},
        **fields,
    }
    return Proposal(**given)


def verdict(of: Proposal, findings: Sequence[GateFinding] = (), **fields: Any) -> Verdict:
    """A verdict of the gate about a proposal: accepted, unless a finding refuses."""
    given: dict[str, Any] = {
        "engine": of.engine,
        "engine_version": "0.1.0",
        "project": of.project,
        "stack": of.stack,
        "environment": of.environment,
        "created": NOON,
        "program": Program(commit=of.commit, dirty=False),
        "policies": PoliciesUsed(
            packs=tuple(PackUsed(name=pack.name, version=pack.version, rules=1) for pack in of.packs),
            pack_hash=of.rules,
            environment=of.environment,
        ),
        "steps": StepSummary(counts={"create": 1}),
        **fields,
    }
    return Verdict.of([Phase.of("preview", "1 resource"), Phase.of("stateful", "looked", findings)], **given)


def refusing(check: str = "aws-s3-bucket-not-public", subject: str = BUCKET) -> GateFinding:
    return GateFinding(
        check=check, effect=Effect.REFUSE, severity=Severity.HIGH, subject=subject, problem="is open to everybody"
    )


def evidence(commit: str = ONE, environment: str = "dev", **fields: Any) -> Evidence:
    """What an environment shows about a commit that came two hours ago."""
    given: dict[str, Any] = {
        "environment": environment,
        "stack": environment,
        "commit": commit,
        "entry": 3,
        "entry_sha256": "f" * 64,
        "finished": NOON - timedelta(hours=2),
        "verdict": "accepted",
        "rules": "e" * 64,
        "tests": TestReport(file="junit.xml", sha256="0" * 64, tests=3, failed=0, skipped=1),
        "drift": DriftCheck(checked=NOON, looked_at=4, drifted=False, sha256="0" * 64),
        **fields,
    }
    return Evidence(**given)


def started(of: Proposal, **fields: Any) -> Started:
    """What is recorded of a deployment that begins."""
    given: dict[str, Any] = {
        "proposal": of,
        "digest": of.digest,
        "requested_by": "carl",
        "verdict": verdict(of),
        "governance": texts(),
        **fields,
    }
    return Started(**given)


def approval(of: Proposal, by: str = "alice", *, signer: str = "", **fields: Any) -> Signed:
    """An approval that somebody signed."""
    given: dict[str, Any] = {
        "digest": of.digest,
        "proposal": of,
        "approver": by,
        "created": NOON - timedelta(hours=1),
        "expires": NOON + timedelta(hours=1),
        **fields,
    }
    content = document(Approval(**given))
    return Signed(content=content, signature=signed(content.encode(), key(signer or by)))


def write_record(folder: Path, stack: str = "dev", *, commits: Sequence[str] = (ONE,), anchor: Any = None) -> Ledger:
    """Writes the record of a stack of the lowest environment in which commits were deployed an hour apart."""
    ledger = Ledger(folder, "shop", stack, anchor)
    whose: dict[str, Any] = {"project": "shop", "environment": stack, "stack": stack, "deployer": "ci"}
    opened = Opened(engine="sandbox", commit=ONE, governance=texts(), pin=governance().sha256)
    at = NOON - timedelta(hours=6)
    entry = next_entry(None, at=at, kind="opened", opened=opened, **whose)
    history = ledger.append(None, entry, key("ci"))
    for commit in commits:
        at += timedelta(hours=1)
        begun = started(proposal(stack, commit=commit, base=history.past.commit))
        entry = next_entry(history, at=at, kind="started", started=begun, **whose)
        history = ledger.append(history, entry, key("ci"))
        finished = Finished(started=entry.sequence, outcome="done", counts={"create": 1})
        entry = next_entry(history, at=at + timedelta(minutes=1), kind="finished", finished=finished, **whose)
        history = ledger.append(history, entry, key("ci"))
    return ledger
