"""How other components take a configuration, and what a stack offers of it."""

from typing import Any, ClassVar, Self, TypedDict

from platform_lib.core.args import ComponentArgs
from platform_lib.core.inputs import Input
from platform_lib.core.references import StackOutputs


class RotationEntry(TypedDict):
    """An entry of the rotation ledger, as the output ``rotation`` holds it; never a secret value."""

    name: str
    """Name of the entry, unique in the ledger."""

    kind: str
    """What it is, such as ``static-secret`` or ``database-root``."""

    path: str
    """Where it is, as the API of the servers has it."""

    owner: str
    """The team that answers for it."""

    maximum_age_days: int
    """How old it may become, in days."""

    last_rotated: str
    """Day of the last rotation; empty where the engine rotates, which does not say."""

    rotated_by: str
    """``people`` or ``engine``."""


class VaultConfigurationReference(ComponentArgs):
    """What a component needs of a configuration: where secrets are, and how pods log in."""

    auth_paths: dict[str, str]
    """Kind of each auth method by its path, such as ``{"kubernetes": "kubernetes"}``."""

    engine_paths: dict[str, str]
    """Kind of each secrets engine by its path, such as ``{"kv": "kv"}``."""

    policies: list[str]
    """Names of the policies."""

    consumers: Input[dict[str, Any]]
    """Settings of each consumer by its name."""

    ssh_public_keys: Input[dict[str, Any]]
    """Public key of each authority for SSH by the path of its engine: what machines trust."""


class VaultConfigurationOutputs(StackOutputs):
    """A configuration as a stack offers it to others. It holds no secret value."""

    output_name: ClassVar[str] = "secrets"
    version: ClassVar[int] = 1

    auth_paths: Input[dict[str, str]]
    """Kind of each auth method by its path."""

    engine_paths: Input[dict[str, str]]
    """Kind of each secrets engine by its path."""

    policies: Input[list[str]]
    """Names of the policies."""

    consumers: Input[dict[str, Any]]
    """Settings of each consumer by its name."""

    ssh_public_keys: Input[dict[str, Any]]
    """Public key of each authority for SSH by the path of its engine."""

    @classmethod
    def of(cls, configuration: VaultConfigurationReference) -> Self:
        """The outputs of a configuration."""
        return cls(**dict(configuration))

    @property
    def reference(self) -> VaultConfigurationReference:
        """The configuration as components take it; for outputs that were read at once."""
        return VaultConfigurationReference.parse("VaultConfigurationOutputs", dict(self))
