"""A resource as a rule sees it: its properties as a node, and what else the engine knows of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from platform_lib.core.values import Properties, has_unknown
from policypacks.engine.node import Node
from policypacks.engine.verdict import Undetermined

if TYPE_CHECKING:
    from policypacks.engine.graph import Stack
    from policypacks.engine.record import Record


STACK_TYPE = "pulumi:pulumi:Stack"
"""The type of the root of every stack (sdk/python, ``pulumi.runtime.stack``)."""


class ProviderLike(Protocol):
    """The provider instance of a resource, as engines describe it."""

    @property
    def name(self) -> str:
        """Logical name."""

    @property
    def properties(self) -> Properties:
        """Its inputs, with markers."""


class ResourceLike(Protocol):
    """A resource as engines describe it (the sandbox engine's ``PolicyResource``, our decoded requests)."""

    @property
    def type(self) -> str:
        """Type token."""

    @property
    def urn(self) -> str:
        """URN."""

    @property
    def name(self) -> str:
        """Logical name."""

    @property
    def properties(self) -> Properties:
        """Inputs, and outputs when the stack is analysed; with markers."""

    @property
    def parent(self) -> str:
        """URN of the parent."""

    @property
    def options(self) -> Mapping[str, object]:
        """Resource options by the stock engine's names."""

    @property
    def provider(self) -> ProviderLike | None:
        """The provider instance; None for components."""

    @property
    def dependencies(self) -> Sequence[str]:
        """URNs."""

    @property
    def property_dependencies(self) -> Mapping[str, Sequence[str]]:
        """Property to URNs."""


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """One resource, decoded once and shared by all rules.

    Attributes:
        type: the type token as registered.
        kind: the token under which rules know the type (aliases and versions folded).
        urn: URN.
        name: logical name.
        properties: inputs at registration; with outputs when the stack is analysed. Markers stay.
        options: resource options by the stock engine's names (``protect``, ``ignoreChanges``, ...).
        provider: properties of the provider instance, None for components.
        provider_name: logical name of the provider instance, empty for components.
        parent: URN of the parent, empty for the stack.
        dependencies: URNs; only when the stack is analysed.
        property_dependencies: property to URNs; only when the stack is analysed.
        external: whether it was only read, so that its settings are somebody else's.
        source: where the program made it, as the engine writes it (``project:///main.py#12,3``); empty where not known.
        secrets: whether secrets are marked; the stock SDK unwraps them unseen.
    """

    type: str
    kind: str
    urn: str
    name: str
    properties: Properties
    options: Mapping[str, Any] = field(default_factory=dict)
    provider: Properties | None = None
    provider_name: str = ""
    parent: str = ""
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    external: bool = False
    source: str = ""
    secrets: bool = True


@dataclass(frozen=True, slots=True)
class Setting:
    """What is the same for every resource of a run.

    Attributes:
        environment: ``dev``, ``staging``, ``prod`` or what the stack calls it; unknown counts as ``prod``.
        today: the date that expiry is measured against; comes from the caller.
        preview: whether values may still become known.
    """

    environment: str
    today: date
    preview: bool = False


class Resource(Node):
    """A resource under one rule: the root node of its properties.

    Attributes:
        facts: what was decoded.
        record: the catalogue record of the rule that looks at it.
        config: the rule's configuration, defaults filled in.
        setting: environment and date of the run.
    """

    __slots__ = ("_stack", "config", "facts", "record", "setting")

    def __init__(
        self,
        facts: Facts,
        record: "Record",
        config: Mapping[str, Any],
        setting: Setting,
        stack: "Stack | None" = None,
    ) -> None:
        self.value, self.path, self.root, self.secret, self.below = facts.properties, "", self, False, False
        self.facts = facts
        self.record = record
        self.config = config
        self.setting = setting
        self._stack = stack

    @property
    def type(self) -> str:
        """The token under which the catalogue knows the type, whatever alias or version was registered."""
        return self.facts.kind

    @property
    def urn(self) -> str:
        """URN."""
        return self.facts.urn

    @property
    def name(self) -> str:
        """Logical name."""
        return self.facts.name

    @property
    def production(self) -> bool:
        """Whether the run's environment is production."""
        return self.setting.environment == "prod"

    @property
    def stack(self) -> "Stack":
        """The graph of the stack; for rules of stack scope only."""
        if self._stack is None:
            raise TypeError(f"rule {self.record.id} has resource scope: it sees one resource, not the stack")
        return self._stack

    def option(self, name: str, default: Any = None) -> Any:
        """A resource option by the stock engine's name (``protect``)."""
        return self.facts.options.get(name, default)

    def region(self) -> str | None:
        """The region: the resource's own ``region`` (AWS), else its provider's; None where neither says.

        Raises:
            Undetermined: it is not known yet.
        """
        own = self.get("region")
        if isinstance(own, str):
            return own
        region = (self.facts.provider or {}).get("region")
        if has_unknown(region):
            raise Undetermined("provider.region")
        return region if isinstance(region, str) else None

    def like(self, facts: Facts) -> "Resource":
        """Another resource under the same rule."""
        return Resource(facts, self.record, self.config, self.setting, self._stack)
