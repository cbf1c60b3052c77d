"""What each engine has: a table that says what may be asked for, and the way out where it has not. Pure.

Sources. Vault ships all of these (https://developer.hashicorp.com/vault/docs/auth, /vault/docs/secrets). OpenBao ships
what its plugin catalogue lists, which a test reads from a running server; the others are plugins of their own since the
fork (https://openbao.org/docs/plugins/, https://github.com/openbao/openbao-plugins). Control groups came to OpenBao
with 2.7, where the catalogue of paths has ``sys/control-group``; in Vault they are of the Enterprise edition
(https://developer.hashicorp.com/vault/docs/enterprise/control-groups), as is the rotation of root passwords of
databases by the servers themselves, since 1.19 (the provider's documentation of ``rotation_period``).
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vault_configuration.kind import ConsumerKind, DatabaseKind, ExternalPlugin
from platform_lib.core.errors import Finding

OPENBAO: Final = "openbao"
VAULT: Final = "vault"
BOTH: Final = frozenset({OPENBAO, VAULT})
VAULT_ONLY: Final = frozenset({VAULT})

_VERSION = re.compile(r"v?(\d+)\.(\d+)(?:\.\d+)?(.*)")


@dataclass(frozen=True)
class Support:
    """Where something is to be had.

    Attributes:
        plugin: name in the catalogue of plugins.
        engines: that ship it.
        external: the plugin that brings it to OpenBao; None where there is none of the project's own.
        instead: what to use where it is missing.
    """

    plugin: str
    engines: frozenset[str]
    external: ExternalPlugin | None = None
    instead: str = ""


AUTH_METHODS: Final[Mapping[str, Support]] = {
    "kubernetes": Support("kubernetes", BOTH),
    "oidc": Support("oidc", BOTH),
    "jwt": Support("jwt", BOTH),
    "approle": Support("approle", BOTH),
    "aws": Support(
        "aws", VAULT_ONLY, ExternalPlugin.AUTH_AWS, "let pods log in by kubernetes, and others by jwt or approle"
    ),
    "azure": Support(
        "azure", VAULT_ONLY, ExternalPlugin.AUTH_AZURE, "let managed identities log in by jwt with the tenant's issuer"
    ),
    "github": Support(
        "github", VAULT_ONLY, ExternalPlugin.AUTH_GITHUB, "let people sign in by oidc, and workflows by jwt"
    ),
}
"""Auth methods by the field of ``auth``."""

SECRETS_ENGINES: Final[Mapping[str, Support]] = {
    "kv": Support("kv", BOTH),
    "database": Support("database", BOTH),
    "aws": Support(
        "aws", VAULT_ONLY, ExternalPlugin.SECRETS_AWS, "give pods a role by the pod identities of the cluster"
    ),
    "pki": Support("pki", BOTH),
    "ssh": Support("ssh", BOTH),
    "transit": Support("transit", BOTH),
}
"""Secrets engines by the field of ``engines``. That for databases is part of the server, and stands in no catalogue."""

_OTHER_DATABASE: Final = "use Vault, or write its secrets to kv and rotate them by the ledger"

DATABASES: Final[Mapping[DatabaseKind, Support]] = {
    DatabaseKind.POSTGRESQL: Support("postgresql-database-plugin", BOTH),
    DatabaseKind.MYSQL: Support("mysql-database-plugin", BOTH),
    DatabaseKind.MYSQL_AURORA: Support("mysql-aurora-database-plugin", BOTH),
    DatabaseKind.MYSQL_RDS: Support("mysql-rds-database-plugin", BOTH),
    DatabaseKind.MONGODB: Support("mongodb-database-plugin", VAULT_ONLY, instead=_OTHER_DATABASE),
    DatabaseKind.MSSQL: Support("mssql-database-plugin", VAULT_ONLY, instead=_OTHER_DATABASE),
}
"""Databases by their kind."""

CONSUMERS: Final[Mapping[ConsumerKind, Support]] = {
    ConsumerKind.AGENT: Support("agent", BOTH),
    ConsumerKind.CSI: Support("csi", BOTH),
    ConsumerKind.OPERATOR: Support("operator", VAULT_ONLY, instead="use the agent"),
}
"""Consumers by their kind: OpenBao has an injector and a CSI provider, and no operator
(https://openbao.org/docs/platform/k8s/)."""


@dataclass(frozen=True)
class EngineFacts:
    """The software that the servers run, as far as its abilities go.

    Attributes:
        name: ``openbao`` or ``vault``.
        version: major and minor.
        enterprise: it is the Enterprise edition of Vault, whose versions end in ``+ent`` and what follows.
        plugins: external ones that its operators registered.
    """

    name: str
    version: tuple[int, int]
    enterprise: bool
    plugins: frozenset[ExternalPlugin] = frozenset()

    @property
    def title(self) -> str:
        """What people call it."""
        return "OpenBao" if self.name == OPENBAO else "Vault"

    @property
    def release(self) -> str:
        """Its version, as far as it counts here, such as ``2.7``."""
        return ".".join(str(part) for part in self.version)

    @property
    def has_control_groups(self) -> bool:
        """Whether a policy can make a request wait for approvals."""
        return self.version >= (2, 7) if self.name == OPENBAO else self.enterprise

    @property
    def rotates_database_roots(self) -> bool:
        """Whether it changes root passwords of databases by itself."""
        return self.name == VAULT and self.enterprise and self.version >= (1, 19)

    def has(self, support: Support) -> bool:
        """Whether it has something, shipped or registered."""
        return self.name in support.engines or support.external in self.plugins


def engine_facts(name: str, version: str, plugins: Collection[ExternalPlugin] = ()) -> EngineFacts | None:
    """The engine of a name and version, such as ``2.7.2`` or ``1.21.0+ent``; None where the version cannot be read."""
    match = _VERSION.fullmatch(version)
    if match is None:
        return None
    enterprise = name == VAULT and "+ent" in match[3]
    return EngineFacts(name, (int(match[1]), int(match[2])), enterprise, frozenset(plugins))


def refused(what: str, support: Support, engine: EngineFacts, path: str) -> list[Finding]:
    """The finding about something that the engine has not; empty where it has."""
    if engine.has(support):
        return []
    remedy = support.instead
    if support.external is not None:
        remedy = (
            f"{remedy}; or register the plugin openbao-plugin-{support.external} on the servers "
            f"and name '{support.external}' in external_plugins"
        )
    return [Finding(path, f"{engine.title} ships no {what}", remedy)]


def check_plugins(engine: EngineFacts) -> list[Finding]:
    """External plugins are named for OpenBao alone: Vault ships what they bring."""
    if engine.name == OPENBAO or not engine.plugins:
        return []
    return [Finding("external_plugins", "is for OpenBao, and Vault ships them", "leave it out")]
