"""Databases of Google Cloud: Cloud SQL, Memorystore, AlloyDB."""

from collections.abc import Collection

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    fail,
    forbid_in,
    forbid_open_cidr,
    require_at_least,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)

NETWORK = "settings.ipConfiguration"
BACKUP = "settings.backupConfiguration"
ON = ("on",)
OFF = ("off",)


@rule("gcp-sql-instance-no-public-ip")
def no_public_ip(instance: Resource) -> Verdict:
    """Cloud SQL instances have a private address and no public one.

    A database that the internet cannot reach cannot be tried from there.
    """
    private = any_of(
        require_set(instance, f"{NETWORK}.privateNetwork"),
        require_true(instance, f"{NETWORK}.pscConfigs[].pscEnabled"),
    )
    return all_of(require_false(instance, f"{NETWORK}.ipv4Enabled"), private)


@rule("gcp-sql-instance-not-open-to-world")
def not_open(instance: Resource) -> Verdict:
    """No authorized network of a Cloud SQL instance is the whole internet.

    One such entry cancels all others: only the password is left to guard the data.
    """
    return forbid_open_cidr(instance, f"{NETWORK}.authorizedNetworks[].value")


@rule("gcp-sql-instance-requires-tls")
def requires_tls(instance: Resource) -> Verdict:
    """Cloud SQL instances refuse connections without TLS.

    By default they take both, and a client that forgets TLS is not told.
    """
    return require_in(instance, f"{NETWORK}.sslMode", ("ENCRYPTED_ONLY", "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"))


@rule("gcp-sql-instance-automated-backups")
def automated_backups(instance: Resource) -> Verdict:
    """Cloud SQL instances are backed up daily, and at least seven backups are kept.

    Damage is often noticed days later. A replica is restored from its primary.
    """
    if instance.present("masterInstanceName"):
        return NOT_APPLICABLE
    return all_of(
        require_true(instance, f"{BACKUP}.enabled"),
        require_at_least(instance, f"{BACKUP}.backupRetentionSettings.retainedBackups", 7, absent=PASS),
    )


@rule("gcp-sql-instance-point-in-time-recovery")
def point_in_time_recovery(instance: Resource) -> Verdict:
    """Cloud SQL instances can be restored to any moment.

    Between two daily backups a whole day of changes is lost without it.
    """
    if instance.present("masterInstanceName"):
        return NOT_APPLICABLE
    name = "binaryLogEnabled" if _engine(instance) == "MYSQL" else "pointInTimeRecoveryEnabled"
    return require_true(instance, f"{BACKUP}.{name}")


def _engine(instance: Resource) -> str:
    return str(instance.get("databaseVersion", "")).partition("_")[0]


def _flags(instance: Resource, wanted: dict[str, Collection[str]], defaults: Collection[str] = ()) -> Verdict:
    """Every flag is one of the wanted values; those in ``defaults`` are right when they are not set."""
    given = {item.get("name"): item for item in instance.items("settings.databaseFlags")}

    def check(name: str) -> Verdict:
        advice = f"add the flag {name} with {' or '.join(wanted[name])}"
        if name not in given:
            return PASS if name in defaults else fail("settings.databaseFlags", f"do not set {name}", advice)
        value = str(given[name].get("value")).lower()
        return PASS if value in wanted[name] else fail(given[name].path, f"sets {name} otherwise", advice)

    return all_in(check(name) for name in wanted)


@rule("gcp-sql-postgres-logging-flags")
def postgres_logging(instance: Resource) -> Verdict:
    """PostgreSQL logs connections and changes of structure, and no statement's data.

    An investigation starts with who was connected; statements that are logged for their duration may hold data.
    """
    if _engine(instance) != "POSTGRES":
        return NOT_APPLICABLE
    wanted: dict[str, Collection[str]] = {
        "log_connections": ON,
        "log_disconnections": ON,
        "log_statement": ("ddl", "mod", "all"),
        "log_min_messages": ("warning", "error"),
        "log_min_duration_statement": ("-1",),
    }
    return _flags(instance, wanted, ("log_min_messages", "log_min_duration_statement"))


@rule("gcp-sql-mysql-hardening-flags")
def mysql_hardening(instance: Resource) -> Verdict:
    """MySQL reads no files of its clients and shows each user only their own databases.

    local_infile lets a query read files; SHOW DATABASES tells an intruder where to look next.
    """
    if _engine(instance) != "MYSQL":
        return NOT_APPLICABLE
    return _flags(instance, {"local_infile": OFF, "skip_show_database": ON})


@rule("gcp-sql-sqlserver-hardening-flags")
def sqlserver_hardening(instance: Resource) -> Verdict:
    """SQL Server runs no external scripts, trusts no other database or server, and hides its errors' details.

    Each of these is a way from one database to the next. The flags that are off when not set may stay unset.
    """
    if _engine(instance) != "SQLSERVER":
        return NOT_APPLICABLE
    off_by_default = ("external scripts enabled", "cross db ownership chaining", "contained database authentication")
    names = {item.get("name"): item for item in instance.items("settings.databaseFlags")}
    options = names.get("user options")
    return all_of(
        _flags(instance, {**dict.fromkeys((*off_by_default, "remote access"), OFF), "3625": ON}, off_by_default),
        fail(options.path, "sets user options for everybody", "remove the flag user options") if options else PASS,
    )


@rule("gcp-sql-root-user-has-password")
def root_password(user: Resource) -> Verdict:
    """The superuser has a secret password, and root does not log in from everywhere.

    An account without a password, or with one that stands in the state in the clear, is open to whoever finds it.
    """
    name = user.get("name")
    if name not in ("root", "postgres") or user.get("type", "BUILT_IN") != "BUILT_IN":
        return NOT_APPLICABLE
    host = forbid_in(user, "host", ("%",)) if name == "root" else PASS
    if user.present("passwordWo"):
        return host
    plain = fail("password", "is not a secret", "pass it as a secret output or by passwordWo")
    password = require_set(user, "password")
    return all_of(host, password, PASS if password is not PASS or user.is_secret("password") else plain)


@rule("gcp-redis-auth-and-tls")
def redis_auth_and_tls(instance: Resource) -> Verdict:
    """Redis asks for a password and talks TLS.

    By default everyone in the network may read and change everything in it.
    """
    return all_of(
        require_true(instance, "authEnabled"),
        require_equal(instance, "transitEncryptionMode", "SERVER_AUTHENTICATION"),
    )


@rule("gcp-alloydb-instance-tls-and-private")
def alloydb_tls_and_private(instance: Resource) -> Verdict:
    """AlloyDB instances take only TLS and have no public address.

    A database that the internet cannot reach cannot be tried from there, and nobody in between reads it.
    """
    return all_of(
        require_equal(instance, "clientConnectionConfig.sslConfig.sslMode", "ENCRYPTED_ONLY"),
        require_false(instance, "networkConfig.enablePublicIp", absent=PASS),
    )
