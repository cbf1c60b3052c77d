"""What a rule answers about a resource, and how answers combine when some values are not known yet."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Answer(StrEnum):
    """The four answers of a rule, and the one the engine gives for a rule that breaks."""

    PASS = "pass"  # noqa: S105 (the answer, not a password)
    FAIL = "fail"
    UNDETERMINED = "undetermined"
    NOT_APPLICABLE = "not-applicable"
    ERROR = "error"


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that makes a resource fail a rule.

    Attributes:
        path: property path from the resource, empty for the resource as a whole.
        problem: what is wrong, lower case, no final period, never a secret.
        remedy: what to do about it.
    """

    path: str
    problem: str
    remedy: str = ""

    def __str__(self) -> str:
        text = f"{self.path}: {self.problem}" if self.path else self.problem
        return f"{text}; {self.remedy}" if self.remedy else text


@dataclass(frozen=True, slots=True)
class Verdict:
    """The answer of a rule about one resource.

    Attributes:
        answer: pass, fail, undetermined or not applicable.
        faults: why it fails; at least one for ``Answer.FAIL``, empty otherwise.
        unknown: the property paths whose values are not known yet; for ``Answer.UNDETERMINED``.
    """

    answer: Answer
    faults: tuple[Fault, ...] = ()
    unknown: tuple[str, ...] = ()


PASS = Verdict(Answer.PASS)
NOT_APPLICABLE = Verdict(Answer.NOT_APPLICABLE)


class Undetermined(Exception):  # noqa: N818 (an answer that travels as an exception, not an error)
    """A value that a rule has read is not known yet; becomes the undetermined verdict.

    Attributes:
        path: where the unknown value stands.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(path)


def fail(path: str, problem: str, remedy: str = "") -> Verdict:
    """A failing verdict with one fault."""
    return Verdict(Answer.FAIL, (Fault(path, problem, remedy),))


def undetermined(*paths: str) -> Verdict:
    """The verdict that waits for the values at the given paths."""
    return Verdict(Answer.UNDETERMINED, unknown=paths)


def all_of(*verdicts: Verdict) -> Verdict:
    """Every verdict must pass.

    One failure decides, whatever is still unknown; all faults are kept. Verdicts that are not applicable are left
    out; when none is left, the whole is not applicable.
    """
    return all_in(verdicts)


def any_of(*verdicts: Verdict) -> Verdict:
    """One verdict must pass.

    One pass decides, whatever is still unknown. When all fail, the faults of all are kept: each is a way out.
    """
    return any_in(verdicts)


def all_in(verdicts: Iterable[Verdict]) -> Verdict:
    """``all_of`` over any number of verdicts, also none (not applicable)."""
    faults: list[Fault] = []
    unknown: list[str] = []
    seen = False
    for verdict in verdicts:
        if verdict is PASS:
            seen = True
            continue
        if verdict.answer is Answer.NOT_APPLICABLE:
            continue
        seen = True
        faults += verdict.faults
        unknown += verdict.unknown
    if faults:
        return Verdict(Answer.FAIL, tuple(dict.fromkeys(faults)))
    if unknown:
        return undetermined(*dict.fromkeys(unknown))
    return PASS if seen else NOT_APPLICABLE


def any_in(verdicts: Iterable[Verdict]) -> Verdict:
    """``any_of`` over any number of verdicts, also none (not applicable)."""
    faults: list[Fault] = []
    unknown: list[str] = []
    seen = passed = False
    for verdict in verdicts:
        if verdict.answer is Answer.NOT_APPLICABLE:
            continue
        seen = True
        passed = passed or verdict.answer is Answer.PASS
        faults += verdict.faults
        unknown += verdict.unknown
    if passed or not seen:
        return PASS if passed else NOT_APPLICABLE
    if unknown:
        return undetermined(*dict.fromkeys(unknown))
    return Verdict(Answer.FAIL, tuple(dict.fromkeys(faults)))
