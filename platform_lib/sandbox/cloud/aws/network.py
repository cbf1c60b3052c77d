"""VPCs, subnets, gateways, addresses, network ACLs and DHCP options.

Refusals after https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html; sizes and reserved
addresses after
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-cidr-blocks.html and subnet-sizing.html; defaults of the provider
after
the registry pages of the SDK.
"""

from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import Properties, plain
from platform_lib.sandbox.cloud.aws.region import zones
from platform_lib.sandbox.cloud.aws.shared import NETWORK_ACL, SUBNET, VPC, cidr, ec2, network, subnet_of, vpc_of
from platform_lib.sandbox.cloud.eventual import Later
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.cloud.store import Row
from platform_lib.sandbox.protocol import CheckFailure

_ARN = "arn:{partition}:ec2:{region}:{account}:"
_ZONED: Final = (
    "Value ({}) for parameter availabilityZone is invalid. Subnets can currently only be created in "
    "the following availability zones: {}."
)


def _check_vpc(inputs: Properties) -> Iterable[CheckFailure]:
    yield from cidr("cidrBlock", inputs)


def _check_subnet(inputs: Properties) -> Iterable[CheckFailure]:
    yield from cidr("cidrBlock", inputs)


def _admit_vpc(request: Request) -> None:
    block = network(request.get("cidrBlock", ""))
    if block is None and not request.get("ipv4IpamPoolId"):
        raise refuse(ec2("CreateVpc", "MissingParameter", "Either 'cidrBlock' or 'ipv4IpamPoolId' should be provided."))
    if block is not None and not 16 <= block.prefixlen <= 28:
        raise refuse(ec2("CreateVpc", "InvalidVpc.Range", f"The CIDR '{block}' is invalid."))


def _vpc_outputs(request: Request) -> Properties:
    old = plain(request.old.outputs) if request.old is not None else {}
    ids = {
        "defaultNetworkAclId": f"acl-0{request.hex(16, 'acl')}",
        "defaultRouteTableId": f"rtb-0{request.hex(16, 'rtb')}",
        "defaultSecurityGroupId": f"sg-0{request.hex(16, 'sg')}",
    }
    found = {key: old.get(key, value) for key, value in ids.items()}
    found["mainRouteTableId"] = found["defaultRouteTableId"]
    if request.get("assignGeneratedIpv6CidrBlock"):
        block = f"2600:1f18:{request.hex(4, 'v6')}:{request.hex(2, 'v6b')}00::/56"
        found["ipv6CidrBlock"] = old.get("ipv6CidrBlock") or block
        found["ipv6AssociationId"] = old.get("ipv6AssociationId") or f"vpc-cidr-assoc-0{request.hex(16, 'assoc')}"
    else:
        found |= {"ipv6CidrBlock": request.get("ipv6CidrBlock", ""), "ipv6AssociationId": ""}
    return found


def _vpc_created(request: Request, row: Row) -> None:
    """The default security group, network ACL and main route table that come with every VPC."""
    if request.old is not None or request.store.find(
        "aws:ec2/securityGroup:SecurityGroup", row.outputs["defaultSecurityGroupId"]
    ):
        return
    where = {"vpcId": row.id, "ownerId": request.account, "region": request.region, "tags": {}, "tagsAll": {}}
    parts: dict[str, tuple[str, str, Properties]] = {
        "aws:ec2/securityGroup:SecurityGroup": (
            "defaultSecurityGroupId",
            "security-group",
            {"name": "default", "description": "default VPC security group"},
        ),
        "aws:ec2/networkAcl:NetworkAcl": ("defaultNetworkAclId", "network-acl", {"subnetIds": []}),
        "aws:ec2/routeTable:RouteTable": ("defaultRouteTableId", "route-table", {"routes": []}),
    }
    for token, (key, kind, more) in parts.items():
        id_ = row.outputs[key]
        arn = request.arn("ec2", f"{kind}/{id_}")
        outputs = {**where, **more, "id": id_, "arn": arn}
        implied = Row(
            "aws",
            row.scope,
            row.region,
            token,
            id_,
            "",
            {"vpcId": row.id, **more},
            outputs,
            row.created,
            row.modified,
            owner=row.row,
        )
        request.store.add(implied, [(arn, "@")])


def _vpc_blocks(request: Request, vpc: Row) -> list[str]:
    blocks = [vpc.outputs.get("cidrBlock")]
    for row, path in request.store.linked(vpc.id):
        if row.type == "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation" and path == "vpcId":
            blocks.append(row.outputs.get("cidrBlock"))
    return [str(plain(block)) for block in blocks if block]


def _admit_subnet(request: Request) -> None:
    if request.old is not None:
        return
    vpc = next((row for row in request.store.by_id(str(request.get("vpcId"))) if row.type in VPC), None)
    names = [name for name, _ in zones(request.region)]
    zone = request.get("availabilityZone")
    if zone is not None and zone not in names:
        raise refuse(ec2("CreateSubnet", "InvalidParameterValue", _ZONED.format(zone, ", ".join(names))))
    block = network(request.get("cidrBlock", ""))
    if vpc is None or block is None or block.version != 4:
        return
    inside = any(
        outer is not None and outer.version == 4 and block.subnet_of(outer)
        for outer in map(network, _vpc_blocks(request, vpc))
    )
    if not inside or not 16 <= block.prefixlen <= 28:
        raise refuse(ec2("CreateSubnet", "InvalidSubnet.Range", f"The CIDR '{block}' is invalid."))
    for row, path in request.store.linked(vpc.id):
        other = network(plain(row.outputs.get("cidrBlock", ""))) if row.type in SUBNET and path == "vpcId" else None
        if other is not None and other.overlaps(block):
            raise refuse(
                ec2(
                    "CreateSubnet",
                    "InvalidSubnet.Conflict",
                    f"The CIDR '{block}' conflicts with another subnet ({row.id}, {other})",
                )
            )


def _subnet_outputs(request: Request) -> Properties:
    by_name = dict(zones(request.region))
    by_id = {id_: name for name, id_ in by_name.items()}
    zone = request.get("availabilityZone") or by_id.get(str(request.get("availabilityZoneId")))
    zone = zone or request.outputs.get("availabilityZone") or next(iter(by_name), f"{request.region}a")
    return {"availabilityZone": zone, "availabilityZoneId": by_name.get(str(zone), "")}


def _admit_gateway(request: Request) -> None:
    vpc = request.get("vpcId")
    for row, path in request.store.linked(str(vpc)) if vpc else ():
        if row.type in _GATEWAYS and path == "vpcId" and (request.old is None or row.row != request.old.row):
            raise refuse(
                ec2(
                    "AttachInternetGateway",
                    "InvalidParameterValue",
                    f"Network {vpc} already has an internet gateway attached",
                )
            )


_GATEWAYS = (
    "aws:ec2/internetGateway:InternetGateway",
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment",
)


def _admit_nat(request: Request) -> None:
    if request.old is not None:
        return
    allocation, subnet_id = request.get("allocationId"), request.get("subnetId")
    if request.get("connectivityType", "public") != "public" or not subnet_id:
        return
    if not allocation:
        raise refuse(
            ec2("CreateNatGateway", "MissingParameter", "The request must contain the parameter AllocationId.")
        )
    for row, path in request.store.linked(str(allocation)):
        if row.type.endswith(":NatGateway") and path == "allocationId":
            raise refuse(
                ec2(
                    "CreateNatGateway",
                    "Resource.AlreadyAssociated",
                    f"Elastic IP address [{allocation}] is already associated",
                )
            )
    subnet = next((row for row in request.store.by_id(str(subnet_id)) if row.type in SUBNET), None)
    if subnet is None:
        return
    vpc = str(plain(subnet.outputs.get("vpcId", "")))
    if not any(row.type in _GATEWAYS and path == "vpcId" for row, path in request.store.linked(vpc)):
        text = f"Network {vpc} has no Internet gateway attached"
        raise refuse(f"waiting for EC2 NAT Gateway create: unexpected state 'failed': Gateway.NotAttached: {text}")


def _nat_outputs(request: Request) -> Properties:
    store = request.store
    address = next(
        (row for row in store.by_id(str(request.get("allocationId"))) if row.type == "aws:ec2/eip:Eip"), None
    )
    subnet = next((row for row in store.by_id(str(request.get("subnetId"))) if row.type in SUBNET), None)
    block = network(plain(subnet.outputs.get("cidrBlock", ""))) if subnet is not None else None
    private = (
        str(block[4 + int(request.hex(1, "host"), 16) % max(block.num_addresses - 5, 1)]) if block is not None else ""
    )
    return {
        "publicIp": plain(address.outputs.get("publicIp", "")) if address is not None else "",
        "privateIp": request.get("privateIp") or request.outputs.get("privateIp") or private,
        "networkInterfaceId": request.outputs.get("networkInterfaceId") or f"eni-0{request.hex(16, 'eni')}",
        "associationId": request.outputs.get("associationId")
        or (f"eipassoc-0{request.hex(16, 'assoc')}" if address else ""),
        "vpcId": plain(subnet.outputs.get("vpcId", "")) if subnet is not None else request.get("vpcId", ""),
        "secondaryAllocationIds": request.get("secondaryAllocationIds", []),
        "secondaryPrivateIpAddresses": request.get("secondaryPrivateIpAddresses", []),
    }


def _eip_outputs(request: Request) -> Properties:
    old = request.outputs
    octets = [int(request.hex(2, f"ip{part}"), 16) for part in "ab"]
    public = old.get("publicIp") or f"198.{18 + octets[0] % 2}.{octets[1]}.{int(request.hex(2, 'ipc'), 16)}"
    name = public.replace(".", "-")
    place = "compute-1" if request.region == "us-east-1" else f"{request.region}.compute"
    return {
        "publicIp": public,
        "publicDns": f"ec2-{name}.{place}.amazonaws.com",
        "allocationId": request.id,
        "domain": "vpc",
        "networkBorderGroup": request.region,
        "publicIpv4Pool": "amazon",
        "ptrRecord": "",
        "associationId": old.get("associationId", ""),
        "instance": request.get("instance", ""),
        "networkInterface": request.get("networkInterface", ""),
        "privateIp": old.get("privateIp", ""),
        "privateDns": old.get("privateDns", ""),
        "carrierIp": "",
        "customerOwnedIp": "",
    }


def _acl_id(request: Request) -> str:
    return str(request.get("defaultNetworkAclId"))


def _check_acl_rule(inputs: Properties) -> Iterable[CheckFailure]:
    number = inputs.get("ruleNumber")
    if isinstance(number, int) and not 1 <= number <= 32766:
        yield CheckFailure("ruleNumber", f"expected ruleNumber to be in the range (1 - 32766), got {number}")


def _acl_rule_key(request: Request) -> str:
    way = "egress" if request.get("egress") else "ingress"
    return f"acl-rule:{request.get('networkAclId')}:{way}:{request.get('ruleNumber')}"


_ACL = Reference(
    "networkAclId",
    NETWORK_ACL,
    ec2("CreateNetworkAclEntry", "InvalidNetworkAclID.NotFound", "The networkAcl ID '{value}' does not exist"),
)

_PEERING: Final = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"


def _peering_status(request: Request) -> str:
    """A connection is active once either side accepts it; until then it waits."""
    if request.get("autoAccept"):
        return "active"
    return str(request.old.outputs["acceptStatus"]) if request.old is not None else "pending-acceptance"


def _peering_accepted(request: Request, row: Row) -> None:
    """The other side accepts: the connection itself is active from then on."""
    for connection in request.store.by_id(row.id):
        if connection.type == _PEERING and row.outputs["acceptStatus"] == "active":
            connection.outputs = {**connection.outputs, "acceptStatus": "active"}
            request.store.save(connection)


RULES: Final[dict[str, TypeRules]] = {
    "aws:ec2/vpc:Vpc": TypeRules(
        source="AWS VPC user guide, VPC CIDR blocks: /16 to /28",
        input_defaults={"enableDnsSupport": True, "instanceTenancy": "default"},
        arn=_ARN + "vpc/{id}",
        defaults={
            "enableDnsHostnames": False,
            "enableNetworkAddressUsageMetrics": False,
            "ownerId": "{account}",
            "dhcpOptionsId": "dopt-default",
            "ipv6CidrBlockNetworkBorderGroup": "",
        },
        check=_check_vpc,
        admit=_admit_vpc,
        compute=_vpc_outputs,
        created=_vpc_created,
    ),
    "aws:ec2/subnet:Subnet": TypeRules(
        source="AWS VPC user guide, subnet sizing: /16 to /28, inside the VPC, no overlap",
        input_defaults={
            "assignIpv6AddressOnCreation": False,
            "enableDns64": False,
            "ipv6Native": False,
            "enableResourceNameDnsARecordOnLaunch": False,
            "enableResourceNameDnsAaaaRecordOnLaunch": False,
            "mapPublicIpOnLaunch": False,
        },
        references=(vpc_of("CreateSubnet"),),
        arn=_ARN + "subnet/{id}",
        defaults={
            "ownerId": "{account}",
            "ipv6CidrBlock": "",
            "ipv6CidrBlockAssociationId": "",
            "privateDnsHostnameTypeOnLaunch": "ip-name",
        },
        check=_check_subnet,
        admit=_admit_subnet,
        compute=_subnet_outputs,
    ),
    "aws:ec2/internetGateway:InternetGateway": TypeRules(
        source="EC2 API reference, AttachInternetGateway: one gateway a VPC",
        references=(vpc_of("AttachInternetGateway"),),
        arn=_ARN + "internet-gateway/{id}",
        defaults={"ownerId": "{account}", "vpcId": ""},
        admit=_admit_gateway,
    ),
    "aws:ec2/internetGatewayAttachment:InternetGatewayAttachment": TypeRules(
        references=(
            vpc_of("AttachInternetGateway"),
            Reference(
                "internetGatewayId",
                ("aws:ec2/internetGateway:InternetGateway",),
                ec2(
                    "AttachInternetGateway",
                    "InvalidInternetGatewayID.NotFound",
                    "The internetGateway ID '{value}' does not exist",
                ),
                ec2(
                    "DeleteInternetGateway",
                    "DependencyViolation",
                    "The internetGateway '{id}' has dependencies and cannot be deleted.",
                ),
            ),
        ),
        id="{internetGatewayId}:{vpcId}",
        admit=_admit_gateway,
    ),
    "aws:ec2/egressOnlyInternetGateway:EgressOnlyInternetGateway": TypeRules(
        references=(vpc_of("CreateEgressOnlyInternetGateway"),),
        id="eigw-0{hex16}",
    ),
    "aws:ec2/eip:Eip": TypeRules(
        source="addresses come from 198.18.0.0/15, which RFC 2544 keeps for tests: nobody's",
        id="eipalloc-0{hex16}",
        arn=_ARN + "elastic-ip/{id}",
        compute=_eip_outputs,
    ),
    "aws:ec2/natGateway:NatGateway": TypeRules(
        source="AWS VPC user guide, troubleshoot NAT gateways: public ones need an internet gateway in the VPC",
        input_defaults={"connectivityType": "public"},
        references=(
            subnet_of("CreateNatGateway", "subnetId"),
            Reference(
                "allocationId",
                ("aws:ec2/eip:Eip",),
                ec2("CreateNatGateway", "InvalidAllocationID.NotFound", "The allocation ID '{value}' does not exist"),
                ec2("ReleaseAddress", "InvalidIPAddress.InUse", "Address {id} is in use."),
            ),
        ),
        id="nat-0{hex16}",
        admit=_admit_nat,
        compute=_nat_outputs,
        defaults={
            "autoProvisionZones": "",
            "autoScalingIps": "",
            "availabilityMode": "zonal",
            "routeTableId": "",
            "regionalNatGatewayAutoMode": "",
        },
    ),
    "aws:ec2/vpcIpv4CidrBlockAssociation:VpcIpv4CidrBlockAssociation": TypeRules(
        references=(vpc_of("AssociateVpcCidrBlock", blocks=False),),
        id="vpc-cidr-assoc-0{hex16}",
        check=_check_vpc,
    ),
    "aws:ec2/networkAcl:NetworkAcl": TypeRules(
        references=(
            vpc_of("CreateNetworkAcl"),
            subnet_of("ReplaceNetworkAclAssociation", "subnetIds[*]", blocks=False),
        ),
        id="acl-0{hex16}",
        arn=_ARN + "network-acl/{id}",
        defaults={"ownerId": "{account}"},
        equal=frozenset({"subnetIds", "ingress", "egress"}),
    ),
    "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl": TypeRules(
        id=_acl_id,
        arn=_ARN + "network-acl/{id}",
        defaults={"ownerId": "{account}"},
        adopts=True,
        references=(
            Reference(
                "defaultNetworkAclId",
                NETWORK_ACL,
                ec2(
                    "DescribeNetworkAcls", "InvalidNetworkAclID.NotFound", "The networkAcl ID '{value}' does not exist"
                ),
            ),
        ),
        equal=frozenset({"subnetIds", "ingress", "egress"}),
    ),
    "aws:ec2/networkAclRule:NetworkAclRule": TypeRules(
        input_defaults={"egress": False},
        references=(_ACL,),
        id="nacl-{hex10}",
        check=_check_acl_rule,
        unique=_acl_rule_key,
        exists=ec2(
            "CreateNetworkAclEntry",
            "NetworkAclEntryAlreadyExists",
            "The network acl entry identified by {ruleNumber} already exists.",
        ),
    ),
    "aws:ec2/networkAclAssociation:NetworkAclAssociation": TypeRules(
        references=(_ACL, subnet_of("ReplaceNetworkAclAssociation", "subnetId", blocks=False)),
        id="aclassoc-0{hex16}",
    ),
    "aws:ec2/vpcDhcpOptions:VpcDhcpOptions": TypeRules(
        id="dopt-0{hex16}",
        arn=_ARN + "dhcp-options/{id}",
        defaults={"ownerId": "{account}"},
    ),
    "aws:ec2/vpcDhcpOptionsAssociation:VpcDhcpOptionsAssociation": TypeRules(
        references=(
            vpc_of("AssociateDhcpOptions", blocks=False),
            Reference(
                "dhcpOptionsId",
                ("aws:ec2/vpcDhcpOptions:VpcDhcpOptions",),
                ec2(
                    "AssociateDhcpOptions", "InvalidDhcpOptionID.NotFound", "The dhcpOption ID '{value}' does not exist"
                ),
                ec2(
                    "DeleteDhcpOptions",
                    "DependencyViolation",
                    "The dhcpOptions '{id}' has dependencies and cannot be deleted.",
                ),
            ),
        ),
        id="{dhcpOptionsId}-{vpcId}",
        import_ids=lambda inputs: str(inputs.get("vpcId")),
    ),
    _PEERING: TypeRules(
        source="AWS VPC peering guide, lifecycle: a request that nobody accepts expires after 7 days",
        references=(vpc_of("CreateVpcPeeringConnection", blocks=False),),
        id="pcx-0{hex16}",
        defaults={"peerOwnerId": "{account}", "peerRegion": "{region}"},
        compute=lambda request: {"acceptStatus": _peering_status(request)},
        later=(Later("acceptStatus", "pending-acceptance", "expired", 7 * 86_400, since="created"),),
    ),
    "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter": TypeRules(
        references=(
            Reference(
                "vpcPeeringConnectionId",
                (_PEERING,),
                ec2(
                    "AcceptVpcPeeringConnection",
                    "InvalidVpcPeeringConnectionID.NotFound",
                    "The vpcPeeringConnection ID '{value}' does not exist",
                ),
            ),
        ),
        id="{vpcPeeringConnectionId}",
        adopts=True,
        compute=lambda request: {"acceptStatus": _peering_status(request)},
        created=_peering_accepted,
    ),
}
