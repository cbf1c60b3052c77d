import re
from typing import Any

import pytest

from platform_lib.core.values import Secret
from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
GROUP = "azure-native:resources:ResourceGroup"
VNET = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
NSG = "azure-native:network:NetworkSecurityGroup"
ACCOUNT = "azure-native:storage:StorageAccount"
CONTAINER = "azure-native:storage:BlobContainer"
VAULT = "azure-native:keyvault:Vault"
AKS = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"


@pytest.fixture
def azure() -> Driver:
    return driver("azure-native")


@pytest.fixture
def group(azure: Driver) -> Made:
    return azure.create(GROUP, "rg", {"resourceGroupName": "rg", "location": "West Europe"})


@pytest.fixture
def vnet(azure: Driver, group: Made) -> Made:
    return azure.create(
        VNET,
        "net",
        {"resourceGroupName": "rg", "virtualNetworkName": "net", "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}},
    )


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def _subnet(azure: Driver, name: str, prefix: str, **more: Any) -> Made:
    return azure.create(
        SUBNET, name, {"resourceGroupName": "rg", "virtualNetworkName": "net", "addressPrefix": prefix, **more}
    )


def test_ids_have_the_form_of_arm(azure: Driver, group: Made, vnet: Made) -> None:
    assert group.id == f"{SUBSCRIPTION}/resourceGroups/rg"
    assert vnet.id == f"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.Network/virtualNetworks/net"
    assert _subnet(azure, "web", "10.0.1.0/24").id == f"{vnet.id}/subnets/web"
    assert (group["type"], group["location"], vnet["name"]) == (
        "Microsoft.Resources/resourceGroups",
        "westeurope",
        "net",
    )
    assert vnet["provisioningState"] == "Succeeded"


def test_types_without_a_known_path_get_one_by_rule(azure: Driver, group: Made) -> None:
    made = azure.create("azure-native:network:DdosProtectionPlan", "plan", {"resourceGroupName": "rg"})
    assert re.fullmatch(
        rf"{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft\.Network/ddosProtectionPlans/plan[0-9a-f]{{8}}", made.id
    )


def test_a_resource_without_a_location_is_where_its_group_is(azure: Driver, vnet: Made) -> None:
    assert vnet.inputs["location"] == "westeurope"
    there = driver("azure-native", {"location": "northeurope"}, azure.cloud)
    assert there.create(GROUP, "other", {}).inputs["location"] == "northeurope"


def test_the_group_and_the_parent_have_to_be_there(azure: Driver, group: Made) -> None:
    with refused("ResourceGroupNotFound.*'none' could not be found"):
        azure.create(VNET, "v", {"resourceGroupName": "none"})
    with refused("ParentResourceNotFound.*'virtualNetworks/net' could not be found"):
        _subnet(azure, "web", "10.0.1.0/24")


def test_what_exists_is_not_created_again(azure: Driver, group: Made) -> None:
    with refused(rf"cannot create already existing resource '{group.id}'"):
        azure.create(GROUP, "again", {"resourceGroupName": "rg", "location": "westeurope"})


def test_subnets_lie_in_the_network_and_apart(azure: Driver, vnet: Made) -> None:
    _subnet(azure, "web", "10.0.1.0/24")
    with refused("NetcfgSubnetRangeOutsideVnet"):
        _subnet(azure, "out", "10.1.0.0/24")
    with refused("NetcfgSubnetRangesOverlap"):
        _subnet(azure, "over", "10.0.1.128/25")
    assert "formatted incorrectly" in azure.reasons(
        SUBNET, {"resourceGroupName": "rg", "virtualNetworkName": "net", "addressPrefix": "10.0.1.1/24"}
    )


def test_a_subnet_may_change_its_own_range(azure: Driver, vnet: Made) -> None:
    made = _subnet(azure, "web", "10.0.1.0/24")
    assert (
        azure.update(made, {"resourceGroupName": "rg", "virtualNetworkName": "net", "addressPrefix": "10.0.1.0/25"})[
            "addressPrefix"
        ]
        == "10.0.1.0/25"
    )


def test_what_is_in_use_stays(azure: Driver, vnet: Made) -> None:
    nsg = azure.create(NSG, "nsg", {"resourceGroupName": "rg"})
    web = _subnet(azure, "web", "10.0.1.0/24", networkSecurityGroup={"id": nsg.id})
    with refused("InUseNetworkSecurityGroupCannotBeDeleted"):
        azure.delete(nsg)
    azure.create(
        "azure-native:network:NetworkInterface",
        "nic",
        {"resourceGroupName": "rg", "ipConfigurations": [{"name": "a", "subnet": {"id": web.id}}]},
    )
    with refused("InUseSubnetCannotBeDeleted"):
        azure.delete(web)
    with refused("InvalidResourceReference"):
        _subnet(azure, "db", "10.0.2.0/24", networkSecurityGroup={"id": nsg.id + "x"})


def test_a_group_takes_all_that_it_holds(azure: Driver, group: Made, vnet: Made) -> None:
    web = _subnet(azure, "web", "10.0.1.0/24")
    azure.delete(group)
    assert (azure.read(vnet).id, azure.read(web).id) == ("", "")
    # What Azure made on its own for the region stays.
    assert {item.type for item in azure.cloud.ls()} == {GROUP, "azure-native:network:NetworkWatcher"}


def test_security_rules_share_no_priority(azure: Driver, group: Made) -> None:
    azure.create(NSG, "nsg", {"resourceGroupName": "rg", "networkSecurityGroupName": "nsg"})
    token = "azure-native:network:SecurityRule"
    rule = {
        "resourceGroupName": "rg",
        "networkSecurityGroupName": "nsg",
        "priority": 100,
        "direction": "Inbound",
        "access": "Allow",
        "protocol": "Tcp",
    }
    azure.create(token, "one", rule)
    with refused("SecurityRuleConflict"):
        azure.create(token, "two", rule)
    assert azure.create(token, "out", {**rule, "direction": "Outbound"}).id
    assert "between 100 and 4096, got 50" in azure.reasons(token, {**rule, "priority": 50})


def test_storage_accounts_have_global_names_and_endpoints(azure: Driver, group: Made) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "accountName": "dataofours",
        "kind": "StorageV2",
        "sku": {"name": "Standard_LRS"},
    }
    account = azure.create(ACCOUNT, "sa", inputs)
    assert account["primaryEndpoints"]["blob"] == "https://dataofours.blob.core.windows.net/"
    azure.create(GROUP, "rg2", {"resourceGroupName": "rg2", "location": "westeurope"})
    with refused("StorageAccountAlreadyTaken"):
        azure.create(ACCOUNT, "sb", {**inputs, "resourceGroupName": "rg2"})
    assert "AccountNameInvalid" in azure.reasons(ACCOUNT, {**inputs, "accountName": "Data-of-ours"})
    container = azure.create(CONTAINER, "logs", {"resourceGroupName": "rg", "accountName": "dataofours"})
    assert container.id == f"{account.id}/blobServices/default/containers/logs"
    keys = azure.look_up(
        "azure-native:storage:listStorageAccountKeys", resourceGroupName="rg", accountName="dataofours"
    )["keys"]
    assert [(key["keyName"], type(key["value"])) for key in keys] == [("key1", Secret), ("key2", Secret)]


def test_vaults_and_their_secrets(azure: Driver, group: Made) -> None:
    properties = {"sku": {"family": "A", "name": "standard"}, "tenantId": "11111111-1111-1111-1111-111111111111"}
    vault = azure.create(VAULT, "kv", {"resourceGroupName": "rg", "vaultName": "ours", "properties": properties})
    assert vault["properties"]["vaultUri"] == "https://ours.vault.azure.net/"
    secret = azure.create(
        "azure-native:keyvault:Secret",
        "s",
        {"resourceGroupName": "rg", "vaultName": "ours", "properties": {"value": "hidden"}},
    )
    assert "hidden" not in str(secret["properties"]), "the API never answers the value"
    with refused("VaultAlreadyExists"):
        azure.create(VAULT, "kv2", {"resourceGroupName": "rg", "vaultName": "ours", "properties": properties})


def test_a_cluster_has_a_system_pool_and_credentials(azure: Driver, group: Made) -> None:
    pool = {"name": "system", "mode": "System", "count": 1, "vmSize": "Standard_D2s_v5"}
    inputs = {
        "resourceGroupName": "rg",
        "resourceName": "aks",
        "dnsPrefix": "aks",
        "agentPoolProfiles": [pool],
        "identity": {"type": "SystemAssigned"},
    }
    cluster = azure.create(AKS, "aks", inputs)
    assert re.fullmatch(r"aks-[0-9a-f]{8}\.hcp\.westeurope\.azmk8s\.io", cluster["fqdn"])
    assert cluster["identity"]["principalId"]
    azure.create(POOL, "extra", {"resourceGroupName": "rg", "resourceName": "aks", "vmSize": "Standard_D2s_v5"})
    with refused("ParentResourceNotFound"):
        azure.create(POOL, "lost", {"resourceGroupName": "rg", "resourceName": "none", "vmSize": "x"})
    assert "Must define at least one system pool" in azure.reasons(
        AKS, {**inputs, "agentPoolProfiles": [{**pool, "mode": "User"}]}
    )
    assert "got 'Bad-name'" in azure.reasons(AKS, {**inputs, "agentPoolProfiles": [{**pool, "name": "Bad-name"}]})
    found = azure.look_up(
        "azure-native:containerservice:listManagedClusterUserCredentials", resourceGroupName="rg", resourceName="aks"
    )
    assert isinstance(found["kubeconfigs"][0]["value"], Secret)


def test_a_role_is_assigned_once(azure: Driver, group: Made) -> None:
    token = "azure-native:authorization:RoleAssignment"
    inputs = {"scope": group.id, "principalId": "p", "roleDefinitionId": "r"}
    made = azure.create(token, "a", inputs)
    assert made.id.startswith(f"{group.id}/providers/Microsoft.Authorization/roleAssignments/")
    with refused("RoleAssignmentExists"):
        azure.create(token, "b", inputs)


def test_an_input_that_says_where_the_resource_is_already_is_no_replacement(azure: Driver, vnet: Made) -> None:
    inputs = {
        "resourceGroupName": "rg",
        "virtualNetworkName": "net",
        "addressSpace": {"addressPrefixes": ["10.0.0.0/16"]},
    }
    assert azure.diff(vnet, {**inputs, "location": "westeurope"}).changes == "none"
    assert azure.diff(vnet, {**inputs, "location": "northeurope"}).replaces == ["location"]


def test_configuration_and_identity(azure: Driver) -> None:
    failures = azure.provider.check_config(
        "urn:pulumi:d::p::pulumi:providers:azure-native::x", {}, {"subscriptionId": "mine"}
    ).failures
    assert "is not a subscription id" in failures[0].reason
    own = driver("azure-native", {"subscriptionId": "22222222-2222-2222-2222-222222222222"})
    assert own.look_up("azure-native:authorization:getClientConfig")["subscriptionId"].startswith("22222222")
