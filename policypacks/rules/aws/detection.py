"""GuardDuty, Security Hub, Inspector, Macie and WAF: what watches an account."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    THE_STACK,
    Node,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    forbid_in,
    require_holds,
    require_in,
    require_related,
    require_set,
    require_true,
    rule,
)
from policypacks.rules.common.aws_account import is_account_baseline

PLANS = (
    "S3_DATA_EVENTS", "EKS_AUDIT_LOGS", "EBS_MALWARE_PROTECTION", "RDS_LOGIN_EVENTS", "LAMBDA_NETWORK_LOGS",
    "RUNTIME_MONITORING",
)  # fmt: skip
HUB = "aws:securityhub/account:Account"
STANDARD = "aws:securityhub/standardsSubscription:StandardsSubscription"
MANAGED = ("AWSManagedRulesCommonRuleSet", "AWSManagedRulesKnownBadInputsRuleSet")


@rule("aws-guardduty-detector-enabled")
def detector_enabled(detector: Resource) -> Verdict:
    """GuardDuty detectors are switched on.

    A suspended detector sees nothing and still looks like protection.
    """
    return require_true(detector, "enable")


@rule("aws-guardduty-protection-plans")
def protection_plans(detector: Resource) -> Verdict:
    """GuardDuty watches storage, clusters, databases and functions, not only the network.

    Each plan sees a kind of attack that the others do not.
    """

    def plan(name: str) -> Verdict:
        return require_related(
            detector,
            "aws:guardduty/detectorFeature:DetectorFeature",
            by="detectorId",
            check=lambda it: all_of(require_in(it, "name", (name,)), require_in(it, "status", ("ENABLED",))),
            remedy=f"add a DetectorFeature {name} with status ENABLED",
        )

    return all_of(*(plan(name) for name in PLANS))


@rule("aws-guardduty-exports-findings")
def exports_findings(detector: Resource) -> Verdict:
    """GuardDuty findings are kept longer than GuardDuty keeps them.

    GuardDuty forgets after 90 days: https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_exportfindings.html
    """
    exported = require_related(
        detector,
        "aws:guardduty/publishingDestination:PublishingDestination",
        by="detectorId",
        check=lambda it: require_set(it, "kmsKeyArn"),
    )
    return any_of(exported, PASS if detector.stack.of(HUB) else NOT_APPLICABLE)


@rule("aws-guardduty-organization-auto-enable")
def organization_auto_enable(configuration: Resource) -> Verdict:
    """New accounts of the organisation get GuardDuty by themselves.

    An account is weakest in its first week, when nobody has set it up yet.
    """
    return require_in(configuration, "autoEnableOrganizationMembers", ("ALL", "NEW"))


@rule("aws-securityhub-enabled-with-standards", subject=THE_STACK)
def hub_with_standards(stack: Resource) -> Verdict:
    """An account that is set up has Security Hub with a standard.

    It checks what no program declares: what people change by hand.
    """
    if not is_account_baseline(stack):
        return NOT_APPLICABLE
    if not stack.stack.of(HUB):
        return fail("", "sets up an account without Security Hub", "add a securityhub Account")
    hub = stack.stack.all(stack, HUB)
    if stack.stack.of(STANDARD) or any(it.get("enableDefaultStandards", True) is not False for it in hub):
        return PASS
    return fail("", "has Security Hub without a standard", "add a StandardsSubscription")


@rule("aws-inspector-enabled")
def inspector_enabled(enabler: Resource) -> Verdict:
    """Inspector looks at instances, images and functions.

    Known weaknesses in packages are what most attacks use.
    """
    return require_holds(enabler, "resourceTypes", ["EC2", "ECR", "LAMBDA"])


@rule("aws-macie-enabled")
def macie_enabled(account: Resource) -> Verdict:
    """Macie is not paused.

    It finds personal data where nobody expects it.
    """
    return forbid_in(account, "status", ("PAUSED",))


@rule("aws-wafv2-web-acl-logging")
def web_acl_logging(acl: Resource) -> Verdict:
    """Web ACLs log what they let through and what not.

    Without the log nobody can tell an attack from a rule that is too strict.
    """
    return require_related(acl, "aws:wafv2/webAclLoggingConfiguration:WebAclLoggingConfiguration", by="resourceArn")


@rule("aws-wafv2-web-acl-has-rules")
def web_acl_has_rules(acl: Resource) -> Verdict:
    """Web ACLs have rules.

    An empty ACL lets everything through and looks like protection.
    """
    return require_set(acl, "rules")


@rule("aws-wafv2-web-acl-managed-rules")
def web_acl_managed_rules(acl: Resource) -> Verdict:
    """Web ACLs use the common managed rules and limit the rate.

    The managed rules follow the attacks of the day, and a rate limit stops what only guesses.
    """
    rules = acl.items("rules")
    names = [item.get("statement.managedRuleGroupStatement.name") for item in rules]
    missing = [name for name in MANAGED if name not in names]
    if missing:
        return fail("rules", f"lacks {' and '.join(missing)}", "add a managedRuleGroupStatement for each")
    if not any(item.present("statement.rateBasedStatement") for item in rules):
        return fail("rules", "limits no rate", "add a rateBasedStatement")
    return PASS


@rule("aws-wafv2-metrics-enabled")
def web_acl_metrics(acl: Resource) -> Verdict:
    """Web ACLs and rule groups count their hits.

    A rule that nobody sees working is a rule that nobody knows is broken.
    """

    def visible(node: Node) -> Verdict:
        return require_true(node, "visibilityConfig.cloudwatchMetricsEnabled")

    return all_of(visible(acl), *(visible(item) for item in acl.items("rules")))


@rule("aws-wafv2-rule-group-not-empty")
def rule_group_not_empty(group: Resource) -> Verdict:
    """Rule groups have rules.

    An empty group is a hole where everybody believes there is a wall.
    """
    return require_set(group, "rules")


@rule("aws-waf-classic-not-used")
def waf_classic(acl: Resource) -> Verdict:
    """WAF Classic is not used.

    AWS ended it in September 2025, and its rules are not maintained:
    https://docs.aws.amazon.com/waf/latest/developerguide/waf-migrating-from-classic.html
    """
    return fail("", "is a WAF Classic ACL", f"make a wafv2 WebAcl instead of '{acl.name}'")
