"""The cases of the rules for KMS keys."""

import pytest

from support.aws_examples import allow, policy
from support.policies import PASS, Case, R, Ref, Trial, drop, on, resource, trials

OWNER = allow({"AWS": "arn:aws:iam::111122223333:root"}, "kms:*")
KEY = resource(
    "aws:kms/key:Key",
    {
        "description": "logs",
        "enableKeyRotation": True,
        "rotationPeriodInDays": 365,
        "deletionWindowInDays": 30,
        "isEnabled": True,
        "policy": policy(OWNER),
    },
)
WITH_POLICY = [
    R("key", "aws:kms/key:Key", {"enableKeyRotation": True}),
    R("policy", "aws:kms/keyPolicy:KeyPolicy", {"keyId": Ref("key"), "policy": policy(OWNER)}),
]

CASES = [
    Case(
        "aws-kms-key-rotation-enabled",
        KEY,
        bad={"enableKeyRotation": False},
        unrelated=[{"customerMasterKeySpec": "RSA_2048"}, {"customKeyStoreId": "cks-1"}],
    ),
    Case("aws-kms-key-rotation-period", KEY, bad={"rotationPeriodInDays": 730}),
    Case("aws-kms-key-deletion-window", KEY, bad={"deletionWindowInDays": 7}, also_good={"deletionWindowInDays": 14}),
    Case(
        "aws-kms-key-policy-no-wildcard-principal",
        KEY,
        bad=[{"policy": policy(allow("*", "kms:*"))}, {"policy": "no json"}],
        also_good={"policy": policy(allow("*", "kms:Decrypt", Condition={"StringEquals": {"kms:CallerAccount": "1"}}))},
    ),
    Case("aws-kms-key-enabled", KEY, bad={"isEnabled": False}),
    Case("aws-kms-key-no-lockout-bypass", KEY, bad={"bypassPolicyLockoutSafetyCheck": True}),
    Case(
        "aws-kms-key-has-policy",
        WITH_POLICY,
        bad=[drop("policy"), on("policy", {"policy": ""})],
        also_good=on("key", {"policy": policy(OWNER)}),
        unknown={"policy": PASS},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
