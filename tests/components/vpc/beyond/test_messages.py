"""What is said about hubs and links that do not fit, before anything is made."""

import pytest

from platform_lib.components.vpc import VpcArgs
from platform_lib.components.vpc.plan import plan_vpc
from platform_lib.core.errors import ArgsError, PlanError
from support.contexts import context

SUBJECT = "VpcComponent 'main'"
REGIONS = {"aws": "eu-west-1", "azure": "westeurope", "gcp": "europe-west1"}
TIERS = [{"name": "app", "role": "private"}, {"name": "hub", "role": "hub"}]
GATEWAY = {"name": "gateway", "role": "hub", "azure": {"subnet_name": "GatewaySubnet"}}
OFFICE = {"name": "office", "peer_addresses": ["203.0.113.7"], "peer_asn": 65010, "ranges": ["192.168.0.0/16"]}
LINE = {"name": "line", "connection_id": "dxcon-1", "vlan": 101, "peer_asn": 65020, "ranges": ["172.16.0.0/12"]}
OTHER = {"name": "other", "peer_cloud": "gcp", "ranges": ["10.30.0.0/16"]}
PRIVATE = "64512-65534, 4200000000-4294967294"
AWS_INSIDE = "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html"


def said(cloud="aws", **more):
    fields = {"context": context(), "cloud": cloud, "region": REGIONS[cloud], "cidr": "10.20.0.0/16", "tiers": TIERS}
    with pytest.raises((ArgsError, PlanError)) as caught:
        plan_vpc("main", VpcArgs.parse(SUBJECT, {**fields, **more}), subject=SUBJECT)
    return [line.removeprefix(f"{SUBJECT}: ") for line in str(caught.value).splitlines()]


def vpn(**more):
    return {"hybrid": {"vpns": [{**OFFICE, **more}]}}


def line(**more):
    return {"hybrid": {"lines": [{key: value for key, value in {**LINE, **more}.items() if value is not None}]}}


def own(segments=None, **more):
    hub = {"segments": segments} if segments else {}
    return {"hub": {"kind": "transit", "own": {**hub, **more.pop("own", {})}, **more}}


@pytest.mark.parametrize(
    "cloud, more, message",
    [
        ("aws", {"hub": {"kind": "transit"}}, "hub: must be one that exists or one of its own; give either id or own"),
        (
            "aws",
            {"hub": {"kind": "peering", "own": {}}},
            "hub.own: is made for the kind 'transit' only; give the id of one that exists",
        ),
        (
            "aws",
            {"hub": {"kind": "transit", "id": "tgw-1"}, "tiers": [{"name": "app", "role": "private"}]},
            "hub.tier: needs subnets for the attachment; add a tier with the role 'hub', or name one",
        ),
        (
            "aws",
            {
                "hub": {"kind": "transit", "id": "tgw-1", "destinations": ["10.0.0.0/8"]},
                "tiers": [TIERS[0], {**TIERS[1], "zones": ["euw1-az1"]}],
            },
            "hub.tier: has no subnet in euw1-az2, whose traffic the hub would drop; add it to 'hub'",
        ),
        (
            "aws",
            own({"dev": {"talks_to": ["prd"]}, "prod": {}}),
            "hub.own.segments.dev.talks_to[0]: is not a segment of the hub, got 'prd'; did you mean 'prod'?",
        ),
        (
            "aws",
            own({"dev": {}, "prod": {}}, segment="prdo"),
            "hub.segment: is not a segment of the hub, got 'prdo'; did you mean 'prod'?",
        ),
        (
            "aws",
            own(route_table_id="x"),
            "hub.route_table_id: is for a hub that exists; its segments decide, leave it out",
        ),
        (
            "aws",
            own({"dev": {}}, own={"spokes": {"shop": {"attachment_id": "tgw-attach-1", "segment": "prod"}}}),
            "hub.own.spokes.shop.segment: is not a segment of the hub, got 'prod'; the hub has dev",
        ),
        (
            "aws",
            own(own={"asn": 3352}),
            f"hub.own.asn: is not an ASN that a gateway on aws can have, got 3352; use one of {PRIVATE}",
        ),
        (
            "aws",
            own(next_hop="10.0.0.4"),
            "hub.next_hop: is not used on aws, where the hub itself is the next hop; leave it out",
        ),
        (
            "aws",
            own({"exit": {"talks_to": ["dev"]}, "dev": {"egress": True}}),
            "hub.own.segments.dev.egress: needs a way to the internet in this network, got egress 'none'; set egress",
        ),
        (
            "aws",
            {
                **own({"exit": {"talks_to": ["dev"]}, "dev": {"egress": True}}),
                "egress": "single",
                "tiers": [*TIERS, {"name": "public", "role": "public"}],
            },
            "hub.own.segments.dev.egress: needs the tier 'hub' to reach the NAT gateway; set its egress to 'nat'",
        ),
        (
            "aws",
            {
                **own({"exit": {"talks_to": ["dev"]}, "dev": {"egress": True}}),
                "egress": "single",
                "tiers": [*TIERS, {"name": "public", "role": "public"}],
            },
            (
                "hub.own.segments.dev.egress: needs routes back to the segments where the NAT gateways stand; name "
                "'public' in hub.routed_tiers, and the ranges in hub.destinations"
            ),
        ),
        (
            "aws",
            {"hub": {"kind": "transit", "id": "tgw-1", "segment": "prod"}},
            "hub.segment: is not used with this hub; its owner decides, leave it out",
        ),
        (
            "aws",
            {"hub": {"kind": "cloud-wan", "id": "core", "route_table_id": "x"}},
            "hub.route_table_id: is not used with this hub, which has no tables to name; name a segment",
        ),
        (
            "aws",
            {"hub": {"kind": "transit", "id": "tgw-1", "remote_gateways": True}},
            "hub.remote_gateways: is used for the kind 'peering' only; leave it out",
        ),
        ("azure", own(), "hub.own.address_prefix: is required on azure; give a /24 that no network has"),
        (
            "azure",
            own(own={"address_prefix": "10.20.4.0/24"}),
            (
                "hub.own.address_prefix[0]: overlaps 10.20.0.0/16 of cidr[0], got '10.20.4.0/24'; give one of the two "
                "another range: addresses that both sides have cannot be reached"
            ),
        ),
        (
            "azure",
            {"hub": {"kind": "peering", "id": "vnet"}, "egress": "hub"},
            (
                "hub.next_hop: is required for egress through the hub on azure; give the private address of the hub's "
                "firewall"
            ),
        ),
        (
            "azure",
            {"hub": {"kind": "transit", "id": "h", "appliance_mode": True}},
            "hub.appliance_mode: is not used on azure; leave it out",
        ),
        (
            "gcp",
            own({"dev": {}, "prod": {}}),
            (
                "hub.own.segments: must be one with inner, or center and edge, where edge talks to center and not to "
                "itself, on gcp; make a hub of its own for what must stay apart"
            ),
        ),
        (
            "gcp",
            {
                "hub": {"kind": "peering", "id": "net", "next_hop": "rule"},
                "egress": "hub",
                "tiers": [*TIERS, {"name": "web", "role": "public"}],
            },
            (
                "egress: cannot be the hub beside a public tier on gcp, where a default route holds for all tiers, got "
                "'web'; leave the public tier out"
            ),
        ),
        (
            "aws",
            {"hybrid": {"asn": 3352, "vpns": [OFFICE]}},
            f"hybrid.asn: is not an ASN that a gateway on aws can have, got 3352; use one of {PRIVATE}",
        ),
        (
            "aws",
            vpn(peer_asn=64512),
            "hybrid.vpns[0].peer_asn: is the ASN of both sides, got 64512; give each side one of its own",
        ),
        (
            "aws",
            vpn(peer_asn=9059),
            f"hybrid.vpns[0].peer_asn: is kept by aws for itself, got 9059; use a private one: {PRIVATE}",
        ),
        (
            "azure",
            {**vpn(peer_asn=65517, pre_shared_keys={"0-0": "a.secret"}), "tiers": [TIERS[0], GATEWAY]},
            (
                "hybrid.vpns[0].peer_asn: is kept by azure for itself, got 65517; use a private one: 64512-65514, "
                "65521-65534"
            ),
        ),
        (
            "gcp",
            vpn(peer_asn=64500, pre_shared_keys={"0-0": "a.secret", "0-1": "a.secret"}),
            (
                "hybrid.vpns[0].peer_asn: is reserved (for documentation, RFC 5398), got 64500; use a private one: "
                f"{PRIVATE}"
            ),
        ),
        (
            "aws",
            vpn(inside_range="169.254.169.240/28"),
            (
                "hybrid.vpns[0].inside_range: holds 169.254.169.252/30, which aws keeps for itself, got "
                f"'169.254.169.240/28'; choose another /28 ({AWS_INSIDE})"
            ),
        ),
        (
            "azure",
            {
                **vpn(inside_range="169.254.23.0/28", pre_shared_keys={"0-0": "a.secret"}),
                "tiers": [TIERS[0], GATEWAY],
            },
            (
                "hybrid.vpns[0].inside_range: is outside the addresses that azure takes inside tunnels, got "
                "'169.254.23.0/28'; choose from 169.254.21.0 to 169.254.22.255 "
                "(https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp)"
            ),
        ),
        (
            "aws",
            {"hybrid": {"vpns": [OFFICE], "cross_cloud": [OTHER]}},
            (
                "hybrid.cross_cloud[0].inside_range: overlaps hybrid.vpns[0].inside_range, got '169.254.21.0/28'; "
                "choose another /28 for one of them"
            ),
        ),
        (
            "aws",
            vpn(inside_range="169.254.22/28"),
            (
                "hybrid.vpns[0].inside_range: is not an IPv4 address range, got '169.254.22/28'; write it as "
                "'10.0.0.0/16'"
            ),
        ),
        (
            "aws",
            vpn(ranges=["10.0.0.0/8"]),
            (
                "hybrid.vpns[0].ranges[0]: overlaps 10.20.0.0/16 of cidr[0], got '10.0.0.0/8'; give one of the two "
                "another range: addresses that both sides have cannot be reached"
            ),
        ),
        (
            "aws",
            {"hybrid": {"vpns": [OFFICE], "lines": [{**LINE, "ranges": ["192.168.4.0/24"]}]}},
            (
                "hybrid.lines[0].ranges[0]: overlaps 192.168.0.0/16 of hybrid.vpns[0].ranges[0], got '192.168.4.0/24'; "
                "give one of the two another range: addresses that both sides have cannot be reached"
            ),
        ),
        ("aws", vpn(peer_addresses=[]), "hybrid.vpns[0].peer_addresses: must have at least 1 entries, got a list"),
        (
            "aws",
            vpn(peer_addresses=["vpn.example.com"]),
            ("hybrid.vpns[0].peer_addresses[0]: is not an IPv4 address, got 'vpn.example.com'; write '203.0.113.7'"),
        ),
        (
            "aws",
            vpn(peer_addresses=["10.0.0.7"]),
            (
                "hybrid.vpns[0].peer_addresses[0]: is not a public address, got '10.0.0.7'; give the one that the "
                "cloud sees"
            ),
        ),
        (
            "aws",
            vpn(name="hub"),
            "hybrid.vpns[0].name: is what assertions call the hub, got 'hub'; choose another name",
        ),
        (
            "aws",
            {"hybrid": {"vpns": [OFFICE], "cross_cloud": [{**OTHER, "name": "office"}]}},
            "hybrid.cross_cloud[0].name: is given twice, got 'office'; call one of the links otherwise",
        ),
        (
            "aws",
            vpn(to_hub=True),
            (
                "hybrid.vpns[0].to_hub: needs a transit gateway as the network's hub, got true on aws; end it at the "
                "network"
            ),
        ),
        (
            "gcp",
            vpn(),
            ("hybrid.vpns[0].pre_shared_keys.0-0: is required: neither side makes keys; give a secret for each tunnel"),
        ),
        (
            "aws",
            vpn(pre_shared_keys={"0-0": "0.begins.with.zero"}),
            ("hybrid.vpns[0].pre_shared_keys.0-0: must be 8 to 64 letters, digits, '.' and '_', not beginning with 0"),
        ),
        ("aws", line(vlan=None), "hybrid.lines[0].vlan: is required with connection_id"),
        ("aws", line(vlan=5000), "hybrid.lines[0].vlan: must be from 1 to 4094 on aws, got 5000"),
        (
            "aws",
            line(gateway_id="dx"),
            "hybrid.lines[0].connection_id: needs one way to the other side; give either it or gateway_id",
        ),
        (
            "aws",
            line(asn=64512),
            "hybrid.lines[0].asn: is the ASN of both sides, got 64512; give each side one of its own",
        ),
        (
            "azure",
            {**line(vlan=101), "tiers": [TIERS[0], GATEWAY]},
            "hybrid.lines[0].vlan: is not used on azure; leave it out",
        ),
        ("gcp", line(peer_asn=None), "hybrid.lines[0].peer_asn: is required with connection_id"),
        (
            "gcp",
            line(connection_id=None),
            "hybrid.lines[0].vlan: is the partner's to choose without connection_id; leave it out",
        ),
        (
            "gcp",
            {"hybrid": {"cross_cloud": [OTHER]}},
            "hybrid.cross_cloud[0].peer_cloud: is this network's own cloud, got 'gcp'; use a hub",
        ),
        (
            "gcp",
            {"hybrid": {"cross_cloud": [{**OTHER, "peer_cloud": "aws"}], "routed_tiers": ["app"]}},
            "hybrid.routed_tiers: is not done on gcp, where learnt routes hold in the whole network; leave it out",
        ),
        (
            "azure",
            line(vlan=None, peer_asn=None),
            (
                "hybrid.gateway_tier: needs a tier for the gateways; add one with the role 'hub' and "
                "azure.subnet_name 'GatewaySubnet'"
            ),
        ),
        (
            "azure",
            {"hybrid": {"lines": [{**line(vlan=None, peer_asn=None)["hybrid"]["lines"][0]}], "gateway_tier": "app"}},
            (
                "hybrid.gateway_tier: must be a tier whose subnet is called 'GatewaySubnet', got 'app'; set its "
                "azure.subnet_name"
            ),
        ),
        (
            "aws",
            {"hybrid": {"vpns": [OFFICE], "routed_tiers": ["ap"]}},
            "hybrid.routed_tiers[0]: is not a tier of the network, got 'ap'; did you mean 'app'?",
        ),
        (
            "aws",
            {"hybrid": {"vpns": [OFFICE], "gateway_size": "VpnGw2AZ"}},
            "hybrid.gateway_size: is not used on aws; leave it out",
        ),
    ],
)
def test_what_does_not_fit_is_said(cloud, more, message):
    assert message in said(cloud, **more)


def test_no_secret_is_repeated():
    assert "zero" not in "".join(said(**vpn(pre_shared_keys={"0-0": "0.begins.with.zero"})))


def test_a_name_that_is_too_long_for_a_tunnel_is_refused():
    keys = {"0-0": "a.secret.key", "0-1": "a.secret.key"}
    lines = said("gcp", **vpn(name="a-very-long-name-of-an-office-far-away", pre_shared_keys=keys))
    assert any("too long for the automatic name of gcp:compute/routerInterface:RouterInterface" in one for one in lines)
