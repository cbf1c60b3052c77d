"""Networks, firewalls and load balancers of Google Cloud: what the internet reaches, and over which TLS."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    each,
    fail,
    forbid_in,
    judge,
    require_false,
    require_in,
    require_set,
    require_true,
    rule,
    undetermined,
)
from policypacks.rules.common.gcp_network import HTTP_PROXIES, forbid_public_ports, is_public_ingress, only_redirects

EXTERNAL = ("EXTERNAL", "EXTERNAL_MANAGED")
"""Load balancing schemes that face the internet; without one it is EXTERNAL."""

DATABASES = (1433, 1521, 3306, 5432, 6379, 9200, 11211, 27017)
CLEARTEXT = (20, 21, 23, 25, 80, 110, 389, 445)


@rule("gcp-compute-firewall-no-public-ssh")
def no_public_ssh(firewall: Resource) -> Verdict:
    """SSH is not open to the internet.

    Open SSH is found and tried within minutes; Identity-Aware Proxy or a bastion does the same without being seen.
    """
    return forbid_public_ports(firewall, (22,), "SSH", ("tcp",))


@rule("gcp-compute-firewall-no-public-rdp")
def no_public_rdp(firewall: Resource) -> Verdict:
    """RDP is not open to the internet.

    Open RDP is the usual way in for ransomware; use Identity-Aware Proxy or a bastion.
    """
    return forbid_public_ports(firewall, (3389,), "RDP", ("tcp", "udp"))


@rule("gcp-compute-firewall-no-public-database-ports")
def no_public_databases(firewall: Resource) -> Verdict:
    """No database port is open to the internet.

    A database trusts its network; a missing patch or a weak password is enough when the network is everyone.
    """
    return forbid_public_ports(firewall, DATABASES, "a database", ("tcp", "udp"))


@rule(
    "gcp-compute-firewall-no-public-cleartext-ports",
    config={
        "redirect_tags": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["http-redirect"],
            "description": "target tags of instances that answer port 80 only to redirect to HTTPS",
        }
    },
)
def no_public_cleartext(firewall: Resource) -> Verdict:
    """No port of an unencrypted protocol is open to the internet.

    What travels there, passwords included, is read and changed on the way. Port 80 may redirect to HTTPS.
    """
    targets = firewall.get("targetTags", [])
    redirects = bool(targets) and set(targets) <= set(firewall.config["redirect_tags"])
    ports = [port for port in CLEARTEXT if not (redirects and port == 80)]
    return forbid_public_ports(firewall, ports, "an unencrypted protocol", ("tcp",))


@rule("gcp-compute-firewall-no-allow-all")
def no_allow_all(firewall: Resource) -> Verdict:
    """No firewall rule lets in every protocol from the internet.

    Such a rule is no firewall: whatever listens on any port of its targets can be reached.
    """
    public = is_public_ingress(firewall)
    if public is None:
        return NOT_APPLICABLE
    if not public:
        return PASS
    return each(firewall, "allows", lambda entry: forbid_in(entry, "protocol", ("all",), ignore_case=True))


@rule("gcp-compute-network-custom-mode")
def custom_mode(network: Resource) -> Verdict:
    """Networks have the subnets that were planned, and are not the default network.

    An auto mode network has a subnet in every region and addresses that collide when networks are joined.
    """
    return all_of(
        require_false(network, "autoCreateSubnetworks"),
        forbid_in(network, "name", ("default",), absent=PASS),
    )


@rule("gcp-compute-subnetwork-flow-logs")
def flow_logs(subnetwork: Resource) -> Verdict:
    """Subnets log their flows.

    Without flow logs nobody can say afterwards who talked to whom. Proxy-only subnets cannot have them.
    """
    proxies = ("REGIONAL_MANAGED_PROXY", "GLOBAL_MANAGED_PROXY", "INTERNAL_HTTPS_LOAD_BALANCER")
    if subnetwork.get("purpose") in proxies:
        return NOT_APPLICABLE
    return require_set(subnetwork, "logConfig")


@rule("gcp-compute-ssl-policy-modern")
def ssl_policy_modern(policy: Resource) -> Verdict:
    """TLS policies take TLS 1.2 or newer, with modern ciphers.

    Older versions and ciphers have attacks that work. See https://cloud.google.com/load-balancing/docs/ssl-policies-concepts.
    """
    return all_of(
        require_in(policy, "minTlsVersion", ("TLS_1_2", "TLS_1_3")),
        require_in(policy, "profile", ("RESTRICTED", "MODERN", "FIPS_202205")),
    )


@rule("gcp-compute-https-proxy-has-ssl-policy")
def proxy_has_ssl_policy(proxy: Resource) -> Verdict:
    """HTTPS and SSL proxies have a TLS policy.

    Without one they take TLS 1.0 and the COMPATIBLE set of ciphers.
    """
    return require_set(proxy, "sslPolicy")


@rule("gcp-compute-http-proxy-only-redirects")
def http_proxy_redirects(proxy: Resource) -> Verdict:
    """An HTTP proxy does nothing but redirect to HTTPS.

    Whatever it answered itself would travel in the clear.
    """
    return only_redirects(proxy)


@rule("gcp-compute-backend-service-logging")
def backend_logging(service: Resource) -> Verdict:
    """Backend services log their requests.

    The load balancer's log is the only one that names the client before anything else can change it.
    """
    return require_true(service, "logConfig.enable")


@rule("gcp-compute-backend-service-cloud-armor")
def backend_armor(service: Resource) -> Verdict:
    """Backend services that face the internet have a Cloud Armor policy.

    It stops known attacks and floods before they reach the application.
    """
    if service.get("loadBalancingScheme", "EXTERNAL") not in EXTERNAL:
        return NOT_APPLICABLE
    return require_set(service, "securityPolicy")


@rule(
    "gcp-compute-forwarding-rule-no-http",
    subject=("gcp:compute/forwardingRule:ForwardingRule", "gcp:compute/globalForwardingRule:GlobalForwardingRule"),
)
def no_http(forwarding: Resource) -> Verdict:
    """Forwarding rules that face the internet lead to HTTPS, or to a proxy that redirects there.

    Plain HTTP is read and changed on the way.
    """
    if forwarding.get("loadBalancingScheme", "EXTERNAL") not in EXTERNAL or not forwarding.present("target"):
        return NOT_APPLICABLE
    proxies = forwarding.stack.target(forwarding, "target", *HTTP_PROXIES)
    if proxies.sure:
        return all_in(judge(only_redirects, proxy) for proxy in proxies.sure)
    if proxies.maybe:
        return undetermined("target")
    return _not_http(forwarding.at("target"))


def _not_http(target: Node) -> Verdict:
    if "/targethttpproxies/" in str(target.read()).lower():
        return fail("target", "is an HTTP proxy that this stack does not define", "use an HTTPS proxy")
    return PASS
