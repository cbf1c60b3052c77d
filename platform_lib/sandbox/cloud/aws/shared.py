"""What the AWS rule modules share: type tokens that many refer to, and texts in the style of the AWS SDK."""

import ipaddress
import json
from collections.abc import Callable, Iterable
from typing import Any, Final

from platform_lib.core.values import UNKNOWN, Properties
from platform_lib.sandbox.cloud.model import Reference
from platform_lib.sandbox.protocol import CheckFailure

VPC: Final = ("aws:ec2/vpc:Vpc", "aws:ec2/defaultVpc:DefaultVpc")
SUBNET: Final = ("aws:ec2/subnet:Subnet", "aws:ec2/defaultSubnet:DefaultSubnet")
SECURITY_GROUP: Final = (
    "aws:ec2/securityGroup:SecurityGroup",
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup",
)
ROUTE_TABLE: Final = ("aws:ec2/routeTable:RouteTable", "aws:ec2/defaultRouteTable:DefaultRouteTable")
NETWORK_ACL: Final = ("aws:ec2/networkAcl:NetworkAcl", "aws:ec2/defaultNetworkAcl:DefaultNetworkAcl")
BUCKET: Final = ("aws:s3/bucket:Bucket", "aws:s3/bucketV2:BucketV2")
KEY: Final = (
    "aws:kms/key:Key",
    "aws:kms/alias:Alias",
    "aws:kms/replicaKey:ReplicaKey",
    "aws:kms/externalKey:ExternalKey",
)
ROLE: Final = ("aws:iam/role:Role",)
LOG_GROUP: Final = ("aws:cloudwatch/logGroup:LogGroup",)
TOPIC: Final = ("aws:sns/topic:Topic",)
LOAD_BALANCER: Final = ("aws:lb/loadBalancer:LoadBalancer", "aws:alb/loadBalancer:LoadBalancer")
TARGET_GROUP: Final = ("aws:lb/targetGroup:TargetGroup", "aws:alb/targetGroup:TargetGroup")


def error(service: str, action: str, code: str, text: str) -> str:
    """A refusal as the AWS SDK words it (without request id)."""
    return f"operation error {service}: {action}, api error {code}: {text}"


def ec2(action: str, code: str, text: str) -> str:
    """A refusal of EC2."""
    return error("EC2", action, code, text)


def vpc_of(action: str, path: str = "vpcId", *, blocks: bool = True) -> Reference:
    """The VPC that a resource lies in: it must exist, and usually cannot go before the resource."""
    return Reference(
        path,
        VPC,
        ec2(action, "InvalidVpcID.NotFound", "The vpc ID '{value}' does not exist"),
        ec2("DeleteVpc", "DependencyViolation", "The vpc '{id}' has dependencies and cannot be deleted.")
        if blocks
        else "",
    )


def subnet_of(action: str, path: str, *, service: str = "EC2", blocks: bool = True) -> Reference:
    """Subnets that a resource has interfaces in."""
    return Reference(
        path,
        SUBNET,
        error(service, action, "InvalidSubnetID.NotFound", "The subnet ID '{value}' does not exist"),
        ec2("DeleteSubnet", "DependencyViolation", "The subnet '{id}' has dependencies and cannot be deleted.")
        if blocks
        else "",
    )


def group_of(action: str, path: str, *, service: str = "EC2", blocks: bool = True) -> Reference:
    """Security groups that a resource is in or lets in."""
    return Reference(
        path,
        SECURITY_GROUP,
        error(service, action, "InvalidGroup.NotFound", "The security group '{value}' does not exist"),
        ec2("DeleteSecurityGroup", "DependencyViolation", "resource {id} has a dependent object") if blocks else "",
    )


def key_of(service: str, action: str, path: str) -> Reference:
    """A KMS key by id, arn or alias."""
    return Reference(path, KEY, error(service, action, "KMS.NotFoundException", "Key '{value}' does not exist"))


def role_of(service: str, action: str, path: str) -> Reference:
    """An IAM role by arn or name, which a service is to assume."""
    text = "The role '{value}' cannot be assumed: it does not exist"
    return Reference(path, ROLE, error(service, action, "InvalidParameterValueException", text))


def network(text: Any) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    """The network of a CIDR text, host bits allowed; None where it is none."""
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def cidr(path: str, inputs: Properties) -> Iterable[CheckFailure]:
    """Findings on a CIDR: not readable, or with host bits set (the provider's own validation)."""
    text = inputs.get(path)
    if text is None or text is UNKNOWN:
        return
    found = network(text)
    if found is None:
        yield CheckFailure(path, f'"{text}" is not a valid CIDR block: invalid CIDR address: {text}')
    elif str(found) != text and found.version == 4:
        yield CheckFailure(path, f'"{text}" is not a valid IPv4 CIDR block; did you mean "{found}"?')


def json_texts(*names: str) -> Callable[[Properties], Iterable[CheckFailure]]:
    """A check that policies are JSON, as the provider validates them."""

    def check(inputs: Properties) -> Iterable[CheckFailure]:
        for name in names:
            text = inputs.get(name)
            if not isinstance(text, str) or not text:
                continue
            if text.lstrip() != text and text.lstrip().startswith("{"):
                yield CheckFailure(
                    name, f'"{name}" contains an invalid JSON policy: leading space characters are not allowed'
                )
                continue
            try:
                json.loads(text)
            except ValueError as problem:
                yield CheckFailure(name, f'"{name}" contains an invalid JSON policy: {problem}')

    return check


def tags_name(request: Any) -> str:
    """The ``Name`` tag, empty where there is none."""
    tags = request.inputs.get("tags")
    return str(tags.get("Name", "")) if isinstance(tags, dict) else ""
