"""VPC networks, subnetworks, addresses, firewalls, routers (Compute Engine API reference)."""

import ipaddress
from collections.abc import Iterable
from typing import Any, Final

from platform_lib.core.values import UNKNOWN, Properties, plain
from platform_lib.sandbox.cloud.gcp.package import Gcp
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

NETWORK: Final = ("gcp:compute/network:Network",)
SUBNETWORK: Final = ("gcp:compute/subnetwork:Subnetwork",)
_HELP: Final = Gcp()


def api(code: int, text: str, reason: str) -> str:
    """A refusal in the form of Google's API client."""
    return f"googleapi: Error {code}: {text}, {reason}"


def in_network(path: str, *, blocks: bool = True) -> Reference:
    """The network that a resource lies in, by id, self link or name."""
    text = "The network resource '{id}' is already being used by '{user}'"
    return Reference(
        path,
        NETWORK,
        api(404, "The resource '{value}' was not found", "notFound"),
        api(400, text, "resourceInUseByAnotherResource") if blocks else "",
    )


def in_subnetwork(path: str) -> Reference:
    """The subnetwork that a resource lies in."""
    text = "The subnetwork resource '{id}' is already being used by '{user}'"
    return Reference(
        path,
        SUBNETWORK,
        api(404, "The resource '{value}' was not found", "notFound"),
        api(400, text, "resourceInUseByAnotherResource"),
    )


def _block(text: Any) -> ipaddress.IPv4Network | None:
    try:
        return ipaddress.IPv4Network(text)
    except (ValueError, TypeError):
        return None


def _check_subnetwork(inputs: Properties) -> Iterable[CheckFailure]:
    text = inputs.get("ipCidrRange")
    if isinstance(text, str) and _block(text) is None:
        yield CheckFailure(
            "ipCidrRange",
            f"Invalid value for field 'resource.ipCidrRange': '{text}'. Must be a network with no host bits set.",
        )


def _admit_subnetwork(request: Request) -> None:
    """No overlap within a network; /29 at the smallest (VPC documentation, subnets)."""
    own = _block(request.get("ipCidrRange"))
    if own is None:
        return
    if own.prefixlen > 29:
        raise refuse(
            api(
                400,
                f"Invalid value for field 'resource.ipCidrRange': '{own}'. The subnetwork must have at least 8 "
                f"addresses.",
                "invalid",
            )
        )
    for row, path in request.store.linked(str(request.get("network"))):
        other = _block(plain(row.inputs.get("ipCidrRange"))) if path == "network" and row.type in SUBNETWORK else None
        if other is not None and other.overlaps(own) and (request.old is None or row.row != request.old.row):
            raise refuse(
                api(
                    400,
                    f"Invalid IPCidrRange: {own} conflicts with existing subnetwork '{row.outputs.get('name')}' in "
                    f"region '{row.region}'.",
                    "invalid",
                )
            )


def _subnetwork_outputs(request: Request) -> Properties:
    block = _block(request.get("ipCidrRange"))
    return {
        "gatewayAddress": str(block[1]) if block is not None else "",
        "creationTimestamp": request.outputs.get("creationTimestamp") or request.stamp,
        "fingerprint": request.hex(12, f"fp{request.stamp}"),
        "selfLink": _HELP.self_link(request),
        "subnetworkId": int(request.digits(18, "number")),
        **{key: request.get(key, "") for key in ("ipv6CidrRange", "externalIpv6Prefix", "internalIpv6Prefix")},
    }


def _network_outputs(request: Request) -> Properties:
    number = request.outputs.get("numericId") or request.digits(19, "number")
    return {
        "selfLink": _HELP.self_link(request),
        "networkId": number,
        "numericId": number,
        "gatewayIpv4": "",
        "internalIpv6Range": request.get("internalIpv6Range", ""),
        "mtu": request.get("mtu", 0) or 1460,
        "routingMode": request.get("routingMode", "REGIONAL"),
    }


def _link(request: Request) -> Properties:
    return {
        "selfLink": _HELP.self_link(request),
        "creationTimestamp": request.outputs.get("creationTimestamp") or request.stamp,
    }


def _address_outputs(request: Request) -> Properties:
    made = f"198.19.{int(request.hex(2, 'a'), 16)}.{int(request.hex(2, 'b'), 16)}"
    return {**_link(request), "address": request.get("address") or request.outputs.get("address") or made}


def _check_firewall(inputs: Properties) -> Iterable[CheckFailure]:
    if (
        not inputs.get("allows")
        and not inputs.get("denies")
        and UNKNOWN not in (inputs.get("allows"), inputs.get("denies"))
    ):
        yield CheckFailure("allows", "one of allows, denies is needed")
    priority = inputs.get("priority")
    if isinstance(priority, int) and not 0 <= priority <= 65535:
        yield CheckFailure("priority", f"expected priority to be in the range (0 - 65535), got {priority}")


RULES: Final[dict[str, TypeRules]] = {
    "gcp:compute/network:Network": TypeRules(
        input_defaults={"autoCreateSubnetworks": True},
        compute=_network_outputs,
        defaults={"bgpBestPathSelectionMode": "LEGACY", "bgpAlwaysCompareMed": False, "bgpInterRegionCost": ""},
    ),
    "gcp:compute/subnetwork:Subnetwork": TypeRules(
        references=(in_network("network"),),
        check=_check_subnetwork,
        admit=_admit_subnetwork,
        compute=_subnetwork_outputs,
        defaults={
            "purpose": "PRIVATE",
            "stackType": "IPV4_ONLY",
            "privateIpGoogleAccess": False,
            "privateIpv6GoogleAccess": "DISABLE_GOOGLE_ACCESS",
            "secondaryIpRanges": [],
            "state": "",
        },
        conditions={"ipCidrRange": lambda old, new: _smaller(old, new)},
    ),
    "gcp:compute/firewall:Firewall": TypeRules(
        input_defaults={"priority": 1000},
        references=(in_network("network"),),
        check=_check_firewall,
        compute=_link,
        defaults={"direction": "INGRESS"},
    ),
    "gcp:compute/address:Address": TypeRules(compute=_address_outputs, references=(in_subnetwork("subnetwork"),)),
    "gcp:compute/globalAddress:GlobalAddress": TypeRules(compute=_address_outputs, references=(in_network("network"),)),
    "gcp:compute/router:Router": TypeRules(references=(in_network("network"),), compute=_link),
    "gcp:compute/routerNat:RouterNat": TypeRules(
        references=(
            Reference(
                "router", ("gcp:compute/router:Router",), api(404, "The resource '{value}' was not found", "notFound")
            ),
        ),
        id=lambda request: f"{_HELP.project(request)}/{request.region}/{request.get('router')}/{request.get('name')}",
    ),
    "gcp:compute/route:Route": TypeRules(references=(in_network("network"),), compute=_link),
    "gcp:compute/disk:Disk": TypeRules(
        compute=_link, conditions={"size": lambda old, new: isinstance(old, int) and isinstance(new, int) and new < old}
    ),
}


def _smaller(old: Any, new: Any) -> bool:
    """Whether a range shrinks or moves: growing in place is an update (provider's custom diff)."""
    before, after = _block(old), _block(new)
    return before is None or after is None or not before.subnet_of(after)
