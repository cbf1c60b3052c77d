"""Azure's edge: application gateways, Front Door, CDN, web application firewalls."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    each,
    require_equal,
    require_false,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)

STRONG_POLICIES = ("AppGwSslPolicy20170401S", "AppGwSslPolicy20220101", "AppGwSslPolicy20220101S")
"""Predefined policies whose minimum is TLS 1.2:
https://learn.microsoft.com/azure/application-gateway/application-gateway-ssl-policy-overview"""


@rule("azure-application-gateway-waf")
def gateway_waf(gateway: Resource) -> Verdict:
    """Application gateways have a web application firewall that blocks.

    The gateway is where the internet meets the application; without the firewall it passes on attacks.
    """
    return any_of(
        all_of(require_equal(gateway, "sku.tier", "WAF_v2"), require_set(gateway, "firewallPolicy.id")),
        all_of(
            require_true(gateway, "webApplicationFirewallConfiguration.enabled"),
            require_equal(gateway, "webApplicationFirewallConfiguration.firewallMode", "Prevention"),
        ),
    )


@rule("azure-waf-policy-prevention-mode")
def waf_policy(policy: Resource) -> Verdict:
    """Firewall policies of application gateways block, with managed rules.

    In Detection mode attacks are written down and passed on.
    """
    return all_of(
        require_equal(policy, "policySettings.mode", "Prevention"),
        require_equal(policy, "policySettings.state", "Enabled"),
        each(policy, "managedRules.managedRuleSets", lambda it: require_set(it, "ruleSetType")),
    )


def _redirects(gateway: Resource, listener: str) -> bool:
    return any(
        str(entry.get("httpListener.id", "")).rpartition("/")[2] == listener and entry.present("redirectConfiguration")
        for entry in gateway.items("requestRoutingRules")
    )


@rule("azure-application-gateway-tls")
def gateway_tls(gateway: Resource) -> Verdict:
    """Application gateways speak TLS 1.2 or newer, and plain HTTP only to redirect.

    Sessions over plain HTTP or old TLS can be read and taken over on the way.
    """

    def check(listener: Node) -> Verdict:
        verdict = require_in(listener, "protocol", ("Https",), ignore_case=True)
        if verdict is PASS or verdict.unknown:
            return verdict
        return PASS if _redirects(gateway, listener.get("name", "")) else verdict

    return all_of(
        each(gateway, "httpListeners", check),
        any_of(
            require_in(gateway, "sslPolicy.policyName", STRONG_POLICIES),
            require_in(gateway, "sslPolicy.minProtocolVersion", ("TLSv1_2", "TLSv1_3")),
        ),
    )


@rule("azure-frontdoor-waf")
def front_door_waf(profile: Resource) -> Verdict:
    """Front Door profiles have a web application firewall.

    Front Door is where the internet meets the application; without the firewall it passes on attacks.
    """
    if not str(profile.get("sku.name", "")).endswith("_AzureFrontDoor"):
        return NOT_APPLICABLE
    return require_related(
        profile,
        "azure-native:cdn:SecurityPolicy",
        by="profileName",
        key="profileName",
        check=lambda policy: require_equal(policy, "parameters.type", "WebApplicationFirewall"),
    )


@rule("azure-frontdoor-waf-policy-prevention")
def front_door_policy(policy: Resource) -> Verdict:
    """Firewall policies of Front Door block.

    In Detection mode attacks are written down and passed on.
    """
    return all_of(
        require_equal(policy, "policySettings.mode", "Prevention"),
        require_equal(policy, "policySettings.enabledState", "Enabled"),
    )


@rule("azure-frontdoor-route-https")
def front_door_route(route: Resource) -> Verdict:
    """Front Door redirects to HTTPS and speaks it to the origin.

    Otherwise one half of the way is plain text.
    """
    return all_of(
        require_equal(route, "httpsRedirect", "Enabled"), require_equal(route, "forwardingProtocol", "HttpsOnly")
    )


@rule("azure-cdn-endpoint-https-only")
def cdn_https(endpoint: Resource) -> Verdict:
    """CDN endpoints serve HTTPS only.

    What is served by plain HTTP can be changed on the way to the browser.
    """
    return all_of(require_false(endpoint, "isHttpAllowed"), require_true(endpoint, "isHttpsAllowed", absent=PASS))
