"""NAT gateways, public prefixes, route tables, DDoS protection plans (Azure Virtual Network REST reference)."""

import ipaddress
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.azure.resource import arm
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

NAT: Final = "azure-native:network:NatGateway"
ADDRESS: Final = "azure-native:network:PublicIPAddress"
PREFIX: Final = "azure-native:network:PublicIPPrefix"
_TYPE: Final = "Microsoft.Network/"
_MISSING: Final = arm("InvalidResourceReference", "Resource {value} referenced by resource was not found.")


def _check_nat(inputs: Properties) -> Iterable[CheckFailure]:
    minutes = inputs.get("idleTimeoutInMinutes")
    if isinstance(minutes, int) and not 4 <= minutes <= 120:
        yield CheckFailure("idleTimeoutInMinutes", f"must be between 4 and 120 minutes, got {minutes}")
    zones = inputs.get("zones")
    if isinstance(zones, list) and len(zones) > 1:
        yield CheckFailure("zones", f"a Standard NAT gateway stands in one zone, got {zones}")


def _admit_nat(request: Request) -> None:
    """A public address belongs to one resource at a time."""
    for item in request.get("publicIpAddresses") or ():
        address = item.get("id") if isinstance(item, dict) else None
        for row, path in request.store.linked(address) if isinstance(address, str) else ():
            if path != "@" and row.type != ADDRESS and (request.old is None or row.row != request.old.row):
                raise refuse(
                    arm(
                        "PublicIPAddressInUse",
                        f"Resource {request.id or request.name} is referencing public IP address {address} that is "
                        f"already allocated to resource {row.id}.",
                    )
                )


def _prefix_outputs(request: Request) -> Properties:
    length = int(request.get("prefixLength") or 28)
    made = request.outputs.get("ipPrefix")
    base = int(ipaddress.IPv4Address("198.18.0.0")) + int(request.hex(4, "prefix"), 16)
    return {"ipPrefix": made or str(ipaddress.ip_network((base, length), strict=False))}


def _check_route(inputs: Properties) -> Iterable[CheckFailure]:
    for index, route in enumerate(inputs.get("routes") or ()):
        if not isinstance(route, dict):
            continue
        address, hop = route.get("nextHopIpAddress"), route.get("nextHopType")
        if hop == "VirtualAppliance" and not address:
            yield CheckFailure(f"routes[{index}].nextHopIpAddress", "is required for VirtualAppliance")
        elif isinstance(hop, str) and hop != "VirtualAppliance" and address:
            yield CheckFailure(f"routes[{index}].nextHopIpAddress", f"is for VirtualAppliance only, got {hop}")


RULES: Final[dict[str, TypeRules]] = {
    NAT: TypeRules(
        source="https://learn.microsoft.com/azure/nat-gateway/nat-gateway-resource",
        references=(
            Reference(
                "publicIpAddresses[*].id",
                (ADDRESS,),
                _MISSING,
                arm(
                    "PublicIPAddressCannotBeDeleted",
                    "Public IP address {id} can not be deleted since it is still allocated to resource {user}.",
                ),
            ),
            Reference(
                "publicIpPrefixes[*].id",
                (PREFIX,),
                _MISSING,
                arm("InUsePublicIpPrefixCannotBeDeleted", "Public IP prefix {id} is in use by {user}."),
            ),
        ),
        check=_check_nat,
        admit=_admit_nat,
        defaults={"type": _TYPE + "natGateways", "etag": 'W/"{uuid}"', "resourceGuid": "{uuid}", "subnets": []},
    ),
    PREFIX: TypeRules(compute=_prefix_outputs, defaults={"type": _TYPE + "publicIPPrefixes", "etag": 'W/"{uuid}"'}),
    "azure-native:network:RouteTable": TypeRules(
        source="https://learn.microsoft.com/azure/virtual-network/virtual-networks-udr-overview",
        check=_check_route,
        defaults={
            "type": _TYPE + "routeTables",
            "etag": 'W/"{uuid}"',
            "resourceGuid": "{uuid}",
            "subnets": [],
            "disableBgpRoutePropagation": False,
        },
    ),
    "azure-native:network:DdosProtectionPlan": TypeRules(
        defaults={
            "type": _TYPE + "ddosProtectionPlans",
            "etag": 'W/"{uuid}"',
            "resourceGuid": "{uuid}",
            "publicIPAddresses": [],
            "virtualNetworks": [],
        }
    ),
}
