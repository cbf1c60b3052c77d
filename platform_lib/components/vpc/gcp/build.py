"""A planned network as resources of Google Cloud."""

from platform_lib.components.vpc.gcp import report
from platform_lib.components.vpc.gcp.dns import make_dns
from platform_lib.components.vpc.gcp.egress import make_egress
from platform_lib.components.vpc.gcp.endpoints import make_endpoints
from platform_lib.components.vpc.gcp.filters import make_filters
from platform_lib.components.vpc.gcp.flow_logs import make_flow_log
from platform_lib.components.vpc.gcp.hub import make_hub
from platform_lib.components.vpc.gcp.hybrid import make_links
from platform_lib.components.vpc.gcp.network import make_network
from platform_lib.components.vpc.gcp.sharing import make_sharing
from platform_lib.components.vpc.room import Built, Site


def build_gcp(site: Site) -> Built:
    """Make everything, in reading order."""
    network = make_network(site)
    make_filters(site, network)
    addresses = make_egress(site, network)
    endpoints = make_endpoints(site, network)
    zones = make_dns(site, network)
    flow_log_destination = make_flow_log(site, network)
    make_sharing(site, network)
    hub, links = make_hub(site, network), make_links(site, network)
    return Built(
        network_id=network.network.id,
        network_arn=network.network.self_link,
        subnet_ids={key: subnet.id for key, subnet in network.subnets.items()},
        nat_public_ips=addresses,
        endpoint_ids=endpoints,
        flow_log_destination=flow_log_destination,
        ipv6_cidr=network.network.internal_ipv6_range if site.plan.ipv6 is not None else "",
        private_zone_ids=zones,
        hub_id="" if hub is None else hub.id,
        hub_attachment_id="" if hub is None else hub.attachment_id,
        hub_route_table_ids={} if hub is None else hub.tables,
        vpn_gateway_id=links.gateway_id,
        vpn_addresses=links.vpn_addresses,
        pairing_keys=links.pairing_keys,
        cost_drivers=report.cost_drivers(site.plan, site.args),
        evidence=report.evidence(site.plan),
    )
