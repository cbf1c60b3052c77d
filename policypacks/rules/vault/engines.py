"""Vault's secret engines: transit, PKI, databases, AWS, KV, SSH."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_of,
    fail,
    forbid_in,
    judge,
    require,
    require_at_least,
    require_between,
    require_equal,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_policy import Statement, each_statement

DATABASES = (
    "hana",
    "mongodb",
    "mssql",
    "mysql",
    "mysqlAurora",
    "mysqlLegacy",
    "mysqlRds",
    "oracle",
    "postgresql",
    "redshift",
    "snowflake",
)
"""Kinds of connection that take a ``connectionUrl``."""

PLAIN_URL = Pattern(r"\b(?:sslmode=disable|tls=false|ssl=false|encrypt=disable|encrypt=false)\b", ignore_case=True)


def _maximum(default: int, what: str) -> dict[str, dict[str, object]]:
    return {"maximum_seconds": {"type": "integer", "minimum": 1, "default": default, "description": what}}


@rule("vault-transit-key-not-exportable")
def transit_not_exportable(key: Resource) -> Verdict:
    """Transit keys cannot leave Vault.

    A key that was exported once can be anywhere; neither setting can be taken back.
    """
    return require_false(key, "exportable", "allowPlaintextBackup")


@rule("vault-transit-key-not-deletable")
def transit_not_deletable(key: Resource) -> Verdict:
    """Transit keys cannot be deleted.

    With the key goes all data encrypted under it.
    """
    return require_false(key, "deletionAllowed")


@rule("vault-transit-key-auto-rotates")
def transit_rotates(key: Resource) -> Verdict:
    """Transit keys rotate at least once a year.

    Zero, the default, never rotates.
    """
    return require_between(key, "autoRotatePeriod", 3600, 31_536_000, unit="seconds")


@rule("vault-transit-key-strong-type")
def transit_strong(key: Resource) -> Verdict:
    """Transit keys are of a strong type.

    RSA of 2048 bits is near the end of its time (NIST SP 800-57); the default, aes256-gcm96, is strong.
    """
    return forbid_in(key, "type", ("rsa-2048", "aes128-gcm96", "aes128-cmac"))


@rule("vault-pki-role-short-lived", config=_maximum(2_592_000, "longest life of a certificate"))
def pki_short_lived(role: Resource) -> Verdict:
    """Certificates live for thirty days at most.

    Revocation is checked by few; a short life ends a stolen certificate for sure.
    """
    return all_of(require_set(role, "maxTtl"), _duration(role, "maxTtl", role.config["maximum_seconds"]))


UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}


def _seconds(value: object) -> float | None:
    """A duration as Vault takes it: seconds, or a number with a unit (``720h``)."""
    text = str(value)
    factor = UNITS.get(text[-1:], 0)
    number = text[:-1] if factor else text
    try:
        return float(number) * (factor or 1)
    except ValueError:
        return None


def _duration(node: Node, path: str, maximum: float) -> Verdict:
    def test(value: object) -> bool:
        seconds = _seconds(value)
        return seconds is not None and 0 < seconds <= maximum

    return require(
        node,
        path,
        test=test,
        problem=f"is not between 1 and {maximum} seconds",
        remedy=f"set {{path}} to at most {maximum}",
    )


@rule("vault-pki-role-restricts-names")
def pki_names(role: Resource) -> Verdict:
    """PKI roles issue certificates for their own names only.

    Who gets a certificate for any name can stand in for anyone.
    """
    return all_of(
        require_false(role, "allowAnyName"),
        require_true(role, "enforceHostnames"),
        forbid_in(role, "allowedDomains", ("*",)),
    )


@rule("vault-pki-role-strong-keys")
def pki_keys(role: Resource) -> Verdict:
    """Certificates have strong keys.

    The defaults, RSA of 2048 bits for roles, are enough for certificates; a root lives longer and needs 4096.
    """
    root = role.type.endswith(":SecretBackendRootCert")
    kind = role.get("keyType", "rsa")
    if kind == "rsa":
        wanted = 4096 if root else 2048
        missing = fail("keyBits", "is not set", f"set it to {wanted}") if root else PASS
        return require_at_least(role, "keyBits", wanted, unit="bits", absent=missing)
    if kind == "ec":
        return require_at_least(role, "keyBits", 256, unit="bits")
    return require_in(role, "keyType", ("ed25519", "any"))


@rule("vault-pki-root-not-exported")
def pki_root_internal(certificate: Resource) -> Verdict:
    """Private keys of authorities stay in Vault or in an HSM.

    With type exported the key is handed to whoever makes the authority, and lands in the state.
    """
    return require_in(certificate, "type", ("internal", "kms", "existing"))


@rule("vault-database-role-short-ttl", config=_maximum(86_400, "longest life of a database user"))
def database_ttl(role: Resource) -> Verdict:
    """Database users live for a day at most.

    A credential that leaks is good for as long as it lives.
    """
    return require_between(role, "maxTtl", 1, role.config["maximum_seconds"], unit="seconds")


@rule("vault-database-static-role-rotates")
def static_role_rotates(role: Resource) -> Verdict:
    """Passwords of static database users rotate at least every ninety days.

    PCI DSS 8.6.3 asks for a frequency; a password that never changes stays good for all who have seen it.
    """
    return any_of(
        require_between(role, "rotationPeriod", 1, 7_776_000, unit="seconds"), require_set(role, "rotationSchedule")
    )


@rule("vault-database-connection-tls")
def database_tls(connection: Resource) -> Verdict:
    """Vault speaks TLS to databases.

    On this connection travel the administrator's password and every password that is made.
    """
    return all_in(
        require(
            connection,
            f"{kind}.connectionUrl",
            test=lambda url: PLAIN_URL.find(str(url)) is None,
            problem="turns TLS off",
            remedy="ask for verified TLS in {path}",
        )
        for kind in DATABASES
    )


@rule("vault-database-connection-verified-and-scoped")
def database_scoped(connection: Resource) -> Verdict:
    """Database connections are tried when made, and name the roles that may use them.

    With * every role of the mount makes users in this database.
    """
    return all_of(
        require_true(connection, "verifyConnection", absent=PASS), forbid_in(connection, "allowedRoles", ("*",))
    )


@rule("vault-database-root-rotated")
def database_root(connection: Resource) -> Verdict:
    """Vault's own password for a database rotates.

    Whoever set up the connection has seen the first one.
    """
    return any_of(
        require_at_least(connection, "rotationPeriod", 1, unit="seconds"), require_set(connection, "rotationSchedule")
    )


@rule("vault-aws-role-uses-sts")
def aws_sts(role: Resource) -> Verdict:
    """AWS credentials come from STS.

    Users of IAM are made slowly, limited in number, and stay when a lease is lost.
    """
    return require_in(role, "credentialType", ("assumed_role", "federation_token", "session_token"))


@rule("vault-aws-secret-backend-no-static-keys")
def aws_no_keys(backend: Resource) -> Verdict:
    """Vault signs in to AWS without a key of its own, or the key is a Pulumi secret.

    A plain key stands readable in the program and in the state, and can make credentials for everything Vault may.
    """

    def check(node: Node) -> Verdict:
        if not node.exists() or node.is_secret():
            return PASS
        node.read()
        return fail(node.path, "is not a Pulumi secret", "use identityTokenAudience with roleArn, or a Pulumi secret")

    return all_in(judge(check, backend.at(path)) for path in ("accessKey", "secretKey"))


@rule("vault-aws-role-policy-not-admin")
def aws_not_admin(role: Resource) -> Verdict:
    """Roles for AWS grant no administration.

    Whoever may read the path would be the administrator of the account.
    """

    def admin(statement: Statement) -> Verdict:
        if statement.allow and "*" in statement.actions and "*" in statement.resources:
            return fail("policyDocument", "allows every action on everything", "name actions and resources")
        return PASS

    arns = require(
        role,
        "policyArns",
        test=lambda value: not any(str(arn).endswith("/AdministratorAccess") for arn in value),
        problem="holds AdministratorAccess",
        remedy="name narrower policies in {path}",
    )
    document = each_statement(role, "policyDocument", admin) if role.present("policyDocument") else NOT_APPLICABLE
    return all_of(arns, document)


@rule("vault-kv-secret-versions-bounded")
def kv_versions(engine: Resource) -> Verdict:
    """KV engines keep a bounded number of versions, and writers say which one they replace.

    Two writers that do not know of each other overwrite each other's secrets.
    """
    return all_of(require_at_least(engine, "maxVersions", 1), require_true(engine, "casRequired"))


@rule("vault-kv-value-from-pulumi-secret")
def kv_secret(secret: Resource) -> Verdict:
    """Values that go into Vault are Pulumi secrets.

    A plain value stands readable in the program, in the state and in every preview.
    """

    def check(node: Node) -> Verdict:
        if not node.exists():
            return NOT_APPLICABLE
        if node.is_secret():
            return PASS
        node.read()
        return fail(node.path, "is not a Pulumi secret", f"wrap {node.path} in Output.secret")

    found = all_in(judge(check, secret.at(path)) for path in ("dataJson", "dataJsonWo"))
    return fail("dataJson", "is not set", "set it to a Pulumi secret") if found is NOT_APPLICABLE else found


@rule("vault-ssh-role-restricted", config=_maximum(86_400, "longest life of a certificate"))
def ssh_restricted(role: Resource) -> Verdict:
    """SSH roles sign short-lived certificates for named users.

    Certificates replace keys that lie on servers for ever; for any user, or without an end, they are no better.
    """
    return all_of(
        require_equal(role, "keyType", "ca"),
        require(
            role,
            "allowedUsers",
            test=lambda value: "*" not in [part.strip() for part in str(value).split(",")],
            problem="lets in as any user",
            remedy="name the users in {path}",
            absent=PASS,
        ),
        _duration(role, "maxTtl", role.config["maximum_seconds"]),
    )
