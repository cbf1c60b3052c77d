"""Hub and links of a network on Google Cloud, on the sandbox."""

import pulumi
import pulumi_gcp
import pytest

from platform_lib.components.vpc import VpcArgs, VpcComponent
from platform_lib.core.values import Secret, plain
from support.component_stack import ComponentStack
from support.contexts import context

TIERS = [{"name": "app", "role": "private"}, {"name": "data", "role": "isolated"}]
OFFICE = {"name": "office", "peer_addresses": ["203.0.113.7"], "peer_asn": 65010, "ranges": ["192.168.0.0/16"]}
LINES = [
    {"name": "own", "connection_id": "interconnect", "vlan": 101, "peer_asn": 65020, "ranges": ["172.16.0.0/13"]},
    {"name": "partner", "ranges": ["172.24.0.0/13"]},
]
STAR = {"center": {"talks_to": ["edge"], "inner": True}, "edge": {}}


def network(name="main", cidr="10.20.0.0/16", **more):
    def make(_account, opts):
        args = {"context": context("dev"), "cloud": "gcp", "region": "europe-west1", "cidr": cidr, "tiers": TIERS}
        given = {**args, "flow_logs": {"enabled": False}, "guard": False, **more}
        return VpcComponent(name, VpcArgs(**given), opts)

    return make


def linked(**more):
    def make(account, opts):
        keys = {key: pulumi.Output.secret(f"secret.of.{key[2]}") for key in ("0-0", "0-1")}
        vpns = [{**OFFICE, "pre_shared_keys": keys, **more}]
        return network(hybrid={"vpns": vpns, "lines": LINES})(account, opts)

    return make


def spoke_of(_account, opts):
    """A hub network with a load balancer before its firewalls, and a spoke that is peered with it."""
    hub = network("center", "10.10.0.0/16")(None, opts)
    rule = pulumi_gcp.compute.ForwardingRule(
        "firewalls", region="europe-west1", load_balancing_scheme="INTERNAL", network=hub.vpc_id, opts=opts
    )
    args = {"kind": "peering", "id": hub.vpc_arn, "destinations": ["10.0.0.0/8"], "next_hop": rule.id}
    return network(hub=args, egress="hub")(None, opts)


def own_hub(segments=None, segment=None):
    own = {"share_with": ["other-project"], **({"segments": segments} if segments else {})}
    return network(hub={"kind": "transit", "own": own, **({"segment": segment} if segment else {})})


@pytest.fixture
def stack():
    made = ComponentStack("europe-west1", "gcp")
    yield made
    made.cloud.close()


def ids(stack, token):
    found = (item for item in stack.engine.snapshot.resources if item.type == token)
    return {item.urn.rsplit("::", 1)[-1]: item.id for item in found}


@pytest.mark.parametrize(
    "make", [linked(), spoke_of, own_hub(), own_hub(STAR, "edge")], ids=["links", "peering", "mesh", "star"]
)
def test_it_comes_up_stays_and_goes(stack, make):
    previewed = stack.run("preview", make)
    assert stack.up(make) == dict(previewed.changes)
    assert set(stack.up(make)) == {"same"}
    result = stack.run("destroy")
    assert (result.exit_code, set(result.changes)) == (0, {"delete"})


def test_a_site_with_one_device_has_a_tunnel_from_each_interface(stack):
    stack.up(linked())
    tunnels = stack.of_type("gcp:compute/vPNTunnel:VPNTunnel")
    assert {
        name: (one["vpnGatewayInterface"], one["peerExternalGatewayInterface"]) for name, one in tunnels.items()
    } == {
        "main-tunnel-office-0-0": (0, 0),
        "main-tunnel-office-0-1": (1, 0),
    }
    assert tunnels["main-tunnel-office-0-1"]["sharedSecret"] == Secret("secret.of.1")
    external = stack.of_type("gcp:compute/externalVpnGateway:ExternalVpnGateway")["main-external-gateway-office"]
    assert external["redundancyType"] == "SINGLE_IP_INTERNALLY_REDUNDANT"
    router = stack.of_type("gcp:compute/router:Router")["main-vpn-router"]
    assert router["bgp"]["advertisedIpRanges"] == [{"range": "10.20.0.0/16"}]


def test_a_partners_line_has_two_attachments_and_gives_their_keys(stack):
    stack.up(linked())
    attachments = stack.of_type("gcp:compute/interconnectAttachment:InterconnectAttachment")
    assert {name: one["type"] for name, one in attachments.items()} == {
        "main-line-own": "DEDICATED",
        "main-line-partner-1": "PARTNER",
        "main-line-partner-2": "PARTNER",
    }
    routers = stack.of_type("gcp:compute/router:Router")
    assert (routers["main-partner-router"]["bgp"]["asn"], routers["main-line-router"]["bgp"]["asn"]) == (16550, 64514)
    component = next(item for item in stack.engine.snapshot.resources if item.type.endswith(":VpcComponent"))
    assert set(component.outputs["pairing_keys"]) == {"partner-1", "partner-2"}
    drivers = {one["item"]: one["quantity"] for one in plain(component.outputs["cost_drivers"])}
    assert drivers["gcp:interconnect-attachment-hours"] == 3 * 730
    assert drivers["gcp:vpn-tunnel-hours"] == 2 * 730


def test_peering_is_made_on_both_sides_and_routes_lead_to_the_load_balancer(stack):
    stack.up(spoke_of)
    peerings = stack.of_type("gcp:compute/networkPeering:NetworkPeering")
    there, back = peerings["main-hub-peering"], peerings["main-hub-peering-back"]
    assert there["network"] == back["peerNetwork"]
    assert (there["importCustomRoutes"], back["exportCustomRoutes"]) == (True, True)
    routes = stack.of_type("gcp:compute/route:Route")
    assert {name: one["destRange"] for name, one in routes.items() if one.get("nextHopIlb")} == {
        "main-hub-route-10.0.0.0-8": "10.0.0.0/8",
        "main-default-route": "0.0.0.0/0",
    }


def test_a_star_has_groups_and_the_network_is_in_its_own(stack):
    stack.up(own_hub(STAR, "edge"))
    assert stack.of_type("gcp:networkconnectivity/hub:Hub")["main-hub"]["presetTopology"] == "STAR"
    groups = stack.of_type("gcp:networkconnectivity/group:Group")
    assert {name: one["name"] for name, one in groups.items()} == {
        "main-hub-table-center": "center",
        "main-hub-table-edge": "edge",
    }
    spoke = stack.of_type("gcp:networkconnectivity/spoke:Spoke")["main-hub-attachment"]
    assert spoke["group"] == ids(stack, "gcp:networkconnectivity/group:Group")["main-hub-table-edge"]
