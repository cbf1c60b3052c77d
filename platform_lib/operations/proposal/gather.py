"""Gathers a proposal from a checkout: what is on disk, what is installed, and what a preview would do."""

import hashlib
import platform as machine
from collections.abc import Sequence
from importlib import metadata
from pathlib import Path
from typing import Final

from platform_lib.core.errors import PlatformError, reason_of
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.git import Repository
from platform_lib.operations.governance.file import FOLDER
from platform_lib.operations.proposal.proposal import ProposedPack

LOCKS: Final = (
    "requirements*.txt",
    "requirements/*.txt",
    "stacks/requirements*.txt",
    "constraints*.txt",
    "pylock*.toml",
    "uv.lock",
    "poetry.lock",
    "pdm.lock",
    "Pipfile.lock",
    "package-lock.json",
    "yarn.lock",
    "pnpm-lock.yaml",
    "go.sum",
)
"""Files that fix dependencies, as patterns relative to the project."""

_TOOLS: Final = ("platform-lib", "pulumi", "pulumi-policy")
_PROVIDERS: Final = "pulumi-"
_PACK_FILES: Final = frozenset({".py", ".json", ".yaml", ".yml"})


def hashes(root: Path, patterns: Sequence[str]) -> dict[str, str]:
    """SHA-256 of the files that patterns name, by path relative to the root.

    They are read from disk and not from the commit: what git ignores may be among them.
    """
    found = {path for pattern in patterns for path in root.glob(pattern) if path.is_file()}
    return {path.relative_to(root).as_posix(): _sha256(path) for path in sorted(found)}


def settings_files(root: Path, stack_folder: Path, stack: str) -> dict[str, str]:
    """SHA-256 of the files that a stack's configuration comes from, by path relative to the project.

    Every stack file counts that is not another stack's own: overlays of an environment, a region or a tenant too.
    """
    names = ("Pulumi.yaml", "Pulumi.yml", "pyproject.toml", "config/**/*.yaml", "settings/**/*.yaml")
    found = hashes(root, names)
    for path in sorted(stack_folder.glob(f"Pulumi.{stack}.y*ml")):
        found[path.relative_to(root).as_posix()] = _sha256(path)
    return found


def decision_files(root: Path, further: Sequence[Path] = ()) -> dict[str, str]:
    """SHA-256 of the reviewed decisions, by path relative to the project.

    Args:
        root: folder of the project.
        further: files that decide too, wherever they are: waivers, policy configuration.
    """
    found = hashes(root, [f"{FOLDER}/*.yaml"])
    for path in further:
        whole = path.resolve()
        inside = whole.is_relative_to(root.resolve())
        found[(whole.relative_to(root.resolve()) if inside else whole).as_posix()] = _sha256(path)
    return dict(sorted(found.items()))


def installed() -> dict[str, str]:
    """Versions of what runs a program: Python, the platform, Pulumi's SDK and those of the providers."""
    found = {"python": machine.python_version()}
    for distribution in metadata.distributions():
        name = (distribution.name or "").lower().replace("_", "-")
        if name in _TOOLS or name.startswith(_PROVIDERS):
            found[name] = distribution.version
    return dict(sorted(found.items()))


def pack_of(name: str, root: Path) -> ProposedPack:
    """A policy pack as it is installed, or as the project has it.

    Args:
        name: of a built-in pack, or a folder relative to the project.
        root: of the project.

    Raises:
        PolicyError: there is no such pack, or it is not right.
    """
    from policypacks.engine.pack import BUILT_IN, load_pack

    pack = load_pack(name if name in BUILT_IN else root / name)
    digest = hashlib.sha256()
    for path in sorted(pack.folder.rglob("*")):
        if path.suffix in _PACK_FILES and "__pycache__" not in path.parts and path.is_file():
            content = path.read_bytes()
            digest.update(f"{path.relative_to(pack.folder).as_posix()}\n{len(content)}\n".encode())
            digest.update(content)
    return ProposedPack(source=name, name=pack.name, version=pack.version, sha256=digest.hexdigest())


def clean_commit(repository: Repository, shown: int = 5) -> str:
    """The commit of a work tree that is exactly that commit.

    Raises:
        RefusedError: the tree differs from it; names the files.
    """
    changes = repository.changes()
    if changes:
        more = f" and {len(changes) - shown} more" if len(changes) > shown else ""
        raise RefusedError(
            f"commit: the work tree differs from it: {', '.join(changes[:shown])}{more}; commit or remove that, "
            "what is in no commit cannot be approved"
        )
    return repository.head()


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        reason = reason_of(error)
        raise PlatformError(f"proposal: {path}: cannot be read, got {reason}; mend that and run again") from error


def people(repository: Repository, commit: str, base: str) -> tuple[str, ...]:
    """Who wrote what lies between two commits, as ``Name <address>``."""
    return tuple(map(str, repository.authors(commit, base)))


def older_packs(required: Sequence[ProposedPack], before: Sequence[ProposedPack]) -> list[str]:
    """Packs that are older than at the last deployment, a line each.

    Args:
        required: the packs that judge this change.
        before: those that judged the last one.
    """
    last = {pack.name: pack.version for pack in before}
    return [
        f"policy pack '{pack.name}': is older than at the last deployment, got {pack.version} after "
        f"{last[pack.name]}; install at least that"
        for pack in required
        if pack.name in last and _ordered(pack.version) < _ordered(last[pack.name])
    ]


def _ordered(version: str) -> tuple[int, ...]:
    """A version as numbers; what is no number counts as 0, and zeros at the end for nothing: 1.2 is 1.2.0."""
    numbers = [int(part) if part.isdigit() else 0 for part in version.split("+")[0].split("-")[0].split(".")]
    while numbers and not numbers[-1]:
        numbers.pop()
    return tuple(numbers)
