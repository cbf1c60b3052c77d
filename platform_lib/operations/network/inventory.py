"""What is in a cloud, as far as networks go: from the sandbox cloud, or from what a cloud's own CLI printed.

Every item has the names of Pulumi's properties, whichever way it came. Files hold the output of:

- AWS: ``aws ec2 describe-vpcs``, ``describe-subnets``, ``describe-route-tables``, ``describe-internet-gateways``,
  ``describe-egress-only-internet-gateways``, ``describe-nat-gateways``, ``describe-vpc-endpoints``,
  ``describe-security-groups``;
- Azure: ``az network vnet show`` or ``list``, ``az network nat gateway list``;
- Google Cloud, with ``--format json``: ``gcloud compute networks list``, ``networks subnets list``, ``routers list``,
  ``routes list``.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from platform_lib.core.values import plain
from platform_lib.operations.errors import InputError
from platform_lib.sandbox.cloud.cloud import Cloud


class Kind(StrEnum):
    """What an item is."""

    NETWORK = "network"
    RANGE = "range"
    SUBNET = "subnet"
    TABLE = "route table"
    ASSOCIATION = "route table association"
    ROUTE = "route"
    GATEWAY = "internet gateway"
    EGRESS_ONLY = "egress-only gateway"
    NAT = "nat gateway"
    ROUTER = "router"
    ENDPOINT = "endpoint"
    GROUP = "security group"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing in the cloud.

    Attributes:
        kind: what it is.
        id: what a provider imports it by.
        values: its properties by Pulumi's names.
    """

    kind: Kind
    id: str
    values: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name, or the tag that stands for one."""
        tags = self.values.get("tags") or {}
        return str(self.values.get("name") or tags.get("Name") or "")

    def get(self, name: str) -> Any:
        """A property; None where it has none."""
        return self.values.get(name)


_TYPES: Final[Mapping[str, Kind]] = {
    "aws:ec2/vpc:Vpc": Kind.NETWORK,
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": Kind.RANGE,
    "aws:ec2/subnet:Subnet": Kind.SUBNET,
    "aws:ec2/routeTable:RouteTable": Kind.TABLE,
    "aws:ec2/routeTableAssociation:RouteTableAssociation": Kind.ASSOCIATION,
    "aws:ec2/route:Route": Kind.ROUTE,
    "aws:ec2/internetGateway:InternetGateway": Kind.GATEWAY,
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": Kind.EGRESS_ONLY,
    "aws:ec2/natGateway:NatGateway": Kind.NAT,
    "aws:ec2/vpcEndpoint:VpcEndpoint": Kind.ENDPOINT,
    "azure-native:network:VirtualNetwork": Kind.NETWORK,
    "azure-native:network:Subnet": Kind.SUBNET,
    "azure-native:network:NatGateway": Kind.NAT,
    "gcp:compute/network:Network": Kind.NETWORK,
    "gcp:compute/subnetwork:Subnetwork": Kind.SUBNET,
    "gcp:compute/router:Router": Kind.ROUTER,
    "gcp:compute/routerNat:RouterNat": Kind.NAT,
    "gcp:compute/route:Route": Kind.ROUTE,
}


def sandbox_items(cloud: Cloud) -> list[Item]:
    """The networks of the sandbox cloud."""
    found = []
    for row in cloud.ls():
        kind = _TYPES.get(row.type)
        if kind is not None:
            values = {**plain(row.inputs), **plain(row.outputs)}
            found.append(Item(kind, _import_id(kind, row.id, values), values))
            if row.type == "aws:ec2/vpc:Vpc":
                group = {"vpcId": row.id, "name": "default"}
                found.append(Item(Kind.GROUP, values["defaultSecurityGroupId"], group))
    return found


def _import_id(kind: Kind, id_: str, values: Mapping[str, Any]) -> str:
    """What AWS imports by, where that is not the id."""
    if kind is Kind.ASSOCIATION:
        return f"{values.get('subnetId')}/{values.get('routeTableId')}"
    if kind is Kind.ROUTE and "routeTableId" in values:
        return (
            f"{values['routeTableId']}_{values.get('destinationCidrBlock') or values.get('destinationIpv6CidrBlock')}"
        )
    return id_


def read_items(paths: Sequence[Path]) -> list[Item]:
    """The networks in files that a cloud's CLI printed.

    Raises:
        InputError: a file cannot be read, or nothing in it is known.
    """
    found: list[Item] = []
    for path in paths:
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError) as error:
            raise InputError(f"inventory: {path}: cannot be read, {error}; give what the CLI printed as JSON") from None
        items = list(_known(content))
        if not items:
            raise InputError(
                f"inventory: {path}: holds nothing of a network; see 'platform network adopt --help' for the commands"
            )
        found += items
    return found


def _known(content: Any) -> Iterator[Item]:
    if isinstance(content, list):
        for one in content:
            yield from _known(one)
    elif isinstance(content, dict):
        kind, type_ = str(content.get("kind", "")), str(content.get("type", ""))
        if kind.startswith("compute#"):
            yield from _gcp(kind.removeprefix("compute#"), content)
        elif type_.lower().startswith("microsoft.network/"):
            yield from _azure(type_.partition("/")[2].lower(), content)
        else:
            for key, read in _AWS.items():
                for one in content.get(key) or ():
                    yield from read(_lowered(one))


def _lowered(value: Any) -> Any:
    """Names of AWS as Pulumi writes them, tags as a map."""
    if isinstance(value, list):
        return [_lowered(one) for one in value]
    if not isinstance(value, dict):
        return value
    made = {key[:1].lower() + key[1:]: _lowered(one) for key, one in value.items() if key != "Tags"}
    if "Tags" in value:
        made["tags"] = {one["Key"]: one["Value"] for one in value["Tags"] or ()}
    return made


def _aws_vpc(one: Mapping[str, Any]) -> Iterator[Item]:
    yield Item(Kind.NETWORK, one["vpcId"], one)
    for more in one.get("cidrBlockAssociationSet") or ():
        if more["cidrBlock"] != one["cidrBlock"]:
            values = {"vpcId": one["vpcId"], "cidrBlock": more["cidrBlock"]}
            yield Item(Kind.RANGE, more["associationId"], values)


def _aws_table(one: Mapping[str, Any]) -> Iterator[Item]:
    table = one["routeTableId"]
    yield Item(Kind.TABLE, table, one)
    for more in one.get("associations") or ():
        if more.get("subnetId"):
            values = {"subnetId": more["subnetId"], "routeTableId": table}
            yield Item(Kind.ASSOCIATION, _import_id(Kind.ASSOCIATION, "", values), values)
    for more in one.get("routes") or ():
        if more.get("gatewayId") != "local" and more.get("origin", "CreateRoute") == "CreateRoute":
            values = {**more, "routeTableId": table}
            yield Item(Kind.ROUTE, _import_id(Kind.ROUTE, "", values), values)


def _aws_gateway(kind: Kind, key: str, one: Mapping[str, Any]) -> Iterator[Item]:
    for more in one.get("attachments") or ():
        yield Item(kind, one[key], {**one, "vpcId": more["vpcId"]})


def _aws_nat(one: Mapping[str, Any]) -> Iterator[Item]:
    if one.get("state") in (None, "available", "pending"):
        addresses = one.get("natGatewayAddresses") or [{}]
        yield Item(Kind.NAT, one["natGatewayId"], {**one, "allocationId": addresses[0].get("allocationId")})


_AWS: Final[Mapping[str, Callable[[Mapping[str, Any]], Iterable[Item]]]] = {
    "Vpcs": _aws_vpc,
    "Subnets": lambda one: [Item(Kind.SUBNET, one["subnetId"], one)],
    "RouteTables": _aws_table,
    "InternetGateways": lambda one: _aws_gateway(Kind.GATEWAY, "internetGatewayId", one),
    "EgressOnlyInternetGateways": lambda one: _aws_gateway(Kind.EGRESS_ONLY, "egressOnlyInternetGatewayId", one),
    "NatGateways": _aws_nat,
    "VpcEndpoints": lambda one: [Item(Kind.ENDPOINT, one["vpcEndpointId"], one)],
    "SecurityGroups": lambda one: [Item(Kind.GROUP, one["groupId"], {**one, "name": one["groupName"]})],
}
"""What the keys of ``aws ec2 describe-...`` hold (https://docs.aws.amazon.com/cli/latest/reference/ec2/)."""


def _azure(type_: str, one: Mapping[str, Any]) -> Iterator[Item]:
    if type_ == "virtualnetworks":
        yield Item(Kind.NETWORK, one["id"], one)
        for subnet in one.get("subnets") or ():
            yield Item(Kind.SUBNET, subnet["id"], subnet)
    elif type_ == "natgateways":
        yield Item(Kind.NAT, one["id"], one)


def _gcp(kind: str, one: Mapping[str, Any]) -> Iterator[Item]:
    id_ = short_link(one["selfLink"])
    if kind in ("network", "subnetwork", "route"):
        kinds = {"network": Kind.NETWORK, "subnetwork": Kind.SUBNET, "route": Kind.ROUTE}
        yield Item(kinds[kind], id_, one)
    elif kind == "router":
        yield Item(Kind.ROUTER, id_, one)
        for nat in one.get("nats") or ():
            yield Item(Kind.NAT, f"{id_}/{nat['name']}", {**nat, "router": one["name"]})


def short_link(link: str) -> str:
    """The id within a link of Google Cloud: ``projects/...``."""
    return link[link.index("projects/") :] if "projects/" in link else link
