"""The availability zones of AWS regions by zone id, which is the same in every account; a zone's name is not.

Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html. Zones come in the
    order in which
a count takes them: those where services are known to be missing, or that not every account has, come last
(https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html for use1-az3; apne1-az3 is closed to newer
accounts).
"""

from collections.abc import Mapping
from typing import Final

AWS_REGION_ZONES: Final[Mapping[str, tuple[str, ...]]] = {
    region: tuple(f"{prefix}-az{number}" for number in numbers)
    for region, prefix, numbers in (
        ("af-south-1", "afs1", (1, 2, 3)),
        ("ap-east-1", "ape1", (1, 2, 3)),
        ("ap-northeast-1", "apne1", (1, 2, 4, 3)),
        ("ap-northeast-2", "apne2", (1, 2, 3, 4)),
        ("ap-northeast-3", "apne3", (1, 2, 3)),
        ("ap-south-1", "aps1", (1, 2, 3)),
        ("ap-south-2", "aps2", (1, 2, 3)),
        ("ap-southeast-1", "apse1", (1, 2, 3)),
        ("ap-southeast-2", "apse2", (1, 2, 3)),
        ("ap-southeast-3", "apse3", (1, 2, 3)),
        ("ap-southeast-4", "apse4", (1, 2, 3)),
        ("ap-southeast-5", "apse5", (1, 2, 3)),
        ("ca-central-1", "cac1", (1, 2, 4)),
        ("ca-west-1", "caw1", (1, 2, 3)),
        ("eu-central-1", "euc1", (1, 2, 3)),
        ("eu-central-2", "euc2", (1, 2, 3)),
        ("eu-north-1", "eun1", (1, 2, 3)),
        ("eu-south-1", "eus1", (1, 2, 3)),
        ("eu-south-2", "eus2", (1, 2, 3)),
        ("eu-west-1", "euw1", (1, 2, 3)),
        ("eu-west-2", "euw2", (1, 2, 3)),
        ("eu-west-3", "euw3", (1, 2, 3)),
        ("il-central-1", "ilc1", (1, 2, 3)),
        ("me-central-1", "mec1", (1, 2, 3)),
        ("me-south-1", "mes1", (1, 2, 3)),
        ("sa-east-1", "sae1", (1, 2, 3)),
        ("us-east-1", "use1", (1, 2, 4, 5, 6, 3)),
        ("us-east-2", "use2", (1, 2, 3)),
        ("us-gov-east-1", "usge1", (1, 2, 3)),
        ("us-gov-west-1", "usgw1", (1, 2, 3)),
        ("us-west-1", "usw1", (1, 2, 3)),
        ("us-west-2", "usw2", (1, 2, 3, 4)),
    )
}
"""Zone ids by region, in the order in which a count takes them."""

ZONES_BY_ACCOUNT: Final = frozenset({"us-west-1"})
"""Regions where an account sees only some of the zones, so that a count cannot be resolved without asking the
account."""
