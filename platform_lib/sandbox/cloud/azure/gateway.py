"""VPN and ExpressRoute gateways, their connections, peerings, virtual hubs (Azure networking REST reference)."""

import ipaddress
from collections.abc import Iterable, Mapping
from typing import Any, Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.azure.network import SUBNET, VNET
from platform_lib.sandbox.cloud.azure.resource import arm
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

GATEWAY: Final = "azure-native:network:VirtualNetworkGateway"
PEERING: Final = "azure-native:network:VirtualNetworkPeering"
_TYPE: Final = "Microsoft.Network/"
_MISSING: Final = arm("InvalidResourceReference", "Resource {value} referenced by resource was not found.")
_APIPA: Final = (ipaddress.IPv4Address("169.254.21.0"), ipaddress.IPv4Address("169.254.22.255"))
"""Addresses that a gateway may have for BGP (https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp)."""


def _custom_addresses(inputs: Mapping[str, Any]) -> Iterable[tuple[str, str]]:
    settings = inputs.get("bgpSettings")
    peerings = settings.get("bgpPeeringAddresses") if isinstance(settings, dict) else None
    for index, item in enumerate(peerings if isinstance(peerings, list) else ()):
        for address in item.get("customBgpIpAddresses") or () if isinstance(item, dict) else ():
            if isinstance(address, str):
                yield f"bgpSettings.bgpPeeringAddresses[{index}].customBgpIpAddresses", address


def _check_gateway(inputs: Properties) -> Iterable[CheckFailure]:
    for path, text in _custom_addresses(inputs):
        if not _APIPA[0] <= ipaddress.IPv4Address(text) <= _APIPA[1]:
            yield CheckFailure(path, f"must be an address from {_APIPA[0]} to {_APIPA[1]}, got {text}")
    configurations = inputs.get("ipConfigurations")
    if inputs.get("activeActive") is True and isinstance(configurations, list) and len(configurations) < 2:
        yield CheckFailure("ipConfigurations", "an active-active gateway needs two configurations")


def _admit_gateway(request: Request) -> None:
    """It stands in a subnet of that name, the only one of its kind in the network (VPN gateway FAQ)."""
    for item in request.get("ipConfigurations", []):
        subnet = (item.get("subnet") or {}).get("id") if isinstance(item, dict) else None
        if not isinstance(subnet, str):
            continue
        if not subnet.endswith("/GatewaySubnet"):
            raise refuse(
                arm("InvalidResourceReference", f"The gateway's subnet must be named GatewaySubnet, got {subnet}.")
            )
        for row, _ in request.store.linked(subnet):
            if (
                row.type == GATEWAY
                and row.inputs.get("gatewayType") == request.get("gatewayType")
                and (request.old is None or row.row != request.old.row)
            ):
                raise refuse(
                    arm(
                        "InvalidResourceReference",
                        f"The network of {subnet} has a gateway of this type already: {row.id}.",
                    )
                )


def _gateway_outputs(request: Request) -> Properties:
    """Its settings with the addresses of its instances, which only Azure knows."""
    settings = dict(request.get("bgpSettings") or {})
    configurations = [item for item in request.get("ipConfigurations", []) if isinstance(item, dict)]
    given = {
        item.get("ipconfigurationId"): item
        for item in settings.get("bgpPeeringAddresses") or ()
        if isinstance(item, dict)
    }
    addresses = []
    for index, item in enumerate(configurations):
        own = f"{request.id}/ipConfigurations/{item.get('name')}"
        public = str((item.get("publicIPAddress") or {}).get("id"))
        rows = request.store.by_id(public)
        addresses.append(
            {
                "ipconfigurationId": own,
                "customBgpIpAddresses": (given.get(own) or {}).get("customBgpIpAddresses") or [],
                "defaultBgpIpAddresses": [f"10.255.255.{4 + index}"],
                "tunnelIpAddresses": [str(row.outputs["ipAddress"]) for row in rows if row.outputs.get("ipAddress")],
            }
        )
    return {
        "resourceGuid": request.outputs.get("resourceGuid") or request.uuid("guid"),
        "bgpSettings": {"asn": 65515, "peerWeight": 0, **settings, "bgpPeeringAddresses": addresses},
        "ipConfigurations": [
            {**item, "id": f"{request.id}/ipConfigurations/{item.get('name')}", "provisioningState": "Succeeded"}
            for item in configurations
        ],
    }


def _connection_outputs(request: Request) -> Properties:
    return {
        "connectionStatus": "Unknown",  # no tunnel is up in a sandbox
        "egressBytesTransferred": 0,
        "ingressBytesTransferred": 0,
        "resourceGuid": request.outputs.get("resourceGuid") or request.uuid("guid"),
        "tunnelConnectionStatus": [],
    }


def _admit_peering(request: Request) -> None:
    """Networks whose address spaces overlap cannot be peered (virtual network peering overview)."""
    network = str(request.get("virtualNetworkName"))
    remote = (request.get("remoteVirtualNetwork") or {}).get("id")
    group = f"/subscriptions/{request.account}/resourceGroups/{request.get('resourceGroupName')}"
    own = f"{group}/providers/Microsoft.Network/virtualNetworks/{network}"
    spaces = {side: _space(request, str(side)) for side in (own, remote)}
    if any(one.overlaps(other) for one in spaces[own] for other in spaces[remote]) and own != remote:
        raise refuse(
            arm(
                "VnetAddressSpacesOverlap",
                f"Cannot create or update peering {request.get('virtualNetworkPeeringName')}. Virtual networks "
                f"{own} and {remote} cannot be peered because their address spaces overlap.",
            )
        )


def _space(request: Request, network: str) -> list[ipaddress.IPv4Network]:
    row = request.store.find(VNET, network)
    space = row.inputs.get("addressSpace") if row is not None else None
    texts = space.get("addressPrefixes", []) if isinstance(space, dict) else []
    return [ipaddress.IPv4Network(text) for text in texts if isinstance(text, str) and ":" not in text]


def _peering_outputs(request: Request) -> Properties:
    return {
        "peeringState": "Connected",
        "peeringSyncLevel": "FullyInSync",
        "resourceGuid": request.outputs.get("resourceGuid") or request.uuid("guid"),
    }


def _hub(path: str, type_: str) -> Reference:
    return Reference(path, (type_,), _MISSING)


RULES: Final[dict[str, TypeRules]] = {
    GATEWAY: TypeRules(
        source="Azure REST reference, Virtual Network Gateways; VPN gateway FAQ",
        references=(
            Reference(
                "ipConfigurations[*].subnet.id",
                (SUBNET,),
                _MISSING,
                arm("InUseSubnetCannotBeDeleted", "Subnet {name} is in use by {user} and cannot be deleted."),
            ),
            Reference(
                "ipConfigurations[*].publicIPAddress.id",
                ("azure-native:network:PublicIPAddress",),
                _MISSING,
                arm(
                    "PublicIPAddressCannotBeDeleted",
                    "Public IP address {id} can not be deleted: it is allocated to {user}.",
                ),
            ),
        ),
        check=_check_gateway,
        admit=_admit_gateway,
        compute=_gateway_outputs,
        defaults={"type": _TYPE + "virtualNetworkGateways", "etag": 'W/"{uuid}"'},
    ),
    "azure-native:network:LocalNetworkGateway": TypeRules(
        defaults={"type": _TYPE + "localNetworkGateways", "etag": 'W/"{uuid}"', "resourceGuid": "{uuid}"}
    ),
    "azure-native:network:VirtualNetworkGatewayConnection": TypeRules(
        references=(
            _hub("virtualNetworkGateway1.id", GATEWAY),
            _hub("localNetworkGateway2.id", "azure-native:network:LocalNetworkGateway"),
        ),
        compute=_connection_outputs,
        defaults={"type": _TYPE + "connections", "etag": 'W/"{uuid}"'},
    ),
    PEERING: TypeRules(
        source="https://learn.microsoft.com/azure/virtual-network/virtual-network-peering-overview",
        references=(Reference("remoteVirtualNetwork.id", (VNET,), _MISSING),),
        admit=_admit_peering,
        compute=_peering_outputs,
        defaults={"type": _TYPE + "virtualNetworks/virtualNetworkPeerings", "etag": 'W/"{uuid}"'},
    ),
    "azure-native:network:HubVirtualNetworkConnection": TypeRules(
        references=(Reference("remoteVirtualNetwork.id", (VNET,), _MISSING),), defaults={"etag": 'W/"{uuid}"'}
    ),
}
