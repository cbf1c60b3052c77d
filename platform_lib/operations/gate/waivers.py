"""Excuses from the gate's own checks, as a reviewed file: one loss, one resource, an owner, an approver, a last day.

``governance/gate.yaml`` (findings of policy packs have their own, ``governance/waivers.yaml``)::

    version: 1
    waivers:
      - check: stateful-loss
        subject: urn:pulumi:prod::platform::aws:s3/bucket:Bucket::old-logs   # * stands for any text
        owner: platform-team
        approver: security-team
        reason: its objects were copied to the new archive on 2026-11-20
        expires: 2026-12-31
"""

from collections.abc import Iterable, Sequence
from datetime import date
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, model_validator

from platform_lib.core.validation import FieldError
from platform_lib.operations.gate.verdict import Effect, GateFinding, Severity, WaiverUsed
from platform_lib.operations.governance.file import FOLDER, Day, Decisions, parse_decisions

FILE: Final = FOLDER / "gate.yaml"
EXPIRED: Final = "waiver-expired"


class GateWaiver(Decisions):
    """One excuse."""

    check: str = Field(min_length=1)
    """Id of a check of the gate, such as ``stateful-loss``."""

    subject: str = Field(min_length=1)
    """What it is about, as the finding names it; ``*`` stands for any text."""

    owner: str = Field(min_length=1)
    """Who carries the risk."""

    approver: str = Field(min_length=1)
    """Who accepted it; not the owner."""

    reason: str = Field(min_length=10)
    """Why it may pass."""

    expires: Day
    """The last day on which it holds."""

    @model_validator(mode="after")
    def _is_narrow(self) -> "GateWaiver":
        if self.owner == self.approver:
            raise FieldError("is approved by its owner", "name someone else as approver")
        if not self.subject.strip("*?") or not self.check.strip("*?"):
            raise FieldError("excuses everything", "name one check and one subject")
        return self

    def covers(self, finding: GateFinding) -> bool:
        """Whether it speaks of a finding."""
        return finding.check == self.check and fnmatchcase(finding.subject, self.subject.replace("[", "[[]"))


class WaiversFile(Decisions):
    """The file."""

    version: Literal[1] = 1
    """Version of the form."""

    waivers: list[GateWaiver] = Field(default_factory=list)
    """What may pass."""


def read_waivers(directory: Path) -> Sequence[GateWaiver]:
    """The excuses of a project; none where it has no such file.

    Raises:
        GovernanceError: the file is wrong; all findings with their lines.
    """
    path = directory / FILE
    return tuple(parse_decisions(path.read_bytes(), FILE, WaiversFile).waivers) if path.is_file() else ()


class Excused:
    """Applies excuses to the findings of one gate, and tells what is wrong with them.

    Args:
        waivers: of the project.
        today: the day against which they expire.
    """

    def __init__(self, waivers: Sequence[GateWaiver], today: date) -> None:
        self._waivers = waivers
        self._today = today
        self._used: set[int] = set()

    def apply(self, findings: Iterable[GateFinding]) -> list[GateFinding]:
        """The findings, with those that an excuse covers marked as waived."""
        return [self._applied(finding) for finding in findings]

    def _applied(self, finding: GateFinding) -> GateFinding:
        if finding.effect not in (Effect.REFUSE, Effect.ADVISE):
            return finding
        for number, waiver in enumerate(self._waivers):
            if waiver.covers(finding):
                self._used.add(number)
                if waiver.expires >= self._today:
                    used = WaiverUsed(
                        owner=waiver.owner,
                        approver=waiver.approver,
                        reason=waiver.reason,
                        expires=waiver.expires.isoformat(),
                    )
                    return finding.model_copy(update={"effect": Effect.WAIVED, "waiver": used})
        return finding

    def problems(self) -> list[GateFinding]:
        """What is wrong with the excuses; ask when everything was applied."""
        return [
            GateFinding(
                check=EXPIRED,
                effect=Effect.ADVISE,
                severity=Severity.MEDIUM,
                subject=str(FILE),
                path=f"waivers[{number}]",
                problem=f"expired on {waiver.expires.isoformat()}: {waiver.check} of {waiver.subject} is not excused",
                remedy="mend what it excused, or have it reviewed again",
            )
            for number, waiver in enumerate(self._waivers)
            if waiver.expires < self._today and number in self._used
        ]
