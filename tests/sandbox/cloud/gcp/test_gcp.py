import json
import re
from typing import Any

import pytest

from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

NETWORK = "gcp:compute/network:Network"
SUBNETWORK = "gcp:compute/subnetwork:Subnetwork"
FIREWALL = "gcp:compute/firewall:Firewall"
BUCKET = "gcp:storage/bucket:Bucket"
PROJECT = "gcp:organizations/project:Project"
CLUSTER = "gcp:container/cluster:Cluster"


@pytest.fixture
def gcp() -> Driver:
    return driver("gcp", {"project": "our-project", "region": "europe-west1"})


@pytest.fixture
def network(gcp: Driver) -> Made:
    return gcp.create(NETWORK, "net", {"name": "net", "autoCreateSubnetworks": False})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_ids_and_links_have_the_form_of_compute(gcp: Driver, network: Made) -> None:
    assert network.id == "projects/our-project/global/networks/net"
    assert network["selfLink"] == f"https://www.googleapis.com/compute/v1/{network.id}"
    assert network["project"] == "our-project"
    subnetwork = gcp.create(SUBNETWORK, "sub", {"name": "sub", "network": network.id, "ipCidrRange": "10.0.0.0/20"})
    assert subnetwork.id == "projects/our-project/regions/europe-west1/subnetworks/sub"
    assert (subnetwork["region"], subnetwork["gatewayAddress"]) == ("europe-west1", "10.0.0.1")


def test_names_of_compute_keep_rfc_1035(gcp: Driver) -> None:
    assert "doesn't match regexp" in gcp.reasons(NETWORK, {"name": "Net_1"})
    assert re.fullmatch(r"mynet-[0-9a-f]{7}", gcp.check(NETWORK, "MyNet", {}).inputs["name"])


def test_what_exists_is_not_made_again(gcp: Driver, network: Made) -> None:
    with refused(rf"Error 409: The resource '{network.id}' already exists"):
        gcp.create(NETWORK, "again", {"name": "net"})


@pytest.mark.parametrize("key", ["id", "selfLink", "name"])
def test_a_network_goes_by_id_link_and_name_and_goes_last(gcp: Driver, network: Made, key: str) -> None:
    value = network.id if key == "id" else network[key]
    inside = gcp.create(SUBNETWORK, "sub", {"network": value, "ipCidrRange": "10.0.0.0/20"})
    with refused("is already being used by"):
        gcp.delete(network)
    gcp.delete(inside)
    gcp.delete(network)


def test_subnetworks_name_a_network_and_do_not_overlap(gcp: Driver, network: Made) -> None:
    gcp.create(SUBNETWORK, "a", {"network": network.id, "ipCidrRange": "10.0.0.0/20"})
    with refused("conflicts with existing subnetwork"):
        gcp.create(SUBNETWORK, "b", {"network": network.id, "ipCidrRange": "10.0.8.0/21"})
    with refused("Error 404: .*'no-network' was not found"):
        gcp.create(SUBNETWORK, "c", {"network": "no-network", "ipCidrRange": "10.1.0.0/20"})
    with refused("at least 8 addresses"):
        gcp.create(SUBNETWORK, "d", {"network": network.id, "ipCidrRange": "10.1.0.0/30"})
    assert "no host bits" in gcp.reasons(SUBNETWORK, {"network": network.id, "ipCidrRange": "10.0.0.1/20"})


def test_a_subnetwork_grows_in_place_and_is_replaced_to_shrink(gcp: Driver, network: Made) -> None:
    made = gcp.create(SUBNETWORK, "a", {"network": network.id, "ipCidrRange": "10.0.0.0/20"})
    assert gcp.diff(made, {"network": network.id, "ipCidrRange": "10.0.0.0/19"}).replaces == []
    assert gcp.diff(made, {"network": network.id, "ipCidrRange": "10.0.0.0/21"}).replaces == ["ipCidrRange"]


def test_another_project_of_the_provider_moves_what_has_none_of_its_own(gcp: Driver, network: Made) -> None:
    other = driver("gcp", {"project": "other-project", "region": "europe-west1"}, gcp.cloud)
    assert other.diff(network, {"name": "net", "autoCreateSubnetworks": False}).replaces == ["project"]


def test_labels_of_the_configuration_are_effective_ones(gcp: Driver) -> None:
    labelled = driver("gcp", {"project": "our-project", "defaultLabels": '{"team":"a"}'})
    made = labelled.create(BUCKET, "b", {"location": "EU", "labels": {"env": "dev"}})
    assert made["labels"] == {"env": "dev"}
    assert made["pulumiLabels"] == {"team": "a", "env": "dev"}
    assert made["effectiveLabels"] == {"team": "a", "env": "dev", "goog-pulumi-provisioned": "true"}


def test_buckets_have_global_names_and_keep_their_objects(gcp: Driver) -> None:
    bucket = gcp.create(BUCKET, "b", {"name": "data-of-ours", "location": "EU"})
    assert (bucket.id, bucket["url"]) == ("data-of-ours", "gs://data-of-ours")
    other = driver("gcp", {"project": "other-project"}, gcp.cloud)
    with refused("bucket name is not available"):
        other.create(BUCKET, "c", {"name": "data-of-ours", "location": "EU"})
    gcp.create("gcp:storage/bucketObject:BucketObject", "o", {"bucket": bucket.id, "name": "a", "content": "x"})
    with refused("containing objects without `forceDestroy`"):
        gcp.delete(bucket)
    assert "without 'google'" in gcp.reasons(BUCKET, {"name": "my-google-data", "location": "EU"})


def test_a_project_is_protected_by_its_policy(gcp: Driver) -> None:
    made = gcp.create(PROJECT, "p", {"projectId": "new-project", "name": "New"})
    assert (made.id, len(made["number"])) == ("projects/new-project", 12)
    with refused("deletionPolicy is set to PREVENT"):
        gcp.delete(made)
    with refused("already exists"):
        gcp.create(PROJECT, "q", {"projectId": "new-project", "name": "New"})
    gcp.delete(gcp.update(made, {"projectId": "new-project", "name": "New", "deletionPolicy": "DELETE"}))


def test_accounts_keys_and_members(gcp: Driver) -> None:
    account = gcp.create("gcp:serviceaccount/account:Account", "sa", {"accountId": "deploy-er"})
    assert account["email"] == "deploy-er@our-project.iam.gserviceaccount.com"
    member = {"project": "our-project", "role": "roles/viewer", "member": account["member"]}
    assert (
        gcp.create("gcp:projects/iAMMember:IAMMember", "m", member).id
        == f"our-project/roles/viewer/{account['member']}"
    )
    assert "must have a type in front" in gcp.reasons(
        "gcp:projects/iAMMember:IAMMember", {**member, "member": "a@example.com"}
    )
    key = gcp.create("gcp:serviceaccount/key:Key", "k", {"serviceAccountId": account["name"]})
    assert key.id.startswith(f"{account['name']}/keys/")
    with refused("does not exist"):
        gcp.create("gcp:serviceaccount/key:Key", "l", {"serviceAccountId": "none@x"})


def test_a_cluster_is_protected_and_its_pools_name_it(gcp: Driver, network: Made) -> None:
    cluster = gcp.create(
        CLUSTER, "c", {"name": "c", "location": "europe-west1", "network": network.id, "initialNodeCount": 1}
    )
    assert cluster.id == "projects/our-project/locations/europe-west1/clusters/c"
    assert cluster["masterAuth"]["clusterCaCertificate"]
    with refused("deletionProtection is set to true"):
        gcp.delete(cluster)
    gcp.create("gcp:container/nodePool:NodePool", "n", {"cluster": cluster.id, "location": "europe-west1"})
    with refused("Not found: none"):
        gcp.create("gcp:container/nodePool:NodePool", "m", {"cluster": "none"})
    with refused("is already being used by"):
        gcp.delete(network)


def test_firewalls(gcp: Driver, network: Made) -> None:
    made = gcp.create(FIREWALL, "f", {"network": network.id, "allows": [{"protocol": "tcp", "ports": ["443"]}]})
    assert (made["direction"], made["priority"]) == ("INGRESS", 1000)
    assert "one of allows, denies" in gcp.reasons(FIREWALL, {"network": network.id})


def test_look_ups(gcp: Driver) -> None:
    assert gcp.look_up("gcp:organizations/getClientConfig:getClientConfig")["project"] == "our-project"
    assert gcp.look_up("gcp:compute/getZones:getZones")["names"] == [
        "europe-west1-b",
        "europe-west1-c",
        "europe-west1-d",
    ]
    policy = gcp.look_up(
        "gcp:organizations/getIAMPolicy:getIAMPolicy",
        bindings=[
            {"role": "roles/b", "members": ["user:z@x", "user:a@x"]},
            {"role": "roles/b", "members": ["user:m@x"]},
        ],
    )
    assert json.loads(policy["policyData"]) == {
        "bindings": [{"members": ["user:a@x", "user:m@x", "user:z@x"], "role": "roles/b"}]
    }
    with refused("project: nothing not found"):
        gcp.look_up("gcp:organizations/getProject:getProject", projectId="nothing")


def test_configuration(gcp: Driver) -> None:
    where = "urn:pulumi:d::p::pulumi:providers:gcp::x"
    assert "is not a project id" in gcp.provider.check_config(where, {}, {"project": "X"}).failures[0].reason
    assert (
        driver("gcp", {"project": "our-project", "zone": "us-east1-b"}, open_cloud(None)).create(
            "gcp:compute/disk:Disk", "d"
        )["zone"]
        == "us-east1-b"
    )
