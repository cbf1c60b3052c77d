"""Azure machines and disks."""

import base64
import binascii

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    fail,
    judge,
    require_equal,
    require_in,
    require_related,
    require_set,
    require_true,
    require_unset,
    rule,
)
from policypacks.rules.common.azure import is_windows, machine
from policypacks.rules.common.credentials import credential_in

EXTENSION = "azure-native:compute:VirtualMachineExtension"


@rule("azure-vm-encryption-at-host")
def encryption_at_host(vm: Resource) -> Verdict:
    """Machines encrypt at the host.

    Otherwise temporary disks and caches lie unencrypted on hardware that others use later.
    """
    return require_true(machine(vm), "securityProfile.encryptionAtHost")


@rule("azure-vm-linux-no-password")
def linux_no_password(vm: Resource) -> Verdict:
    """Linux machines take no passwords.

    Passwords can be guessed and are shared; keys are neither.
    """
    if is_windows(vm):
        return NOT_APPLICABLE
    return require_true(machine(vm), "osProfile.linuxConfiguration.disablePasswordAuthentication")


@rule("azure-vm-managed-disks")
def managed_disks(vm: Resource) -> Verdict:
    """Machines use managed disks.

    A disk that is a blob is guarded by the storage account, where an account key opens it.
    """
    return require_unset(vm, "storageProfile.osDisk.vhd", remedy="use storageProfile.osDisk.managedDisk, not {path}")


@rule("azure-vm-trusted-launch")
def trusted_launch(vm: Resource) -> Verdict:
    """Machines start by trusted launch, with secure boot and a virtual TPM.

    Without them a changed boot loader is below everything that could notice it.
    """
    it = machine(vm)
    return all_of(
        require_in(it, "securityProfile.securityType", ("TrustedLaunch", "ConfidentialVM")),
        require_true(it, "securityProfile.uefiSettings.secureBootEnabled", "securityProfile.uefiSettings.vTpmEnabled"),
    )


@rule("azure-vm-automatic-patching")
def automatic_patching(vm: Resource) -> Verdict:
    """Machines are assessed and patched by the platform.

    Most break-ins use weaknesses for which a patch was there.
    """
    system = "windowsConfiguration" if is_windows(vm) else "linuxConfiguration"
    settings = f"osProfile.{system}.patchSettings"
    return all_of(
        require_equal(vm, f"{settings}.patchMode", "AutomaticByPlatform"),
        require_equal(vm, f"{settings}.assessmentMode", "AutomaticByPlatform"),
    )


def _decoded(text: str) -> str:
    try:
        return base64.b64decode(text, validate=True).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return text


@rule("azure-vm-custom-data-no-secrets")
def custom_data(vm: Resource) -> Verdict:
    """Start scripts of machines hold no credentials.

    Every process on the machine can read them, and so can everyone who may read the machine.
    """

    def check(leaf: Node) -> Verdict:
        kind = credential_in(_decoded(str(leaf.read() or "")))
        return PASS if kind is None else fail(leaf.path, f"holds {kind}", "read it from Key Vault at start")

    it = machine(vm)
    return all_of(*(judge(check, it.at(path)) for path in ("osProfile.customData", "userData")))


def _extension(vm: Resource, kinds: dict[str, str]) -> Verdict:
    def check(extension: Resource) -> Verdict:
        publisher = kinds.get(str(extension.get("type")))
        if publisher is None:
            return fail("type", "is another extension", f"add one of type {' or '.join(kinds)}")
        return all_of(
            require_equal(extension, "publisher", publisher), require_true(extension, "autoUpgradeMinorVersion")
        )

    return require_related(vm, EXTENSION, by="vmName", key="vmName", check=check)


@rule("azure-vm-antimalware")
def antimalware(vm: Resource) -> Verdict:
    """Windows machines run antimalware that keeps itself up to date.

    Machines are where malware arrives, and patterns of last month do not know it.
    """
    if not is_windows(vm):
        return NOT_APPLICABLE
    return _extension(
        vm,
        {
            "IaaSAntimalware": "Microsoft.Azure.Security",
            "MDE.Windows": "Microsoft.Azure.AzureDefenderForServers",
        },
    )


@rule("azure-vm-backup-protected")
def backed_up(vm: Resource) -> Verdict:
    """In production machines are backed up.

    A disk lives as long as its machine's mistakes let it.
    """
    if not vm.production:
        return NOT_APPLICABLE
    return require_related(vm, "azure-native:recoveryservices:ProtectedItem", by="properties.sourceResourceId")


@rule("azure-disk-customer-key")
def disk_customer_key(disk: Resource) -> Verdict:
    """Disks and snapshots are encrypted under a key of one's own.

    Only with such a key can access to the data be withdrawn and its use be logged.
    """
    return all_of(
        require_in(
            disk,
            "encryption.type",
            ("EncryptionAtRestWithCustomerKey", "EncryptionAtRestWithPlatformAndCustomerKeys"),
        ),
        require_set(disk, "encryption.diskEncryptionSetId"),
    )


@rule("azure-disk-no-public-network")
def disk_private(disk: Resource) -> Verdict:
    """Disks and snapshots cannot be exported over the internet.

    An export link hands out the whole disk to whoever holds it.
    """
    return all_of(
        require_equal(disk, "publicNetworkAccess", "Disabled"),
        require_in(disk, "networkAccessPolicy", ("DenyAll", "AllowPrivate")),
    )


@rule("azure-vm-monitoring-agent")
def monitoring_agent(vm: Resource) -> Verdict:
    """Machines send their logs by the Azure Monitor agent.

    Logs that stay on the machine are gone with it, or changed by whoever took it over.
    """
    name = "AzureMonitorWindowsAgent" if is_windows(vm) else "AzureMonitorLinuxAgent"
    return all_of(
        _extension(vm, {name: "Microsoft.Azure.Monitor"}),
        require_related(vm, "azure-native:monitor:DataCollectionRuleAssociation", by="resourceUri"),
    )
