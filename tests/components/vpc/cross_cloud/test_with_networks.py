"""A VPN between clouds at gateways that the networks made, or at a transit gateway."""

import pulumi
import pulumi_aws
import pulumi_azure_native
import pulumi_gcp
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.components.vpc.cross_cloud import CrossCloudVpn, CrossCloudVpnArgs
from platform_lib.core.values import plain
from support.contexts import context
from support.program_stack import ProgramStack

ON_AWS, ON_AZURE = "10.10.0.0/16", "10.20.0.0/16"
INSIDE = "169.254.22.16/28"
OFFICE = {"name": "office", "peer_addresses": ["203.0.113.7"], "peer_asn": 65010, "ranges": ["192.168.0.0/16"]}


def between_networks():
    """Both networks say what links them; the VPN ends at the gateways that they made."""
    providers = [
        pulumi_aws.Provider("aws", region="eu-west-1"),
        pulumi_azure_native.Provider("azure", location="westeurope"),
    ]
    opts = pulumi.ResourceOptions(providers=providers)
    common = {"context": context("dev"), "guard": False}
    shop = VpcComponent(
        "shop",
        VpcArgs(
            **common,
            region="eu-west-1",
            cidr=ON_AWS,
            tiers=[{"name": "app", "role": "private"}],
            hybrid={
                "cross_cloud": [{"name": "desk", "peer_cloud": "azure", "ranges": [ON_AZURE], "inside_range": INSIDE}],
                "vpns": [OFFICE],
            },
            assertions=["app must reach desk on 443"],
        ),
        opts,
    )
    desk = VpcComponent(
        "desk",
        VpcArgs(
            **common,
            cloud="azure",
            region="westeurope",
            cidr=ON_AZURE,
            tiers=[
                {"name": "app", "role": "private"},
                {"name": "gateway", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}},
            ],
            hybrid={"cross_cloud": [{"name": "shop", "peer_cloud": "aws", "ranges": [ON_AWS], "inside_range": INSIDE}]},
            flow_logs={"enabled": False},
        ),
        opts,
    )
    CrossCloudVpn(
        "link",
        CrossCloudVpnArgs(
            **common,
            aws={"region": "eu-west-1", "ranges": [ON_AWS], "vpn_gateway_id": shop.vpn_gateway_id},
            azure={
                "region": "westeurope",
                "ranges": [ON_AZURE],
                "gateway_id": desk.vpn_gateway_id,
                "gateway_addresses": desk.vpn_addresses["gateway"],
            },
            inside_range=INSIDE,
        ),
        opts,
    )


def at_a_hub():
    """A network on AWS whose hub is a transit gateway of its own, where the VPN to Google Cloud ends."""
    providers = [pulumi_aws.Provider("aws", region="eu-west-1"), pulumi_gcp.Provider("gcp", project="our-project")]
    opts = pulumi.ResourceOptions(providers=providers)
    hub = {"kind": "transit", "own": {"segments": {"shared": {"inner": True}}}, "destinations": ["10.30.0.0/16"]}
    tiers = [{"name": "app", "role": "private"}, {"name": "hub", "role": "hub"}]
    shop = VpcComponent(
        "shop",
        VpcArgs(context=context("dev"), region="eu-west-1", cidr=ON_AWS, tiers=tiers, hub=hub, guard=False),
        opts,
    )
    other = pulumi_gcp.compute.Network(
        "other", auto_create_subnetworks=False, opts=pulumi.ResourceOptions(provider=providers[1])
    )
    tables = shop.hub_route_table_ids
    CrossCloudVpn(
        "link",
        CrossCloudVpnArgs(
            context=context("dev"),
            aws={
                "region": "eu-west-1",
                "ranges": [ON_AWS],
                "transit_gateway_id": shop.hub_id,
                "transit_route_table_id": tables["shared"],
                "propagate_to": {"shared": tables["shared"]},
            },
            gcp={"region": "europe-west1", "ranges": ["10.30.0.0/16"], "network_id": other.id},
            guard=False,
        ),
        opts,
    )


@pytest.fixture
def stack():
    made = ProgramStack()
    yield made
    made.cloud.close()


@pytest.mark.parametrize("program", [between_networks, at_a_hub])
def test_it_comes_up_stays_and_goes(stack, program):
    assert set(stack.up(program)) == {"create"}
    assert set(stack.up(program)) == {"same"}
    assert set(stack.run("destroy").changes) == {"delete"}


def test_the_link_uses_the_gateways_of_the_networks_and_makes_none(stack):
    stack.up(between_networks)
    assert set(stack.of_type("aws:ec2/vpnGateway:VpnGateway")) == {"shop-vpn-gateway"}
    gateways = stack.of_type("azure-native:network:VirtualNetworkGateway")
    assert set(gateways) == {"desk-vpn-gateway"}
    settings = gateways["desk-vpn-gateway"].outputs["bgpSettings"]["bgpPeeringAddresses"]
    held = {address: item["ipconfigurationId"] for item in settings for address in item["customBgpIpAddresses"]}
    for name, one in stack.of_type("azure-native:network:VirtualNetworkGatewayConnection").items():
        for item in one.inputs["gatewayCustomBgpIpAddresses"]:
            where = item["customBgpIpAddress"]
            assert held[where] == item["ipConfigurationId"], f"{name}: the gateway does not answer at {where}"
    outside = {address for item in settings for address in item["tunnelIpAddresses"]}
    customers = stack.of_type("aws:ec2/customerGateway:CustomerGateway")
    assert {one.inputs["ipAddress"] for name, one in customers.items() if name.startswith("link-")} == outside


def test_tunnels_of_a_hub_join_its_tables(stack):
    stack.up(at_a_hub)
    connections = stack.of_type("aws:ec2/vpnConnection:VpnConnection")
    associated = stack.of_type("aws:ec2transitgateway/routeTableAssociation:RouteTableAssociation")
    assert {
        plain(associated[f"link-transit-association-vpn-{number}"].inputs)["transitGatewayAttachmentId"]
        for number in range(2)
    } == {one.outputs["transitGatewayAttachmentId"] for one in connections.values()}
    assert not stack.of_type("aws:ec2/vpnGateway:VpnGateway")
