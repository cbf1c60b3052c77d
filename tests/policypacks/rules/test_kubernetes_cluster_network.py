"""The cases of the rules for network policies, services, ingresses and the mesh."""

import pytest

from platform_lib.core.values import UNKNOWN
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

NAMESPACE = R(
    "namespace",
    "kubernetes:core/v1:Namespace",
    {"metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
)
DENY = R(
    "deny",
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    {"metadata": {"namespace": Ref("namespace")}, "spec": {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}},
)
POLICY = resource(
    "kubernetes:networking.k8s.io/v1:NetworkPolicy",
    {
        "spec": {
            "podSelector": {"matchLabels": {"app": "api"}},
            "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": 80}]}],
            "egress": [{"to": [{"ipBlock": {"cidr": "10.0.0.0/8"}}], "ports": [{"port": 443}]}],
        }
    },
)
SERVICE = resource(
    "kubernetes:core/v1:Service",
    {
        "metadata": {"namespace": "shop", "annotations": {}},
        "spec": {"type": "LoadBalancer", "loadBalancerSourceRanges": ["192.0.2.0/24"]},
    },
)
INGRESS = resource(
    "kubernetes:networking.k8s.io/v1:Ingress",
    {
        "metadata": {"annotations": {}},
        "spec": {
            "tls": [{"hosts": ["shop.example", "*.api.example"], "secretName": "tls"}],
            "rules": [{"host": "shop.example"}, {"host": "v1.api.example"}],
        },
    },
)
ISTIO = R(
    "istiod",
    "kubernetes:helm.sh/v3:Release",
    {
        "chart": "istiod",
        "version": "1.24.0",
        "repositoryOpts": {"repo": "https://istio-release.storage.googleapis.com/charts"},
    },
)
STRICT = R(
    "peer",
    "kubernetes:security.istio.io/v1:PeerAuthentication",
    {"metadata": {"namespace": "istio-system"}, "spec": {"mtls": {"mode": "STRICT"}}},
)
REDIRECT = "nginx.ingress.kubernetes.io/ssl-redirect"

MEMBER = R(
    "member", "kubernetes:core/v1:NamespacePatch", {"metadata": {"name": "other", "labels": {"istio.io/rev": "stable"}}}
)

CASES = [
    Case(
        "k8s-namespace-default-deny-network-policy",
        [NAMESPACE, DENY],
        bad=[
            drop("deny"),
            on("deny", {"spec.policyTypes": ["Ingress"]}),
            on("deny", {"spec.podSelector": {"matchLabels": {"app": "api"}}}),
            on("deny", {"spec.egress": [{"ports": [{"port": 53}]}]}),
            on("deny", {"metadata.namespace": "other"}),
        ],
        also_good=[on("deny", {"metadata.namespace": "shop"}), add(MEMBER)],
        absent={"spec.podSelector": PASS, "spec.egress": PASS},
    ),
    Case(
        "k8s-network-policy-not-allow-all",
        POLICY,
        bad=[
            {"spec.ingress": [{}]},
            {"spec.egress": [{}]},
            {"spec.ingress[].from": [{"ipBlock": {"cidr": "0.0.0.0/0"}}]},
            {"spec.egress[].to": [{"ipBlock": {"cidr": "::/0"}}]},
        ],
        also_good={"spec.egress[].to": [{"ipBlock": {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}}]},
    ),
    Case(
        "k8s-service-no-load-balancer-without-approval",
        SERVICE,
        bad=[
            {"spec.loadBalancerSourceRanges": ["0.0.0.0/0"]},
            {"spec.loadBalancerSourceRanges": REMOVE, "metadata.annotations": {"a": "b"}},
        ],
        also_good=[
            {
                "spec.loadBalancerSourceRanges": REMOVE,
                "metadata.annotations": {"service.beta.kubernetes.io/aws-load-balancer-scheme": "internal"},
            },
            {
                "spec.loadBalancerSourceRanges": REMOVE,
                "metadata.annotations": {"service.beta.kubernetes.io/load-balancer-source-ranges": "192.0.2.0/24"},
            },
            {"spec": {"type": "ClusterIP"}},
        ],
        guards=["spec.loadBalancerSourceRanges", "spec.type"],
        absent={"spec.loadBalancerSourceRanges": FAIL},
        undetermined={"spec.loadBalancerSourceRanges": REMOVE, "metadata.annotations": UNKNOWN},
    ),
    Case("k8s-service-no-node-port", SERVICE, bad={"spec.type": "NodePort"}),
    Case(
        "k8s-service-no-external-ips",
        SERVICE,
        bad={"spec.externalIPs": ["192.0.2.1"]},
        unknown={"spec.externalIPs": FAIL},
    ),
    Case(
        "k8s-ingress-tls",
        INGRESS,
        bad=[
            {"spec.tls": []},
            {"spec.tls[].hosts": ["other.example"]},
            {"metadata.annotations": {REDIRECT: "false"}},
        ],
        also_good=[
            {"spec.tls": [{"secretName": "tls"}]},
            {"spec.tls": [], "metadata.annotations": {"alb.ingress.kubernetes.io/certificate-arn": "arn"}},
        ],
        absent={"spec.tls[].hosts": PASS, "metadata.annotations": PASS},
    ),
    Case(
        "k8s-ingress-no-wildcard-host",
        INGRESS,
        bad=[{"spec.rules[].host": "*.api.example"}, {"spec.rules": [{"http": {}}]}],
    ),
    Case(
        "k8s-ingress-no-nginx-snippets",
        INGRESS,
        bad={"metadata.annotations": {"nginx.ingress.kubernetes.io/configuration-snippet": "return 200;"}},
        also_good={"metadata.annotations": {"nginx.ingress.kubernetes.io/proxy-body-size": "8m"}},
    ),
    Case(
        "k8s-mesh-mtls-strict",
        [ISTIO, STRICT],
        bad=[
            drop("peer"),
            on("peer", {"spec.mtls.mode": "PERMISSIVE"}),
            on("peer", {"metadata.namespace": "shop"}),
            on("peer", {"spec.selector": {"matchLabels": {"app": "api"}}}),
        ],
        breaks=["k8s-mesh-mtls-exception-not-expired"],
        absent={"spec.selector": PASS},
        unknown={"spec.selector": FAIL},
        unrelated={"chart": "cilium"},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
