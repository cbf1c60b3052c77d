"""Pods: what keeps a container inside its box (the Pod Security Standards and what CIS adds to them)."""

import posixpath

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
    require_false,
    require_holds,
    require_in,
    require_set,
    require_true,
    require_unset,
    rule,
)
from policypacks.rules.common.pods import (
    RUN,
    each_container,
    each_volume,
    effective,
    is_windows,
    pod_spec,
)

SAFE_SYSCTLS = (
    "kernel.shm_rmid_forced",
    "net.ipv4.ip_local_port_range",
    "net.ipv4.ip_local_reserved_ports",
    "net.ipv4.ip_unprivileged_port_start",
    "net.ipv4.ping_group_range",
    "net.ipv4.tcp_fin_timeout",
    "net.ipv4.tcp_keepalive_intvl",
    "net.ipv4.tcp_keepalive_probes",
    "net.ipv4.tcp_keepalive_time",
    "net.ipv4.tcp_syncookies",
)
"""Namespaced and harmless: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"""

VOLUMES = (
    "configMap",
    "csi",
    "downwardAPI",
    "emptyDir",
    "ephemeral",
    "persistentVolumeClaim",
    "projected",
    "secret",
)
"""Types that the restricted profile allows: https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted"""

SELINUX = ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
"""Types made for containers: https://kubernetes.io/docs/concepts/security/pod-security-standards/#baseline"""

SOCKETS = (
    "/run/docker.sock",
    "/run/containerd/containerd.sock",
    "/run/crio/crio.sock",
    "/run/cri-dockerd.sock",
)
"""Where runtimes listen: https://kubernetes.io/docs/setup/production-environment/container-runtimes/"""


@rule("k8s-pod-no-privileged-containers")
def no_privileged(workload: Resource) -> Verdict:
    """No container is privileged.

    A privileged container is root on the node: it reaches the node's devices, and with them every other pod there.
    """
    return each_container(workload, lambda container: require_false(container, "securityContext.privileged"))


@rule("k8s-pod-no-privilege-escalation")
def no_escalation(workload: Resource) -> Verdict:
    """No process can gain more rights than its parent.

    Without allowPrivilegeEscalation: false, a setuid program in the image undoes running as non-root.
    """
    if is_windows(workload):
        return NOT_APPLICABLE
    return each_container(
        workload, lambda container: require_false(container, "securityContext.allowPrivilegeEscalation")
    )


@rule("k8s-pod-runs-as-non-root")
def non_root(workload: Resource) -> Verdict:
    """Containers do not run as root.

    Root in a container is root for every bug of the runtime and the kernel. The container's own setting overrules that
    of its pod.
    """
    spec = pod_spec(workload)

    def check(container: Node) -> Verdict:
        user = effective(container, spec, "runAsUser")
        return all_of(
            require_true(effective(container, spec, "runAsNonRoot"), ""),
            forbid_in(user, "", (0, "0"), absent=PASS),
        )

    return each_container(workload, check)


@rule("k8s-pod-read-only-root-filesystem")
def read_only_root(workload: Resource) -> Verdict:
    """Containers cannot write to their root filesystem.

    What an intruder cannot write, they cannot run later; data belongs into volumes.
    """
    if is_windows(workload):
        return NOT_APPLICABLE
    return each_container(workload, lambda container: require_true(container, "securityContext.readOnlyRootFilesystem"))


@rule("k8s-pod-drops-all-capabilities")
def drops_capabilities(workload: Resource) -> Verdict:
    """Containers drop all Linux capabilities.

    Runtimes grant a dozen by default, among them forging packets and changing file owners; few programs need one.
    """
    if is_windows(workload):
        return NOT_APPLICABLE
    return each_container(
        workload, lambda container: require_holds(container, "securityContext.capabilities.drop", ["ALL"])
    )


@rule(
    "k8s-pod-adds-only-allowed-capabilities",
    config={
        "allowed": {
            "type": "array",
            "items": {"type": "string"},
            "default": ["NET_BIND_SERVICE"],
            "description": "capabilities that containers may add, without CAP_",
        }
    },
)
def adds_only_allowed(workload: Resource) -> Verdict:
    """Containers add no Linux capability but the allowed ones.

    Capabilities such as SYS_ADMIN or NET_RAW give back what dropping them took away.
    """
    allowed = workload.config["allowed"]
    return each_container(
        workload,
        lambda container: require_in(container, "securityContext.capabilities.add", allowed, absent=PASS),
    )


@rule("k8s-pod-seccomp-profile")
def seccomp(workload: Resource) -> Verdict:
    """Containers run under a seccomp profile.

    Unconfined is the default; the runtime's own profile blocks system calls that exploits use and programs do not.
    """
    if is_windows(workload):
        return NOT_APPLICABLE
    spec = pod_spec(workload)
    return each_container(
        workload,
        lambda container: require_in(
            effective(container, spec, "seccompProfile.type"), "", ("RuntimeDefault", "Localhost")
        ),
    )


@rule("k8s-pod-apparmor-not-unconfined")
def apparmor(workload: Resource) -> Verdict:
    """No container turns AppArmor off.

    Where the node has AppArmor, its profile is a second wall behind the container's own.
    """
    spec = pod_spec(workload)
    return all_of(
        forbid_in(spec, "securityContext.appArmorProfile.type", ("Unconfined",)),
        each_container(
            workload,
            lambda container: forbid_in(container, "securityContext.appArmorProfile.type", ("Unconfined",)),
        ),
    )


@rule("k8s-pod-selinux-not-custom")
def selinux(workload: Resource) -> Verdict:
    """SELinux contexts are those meant for containers.

    Another type, user or role can place a container beside the node's own services.
    """

    def check(holder: Node) -> Verdict:
        options = holder.at("securityContext.seLinuxOptions")
        return all_of(
            require_in(
                options, "type", ("", "container_t", "container_init_t", "container_kvm_t", "container_engine_t")
            ),
            require_unset(options, "user", "role") if options.value is not ABSENT else PASS,
        )

    return all_of(check(pod_spec(workload)), each_container(workload, check))


@rule("k8s-pod-no-host-pid-ipc")
def no_host_processes(workload: Resource) -> Verdict:
    """Pods share neither processes nor memory with the node.

    With hostPID a container reads the environment of every process of the node, secrets included.
    """
    return require_false(pod_spec(workload), "hostPID", "hostIPC")


@rule("k8s-pod-no-host-network")
def no_host_network(workload: Resource) -> Verdict:
    """Pods do not share the node's network.

    On the node's network a pod is outside of all network policies and reaches the node's own services.
    """
    return require_false(pod_spec(workload), "hostNetwork")


@rule("k8s-pod-no-host-ports")
def no_host_ports(workload: Resource) -> Verdict:
    """No container takes a port of its node.

    A host port bypasses services and network policies, and binds the pod to nodes where it is free.
    """
    return each_container(
        workload,
        lambda container: each(
            container, "ports", lambda port: require_in(port, "hostPort", (0,), absent=PASS), absent=PASS
        ),
        RUN,
    )


def _inside(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder.rstrip('/')}/")


@rule(
    "k8s-pod-no-host-path",
    config={
        "allowed_paths": {
            "type": "array",
            "items": {"type": "string"},
            "default": [],
            "description": "folders of the node that pods may mount, for agents such as log collectors",
        }
    },
)
def no_host_path(workload: Resource) -> Verdict:
    """Pods mount no folder of their node.

    Files of the node hold its credentials and other pods' data; writing to them is a way out of the container.
    """
    allowed = workload.config["allowed_paths"]

    def test(path: str) -> bool:
        return any(_inside(posixpath.normpath(path), posixpath.normpath(folder)) for folder in allowed)

    return each_volume(
        workload,
        lambda volume: require(
            volume,
            "hostPath.path",
            test=test,
            problem="mounts a folder of the node",
            remedy="use a persistent volume claim or emptyDir instead of {path}, or add it to allowed_paths",
        ),
    )


def _reaches_socket(path: str) -> bool:
    normal = posixpath.normpath(path)
    if _inside(normal, "/var/run"):
        normal = normal.removeprefix("/var")
    if posixpath.basename(normal) in {posixpath.basename(socket) for socket in SOCKETS}:
        return True
    return normal == "/var" or any(_inside(socket, normal) for socket in SOCKETS)


@rule("k8s-pod-no-container-runtime-socket")
def no_runtime_socket(workload: Resource) -> Verdict:
    """No pod can reach the socket of the container runtime.

    Whoever speaks to the runtime starts privileged containers at will: the socket is the node. A folder
    above it counts too.
    """
    return each_volume(
        workload,
        lambda volume: require(
            volume,
            "hostPath.path",
            test=lambda path: not _reaches_socket(path),
            problem="exposes the socket of the container runtime",
            remedy="remove the volume of {path}; build images and read metrics by other means",
        ),
    )


@rule("k8s-pod-no-windows-host-process")
def no_host_process(workload: Resource) -> Verdict:
    """No Windows container is a host process.

    A host process container runs on the node itself, with the node's rights.
    """
    path = "securityContext.windowsOptions.hostProcess"
    return all_of(
        require_false(pod_spec(workload), path),
        each_container(workload, lambda container: require_false(container, path)),
    )


@rule("k8s-pod-proc-mount-default")
def proc_mount(workload: Resource) -> Verdict:
    """Containers see the masked /proc.

    Unmasked, /proc shows and changes settings of the node's kernel.
    """
    return each_container(workload, lambda container: require_in(container, "securityContext.procMount", ("Default",)))


@rule(
    "k8s-pod-sysctls-safe",
    config={
        "allowed": {
            "type": "array",
            "items": {"type": "string"},
            "default": list(SAFE_SYSCTLS),
            "description": "kernel settings that pods may change",
        }
    },
)
def sysctls(workload: Resource) -> Verdict:
    """Pods change only kernel settings that concern themselves.

    Other settings reach all pods of the node, or the node itself.
    """
    allowed = workload.config["allowed"]
    return each(
        pod_spec(workload), "securityContext.sysctls", lambda item: require_in(item, "name", allowed), absent=PASS
    )


@rule("k8s-pod-volume-types-restricted")
def volume_types(workload: Resource) -> Verdict:
    """Pods use only volumes that stay inside Kubernetes.

    Other types reach the node or storage that nothing in the cluster controls; use claims and CSI for those.
    """

    def check(volume: Node) -> Verdict:
        for kind, source in volume.entries():
            if kind != "name" and kind not in VOLUMES and source.exists():
                return fail(
                    f"{volume.path}.{kind}", "is a volume of a type that is not allowed", f"use {', '.join(VOLUMES)}"
                )
        return PASS

    return each_volume(workload, check)


@rule("k8s-pod-security-context-set")
def security_context(workload: Resource) -> Verdict:
    """Pods and containers say under which security settings they run.

    What is not said is the cluster's default, which is the weakest there is.
    """
    return all_of(
        require_set(pod_spec(workload), "securityContext"),
        each_container(workload, lambda container: require_set(container, "securityContext"), RUN),
    )
