"""What reachability has to know of a planned network on AWS beside its routes. Pure."""

from collections.abc import Mapping

from platform_lib.components.vpc.addressing.block import Block
from platform_lib.components.vpc.arguments.account import BlockedAccess
from platform_lib.components.vpc.aws.acl import AclEntry, acl_entries
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.components.vpc.reachability.model import PublicAccess
from platform_lib.components.vpc.reachability.ports import ALL_PORTS, PortSet
from platform_lib.components.vpc.reachability.presets import aws_network_acl
from platform_lib.components.vpc.reachability.rules import (
    ALL_PROTOCOLS,
    WITH_PORTS,
    Action,
    Direction,
    Peer,
    PeerKind,
    Rule,
    RuleSet,
)

_PROTOCOLS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmp", "-1": ALL_PROTOCOLS}


def public_access(plan: VpcPlan) -> PublicAccess:
    """What the switch over the account's internet gateways leaves open.

    With tiers left out of it, nothing is counted as stopped: a proof must not rest on where their traffic passes.
    """
    if plan.blocked_access is None or plan.blocked_access_excluded:
        return PublicAccess.OPEN
    return PublicAccess.BLOCKED if plan.blocked_access is BlockedAccess.BOTH_WAYS else PublicAccess.EGRESS_ONLY


def rule_sets(plan: VpcPlan) -> Mapping[str, RuleSet]:
    """The network ACL of each tier that has rules, entry by entry."""
    return {
        asked.tier: aws_network_acl(
            f"network-acl/{asked.tier}", map(_rule, acl_entries(asked, ipv6=plan.ipv6 is not None))
        )
        for asked in plan.filters
    }


def _rule(entry: AclEntry) -> Rule:
    protocol = _PROTOCOLS[entry.protocol]
    return Rule(
        Direction.IN if entry.inward else Direction.OUT,
        Action.ALLOW if entry.allow else Action.DENY,
        protocol=protocol,
        ports=PortSet.of(*entry.ports) if protocol in WITH_PORTS else ALL_PORTS,
        peers=(Peer(PeerKind.CIDR, block=Block.parse(entry.peer)),),
        priority=entry.number,
        name=f"entry {entry.number}",
    )
