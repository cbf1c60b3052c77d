"""Where flow logs are kept: how many copies, and by which subnet the account is reached. Pure."""

from collections.abc import Mapping
from typing import Final

from platform_lib.components.vpc.addressing.intent import TierRole
from platform_lib.components.vpc.args import VpcArgs
from platform_lib.components.vpc.azure.regions import AZURE_REGIONS, UNPAIRED_REGIONS
from platform_lib.components.vpc.azure.tiers import delegations_of
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.core.context import DataClassification

_REGULATED: Final = (DataClassification.CONFIDENTIAL, DataClassification.RESTRICTED)


def redundancy(args: VpcArgs) -> str:
    """How the account of the flow logs is copied: into the paired region where the data is regulated, else over zones.

    A region without a pair copies into none (https://learn.microsoft.com/azure/reliability/regions-paired,
    https://learn.microsoft.com/azure/storage/common/storage-redundancy).
    """
    if args.context.data_classification in _REGULATED and args.region not in UNPAIRED_REGIONS:
        return "Standard_GRS"
    return "Standard_ZRS" if AZURE_REGIONS[args.region] else "Standard_LRS"


def store_subnet(plan: VpcPlan, args: VpcArgs) -> str | None:
    """Key of the subnet from which the account is reached: where other private endpoints stand; None where none can."""
    fixed = args.endpoints.tier if args.endpoints is not None else None
    order: Mapping[TierRole, int] = {TierRole.PRIVATE: 0, TierRole.ISOLATED: 1}
    fitting = [
        subnet
        for subnet in plan.subnets
        if (subnet.tier == fixed if fixed is not None else subnet.role in order)
        and not subnet.of_service
        and not delegations_of(args, subnet.tier)
    ]
    return min(fitting, key=lambda subnet: order.get(subnet.role, 0)).key if fitting else None
