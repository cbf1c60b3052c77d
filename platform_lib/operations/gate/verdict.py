"""The verdict of a gate as data: phases with findings, what ran, what would change, what it costs, one word at the end.

Public names: ``Verdict`` (``Verdict.of(...)`` makes one, ``read_verdict`` reads a file and refuses an edited one,
``verdict.to_json()`` writes it, ``verdict.exit_code`` is the process's), ``Phase`` (``Phase.of(...)`` derives its
status of its findings), ``GateFinding``, ``Effect``, ``Severity``, ``Status``, ``Outcome``, ``PackUsed``,
``PoliciesUsed``, ``Program``, ``Step``, ``StepSummary``, ``SeenResource``; ``verdict_schema()`` is what
``verdict.schema.json`` beside this module holds.

No field holds a property value: findings name paths, steps name properties, evaluated resources carry hashes of what
is not secret. Whoever adds a field keeps it so.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Any, Final, Literal, Self

from pydantic import AwareDatetime, Field, ValidationError, model_validator

from platform_lib.core.errors import Finding, PlatformError
from platform_lib.core.validation import FieldError, findings_of
from platform_lib.operations.cost.model import CostDifference
from platform_lib.operations.model import Model

FORMAT: Final = "1.0"
"""Version of the form; raised when a reader of the old one would break."""

SCHEMA_FILE: Final = Path(__file__).with_name("verdict.schema.json")

Engine = Literal["sandbox", "pulumi"]


class VerdictError(PlatformError):
    """A file that is to be a verdict is none, or was edited."""


class Severity(StrEnum):
    """How bad a finding is."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Effect(StrEnum):
    """What a finding does to the verdict."""

    REFUSE = "refuse"
    """The change may not be deployed."""

    ADVISE = "advise"
    """The change may be deployed; somebody should look."""

    NOTE = "note"
    """Told for completeness: a price that is not known, an answer that waits for a value."""

    WAIVED = "waived"
    """Would refuse or advise, and a reviewed waiver excuses it."""


class Status(StrEnum):
    """How a phase ended."""

    PASSED = "passed"
    ADVISED = "advised"
    REFUSED = "refused"
    FAILED = "failed"
    """It could not be carried out; the verdict cannot be ``accepted``."""

    SKIPPED = "skipped"
    """There was nothing for it to look at, and the summary says why. The preview is never skipped."""


class Outcome(StrEnum):
    """The verdict in a word."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    FAILED = "failed"


EXIT_CODES: Final[Mapping[Outcome, int]] = {Outcome.ACCEPTED: 0, Outcome.FAILED: 1, Outcome.REFUSED: 3}
"""What the process ends with: the exit codes of ``platform --help``."""


class WaiverUsed(Model):
    """The waiver that excuses a finding."""

    owner: str
    approver: str
    reason: str
    expires: str
    """The last day on which it holds, ISO 8601."""


class GateFinding(Model):
    """One thing that the gate found."""

    check: str
    """What found it: id of a policy rule, or of a check of the gate (``stateful-loss``)."""

    effect: Effect
    severity: Severity
    subject: str
    """What it is about: a URN, a file, an output or a stack; never a secret value."""

    problem: str
    """What is wrong: lower case, no final period, never a secret value."""

    remedy: str = ""
    """What to do about it."""

    path: str = ""
    """Property path in the subject, where it is about one."""

    controls: dict[str, list[str]] = Field(default_factory=dict)
    """Control ids by framework."""

    source: str = ""
    """Where the program makes the subject, ``project:///path#line``; empty where that is not known."""

    waiver: WaiverUsed | None = None


class Phase(Model):
    """One part of the gate's work."""

    name: str
    """``preview``, ``policies``, ``stateful``, ``network``, ``versions``, ``unknowns``, ``secrets``, ``cost``,
    ``drift``, ``contracts``."""

    status: Status
    seconds: float = Field(ge=0)
    """How long it took."""

    summary: str
    """What was looked at and what came of it, in a line."""

    findings: tuple[GateFinding, ...] = ()

    @classmethod
    def of(cls, name: str, summary: str, findings: Iterable[GateFinding] = (), *, seconds: float = 0.0) -> Self:
        """A phase that was carried out; its status is that of its worst finding."""
        found = tuple(findings)
        return cls(name=name, status=_status(found), seconds=seconds, summary=summary, findings=found)

    @model_validator(mode="after")
    def _told_as_it_was(self) -> Self:
        if self.status not in (Status.FAILED, Status.SKIPPED) and self.status is not _status(self.findings):
            raise FieldError(f"phase '{self.name}' says {self.status}, its findings say {_status(self.findings)}")
        if self.status is Status.SKIPPED and (self.findings or self.name == "preview"):
            raise FieldError(f"phase '{self.name}' cannot be skipped")
        return self


def _status(findings: Sequence[GateFinding]) -> Status:
    effects = {finding.effect for finding in findings}
    if Effect.REFUSE in effects:
        return Status.REFUSED
    return Status.ADVISED if Effect.ADVISE in effects else Status.PASSED


class PackUsed(Model):
    """A policy pack that ran."""

    name: str
    version: str
    rules: int = Field(ge=0)
    """Number of its rules that were evaluated at any level but ``disabled``."""


class PoliciesUsed(Model):
    """Which policies ran, so that none can be forgotten."""

    packs: tuple[PackUsed, ...]
    pack_hash: str
    """SHA-256 over every rule, catalogue and pack file."""

    environment: str
    """Whose levels held."""

    waivers: str = ""
    """Path of the waiver file, relative to the project; empty for none."""

    waivers_sha256: str = ""


class Program(Model):
    """The program that was previewed."""

    commit: str
    dirty: bool | None = None
    """Whether the work tree had changes; None where nobody looked."""


class Step(Model):
    """What would become of one resource that does not stay as it is."""

    action: Literal["create", "update", "replace", "delete", "read", "import", "forget"]
    urn: str
    properties: tuple[str, ...] = ()
    """Paths of the properties that move; values are left out."""

    replace_keys: tuple[str, ...] = ()
    """Top-level properties that force the replacement."""

    protected: bool = False
    stateful: str = ""
    """What would be lost with it, empty where nothing would."""


class StepSummary(Model):
    """What the change would do."""

    counts: dict[str, int]
    """Number of resources by action, ``same`` among them."""

    changes: tuple[Step, ...] = ()


class SeenResource(Model):
    """A resource as the policies saw it."""

    urn: str
    inputs: dict[str, str] = Field(default_factory=dict)
    """Start of the SHA-256 of each top-level input, for ``platform audit`` to compare."""

    unhashed: tuple[str, ...] = ()
    """Inputs without a hash: secret, unknown, or filled in by the provider."""


class Verdict(Model):
    """What the gate says about one change of one stack."""

    format: Literal["1.0"] = FORMAT
    verdict: Outcome
    exit_code: Literal[0, 1, 3]
    engine: Engine
    """The sandbox proves less than a preview against the cloud: see the page about the sandbox."""

    engine_version: str
    project: str
    stack: str
    environment: str
    """Of the stack's configuration; empty where it names none, which policies take for production."""

    created: AwareDatetime
    program: Program | None = None
    policies: PoliciesUsed
    steps: StepSummary
    cost: CostDifference | None = None
    """None where the preview failed."""

    phases: tuple[Phase, ...]
    resources: tuple[SeenResource, ...] = ()
    """Every resource that the policies evaluated, with which ``platform audit`` compares a state."""

    @classmethod
    def of(
        cls,
        phases: Sequence[Phase],
        *,
        engine: Engine,
        engine_version: str,
        project: str,
        stack: str,
        environment: str,
        created: datetime,
        policies: PoliciesUsed,
        steps: StepSummary,
        program: Program | None = None,
        cost: CostDifference | None = None,
        resources: Sequence[SeenResource] = (),
    ) -> Self:
        """The verdict that follows from the phases."""
        outcome = outcome_of(phases)
        return cls(
            verdict=outcome,
            exit_code=EXIT_CODES[outcome],  # type: ignore[arg-type]  # one of the three
            engine=engine,
            engine_version=engine_version,
            project=project,
            stack=stack,
            environment=environment,
            created=created,
            program=program,
            policies=policies,
            steps=steps,
            cost=cost,
            phases=tuple(phases),
            resources=tuple(resources),
        )

    @model_validator(mode="after")
    def _follows_from_its_phases(self) -> Self:
        outcome = outcome_of(self.phases)
        if self.verdict is not outcome or self.exit_code != EXIT_CODES[outcome]:
            raise FieldError(f"says {self.verdict} ({self.exit_code}), its phases say {outcome}")
        return self

    @property
    def findings(self) -> list[GateFinding]:
        """The findings of all phases: what refuses first, then by severity."""
        found = [finding for phase in self.phases for finding in phase.findings]
        return sorted(found, key=lambda one: (_EFFECTS.index(one.effect), _SEVERITIES.index(one.severity)))

    def phase(self, name: str) -> Phase | None:
        """A phase by name."""
        return next((phase for phase in self.phases if phase.name == name), None)

    def to_json(self) -> str:
        """The verdict as the text of its file."""
        return self.model_dump_json(by_alias=True, indent=2) + "\n"


_EFFECTS: Final = tuple(Effect)
_SEVERITIES: Final = tuple(Severity)


def outcome_of(phases: Sequence[Phase]) -> Outcome:
    """``refused`` where a phase refuses, else ``failed`` where one failed or no preview was made."""
    statuses = {phase.status for phase in phases}
    if Status.REFUSED in statuses:
        return Outcome.REFUSED
    previewed = any(phase.name == "preview" for phase in phases)
    return Outcome.FAILED if Status.FAILED in statuses or not previewed else Outcome.ACCEPTED


def read_verdict(content: bytes | str, subject: str) -> Verdict:
    """A verdict of its file.

    Args:
        content: of the file.
        subject: how messages call it (``verdict gate.json``).

    Raises:
        VerdictError: it is no verdict, one of another version, or one whose word does not follow from its findings.
    """
    try:
        return Verdict.model_validate_json(content)
    except ValidationError as error:
        first: Finding = findings_of(error, Verdict)[0]
        raise VerdictError(f"{subject}: {first}; give the file as `platform gate` wrote it") from None


def verdict_schema() -> dict[str, Any]:
    """The JSON schema of a verdict."""
    schema = Verdict.model_json_schema(by_alias=True, mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
