"""The addresses inside tunnels: a /30 of the link-local range for each, with the rules of every cloud. Pure.

Link-local addresses (RFC 3927) are seen by the two ends of a tunnel only, so they never meet those of a network.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.block import AddressError, Block, address_text
from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.addressing.overlap import overlaps
from platform_lib.core.errors import Finding

TUNNEL_PREFIX: Final = 30
"""Prefix length of the range of one tunnel: two addresses, one for each end."""

LINK_PREFIX: Final = 28
"""Prefix length of the range of one link: room for four tunnels, the most that a pair of gateways has."""

LINK_LOCAL: Final = Block.parse("169.254.0.0/16")


@dataclass(frozen=True, slots=True)
class InsideRules:
    """What one cloud takes inside its tunnels.

    Attributes:
        first: first address that may be used.
        last: last address that may be used.
        reserved: ranges between them that the cloud keeps.
        source: vendor's page.
    """

    first: int
    last: int
    reserved: tuple[Block, ...]
    source: str


def _reserved(*texts: str) -> tuple[Block, ...]:
    return tuple(map(Block.parse, texts))


INSIDE_RULES: Final[Mapping[Cloud, InsideRules]] = {
    Cloud.AWS: InsideRules(
        LINK_LOCAL.first,
        LINK_LOCAL.last,
        _reserved(
            "169.254.0.0/30",
            "169.254.1.0/30",
            "169.254.2.0/30",
            "169.254.3.0/30",
            "169.254.4.0/30",
            "169.254.5.0/30",
            "169.254.169.252/30",
        ),
        "https://docs.aws.amazon.com/vpn/latest/s2svpn/VPNTunnels.html",
    ),
    Cloud.AZURE: InsideRules(
        Block.parse("169.254.21.0/24").first,
        Block.parse("169.254.22.0/24").last,
        (),
        "https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-howto-aws-bgp",
    ),
    Cloud.GCP: InsideRules(
        LINK_LOCAL.first,
        LINK_LOCAL.last,
        _reserved("169.254.169.254/32"),  # the metadata server, https://cloud.google.com/compute/docs/metadata/overview
        "https://cloud.google.com/network-connectivity/docs/vpn/how-to/creating-ha-vpn",
    ),
}
"""What every cloud takes."""


def check_link_range(text: str, clouds: Iterable[Cloud], path: str = "") -> list[Finding]:
    """What is wrong with the range of a link, whose tunnels are cut from it.

    Args:
        text: a /28 in CIDR notation.
        clouds: the clouds that the link has an end on.
        path: the argument, for the finding.

    Returns:
        One finding, or none.
    """
    try:
        block = Block.parse(text)
    except AddressError as error:
        return [Finding(path, error.problem, error.remedy)]
    if block.version != 4 or block.prefix_length != LINK_PREFIX:
        return [
            Finding(
                path,
                f"must be a /{LINK_PREFIX}, which has room for four tunnels, got {text!r}",
                "use '169.254.21.0/28'",
            )
        ]
    for cloud in clouds:
        rules = INSIDE_RULES[cloud]
        if not rules.first <= block.first <= block.last <= rules.last:
            spoken = f"{address_text(4, rules.first)} to {address_text(4, rules.last)}"
            return [
                Finding(
                    path,
                    f"is outside the addresses that {cloud} takes inside tunnels, got {text!r}",
                    f"choose from {spoken} ({rules.source})",
                )
            ]
        for kept in rules.reserved:
            if block.overlaps(kept):
                return [
                    Finding(
                        path,
                        f"holds {kept}, which {cloud} keeps for itself, got {text!r}",
                        f"choose another /{LINK_PREFIX} ({rules.source})",
                    )
                ]
    return []


def check_link_ranges(ranges: Mapping[str, str]) -> list[Finding]:
    """Which well-formed ranges of one gateway's links share an address, by the argument that each is from."""
    order = {path: place for place, path in enumerate(ranges)}
    named = [(path, Block.parse(text)) for path, text in ranges.items()]
    findings = []
    for pair in overlaps(named):
        (earlier, _), (later, block) = sorted(pair, key=lambda one: order[one[0]])
        remedy = f"choose another /{LINK_PREFIX} for one of them"
        findings.append(Finding(later, f"overlaps {earlier}, got {str(block)!r}", remedy))
    return findings


def tunnel_ranges(link: Block) -> tuple[Block, ...]:
    """The four ranges of the tunnels of a link, in order."""
    size = 1 << (32 - TUNNEL_PREFIX)
    return tuple(Block(4, first, TUNNEL_PREFIX) for first in range(link.first, link.last, size))


def ends_of(tunnel: Block) -> tuple[str, str]:
    """The two addresses of a tunnel: the lower one first, which AWS takes for itself."""
    return address_text(4, tunnel.first + 1), address_text(4, tunnel.first + 2)
