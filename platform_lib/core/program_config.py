"""Reads the settings of the running program's stack from ``pulumi.Config``."""

from pathlib import Path
from typing import Any, TypeVar

import pulumi
from pulumi.runtime import config as runtime_config

from platform_lib.core.layers import declared_defaults
from platform_lib.core.run_errors import run_errors
from platform_lib.core.settings import Settings
from platform_lib.core.stack_file import find_stack_file, read_stack_file

SettingsT = TypeVar("SettingsT", bound=Settings)


def load(model: type[SettingsT]) -> SettingsT:
    """The settings from the configuration of the running program; see ``Settings.from_config``."""
    project, stack = pulumi.get_project(), pulumi.get_stack()
    config = pulumi.Config(project)
    keys = {*model.model_fields, *_keys_of(project)}
    secrets = frozenset(key for key in keys if runtime_config.is_config_secret(config.full_key(key)))
    given: dict[str, Any] = {}
    for key in sorted(keys):
        value = config.get_secret(key) if key in secrets else config.get(key)
        if value is not None:
            given[key] = value
    with run_errors():
        path = find_stack_file(stack, Path.cwd())
        file = read_stack_file(path, project) if path else None
        folder = Path.cwd()
        declared = declared_defaults(folder, project)
        return model.build(stack, given, secrets=secrets, file=file, declared=declared, folder=folder, project=project)


def _keys_of(project: str) -> set[str]:
    """The keys of the project that are set: pulumi has no public list of them."""
    everything = {*runtime_config.CONFIG.get(), *runtime_config.get_config_env()}
    return {key.split(":", 1)[1] for key in everything if key.startswith(f"{project}:")}
