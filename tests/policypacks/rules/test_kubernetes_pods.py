"""The cases of the rules that keep a container inside its box."""

from typing import Any

import pytest

from platform_lib.core.values import UNKNOWN
from policypacks.rules.common.pods import Image, image
from support.kubernetes_examples import container, deployment, pod
from support.policies import FAIL, PASS, REMOVE, Case, R, Trial, resource, trials

POD = "spec.template.spec"
CONTAINER = f"{POD}.containers[]"
CONTEXT = f"{CONTAINER}.securityContext"
DEPLOYMENT = deployment()
CRON = resource(
    "kubernetes:batch/v1:CronJob",
    {
        "metadata": {"namespace": "shop"},
        "spec": {"jobTemplate": {"spec": {"template": {"spec": pod()}}}},
    },
)
SOCKETS = (
    "/var/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/opt/k3s/containerd.sock",
    "/var/run",
    "/",
)
WINDOWS = {f"{POD}.os": {"name": "windows"}}


def second(kind: str, **changes: Any) -> dict[str, Any]:
    """A further container of another kind."""
    return {f"{POD}.{kind}": [container(name="second", **changes)]}


CASES = [
    Case(
        "k8s-pod-no-privileged-containers",
        DEPLOYMENT,
        bad=[
            {f"{CONTEXT}.privileged": True},
            second("initContainers", securityContext={"privileged": True}),
            second("ephemeralContainers", securityContext={"privileged": True}),
        ],
        guards=[f"{CONTEXT}.privileged", f"{POD}.containers"],
    ),
    Case(
        "k8s-pod-no-privilege-escalation",
        DEPLOYMENT,
        bad=[
            {f"{CONTEXT}.allowPrivilegeEscalation": True},
            second("initContainers", securityContext={}),
        ],
        guards=[f"{CONTEXT}.allowPrivilegeEscalation", f"{POD}.containers"],
        unrelated=WINDOWS,
    ),
    Case(
        "k8s-pod-runs-as-non-root",
        DEPLOYMENT,
        bad=[
            {f"{CONTEXT}.runAsNonRoot": False},
            {f"{POD}.securityContext.runAsNonRoot": False, f"{CONTEXT}.runAsNonRoot": REMOVE},
            {f"{CONTEXT}.runAsUser": 0},
            {f"{POD}.securityContext.runAsUser": 0},
        ],
        also_good=[{f"{POD}.securityContext.runAsUser": 0, f"{CONTEXT}.runAsUser": 1000}],
        guards=[f"{CONTEXT}.runAsNonRoot", f"{CONTEXT}.runAsUser", f"{POD}.securityContext.runAsUser"],
        absent={
            f"{CONTEXT}.runAsNonRoot": PASS,
            f"{CONTEXT}.runAsUser": PASS,
            f"{POD}.securityContext.runAsUser": PASS,
        },
    ),
    Case(
        "k8s-pod-read-only-root-filesystem",
        CRON,
        bad={
            "spec.jobTemplate.spec.template.spec.containers[].securityContext.readOnlyRootFilesystem": False,
        },
    ),
    Case(
        "k8s-pod-drops-all-capabilities",
        DEPLOYMENT,
        bad=[{f"{CONTEXT}.capabilities.drop": ["NET_RAW"]}, {f"{CONTEXT}.capabilities.drop": []}],
        unrelated=WINDOWS,
    ),
    Case(
        "k8s-pod-adds-only-allowed-capabilities",
        DEPLOYMENT,
        bad={f"{CONTEXT}.capabilities.add": ["NET_BIND_SERVICE", "SYS_ADMIN"]},
        also_good={f"{CONTEXT}.capabilities.add": ["NET_BIND_SERVICE"]},
    ),
    Case(
        "k8s-pod-seccomp-profile",
        DEPLOYMENT,
        bad=[
            {f"{POD}.securityContext.seccompProfile.type": "Unconfined"},
            {f"{CONTEXT}.seccompProfile": {"type": "Unconfined"}},
        ],
        also_good={f"{CONTEXT}.seccompProfile": {"type": "Localhost", "localhostProfile": "api.json"}},
        guards=[f"{POD}.securityContext.seccompProfile.type"],
        undetermined={f"{CONTEXT}.seccompProfile": {"type": UNKNOWN}},
        unrelated=WINDOWS,
    ),
    Case(
        "k8s-pod-apparmor-not-unconfined",
        DEPLOYMENT,
        bad=[
            {f"{POD}.securityContext.appArmorProfile.type": "Unconfined"},
            {f"{CONTEXT}.appArmorProfile.type": "Unconfined"},
        ],
        also_good={f"{CONTEXT}.appArmorProfile.type": "RuntimeDefault"},
    ),
    Case(
        "k8s-pod-selinux-not-custom",
        DEPLOYMENT,
        bad=[
            {f"{CONTEXT}.seLinuxOptions.type": "spc_t"},
            {f"{POD}.securityContext.seLinuxOptions.type": "spc_t"},
            {f"{CONTEXT}.seLinuxOptions": {"user": "system_u"}},
        ],
        also_good={f"{CONTEXT}.seLinuxOptions.type": "container_t"},
        guards=[f"{CONTEXT}.seLinuxOptions.type"],
    ),
    Case("k8s-pod-no-host-pid-ipc", DEPLOYMENT, bad=[{f"{POD}.hostPID": True}, {f"{POD}.hostIPC": True}]),
    Case("k8s-pod-no-host-network", DEPLOYMENT, bad={f"{POD}.hostNetwork": True}),
    Case(
        "k8s-pod-no-host-ports",
        DEPLOYMENT,
        bad=[
            {f"{CONTAINER}.ports[].hostPort": 8080},
            second("initContainers", ports=[{"containerPort": 80, "hostPort": 80}]),
        ],
        also_good={f"{CONTAINER}.ports[].hostPort": 0},
        guards=[f"{CONTAINER}.ports[].hostPort", f"{CONTAINER}.ports"],
    ),
    Case(
        "k8s-pod-no-host-path",
        DEPLOYMENT,
        bad=[
            {f"{POD}.volumes": [{"name": "etc", "hostPath": {"path": "/etc"}}]},
            {f"{POD}.volumes": [{"name": "etc", "hostPath": {"path": "/var/log/../lib"}}]},
        ],
        also_good={f"{POD}.volumes": [{"name": "log", "hostPath": {"path": "/var/log/pods"}}]},
        config={"allowed_paths": ["/var/log"]},
    ),
    Case(
        "k8s-pod-no-container-runtime-socket",
        DEPLOYMENT,
        bad=[
            {f"{POD}.volumes": [{"name": "it", "hostPath": {"path": path}}]}
            for path in (
                "/var/run/docker.sock",
                "/run/containerd/containerd.sock",
                "/opt/k3s/containerd.sock",
                "/var/run",
                "/",
            )
        ],
        also_good={f"{POD}.volumes": [{"name": "it", "hostPath": {"path": "/var/log"}}]},
    ),
    Case(
        "k8s-pod-no-windows-host-process",
        DEPLOYMENT,
        bad=[
            {f"{POD}.securityContext.windowsOptions.hostProcess": True},
            {f"{CONTEXT}.windowsOptions.hostProcess": True},
        ],
    ),
    Case("k8s-pod-proc-mount-default", DEPLOYMENT, bad={f"{CONTEXT}.procMount": "Unmasked"}),
    Case(
        "k8s-pod-sysctls-safe",
        DEPLOYMENT,
        bad={f"{POD}.securityContext.sysctls": [{"name": "kernel.msgmax", "value": "65536"}]},
        also_good={f"{POD}.securityContext.sysctls": [{"name": "net.ipv4.tcp_syncookies", "value": "1"}]},
    ),
    Case(
        "k8s-pod-volume-types-restricted",
        DEPLOYMENT,
        bad={f"{POD}.volumes": [{"name": "share", "nfs": {"server": "10.0.0.1", "path": "/"}}]},
        also_good={f"{POD}.volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}]},
        undetermined={f"{POD}.volumes": [UNKNOWN]},
    ),
    Case(
        "k8s-pod-security-context-set",
        DEPLOYMENT,
        bad=[{f"{POD}.securityContext": {}}, {CONTEXT: {}}],
        unknown={f"{POD}.securityContext": PASS, CONTEXT: PASS},
        absent={f"{POD}.securityContext": FAIL},
    ),
]


@pytest.mark.parametrize("trial", trials(CASES), ids=str)
def test_rule(trial: Trial) -> None:
    trial.run()


@pytest.mark.parametrize(
    "token",
    [
        "kubernetes:apps/v1:StatefulSet",
        "kubernetes:apps/v1:DaemonSetPatch",
        "kubernetes:extensions/v1beta1:Deployment",
        "kubernetes:batch/v1:Job",
    ],
)
def test_every_workload_kind_is_looked_into(token: str) -> None:
    case = Case("k8s-pod-no-host-network", R("it", token, DEPLOYMENT.properties), bad={f"{POD}.hostNetwork": True})
    for trial in trials([case]):
        if "mutation" not in trial.name:
            trial.run()


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("nginx", Image("docker.io", "library/nginx", "", "")),
        ("bitnami/nginx:1.2", Image("docker.io", "bitnami/nginx", "1.2", "")),
        ("localhost:5000/a/b:1@sha256:00", Image("localhost:5000", "a/b", "1", "sha256:00")),
        ("ghcr.io/a/b@sha256:00", Image("ghcr.io", "a/b", "", "sha256:00")),
    ],
)
def test_image_reference_is_read_as_runtimes_do(reference: str, parts: Image) -> None:
    assert image(reference) == parts
