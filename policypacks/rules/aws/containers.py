"""ECS tasks and services: what containers may do, where their secrets and logs are."""

from collections.abc import Mapping
from typing import Any

from policypacks.engine.rule import (
    NOT_APPLICABLE,
    PASS,
    Node,
    Resource,
    Verdict,
    all_of,
    each,
    fail,
    forbid_in,
    require_equal,
    require_false,
    require_in,
    rule,
    some,
)
from policypacks.rules.common.aws_containers import each_container
from policypacks.rules.common.credentials import credential_in_variable

ROOT = ("", "0", "root")


def _is_windows(task: Resource) -> bool:
    return str(task.get("runtimePlatform.operatingSystemFamily", "LINUX")).upper().startswith("WINDOWS")


@rule("aws-ecs-task-no-privileged-containers")
def no_privileged(task: Resource) -> Verdict:
    """No container of a task is privileged.

    A privileged container owns its host, and every other task on it.
    """

    def problem(container: Mapping[str, Any]) -> str | None:
        return "is privileged" if container.get("privileged") in (True, "true") else None

    return each_container(task, problem, "remove privileged")


@rule("aws-ecs-task-read-only-root")
def read_only_root(task: Resource) -> Verdict:
    """Containers cannot write to their root file system.

    An intruder then cannot leave anything behind. Windows containers do not know the setting.
    """
    if _is_windows(task):
        return NOT_APPLICABLE

    def problem(container: Mapping[str, Any]) -> str | None:
        return None if container.get("readonlyRootFilesystem") in (True, "true") else "may write to its root"

    return each_container(task, problem, "set readonlyRootFilesystem to true and mount volumes for what is written")


@rule("aws-ecs-task-host-mode-user")
def host_mode_user(task: Resource) -> Verdict:
    """Containers in the host's network are not root there.

    Root in the host's network sees and sends whatever the host can.
    """
    if task.get("networkMode") != "host":
        return NOT_APPLICABLE

    def problem(container: Mapping[str, Any]) -> str | None:
        user = str(container.get("user") or "").partition(":")[0]
        if container.get("privileged") in (True, "true"):
            return "is privileged in the host's network"
        return "is root in the host's network" if user in ROOT else None

    return each_container(task, problem, "set user to one that is not root, or networkMode to awsvpc")


@rule("aws-ecs-task-no-host-namespaces")
def no_host_namespaces(task: Resource) -> Verdict:
    """Tasks do not share processes or memory with their host.

    Shared, a container reads the secrets of every other on the host.
    """
    return all_of(forbid_in(task, "pidMode", ("host",)), forbid_in(task, "ipcMode", ("host",)))


@rule("aws-ecs-task-no-secrets-in-environment")
def no_secrets(task: Resource) -> Verdict:
    """Environment variables of containers hold no credential.

    Everyone who may describe the task reads them; entries of ``secrets`` are fetched when the container starts.
    """

    def problem(container: Mapping[str, Any]) -> str | None:
        for entry in container.get("environment") or ():
            found = credential_in_variable(entry.get("name"), entry.get("value"))
            if found:
                return f"holds what looks like {found} in {entry.get('name')}"
        return None

    return each_container(task, problem, "move it to secrets with valueFrom")


@rule("aws-ecs-task-logging")
def logging(task: Resource) -> Verdict:
    """Containers send their logs away.

    Logs in a container end with it.
    """

    def problem(container: Mapping[str, Any]) -> str | None:
        driver = (container.get("logConfiguration") or {}).get("logDriver")
        return None if driver and driver != "none" else "has no log driver"

    return each_container(task, problem, "set logConfiguration.logDriver")


@rule("aws-ecs-task-efs-encrypted-in-transit")
def efs_encrypted(task: Resource) -> Verdict:
    """Tasks mount EFS over TLS, under their own identity.

    Otherwise whoever is in the network reads what is written, or mounts it too.
    """

    def check(volume: Node) -> Verdict:
        if not volume.present("efsVolumeConfiguration"):
            return PASS
        missing = {
            path: fail(f"{volume.path}.efsVolumeConfiguration.{path}", "is not set", "set it to ENABLED")
            for path in ("transitEncryption", "authorizationConfig.iam")
        }
        return all_of(
            *(
                require_equal(volume, f"efsVolumeConfiguration.{path}", "ENABLED", absent=verdict)
                for path, verdict in missing.items()
            )
        )

    return each(task, "volumes", check)


@rule("aws-ecs-service-no-public-ip")
def no_public_ip(service: Resource) -> Verdict:
    """Tasks of a service have no public address.

    They are reached through a load balancer, and leave by NAT.
    """
    return require_false(service, "networkConfiguration.assignPublicIp")


@rule("aws-ecs-service-latest-platform")
def latest_platform(service: Resource) -> Verdict:
    """Services on Fargate run on the latest platform.

    A platform version that is pinned misses patches of the kernel and the runtime.
    """
    return require_in(service, "platformVersion", ("LATEST",))


@rule("aws-ecs-cluster-container-insights")
def container_insights(cluster: Resource) -> Verdict:
    """Clusters measure their containers.

    Without it nobody sees which container eats memory until it dies.
    """

    def check(setting: Node) -> Verdict:
        if setting.get("name") == "containerInsights":
            return require_in(setting, "value", ("enabled", "enhanced"))
        return fail(setting.path, "is not containerInsights", "add containerInsights with the value enabled")

    return some(cluster, "settings", check)
