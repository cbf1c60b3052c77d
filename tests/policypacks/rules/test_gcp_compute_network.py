"""The cases of the rules for networks, firewalls and load balancers of Google Cloud."""

from typing import Any

import pytest

from support.policies import NOT_APPLICABLE, PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

HTTPS = {"protocol": "tcp", "ports": ["443"]}


def opens(*ports: str, protocol: str = "tcp") -> dict[str, Any]:
    return {"allows": [{"protocol": protocol, **({"ports": list(ports)} if ports else {})}]}


FIREWALL = resource(
    "gcp:compute/firewall:Firewall",
    {"network": "n", "direction": "INGRESS", "sourceRanges": ["0.0.0.0/0"], "allows": [HTTPS]},
)
ELSEWHERE: list[Any] = [{"direction": "EGRESS"}, {"disabled": True}]
NARROW = {"sourceRanges": ["10.0.0.0/8"]}
NETWORK = resource("gcp:compute/network:Network", {"name": "main", "autoCreateSubnetworks": False})
BACKEND = resource(
    "gcp:compute/backendService:BackendService",
    {"loadBalancingScheme": "EXTERNAL_MANAGED", "logConfig": {"enable": True}, "securityPolicy": "armor"},
)
PROXY = "gcp:compute/targetHttpProxy:TargetHttpProxy"
REDIRECT = [
    R("proxy", PROXY, {"urlMap": Ref("map")}),
    R("map", "gcp:compute/uRLMap:URLMap", {"defaultUrlRedirect": {"httpsRedirect": True}}),
]
HTTP_TARGET = "projects/p/global/targetHttpProxies/other"

CASES = [
    Case(
        "gcp-compute-firewall-no-public-ssh",
        FIREWALL,
        bad=[
            opens("22"),
            opens("20-30"),
            opens(),
            opens("22", protocol="6"),
            {"sourceRanges": ["::/0"], **opens("22")},
            {"sourceRanges": REMOVE, **opens("22")},
        ],
        also_good=[{**NARROW, **opens("22")}, {"sourceRanges": REMOVE, "sourceTags": ["bastion"], **opens("22")}],
        unrelated=ELSEWHERE,
        guards=["allows"],
    ),
    Case(
        "gcp-compute-firewall-no-public-rdp",
        FIREWALL,
        bad=[opens("3389"), opens("3389", protocol="udp")],
        also_good={**NARROW, **opens("3389")},
        unrelated=ELSEWHERE,
    ),
    Case(
        "gcp-compute-firewall-no-public-database-ports",
        FIREWALL,
        bad=[opens(str(port)) for port in (1433, 1521, 3306, 5432, 6379, 9200, 11211, 27017)],
        also_good={**NARROW, **opens("5432")},
        unrelated=ELSEWHERE,
    ),
    Case(
        "gcp-compute-firewall-no-public-cleartext-ports",
        FIREWALL,
        bad=[
            *(opens(str(port)) for port in (20, 21, 23, 25, 80, 110, 389, 445)),
            {"targetTags": ["http-redirect", "app"], **opens("80")},
            {"targetTags": ["http-redirect"], **opens("23")},
        ],
        also_good={"targetTags": ["http-redirect"], **opens("80")},
        unrelated=ELSEWHERE,
        guards=["allows", "sourceRanges", "targetTags"],
    ),
    Case(
        "gcp-compute-firewall-no-allow-all",
        FIREWALL,
        bad=opens(protocol="all"),
        also_good={**NARROW, **opens(protocol="all")},
        unrelated=ELSEWHERE,
    ),
    Case(
        "gcp-compute-network-custom-mode",
        NETWORK,
        bad=[{"autoCreateSubnetworks": True}, {"name": "default"}],
        absent={"name": PASS},
    ),
    Case(
        "gcp-compute-subnetwork-flow-logs",
        resource("gcp:compute/subnetwork:Subnetwork", {"logConfig": {"flowSampling": 0.5}}),
        bad={"logConfig": REMOVE},
        unrelated=[{"purpose": "REGIONAL_MANAGED_PROXY"}, {"purpose": "GLOBAL_MANAGED_PROXY"}],
        unknown={"logConfig": PASS},
    ),
    Case(
        "gcp-compute-ssl-policy-modern",
        resource("gcp:compute/sSLPolicy:SSLPolicy", {"minTlsVersion": "TLS_1_2", "profile": "MODERN"}),
        bad=[{"minTlsVersion": "TLS_1_1"}, {"profile": "COMPATIBLE"}, {"profile": "CUSTOM"}],
        also_good={"profile": "RESTRICTED"},
    ),
    Case(
        "gcp-compute-https-proxy-has-ssl-policy",
        resource("gcp:compute/targetHttpsProxy:TargetHttpsProxy", {"urlMap": "m", "sslPolicy": "modern"}),
        bad={"sslPolicy": ""},
        unknown={"sslPolicy": PASS},
    ),
    Case(
        "gcp-compute-http-proxy-only-redirects",
        REDIRECT,
        bad=[
            drop("map"),
            on("map", {"defaultUrlRedirect.httpsRedirect": False}),
            on("map", {"pathMatchers": [{"name": "api"}]}),
        ],
        absent={"pathMatchers": PASS},
    ),
    Case("gcp-compute-backend-service-logging", BACKEND, bad={"logConfig.enable": False}),
    Case(
        "gcp-compute-backend-service-cloud-armor",
        BACKEND,
        bad={"securityPolicy": ""},
        unrelated={"loadBalancingScheme": "INTERNAL_MANAGED"},
        unknown={"securityPolicy": PASS},
    ),
    Case(
        "gcp-compute-forwarding-rule-no-http",
        [R("rule", "gcp:compute/globalForwardingRule:GlobalForwardingRule", {"target": Ref("proxy")}), *REDIRECT],
        bad=[
            {"target": HTTP_TARGET},
            on("map", {"defaultUrlRedirect.httpsRedirect": False}),
        ],
        also_good={"target": "projects/p/global/targetHttpsProxies/web"},
        unrelated=[{"loadBalancingScheme": "INTERNAL_MANAGED", "target": HTTP_TARGET}],
        guards=["target"],
        absent={"target": NOT_APPLICABLE},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
