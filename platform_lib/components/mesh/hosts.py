"""How the parts of a mesh call each other: hosts and identities. Pure."""

from typing import Final

from platform_lib.components.mesh.names import CLUSTER_DOMAIN, TRUST_DOMAIN

CLUSTER_SUFFIX: Final = f".svc.{CLUSTER_DOMAIN}"
"""What hosts of Kubernetes services end in."""

MESH: Final = "mesh"
"""The word by which a VirtualService names all sidecars."""


def host_of(namespace: str, name: str) -> str:
    """The full host of a Kubernetes service."""
    return f"{name}.{namespace}{CLUSTER_SUFFIX}"


def full_host(host: str, namespace: str) -> str:
    """A host as Istio reads it in an object: a name without a dot is a service of the object's namespace.

    Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#Destination.
    """
    return host if "." in host or host.startswith("*") else host_of(namespace, host)


def covers(pattern: str, host: str) -> bool:
    """Whether all hosts that the second one names are among those of the first.

    ``*.example.com`` does not cover ``example.com`` itself.
    """
    if not pattern.startswith("*"):
        return pattern == host
    return host.removeprefix("*").endswith(pattern[1:])


def overlap(one: str, other: str) -> bool:
    """Whether two patterns have a host in common."""
    return covers(one, other) or covers(other, one)


def principal_of(namespace: str, service_account: str) -> str:
    """The identity of workloads, as authorisation rules know it."""
    return f"{TRUST_DOMAIN}/ns/{namespace}/sa/{service_account}"
