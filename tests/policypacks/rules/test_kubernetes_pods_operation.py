"""The cases of the rules for images, resources, probes and credentials of pods."""

import pytest

from policypacks.engine.registry import load_rules
from support.kubernetes_examples import IMAGE, container, deployment
from support.policies import NOT_APPLICABLE, PASS, Case, Trial, trials, verdicts

POD = "spec.template.spec"
CONTAINER = f"{POD}.containers[]"
DEPLOYMENT = deployment()

CASES = [
    Case(
        "k8s-pod-cpu-and-memory-limits",
        DEPLOYMENT,
        bad=[
            {f"{CONTAINER}.resources.limits": {"cpu": "1"}},
            {f"{CONTAINER}.resources.limits": {"memory": "1Gi"}},
            {f"{POD}.initContainers": [container(resources={})]},
        ],
        guards=[f"{CONTAINER}.resources.limits"],
    ),
    Case(
        "k8s-pod-cpu-and-memory-requests",
        DEPLOYMENT,
        bad=[{f"{CONTAINER}.resources.requests.cpu": ""}, {f"{CONTAINER}.resources.requests.memory": ""}],
        unknown={f"{CONTAINER}.resources.requests.cpu": PASS, f"{CONTAINER}.resources.requests.memory": PASS},
    ),
    Case(
        "k8s-pod-liveness-and-readiness-probes",
        DEPLOYMENT,
        bad=[{f"{CONTAINER}.livenessProbe": {}}, {f"{CONTAINER}.readinessProbe": {}}],
        unknown={f"{CONTAINER}.livenessProbe": PASS, f"{CONTAINER}.readinessProbe": PASS},
    ),
    Case(
        "k8s-pod-image-from-allowed-registry",
        DEPLOYMENT,
        bad=[
            {f"{CONTAINER}.image": f"nginx@sha256:{'0' * 64}"},
            {f"{CONTAINER}.image": f"registry.example/shop:1@sha256:{'0' * 64}"},
            {f"{CONTAINER}.image": f"registry.k8s.io/shopping/x:1@sha256:{'0' * 64}"},
            {f"{POD}.initContainers": [container(image="nginx")]},
        ],
        also_good={f"{CONTAINER}.image": "registry.k8s.io/shop/api:1"},
        guards=[f"{CONTAINER}.image"],
        config={"registries": ["*.dkr.ecr.*.amazonaws.com", "registry.k8s.io/shop"]},
        breaks=["k8s-pod-image-tag-not-latest", "k8s-pod-image-by-digest"],
    ),
    Case(
        "k8s-pod-image-tag-not-latest",
        DEPLOYMENT,
        bad=[
            {f"{CONTAINER}.image": IMAGE.partition(":")[0]},
            {f"{CONTAINER}.image": f"{IMAGE.partition(':')[0]}:latest"},
        ],
        also_good=[
            {f"{CONTAINER}.image": f"{IMAGE.partition(':')[0]}:1.4"},
            {f"{CONTAINER}.image": f"{IMAGE.partition(':')[0]}@sha256:{'0' * 64}"},
        ],
    ),
    Case("k8s-pod-image-by-digest", DEPLOYMENT, bad={f"{CONTAINER}.image": IMAGE.partition("@")[0]}),
    Case(
        "k8s-pod-image-pull-policy-always",
        deployment(containers=[container(image=IMAGE.partition("@")[0])]),
        bad={f"{CONTAINER}.imagePullPolicy": "IfNotPresent"},
        also_good={f"{CONTAINER}.image": IMAGE, f"{CONTAINER}.imagePullPolicy": "Never"},
    ),
    Case(
        "k8s-pod-no-secrets-in-environment",
        DEPLOYMENT,
        bad=[
            {f"{CONTAINER}.env[].value": "AKIA" + "A" * 16},
            {f"{CONTAINER}.env": [{"name": "DB_PASSWORD", "value": "correct-horse"}]},
        ],
        also_good=[
            {f"{CONTAINER}.env": [{"name": "DB_PASSWORD", "valueFrom": {"fieldRef": {"fieldPath": "x"}}}]},
            {f"{CONTAINER}.env": [{"name": "DB_PASSWORD_FILE", "value": "/run/secrets/db"}]},
        ],
    ),
    Case(
        "k8s-pod-secrets-as-files",
        DEPLOYMENT,
        bad=[
            {f"{CONTAINER}.env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]},
            {f"{CONTAINER}.envFrom": [{"secretRef": {"name": "a"}}]},
        ],
        also_good={f"{CONTAINER}.envFrom": [{"configMapRef": {"name": "a"}}]},
    ),
    Case(
        "k8s-pod-no-automounted-token",
        DEPLOYMENT,
        bad={f"{POD}.automountServiceAccountToken": True},
        unrelated={f"{POD}.serviceAccountName": "operator"},
        config={"service_accounts": ["operator"]},
    ),
    Case("k8s-pod-not-default-service-account", DEPLOYMENT, bad={f"{POD}.serviceAccountName": "default"}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_digests_are_asked_for_in_production_only() -> None:
    rule = load_rules()["k8s-pod-image-by-digest"]
    found = verdicts(rule, Case(rule.id, DEPLOYMENT, bad={}, environment="dev"), [DEPLOYMENT])
    assert [verdict.answer for verdict in found] == [NOT_APPLICABLE]
