"""Pure address arithmetic: parsing, containment, overlap, and placing aligned blocks. Imports nothing of pulumi.

Blocks are IPv4 or IPv6 networks whose size is a power of two and whose address is a multiple of their size (RFC 4632).
"""

import ipaddress
from collections.abc import Iterable, Sequence
from typing import TypeVar

from platform_lib.core.validation import FieldError

Network = TypeVar("Network", ipaddress.IPv4Network, ipaddress.IPv6Network)


def parse_ipv4(text: str) -> ipaddress.IPv4Network:
    """The IPv4 block that a text names.

    Raises:
        FieldError: the text is no IPv4 block, or has bits set beyond its prefix.
    """
    return _parse(text, ipaddress.IPv4Network, "an IPv4", "10.0.0.0/16")


def parse_ipv6(text: str) -> ipaddress.IPv6Network:
    """The IPv6 block that a text names.

    Raises:
        FieldError: the text is no IPv6 block, or has bits set beyond its prefix.
    """
    return _parse(text, ipaddress.IPv6Network, "an IPv6", "2001:db8::/56")


def _parse(text: str, kind: type[Network], version: str, example: str) -> Network:
    address, _, length = text.partition("/")
    try:
        block = kind(text, strict=False)
        exact = block.network_address == ipaddress.ip_address(address)
    except ValueError:
        raise FieldError(f"is not {version} address range", f"write it as '{example}'") from None
    if not length.isdigit():  # ipaddress takes netmasks, and no prefix at all, too
        raise FieldError("has no prefix length", f"use '{block}'")
    if not exact:
        raise FieldError(f"has host bits set beyond /{length}", f"use '{block}'")
    return block


def size(prefix_length: int, *, bits: int = 32) -> int:
    """How many addresses a block of that prefix length has."""
    return 1 << (bits - prefix_length)


def is_aligned(address: int, prefix_length: int, *, bits: int = 32) -> bool:
    """Whether a block of that prefix length may begin at the address."""
    return address % size(prefix_length, bits=bits) == 0


def contains(outer: Network, inner: Network) -> bool:
    """Whether every address of the inner block is in the outer one."""
    return inner.subnet_of(outer)


def overlaps(blocks: Iterable[Network]) -> list[tuple[Network, Network]]:
    """Which blocks share addresses: each block with the widest earlier one that it runs into, in address order.

    Two blocks share addresses only if one contains the other, so one pass in address order finds them all.
    """
    found: list[tuple[Network, Network]] = []
    widest: Network | None = None
    for block in sorted(blocks, key=lambda item: (int(item.network_address), item.prefixlen)):
        if widest is not None and block.network_address <= widest.broadcast_address:
            found.append((widest, block))
        else:
            widest = block
    return found


def first_free(parent: Network, taken: Sequence[Network], prefix_length: int) -> Network | None:
    """The lowest aligned free block of a prefix length.

    Args:
        parent: where it has to be.
        taken: what is in use; blocks outside the parent do not matter, and they may overlap.
        prefix_length: of the block.

    Returns:
        The block, or None where no room is left for it.
    """
    bits, kind = parent.max_prefixlen, type(parent)
    if prefix_length < parent.prefixlen:
        return None
    step, last = size(prefix_length, bits=bits), int(parent.broadcast_address)
    start = int(parent.network_address)
    for block in sorted(taken, key=lambda item: int(item.network_address)):
        begin, end = int(block.network_address), int(block.broadcast_address)
        if end < start:
            continue
        if begin >= start + step:
            break
        start = -(-(end + 1) // step) * step  # the first multiple of the step behind it
    return kind((start, prefix_length)) if start + step - 1 <= last else None


def smallest_holding(prefix_lengths: Sequence[int], *, bits: int = 32) -> int:
    """The prefix length of the smallest block that holds blocks of these prefix lengths, placed best.

    Aligned blocks of powers of two, placed from the largest to the smallest, leave no gap: their sum decides.

    Raises:
        ValueError: no blocks, or more than the address space holds.
    """
    total = sum(size(length, bits=bits) for length in prefix_lengths)
    if not 0 < total <= size(0, bits=bits):
        raise ValueError(f"{total} addresses fit no block")
    return bits - (total - 1).bit_length()
