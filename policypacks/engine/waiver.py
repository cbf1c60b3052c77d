"""Waivers: reviewed, dated exceptions from rules, and what is wrong with them."""

import hashlib
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, Literal

from platform_lib.core.errors import PolicyError, near
from policypacks.engine.ledger import find_reviewed

FIELDS: Final = ("rule", "resource", "owner", "approver", "reason", "compensating_control", "expires")
"""What every waiver states."""

Problem = Literal["malformed", "expired", "unmatched", "too-broad", "self-approved"]


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception from one rule for some resources.

    Attributes:
        rule: id of the rule.
        resource: URN, ``*`` for any text and ``?`` for one character.
        owner: who carries the risk.
        approver: who accepted it; not the owner.
        reason: why the rule cannot be kept.
        compensating_control: what is done instead.
        expires: the last day on which it holds.
        line: where it stands in the file, from 1.
    """

    rule: str
    resource: str
    owner: str
    approver: str
    reason: str
    compensating_control: str
    expires: date
    line: int = 0

    def covers(self, rule: str, urn: str) -> bool:
        """Whether it excuses a rule for a resource."""
        return rule == self.rule and _glob(self.resource).fullmatch(urn) is not None

    def concerns(self, project: str, stack: str) -> bool:
        """Whether its pattern can match a resource of the stack at all."""
        parts = self.resource.split("::")
        if len(parts) < 4 or not parts[0].startswith("urn:pulumi:"):
            return True
        named = parts[0].removeprefix("urn:pulumi:")
        return bool(_glob(named).fullmatch(stack)) and bool(_glob(parts[1]).fullmatch(project))


@dataclass(frozen=True, slots=True)
class WaiverProblem:
    """Something wrong with a waiver: a finding of its own.

    Attributes:
        kind: what is wrong; also the second half of the finding's rule id (``waiver-expired``).
        message: in words, with file and line.
        rule: the rule that the waiver names, where it can be read.
        line: where the waiver stands.
    """

    kind: Problem
    message: str
    rule: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of a file that hold, and what is wrong with the others.

    Attributes:
        path: the file; empty where there is none.
        sha256: of its bytes.
        valid: those that hold today.
        problems: malformed, expired, too broad and self-approved ones, which excuse nothing.
    """

    path: str = ""
    sha256: str = ""
    valid: tuple[Waiver, ...] = ()
    problems: tuple[WaiverProblem, ...] = ()

    def covering(self, rule: str, urn: str) -> Waiver | None:
        """The waiver that excuses a rule for a resource, or None."""
        return next((waiver for waiver in self.valid if waiver.covers(rule, urn)), None)


def read_waivers(path: str | Path | None, *, today: date, known: Iterable[str]) -> Waivers:
    """Read a waiver file.

    The file is YAML: ``waivers:`` and a list of objects with the fields of ``FIELDS``.

    Args:
        path: the file; None for none.
        today: the day against which ``expires`` is measured.
        known: every rule id there is.

    Raises:
        PolicyError: the file cannot be read, or is not YAML. A waiver that is wrong is a problem, not an error.
    """
    if path is None:
        return Waivers()
    source = Path(path)
    try:
        content = source.read_bytes()
    except OSError as error:
        raise PolicyError(f"waivers {source}: cannot be read, {error.strerror}; give the path of the file") from error
    rules = frozenset(known)
    valid: list[Waiver] = []
    problems: list[WaiverProblem] = []
    for line, entry in _entries(source, content):
        found = _check(source, line, entry, today, rules)
        if isinstance(found, Waiver):
            valid.append(found)
        else:
            problems.append(found)
    return Waivers(str(source), hashlib.sha256(content).hexdigest(), tuple(valid), tuple(problems))


def _entries(source: Path, content: bytes) -> Sequence[tuple[int, Any]]:
    """Line and fields of each waiver; every scalar is text, so that a date that does not exist can be reported."""
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

    def plain(node: Node | None) -> Any:
        if isinstance(node, MappingNode):
            return {str(plain(key)): plain(value) for key, value in node.value}
        if isinstance(node, SequenceNode):
            return [plain(item) for item in node.value]
        return node.value if isinstance(node, ScalarNode) else None

    try:
        root = YAML(typ="rt").compose(content.decode("utf-8"))
    except (YAMLError, UnicodeDecodeError) as error:
        text = " ".join(str(error).split())
        raise PolicyError(f"waivers {source}: is not YAML, {text}; mend the file") from error
    if root is None:
        return []
    if not isinstance(root, MappingNode):
        raise PolicyError(f"waivers {source}: is not a map; write `waivers:` and a list")
    for key, value in root.value:
        if key.value == "waivers" and isinstance(value, SequenceNode):
            return [(item.start_mark.line + 1, plain(item)) for item in value.value]
        if key.value == "waivers" and (not isinstance(value, ScalarNode) or value.value not in ("", "null", "~")):
            raise PolicyError(f"waivers {source}: waivers: is not a list; write one entry for each waiver")
        if key.value not in ("waivers", "version"):
            raise PolicyError(f"waivers {source}: {key.value}: is not known; {near(key.value, ['waivers', 'version'])}")
    return []


def _check(source: Path, line: int, entry: Any, today: date, rules: frozenset[str]) -> Waiver | WaiverProblem:
    subject = f"{source} line {line}"
    if not isinstance(entry, Mapping):
        return WaiverProblem("malformed", f"{subject}: is not a map; state {', '.join(FIELDS)}", line=line)
    rule = str(entry.get("rule") or "")
    malformed = [f"{name}: is missing" for name in FIELDS if not str(entry.get(name) or "").strip()]
    malformed += [f"{name}: is not known; {near(name, FIELDS)}" for name in entry if name not in FIELDS]
    expires = date.min
    if entry.get("expires"):
        try:
            expires = date.fromisoformat(str(entry["expires"]))
        except ValueError:
            malformed.append(f"expires: is not a date that exists, got '{entry['expires']}'; write YYYY-MM-DD")
    wildcard = "*" in rule
    if rule and not wildcard and rule not in rules:
        malformed.append(f"rule: there is no rule '{rule}'; {near(rule, rules)}")
    if malformed:
        return WaiverProblem("malformed", f"{subject}: {'; '.join(malformed)}", rule, line)
    waiver = Waiver(**{name: entry[name] for name in FIELDS if name != "expires"}, expires=expires, line=line)
    if wildcard or _too_broad(waiver.resource):
        return WaiverProblem(
            "too-broad",
            f"{subject}: covers more than it can mean, got rule '{rule}', resource '{waiver.resource}';"
            " name one rule, the resource type, and at least a part of the logical name",
            rule,
            line,
        )
    if waiver.owner.strip().casefold() == waiver.approver.strip().casefold():
        return WaiverProblem(
            "self-approved", f"{subject}: owner and approver are both '{waiver.owner}'; have someone else approve it",
            rule, line,
        )  # fmt: skip
    if expires < today:
        return WaiverProblem(
            "expired", f"{subject}: expired on {expires.isoformat()}; mend the resource, or have it approved again",
            rule, line,
        )  # fmt: skip
    return waiver


def _too_broad(pattern: str) -> bool:
    parts = pattern.split("::")
    if len(parts) < 4:
        return True
    kind, name = parts[2].rpartition("$")[2], "::".join(parts[3:])
    return not re.search(r"\w:\w", kind.strip("*")) or not re.search(r"\w{2}", name)


@lru_cache(maxsize=1024)
def _glob(pattern: str) -> re.Pattern[str]:
    return re.compile("".join(".*" if mark == "*" else "." if mark == "?" else re.escape(mark) for mark in pattern))


def find_waivers(*starts: Path) -> Path | None:
    """``governance/waivers.yaml`` in the nearest folder above one of the starts, or None."""
    return find_reviewed("waivers.yaml", *starts)
