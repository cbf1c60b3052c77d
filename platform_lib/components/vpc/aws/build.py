"""A planned network as resources of AWS."""

from platform_lib.components.vpc.aws import report
from platform_lib.components.vpc.aws.account import make_public_access_block, make_sharing
from platform_lib.components.vpc.aws.dns import make_dns_firewall, make_resolver, make_zones
from platform_lib.components.vpc.aws.egress import make_egress
from platform_lib.components.vpc.aws.endpoints import make_endpoints
from platform_lib.components.vpc.aws.filters import make_filters
from platform_lib.components.vpc.aws.flow_logs import make_flow_log
from platform_lib.components.vpc.aws.hub import make_hub
from platform_lib.components.vpc.aws.hybrid import make_links
from platform_lib.components.vpc.aws.network import make_network
from platform_lib.components.vpc.room import Built, Site


def build_aws(site: Site) -> Built:
    """Make everything, in reading order."""
    network = make_network(site)
    make_filters(site, network)
    addresses = make_egress(site, network)
    make_public_access_block(site, network)
    endpoints = make_endpoints(site, network)
    zones = make_zones(site, network)
    resolver_addresses = make_resolver(site, network)
    make_dns_firewall(site, network)
    log = make_flow_log(site, network)
    hub = make_hub(site, network, log)
    links = make_links(site, network, hub)
    make_sharing(site, network)
    return Built(
        network_id=network.vpc.id,
        network_arn=network.vpc.arn,
        subnet_ids={key: subnet.id for key, subnet in network.subnets.items()},
        route_table_ids={key: table.id for key, table in network.route_tables.items()},
        nat_public_ips=addresses,
        endpoint_ids={key: endpoint.id for key, endpoint in endpoints.items()},
        ipv6_cidr="" if site.plan.ipv6 is None else network.vpc.ipv6_cidr_block,
        private_zone_ids=zones,
        resolver_addresses=resolver_addresses,
        flow_log_destination="" if log is None else log.destination,
        hub_id="" if hub is None else hub.id,
        hub_attachment_id="" if hub is None else hub.attachment_id,
        hub_route_table_ids={} if hub is None else hub.tables,
        vpn_gateway_id=links.gateway_id,
        vpn_addresses=links.vpn_addresses,
        cost_drivers=report.cost_drivers(site.plan, site.args),
        evidence=report.evidence(site.plan),
    )
