"""Kubernetes workloads: where the pod spec stands, its containers, what holds for each of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from policypacks.engine.remedy import pod_spec_paths
from policypacks.engine.rule import ABSENT, PASS, Node, Resource, Verdict, all_in, each

RUN = ("containers", "initContainers")
"""The containers that a program declares for the life of a pod."""

ALL = (*RUN, "ephemeralContainers")
"""All containers; ephemeral ones may not set resources, probes and ports (kubernetes.io/docs, ephemeral containers)."""


def pod_spec(workload: Resource) -> Node:
    """The pod spec of a workload of any kind."""
    return workload.at(pod_spec_paths()[workload.type])


def each_container(workload: Resource, check: Callable[[Node], Verdict], kinds: Sequence[str] = ALL) -> Verdict:
    """Every container of a workload must pass a check; a workload without ``containers`` is read as absent."""
    spec = pod_spec(workload)
    return all_in(each(spec, kind, check, absent=None if kind == "containers" else PASS) for kind in kinds)


def each_volume(workload: Resource, check: Callable[[Node], Verdict]) -> Verdict:
    """Every volume of a workload must pass a check; most workloads have none."""
    return each(pod_spec(workload), "volumes", check, absent=PASS)


def effective(container: Node, spec: Node, path: str) -> Node:
    """A security setting as the container runs under it: its own, else the pod's."""
    own = container.at(f"securityContext.{path}")
    return own if own.value is not ABSENT else spec.at(f"securityContext.{path}")


def is_windows(workload: Resource) -> bool:
    """Whether the pod says that it runs on Windows, where Linux security settings are refused.

    Source: https://kubernetes.io/docs/concepts/security/pod-security-standards/

    Raises:
        Undetermined: it is not known yet.
    """
    return bool(pod_spec(workload).get("os.name") == "windows")


@dataclass(frozen=True, slots=True)
class Image:
    """A container image reference.

    Attributes:
        registry: host, ``docker.io`` where the reference names none.
        repository: path in the registry, without tag.
        tag: empty where it names none.
        digest: ``sha256:...``, empty where it names none.
    """

    registry: str
    repository: str
    tag: str
    digest: str


def image(reference: str) -> Image:
    """The parts of an image reference, as the container runtimes read them (distribution reference grammar)."""
    rest, _, digest = reference.partition("@")
    head, slash, tail = rest.partition("/")
    if slash and ("." in head or ":" in head or head == "localhost"):
        registry, path = head, tail
    else:
        registry, path = "docker.io", rest if slash else f"library/{rest}"
    folder, slash, last = path.rpartition("/")
    name, _, tag = last.partition(":")
    return Image(registry, f"{folder}{slash}{name}", tag, digest)
