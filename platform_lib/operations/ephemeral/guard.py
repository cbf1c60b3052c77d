"""Never production: asked twice, by name and configuration, and again by what the state says of itself."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from platform_lib.core.tagging import REQUIRED_TAGS
from platform_lib.core.values import plain
from platform_lib.operations.errors import RefusedError
from platform_lib.operations.governance.environments import FILE, Environments
from platform_lib.operations.governance.file import FOLDER, parse_decisions
from policypacks.engine.decode import decode_json
from policypacks.engine.pack import STRICTEST, load_pack

_NAMES: Final = ("prod", "production", "live")
"""Names, and first words of names, that are taken for production's whatever a configuration says."""

_TAG: Final = REQUIRED_TAGS[0]
_HOLDERS: Final = ("tags", "tagsAll", "labels", "effectiveLabels")


def harmless(environment: str) -> bool:
    """Whether an environment is known not to be production; as for policies, one that nobody knows is."""
    return environment != STRICTEST and environment in load_pack("baseline").levels


def refuse_by_name(stack: str, environment: str, directory: Path) -> None:
    """The first refusal: by the stack's name and its ``environment`` setting.

    Args:
        stack: its name.
        environment: the setting; empty where it is not set.
        directory: of the project, for ``governance/environments.yaml``.

    Raises:
        RefusedError: it is, or may be, production, or one of the environments that changes are promoted through.
    """
    refuse_production(stack, environment)
    if stack in permanent(directory):
        raise RefusedError(
            f"env: stack '{stack}': is an environment of governance/{FILE}; what is promoted through is not ephemeral"
        )


def refuse_production(stack: str, environment: str) -> None:
    """As ``refuse_by_name``, for a stack that is only read: the one that settings are taken from.

    Raises:
        RefusedError: it is, or may be, production.
    """
    first = stack.replace("_", "-").split("-")[0].lower()
    if first in _NAMES:
        raise RefusedError(f"env: stack '{stack}': is production by its name; ephemeral environments are never that")
    if not harmless(environment):
        got = f"got '{environment}'" if environment else "which is not set"
        raise RefusedError(
            f"env: stack '{stack}': environment: counts as production, {got}; "
            "only a stack whose environment is known to be another one may be made or destroyed this way"
        )


def refuse_by_state(stack: str, project: str, deployment: Mapping[str, Any]) -> None:
    """The second refusal: by the state, whatever name and configuration say now.

    Raises:
        RefusedError: a resource of it is tagged as production's, or belongs to another stack.
    """
    prefix = f"urn:pulumi:{stack.rpartition('/')[2]}::{project}::"
    for entry in deployment.get("deployment", {}).get("resources") or ():
        if not str(entry.get("urn", "")).startswith(prefix):
            raise RefusedError(f"env: stack '{stack}': its state holds {entry.get('urn')}, which is another stack's")
        for found in _tagged(entry):
            if not harmless(found):
                raise RefusedError(
                    f"env: stack '{stack}': {entry['urn']} is tagged {_TAG}={found}; "
                    "its state is production's, whatever its configuration says"
                )


def tagged_environment(properties: Mapping[str, Any]) -> str:
    """The environment that the tags of a resource name; empty where none do."""
    return next(iter(_tags(properties)), "")


def _tagged(entry: Mapping[str, Any]) -> Iterable[str]:
    for side in ("inputs", "outputs"):
        yield from _tags(decode_json(entry.get(side) or {}))


def _tags(properties: Mapping[str, Any]) -> Iterable[str]:
    for holder in _HOLDERS:
        tags = plain(properties.get(holder))
        if isinstance(tags, Mapping) and isinstance(tags.get(_TAG), str):
            yield tags[_TAG]


def permanent(directory: Path) -> frozenset[str]:
    """The stacks that changes are promoted through; none where the project has no such file.

    Raises:
        GovernanceError: the file is not right.
    """
    path = directory / FOLDER / FILE
    if not path.is_file():
        return frozenset()
    listed = parse_decisions(path.read_bytes(), FOLDER / FILE, Environments)
    return frozenset(item.stack_name for item in listed.environments)
