"""The networks of ``network_graphs`` with one thing changed, by the name of the case that needs it."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from platform_lib.components.vpc.reachability.graph import Graph
from platform_lib.components.vpc.reachability.model import Appliance, PublicAccess, Subnet, TargetKind, Workload
from platform_lib.components.vpc.reachability.presets import aws_network_acl
from platform_lib.components.vpc.reachability.rules import Action, Rule, RuleSet, RuleSetKind
from support.network_graphs import (
    aws,
    azure,
    block,
    changed,
    gcp,
    route,
    rule,
    with_route,
    with_rule,
    without_route,
    without_rule,
)


def acl_on(graph: Graph, subnet: str, *rules: Rule) -> Graph:
    """A network ACL of its own on one subnet."""
    graph = replace(graph, rule_sets={**graph.rule_sets, "acl": aws_network_acl("acl", rules)})
    return changed(graph, "subnets", subnet, rule_sets=("acl",))


def open_data() -> Graph:
    """The data tier without its network ACL: only routes and security groups are left."""
    return changed(aws(), "subnets", "data/a", rule_sets=())


def regional_nat() -> Graph:
    return changed(aws(), "nats", "nat", subnet=None)


def inspection() -> Graph:
    """Traffic of the public tier to the head office goes through a firewall appliance that passes tcp/443."""
    graph = aws()
    subnet = Subnet("inspection/a", "main", "inspection", (block("10.0.254.0/28"),), "private", zone="a")
    rules = RuleSet("firewall-rules", RuleSetKind.FIREWALL, (rule("out", "allow", "tcp", "443"),), Action.DENY)
    graph = replace(
        graph,
        subnets={**graph.subnets, subnet.id: subnet},
        rule_sets={**graph.rule_sets, rules.id: rules},
        appliances={"firewall": Appliance("firewall", subnet.id, rules.id)},
    )
    return with_route(graph, "public", route("192.168.0.0/16", TargetKind.APPLIANCE, "firewall"))


def detached(attachment: str) -> Graph:
    """An attachment of the transit gateway without its association."""
    graph = aws()
    transit = graph.transit_gateways["tgw"]
    parts = tuple(replace(one, table="") if one.id == attachment else one for one in transit.attachments)
    return changed(graph, "transit_gateways", "tgw", attachments=parts)


def with_machine(subnet: str, group: str) -> Graph:
    """One more machine, named ``guest``, in a security group."""
    graph = aws()
    return replace(graph, workloads={**graph.workloads, "guest": Workload("guest", subnet, security_groups=(group,))})


_FROM_INSIDE = (rule("in", "allow", "all", "*", "10.0.0.0/16", priority=1), rule("out", "allow", priority=1))

NETWORKS: Mapping[str, Callable[[], Graph]] = {
    "aws": aws,
    "azure": azure,
    "gcp": gcp,
    "open-data": open_data,
    "regional-nat": regional_nat,
    "inspection": inspection,
}

VARIANTS: Mapping[str, Callable[[], Graph]] = {
    "ACL without the answer": lambda: without_rule(aws(), "data-acl", 1),
    "ACL answers to some client ports": lambda: with_rule(
        without_rule(aws(), "data-acl", 1),
        "data-acl",
        rule("out", "allow", "tcp", "49152-65535", "10.0.32.0/20", priority=100),
    ),
    "ACL denies first": lambda: with_rule(aws(), "data-acl", rule("in", "deny", "tcp", "5432", priority=50)),
    "ACL denies too late": lambda: with_rule(aws(), "data-acl", rule("in", "deny", "tcp", "5432", priority=150)),
    "ACL does not look inside its subnet": lambda: acl_on(aws(), "app/a"),
    "a route too many opens data": lambda: with_route(
        open_data(), "isolated", route("0.0.0.0/0", TargetKind.NAT, "nat")
    ),
    "one address routed out": lambda: with_route(open_data(), "isolated", route("8.8.8.8/32", TargetKind.NAT, "nat")),
    "no public address, no way out": lambda: with_route(
        without_route(aws(), "private", "0.0.0.0/0"), "private", route("0.0.0.0/0", TargetKind.INTERNET, "igw")
    ),
    "NAT stands in a subnet without a way out": lambda: without_route(aws(), "public", "0.0.0.0/0"),
    "NAT in a loop": lambda: changed(aws(), "subnets", "public/a", route_table="private"),
    "ACL of the NAT's subnet lets nothing back": lambda: acl_on(aws(), "public/a", *_FROM_INSIDE),
    "ACL of the client sees the server behind the NAT": lambda: acl_on(aws(), "web/a", *_FROM_INSIDE),
    "and behind a regional NAT": lambda: acl_on(regional_nat(), "web/a", *_FROM_INSIDE),
    "IPv6 does not come in by it": lambda: with_rule(aws(), "app", rule("in", "allow")),
    "public access blocked": lambda: changed(aws(), "networks", "main", public_access=PublicAccess.BLOCKED),
    "public access by NAT only": lambda: changed(aws(), "networks", "main", public_access=PublicAccess.EGRESS_ONLY),
    "public access by NAT only, balancer": lambda: changed(
        aws(), "networks", "main", public_access=PublicAccess.EGRESS_ONLY
    ),
    "no endpoint, no s3": lambda: changed(open_data(), "route_tables", "isolated", routes=()),
    "no internet gateway": lambda: replace(aws(), internet_gateways={}),
    "answer leaves by another way": lambda: with_route(
        without_route(aws(), "public", "0.0.0.0/0"), "public", route("0.0.0.0/0", TargetKind.TRANSIT, "tgw")
    ),
    "peering needs the way back": lambda: changed(aws(), "route_tables", "near", routes=()),
    "peering not accepted": lambda: changed(aws(), "peerings", "to-near", active=False),
    "peering is no way to the internet": lambda: with_route(
        aws(), "near", route("0.0.0.0/0", TargetKind.PEERING, "to-near")
    ),
    "peering is no way to the head office": lambda: with_route(
        aws(), "near", route("192.168.0.0/16", TargetKind.PEERING, "to-near")
    ),
    "no association": lambda: detached("main-attachment"),
    "far does not answer": lambda: detached("far-attachment"),
    "head office does not know the way back": lambda: changed(
        aws(), "externals", "head-office", advertised=(block("10.0.0.0/24"),)
    ),
    "ACL at the attachment sees traffic on its way out": lambda: acl_on(
        aws(), "transit/a", rule("in", "deny", priority=1), rule("out", "allow", priority=1)
    ),
    "ACL at the attachment, outbound alone stops answers": lambda: acl_on(
        aws(), "transit/a", rule("in", "allow", priority=1)
    ),
    "azure: data is closed by the route alone": lambda: without_rule(azure(), "data-nsg", 2),
    "azure: without gateway transit": lambda: changed(azure(), "peerings", "spoke-hub", gateway_transit=False),
    "azure: link down": lambda: changed(azure(), "hybrid_links", "expressroute", active=False),
    "gcp: NAT once it has precedence": lambda: changed(
        gcp(), "route_tables", "vpc", routes=gcp().route_tables["vpc"].routes[1:]
    ),
    "NAT carries no IPv6": lambda: with_route(
        without_route(aws(), "private", "::/0"), "private", route("::/0", TargetKind.NAT, "nat")
    ),
    "a group is not seen over a transit gateway": lambda: with_machine("far/a", "web"),
    "a group is seen over a transit gateway that carries it": lambda: changed(
        with_machine("far/a", "web"), "transit_gateways", "tgw", group_references=True
    ),
    "a group is seen over peering": lambda: with_machine("near/a", "web"),
    "a group is not seen over peering of two regions": lambda: changed(
        with_machine("near/a", "web"), "peerings", "to-near", group_references=False
    ),
}
