"""ElastiCache and MemoryDB."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    fail,
    forbid_in,
    require_at_least,
    require_false,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_data import require_customer_key

CLUSTER = "aws:elasticache/cluster:Cluster"
MINIMUM_DAYS = {
    "minimum_days": {
        "type": "integer",
        "minimum": 1,
        "maximum": 35,
        "default": 1,
        "description": "days for which snapshots must be kept; the service keeps them for 35 at most",
    }
}


@rule("aws-elasticache-replication-group-encrypted-at-rest")
def group_encrypted_at_rest(group: Resource) -> Verdict:
    """Replication groups of ElastiCache are encrypted at rest.

    Snapshots and swap hold what the cache holds. Valkey is encrypted unless told otherwise, Redis is not; a member of a
    global group takes the encryption from there.
    """
    if not group.present("atRestEncryptionEnabled"):
        if group.present("globalReplicationGroupId"):
            return NOT_APPLICABLE
        if group.get("engine") == "valkey":
            return PASS
    return require_true(group, "atRestEncryptionEnabled")


@rule("aws-elasticache-replication-group-encrypted-in-transit")
def group_encrypted_in_transit(group: Resource) -> Verdict:
    """Replication groups of ElastiCache accept TLS only.

    In mode preferred the cache still takes passwords and data in plain text. A member of a global group takes the
    setting from there.
    """
    if not group.present("transitEncryptionEnabled") and group.present("globalReplicationGroupId"):
        return NOT_APPLICABLE
    return all_of(
        require_true(group, "transitEncryptionEnabled"),
        forbid_in(group, "transitEncryptionMode", ("preferred",), absent=PASS),
    )


@rule("aws-elasticache-replication-group-authenticated")
def group_authenticated(group: Resource) -> Verdict:
    """Replication groups of ElastiCache ask who connects.

    Without a token or users, whoever reaches the port reads the cache.
    """
    if any(group.present(path) for path in ("authToken", "authTokenWo", "userGroupIds")):
        return PASS
    return fail("userGroupIds", "is not set, nor is authToken", "set userGroupIds, or authToken to a secret")


@rule("aws-elasticache-replication-group-uses-customer-key")
def cache_customer_key(cache: Resource) -> Verdict:
    """ElastiCache is encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn.
    """
    return require_customer_key(cache, "kmsKeyId")


@rule("aws-elasticache-replication-group-failover")
def group_failover(group: Resource) -> Verdict:
    """Replication groups of ElastiCache fail over to another zone by themselves.

    Without it the loss of the primary is an outage until somebody promotes a replica.
    """
    return require_true(group, "automaticFailoverEnabled", "multiAzEnabled")


def _is_part(cache: Resource) -> bool:
    """Whether a cluster is a member of a replication group, whose settings it takes."""
    return cache.type == CLUSTER and cache.present("replicationGroupId")


@rule("aws-elasticache-backup-retention", config=MINIMUM_DAYS)
def cache_backup(cache: Resource) -> Verdict:
    """ElastiCache keeps snapshots.

    A cache that serves as a session store or queue holds data that exists nowhere else. Memcached has no snapshots.
    """
    if _is_part(cache) or cache.get("engine") == "memcached":
        return NOT_APPLICABLE
    return require_at_least(cache, "snapshotRetentionLimit", cache.config["minimum_days"], unit="days")


@rule("aws-elasticache-in-custom-subnet-group")
def cache_subnets(cache: Resource) -> Verdict:
    """ElastiCache stands in a subnet group of one's own.

    The default group is that of the default VPC, whose subnets are public.
    """
    if _is_part(cache):
        return NOT_APPLICABLE
    return all_of(require_set(cache, "subnetGroupName"), forbid_in(cache, "subnetGroupName", ("default",), absent=PASS))


@rule("aws-elasticache-cluster-auto-minor-version-upgrade")
def cluster_minor_upgrades(cluster: Resource) -> Verdict:
    """Cache clusters take minor versions of their engine by themselves.

    Minor versions carry the security fixes.
    """
    return require_true(cluster, "autoMinorVersionUpgrade")


@rule("aws-elasticache-auto-minor-version-upgrade")
def group_minor_upgrades(group: Resource) -> Verdict:
    """Replication groups take minor versions of their engine by themselves.

    Minor versions carry the security fixes.
    """
    return require_true(group, "autoMinorVersionUpgrade")


@rule("aws-elasticache-user-requires-password")
def user_password(user: Resource) -> Verdict:
    """Users of ElastiCache need a password or an IAM token.

    A user without a password is everyone who reaches the port.
    """
    return all_of(
        require_false(user, "noPasswordRequired"),
        forbid_in(user, "authenticationMode.type", ("no-password-required", "no-password"), absent=PASS),
    )


@rule("aws-memorydb-cluster-tls")
def memorydb_tls(cluster: Resource) -> Verdict:
    """MemoryDB clusters speak TLS.

    Without it passwords and data cross the network readable, and access lists cannot be used.
    """
    return require_true(cluster, "tlsEnabled")


@rule("aws-memorydb-cluster-uses-customer-key")
def memorydb_customer_key(cluster: Resource) -> Verdict:
    """MemoryDB clusters are encrypted with a key of one's own.

    The AWS managed key cannot be limited or withdrawn.
    """
    return require_customer_key(cluster, "kmsKeyArn")


@rule("aws-memorydb-cluster-not-open-access")
def memorydb_acl(cluster: Resource) -> Verdict:
    """MemoryDB clusters have an access list of their own.

    The list open-access lets everyone do everything without a password.
    """
    return forbid_in(cluster, "aclName", ("open-access",))


@rule("aws-memorydb-snapshot-retention", config=MINIMUM_DAYS)
def memorydb_backup(cluster: Resource) -> Verdict:
    """MemoryDB keeps snapshots.

    The transaction log protects from the loss of a node, not from a wrong command.
    """
    return require_at_least(cluster, "snapshotRetentionLimit", cluster.config["minimum_days"], unit="days")
