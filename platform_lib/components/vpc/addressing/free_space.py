"""The free blocks of some ranges, as a buddy allocator keeps them. Pure; imports nothing of pulumi."""

import heapq
from collections.abc import Iterable

from platform_lib.components.vpc.addressing.block import BITS, Block


class FreeSpace:
    """Free, aligned blocks of ranges of one IP version; a working value inside one computation.

    Every free block is kept once, by size. A request takes the smallest free block that fits (best fit), the lowest
    address among equals, and splits it; a block that must lie at a given place is carved out of the free block that
    holds it. Each step costs at most one operation for each bit of the address.
    """

    def __init__(self, version: int, ranges: Iterable[Block]) -> None:
        """Start with the whole of some ranges, which do not overlap.

        Args:
            version: 4 or 6.
            ranges: blocks of that version.
        """
        self.version = version
        self._bits = BITS[version]
        self._free: list[set[int]] = [set() for _ in range(self._bits + 1)]
        self._heaps: list[list[int]] = [[] for _ in range(self._bits + 1)]
        for block in ranges:
            self._add(block.first, block.prefix_length)

    def _add(self, first: int, prefix_length: int) -> None:
        self._free[prefix_length].add(first)
        heapq.heappush(self._heaps[prefix_length], first)

    def take(self, block: Block) -> bool:
        """Carve out one block at its place.

        Args:
            block: what to take.

        Returns:
            False, with nothing changed, where part of it is not free or lies outside the ranges.
        """
        if block.version != self.version:
            return False
        for length in range(block.prefix_length, -1, -1):
            shift = self._bits - length
            first = (block.first >> shift) << shift
            if first in self._free[length]:
                self._free[length].remove(first)
                self._split(first, length, block)
                return True
        return False

    def _split(self, first: int, length: int, wanted: Block) -> None:
        """Return to the free blocks what is left of a block once the wanted part of it is taken."""
        while length < wanted.prefix_length:
            length += 1
            half = 1 << (self._bits - length)
            if wanted.first >= first + half:
                self._add(first, length)
                first += half
            else:
                self._add(first + half, length)

    def best_fit(self, prefix_length: int) -> Block | None:
        """Take the lowest of the smallest free blocks that hold a block of that size.

        Args:
            prefix_length: the size wanted.

        Returns:
            The block taken, or None where none is large enough.
        """
        for length in range(prefix_length, -1, -1):
            heap, free = self._heaps[length], self._free[length]
            while heap and heap[0] not in free:  # carved out earlier by take(): forget it now
                heapq.heappop(heap)
            if heap:
                first = heapq.heappop(heap)
                free.remove(first)
                block = Block(self.version, first, prefix_length)
                self._split(first, length, block)
                return block
        return None

    def blocks(self) -> tuple[Block, ...]:
        """The free blocks in order of their addresses."""
        found = [Block(self.version, first, length) for length, firsts in enumerate(self._free) for first in firsts]
        return tuple(sorted(found))

    def largest(self) -> Block | None:
        """The largest free block, the lowest of equals; None where nothing is free."""
        for length, firsts in enumerate(self._free):
            if firsts:
                return Block(self.version, min(firsts), length)
        return None

    def capacity(self, prefix_length: int) -> int:
        """How many blocks of that size still fit."""
        return sum(
            len(firsts) << (prefix_length - length) for length, firsts in enumerate(self._free[: prefix_length + 1])
        )
