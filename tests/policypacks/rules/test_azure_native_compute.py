"""The cases of the rules for Azure machines and disks."""

import base64
from typing import Any

import pytest

from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

PATCHED = {"patchSettings": {"patchMode": "AutomaticByPlatform", "assessmentMode": "AutomaticByPlatform"}}
PROFILE: dict[str, Any] = {
    "securityProfile": {
        "encryptionAtHost": True,
        "securityType": "TrustedLaunch",
        "uefiSettings": {"secureBootEnabled": True, "vTpmEnabled": True},
    },
    "osProfile": {"linuxConfiguration": {"disablePasswordAuthentication": True, **PATCHED}, "customData": "aGVsbG8="},
    "storageProfile": {"osDisk": {"osType": "Linux", "managedDisk": {"storageAccountType": "Premium_LRS"}}},
}
WINDOWS: dict[str, Any] = {**PROFILE, "osProfile": {"windowsConfiguration": PATCHED}}
VM = R("vm", "azure-native:compute:VirtualMachine", {**PROFILE, "vmName": "web1"})
WINDOWS_VM = R("vm", VM.type, {**WINDOWS, "vmName": "web1"})
SET = resource("azure-native:compute:VirtualMachineScaleSet", {"virtualMachineProfile": PROFILE})


def extension(name: str, kind: str, publisher: str) -> R:
    return R(
        name,
        "azure-native:compute:VirtualMachineExtension",
        {"vmName": Ref("vm"), "type": kind, "publisher": publisher, "autoUpgradeMinorVersion": True},
    )


AGENT = extension("agent", "AzureMonitorLinuxAgent", "Microsoft.Azure.Monitor")
WINDOWS_AGENT = extension("agent", "AzureMonitorWindowsAgent", "Microsoft.Azure.Monitor")
ANTIMALWARE = extension("antimalware", "IaaSAntimalware", "Microsoft.Azure.Security")
COLLECTED = R("collected", "azure-native:monitor:DataCollectionRuleAssociation", {"resourceUri": Ref("vm")})
BACKUP = R(
    "backup",
    "azure-native:recoveryservices:ProtectedItem",
    {"vaultName": "vault", "properties": {"sourceResourceId": Ref("vm")}},
)
MACHINE = [VM, AGENT, COLLECTED, BACKUP]
WINDOWS_MACHINE = [WINDOWS_VM, WINDOWS_AGENT, ANTIMALWARE, COLLECTED, BACKUP]
DISK = resource(
    "azure-native:compute:Disk",
    {
        "encryption": {"type": "EncryptionAtRestWithCustomerKey", "diskEncryptionSetId": "set"},
        "publicNetworkAccess": "Disabled",
        "networkAccessPolicy": "DenyAll",
    },
)
LINUX = "osProfile.linuxConfiguration"
SCRIPT = base64.b64encode(b"export DB_PASSWORD=correct-horse").decode()
PROFILE_PATH = "virtualMachineProfile"

CASES = [
    Case(
        "azure-vm-encryption-at-host",
        SET,
        bad={f"{PROFILE_PATH}.securityProfile.encryptionAtHost": False},
    ),
    Case(
        "azure-vm-linux-no-password",
        MACHINE,
        bad={f"{LINUX}.disablePasswordAuthentication": False},
        unrelated=[
            {f"{LINUX}.disablePasswordAuthentication": False, "osProfile.windowsConfiguration": PATCHED},
            {"osProfile": REMOVE, "storageProfile.osDisk.osType": "Windows"},
        ],
    ),
    Case(
        "azure-vm-managed-disks",
        VM,
        bad={"storageProfile.osDisk.vhd": {"uri": "https://x"}},
        unknown={"storageProfile.osDisk.vhd": FAIL},
    ),
    Case(
        "azure-vm-trusted-launch",
        VM,
        bad=[
            {"securityProfile.securityType": "Standard"},
            {"securityProfile.uefiSettings.secureBootEnabled": False},
            {"securityProfile.uefiSettings.vTpmEnabled": False},
        ],
    ),
    Case(
        "azure-vm-automatic-patching",
        VM,
        bad=[
            {f"{LINUX}.patchSettings.patchMode": "ImageDefault"},
            {f"{LINUX}.patchSettings.assessmentMode": "ImageDefault"},
            {"osProfile": {"windowsConfiguration": {"enableAutomaticUpdates": True}}},
        ],
        also_good={"osProfile": {"windowsConfiguration": PATCHED}},
        guards=[f"{LINUX}.patchSettings.patchMode", f"{LINUX}.patchSettings.assessmentMode"],
        breaks=["azure-vm-antimalware"],
    ),
    Case(
        "azure-vm-custom-data-no-secrets",
        VM,
        bad=[
            {"osProfile.customData": SCRIPT},
            {"userData": SCRIPT},
            {"userData": "token: AKIA" + "A" * 16},
        ],
    ),
    Case(
        "azure-vm-antimalware",
        WINDOWS_MACHINE,
        bad=[
            drop("antimalware"),
            on("antimalware", {"autoUpgradeMinorVersion": False}),
            on("antimalware", {"type": "CustomScriptExtension"}),
            on("antimalware", {"publisher": "Somebody"}),
        ],
        unrelated={"osProfile": PROFILE["osProfile"]},
    ),
    Case(
        "azure-vm-backup-protected",
        MACHINE,
        bad=[drop("backup"), on("backup", {"properties": {"sourceResourceId": "other"}})],
    ),
    Case(
        "azure-disk-customer-key",
        DISK,
        bad=[{"encryption.type": "EncryptionAtRestWithPlatformKey"}, {"encryption.diskEncryptionSetId": ""}],
        unknown={"encryption.diskEncryptionSetId": PASS},
    ),
    Case(
        "azure-disk-no-public-network",
        DISK,
        bad=[{"publicNetworkAccess": "Enabled"}, {"networkAccessPolicy": "AllowAll"}],
    ),
    Case(
        "azure-vm-monitoring-agent",
        MACHINE,
        bad=[
            drop("agent"),
            drop("collected"),
            on("agent", {"type": "CustomScript"}),
            on("agent", {"autoUpgradeMinorVersion": False}),
        ],
        also_good=on("agent", {"vmName": "web1"}),
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
