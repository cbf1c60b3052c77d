"""The decisions that a deployment is judged by: environments and approvers together, as one commit has them."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from platform_lib.core.errors import Finding, near
from platform_lib.operations.errors import InputError
from platform_lib.operations.git import Repository
from platform_lib.operations.governance import approvers, environments
from platform_lib.operations.governance.approvers import Approvers
from platform_lib.operations.governance.environments import Environment, Environments
from platform_lib.operations.governance.file import FOLDER, GovernanceError, parse_decisions

FILES: Final = (environments.FILE, approvers.FILE)


@dataclass(frozen=True, slots=True)
class Governance:
    """Both files of one commit, read and checked against each other.

    Attributes:
        environments: what each asks for.
        approvers: who may approve and deploy.
        texts: both files as they are, by name; kept in the record, so that it can be verified without the repository.
    """

    environments: Environments
    approvers: Approvers
    texts: Mapping[str, str]

    @property
    def sha256(self) -> str:
        """SHA-256 over both files: the pin of a project's first list."""
        digest = hashlib.sha256()
        for name in FILES:
            content = self.texts[name].encode()
            digest.update(f"{name}\n{len(content)}\n".encode())
            digest.update(content)
        return digest.hexdigest()

    def may_approve(self, environment: Environment) -> list[str]:
        """The names of those who may approve for an environment."""
        return [
            name
            for name, person in self.approvers.approvers.items()
            if (not environment.approvers or name in environment.approvers)
            and (not person.environments or environment.name in person.environments)
        ]


def parse_governance(texts: Mapping[str, str]) -> Governance:
    """The decisions of both files.

    Raises:
        GovernanceError: a file is missing or not right, or one names what the other does not have.
    """
    for name in FILES:
        if name not in texts:
            raise GovernanceError(f"{FOLDER}/{name}", [Finding("", "is not there", "write it and commit it")])
    found = Governance(
        parse_decisions(texts[environments.FILE].encode(), FOLDER / environments.FILE, Environments),
        parse_decisions(texts[approvers.FILE].encode(), FOLDER / approvers.FILE, Approvers),
        {name: texts[name] for name in FILES},
    )
    _check(found)
    return found


def _check(found: Governance) -> None:
    known = [item.name for item in found.environments.environments]
    people = found.approvers.approvers
    findings = [
        Finding(f"approvers.{name}.environments", f"names no environment, got '{wanted}'", near(wanted, known))
        for name, person in people.items()
        for wanted in person.environments
        if wanted not in known
    ]
    findings += [
        Finding(f"deployers.{name}.environments", f"names no environment, got '{wanted}'", near(wanted, known))
        for name, deployer in found.approvers.deployers.items()
        for wanted in deployer.environments
        if wanted not in known
    ]
    if findings:
        raise GovernanceError(f"{FOLDER}/{approvers.FILE}", findings)
    for item in found.environments.environments:
        path = f"environments.{item.name}"
        findings += [
            Finding(f"{path}.approvers", f"names nobody in {approvers.FILE}, got '{name}'", near(name, people))
            for name in item.approvers
            if name not in people
        ]
        able = len(found.may_approve(item))
        if item.approvals > able and not findings:
            findings.append(
                Finding(f"{path}.approvals", f"asks for {item.approvals}, and {able} may approve", "name more people")
            )
        if not any(
            not entry.environments or item.name in entry.environments for entry in found.approvers.deployers.values()
        ):
            findings.append(Finding(path, f"has no deployer in {approvers.FILE}", "name one"))
    if findings:
        raise GovernanceError(f"{FOLDER}/{environments.FILE}", findings)


def governance_at(repository: Repository, commit: str) -> Governance:
    """The decisions as a commit has them.

    Raises:
        InputError: this checkout does not have the commit, or the commit does not have both files.
        GovernanceError: they are not right.
    """
    if repository.resolve(commit) is None:
        raise InputError(f"{FOLDER}: commit {commit[:12]} is not in this checkout; fetch it")
    texts = {}
    for name in FILES:
        content = repository.file_at(commit, FOLDER / name)
        if content is None:
            raise InputError(f"{FOLDER}/{name}: commit {commit[:12]} has no such file; write it and commit it")
        texts[name] = content.decode("utf-8", "replace")
    return parse_governance(texts)


def governance_in(folder: Path) -> Governance:
    """The decisions as they are on disk, committed or not: to look at, never to judge by.

    Raises:
        GovernanceError: a file is missing or not right.
    """
    paths = {name: folder / FOLDER / name for name in FILES}
    return parse_governance({name: path.read_text(encoding="utf-8") for name, path in paths.items() if path.is_file()})
