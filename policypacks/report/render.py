"""The formats of reports, by name."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final

from platform_lib.core.errors import PolicyError, near
from policypacks.report.model import Report
from policypacks.report.sarif import subjects_of, to_sarif

FORMATS: Final = ("json", "sarif", "junit", "oscal")
"""The formats that ``render`` writes; ``render_pages`` writes HTML."""


def render(reports: Sequence[tuple[str, Report]], form: str, *, at: datetime | None = None) -> str:
    """Reports as text.

    Args:
        reports: subject (the name of a stack, the file of a state) and report.
        form: one of ``FORMATS``. JSON is an object ``{"reports": [{"subject": ..., "report": ...}]}`` whose reports
            have the form of ``report.schema.json``; SARIF has a run, JUnit a suite, OSCAL a result for each report.
        at: when the evaluation was made, for OSCAL; now when left out.

    Raises:
        PolicyError: there is no such format, or the package that writes it is not installed.
    """
    if form == "json":
        data = {"reports": [{"subject": subject, "report": report.to_dict()} for subject, report in reports]}
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    named = subjects_of(reports)
    if form == "sarif":
        return json.dumps(to_sarif(named), indent=2, ensure_ascii=False) + "\n"
    if form == "oscal":
        from policypacks.report.oscal import to_oscal

        return json.dumps(to_oscal(named, at or datetime.now(UTC)), indent=2, ensure_ascii=False) + "\n"
    if form == "junit":
        try:
            from policypacks.report.junit import to_junit

            return to_junit(named)
        except ModuleNotFoundError as error:
            raise PolicyError("report: junit needs junitparser; install platform-lib[reports]") from error
    hint = near(form, FORMATS) or f"known are {', '.join(FORMATS)}"
    raise PolicyError(f"report: '{form}' is not a format; {hint}")


def render_pages(reports: Sequence[tuple[str, Report]], *, at: datetime | None = None) -> dict[str, str]:
    """Reports as self-contained HTML pages by file name: ``index.html`` and one for each framework.

    Args:
        reports: subject (the name of a stack, the file of a state) and report.
        at: when the evaluation was made; now when left out.
    """
    from policypacks.report.html import to_html

    return to_html(subjects_of(reports), at or datetime.now(UTC))
