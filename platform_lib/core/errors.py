"""The errors of the platform: one tree, each with its context as attributes.

Messages follow one form: ``<Class> '<name>': <field path>: <what is wrong>, got <value>; <what to do>``.
They are lower case, have no final period, hold one finding a line, and never a secret value. This module imports
nothing but the standard library, so every layer can raise from it; what is raised while a Pulumi program runs is also
a ``pulumi.RunError`` (see ``platform_lib.core.component``), which makes the stock CLI show the text and no traceback.
"""

import difflib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass


class PlatformError(Exception):
    """Anything that the platform refuses or cannot do; the text is meant for users."""


def reason_of(error: OSError) -> str:
    """What the system says, as a part of a message: without number and file, which the message names itself."""
    return (error.strerror or str(error)).lower()


@dataclass(frozen=True)
class Finding:
    """One thing that is wrong with an input.

    Attributes:
        path: where it is, in the words of the caller (``tiers.web.prefix_length``); empty for the whole.
        problem: what is wrong, lower case, no final period.
        remedy: what to do about it; empty where the problem says it all.
    """

    path: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        """The finding as ``path: problem; remedy``."""
        text = f"{self.path}: {self.problem}" if self.path else self.problem
        return f"{text}; {self.remedy}" if self.remedy else text


class FindingsError(PlatformError):
    """Several findings about one subject, all reported at once.

    Attributes:
        subject: whose input it is (``VpcComponent 'main'``, a file).
        findings: what is wrong, in a stable order.
    """

    def __init__(self, subject: str, findings: Sequence[Finding]) -> None:
        self.subject = subject
        self.findings = tuple(findings)
        super().__init__("\n".join(f"{subject}: {finding}" for finding in self.findings))


class ArgsError(FindingsError):
    """Arguments of a component that do not fit its contract."""


class PlanError(FindingsError):
    """Arguments that are well formed but cannot be planned (too small a range, too few zones)."""


class SettingsError(FindingsError):
    """Settings of a stack that do not fit its settings model; paths carry file and line where known."""


class NamingError(PlatformError):
    """A name that does not fit the limits of its type."""


class ReferenceMissingError(PlatformError):
    """A typed stack reference that the producing stack does not (or not in this version) export.

    Attributes:
        stack: the producing stack.
        output: the missing output.
    """

    def __init__(self, message: str, *, stack: str, output: str) -> None:
        self.stack = stack
        self.output = output
        super().__init__(message)


class EngineError(PlatformError):
    """The sandbox engine cannot do what was asked (unsupported option, damaged state, lock held)."""


class CloudError(PlatformError):
    """The sandbox cloud refuses a request, as a real one would."""


class PolicyError(PlatformError):
    """Policy packs, their configuration or waivers are not usable."""


def near(word: str, known: Iterable[str], *, cutoff: float = 0.6) -> str:
    """A hint naming the closest of the known words.

    Args:
        word: what was written.
        known: what would have been understood.
        cutoff: how alike a suggestion must be, from 0 (anything) to 1 (equal).

    Returns:
        ``did you mean 'x'?``, or an empty string where nothing is close.
    """
    matches = difflib.get_close_matches(word, list(known), n=1, cutoff=cutoff)
    return f"did you mean '{matches[0]}'?" if matches else ""
