"""Load balancers: TLS, logs, protection; groups behind them."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    require,
    require_equal,
    require_false,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)

ASSOCIATIONS = (
    "aws:wafv2/webAclAssociation:WebAclAssociation",
    "aws:wafregional/webAclAssociation:WebAclAssociation",
)
ENCRYPTED = ("HTTPS", "TLS")

MODERN = (
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-PQ-2025-09",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
    "ELBSecurityPolicy-FS-1-2-Res-2020-10",
    "ELBSecurityPolicy-FS-1-2-Res-2019-08",
    "ELBSecurityPolicy-FS-1-2-2019-08",
    "ELBSecurityPolicy-TLS-1-2-2017-01",
)
"""Policies that take TLS 1.2 and newer alone:
https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html"""

CLASSIC_MODERN = ("ELBSecurityPolicy-TLS-1-2-2017-01",)
"""The one predefined policy of classic load balancers without TLS 1.0 and 1.1:
https://docs.aws.amazon.com/elasticloadbalancing/latest/classic/elb-security-policy-table.html"""


def _application(balancer: Resource) -> bool:
    return bool(balancer.get("loadBalancerType", "application") == "application")


@rule("aws-lb-access-logs-enabled")
def access_logs(balancer: Resource) -> Verdict:
    """Load balancers log their requests.

    The log is the only one that names the client before anything else can change it. Gateway load balancers have none.
    """
    if balancer.get("loadBalancerType") == "gateway":
        return NOT_APPLICABLE
    return all_of(require_true(balancer, "accessLogs.enabled"), require_set(balancer, "accessLogs.bucket"))


@rule("aws-lb-drops-invalid-headers")
def drops_invalid_headers(balancer: Resource) -> Verdict:
    """Application load balancers drop headers that are not valid.

    What one server reads otherwise than the next is how requests are smuggled past checks.
    """
    return require_true(balancer, "dropInvalidHeaderFields") if _application(balancer) else NOT_APPLICABLE


@rule("aws-lb-deletion-protection")
def deletion_protection(balancer: Resource) -> Verdict:
    """Load balancers cannot be deleted by mistake.

    With the load balancer its address goes, and every service behind it.
    """
    return require_true(balancer, "enableDeletionProtection")


@rule("aws-lb-desync-mitigation")
def desync_mitigation(balancer: Resource) -> Verdict:
    """Application load balancers refuse requests that servers may read in two ways.

    Such requests are how one client's request is answered to another.
    """
    if not _application(balancer):
        return NOT_APPLICABLE
    return require_in(balancer, "desyncMitigationMode", ("defensive", "strictest"))


@rule("aws-lb-waf-associated")
def waf_associated(balancer: Resource) -> Verdict:
    """Application load balancers that face the internet have a web application firewall.

    It stops known attacks before they reach the application.
    """
    if not _application(balancer) or balancer.get("internal") is True:
        return NOT_APPLICABLE
    return require_related(balancer, *ASSOCIATIONS, by="resourceArn")


def _redirects(action: Node) -> Verdict:
    if action.get("type") == "redirect" and action.get("redirect.protocol", "#{protocol}") == "HTTPS":
        return PASS
    return fail(action.path, "does not redirect to HTTPS", "set its type to redirect and redirect.protocol to HTTPS")


@rule("aws-lb-listener-encrypted")
def listener_encrypted(listener: Resource) -> Verdict:
    """Listeners speak TLS, or only redirect there.

    What travels in the clear, passwords included, is read and changed on the way. Gateway load balancers and network
    load balancers that pass TCP or UDP on end no TLS of their own.
    """
    protocol = listener.get("protocol")
    if protocol in ENCRYPTED:
        return PASS
    if protocol in ("GENEVE", "UDP", "TCP_UDP", "TCP", "QUIC", "TCP_QUIC"):
        clear = protocol == "TCP" and str(listener.get("port")) == "80"
        return fail("port", "passes HTTP on without TLS", "use port 443 and TLS") if clear else NOT_APPLICABLE
    if protocol is None and not listener.present("port"):
        return NOT_APPLICABLE
    if protocol is None:
        return fail("protocol", "is not set", "set protocol to HTTPS or TLS")
    return each(listener, "defaultActions", _redirects)


@rule("aws-lb-http-redirects-to-https")
def http_redirects(listener: Resource) -> Verdict:
    """Listeners of plain HTTP redirect to HTTPS and do nothing else.

    Browsers that were given an old address then find the encrypted one.
    """
    if listener.get("protocol") != "HTTP":
        return NOT_APPLICABLE
    return each(listener, "defaultActions", _redirects)


@rule(
    "aws-lb-listener-modern-tls-policy",
    config={
        "tls_policies": {
            "type": "array",
            "items": {"type": "string"},
            "default": list(MODERN),
            "description": "security policies of load balancers that take TLS 1.2 and newer alone",
        }
    },
)
def modern_tls(listener: Resource) -> Verdict:
    """TLS listeners take TLS 1.2 and newer alone.

    The default policy of listeners takes TLS 1.0, whose attacks work.
    """
    if listener.get("protocol") not in ENCRYPTED:
        return NOT_APPLICABLE
    allowed = set(listener.config["tls_policies"])
    return require(
        listener,
        "sslPolicy",
        test=lambda policy: policy in allowed,
        problem="is not a policy of the setting tls_policies",
        remedy=f"set {{path}} to '{MODERN[0]}' or another that takes TLS 1.2 and newer alone",
    )


@rule("aws-lb-listener-uses-acm-certificate")
def acm_certificate(listener: Resource) -> Verdict:
    """Certificates of listeners come from ACM.

    ACM renews what it issues and keeps the private key where nobody can read it.
    """
    if listener.get("protocol") not in ENCRYPTED:
        return NOT_APPLICABLE
    return require(
        listener,
        "certificateArn",
        test=lambda arn: ":acm:" in str(arn),
        problem="is not a certificate of ACM",
        remedy="set {path} to the ARN of an ACM certificate",
    )


@rule("aws-elb-classic-listeners-encrypted")
def classic_encrypted(balancer: Resource) -> Verdict:
    """Classic load balancers listen to HTTPS or SSL alone.

    They cannot redirect: what comes in the clear is answered in the clear.
    """

    def check(listener: Node) -> Verdict:
        return all_of(
            require_in(listener, "lbProtocol", ("https", "ssl"), ignore_case=True),
            require_set(listener, "sslCertificateId"),
        )

    return each(balancer, "listeners", check)


@rule("aws-elb-classic-access-logs")
def classic_access_logs(balancer: Resource) -> Verdict:
    """Classic load balancers log their requests.

    The log is the only one that names the client before anything else can change it.
    """
    return all_of(
        require_set(balancer, "accessLogs.bucket"),
        require_true(balancer, "accessLogs.enabled", absent=PASS),
    )


@rule("aws-elb-classic-cross-zone-and-draining")
def classic_cross_zone(balancer: Resource) -> Verdict:
    """Classic load balancers spread over zones and let requests end before an instance goes.

    Otherwise a zone with few instances is overrun, and each deployment cuts requests off.
    """
    return require_true(balancer, "crossZoneLoadBalancing", "connectionDraining")


@rule("aws-elb-classic-tls-policy")
def classic_tls(policy: Resource) -> Verdict:
    """TLS policies of classic load balancers take TLS 1.2 and newer alone.

    Older versions have attacks that work.
    """
    if policy.get("policyTypeName", "SSLNegotiationPolicyType") != "SSLNegotiationPolicyType":
        return NOT_APPLICABLE
    old = ("Protocol-SSLv3", "Protocol-TLSv1", "Protocol-TLSv1.1")

    def check(attribute: Node) -> Verdict:
        name = attribute.get("name")
        if name == "Reference-Security-Policy":
            return require_in(attribute, "value", CLASSIC_MODERN)
        return require_false(attribute, "value") if name in old else PASS

    return each(policy, "policyAttributes", check)


@rule("aws-autoscaling-group-elb-health-check")
def elb_health_check(group: Resource) -> Verdict:
    """Groups behind a load balancer replace instances that the load balancer finds ill.

    The group's own check sees only whether the machine runs, not whether it answers.
    """
    if not (group.present("targetGroupArns") or group.present("loadBalancers")):
        return NOT_APPLICABLE
    return require_equal(group, "healthCheckType", "ELB")
