"""Hub and links of a network on AWS, on the sandbox: they come up, stay, change and go."""

import pulumi
import pulumi_aws
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.values import Secret, plain
from support.component_stack import ComponentStack
from support.contexts import context

TRANSIT = "aws:ec2transitgateway/"
TIERS = [
    {"name": "public", "role": "public"},
    {"name": "private", "role": "private"},
    {"name": "isolated", "role": "isolated"},
    {"name": "hub", "role": "hub"},
]
OFFICE = {
    "name": "office",
    "peer_addresses": ["203.0.113.7", "203.0.113.8"],
    "peer_asn": 65010,
    "ranges": ["192.168.0.0/16"],
    "inside_range": "169.254.22.0/28",
}
LINE = {"name": "line", "connection_id": "dxcon-1", "vlan": 101, "peer_asn": 65020, "ranges": ["172.16.0.0/12"]}
OWN_HUB = {
    "hub": {
        "kind": "transit",
        "own": {
            "segments": {"dev": {"talks_to": ["shared"]}, "prod": {"talks_to": ["shared"]}, "shared": {"inner": True}},
            "share_with": ["123456789012", "arn:aws:organizations::123456789012:ou/o-abc/ou-def"],
        },
        "segment": "shared",
        "destinations": ["10.0.0.0/8"],
    }
}


def network(name="main", cidr="10.20.0.0/16", **more):
    def make(_account, opts):
        args = {"context": context("dev"), "region": "eu-west-1", "cidr": cidr, "tiers": TIERS, "guard": False, **more}
        return VpcComponent(name, VpcArgs(**args), opts)

    return make


@pytest.fixture
def stack():
    made = ComponentStack()
    yield made
    made.cloud.close()


def links(stack, token, key, other):
    return {(inputs[key], inputs[other]) for inputs in stack.of_type(token).values()}


def ids(stack, token):
    found = (item for item in stack.engine.snapshot.resources if item.type == token)
    return {item.urn.rsplit("::", 1)[-1]: item.id for item in found}


@pytest.mark.parametrize(
    "more",
    [
        OWN_HUB,
        {**OWN_HUB, "egress": "single"},
        {"hybrid": {"vpns": [OFFICE], "lines": [LINE]}},
        {**OWN_HUB, "hybrid": {"vpns": [OFFICE], "lines": [LINE]}},
        {"hub": {"kind": "cloud-wan", "id": "core-network-1", "segment": "prod", "destinations": ["10.0.0.0/8"]}},
        {"hybrid": {"cross_cloud": [{"name": "gcp", "peer_cloud": "gcp", "ranges": ["10.30.0.0/16"]}]}},
    ],
    ids=["hub", "hub-nat", "links", "links-at-hub", "cloud-wan", "cross-cloud"],
)
def test_it_comes_up_stays_and_goes(stack, more):
    previewed = stack.run("preview", network(**more))
    assert stack.up(network(**more)) == dict(previewed.changes)
    assert set(stack.up(network(**more))) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})


def test_a_hub_of_its_own_has_a_table_for_each_segment_and_no_default_one(stack):
    stack.up(network(**OWN_HUB))
    hub = stack.of_type(f"{TRANSIT}transitGateway:TransitGateway")["main-hub"]
    assert hub["defaultRouteTableAssociation"] == hub["defaultRouteTablePropagation"] == "disable"
    assert hub["autoAcceptSharedAttachments"] == "disable"
    tables = ids(stack, f"{TRANSIT}routeTable:RouteTable")
    assert set(tables) == {"main-hub-table-dev", "main-hub-table-prod", "main-hub-table-shared"}
    attachment = ids(stack, f"{TRANSIT}vpcAttachment:VpcAttachment")["main-hub-attachment"]
    association = links(
        stack,
        f"{TRANSIT}routeTableAssociation:RouteTableAssociation",
        "transitGatewayAttachmentId",
        "transitGatewayRouteTableId",
    )
    assert association == {(attachment, tables["main-hub-table-shared"])}
    propagation = links(
        stack,
        f"{TRANSIT}routeTablePropagation:RouteTablePropagation",
        "transitGatewayAttachmentId",
        "transitGatewayRouteTableId",
    )
    assert propagation == {(attachment, table) for table in tables.values()}, "all three may talk with shared"


def test_the_attachment_stands_in_every_zone_and_joins_no_default_table(stack):
    stack.up(network(**OWN_HUB))
    attachment = stack.of_type(f"{TRANSIT}vpcAttachment:VpcAttachment")["main-hub-attachment"]
    subnets = ids(stack, "aws:ec2/subnet:Subnet")
    assert set(attachment["subnetIds"]) == {subnets["main-subnet-hub-euw1-az1"], subnets["main-subnet-hub-euw1-az2"]}
    assert attachment["transitGatewayDefaultRouteTableAssociation"] is False
    assert attachment["transitGatewayDefaultRouteTablePropagation"] is False


def test_a_hub_is_shared_with_those_that_are_named_and_recorded(stack):
    stack.up(network(**OWN_HUB))
    assert stack.of_type("aws:ram/resourceShare:ResourceShare")["main-hub-share"]["allowExternalPrincipals"] is False
    shared = stack.of_type("aws:ram/principalAssociation:PrincipalAssociation")
    assert {name: one["principal"] for name, one in shared.items()} == {
        "main-hub-share-123456789012": "123456789012",
        "main-hub-share-ou-def": "arn:aws:organizations::123456789012:ou/o-abc/ou-def",
    }
    log = stack.of_type("aws:ec2/flowLog:FlowLog")["main-hub-flow-log"]
    assert log["maxAggregationInterval"] == 60
    assert "trafficType" not in log


def test_what_is_behind_the_hub_has_a_route_in_private_and_isolated_tiers(stack):
    stack.up(network(**OWN_HUB))
    routes = stack.of_type("aws:ec2/route:Route")
    to_hub = {name for name, route in routes.items() if route.get("transitGatewayId")}
    assert to_hub == {
        "main-hub-route-private-euw1-az1-10.0.0.0-8",
        "main-hub-route-private-euw1-az2-10.0.0.0-8",
        "main-hub-route-isolated-10.0.0.0-8",
    }


def test_a_spoke_reaches_the_internet_through_the_hub(stack):
    """Two networks in one program: one makes the hub and is the way out, the other is attached to it."""

    def make(_account, opts):
        segments = {"exit": {"talks_to": ["spokes"]}, "spokes": {"egress": True}}
        out = network(
            "out",
            "10.10.0.0/16",
            tiers=[{**tier, "egress": "nat"} if tier["role"] == "hub" else tier for tier in TIERS],
            egress="single",
            hub={
                "kind": "transit",
                "own": {"segments": segments},
                "segment": "exit",
                "destinations": ["10.20.0.0/16"],
                "routed_tiers": ["public"],
            },
        )(None, opts)
        tables = out.hub_route_table_ids
        return network(
            "spoke",
            egress="hub",
            hub={
                "kind": "transit",
                "id": out.hub_id,
                "route_table_id": tables["spokes"],
                "propagate_to": {"exit": tables["exit"]},
            },
        )(None, opts)

    assert set(stack.up(make)) == {"create"}
    routes = stack.of_type("aws:ec2/route:Route")
    hub = ids(stack, f"{TRANSIT}transitGateway:TransitGateway")["out-hub"]
    assert routes["spoke-default-route-private-euw1-az1"]["transitGatewayId"] == hub
    assert "spoke-default-route-isolated" not in routes
    assert routes["out-hub-route-public-10.20.0.0-16"]["transitGatewayId"] == hub
    assert "natGatewayId" in routes["out-default-route-hub"]
    in_hub = stack.of_type(f"{TRANSIT}route:Route")
    assert {
        name.removeprefix("out-hub-table-route-spokes-"): bool(one.get("blackhole")) for name, one in in_hub.items()
    } == {
        "10.0.0.0-8": True,
        "100.64.0.0-10": True,
        "172.16.0.0-12": True,
        "192.168.0.0-16": True,
        "0.0.0.0-0": False,
    }
    assert set(stack.up(make)) == {"same"}
    assert stack.run("destroy").exit_code == 0


def test_networks_of_other_accounts_are_taken_in_by_the_owner_of_the_hub(stack):
    """The spoke attaches itself and touches no table; then the hub accepts it into the tables of its segment."""

    def both(spokes=None):
        def make(_account, opts):
            own = {**OWN_HUB["hub"]["own"], "spokes": spokes}
            hub = network("center", "10.10.0.0/16", hub={**OWN_HUB["hub"], "own": own})(None, opts)
            return network(hub={"kind": "transit", "id": hub.hub_id, "destinations": ["10.10.0.0/16"]})(None, opts)

        return make

    stack.up(both())
    attachment = ids(stack, f"{TRANSIT}vpcAttachment:VpcAttachment")["main-hub-attachment"]
    changes = stack.up(both({"shop": {"attachment_id": attachment, "segment": "dev"}}))
    assert set(changes) == {"create", "same"}
    assert changes["create"] == 3
    tables = ids(stack, f"{TRANSIT}routeTable:RouteTable")
    accepted = stack.of_type(f"{TRANSIT}vpcAttachmentAccepter:VpcAttachmentAccepter")["center-spoke-shop"]
    assert accepted["transitGatewayAttachmentId"] == attachment
    association = stack.of_type(f"{TRANSIT}routeTableAssociation:RouteTableAssociation")
    where = association["center-transit-association-spoke-shop"]
    assert where["transitGatewayRouteTableId"] == tables["center-hub-table-dev"]
    assert "main-transit-association-network" not in association
    propagation = stack.of_type(f"{TRANSIT}routeTablePropagation:RouteTablePropagation")
    assert {name for name in propagation if "spoke-shop" in name} == {"center-transit-propagation-spoke-shop-shared"}
    assert stack.run("destroy").exit_code == 0


def test_going_from_nat_to_the_hub_changes_routes_and_moves_nothing(stack):
    stack.up(network(**OWN_HUB, egress="single"))
    changes = stack.up(network(**OWN_HUB, egress="hub"))
    assert set(changes) <= {"same", "update", "delete"}


def test_a_site_has_two_tunnels_a_device_and_its_routes_are_learnt(stack):
    stack.up(network(hybrid={"vpns": [OFFICE]}))
    gateway = ids(stack, "aws:ec2/vpnGateway:VpnGateway")["main-vpn-gateway"]
    customers = stack.of_type("aws:ec2/customerGateway:CustomerGateway")
    assert {one["ipAddress"]: one["bgpAsn"] for one in customers.values()} == {
        "203.0.113.7": "65010",
        "203.0.113.8": "65010",
    }
    connections = stack.of_type("aws:ec2/vpnConnection:VpnConnection")
    inside = [connections[f"main-vpn-office-{one}"][f"tunnel{two}InsideCidr"] for one in range(2) for two in (1, 2)]
    assert inside == ["169.254.22.0/30", "169.254.22.4/30", "169.254.22.8/30", "169.254.22.12/30"]
    assert {one["vpnGatewayId"] for one in connections.values()} == {gateway}
    assert connections["main-vpn-office-0"]["tunnel1IkeVersions"] == ["ikev2"]
    assert "tunnel1PresharedKey" not in connections["main-vpn-office-0"], "AWS makes it"
    assert set(stack.of_type("aws:ec2/vpnGatewayRoutePropagation:VpnGatewayRoutePropagation")) == {
        "main-route-propagation-private-euw1-az1",
        "main-route-propagation-private-euw1-az2",
        "main-route-propagation-isolated",
    }


def test_a_secret_that_is_given_stays_one(stack):
    def make(account, opts):
        secrets = {"0-1": pulumi.Output.secret("very.secret")}
        return network(hybrid={"vpns": [{**OFFICE, "pre_shared_keys": secrets}]})(account, opts)

    stack.up(make)
    connection = stack.of_type("aws:ec2/vpnConnection:VpnConnection")["main-vpn-office-0"]
    assert connection["tunnel2PresharedKey"] == Secret("very.secret")
    assert "tunnel1PresharedKey" not in connection


def test_links_that_end_at_the_hub_join_the_tables_of_the_network(stack):
    stack.up(network(**OWN_HUB, hybrid={"vpns": [OFFICE], "lines": [LINE]}))
    assert not stack.of_type("aws:ec2/vpnGateway:VpnGateway")
    association = stack.of_type(f"{TRANSIT}routeTableAssociation:RouteTableAssociation")
    assert set(association) == {
        "main-transit-association-network",
        "main-transit-association-office-0",
        "main-transit-association-office-1",
    }
    assert stack.of_type("aws:directconnect/transitVirtualInterface:TransitVirtualInterface")
    line = stack.of_type("aws:directconnect/gatewayAssociation:GatewayAssociation")["main-line-association-line"]
    assert line["associatedGatewayId"] == ids(stack, f"{TRANSIT}transitGateway:TransitGateway")["main-hub"]
    assert line["allowedPrefixes"] == ["10.20.0.0/16"]
    routes = stack.of_type("aws:ec2/route:Route")
    assert "main-hub-route-isolated-192.168.0.0-16" in routes, "the site is behind the hub too"


def test_a_line_has_a_gateway_and_a_private_interface(stack):
    stack.up(network(hybrid={"lines": [{**LINE, "bgp_key": "a-bgp-key"}]}))
    interface = stack.of_type("aws:directconnect/privateVirtualInterface:PrivateVirtualInterface")
    found = interface["main-line-interface-line"]
    assert (found["vlan"], found["bgpAsn"], found["addressFamily"]) == (101, 65020, "ipv4")
    assert found["bgpAuthKey"] == Secret("a-bgp-key")
    assert stack.of_type("aws:directconnect/gateway:Gateway")["main-line-gateway-line"]["amazonSideAsn"] == "64513"


def test_a_gateway_that_is_there_is_associated_and_not_made(stack):
    def make(_account, opts):
        gateway = pulumi_aws.directconnect.Gateway("dx", amazon_side_asn="64520", opts=opts)
        line = {"name": "line", "gateway_id": gateway.id, "ranges": ["172.16.0.0/12"]}
        return network(hybrid={"lines": [line]})(None, opts)

    stack.up(make)
    assert set(stack.of_type("aws:directconnect/gateway:Gateway")) == {"dx"}
    assert "main-line-association-line" in stack.of_type("aws:directconnect/gatewayAssociation:GatewayAssociation")


@pytest.mark.parametrize(
    "before, after",
    [
        ({}, OWN_HUB),
        (OWN_HUB, {**OWN_HUB, "hybrid": {"vpns": [OFFICE]}}),
        ({"hybrid": {"vpns": [{**OFFICE, "peer_addresses": ["203.0.113.7"]}]}}, {"hybrid": {"vpns": [OFFICE]}}),
        (OWN_HUB, {**OWN_HUB, "zone_count": 3}),
    ],
    ids=["hub", "vpn", "second-device", "zone"],
)
def test_growing_replaces_nothing(stack, before, after):
    stack.up(network(**before))
    assert set(stack.up(network(**after))) <= {"create", "update", "same"}


def test_costs_and_controls_are_told(stack):
    stack.up(network(**OWN_HUB, hybrid={"vpns": [OFFICE], "lines": [{**LINE, "to_hub": False}]}))
    component = next(item for item in stack.engine.snapshot.resources if item.type == "platform-lib:index:VpcComponent")
    drivers = {one["item"]: one for one in plain(component.outputs["cost_drivers"])}
    assert drivers["aws:transit-gateway-attachment-hours"]["quantity"] == 3 * 730
    assert drivers["aws:transit-gateway-attachment-hours"]["assumption"] == "3 attachments, all month"
    assert drivers["aws:vpn-connection-hours"]["quantity"] == 2 * 730
    assert {"aws:transit-gateway-data", "aws:direct-connect-data-out"} <= drivers.keys()
    names = {item.urn.rsplit("::", 1)[-1] for item in stack.engine.snapshot.resources}
    evidence = [one["child"] for one in plain(component.outputs["evidence"])]
    assert set(evidence) <= names
    assert {"main-hub-table-dev", "main-vpn-office-1", "main-hub-flow-log"} <= set(evidence)


def test_a_guarded_hub_is_not_destroyed(stack):
    stack.up(network(**OWN_HUB, guard=True))
    result = stack.run("destroy")
    assert result.exit_code == 1
