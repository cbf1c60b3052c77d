"""Secrets engines: which there are, what they hold, and what is wrong with that. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vault_configuration.arguments.engine import (
    DatabaseConnectionArgs,
    DatabaseEngineArgs,
    DatabaseRoleArgs,
    EngineArgs,
    EnginesArgs,
    PkiEngineArgs,
    SshEngineArgs,
)
from platform_lib.components.vault_configuration.capability import (
    DATABASES,
    OPENBAO,
    SECRETS_ENGINES,
    EngineFacts,
    refused,
)
from platform_lib.components.vault_configuration.kind import DatabaseKind
from platform_lib.core.errors import Finding, near

ENGINES: Final = ("kv", "database", "aws", "pki", "ssh", "transit")

LEASE_SECONDS: Final = 3_600
LEASE_MAXIMUM_SECONDS: Final = 2_764_800
"""32 days, the engines' own limit (https://openbao.org/docs/configuration/#max_lease_ttl)."""

KV_VERSIONS: Final = 10
STATIC_ROLE_DAYS: Final = 30
TRANSIT_DAYS: Final = 90
DATABASE_TTL_SECONDS: Final = 3_600
DATABASE_MAXIMUM_SECONDS: Final = 86_400
AWS_TTL_SECONDS: Final = 3_600
PKI_TTL_HOURS: Final = 72
PKI_VALID_DAYS: Final = 1_095
SSH_TTL_SECONDS: Final = 1_800


@dataclass(frozen=True)
class DatabaseFacts:
    """What differs between databases: port, name of the database, and the address that the plugin takes.

    Source of the addresses: https://openbao.org/api-docs/secret/databases/ and, for MongoDB and SQL Server,
    https://developer.hashicorp.com/vault/api-docs/secret/databases. User and password stand in them as templates.
    """

    port: int
    database: str
    address: str


DATABASE_FACTS: Final[Mapping[DatabaseKind, DatabaseFacts]] = {
    DatabaseKind.POSTGRESQL: DatabaseFacts(
        5432, "postgres", "postgresql://{{{{username}}}}:{{{{password}}}}@{host}:{port}/{database}?sslmode=verify-full"
    ),
    **{
        kind: DatabaseFacts(3306, "", "{{{{username}}}}:{{{{password}}}}@tcp({host}:{port})/{database}?tls=true")
        for kind in (DatabaseKind.MYSQL, DatabaseKind.MYSQL_AURORA, DatabaseKind.MYSQL_RDS)
    },
    DatabaseKind.MONGODB: DatabaseFacts(
        27017, "admin", "mongodb://{{{{username}}}}:{{{{password}}}}@{host}:{port}/{database}?tls=true"
    ),
    DatabaseKind.MSSQL: DatabaseFacts(
        1433,
        "master",
        "sqlserver://{{{{username}}}}:{{{{password}}}}@{host}:{port}"
        "?database={database}&encrypt=true&TrustServerCertificate=false",
    ),
}


@dataclass(frozen=True)
class EnginePlan:
    """A secrets engine.

    Attributes:
        kind: field of ``engines``.
        path: where it is mounted.
        argument: where its arguments stand.
        roles: what may be asked for by name, in its own words: roles, or keys.
        static_roles: the roles whose users exist already.
    """

    kind: str
    path: str
    argument: str
    roles: tuple[str, ...]
    static_roles: tuple[str, ...] = ()


def each_engine(engines: EnginesArgs | None) -> Iterator[tuple[str, str, EngineArgs]]:
    """Kind, place in the arguments, and arguments of each engine."""
    for kind in ENGINES:
        for index, engine in enumerate(getattr(engines, kind) or () if engines is not None else ()):
            yield kind, f"engines.{kind}[{index}]", engine


def engine_path(kind: str, engine: EngineArgs) -> str:
    """The path of an engine: its own, or the name of its kind."""
    return engine.path or kind


def plan_engines(engines: EnginesArgs | None) -> tuple[EnginePlan, ...]:
    """The engines, in the order of their kinds."""
    return tuple(
        EnginePlan(
            kind=kind,
            path=engine_path(kind, engine),
            argument=argument,
            roles=tuple(one.name for one in getattr(engine, "keys" if kind == "transit" else "roles", None) or ()),
            static_roles=tuple(one.name for one in getattr(engine, "static_roles", None) or ()),
        )
        for kind, argument, engine in each_engine(engines)
    )


def allowed_roles(engine: DatabaseEngineArgs, connection: str) -> list[str]:
    """Names of the roles that use a connection: it makes users for no others."""
    roles = [*(engine.roles or ()), *(engine.static_roles or ())]
    return sorted(role.name for role in roles if role.connection == connection)


def longest_certificate_days(engine: PkiEngineArgs) -> int:
    """The longest life of a certificate that an authority issues, in whole days."""
    return max(-(-(role.ttl_hours or PKI_TTL_HOURS) // 24) for role in engine.roles)


def check_engines(
    args: EnginesArgs | None, engines: Sequence[EnginePlan], existing: Sequence[str], engine: EngineFacts
) -> list[Finding]:
    """What is wrong with the engines.

    Args:
        args: their arguments.
        engines: their plans, in the same order.
        existing: paths of engines that are made elsewhere.
        engine: the software that the servers run.
    """
    findings: list[Finding] = []
    if args is not None and args.seal_wrapped and not engine.enterprise:
        problem = f"is for Vault Enterprise, and {engine.title} {engine.release} is not"
        findings.append(Finding("engines.seal_wrapped", problem, "leave it out"))
    taken = dict.fromkeys(existing, "existing_engines")
    for (kind, argument, one), plan in zip(each_engine(args), engines, strict=True):
        findings += refused(f"secrets engine {kind!r}", SECRETS_ENGINES[kind], engine, f"engines.{kind}")
        if plan.path in taken:
            problem = f"is the path of {taken[plan.path]} already, got {plan.path!r}"
            findings.append(Finding(f"{argument}.path", problem, "give each engine a path of its own"))
        taken.setdefault(plan.path, argument)
        for field in ("connections", "roles", "static_roles", "keys"):
            findings += _check_once(getattr(one, field, None) or (), f"{argument}.{field}")
        if isinstance(one, DatabaseEngineArgs):
            findings += _check_database(one, argument, engine)
        elif isinstance(one, PkiEngineArgs):
            findings += _check_pki(one, argument)
        elif isinstance(one, SshEngineArgs):
            findings += _check_ssh(one, argument)
    return list(dict.fromkeys(findings))


def _check_once(items: Sequence[object], path: str) -> list[Finding]:
    names = [getattr(item, "name", "") for item in items]
    return [
        Finding(f"{path}[{index}].name", f"is given twice, got {name!r}")
        for index, name in enumerate(names)
        if name in names[:index]
    ]


def _check_database(args: DatabaseEngineArgs, argument: str, engine: EngineFacts) -> list[Finding]:
    findings: list[Finding] = []
    known = [connection.name for connection in args.connections]
    for index, connection in enumerate(args.connections):
        where = f"{argument}.connections[{index}]"
        findings += refused(f"plugin for {connection.kind.value}", DATABASES[connection.kind], engine, f"{where}.kind")
        if not allowed_roles(args, connection.name):
            findings.append(Finding(where, "is used by no role", "add a role, or leave the connection out"))
        findings += _check_certificate(connection, engine, where)
    used = set[str]()
    for field in ("roles", "static_roles"):
        for index, role in enumerate(getattr(args, field) or ()):
            where = f"{argument}.{field}[{index}]"
            if role.connection not in known:
                hint = near(role.connection, known) or f"there are {', '.join(known)}"
                findings.append(
                    Finding(f"{where}.connection", f"is no connection of the engine, got {role.connection!r}", hint)
                )
            if isinstance(role, DatabaseRoleArgs):
                findings += _check_database_role(role, where)
            elif role.name in used:
                findings.append(Finding(f"{where}.name", f"is the name of a role already, got {role.name!r}"))
            used.add(role.name)
    return findings


def _check_certificate(connection: DatabaseConnectionArgs, engine: EngineFacts, where: str) -> list[Finding]:
    """Source: the fields of each plugin in https://openbao.org/api-docs/secret/databases/ and in Vault's pages."""
    postgresql = connection.kind is DatabaseKind.POSTGRESQL
    if connection.ca_path is not None and not postgresql:
        return [Finding(f"{where}.ca_path", "is for PostgreSQL alone", "give ca_certificate")]
    if connection.ca_certificate is None:
        return []
    if connection.ca_path is not None:
        return [Finding(f"{where}.ca_path", "is given beside ca_certificate", "leave one of them out")]
    if postgresql and engine.name == OPENBAO:
        problem = "cannot be given: the plugin for PostgreSQL of OpenBao takes a path on the servers"
        return [Finding(f"{where}.ca_certificate", problem, "give ca_path, or install it on the servers")]
    if connection.kind is DatabaseKind.MSSQL:
        problem = "cannot be given: the plugin for SQL Server takes none"
        return [Finding(f"{where}.ca_certificate", problem, "install it on the servers")]
    return []


def _check_database_role(role: DatabaseRoleArgs, where: str) -> list[Finding]:
    findings = []
    ttl, maximum = role.ttl_seconds or DATABASE_TTL_SECONDS, role.maximum_seconds or DATABASE_MAXIMUM_SECONDS
    if ttl > maximum:
        findings.append(Finding(f"{where}.ttl_seconds", f"is more than maximum_seconds ({maximum}), got {ttl}"))
    text = " ".join(role.creation_statements)
    if "{{password}}" not in text or not ("{{name}}" in text or "{{username}}" in text):
        problem = "make no user without '{{name}}' and '{{password}}'"
        findings.append(Finding(f"{where}.creation_statements", problem, "write both where they belong"))
    return findings


def _check_pki(args: PkiEngineArgs, argument: str) -> list[Finding]:
    findings = []
    if (args.signed_certificate is None) != (args.signed_on is None):
        missing = "signed_on" if args.signed_on is None else "signed_certificate"
        findings.append(Finding(f"{argument}.{missing}", "is missing: certificate and day go together"))
    certificate = args.signed_certificate
    if isinstance(certificate, str):
        if "PRIVATE KEY" in certificate:
            findings.append(Finding(f"{argument}.signed_certificate", "holds a private key", "give certificates alone"))
        elif certificate.count("-----BEGIN CERTIFICATE-----") < 2:
            problem = "must hold the certificate and its root"
            findings.append(Finding(f"{argument}.signed_certificate", problem, "put the root below the certificate"))
    return findings


def _check_ssh(args: SshEngineArgs, argument: str) -> list[Finding]:
    return [
        Finding(
            f"{argument}.roles[{index}].default_user",
            f"is none of allowed_users, got {role.default_user!r}",
            near(role.default_user, role.allowed_users) or f"use '{role.allowed_users[0]}'",
        )
        for index, role in enumerate(args.roles)
        if role.default_user is not None and role.default_user not in role.allowed_users
    ]
