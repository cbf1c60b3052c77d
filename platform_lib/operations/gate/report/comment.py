"""A verdict as a comment on a change, in markdown that the common forges show, and never longer than they take.

Limits: GitHub refuses a body of more than 65,536 characters, as its API says ("body is too long (maximum is 65536
characters)"); GitLab takes about a million (https://docs.gitlab.com/administration/instance_limits/). Bytes of UTF-8
are counted, which are never fewer than characters.

What comes from programs (names, URNs) is shown as code and cannot become markup, a link or a mention.
"""

from collections.abc import Sequence
from typing import Final

from platform_lib.operations.errors import InputError
from platform_lib.operations.gate.check import count
from platform_lib.operations.gate.verdict import Effect, GateFinding, Outcome, Status, Verdict
from platform_lib.operations.record import urn_name, urn_type
from platform_lib.operations.tree import brief_type

GITHUB_LIMIT: Final = 65_536
GITLAB_LIMIT: Final = 1_000_000
LEAST: Final = 10_000
"""A shorter limit leaves no room for the frame: verdict, phases and packs."""

_WORDS: Final = {Outcome.ACCEPTED: "accepted", Outcome.REFUSED: "refused", Outcome.FAILED: "could not be judged"}
_MARKS: Final = {
    Status.PASSED: "✅ passed",
    Status.ADVISED: "⚠️ advised",
    Status.REFUSED: "❌ refused",
    Status.FAILED: "❌ failed",
    Status.SKIPPED: "⏭️ skipped",
}
_SHOWN: Final = 200
"""Longest text from outside that a line repeats, in characters."""


def marker(verdict: Verdict) -> str:
    """The first line of every comment of a stack, by which CI finds the last one to replace it."""
    return f"<!-- platform gate: {_plain(verdict.project)}/{_plain(verdict.stack)} -->"


def to_comment(verdict: Verdict, *, limit: int = GITHUB_LIMIT) -> str:
    """The comment.

    Args:
        verdict: the verdict.
        limit: most bytes of UTF-8; at least ``LEAST``.

    Raises:
        InputError: the limit leaves no room.
    """
    if limit < LEAST:
        raise InputError(f"gate: comment limit: must be at least {LEAST} bytes, got {limit}")
    head, tail = _head(verdict), _tail(verdict)
    room = limit - _size(head) - _size(tail) - 200
    body = "\n".join(_sections(verdict, room))
    return f"{head}\n{body}\n{tail}".strip() + "\n"


def _head(verdict: Verdict) -> str:
    lines = [
        marker(verdict),
        f"## Gate: {_code(f'{verdict.project} / {verdict.stack}')} {_WORDS[verdict.verdict]}",
        "",
        f"Engine {_code(verdict.engine)} {_code(verdict.engine_version)}, environment "
        f"{_code(verdict.environment or 'not named: production')}"
        + (f", commit {_code(verdict.program.commit[:12])}" if verdict.program else "")
        + (" with changes that are not committed" if verdict.program and verdict.program.dirty else ""),
        "",
        "| phase | result | what was looked at |",
        "|---|---|---|",
        *(f"| {phase.name} | {_MARKS[phase.status]} | {_code(phase.summary)} |" for phase in verdict.phases),
        "",
    ]
    if verdict.cost is not None:
        cost = verdict.cost
        left_out = ((len(cost.not_priced), "not priced"), (len(cost.by_use), "by use"))
        missing = "".join(f"; {count(number, 'item')} {why}" for number, why in left_out if number)
        lines += [f"Cost: {cost.change:+.2f} {cost.currency} a month{missing}.", ""]
    return "\n".join(lines)


def _tail(verdict: Verdict) -> str:
    packs = ", ".join(f"{pack.name} {pack.version}" for pack in verdict.policies.packs)
    where = (
        "Previewed on the sandbox: it proves wiring, types and policies, not that a cloud takes the values. "
        if verdict.engine == "sandbox"
        else ""
    )
    return (
        f"<sub>{where}Packs: {_code(packs)}, hash {_code(verdict.policies.pack_hash[:12])}. "
        "Findings are evidence for controls, never a claim of compliance.</sub>"
    )


def _sections(verdict: Verdict, room: int) -> list[str]:
    """The findings that fit, what refuses first; what is left out is counted."""
    lines: list[str] = []
    for title, effect, folded in (
        ("Refused", Effect.REFUSE, False),
        ("Advice", Effect.ADVISE, True),
        ("Waived", Effect.WAIVED, True),
        ("Notes", Effect.NOTE, True),
    ):
        found = [item for item in verdict.findings if item.effect is effect]
        if not found:
            continue
        opening = [f"<details><summary>{title}: {len(found)}</summary>", ""] if folded else [f"### {title}", ""]
        closing = ["", "</details>", ""] if folded else [""]
        left_out = f"- and {len(found)} more, which the other reports of this run list"
        room -= _size("\n".join([*opening, *closing, left_out])) + 8
        shown, room = _fitting(found, room)
        if not shown and room < 200:
            lines.append(f"{title}: {len(found)}, which the other reports of this run list.")
            continue
        more = [f"- and {len(found) - len(shown)} more, which the other reports of this run list"]
        lines += [*opening, *shown, *(more if len(shown) < len(found) else []), *closing]
    return lines


def _fitting(found: Sequence[GateFinding], room: int) -> tuple[list[str], int]:
    shown: list[str] = []
    for item in found:
        line = _line(item)
        if _size(line) + 1 > room:
            return shown, 0
        shown.append(line)
        room -= _size(line) + 1
    return shown, room


def _line(item: GateFinding) -> str:
    subject = item.subject
    if subject.startswith("urn:pulumi:"):
        subject = f"{brief_type(urn_type(subject))} {urn_name(subject)}"
    where = f" {_code(item.path)}" if item.path else ""
    remedy = f"<br>→ {_code(item.remedy)}" if item.remedy else ""
    waiver = f"<br>waived by {_code(item.waiver.approver)} until {item.waiver.expires}" if item.waiver else ""
    return f"- **{item.severity}** {_code(item.check)} {_code(subject)}{where}: {_code(item.problem)}{remedy}{waiver}"


def _code(text: str) -> str:
    """A text as code: no markup, no link and no mention, on one line, fit for a cell of a table."""
    flat = " ".join(text.split())
    short = flat if len(flat) <= _SHOWN else f"{flat[: _SHOWN - 1]}…"
    safe = short.replace("|", "¦").replace("<", "‹").replace(">", "›")
    fence = "`"
    while fence in safe:
        fence += "`"
    space = " " if safe.startswith("`") or safe.endswith("`") or not safe else ""
    return f"{fence}{space}{safe}{space}{fence}"


def _plain(text: str) -> str:
    """A text in an HTML comment: what could end the comment is taken out."""
    return "".join(letter for letter in text if letter.isalnum() or letter in "._-")


def _size(text: str) -> int:
    return len(text.encode("utf-8"))
