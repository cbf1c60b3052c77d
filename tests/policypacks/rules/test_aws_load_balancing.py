"""The cases of the rules for load balancers."""

from typing import Any

import pytest

from support.policies import PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

BALANCER = resource(
    "aws:lb/loadBalancer:LoadBalancer",
    {
        "accessLogs": {"enabled": True, "bucket": "logs"},
        "dropInvalidHeaderFields": True,
        "enableDeletionProtection": True,
        "desyncMitigationMode": "strictest",
        "internal": True,
    },
)
NETWORK = {"loadBalancerType": "network"}
GATEWAY = {"loadBalancerType": "gateway"}
ASSOCIATION = "aws:wafv2/webAclAssociation:WebAclAssociation"
FORWARD = [{"type": "forward", "targetGroupArn": "t"}]
LISTENER = resource(
    "aws:lb/listener:Listener",
    {
        "protocol": "HTTPS",
        "port": 443,
        "sslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
        "certificateArn": "arn:aws:acm:eu-central-1:111122223333:certificate/c",
        "defaultActions": FORWARD,
    },
)
REDIRECT = [{"type": "redirect", "redirect": {"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}}]
HTTP: dict[str, Any] = {"protocol": "HTTP", "port": 80, "defaultActions": REDIRECT}
PLAIN = R("it", LISTENER.type, HTTP)
CLASSIC = resource(
    "aws:elb/loadBalancer:LoadBalancer",
    {
        "listeners": [{"lbProtocol": "HTTPS", "lbPort": 443, "sslCertificateId": "c"}],
        "accessLogs": {"bucket": "logs"},
        "crossZoneLoadBalancing": True,
        "connectionDraining": True,
    },
)


def reference(policy: str) -> list[dict[str, str]]:
    return [{"name": "Reference-Security-Policy", "value": policy}]


OLD_TLS = [{"name": name, "value": "true"} for name in ("Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1")]

CASES = [
    Case(
        "aws-lb-access-logs-enabled",
        BALANCER,
        bad=[{"accessLogs.enabled": False}, {"accessLogs.bucket": ""}],
        unrelated=GATEWAY,
        unknown={"accessLogs.bucket": PASS},
    ),
    Case("aws-lb-drops-invalid-headers", BALANCER, bad={"dropInvalidHeaderFields": False}, unrelated=NETWORK),
    Case("aws-lb-deletion-protection", BALANCER, bad={"enableDeletionProtection": False}),
    Case(
        "aws-lb-desync-mitigation",
        BALANCER,
        bad={"desyncMitigationMode": "monitor"},
        also_good={"desyncMitigationMode": "defensive"},
        unrelated=NETWORK,
    ),
    Case(
        "aws-lb-waf-associated",
        [
            R("web", BALANCER.type, {**BALANCER.properties, "internal": False}),
            R("association", ASSOCIATION, {"resourceArn": Ref("web", "arn"), "webAclArn": "a"}),
        ],
        bad=[drop("association"), on("association", {"resourceArn": "another"})],
        unrelated=[{"internal": True}, NETWORK],
    ),
    Case(
        "aws-lb-listener-encrypted",
        LISTENER,
        bad=[
            {"protocol": "HTTP", "defaultActions": FORWARD},
            {"protocol": "TCP", "port": 80},
            {"protocol": "HTTP", "defaultActions": [{"type": "redirect", "redirect": {"protocol": "HTTP"}}]},
        ],
        also_good=[HTTP, {"protocol": "TLS"}],
        unrelated=[{"protocol": "TCP", "port": 5432}, {"protocol": REMOVE, "port": REMOVE}],
        guards=["protocol"],
    ),
    Case(
        "aws-lb-http-redirects-to-https",
        PLAIN,
        bad=[{"defaultActions": FORWARD}, {"defaultActions[].redirect.protocol": "HTTP"}],
        unrelated={"protocol": "HTTPS"},
    ),
    Case(
        "aws-lb-listener-modern-tls-policy",
        LISTENER,
        bad=[{"sslPolicy": "ELBSecurityPolicy-2016-08"}, {"sslPolicy": "ELBSecurityPolicy-TLS-1-1-2017-01"}],
        also_good=[
            {"sslPolicy": "ELBSecurityPolicy-TLS13-1-3-2021-06"},
            {"sslPolicy": "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09"},
        ],
        unrelated=HTTP,
    ),
    Case(
        "aws-lb-listener-uses-acm-certificate",
        LISTENER,
        bad={"certificateArn": "arn:aws:iam::111122223333:server-certificate/c"},
        unrelated=HTTP,
    ),
    Case(
        "aws-elb-classic-listeners-encrypted",
        CLASSIC,
        bad=[
            {"listeners[].lbProtocol": "http"},
            {"listeners[].lbProtocol": "tcp"},
            {"listeners[].sslCertificateId": ""},
        ],
        unknown={"listeners[].sslCertificateId": PASS},
    ),
    Case(
        "aws-elb-classic-access-logs",
        CLASSIC,
        bad=[{"accessLogs.enabled": False}, {"accessLogs.bucket": ""}],
        absent={"accessLogs.enabled": PASS},
        unknown={"accessLogs.bucket": PASS},
    ),
    Case(
        "aws-elb-classic-cross-zone-and-draining",
        CLASSIC,
        bad=[{"crossZoneLoadBalancing": False}, {"connectionDraining": False}],
    ),
    Case(
        "aws-elb-classic-tls-policy",
        resource(
            "aws:elb/loadBalancerPolicy:LoadBalancerPolicy",
            {
                "policyTypeName": "SSLNegotiationPolicyType",
                "policyAttributes": reference("ELBSecurityPolicy-TLS-1-2-2017-01"),
            },
        ),
        bad=[
            {"policyAttributes": reference("ELBSecurityPolicy-2016-08")},
            *({"policyAttributes": [attribute]} for attribute in OLD_TLS),
        ],
        also_good={"policyAttributes": [{"name": "Protocol-TLSv1.2", "value": "true"}]},
        unrelated={"policyTypeName": "AppCookieStickinessPolicyType"},
    ),
    Case(
        "aws-autoscaling-group-elb-health-check",
        resource("aws:autoscaling/group:Group", {"targetGroupArns": ["t"], "healthCheckType": "ELB"}),
        bad={"healthCheckType": "EC2"},
        also_good={"targetGroupArns": REMOVE, "loadBalancers": ["classic"]},
        unrelated={"targetGroupArns": []},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
