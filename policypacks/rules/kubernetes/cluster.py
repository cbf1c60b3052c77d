"""What surrounds pods: namespaces, replicas, labels, quotas, volumes, API versions."""

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_in,
    all_of,
    any_in,
    any_of,
    each,
    fail,
    forbid_in,
    judge,
    require,
    require_at_least,
    require_equal,
    require_set,
    require_true,
    rule,
    undetermined,
)
from policypacks.rules.common.kubernetes import inside, is_patch, naming
from policypacks.rules.common.pods import each_container, image, pod_spec
from policypacks.rules.common.tags import is_regulated

BUDGET = "kubernetes:policy/v1:PodDisruptionBudget"
AUTOSCALERS = (
    "kubernetes:autoscaling/v2:HorizontalPodAutoscaler",
    "kubernetes:autoscaling/v1:HorizontalPodAutoscaler",
)
WORKLOADS = ("kubernetes:apps/v1:Deployment", "kubernetes:apps/v1:StatefulSet")


@rule("k8s-workload-not-default-namespace")
def own_namespace(workload: Resource) -> Verdict:
    """Workloads stand in a namespace of their own, not in default.

    Quotas, network policies and roles are given by namespace; in default they are nobody's. The provider's namespace
    counts if the object names none.
    """
    given = (workload.facts.provider or {}).get("namespace")
    inherited = PASS if isinstance(given, str) and given not in ("", "default") else None
    return forbid_in(workload, "metadata.namespace", ("default", ""), absent=inherited)


@rule("k8s-no-bare-pods")
def no_bare_pods(pod: Resource) -> Verdict:
    """Pods are made by a controller.

    A bare pod that dies with its node does not come back.
    """
    return require_set(pod, "metadata.ownerReferences", remedy="use a Deployment, StatefulSet or Job instead of a Pod")


@rule("k8s-deployment-has-replicas", subject=WORKLOADS)
def replicas(workload: Resource) -> Verdict:
    """In production every workload runs at least twice.

    One replica is an outage with every node that is drained.
    """
    if not workload.production:
        return NOT_APPLICABLE
    scalers = naming(workload, *AUTOSCALERS, by="spec.scaleTargetRef.name")
    verdicts = [judge(lambda it: require_at_least(it, "spec.minReplicas", 2), scaler) for scaler in scalers.sure]
    if verdicts:
        return any_in(verdicts)
    pending = [undetermined(f"{scaler.name}.spec.scaleTargetRef.name") for scaler in scalers.maybe]
    return any_of(require_at_least(workload, "spec.replicas", 2), *pending)


@rule("k8s-deployment-spread-across-zones")
def spread(workload: Resource) -> Verdict:
    """In production the replicas of a workload are spread.

    Replicas on one node or in one zone fail together.
    """
    if not workload.production:
        return NOT_APPLICABLE
    spec = pod_spec(workload)
    return any_of(
        require_set(spec, "topologySpreadConstraints[].topologyKey"), require_set(spec, "affinity.podAntiAffinity")
    )


def _selects(budget: Resource, workload: Resource) -> bool:
    wanted = budget.get("spec.selector.matchLabels", {})
    labels = workload.get("spec.template.metadata.labels", {})
    same = budget.get("metadata.namespace", "default") == workload.get("metadata.namespace", "default")
    return bool(wanted) and same and all(labels.get(key) == value for key, value in wanted.items())


def _allows_disruption(budget: Resource) -> Verdict:
    return all_of(
        forbid_in(budget, "spec.maxUnavailable", (0, "0", "0%"), absent=PASS),
        forbid_in(budget, "spec.minAvailable", ("100%",), absent=PASS),
    )


@rule("k8s-workload-has-disruption-budget", subject=WORKLOADS)
def disruption_budget(workload: Resource) -> Verdict:
    """Workloads with several replicas have a disruption budget that still lets nodes be drained.

    Without a budget an upgrade of the nodes may stop all replicas at once; with one that allows nothing it never ends.
    """
    count = workload.get("spec.replicas", 1)
    if not isinstance(count, int) or count < 2:
        return NOT_APPLICABLE

    def check(budget: Resource) -> Verdict:
        if not _selects(budget, workload):
            return NOT_APPLICABLE
        least = budget.get("spec.minAvailable")
        if isinstance(least, int) and least >= count:
            return fail(
                f"{budget.name}.spec.minAvailable",
                f"lets none of {count} replicas go",
                "set it below the number of replicas",
            )
        return _allows_disruption(budget)

    found = any_in(judge(check, budget) for budget in workload.stack.all(workload, BUDGET))
    if found is not NOT_APPLICABLE:
        return found
    return fail("", "no PodDisruptionBudget selects it", "add one whose spec.selector.matchLabels are its pod labels")


@rule(
    "k8s-workload-recommended-labels",
    config={
        "labels": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["app.kubernetes.io/name", "owner", "data-classification"],
            "description": "labels that every workload carries",
        }
    },
)
def labels(workload: Resource) -> Verdict:
    """Workloads say what they are, whose they are and how sensitive their data is.

    Labels are how an incident finds its owner and a policy finds what it is about.
    """
    return require_set(workload, *(f'metadata.labels["{name}"]' for name in workload.config["labels"]))


@rule(
    "k8s-namespace-pod-security-labels",
    config={
        "baseline_namespaces": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "namespaces (metadata.name) where the baseline profile is enough",
        }
    },
)
def pod_security(namespace: Resource) -> Verdict:
    """Namespaces enforce the restricted pod security profile.

    The label makes the API server itself refuse pods that break out of their box, whoever creates them.
    """
    exempt = namespace.config["baseline_namespaces"]
    lenient = bool(exempt) and namespace.get("metadata.name") in exempt
    allowed = ("restricted", "baseline") if lenient else ("restricted",)
    path = "pod-security.kubernetes.io/enforce"
    if is_patch(namespace) and not namespace.present(f'metadata.labels["{path}"]'):
        return NOT_APPLICABLE
    return require(
        namespace,
        f'metadata.labels["{path}"]',
        test=lambda value: value in allowed,
        problem="does not enforce the restricted profile",
        remedy=f"set the label {path} to {allowed[0]}",
    )


@rule("k8s-namespace-quota")
def quota(namespace: Resource) -> Verdict:
    """Namespaces have a quota and default limits.

    Without them one namespace can use up the cluster.
    """
    if is_patch(namespace):
        return NOT_APPLICABLE

    def there(token: str) -> Verdict:
        found = inside(namespace, token)
        if found.sure:
            return PASS
        if found.maybe:
            return undetermined(f"{found.maybe[0].name}.metadata.namespace")
        kind = token.rpartition(":")[2]
        return fail("", f"has no {kind}", f"add a {kind} with metadata.namespace of this namespace")

    return all_in(there(f"kubernetes:core/v1:{kind}") for kind in ("ResourceQuota", "LimitRange"))


ENCRYPTION = {
    "ebs.csi.aws.com": "encrypted",
    "kubernetes.io/aws-ebs": "encrypted",
    "disk.csi.azure.com": "diskEncryptionSetID",
    "pd.csi.storage.gke.io": "disk-encryption-kms-key",
}
"""Provisioner to the parameter that encrypts; the documentation of the drivers (kubernetes-sigs) names them."""


@rule("k8s-storage-class-encrypted")
def storage_encrypted(storage: Resource) -> Verdict:
    """Storage classes make encrypted volumes, under a key of one's own where the cloud encrypts anyway.

    A volume gets its encryption from its class and cannot get it later.
    """
    parameter = ENCRYPTION.get(storage.get("provisioner", ""))
    if parameter is None:
        return NOT_APPLICABLE
    if parameter == "encrypted":
        return require_true(storage, "parameters.encrypted")
    return require_set(storage, f"parameters.{parameter}")


@rule("k8s-persistent-volume-retained")
def retained(volume: Resource) -> Verdict:
    """Volumes with regulated data stay when their claim is deleted.

    The default policy deletes the disk with the claim.
    """
    if not is_regulated(volume):
        return NOT_APPLICABLE
    path = "reclaimPolicy" if volume.type.endswith(":StorageClass") else "spec.persistentVolumeReclaimPolicy"
    return require_equal(volume, path, "Retain")


@rule("k8s-no-tiller-or-dashboard")
def no_dashboard(workload: Resource) -> Verdict:
    """Neither Tiller nor the Kubernetes dashboard runs in the cluster.

    Both act with wide rights for whoever reaches them, and both are retired or have safer successors.
    """

    def harmless(reference: object) -> bool:
        path = image(str(reference)).repository
        return "tiller" not in path and "kubernetes-dashboard" not in path and "kubernetesui/dashboard" not in path

    return each_container(
        workload,
        lambda container: require(
            container,
            "image",
            test=harmless,
            problem="is Tiller or the dashboard",
            remedy="remove it; Helm 3 needs no Tiller, and kubectl or the cloud's console show the cluster",
        ),
    )


REMOVED = {
    "extensions/v1beta1:Ingress": (1, 22),
    "extensions/v1beta1": (1, 16),
    "apps/v1beta1": (1, 16),
    "apps/v1beta2": (1, 16),
    "networking.k8s.io/v1beta1": (1, 22),
    "batch/v2alpha1": (1, 21),
    "batch/v1beta1": (1, 25),
}
"""The first version that no longer serves it: https://kubernetes.io/docs/reference/using-api/deprecation-guide/"""


@rule(
    "k8s-no-deprecated-api-version",
    config={
        "cluster_version": {
            "type": "string",
            "pattern": r"^1\.[0-9]+$",
            "default": "1.30",
            "description": "the Kubernetes version of the cluster, or of its next upgrade",
        }
    },
)
def api_version(workload: Resource) -> Verdict:
    """Objects use API versions that the cluster still serves.

    After the upgrade that removes the version, the object can be neither read nor changed by this program.
    """
    _, api, kind = workload.facts.type.split(":")
    gone = REMOVED.get(f"{api}:{kind.removesuffix('Patch')}") or REMOVED.get(api)
    major, _, minor = workload.config["cluster_version"].partition(".")
    if gone is None or (int(major), int(minor)) < gone:
        return PASS
    return fail(
        "apiVersion",
        f"{api} was removed in Kubernetes {gone[0]}.{gone[1]}, got '{api}'",
        f"use {workload.type.split(':')[1]}",
    )


@rule("k8s-admission-webhook-fail-closed")
def fail_closed(configuration: Resource) -> Verdict:
    """Admission webhooks refuse when they cannot be asked.

    With Ignore, whoever stops the webhook is past it.
    """

    def check(hook: Node) -> Verdict:
        return require_equal(hook, "failurePolicy", "Fail")

    return each(configuration, "webhooks", check)
