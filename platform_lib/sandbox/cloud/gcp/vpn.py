"""HA VPN, router interfaces and peers, interconnect attachments, peerings, spokes (Compute Engine API reference)."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.gcp.network import api, in_network
from platform_lib.sandbox.cloud.gcp.package import Gcp
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules
from platform_lib.sandbox.protocol import CheckFailure

ROUTER: Final = ("gcp:compute/router:Router",)
_HELP: Final = Gcp()
_LINK_LOCAL: Final = ipaddress.IPv4Network("169.254.0.0/16")
_INTERFACES: Final = {"SINGLE_IP_INTERNALLY_REDUNDANT": 1, "TWO_IPS_REDUNDANCY": 2, "FOUR_IPS_REDUNDANCY": 4}


def _named(path: str, *types: str) -> Reference:
    """A resource that is named and cannot go before what names it."""
    return Reference(
        path,
        types,
        api(404, "The resource '{value}' was not found", "notFound"),
        api(400, "The resource '{id}' is already being used by '{user}'", "resourceInUseByAnotherResource"),
    )


def _stamped(request: Request) -> Properties:
    return {
        "selfLink": _HELP.self_link(request),
        "creationTimestamp": request.outputs.get("creationTimestamp") or request.stamp,
        "labelFingerprint": request.hex(12, f"fp{request.stamp}"),
    }


def _gateway_outputs(request: Request) -> Properties:
    """Two interfaces, each with an address that Google chooses."""
    given = request.get("vpnInterfaces") or [{"id": 0}, {"id": 1}]
    interfaces = [
        {
            **item,
            "ipAddress": f"198.19.{int(request.hex(2, f'a{index}'), 16)}.{int(request.hex(2, f'b{index}'), 16)}",
        }
        for index, item in enumerate(given)
    ]
    return {**_stamped(request), "vpnInterfaces": interfaces}


def _check_external(inputs: Properties) -> Iterable[CheckFailure]:
    interfaces, kind = inputs.get("interfaces"), inputs.get("redundancyType")
    wanted = _INTERFACES.get(str(kind))
    if wanted is not None and isinstance(interfaces, list) and len(interfaces) != wanted:
        yield CheckFailure("interfaces", f"{kind} has {wanted} interfaces, got {len(interfaces)}")


def _tunnel_outputs(request: Request) -> Properties:
    found = _stamped(request)
    return {
        **found,
        "detailedStatus": "Waiting for full configuration",  # no tunnel is up in a sandbox
        "tunnelId": request.digits(18, "number"),
        "sharedSecretHash": request.hex(28, str(request.get("sharedSecret"))),
        "localTrafficSelectors": request.get("localTrafficSelectors") or ["0.0.0.0/0"],
        "remoteTrafficSelectors": request.get("remoteTrafficSelectors") or ["0.0.0.0/0"],
    }


def _check_interface(inputs: Properties) -> Iterable[CheckFailure]:
    text = inputs.get("ipRange")
    if isinstance(text, str) and inputs.get("vpnTunnel") is not None:
        try:
            inside = ipaddress.IPv4Interface(text)
        except ValueError:
            yield CheckFailure("ipRange", f"expected an address with its prefix length, got {text}")
            return
        if inside.network.prefixlen != 30 or inside.ip not in _LINK_LOCAL:
            yield CheckFailure("ipRange", f"expected an address of a /30 in 169.254.0.0/16, got {text}")


def _child_id(request: Request) -> str:
    return f"{_HELP.project(request)}/{request.region}/{request.get('router')}/{request.get('name')}"


def _peer_id(request: Request) -> str:
    project, region, router = _HELP.project(request), request.region, request.get("router")
    return f"projects/{project}/regions/{region}/routers/{router}/{request.get('name')}"


def _attachment_outputs(request: Request) -> Properties:
    partner = request.get("type") == "PARTNER"
    return {
        **_stamped(request),
        "pairingKey": f"{request.uuid('pair')}/{request.region}/any" if partner else "",
        "partnerAsn": "",
        "state": "PENDING_PARTNER" if partner else "ACTIVE",
        "cloudRouterIpAddress": "" if partner else "169.254.180.1/29",
        "customerRouterIpAddress": "" if partner else "169.254.180.2/29",
        "googleReferenceId": request.digits(18, "reference"),
    }


def _spoke_outputs(request: Request) -> Properties:
    return {
        "state": "ACTIVE",
        "uniqueId": request.uuid("spoke"),
        "createTime": request.outputs.get("createTime") or request.stamp,
        "updateTime": request.stamp,
        "reasons": [],
    }


RULES: Final[dict[str, TypeRules]] = {
    "gcp:compute/haVpnGateway:HaVpnGateway": TypeRules(
        references=(in_network("network"),),
        input_defaults={"gatewayIpVersion": "IPV4"},
        compute=_gateway_outputs,
        defaults={"stackType": "IPV4_ONLY"},
    ),
    "gcp:compute/externalVpnGateway:ExternalVpnGateway": TypeRules(
        source="Compute Engine API reference, externalVpnGateways", check=_check_external, compute=_stamped
    ),
    "gcp:compute/vPNTunnel:VPNTunnel": TypeRules(
        references=(
            _named("vpnGateway", "gcp:compute/haVpnGateway:HaVpnGateway"),
            _named("peerExternalGateway", "gcp:compute/externalVpnGateway:ExternalVpnGateway"),
            _named("router", *ROUTER),
        ),
        input_defaults={"ikeVersion": 2},
        compute=_tunnel_outputs,
    ),
    "gcp:compute/routerInterface:RouterInterface": TypeRules(
        references=(_named("router", *ROUTER), _named("vpnTunnel", "gcp:compute/vPNTunnel:VPNTunnel")),
        id=_child_id,
        check=_check_interface,
        defaults={"ipVersion": "IPV4"},
    ),
    "gcp:compute/routerPeer:RouterPeer": TypeRules(
        references=(_named("router", *ROUTER),),
        id=_peer_id,
        defaults={"managementType": "MANAGED_BY_USER", "enableIpv4": True},
    ),
    "gcp:compute/interconnectAttachment:InterconnectAttachment": TypeRules(
        references=(_named("router", *ROUTER),), compute=_attachment_outputs
    ),
    "gcp:compute/networkPeering:NetworkPeering": TypeRules(
        references=(in_network("network", blocks=False), in_network("peerNetwork", blocks=False)),
        defaults={"state": "ACTIVE", "stateDetails": "[sandbox]: Connected."},
    ),
    "gcp:networkconnectivity/spoke:Spoke": TypeRules(
        references=(_named("hub", "gcp:networkconnectivity/hub:Hub"),), compute=_spoke_outputs
    ),
    "gcp:networkconnectivity/hub:Hub": TypeRules(compute=_spoke_outputs, defaults={"routingVpcs": []}),
}
