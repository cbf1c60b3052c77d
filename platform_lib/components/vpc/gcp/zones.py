"""Private zones of a network."""

from collections.abc import Mapping

from pulumi_gcp import dns

from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.room import Site

_TTL_SECONDS = 300


def key_of_domain(domain: str) -> str:
    """The key of a zone among the children."""
    return domain.rstrip(".").replace(".", "-")


def only(network: GcpNetwork) -> dns.ManagedZonePrivateVisibilityConfigArgs:
    """Seen by this network alone."""
    return dns.ManagedZonePrivateVisibilityConfigArgs(
        networks=[dns.ManagedZonePrivateVisibilityConfigNetworkArgs(network_url=network.network.id)]
    )


def make_zone(
    site: Site, network: GcpNetwork, domain: str, records: Mapping[tuple[str, str], list[str]] | None = None
) -> dns.ManagedZone:
    """A private zone with its first records, which are given by name and type."""
    name = site.name("zone", key_of_domain(domain))
    zone = dns.ManagedZone(
        name,
        project=settings(site).project,
        dns_name=f"{domain}.",
        description=f"{domain} in the network {site.plan.name}",
        visibility="private",
        private_visibility_config=only(network),
        labels=site.tags,
        opts=site.options(name, stateful=True),
    )
    for (host, kind), data in (records or {}).items():
        key = f"{key_of_domain(domain)}-{kind.lower()}"
        name = site.name("record", key)
        dns.RecordSet(
            name,
            project=settings(site).project,
            managed_zone=zone.name,
            name=host,
            type=kind,
            ttl=_TTL_SECONDS,
            rrdatas=data,
            opts=site.options(name),
        )
    return zone
