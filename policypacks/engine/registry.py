"""Which rules there are: a rule is a function with a record, registered where it is written."""

import functools
import importlib
import pkgutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from platform_lib.core.errors import PolicyError
from policypacks.engine.record import Record, find
from policypacks.engine.resource import STACK_TYPE, Resource
from policypacks.engine.token import canonical
from policypacks.engine.verdict import Verdict

Function = Callable[[Resource], Verdict]

THE_STACK = STACK_TYPE
"""The subject of a rule about the stack as a whole."""


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """A rule: its record and the function that decides.

    Attributes:
        record: what the catalogue says.
        function: Resource in, verdict out; pure.
        title: one line, what a compliant resource is like (first line of the docstring).
        reason: why it matters (the rest of the docstring).
        subjects: canonical type tokens that the function is called with; ``*`` and prefixes allowed.
        config: JSON schema by name of the settings it takes; each has a ``default``.
        module: where it is written.
        id: of the record.
    """

    record: Record
    function: Function
    title: str
    reason: str
    subjects: tuple[str, ...]
    config: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    module: str = ""
    id: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "id", self.record.id)

    @property
    def whole_stack(self) -> bool:
        """Whether it needs the graph of the stack."""
        return self.record.scope == "stack"

    def defaults(self) -> dict[str, Any]:
        """The rule's settings where nobody configures them."""
        return {name: schema["default"] for name, schema in self.config.items() if "default" in schema}


REGISTRY: dict[str, Rule] = {}
"""Every rule that was imported, by id."""


def rule(
    id_or_record: str | Record,
    *,
    subject: str | Sequence[str] | None = None,
    config: Mapping[str, Mapping[str, Any]] | None = None,
) -> Callable[[Function], Function]:
    """Register a function as the rule of a catalogue check.

    Args:
        id_or_record: id of the check; rules of your own, outside the catalogue, bring a ``Record``.
        subject: type tokens that the function is called with. Left out: for resource scope all ``resources`` of the
            record, for stack scope the first of them. ``THE_STACK`` calls it once with the stack itself.
        config: JSON schema by name of the settings that the rule takes from the policy configuration; each must have a
            ``default``.

    Raises:
        PolicyError: the id is not in the catalogue, or has a rule already; the docstring is missing; a setting has no
            default.
    """
    record = find(id_or_record) if isinstance(id_or_record, str) else id_or_record
    if subject is None:
        subjects: Sequence[str] = record.resources if record.scope == "resource" else record.resources[:1]
    else:
        subjects = (subject,) if isinstance(subject, str) else subject
    settings = dict(config or {})
    if record.fix:
        for name in sorted(setting for setting in _fix_settings(record) if setting not in settings):
            settings[name] = {"type": "string", "default": "", "description": f"what the remedy sets for {name}"}
    for name, schema in settings.items():
        if "default" not in schema:
            raise PolicyError(f"rule '{record.id}': config.{name}: has no default; add one")

    def register(function: Function) -> Function:
        title, _, reason = (function.__doc__ or "").strip().partition("\n")
        if __debug__ and not (title and reason.strip()):
            raise PolicyError(f"rule '{record.id}': needs a docstring: a title, an empty line, why it matters")
        if record.id in REGISTRY:
            other = REGISTRY[record.id].module
            raise PolicyError(f"rule '{record.id}': is defined in {other} and in {function.__module__}; remove one")
        REGISTRY[record.id] = Rule(
            record,
            function,
            title.rstrip(".") or record.condition,
            " ".join(reason.split()),
            tuple(dict.fromkeys(_subject(record, token) for token in subjects)),
            settings,
            function.__module__,
        )
        return function

    return register


def _subject(record: Record, pattern: str) -> str:
    if pattern == "*" and record.provider != "any":
        return f"{record.provider}:*"
    return canonical(pattern)


def _fix_settings(record: Record) -> set[str]:
    prefix = "$config."
    return {
        value.removeprefix(prefix)
        for value in record.fix.values()
        if isinstance(value, str) and value.startswith(prefix)
    }


@functools.cache
def load_rules() -> Mapping[str, Rule]:
    """Import every rule module of the project, once, and answer the registry."""
    import policypacks.rules as package

    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".common" not in module.name:
            importlib.import_module(module.name)
    return REGISTRY
