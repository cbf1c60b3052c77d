"""The cases of the rules for databases of Google Cloud."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from support.policies import PASS, REMOVE, UNDETERMINED, Case, Trial, resource, trials


def flags(**values: str) -> list[dict[str, str]]:
    return [{"name": name.replace("__", " "), "value": value} for name, value in values.items()]


def instance(version: str, given: list[dict[str, str]]) -> Any:
    backup = {"enabled": True, "pointInTimeRecoveryEnabled": True, "binaryLogEnabled": True}
    network = {"ipv4Enabled": False, "privateNetwork": "n", "sslMode": "ENCRYPTED_ONLY"}
    settings = {"ipConfiguration": network, "backupConfiguration": backup, "databaseFlags": given}
    return resource("gcp:sql/databaseInstance:DatabaseInstance", {"databaseVersion": version, "settings": settings})


GOOD_POSTGRES = {"log_connections": "on", "log_disconnections": "on", "log_statement": "ddl"}
GOOD_MYSQL = {"local_infile": "off", "skip_show_database": "on"}
GOOD_SQLSERVER = {"remote__access": "off", "3625": "on"}
POSTGRES = instance("POSTGRES_17", flags(**GOOD_POSTGRES))
MYSQL = instance("MYSQL_8_4", flags(**GOOD_MYSQL))
SQLSERVER = instance("SQLSERVER_2022_STANDARD", flags(**GOOD_SQLSERVER))
NETWORK = "settings.ipConfiguration"
BACKUP = "settings.backupConfiguration"
FLAGS = "settings.databaseFlags"
REPLICA = {"masterInstanceName": "primary"}

CASES = [
    Case(
        "gcp-sql-instance-no-public-ip",
        POSTGRES,
        bad=[{f"{NETWORK}.ipv4Enabled": True}, {f"{NETWORK}.privateNetwork": ""}],
        also_good={f"{NETWORK}.privateNetwork": REMOVE, f"{NETWORK}.pscConfigs": [{"pscEnabled": True}]},
        unknown={f"{NETWORK}.privateNetwork": PASS},
    ),
    Case(
        "gcp-sql-instance-not-open-to-world",
        POSTGRES,
        bad={f"{NETWORK}.authorizedNetworks": [{"value": "10.1.0.0/16"}, {"value": "0.0.0.0/0"}]},
        also_good={f"{NETWORK}.authorizedNetworks": [{"value": "192.0.2.0/24"}]},
    ),
    Case(
        "gcp-sql-instance-requires-tls",
        POSTGRES,
        bad={f"{NETWORK}.sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"},
        also_good={f"{NETWORK}.sslMode": "TRUSTED_CLIENT_CERTIFICATE_REQUIRED"},
    ),
    Case(
        "gcp-sql-instance-automated-backups",
        POSTGRES,
        bad=[{f"{BACKUP}.enabled": False}, {f"{BACKUP}.backupRetentionSettings.retainedBackups": 3}],
        unrelated=REPLICA,
        absent={f"{BACKUP}.backupRetentionSettings.retainedBackups": PASS},
    ),
    Case(
        "gcp-sql-instance-point-in-time-recovery",
        POSTGRES,
        bad={f"{BACKUP}.pointInTimeRecoveryEnabled": False},
        also_good={"databaseVersion": "MYSQL_8_4", f"{BACKUP}.pointInTimeRecoveryEnabled": False},
        unrelated=REPLICA,
    ),
    Case(
        "gcp-sql-postgres-logging-flags",
        POSTGRES,
        bad=[
            {FLAGS: flags(**{**GOOD_POSTGRES, name: value})}
            for name, value in [
                ("log_connections", "off"),
                ("log_disconnections", "off"),
                ("log_statement", "none"),
                ("log_min_messages", "panic"),
                ("log_min_duration_statement", "200"),
            ]
        ],
        also_good={FLAGS: flags(**{**GOOD_POSTGRES, "log_min_messages": "error"})},
        unrelated={"databaseVersion": "MYSQL_8_4"},
    ),
    Case(
        "gcp-sql-mysql-hardening-flags",
        MYSQL,
        bad=[
            {FLAGS: flags(**{**GOOD_MYSQL, "local_infile": "on"})},
            {FLAGS: flags(**{**GOOD_MYSQL, "skip_show_database": "off"})},
            {FLAGS: flags(local_infile="off")},
        ],
        unrelated={"databaseVersion": "POSTGRES_17"},
    ),
    Case(
        "gcp-sql-sqlserver-hardening-flags",
        SQLSERVER,
        bad=[
            {FLAGS: flags(**{**GOOD_SQLSERVER, name: value})}
            for name, value in [
                ("external__scripts__enabled", "on"),
                ("cross__db__ownership__chaining", "on"),
                ("contained__database__authentication", "on"),
                ("remote__access", "on"),
                ("3625", "off"),
                ("user__options", "16"),
            ]
        ],
        unrelated={"databaseVersion": "POSTGRES_17"},
    ),
    Case(
        "gcp-sql-root-user-has-password",
        resource("gcp:sql/user:User", {"name": "root", "host": "10.0.0.1", "password": Secret("s3cret-words")}),
        bad=[{"password": ""}, {"host": "%"}],
        also_good=[
            {"name": "postgres", "host": REMOVE},
            {"password": REMOVE, "passwordWo": Secret("s3cret-words")},
        ],
        unrelated=[{"name": "app"}, {"type": "CLOUD_IAM_USER"}],
        unknown={"password": UNDETERMINED},
        guards=["host"],
    ),
    Case(
        "gcp-redis-auth-and-tls",
        resource(
            "gcp:redis/instance:Instance", {"authEnabled": True, "transitEncryptionMode": "SERVER_AUTHENTICATION"}
        ),
        bad=[{"authEnabled": False}, {"transitEncryptionMode": "DISABLED"}],
    ),
    Case(
        "gcp-alloydb-instance-tls-and-private",
        resource(
            "gcp:alloydb/instance:Instance",
            {
                "clientConnectionConfig": {"sslConfig": {"sslMode": "ENCRYPTED_ONLY"}},
                "networkConfig": {"enablePublicIp": False},
            },
        ),
        bad=[
            {"clientConnectionConfig.sslConfig.sslMode": "ALLOW_UNENCRYPTED_AND_ENCRYPTED"},
            {"networkConfig.enablePublicIp": True},
        ],
        absent={"networkConfig.enablePublicIp": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize(
    ("password", "answer"),
    [("in-the-clear", "fail"), (UNKNOWN, "fail"), (Secret(UNKNOWN), "pass"), (REMOVE, "fail")],
    ids=["plain", "unknown and not secret", "unknown secret", "absent"],
)
def test_the_password_of_root_is_a_secret(password: Any, answer: str) -> None:
    user = resource("gcp:sql/user:User", {"name": "root", "host": "10.0.0.1", "password": Secret("s3cret-words")})
    change = {"password": password}
    case = Case(
        "gcp-sql-root-user-has-password",
        user,
        bad=change if answer == "fail" else (),
        also_good=change if answer == "pass" else (),
        guards=[],
    )
    tried = [trial for trial in trials([case]) if ": bad" in trial.name or "still good" in trial.name]
    for trial in tried:
        trial.run()
    assert len(tried) == 1
