"""What the children of a network are in a cloud, once its subnets are known."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final

from platform_lib.components.vpc.addressing.limits import Cloud
from platform_lib.components.vpc.adopting.names import NETWORK
from platform_lib.components.vpc.planning.model import VpcPlan
from platform_lib.operations.network.inventory import Item, Kind, short_link

Subnets = Mapping[str, Item]
Found = Iterator[tuple[str, str]]

ANYWHERE: Final = "0.0.0.0/0"


def children(plan: VpcPlan, network: Item, subnets: Subnets, items: Sequence[Item]) -> dict[str, str]:
    """Ids by the name of the child.

    What would stand for two children stands for none: two tables cannot be one.

    Args:
        plan: of the network.
        network: the existing one.
        subnets: the existing ones by key of the plan.
        items: what is in the cloud.
    """
    found: dict[str, str] = {NETWORK[plan.cloud]: network.id}
    found |= {f"subnet-{key}": one.id for key, one in subnets.items()}
    found |= dict(_FINDERS[plan.cloud](plan, network, subnets, items))
    counts: dict[str, int] = {}
    for name, text in found.items():
        if name != "dhcp-options-association":
            counts[text] = counts.get(text, 0) + 1
    return {name: text for name, text in found.items() if counts.get(text, 1) == 1}


def _only(values: Sequence[Any]) -> Any:
    """The one value; None where there is none or another one."""
    different = set(values)
    return values[0] if len(different) == 1 else None


def _tables(plan: VpcPlan, table_of: Mapping[str, str | None]) -> Iterator[tuple[str, str]]:
    """The table of the plan that all its subnets have."""
    for table in plan.route_tables:
        one = _only([table_of.get(subnet.key) for subnet in plan.subnets if subnet.route_table == table.key])
        if one is not None:
            yield table.key, one


def _aws(plan: VpcPlan, network: Item, subnets: Subnets, items: Sequence[Item]) -> Found:
    ours = [one for one in items if one.get("vpcId") == network.id]
    for one in ours:
        if one.kind is Kind.GROUP and one.name == "default":
            yield "default-security-group", one.id
        if one.kind is Kind.RANGE:
            yield f"range-{str(one.get('cidrBlock')).replace('.', '-').replace('/', '-')}", one.id
    associations = {one.get("subnetId"): one for one in items if one.kind is Kind.ASSOCIATION}
    table_of = {key: associations[one.id].get("routeTableId") for key, one in subnets.items() if one.id in associations}
    for key, one in subnets.items():
        if one.id in associations:
            yield f"route-table-association-{key}", associations[one.id].id
    routes = {one.id for one in items if one.kind is Kind.ROUTE}
    for key, table in _tables(plan, table_of):
        yield f"route-table-{key}", table
        for name, destination in (("default-route", ANYWHERE), ("default-route-ipv6", "::/0")):
            if f"{table}_{destination}" in routes:
                yield f"{name}-{key}", f"{table}_{destination}"
    for kind, name in ((Kind.GATEWAY, "internet-gateway"), (Kind.EGRESS_ONLY, "egress-only-gateway")):
        yield from ((name, one.id) for one in ours if one.kind is kind)
    yield from _aws_nats(plan, subnets, items)
    for endpoint in plan.endpoints:
        same = [one.id for one in ours if one.kind is Kind.ENDPOINT and one.get("serviceName") == endpoint.service_name]
        if len(same) == 1:
            yield f"endpoint-{endpoint.key}", same[0]


def _aws_nats(plan: VpcPlan, subnets: Subnets, items: Sequence[Item]) -> Found:
    """A NAT gateway cannot change its subnet: it is the one that stands where the plan puts it."""
    for nat in plan.nats:
        standing = None if nat.subnet is None else subnets[nat.subnet].id
        same = [one for one in items if one.kind is Kind.NAT and standing and one.get("subnetId") == standing]
        if len(same) == 1:
            yield f"nat-{nat.zone}", same[0].id
            if same[0].get("allocationId"):
                yield f"nat-address-{nat.zone}", str(same[0].get("allocationId"))


def _id_in(item: Item, name: str) -> str | None:
    value = item.get(name)
    return value.get("id") if isinstance(value, Mapping) else None


def _azure(plan: VpcPlan, network: Item, subnets: Subnets, items: Sequence[Item]) -> Found:
    yield "resource-group", network.id[: network.id.lower().index("/providers/")]
    for key, table in _tables(plan, {key: _id_in(one, "routeTable") for key, one in subnets.items()}):
        yield f"route-table-{key}", table
    for subnet in plan.subnets:
        group = _id_in(subnets[subnet.key], "networkSecurityGroup")
        if group is not None:
            yield f"security-group-{subnet.tier}", group
    through = [text for one in subnets.values() if (text := _id_in(one, "natGateway")) is not None]
    nat = _only(through) if through else None
    if nat is not None:
        yield "nat", nat
        gateways = [one for one in items if one.kind is Kind.NAT and one.id.lower() == nat.lower()]
        for one in gateways:
            for number, address in enumerate(one.get("publicIpAddresses") or (), 1):
                yield f"nat-address-{number}", address["id"]


def _gcp(plan: VpcPlan, network: Item, _: Subnets, items: Sequence[Item]) -> Found:
    def is_ours(one: Item) -> bool:
        return short_link(str(one.get("network") or "")) == network.id

    routers = [one for one in items if one.kind is Kind.ROUTER and is_ours(one)]
    routers = [one for one in routers if str(one.get("region")).rpartition("/")[2] == plan.region]
    pairs = [
        (router, nat)
        for router in routers
        for nat in items
        if nat.kind is Kind.NAT and str(nat.get("router")).rpartition("/")[2] == router.name
    ]
    if len(pairs) == 1:
        router, nat = pairs[0]
        yield "router", router.id
        yield "nat", nat.id
        for number, link in enumerate(nat.get("natIps") or (), 1):
            yield f"nat-address-{number}", short_link(link)
    for one in items:
        if one.kind is Kind.ROUTE and is_ours(one) and one.get("destRange") == ANYWHERE and one.get("nextHopGateway"):
            yield "default-route", one.id


_FINDERS: Final[Mapping[Cloud, Callable[[VpcPlan, Item, Subnets, Sequence[Item]], Found]]] = {
    Cloud.AWS: _aws,
    Cloud.AZURE: _azure,
    Cloud.GCP: _gcp,
}
