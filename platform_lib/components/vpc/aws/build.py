"""A planned network as resources of AWS."""

from platform_lib.components.vpc.aws import report
from platform_lib.components.vpc.aws.egress import make_egress
from platform_lib.components.vpc.aws.endpoints import make_endpoints
from platform_lib.components.vpc.aws.flow_logs import make_flow_log
from platform_lib.components.vpc.aws.hub import make_hub
from platform_lib.components.vpc.aws.hybrid import make_links
from platform_lib.components.vpc.aws.network import make_network
from platform_lib.components.vpc.room import Built, Site


def build_aws(site: Site) -> Built:
    """Make everything, in reading order."""
    network = make_network(site)
    addresses = make_egress(site, network)
    endpoints = make_endpoints(site, network)
    log = make_flow_log(site, network)
    hub = make_hub(site, network, log)
    links = make_links(site, network, hub)
    return Built(
        network_id=network.vpc.id,
        network_arn=network.vpc.arn,
        subnet_ids={key: subnet.id for key, subnet in network.subnets.items()},
        route_table_ids={key: table.id for key, table in network.route_tables.items()},
        nat_public_ips={zone: address.public_ip for zone, address in addresses.items()},
        endpoint_ids={key: endpoint.id for key, endpoint in endpoints.items()},
        flow_log_destination="" if log is None else log.destination,
        hub_id="" if hub is None else hub.id,
        hub_attachment_id="" if hub is None else hub.attachment_id,
        hub_route_table_ids={} if hub is None else hub.tables,
        vpn_gateway_id=links.gateway_id,
        vpn_addresses=links.vpn_addresses,
        cost_drivers=report.cost_drivers(site.plan),
        evidence=report.evidence(site.plan),
    )
