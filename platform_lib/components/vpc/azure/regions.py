"""The regions of Azure and whether they have availability zones. Pure data.

Source: https://learn.microsoft.com/azure/reliability/regions-list (and, for Israel Northwest,
https://learn.microsoft.com/azure/nat-gateway/nat-sku; a region of which the list says nothing counts as one without
zones and without a pair). Sovereign clouds
(https://learn.microsoft.com/azure/azure-government/, https://learn.microsoft.com/azure/china/) are listed too.
"""

from collections.abc import Mapping
from typing import Final

_WITH_ZONES = (
    *("australiaeast", "austriaeast", "belgiumcentral", "brazilsouth", "canadacentral", "centralindia", "centralus"),
    *("chilecentral", "eastasia", "eastus", "eastus2", "francecentral", "germanywestcentral", "indonesiacentral"),
    *("israelcentral", "italynorth", "japaneast", "japanwest", "koreacentral", "malaysiawest", "mexicocentral"),
    *("newzealandnorth", "northeurope", "norwayeast", "polandcentral", "qatarcentral", "southafricanorth"),
    *("southcentralus", "southeastasia", "spaincentral", "swedencentral", "switzerlandnorth", "uaenorth", "uksouth"),
    *("westeurope", "westus2", "westus3", "usgovvirginia", "chinanorth3"),
)
_WITHOUT_ZONES = (
    *("australiacentral", "australiacentral2", "australiasoutheast", "brazilsoutheast", "canadaeast", "francesouth"),
    *("germanynorth", "koreasouth", "northcentralus", "norwaywest", "southafricawest", "southindia", "swedensouth"),
    *("israelnorthwest", "jioindiacentral", "jioindiawest"),
    *("switzerlandwest", "uaecentral", "ukwest", "westcentralus", "westindia", "westus"),
    *("usgovarizona", "usgovtexas", "chinaeast", "chinaeast2", "chinaeast3", "chinanorth", "chinanorth2"),
)

AZURE_REGIONS: Final[Mapping[str, tuple[str, ...]]] = {
    **dict.fromkeys(_WITH_ZONES, ("1", "2", "3")),
    **dict.fromkeys(_WITHOUT_ZONES, ()),
}
"""Logical zones by region; a subscription's zone 1 need not be another one's."""

UNPAIRED_REGIONS: Final = frozenset(
    {
        *("austriaeast", "belgiumcentral", "chilecentral", "indonesiacentral", "israelcentral", "italynorth"),
        *(
            "israelnorthwest",
            "malaysiawest",
            "mexicocentral",
            "newzealandnorth",
            "polandcentral",
            "qatarcentral",
            "spaincentral",
        ),
    }
)
"""Regions that nothing is copied from into another one."""
