"""The entries of a record, one file each: signed by the pipeline, chained by the hash of the entry before.

``opened`` starts a record and pins the decisions that the first deployment is judged by; ``started`` holds all that a
deployment was allowed by, before it begins; ``finished`` says how it ended. A record can be verified from its files
alone: the decisions, the approvals and the evidence are in it, whole.
"""

import hashlib
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from platform_lib.core.errors import PlatformError
from platform_lib.core.validation import findings_of
from platform_lib.operations.approval import Signed
from platform_lib.operations.gate.verdict import Verdict
from platform_lib.operations.model import Model
from platform_lib.operations.proposal.proposal import Proposal

FORMAT: Final = "1.0"

SCHEMA_FILE: Final = Path(__file__).with_name("entry.schema.json")
"""The published schema of an entry, which is that of ``Entry``."""

Outcome = Literal["done", "failed"]


class RecordError(PlatformError):
    """A record is not what the pipeline wrote: an entry was changed, is missing, or was not allowed."""


class Opened(Model):
    """The start of a record."""

    engine: Literal["sandbox", "pulumi"]
    commit: str
    """From which the decisions were read."""

    governance: dict[str, str]
    """``environments.yaml`` and ``approvers.yaml`` as they are."""

    pin: str
    """SHA-256 over both: what a verifier keeps elsewhere."""


class TestReport(Model):
    """What a JUnit report shows."""

    __test__ = False  # not a test, whatever pytest makes of its name

    file: str
    sha256: str
    tests: int = Field(ge=0)
    failed: int = Field(ge=0)
    skipped: int = Field(ge=0)


class DriftCheck(Model):
    """What a look for drift showed."""

    checked: AwareDatetime
    looked_at: int = Field(ge=0)
    """Number of resources that were read."""

    drifted: bool
    sha256: str
    """Of the look's own JSON, which is kept beside the record where it is wanted."""


class Evidence(Model):
    """What the environment below shows about a commit."""

    environment: str
    stack: str
    commit: str
    entry: int
    """Number of the entry ``finished`` in its record."""

    entry_sha256: str
    finished: AwareDatetime
    """When it was deployed there."""

    replaced: AwareDatetime | None = None
    """When another commit took its place there; None where it is still there."""

    verdict: Literal["accepted", "refused", "failed"]
    """Of the gate at that deployment."""

    rules: str
    """SHA-256 over the rules that it was judged by there."""

    tests: TestReport | None = None
    drift: DriftCheck | None = None


class Started(Model):
    """A deployment about to begin, with all that allowed it."""

    proposal: Proposal
    digest: str
    requested_by: str = ""
    """Who asked for it, as CI or git knows them."""

    rollback: bool = False
    """The commit was deployed here before, and what came after it is taken back."""

    verdict: Verdict
    """Of the gate."""

    approvals: tuple[Signed, ...] = ()
    evidence: Evidence | None = None
    """None for the lowest environment and for a rollback."""

    governance: dict[str, str]
    """The decisions that the commit brings: by them the next deployment is judged, once this one is done."""

    accepted_loss: tuple[str, ...] = ()
    """URNs whose content goes away with the deployment, as whoever ran it was told and accepted."""


class Finished(Model):
    """The end of a deployment."""

    started: int
    """Number of its entry ``started``."""

    outcome: Outcome
    counts: dict[str, int] = Field(default_factory=dict)
    """Steps as the engine counts them."""

    problem: str = ""
    """What went wrong, in a line."""


class Entry(Model):
    """One entry."""

    format: Literal["1.0"] = FORMAT
    kind: Literal["opened", "started", "finished"]
    project: str
    environment: str
    stack: str
    sequence: int = Field(ge=1)
    previous: str = ""
    """SHA-256 of the file of the entry before; empty for the first."""

    created: AwareDatetime
    deployer: str
    """Whose key signed it, by name."""

    opened: Opened | None = None
    started: Started | None = None
    finished: Finished | None = None

    @model_validator(mode="after")
    def _one_body(self) -> Self:
        bodies = {"opened": self.opened, "started": self.started, "finished": self.finished}
        if [kind for kind, body in bodies.items() if body is not None] != [self.kind]:
            raise ValueError(f"must hold '{self.kind}' and nothing else")
        if (self.sequence == 1) != (self.kind == "opened") or bool(self.previous) != (self.sequence > 1):
            raise ValueError("must be the first entry, with no hash before it, exactly where it opens the record")
        return self


def read_entry(content: bytes, subject: str) -> Entry:
    """An entry of its file.

    Raises:
        RecordError: it is none.
    """
    try:
        return Entry.model_validate_json(content)
    except ValidationError as error:
        first = findings_of(error, Entry)[0]
        raise RecordError(f"{subject}: {first}; bring back the file as the pipeline wrote it") from None


def sha256(content: bytes) -> str:
    """SHA-256, hexadecimal."""
    return hashlib.sha256(content).hexdigest()


def record_schema() -> dict[str, Any]:
    """The JSON schema of an entry; that of the verdict in it is published by itself."""
    schema = Entry.model_json_schema(by_alias=True, mode="serialization")
    definitions = schema.pop("$defs")
    definitions["Verdict"] = {"type": "object", "description": "What the gate said, see verdict.schema.json."}
    used: dict[str, Any] = {}
    wanted = _references(schema)
    while wanted:
        name = wanted.pop()
        if name not in used:
            used[name] = definitions[name]
            wanted += _references(definitions[name])
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **schema,
        "$defs": dict(sorted(used.items())),
    }


def _references(value: Any) -> list[str]:
    """The names of the definitions that a schema refers to."""
    if isinstance(value, dict):
        own = [value["$ref"].rpartition("/")[2]] if isinstance(value.get("$ref"), str) else []
        return own + [name for item in value.values() for name in _references(item)]
    return [name for item in value for name in _references(item)] if isinstance(value, list) else []
