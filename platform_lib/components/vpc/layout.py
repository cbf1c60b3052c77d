"""Where each subnet lies, without a ledger: every tier has an aligned block, every zone number a place in it.

A zone's place is the number of its id, so it depends neither on the order of the zones nor on which others there are.
Tiers take the lowest free aligned block in their order, so a tier behind others never moves them.
"""

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network

from platform_lib.components.vpc.addressing.zones import REGIONAL
from platform_lib.core.cidr import first_free, parse_ipv4

SMALLEST_NETWORK = 28
LARGEST_NETWORK = 16
"""Prefix lengths of a network and of a subnet on AWS (https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html)."""

_ZONE_NUMBER = re.compile(r".*-az(\d+)")


def zone_number(zone: str) -> int:
    """The number at the end of a zone id, from 1: 3 for ``euw1-az3``, and 1 for a subnet that spans the region.

    Raises:
        ValueError: the text is no zone id.
    """
    if zone == REGIONAL:
        return 1
    match = _ZONE_NUMBER.fullmatch(zone)
    if match is None or int(match.group(1)) < 1:
        raise ValueError(f"{zone!r} is not a zone id")
    return int(match.group(1))


def places(zone_room: int) -> int:
    """How many subnets a tier's block holds: the room, rounded up to a power of two."""
    return 1 << (zone_room - 1).bit_length()


def tier_blocks(network: IPv4Network, tiers: Mapping[str, int], zone_room: int) -> dict[str, IPv4Network] | None:
    """The block of each tier.

    Args:
        network: the range of the network.
        tiers: name to prefix length of its subnets, in the order of their addresses.
        zone_room: for how many zone numbers each tier keeps addresses.

    Returns:
        Name to block, or None where the network is too small.
    """
    blocks: dict[str, IPv4Network] = {}
    for name, prefix_length in tiers.items():
        block_length = prefix_length - (places(zone_room) - 1).bit_length()
        block = first_free(network, list(blocks.values()), block_length)
        if block is None:
            return None
        blocks[name] = block
    return blocks


def subnet_of(block: IPv4Network, prefix_length: int, zone: str) -> IPv4Network:
    """The subnet of a zone in its tier's block.

    Raises:
        ValueError: the block has no room for that zone number.
    """
    size = 1 << (32 - prefix_length)
    subnet = IPv4Network((int(block.network_address) + (zone_number(zone) - 1) * size, prefix_length))
    if not subnet.subnet_of(block):
        raise ValueError(f"{block} has no room for {zone}")
    return subnet


def smallest_network(tiers: Sequence[int], zone_room: int) -> int | None:
    """The prefix length of the smallest network that holds tiers of these sizes in this order; None if none does."""
    named = {str(index): prefix_length for index, prefix_length in enumerate(tiers)}
    for prefix_length in range(SMALLEST_NETWORK, LARGEST_NETWORK - 1, -1):
        if tier_blocks(parse_ipv4(f"0.0.0.0/{prefix_length}"), named, zone_room) is not None:
            return prefix_length
    return None
