"""What is wrong with the links of a network to other sites and other clouds."""

from collections.abc import Iterator, Sequence
from typing import Any

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.arguments.hybrid import DedicatedLineArgs, HybridArgs, VpnArgs
from platform_lib.components.vpc.arguments.tier import TierArgs
from platform_lib.components.vpc.links.asn import ASN_RULES, check_gateway_asn, check_peer_asn, check_session
from platform_lib.components.vpc.links.cross_cloud import DEFAULT_LINK_RANGE
from platform_lib.components.vpc.links.dedicated import check_vlan
from platform_lib.components.vpc.links.inside import check_link_range, check_link_ranges
from platform_lib.components.vpc.links.keys import check_keys
from platform_lib.components.vpc.links.proof import check_ranges
from platform_lib.components.vpc.planning.hybrid import (
    DX_GATEWAY_ASN,
    GATEWAY_SUBNET,
    SMALLEST_GATEWAY_SUBNET,
    asn_of_end,
    ends_at_hub,
    gateway_asn,
    gateway_tier_of,
    tunnels_to,
)
from platform_lib.core.errors import Finding


def check_hybrid(args: VpcArgs, tiers: list[TierArgs], ranges: Sequence[str]) -> list[Finding]:
    """What is wrong with the links, beside names of tiers that there are not.

    Args:
        args: of the network.
        tiers: of the network.
        ranges: IPv4 ranges of the network.
    """
    hybrid = args.hybrid
    if hybrid is None:
        return []
    findings = [] if hybrid.asn is None else check_gateway_asn(hybrid.asn, args.on, "hybrid.asn")
    for index, vpn in enumerate(hybrid.vpns or ()):
        findings += _check_vpn(args, hybrid, vpn, f"hybrid.vpns[{index}]")
    for index, line in enumerate(hybrid.lines or ()):
        findings += _check_line(args, hybrid, line, f"hybrid.lines[{index}]")
    findings += _check_cross_cloud(args, hybrid)
    findings += _check_inside(args, hybrid)
    findings += check_ranges(
        {"cidr": ranges, **{f"hybrid.{path}.ranges": link.ranges for path, link in _links(hybrid)}}
    )
    if args.on is Cloud.GCP and hybrid.routed_tiers is not None:
        findings.append(
            Finding(
                "hybrid.routed_tiers",
                "is not done on gcp, where learnt routes hold in the whole network",
                "leave it out",
            )
        )
    return findings + _check_gateway_subnet(args, hybrid, tiers)


def _links(hybrid: HybridArgs) -> Iterator[tuple[str, Any]]:
    for kind in ("vpns", "lines", "cross_cloud"):
        for index, link in enumerate(getattr(hybrid, kind) or ()):
            yield f"{kind}[{index}]", link


def _check_to_hub(args: VpcArgs, to_hub: bool | None, path: str) -> Iterator[Finding]:
    if to_hub and not ends_at_hub(args, None):
        remedy = "end it at the network" if args.on is Cloud.AWS else "end it at the network that is the hub"
        yield Finding(f"{path}.to_hub", f"needs a transit gateway as the network's hub, got true on {args.on}", remedy)


def _check_vpn(args: VpcArgs, hybrid: HybridArgs, vpn: VpnArgs, path: str) -> Iterator[Finding]:
    yield from _check_to_hub(args, vpn.to_hub, path)
    to_hub = ends_at_hub(args, vpn.to_hub)
    yield from check_peer_asn(vpn.peer_asn, args.on, args.region, f"{path}.peer_asn")
    if not to_hub or (args.hub is not None and args.hub.own is not None):
        yield from check_session(asn_of_end(args, hybrid, to_hub=to_hub), vpn.peer_asn, f"{path}.peer_asn")
    tunnels = tunnels_to(args, hybrid, vpn, Block.parse(DEFAULT_LINK_RANGE))
    required: list[str] = []
    if args.on is Cloud.GCP:
        required = [tunnel.key for tunnel in tunnels]
    elif args.on is Cloud.AZURE:
        required = [f"{device}-0" for device in range(len(vpn.peer_addresses))]
    keys = [tunnel.key for tunnel in tunnels]
    yield from check_keys(vpn.pre_shared_keys or {}, keys, required, f"{path}.pre_shared_keys")


def _check_line(args: VpcArgs, hybrid: HybridArgs, line: DedicatedLineArgs, path: str) -> Iterator[Finding]:
    yield from _check_to_hub(args, line.to_hub, path)
    unused = {
        Cloud.AWS: ("authorization_key",),
        Cloud.AZURE: ("gateway_id", "vlan", "asn", "peer_asn", "bgp_key"),
        Cloud.GCP: ("gateway_id", "asn", "bgp_key", "authorization_key"),
    }[args.on]
    for name in unused:
        if getattr(line, name) is not None:
            yield Finding(f"{path}.{name}", f"is not used on {args.on}", "leave it out")
    if line.vlan is not None and "vlan" not in unused:
        yield from check_vlan(line.vlan, args.on, f"{path}.vlan")
    if args.on is Cloud.AWS:
        yield from _check_direct_connect(args, hybrid, line, path)
    elif args.on is Cloud.AZURE and line.connection_id is None:
        yield Finding(f"{path}.connection_id", "is required on azure", "give the id of the circuit")
    elif args.on is Cloud.GCP:
        yield from _check_interconnect(args, hybrid, line, path)


def _check_direct_connect(args: VpcArgs, hybrid: HybridArgs, line: DedicatedLineArgs, path: str) -> Iterator[Finding]:
    if (line.connection_id is None) == (line.gateway_id is None):
        yield Finding(f"{path}.connection_id", "needs one way to the other side", "give either it or gateway_id")
        return
    own = line.connection_id is not None
    for name in ("vlan", "peer_asn"):
        if own and getattr(line, name) is None:
            yield Finding(f"{path}.{name}", "is required with connection_id")
    for name in ("vlan", "peer_asn", "asn", "bgp_key"):
        if not own and getattr(line, name) is not None:
            yield Finding(f"{path}.{name}", "is not used with gateway_id", "leave it out")
    if own:
        asn = DX_GATEWAY_ASN if line.asn is None else line.asn
        yield from check_gateway_asn(asn, Cloud.AWS, f"{path}.asn")
        # The gateways of both ends and the other side each need a number of their own:
        # https://docs.aws.amazon.com/directconnect/latest/UserGuide/direct-connect-transit-gateways.html
        for other in (asn_of_end(args, hybrid, to_hub=ends_at_hub(args, line.to_hub)), line.peer_asn):
            if other is not None:
                yield from check_session(other, asn, f"{path}.asn")


def _check_interconnect(args: VpcArgs, hybrid: HybridArgs, line: DedicatedLineArgs, path: str) -> Iterator[Finding]:
    if line.connection_id is not None:
        if line.peer_asn is None:
            yield Finding(f"{path}.peer_asn", "is required with connection_id")
        else:
            yield from check_peer_asn(line.peer_asn, Cloud.GCP, args.region, f"{path}.peer_asn")
            yield from check_session(gateway_asn(args, hybrid), line.peer_asn, f"{path}.peer_asn")
        return
    for name in ("vlan", "peer_asn"):
        if getattr(line, name) is not None:
            yield Finding(f"{path}.{name}", "is the partner's to choose without connection_id", "leave it out")


def _check_cross_cloud(args: VpcArgs, hybrid: HybridArgs) -> Iterator[Finding]:
    for index, link in enumerate(hybrid.cross_cloud or ()):
        path = f"hybrid.cross_cloud[{index}]"
        if link.peer_cloud is args.on:
            yield Finding(
                f"{path}.peer_cloud", f"is this network's own cloud, got {link.peer_cloud.value!r}", "use a hub"
            )
            continue
        asn = ASN_RULES[link.peer_cloud].default if link.peer_asn is None else link.peer_asn
        wrong = check_gateway_asn(asn, link.peer_cloud, f"{path}.peer_asn")
        yield from wrong or check_peer_asn(asn, args.on, args.region, f"{path}.peer_asn")
        yield from check_session(gateway_asn(args, hybrid), asn, f"{path}.peer_asn")


def _check_inside(args: VpcArgs, hybrid: HybridArgs) -> list[Finding]:
    """Ranges inside the tunnels: each cloud of a link takes them, and no two links share an address."""
    findings, sound = [], {}
    for path, link in _links(hybrid):
        if isinstance(link, DedicatedLineArgs):
            continue
        clouds = {args.on, link.peer_cloud} if not isinstance(link, VpnArgs) else {args.on}
        text = link.inside_range or DEFAULT_LINK_RANGE
        where = f"hybrid.{path}.inside_range"
        wrong = check_link_range(text, sorted(clouds), where)
        findings += wrong
        if not wrong:
            sound[where] = text
    return findings + check_link_ranges(sound)


def _check_gateway_subnet(args: VpcArgs, hybrid: HybridArgs, tiers: list[TierArgs]) -> list[Finding]:
    if args.on is not Cloud.AZURE:
        return [
            Finding(f"hybrid.{name}", f"is not used on {args.on}", "leave it out")
            for name in ("gateway_tier", "gateway_size")
            if getattr(hybrid, name) is not None
        ]
    path, tier = "hybrid.gateway_tier", gateway_tier_of(hybrid, tiers)
    if tier is None:
        if hybrid.gateway_tier is not None:
            return []  # a name that there is not is said already
        how = f"add one with the role 'hub' and azure.subnet_name {GATEWAY_SUBNET!r}"
        return [Finding(path, "needs a tier for the gateways", how)]
    if tier.azure is None or tier.azure.subnet_name != GATEWAY_SUBNET:
        problem = f"must be a tier whose subnet is called {GATEWAY_SUBNET!r}, got {tier.name!r}"
        return [Finding(path, problem, "set its azure.subnet_name")]
    if tier.prefix_length is not None and tier.prefix_length > SMALLEST_GATEWAY_SUBNET:
        problem = f"must be /{SMALLEST_GATEWAY_SUBNET} or larger, got /{tier.prefix_length} of {tier.name!r}"
        return [Finding(path, problem, f"set its prefix_length to {SMALLEST_GATEWAY_SUBNET}")]
    return []
