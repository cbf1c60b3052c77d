"""What stands around a virtual network: NAT, watchers and flow logs, private names, resolvers."""

from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

NETWORK = "azure-native:network:"
RESOLVER = "azure-native:dnsresolver:"
PLACE = {"resourceGroupName": "rg", "location": "westeurope"}
HANDED = [{"name": "dns", "serviceName": "Microsoft.Network/dnsResolvers"}]


@pytest.fixture
def azure() -> Driver:
    run = driver("azure-native", {"location": "westeurope"})
    run.create("azure-native:resources:ResourceGroup", "rg", dict(PLACE))
    return run


@pytest.fixture
def vnet(azure: Driver) -> Made:
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    return azure.create(
        f"{NETWORK}VirtualNetwork", "net", {**PLACE, "virtualNetworkName": "net", "addressSpace": space}
    )


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def subnet(azure: Driver, name: str, prefix: str, **more: Any) -> Made:
    where = {"resourceGroupName": "rg", "virtualNetworkName": "net", "subnetName": name}
    return azure.create(f"{NETWORK}Subnet", name, {**where, "addressPrefix": prefix, **more})


def nat(azure: Driver, name: str, *addresses: Made, **more: Any) -> Made:
    ids = [{"id": one.id} for one in addresses]
    return azure.create(f"{NETWORK}NatGateway", name, {**PLACE, "publicIpAddresses": ids, **more})


def test_an_address_of_a_nat_gateway_serves_nothing_else_and_stays(azure: Driver) -> None:
    address = azure.create(f"{NETWORK}PublicIPAddress", "ip", {**PLACE, "publicIPAllocationMethod": "Static"})
    first = nat(azure, "one", address)
    with refused("PublicIPAddressInUse.*already allocated to resource"):
        nat(azure, "two", address)
    with refused("PublicIPAddressCannotBeDeleted"):
        azure.delete(address)
    azure.update(first, {**first.inputs, "idleTimeoutInMinutes": 10})


def test_a_nat_gateway_keeps_its_limits(azure: Driver) -> None:
    assert "between 4 and 120" in azure.reasons(f"{NETWORK}NatGateway", {**PLACE, "idleTimeoutInMinutes": 121})
    assert "stands in one zone" in azure.reasons(f"{NETWORK}NatGateway", {**PLACE, "zones": ["1", "2"]})


def test_a_prefix_has_addresses_and_is_not_deleted_in_use(azure: Driver) -> None:
    prefix = azure.create(f"{NETWORK}PublicIPPrefix", "many", {**PLACE, "prefixLength": 30})
    assert prefix["ipPrefix"].endswith("/30")
    nat(azure, "one", publicIpPrefixes=[{"id": prefix.id}])
    with refused("InUsePublicIpPrefixCannotBeDeleted"):
        azure.delete(prefix)


def test_a_route_has_a_next_hop_that_fits(azure: Driver) -> None:
    def reasons(**route: str) -> str:
        return azure.reasons(f"{NETWORK}RouteTable", {**PLACE, "routes": [{"name": "a", **route}]})

    assert "is required for VirtualAppliance" in reasons(nextHopType="VirtualAppliance")
    assert "is for VirtualAppliance only, got None" in reasons(nextHopType="None", nextHopIpAddress="10.0.0.4")
    assert reasons(nextHopType="VirtualAppliance", nextHopIpAddress="10.0.0.4") == ""


def test_a_plan_against_floods_is_not_deleted_in_use(azure: Driver, vnet: Made) -> None:
    plan = azure.create(f"{NETWORK}DdosProtectionPlan", "plan", dict(PLACE))
    azure.update(vnet, {**vnet.inputs, "ddosProtectionPlan": {"id": plan.id}})
    with refused("InUseDdosProtectionPlanCannotBeDeleted"):
        azure.delete(plan)


def watchers(azure: Driver) -> list[str]:
    return [one.id.rpartition("/resourceGroups/")[2] for one in azure.cloud.ls() if one.type.endswith("NetworkWatcher")]


def test_a_watcher_comes_with_the_first_network_of_a_region_and_stays(azure: Driver, vnet: Made) -> None:
    path = "NetworkWatcherRG/providers/Microsoft.Network/networkWatchers/NetworkWatcher_"
    assert watchers(azure) == [f"{path}westeurope"]
    space = {"addressPrefixes": ["10.1.0.0/16"]}
    for name, location in (("second", "westeurope"), ("third", "northeurope")):
        made = {"resourceGroupName": "rg", "location": location, "addressSpace": space}
        azure.create(f"{NETWORK}VirtualNetwork", name, made)
    azure.delete(vnet)
    assert watchers(azure) == [f"{path}westeurope", f"{path}northeurope"]


def flow_log(azure: Driver, target: str, store: str) -> Made:
    return azure.create(
        f"{NETWORK}FlowLog",
        "log",
        {
            "resourceGroupName": "NetworkWatcherRG",
            "networkWatcherName": "NetworkWatcher_westeurope",
            "location": "westeurope",
            "targetResourceId": target,
            "storageId": store,
        },
    )


def account(azure: Driver, name: str, location: str) -> Made:
    return azure.create(
        "azure-native:storage:StorageAccount",
        name,
        {
            "resourceGroupName": "rg",
            "accountName": name,
            "location": location,
            "kind": "StorageV2",
            "sku": {"name": "Standard_LRS"},
        },
    )


def test_a_flow_log_needs_a_watcher_a_network_and_an_account_of_the_region(azure: Driver) -> None:
    near, far = account(azure, "near", "westeurope"), account(azure, "far", "northeurope")
    with refused("ResourceGroupNotFound"):
        flow_log(azure, "/none", near.id)
    space = {"addressPrefixes": ["10.0.0.0/16"]}
    vnet = azure.create(f"{NETWORK}VirtualNetwork", "net", {**PLACE, "addressSpace": space})
    with refused("ResourceNotFound"):
        flow_log(azure, vnet.id + "x", near.id)
    with refused("InvalidStorageAccountLocation"):
        flow_log(azure, vnet.id, far.id)
    made = flow_log(azure, vnet.id, near.id)
    assert made.id.endswith("/networkWatchers/NetworkWatcher_westeurope/flowLogs/log")


def zone(azure: Driver, name: str, group: str = "rg") -> Made:
    where = {"resourceGroupName": group, "location": "global", "privateZoneName": "internal.example.com"}
    return azure.create("azure-native:privatedns:PrivateZone", name, where)


def link(azure: Driver, name: str, vnet: Made, group: str = "rg") -> Made:
    return azure.create(
        "azure-native:privatedns:VirtualNetworkLink",
        name,
        {
            "resourceGroupName": group,
            "location": "global",
            "privateZoneName": "internal.example.com",
            "virtualNetwork": {"id": vnet.id},
        },
    )


def test_a_network_knows_one_zone_of_a_name(azure: Driver, vnet: Made) -> None:
    azure.create("azure-native:resources:ResourceGroup", "other", {**PLACE, "resourceGroupName": "other"})
    first = zone(azure, "first")
    zone(azure, "second", "other")
    made = link(azure, "link", vnet)
    assert made.id.endswith("/privateDnsZones/internal.example.com/virtualNetworkLinks/link")
    with refused("overlapping namespaces"):
        link(azure, "link", vnet, "other")
    with refused("Can not delete resource before nested resources are deleted"):
        azure.delete(first)
    azure.delete(made)
    azure.delete(first)


@pytest.fixture
def resolver(azure: Driver, vnet: Made) -> Made:
    return azure.create(f"{RESOLVER}DnsResolver", "resolver", {**PLACE, "virtualNetwork": {"id": vnet.id}})


def outbound(azure: Driver, resolver: Made, name: str, subnet_id: str) -> Made:
    where = {**PLACE, "dnsResolverName": resolver.inputs["dnsResolverName"]}
    return azure.create(f"{RESOLVER}OutboundEndpoint", name, {**where, "subnet": {"id": subnet_id}})


def test_a_resolver_stands_in_subnets_of_its_own(azure: Driver, vnet: Made, resolver: Made) -> None:
    plain, large = subnet(azure, "plain", "10.0.32.0/28"), subnet(azure, "large", "10.0.64.0/20", delegations=HANDED)
    own = subnet(azure, "own", "10.0.48.0/28", delegations=HANDED)
    with refused("must be delegated to Microsoft.Network/dnsResolvers only"):
        outbound(azure, resolver, "out", plain.id)
    with refused("must be a /28 to a /24, got 10.0.64.0/20"):
        outbound(azure, resolver, "out", large.id)
    made = outbound(azure, resolver, "out", own.id)
    with refused("is used by .* already"):
        outbound(azure, resolver, "more", own.id)
    with refused("InUseSubnetCannotBeDeleted"):
        azure.delete(own)
    ruleset = azure.create(
        f"{RESOLVER}DnsForwardingRuleset", "rules", {**PLACE, "dnsResolverOutboundEndpoints": [{"id": made.id}]}
    )
    with refused("is in use by the ruleset"):
        azure.delete(made)
    azure.delete(ruleset)
    azure.delete(made)


def test_a_network_has_one_resolver_which_is_asked_at_an_address_of_its_subnet(
    azure: Driver, vnet: Made, resolver: Made
) -> None:
    with refused("referenced by one DNS resolver only"):
        azure.create(f"{RESOLVER}DnsResolver", "second", {**PLACE, "virtualNetwork": {"id": vnet.id}})
    own = subnet(azure, "own", "10.0.48.0/28", delegations=HANDED)
    where = {**PLACE, "dnsResolverName": resolver.inputs["dnsResolverName"]}
    asked = azure.create(
        f"{RESOLVER}InboundEndpoint", "in", {**where, "ipConfigurations": [{"subnet": {"id": own.id}}]}
    )
    assert asked["ipConfigurations"][0]["privateIpAddress"] == "10.0.48.4"


def test_rules_about_names_share_no_priority(azure: Driver, vnet: Made) -> None:
    policy = azure.create(f"{RESOLVER}DnsResolverPolicy", "policy", dict(PLACE))
    names = azure.create(f"{RESOLVER}DnsResolverDomainList", "list", {**PLACE, "domains": ["bad.example."]})

    def rule(name: str, list_id: str) -> Made:
        where = {**PLACE, "dnsResolverPolicyName": policy.inputs["dnsResolverPolicyName"], "priority": 100}
        lists = {"dnsResolverDomainLists": [{"id": list_id}], "action": {"actionType": "Block"}}
        return azure.create(f"{RESOLVER}DnsSecurityRule", name, {**where, **lists})

    with refused("InvalidResourceReference"):
        rule("one", names.id + "x")
    rule("one", names.id)
    with refused("cannot have the priority 100"):
        rule("two", names.id)
    with refused("is in use by the rule"):
        azure.delete(names)


def endpoint(azure: Driver, name: str, subnet_id: str) -> Made:
    connection = {"name": "it", "privateLinkServiceId": "/vault", "groupIds": ["vault"]}
    given = {**PLACE, "subnet": {"id": subnet_id}, "privateLinkServiceConnections": [connection]}
    return azure.create(f"{NETWORK}PrivateEndpoint", name, given)


def test_a_private_endpoint_stands_in_no_subnet_of_a_service(azure: Driver, vnet: Made) -> None:
    handed, own = subnet(azure, "handed", "10.0.32.0/28", delegations=HANDED), subnet(azure, "own", "10.0.48.0/28")
    with refused("PrivateEndpointCreationNotAllowedAsSubnetIsDelegated"):
        endpoint(azure, "to-vault", handed.id)
    made = endpoint(azure, "to-vault", own.id)
    (state,) = (one["privateLinkServiceConnectionState"]["status"] for one in made["privateLinkServiceConnections"])
    assert state == "Approved"
    assert len(made["networkInterfaces"]) == 1


def test_identities_of_a_resource_come_back_with_their_principals(azure: Driver, vnet: Made) -> None:
    identity = azure.create("azure-native:managedidentity:UserAssignedIdentity", "writer", dict(PLACE))
    store = account(azure, "store", "westeurope")
    given = {"type": "UserAssigned", "userAssignedIdentities": [identity.id]}
    changed = azure.update(store, {**store.inputs, "identity": given})
    assert changed["identity"]["userAssignedIdentities"] == {
        identity.id: {"clientId": identity["clientId"], "principalId": identity["principalId"]}
    }
    own = azure.update(store, {**store.inputs, "identity": {"type": "SystemAssigned"}})
    assert own["identity"]["principalId"]
