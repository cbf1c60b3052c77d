"""RDS: how databases are encrypted, who reaches them, how one signs in."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    forbid_in,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key, require_managed_password

INSTANCE = "aws:rds/instance:Instance"
CLUSTER = "aws:rds/cluster:Cluster"
MEMBER = "aws:rds/clusterInstance:ClusterInstance"
ORIGINS = ("snapshotIdentifier", "replicateSourceDb", "replicationSourceIdentifier", "restoreToPointInTime")
"""Properties that name what a database is made from: encryption and sign-in come from there."""

AUTHORITIES = ("rds-ca-rsa2048-g1", "rds-ca-rsa4096-g1", "rds-ca-ecc384-g1")
"""https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.SSL.html"""


def is_copy(database: Resource) -> bool:
    """Whether the database is made from another one, or from a snapshot."""
    return any(database.present(path) for path in ORIGINS)


def engine(database: Resource) -> str:
    """The engine in lower case; empty where it comes from the database that this one is made from."""
    return str(database.get("engine", "")).lower()


def _storage_encrypted(store: Resource, *origins: str) -> Verdict:
    inherited = not store.present("storageEncrypted") and any(store.present(path) for path in origins)
    return NOT_APPLICABLE if inherited else require_true(store, "storageEncrypted")


@rule("aws-rds-instance-storage-encrypted")
def instance_storage_encrypted(instance: Resource) -> Verdict:
    """Database instances are encrypted at rest.

    Storage, logs, snapshots and replicas of an unencrypted instance can be read by whoever gets hold of a copy, and it
    cannot be encrypted later without a new instance. Replicas and restored instances take the encryption of their
    source.
    """
    return _storage_encrypted(instance, *ORIGINS)


@rule("aws-rds-cluster-storage-encrypted")
def cluster_storage_encrypted(cluster: Resource) -> Verdict:
    """Database clusters are encrypted at rest.

    All members and snapshots share the cluster's storage, and it cannot be encrypted later without a new cluster.
    Aurora Serverless v1 is always encrypted; a cluster made from a snapshot or another cluster takes the encryption
    from there.
    """
    if cluster.get("engineMode") == "serverless" and not cluster.present("storageEncrypted"):
        return PASS
    return _storage_encrypted(cluster, *ORIGINS)


@rule("aws-rds-global-cluster-storage-encrypted")
def global_cluster_storage_encrypted(cluster: Resource) -> Verdict:
    """Global database clusters are encrypted at rest.

    What is replicated to other regions is as readable there as it is here. A global cluster made from an existing
    cluster takes its encryption.
    """
    return _storage_encrypted(cluster, "sourceDbClusterIdentifier")


@rule("aws-rds-uses-customer-key")
def customer_key(database: Resource) -> Verdict:
    """Databases are encrypted with a key of one's own.

    The AWS managed key cannot be limited, shared with a recovery account or withdrawn. Instances made from a snapshot
    or another instance keep its key.
    """
    if database.type == INSTANCE and is_copy(database) and not database.present("kmsKeyId"):
        return NOT_APPLICABLE
    return require_customer_key(database, "kmsKeyId")


@rule("aws-rds-instance-not-public")
def not_public(database: Resource) -> Verdict:
    """Databases have no public address.

    A public address leaves one security group between the data and the internet.
    """
    return require_false(database, "publiclyAccessible")


@rule("aws-rds-snapshot-not-public")
def snapshot_not_public(snapshot: Resource) -> Verdict:
    """Database snapshots are not shared with everyone.

    Whoever restores a shared snapshot has all the data.
    """
    return forbid_in(snapshot, "sharedAccounts", ("all",))


@rule("aws-rds-cluster-snapshot-not-public")
def cluster_snapshot_not_public(snapshot: Resource) -> Verdict:
    """Cluster snapshots are not shared with everyone.

    Whoever restores a shared snapshot has all the data.
    """
    return forbid_in(snapshot, "sharedAccounts", ("all",))


@rule("aws-rds-snapshot-copy-encrypted")
def snapshot_copy_encrypted(copy: Resource) -> Verdict:
    """Copies of snapshots name the key that encrypts them.

    A copy without a key is as unencrypted as its source; with one it is encrypted whatever the source is.
    """
    return require_set(copy, "kmsKeyId")


OTHER_ENGINES = ("oracle", "sqlserver", "db2", "custom")


@rule("aws-rds-iam-authentication")
def iam_authentication(database: Resource) -> Verdict:
    """Databases accept IAM tokens, so that programs need no password of their own.

    A token lives for 15 minutes and is bound to a role; a password lives until somebody changes it.
    https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/UsingWithRDS.IAMDBAuth.html
    """
    if engine(database).startswith(OTHER_ENGINES):
        return NOT_APPLICABLE
    return require_true(database, "iamDatabaseAuthenticationEnabled")


@rule("aws-rds-master-password-managed")
def master_password_managed(database: Resource) -> Verdict:
    """The master password is kept by Secrets Manager, or given as a secret.

    A password that is written in a program or shown in a state is known to all who can read either.
    """
    passwords = ("password", "passwordWo") if database.type == INSTANCE else ("masterPassword", "masterPasswordWo")
    given = any(database.present(path) for path in ("manageMasterUserPassword", *passwords))
    if not given and (is_copy(database) or database.present("globalClusterIdentifier")):
        return NOT_APPLICABLE
    return require_managed_password(database, *passwords)


@rule("aws-rds-current-ca-certificate")
def current_authority(database: Resource) -> Verdict:
    """Databases present certificates of a current authority.

    Clients that verify a certificate of an expired authority cannot connect; those that do not can be deceived.
    """
    return require_in(database, "caCertIdentifier", AUTHORITIES)


@rule("aws-rds-proxy-requires-tls")
def proxy_requires_tls(proxy: Resource) -> Verdict:
    """Database proxies accept TLS only.

    The proxy is where clients connect: what it lets through in plain text, a TLS database behind it does not mend.
    """
    return require_true(proxy, "requireTls")


@rule("aws-rds-no-default-admin-username")
def no_default_administrator(database: Resource) -> Verdict:
    """The master user has a name that cannot be guessed from the engine.

    Attempts to guess passwords start with the names that every installation has.
    """
    path = "username" if database.type == INSTANCE else "masterUsername"
    if not database.present(path) and (is_copy(database) or database.present("globalClusterIdentifier")):
        return NOT_APPLICABLE
    names = ("admin", "administrator", "root", "postgres", "sa", "awsuser", "mysql")
    return forbid_in(database, path, names, ignore_case=True)


PORTS = {
    "mysql": 3306, "mariadb": 3306, "aurora": 3306, "aurora-mysql": 3306, "postgres": 5432, "aurora-postgresql": 5432,
    "oracle": 1521, "sqlserver": 1433, "db2": 50_000,
}  # fmt: skip
"""https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""


@rule("aws-rds-non-default-port")
def non_default_port(database: Resource) -> Verdict:
    """Databases listen on another port than their engine's usual one.

    It keeps scans for well-known ports from finding them; a small hurdle, and no substitute for the others.
    """
    name = engine(database)
    usual = [port for key, port in PORTS.items() if name in ("", key) or name.startswith(f"{key}-")]
    return forbid_in(database, "port", tuple(dict.fromkeys(usual)) or tuple(dict.fromkeys(PORTS.values())))


@rule("aws-rds-in-custom-subnet-group")
def in_custom_subnet_group(database: Resource) -> Verdict:
    """Databases stand in a subnet group of one's own.

    Without one they stand in the default VPC, whose subnets are public. A replica in the region stands where its source
    does.
    """
    if database.present("replicateSourceDb") and not database.present("dbSubnetGroupName"):
        return NOT_APPLICABLE
    return all_of(
        require_set(database, "dbSubnetGroupName"), forbid_in(database, "dbSubnetGroupName", ("default",), absent=PASS)
    )


@rule("aws-rds-instance-no-database-security-groups")
def own_security_groups(database: Resource) -> Verdict:
    """Databases have security groups of their own.

    Without one they get the default group of the VPC, in which everything may talk to everything.
    """
    return require_set(database, "vpcSecurityGroupIds")


@rule("aws-rds-performance-insights-encrypted")
def performance_insights_encrypted(database: Resource) -> Verdict:
    """Performance Insights is encrypted with a key of one's own.

    It keeps the text of statements, in which data may stand.
    """
    if str(database.get("performanceInsightsEnabled", False)).lower() != "true":
        return NOT_APPLICABLE
    return require_customer_key(database, "performanceInsightsKmsKeyId")


@rule("aws-rds-cross-region-backups-encrypted")
def replicated_backups_encrypted(replication: Resource) -> Verdict:
    """Backups that are replicated to another region are encrypted with a key there.

    Keys do not leave their region, so that the copy needs one of its own.
    """
    return require_set(replication, "kmsKeyId")


@rule("aws-rds-cluster-activity-stream")
def activity_stream(stream: Resource) -> Verdict:
    """Activity streams are encrypted and have a mode.

    The stream is the record of what was done in the database, out of reach of its administrators.
    """
    return all_of(require_set(stream, "kmsKeyId"), require_in(stream, "mode", ("async", "sync")))
