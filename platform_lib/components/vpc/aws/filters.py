"""Network ACLs of the tiers that have rules."""

from pulumi_aws import ec2

from platform_lib.components.vpc.aws.acl import AclEntry, acl_entries
from platform_lib.components.vpc.aws.network import AwsNetwork
from platform_lib.components.vpc.room import Site


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
            ingress=[
                ec2.NetworkAclIngressArgs(
                    rule_no=one.number,
                    action=_action(one),
                    protocol=one.protocol,
                    from_port=one.ports[0],
                    to_port=one.ports[1],
                    cidr_block=None if ":" in one.peer else one.peer,
                    ipv6_cidr_block=one.peer if ":" in one.peer else None,
                    icmp_type=_any_message(one),
                    icmp_code=_any_message(one),
                )
                for one in entries
                if one.inward
            ],
            egress=[
                ec2.NetworkAclEgressArgs(
                    rule_no=one.number,
                    action=_action(one),
                    protocol=one.protocol,
                    from_port=one.ports[0],
                    to_port=one.ports[1],
                    cidr_block=None if ":" in one.peer else one.peer,
                    ipv6_cidr_block=one.peer if ":" in one.peer else None,
                    icmp_type=_any_message(one),
                    icmp_code=_any_message(one),
                )
                for one in entries
                if not one.inward
            ],
            tags=site.tags_of(name, tier=asked.tier),
            opts=site.options(name),
        )


def _action(entry: AclEntry) -> str:
    return "allow" if entry.allow else "deny"


def _any_message(entry: AclEntry) -> int | None:
    return -1 if entry.protocol in ("1", "58") else None
