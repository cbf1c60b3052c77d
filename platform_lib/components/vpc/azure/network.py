"""The virtual network with what it stands in, and the record of its addresses."""

from dataclasses import dataclass

import pulumi
from pulumi_azure_native import network, resources

from platform_lib.components.vpc.arguments.account import AzureNetworkArgs
from platform_lib.components.vpc.arguments.dns import DnsArgs
from platform_lib.components.vpc.room import Site


@dataclass(frozen=True)
class AzureNetwork:
    """What everything else stands in: the resource group and the virtual network."""

    group: pulumi.Input[str]
    vnet: network.VirtualNetwork


def group_of(site: Site) -> pulumi.Input[str]:
    """The name of the resource group: the given one, or one of the component's own."""
    given = (site.args.azure or AzureNetworkArgs()).resource_group_name
    if given is not None:
        return given
    name = site.name("resource-group")
    made = resources.ResourceGroup(name, location=site.region, tags=site.tags, opts=site.options(name, guarded=True))
    return made.name


def make_network(site: Site) -> AzureNetwork:
    """The virtual network, without subnets: those are resources of their own."""
    group, plan = group_of(site), site.plan
    prefixes = [*plan.ranges, *([plan.ipv6.cidr] if plan.ipv6 is not None and plan.ipv6.cidr is not None else [])]
    servers = (site.args.dns or DnsArgs()).servers
    ddos = _ddos_plan(site, group)
    name = site.name("network")
    vnet = network.VirtualNetwork(
        name,
        resource_group_name=group,
        location=site.region,
        address_space=network.AddressSpaceArgs(address_prefixes=prefixes),
        dhcp_options=None if servers is None else network.DhcpOptionsArgs(dns_servers=servers),
        enable_ddos_protection=None if ddos is None else True,
        ddos_protection_plan=None if ddos is None else network.SubResourceArgs(id=ddos),
        tags=site.tags,
        opts=site.options(name, guarded=True),
    )
    _record_addresses(site, vnet)
    return AzureNetwork(group, vnet)


def _ddos_plan(site: Site, group: pulumi.Input[str]) -> pulumi.Input[str] | None:
    if not site.args.ddos_plan:
        return None
    given = (site.args.azure or AzureNetworkArgs()).ddos_plan_id
    if given is not None:
        return given
    name = site.name("ddos-plan")
    plan = network.DdosProtectionPlan(
        name, resource_group_name=group, location=site.region, tags=site.tags, opts=site.options(name)
    )
    return plan.id


def _record_addresses(site: Site, vnet: network.VirtualNetwork) -> None:
    """Tell the pool of Virtual Network Manager which ranges are taken.

    They are recorded as they are: a pool that gave them out would choose them
    (https://learn.microsoft.com/azure/virtual-network-manager/concept-ip-address-management).
    """
    pool = site.args.address.ipam_pool_id if site.args.address is not None else None
    if pool is None:
        return
    name = site.name("address-record")
    network.StaticCidr(
        name,
        resource_group_name=part_of(pool, "resourceGroups"),
        network_manager_name=part_of(pool, "networkManagers"),
        pool_name=part_of(pool, "ipamPools"),
        static_cidr_name=vnet.name,  # others write into the pool too
        properties=network.StaticCidrPropertiesArgs(
            address_prefixes=list(site.plan.ranges), description=f"The network {site.plan.name}"
        ),
        opts=site.options(name),
    )


def part_of(resource_id: pulumi.Input[str], kind: str) -> pulumi.Output[str]:
    """The name that stands behind a word in the id of a resource."""

    def find(text: str) -> str:
        parts = text.split("/")
        names = {word.lower(): name for word, name in zip(parts[1::2], parts[2::2], strict=False)}
        found = names.get(kind.lower())
        if found is None:
            raise pulumi.RunError(f"not the id of a resource with {kind}, got {text!r}")
        return found

    return pulumi.Output.from_input(resource_id).apply(find)
