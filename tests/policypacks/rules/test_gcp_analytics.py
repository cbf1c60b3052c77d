"""The cases of the rules for BigQuery, Pub/Sub, Dataproc, Workbench and the Healthcare API."""

import pytest

from support.policies import PASS, REMOVE, Case, R, Ref, Trial, on, resource, trials

GROUP = "group:analysts@example.org"
READER = "roles/bigquery.dataViewer"
DATASET = R(
    "dataset",
    "gcp:bigquery/dataset:Dataset",
    {
        "datasetId": "d",
        "accesses": [{"role": "READER", "groupByEmail": "analysts@example.org"}],
        "defaultEncryptionConfiguration": {"kmsKeyName": "k"},
    },
)
TABLE_KEY = "encryptionConfiguration.kmsKeyName"

CASES = [
    Case(
        "gcp-bigquery-dataset-not-public",
        [
            DATASET,
            R("member", "gcp:bigquery/datasetIamMember:DatasetIamMember", {"role": READER, "member": GROUP}),
            R("binding", "gcp:bigquery/datasetIamBinding:DatasetIamBinding", {"role": READER, "members": [GROUP]}),
        ],
        bad=[
            {"accesses[].specialGroup": "allAuthenticatedUsers"},
            {"accesses[].iamMember": "allUsers"},
            on("member", {"member": "allUsers"}),
            on("binding", {"members": ["allUsers"]}),
        ],
    ),
    Case(
        "gcp-bigquery-dataset-customer-key",
        DATASET,
        bad={"defaultEncryptionConfiguration.kmsKeyName": ""},
        unknown={"defaultEncryptionConfiguration.kmsKeyName": PASS},
    ),
    Case(
        "gcp-bigquery-table-customer-key",
        [
            R("table", "gcp:bigquery/table:Table", {"datasetId": Ref("dataset"), "tableId": "t"}),
            R("dataset", DATASET.type, DATASET.properties),
        ],
        bad=[on("dataset", {"defaultEncryptionConfiguration": REMOVE}), {"datasetId": "elsewhere"}],
        also_good={"datasetId": "elsewhere", TABLE_KEY: "k"},
        guards=[],
    ),
    Case(
        "gcp-bigquery-table-not-public",
        [
            R("member", "gcp:bigquery/iamMember:IamMember", {"role": READER, "member": GROUP}),
            R("binding", "gcp:bigquery/iamBinding:IamBinding", {"role": READER, "members": [GROUP]}),
        ],
        bad=[{"member": "allUsers"}, on("binding", {"members": ["allAuthenticatedUsers"]})],
    ),
    Case(
        "gcp-pubsub-iam-not-public",
        [
            R("member", "gcp:pubsub/topicIAMMember:TopicIAMMember", {"member": GROUP}),
            R("binding", "gcp:pubsub/topicIAMBinding:TopicIAMBinding", {"members": [GROUP]}),
            R("reader", "gcp:pubsub/subscriptionIAMMember:SubscriptionIAMMember", {"member": GROUP}),
        ],
        bad=[
            {"member": "allUsers"},
            on("binding", {"members": ["allAuthenticatedUsers"]}),
            on("reader", {"member": "allUsers"}),
        ],
    ),
    Case(
        "gcp-pubsub-push-endpoint-https",
        resource(
            "gcp:pubsub/subscription:Subscription",
            {
                "pushConfig": {
                    "pushEndpoint": "https://example.org/push",
                    "oidcToken": {"serviceAccountEmail": "push@p.iam.gserviceaccount.com"},
                }
            },
        ),
        bad=[{"pushConfig.pushEndpoint": "http://example.org/push"}, {"pushConfig.oidcToken": REMOVE}],
        also_good={"pushConfig": REMOVE},
        guards=["pushConfig.pushEndpoint", "pushConfig"],
    ),
    Case(
        "gcp-dataproc-cluster-private-and-encrypted",
        resource(
            "gcp:dataproc/cluster:Cluster",
            {"clusterConfig": {"encryptionConfig": {"kmsKeyName": "k"}, "gceClusterConfig": {"internalIpOnly": True}}},
        ),
        bad=[
            {"clusterConfig.encryptionConfig.kmsKeyName": ""},
            {"clusterConfig.gceClusterConfig.internalIpOnly": False},
        ],
        unknown={"clusterConfig.encryptionConfig.kmsKeyName": PASS},
    ),
    Case(
        "gcp-notebooks-instance-private",
        resource(
            "gcp:workbench/instance:Instance",
            {
                "gceSetup": {
                    "disablePublicIp": True,
                    "bootDisk": {"kmsKey": "k"},
                    "shieldedInstanceConfig": {"enableSecureBoot": True},
                }
            },
        ),
        bad=[
            {"gceSetup.disablePublicIp": False},
            {"gceSetup.bootDisk.kmsKey": ""},
            {"gceSetup.shieldedInstanceConfig.enableSecureBoot": False},
        ],
        unknown={"gceSetup.bootDisk.kmsKey": PASS},
    ),
    Case(
        "gcp-healthcare-fhir-store-safe",
        [
            R("store", "gcp:healthcare/fhirStore:FhirStore", {"dataset": "d"}),
            R("member", "gcp:healthcare/fhirStoreIamMember:FhirStoreIamMember", {"member": GROUP}),
            R("binding", "gcp:healthcare/fhirStoreIamBinding:FhirStoreIamBinding", {"members": [GROUP]}),
        ],
        bad=[
            {"disableResourceVersioning": True},
            {"enableHistoryModifications": True},
            on("member", {"member": "allUsers"}),
            on("binding", {"members": ["allUsers"]}),
        ],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
