"""What charts bring beside their own objects: the kinds that can be made once a release of them is there.

A chart is known by its name and by a word of its repository's address. Charts that are not here bring no kinds: who
makes objects of theirs names them in a fixture, as for any other definition.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

_NETWORKING: Final = frozenset(
    ["DestinationRule", "Gateway", "ServiceEntry", "Sidecar", "VirtualService", "WorkloadEntry", "WorkloadGroup"]
)
_SECURITY: Final = frozenset(["AuthorizationPolicy", "PeerAuthentication", "RequestAuthentication"])

_ISTIO: Final[Mapping[str, frozenset[str]]] = {
    "networking.istio.io/v1": _NETWORKING,
    "networking.istio.io/v1alpha3": _NETWORKING | {"EnvoyFilter"},
    "networking.istio.io/v1beta1": _NETWORKING | {"ProxyConfig"},
    "security.istio.io/v1": _SECURITY,
    "security.istio.io/v1beta1": _SECURITY,
    "telemetry.istio.io/v1": frozenset(["Telemetry"]),
    "telemetry.istio.io/v1alpha1": frozenset(["Telemetry"]),
    "extensions.istio.io/v1alpha1": frozenset(["WasmPlugin", "TrafficExtension"]),
}
"""manifests/charts/base/files/crd-all.gen.yaml of https://github.com/istio/istio, release 1.31."""

KINDS: Final[Mapping[tuple[str, str], Mapping[str, frozenset[str]]]] = {("base", "istio"): _ISTIO}
"""Name of a chart and a word of its repository, to kinds by API version."""


def brings(inputs: Mapping[str, Any], api_version: str, kind: str) -> bool:
    """Whether a release with these inputs brings the definition of a kind."""
    return any(kind in kinds.get(api_version, ()) for kinds in _of(inputs)) and not _excluded(inputs, kind)


def _of(inputs: Mapping[str, Any]) -> Iterator[Mapping[str, frozenset[str]]]:
    chart = str(inputs.get("chart", "")).rstrip("/")
    options = inputs.get("repositoryOpts")
    repository = str(options.get("repo", "")) if isinstance(options, dict) else ""
    for (name, word), kinds in KINDS.items():
        if chart.rpartition("/")[2] == name and word in f"{chart} {repository}":
            yield kinds


def _excluded(inputs: Mapping[str, Any], kind: str) -> bool:
    """Whether the values leave the definition of a kind out (``base.excludedCRDs`` of Istio's chart)."""
    values = inputs.get("values")
    base = values.get("base") if isinstance(values, dict) else None
    names = base.get("excludedCRDs") if isinstance(base, dict) else None
    stem = kind.lower()[:-1]  # of the plural too, however the kind ends
    return any(str(name).startswith(stem) for name in names or ())
