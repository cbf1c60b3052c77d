"""The cases of the rules for secrets, config maps and charts."""

import pytest

from platform_lib.core.values import UNKNOWN, Secret
from support.policies import Case, Trial, resource, trials

SECRET = resource(
    "kubernetes:core/v1:Secret",
    {"type": "Opaque", "stringData": {"password": Secret("correct-horse")}, "data": Secret({"key": "YQ=="})},
)
CONFIG = resource("kubernetes:core/v1:ConfigMap", {"data": {"level": "info"}, "binaryData": {"a": "YQ=="}})
RELEASE = resource(
    "kubernetes:helm.sh/v3:Release",
    {
        "chart": "redis",
        "version": "20.1.0",
        "repositoryOpts": {"repo": "https://charts.example/stable"},
        "values": {"replicas": 2, "auth": {"password": Secret("correct-horse")}},
    },
)
KEY = "AKIA" + "A" * 16

CASES = [
    Case(
        "k8s-service-account-no-automount",
        resource("kubernetes:core/v1:ServiceAccount", {"automountServiceAccountToken": False}),
        bad={"automountServiceAccountToken": True},
    ),
    Case("k8s-secret-not-legacy-token", SECRET, bad={"type": "kubernetes.io/service-account-token"}),
    Case(
        "k8s-secret-from-pulumi-secret-or-external",
        SECRET,
        bad=[{"stringData": {"password": "correct-horse"}}, {"data": {"key": "YQ=="}}],
        undetermined={"stringData": {"password": UNKNOWN}},
    ),
    Case(
        "k8s-configmap-no-credentials",
        CONFIG,
        bad=[
            {"data": {"password": "correct-horse"}},
            {"data": {"db.password": "correct-horse"}},
            {"data": {"app.ini": f"[aws]\nid = {KEY}\n"}},
            {"binaryData": {"app.ini": "LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t"}},
        ],
    ),
    Case(
        "k8s-helm-release-version-pinned",
        RELEASE,
        bad=[{"version": "^20.0.0"}, {"version": "20.x"}],
        unrelated={"chart": "./charts/shop"},
    ),
    Case(
        "k8s-helm-release-trusted-repository",
        RELEASE,
        bad=[
            {"repositoryOpts.repo": "http://charts.example/stable"},
            {"repositoryOpts.repo": "https://charts.example.evil/stable"},
            {"chart": "oci://registry.evil/redis"},
        ],
        also_good={"chart": "oci://registry.example/charts/redis"},
        guards=["repositoryOpts.repo"],
        unrelated={"chart": "../shop"},
        config={"repositories": ["https://charts.example", "oci://registry.example/charts"]},
    ),
    Case(
        "k8s-helm-release-values-no-secrets",
        RELEASE,
        bad=[
            {"values.auth.password": "correct-horse"},
            {"values": {"env": [{"name": "id", "value": KEY}]}},
        ],
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()
