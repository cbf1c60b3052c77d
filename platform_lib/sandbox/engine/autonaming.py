"""Automatic names: proposals from the ``pulumi:autonaming`` configuration, and the seeds that names are made from."""

import hashlib
import json
import random
import re
import string
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from platform_lib.core.errors import EngineError, near
from platform_lib.sandbox.engine import urn as urns
from platform_lib.sandbox.engine.state import ResourceState
from platform_lib.sandbox.engine.target import Target
from platform_lib.sandbox.protocol import Autonaming

KEY: Final = "pulumi:autonaming"
"""The configuration key."""

_MODES: Final = ("default", "verbatim", "disabled")
_PLACEHOLDER: Final = re.compile(r"\$\{(hex|alphanum|string|num)\((\d+)\)\}|\$\{uuid\}")
_CONFIG: Final = re.compile(r"\$\{config\.([^}]+)\}")
_ALPHABETS: Final = {
    "hex": "0123456789abcdef",
    "alphanum": string.ascii_lowercase + string.digits,
    "string": string.ascii_lowercase,
    "num": string.digits,
}


@dataclass(frozen=True, slots=True)
class Rule:
    """How names are made for a set of types: a mode, or a pattern."""

    mode: Literal["default", "verbatim", "disabled"] = "default"
    pattern: str = ""
    enforce: bool = False

    def propose(self, name: str, seed: bytes) -> tuple[Autonaming | None, bool]:
        """The proposal, and whether its replacement has to delete first since the name cannot differ."""
        if self.pattern:
            proposed, varies = _fill(self.pattern.replace("${name}", name), seed)
            return Autonaming(proposed, "enforce" if self.enforce else "propose"), not varies
        if self.mode == "verbatim":
            return Autonaming(name, "enforce"), True
        if self.mode == "disabled":
            return Autonaming("", "disable"), True
        return None, False


def _fill(pattern: str, seed: bytes) -> tuple[str, bool]:
    """The pattern with its random parts, and whether it has any; equal seeds give equal names."""
    source = random.Random(seed)  # noqa: S311 - names have to be repeatable, not secret

    def part(match: re.Match[str]) -> str:
        if match[1] is None:
            return str(uuid.UUID(bytes=source.randbytes(16)))
        return "".join(source.choice(_ALPHABETS[match[1]]) for _ in range(int(match[2])))

    name = _PLACEHOLDER.sub(part, pattern)
    return name, name != pattern


class Namer:
    """The naming rules of a stack.

    Args:
        target: the stack; its configuration may hold ``pulumi:autonaming``.

    Raises:
        EngineError: the configuration does not have the form that Pulumi takes.
    """

    def __init__(self, target: Target) -> None:
        self._target = target
        self._types: dict[str, Rule] = {}
        self._packages: dict[str, Rule] = {}
        self._default = Rule()
        value = target.config.get(KEY)
        self.configured = value is not None
        if value is None:
            return
        try:
            section = json.loads(value.value)
        except json.JSONDecodeError as error:
            raise EngineError(f"config '{KEY}': not JSON: {error.msg}; give a mapping with mode or pattern") from error
        self._default = self._rule("", section, ("mode", "pattern", "enforce", "providers")) or Rule()
        for package, entry in section.get("providers", {}).items():
            place = f"providers.{package}"
            self._packages[package] = (
                self._rule(place, entry, ("mode", "pattern", "enforce", "resources")) or self._default
            )
            for type_, inner in entry.get("resources", {}).items():
                rule = self._rule(f"{place}.resources.{type_}", inner, ("mode", "pattern", "enforce"))
                if rule is None:
                    raise _refused(f"{place}.resources.{type_}", "neither mode nor pattern", "give one of them")
                self._types[type_] = rule

    def _rule(self, place: str, entry: Any, known: Sequence[str]) -> Rule | None:
        if not isinstance(entry, Mapping):
            raise _refused(place, f"not a mapping, got {type(entry).__name__}", "give mode or pattern")
        for key in entry:
            if key not in known:
                raise _refused(place, f"unknown key '{key}'", near(key, known) or f"use one of {', '.join(known)}")
        mode, pattern, enforce = entry.get("mode"), entry.get("pattern"), entry.get("enforce")
        if mode is not None and (pattern is not None or enforce is not None):
            raise _refused(place, "mode together with pattern or enforce", "give one of them")
        if pattern is not None:
            return Rule(pattern=self._resolved(pattern), enforce=bool(enforce))
        if enforce is not None:
            raise _refused(place, "enforce without pattern", "give a pattern")
        if mode is None:
            return None
        if mode not in _MODES:
            raise _refused(place, f"mode '{mode}' is unknown", near(str(mode), _MODES) or f"use {', '.join(_MODES)}")
        return Rule(mode=mode)

    def _resolved(self, pattern: str) -> str:
        target = self._target
        fixed: dict[str, str] = {
            "organization": target.organization,
            "project": target.project,
            "stack": target.stack,
        }
        for word, value in fixed.items():
            pattern = pattern.replace(f"${{{word}}}", value)

        def config(match: re.Match[str]) -> str:
            key = match[1] if ":" in match[1] else f"{target.project}:{match[1]}"
            found = target.config.get(key)
            if found is None:
                raise _refused("", f"no value for config key '{key}'", "set it, or change the pattern")
            return found.value

        return _CONFIG.sub(config, pattern)

    def propose(self, urn: str, seed: bytes) -> tuple[Autonaming | None, bool]:
        """The proposal for a resource, and whether its replacement has to delete first."""
        if not self.configured:
            return None, False
        type_ = urns.type_of(urn)
        rule = self._types.get(type_) or self._packages.get(urns.package_of(type_)) or self._default
        return rule.propose(urns.name_of(urn), seed)


def _refused(place: str, problem: str, remedy: str) -> EngineError:
    where = f"{place}: " if place else ""
    return EngineError(f"config '{KEY}': {where}{problem}; {remedy}")


def seeder(seed: bytes, base: Sequence[ResourceState]) -> Callable[[str], bytes]:
    """Makes the seeds of a run's automatic names: 32 bytes for each URN.

    They depend on the caller's seed and on which resources the stack has, so that a preview and the update after it
    make the same names, and a replacement, or a resource that comes back later, gets another one.
    """
    digest = hashlib.sha256(seed)
    for state in base:
        digest.update(f"{state.urn}\0{state.id}\0".encode())
    generation = digest.digest()
    return lambda urn: hashlib.sha256(generation + urn.encode()).digest()
