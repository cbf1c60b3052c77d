"""Redshift and OpenSearch."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    fail,
    forbid_in,
    require_at_least,
    require_equal,
    require_false,
    require_holds,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
    some,
    undetermined,
)
from policypacks.rules.common.aws_data import document, require_customer_key, require_parameter
from policypacks.rules.common.aws_policy import forbid_public_principal
from policypacks.rules.common.tags import is_regulated

LOGGING = "aws:redshift/logging:Logging"
SNAPSHOT_COPY = "aws:redshift/snapshotCopy:SnapshotCopy"
GRANT = "aws:redshift/snapshotCopyGrant:SnapshotCopyGrant"


@rule("aws-redshift-cluster-encrypted")
def redshift_encrypted(cluster: Resource) -> Verdict:
    """Redshift clusters are encrypted at rest.

    Snapshots of an unencrypted warehouse can be read by whoever gets hold of a copy.
    """
    return require_true(cluster, "encrypted")


@rule("aws-redshift-cluster-uses-customer-key")
def redshift_customer_key(warehouse: Resource) -> Verdict:
    """Redshift is encrypted with a key of one's own.

    The AWS managed key cannot be limited, shared with a recovery account or withdrawn.
    """
    return require_customer_key(warehouse, "kmsKeyId")


@rule("aws-redshift-not-public")
def redshift_not_public(warehouse: Resource) -> Verdict:
    """Redshift has no public address.

    A public address leaves one security group between the warehouse and the internet.
    """
    return require_false(warehouse, "publiclyAccessible")


@rule("aws-redshift-cluster-audit-logging")
def redshift_audit_logs(cluster: Resource) -> Verdict:
    """Redshift clusters send their audit logs to S3 or CloudWatch.

    Connections and queries are kept on the cluster for days only.
    """

    def sent(logging: Resource) -> Verdict:
        path = "logExports" if logging.get("logDestinationType") == "cloudwatch" else "bucketName"
        return require_set(logging, path)

    return require_related(cluster, LOGGING, by="clusterIdentifier", key="clusterIdentifier", check=sent)


@rule("aws-redshift-parameter-group-requires-tls")
def redshift_requires_tls(group: Resource) -> Verdict:
    """Redshift parameter groups refuse connections without TLS.

    A client that does not ask for TLS otherwise sends its password and its data in plain text.
    """
    return require_parameter(group, "require_ssl", ("true", "1"))


@rule("aws-redshift-parameter-group-user-activity-log")
def redshift_logs_queries(group: Resource) -> Verdict:
    """Redshift parameter groups log every query.

    The audit log holds queries only if the parameter asks for them.
    """
    return require_parameter(group, "enable_user_activity_logging", ("true", "1"))


@rule("aws-redshift-enhanced-vpc-routing")
def redshift_vpc_routing(cluster: Resource) -> Verdict:
    """Redshift loads and unloads data through the VPC.

    Otherwise it goes over the public network of AWS, past flow logs, endpoints and firewalls.
    """
    return require_true(cluster, "enhancedVpcRouting")


@rule("aws-redshift-snapshot-retention")
def redshift_snapshots(cluster: Resource) -> Verdict:
    """Redshift clusters keep automated snapshots for a week at least.

    A mistake is often noticed days later; the default is one day.
    """
    return require_at_least(cluster, "automatedSnapshotRetentionPeriod", 7, unit="days")


@rule("aws-redshift-version-upgrade-allowed")
def redshift_upgrades(cluster: Resource) -> Verdict:
    """Redshift clusters take new versions by themselves.

    They carry the security fixes.
    """
    return require_true(cluster, "allowVersionUpgrade")


@rule("aws-redshift-no-default-names")
def redshift_names(cluster: Resource) -> Verdict:
    """The master user and the first database of Redshift have names of one's own.

    Attempts to guess passwords start with the names that every installation has. A restored cluster keeps its names.
    """
    restored = any(cluster.present(path) for path in ("snapshotIdentifier", "snapshotArn"))
    given = NOT_APPLICABLE if restored else None
    return all_of(
        forbid_in(cluster, "masterUsername", ("awsuser",), absent=given),
        forbid_in(cluster, "databaseName", ("dev",), absent=given),
    )


@rule("aws-redshift-multi-az")
def redshift_multi_az(cluster: Resource) -> Verdict:
    """Redshift clusters in production run in two zones.

    Without it the loss of a zone is an outage until the cluster is moved. Only RA3 nodes can.
    """
    if not cluster.production or not str(cluster.get("nodeType", "")).startswith("ra3"):
        return NOT_APPLICABLE
    return require_true(cluster, "multiAz")


@rule("aws-redshift-serverless-logs-exported")
def redshift_serverless_logs(namespace: Resource) -> Verdict:
    """Redshift Serverless exports the logs of users, connections and queries.

    They are kept nowhere else for long.
    """
    return require_holds(namespace, "logExports", ("userlog", "connectionlog", "useractivitylog"))


@rule("aws-redshift-cluster-in-vpc")
def redshift_in_vpc(cluster: Resource) -> Verdict:
    """Redshift clusters stand in a subnet group of one's own.

    Without one they stand in the default VPC, whose subnets are public.
    """
    return require_set(cluster, "clusterSubnetGroupName")


@rule("aws-redshift-snapshot-copy-cross-region")
def redshift_copies_away(cluster: Resource) -> Verdict:
    """Snapshots of Redshift clusters with regulated data go to another region, encrypted with a key there.

    A snapshot beside the cluster shares its fate.
    """
    if not is_regulated(cluster):
        return NOT_APPLICABLE

    def granted(copy: Resource) -> Verdict:
        grants = copy.stack.target(copy, "snapshotCopyGrantName", GRANT, key="snapshotCopyGrantName")
        return all_of(
            require_set(copy, "snapshotCopyGrantName"),
            *(require_set(grant, "kmsKeyId") for grant in grants.sure),
            *(undetermined("snapshotCopyGrantName") for _ in grants.maybe),
        )

    return require_related(cluster, SNAPSHOT_COPY, by="clusterIdentifier", key="clusterIdentifier", check=granted)


TLS_POLICIES = (
    "Policy-Min-TLS-1-2-2019-07", "Policy-Min-TLS-1-2-PFS-2023-10", "Policy-Min-TLS-1-2-RFC9151-FIPS-2024-08",
)  # fmt: skip
"""https://docs.aws.amazon.com/opensearch-service/latest/APIReference/API_DomainEndpointOptions.html"""


@rule("aws-opensearch-encrypted-at-rest")
def search_encrypted(domain: Resource) -> Verdict:
    """OpenSearch domains are encrypted at rest.

    An index holds the documents that it was made from.
    """
    return require_true(domain, "encryptAtRest.enabled")


@rule("aws-opensearch-node-to-node-encrypted")
def search_nodes_encrypted(domain: Resource) -> Verdict:
    """The nodes of OpenSearch domains speak TLS with each other.

    Documents travel between nodes whenever a shard is copied. It cannot be turned off again.
    """
    return require_true(domain, "nodeToNodeEncryption.enabled")


@rule("aws-opensearch-https-only-modern-tls")
def search_https(domain: Resource) -> Verdict:
    """OpenSearch domains answer HTTPS only, and TLS 1.2 at least.

    The default policy still accepts TLS 1.0.
    """
    return all_of(
        require_true(domain, "domainEndpointOptions.enforceHttps", absent=PASS),
        require_in(domain, "domainEndpointOptions.tlsSecurityPolicy", TLS_POLICIES),
    )


@rule("aws-opensearch-in-vpc")
def search_in_vpc(domain: Resource) -> Verdict:
    """OpenSearch domains stand in a VPC.

    Outside, the endpoint is public and only its policy keeps others away. A domain cannot be moved later.
    """
    return require_set(domain, "vpcOptions.subnetIds")


def _publishes(domain: Resource, kind: str) -> Verdict:
    def entry(it: Node) -> Verdict:
        return all_of(require_equal(it, "logType", kind), require_true(it, "enabled", absent=PASS))

    found = some(domain, "logPublishingOptions", entry)
    if not found.faults:
        return found
    return fail("logPublishingOptions", f"has no enabled {kind}", f"add an entry with logType {kind}")


@rule("aws-opensearch-audit-logs")
def search_audit_logs(domain: Resource) -> Verdict:
    """OpenSearch domains publish their audit log.

    It says who searched for what, and who was refused.
    """
    return _publishes(domain, "AUDIT_LOGS")


@rule("aws-opensearch-error-and-slow-logs")
def search_error_logs(domain: Resource) -> Verdict:
    """OpenSearch domains publish their error and slow logs.

    They are what remains of a failure after the node is gone.
    """
    return all_of(
        *(_publishes(domain, kind) for kind in ("ES_APPLICATION_LOGS", "INDEX_SLOW_LOGS", "SEARCH_SLOW_LOGS"))
    )


@rule("aws-opensearch-fine-grained-access-control")
def search_access_control(domain: Resource) -> Verdict:
    """OpenSearch domains know who is allowed which index, document and field.

    Without it, whoever may reach the domain may read all of it.
    """
    return require_true(domain, "advancedSecurityOptions.enabled")


@rule("aws-opensearch-policy-not-anonymous")
def search_policy(target: Resource) -> Verdict:
    """No policy of an OpenSearch domain gives anything to everyone.

    A statement for principal * without a condition on address, network or organisation lets anonymous requests in.
    """
    return forbid_public_principal(target, "accessPolicies")


@rule("aws-opensearch-fault-tolerant")
def search_fault_tolerant(domain: Resource) -> Verdict:
    """OpenSearch domains survive the loss of a zone.

    Three data nodes over zones keep the data, three dedicated masters keep the quorum.
    https://docs.aws.amazon.com/opensearch-service/latest/developerguide/bp.html
    """
    return all_of(
        require_true(domain, "clusterConfig.zoneAwarenessEnabled", "clusterConfig.dedicatedMasterEnabled"),
        require_at_least(domain, "clusterConfig.instanceCount", 3, unit="nodes"),
        require_at_least(domain, "clusterConfig.dedicatedMasterCount", 3, unit="masters"),
    )


@rule("aws-opensearch-auto-software-update")
def search_updates(domain: Resource) -> Verdict:
    """OpenSearch domains take service software updates by themselves.

    They carry the security fixes.
    """
    return require_true(domain, "softwareUpdateOptions.autoSoftwareUpdateEnabled")


def _each_entry(policy: Resource, kind: str, problem: str, remedy: str) -> Verdict:
    """Every entry of a serverless policy of a type must be right; ``remedy`` starts with the key to look at."""
    if policy.get("type") != kind:
        return NOT_APPLICABLE
    try:
        value = document(policy, "policy")
    except ValueError:
        return fail("policy", "is not JSON", remedy)
    entries = [entry for entry in (value if isinstance(value, list) else [value]) if isinstance(entry, dict)]
    right = [
        entry.get("AllowFromPublic") is not True if kind == "network" else bool(entry.get("KmsARN"))
        for entry in entries
    ]
    return PASS if right and all(right) else fail("policy", problem, remedy)


@rule("aws-opensearch-serverless-network-policy-not-public")
def serverless_not_public(policy: Resource) -> Verdict:
    """No network policy of OpenSearch Serverless opens a collection to the internet.

    A public collection has only its data policy between itself and everyone.
    """
    return _each_entry(policy, "network", "opens collections to the internet", "set AllowFromPublic to false")


@rule("aws-opensearch-serverless-encryption-uses-customer-key")
def serverless_customer_key(policy: Resource) -> Verdict:
    """Collections of OpenSearch Serverless are encrypted with a key of one's own.

    The key of AWS cannot be limited or withdrawn, and a collection keeps the key that it was made with.
    """
    return _each_entry(policy, "encryption", "leaves the key to AWS", "set KmsARN, and AWSOwnedKey to false")
