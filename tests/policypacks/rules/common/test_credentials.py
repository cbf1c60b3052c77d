"""What is taken for a credential, and what only says where one is kept."""

import pytest

from policypacks.rules.common.credentials import credential_in, credential_in_variable

ARN = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:shop/db-password-AbCdEf"


@pytest.mark.parametrize(
    "text",
    [
        f"DB_SECRET_ARN={ARN}",
        f"DB_PASSWORD={ARN}",
        f"aws secretsmanager get-secret-value --secret-id {ARN}",
        f'"valueFrom": "{ARN}:password::"',
        "DB_PASSWORD_FILE=run-secrets-db",
        'passwordRef: "database-main"',
        "SECRET_NAME=shop-database",
        "secret_version: 0000000001",
        "password: $DB_PASSWORD",
        "password=changeme-please",
        "password=/run/secrets/db",
        "secret: projects/shop/secrets/db/versions/1",
        "password: {{resolve:secretsmanager:shop:SecretString:password}}",
        "",
    ],
)
def test_where_a_secret_is_kept_is_no_secret(text: str) -> None:
    assert credential_in(text) is None


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("DB_PASSWORD=hunter2-hunter2", "a password"),
        ('{"password": "hunter2-hunter2"}', "a password"),
        ("--api-key=0123456789abcdef", "a password"),
        ("--api_key=0123456789abcdef", "a password"),
        (f"DB_SECRET_ARN={ARN}\nDB_PASSWORD=hunter2-hunter2", "a password"),
        ("password=changeme\npassword=hunter2-hunter2", "a password"),
        ("DB_SECRET_ARN=AKIAIOSFODNN7EXAMPLE", "an AWS access key id"),
        ("url=postgres://me:hunter2-hunter2@db/shop", "a password in an address"),
    ],
)
def test_a_credential_is_found_wherever_it_stands(text: str, kind: str | None) -> None:
    assert credential_in(text) == kind


def test_a_variable_is_its_name_and_its_value() -> None:
    assert credential_in_variable("DB_PASSWORD", "hunter2-hunter2") == "a password"
    assert credential_in_variable("DB_PASSWORD", None) is None
    assert credential_in_variable("DB_SECRET_ARN", ARN) is None
