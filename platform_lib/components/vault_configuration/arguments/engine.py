"""The arguments of secrets engines. No field takes a secret of an application: values are written to the servers."""

import re

from pydantic import Field, field_validator

from platform_lib.components.vault_configuration.arguments.shared import (
    RotationArgs,
    check_cidrs,
    check_day,
    check_mount,
    check_owner,
)
from platform_lib.components.vault_configuration.kind import DatabaseKind, RotationDays, TransitKeyKind
from platform_lib.core.args import ComponentArgs
from platform_lib.core.aws import check_region
from platform_lib.core.checks import check_name, each_once
from platform_lib.core.inputs import Input
from platform_lib.core.validation import FieldError

_DOMAIN = re.compile(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")
_USER = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,62}")
_HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_FILE = re.compile(r"(/[A-Za-z0-9._-]+)+")
_ROLE = re.compile(r"arn:[\w-]+:iam::\d{12}:role/.+")
_DAY = 86_400


class EngineArgs(ComponentArgs):
    """What every engine has; each kind of engine names the field anew, for the schema takes no inherited ones."""

    path: str | None = None

    @field_validator("path")
    @classmethod
    def _check_path(cls, value: str | None) -> str | None:
        return value if value is None else check_mount(value)


class NamedArgs(ComponentArgs):
    """Something with a name, which it names anew too."""

    name: str

    @field_validator("name")
    @classmethod
    def _check_name(cls, value: str) -> str:
        return check_name(value)


class KvEngineArgs(EngineArgs):
    """Secrets that are written and read, with versions (KV version 2). Writers say which version they replace."""

    path: str | None = None
    """Path of the engine; left out means ``kv``. Another path is another engine: it begins empty, and the old one goes
    with what it holds."""

    maximum_versions: int | None = Field(default=None, ge=1, le=100)
    """How many versions of a secret are kept, 1 to 100; left out means 10."""


class DatabaseConnectionArgs(NamedArgs):
    """A database and the user by which the servers make others."""

    name: str
    """Name of the connection, unique in its engine."""

    kind: DatabaseKind
    """The database."""

    host: Input[str]
    """Its host name."""

    port: int | None = Field(default=None, ge=1, le=65_535)
    """Its port; left out means the usual one of the kind."""

    database: str | None = None
    """Name of the database; left out means ``postgres``, ``admin`` for MongoDB, ``master`` for SQL Server, none for
    MySQL."""

    username: Input[str]
    """The user by which the servers log in, one that is theirs alone."""

    password: Input[str]
    """Its first password; a secret in the state whatever is given. Rotate it once the connection stands
    (``<engine>/rotate-root/<name>``): from then on only the servers know it."""

    ca_certificate: Input[str] | None = None
    """Certificate of the authority that signed the database's, PEM; left out means those of the servers' system. The
    connection is encrypted and the certificate checked in either case. SQL Server takes none, nor does PostgreSQL on
    OpenBao."""

    ca_path: str | None = None
    """Path of that certificate on the servers, for PostgreSQL alone; left out means ``ca_certificate``, or those of the
    servers' system."""

    rotation: RotationArgs
    """Entry of the ledger for ``password``. With Vault Enterprise 1.19 or newer the servers rotate it by themselves, as
    often as ``maximum_days`` says."""

    verify: bool | None = None
    """Whether the servers try the connection when it is made; left out means true."""

    @field_validator("host")
    @classmethod
    def _check_host(cls, value: Input[str]) -> Input[str]:
        if isinstance(value, str) and not _HOST.fullmatch(value):
            raise FieldError("is not a host name", "leave out protocol and port")
        return value

    @field_validator("ca_path")
    @classmethod
    def _check_ca_path(cls, value: str | None) -> str | None:
        if value is not None and not _FILE.fullmatch(value):
            raise FieldError("is not an absolute path of a file")
        return value

    @field_validator("database")
    @classmethod
    def _check_database(cls, value: str | None) -> str | None:
        if value is not None and not _USER.fullmatch(value):
            raise FieldError("is not a name of a database")
        return value


class DatabaseRoleArgs(NamedArgs):
    """Users that are made when somebody asks and are gone when their lease ends."""

    name: str
    """Name of the role, unique in its engine."""

    connection: str
    """Name of the connection."""

    creation_statements: list[str] = Field(min_length=1)
    """What makes a user, with ``{{name}}``, ``{{password}}`` and ``{{expiration}}``."""

    revocation_statements: list[str] | None = Field(default=None, min_length=1)
    """What removes it; left out means what the plugin does by itself."""

    ttl_seconds: int | None = Field(default=None, ge=60, le=_DAY)
    """Life of a user until its lease must be renewed, 60 to 86,400 seconds; left out means 3,600."""

    maximum_seconds: int | None = Field(default=None, ge=60, le=_DAY)
    """Its life with all renewals, 60 to 86,400 seconds; left out means 86,400."""


class DatabaseStaticRoleArgs(NamedArgs):
    """A user that exists, and whose password the engine changes."""

    name: str
    """Name of the role, unique in its engine."""

    connection: str
    """Name of the connection."""

    username: str
    """The user."""

    maximum_days: RotationDays | None = None
    """How old its password becomes: 30, 60 or 90 days; left out means 30."""

    owner: str | None = None
    """The team that answers for it; left out means the owner of the context."""

    @field_validator("username")
    @classmethod
    def _check_user(cls, value: str) -> str:
        if not _USER.fullmatch(value):
            raise FieldError("is not a name of a user")
        return value

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: str | None) -> str | None:
        return check_owner(value)


class DatabaseEngineArgs(EngineArgs):
    """Users of databases."""

    path: str | None = None
    """Path of the engine; left out means ``database``. Another path is another engine: it begins empty, and the old one
    goes with what it holds."""

    connections: list[DatabaseConnectionArgs] = Field(min_length=1)
    """The databases."""

    roles: list[DatabaseRoleArgs] | None = Field(default=None, min_length=1)
    """Users that are made on demand; left out means none."""

    static_roles: list[DatabaseStaticRoleArgs] | None = Field(default=None, min_length=1)
    """Users whose password is changed; left out means none."""


class AwsEngineRoleArgs(NamedArgs):
    """Credentials of a role of IAM, from STS. There is no other kind: users of IAM stay when a lease is lost."""

    name: str
    """Name of the role, unique in its engine."""

    role_arns: list[str] = Field(min_length=1)
    """ARNs of the roles that may be taken on."""

    ttl_seconds: int | None = Field(default=None, ge=900, le=43_200)
    """Life of the credentials, 900 to 43,200 seconds (the bounds of AWS STS); left out means 3,600."""

    policy_document: Input[str] | None = None
    """Policy (JSON) that narrows what the role may do; left out means that it is not narrowed."""

    @field_validator("role_arns")
    @classmethod
    def _check_arns(cls, value: list[str]) -> list[str]:
        for index, text in enumerate(value):
            if not _ROLE.fullmatch(text):
                raise FieldError("is not the arn of a role of IAM", path=f"[{index}]")
        return each_once(value) or []


class AwsEngineArgs(EngineArgs):
    """Credentials of AWS. The servers take roles on with their own role, without a key."""

    path: str | None = None
    """Path of the engine; left out means ``aws``. Another path is another engine: it begins empty, and the old one goes
    with what it holds."""

    region: str
    """Region of the STS that is asked."""

    roles: list[AwsEngineRoleArgs] = Field(min_length=1)
    """Its roles."""

    _check_region = field_validator("region")(check_region)


class PkiRoleArgs(NamedArgs):
    """Certificates that may be asked for."""

    name: str
    """Name of the role, unique in its engine."""

    allowed_domains: list[str] = Field(min_length=1)
    """Domains that certificates may be for, such as ``shop.internal``."""

    subdomains_allowed: bool | None = None
    """Whether names below the domains are allowed; left out means true."""

    bare_domains_allowed: bool | None = None
    """Whether the domains themselves are allowed; left out means false."""

    client_certificates: bool | None = None
    """Whether certificates are good for clients too; left out means true."""

    ttl_hours: int | None = Field(default=None, ge=1, le=720)
    """Longest life of a certificate, 1 to 720 hours (30 days); left out means 72."""

    @field_validator("allowed_domains")
    @classmethod
    def _check_domains(cls, value: list[str]) -> list[str]:
        for index, text in enumerate(value):
            if not _DOMAIN.fullmatch(text):
                raise FieldError("is not a domain", "write it as 'shop.internal'", path=f"[{index}]")
        return each_once(value) or []


class PkiEngineArgs(EngineArgs):
    """An intermediate authority, whose key is made on the servers and never leaves them.

    Its root is offline and none of ours: the first ``up`` gives a request (output ``certificate_requests``), the root
    signs it, and the second ``up`` takes the certificate (``signed_certificate``).
    """

    path: str | None = None
    """Path of the engine; left out means ``pki``. Another path is another engine: it begins empty, and the old one goes
    with what it holds."""

    common_name: str = Field(min_length=1, max_length=64)
    """Name of the authority."""

    organization: str | None = Field(default=None, min_length=1, max_length=64)
    """Organisation in its name; left out means none."""

    signed_certificate: Input[str] | None = None
    """The certificate that the root signed, and the root's below it, PEM; left out until there is one. Until then no
    certificate can be issued."""

    signed_on: str | None = None
    """Day of that signature, such as ``2026-03-31``; required with ``signed_certificate``."""

    valid_days: int | None = Field(default=None, ge=90, le=3_650)
    """For how long the root signed, 90 to 3,650 days; left out means 1,095 (three years). It is only what the ledger
    counts with: the root decides."""

    owner: str | None = None
    """The team that has it signed; left out means the owner of the context."""

    roles: list[PkiRoleArgs] = Field(min_length=1)
    """Which certificates may be asked for."""

    @field_validator("signed_on")
    @classmethod
    def _check_day(cls, value: str | None) -> str | None:
        return value if value is None else check_day(value)

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: str | None) -> str | None:
        return check_owner(value)


class SshRoleArgs(NamedArgs):
    """Certificates for people who log in to machines."""

    name: str
    """Name of the role, unique in its engine."""

    allowed_users: list[str] = Field(min_length=1)
    """Users of machines that certificates may be for, each by name."""

    default_user: str | None = None
    """The one among them that is meant where none is named; left out means the first one."""

    ttl_seconds: int | None = Field(default=None, ge=60, le=_DAY)
    """Life of a certificate, 60 to 86,400 seconds; left out means 1,800."""

    source_cidrs: list[str] | None = Field(default=None, min_length=1)
    """IPv4 ranges from which machines take the certificate; left out means any."""

    @field_validator("allowed_users")
    @classmethod
    def _check_users(cls, value: list[str]) -> list[str]:
        for index, text in enumerate(value):
            if not _USER.fullmatch(text):
                raise FieldError("is not a name of a user", "name each one; '*' lets in as anybody", path=f"[{index}]")
        return each_once(value) or []

    @field_validator("source_cidrs")
    @classmethod
    def _check_cidrs(cls, value: list[str] | None) -> list[str] | None:
        return check_cidrs(value)


class SshEngineArgs(EngineArgs):
    """An authority for SSH, whose key is made on the servers and never leaves them (ed25519)."""

    path: str | None = None
    """Path of the engine; left out means ``ssh``. Another path is another engine: it begins empty, and the old one goes
    with what it holds."""

    roles: list[SshRoleArgs] = Field(min_length=1)
    """Which certificates may be asked for."""


class TransitKeyArgs(NamedArgs):
    """A key that encrypts or signs for others and never leaves the servers."""

    name: str
    """Name of the key, unique in its engine."""

    kind: TransitKeyKind | None = None
    """What key it is; left out means ``aes256-gcm96``. Another kind replaces the key."""

    maximum_days: RotationDays | None = None
    """After how many days the engine makes a new version: 30, 60 or 90; left out means 90."""

    minimum_decryption_version: int | None = Field(default=None, ge=1)
    """Versions before it decrypt nothing any more; left out means that all do."""

    owner: str | None = None
    """The team that answers for it; left out means the owner of the context."""

    @field_validator("owner")
    @classmethod
    def _check_owner(cls, value: str | None) -> str | None:
        return check_owner(value)


class TransitEngineArgs(EngineArgs):
    """Encryption as a service."""

    path: str | None = None
    """Path of the engine; left out means ``transit``. Another path is another engine: it begins empty, and the old one
    goes with what it holds."""

    keys: list[TransitKeyArgs] = Field(min_length=1)
    """Its keys."""


class EnginesArgs(ComponentArgs):
    """The secrets engines; several of a kind have paths of their own."""

    kv: list[KvEngineArgs] | None = Field(default=None, min_length=1)
    """Secrets with versions."""

    database: list[DatabaseEngineArgs] | None = Field(default=None, min_length=1)
    """Users of databases."""

    aws: list[AwsEngineArgs] | None = Field(default=None, min_length=1)
    """Credentials of AWS; a plugin of its own on OpenBao."""

    pki: list[PkiEngineArgs] | None = Field(default=None, min_length=1)
    """Certificates."""

    ssh: list[SshEngineArgs] | None = Field(default=None, min_length=1)
    """Certificates for SSH."""

    transit: list[TransitEngineArgs] | None = Field(default=None, min_length=1)
    """Encryption as a service."""

    seal_wrapped: bool | None = None
    """Whether engines are wrapped by the seal as well, which Vault Enterprise alone can do; left out means where it
    can. It cannot be changed later: say false before servers with engines on them become Enterprise."""
