"""The formats of reports, by name."""

import json
from collections.abc import Sequence
from typing import Final

from platform_lib.core.errors import PolicyError, near
from policypacks.report.model import Report
from policypacks.report.sarif import subjects_of, to_sarif

FORMATS: Final = ("json", "sarif", "junit")
"""The formats that ``render`` writes."""


def render(reports: Sequence[tuple[str, Report]], form: str) -> str:
    """Reports as text.

    Args:
        reports: subject (the name of a stack, the file of a state) and report.
        form: one of ``FORMATS``. JSON is an object ``{"reports": [{"subject": ..., "report": ...}]}`` whose reports
            have the form of ``report.schema.json``; SARIF has a run, JUnit a suite for each report.

    Raises:
        PolicyError: there is no such format, or the package that writes it is not installed.
    """
    if form == "json":
        data = {"reports": [{"subject": subject, "report": report.to_dict()} for subject, report in reports]}
        return json.dumps(data, indent=2, ensure_ascii=False) + "\n"
    named = subjects_of(reports)
    if form == "sarif":
        return json.dumps(to_sarif(named), indent=2, ensure_ascii=False) + "\n"
    if form == "junit":
        try:
            from policypacks.report.junit import to_junit

            return to_junit(named)
        except ModuleNotFoundError as error:
            raise PolicyError("report: junit needs junitparser; install platform-lib[reports]") from error
    hint = near(form, FORMATS) or f"known are {', '.join(FORMATS)}"
    raise PolicyError(f"report: '{form}' is not a format; {hint}")
