"""The cases of the rules for Azure's edge."""

import pytest

from support.policies import PASS, UNDETERMINED, Case, R, Ref, Trial, drop, on, resource, trials

LISTENER = "/gateways/it/httpListeners/plain"
GATEWAY = resource(
    "azure-native:network:ApplicationGateway",
    {
        "sku": {"tier": "WAF_v2"},
        "firewallPolicy": {"id": "policy"},
        "httpListeners": [{"name": "tls", "protocol": "Https"}],
        "sslPolicy": {"policyType": "Predefined", "policyName": "AppGwSslPolicy20220101"},
    },
)
PLAIN = [{"name": "plain", "protocol": "Http"}]
WAF = {"webApplicationFirewallConfiguration": {"enabled": True, "firewallMode": "Prevention"}}
DETECTS = {"webApplicationFirewallConfiguration": {"enabled": True, "firewallMode": "Detection"}}
FRONT_DOOR_POLICY = resource(
    "azure-native:cdn:Policy", {"policySettings": {"mode": "Prevention", "enabledState": "Enabled"}}
)

CASES = [
    Case(
        "azure-application-gateway-waf",
        GATEWAY,
        bad=[
            {"sku.tier": "Standard_v2"},
            {"firewallPolicy.id": ""},
            {
                "firewallPolicy": {},
                "webApplicationFirewallConfiguration": {"enabled": True, "firewallMode": "Detection"},
            },
        ],
        also_good={"firewallPolicy": {}, **WAF},
        guards=["sku.tier", "firewallPolicy"],
        unknown={"firewallPolicy": UNDETERMINED},
    ),
    Case(
        "azure-waf-policy-prevention-mode",
        resource(
            "azure-native:network:WebApplicationFirewallPolicy",
            {
                "policySettings": {"mode": "Prevention", "state": "Enabled"},
                "managedRules": {"managedRuleSets": [{"ruleSetType": "OWASP", "ruleSetVersion": "3.2"}]},
            },
        ),
        bad=[
            {"policySettings.mode": "Detection"},
            {"policySettings.state": "Disabled"},
            {"managedRules.managedRuleSets": []},
        ],
    ),
    Case(
        "azure-application-gateway-tls",
        GATEWAY,
        bad=[
            {"httpListeners": PLAIN},
            {"sslPolicy.policyName": "AppGwSslPolicy20150501"},
            {"sslPolicy": {"policyType": "Custom", "minProtocolVersion": "TLSv1_1"}},
        ],
        also_good=[
            {"sslPolicy": {"policyType": "Custom", "minProtocolVersion": "TLSv1_2"}},
            {
                "httpListeners": PLAIN,
                "requestRoutingRules": [{"httpListener": {"id": LISTENER}, "redirectConfiguration": {"id": "x"}}],
            },
        ],
    ),
    Case(
        "azure-frontdoor-waf",
        [
            R("profile", "azure-native:cdn:Profile", {"sku": {"name": "Premium_AzureFrontDoor"}}),
            R(
                "security",
                "azure-native:cdn:SecurityPolicy",
                {"profileName": Ref("profile"), "parameters": {"type": "WebApplicationFirewall"}},
            ),
        ],
        bad=[
            drop("security"),
            on("security", {"profileName": "other"}),
            on("security", {"parameters.type": "Other"}),
        ],
        unrelated={"sku.name": "Standard_Microsoft"},
    ),
    Case(
        "azure-frontdoor-waf-policy-prevention",
        FRONT_DOOR_POLICY,
        bad=[{"policySettings.mode": "Detection"}, {"policySettings.enabledState": "Disabled"}],
    ),
    Case(
        "azure-frontdoor-route-https",
        resource("azure-native:cdn:Route", {"httpsRedirect": "Enabled", "forwardingProtocol": "HttpsOnly"}),
        bad=[{"httpsRedirect": "Disabled"}, {"forwardingProtocol": "MatchRequest"}],
    ),
    Case(
        "azure-cdn-endpoint-https-only",
        resource("azure-native:cdn:Endpoint", {"isHttpAllowed": False, "isHttpsAllowed": True}),
        bad=[{"isHttpAllowed": True}, {"isHttpsAllowed": False}],
        absent={"isHttpsAllowed": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
