"""The forms of a verdict by name."""

import json
from typing import Final

from platform_lib.core.errors import PolicyError, near
from platform_lib.operations.errors import InputError
from platform_lib.operations.gate.report.comment import GITHUB_LIMIT
from platform_lib.operations.gate.verdict import Verdict

FORMS: Final = ("json", "sarif", "junit", "comment")


def render(verdict: Verdict, form: str, *, comment_limit: int = GITHUB_LIMIT) -> str:
    """A verdict as text.

    Args:
        verdict: the verdict.
        form: one of ``FORMS``; JSON has the form of ``verdict.schema.json``.
        comment_limit: most bytes of a comment.

    Raises:
        InputError: there is no such form.
        PolicyError: the package that writes it is not installed.
    """
    if form == "json":
        return verdict.to_json()
    if form == "sarif":
        from platform_lib.operations.gate.report.sarif import to_sarif

        return json.dumps(to_sarif(verdict), indent=2, ensure_ascii=False) + "\n"
    if form == "junit":
        try:
            from platform_lib.operations.gate.report.junit import to_junit

            return to_junit(verdict)
        except ModuleNotFoundError as error:
            raise PolicyError("gate: junit needs junitparser; install platform-lib[reports]") from error
    if form == "comment":
        from platform_lib.operations.gate.report.comment import to_comment

        return to_comment(verdict, limit=comment_limit)
    hint = near(form, FORMS) or f"there are {', '.join(FORMS)}"
    raise InputError(f"gate: '{form}' is no form; {hint}")
