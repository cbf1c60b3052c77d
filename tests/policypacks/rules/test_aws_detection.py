"""The cases of the rules for GuardDuty, Security Hub, Inspector, Macie and WAF."""

import pytest

from policypacks.rules.aws.detection import PLANS
from support.aws_examples import KEY_ARN
from support.policies import PASS, Case, R, Ref, Trial, add, drop, on, resource, trials

DETECTOR = [
    R("detector", "aws:guardduty/detector:Detector", {"enable": True}),
    *(
        R(
            plan.lower(),
            "aws:guardduty/detectorFeature:DetectorFeature",
            {"detectorId": Ref("detector"), "name": plan, "status": "ENABLED"},
        )
        for plan in PLANS
    ),
    R(
        "export",
        "aws:guardduty/publishingDestination:PublishingDestination",
        {"detectorId": Ref("detector"), "kmsKeyArn": KEY_ARN},
    ),
]
HUB = [
    R("hub", "aws:securityhub/account:Account", {"enableDefaultStandards": False}),
    R("standard", "aws:securityhub/standardsSubscription:StandardsSubscription", {"standardsArn": "arn"}),
    R("trail", "aws:cloudtrail/trail:Trail", {}),
]
VISIBLE = {"cloudwatchMetricsEnabled": True, "metricName": "x", "sampledRequestsEnabled": True}
RULES = [
    *(
        {"name": name, "statement": {"managedRuleGroupStatement": {"name": name}}, "visibilityConfig": VISIBLE}
        for name in ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")
    ),
    {"name": "rate", "statement": {"rateBasedStatement": {"limit": 2000}}, "visibilityConfig": VISIBLE},
]
ACL = [
    R("acl", "aws:wafv2/webAcl:WebAcl", {"scope": "REGIONAL", "rules": RULES, "visibilityConfig": VISIBLE}),
    R(
        "logging",
        "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration",
        {"resourceArn": Ref("acl", "arn"), "logDestinationConfigs": ["arn"]},
    ),
]
GROUP = resource("aws:wafv2/ruleGroup:RuleGroup", {"rules": RULES, "visibilityConfig": VISIBLE})

CASES = [
    Case("aws-guardduty-detector-enabled", DETECTOR, bad={"enable": False}),
    Case(
        "aws-guardduty-protection-plans",
        DETECTOR,
        bad=[drop("s3_data_events"), on("runtime_monitoring", {"status": "DISABLED"})],
        guards=[],
    ),
    Case(
        "aws-guardduty-exports-findings",
        DETECTOR,
        bad=[drop("export"), on("export", {"kmsKeyArn": ""})],
        guards=[],
    ),
    Case(
        "aws-guardduty-organization-auto-enable",
        resource(
            "aws:guardduty/organizationConfiguration:OrganizationConfiguration",
            {"autoEnableOrganizationMembers": "ALL"},
        ),
        bad={"autoEnableOrganizationMembers": "NONE"},
        also_good={"autoEnableOrganizationMembers": "NEW"},
    ),
    Case(
        "aws-securityhub-enabled-with-standards",
        HUB,
        bad=drop("standard"),
        also_good=on("hub", {"enableDefaultStandards": True}),
    ),
    Case(
        "aws-inspector-enabled",
        resource("aws:inspector2/enabler:Enabler", {"resourceTypes": ["EC2", "ECR", "LAMBDA"]}),
        bad={"resourceTypes": ["EC2"]},
    ),
    Case("aws-macie-enabled", resource("aws:macie2/account:Account", {"status": "ENABLED"}), bad={"status": "PAUSED"}),
    Case(
        "aws-wafv2-web-acl-logging",
        ACL,
        bad=[drop("logging"), on("logging", {"resourceArn": "another"})],
    ),
    Case(
        "aws-wafv2-web-acl-has-rules",
        ACL,
        bad={"rules": []},
        unknown={"rules": PASS},
    ),
    Case(
        "aws-wafv2-web-acl-managed-rules",
        ACL,
        bad=[{"rules": RULES[:1] + RULES[2:]}, {"rules": RULES[:2]}],
    ),
    Case(
        "aws-wafv2-metrics-enabled",
        GROUP,
        bad=[
            {"visibilityConfig.cloudwatchMetricsEnabled": False},
            {"rules[0].visibilityConfig": {"cloudwatchMetricsEnabled": False}},
        ],
        guards=["visibilityConfig.cloudwatchMetricsEnabled"],
    ),
    Case("aws-wafv2-rule-group-not-empty", GROUP, bad={"rules": []}, unknown={"rules": PASS}),
    Case(
        "aws-waf-classic-not-used",
        [],
        bad=[add(R("classic", f"aws:{module}/webAcl:WebAcl", {})) for module in ("waf", "wafregional")],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
