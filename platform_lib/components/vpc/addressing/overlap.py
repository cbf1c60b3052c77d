"""Which of many named ranges share an address: one sweep in order of the addresses, not a comparison of every pair.

Pure; imports nothing of pulumi.
"""

from collections.abc import Iterable, Iterator

from platform_lib.components.vpc.addressing.block import Block

Named = tuple[str, Block]
"""A block and whose it is."""


def _place(item: Named) -> tuple[int, int, int, str]:
    """The order of blocks as plain values, which compare without a call for each pair."""
    owner, block = item
    return block.version, block.first, block.prefix_length, owner


def overlaps(named: Iterable[Named]) -> Iterator[tuple[Named, Named]]:
    """Every pair that shares an address.

    Blocks in CIDR notation either nest or are apart, so the blocks that hold the present address form a stack: the
    sweep costs O(n log n) for n blocks, plus one step for each pair it yields.

    Args:
        named: blocks with their owners, in any order and of both IP versions.

    Yields:
        Pairs in order of the addresses, the one that starts earlier (or is larger, then by owner) first.
    """
    open_blocks: list[Named] = []
    for owner, block in sorted(named, key=_place):
        while open_blocks and (open_blocks[-1][1].version != block.version or open_blocks[-1][1].last < block.first):
            open_blocks.pop()
        for outer in open_blocks:
            yield outer, (owner, block)
        open_blocks.append((owner, block))
