"""The settings of the reference platform: what a stack may set, and what it gets where it does not."""

from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any

from pydantic import Field, field_validator, model_validator

from platform_lib.components.vpc import Egress
from platform_lib.core.context import ComplianceScope, Context, DataClassification
from platform_lib.core.errors import Finding
from platform_lib.core.inputs import Input
from platform_lib.core.settings import Settings
from platform_lib.core.validation import FieldError, SeveralFieldsError
from stacks.blueprint import GROUPS, STANDS_ON, STATEFUL, Blueprint
from stacks.groups.cluster import ClusterSettings
from stacks.groups.data import DataSettings
from stacks.groups.edge import EdgeSettings
from stacks.groups.logging import LoggingSettings
from stacks.groups.mesh import MeshSettings
from stacks.groups.network import NetworkSettings
from stacks.groups.resilience import ResilienceSettings
from stacks.groups.secrets import SecretsSettings
from stacks.groups.vault import VaultSettings


class Environment(StrEnum):
    """The environments that the platform knows; a stack's name says nothing about its environment."""

    DEV = "dev"
    STAGING = "staging"
    PROD = "prod"


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

    runtime_stack: str | None = None
    """Full name of the stack with the runtime, for one that does not hold it."""

    deletion_protection: bool = True
    """Whether the cloud itself refuses to delete what holds data; set it to false, and deploy, before a stack is to be
    destroyed. Dev goes without by default."""

    network: NetworkSettings | None = None
    """The network; required with the blueprint ``foundation``."""

    cluster: ClusterSettings = Field(default_factory=ClusterSettings)
    """The cluster, for the blueprint ``runtime``."""

    mesh: MeshSettings = Field(default_factory=MeshSettings)
    """The mesh, for the blueprint ``runtime``."""

    mesh_authority_key: Input[str] | None = None
    """Private key of the mesh's certificate authority, PEM; left out means that the secret ``cacerts`` is on the
    cluster."""

    vault: VaultSettings | None = None
    """The Vault servers; required with the blueprint ``runtime``."""

    secrets: SecretsSettings | None = None
    """What lies in the Vault servers; required with the blueprint ``secrets``."""

    data: DataSettings | None = None
    """Database and feature store; required with the blueprint ``data``."""

    resilience: ResilienceSettings | None = None
    """The second site; required with the blueprint ``resilience``."""

    edge: EdgeSettings | None = None
    """The devices; required with the blueprint ``edge``."""

    logging: LoggingSettings = Field(default_factory=LoggingSettings)
    """Logs and alarms."""

    @classmethod
    def environment_defaults(cls, environment: str) -> Mapping[str, Any]:
        """What production has by default, and what the others do without; dev may be destroyed."""
        if environment == Environment.DEV:
            database = {"instance_class": "db.t4g.medium", "storage_gib": 20, "maximum_storage_gib": 100}
            return {
                "deletion_protection": False,
                "network": {"guard": False},
                "cluster": {"system": {"instance_types": ["t3.large"]}},
                "vault": {"nodes": 1},
                "data": {"database": {**database, "multi_az": False, "backup_days": 7}},
            }
        if environment == Environment.PROD:
            return {
                "network": {"egress": Egress.PER_ZONE},
                "logging": {"retention_days": 2192, "archive_days": 2192},
                "cluster": _nodes("m7i.large"),
            }
        return {"cluster": _nodes("t3.large"), "data": {"database": {"instance_class": "db.t4g.medium"}}}

    @field_validator("blueprints")
    @classmethod
    def _check_blueprints(cls, value: list[Blueprint]) -> list[Blueprint]:
        if len(set(value)) < len(value):
            raise FieldError("must name each blueprint once")
        return value

    @model_validator(mode="after")
    def _check_parts(self) -> "StackSettings":
        """What the blueprints need, and what nothing needs."""
        findings = [*self._check_groups(), *self._check_references(), *self._check_copies()]
        if self.holds(Blueprint.RUNTIME) and not self.cluster.administrators:
            problem = "is required for the blueprint 'runtime'"
            findings.append(Finding("cluster.administrators", problem, "name a role of IAM"))
        if findings:
            raise SeveralFieldsError(findings)
        return self

    def _check_groups(self) -> Iterable[Finding]:
        for blueprint, group in GROUPS.items():
            given = getattr(self, group) is not None
            if given and not self.holds(blueprint):
                yield Finding(group, "is that of another stack", "leave it out")
            elif self.holds(blueprint) and not given:
                remedy = "give it in the stack's file, {} where defaults say it all, or name other blueprints"
                yield Finding(group, f"is required for the blueprint '{blueprint}'", remedy)

    def _check_references(self) -> Iterable[Finding]:
        for blueprint in Blueprint:
            name = f"{blueprint}_stack"
            if name not in type(self).model_fields:
                continue
            given = getattr(self, name) is not None
            if given and self.holds(blueprint):
                yield Finding(name, f"is given, but the stack holds the {blueprint} itself", "leave it out")
            elif given and not self.needs(blueprint):
                yield Finding(name, "is given, but nothing of the stack stands on it", "leave it out")
            elif self.needs(blueprint) and not self.holds(blueprint) and not given:
                problem = f"is required without the blueprint '{blueprint}'"
                yield Finding(name, problem, "name the stack that holds it")

    def _check_copies(self) -> Iterable[Finding]:
        """What cannot be made again is copied by the stack that holds it."""
        stateful = [blueprint.value for blueprint in STATEFUL if self.holds(blueprint)]
        if self.holds(Blueprint.RESILIENCE) and not stateful:
            yield Finding("blueprints", "hold 'resilience', and nothing that it would copy", "leave it out")
        if stateful and not self.holds(Blueprint.RESILIENCE) and self.context.protects:
            problem = f"hold {', '.join(stateful)} and no 'resilience', which copies what they hold"
            yield Finding("blueprints", problem, "add 'resilience'")

    def holds(self, blueprint: Blueprint) -> bool:
        """Whether the stack holds a part of the platform."""
        return blueprint in self.blueprints

    def needs(self, blueprint: Blueprint) -> bool:
        """Whether something of the stack stands on a part of the platform, be it of this stack or of another one."""
        return any(blueprint in STANDS_ON[held] for held in self.blueprints)

    @property
    def registry(self) -> str:
        """The registry of the account, where images come from: what runs was checked and mirrored before."""
        return f"{self.account_id}.dkr.ecr.{self.region}.amazonaws.com"

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
