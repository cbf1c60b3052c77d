"""Network Watcher, which comes with the first network of a region, and flow logs.

Sources: https://learn.microsoft.com/azure/network-watcher/network-watcher-create (it is made in the group
``NetworkWatcherRG`` when a virtual network is made or updated, and stays),
https://learn.microsoft.com/azure/network-watcher/vnet-flow-logs-overview (the account lies in the network's region).
"""

from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.azure.resource import GROUP, arm
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.cloud.store import Row

WATCHER: Final = "azure-native:network:NetworkWatcher"
ACCOUNT: Final = "azure-native:storage:StorageAccount"
WATCHER_GROUP: Final = "NetworkWatcherRG"
_TYPE: Final = "Microsoft.Network/networkWatchers"


def make_watcher(request: Request, row: Row) -> None:
    """The watcher of a network's region with its group, where there is none yet."""
    group = f"/subscriptions/{row.scope}/resourceGroups/{WATCHER_GROUP}"
    _implied(request, row, GROUP, group, {"resourceGroupName": WATCHER_GROUP}, "Microsoft.Resources/resourceGroups")
    name = f"NetworkWatcher_{row.region}"
    inputs = {"resourceGroupName": WATCHER_GROUP, "networkWatcherName": name}
    watchers = request.store.rows("type = ? AND scope = ? AND region = ?", (WATCHER, row.scope, row.region))
    if not watchers:
        _implied(request, row, WATCHER, f"{group}/providers/{_TYPE}/{name}", inputs, _TYPE)


def _implied(request: Request, row: Row, type_: str, id_: str, inputs: Properties, arm_type: str) -> None:
    if request.store.find(type_, id_) is not None:
        return
    outputs = {"name": id_.rpartition("/")[2], "location": row.region, "type": arm_type, "tags": {}}
    given = {**inputs, "location": row.region}
    request.store.add(
        Row("azure-native", row.scope, row.region, type_, id_, "", given, outputs, row.created, row.modified)
    )


def _admit_flow_log(request: Request) -> None:
    store = request.store.find(ACCOUNT, str(request.get("storageId")))
    if store is not None and str(plain(store.region)) != request.region:
        raise refuse(
            arm(
                "InvalidStorageAccountLocation",
                f"The storage account {store.id} is in {store.region}, the flow log in {request.region}: they have to "
                "be in the same region.",
            )
        )


RULES: Final[dict[str, TypeRules]] = {
    WATCHER: TypeRules(defaults={"type": _TYPE, "etag": 'W/"{uuid}"'}),
    "azure-native:network:FlowLog": TypeRules(
        source="Azure REST reference, Flow Logs",
        references=(
            Reference(
                "targetResourceId",
                ("azure-native:network:VirtualNetwork", "azure-native:network:Subnet"),
                arm("ResourceNotFound", "The Resource '{value}' was not found."),
            ),
        ),
        admit=_admit_flow_log,
        defaults={"type": _TYPE + "/flowLogs", "etag": 'W/"{uuid}"', "targetResourceGuid": "{uuid}"},
    ),
}
