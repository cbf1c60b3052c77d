"""The arguments of ``VaultConfiguration``."""

from pydantic import Field, field_validator

from platform_lib.components.vault.refs import VaultReference
from platform_lib.components.vault_configuration.arguments.auth import AuthArgs
from platform_lib.components.vault_configuration.arguments.engine import EnginesArgs
from platform_lib.components.vault_configuration.arguments.policy import GroupArgs, PolicyArgs
from platform_lib.components.vault_configuration.arguments.shared import check_mount
from platform_lib.components.vault_configuration.arguments.use import BreakGlassArgs, ConsumerArgs, SecretArgs
from platform_lib.components.vault_configuration.kind import ExternalPlugin
from platform_lib.core.args import ComponentArgs
from platform_lib.core.checks import each_once
from platform_lib.core.context import Context
from platform_lib.core.inputs import Input
from platform_lib.core.tagging import check_own_tags


class VaultConfigurationArgs(ComponentArgs):
    """The arguments of ``VaultConfiguration``."""

    context: Context
    """Who the configuration belongs to and which rules hold for it."""

    vault: VaultReference
    """The servers: ours, or some that exist already."""

    policies: list[PolicyArgs] | None = Field(default=None, min_length=1)
    """Policies for roles and groups; left out means those of consumers and of break-glass access alone."""

    auth: AuthArgs | None = None
    """Who gets a token; left out means nobody."""

    groups: list[GroupArgs] | None = Field(default=None, min_length=1)
    """Groups of people; left out means none."""

    engines: EnginesArgs | None = None
    """What keeps or makes secrets; left out means nothing."""

    existing_engines: list[str] | None = Field(default=None, min_length=1)
    """Paths of engines that are there and not made here, which policies may name; left out means none."""

    external_plugins: list[ExternalPlugin] | None = Field(default=None, min_length=1)
    """Plugins that the operators registered on OpenBao, which ships none of them; left out means none."""

    secrets: list[SecretArgs] | None = Field(default=None, min_length=1)
    """Entries of the rotation ledger for what people write; left out means none beside those of the parts."""

    consumers: list[ConsumerArgs] | None = Field(default=None, min_length=1)
    """Pods that get secrets; left out means none."""

    break_glass: BreakGlassArgs | None = None
    """Access for an emergency; left out means that there is none."""

    tags: dict[str, Input[str]] | None = None
    """More tags for what is made on AWS (the alarm of break-glass access), beside the required ones. What lies in the
    servers has none."""

    @field_validator("policies", "groups", "secrets", "consumers")
    @classmethod
    def _check_names(cls, value: list[ComponentArgs] | None) -> list[ComponentArgs] | None:
        each_once([getattr(item, "name", "") for item in value or ()], "name")
        return value

    @field_validator("existing_engines")
    @classmethod
    def _check_existing(cls, value: list[str] | None) -> list[str] | None:
        for text in value or ():
            check_mount(text)
        return each_once(value)

    @field_validator("external_plugins")
    @classmethod
    def _check_plugins(cls, value: list[ExternalPlugin] | None) -> list[ExternalPlugin] | None:
        return each_once(value)

    _check_tags = field_validator("tags")(check_own_tags)
