"""What moving a network means, read from the steps: which property forces it, and what goes with it.

A policy pack sees neither a deletion nor a replacement, so this is the gate's to say. The engine itself refuses where
the resource is protected (the guard of ``VpcComponent``); this tells why, and the safe way.
"""

from collections.abc import Iterator, Mapping
from typing import Final

from platform_lib.operations.gate.check import GateInput, Looked, count
from platform_lib.operations.gate.verdict import GateFinding, Severity
from platform_lib.operations.record import Change

LOSS = "network-loss"

_NETWORK: Final = "every address in it"
_SUBNET: Final = "everything that stands in it"
_EXIT: Final = "the way out of the subnets behind it"
_ADDRESS: Final = "an address that others may have on their allow lists"
_LINK: Final = "the connection with other networks"

NETWORK: Final[Mapping[str, str]] = {
    "aws:ec2/vpc:Vpc": _NETWORK,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": _SUBNET,
    "aws:ec2/subnet:Subnet": _SUBNET,
    "aws:ec2/internetGateway:InternetGateway": _EXIT,
    "aws:ec2/natGateway:NatGateway": _EXIT,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": _EXIT,
    "aws:ec2/eip:Eip": _ADDRESS,
    "aws:ec2/vpnGateway:VpnGateway": _LINK,
    "aws:ec2/vpnConnection:VpnConnection": _LINK,
    "aws:ec2transitgateway/transitGateway:TransitGateway": _LINK,
    "aws:ec2transitgateway/vpcAttachment:VpcAttachment": _LINK,
    "aws:ec2transitgateway/routeTable:RouteTable": _LINK,
    "aws:networkmanager/vpcAttachment:VpcAttachment": _LINK,
    "aws:directconnect/gateway:Gateway": _LINK,
    "aws:directconnect/privateVirtualInterface:PrivateVirtualInterface": _LINK,
    "aws:directconnect/transitVirtualInterface:TransitVirtualInterface": _LINK,
    "azure-native:network:VirtualNetwork": _NETWORK,
    "azure-native:network:Subnet": _SUBNET,
    "azure-native:network:NatGateway": _EXIT,
    "azure-native:network:PublicIPAddress": _ADDRESS,
    "azure-native:network:VirtualNetworkGateway": _LINK,
    "azure-native:network:VirtualWan": _LINK,
    "azure-native:network:VirtualHub": _LINK,
    "azure-native:network:HubRouteTable": _LINK,
    "azure-native:network:HubVirtualNetworkConnection": _LINK,
    "azure-native:network:VirtualNetworkPeering": _LINK,
    "azure-native:network:VirtualNetworkGatewayConnection": _LINK,
    "gcp:compute/network:Network": _NETWORK,
    "gcp:compute/subnetwork:Subnetwork": _SUBNET,
    "gcp:compute/routerNat:RouterNat": _EXIT,
    "gcp:compute/address:Address": _ADDRESS,
    "gcp:compute/haVpnGateway:HaVpnGateway": _LINK,
    "gcp:compute/vPNTunnel:VPNTunnel": _LINK,
    "gcp:compute/interconnectAttachment:InterconnectAttachment": _LINK,
    "gcp:compute/networkPeering:NetworkPeering": _LINK,
    "gcp:networkconnectivity/hub:Hub": _LINK,
    "gcp:networkconnectivity/spoke:Spoke": _LINK,
}
"""Type to what goes with it; the types that ``VpcComponent`` guards, and those that tie networks together."""


def look(given: GateInput) -> Looked:
    """Refuses that a network, subnet, gateway or its address is replaced or deleted."""
    changes = [change for change in given.preview.record.changes if change.type in NETWORK]
    findings = list(_losses(given, changes))
    if not changes:
        return Looked("the stack has no network", skipped=True)
    return Looked(f"{count(len(changes), 'network resource')}, {len(findings) or 'none'} of them would move", findings)


def _losses(given: GateInput, changes: list[Change]) -> Iterator[GateFinding]:
    dependents = _dependents(given)
    for change in changes:
        if not change.loses:
            continue
        verb = "replaced" if change.action == "replace" else "deleted"
        users = len(dependents.get(change.urn, ()))
        forced = [f"{item.path} from {item.old} to {item.new}" for item in change.properties if item.replaces]
        because = f" because {' and '.join(forced) or ', '.join(change.keys)} cannot be changed in place"
        yield GateFinding(
            check=LOSS,
            effect=given.strict,
            severity=Severity.CRITICAL,
            subject=change.urn,
            problem=f"would be {verb}{because if change.action == 'replace' else ''}, and with it goes "
            f"{NETWORK[change.type]}; {count(users, 'deployed resource')} {'use' if users > 1 else 'uses'} it"
            + ("; it is protected, so the engine refuses too" if change.protected else ""),
            remedy=_remedy(change),
            path=change.keys[0] if change.keys else "",
            source=given.source(change.urn),
        )


def _remedy(change: Change) -> str:
    if change.action == "replace":
        return (
            f"put {', '.join(change.keys) or 'the property'} back and add beside it: a new tier or zone takes new "
            "addresses from the address ledger and moves nothing (`platform network plan`)"
        )
    return (
        "keep it in the program; to give it up, move what uses it, lift the guard (`guard: false`) in a change of its "
        "own, and excuse this one loss in governance/gate.yaml"
    )


def _dependents(given: GateInput) -> Mapping[str, set[str]]:
    """By URN, the deployed resources that depend on it, directly or not."""
    direct: dict[str, set[str]] = {}
    for resource in given.deployed.resources:
        for urn in resource.dependencies:
            direct.setdefault(urn, set()).add(resource.urn)
    found: dict[str, set[str]] = {}
    for change in given.preview.record.changes:
        if change.type in NETWORK and change.loses:
            reached: set[str] = set()
            waiting = [change.urn]
            while waiting:
                more = direct.get(waiting.pop(), set()) - reached
                reached |= more
                waiting += more
            found[change.urn] = reached
    return found
