"""The cases of the rules for Network Firewall, transit gateways and Client VPN."""

import pytest

from support.policies import PASS, REMOVE, Case, R, Ref, Trial, drop, on, resource, trials

FIREWALL = "aws:networkfirewall/firewall:Firewall"
FLAGS = {"deleteProtection": True, "subnetChangeProtection": True, "firewallPolicyChangeProtection": True}
DESTINATIONS = "loggingConfiguration.logDestinationConfigs"
LOGS = [{"logType": "FLOW", "logDestinationType": "S3"}, {"logType": "ALERT", "logDestinationType": "S3"}]
POLICY = resource(
    "aws:networkfirewall/firewallPolicy:FirewallPolicy",
    {
        "firewallPolicy": {
            "statelessDefaultActions": ["aws:forward_to_sfe"],
            "statelessFragmentDefaultActions": ["aws:drop"],
            "statefulRuleGroupReferences": [{"resourceArn": "g"}],
        }
    },
)

CASES = [
    Case(
        "aws-ec2-transit-gateway-no-auto-accept",
        resource("aws:ec2transitgateway/transitGateway:TransitGateway", {"autoAcceptSharedAttachments": "disable"}),
        bad={"autoAcceptSharedAttachments": "enable"},
    ),
    Case(
        "aws-ec2-client-vpn-not-authorize-all",
        resource(
            "aws:ec2clientvpn/authorizationRule:AuthorizationRule",
            {"authorizeAllGroups": True, "targetNetworkCidr": "10.1.0.0/16"},
        ),
        bad={"targetNetworkCidr": "0.0.0.0/0"},
        also_good={"authorizeAllGroups": REMOVE, "targetNetworkCidr": "0.0.0.0/0"},
    ),
    Case(
        "aws-networkfirewall-logging",
        [
            R("firewall", FIREWALL, FLAGS),
            R(
                "logging",
                "aws:networkfirewall/loggingConfiguration:LoggingConfiguration",
                {"firewallArn": Ref("firewall", "arn"), "loggingConfiguration": {"logDestinationConfigs": LOGS}},
            ),
        ],
        bad=[drop("logging"), on("logging", {DESTINATIONS: LOGS[:1]})],
    ),
    Case(
        "aws-networkfirewall-default-drop",
        POLICY,
        bad=[
            {"firewallPolicy.statelessDefaultActions": ["aws:pass"]},
            {"firewallPolicy.statelessFragmentDefaultActions": ["aws:pass", "count"]},
            {"firewallPolicy.statelessDefaultActions": ["count"]},
        ],
        also_good={"firewallPolicy.statelessDefaultActions": ["aws:drop", "count"]},
    ),
    Case(
        "aws-networkfirewall-policy-has-rule-groups",
        POLICY,
        bad={"firewallPolicy.statefulRuleGroupReferences": []},
        also_good={
            "firewallPolicy.statefulRuleGroupReferences": REMOVE,
            "firewallPolicy.statelessRuleGroupReferences": [{"resourceArn": "g", "priority": 1}],
        },
        unknown={"firewallPolicy.statefulRuleGroupReferences": PASS},
    ),
    Case("aws-networkfirewall-protection-flags", resource(FIREWALL, FLAGS), bad=[{flag: False} for flag in FLAGS]),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
