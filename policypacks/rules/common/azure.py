"""What many Azure services have in common: private endpoints, diagnostic settings, VMs of two kinds, IP ranges."""

import ipaddress
from collections.abc import Collection

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    require_in,
    require_related,
    require_true,
    some,
)

PRIVATE_ENDPOINT = "azure-native:network:PrivateEndpoint"
DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
CLOSED = ("Disabled", "SecuredByPerimeter")
"""Values of ``publicNetworkAccess`` that keep the internet out."""


def require_private_endpoint(subject: Resource) -> Verdict:
    """A private endpoint must lead to the resource, approved by itself or by hand."""
    by_hand = require_related(
        subject, PRIVATE_ENDPOINT, by="manualPrivateLinkServiceConnections[].privateLinkServiceId"
    )
    if by_hand is PASS:
        return PASS
    return require_related(subject, PRIVATE_ENDPOINT, by="privateLinkServiceConnections[].privateLinkServiceId")


def require_diagnostics(subject: Resource, categories: Collection[str] = ()) -> Verdict:
    """A diagnostic setting must send audit logs of the resource somewhere.

    Args:
        subject: the resource.
        categories: names of its log categories that count as audit logs, beside the groups ``audit`` and ``allLogs``.
    """

    def log(entry: Node) -> Verdict:
        named = any_of(
            require_in(entry, "categoryGroup", ("audit", "allLogs")),
            require_in(entry, "category", categories) if categories else NOT_APPLICABLE,
        )
        return all_of(require_true(entry, "enabled"), named)

    return require_related(subject, DIAGNOSTICS, by="resourceUri", check=lambda it: some(it, "logs", log))


def forbid_wide_range(rule: Resource, *, azure_services: bool = True) -> Verdict:
    """A firewall rule of a database server must not let in the internet.

    Args:
        rule: a resource with ``startIpAddress`` and ``endIpAddress``.
        azure_services: whether 0.0.0.0 alone, which means every customer of Azure, is refused too.
    """
    start, end = rule.at("startIpAddress"), rule.at("endIpAddress")
    if not start.exists() or not end.exists():
        return fail("startIpAddress", "is not set, or endIpAddress is not", "set both")
    try:
        first, last = ipaddress.IPv4Address(start.read()), ipaddress.IPv4Address(end.read())
    except ValueError:
        return fail("startIpAddress", f"is no IPv4 address, or endIpAddress, got {start.shown()}", "name two addresses")
    if azure_services and int(last) == 0:
        return fail("endIpAddress", f"lets in every customer of Azure, got {end.shown()}", "use a private endpoint")
    if int(last) - int(first) >= 2**24:
        return fail("endIpAddress", f"makes a range open to the internet, got {end.shown()}", "narrow the range")
    return PASS


def machine(vm: Resource) -> Node:
    """What describes the machine: a VM itself, or the profile of a scale set."""
    return vm.at("virtualMachineProfile") if vm.type.endswith(":VirtualMachineScaleSet") else vm


def is_windows(vm: Resource) -> bool:
    """Whether a VM or scale set runs Windows; one that does not say runs Linux.

    Raises:
        Undetermined: it is not known yet.
    """
    it = machine(vm)
    return it.present("osProfile.windowsConfiguration") or it.get("storageProfile.osDisk.osType") == "Windows"
