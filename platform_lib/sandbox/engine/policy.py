"""What the engine asks of a policy evaluator: the engine knows no rule and no pack, it takes an object."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from platform_lib.core.values import Properties


@dataclass(frozen=True, slots=True)
class PolicyProvider:
    """The provider instance that serves a resource."""

    type: str
    urn: str
    name: str
    properties: Properties


@dataclass(frozen=True, slots=True)
class PolicyResource:
    """A resource as a policy sees it: markers for unknown and secret values stay in ``properties``.

    Attributes:
        type: type token.
        urn: URN.
        name: logical name.
        properties: checked inputs at registration; outputs too when the stack is analysed.
        parent: URN of the parent, empty for the stack.
        options: ``protect``, ``ignoreChanges``, ``deleteBeforeReplace``, ``aliases``, ``additionalSecretOutputs``,
            ``customTimeouts``: the resource options that the stock engine shows to policies, by its names.
        provider: None for components.
        dependencies: URNs; only when the stack is analysed.
        property_dependencies: property to URNs; only when the stack is analysed.
        source_position: where the program makes it, ``project:///path#line``; empty where that is not known.
        external: it is read (``Resource.get``), not managed.
    """

    type: str
    urn: str
    name: str
    properties: Properties
    parent: str = ""
    options: Mapping[str, object] = field(default_factory=dict)
    provider: PolicyProvider | None = None
    dependencies: Sequence[str] = ()
    property_dependencies: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source_position: str = ""
    external: bool = False


class PolicyFinding(Protocol):
    """What the engine reads of a finding; evaluators answer richer objects."""

    @property
    def rule(self) -> str:
        """The id of the rule."""

    @property
    def urn(self) -> str:
        """The resource, or the stack."""

    @property
    def message(self) -> str:
        """What is wrong and what to do, never a secret."""

    @property
    def mandatory(self) -> bool:
        """Whether the finding stops the operation."""


class PolicyEvaluator(Protocol):
    """Evaluates every resource as it is registered, and the stack at the end."""

    def remediate(self, resource: PolicyResource) -> Properties | None:
        """Changed inputs, or None to leave them."""

    def analyze(self, resource: PolicyResource) -> Sequence[PolicyFinding]:
        """Findings about one resource."""

    def analyze_stack(self, resources: Sequence[PolicyResource]) -> Sequence[PolicyFinding]:
        """Findings about the stack as a whole."""
