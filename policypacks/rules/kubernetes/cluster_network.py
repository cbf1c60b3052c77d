"""Network of a Kubernetes cluster: policies, services, ingresses, the mesh."""

import re

from policypacks.engine.graph import Related
from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Node,
    Pattern,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_in,
    each,
    fail,
    forbid_in,
    is_open,
    judge,
    require,
    require_unset,
    rule,
    undetermined,
)
from policypacks.rules.common.kubernetes import inside, is_patch

POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
}
"""Annotations that keep a load balancer off the internet, as the clouds' controllers read them."""

RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
NGINX = "nginx.ingress.kubernetes.io/"
SNIPPET = Pattern(r"nginx\.ingress\.kubernetes\.io/[a-z-]{0,40}-snippet")
SERVED_TLS = "alb.ingress.kubernetes.io/certificate-arn"


def _denies(policy: Resource, direction: str) -> Verdict:
    selector = policy.get("spec.podSelector", {})
    if selector.get("matchLabels") or selector.get("matchExpressions"):
        return fail("spec.podSelector", "selects some pods only", "leave it empty")
    if direction not in policy.get("spec.policyTypes", ["Ingress"]):
        return fail("spec.policyTypes", f"lacks {direction}", f"add {direction}")
    if policy.get(f"spec.{direction.lower()}"):
        return fail(f"spec.{direction.lower()}", "lets something through", "allow by a policy beside it")
    return PASS


def _some_denies(policies: Related, direction: str) -> Verdict:
    verdicts = [judge(lambda policy: _denies(policy, direction), policy) for policy in policies.sure]
    verdicts += [undetermined(f"{policy.name}.metadata.namespace") for policy in policies.maybe]
    found = any_in(verdicts)
    if found is PASS or found.unknown:
        return found
    return fail(
        "",
        f"has no NetworkPolicy that denies all {direction.lower()}",
        f"add one with an empty podSelector, policyTypes {direction} and no rules",
    )


@rule("k8s-namespace-default-deny-network-policy")
def default_deny(namespace: Resource) -> Verdict:
    """Namespaces deny all traffic that no policy allows.

    Without such a policy every pod reaches, and is reached by, every other pod of the cluster and the internet.
    """
    if is_patch(namespace):
        return NOT_APPLICABLE
    policies = inside(namespace, POLICY)
    return all_of(_some_denies(policies, "Ingress"), _some_denies(policies, "Egress"))


@rule("k8s-network-policy-not-allow-all")
def not_allow_all(policy: Resource) -> Verdict:
    """No network policy allows everything.

    Policies add up: one empty rule undoes all others for the pods that it selects.
    """

    def peer(entry: Node) -> Verdict:
        if entry.present("ipBlock.except"):
            return PASS
        return require(
            entry,
            "ipBlock.cidr",
            test=lambda cidr: not is_open(cidr),
            problem="allows every address",
            remedy="narrow {path} to the addresses that need it",
        )

    def check(direction: str, side: str) -> Verdict:
        def entry(it: Node) -> Verdict:
            if not it.present(side) and not it.present("ports"):
                return fail(it.path, "allows everything", f"name {side} or ports")
            return each(it, side, peer)

        return each(policy, f"spec.{direction}", entry)

    return all_of(check("ingress", "from"), check("egress", "to"))


@rule("k8s-service-no-load-balancer-without-approval")
def load_balancer(service: Resource) -> Verdict:
    """Load balancers are internal, or open to named addresses only.

    A service of type LoadBalancer is on the internet unless it says otherwise.
    """
    if service.get("spec.type") != "LoadBalancer":
        return PASS
    if service.present("spec.loadBalancerSourceRanges"):
        return forbid_in_ranges(service)
    for key, entry in service.entries("metadata.annotations"):
        value = str(entry.read()).lower()
        if value in INTERNAL.get(key, ()):
            return PASS
        if key == RANGES and not any(is_open(part) for part in value.split(",")):
            return PASS
    return fail(
        "spec.loadBalancerSourceRanges",
        "is not set on a load balancer of the internet",
        "name the addresses that need it, or make it internal by the annotation of your cloud",
    )


def forbid_in_ranges(service: Resource) -> Verdict:
    """The source ranges of a service leave the internet out."""
    return require(
        service,
        "spec.loadBalancerSourceRanges",
        test=lambda ranges: not any(is_open(cidr) for cidr in ranges),
        problem="is open to the internet",
        remedy="narrow {path} to the addresses that need it",
    )


@rule("k8s-service-no-node-port")
def node_port(service: Resource) -> Verdict:
    """Services open no port on every node.

    A node port listens on all nodes, also on those with public addresses.
    """
    return forbid_in(service, "spec.type", ("NodePort",))


@rule("k8s-service-no-external-ips")
def external_ips(service: Resource) -> Verdict:
    """Services claim no external addresses.

    Whoever may set externalIPs draws traffic meant for others to their own pods (CVE-2020-8554).
    """
    return require_unset(service, "spec.externalIPs")


def _covered(host: str, certified: set[str]) -> bool:
    return host in certified or f"*.{host.partition('.')[2]}" in certified


@rule("k8s-ingress-tls")
def ingress_tls(ingress: Resource) -> Verdict:
    """Ingresses serve every host by TLS, and nothing by plain HTTP.

    What crosses the internet unencrypted is read on the way, session cookies first.
    """
    plain = []
    annotated = False
    for key, entry in ingress.entries("metadata.annotations"):
        if key in (f"{NGINX}ssl-redirect", f"{NGINX}force-ssl-redirect") and str(entry.read()).lower() == "false":
            plain.append(fail(f'metadata.annotations["{key}"]', "keeps plain HTTP open", "remove the annotation"))
        annotated = annotated or (key == SERVED_TLS and entry.exists())
    return all_of(PASS if annotated else _hosts_covered(ingress), *plain)


def _hosts_covered(ingress: Resource) -> Verdict:
    entries = ingress.items("spec.tls")
    if not entries:
        return fail("spec.tls", "is not set", "list the hosts with the secret of their certificate")
    certified: set[str] = set()
    for entry in entries:
        hosts = entry.get("hosts", [])
        if not hosts:
            return PASS
        certified.update(hosts)

    def check(item: Node) -> Verdict:
        return require(
            item,
            "host",
            test=lambda host: _covered(host, certified),
            problem="is not served by TLS",
            remedy="add it to spec.tls[].hosts",
            absent=PASS,
        )

    return each(ingress, "spec.rules", check, absent=PASS)


@rule("k8s-ingress-no-wildcard-host")
def wildcard_host(ingress: Resource) -> Verdict:
    """Ingresses name the hosts that they serve.

    A wildcard, or no host at all, answers for names that belong to others.
    """
    return each(
        ingress,
        "spec.rules",
        lambda item: require(
            item,
            "host",
            test=lambda host: bool(host) and not host.startswith("*"),
            problem="is not one host",
            remedy="name the host in {path}",
        ),
    )


@rule("k8s-ingress-no-nginx-snippets")
def nginx_snippets(ingress: Resource) -> Verdict:
    """Ingresses inject no configuration into nginx.

    A snippet runs in the controller, which holds the secrets of all namespaces (CVE-2021-25742).
    """
    return all_in(
        [
            PASS,
            *(
                fail(f'metadata.annotations["{key}"]', "injects configuration into nginx", "remove the annotation")
                for key, entry in ingress.entries("metadata.annotations")
                if SNIPPET.fits(key) and entry.exists()
            ),
        ]
    )


_MESH = re.compile(r"kubernetes:security\.istio\.io/[^:]+:PeerAuthentication\Z")


@rule(
    "k8s-mesh-mtls-strict",
    subject=THE_STACK,
    config={
        "root_namespace": {
            "type": "string",
            "default": "istio-system",
            "description": "the root namespace of the mesh (meshConfig.rootNamespace)",
        }
    },
)
def mesh_mtls(stack: Resource) -> Verdict:
    """A mesh speaks mutual TLS only.

    Istio's default takes plain text too, so that one workload outside the mesh is enough to be answered unproven.
    """
    releases = stack.stack.all(stack, "kubernetes:helm.sh/v3:Release", "kubernetes:helm.sh/v4:Chart")
    if not any(str(release.get("chart", "")).rstrip("/").endswith("istiod") for release in releases):
        return NOT_APPLICABLE
    root = stack.config["root_namespace"]

    def check(peer: Resource) -> Verdict:
        if peer.present("spec.selector") or peer.get("metadata.namespace") != root:
            return NOT_APPLICABLE
        mode = peer.get("spec.mtls.mode")
        if mode == "STRICT":
            return PASS
        return fail(f"{peer.name}.spec.mtls.mode", "is not STRICT", "set it to STRICT")

    peers = [stack.like(facts) for facts in stack.stack.facts if _MESH.match(facts.kind)]
    found = any_in(judge(check, peer) for peer in peers)
    if found is not NOT_APPLICABLE:
        return found
    return fail("", "no PeerAuthentication holds for the whole mesh", f"add one in {root} with spec.mtls.mode STRICT")
