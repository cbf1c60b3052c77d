"""What a network that is only referred to gives out."""

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.adopting.names import NETWORK, route_table_names
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.components.vpc.room import Built, Site


def built_reference(site: Site) -> Built:
    """What an existing network gives out: the ids as they are."""
    plan, ids = site.plan, site.args.adopt.ids if site.args.adopt is not None else {}
    network = ids[NETWORK[plan.cloud]]
    return Built(
        network_id=network,
        network_arn=_arn(plan, network),
        subnet_ids={subnet.key: ids[f"subnet-{subnet.key}"] for subnet in plan.subnets},
        route_table_ids={
            name.removeprefix("route-table-"): ids[name] for name in route_table_names(plan) if name in ids
        },
        ipv6_cidr="" if plan.ipv6 is None else plan.ipv6.cidr or "",
    )


def _arn(plan: VpcPlan, network: str) -> str:
    """What stands for an ARN; that of AWS holds the account, which no id tells."""
    if plan.cloud is Cloud.GCP:
        return f"https://www.googleapis.com/compute/v1/{network}"
    return network if plan.cloud is Cloud.AZURE else ""
