"""The default VPC that every account has in every region, made when it is first asked for.

https://docs.aws.amazon.com/vpc/latest/userguide/default-vpc.html: 172.31.0.0/16, one public /20 subnet a zone, an
internet
gateway, the default security group.
"""

import hashlib
from typing import Final

from platform_lib.core.values import Properties
from platform_lib.sandbox.cloud.aws.region import zones
from platform_lib.sandbox.cloud.aws.shared import VPC
from platform_lib.sandbox.cloud.model import Session
from platform_lib.sandbox.cloud.store import Row, Store

OF_THE_ACCOUNT: Final = -1
"""Owner of rows that nobody made: they are not listed among what programs made."""


def _id(prefix: str, *parts: str) -> str:
    return f"{prefix}-0{hashlib.blake2b('|'.join((prefix, *parts)).encode(), digest_size=8).hexdigest()}"


def default_vpc(store: Store, session: Session, region: str, stamp: str) -> str:
    """The id of the default VPC of a region; it is stored with its parts when it was not yet."""
    account = session.scope
    vpc_id = _id("vpc", account, region)
    if store.find(VPC[0], vpc_id, account, region) is not None:
        return vpc_id
    arn = f"arn:{session.partition}:ec2:{region}:{account}:"
    common: Properties = {"ownerId": account, "region": region, "tags": {}, "tagsAll": {}, "vpcId": vpc_id}
    group_id, table_id, acl_id = (_id(prefix, account, region) for prefix in ("sg", "rtb", "acl"))

    def add(token: str, id_: str, kind: str, inputs: Properties, outputs: Properties) -> None:
        filled = {**common, **inputs, **outputs, "id": id_, "arn": f"{arn}{kind}/{id_}"}
        row = Row("aws", account, region, token, id_, "", inputs, filled, stamp, stamp, owner=OF_THE_ACCOUNT)
        links = [(vpc_id, "vpcId")] if "vpcId" in inputs else []
        store.add(row, [*links, (filled["arn"], "@")])

    with store.transaction():
        made: Properties = {
            "default": True,
            "defaultSecurityGroupId": group_id,
            "defaultNetworkAclId": acl_id,
            "mainRouteTableId": table_id,
            "defaultRouteTableId": table_id,
            "enableDnsSupport": True,
            "enableDnsHostnames": True,
            "instanceTenancy": "default",
            "dhcpOptionsId": "dopt-default",
            "ipv6CidrBlock": "",
            "ipv6AssociationId": "",
        }
        add(VPC[0], vpc_id, "vpc", {"cidrBlock": "172.31.0.0/16"}, made)
        own = {"vpcId": vpc_id}
        text = {"name": "default", "description": "default VPC security group", "ingress": [], "egress": []}
        add("aws:ec2/securityGroup:SecurityGroup", group_id, "security-group", {**own, **text}, {})
        add("aws:ec2/routeTable:RouteTable", table_id, "route-table", own, {"routes": []})
        add("aws:ec2/internetGateway:InternetGateway", _id("igw", account, region), "internet-gateway", own, {})
        for index, (zone, zone_id) in enumerate(zones(region)):
            block: Properties = {**own, "cidrBlock": f"172.31.{16 * index}.0/20", "availabilityZone": zone}
            more = {
                "availabilityZoneId": zone_id,
                "mapPublicIpOnLaunch": True,
                "defaultForAz": True,
                "ipv6CidrBlock": "",
            }
            add("aws:ec2/subnet:Subnet", _id("subnet", account, zone), "subnet", block, more)
    return vpc_id
