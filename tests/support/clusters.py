"""Arguments of clusters that many tests start from."""

from typing import Any

from platform_lib.components.vpc.refs import NetworkReference, SubnetReference
from support.contexts import context

ACCOUNT_ID = "111122223333"
ADMINS = {
    "name": "admins",
    "principal_arn": f"arn:aws:iam::{ACCOUNT_ID}:role/platform",
    "policy": "cluster-admin",
}


def network(zones: int = 3, *, cidr: str = "10.20.0.0/16", **more: Any) -> NetworkReference:
    """A network with three tiers over some zones of eu-west-1."""
    prefix = cidr.rsplit(".", 2)[0]
    subnets = [
        SubnetReference(
            tier=tier,
            role=tier,
            zone=f"euw1-az{zone}",
            cidr=f"{prefix}.{16 * number + zone}.0/24",
            id=f"subnet-{tier}-{zone}",
        )
        for number, tier in enumerate(("public", "private", "isolated"))
        for zone in range(1, zones + 1)
    ]
    return NetworkReference(region="eu-west-1", cidr=cidr, vpc_id="vpc-1", subnets=subnets, **more)


def cluster_args(environment: str = "prod", **more: Any) -> dict[str, Any]:
    """What ``KubernetesCluster`` needs at least."""
    return {
        "context": context(environment),
        "network": network(),
        "account_id": ACCOUNT_ID,
        "access": [ADMINS],
        **more,
    }
