"""Pods: images, resources, probes, credentials, service accounts."""

from fnmatch import fnmatchcase
from typing import Any

from policypacks.engine.rule import (
    ABSENT,
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    forbid_in,
    require,
    require_equal,
    require_false,
    require_set,
    require_unset,
    rule,
)
from policypacks.rules.common.credentials import credential_in
from policypacks.rules.common.pods import ALL, RUN, each_container, image, pod_spec

REGISTRIES = ("*.dkr.ecr.*.amazonaws.com", "*.azurecr.io", "*-docker.pkg.dev", "registry.k8s.io")
"""Where nothing is configured: the private registries of the clouds, and the one of Kubernetes itself."""


def _both(container: Node, kind: str, *, cpu: bool = True) -> Verdict:
    names = ("cpu", "memory") if cpu else ("memory",)
    return require_set(container, *(f"resources.{kind}.{name}" for name in names))


@rule(
    "k8s-pod-cpu-and-memory-limits",
    config={
        "cpu_limit": {
            "type": "boolean",
            "default": True,
            "description": "whether a limit of CPU is demanded beside that of memory",
        }
    },
)
def limits(workload: Resource) -> Verdict:
    """Containers have limits of memory and CPU.

    Without limits one container can starve all others on its node.
    """
    return each_container(workload, lambda it: _both(it, "limits", cpu=workload.config["cpu_limit"]), RUN)


@rule("k8s-pod-cpu-and-memory-requests")
def requests(workload: Resource) -> Verdict:
    """Containers say how much memory and CPU they need.

    The scheduler places by requests; pods without any are the first to be evicted.
    """
    return each_container(workload, lambda it: _both(it, "requests"), RUN)


@rule("k8s-pod-liveness-and-readiness-probes")
def probes(workload: Resource) -> Verdict:
    """Containers of long-running workloads have liveness and readiness probes.

    Without probes a hung container stays, and a starting one gets requests that it cannot answer.
    """
    return each_container(workload, lambda it: require_set(it, "livenessProbe", "readinessProbe"), ("containers",))


def _allowed(reference: str, entries: list[str]) -> bool:
    found = image(reference)
    for entry in entries:
        host, _, path = entry.strip("/").partition("/")
        if fnmatchcase(found.registry, host) and f"{found.repository}/".startswith(f"{path}/" if path else ""):
            return True
    return False


@rule(
    "k8s-pod-image-from-allowed-registry",
    config={
        "registries": {
            "type": "array",
            "items": {"type": "string"},
            "default": list(REGISTRIES),
            "description": "registry hosts (* stands for any part), with or without the start of a path",
        }
    },
)
def image_registry(workload: Resource) -> Verdict:
    """Images come from the registries that are allowed.

    An image runs with the workload's rights; a public registry holds whatever anybody put there.
    """
    entries = workload.config["registries"]
    return each_container(
        workload,
        lambda container: require(
            container,
            "image",
            test=lambda value: _allowed(str(value), entries),
            problem="is not from an allowed registry",
            remedy="mirror it to a registry of yours and name that in {path}",
        ),
    )


def _fixed(value: Any) -> bool:
    found = image(str(value))
    return bool(found.digest) or found.tag not in ("", "latest")


@rule("k8s-pod-image-tag-not-latest")
def image_tag(workload: Resource) -> Verdict:
    """Images name a version.

    Without a tag, or with latest, nobody can say what runs, and two nodes may run different things.
    """
    return each_container(
        workload,
        lambda container: require(
            container,
            "image",
            test=_fixed,
            problem="names no version",
            remedy="add a version tag or a digest to {path}",
        ),
    )


@rule("k8s-pod-image-by-digest")
def image_digest(workload: Resource) -> Verdict:
    """In production images are pinned by digest.

    A tag can be moved to other content; a digest is the content.
    """
    if not workload.production:
        return NOT_APPLICABLE
    return each_container(
        workload,
        lambda container: require(
            container,
            "image",
            test=lambda value: image(str(value)).digest.startswith("sha256:"),
            problem="is not pinned by digest",
            remedy="add @sha256:<digest> to {path}",
        ),
    )


@rule("k8s-pod-image-pull-policy-always")
def pull_policy(workload: Resource) -> Verdict:
    """Images that are not pinned by digest are always pulled.

    Otherwise a node runs what it has cached under that tag, and whoever shares the node runs private images unasked.
    """

    def check(container: Node) -> Verdict:
        if image(str(container.get("image", ""))).digest:
            return PASS
        return require_equal(container, "imagePullPolicy", "Always")

    return each_container(workload, check)


@rule("k8s-pod-no-secrets-in-environment")
def no_secrets_in_environment(workload: Resource) -> Verdict:
    """No environment variable holds a credential as text.

    Text in a pod spec can be read by all who may read pods, and by all who may read audit logs.
    """

    def variable(entry: Node) -> Verdict:
        if entry.at("value").value is ABSENT:
            return PASS
        kind = credential_in(f"{entry.get('name', '')}={entry.get('value')}")
        if kind is None:
            return PASS
        return fail(f"{entry.path}.value", f"holds {kind}", "keep it in a Secret or Vault and mount it as a file")

    return each_container(workload, lambda container: each(container, "env", variable, absent=PASS))


@rule("k8s-pod-secrets-as-files")
def secrets_as_files(workload: Resource) -> Verdict:
    """Secrets reach containers as files, not as environment variables.

    The environment is inherited by every child process, printed by crash reports and never renewed.
    """

    def check(container: Node) -> Verdict:
        return all_of(
            each(container, "env", lambda it: require_unset(it, "valueFrom.secretKeyRef"), absent=PASS),
            each(container, "envFrom", lambda it: require_unset(it, "secretRef"), absent=PASS),
        )

    return each_container(workload, check, ALL)


@rule(
    "k8s-pod-no-automounted-token",
    config={
        "service_accounts": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "service accounts of workloads that talk to the Kubernetes API and need the token",
        }
    },
)
def no_automounted_token(workload: Resource) -> Verdict:
    """Pods that do not talk to the Kubernetes API get no token for it.

    The token is mounted unless the pod says otherwise, and whoever gets into the pod can use it.
    """
    spec = pod_spec(workload)
    talkers = workload.config["service_accounts"]
    if talkers and spec.get("serviceAccountName") in talkers:
        return NOT_APPLICABLE
    return require_false(spec, "automountServiceAccountToken")


@rule("k8s-pod-not-default-service-account")
def own_service_account(workload: Resource) -> Verdict:
    """Workloads run under a service account of their own.

    All pods that name none share one: what it is granted for one of them, all of them can do.
    """
    return forbid_in(pod_spec(workload), "serviceAccountName", ("default", ""))
