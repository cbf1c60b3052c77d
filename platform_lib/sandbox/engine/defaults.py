"""Default providers: made from the stack's configuration as soon as a resource needs one."""

import json
import re
from collections.abc import Callable
from typing import Final

from platform_lib.core.errors import EngineError
from platform_lib.core.values import Properties, Secret
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.goal import Goal, RegisterResult, Registration
from platform_lib.sandbox.engine.registry import INTERNAL, VERSION
from platform_lib.sandbox.engine.run import deny_reference
from platform_lib.sandbox.engine.target import Target

DISABLE_KEY: Final = "pulumi:disable-default-providers"
_SEMVER: Final = re.compile(r"(\d+)\.(\d+)\.(\d+)(?:-([0-9A-Za-z.-]+))?(?:\+([0-9A-Za-z.-]+))?")

_UNFIT: Final = re.compile(r"[^A-Za-z0-9_.-]")


def default_name(version: str, download_url: str = "") -> str:
    """The logical name of the default provider for a version of its package: ``default_7_51_1``.

    A download address is part of the name, as far as a name can hold it.

    Raises:
        EngineError: the version is not a semantic one.
    """
    parts = ["default"]
    if version:
        match = _SEMVER.fullmatch(version)
        if match is None:
            raise EngineError(f"package version: '{version}' is not a semantic version; give one like 1.2.3")
        parts += [match[1], match[2], match[3]]
        for group in (match[4], match[5]):
            parts.extend(group.split(".") if group else ())
    if download_url:
        parts.append("/".join(_UNFIT.sub("_", part) for part in download_url.split("/") if part) or "_")
    return "_".join(parts)


def package_config(target: Target, package: str) -> Properties:
    """The configuration of a package in a stack: what a default provider gets as inputs."""
    inputs: Properties = {}
    for key, value in target.config.items():
        namespace, _, name = key.partition(":")
        if namespace == package:
            inputs[name] = Secret(value.value) if value.secret else value.value
    return inputs


class DefaultProviders:
    """The default providers of an operation.

    Args:
        target: the stack.
        register: registers a provider resource.
    """

    def __init__(self, target: Target, register: Callable[[Registration], RegisterResult]) -> None:
        self._target = target
        self._register = register
        self._references: dict[tuple[str, str, str], str] = {}

    def reference(self, package: str, version: str, download_url: str) -> str:
        """The reference of the default provider for a package; registered when it is asked for the first time.

        Raises:
            BailError: it cannot be made, and the user was told.
            EngineError: the configuration that disables default providers is not a list.
        """
        if self._denied(package):
            return deny_reference(package)
        key = (package, version, download_url)
        known = self._references.get(key)
        if known is not None:
            return known
        inputs = package_config(self._target, package)
        if version:
            inputs[VERSION] = version
            inputs.setdefault(INTERNAL, {})
        if download_url:
            inputs[INTERNAL] = {"pluginDownloadURL": download_url}
        goal = Goal(urns.PROVIDER_PREFIX + package, default_name(version, download_url), True, inputs)
        state = self._register(Registration(goal)).state
        reference = f"{state.urn}::{state.id}"
        self._references[key] = reference
        return reference

    def _denied(self, package: str) -> bool:
        value = self._target.config.get(DISABLE_KEY)
        if package == "pulumi" or value is None or not value.value:
            return False
        try:
            names = json.loads(value.value)
        except json.JSONDecodeError as error:
            raise EngineError(f"config '{DISABLE_KEY}': not JSON: {error.msg}; give a list of package names") from error
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise EngineError(f"config '{DISABLE_KEY}': not a list of names; give package names or *")
        return any(name.strip() in {"*", package} for name in names)
