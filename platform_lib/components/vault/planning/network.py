"""Who reaches the servers, and what they and their jobs reach, as Kubernetes takes it. Pure."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from platform_lib.components.vault.kind import VaultExposure
from platform_lib.components.vault.planning.model import API_PORT, CLUSTER_PORT, VaultPlan

Spec = dict[str, Any]
Labels = Mapping[str, str]

HTTPS = 443
DNS = 53
METADATA = "169.254.169.254/32"
"""Metadata of the node, which no pod has to read
(https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html)."""

IDENTITY_AGENT = ("169.254.170.23/32", 80)
"""Where pods get the credentials of their identity, by plain HTTP
(https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html)."""

NAMESPACE_LABEL = "kubernetes.io/metadata.name"
"""Label of every namespace with its name
(https://kubernetes.io/docs/reference/labels-annotations-taints/#kubernetes-io-metadata-name)."""

BALANCER = {
    "service.beta.kubernetes.io/aws-load-balancer-type": "nlb",
    "service.beta.kubernetes.io/aws-load-balancer-internal": "true",
    "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
}
"""A network load balancer inside the network, for the cluster's own controller and for the AWS Load Balancer Controller
(https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/service/annotations/)."""

WITHOUT_WAITING = {"pulumi.com/skipAwait": "true"}
"""Pulumi does not wait for what is ready only once something else is made
(https://github.com/pulumi/pulumi-kubernetes/issues/1974)."""


def nothing() -> Spec:
    """Pods of the namespace reach nothing and are reached by nobody, but for what other policies allow."""
    return {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


def servers(plan: VaultPlan, selector: Labels, jobs: Labels) -> Spec:
    """What servers may do.

    Args:
        plan: of the servers.
        selector: labels of their pods.
        jobs: labels of the pods of backups.
    """
    api, internal = _port(API_PORT), _port(CLUSTER_PORT)
    themselves = {"podSelector": {"matchLabels": dict(selector)}}
    callers: list[Spec] = [themselves, {"podSelector": {"matchLabels": dict(jobs)}}]
    namespaces = sorted({*plan.listener.client_namespaces, *_administrators(plan)})
    if not plan.listener.client_namespaces:
        callers.append({"namespaceSelector": {}})
    elif namespaces:
        callers.append(_namespaces(namespaces))
    if plan.telemetry is not None and plan.telemetry.scraper_namespace:
        callers.append(_namespaces([plan.telemetry.scraper_namespace]))
    callers += [{"ipBlock": {"cidr": cidr}} for cidr in plan.listener.client_cidrs]
    ports = [HTTPS, *plan.listener.egress_ports]
    if plan.seal.transit is not None:
        ports.append(urlsplit(plan.seal.transit.address).port or HTTPS)
    return {
        "podSelector": {"matchLabels": dict(selector)},
        "policyTypes": ["Ingress", "Egress"],
        "ingress": [{"from": callers, "ports": [api]}, {"from": [themselves], "ports": [internal]}],
        "egress": [{"to": [themselves], "ports": [api, internal]}, *_outside(plan, ports)],
    }


def backups(plan: VaultPlan, selector: Labels, jobs: Labels) -> Spec:
    """What backups may do: call the servers, and AWS."""
    found = drills(plan, jobs)
    callee = {"podSelector": {"matchLabels": dict(selector)}}
    return {**found, "egress": [{"to": [callee], "ports": [_port(API_PORT)]}, *found["egress"]]}


def drills(plan: VaultPlan, jobs: Labels) -> Spec:
    """What drills may do: call AWS."""
    ports = [HTTPS]
    if plan.seal.transit is not None:
        ports.append(urlsplit(plan.seal.transit.address).port or HTTPS)
    return {
        "podSelector": {"matchLabels": dict(jobs)},
        "policyTypes": ["Ingress", "Egress"],
        "egress": _outside(plan, ports),
    }


def _administrators(plan: VaultPlan) -> Sequence[str]:
    return [one.namespace for one in plan.administrators]


def _namespaces(names: Sequence[str]) -> Spec:
    return {
        "namespaceSelector": {"matchExpressions": [{"key": NAMESPACE_LABEL, "operator": "In", "values": list(names)}]}
    }


def _outside(plan: VaultPlan, ports: Sequence[int]) -> list[Spec]:
    """Names of hosts, ports in the given ranges (of any address but the node's metadata), and the identity agent."""
    dns = {"to": [_namespaces(["kube-system"])], "ports": [_port(DNS), {"port": DNS, "protocol": "UDP"}]}
    blocks: list[Spec] = [{"ipBlock": {"cidr": cidr}} for cidr in plan.listener.aws_cidrs]
    if not blocks:
        blocks = [{"ipBlock": {"cidr": "0.0.0.0/0", "except": [METADATA]}}]
    agent, port = IDENTITY_AGENT
    return [
        dns,
        {"to": blocks, "ports": [_port(number) for number in dict.fromkeys(ports)]},
        {"to": [{"ipBlock": {"cidr": agent}}], "ports": [_port(port)]},
    ]


def _port(number: int) -> Spec:
    return {"port": number, "protocol": "TCP"}


def internal_service(selector: Labels) -> Spec:
    """The service by which servers find each other, also those that are not ready yet: they have to join first."""
    return {
        "clusterIP": "None",
        "publishNotReadyAddresses": True,
        "selector": dict(selector),
        "ports": [_service_port("api", API_PORT), _service_port("internal", CLUSTER_PORT)],
    }


def client_service(plan: VaultPlan, selector: Labels) -> Spec:
    """The service that clients call: all servers that are unsealed, of which others hand a request to the leader."""
    found: Spec = {"selector": dict(selector), "ports": [_service_port("api", API_PORT)], "type": "ClusterIP"}
    if plan.listener.exposure is VaultExposure.NETWORK:
        return {
            **found,
            "type": "LoadBalancer",
            "loadBalancerSourceRanges": list(plan.listener.client_cidrs),
            # Keeps the addresses of clients, which policies and audit records go by.
            "externalTrafficPolicy": "Local",
        }
    return found


def _service_port(name: str, number: int) -> Spec:
    return {"name": name, "port": number, "targetPort": number, "protocol": "TCP"}
