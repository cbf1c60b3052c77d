"""DocumentDB and Neptune."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    judge,
    require_at_least,
    require_false,
    require_holds,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import (
    parameter,
    require_customer_key,
    require_managed_password,
    require_parameter_not,
    zones_of_members,
)

NEPTUNE_MEMBER = "aws:neptune/clusterInstance:ClusterInstance"
ORIGINS = ("snapshotIdentifier", "replicationSourceIdentifier", "restoreToPointInTime")
WEEK = {
    "minimum_days": {
        "type": "integer",
        "minimum": 1,
        "maximum": 35,
        "default": 7,
        "description": "days for which automated backups must be kept; the service keeps them for 35 at most",
    }
}


def _storage_encrypted(cluster: Resource) -> Verdict:
    if not cluster.present("storageEncrypted") and any(cluster.present(path) for path in ORIGINS):
        return NOT_APPLICABLE
    return require_true(cluster, "storageEncrypted")


def _backup_retention(cluster: Resource) -> Verdict:
    return require_at_least(cluster, "backupRetentionPeriod", cluster.config["minimum_days"], unit="days")


@rule("aws-docdb-cluster-encrypted")
def docdb_encrypted(cluster: Resource) -> Verdict:
    """DocumentDB clusters are encrypted at rest.

    Storage and snapshots of an unencrypted cluster can be read by whoever gets hold of a copy, and it cannot be
    encrypted later. A cluster made from a snapshot takes the encryption from there.
    """
    return _storage_encrypted(cluster)


@rule("aws-docdb-cluster-uses-customer-key")
def docdb_customer_key(cluster: Resource) -> Verdict:
    """DocumentDB clusters are encrypted with a key of one's own.

    The AWS managed key cannot be limited, shared with a recovery account or withdrawn.
    """
    return require_customer_key(cluster, "kmsKeyId")


@rule("aws-docdb-cluster-logs-exported")
def docdb_logs(cluster: Resource) -> Verdict:
    """DocumentDB clusters export their audit log.

    It says who connected and what was asked of the data; without the export it is kept nowhere.
    """
    return require_holds(cluster, "enabledCloudwatchLogsExports", ("audit",))


@rule("aws-docdb-parameter-group-tls-and-audit")
def docdb_parameters(group: Resource) -> Verdict:
    """DocumentDB parameter groups keep TLS on and write the audit log.

    TLS is on unless a group turns it off; the audit log is off unless a group turns it on.
    https://docs.aws.amazon.com/documentdb/latest/developerguide/cluster_parameter_groups-list_of_parameters.html
    """

    def tls(it: Resource) -> Verdict:
        entry = parameter(it, "tls")
        return PASS if entry is None else require_parameter_not(it, "tls", ("disabled",), "enabled")

    return all_of(
        judge(tls, group),
        judge(lambda it: require_parameter_not(it, "audit_logs", ("disabled", "none", ""), "enabled"), group),
    )


@rule("aws-docdb-backup-retention", config=WEEK)
def docdb_backup(cluster: Resource) -> Verdict:
    """DocumentDB clusters keep automated backups for a week at least.

    A mistake is often noticed days later; the default is one day.
    """
    return _backup_retention(cluster)


@rule("aws-docdb-deletion-protection")
def docdb_deletion_protection(cluster: Resource) -> Verdict:
    """DocumentDB clusters cannot be deleted by one call.

    The protection has to be taken off first, which makes a deletion two decisions.
    """
    return require_true(cluster, "deletionProtection")


@rule("aws-docdb-master-password-managed")
def docdb_password(cluster: Resource) -> Verdict:
    """The master password of DocumentDB is kept by Secrets Manager, or given as a secret.

    A password that is written in a program or shown in a state is known to all who can read either.
    """
    passwords = ("masterPassword", "masterPasswordWo")
    given = any(cluster.present(path) for path in ("manageMasterUserPassword", *passwords))
    if not given and any(cluster.present(path) for path in (*ORIGINS, "globalClusterIdentifier")):
        return NOT_APPLICABLE
    return require_managed_password(cluster, *passwords)


@rule("aws-neptune-cluster-encrypted")
def neptune_encrypted(cluster: Resource) -> Verdict:
    """Neptune clusters are encrypted at rest.

    Storage and snapshots of an unencrypted cluster can be read by whoever gets hold of a copy, and it cannot be
    encrypted later. A cluster made from a snapshot takes the encryption from there.
    """
    return _storage_encrypted(cluster)


@rule("aws-neptune-cluster-uses-customer-key")
def neptune_customer_key(cluster: Resource) -> Verdict:
    """Neptune clusters are encrypted with a key of one's own.

    The AWS managed key cannot be limited, shared with a recovery account or withdrawn.
    """
    return require_customer_key(cluster, "kmsKeyArn")


@rule("aws-neptune-iam-authentication")
def neptune_iam(cluster: Resource) -> Verdict:
    """Neptune clusters ask for IAM credentials.

    Neptune knows no passwords: without IAM, whoever reaches the port reads the graph.
    """
    return require_true(cluster, "iamDatabaseAuthenticationEnabled")


@rule("aws-neptune-audit-logs-exported")
def neptune_logs(cluster: Resource) -> Verdict:
    """Neptune clusters export their audit log.

    It says who asked what of the graph.
    """
    return require_holds(cluster, "enableCloudwatchLogsExports", ("audit",))


@rule("aws-neptune-backup-retention", config=WEEK)
def neptune_backup(cluster: Resource) -> Verdict:
    """Neptune clusters keep automated backups for a week at least.

    A mistake is often noticed days later; the default is one day.
    """
    return _backup_retention(cluster)


@rule("aws-neptune-deletion-protection")
def neptune_deletion_protection(cluster: Resource) -> Verdict:
    """Neptune clusters cannot be deleted by one call.

    The protection has to be taken off first, which makes a deletion two decisions.
    """
    return require_true(cluster, "deletionProtection")


@rule("aws-neptune-instance-not-public")
def neptune_not_public(instance: Resource) -> Verdict:
    """Neptune instances have no public address.

    A public address leaves one security group between the graph and the internet.
    """
    return require_false(instance, "publiclyAccessible")


@rule("aws-neptune-cluster-multi-az")
def neptune_multi_az(cluster: Resource) -> Verdict:
    """Neptune clusters have members in at least two zones.

    A cluster with one member, or with all in one zone, is down when that zone is.
    """
    return zones_of_members(cluster, NEPTUNE_MEMBER)


@rule("aws-neptune-auto-minor-version-upgrade")
def neptune_minor_upgrades(instance: Resource) -> Verdict:
    """Neptune instances take minor versions of the engine by themselves.

    Minor versions carry the security fixes.
    """
    return require_true(instance, "autoMinorVersionUpgrade")


@rule("aws-neptune-copy-tags-to-snapshots")
def neptune_tags(cluster: Resource) -> Verdict:
    """Snapshots of Neptune carry the tags of their cluster.

    Owner and classification are needed on the copy as much as on the original.
    """
    return require_true(cluster, "copyTagsToSnapshot")
