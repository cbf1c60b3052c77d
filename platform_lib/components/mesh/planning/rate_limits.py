"""Local rate limits: a bucket of tokens in each proxy, by a filter of Envoy. Pure.

Source: https://istio.io/latest/docs/tasks/policy-enforcement/rate-limit/#local-rate-limit and
https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/local_rate_limit_filter.
"""

from collections.abc import Sequence
from typing import Any

from platform_lib.components.mesh.arguments.access import RateLimitArgs
from platform_lib.components.mesh.kind import MeshObjectKind
from platform_lib.components.mesh.planning.model import PlannedObject
from platform_lib.components.mesh.planning.services import HTTP
from platform_lib.components.mesh.planning.targets import Target, Targets
from platform_lib.core.errors import Finding

DEFAULT_INTERVAL_SECONDS = 60
_FILTER = "envoy.filters.http.local_ratelimit"
_TYPE = "type.googleapis.com/envoy.extensions.filters.http.local_ratelimit.v3.LocalRateLimit"
_ALL = {"numerator": 100, "denominator": "HUNDRED"}


def plan_rate_limits(asked: Sequence[RateLimitArgs], targets: Targets) -> list[PlannedObject]:
    """One filter for each limit."""
    return [
        _object(limit, target, f"rate_limits[{index}]")
        for index, limit in enumerate(asked)
        for target in _target(limit, f"rate_limits[{index}]", targets)
    ]


def _target(asked: RateLimitArgs, path: str, targets: Targets) -> list[Target]:
    if (asked.service is None) == (asked.gateway is None):
        got = "neither" if asked.service is None else "both"
        targets.findings.append(Finding(path, f"is for either a service or a gateway, got {got}"))
        return []
    if asked.service is None:
        return targets.of_gateway(asked.gateway or "", f"{path}.gateway")
    service = targets.service(asked.service, f"{path}.service")
    if service is None:
        return []
    others = sorted({port.protocol for port in service.ports} - HTTP)
    if others:
        problem = f"has ports whose requests cannot be counted, got {', '.join(others)}"
        targets.findings.append(Finding(f"{path}.service", problem, "limit services that speak HTTP only"))
    return targets.of_service(asked.service, f"{path}.service")


def _object(asked: RateLimitArgs, target: Target, source: str) -> PlannedObject:
    interval = asked.interval_seconds or DEFAULT_INTERVAL_SECONDS
    value: dict[str, Any] = {
        "name": _FILTER,
        "typed_config": {
            "@type": _TYPE,
            "stat_prefix": "http_local_rate_limiter",
            "token_bucket": {
                "max_tokens": asked.burst or asked.requests,
                "tokens_per_fill": asked.requests,
                "fill_interval": f"{interval}s",
            },
            "filter_enabled": {"runtime_key": "local_rate_limit_enabled", "default_value": _ALL},
            "filter_enforced": {"runtime_key": "local_rate_limit_enforced", "default_value": _ALL},
            "response_headers_to_add": [
                {
                    "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
                    "header": {"key": "x-local-rate-limit", "value": "true"},
                }
            ],
        },
    }
    patch = {
        "applyTo": "HTTP_FILTER",
        "match": {
            "context": "GATEWAY" if target.is_gateway else "SIDECAR_INBOUND",
            "listener": {"filterChain": {"filter": {"name": "envoy.filters.network.http_connection_manager"}}},
        },
        # before all others: what is too much costs no look at tokens and rules
        "patch": {"operation": "INSERT_FIRST", "value": value},
    }
    return PlannedObject(
        role="rate-limit",
        key=asked.name,
        kind=MeshObjectKind.ENVOY_FILTER,
        namespace=target.namespace,
        name=f"rate-limit-{asked.name}",
        spec={"workloadSelector": {"labels": dict(target.labels)}, "configPatches": [patch]},
        source=source,
    )
