"""How requests are carried: limits, retries, mirrors and faults as Istio's reference writes them. Pure.

Source: https://istio.io/latest/docs/reference/config/networking/destination-rule/ and
https://istio.io/latest/docs/reference/config/networking/virtual-service/.
"""

from collections.abc import Mapping
from typing import Any

from platform_lib.components.mesh.arguments.policy import (
    ConnectionPoolArgs,
    FaultArgs,
    OutlierDetectionArgs,
    RetryArgs,
)

DEFAULT_TIMEOUT_SECONDS = 15.0
DEFAULT_ATTEMPTS = 2
DEFAULT_CONDITIONS = ("connect-failure", "refused-stream", "unavailable")
"""Those where the service did not begin to work on the request, so that trying again is safe for any method."""

Spec = dict[str, Any]


def duration(seconds: float) -> str:
    """A time as Istio writes it, to the millisecond: ``5s``, ``250ms``."""
    milliseconds = max(1, round(seconds * 1000))
    return f"{milliseconds}ms" if milliseconds % 1000 else f"{milliseconds // 1000}s"


def connection_pool(asked: ConnectionPoolArgs | None, *, http: bool) -> Spec:
    """Limits on connections; those on requests only where the protocol has some."""
    given = asked or ConnectionPoolArgs()
    tcp: Spec = {
        "maxConnections": given.maximum_connections or 100,
        "connectTimeout": duration(given.connect_timeout_seconds or 3),
    }
    idle = duration(given.idle_timeout_seconds or 300)
    if not http:
        return {"tcp": {**tcp, "idleTimeout": idle}}
    requests: Spec = {
        "http1MaxPendingRequests": given.maximum_pending_requests or 100,
        "http2MaxRequests": given.maximum_requests or 1000,
        "idleTimeout": idle,
    }
    if given.requests_per_connection is not None:
        requests["maxRequestsPerConnection"] = given.requests_per_connection
    return {"tcp": tcp, "http": requests}


def outlier_detection(asked: OutlierDetectionArgs | None) -> Spec:
    """When a pod is left alone for a while."""
    given = asked or OutlierDetectionArgs()
    return {
        "consecutive5xxErrors": given.consecutive_errors or 5,
        "interval": duration(given.interval_seconds or 10),
        "baseEjectionTime": duration(given.ejection_seconds or 30),
        "maxEjectionPercent": given.maximum_ejected_percent or 50,
    }


def retries(asked: RetryArgs | None) -> Spec:
    """How a request is tried again; with no attempts nothing else may be said."""
    given = asked or RetryArgs()
    attempts = DEFAULT_ATTEMPTS if given.attempts is None else given.attempts
    if attempts == 0:
        return {"attempts": 0}
    spec: Spec = {"attempts": attempts, "retryOn": ",".join(given.conditions or DEFAULT_CONDITIONS)}
    if given.attempt_timeout_seconds is not None:
        spec["perTryTimeout"] = duration(given.attempt_timeout_seconds)
    return spec


def fault(asked: FaultArgs | None) -> Spec | None:
    """Faults to inject, or None."""
    spec: Spec = {}
    if asked is not None and asked.delay_seconds is not None:
        spec["delay"] = {"fixedDelay": duration(asked.delay_seconds), "percentage": percentage(asked.delay_percent)}
    if asked is not None and asked.abort_status is not None:
        spec["abort"] = {"httpStatus": asked.abort_status, "percentage": percentage(asked.abort_percent)}
    return spec or None


def percentage(share: float | None) -> Mapping[str, float]:
    """A share of requests; all of them where none is given."""
    return {"value": 100 if share is None else share}
