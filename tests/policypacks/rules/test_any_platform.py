"""The cases of the rules that hold for every resource."""

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from support.policies import PASS, Case, R, Trial, add, resource, trials

INSTANCE = R(
    "it",
    "aws:rds/instance:Instance",
    {
        "instanceClass": "db.t4g.small",
        "password": Secret("correct-horse"),
        "description": "the orders of the shop",
        "tags": {"owner": "shop"},
    },
    {"protect": True, "ignoreChanges": ["timeouts"], "deleteBeforeReplace": False},
)
HOOK = R(
    "hook",
    "kubernetes:admissionregistration.k8s.io/v1:MutatingWebhookConfiguration",
    {"webhooks": [{"failurePolicy": "Fail"}]},
    {"ignoreChanges": ["webhooks[*].clientConfig.caBundle"]},
)
RDS = ["aws-rds-instance-managed-master-password"]
KEY = "AKIA" + "A" * 16
TOKEN = "eyJ" + "a" * 20 + ".eyJ" + "b" * 20 + "." + "c" * 20

CASES = [
    Case(
        "platform-no-ignored-security-properties",
        INSTANCE,
        bad=[{"opts.ignoreChanges": ["storageEncrypted"]}, {"opts.ignoreChanges": ["timeouts", "*"]}],
        also_good=[{"opts.ignoreChanges": ["description"]}, {"opts.ignoreChanges": None}, add(HOOK)],
        guards=[],
        undetermined={"opts.ignoreChanges": UNKNOWN},
    ),
    Case(
        "platform-sensitive-inputs-are-secrets",
        INSTANCE,
        bad=[{"password": "correct-horse"}, {"nested": [{"connectionString": "Server=db"}]}],
        also_good=[{"password": ""}, {"password": Secret(UNKNOWN)}],
        unknown={"nested": PASS},
        breaks=RDS,
    ),
    Case(
        "platform-no-plaintext-credential-anywhere",
        INSTANCE,
        bad=[
            {"description": f"use {KEY}"},
            {"tags": {"note": TOKEN}},
            {"items": [{"url": "postgresql://app:correct-horse@db/shop"}]},
        ],
        also_good={"tags": {"note": Secret(KEY)}},
        breaks=RDS,
    ),
    Case(
        "platform-stateful-resource-protected",
        INSTANCE,
        bad={"opts.protect": False},
    ),
    Case("platform-no-delete-before-replace-on-stateful", INSTANCE, bad={"opts.deleteBeforeReplace": True}),
    Case(
        "platform-random-password-strength",
        resource("random:index/randomPassword:RandomPassword", {"length": 24, "special": True}),
        bad=[{"length": 8}, {"special": False}],
        guards=["length"],
    ),
    Case(
        "platform-tls-private-key-strength",
        resource("tls:index/privateKey:PrivateKey", {"algorithm": "ED25519"}),
        bad=[{"algorithm": "RSA", "rsaBits": 2048}, {"algorithm": "RSA"}],
        also_good={"algorithm": "RSA", "rsaBits": 4096},
        guards=["algorithm"],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
