"""Which fields a controller owns: what a deployment leaves alone. Data.

A program that set them would undo, with every deployment, what the controller decided meanwhile.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Kept(StrEnum):
    """How a deployment keeps its hands off a field."""

    IGNORED = "ignored"
    """The program gives a first value, and changes of it are ignored."""

    LEFT_OUT = "left out"
    """The program gives no value at all."""


@dataclass(frozen=True)
class OwnedField:
    """A field of a kind that a controller owns.

    Attributes:
        kind: of the object.
        path: of the property, as ``ignore_changes`` takes it.
        owner: who decides over it.
        when: under which condition; empty for always.
        kept: how a deployment leaves it alone.
        source: where the owner's documentation says so.
    """

    kind: str
    path: str
    owner: str
    when: str
    kept: Kept
    source: str


WEBHOOK = "MutatingWebhookConfiguration"
ROUTE = "VirtualService"

OWNERSHIP: Final[tuple[OwnedField, ...]] = (
    OwnedField(
        WEBHOOK,
        "webhooks[*].clientConfig.caBundle",
        "istiod",
        "",
        Kept.IGNORED,
        "https://istio.io/latest/docs/ops/configuration/mesh/webhook/",
    ),
    OwnedField(
        "ValidatingWebhookConfiguration",
        "webhooks[*].clientConfig.caBundle",
        "istiod",
        "",
        Kept.LEFT_OUT,
        "https://istio.io/latest/docs/ops/configuration/mesh/webhook/",
    ),
    OwnedField(
        "Deployment",
        "spec.replicas",
        "HorizontalPodAutoscaler",
        "where the profile or a gateway is autoscaled",
        Kept.LEFT_OUT,
        "https://kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale/",
    ),
    OwnedField(
        ROUTE,
        "spec.http[*].route[*].weight",
        "rollout controller",
        "where a route says that a rollout controller moves its weights",
        Kept.IGNORED,
        "https://argo-rollouts.readthedocs.io/en/stable/features/traffic-management/istio/",
    ),
)
"""The ownership table."""


def ignored(kind: str) -> tuple[str, ...]:
    """Property paths of a kind that are ignored because a controller owns them, under whatever condition."""
    return tuple(field.path for field in OWNERSHIP if field.kind == kind and field.kept is Kept.IGNORED)
