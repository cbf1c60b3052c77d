"""The settings of the reference platform: what a stack may set, and what it gets where it does not."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, field_validator, model_validator

from platform_lib.components.cluster import NodeCapacity
from platform_lib.components.vpc import Egress
from platform_lib.core.context import ComplianceScope, Context, DataClassification
from platform_lib.core.errors import Finding
from platform_lib.core.settings import Settings, SettingsGroup
from platform_lib.core.validation import FieldError, SeveralFieldsError


class Environment(StrEnum):
    """The environments that the platform knows; a stack's name says nothing about its environment."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


class Blueprint(StrEnum):
    """A part of the platform that a stack may hold; each but the first stands on one before it."""

    FOUNDATION = "foundation"
    RUNTIME = "runtime"


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


class NodesSettings(SettingsGroup):
    """Nodes for one purpose."""

    instance_types: list[str] = Field(default_factory=lambda: ["m7i.large"], min_length=1)
    """Types that they may have, of one architecture (x86)."""

    capacity: NodeCapacity = NodeCapacity.ON_DEMAND
    """Paid by the hour, or spot, which may be taken back at two minutes' notice."""

    minimum_nodes: int = Field(default=2, ge=0)
    """How many there are at least, and at first."""

    maximum_nodes: int = Field(default=4, ge=1)
    """How many there are at most."""

    disk_gib: int = Field(default=50, ge=20)
    """Size of each one's disk."""


class ClusterSettings(SettingsGroup):
    """The cluster of the runtime."""

    administrators: dict[str, str] = Field(default_factory=dict)
    """Who may do everything with the cluster: roles of IAM by a name of their own; at least one."""

    version: str | None = None
    """Minor version of Kubernetes, one step up at a time; left out means the component's default."""

    zones: list[str] | None = None
    """Zone ids of control plane and nodes; left out means the first two of the network. They cannot change later."""

    private_cidrs: list[str] | None = None
    """IPv4 ranges that reach the API, beside the nodes; left out means the network."""

    system: NodesSettings = Field(default_factory=NodesSettings)
    """Nodes for what the platform itself runs."""

    apps: NodesSettings | None = None
    """Nodes for applications; left out means that they run beside the platform's own."""


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

    blueprints: list[Blueprint] = Field(default_factory=lambda: list(Blueprint), min_length=1)
    """The parts of the platform that the stack holds; all of them by default."""

    foundation_stack: str | None = None
    """Full name (``organization/project/stack``) of the stack with the foundation, for one that does not hold it."""

    deletion_protection: bool = True
    """Whether the cloud itself refuses to delete what holds data; set it to false, and deploy, before a stack is to be
    destroyed. Dev goes without by default."""

    network: NetworkSettings | None = None
    """The network; required with the blueprint ``foundation``."""

    cluster: ClusterSettings = Field(default_factory=ClusterSettings)
    """The cluster, for the blueprint ``runtime``."""

    logging: LoggingSettings = Field(default_factory=LoggingSettings)
    """Logs and alarms."""

    @classmethod
    def environment_defaults(cls, environment: str) -> Mapping[str, Any]:
        """What production has by default, and what the others do without; dev may be destroyed."""
        if environment == Environment.DEV:
            small = {"system": {"instance_types": ["t3.large"]}}
            return {"deletion_protection": False, "network": {"guard": False}, "cluster": small}
        if environment == Environment.PROD:
            return {
                "network": {"egress": Egress.PER_ZONE},
                "logging": {"retention_days": 2192, "archive_days": 2192},
                "cluster": _nodes("m7i.large"),
            }
        return {"cluster": _nodes("t3.large")}

    @field_validator("blueprints")
    @classmethod
    def _check_blueprints(cls, value: list[Blueprint]) -> list[Blueprint]:
        if len(set(value)) < len(value):
            raise FieldError("must name each blueprint once")
        return value

    @model_validator(mode="after")
    def _check_parts(self) -> "StackSettings":
        """What the blueprints need, and what nothing needs."""
        findings = []
        if self.holds(Blueprint.FOUNDATION):
            if self.network is None:
                findings.append(Finding("network", "is required for the blueprint 'foundation'"))
            if self.foundation_stack is not None:
                problem = "is given, but the stack holds the foundation itself"
                findings.append(Finding("foundation_stack", problem, "leave it out"))
        else:
            if self.network is not None:
                findings.append(Finding("network", "is that of another stack", "leave it out"))
            if self.foundation_stack is None:
                problem = "is required without the blueprint 'foundation'"
                findings.append(Finding("foundation_stack", problem, "name the stack that holds it"))
        if self.holds(Blueprint.RUNTIME) and not self.cluster.administrators:
            problem = "is required for the blueprint 'runtime'"
            findings.append(Finding("cluster.administrators", problem, "name a role of IAM"))
        if findings:
            raise SeveralFieldsError(findings)
        return self

    def holds(self, blueprint: Blueprint) -> bool:
        """Whether the stack holds a part of the platform."""
        return blueprint in self.blueprints

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


def _nodes(instance_type: str) -> Mapping[str, Any]:
    """The nodes of staging and production: the same shape, one for each zone at least."""
    smallest = {"instance_types": [instance_type], "minimum_nodes": 3}
    return {"system": {**smallest, "maximum_nodes": 6}, "apps": {**smallest, "maximum_nodes": 12}}
