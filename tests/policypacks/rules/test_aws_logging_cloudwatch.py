"""The cases of the rules for CloudWatch."""

import pytest

from support.aws_examples import KEY_ARN, allow, policy
from support.policies import FAIL, PASS, REMOVE, Case, R, Ref, Trial, add, drop, on, resource, trials

GROUP = resource("aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": KEY_ARN, "retentionInDays": 365})
BUS = resource("aws:cloudwatch/eventBus:EventBus", {"name": "orders", "kmsKeyIdentifier": KEY_ARN})
OWN = policy(allow({"AWS": "arn:aws:iam::111122223333:root"}, "*"))
OPEN = policy(allow("*", "*"))

CASES = [
    Case("aws-cloudwatch-log-group-encrypted", GROUP, bad={"kmsKeyId": ""}, unknown={"kmsKeyId": PASS}),
    Case(
        "aws-cloudwatch-log-group-retention",
        GROUP,
        bad=[{"retentionInDays": 90}, {"retentionInDays": "soon"}],
        also_good=[{"retentionInDays": 2192}, {"retentionInDays": 0}],
    ),
    Case(
        "aws-cloudwatch-log-resource-policy-not-public",
        resource("aws:cloudwatch/logResourcePolicy:LogResourcePolicy", {"policyName": "x", "policyDocument": OWN}),
        bad={"policyDocument": OPEN},
    ),
    Case(
        "aws-cloudwatch-log-data-protection",
        [
            R("group", "aws:cloudwatch/logGroup:LogGroup", {"name": "app"}),
            R(
                "protection",
                "aws:cloudwatch/logDataProtectionPolicy:LogDataProtectionPolicy",
                {"logGroupName": Ref("group"), "policyDocument": "{}"},
            ),
        ],
        bad=drop("protection"),
        unrelated=[
            on("group", {"tags": {"data-classification": "internal"}}),
            add(R("flows", "aws:ec2/flowLog:FlowLog", {"logDestination": Ref("group", "arn")})),
            add(R("trail", "aws:cloudtrail/trail:Trail", {"cloudWatchLogsGroupArn": Ref("group", "arn")})),
        ],
    ),
    Case(
        "aws-cloudwatch-alarm-has-action",
        resource("aws:cloudwatch/metricAlarm:MetricAlarm", {"alarmActions": ["arn:aws:sns:eu-west-1:1:x"]}),
        bad=[{"alarmActions": []}, {"actionsEnabled": False}],
        absent={"actionsEnabled": PASS},
        unknown={"alarmActions": PASS},
    ),
    Case(
        "aws-events-bus-policy-not-public",
        resource("aws:cloudwatch/eventBusPolicy:EventBusPolicy", {"policy": OWN}),
        bad={"policy": OPEN},
    ),
    Case(
        "aws-events-bus-uses-customer-key",
        BUS,
        bad={"kmsKeyIdentifier": ""},
        unrelated={"tags": {"data-classification": "public"}},
        unknown={"kmsKeyIdentifier": PASS},
    ),
    Case(
        "aws-events-target-dead-letter",
        resource("aws:cloudwatch/eventTarget:EventTarget", {"rule": "r", "deadLetterConfig": {"arn": "arn:aws:sqs:x"}}),
        bad={"deadLetterConfig.arn": ""},
        unknown={"deadLetterConfig.arn": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


OTHERS = [
    Case(
        "aws-events-bus-policy-not-public",
        resource("aws:cloudwatch/eventPermission:EventPermission", {"principal": "111122223333"}),
        bad=[{"principal": "*"}, {"principal": REMOVE}],
        also_good={"principal": "*", "condition": {"key": "aws:PrincipalOrgID", "type": "StringEquals", "value": "o"}},
        absent={"principal": FAIL},
    ),
    Case(
        "aws-cloudwatch-log-data-protection",
        [
            R("group", "aws:cloudwatch/logGroup:LogGroup", {"name": "app"}),
            R("account", "aws:cloudwatch/logAccountPolicy:LogAccountPolicy", {"policyType": "DATA_PROTECTION_POLICY"}),
        ],
        bad=[drop("account"), on("account", {"policyType": "SUBSCRIPTION_FILTER_POLICY"})],
        also_good=add(R("other", "aws:sqs/queue:Queue", {})),
    ),
    Case(
        "aws-cloudwatch-log-group-retention",
        resource("aws:cloudwatch/logGroup:LogGroup", {"kmsKeyId": KEY_ARN, "retentionInDays": 2192}),
        bad=[{"retentionInDays": 0}, {"retentionInDays": 365}],
        config={"minimum_days": 2192, "allow_never_expire": False},
        guards=[],
    ),
]


@pytest.mark.parametrize("trial", trials(OTHERS), ids=str)
def test_other_ways(trial: Trial) -> None:
    trial.run()
