"""A proposal: everything that decides what a deployment does, as one document, and its digest.

The digest is a pure function of the document: SHA-256 over its JSON with sorted keys and no space. Two previews of the
same change give the same document; one changed part gives another digest.
"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final, Literal

from pydantic import Field, ValidationError

from platform_lib.core.errors import PlatformError
from platform_lib.core.validation import findings_of
from platform_lib.operations.changes import flat
from platform_lib.operations.model import Model
from platform_lib.operations.proposal.steps import PlannedStep

PREFIX: Final = "sha256:"


class ProposalError(PlatformError):
    """A file that is to be a proposal is none."""


class ProposedPack(Model):
    """A policy pack that judges the change."""

    source: str
    """As it is asked for: the name of a built-in pack, or a folder."""

    name: str
    version: str
    sha256: str
    """Over the files of its folder."""


class Proposal(Model):
    """What would be deployed, and what it would be judged by."""

    format: Literal["1.0"] = "1.0"
    project: str
    stack: str
    environment: str
    """In ``governance/environments.yaml``."""

    engine: Literal["sandbox", "pulumi"]
    commit: str
    """Of the program."""

    base: str = ""
    """The commit that is deployed now; empty for the first deployment."""

    authors: tuple[str, ...] = ()
    """Who wrote what lies between the two, as ``Name <address>``."""

    locks: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of the files that fix dependencies, by path."""

    settings: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of the files that the stack's configuration comes from, by path."""

    decisions: dict[str, str] = Field(default_factory=dict)
    """SHA-256 of the reviewed decisions (waivers, differences, ledgers) that the commit brings, by path."""

    tools: dict[str, str] = Field(default_factory=dict)
    """Versions of what runs the program: Python, the SDKs, the engine."""

    packs: tuple[ProposedPack, ...] = ()
    rules: str = ""
    """SHA-256 over every rule, catalogue and pack that is installed."""

    steps: dict[str, PlannedStep] = Field(default_factory=dict)
    """What would be done, by URN."""

    requested_by: str = ""
    """Who asked for it, as CI or git knows them. The only part that the digest does not cover."""

    @property
    def digest(self) -> str:
        """``sha256:`` and the SHA-256 over the document."""
        return f"{PREFIX}{hashlib.sha256(canonical(self.data())).hexdigest()}"

    def data(self) -> dict[str, Any]:
        """What the digest covers, as JSON data."""
        return self.model_dump(mode="json", by_alias=True, exclude={"requested_by"})

    def to_json(self) -> str:
        """The document as the text of its file."""
        data = self.model_dump(mode="json", by_alias=True)
        return json.dumps(data, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


def canonical(data: Mapping[str, Any]) -> bytes:
    """JSON data as the bytes that digests are made of."""
    return json.dumps(data, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def read_proposal(content: bytes, subject: str) -> Proposal:
    """A proposal of its file.

    Raises:
        ProposalError: it is none.
    """
    try:
        return Proposal.model_validate_json(content)
    except ValidationError as error:
        first = findings_of(error, Proposal)[0]
        raise ProposalError(f"{subject}: {first}; give the file as `platform propose` wrote it") from None


def differences(approved: Proposal, found: Proposal) -> list[str]:
    """What differs between two proposals, a line each, in order of the paths; empty where their digests agree."""
    old, new = dict(_leaves(approved)), dict(_leaves(found))
    lines = []
    for path in sorted(old.keys() | new.keys()):
        if path not in new:
            lines.append(f"{path}: was approved and is gone, got nothing instead of {_shown(old[path])}")
        elif path not in old:
            lines.append(f"{path}: was not approved, got {_shown(new[path])}")
        elif old[path] != new[path]:
            lines.append(f"{path}: was approved as {_shown(old[path])}, got {_shown(new[path])}")
    return lines


def _leaves(proposal: Proposal) -> Iterator[tuple[str, Any]]:
    data = proposal.data()
    data["packs"] = {pack["name"]: pack for pack in data["packs"]}
    steps = data.pop("steps")
    yield from flat(data)
    for urn, step in steps.items():
        for path, value in flat(step):
            yield f"steps {urn}: {path}", value


def _shown(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 100 else f"{text[:99]}…"
