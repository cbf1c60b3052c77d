"""CloudWatch: log groups, alarms, event buses."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Resource,
    Verdict,
    all_of,
    any_of,
    fail,
    require,
    require_related,
    require_set,
    rule,
)
from policypacks.rules.common.aws_policy import forbid_public_principal
from policypacks.rules.common.tags import is_regulated


@rule("aws-cloudwatch-log-group-encrypted")
def log_group_encrypted(group: Resource) -> Verdict:
    """Log groups are encrypted with a KMS key.

    Logs hold what programs saw, often more than they should have written.
    """
    return require_set(group, "kmsKeyId")


@rule(
    "aws-cloudwatch-log-group-retention",
    config={
        "minimum_days": {
            "type": "integer",
            "minimum": 1,
            "default": 365,
            "description": "days that logs are kept at least; 365 is PCI DSS 10.5.1, 2192 keeps them as long as HIPAA"
            " documentation (164.316(b)(2)(i))",
        },
        "allow_never_expire": {
            "type": "boolean",
            "default": True,
            "description": "whether logs may be kept without an end",
        },
    },
)
def log_group_retention(group: Resource) -> Verdict:
    """Log groups keep their logs for at least a year.

    Break-ins are found after months; what was thrown away by then cannot be investigated. CloudWatch keeps logs without
    an end where nothing is said, which is as seldom meant as a day.
    """
    minimum, forever = group.config["minimum_days"], group.config["allow_never_expire"]

    def test(value: object) -> bool:
        days = int(value) if isinstance(value, int | str) and str(value).isdigit() else -1
        return days >= minimum or (days == 0 and forever)

    return require(
        group,
        "retentionInDays",
        test=test,
        problem=f"is not at least {minimum} days",
        remedy=f"set {{path}} to {minimum} or more",
    )


@rule("aws-cloudwatch-log-resource-policy-not-public")
def log_policy_not_public(policy: Resource) -> Verdict:
    """No resource policy of CloudWatch Logs gives anything to everyone.

    Who may write to a log can hide in it; who may read it needs no other way in.
    """
    return all_of(require_set(policy, "policyDocument"), forbid_public_principal(policy, "policyDocument"))


@rule("aws-cloudwatch-log-data-protection")
def log_data_protection(group: Resource) -> Verdict:
    """Log groups of regulated applications mask personal data.

    Programs log what they should not; a data protection policy finds and masks it.
    """
    if not is_regulated(group) or _written_by_aws(group):
        return NOT_APPLICABLE
    accounts = [
        policy
        for policy in group.stack.all(group, "aws:cloudwatch/logAccountPolicy:LogAccountPolicy")
        if policy.get("policyType") == "DATA_PROTECTION_POLICY"
    ]
    own = require_related(group, "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy", by="logGroupName")
    return any_of(own, PASS if accounts else NOT_APPLICABLE)


def _written_by_aws(group: Resource) -> bool:
    """Whether a flow log or a trail writes there: records of a fixed form, whose masking would only hide who did it."""
    stack = group.stack
    return bool(
        stack.related(group, "aws:ec2/flowLog:FlowLog", by="logDestination").sure
        or stack.related(group, "aws:cloudtrail/trail:Trail", by="cloudWatchLogsGroupArn").sure
    )


@rule("aws-cloudwatch-alarm-has-action")
def alarm_has_action(alarm: Resource) -> Verdict:
    """Alarms tell somebody.

    An alarm without an action is a light in an empty room.
    """
    off = fail("actionsEnabled", "is false", "set actionsEnabled to true")
    enabled = off if alarm.get("actionsEnabled", True) is False else PASS
    return all_of(require_set(alarm, "alarmActions"), enabled)


@rule("aws-events-bus-policy-not-public")
def bus_policy_not_public(target: Resource) -> Verdict:
    """No event bus takes events from everyone.

    Who can send events can make every rule behind the bus act.
    """
    if target.type == "aws:cloudwatch/eventBusPolicy:EventBusPolicy":
        return all_of(require_set(target, "policy"), forbid_public_principal(target, "policy"))
    if target.get("principal") == "*" and target.get("condition.key") != "aws:PrincipalOrgID":
        return fail("principal", "is everyone", "name an account, or add a condition on aws:PrincipalOrgID")
    return require_set(target, "principal")


@rule("aws-events-bus-uses-customer-key")
def bus_customer_key(bus: Resource) -> Verdict:
    """Event buses that carry regulated data are encrypted with a key of one's own.

    Events carry excerpts of the data that they are about.
    """
    return require_set(bus, "kmsKeyIdentifier") if is_regulated(bus) else NOT_APPLICABLE


@rule("aws-events-target-dead-letter")
def target_dead_letter(target: Resource) -> Verdict:
    """Event targets keep the events that they could not deliver.

    An event that is lost without a trace is a job that nobody knows was not done.
    """
    return require_set(target, "deadLetterConfig.arn")
