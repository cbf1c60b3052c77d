"""Private ways to services: private endpoints, the zones of their names, and private zones of the network's own."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pulumi
from pulumi_azure_native import network, privatedns

from platform_lib.components.vpc.arguments.endpoints import EndpointsArgs
from platform_lib.components.vpc.azure.network import AzureNetwork
from platform_lib.components.vpc.azure.services import private_zones
from platform_lib.components.vpc.room import Site

GLOBAL = "global"
"""The location of what is about names."""


@dataclass
class PrivateNames:
    """The zones of names that only the network knows; each is made once, whoever asks for it.

    Attributes:
        site: with what they are made.
        made: the network that knows the names.
        zones: by domain.
    """

    site: Site
    made: AzureNetwork
    zones: dict[str, privatedns.PrivateZone] = field(default_factory=dict)

    def zone(self, domain: str) -> privatedns.PrivateZone:
        """The zone of a domain, linked to the network. Its name is the domain, not an automatic one."""
        domain = domain.rstrip(".")
        if domain not in self.zones:
            name = self.site.name("zone", domain)
            self.zones[domain] = privatedns.PrivateZone(
                name,
                resource_group_name=self.made.group,
                location=GLOBAL,
                private_zone_name=domain,
                tags=self.site.tags,
                opts=self.site.options(name),
            )
            name = self.site.name("zone-link", domain)
            privatedns.VirtualNetworkLink(
                name,
                resource_group_name=self.made.group,
                private_zone_name=self.zones[domain].name,
                location=GLOBAL,
                virtual_network=privatedns.SubResourceArgs(id=self.made.vnet.id),
                registration_enabled=False,
                tags=self.site.tags,
                opts=self.site.options(name),
            )
        return self.zones[domain]


def make_endpoints(
    site: Site, names: PrivateNames, subnets: Mapping[str, network.Subnet]
) -> Mapping[str, network.PrivateEndpoint]:
    """All private endpoints by key of the plan; service endpoints are part of their subnets."""
    targets = (site.args.endpoints or EndpointsArgs()).targets or {}
    return {
        endpoint.key: make_endpoint(
            site, names, subnets, endpoint.key.lower(), endpoint.service, targets[endpoint.service], endpoint.subnets[0]
        )
        for endpoint in site.plan.interface_endpoints
    }


def make_endpoint(
    site: Site,
    names: PrivateNames,
    subnets: Mapping[str, network.Subnet],
    key: str,
    part: str,
    target: pulumi.Input[str],
    subnet: str,
) -> network.PrivateEndpoint:
    """One private endpoint with its names.

    Args:
        site: with what it is made.
        names: the zones of the network.
        subnets: all of the network's: none is changed any more when an endpoint is put into one.
        key: among the endpoints.
        part: of the service, as Azure spells it.
        target: id of the resource that it leads to.
        subnet: key of the one that it stands in.
    """
    name = site.name("endpoint", key)
    endpoint = network.PrivateEndpoint(
        name,
        resource_group_name=names.made.group,
        location=site.region,
        subnet=network.SubnetArgs(id=subnets[subnet].id),
        private_link_service_connections=[
            network.PrivateLinkServiceConnectionArgs(name=key, private_link_service_id=target, group_ids=[part])
        ],
        tags=site.tags,
        opts=site.options(name, depends_on=last_of(subnets)),
    )
    name = site.name("endpoint-names", key)
    network.PrivateDnsZoneGroup(
        name,
        resource_group_name=names.made.group,
        private_endpoint_name=endpoint.name,
        private_dns_zone_configs=[
            network.PrivateDnsZoneConfigArgs(name=domain.replace(".", "-"), private_dns_zone_id=names.zone(domain).id)
            for domain in private_zones(part, site.region)
        ],
        opts=site.options(name),
    )
    return endpoint


def last_of(subnets: Mapping[str, network.Subnet]) -> Sequence[network.Subnet]:
    """The subnet that all others come before."""
    return list(subnets.values())[-1:]
