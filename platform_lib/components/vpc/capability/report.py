"""The capability report: what was asked, what this cloud gives, what it cannot and why. Pure; imports no pulumi."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypedDict

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.capability.aws import AWS
from platform_lib.components.vpc.capability.azure import AZURE
from platform_lib.components.vpc.capability.gcp import GCP
from platform_lib.components.vpc.capability.option import MEANING, Capability, Option
from platform_lib.core.errors import Finding, PlanError

CAPABILITIES: Mapping[Cloud, Mapping[Option, Capability]] = {Cloud.AWS: AWS, Cloud.AZURE: AZURE, Cloud.GCP: GCP}
"""What every cloud does about every option; no option is left out."""


class OnGap(StrEnum):
    """What to do where a cloud cannot give what is asked."""

    ERROR = "error"
    WARN = "warn"


class CapabilityRow(TypedDict):
    """One line of the report as an output."""

    option: str
    """What was asked, as argument and choice: ``egress.per-zone``."""

    asked: str
    """The same in words."""

    given: str
    """What the cloud gives; empty for a gap, which is left out of the network."""

    reason: str
    """Why it is a gap, or how what is given differs; may be empty where given."""

    instead: str
    """What to ask for instead of a gap; empty where given."""

    source: str
    """The vendor's page."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the report.

    Attributes:
        option: what was asked.
        asked: the same in words.
        given: what this cloud gives; empty is a gap.
        reason: why not, or how what is given differs.
        instead: what to ask for instead of a gap.
        source: vendor's page.
    """

    option: Option
    asked: str
    given: str
    reason: str
    instead: str
    source: str

    @property
    def is_gap(self) -> bool:
        """Whether the cloud cannot give it."""
        return not self.given


@dataclass(frozen=True, slots=True)
class CapabilityReport:
    """What one network gets on one cloud.

    Attributes:
        cloud: which.
        rows: one for each option asked, in the order of ``Option``.
    """

    cloud: Cloud
    rows: tuple[Row, ...]

    @property
    def gaps(self) -> tuple[Row, ...]:
        """What is asked and cannot be given."""
        return tuple(row for row in self.rows if row.is_gap)

    def as_rows(self) -> list[CapabilityRow]:
        """The report as data."""
        return [
            CapabilityRow(
                option=str(row.option),
                asked=row.asked,
                given=row.given,
                reason=row.reason,
                instead=row.instead,
                source=row.source,
            )
            for row in self.rows
        ]

    def findings(self) -> list[Finding]:
        """The gaps as findings, each with its reason, the way out and the vendor's page."""
        return [
            Finding(str(row.option), f"{self.cloud} cannot give {row.asked}: {row.reason} ({row.source})", row.instead)
            for row in self.gaps
        ]

    def warnings(self, on_gap: OnGap, *, subject: str) -> tuple[str, ...]:
        """Refuse the gaps, or put them into words; never silence.

        Args:
            on_gap: what to do.
            subject: whose network it is, for the message.

        Returns:
            One text for each gap that is let pass, to be logged as a warning; empty where there is none.

        Raises:
            PlanError: with every gap, where ``on_gap`` is ``error``.
        """
        findings = self.findings()
        if findings and on_gap is OnGap.ERROR:
            told = [Finding(one.path, one.problem, f"{one.remedy}, or set on_gap to 'warn'") for one in findings]
            raise PlanError(subject, told)
        return tuple(f"{subject}: {finding}" for finding in findings)

    def as_text(self) -> str:
        """The report for people: a line for each option, indented lines for reason and source."""
        lines = [f"capability report: network on {self.cloud}"]
        for row in self.rows:
            lines.append(f"{'gap' if row.is_gap else 'given':5}  {row.option}: {row.asked}")
            if row.given:
                lines.append(f"       gets: {row.given}")
            if row.reason:
                lines.append(f"       {'why' if row.is_gap else 'note'}: {row.reason}")
            if row.is_gap:
                lines.append(f"       instead: {row.instead}")
            lines.append(f"       source: {row.source}")
        counted = f"{len(self.rows) - len(self.gaps)} of {len(self.rows)} asked are given"
        return "\n".join([*lines, f"{counted}, {len(self.gaps)} gaps"]) + "\n"


def capability_report(cloud: Cloud, asked: Iterable[Option]) -> CapabilityReport:
    """What a network gets on a cloud.

    Args:
        cloud: which.
        asked: the options its arguments ask for, in any order.

    Returns:
        The report.
    """
    wanted, table = set(asked), CAPABILITIES[cloud]
    return CapabilityReport(
        cloud,
        tuple(
            Row(option, MEANING[option], found.given, found.reason, found.instead, found.source)
            for option in Option
            if option in wanted
            for found in (table[option],)
        ),
    )
