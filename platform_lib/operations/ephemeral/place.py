"""Where ephemeral environments live: their stack files, their marks, their states, on either engine."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap

from platform_lib.core.ephemeral import KEY
from platform_lib.core.stack_file import read_stack_file
from platform_lib.operations.engines import EngineName, EngineStack, SandboxStack
from platform_lib.operations.ephemeral.model import Mark, mark_of
from platform_lib.operations.output import write_text
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.sandbox.project import Project, read_project

if TYPE_CHECKING:
    from platform_lib.sandbox.workspace import Workspace

_NAMESPACE, _SHORT = KEY.split(":")
_MARKS: Final = "environments"


@dataclass(frozen=True)
class Place:
    """A project on one engine.

    Attributes:
        directory: of the project.
        workspace: its sandbox; None for the stock CLI.
        variables: the stock CLI's environment; the process's own where empty.
    """

    directory: Path
    workspace: "Workspace | None" = None
    variables: Mapping[str, str] | None = None

    @property
    def engine(self) -> EngineName:
        """Which engine it is."""
        return "pulumi" if self.workspace is None else "sandbox"

    @property
    def project(self) -> Project:
        """The project file."""
        return read_project(self.directory)

    def stack(self, name: str) -> EngineStack:
        """A stack; it need not exist."""
        if self.workspace is not None:
            return SandboxStack(self.workspace.stack(name, create=True))
        return PulumiStack(self.directory, name, self.variables or {})

    def states(self) -> list[str]:
        """The stacks that have a state, sorted."""
        if self.workspace is not None:
            return sorted(name for name in self.workspace.stacks() if self.workspace.stack(name).exists())
        listed = PulumiStack(self.directory, "", self.variables or {}).listed()
        return sorted(str(item["name"]).rpartition("/")[2] for item in listed)

    def file(self, name: str) -> Path:
        """The path of a stack's file."""
        return self.project.stack_file(name)

    def mark(self, name: str) -> Mark | None:
        """The mark of a stack: in its file, else what the engine remembers of it; None where it is not ephemeral.

        Raises:
            MarkError: it is damaged.
        """
        path = self.file(name)
        if path.is_file() and _configures(path):
            return mark_of(read_stack_file(path, _NAMESPACE).values.get(_SHORT), name)
        if self.workspace is not None:
            kept = self._kept(name)
            return mark_of(kept.read_text(encoding="utf-8"), name) if kept.is_file() else None
        return mark_of(self._deployed_config(name).get(KEY), name)

    def write_file(self, name: str, mark: Mark, text: str, values: Mapping[str, Any]) -> Path:
        """Writes the stack file of an environment, and what the sandbox remembers of it.

        Args:
            name: of the environment.
            mark: that makes it one.
            text: of the stack file that it starts from.
            values: configuration keys that are set anew, by full key; dots lead into groups. None leaves a key out.
        """
        yaml = YAML()
        yaml.width = 4096  # lines stay as they are
        document = yaml.load(text) or CommentedMap()
        config = document.setdefault("config", CommentedMap())
        config[KEY] = mark.model_dump(mode="json", by_alias=True)
        for path, value in values.items():
            key, *steps = path.split(".")
            holder: Any = config
            for step in (key, *steps[:-1]) if steps else ():
                holder = holder.setdefault(step, CommentedMap())
            if value is None:
                holder.pop(steps[-1] if steps else key, None)
            else:
                holder[steps[-1] if steps else key] = value
        stream = StringIO()
        yaml.dump(document, stream)
        path_ = self.file(name)
        write_text(path_, stream.getvalue())
        if self.workspace is not None:
            self.workspace.prepare()
            kept = self._kept(name)
            kept.parent.mkdir(parents=True, exist_ok=True)
            write_text(kept, mark.model_dump_json(by_alias=True) + "\n")
        return path_

    def forget(self, name: str) -> None:
        """Removes the state, the stack file and the mark of an environment that holds nothing any more."""
        if self.workspace is not None:
            self.workspace.stack(name, create=True).remove()
            self._kept(name).unlink(missing_ok=True)
        else:
            PulumiStack(self.directory, name, self.variables or {}).call("stack", "rm", "--yes", "--preserve-config")
        self.file(name).unlink(missing_ok=True)

    def unprotect(self, name: str) -> None:
        """Lifts the protection of every resource of a stack in its state."""
        if self.workspace is not None:
            self.workspace.stack(name, create=True).unprotect()
        else:
            PulumiStack(self.directory, name, self.variables or {}).call("state", "unprotect", "--all", "--yes")

    def failed_destroy(self, name: str) -> bool:
        """Whether the last thing that was tried with a stack was a destroy that failed."""
        if self.workspace is not None:
            history = self.workspace.stack(name, create=True).history()
            return bool(history) and history[-1].operation == "destroy" and history[-1].exit_code != 0
        updates = PulumiStack(self.directory, name, self.variables or {}).history()
        return bool(updates) and updates[0].get("kind") == "destroy" and updates[0].get("result") != "succeeded"

    def environment(self, name: str) -> str:
        """The setting ``environment`` of a stack: of its file, else as deployed, or of the stack it came from."""
        path = self.file(name)
        if path.is_file() and _configures(path):
            return self.stack(name).environment()
        if self.workspace is None:
            return str(self._deployed_config(name).get(f"{self.project.name}:environment") or "")
        mark = self.mark(name)
        return self.stack(mark.source).environment() if mark and self.file(mark.source).is_file() else ""

    def _deployed_config(self, name: str) -> Mapping[str, Any]:
        """The configuration by full key that a stack of the stock CLI was deployed with last."""
        for update in PulumiStack(self.directory, name, self.variables or {}).history():
            if update.get("kind") != "destroy":  # from a checkout without the stack file it runs without configuration
                return {key: item.get("value") for key, item in (update.get("config") or {}).items()}
        return {}

    def _kept(self, name: str) -> Path:
        if self.workspace is None:
            raise TypeError("only the sandbox keeps marks in a folder")
        return self.workspace.directory / _MARKS / self.project.name / f"{name}.json"


def _configures(path: Path) -> bool:
    """Whether a stack file configures anything: the stock CLI leaves one that holds nothing but a salt."""
    document = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return isinstance(document, Mapping) and bool(document.get("config"))


def set_value(text: str, project: str) -> tuple[str, Any]:
    """``network.cidr=10.9.0.0/16`` as full key with its path, and value.

    The value is JSON (``null`` leaves the key out), else text.
    """
    path, _, value = text.partition("=")
    if not re.match(r"[\w-]+:", path):
        path = f"{project}:{path}"
    try:
        return path, json.loads(value)
    except ValueError:
        return path, value
