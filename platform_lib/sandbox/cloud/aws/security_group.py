"""Security groups and their rules (EC2 API reference, CreateSecurityGroup and AuthorizeSecurityGroupIngress)."""

import zlib
from collections.abc import Iterable
from typing import Final

from platform_lib.core.values import UNKNOWN, Properties
from platform_lib.sandbox.cloud.aws.default_vpc import default_vpc
from platform_lib.sandbox.cloud.aws.shared import VPC, cidr, ec2, group_of, vpc_of
from platform_lib.sandbox.cloud.model import Request, TypeRules, refuse
from platform_lib.sandbox.protocol import CheckFailure

_ARN: Final = "arn:{partition}:ec2:{region}:{account}:"
_PEERS: Final = ("cidrBlocks", "ipv6CidrBlocks", "prefixListIds", "sourceSecurityGroupId", "self")
_PEERS_OF_ONE: Final = ("cidrIpv4", "cidrIpv6", "prefixListId", "referencedSecurityGroupId")


def _group_key(request: Request) -> str:
    return f"sg:{request.account}:{request.get('vpcId') or request.region}:{request.get('name') or request.name}"


def _check_group(inputs: Properties) -> Iterable[CheckFailure]:
    name = inputs.get("name")
    if isinstance(name, str) and name.startswith("sg-"):
        yield CheckFailure("name", f"invalid value for name (cannot begin with sg-): {name}")


def _group_outputs(request: Request) -> Properties:
    """Rules as given; a group without any has none (the provider removes AWS's allow-all egress)."""
    name = request.get("name") or f"{request.get('namePrefix', '')}{request.digits(26)}"
    return {
        "ownerId": request.account,
        "name": name,
        "ingress": request.get("ingress", request.outputs.get("ingress", [])),
        "egress": request.get("egress", request.outputs.get("egress", [])),
        "vpcId": request.get("vpcId") or default_vpc(request.store, request.session, request.region, request.stamp),
    }


def _rule_peer(request: Request, names: tuple[str, ...]) -> str:
    return ",".join(f"{name}={request.get(name)}" for name in names if request.get(name))


def _rule_key(request: Request) -> str:
    """A rule is identified by group, direction, protocol, ports and peer."""
    parts = [request.get(key) for key in ("securityGroupId", "type", "protocol", "fromPort", "toPort")]
    return f"sg-rule:{parts}:{_rule_peer(request, _PEERS)}"


def _rule_id(request: Request) -> str:
    return f"sgrule-{zlib.crc32(_rule_key(request).encode())}"


def _check_rule(inputs: Properties) -> Iterable[CheckFailure]:
    if not any(inputs.get(name) for name in _PEERS if inputs.get(name) is not UNKNOWN) and not any(
        inputs.get(name) is UNKNOWN for name in _PEERS
    ):
        yield CheckFailure("cidrBlocks", f"a rule needs a peer; set one of {', '.join(_PEERS)}")
    yield from _ports(inputs)


def _ports(inputs: Properties) -> Iterable[CheckFailure]:
    low, high = inputs.get("fromPort"), inputs.get("toPort")
    if (
        isinstance(low, int)
        and isinstance(high, int)
        and low > high
        and low >= 0
        and str(inputs.get("protocol", inputs.get("ipProtocol"))) not in ("icmp", "icmpv6", "1", "58")
    ):
        yield CheckFailure(
            "fromPort", f"invalid port range: fromPort ({low}) must be less than or equal to toPort ({high})"
        )


def _one_key(request: Request) -> str:
    parts = [request.get(key) for key in ("securityGroupId", "ipProtocol", "fromPort", "toPort")]
    return f"{request.kind}:{parts}:{_rule_peer(request, _PEERS_OF_ONE)}"


def _check_one(inputs: Properties) -> Iterable[CheckFailure]:
    yield from cidr("cidrIpv4", inputs)
    given = [name for name in _PEERS_OF_ONE if inputs.get(name) is not None]
    if len(given) != 1:
        yield CheckFailure("cidrIpv4", f"exactly one of {', '.join(_PEERS_OF_ONE)} is needed, got {len(given)}")
    yield from _ports(inputs)


def _admit_peer(request: Request) -> None:
    """Ports are needed for tcp and udp."""
    protocol = str(request.get("ipProtocol"))
    if protocol in ("tcp", "udp") and (request.get("fromPort") is None or request.get("toPort") is None):
        raise refuse(
            ec2(
                "AuthorizeSecurityGroupIngress",
                "InvalidParameterValue",
                f"Invalid value for portRange. Must specify both from and to ports with TCP/UDP, got '{protocol}'",
            )
        )


def _one(action: str) -> TypeRules:
    return TypeRules(
        references=(group_of(action, "securityGroupId", blocks=False), group_of(action, "referencedSecurityGroupId")),
        id="sgr-0{hex16}",
        arn=_ARN + "security-group-rule/{id}",
        check=_check_one,
        unique=_one_key,
        admit=_admit_peer,
        defaults={"securityGroupRuleId": "{id}"},
        exists=ec2(
            action,
            "InvalidPermission.Duplicate",
            'the specified rule "peer: {cidrIpv4}{cidrIpv6}{referencedSecurityGroupId}, {ipProtocol}, from port: '
            '{fromPort}, to port: {toPort}, ALLOW" already exists',
        ),
    )


def _default_group_id(request: Request) -> str:
    """The group that came with the VPC."""
    vpc_id = request.get("vpcId")
    for row in request.store.by_id(str(vpc_id)):
        if row.type in VPC:
            return str(row.outputs["defaultSecurityGroupId"])
    return f"sg-0{request.hex(16)}"


RULES: Final[dict[str, TypeRules]] = {
    "aws:ec2/securityGroup:SecurityGroup": TypeRules(
        input_defaults={"description": "Managed by Pulumi", "revokeRulesOnDelete": False},
        references=(
            vpc_of("CreateSecurityGroup"),
            group_of("AuthorizeSecurityGroupIngress", "ingress[*].securityGroups[*]"),
            group_of("AuthorizeSecurityGroupEgress", "egress[*].securityGroups[*]"),
        ),
        id="sg-0{hex16}",
        arn=_ARN + "security-group/{id}",
        unique=_group_key,
        check=_check_group,
        compute=_group_outputs,
        exists=ec2(
            "CreateSecurityGroup",
            "InvalidGroup.Duplicate",
            "The security group '{name}' already exists for VPC '{vpcId}'",
        ),
        equal=frozenset({"ingress", "egress"}),
    ),
    "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup": TypeRules(
        input_defaults={"revokeRulesOnDelete": False},
        references=(vpc_of("DescribeSecurityGroups", blocks=False),),
        id=_default_group_id,
        arn=_ARN + "security-group/{id}",
        adopts=True,
        defaults={
            "ownerId": "{account}",
            "name": "default",
            "description": "default VPC security group",
            "namePrefix": "",
        },
        equal=frozenset({"ingress", "egress"}),
    ),
    "aws:ec2/securityGroupRule:SecurityGroupRule": TypeRules(
        input_defaults={"self": False},
        references=(
            group_of("AuthorizeSecurityGroupIngress", "securityGroupId", blocks=False),
            group_of("AuthorizeSecurityGroupIngress", "sourceSecurityGroupId"),
        ),
        id=_rule_id,
        unique=_rule_key,
        check=_check_rule,
        defaults={"securityGroupRuleId": "sgr-0{hex16}"},
        exists=ec2(
            "AuthorizeSecurityGroupIngress",
            "InvalidPermission.Duplicate",
            'the specified rule "{protocol}, from port: {fromPort}, to port: {toPort}, ALLOW" already exists',
        ),
    ),
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": _one("AuthorizeSecurityGroupIngress"),
    "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": _one("AuthorizeSecurityGroupEgress"),
}
