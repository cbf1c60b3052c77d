"""Who reads the outputs of a stack: what consumers declare, and which stacks hold a reference to it.

``governance/consumers.yaml``, where whoever reads outputs writes down what it needs::

    version: 1
    consumers:
      - consumer: shop/prod        # project and stack that read
        stack: platform/prod       # project and stack that are read; * stands for any text
        output: network
        version: 1                 # of a typed output; left out for any
        fields: {vpc_id: string, subnet_ids: map}
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Final, Literal

from pydantic import Field, field_validator

from platform_lib.core.validation import FieldError
from platform_lib.operations.engines import EngineStack, SandboxStack
from platform_lib.operations.gate.preview import deployed, deployed_of
from platform_lib.operations.governance.file import FOLDER, Decisions, parse_decisions
from platform_lib.operations.pulumi_stack import PulumiStack
from platform_lib.sandbox.engine.state import ResourceState

FILE: Final = FOLDER / "consumers.yaml"
REFERENCE_TYPE: Final = "pulumi:pulumi:StackReference"

Kind = Literal["string", "number", "boolean", "list", "map"]


class Consumer(Decisions):
    """What one stack reads of another."""

    consumer: str
    """``project/stack`` that reads."""

    stack: str
    """``project/stack`` that is read; ``*`` stands for any text."""

    output: str = Field(min_length=1)
    version: int | None = Field(default=None, ge=1)
    fields: dict[str, Kind] = Field(default_factory=dict)
    """Fields of the output that are read, with their types; empty where the output is read as a whole."""

    @field_validator("consumer", "stack")
    @classmethod
    def _project_and_stack(cls, value: str) -> str:
        if not re.fullmatch(r"[^/\s]+/[^/\s]+", value):
            raise FieldError("must be a project and a stack", "write project/stack")
        return value

    def reads(self, project: str, stack: str) -> bool:
        """Whether it reads a stack."""
        return fnmatchcase(f"{project}/{stack}", self.stack)


class ConsumersFile(Decisions):
    """The file."""

    version: Literal[1] = 1
    """Version of the form."""

    consumers: list[Consumer] = Field(default_factory=list)
    """Who reads what."""


def declared(directory: Path, project: str, stack: str) -> Sequence[Consumer]:
    """The declared consumers of a stack.

    Raises:
        GovernanceError: the file is wrong; all findings with their lines.
    """
    path = directory / FILE
    entries = parse_decisions(path.read_bytes(), FILE, ConsumersFile).consumers if path.is_file() else ()
    return [entry for entry in entries if entry.reads(project, stack)]


def referring(stack: EngineStack) -> Mapping[str, Sequence[str]]:
    """The stacks whose state holds a reference to a stack, each with the names by which it refers.

    On the sandbox those of every project that shares its folder, on the stock engine those of the project's backend
    that belong to this project: other projects declare what they read.

    Raises:
        PlatformError: the state of another stack cannot be read.
    """
    name = stack.name.rpartition("/")[2]
    found: dict[str, Sequence[str]] = {}
    for other, resources in _others(stack):
        names = [
            str(resource.inputs.get("name", ""))
            for resource in resources
            if resource.type == REFERENCE_TYPE and _means(str(resource.inputs.get("name", "")), stack.project, name)
        ]
        if names:
            found[other] = names
    return found


def _means(reference: str, project: str, stack: str) -> bool:
    """Whether ``stack``, ``organization/stack`` or ``organization/project/stack`` is this stack."""
    parts = reference.split("/")
    return parts[-1] == stack and (len(parts) < 3 or parts[-2] == project)


def _others(stack: EngineStack) -> Iterable[tuple[str, Sequence[ResourceState]]]:
    if isinstance(stack, SandboxStack):
        workspace = stack.handle.workspace
        for path in sorted((workspace.directory / "stacks").glob("*/*.json")):
            project, name = path.parent.name, path.stem
            if (project, name) != (stack.project, stack.name):
                store = workspace.store(name, project=project)
                yield f"{project}/{name}", store.read().deployment.snapshot.resources
    elif isinstance(stack, PulumiStack):
        for item in stack.listed():
            name = str(item["name"])
            if name.rpartition("/")[2] != stack.name.rpartition("/")[2]:
                other = PulumiStack(stack.directory, name, stack.variables)
                yield f"{stack.project}/{name.rpartition('/')[2]}", deployed_of(other.export()).resources
    else:  # pragma: no cover  # there is no third engine
        yield stack.name, deployed(stack).resources
