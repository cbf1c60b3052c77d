"""Which versions of Istio and of the tools beside it are installed, from where, and what they fit. Data.

Istio 1.31.1 and 1.30.5 were the newest of their minor versions in September 2026
(https://github.com/istio/istio/releases); both support Kubernetes 1.32 to 1.36
(https://istio.io/latest/docs/releases/supported-releases/).
"""

from collections.abc import Mapping
from typing import Final

DEFAULT_VERSION: Final = "1.31.1"

ISTIO_CHARTS: Final = "https://blob.istio.io/istio-release/charts"
"""Since Istio 1.31 the only chart repository that is not an OCI registry
(https://istio.io/latest/news/releases/1.31.x/announcing-1.31/upgrade-notes/). That it has 1.30 too is an assumption."""

ISTIO_IMAGES: Final = "docker.io/istio"
"""Where the images of Istio are published (same page)."""

KUBERNETES: Final[Mapping[str, tuple[str, ...]]] = {
    "1.30": ("1.32", "1.33", "1.34", "1.35", "1.36"),
    "1.31": ("1.32", "1.33", "1.34", "1.35", "1.36"),
}
"""Minor version of Istio to the minor versions of Kubernetes that it supports. Others are not known here."""

DEFINITIONS: Final = (
    "authorizationpolicies.security.istio.io",
    "destinationrules.networking.istio.io",
    "envoyfilters.networking.istio.io",
    "gateways.networking.istio.io",
    "peerauthentications.security.istio.io",
    "proxyconfigs.networking.istio.io",
    "requestauthentications.security.istio.io",
    "serviceentries.networking.istio.io",
    "sidecars.networking.istio.io",
    "telemetries.telemetry.istio.io",
    "trafficextensions.extensions.istio.io",
    "virtualservices.networking.istio.io",
    "wasmplugins.extensions.istio.io",
    "workloadentries.networking.istio.io",
    "workloadgroups.networking.istio.io",
)
"""Custom resource definitions of these versions
(https://github.com/istio/istio/blob/release-1.31/manifests/charts/base/files/crd-all.gen.yaml)."""

KIALI_VERSION: Final = "2.31.0"
"""Of the chart; what Istio 1.31 ships as its sample
(https://github.com/istio/istio/blob/release-1.31/samples/addons/kiali.yaml)."""

KIALI_CHARTS: Final = "https://kiali.org/helm-charts"
"""https://kiali.io/docs/installation/installation-guide/install-with-helm/."""

JAEGER_VERSION: Final = "4.11.1"
"""Of the chart, which installs Jaeger 2.19.0
(https://github.com/jaegertracing/helm-charts/blob/main/charts/jaeger/Chart.yaml)."""

JAEGER_CHARTS: Final = "https://jaegertracing.github.io/helm-charts"
"""https://github.com/jaegertracing/helm-charts."""


def minor_of(version: str) -> str:
    """The minor version: ``1.31`` of ``1.31.1``."""
    return version.rpartition(".")[0]


def number_of(version: str) -> tuple[int, ...]:
    """The version as numbers, to tell which of two is newer."""
    return tuple(int(part) for part in version.split("."))


def revision_of(version: str) -> str:
    """What its revision is called: ``1-31-1`` of ``1.31.1``.

    Dots are not allowed in it (https://istio.io/latest/docs/setup/upgrade/canary/).
    """
    return version.replace(".", "-")
