"""Hub and links of a network on Azure, on the sandbox."""

import pulumi
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.values import Secret, plain
from support.component_stack import ComponentStack
from support.contexts import context

NET = "azure-native:network:"
TIERS = [
    {"name": "app", "role": "private"},
    {"name": "data", "role": "isolated"},
    {"name": "gateway", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
]
OFFICE = {
    "name": "office",
    "peer_addresses": ["203.0.113.7", "203.0.113.8"],
    "peer_asn": 65010,
    "ranges": ["192.168.0.0/16"],
    "inside_range": "169.254.22.0/28",
}
KEYS = ("0-0", "1-0")
OTHER = {"name": "aws", "peer_cloud": "aws", "ranges": ["10.90.0.0/16"]}
CIRCUIT = "/subscriptions/s/resourceGroups/lines/providers/Microsoft.Network/expressRouteCircuits/main"
LINE = {"name": "line", "connection_id": CIRCUIT, "ranges": ["172.16.0.0/12"]}


def network(name="main", cidr="10.20.0.0/16", **more):
    def make(_account, opts):
        args = {"context": context("dev"), "cloud": "azure", "region": "westeurope", "cidr": cidr, "tiers": TIERS}
        given = {**args, "flow_logs": {"enabled": False}, "guard": False, **more}
        return VpcComponent(name, VpcArgs(**given), opts)

    return make


def linked(**more):
    def make(account, opts):
        keys = {key: pulumi.Output.secret(f"secret.of.{key[0]}") for key in KEYS}
        hybrid = {"vpns": [{**OFFICE, "pre_shared_keys": keys}], "lines": [LINE], "cross_cloud": [OTHER]}
        return network(hybrid=hybrid, **more)(account, opts)

    return make


def spoke_of(_account, opts):
    """A hub network and a spoke that is peered with it."""
    hub = network("center", "10.10.0.0/16")(None, opts)
    return network(
        hub={"kind": "peering", "id": hub.vpc_id, "destinations": ["10.0.0.0/8"], "next_hop": "10.10.0.4"}, egress="hub"
    )(None, opts)


def own_hub(**more):
    own = {
        "address_prefix": "10.255.0.0/24",
        "segments": {"dev": {"talks_to": ["shared"]}, "shared": {}},
        "share_with": ["22222222-2222-2222-2222-222222222222"],
    }
    return network(hub={"kind": "transit", "own": own, "segment": "shared", **more.pop("hub", {})}, **more)


@pytest.fixture
def stack():
    made = ComponentStack("westeurope", "azure")
    yield made
    made.cloud.close()


def ids(stack, token):
    found = (item for item in stack.engine.snapshot.resources if item.type == token)
    return {item.urn.rsplit("::", 1)[-1]: item.id for item in found}


@pytest.mark.parametrize("make", [linked(), spoke_of, own_hub(egress="hub")], ids=["links", "peering", "virtual-wan"])
def test_it_comes_up_stays_and_goes(stack, make):
    previewed = stack.run("preview", make)
    assert stack.up(make) == dict(previewed.changes)
    assert set(stack.up(make)) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})


def test_the_gateway_has_an_address_for_every_tunnel_of_every_link(stack):
    stack.up(linked())
    gateway = stack.of_type(f"{NET}VirtualNetworkGateway")["main-vpn-gateway"]
    custom = [item["customBgpIpAddresses"] for item in gateway["bgpSettings"]["bgpPeeringAddresses"]]
    assert custom == [
        ["169.254.22.2", "169.254.22.10", "169.254.21.2", "169.254.21.6"],
        ["169.254.22.6", "169.254.22.14", "169.254.21.10", "169.254.21.14"],
    ]
    assert (gateway["activeActive"], gateway["bgpSettings"]["asn"]) == (True, 65515)


def test_a_device_has_one_connection_with_a_tunnel_to_each_instance(stack):
    stack.up(linked())
    connections = stack.of_type(f"{NET}VirtualNetworkGatewayConnection")
    first = connections["main-connection-office-0"]
    assert first["sharedKey"] == Secret("secret.of.0")
    assert [item["customBgpIpAddress"] for item in first["gatewayCustomBgpIpAddresses"]] == [
        "169.254.22.2",
        "169.254.22.6",
    ]
    local = stack.of_type(f"{NET}LocalNetworkGateway")["main-local-gateway-office-1"]
    assert (local["gatewayIpAddress"], local["bgpSettings"]) == (
        "203.0.113.8",
        {"asn": 65010, "bgpPeeringAddress": "169.254.22.9"},
    )
    policy = first["ipsecPolicies"][0]
    assert (policy["dhGroup"], policy["ikeEncryption"], policy["pfsGroup"]) == ("DHGroup14", "AES256", "PFS2048")
    assert connections["main-line-line"]["peer"] == {"id": CIRCUIT}


def test_tiers_that_shall_not_learn_routes_keep_them_out(stack):
    keys = dict.fromkeys(KEYS, "a.plain.secret")
    stack.up(network(hybrid={"vpns": [{**OFFICE, "pre_shared_keys": keys}], "routed_tiers": ["app"]}))
    tables = stack.of_type(f"{NET}RouteTable")
    assert {name: one["disableBgpRoutePropagation"] for name, one in tables.items()} == {
        "main-route-table-app": False,
        "main-route-table-data": True,
    }


def test_peering_is_made_on_both_sides_and_lends_the_gateways_of_the_hub(stack):
    stack.up(spoke_of)
    peerings = stack.of_type(f"{NET}VirtualNetworkPeering")
    there, back = peerings["main-hub-peering"], peerings["main-hub-peering-back"]
    assert (there["useRemoteGateways"], there["allowGatewayTransit"]) == (True, False)
    assert (back["useRemoteGateways"], back["allowGatewayTransit"]) == (False, True)
    vnets = ids(stack, f"{NET}VirtualNetwork")
    assert (there["remoteVirtualNetwork"], back["remoteVirtualNetwork"]) == (
        {"id": vnets["center-network"]},
        {"id": vnets["main-network"]},
    )
    routes = {route["name"]: route for route in stack.of_type(f"{NET}RouteTable")["main-route-table-app"]["routes"]}
    assert routes["default"]["nextHopIpAddress"] == routes["hub-10.0.0.0-8"]["nextHopIpAddress"] == "10.10.0.4"


def test_a_hub_of_its_own_has_a_table_for_each_segment(stack):
    stack.up(own_hub())
    tables = ids(stack, f"{NET}HubRouteTable")
    assert set(tables) == {"main-hub-table-dev", "main-hub-table-shared"}
    connection = stack.of_type(f"{NET}HubVirtualNetworkConnection")["main-hub-attachment"]
    routing = connection["routingConfiguration"]
    assert routing["associatedRouteTable"] == {"id": tables["main-hub-table-shared"]}
    assert routing["propagatedRouteTables"] == {"ids": [{"id": tables["main-hub-table-dev"]}], "labels": []}
    assert connection["enableInternetSecurity"] is False
    assert list(stack.of_type("azure-native:authorization:RoleAssignment")) == [
        "main-hub-share-22222222-2222-2222-2222-222222222222"
    ]


def test_what_it_costs_is_told(stack):
    stack.up(linked())
    component = next(item for item in stack.engine.snapshot.resources if item.type.endswith(":VpcComponent"))
    drivers = {one["item"]: one["quantity"] for one in plain(component.outputs["cost_drivers"])}
    assert drivers["azure:vpn-gateway-hours:VpnGw2AZ"] == 730
    assert drivers["azure:expressroute-gateway-hours"] == 730
    names = {item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources}
    assert {one["child"] for one in plain(component.outputs["evidence"])} <= names
