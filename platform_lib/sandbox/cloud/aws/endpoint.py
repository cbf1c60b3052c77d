"""VPC endpoints: gateway and interface ones (VPC user guide, AWS PrivateLink)."""

import hashlib
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import UNKNOWN, Properties
from platform_lib.sandbox.cloud.aws.region import zones
from platform_lib.sandbox.cloud.aws.shared import ROUTE_TABLE, SUBNET, ec2, group_of, subnet_of, vpc_of
from platform_lib.sandbox.cloud.model import Reference, Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

_TYPES: Final = ("Gateway", "GatewayLoadBalancer", "Interface", "Resource", "ServiceNetwork")
_GATEWAY_SERVICES: Final = ("s3", "dynamodb")
"""Services that have gateway endpoints (AWS PrivateLink guide, gateway endpoints)."""


def _check(inputs: Properties) -> Iterable[CheckFailure]:
    kind = inputs.get("vpcEndpointType", "Gateway")
    if kind is not UNKNOWN and kind not in _TYPES:
        yield CheckFailure("vpcEndpointType", f"expected vpcEndpointType to be one of {list(_TYPES)}, got {kind}")
    if kind == "Gateway":
        for key in ("subnetIds", "securityGroupIds"):
            if inputs.get(key):
                yield CheckFailure(key, "a gateway endpoint has route tables, no subnets and no security groups")
    if kind == "Interface" and inputs.get("routeTableIds"):
        yield CheckFailure("routeTableIds", "an interface endpoint has subnets, no route tables")


def _admit(request: Request) -> None:
    service, kind = str(request.get("serviceName", "")), request.get("vpcEndpointType", "Gateway")
    own = f"com.amazonaws.{request.get('serviceRegion') or request.region}."
    alien = service.startswith("com.amazonaws.") and not service.startswith(
        (own, "com.amazonaws.vpce.", "com.amazonaws.s3-global")
    )
    short = service.removeprefix(own)
    if alien or (
        kind == "Gateway" and service and short not in _GATEWAY_SERVICES and not short.startswith("s3express")
    ):
        raise refuse(
            ec2("CreateVpcEndpoint", "InvalidServiceName", f"The Vpc Endpoint Service '{service}' does not exist")
        )
    seen: dict[str, str] = {}
    for subnet_id in request.get("subnetIds", []):
        row = next((row for row in request.store.by_id(str(subnet_id)) if row.type in SUBNET), None)
        zone = str(row.outputs.get("availabilityZone")) if row is not None else str(subnet_id)
        if zone in seen and seen[zone] != subnet_id:
            raise refuse(
                ec2(
                    "CreateVpcEndpoint",
                    "DuplicateSubnetsInSameZone",
                    f"Found another VPC endpoint subnet in the availability zone of {subnet_id}. VPC endpoint "
                    f"subnets should be in different availability zones supported by the VPC endpoint service.",
                )
            )
        seen[zone] = str(subnet_id)


def _outputs(request: Request) -> Properties:
    kind = request.get("vpcEndpointType", "Gateway")
    service = str(request.get("serviceName", "")).rpartition(".")[2] or "service"
    found: Properties = {
        "ownerId": request.account,
        "state": "available",
        "requesterManaged": False,
        "ipAddressType": request.get("ipAddressType", "ipv4"),
        "privateDnsEnabled": bool(request.get("privateDnsEnabled", False)),
        "cidrBlocks": [],
        "dnsEntries": [],
        "networkInterfaceIds": [],
        "prefixListId": "",
        "routeTableIds": request.get("routeTableIds", []),
        "securityGroupIds": request.get("securityGroupIds", []),
        "subnetIds": request.get("subnetIds", []),
        "serviceRegion": request.get("serviceRegion") or request.region,
        "policy": request.get("policy")
        or '{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}]}',
    }
    if kind == "Gateway":
        found["prefixListId"] = prefix_list(request.region, service)
    if kind == "Interface":
        host = f"{request.id}-{request.hex(8, 'dns')}.{service}.{request.region}.vpce.amazonaws.com"
        found["dnsEntries"] = [{"dnsName": host, "hostedZoneId": f"Z{request.hex(13, 'zone').upper()}"}]
        count = len(request.get("subnetIds", [])) or min(1, len(zones(request.region)))
        found["networkInterfaceIds"] = [f"eni-0{request.hex(16, f'eni{index}')}" for index in range(count)]
    return found


def prefix_list(region: str, service: str) -> str:
    """A made-up but steady id of the prefix list of a service in a region."""
    return f"pl-{hashlib.blake2b(f'{region}.{service}'.encode(), digest_size=4).hexdigest()}"


_TABLES = Reference(
    "routeTableIds[*]",
    ROUTE_TABLE,
    ec2("CreateVpcEndpoint", "InvalidRouteTableId.NotFound", "The routeTable ID '{value}' does not exist"),
)

RULES: Final[dict[str, TypeRules]] = {
    "aws:ec2/vpcEndpoint:VpcEndpoint": TypeRules(
        source="EC2 API reference, CreateVpcEndpoint",
        input_defaults={"vpcEndpointType": "Gateway"},
        references=(
            vpc_of("CreateVpcEndpoint"),
            subnet_of("CreateVpcEndpoint", "subnetIds[*]"),
            group_of("CreateVpcEndpoint", "securityGroupIds[*]"),
            _TABLES,
        ),
        id="vpce-0{hex16}",
        arn="arn:{partition}:ec2:{region}:{account}:vpc-endpoint/{id}",
        check=_check,
        admit=_admit,
        compute=_outputs,
        equal=frozenset({"subnetIds", "securityGroupIds", "routeTableIds"}),
    ),
}
