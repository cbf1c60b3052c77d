"""VPCs: flow logs, subnets, routes, endpoints, VPN."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    is_open,
    judge,
    require_false,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
    undetermined,
)
from policypacks.rules.common.aws_policy import Statement, each_statement
from policypacks.rules.common.tags import tag

ROUTE_TABLE = "aws:ec2/routeTable:RouteTable"
INTERNET_GATEWAY = "aws:ec2/internetGateway:InternetGateway"


@rule("aws-vpc-flow-logs-enabled")
def flow_logs(vpc: Resource) -> Verdict:
    """Every VPC keeps a log of its connections.

    Flow logs are what tells, afterwards, who talked to whom.
    """
    return require_related(
        vpc,
        "aws:ec2/flowLog:FlowLog",
        by="vpcId",
        check=lambda log: require_in(log, "trafficType", ("ALL", "REJECT"), absent=PASS),
    )


@rule("aws-vpc-no-default-vpc")
def no_default_vpc(adopted: Resource) -> Verdict:
    """The default VPC and its subnets are not used.

    Every subnet of the default VPC is public, and everything that forgets to name a network lands there.
    """
    return fail("", "adopts the default network of the account", f"make a network of your own, not a {adopted.name}")


@rule("aws-vpc-subnet-no-auto-public-ip")
def no_auto_public_ip(subnet: Resource) -> Verdict:
    """No subnet gives out public addresses on its own.

    A public address should be a decision about one resource, not a property of where it happens to run.
    """
    return require_false(subnet, "mapPublicIpOnLaunch")


@rule("aws-ec2-instance-no-ipv6-public")
def no_auto_ipv6(subnet: Resource) -> Verdict:
    """No subnet gives out IPv6 addresses on its own, but for public ones.

    IPv6 addresses of AWS are public addresses.
    """
    if "public" in (tag(subnet, "tier"), tag(subnet, "role")):
        return NOT_APPLICABLE
    return require_false(subnet, "assignIpv6AddressOnCreation")


def _is_public_table(table: Resource) -> bool:
    return "public" in (tag(table, "tier"), tag(table, "role"))


def _to_internet(route: Node, name: str) -> bool:
    """Whether a route goes to all addresses; the destination is read under ``name`` and its IPv6 twin."""
    twin = {"cidrBlock": "ipv6CidrBlock", "destinationCidrBlock": "destinationIpv6CidrBlock"}[name]
    return is_open(route.get(name)) or is_open(route.get(twin))


@rule("aws-vpc-no-unrestricted-igw-route", subject=("aws:ec2/route:Route", ROUTE_TABLE))
def no_igw_route(it: Resource) -> Verdict:
    """Only route tables that are tagged as public lead to an internet gateway.

    One such route makes every subnet of the table public, whatever it was meant to be.
    """
    if it.type == ROUTE_TABLE:
        return each(it, "routes", lambda route: _inline_route(it, route), absent=PASS)
    if not _to_internet(it, "destinationCidrBlock") or not it.present("gatewayId"):
        return PASS
    gateways = it.stack.target(it, "gatewayId", INTERNET_GATEWAY)
    if gateways.maybe or (not gateways.sure and not it.facts.property_dependencies.get("gatewayId")):
        if not str(it.get("gatewayId")).startswith("igw-"):
            return PASS
    elif not gateways.sure:
        return PASS  # computed from a gateway of another kind
    tables = it.stack.target(it, "routeTableId", ROUTE_TABLE)
    if tables.maybe and not tables.sure:
        return undetermined("routeTableId")
    return PASS if tables.sure and all(_is_public_table(table) for table in tables.sure) else LEADS_OUT


LEADS_OUT = fail(
    "",
    "leads to an internet gateway from a table that is not tagged as public",
    "tag the table tier=public, or use NAT",
)


def _inline_route(table: Resource, route: Node) -> Verdict:
    if not _to_internet(route, "cidrBlock") or not str(route.get("gatewayId", "")).startswith("igw-"):
        return PASS
    return PASS if _is_public_table(table) else LEADS_OUT


@rule("aws-vpc-peering-routes-least-access")
def peering_routes(it: Resource) -> Verdict:
    """Routes over a peering connection lead to a network, not to everything.

    A wide route hands the peer, and whoever breaks into it, more than was agreed.
    """

    def check(route: Node) -> Verdict:
        if not route.present("vpcPeeringConnectionId"):
            return NOT_APPLICABLE
        for name in ("destinationCidrBlock", "cidrBlock"):
            value = route.get(name)
            if isinstance(value, str) and int(value.partition("/")[2] or 32) <= 8:
                node = route.at(name)
                return fail(node.path, f"is wider than a peer needs, got {node.shown()}", "name the peer's subnets")
        return PASS

    if it.type == ROUTE_TABLE:
        return each(it, "routes", check, absent=PASS)
    return judge(check, it)


@rule("aws-vpc-endpoint-policy-not-open")
def endpoint_policy(endpoint: Resource) -> Verdict:
    """VPC endpoints say who may use them for what.

    An endpoint without a policy lets any identity reach any bucket or key of any account through your network.
    """

    def check(statement: Statement) -> Verdict:
        everything = "*" in statement.actions and statement.everywhere()
        if statement.allow and statement.public and everything and not statement.narrowed():
            return fail(statement.path, "allows everyone everything", "name actions, or add a condition")
        return PASS

    return all_of(require_set(endpoint, "policy"), each_statement(endpoint, "policy", check))


@rule("aws-vpc-endpoint-service-requires-acceptance")
def endpoint_service_acceptance(service: Resource) -> Verdict:
    """Who connects to an endpoint service is accepted by a person.

    Otherwise every permitted account is inside the moment it asks.
    """
    return require_true(service, "acceptanceRequired")


@rule("aws-vpc-block-public-access")
def block_public_access(options: Resource) -> Verdict:
    """VPCs of the account are closed to the internet from outside.

    The option overrules every gateway and route that somebody adds later.
    """
    return require_in(options, "internetGatewayBlockMode", ("block-bidirectional", "block-ingress"))
