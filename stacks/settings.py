"""The settings of the reference platform: what a stack may set, and what it gets where it does not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field

from platform_lib.components.vpc import Egress
from platform_lib.core.context import ComplianceScope, Context, DataClassification
from platform_lib.core.settings import Settings, SettingsGroup


class Environment(StrEnum):
    """The environments that the platform knows; a stack's name says nothing about its environment."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class NetworkSettings(SettingsGroup):
    """The network of the foundation."""

    cidr: str
    """The IPv4 range of the network, /16 to /28; it cannot be changed later."""

    zones: list[str] = Field(min_length=1)
    """Zone ids of the region, such as ``euc1-az1``."""

    egress: Egress = Egress.SINGLE
    """How private subnets reach the internet: ``none``, ``single`` NAT gateway, or one ``per-zone``."""

    flow_logs_enabled: bool = True
    """Whether traffic is recorded; every policy pack asks for it."""

    interface_endpoints: list[str] = Field(default_factory=lambda: ["logs", "kms"])
    """Services that are reached without the internet, paid by the hour and zone."""

    guard: bool = True
    """Whether network, subnets and gateways are protected from replacement and deletion; dev goes without by
    default."""

    assertions: list[str] = Field(default_factory=list)
    """What must and must not be reachable, such as ``isolated must not reach internet``; a preview fails with the path
    that breaks one."""


class LoggingSettings(SettingsGroup):
    """How long records are kept and who hears of alarms."""

    retention_days: int = 365
    """How long log groups keep records, a period that CloudWatch Logs knows; PCI DSS 4.0.1 10.5.1 asks for a year."""

    archive_days: int = Field(default=365, ge=90)
    """How long the log archive keeps objects."""

    alarm_emails: list[str] = Field(default_factory=list)
    """Who is told of security alarms; each address has to confirm."""


class StackSettings(Settings):
    """One stack of the reference platform."""

    environment: Environment
    """Decides defaults, protection and the level of policies."""

    owner: str
    """The team that answers for the stack."""

    cost_centre: str
    """Where its cost is booked."""

    data_classification: DataClassification
    """The most sensitive data that the stack holds or carries."""

    compliance_scope: list[ComplianceScope]
    """The frameworks that the stack is in scope of; may be empty."""

    account_id: str
    """The AWS account, 12 digits: with credentials of another one the provider refuses to work."""

    region: str
    """The AWS region."""

    network: NetworkSettings
    """The network."""

    logging: LoggingSettings = Field(default_factory=LoggingSettings)
    """Logs and alarms."""

    @classmethod
    def environment_defaults(cls, environment: str) -> Mapping[str, Any]:
        """What production has by default, and what the others do without; dev may be destroyed."""
        if environment == Environment.DEV:
            return {"network": {"guard": False}}
        if environment == Environment.PROD:
            return {
                "network": {"egress": Egress.PER_ZONE},
                "logging": {"retention_days": 2192, "archive_days": 2192},
            }
        return {}

    @property
    def context(self) -> Context:
        """Who the stack's resources belong to and which rules hold for them."""
        return Context(
            environment=self.environment.value,
            owner=self.owner,
            cost_centre=self.cost_centre,
            data_classification=self.data_classification,
            compliance_scope=self.compliance_scope,
        )
