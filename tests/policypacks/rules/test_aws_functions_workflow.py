"""The cases of the rules for Step Functions."""

import json

import pytest

from support.aws_examples import KEY_ARN
from support.policies import PASS, Case, Trial, resource, trials

MACHINE = resource(
    "aws:sfn/stateMachine:StateMachine",
    {
        "definition": json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "End": True}}}),
        "loggingConfiguration": {"level": "ERROR", "includeExecutionData": False},
        "encryptionConfiguration": {"type": "CUSTOMER_MANAGED_KMS_KEY", "kmsKeyId": KEY_ARN},
        "tracingConfiguration": {"enabled": True},
    },
)
WITH_DATA = {"loggingConfiguration.includeExecutionData": True}

CASES = [
    Case(
        "aws-sfn-state-machine-logging",
        MACHINE,
        bad=[{"loggingConfiguration.level": "FATAL"}, WITH_DATA],
        absent={"loggingConfiguration.includeExecutionData": PASS},
        also_good={**WITH_DATA, "tags": {"data-classification": "internal"}},
    ),
    Case(
        "aws-sfn-state-machine-uses-customer-key",
        MACHINE,
        bad=[{"encryptionConfiguration.type": "AWS_OWNED_KEY"}, {"encryptionConfiguration.kmsKeyId": ""}],
        unknown={"encryptionConfiguration.kmsKeyId": PASS},
    ),
    Case(
        "aws-sfn-definition-no-secrets",
        MACHINE,
        bad={"definition": json.dumps({"Parameters": {"password": "correct-horse-battery"}})},
    ),
    Case("aws-sfn-state-machine-tracing", MACHINE, bad={"tracingConfiguration.enabled": False}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
