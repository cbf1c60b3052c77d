"""The cases of the rules for keys, secrets and certificates."""

import json

import pytest

from support.policies import Case, Trial, resource, trials

POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
            "Action": "kms:*",
            "Resource": "*",
        }
    ],
}
OPEN = {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Principal": "*", "Action": "kms:*", "Resource": "*"}}
KEY = resource(
    "aws:kms/key:Key",
    {"description": "logs", "enableKeyRotation": True, "deletionWindowInDays": 30, "policy": json.dumps(POLICY)},
)

CASES = [
    Case(
        "aws-kms-key-rotation-enabled",
        KEY,
        bad={"enableKeyRotation": False},
        unrelated=[{"customerMasterKeySpec": "RSA_2048"}, {"customKeyStoreId": "cks-1"}],
    ),
    Case("aws-kms-key-deletion-window", KEY, bad={"deletionWindowInDays": 7}, also_good={"deletionWindowInDays": 14}),
    Case(
        "aws-kms-key-policy-no-wildcard-principal",
        KEY,
        bad=[{"policy": json.dumps(OPEN)}, {"policy": "no json"}],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
