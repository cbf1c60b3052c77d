"""Whether the ranges of two sides of a link are apart: addresses that both have could never reach each other. Pure."""

from collections.abc import Iterable, Mapping

from platform_lib.components.vpc.addressing.block import AddressError, Block
from platform_lib.components.vpc.addressing.overlap import overlaps
from platform_lib.core.errors import Finding


def check_ranges(sides: Mapping[str, Iterable[str]]) -> list[Finding]:
    """What is wrong with the ranges of the sides of links.

    Args:
        sides: ranges in CIDR notation by the argument that they are from, such as ``hybrid.sites.office.ranges``. An
            argument's own ranges may overlap each other.

    Returns:
        One finding for each range that is none, and for each pair of ranges of two sides that share an address.
    """
    findings: list[Finding] = []
    named: list[tuple[str, Block]] = []
    side_of: dict[str, int] = {}
    for side, (path, texts) in enumerate(sides.items()):
        for index, text in enumerate(texts):
            where = f"{path}[{index}]"
            side_of[where] = side
            try:
                named.append((where, Block.parse(text)))
            except AddressError as error:
                findings.append(Finding(where, error.problem, error.remedy))
    for pair in overlaps(named):
        (earlier, its_block), (later, block) = sorted(pair, key=lambda one: side_of[one[0]])
        if side_of[earlier] != side_of[later]:
            findings.append(
                Finding(
                    later,
                    f"overlaps {its_block} of {earlier}, got {str(block)!r}",
                    "give one of the two another range: addresses that both sides have cannot be reached",
                )
            )
    return findings
