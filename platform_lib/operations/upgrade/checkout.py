"""An old version beside the work tree, and a throw-away sandbox with a state in it."""

import io
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from platform_lib.core.errors import EngineError, PlatformError
from platform_lib.operations.errors import InputError, UnknownNameError
from platform_lib.operations.git import Repository, git
from platform_lib.operations.output import write_text
from platform_lib.sandbox.engine.backend.crypter import PassphraseCrypter
from platform_lib.sandbox.engine.backend.deployment import (
    Deployment,
    check_document,
    deserialize,
    salt_of,
    serialize,
)
from platform_lib.sandbox.engine.backend.store import new_run
from platform_lib.sandbox.engine.backend.values import Codec
from platform_lib.sandbox.workspace import Workspace

_COMMAND: Final = "from platform_lib.cli import main; main()"
_SCRIPT: Final = Path(__file__).with_name("contract_script.py")


@dataclass(frozen=True)
class Version:
    """A version of a project and its library, in a folder.

    Attributes:
        root: top of the repository, which modules are imported from.
        project: folder of the project.
        commit: empty for the work tree.
        python: the interpreter that runs it.
    """

    root: Path
    project: Path
    commit: str = ""
    python: Path = Path(sys.executable)

    @property
    def number(self) -> str:
        """The version in ``pyproject.toml``; empty where it tells none."""
        path = self.root / "pyproject.toml"
        table = tomllib.loads(path.read_text(encoding="utf-8")).get("project", {}) if path.is_file() else {}
        return str(table.get("version", ""))

    def preview(self, stack: str, sandbox: Path) -> Mapping[str, Any]:
        """What ``platform preview --json`` of this version says.

        Raises:
            PlatformError: the program fails, or this version has no such command.
        """
        return self._platform("preview", stack, sandbox)

    def up(self, stack: str, sandbox: Path) -> Mapping[str, Any]:
        """Brings the stack up on a sandbox with this version, and answers its state.

        Raises:
            PlatformError: the program fails, or this version has no such command.
        """
        self._platform("up", stack, sandbox)
        (path,) = (sandbox / "stacks").glob(f"*/{stack}.json")
        state: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return state

    def _platform(self, operation: str, stack: str, sandbox: Path) -> Mapping[str, Any]:
        words = [operation, "--stack", stack, "--sandbox-dir", str(sandbox), "--json", "--no-policy"]
        done = self._run(["-c", _COMMAND, *words])
        try:
            outcome: Mapping[str, Any] = json.loads(done.stdout)
        except ValueError:
            said = done.stderr.strip() or "nothing"
            raise PlatformError(f"check-upgrade: {self.name}: cannot {operation}, got: {said}") from None
        if done.returncode:
            errors = [item["message"].strip() for item in outcome.get("diagnostics", ()) if item["severity"] == "error"]
            text = "\n".join(errors) or outcome.get("error", {}).get("message", "")
            raise PlatformError(f"check-upgrade: {self.name}: its {operation} fails:\n{text}")
        return outcome

    def contract(self, package: str) -> Mapping[str, Any]:
        """The contract of the components of a package; an empty one where this version has no such package.

        Raises:
            PlatformError: they cannot be analysed.
        """
        done = self._run([str(_SCRIPT), package])
        if done.returncode:
            if any(f"No module named '{name}'" in done.stderr for name in (package, package.split(".")[0])):
                return {"resources": {}, "types": {}, "defaults": {}}
            last = (done.stderr.strip().splitlines() or [""])[-1]
            raise PlatformError(f"check-upgrade: {self.name}: {package}: its components cannot be read, got: {last}")
        found: Mapping[str, Any] = json.loads(done.stdout)
        return found

    @property
    def name(self) -> str:
        """How messages call it."""
        return f"version {self.commit[:12]}" if self.commit else "the work tree"

    def _run(self, words: Sequence[str]) -> "subprocess.CompletedProcess[str]":
        paths = dict.fromkeys([str(self.root), str(self.project)])
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(  # noqa: S603  # an interpreter by its path, arguments of our own
            [str(self.python), *words], cwd=self.project, env=environment, capture_output=True, text=True, check=False
        )


def old_version(repository: Repository, project: Path, since: str, folder: Path, python: Path | None) -> Version:
    """A revision's files in a folder.

    Raises:
        UnknownNameError: there is no such revision.
        InputError: it has no such project.
    """
    commit = repository.resolve(since)
    if commit is None:
        raise UnknownNameError(
            f"check-upgrade: --from: there is no such revision in this checkout, got '{since}'; fetch it first"
        )
    files = git(repository.root, "ls-tree", "--name-only", commit)
    archive = git(repository.root, "archive", "--format=tar", commit)
    if files is None or archive is None:
        raise EngineError(f"check-upgrade: --from: commit {commit[:12]} cannot be read; fetch its history")
    folder.mkdir(parents=True, exist_ok=True)
    if files:  # a commit may hold none at all
        with tarfile.open(fileobj=io.BytesIO(archive)) as packed:
            # Python has this filter since 3.11.4, and takes any from here; git made the archive.
            packed.extraction_filter = getattr(tarfile, "data_filter", None)
            packed.extractall(folder)  # noqa: S202 - the filter is set above
    inside = folder / project.resolve().relative_to(repository.root.resolve())
    if not (inside / "Pulumi.yaml").is_file():
        raise InputError(f"check-upgrade: --from: commit {commit[:12]} has no project in {inside.relative_to(folder)}")
    return Version(folder, inside, commit, python or Path(sys.executable))


def throw_away(workspace: Workspace, folder: Path, document: Mapping[str, Any], stack: str) -> Path:
    """A copy of a sandbox with a state in it that nobody misses; the state may be a real stack's.

    Args:
        workspace: whose cloud, fixtures and other stacks are copied, for references and look-ups.
        folder: the new sandbox.
        document: the state, as ``stack export`` writes it.
        stack: its stack.

    Raises:
        InputError: it is no state, of another stack, or its secrets cannot be opened.
    """
    if workspace.directory.is_dir():
        shutil.copytree(workspace.directory, folder, ignore=shutil.ignore_patterns("stock", "journals", "*.lock"))
    subject = f"check-upgrade: state of stack '{stack}'"
    try:
        checked = check_document(document)
        crypter = PassphraseCrypter(workspace.passphrase(), salt_of(checked), subject=subject)
        snapshot = deserialize(checked, Codec(crypter)).snapshot
    except EngineError as error:
        raise InputError(
            f"{subject}: cannot be read, got: {error}; give an unchanged export; where its secrets are sealed by "
            "something else than this environment's passphrase, export with --show-secrets"
        ) from error
    prefix = f"urn:pulumi:{stack}::{workspace.project.name}::"
    strange = next((item.urn for item in snapshot.resources if not item.urn.startswith(prefix)), "")
    if strange:
        raise InputError(f"{subject}: holds {strange}, which is another stack's; give the export of this stack")
    path = folder / "stacks" / workspace.project.name / f"{stack}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    written = serialize(Deployment(snapshot, new_run(), 1, "import"), crypter)
    write_text(path, json.dumps(written))
    return folder
