"""Network ACLs of the tiers that have rules."""

from typing import Any, Final

from pulumi_aws import ec2

from platform_lib.components.vpc.aws.acl import AclEntry, acl_entries
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.room import Site

_MESSAGES: Final = ("1", "58")
"""ICMP for both versions of IP."""


def make_filters(site: Site, network: AwsNetwork) -> None:
    """A network ACL for each tier with rules; the subnets of others keep the default one, which lets all pass."""
    for asked in site.plan.filters:
        entries = acl_entries(asked, ipv6=site.plan.ipv6 is not None)
        name = site.name("network-acl", asked.tier)
        ec2.NetworkAcl(
            name,
            region=site.region,
            vpc_id=network.vpc.id,
            subnet_ids=[network.subnets[subnet.key].id for subnet in site.plan.subnets_of(asked.tier)],
            ingress=[ec2.NetworkAclIngressArgs(**_fields(one)) for one in entries if one.inward],
            egress=[ec2.NetworkAclEgressArgs(**_fields(one)) for one in entries if not one.inward],
            tags=site.tags_of(name, tier=asked.tier),
            opts=site.options(name),
        )


def _fields(entry: AclEntry) -> dict[str, Any]:
    """An entry in the words of the SDK, which has the same for both directions."""
    message = -1 if entry.protocol in _MESSAGES else None  # any of its messages
    ipv6 = ":" in entry.peer
    return {
        "rule_no": entry.number,
        "action": "allow" if entry.allow else "deny",
        "protocol": entry.protocol,
        "from_port": entry.ports[0],
        "to_port": entry.ports[1],
        "cidr_block": None if ipv6 else entry.peer,
        "ipv6_cidr_block": entry.peer if ipv6 else None,
        "icmp_type": message,
        "icmp_code": message,
    }
