"""BigQuery, Pub/Sub, Dataproc, Workbench and the Healthcare API: who may read, keys, private addresses."""

from policypacks.engine.rule import (
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    fail,
    forbid_in,
    judge,
    require,
    require_false,
    require_set,
    require_true,
    rule,
    undetermined,
)
from policypacks.rules.common.gcp import EVERYONE, forbid_public_members

DATASET = "gcp:bigquery/dataset:Dataset"


@rule("gcp-bigquery-dataset-not-public")
def dataset_not_public(subject: Resource) -> Verdict:
    """No dataset is opened to everyone.

    Public datasets are found by search, and read at the owner's cost.
    """

    def entry(access: Node) -> Verdict:
        return all_of(
            forbid_in(access, "specialGroup", EVERYONE, absent=PASS),
            forbid_in(access, "iamMember", EVERYONE, absent=PASS),
        )

    return all_of(each(subject, "accesses", entry), forbid_public_members(subject))


@rule("gcp-bigquery-dataset-customer-key")
def dataset_key(dataset: Resource) -> Verdict:
    """Datasets are encrypted under a key of one's own.

    Whoever holds the key decides who reads the data; destroying it destroys every copy.
    """
    return require_set(dataset, "defaultEncryptionConfiguration.kmsKeyName")


@rule("gcp-bigquery-table-customer-key")
def table_key(table: Resource) -> Verdict:
    """Tables are encrypted under a key of one's own, or under their dataset's.

    Whoever holds the key decides who reads the data.
    """
    datasets = table.stack.target(table, "datasetId", DATASET, key="datasetId")
    inherited = [judge(lambda it: require_set(it, "defaultEncryptionConfiguration.kmsKeyName"), it) for it in datasets]
    own = require_set(table, "encryptionConfiguration.kmsKeyName")
    return any_of(own, *inherited, *(undetermined("datasetId") for _ in datasets.maybe))


@rule("gcp-bigquery-table-not-public")
def table_not_public(grant: Resource) -> Verdict:
    """No table is opened to everyone.

    Public tables are found by search, and read at the owner's cost.
    """
    return forbid_public_members(grant)


@rule("gcp-pubsub-iam-not-public")
def pubsub_not_public(grant: Resource) -> Verdict:
    """No topic or subscription is opened to everyone.

    Everyone could read the messages, or send some that look like one's own.
    """
    return forbid_public_members(grant)


@rule("gcp-pubsub-push-endpoint-https")
def push_https(subscription: Resource) -> Verdict:
    """Messages are pushed over HTTPS, with a token that says who pushes.

    Without the token the endpoint cannot tell Pub/Sub from anybody else.
    """
    if not subscription.present("pushConfig"):
        return PASS
    https = require(
        subscription,
        "pushConfig.pushEndpoint",
        test=lambda url: str(url).lower().startswith("https://"),
        problem="is not an HTTPS address",
        remedy="set {path} to an https:// address",
    )
    path = "pushConfig.oidcToken.serviceAccountEmail"
    signed = PASS if subscription.present(path) else fail(path, "is not set", f"set {path} to the account that pushes")
    return all_of(https, signed)


@rule("gcp-dataproc-cluster-private-and-encrypted")
def dataproc_private(cluster: Resource) -> Verdict:
    """Dataproc clusters have private addresses and disks under a key of one's own.

    Their web interfaces ask for no password; from the internet they would be open.
    """
    return all_of(
        require_set(cluster, "clusterConfig.encryptionConfig.kmsKeyName"),
        require_true(cluster, "clusterConfig.gceClusterConfig.internalIpOnly"),
    )


@rule("gcp-notebooks-instance-private")
def notebook_private(instance: Resource) -> Verdict:
    """Notebooks have no public address, a boot disk under a key of one's own, and secure boot.

    A notebook holds the data it works on and the rights of its account.
    """
    return all_of(
        require_true(instance, "gceSetup.disablePublicIp", "gceSetup.shieldedInstanceConfig.enableSecureBoot"),
        require_set(instance, "gceSetup.bootDisk.kmsKey"),
    )


@rule("gcp-healthcare-fhir-store-safe")
def fhir_store_safe(subject: Resource) -> Verdict:
    """FHIR stores keep every version as it was, and are not opened to everyone.

    A record whose history can be rewritten proves nothing about what was known when.
    """
    return all_of(
        require_false(subject, "disableResourceVersioning", "enableHistoryModifications"),
        forbid_public_members(subject),
    )
