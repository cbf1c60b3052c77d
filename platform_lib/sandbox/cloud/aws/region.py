"""Regions, zones and partitions of AWS.

Regions and zone ids: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-regions.html and its pages on
Availability Zones and AZ ids, read for general-purpose zones only (no local or wavelength zones). Which letter stands
for
which zone id is fixed in regions launched after November 2012 and differs by account in older ones; here the letters
follow
the ids in order, everywhere (an assumption).
"""

from typing import Final, NamedTuple

_ABC: Final = "abc"


class Region(NamedTuple):
    """A region: the prefix of its zone ids, the letters of its zones, the numbers of its zone ids, its name."""

    prefix: str
    letters: str
    numbers: str
    description: str


REGIONS: Final[dict[str, Region]] = {
    "us-east-1": Region("use1", "abcdef", "123456", "US East (N. Virginia)"),
    "us-east-2": Region("use2", _ABC, "123", "US East (Ohio)"),
    "us-west-1": Region("usw1", "ac", "13", "US West (N. California)"),
    "us-west-2": Region("usw2", "abcd", "1234", "US West (Oregon)"),
    "af-south-1": Region("afs1", _ABC, "123", "Africa (Cape Town)"),
    "ap-east-1": Region("ape1", _ABC, "123", "Asia Pacific (Hong Kong)"),
    "ap-east-2": Region("ape2", _ABC, "123", "Asia Pacific (Taipei)"),
    "ap-northeast-1": Region("apne1", "acd", "124", "Asia Pacific (Tokyo)"),
    "ap-northeast-2": Region("apne2", "abcd", "1234", "Asia Pacific (Seoul)"),
    "ap-northeast-3": Region("apne3", _ABC, "123", "Asia Pacific (Osaka)"),
    "ap-south-1": Region("aps1", _ABC, "123", "Asia Pacific (Mumbai)"),
    "ap-south-2": Region("aps2", _ABC, "123", "Asia Pacific (Hyderabad)"),
    "ap-southeast-1": Region("apse1", _ABC, "123", "Asia Pacific (Singapore)"),
    "ap-southeast-2": Region("apse2", _ABC, "123", "Asia Pacific (Sydney)"),
    "ap-southeast-3": Region("apse3", _ABC, "123", "Asia Pacific (Jakarta)"),
    "ap-southeast-4": Region("apse4", _ABC, "123", "Asia Pacific (Melbourne)"),
    "ap-southeast-5": Region("apse5", _ABC, "123", "Asia Pacific (Malaysia)"),
    "ap-southeast-6": Region("apse6", _ABC, "123", "Asia Pacific (New Zealand)"),
    "ap-southeast-7": Region("apse7", _ABC, "123", "Asia Pacific (Thailand)"),
    "ca-central-1": Region("cac1", "abd", "124", "Canada (Central)"),
    "ca-west-1": Region("caw1", _ABC, "123", "Canada West (Calgary)"),
    "eu-central-1": Region("euc1", _ABC, "123", "Europe (Frankfurt)"),
    "eu-central-2": Region("euc2", _ABC, "123", "Europe (Zurich)"),
    "eu-north-1": Region("eun1", _ABC, "123", "Europe (Stockholm)"),
    "eu-south-1": Region("eus1", _ABC, "123", "Europe (Milan)"),
    "eu-south-2": Region("eus2", _ABC, "123", "Europe (Spain)"),
    "eu-west-1": Region("euw1", _ABC, "123", "Europe (Ireland)"),
    "eu-west-2": Region("euw2", _ABC, "123", "Europe (London)"),
    "eu-west-3": Region("euw3", _ABC, "123", "Europe (Paris)"),
    "il-central-1": Region("ilc1", _ABC, "123", "Israel (Tel Aviv)"),
    "me-central-1": Region("mec1", _ABC, "123", "Middle East (UAE)"),
    "me-south-1": Region("mes1", _ABC, "123", "Middle East (Bahrain)"),
    "mx-central-1": Region("mxc1", _ABC, "123", "Mexico (Central)"),
    "sa-east-1": Region("sae1", _ABC, "123", "South America (Sao Paulo)"),
    "us-gov-east-1": Region("usge1", _ABC, "123", "AWS GovCloud (US-East)"),
    "us-gov-west-1": Region("usgw1", _ABC, "123", "AWS GovCloud (US-West)"),
    "cn-north-1": Region("cnn1", "abd", "124", "China (Beijing)"),
    "cn-northwest-1": Region("cnnw1", _ABC, "123", "China (Ningxia)"),
}

OPT_IN_NOT_REQUIRED: Final = frozenset(
    [
        "us-east-1",
        "us-east-2",
        "us-west-1",
        "us-west-2",
        "ap-northeast-1",
        "ap-northeast-2",
        "ap-northeast-3",
        "ap-south-1",
        "ap-southeast-1",
        "ap-southeast-2",
        "ca-central-1",
        "eu-central-1",
        "eu-north-1",
        "eu-west-1",
        "eu-west-2",
        "eu-west-3",
        "sa-east-1",
    ]
)
"""Regions that are on in every account of the ``aws`` partition."""


def zones(region: str) -> list[tuple[str, str]]:
    """Zone names with their ids, in order; empty for a region that is not known."""
    known = REGIONS.get(region)
    if known is None:
        return []
    return [
        (f"{region}{letter}", f"{known.prefix}-az{number}")
        for letter, number in zip(known.letters, known.numbers, strict=True)
    ]


def partition(region: str) -> str:
    """``aws``, ``aws-cn`` or ``aws-us-gov``."""
    if region.startswith("cn-"):
        return "aws-cn"
    return "aws-us-gov" if region.startswith("us-gov-") else "aws"


def dns_suffix(name: str) -> str:
    """The domain of a partition's endpoints."""
    return "amazonaws.com.cn" if name == "aws-cn" else "amazonaws.com"
