"""The closed choices of a configuration: capabilities, ages, databases, keys, consumers, plugins."""

from enum import IntEnum, StrEnum


class PolicyCapability(StrEnum):
    """What a policy may allow on a path (https://openbao.org/docs/concepts/policies/#capabilities).

    There is no ``sudo``: it opens the paths that otherwise need a root token, and those belong to who runs the servers.
    """

    CREATE = "create"
    READ = "read"
    UPDATE = "update"
    PATCH = "patch"
    DELETE = "delete"
    LIST = "list"
    SCAN = "scan"
    DENY = "deny"


class RotationDays(IntEnum):
    """The rotation policies: how old a secret may become, in days."""

    DAYS_30 = 30
    DAYS_60 = 60
    DAYS_90 = 90


class SecretKind(StrEnum):
    """What an entry of the rotation ledger is about."""

    STATIC_SECRET = "static-secret"  # noqa: S105 - names of kinds, no secrets
    CLIENT_SECRET = "client-secret"  # noqa: S105
    REVIEWER_TOKEN = "reviewer-token"  # noqa: S105
    DATABASE_ROOT = "database-root"
    DATABASE_USER = "database-user"
    TRANSIT_KEY = "transit-key"
    INTERMEDIATE = "intermediate"
    BREAK_GLASS_REVIEW = "break-glass-review"


class Rotator(StrEnum):
    """Who rotates: the engine by itself, or people."""

    ENGINE = "engine"
    PEOPLE = "people"


class DatabaseKind(StrEnum):
    """Databases that the component can connect."""

    POSTGRESQL = "postgresql"
    MYSQL = "mysql"
    MYSQL_AURORA = "mysql-aurora"
    MYSQL_RDS = "mysql-rds"
    MONGODB = "mongodb"
    MSSQL = "mssql"


class TransitKeyKind(StrEnum):
    """Kinds of keys for transit that both engines have and that are strong."""

    AES_256 = "aes256-gcm96"
    CHACHA20 = "chacha20-poly1305"
    ECDSA_P256 = "ecdsa-p256"
    ECDSA_P384 = "ecdsa-p384"
    ED25519 = "ed25519"
    RSA_4096 = "rsa-4096"


class SigningAlgorithm(StrEnum):
    """Algorithms by which issuers sign tokens, none of them with a shared secret."""

    RS256 = "RS256"
    RS384 = "RS384"
    RS512 = "RS512"
    PS256 = "PS256"
    PS384 = "PS384"
    PS512 = "PS512"
    ES256 = "ES256"
    ES384 = "ES384"
    ES512 = "ES512"
    EDDSA = "EdDSA"


class ConsumerKind(StrEnum):
    """How pods get secrets."""

    AGENT = "agent"
    CSI = "csi"
    OPERATOR = "operator"


class ExternalPlugin(StrEnum):
    """Plugins that OpenBao does not ship, and that its operators can register on the servers."""

    AUTH_AWS = "auth-aws"
    AUTH_AZURE = "auth-azure"
    AUTH_GITHUB = "auth-github"
    SECRETS_AWS = "secrets-aws"


class Approval(StrEnum):
    """How two people are made necessary for break-glass access."""

    CONTROL_GROUP = "control-group"
    SPLIT_CREDENTIAL = "split-credential"
