"""Evidence of a check: gathered with the program's commit and the states' hashes, compared with the originals."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from platform_lib.operations.errors import InputError
from platform_lib.operations.git import COMMIT, git_text
from platform_lib.operations.policy_check import Checked
from platform_lib.operations.run import Policies

if TYPE_CHECKING:
    from policypacks.report.evidence import Program


def program_of(directory: Path, commit: str | None = None) -> "Program | None":
    """The commit of the repository around a folder.

    Args:
        directory: a folder of the program.
        commit: the commit as CI knows it, where the folder is no repository; whether the tree was clean stays open.

    Returns:
        None where nothing was given and the folder is in no repository, or git is not installed.

    Raises:
        InputError: the given commit is no hexadecimal id.
    """
    from policypacks.report.evidence import Program

    if commit is not None:
        if not COMMIT.match(commit):
            raise InputError(f"evidence: --commit: is no commit id, got '{commit}'; give its hexadecimal form")
        return Program(commit)
    head = git_text(directory, "rev-parse", "HEAD")
    if head is None:
        return None
    changes = git_text(directory, "status", "--porcelain")
    return Program(head, None if changes is None else bool(changes))


def gathered(
    checked: Sequence[Checked], policies: Policies, program: "Program | None", states: Mapping[str, str]
) -> str:
    """The evidence of a check as the text of its file.

    Args:
        checked: what was checked.
        policies: with what.
        program: the commit of the program, where known.
        states: SHA-256 of the state's file by subject.
    """
    from policypacks.report.evidence import Evaluated, evidence_of

    evaluated = [Evaluated(item.subject, item.evaluator.report(), states.get(item.subject, "")) for item in checked]
    data = evidence_of(evaluated, at=policies.today, program=program, config=policies.config)
    return json.dumps(data, indent=1, ensure_ascii=False) + "\n"


@dataclass(frozen=True, slots=True)
class Comparison:
    """Whether an original is the one that the evidence speaks of.

    Attributes:
        what: ``state prod.json``, ``waivers ...``, ``packs``.
        same: whether their hashes agree.
    """

    what: str
    same: bool


def compared(
    evidence: Mapping[str, Any], states: Sequence[Path], waivers: Path | None, *, packs: bool
) -> Sequence[Comparison]:
    """Compares originals with the hashes in the evidence.

    Args:
        evidence: the data of the file.
        states: files of states; each must be one that was evaluated.
        waivers: the waiver file, None not to compare it.
        packs: whether to compare the installed packs too.

    Raises:
        PolicyError: a file cannot be read.
    """
    from policypacks.report.evidence import file_hash
    from policypacks.report.model import pack_hash

    known = {stack["stateSha256"] for stack in evidence["stacks"]}
    found = [Comparison(f"state {path}", file_hash(path) in known) for path in states]
    if waivers is not None:
        used = {(stack["waivers"]["file"] or {}).get("sha256") for stack in evidence["stacks"]}
        found.append(Comparison(f"waivers {waivers}", used == {file_hash(waivers)}))
    if packs:
        found.append(Comparison("installed packs", evidence["packHash"] == pack_hash()))
    return found
