"""What the clouds allow for networks and subnets: sizes, reserved addresses, names. Data with its sources.

Pure; imports nothing of pulumi.
"""

from dataclasses import dataclass
from enum import StrEnum

from platform_lib.components.vpc.addressing.block import BITS, AddressError, Block
from platform_lib.core.errors import Finding
from platform_lib.core.name_rules import NAME_RULES


class Cloud(StrEnum):
    """A cloud that the network component runs on."""

    AWS = "aws"
    AZURE = "azure"
    GCP = "gcp"


@dataclass(frozen=True, slots=True)
class CloudLimits:
    """Limits of one cloud; prefix lengths are pairs (shortest, longest), both allowed.

    Attributes:
        reserved_first: addresses at the start of each IPv4 subnet that no machine can have.
        reserved_last: the same at its end.
        network_prefix: IPv4 range of a network; None where a network has no range of its own.
        subnet_prefix: IPv4 range of a subnet.
        subnet_type: type token of a subnet whose name the cloud limits; None where the name is only a tag.
        zonal_subnets: whether a subnet lies in one zone (else it spans the region).
        forbidden: ranges that the cloud refuses, with what they are.
        sources: vendor pages.
    """

    reserved_first: int
    reserved_last: int
    network_prefix: tuple[int, int] | None
    subnet_prefix: tuple[int, int]
    subnet_type: str | None
    zonal_subnets: bool
    forbidden: tuple[tuple[str, str], ...]
    sources: tuple[str, ...]

    @property
    def reserved(self) -> int:
        """Addresses of each IPv4 subnet that no machine can have."""
        return self.reserved_first + self.reserved_last


TAG_VALUE_LENGTH = 256
"""Characters of the value of a tag on AWS, where a subnet's name is its tag Name."""

IPV6_SUBNET_PREFIX = 64
"""Prefix length of an IPv6 subnet on all three clouds (AWS can do others in steps of four; we use /64 everywhere)."""

_NOT_UNICAST = (
    ("0.0.0.0/8", "this network, RFC 1122"),
    ("127.0.0.0/8", "loopback"),
    ("169.254.0.0/16", "link-local"),
    ("224.0.0.0/4", "multicast"),
    ("255.255.255.255/32", "broadcast"),
)

LIMITS = {
    Cloud.AWS: CloudLimits(
        reserved_first=4,
        reserved_last=1,
        network_prefix=(16, 28),
        subnet_prefix=(16, 28),
        subnet_type=None,
        zonal_subnets=True,
        forbidden=_NOT_UNICAST,
        sources=(
            "https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html",
            "https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html",
            "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/Using_Tags.html",
        ),
    ),
    Cloud.AZURE: CloudLimits(
        reserved_first=4,
        reserved_last=1,
        network_prefix=(2, 29),
        subnet_prefix=(2, 29),
        subnet_type="azure-native:network:Subnet",
        zonal_subnets=False,
        forbidden=(*_NOT_UNICAST, ("168.63.129.16/32", "internal DNS of Azure")),
        sources=("https://learn.microsoft.com/azure/virtual-network/virtual-networks-faq",),
    ),
    Cloud.GCP: CloudLimits(
        reserved_first=2,
        reserved_last=2,
        network_prefix=None,
        subnet_prefix=(4, 29),
        subnet_type="gcp:compute/subnetwork:Subnetwork",
        zonal_subnets=False,
        forbidden=(
            *_NOT_UNICAST,
            ("199.36.153.4/30", "addresses for private access to Google APIs"),
            ("199.36.153.8/30", "addresses for private access to Google APIs"),
        ),
        sources=("https://cloud.google.com/vpc/docs/subnets",),
    ),
}

_PRIVATE = tuple(
    Block.parse(text)
    for text in (
        "10.0.0.0/8",  # RFC 1918
        "172.16.0.0/12",  # RFC 1918
        "192.168.0.0/16",  # RFC 1918
        "100.64.0.0/10",  # RFC 6598, shared address space
        "fc00::/7",  # RFC 4193, unique local addresses
    )
)


def usable_addresses(cloud: Cloud, prefix_length: int) -> int:
    """How many machines an IPv4 subnet of that size can hold on a cloud; 0 where the cloud reserves them all."""
    return max((1 << (BITS[4] - prefix_length)) - LIMITS[cloud].reserved, 0)


def longest_prefix_for(cloud: Cloud, machines: int) -> int:
    """The smallest IPv4 subnet of a cloud that holds that many machines, as a prefix length."""
    limits = LIMITS[cloud]
    needed = BITS[4] - (machines + limits.reserved - 1).bit_length()
    return min(needed, limits.subnet_prefix[1])


def is_private(block: Block) -> bool:
    """Whether all of the block is private address space (RFC 1918, 6598, 4193)."""
    return any(private.contains(block) for private in _PRIVATE)


def _check_prefix(path: str, block: Block, bounds: tuple[int, int], what: str) -> list[Finding]:
    shortest, longest = bounds
    if shortest <= block.prefix_length <= longest:
        return []
    return [
        Finding(
            path,
            f"a {what} is between /{shortest} and /{longest}, got {block}",
            f"use a prefix length from {shortest} to {longest}",
        )
    ]


def check_network_range(path: str, text: str, cloud: Cloud, *, public_ranges_allowed: bool = False) -> list[Finding]:
    """What is wrong with a range of a network.

    Args:
        path: where it stands, for the findings.
        text: CIDR notation, IPv4 or IPv6.
        cloud: whose limits hold.
        public_ranges_allowed: the consent to use addresses that others may own on the internet.

    Returns:
        Findings: host bits, sizes and ranges the cloud refuses, public ranges without consent.
    """
    try:
        block = Block.parse(text)
    except AddressError as error:
        return [Finding(path, error.problem, error.remedy)]
    limits = LIMITS[cloud]
    findings: list[Finding] = []
    for forbidden, meaning in limits.forbidden:
        if block.overlaps(Block.parse(forbidden)):
            findings.append(
                Finding(path, f"{cloud} refuses {forbidden} ({meaning}), got {text}", "use a range of RFC 1918")
            )
    if block.version == 4 and limits.network_prefix is not None:
        findings += _check_prefix(path, block, limits.network_prefix, f"network range on {cloud}")
    if block.version == 6 and block.prefix_length > IPV6_SUBNET_PREFIX:
        findings.append(
            Finding(path, f"an IPv6 range holds subnets of /{IPV6_SUBNET_PREFIX}, got {block}", "use a shorter prefix")
        )
    if not findings and block.version == 4 and not public_ranges_allowed and not is_private(block):
        findings.append(
            Finding(
                path,
                f"this is a public range, got {text}: whoever owns it on the internet becomes unreachable",
                "use a range of RFC 1918 or set public_ranges_allowed",
            )
        )
    return findings


def check_subnet_prefix(path: str, prefix_length: int, cloud: Cloud) -> list[Finding]:
    """What is wrong with the size of an IPv4 subnet on a cloud."""
    shortest, longest = LIMITS[cloud].subnet_prefix
    if shortest <= prefix_length <= longest:
        return []
    remedy = f"use a prefix length from {shortest} to {longest}"
    if prefix_length > longest:
        remedy += f" (a /{longest} leaves {usable_addresses(cloud, longest)} of {1 << (BITS[4] - longest)} addresses)"
    return [Finding(path, f"a subnet on {cloud} is between /{shortest} and /{longest}, got /{prefix_length}", remedy)]


def check_subnet_name(path: str, name: str, cloud: Cloud) -> list[Finding]:
    """What is wrong with the logical name of a subnet on a cloud: it must leave room for automatic naming."""
    token = LIMITS[cloud].subnet_type
    rule = NAME_RULES[token] if token is not None else None
    longest = TAG_VALUE_LENGTH if rule is None else rule.longest - rule.suffix
    if len(name) > longest:
        problem = f"the name of a subnet on {cloud} has at most {longest} characters, got {len(name)}: {name!r}"
        return [Finding(path, problem, "shorten the name of the network or of the tier")]
    if rule is not None and rule.characters.fullmatch(name) is None:
        return [Finding(path, f"not a name of a subnet on {cloud}, got {name!r}", f"use {rule.described}")]
    return []
