"""A VPN between two clouds on the sandbox: it comes up, stays, changes and goes; what does not fit is said."""

from itertools import combinations

import pulumi
import pulumi_aws
import pulumi_azure_native
import pulumi_gcp
import pytest
from pulumi_azure_native import network as azure_network

from platform_lib.components.vpc.cross_cloud import CrossCloudVpn, CrossCloudVpnArgs
from platform_lib.core.errors import ArgsError, PlanError
from platform_lib.core.values import Secret, has_secret, plain
from support.contexts import context
from support.program_stack import ProgramStack

PAIRS = list(combinations(("aws", "azure", "gcp"), 2))
SUBJECT = "CrossCloudVpn 'link'"


class Stack(ProgramStack):
    """A stack with a network on every cloud and a VPN between two of them."""

    def run(self, operation, program=None):
        return super().run(operation, (lambda: _program(program)) if program else None)

    def inputs(self, token):
        return {name: item.inputs for name, item in self.of_type(token).items()}

    def outputs(self, token):
        return {name: item.outputs for name, item in self.of_type(token).items()}


def _program(make):
    aws = pulumi_aws.Provider("aws", region="eu-west-1")
    azure = pulumi_azure_native.Provider("azure", location="westeurope")
    gcp = pulumi_gcp.Provider("gcp", project="our-project", region="europe-west1")
    vpc = pulumi_aws.ec2.Vpc("vpc", cidr_block="10.10.0.0/16", opts=pulumi.ResourceOptions(provider=aws))
    table = pulumi_aws.ec2.RouteTable("table", vpc_id=vpc.id, opts=pulumi.ResourceOptions(provider=aws))
    on_azure = pulumi.ResourceOptions(provider=azure)
    group = pulumi_azure_native.resources.ResourceGroup("group", location="westeurope", opts=on_azure)
    vnet = azure_network.VirtualNetwork(
        "vnet",
        resource_group_name=group.name,
        location="westeurope",
        address_space={"address_prefixes": ["10.20.0.0/16"]},
        opts=on_azure,
    )
    subnet = azure_network.Subnet(
        "gateway-subnet",
        subnet_name="GatewaySubnet",
        resource_group_name=group.name,
        virtual_network_name=vnet.name,
        address_prefix="10.20.0.0/27",
        opts=on_azure,
    )
    network = pulumi_gcp.compute.Network(
        "network", auto_create_subnetworks=False, opts=pulumi.ResourceOptions(provider=gcp)
    )
    sides = {
        "aws": {
            "region": "eu-west-1",
            "ranges": ["10.10.0.0/16"],
            "vpc_id": vpc.id,
            "route_table_ids": {"all": table.id},
        },
        "azure": {
            "region": "westeurope",
            "ranges": ["10.20.0.0/16"],
            "resource_group_name": group.name,
            "gateway_subnet_id": subnet.id,
        },
        "gcp": {"region": "europe-west1", "ranges": ["10.30.0.0/16"], "network_id": network.id},
    }
    made = make(sides, pulumi.ResourceOptions(providers=[aws, azure, gcp]))
    pulumi.export("tunnels", made.tunnels)


def link(one, other, *, secrets=("a.secret.of.0", "a.secret.of.1"), **more):
    def make(sides, opts):
        args = {"context": context(), one: sides[one], other: sides[other], "guard": False, **more}
        if "aws" not in (one, other):
            made = map(pulumi.Output.secret, secrets)
            args["pre_shared_keys"] = dict(zip(("0-0", "1-1"), made, strict=True))
        return CrossCloudVpn("link", CrossCloudVpnArgs(**args), opts)

    return make


@pytest.fixture
def stack():
    made = Stack()
    yield made
    made.cloud.close()


@pytest.mark.parametrize("one, other", PAIRS)
def test_a_link_comes_up_stays_and_goes(stack, one, other):
    assert set(stack.up(link(one, other))) == {"create"}
    assert set(stack.up(link(one, other))) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})


@pytest.mark.parametrize("one, other", PAIRS)
def test_a_preview_foresees_what_is_made(stack, one, other):
    previewed = stack.run("preview", link(one, other))
    assert previewed.exit_code == 0, previewed.diagnostics
    assert stack.up(link(one, other)) == dict(previewed.changes)


def test_aws_and_google_meet_at_four_tunnels_with_the_same_secrets_on_both_sides(stack):
    stack.up(link("aws", "gcp"))
    connections = stack.outputs("aws:ec2/vpnConnection:VpnConnection")
    gateway = stack.outputs("gcp:compute/haVpnGateway:HaVpnGateway")["link-vpn-gateway"]
    customers = stack.inputs("aws:ec2/customerGateway:CustomerGateway")
    outside = [interface["ipAddress"] for interface in plain(gateway["vpnInterfaces"])]
    assert [customers[f"link-customer-gateway-{number}"]["ipAddress"] for number in range(2)] == outside
    external = stack.inputs("gcp:compute/externalVpnGateway:ExternalVpnGateway")["link-external-gateway"]
    assert external["redundancyType"] == "FOUR_IPS_REDUNDANCY"
    theirs = [connections[f"link-vpn-{one}"][f"tunnel{two}Address"] for one in range(2) for two in (1, 2)]
    assert [interface["ipAddress"] for interface in external["interfaces"]] == theirs
    tunnels = stack.inputs("gcp:compute/vPNTunnel:VPNTunnel")
    peers = stack.inputs("gcp:compute/routerPeer:RouterPeer")
    for one in range(2):
        for two in range(2):
            ours, theirs = tunnels[f"link-tunnel-{one}-{two}"], connections[f"link-vpn-{one}"]
            assert (ours["vpnGatewayInterface"], ours["peerExternalGatewayInterface"]) == (one, 2 * one + two)
            assert isinstance(ours["sharedSecret"], Secret)
            assert plain(ours["sharedSecret"]) == plain(theirs[f"tunnel{two + 1}PresharedKey"])
            session = peers[f"link-tunnel-peer-{one}-{two}"]
            assert session["peerIpAddress"] == theirs[f"tunnel{two + 1}VgwInsideAddress"]
            assert session["ipAddress"] == theirs[f"tunnel{two + 1}CgwInsideAddress"]
            assert str(session["peerAsn"]) == theirs[f"tunnel{two + 1}BgpAsn"] == "64512"


def test_aws_and_azure_meet_at_the_instances_of_an_active_active_gateway(stack):
    stack.up(link("aws", "azure"))
    connections = stack.outputs("aws:ec2/vpnConnection:VpnConnection")
    gateway = stack.outputs("azure-native:network:VirtualNetworkGateway")["link-vpn-gateway"]
    settings = plain(gateway["bgpSettings"])["bgpPeeringAddresses"]
    assert [item["customBgpIpAddresses"] for item in settings] == [
        ["169.254.21.2", "169.254.21.6"],
        ["169.254.21.10", "169.254.21.14"],
    ]
    assert {item["ipconfigurationId"] for item in settings} == {
        f"{gateway['id']}/ipConfigurations/instance-{number}" for number in range(2)
    }
    locals_ = stack.inputs("azure-native:network:LocalNetworkGateway")
    theirs = stack.inputs("azure-native:network:VirtualNetworkGatewayConnection")
    for number in range(4):
        connection, tunnel = connections[f"link-vpn-{number // 2}"], number % 2 + 1
        local = locals_[f"link-local-gateway-{number}"]
        assert local["gatewayIpAddress"] == connection[f"tunnel{tunnel}Address"]
        assert local["bgpSettings"] == {
            "asn": 64512,
            "bgpPeeringAddress": connection[f"tunnel{tunnel}VgwInsideAddress"],
        }
        mine = theirs[f"link-connection-{number}"]
        assert plain(mine["sharedKey"]) == plain(connection[f"tunnel{tunnel}PresharedKey"])
        custom = {item["customBgpIpAddress"] for item in mine["gatewayCustomBgpIpAddresses"]}
        assert connection[f"tunnel{tunnel}CgwInsideAddress"] in custom
        assert len(custom) == 2


def test_azure_and_google_share_the_secrets_that_are_given(stack):
    stack.up(link("azure", "gcp"))
    tunnels = stack.inputs("gcp:compute/vPNTunnel:VPNTunnel")
    mine = stack.inputs("azure-native:network:VirtualNetworkGatewayConnection")
    for number in range(2):
        assert plain(tunnels[f"link-tunnel-{number}-{number}"]["sharedSecret"]) == f"a.secret.of.{number}"
        assert mine[f"link-connection-{number}"]["sharedKey"] == Secret(f"a.secret.of.{number}")
    peers = stack.inputs("gcp:compute/routerPeer:RouterPeer")
    assert {peer["peerIpAddress"] for peer in peers.values()} == {"169.254.21.2", "169.254.21.14"}


@pytest.mark.parametrize("one, other", PAIRS)
def test_no_output_holds_a_secret(stack, one, other):
    stack.up(link(one, other))
    outputs = stack.outputs("platform-lib:index:CrossCloudVpn")["link"]
    assert not has_secret(outputs["tunnels"])
    assert len(outputs["tunnels"]) == (2 if "aws" not in (one, other) else 4)
    assert set(outputs["outside_addresses"]) == {one, other} == set(outputs["gateway_ids"])
    assert "a.secret" not in str({key: value for key, value in outputs.items() if not isinstance(value, Secret)})


def test_a_secret_that_changes_touches_its_own_tunnel_only(stack):
    """A tunnel of Google Cloud takes no other secret and is made anew; the connection on Azure takes it."""
    stack.up(link("azure", "gcp"))
    before = stack.outputs("gcp:compute/vPNTunnel:VPNTunnel")
    changes = stack.up(link("azure", "gcp", secrets=("another.secret", "a.secret.of.1")))
    assert changes.keys() <= {"same", "update", "replace", "create-replacement", "delete-replaced"}
    after = stack.outputs("gcp:compute/vPNTunnel:VPNTunnel")
    assert before["link-tunnel-1-1"] == after["link-tunnel-1-1"]
    assert plain(after["link-tunnel-0-0"]["sharedSecret"]) == "another.secret"


def test_a_tag_changes_in_place(stack):
    stack.up(link("aws", "azure"))
    assert set(stack.up(link("aws", "azure", tags={"team": "network"}))) == {"update", "same"}


@pytest.mark.parametrize("one, other", PAIRS)
def test_urns_change_only_on_purpose(stack, one, other, golden):
    stack.up(link(one, other))
    made = [item.urn.split("::")[2:] for item in stack.engine.snapshot.resources if "CrossCloudVpn$" in item.urn]
    golden(f"urns/cross-cloud-{one}-{other}.txt", "".join(sorted(f"{kind} {name}\n" for kind, name in made)))


def test_a_guarded_link_is_not_destroyed(stack):
    stack.up(link("aws", "gcp", guard=None))
    result = stack.run("destroy")
    assert result.exit_code == 1
    assert "protected" in "\n".join(item.message for item in result.diagnostics)


def plain_args(**more):
    return {
        "context": context(),
        "aws": {"region": "eu-west-1", "ranges": ["10.10.0.0/16"], "vpc_id": "vpc-1"},
        "gcp": {"region": "europe-west1", "ranges": ["10.30.0.0/16"], "network_id": "n"},
        **more,
    }


AZURE = {"region": "westeurope", "ranges": ["10.20.0.0/16"], "resource_group_name": "g", "gateway_subnet_id": "s"}


@pytest.mark.parametrize(
    "more, message",
    [
        ({"gcp": None}, "needs two sides, got only aws; add azure or gcp"),
        ({"azure": AZURE}, "has two sides, got aws, azure, gcp; make a VPN of its own for each pair"),
        (
            {"aws": {"region": "eu-west-1", "ranges": ["10.10.0.0/16"]}},
            "aws: needs one end, got none; give vpc_id, vpn_gateway_id or transit_gateway_id, and no other",
        ),
        (
            {
                "aws": {
                    "region": "eu-west-1",
                    "ranges": ["10.10.0.0/16"],
                    "transit_gateway_id": "tgw-1",
                    "route_table_ids": {"a": "rtb-1"},
                }
            },
            "aws.route_table_ids: is not used with transit_gateway_id; leave it out",
        ),
        (
            {"gcp": None, "azure": {**AZURE, "gateway_subnet_id": None, "gateway_id": "g"}},
            "azure.gateway_addresses: is required with gateway_id",
        ),
        (
            {"gcp": {"region": "europe-west99", "ranges": ["10.30.0.0/16"], "network_id": "n"}},
            "gcp.region: is not a region that is known, got 'europe-west99'; did you mean 'europe-west9'?",
        ),
        (
            {"aws": {"region": "ireland", "ranges": ["10.10.0.0/16"], "vpc_id": "v"}},
            "aws.region: is not the name of an AWS region, got 'ireland'; write it as 'eu-west-1'",
        ),
        (
            {"gcp": None, "azure": {**AZURE, "gateway_id": "g"}},
            "azure: needs one end; give either gateway_subnet_id or gateway_id",
        ),
        (
            {"aws": {"region": "eu-west-1", "ranges": ["10.10.0.1/16"], "vpc_id": "v"}},
            "aws.ranges[0]: has host bits set beyond /16, got '10.10.0.1/16'; use '10.10.0.0/16'",
        ),
        (
            {"inside_range": "169.254.5.0/28"},
            (
                "inside_range: holds 169.254.5.0/30, which aws keeps for itself, got '169.254.5.0/28'; choose another "
                "/28 (https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html)"
            ),
        ),
        (
            {"gcp": {"region": "europe-west1", "ranges": ["10.30.0.0/16"], "network_id": "n", "asn": 64512}},
            "gcp.asn: is the ASN of both sides, got 64512; give each side one of its own",
        ),
        (
            {"gcp": {"region": "europe-west1", "ranges": ["10.10.4.0/24"], "network_id": "n"}},
            (
                "gcp.ranges[0]: overlaps 10.10.0.0/16 of aws.ranges[0], got '10.10.4.0/24'; give one of the two "
                "another range: addresses that both sides have cannot be reached"
            ),
        ),
        (
            {"pre_shared_keys": {"0-2": "x"}},
            "pre_shared_keys.0-2: is for a tunnel that there is not; did you mean '0-1'?",
        ),
        (
            {"pre_shared_keys": {"0-1": "0short"}},
            "pre_shared_keys.0-1: must be 8 to 64 letters, digits, '.' and '_', not beginning with 0",
        ),
        (
            {"aws": None, "azure": AZURE},
            "pre_shared_keys.0-0: is required: neither side makes keys; give a secret for each tunnel",
        ),
    ],
)
def test_what_does_not_fit_is_said_before_anything_is_registered(more, message):
    with pytest.raises((ArgsError, PlanError)) as caught:
        CrossCloudVpn("link", {key: value for key, value in plain_args(**more).items() if value is not None})
    assert f"{SUBJECT}: {message}" in str(caught.value).splitlines()


def test_a_secret_is_in_no_message():
    with pytest.raises(PlanError) as caught:
        CrossCloudVpn("link", plain_args(pre_shared_keys={"0-1": "0.very.secret"}))
    assert "very" not in str(caught.value)


def test_a_long_name_is_refused_where_a_cloud_would_refuse_it():
    with pytest.raises(PlanError, match="too long for the automatic name of gcp:compute/routerInterface"):
        CrossCloudVpn("a" * 50, plain_args())
