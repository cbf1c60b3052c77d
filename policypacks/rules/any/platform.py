"""What holds for every resource of every provider: options, secrets, credentials."""

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache, reduce
from typing import Any

from platform_lib.core.values import UNKNOWN
from policypacks.engine.path import join
from policypacks.engine.record import catalogue
from policypacks.engine.remedy import pod_spec_paths
from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_in,
    fail,
    forbid_in,
    require_at_least,
    require_in,
    rule,
    undetermined,
)
from policypacks.engine.token import canonical
from policypacks.rules.common.credentials import credential_in

SENSITIVE = (
    "adminPassword",
    "administratorLoginPassword",
    "connectionString",
    "dataJson",
    "masterPassword",
    "masterUserPassword",
    "password",
    "privateKey",
    "secretKey",
    "secretString",
    "stringData",
    "token",
)
JWT = Pattern(r"\beyJ[A-Za-z0-9_-]{10,4000}\.eyJ[A-Za-z0-9_-]{10,4000}\.[A-Za-z0-9_-]{10,2000}")


@lru_cache(maxsize=1)
def _guarded() -> Mapping[str, frozenset[str]]:
    """Type token to the property paths that some check of the catalogue reads."""
    found: dict[str, set[str]] = {}
    for record in catalogue().values():
        for token in record.resources:
            kind = token.rpartition(":")[2]
            for entry in record.properties:
                owner, colon, path = entry.rpartition(":")
                if (colon and owner != kind) or path.startswith(("opts.", "provider.")):
                    continue
                plain = path.replace("$POD", pod_spec_paths().get(token, "spec"))
                found.setdefault(canonical(token), set()).add(_without_marks(plain))
    return {token: frozenset(paths) for token, paths in found.items()}


def _without_marks(path: str) -> str:
    return path.replace("[*]", "").replace("[]", "").replace("{}", "")


@rule(
    "platform-no-ignored-security-properties",
    config={
        "allowed": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["spec.replicas", "webhooks.clientConfig.caBundle"],
            "description": "properties that may be ignored: those that an autoscaler or a webhook's controller owns",
        }
    },
)
def ignored_properties(resource: Resource) -> Verdict:
    """Changes are ignored only where no check looks.

    What is ignored drifts unseen: the program says one thing, the cloud another, and every check reads the program.
    """
    allowed = resource.config["allowed"]
    given = resource.option("ignoreChanges")
    if given is UNKNOWN:
        return undetermined("opts.ignoreChanges")
    for ignored in given or ():
        plain = _without_marks(str(ignored))
        if plain in allowed:
            continue
        for path in _guarded().get(resource.type, ()):
            if plain == "*" or path == plain or path.startswith(f"{plain}.") or plain.startswith(f"{path}."):
                return fail("opts.ignoreChanges", f"ignores {ignored}, which a check reads", "remove it from the list")
    return PASS


def _leaves(node: Node, key: str = "") -> Iterator[tuple[str, Node]]:
    """Every value that is not a map or a list, with the name of the property that it stands under."""
    if isinstance(node.value, dict):
        for name, entry in node.entries():
            yield from _leaves(entry, name)
    elif isinstance(node.value, list):
        for entry in node.spread():
            yield from _leaves(entry, key)
    else:
        yield key, node


def _sensitive(node: Node, names: frozenset[str]) -> Iterator[Node]:
    if isinstance(node.value, dict):
        for name, entry in node.entries():
            if name in names:
                yield from (leaf for _, leaf in _leaves(entry))
            else:
                yield from _sensitive(entry, names)
    elif isinstance(node.value, list):
        for entry in node.spread():
            yield from _sensitive(entry, names)


@rule(
    "platform-sensitive-inputs-are-secrets",
    config={
        "names": {
            "type": "array",
            "items": {"type": "string"},
            "default": list(SENSITIVE),
            "description": "names of inputs that are always sensitive",
        }
    },
)
def sensitive_inputs(resource: Resource) -> Verdict:
    """Sensitive inputs are Pulumi secrets.

    A plain value stands readable in the program, in the state and in every preview.
    """
    names = frozenset(resource.config["names"])

    def check(leaf: Node) -> Verdict:
        if leaf.secret or not leaf.exists() or isinstance(leaf.value, bool):
            return PASS
        if leaf.value is UNKNOWN or not resource.facts.secrets:
            return undetermined(leaf.path)
        return fail(
            leaf.path, "is not a Pulumi secret", "wrap it in Output.secret, or read it by config.require_secret"
        )

    if not _has_key(resource.facts.properties, names):
        return PASS
    return all_in([PASS, *(check(leaf) for leaf in _sensitive(resource, names))])


def _has_key(value: Any, names: frozenset[str]) -> bool:
    """Whether a map anywhere in a value, outside of secrets, has one of the keys."""
    rest = [value]
    for entry in rest:
        if isinstance(entry, dict):
            if not names.isdisjoint(entry):
                return True
            rest += [inner for inner in entry.values() if inner.__class__ is not str]
        elif isinstance(entry, list):
            rest += [inner for inner in entry if inner.__class__ is not str]
    return False


@rule("platform-no-plaintext-credential-anywhere")
def no_credentials(resource: Resource) -> Verdict:
    """No input holds a credential as plain text.

    Text that looks like a key, a token or an address with a password is one, wherever it stands.
    """
    found = [PASS]
    for steps, kind in _open_leaves(resource.facts.properties):
        path = reduce(join, steps, "")
        if kind is UNKNOWN or not resource.facts.secrets:
            found.append(undetermined(path))
        else:
            found.append(fail(path, f"holds {kind}", "keep it in a secret store, and pass it as a Pulumi secret"))
    return all_in(found)


def _open_leaves(value: dict[str, Any] | list[Any]) -> list[tuple[tuple[str | int, ...], Any]]:
    """Where outside of secrets a credential stands, with its kind, or an unknown: the steps to it.

    Every input of every resource is looked at here: what holds nothing costs no path.
    """
    entries: Iterable[tuple[str | int, Any]] = value.items() if isinstance(value, dict) else enumerate(value)
    found: list[tuple[tuple[str | int, ...], Any]] = []
    for step, entry in entries:
        kind = entry.__class__
        if kind is str:
            credential = credential_in(entry) or ("a JSON web token" if "eyJ" in entry and JWT.find(entry) else None)
            if credential:
                found.append(((step,), credential))
        elif entry is UNKNOWN:
            found.append(((step,), UNKNOWN))
        elif kind is dict or kind is list:
            found += [((step, *rest), what) for rest, what in _open_leaves(entry)]
    return found


STATEFUL = frozenset(
    {
        "aws:backup/vault:Vault",
        "aws:docdb/cluster:Cluster",
        "aws:dynamodb/table:Table",
        "aws:ebs/volume:Volume",
        "aws:efs/fileSystem:FileSystem",
        "aws:kms/key:Key",
        "aws:neptune/cluster:Cluster",
        "aws:rds/cluster:Cluster",
        "aws:rds/instance:Instance",
        "aws:redshift/cluster:Cluster",
        "aws:s3/bucket:Bucket",
        "aws:secretsmanager/secret:Secret",
        "azure-native:compute:Disk",
        "azure-native:cosmosdb:DatabaseAccount",
        "azure-native:dbformysql:Server",
        "azure-native:dbforpostgresql:Server",
        "azure-native:keyvault:Key",
        "azure-native:keyvault:Vault",
        "azure-native:recoveryservices:Vault",
        "azure-native:sql:Database",
        "azure-native:sql:Server",
        "azure-native:storage:StorageAccount",
        "gcp:bigquery/dataset:Dataset",
        "gcp:compute/disk:Disk",
        "gcp:kms/cryptoKey:CryptoKey",
        "gcp:sql/databaseInstance:DatabaseInstance",
        "gcp:storage/bucket:Bucket",
        "kubernetes:core/v1:PersistentVolumeClaim",
        "vault:index/mount:Mount",
    }
)
"""Types whose loss is a loss of data."""


@rule("platform-random-password-strength", subject="random:index/randomPassword:RandomPassword")
def random_password(password: Resource) -> Verdict:
    """Passwords that are made have at least sixteen characters, special ones among them.

    Shorter ones can be guessed offline once a hash leaks.
    """
    return all_in([require_at_least(password, "length", 16), forbid_in(password, "special", (False,), absent=PASS)])


@rule("platform-tls-private-key-strength", subject="tls:index/privateKey:PrivateKey")
def private_key(key: Resource) -> Verdict:
    """Private keys that are made are elliptic, or RSA of at least 3072 bits.

    Shorter keys do not last as long as what they sign (NIST SP 800-57).
    """
    if key.get("algorithm") == "RSA":
        return require_at_least(key, "rsaBits", 3072, unit="bits")
    return require_in(key, "algorithm", ("ECDSA", "ED25519"))


@rule("platform-no-delete-before-replace-on-stateful", subject=sorted(STATEFUL))
def delete_before_replace(resource: Resource) -> Verdict:
    """Resources that hold data are not deleted before their successor stands.

    When the successor fails, the data is gone and nothing stands.
    """
    before = resource.option("deleteBeforeReplace")
    if before is UNKNOWN:
        return undetermined("opts.deleteBeforeReplace")
    return fail("opts.deleteBeforeReplace", "is true", "remove it") if before is True else PASS


@rule("platform-stateful-resource-protected", subject=sorted(STATEFUL))
def protected(resource: Resource) -> Verdict:
    """In production resources that hold data are protected.

    Without the option one wrong rename deletes them.
    """
    if not resource.production:
        return NOT_APPLICABLE
    found = resource.option("protect")
    if found is UNKNOWN:
        return undetermined("opts.protect")
    return PASS if found is True else fail("opts.protect", "is not true", "set protect=True in the resource options")
