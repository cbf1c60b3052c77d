"""One block of addresses as three whole numbers: what the allocator computes with.

``ipaddress`` objects cost several microseconds for each step; the allocator takes a dozen steps for each subnet, so it
works on numbers and meets text only at its borders. Pure; imports nothing of pulumi.
"""

import ipaddress
from dataclasses import dataclass

from platform_lib.core.cidr import parse_ipv4, parse_ipv6
from platform_lib.core.errors import PlatformError
from platform_lib.core.validation import FieldError

BITS = {4: 32, 6: 128}
"""Length of an address in bits, by IP version."""


class AddressError(PlatformError):
    """A text that is not a network range in CIDR notation.

    Attributes:
        problem: what is wrong, lower case.
        remedy: what to write instead; empty where nothing can be proposed.
    """

    def __init__(self, problem: str, remedy: str = "") -> None:
        self.problem = problem
        self.remedy = remedy
        super().__init__(f"{problem}; {remedy}" if remedy else problem)


@dataclass(frozen=True, order=True, slots=True)
class Block:
    """An aligned range of addresses; sorts by version, then address, then the larger block first.

    Attributes:
        version: 4 or 6.
        first: the first address as a number; a multiple of the block's size.
        prefix_length: 0 to 32 for IPv4, 0 to 128 for IPv6.
    """

    version: int
    first: int
    prefix_length: int

    @classmethod
    def parse(cls, text: str) -> "Block":
        """Read CIDR notation.

        Args:
            text: a range such as ``10.0.0.0/16`` or ``2001:db8::/56``.

        Returns:
            The block.

        Raises:
            AddressError: the text is no range, lacks its prefix length, or has host bits set.
        """
        try:
            network = parse_ipv6(text) if ":" in text else parse_ipv4(text)
        except FieldError as error:
            raise AddressError(f"{error.problem}, got {text!r}", error.remedy) from None
        return cls(network.version, int(network.network_address), network.prefixlen)

    @property
    def size(self) -> int:
        """Number of addresses."""
        return 1 << (BITS[self.version] - self.prefix_length)

    @property
    def last(self) -> int:
        """The last address as a number."""
        return self.first + self.size - 1

    def contains(self, other: "Block") -> bool:
        """Whether the other block lies wholly inside this one (or is this one)."""
        return self.version == other.version and self.first <= other.first and other.last <= self.last

    def overlaps(self, other: "Block") -> bool:
        """Whether the two share an address."""
        return self.version == other.version and self.first <= other.last and other.first <= self.last

    def parent(self, prefix_length: int) -> "Block":
        """The block of that (shorter or equal) prefix length which holds this one."""
        shift = BITS[self.version] - prefix_length
        return Block(self.version, (self.first >> shift) << shift, prefix_length)

    def __str__(self) -> str:
        if self.version == 4:
            first = self.first
            return f"{first >> 24}.{first >> 16 & 255}.{first >> 8 & 255}.{first & 255}/{self.prefix_length}"
        return f"{ipaddress.IPv6Address(self.first)}/{self.prefix_length}"


def address_text(version: int, address: int) -> str:
    """An address number as text."""
    return str(ipaddress.IPv4Address(address) if version == 4 else ipaddress.IPv6Address(address))
