from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

NETWORK = "gcp:compute/network:Network"
ROUTER = "gcp:compute/router:Router"
GATEWAY = "gcp:compute/haVpnGateway:HaVpnGateway"
EXTERNAL = "gcp:compute/externalVpnGateway:ExternalVpnGateway"
TUNNEL = "gcp:compute/vPNTunnel:VPNTunnel"
INTERFACE = "gcp:compute/routerInterface:RouterInterface"
PEER = "gcp:compute/routerPeer:RouterPeer"
ATTACHMENT = "gcp:compute/interconnectAttachment:InterconnectAttachment"
HUB = "gcp:networkconnectivity/hub:Hub"
SPOKE = "gcp:networkconnectivity/spoke:Spoke"


@pytest.fixture
def gcp() -> Driver:
    return driver("gcp", {"project": "our-project", "region": "europe-west1"})


@pytest.fixture
def network(gcp: Driver) -> Made:
    return gcp.create(NETWORK, "main", {"autoCreateSubnetworks": False})


def refused(text: str) -> Any:
    return pytest.raises(ProviderError, match=rf"^sandbox: .*{text}")


def test_a_gateway_has_two_interfaces_with_addresses(gcp: Driver, network: Made) -> None:
    interfaces = gcp.create(GATEWAY, "gw", {"network": network.id})["vpnInterfaces"]
    assert [one["id"] for one in interfaces] == [0, 1]
    assert interfaces[0]["ipAddress"] != interfaces[1]["ipAddress"]


@pytest.mark.parametrize(
    ("kind", "count"), [("SINGLE_IP_INTERNALLY_REDUNDANT", 2), ("TWO_IPS_REDUNDANCY", 4), ("FOUR_IPS_REDUNDANCY", 2)]
)
def test_an_external_gateway_has_as_many_interfaces_as_its_kind_says(gcp: Driver, kind: str, count: int) -> None:
    interfaces = [{"id": index, "ipAddress": f"203.0.113.{index}"} for index in range(count)]
    assert "interfaces, got" in gcp.reasons(EXTERNAL, {"redundancyType": kind, "interfaces": interfaces})


def test_a_tunnel_its_interface_and_its_peer(gcp: Driver, network: Made) -> None:
    router = gcp.create(ROUTER, "router", {"network": network.id, "bgp": {"asn": 64514}})
    gateway = gcp.create(GATEWAY, "gw", {"network": network.id})
    wanted = {"vpnGateway": gateway.id, "vpnGatewayInterface": 0, "router": router["name"], "sharedSecret": "a-secret"}
    tunnel = gcp.create(TUNNEL, "t", wanted)
    assert tunnel["detailedStatus"] == "Waiting for full configuration"
    where = {"router": router["name"], "vpnTunnel": tunnel["name"]}
    assert "/30 in 169.254.0.0/16" in gcp.reasons(INTERFACE, {**where, "ipRange": "10.0.0.1/30"})
    assert "/30 in 169.254.0.0/16" in gcp.reasons(INTERFACE, {**where, "ipRange": "169.254.21.1/29"})
    interface = gcp.create(INTERFACE, "i", {**where, "ipRange": "169.254.21.1/30"})
    assert interface.id == f"our-project/europe-west1/{router['name']}/{interface['name']}"
    peer = gcp.create(PEER, "p", {"router": router["name"], "interface": interface["name"], "peerAsn": 65010})
    assert peer.id == f"projects/our-project/regions/europe-west1/routers/{router['name']}/{peer['name']}"
    with refused("already being used"):
        gcp.delete(tunnel)
    with refused("already being used"):
        gcp.delete(gateway)
    with refused("already being used"):
        gcp.delete(router)


def test_a_partner_attachment_gives_a_pairing_key(gcp: Driver, network: Made) -> None:
    router = gcp.create(ROUTER, "router", {"network": network.id, "bgp": {"asn": 16550}})
    made = gcp.create(
        ATTACHMENT, "a", {"router": router.id, "type": "PARTNER", "edgeAvailabilityDomain": "AVAILABILITY_DOMAIN_1"}
    )
    assert made["pairingKey"].endswith("/europe-west1/any")
    assert made["state"] == "PENDING_PARTNER"


def test_a_hub_goes_after_its_spokes(gcp: Driver, network: Made) -> None:
    hub = gcp.create(HUB, "hub", {})
    gcp.create(SPOKE, "s", {"hub": hub.id, "location": "global", "linkedVpcNetwork": {"uri": network["selfLink"]}})
    with refused("already being used"):
        gcp.delete(hub)
