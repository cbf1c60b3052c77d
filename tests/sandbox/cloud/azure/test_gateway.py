from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

GROUP = "azure-native:resources:ResourceGroup"
VNET = "azure-native:network:VirtualNetwork"
SUBNET = "azure-native:network:Subnet"
ADDRESS = "azure-native:network:PublicIPAddress"
GATEWAY = "azure-native:network:VirtualNetworkGateway"
PEERING = "azure-native:network:VirtualNetworkPeering"
PLACE = {"resourceGroupName": "network", "location": "westeurope"}


@pytest.fixture
def azure() -> Driver:
    run = driver("azure-native", {"location": "westeurope"})
    run.create(GROUP, "network", {"resourceGroupName": "network", "location": "westeurope"})
    return run


def network(azure: Driver, name: str, cidr: str) -> Made:
    return azure.create(VNET, name, {**PLACE, "virtualNetworkName": name, "addressSpace": {"addressPrefixes": [cidr]}})


def subnet(azure: Driver, name: str, cidr: str = "10.0.0.0/27") -> Made:
    where = {"resourceGroupName": "network", "virtualNetworkName": "main"}
    return azure.create(SUBNET, name, {**where, "subnetName": name, "addressPrefix": cidr})


def address(azure: Driver, name: str) -> Made:
    return azure.create(ADDRESS, name, {**PLACE, "publicIPAllocationMethod": "Static", "publicIpAddressName": name})


def gateway(azure: Driver, subnet_id: str, *addresses: Made, name: str = "gw", custom: Any = ()) -> Made:
    return azure.create(GATEWAY, name, gateway_inputs(subnet_id, *addresses, name=name, custom=custom))


def gateway_inputs(subnet_id: str, *addresses: Made, name: str = "gw", custom: Any = ()) -> dict[str, Any]:
    return {
        **PLACE,
        "virtualNetworkGatewayName": name,
        "gatewayType": "Vpn",
        "activeActive": len(addresses) > 1,
        "bgpSettings": {"asn": 65515, "bgpPeeringAddresses": list(custom)},
        "ipConfigurations": [
            {"name": f"instance-{index}", "subnet": {"id": subnet_id}, "publicIPAddress": {"id": one.id}}
            for index, one in enumerate(addresses)
        ],
    }


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_a_gateway_stands_in_the_gateway_subnet_alone(azure: Driver) -> None:
    network(azure, "main", "10.0.0.0/16")
    other, own = subnet(azure, "web"), subnet(azure, "GatewaySubnet", "10.0.1.0/27")
    one, two = address(azure, "one"), address(azure, "two")
    with refused("must be named GatewaySubnet"):
        gateway(azure, other.id, one)
    made = gateway(azure, own.id, one, two)
    with refused("has a gateway of this type already"):
        gateway(azure, own.id, one, two, name="second")
    with refused("PublicIPAddressCannotBeDeleted"):
        azure.delete(one)
    with refused("InUseSubnetCannotBeDeleted"):
        azure.delete(own)
    azure.delete(made)
    azure.delete(one)


def test_a_gateway_tells_the_addresses_of_its_instances(azure: Driver) -> None:
    network(azure, "main", "10.0.0.0/16")
    own = subnet(azure, "GatewaySubnet")
    one, two = address(azure, "one"), address(azure, "two")
    first = f"{own.id.partition('/virtualNetworks/')[0]}/virtualNetworkGateways/gw/ipConfigurations/instance-0"
    custom = [{"ipconfigurationId": first, "customBgpIpAddresses": ["169.254.21.2"]}]
    settings = gateway(azure, own.id, one, two, custom=custom)["bgpSettings"]
    assert settings["asn"] == 65515
    found = [
        (one["customBgpIpAddresses"], one["tunnelIpAddresses"], len(one["defaultBgpIpAddresses"]))
        for one in settings["bgpPeeringAddresses"]
    ]
    assert found == [(["169.254.21.2"], [one["ipAddress"]], 1), ([], [two["ipAddress"]], 1)]


def test_addresses_for_bgp_are_from_the_range_of_azure(azure: Driver) -> None:
    custom = [{"ipconfigurationId": "x", "customBgpIpAddresses": ["169.254.23.1"]}]
    assert "169.254.21.0 to 169.254.22.255" in azure.reasons(GATEWAY, gateway_inputs("s", custom=custom))


def test_an_active_active_gateway_has_two_configurations(azure: Driver) -> None:
    assert "needs two" in azure.reasons(GATEWAY, {**gateway_inputs("s"), "activeActive": True})


def test_networks_that_overlap_cannot_be_peered(azure: Driver) -> None:
    network(azure, "main", "10.0.0.0/16")
    hub, other = network(azure, "hub", "10.0.128.0/20"), network(azure, "other", "10.1.0.0/16")
    where = {"resourceGroupName": "network", "virtualNetworkName": "main", "virtualNetworkPeeringName": "to-hub"}
    with refused("VnetAddressSpacesOverlap"):
        azure.create(PEERING, "p", {**where, "remoteVirtualNetwork": {"id": hub.id}})
    made = azure.create(PEERING, "p", {**where, "remoteVirtualNetwork": {"id": other.id}})
    assert made["peeringState"] == "Connected"
