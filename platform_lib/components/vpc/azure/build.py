"""A planned network as resources of Azure."""

from platform_lib.components.vpc.azure import report
from platform_lib.components.vpc.azure.dns import make_dns_firewall, make_private_zones, make_resolver
from platform_lib.components.vpc.azure.egress import make_egress
from platform_lib.components.vpc.azure.endpoints import PrivateNames, make_endpoints
from platform_lib.components.vpc.azure.filters import make_security_groups
from platform_lib.components.vpc.azure.flow_logs import make_flow_log
from platform_lib.components.vpc.azure.hub import make_hub
from platform_lib.components.vpc.azure.hybrid import make_links
from platform_lib.components.vpc.azure.network import make_network
from platform_lib.components.vpc.azure.subnets import make_route_tables, make_subnets
from platform_lib.components.vpc.room import Built, Site


def build_azure(site: Site) -> Built:
    """Make everything, in reading order."""
    network = make_network(site)
    groups, tables, egress = (
        make_security_groups(site, network),
        make_route_tables(site, network),
        make_egress(site, network),
    )
    subnets = make_subnets(site, network, tables, groups, egress)
    names = PrivateNames(site, network)
    zones = make_private_zones(site, names)
    endpoints = make_endpoints(site, names, subnets)
    resolver_addresses = make_resolver(site, network, subnets)
    make_dns_firewall(site, network)
    flow_log_destination = make_flow_log(site, network, names, subnets)
    hub, links = make_hub(site, network, subnets), make_links(site, network, subnets)
    ipv6 = site.plan.ipv6
    return Built(
        network_id=network.vnet.id,
        network_arn=network.vnet.id,
        subnet_ids={key: subnet.id for key, subnet in subnets.items()},
        route_table_ids={key: table.id for key, table in tables.items()},
        nat_public_ips=egress.addresses,
        endpoint_ids={key: endpoint.id for key, endpoint in endpoints.items()},
        flow_log_destination=flow_log_destination,
        ipv6_cidr="" if ipv6 is None or ipv6.cidr is None else ipv6.cidr,
        private_zone_ids=zones,
        resolver_addresses=resolver_addresses,
        hub_id="" if hub is None else hub.id,
        hub_attachment_id="" if hub is None else hub.attachment_id,
        hub_route_table_ids={} if hub is None else hub.tables,
        vpn_gateway_id=links.gateway_id,
        vpn_addresses=links.vpn_addresses,
        cost_drivers=report.cost_drivers(site.plan, site.args),
        evidence=report.evidence(site.plan, site.args),
    )
