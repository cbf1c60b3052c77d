"""States and names that take time, by the cloud's clock."""

import datetime
from typing import Any

import pytest

from platform_lib.sandbox.cloud import open_cloud
from platform_lib.sandbox.cloud.cloud import Cloud
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, driver

DAY = 86_400
SECRET = "aws:secretsmanager/secret:Secret"
PEERING = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
DISTRIBUTION = {
    "enabled": True,
    "defaultCacheBehavior": {
        "allowedMethods": ["GET", "HEAD"],
        "cachedMethods": ["GET", "HEAD"],
        "targetOriginId": "web",
        "viewerProtocolPolicy": "https-only",
    },
    "origins": [{"domainName": "web.example.com", "originId": "web"}],
    "restrictions": {"geoRestriction": {"restrictionType": "none"}},
    "viewerCertificate": {"cloudfrontDefaultCertificate": True},
}


@pytest.fixture
def cloud() -> Cloud:
    made = open_cloud(None)
    made.clock.freeze(datetime.datetime(2026, 1, 31, tzinfo=datetime.UTC))
    return made


@pytest.fixture
def aws(cloud: Cloud) -> Driver:
    return driver("aws", {"region": "eu-west-1"}, cloud)


def scheduled() -> Any:
    return pytest.raises(ProviderError, match="a secret with this name is already scheduled for deletion")


@pytest.mark.parametrize(("window", "days"), [({}, 30), ({"recoveryWindowInDays": 7}, 7)])
def test_a_deleted_secret_keeps_its_name_for_its_recovery_window(
    cloud: Cloud, aws: Driver, window: dict[str, Any], days: int
) -> None:
    aws.delete(aws.create(SECRET, "s", {"name": "db/password", **window}))

    with scheduled():
        aws.create(SECRET, "s", {"name": "db/password"})
    cloud.clock.advance(days * DAY - 1)
    with scheduled():
        aws.create(SECRET, "other", {"name": "db/password"})
    aws.create(SECRET, "s", {"name": "db/other"})
    cloud.clock.advance(1)
    aws.create(SECRET, "s", {"name": "db/password"})


def test_a_secret_without_a_recovery_window_is_gone_at_once(aws: Driver) -> None:
    aws.delete(aws.create(SECRET, "s", {"name": "db/password", "recoveryWindowInDays": 0}))

    aws.create(SECRET, "s", {"name": "db/password"})


def test_a_deleted_vault_keeps_its_name_unless_it_is_recovered(cloud: Cloud) -> None:
    azure = driver("azure-native", None, cloud)
    azure.create("azure-native:resources:ResourceGroup", "rg", {"resourceGroupName": "rg", "location": "westeurope"})

    def vault(**properties: Any) -> dict[str, Any]:
        tenant = "11111111-1111-1111-1111-111111111111"
        sku = {"family": "A", "name": "standard"}
        given = {"tenantId": tenant, "sku": sku, "accessPolicies": [], **properties}
        return {"resourceGroupName": "rg", "vaultName": "keys-of-mine", "location": "westeurope", "properties": given}

    token = "azure-native:keyvault:Vault"
    azure.delete(azure.create(token, "keys", vault()))
    with pytest.raises(ProviderError, match="already exists in deleted state"):
        azure.create(token, "keys", vault())
    azure.delete(azure.create(token, "keys", vault(createMode="recover", softDeleteRetentionInDays=7)))
    cloud.clock.advance(7 * DAY)
    azure.create(token, "keys", vault())


def test_a_distribution_that_nobody_waits_for_is_deployed_later(cloud: Cloud, aws: Driver) -> None:
    token = "aws:cloudfront/distribution:Distribution"
    waited = aws.create(token, "waited", DISTRIBUTION)
    made = aws.create(token, "made", {**DISTRIBUTION, "waitForDeployment": False})

    assert (waited["status"], made["status"]) == ("Deployed", "InProgress")
    assert aws.read(made).outputs["status"] == "InProgress"
    cloud.clock.advance(300)
    assert aws.read(made).outputs["status"] == "Deployed"
    changed = aws.update(made, {**DISTRIBUTION, "waitForDeployment": False, "comment": "new"})
    assert changed["status"] == "InProgress", "each change is deployed anew"


def test_a_peering_waits_for_the_other_side_and_expires(cloud: Cloud, aws: Driver) -> None:
    one, other = (
        aws.create("aws:ec2/vpc:Vpc", name, {"cidrBlock": block})
        for name, block in (("one", "10.0.0.0/16"), ("other", "10.1.0.0/16"))
    )
    sides = {"vpcId": one.id, "peerVpcId": other.id}
    own = aws.create(PEERING, "own", {**sides, "autoAccept": True})
    asked, forgotten = (aws.create(PEERING, name, sides) for name in ("asked", "forgotten"))
    assert [item["acceptStatus"] for item in (own, asked)] == ["active", "pending-acceptance"]

    aws.create(
        "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter",
        "yes",
        {"vpcPeeringConnectionId": asked.id, "autoAccept": True},
    )
    cloud.clock.advance(7 * DAY)
    assert [aws.read(item).outputs["acceptStatus"] for item in (own, asked, forgotten)] == [
        "active",
        "active",
        "expired",
    ]
    assert aws.update(asked, {**sides, "tags": {"owner": "net"}})["acceptStatus"] == "active"
