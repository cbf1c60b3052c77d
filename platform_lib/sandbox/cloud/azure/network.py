"""Virtual networks, subnets, network security groups, addresses (Azure Virtual Network REST reference)."""

import ipaddress
from collections.abc import Iterable
from typing import Any, Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.azure.resource import arm
from platform_lib.sandbox.cloud.azure.watcher import make_watcher
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

VNET: Final = "azure-native:network:VirtualNetwork"
SUBNET: Final = "azure-native:network:Subnet"
GROUP: Final = "azure-native:network:NetworkSecurityGroup"


def _networks(values: Any) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    found = []
    for value in values if isinstance(values, list) else [values]:
        try:
            found.append(ipaddress.ip_network(value))
        except (ValueError, TypeError):
            continue
    return found


def _check_prefixes(inputs: Properties) -> Iterable[CheckFailure]:
    space = inputs.get("addressSpace")
    prefixes = {"addressPrefix": inputs.get("addressPrefix"), "addressPrefixes": inputs.get("addressPrefixes")}
    if isinstance(space, dict):
        prefixes["addressSpace.addressPrefixes"] = space.get("addressPrefixes")
    for path, value in prefixes.items():
        for text in value if isinstance(value, list) else [value]:
            if isinstance(text, str) and not _networks(text):
                yield CheckFailure(
                    path, f"The address prefix {text} is formatted incorrectly (InvalidAddressPrefixFormat)"
                )


def _prefixes(properties: Properties) -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    return _networks(properties.get("addressPrefixes") or [properties.get("addressPrefix")])


def _admit_subnet(request: Request) -> None:
    """Inside the network's address space, no overlap with its other subnets."""
    network = str(request.get("virtualNetworkName"))
    group = f"/subscriptions/{request.account}/resourceGroups/{request.get('resourceGroupName')}"
    parent = f"{group}/providers/Microsoft.Network/virtualNetworks/{network}"
    row = request.store.find(VNET, parent)
    if row is None:
        return
    space = _networks(plain(row.inputs.get("addressSpace") or {}).get("addressPrefixes", []))
    name = request.get("subnetName")
    for prefix in _prefixes(request.inputs):
        if not any(outer.version == prefix.version and prefix.subnet_of(outer) for outer in space):  # type: ignore[arg-type]  # same version
            raise refuse(
                arm(
                    "NetcfgSubnetRangeOutsideVnet",
                    f"Subnet '{name}' is not valid because its IP address range is outside the IP address range of "
                    f"virtual network '{network}'.",
                )
            )
        for other in request.store.rows("type = ? AND id > ? AND id < ?", (SUBNET, parent + "/", parent + "0")):
            if request.old is not None and other.row == request.old.row:
                continue
            if any(item.overlaps(prefix) for item in _prefixes(plain(other.inputs))):
                raise refuse(
                    arm(
                        "NetcfgSubnetRangesOverlap",
                        f"Subnet '{name}' is not valid because its IP address range overlaps with that of an "
                        f"existing subnet in virtual network '{network}'.",
                    )
                )


def _vnet_outputs(request: Request) -> Properties:
    subnets = [
        {**item, "id": f"{request.id}/subnets/{item.get('name')}", "provisioningState": "Succeeded"}
        for item in request.get("subnets", [])
        if isinstance(item, dict)
    ]
    found: Properties = {"resourceGuid": request.outputs.get("resourceGuid") or request.uuid("guid"), "flowLogs": []}
    return {**found, "subnets": subnets} if subnets else found


def _deleting_subnet(request: Request) -> None:
    for row, path in request.store.linked(request.id):
        if path != "@":
            raise refuse(
                arm(
                    "InUseSubnetCannotBeDeleted",
                    f"Subnet {request.outputs.get('name')} is in use by {row.id} and cannot be deleted. In order "
                    f"to delete the subnet, delete all the resources within the subnet.",
                )
            )


def _address_outputs(request: Request) -> Properties:
    if request.get("publicIPAllocationMethod") != "Static":
        return {}
    return {
        "ipAddress": request.outputs.get("ipAddress")
        or f"198.19.{int(request.hex(2, 'a'), 16)}.{int(request.hex(2, 'b'), 16)}"
    }


def _check_rule(inputs: Properties) -> Iterable[CheckFailure]:
    priority = inputs.get("priority")
    if isinstance(priority, int) and not 100 <= priority <= 4096:
        yield CheckFailure(
            "priority", f"SecurityRuleInvalidPriority: the priority must be between 100 and 4096, got {priority}"
        )


def _of_subnet(path: str) -> Reference:
    return Reference(
        path,
        (SUBNET,),
        arm("InvalidResourceReference", "Resource {value} referenced by resource was not found."),
        arm("InUseSubnetCannotBeDeleted", "Subnet {name} is in use by {user} and cannot be deleted."),
    )


def _of_group(path: str) -> Reference:
    return Reference(
        path,
        (GROUP,),
        arm("InvalidResourceReference", "Resource {value} referenced by resource was not found."),
        arm(
            "InUseNetworkSecurityGroupCannotBeDeleted",
            "Network security group {id} cannot be deleted because it is in use by {user}.",
        ),
    )


def _admit_private_endpoint(request: Request) -> None:
    """Not in a subnet that is handed to a service."""
    subnet = str((request.get("subnet") or {}).get("id"))
    row = request.store.find(SUBNET, subnet)
    if row is not None and plain(row.inputs).get("delegations"):
        raise refuse(
            arm(
                "PrivateEndpointCreationNotAllowedAsSubnetIsDelegated",
                f"Private endpoint {request.get('privateEndpointName')} cannot be created as subnet {subnet} is "
                "delegated.",
            )
        )


def _private_endpoint_outputs(request: Request) -> Properties:
    """Its interface, and what it leads to, approved: in a sandbox everything belongs to whoever asks."""
    state = {"status": "Approved", "description": "Auto-approved", "actionsRequired": "None"}
    interface = (
        f"{request.id.rpartition('/privateEndpoints/')[0]}/networkInterfaces/{request.get('privateEndpointName')}"
    )
    return {
        "networkInterfaces": [{"id": f"{interface}.nic.{request.uuid('nic')}"}],
        "privateLinkServiceConnections": [
            {**item, "privateLinkServiceConnectionState": state}
            for item in request.get("privateLinkServiceConnections") or ()
            if isinstance(item, dict)
        ],
    }


_TYPE: Final = "Microsoft.Network/"

RULES: Final[dict[str, TypeRules]] = {
    VNET: TypeRules(
        references=(
            Reference(
                "ddosProtectionPlan.id",
                ("azure-native:network:DdosProtectionPlan",),
                arm("InvalidResourceReference", "Resource {value} referenced by resource was not found."),
                arm("InUseDdosProtectionPlanCannotBeDeleted", "DDoS protection plan {id} is in use by {user}."),
            ),
        ),
        check=_check_prefixes,
        compute=_vnet_outputs,
        created=make_watcher,
        defaults={"type": _TYPE + "virtualNetworks", "etag": 'W/"{uuid}"'},
    ),
    SUBNET: TypeRules(
        references=(
            _of_group("networkSecurityGroup.id"),
            Reference(
                "routeTable.id",
                ("azure-native:network:RouteTable",),
                arm("InvalidResourceReference", "Resource {value} referenced by resource was not found."),
                arm("InUseRouteTableCannotBeDeleted", "Route table {name} is in use and cannot be deleted."),
            ),
            Reference(
                "natGateway.id",
                ("azure-native:network:NatGateway",),
                arm("InvalidResourceReference", "Resource {value} referenced by resource was not found."),
                arm("InUseNatGatewayCannotBeDeleted", "Nat gateway {name} is in use and cannot be deleted."),
            ),
        ),
        check=_check_prefixes,
        admit=_admit_subnet,
        deleting=_deleting_subnet,
        defaults={"etag": 'W/"{uuid}"', "type": _TYPE + "virtualNetworks/subnets"},
    ),
    GROUP: TypeRules(
        defaults={
            "type": _TYPE + "networkSecurityGroups",
            "etag": 'W/"{uuid}"',
            "defaultSecurityRules": [],
            "flowLogs": [],
            "networkInterfaces": [],
            "subnets": [],
        }
    ),
    "azure-native:network:SecurityRule": TypeRules(
        source="Azure network security groups: priorities 100 to 4096, one rule a priority and direction",
        check=_check_rule,
        unique="nsg:{account}:{resourceGroupName}:{networkSecurityGroupName}:{direction}:{priority}",
        defaults={"etag": 'W/"{uuid}"'},
        exists=arm(
            "SecurityRuleConflict",
            "Security rule {securityRuleName} conflicts with another rule. Rules cannot have the same Priority and "
            "Direction.",
        ),
    ),
    "azure-native:network:PublicIPAddress": TypeRules(
        compute=_address_outputs, defaults={"type": _TYPE + "publicIPAddresses", "etag": 'W/"{uuid}"'}
    ),
    "azure-native:network:NetworkInterface": TypeRules(
        references=(_of_subnet("ipConfigurations[*].subnet.id"), _of_group("networkSecurityGroup.id")),
        defaults={"type": _TYPE + "networkInterfaces", "etag": 'W/"{uuid}"'},
    ),
    "azure-native:network:PrivateEndpoint": TypeRules(
        source="https://learn.microsoft.com/azure/private-link/private-endpoint-overview",
        references=(_of_subnet("subnet.id"),),
        admit=_admit_private_endpoint,
        compute=_private_endpoint_outputs,
        defaults={"type": _TYPE + "privateEndpoints", "etag": 'W/"{uuid}"', "customDnsConfigs": []},
    ),
}
