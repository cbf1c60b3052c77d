"""Name resolution: server policy, private zones, domains asked for elsewhere, names that are not answered."""

from collections.abc import Mapping

import pulumi
from pulumi_gcp import dns

from platform_lib.components.vpc.arguments.dns import DnsArgs, DnsFirewallArgs, ResolverRuleArgs
from platform_lib.components.vpc.gcp.network import GcpNetwork, settings
from platform_lib.components.vpc.gcp.zones import key_of_domain, make_zone, only
from platform_lib.components.vpc.room import Site

_TTL_SECONDS = 300
_NOWHERE = {"A": "0.0.0.0", "AAAA": "::"}  # noqa: S104 - an answer, not a socket


def make_dns(site: Site, network: GcpNetwork) -> Mapping[str, pulumi.Output[str]]:
    """Everything about names; gives the ids of the private zones by domain."""
    asked = site.args.dns or DnsArgs()
    _make_policy(site, network, asked)
    zones = {domain: make_zone(site, network, domain).id for domain in asked.private_zones or ()}
    for rule in (asked.resolver.rules if asked.resolver is not None else None) or ():
        _make_forwarding_zone(site, network, rule)
    if asked.firewall is not None:
        _make_response_policy(site, network, asked.firewall)
    return zones


def _make_policy(site: Site, network: GcpNetwork, asked: DnsArgs) -> None:
    """A network has one server policy, which writes the log of queries too."""
    name = site.name("dns-policy")
    servers = [
        dns.PolicyAlternativeNameServerConfigTargetNameServerArgs(ipv4_address=server) for server in asked.servers or ()
    ]
    dns.Policy(
        name,
        project=settings(site).project,
        description=f"Names in the network {site.plan.name}",
        enable_logging=True,
        enable_inbound_forwarding=bool(asked.resolver is not None and asked.resolver.inbound),
        alternative_name_server_config=dns.PolicyAlternativeNameServerConfigArgs(target_name_servers=servers)
        if servers
        else None,
        networks=[dns.PolicyNetworkArgs(network_url=network.network.id)],
        opts=site.options(name),
    )


def _make_forwarding_zone(site: Site, network: GcpNetwork, rule: ResolverRuleArgs) -> None:
    name = site.name("forwarding-zone", rule.name)
    dns.ManagedZone(
        name,
        project=settings(site).project,
        dns_name=f"{rule.domain.rstrip('.')}.",
        description=f"{rule.domain} asked for by the network {site.plan.name}",
        visibility="private",
        private_visibility_config=only(network),
        forwarding_config=dns.ManagedZoneForwardingConfigArgs(
            target_name_servers=[
                # by the network's routes, never over the internet
                dns.ManagedZoneForwardingConfigTargetNameServerArgs(ipv4_address=target, forwarding_path="private")
                for target in rule.targets
            ]
        ),
        labels=site.tags,
        opts=site.options(name),
    )


def response_policy_name(network: str) -> str:
    """The name of the policy, which the API wants from us: unique in the project."""
    return f"{network}-firewall"


def _make_response_policy(site: Site, network: GcpNetwork, asked: DnsFirewallArgs) -> None:
    project = settings(site).project
    name = site.name("dns-firewall")
    policy = dns.ResponsePolicy(
        name,
        response_policy_name=response_policy_name(site.plan.name),
        project=project,
        description=f"Names that the network {site.plan.name} does not answer",
        networks=[dns.ResponsePolicyNetworkArgs(network_url=network.network.id)],
        opts=site.options(name),
    )
    for domain in asked.blocked or ():
        name = site.name("dns-blocked", _key(domain))
        host = "*." if domain == "*" else f"{domain}."
        dns.ResponsePolicyRule(
            name,
            response_policy=policy.response_policy_name,
            rule_name=name,
            project=project,
            dns_name=host,
            local_data=dns.ResponsePolicyRuleLocalDataArgs(
                local_datas=[
                    dns.ResponsePolicyRuleLocalDataLocalDataArgs(
                        name=host, type=kind, ttl=_TTL_SECONDS, rrdatas=[address]
                    )
                    for kind, address in _NOWHERE.items()
                ]
            ),
            opts=site.options(name),
        )
    for domain in asked.allowed or ():
        name = site.name("dns-allowed", _key(domain))
        dns.ResponsePolicyRule(
            name,
            response_policy=policy.response_policy_name,
            rule_name=name,
            project=project,
            dns_name=f"{domain}.",
            behavior="bypassResponsePolicy",
            opts=site.options(name),
        )


def _key(domain: str) -> str:
    return key_of_domain(domain.replace("*", "all"))
