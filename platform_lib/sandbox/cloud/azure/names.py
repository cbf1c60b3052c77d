"""Private DNS zones, DNS private resolvers and DNS security policies (Azure DNS REST references).

Limits: https://learn.microsoft.com/azure/dns/dns-private-resolver-overview#restrictions,
https://learn.microsoft.com/azure/dns/dns-security-policy, https://learn.microsoft.com/azure/dns/private-dns-privatednszone.
"""

import ipaddress
from collections.abc import Callable, Iterator
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.azure.network import SUBNET, VNET
from platform_lib.sandbox.cloud.azure.resource import arm
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.cloud.store import Row

ZONE: Final = "azure-native:privatedns:PrivateZone"
ZONE_LINK: Final = "azure-native:privatedns:VirtualNetworkLink"
_RESOLVER: Final = "azure-native:dnsresolver:"
_TYPE: Final = "Microsoft.Network/"
_SERVICE: Final = "Microsoft.Network/dnsResolvers"
_MISSING: Final = arm("InvalidResourceReference", "Resource {value} referenced by resource was not found.")
_NESTED: Final = arm("CannotDeleteResource", "Can not delete resource before nested resources are deleted.")
_IN_USE: Final = arm("InUseSubnetCannotBeDeleted", "Subnet {name} is in use by {user} and cannot be deleted.")


def _id_of(value: object) -> str:
    return str(value.get("id", "")) if isinstance(value, dict) else ""


def _network_key(what: str, *more: str) -> Callable[[Request], str]:
    """Identity of what a network has once."""

    def key(request: Request) -> str:
        return ":".join(
            (what, *(str(request.get(name)) for name in more), _id_of(request.get("virtualNetwork")).lower())
        )

    return key


def _keeps_nested(type_: str) -> Callable[[Request], None]:
    """Refuses a deletion while there are resources of a type below it."""

    def deleting(request: Request) -> None:
        below = request.id + "/"
        if request.store.rows("type = ? AND id > ? AND id < ?", (type_, below, request.id + "0")):
            raise refuse(_NESTED)

    return deleting


def _subnets_of(request: Request) -> Iterator[str]:
    yield _id_of(request.get("subnet"))
    for item in request.get("ipConfigurations") or ():
        yield _id_of(item.get("subnet")) if isinstance(item, dict) else ""


def _admit_endpoint(request: Request) -> None:
    """It stands in a subnet that is handed to resolvers, has a size that they take, and holds nothing else."""
    for id_ in filter(None, _subnets_of(request)):
        row = request.store.find(SUBNET, id_)
        if row is None:
            continue
        inputs = plain(row.inputs)
        handed = [item.get("serviceName") for item in inputs.get("delegations") or () if isinstance(item, dict)]
        if handed != [_SERVICE]:
            raise refuse(arm("BadRequest", f"The subnet {id_} must be delegated to {_SERVICE} only, got {handed}."))
        block = _block(row)
        if block is not None and not 24 <= block.prefixlen <= 28:
            raise refuse(arm("BadRequest", f"The subnet {id_} must be a /28 to a /24, got {block}."))
        for other, path in request.store.linked(id_):
            if path != "@" and other.type != SUBNET and (request.old is None or other.row != request.old.row):
                raise refuse(arm("BadRequest", f"The subnet {id_} is used by {other.id} already."))


def _block(row: Row) -> ipaddress.IPv4Network | None:
    inputs = plain(row.inputs)
    texts = inputs.get("addressPrefixes") or [inputs.get("addressPrefix")]
    return next((ipaddress.IPv4Network(text) for text in texts if isinstance(text, str) and ":" not in text), None)


def _inbound_outputs(request: Request) -> Properties:
    """The first address that Azure leaves free, where none is asked for."""
    found = []
    for item in request.get("ipConfigurations") or ():
        row = request.store.find(SUBNET, _id_of(item.get("subnet"))) if isinstance(item, dict) else None
        block = _block(row) if row is not None else None
        given = {"privateIpAllocationMethod": "Dynamic", **item}
        found.append({"privateIpAddress": "" if block is None else str(block[4]), **given})
    return {"ipConfigurations": found}


def _of_network(path: str = "virtualNetwork.id") -> Reference:
    return Reference(path, (VNET,), _MISSING)


def _of_subnet(path: str) -> Reference:
    return Reference(path, (SUBNET,), _MISSING, _IN_USE)


RULES: Final[dict[str, TypeRules]] = {
    ZONE: TypeRules(
        deleting=_keeps_nested(ZONE_LINK),
        defaults={
            "type": _TYPE + "privateDnsZones",
            "etag": "{uuid}",
            "internalId": "{hex32}",
            "maxNumberOfRecordSets": 25000,
            "maxNumberOfVirtualNetworkLinks": 1000,
            "maxNumberOfVirtualNetworkLinksWithRegistration": 100,
            "numberOfRecordSets": 1,
            "numberOfVirtualNetworkLinks": 0,
            "numberOfVirtualNetworkLinksWithRegistration": 0,
        },
    ),
    ZONE_LINK: TypeRules(
        references=(_of_network(),),
        unique=_network_key("privatedns", "privateZoneName"),
        exists=arm(
            "Conflict",
            "A virtual network cannot be linked to multiple zones with overlapping namespaces. You tried to link "
            "virtual network with '{privateZoneName}' and '{privateZoneName}' zones.",
        ),
        defaults={
            "type": _TYPE + "privateDnsZones/virtualNetworkLinks",
            "etag": "{uuid}",
            "virtualNetworkLinkState": "Completed",
        },
    ),
    _RESOLVER + "DnsResolver": TypeRules(
        references=(_of_network(),),
        unique=_network_key("dnsresolver"),
        exists=arm("BadRequest", "A virtual network can be referenced by one DNS resolver only."),
        defaults={
            "type": _SERVICE,
            "etag": "{uuid}",
            "dnsResolverState": "Connected",
            "resourceGuid": "{uuid}",
        },
    ),
    _RESOLVER + "InboundEndpoint": TypeRules(
        references=(_of_subnet("ipConfigurations[*].subnet.id"),),
        admit=_admit_endpoint,
        compute=_inbound_outputs,
        computed=("ipConfigurations.privateIpAddress", "ipConfigurations.privateIpAllocationMethod"),
        defaults={"type": _SERVICE + "/inboundEndpoints", "etag": "{uuid}", "resourceGuid": "{uuid}"},
    ),
    _RESOLVER + "OutboundEndpoint": TypeRules(
        references=(_of_subnet("subnet.id"),),
        admit=_admit_endpoint,
        defaults={"type": _SERVICE + "/outboundEndpoints", "etag": "{uuid}", "resourceGuid": "{uuid}"},
    ),
    _RESOLVER + "DnsForwardingRuleset": TypeRules(
        references=(
            Reference(
                "dnsResolverOutboundEndpoints[*].id",
                (_RESOLVER + "OutboundEndpoint",),
                _MISSING,
                arm("BadRequest", "The outbound endpoint {id} is in use by the ruleset {user}."),
            ),
        ),
        deleting=_keeps_nested(_RESOLVER + "PrivateResolverVirtualNetworkLink"),
        defaults={"type": _TYPE + "dnsForwardingRulesets", "etag": "{uuid}", "resourceGuid": "{uuid}"},
    ),
    _RESOLVER + "ForwardingRule": TypeRules(
        defaults={"type": _TYPE + "dnsForwardingRulesets/forwardingRules", "etag": "{uuid}"}
    ),
    _RESOLVER + "PrivateResolverVirtualNetworkLink": TypeRules(
        references=(_of_network(),),
        defaults={"type": _TYPE + "dnsForwardingRulesets/virtualNetworkLinks", "etag": "{uuid}"},
    ),
    _RESOLVER + "DnsResolverPolicy": TypeRules(
        deleting=_keeps_nested(_RESOLVER + "DnsResolverPolicyVirtualNetworkLink"),
        defaults={"type": _TYPE + "dnsResolverPolicies", "etag": "{uuid}", "resourceGuid": "{uuid}"},
    ),
    _RESOLVER + "DnsResolverPolicyVirtualNetworkLink": TypeRules(
        references=(_of_network(),),
        unique=_network_key("dnspolicy"),
        exists=arm("BadRequest", "A virtual network can be linked to one DNS security policy only."),
        defaults={"type": _TYPE + "dnsResolverPolicies/virtualNetworkLinks", "etag": "{uuid}"},
    ),
    _RESOLVER + "DnsSecurityRule": TypeRules(
        references=(
            Reference(
                "dnsResolverDomainLists[*].id",
                (_RESOLVER + "DnsResolverDomainList",),
                _MISSING,
                arm("BadRequest", "The domain list {id} is in use by the rule {user}."),
            ),
        ),
        unique="dnsrule:{account}:{resourceGroupName}:{dnsResolverPolicyName}:{priority}",
        exists=arm("BadRequest", "Two rules of a DNS security policy cannot have the priority {priority}."),
        defaults={"type": _TYPE + "dnsResolverPolicies/dnsSecurityRules", "etag": "{uuid}"},
    ),
    _RESOLVER + "DnsResolverDomainList": TypeRules(
        defaults={"type": _TYPE + "dnsResolverDomainLists", "etag": "{uuid}", "resourceGuid": "{uuid}"}
    ),
}
