"""A stack as a comparison sees it: things by subject, each with a value that can be compared."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from pydantic import BaseModel

from platform_lib.core.errors import PlatformError
from platform_lib.core.settings import settings_class
from platform_lib.core.stack_file import read_stack_file
from platform_lib.core.values import UNKNOWN, Secret
from platform_lib.operations.changes import SECRET_TEXT, flat, shown
from platform_lib.operations.cost.cost import cost_of, quantities_of
from platform_lib.operations.cost.model import Cost
from platform_lib.operations.engines import EngineStack
from platform_lib.operations.gate.preview import deployed, preview
from platform_lib.operations.project import Project
from platform_lib.operations.record import STACK_TYPE, is_provider, urn_name, urn_type
from platform_lib.operations.run import Policies
from platform_lib.sandbox.engine.event import StateView
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.project import read_project

if TYPE_CHECKING:
    from collections.abc import Sequence

_OWN: Final = ("id", "arn", "urn", "accessor", "vpcConfig.clusterSecurityGroupId")
"""Outputs by which others name a resource, some below another one."""

_ITEM: Final = re.compile(r"\[\d+\]\Z")
_SHORTEST: Final = 8
"""Shortest id that is told apart from other values."""


@dataclass(frozen=True)
class Seen:
    """One stack.

    Attributes:
        stack: its name.
        environment: its setting; empty where it has none.
        source: where its resources are from.
        components: subject to type.
        resources: subject to leaves of its inputs, secrets redacted, names of the stack's own things in their place.
        settings: path to value.
        versions: package of a provider to its version.
        policies: ``pack tier n`` to level.
        cost: what it costs a month.
    """

    stack: str
    environment: str
    source: Literal["deployed", "planned"]
    components: Mapping[str, str]
    resources: Mapping[str, Mapping[str, Any]]
    settings: Mapping[str, Any]
    versions: Mapping[str, str]
    policies: Mapping[str, str] = field(default_factory=dict)
    cost: Cost = field(default_factory=lambda: Cost(currency="USD", monthly=0.0))

    @property
    def names(self) -> set[str]:
        """What a declared difference may call it."""
        return {self.stack, self.environment} - {""}


def look_at(project: Project, stack: EngineStack, policies: Policies) -> Seen:
    """Looks at a stack: its state, or, where nothing is deployed, a preview of its program.

    Raises:
        PlatformError: the state cannot be read, or the preview failed.
        SettingsError: its settings are not right.
    """
    source: Literal["deployed", "planned"] = "deployed"
    found: Iterable[ResourceState | StateView] = deployed(stack).resources
    if not found:
        source, planned = "planned", preview(stack, policies)
        found = list(planned.planned.values())
        if planned.failed:
            texts = [item.message.strip() for item in planned.errors]
            raise PlatformError("\n".join(texts) or f"compare: stack '{stack.name}': the preview failed")
    kept = [item for item in found if item.type != STACK_TYPE]
    environment, settings = stack.environment(), _settings(project, stack)
    own = _own_names(kept, frozenset(str(value) for value in settings.values() if isinstance(value, str | int)))
    return Seen(
        stack=stack.name,
        environment=environment,
        source=source,
        components={subject(item.urn): item.type for item in kept if not item.custom},
        resources={
            subject(item.urn): _leaves(item.inputs, own)
            for item in kept
            if item.custom and not is_provider(item.type) and not item.external
        },
        settings=settings,
        versions=_versions(kept),
        policies=_levels(policies, environment),
        cost=cost_of(quantities_of(kept)),
    )


def subject(urn: str) -> str:
    """A resource without project and stack: ``type::name``."""
    return f"{urn_type(urn)}::{urn_name(urn)}"


def _own_names(resources: "Sequence[ResourceState | StateView]", known: frozenset[str]) -> Mapping[str, str]:
    """Ids, arns and automatic names of the stack's own resources, with what stands for them in either stack.

    Args:
        resources: of the stack.
        known: values that are nobody's own: settings, which a plan knows as well as a state.
    """
    own: dict[str, str] = {}
    for item in resources:
        stands = f"{{{subject(item.urn)}}}"
        # What automatic naming adds: seven or eight hexadecimal digits, for some types without a hyphen before them.
        automatic = re.compile(rf"(?:.*/)?{re.escape(urn_name(item.urn))}-?[0-9a-f]{{7,8}}")
        texts = [value for _, value in flat(dict(item.inputs)) if isinstance(value, str)]
        named = [text for text in texts if automatic.fullmatch(text)]
        # An id that the program chose (it is one of the inputs) is compared as it is.
        given = [value for value in (item.id, *(_at(item.outputs, path) for path in _OWN)) if value not in texts]
        for value in (*named, *given):
            # Short ids (a name, a number) would be found by chance in other values.
            if isinstance(value, str) and len(value) >= _SHORTEST and value not in known:
                own.setdefault(value, stands)
    return own


def _at(outputs: Mapping[str, Any], path: str) -> Any:
    found: Any = outputs
    for key in path.split("."):
        found = found.get(key) if isinstance(found, Mapping) else None
    return found


def _leaves(inputs: Mapping[str, Any], own: Mapping[str, str]) -> Mapping[str, Any]:
    found = {}
    references = set(own.values())
    for path, value in flat(dict(inputs)):
        if path.startswith("__"):
            continue
        if value is UNKNOWN or (isinstance(value, Secret) and value.value is UNKNOWN):
            found[path] = UNKNOWN
            continue
        leaf = (own.get(value) or _replaced(value, own)) if isinstance(value, str) else shown(value)
        # The order of resources in a list (subnets, route tables) is no property of theirs.
        place = _ITEM.sub(f"[{leaf}]", path) if isinstance(leaf, str) and leaf in references else path
        found[place] = leaf
    return found


def _replaced(text: str, own: Mapping[str, str]) -> str:
    """A text (a policy document) with the stack's own names in their place, longest first."""
    if len(text) < 16:
        return text
    for name in sorted((name for name in own if name in text), key=len, reverse=True):
        text = text.replace(name, own[name])
    return text


def _versions(resources: "Sequence[ResourceState | StateView]") -> Mapping[str, str]:
    found: dict[str, str] = {}
    for item in resources:
        if is_provider(item.type):
            package = item.type.rpartition(":")[2]
            version = item.inputs.get("version") or item.outputs.get("version")
            found[package] = version if isinstance(version, str) else found.get(package, "not told")
    return found


def _levels(policies: Policies, environment: str) -> Mapping[str, str]:
    from policypacks.engine.pack import load_pack

    return {
        f"{pack.name} tier {tier}": level
        for pack in map(load_pack, policies.packs)
        for tier, level in pack.levels[pack.environment(environment)].items()
    }


def _settings(project: Project, stack: EngineStack) -> Mapping[str, Any]:
    """Settings by path: of the project's model where it has one, with defaults; else what the stack file sets."""
    known = read_project(project.directory)
    path: Path = known.stack_file(stack.name)
    if project.settings:
        model = settings_class(project.directory).from_file(path, known.name)
        return dict(_flattened(model, ""))
    if not path.is_file():
        return {}
    file = read_stack_file(path, known.name)
    return {
        name: SECRET_TEXT if key in file.secrets else leaf
        for key, value in file.values.items()
        for name, leaf in ([(key, value)] if not isinstance(value, Mapping) else flat({key: value}))
    }


def _flattened(model: BaseModel, prefix: str) -> Iterable[tuple[str, Any]]:
    for name in type(model).model_fields:
        value, path = getattr(model, name), f"{prefix}{name}"
        if isinstance(value, BaseModel):
            yield from _flattened(value, f"{path}.")
        else:
            yield path, _plain(value)


def _plain(value: Any) -> Any:
    """A setting as JSON data; what is no plain value is a secret."""
    if isinstance(value, BaseModel):
        return {name: _plain(getattr(value, name)) for name in type(value).model_fields}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, str):
        return str(getattr(value, "value", value))  # an enum's own text
    return value if isinstance(value, bool | int | float) or value is None else SECRET_TEXT
