"""The cases of the rules for what surrounds pods."""

import pytest

from platform_lib.core.values import UNKNOWN
from policypacks.engine.registry import load_rules
from support.kubernetes_examples import LABELS, deployment
from support.policies import (
    NOT_APPLICABLE,
    PASS,
    REMOVE,
    Case,
    R,
    Ref,
    Trial,
    add,
    drop,
    on,
    resource,
    trials,
    verdicts,
)

DEPLOYMENT = deployment()
SHOP = {"metadata": {"namespace": "shop"}}
BUDGET = R(
    "budget",
    "kubernetes:policy/v1:PodDisruptionBudget",
    {**SHOP, "spec": {"selector": {"matchLabels": {"app": "api"}}, "maxUnavailable": 1}},
)
SCALER = R(
    "scaler",
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    {**SHOP, "spec": {"scaleTargetRef": {"kind": "Deployment", "name": "api"}, "minReplicas": 2, "maxReplicas": 9}},
)
ENFORCE = 'metadata.labels["pod-security.kubernetes.io/enforce"]'
NAMESPACE = R(
    "namespace",
    "kubernetes:core/v1:Namespace",
    {"metadata": {"name": "shop", "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}},
)
MEMBER = R(
    "member", "kubernetes:core/v1:NamespacePatch", {"metadata": {"name": "other", "labels": {"istio.io/rev": "stable"}}}
)
LENIENT = R(
    "lenient",
    "kubernetes:core/v1:NamespacePatch",
    {"metadata": {"name": "other", "labels": {"pod-security.kubernetes.io/enforce": "privileged"}}},
)
IN_NAMESPACE = {"metadata": {"namespace": Ref("namespace")}}
OLD_INGRESS = R(
    "old",
    "kubernetes:networking.k8s.io/v1beta1:Ingress",
    {"spec": {"tls": [{"hosts": ["a.example"], "secretName": "tls"}], "rules": [{"host": "a.example"}]}},
)
STORAGE = resource(
    "kubernetes:storage.k8s.io/v1:StorageClass",
    {"provisioner": "ebs.csi.aws.com", "parameters": {"encrypted": "true"}, "reclaimPolicy": "Retain"},
)
HOOK = resource(
    "kubernetes:admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration",
    {"webhooks": [{"name": "a.example", "failurePolicy": "Fail"}]},
)

CASES = [
    Case(
        "k8s-workload-not-default-namespace",
        DEPLOYMENT,
        bad={"metadata.namespace": "default"},
        also_good={"metadata.namespace": REMOVE, "provider.namespace": "shop"},
    ),
    Case(
        "k8s-no-bare-pods",
        resource("kubernetes:core/v1:Pod", {"metadata": {"ownerReferences": [{"kind": "Job", "name": "a"}]}}),
        bad={"metadata.ownerReferences": []},
        unknown={"metadata.ownerReferences": PASS},
    ),
    Case(
        "k8s-deployment-has-replicas",
        [DEPLOYMENT, BUDGET],
        bad={"spec.replicas": 1},
        also_good=[add(SCALER)],
        breaks=["k8s-workload-has-disruption-budget"],
    ),
    Case(
        "k8s-deployment-spread-across-zones",
        DEPLOYMENT,
        bad={"spec.template.spec.topologySpreadConstraints": []},
        also_good={
            "spec.template.spec.topologySpreadConstraints": [],
            "spec.template.spec.affinity": {"podAntiAffinity": {"required": []}},
        },
    ),
    Case(
        "k8s-workload-has-disruption-budget",
        [DEPLOYMENT, BUDGET],
        bad=[
            drop("budget"),
            on("budget", {"spec.maxUnavailable": 0}),
            on("budget", {"spec.maxUnavailable": REMOVE, "spec.minAvailable": 3}),
            on("budget", {"spec.selector.matchLabels": {"app": "other"}}),
            on("budget", {"metadata.namespace": "other"}),
        ],
        guards=["spec.replicas"],
        absent={"spec.replicas": NOT_APPLICABLE},
        undetermined=on("budget", {"spec.selector.matchLabels": UNKNOWN}),
        unrelated={"spec.replicas": 1},
    ),
    Case(
        "k8s-workload-recommended-labels",
        DEPLOYMENT,
        bad=[{"metadata.labels.owner": ""}, {"metadata.labels": {"owner": "shop"}}],
        unknown={"metadata.labels.owner": PASS},
    ),
    Case(
        "k8s-namespace-pod-security-labels",
        NAMESPACE,
        bad=[{ENFORCE: "privileged"}, {ENFORCE: "baseline"}, add(LENIENT)],
        also_good=[{ENFORCE: "baseline", "metadata.name": "agents"}, add(MEMBER)],
        config={"baseline_namespaces": ["agents"]},
    ),
    Case(
        "k8s-namespace-quota",
        [
            NAMESPACE,
            R("quota", "kubernetes:core/v1:ResourceQuota", IN_NAMESPACE),
            R("limits", "kubernetes:core/v1:LimitRange", IN_NAMESPACE),
        ],
        bad=[drop("quota"), drop("limits"), on("limits", {"metadata.namespace": "other"})],
        also_good=add(MEMBER),
    ),
    Case(
        "k8s-storage-class-encrypted",
        STORAGE,
        bad=[
            {"parameters.encrypted": "false"},
            {"provisioner": "disk.csi.azure.com"},
            {"provisioner": "pd.csi.storage.gke.io"},
        ],
        also_good={"provisioner": "pd.csi.storage.gke.io", "parameters": {"disk-encryption-kms-key": "k"}},
        guards=["parameters.encrypted"],
        unrelated={"provisioner": "efs.csi.aws.com"},
    ),
    Case(
        "k8s-persistent-volume-retained",
        STORAGE,
        bad={"reclaimPolicy": "Delete"},
        unrelated={"metadata": {"labels": {"data-classification": "public"}}},
    ),
    Case(
        "k8s-no-tiller-or-dashboard",
        DEPLOYMENT,
        bad=[
            {"spec.template.spec.containers[].image": "gcr.io/kubernetes-helm/tiller:v2.17.0"},
            {"spec.template.spec.containers[].image": "kubernetesui/dashboard:v2.7.0"},
        ],
        breaks=["k8s-pod-image-from-allowed-registry", "k8s-pod-image-by-digest"],
    ),
    Case(
        "k8s-no-deprecated-api-version",
        DEPLOYMENT,
        bad=[add(OLD_INGRESS), add(R("older", "kubernetes:extensions/v1beta1:Deployment", DEPLOYMENT.properties))],
        breaks=["k8s-deployment-has-replicas", "k8s-workload-has-disruption-budget"],
    ),
    Case("k8s-admission-webhook-fail-closed", HOOK, bad={"webhooks[].failurePolicy": "Ignore"}),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


def test_autoscaler_speaks_for_the_workload_that_it_names() -> None:
    rule = load_rules()["k8s-deployment-has-replicas"]
    single = R("it", DEPLOYMENT.type, {"metadata": {"name": "api", "labels": LABELS}, "spec": {}})
    case = Case(rule.id, single, bad={})
    assert [verdict.answer for verdict in verdicts(rule, case, [single, SCALER])] == [PASS]
