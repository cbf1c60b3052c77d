"""The cases of the rules for security groups and network ACLs."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from support.policies import Case, R, Ref, Trial, drop, on, resource, trials


def entry(port: int = 443, source: str = "10.0.0.0/16", to: int | None = None, protocol: str = "tcp") -> dict[str, Any]:
    name = "ipv6CidrBlocks" if ":" in source else "cidrBlocks"
    return {
        "protocol": protocol,
        "fromPort": port,
        "toPort": port if to is None else to,
        name: [source],
        "description": "x",
    }


def ingress(*entries: dict[str, Any]) -> dict[str, Any]:
    return {"ingress": list(entries)}


ANY, ANY6 = "0.0.0.0/0", "::/0"
GROUP = resource(
    "aws:ec2/securityGroup:SecurityGroup",
    {"description": "web", "ingress": [entry()], "egress": [entry()]},
)
RULE = resource(
    "aws:ec2/securityGroupRule:SecurityGroupRule",
    {
        "type": "ingress",
        "securityGroupId": "sg-1",
        "description": "web",
        **{k: v for k, v in entry().items() if k != "description"},
    },
)
INGRESS_RULE = resource(
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule",
    {
        "securityGroupId": "sg-1",
        "ipProtocol": "tcp",
        "fromPort": 443,
        "toPort": 443,
        "cidrIpv4": "10.0.0.0/16",
        "description": "x",
    },
)
ACL_ENTRY = {"action": "allow", "protocol": "tcp", "fromPort": 443, "toPort": 443, "cidrBlock": ANY, "ruleNo": 100}
ACL = resource("aws:ec2/networkAcl:NetworkAcl", {"vpcId": "vpc-1", "ingress": [ACL_ENTRY]})
VPC = [
    R("vpc", "aws:ec2/vpc:Vpc", {"cidrBlock": "10.0.0.0/16"}),
    R("default", "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", {"vpcId": Ref("vpc")}),
    R("log", "aws:ec2/flowLog:FlowLog", {"vpcId": Ref("vpc"), "trafficType": "ALL"}),
]
PORTS = [
    ("aws-ec2-security-group-no-public-ssh", 22),
    ("aws-ec2-security-group-no-public-rdp", 3389),
    ("aws-ec2-security-group-no-public-database-ports", 5432),
    ("aws-ec2-security-group-no-public-cleartext-ports", 23),
]

CASES = [
    *(
        Case(
            rule,
            GROUP,
            bad=[
                ingress(entry(), entry(port, ANY)),
                ingress(entry(port, ANY6)),
                ingress(entry(port - 1, "128.0.0.0/1", to=port + 1)),
                ingress(entry(0, ANY, to=0, protocol="-1")),
            ],
            also_good=[ingress(entry(port)), ingress(entry(443, ANY)), ingress(entry(0, ANY, to=0, protocol="icmp"))],
            undetermined=[
                ingress({**entry(port), "cidrBlocks": UNKNOWN}),
                ingress({**entry(), "cidrBlocks": [ANY], "toPort": UNKNOWN}),
            ],
        )
        for rule, port in PORTS
    ),
    Case(
        "aws-ec2-security-group-only-allowed-public-ports",
        INGRESS_RULE,
        bad=[{"cidrIpv4": ANY, "fromPort": 8080, "toPort": 8080}, {"cidrIpv6": ANY6, "toPort": 444}],
        also_good=[{"cidrIpv4": ANY}, {"cidrIpv4": ANY, "fromPort": 80, "toPort": 80}],
        guards=["cidrIpv4"],
        config={"allowed_ports": [80, 443]},
    ),
    Case(
        "aws-ec2-security-group-no-all-traffic-ingress",
        RULE,
        bad=[
            {"protocol": "-1", "cidrBlocks": ["10.0.0.0/8"]},
            {"protocol": "all", "ipv6CidrBlocks": ["2001:db8::/32"]},
        ],
        also_good=[{"protocol": "-1"}, {"protocol": "-1", "cidrBlocks": [], "sourceSecurityGroupId": "sg-2"}],
        unrelated={"type": "egress"},
        guards=["cidrBlocks"],
    ),
    Case(
        "aws-ec2-security-group-restricts-egress",
        GROUP,
        bad={"egress": [entry(0, ANY, to=0, protocol="-1")]},
        also_good={"egress": [entry(443, ANY)]},
    ),
    Case(
        "aws-ec2-security-group-rules-described",
        GROUP,
        bad=[{"description": "Managed by Pulumi"}, {"ingress[0].description": ""}, {"egress[0].description": ""}],
        guards=["description"],
    ),
    Case(
        "aws-ec2-default-security-group-closed",
        VPC,
        bad=[drop("default"), on("default", {"ingress": [entry()]}), on("default", {"egress": [entry()]})],
        guards=[],
    ),
    Case(
        "aws-ec2-network-acl-no-public-admin-ports",
        ACL,
        bad=[
            {"ingress": [{**ACL_ENTRY, "fromPort": 22, "toPort": 22}]},
            {"ingress": [{**ACL_ENTRY, "protocol": "-1", "fromPort": 0, "toPort": 0}]},
        ],
        also_good={"ingress": [{**ACL_ENTRY, "action": "deny", "fromPort": 22, "toPort": 22}]},
    ),
    Case(
        "aws-ec2-security-group-in-use",
        [
            R("group", "aws:ec2/securityGroup:SecurityGroup", {"description": "web"}),
            R("rule", INGRESS_RULE.type, {"securityGroupId": Ref("group"), "description": "x"}),
            R("user", "aws:lambda/function:Function", {"vpcConfig": {"securityGroupIds": [Ref("group")]}}),
        ],
        bad=drop("user"),
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


SEPARATE = [
    Case(
        "aws-ec2-security-group-no-public-ssh",
        RULE,
        bad={"fromPort": 22, "toPort": 22, "cidrBlocks": [ANY]},
        unrelated={"type": "egress"},
        guards=[],
    ),
    Case(
        "aws-ec2-security-group-no-public-ssh",
        INGRESS_RULE,
        bad={"fromPort": 22, "toPort": 22, "cidrIpv6": ANY6},
        guards=[],
    ),
    Case("aws-ec2-security-group-rules-described", INGRESS_RULE, bad={"description": ""}, guards=[]),
    Case(
        "aws-ec2-network-acl-no-public-admin-ports",
        resource(
            "aws:ec2/networkAclRule:NetworkAclRule",
            {"ruleAction": "allow", "protocol": "6", "fromPort": 443, "toPort": 443, "ipv6CidrBlock": ANY6},
        ),
        bad={"fromPort": 20, "toPort": 30},
        unrelated={"egress": True},
        guards=[],
    ),
]


@pytest.mark.parametrize("trial", trials(SEPARATE), ids=str)
def test_rules_of_their_own_count_as_entries_do(trial: Trial) -> None:
    trial.run()
