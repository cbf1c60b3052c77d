"""Which numbers of autonomous systems (ASNs) a BGP session may have, by cloud and by side. Pure data with sources."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.core.errors import Finding

Span = tuple[int, int]
"""First and last number, both included."""

LARGEST_ASN: Final = 4294967295
"""ASNs are numbers of four bytes (RFC 6793)."""

RESERVED: Final[tuple[tuple[Span, str], ...]] = (
    ((0, 0), "RFC 7607"),
    ((23456, 23456), "stands for ASNs of four bytes, RFC 6793"),
    ((64496, 64511), "for documentation, RFC 5398"),
    ((65535, 65535), "RFC 7300"),
    ((65536, 65551), "for documentation, RFC 5398"),
    ((LARGEST_ASN, LARGEST_ASN), "RFC 7300"),
)
"""Numbers that nobody may use: https://www.iana.org/assignments/iana-as-numbers-special-registry."""

PRIVATE: Final[tuple[Span, ...]] = ((64512, 65534), (4200000000, 4294967294))
"""Numbers for private use (RFC 6996)."""

PARTNER_ASN: Final = 16550
"""The ASN that a Cloud Router needs for Partner Interconnect
(https://cloud.google.com/network-connectivity/docs/interconnect/how-to/partner/creating-vlan-attachments)."""

_AZURE_ONLY: Final[tuple[Span, ...]] = ((8074, 8075), (12076, 12076), (65515, 65515), (65517, 65520))


@dataclass(frozen=True, slots=True)
class AsnRules:
    """What one cloud takes.

    Attributes:
        default: ASN of its gateways where none is given.
        gateway: numbers that its gateways may have; empty is any that is not reserved.
        not_gateway: numbers that its gateways may not have.
        not_peer: numbers that the other side may not have, by region; the key ``""`` holds in every region.
        sources: vendor's pages.
    """

    default: int
    gateway: tuple[Span, ...]
    not_gateway: tuple[Span, ...]
    not_peer: Mapping[str, tuple[Span, ...]]
    sources: tuple[str, ...]


ASN_RULES: Final[Mapping[Cloud, AsnRules]] = {
    Cloud.AWS: AsnRules(
        default=64512,
        gateway=PRIVATE,
        not_gateway=(),
        not_peer={
            "us-east-1": ((7224, 7224),),
            "eu-west-1": ((9059, 9059),),
            "ap-southeast-1": ((17943, 17943),),
            "ap-northeast-1": ((10124, 10124),),
        },
        sources=(
            "https://docs.aws.amazon.com/vpc/latest/tgw/tgw-transit-gateways.html",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateVpnGateway.html",
            "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateCustomerGateway.html",
        ),
    ),
    Cloud.AZURE: AsnRules(
        default=65515,
        gateway=(),
        not_gateway=((8074, 8075), (12076, 12076), (65517, 65520)),
        not_peer={"": _AZURE_ONLY},
        sources=("https://learn.microsoft.com/azure/vpn-gateway/vpn-gateway-vpn-faq#what-asns-can-i-use",),
    ),
    Cloud.GCP: AsnRules(
        default=64514,  # it has no default of its own: that of the examples in its documentation
        gateway=(*PRIVATE, (PARTNER_ASN, PARTNER_ASN)),
        not_gateway=(),
        not_peer={},
        sources=(
            "https://cloud.google.com/network-connectivity/docs/router/how-to/create-router-vpc-on-premises-network",
        ),
    ),
}
"""What every cloud takes."""


def _within(asn: int, spans: tuple[Span, ...]) -> bool:
    return any(first <= asn <= last for first, last in spans)


def _written(spans: tuple[Span, ...]) -> str:
    return ", ".join(str(first) if first == last else f"{first}-{last}" for first, last in spans)


def check_asn(asn: int, path: str = "") -> list[Finding]:
    """What is wrong with a number as an ASN, whoever has it."""
    if not 0 <= asn <= LARGEST_ASN:
        return [Finding(path, f"is not an ASN, got {asn}", f"use a private one: {_written(PRIVATE)}")]
    for span, reason in RESERVED:
        if _within(asn, (span,)):
            return [Finding(path, f"is reserved ({reason}), got {asn}", f"use a private one: {_written(PRIVATE)}")]
    return []


def check_gateway_asn(asn: int, cloud: Cloud, path: str = "") -> list[Finding]:
    """What is wrong with the ASN of a gateway of ours.

    Args:
        asn: the number.
        cloud: where the gateway is.
        path: the argument, for the finding.

    Returns:
        One finding, or none.
    """
    if findings := check_asn(asn, path):
        return findings
    rules = ASN_RULES[cloud]
    if rules.gateway and not _within(asn, rules.gateway):
        return [
            Finding(
                path,
                f"is not an ASN that a gateway on {cloud} can have, got {asn}",
                f"use one of {_written(rules.gateway)}",
            )
        ]
    if _within(asn, rules.not_gateway):
        return [Finding(path, f"is kept by {cloud} for itself, got {asn}", f"use a private one: {_written(PRIVATE)}")]
    return []


def check_peer_asn(asn: int, cloud: Cloud, region: str, path: str = "") -> list[Finding]:
    """What is wrong with the ASN of the other side of a session with a gateway of ours.

    Args:
        asn: the number.
        cloud: where our gateway is.
        region: of our gateway, in the cloud's words.
        path: the argument, for the finding.

    Returns:
        One finding, or none.
    """
    if findings := check_asn(asn, path):
        return findings
    refused = ASN_RULES[cloud].not_peer
    if _within(asn, (*refused.get("", ()), *refused.get(region, ()))):
        return [
            Finding(
                path,
                f"is kept by {cloud} for itself, got {asn}",
                f"use a private one: {_written(_peer_private(cloud))}",
            )
        ]
    return []


def _peer_private(cloud: Cloud) -> tuple[Span, ...]:
    return ((64512, 65514), (65521, 65534)) if cloud is Cloud.AZURE else PRIVATE


def check_session(ours: int, theirs: int, path: str = "") -> list[Finding]:
    """What is wrong with two ASNs of one session: both sides of external BGP have different ones (RFC 4271)."""
    if ours == theirs:
        return [Finding(path, f"is the ASN of both sides, got {theirs}", "give each side one of its own")]
    return []
