"""What the documentation of azure-native says cannot be changed is refused by the cloud, and replaces nothing."""

from typing import Any

import pytest

from platform_lib.sandbox.protocol import ProviderError
from support.cloud import Driver, Made, driver

DISK = "azure-native:compute:Disk"
ACCOUNT = "azure-native:storage:StorageAccount"
MACHINE = "azure-native:compute:VirtualMachine"
IN_GROUP = {"resourceGroupName": "rg", "location": "westeurope"}


@pytest.fixture
def azure() -> Driver:
    made = driver("azure-native")
    made.create("azure-native:resources:ResourceGroup", "rg", IN_GROUP)
    return made


def _disk(**creation: Any) -> dict[str, Any]:
    return {**IN_GROUP, "diskName": "data", "diskSizeGB": 10, "creationData": {"createOption": "Empty", **creation}}


def _account(tier: str, kind: str = "StorageV2") -> dict[str, Any]:
    return {**IN_GROUP, "accountName": "logs", "kind": kind, "sku": {"name": "Standard_LRS"}, "accessTier": tier}


def _machine(**profile: Any) -> dict[str, Any]:
    return {**IN_GROUP, "vmName": "vm", "osProfile": {"computerName": "vm", "adminUsername": "ops", **profile}}


def refused(path: str) -> Any:
    return pytest.raises(ProviderError, match=rf"PropertyChangeNotAllowed.*'{path}' is not allowed")


def test_a_fixed_property_is_no_replacement_and_shows_as_an_update(azure: Driver) -> None:
    disk = azure.create(DISK, "data", _disk())

    assert azure.diff(disk, _disk(logicalSectorSize=512)).replaces == []
    assert azure.update(disk, _disk(logicalSectorSize=512), preview=True)["diskSizeGB"] == 10


def test_changing_a_fixed_property_is_refused_and_changes_nothing(azure: Driver) -> None:
    disk = azure.create(DISK, "data", _disk())

    with refused("creationData.logicalSectorSize"):
        azure.update(disk, {**_disk(logicalSectorSize=512), "diskSizeGB": 20})

    assert azure.read(disk).outputs["diskSizeGB"] == 10


def test_everything_else_and_leaving_it_out_is_taken(azure: Driver) -> None:
    disk = azure.create(DISK, "data", _disk(logicalSectorSize=512))

    assert azure.update(disk, {**_disk(), "diskSizeGB": 20})["diskSizeGB"] == 20


@pytest.mark.parametrize(
    ("token", "before", "after"),
    [
        (ACCOUNT, _account("Hot"), _account("Cool")),
        (MACHINE, _machine(), _machine(allowExtensionOperations=False)),
    ],
)
def test_what_is_fixed_only_in_part_can_be_changed_otherwise(
    azure: Driver, token: str, before: Any, after: Any
) -> None:
    made: Made = azure.create(token, "it", before)

    azure.update(made, after)


@pytest.mark.parametrize(
    ("token", "before", "after", "path"),
    [
        (ACCOUNT, _account("Hot", "BlockBlobStorage"), _account("Premium", "BlockBlobStorage"), "accessTier"),
        (MACHINE, _machine(), _machine(adminUsername="root"), "osProfile.adminUsername"),
    ],
)
def test_what_is_fixed_only_in_part_is_refused_there(
    azure: Driver, token: str, before: Any, after: Any, path: str
) -> None:
    made: Made = azure.create(token, "it", before)

    with refused(path):
        azure.update(made, after)
